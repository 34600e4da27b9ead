"""A line that waits for an answer: which alliance, a new one, a day to come; its words are never typed again."""

from __future__ import annotations

from dataclasses import replace

from handlers import alliance_card, capture, corrections, meeting_card
from handlers import alliances as alliance_nouns
from handlers.capture import Given
from handlers.entry import Ambiguous, Found, Line
from handlers.errors import UserError
from handlers.request import Ctx, Press, Reply, Submit
from storage import db, entries
from storage.models import Entry


def ask(ctx: Ctx, press: Press) -> Reply:
    """[どの提携か選ぶ] or [日付を確かめる] on a line that still waits: what is open is asked once more."""
    return _go_on(ctx, _waiting(ctx, press), Given())


def choose(ctx: Ctx, press: Press) -> Reply:
    """A candidate was tapped: the kept text is read once more for that alliance."""
    return _go_on(ctx, _waiting(ctx, press), Given(alliance_id=press.choice))


def create(ctx: Ctx, press: Press) -> Reply:
    """[作る]: the short form for a new alliance; the line waits."""
    entry = _waiting(ctx, press)
    line = capture.read_entry(ctx, entry, Given())
    written = "" if isinstance(line.match, Ambiguous) else line.match.written
    return Reply(form=alliance_card.new_form(ctx.t, name=written, waiting=entry.id))


def create_alliance(ctx: Ctx, submit: Submit) -> Reply:
    """The form for a new alliance; a line that waited for it is logged at once."""
    entry = entries.mine(ctx.session, ctx.viewer, submit.id) if submit.id else None
    if entry is None or entry.state != "pending":
        return alliance_nouns.create(ctx, submit)
    made = alliance_nouns.make(ctx, submit)
    if isinstance(made, Reply):
        return made
    return _go_on(ctx, entry, Given(alliance_id=made.id), replaces=False)


def as_today(ctx: Ctx, press: Press) -> Reply:
    """A future day was typed, but the talk was today."""
    return _go_on(ctx, _waiting(ctx, press), Given(on=ctx.today))


def as_plan(ctx: Ctx, press: Press) -> Reply:
    """A future day was typed: the form for a planned meeting on that day; the line is done with."""
    entry = _waiting(ctx, press)
    line = _read(ctx, entry, Given())
    if not isinstance(line.match, Found):
        raise UserError("entry.gone")
    return Reply(
        form=meeting_card.plan_form(
            ctx.t, capture.options(ctx), alliance_id=line.match.id, on=line.on, title=line.summary, waiting=entry.id
        )
    )


def drop(ctx: Ctx, press: Press) -> Reply:
    """A waiting line is not wanted after all."""
    entry = _waiting(ctx, press)
    db.revise(ctx.session, entry, {"state": "undone", "undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    return Reply(message=corrections.undone(ctx.t, corrections.Undone("", entry.raw)), replace=True)


def _go_on(ctx: Ctx, entry: Entry, given: Given, *, replaces: bool = True) -> Reply:
    if given.alliance_id and entry.here != given.alliance_id:
        # Kept with the line, since another question (a day to come) may follow.
        db.revise(ctx.session, entry, {"here": given.alliance_id}, by=ctx.actor.id, now=ctx.now)
    line = _read(ctx, entry, given) if given.on else capture.read_entry(ctx, entry, given)
    reply = capture.settle(ctx, entry, line, given)
    return Reply(message=reply.message, form=reply.form, replace=replaces, wake=reply.wake)


def _read(ctx: Ctx, entry: Entry, given: Given) -> Line:
    """A line whose alliance was settled before: where its words leave it open, the one that was chosen for it."""
    line = capture.read_entry(ctx, entry, given)
    if isinstance(line.match, Found) or entry.here is None:
        return line
    return capture.read_entry(ctx, entry, replace(given, alliance_id=entry.here))


def _waiting(ctx: Ctx, press: Press) -> Entry:
    entry = entries.mine(ctx.session, ctx.viewer, press.id)
    if entry is None or entry.state == "undone":
        raise UserError("entry.gone")
    if entry.state == "logged":
        raise UserError("entry.already")
    return entry
