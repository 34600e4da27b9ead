"""The life of an entry after it was typed: answer what was asked, edit, undo, take out (product.md §4, decision 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from handlers import alliance_card, capture, friction, meeting_card, nextsteps, touchpoints
from handlers import alliances as alliance_nouns
from handlers import entry as grammar
from handlers.attendees import names_from
from handlers.capture import Given
from handlers.errors import UserError
from handlers.friction_form import whole
from handlers.friction_list import clipped
from handlers.message import Block, Button, Buttons, Divider, Line, Message, Note, Paragraph, Quote, Template, line_of
from handlers.request import Ctx, Press, Reply, Submit
from handlers.segments import masked, normalised
from handlers.steps import step_from
from handlers.text import Texts
from storage import alliances, db, entries, outbox
from storage import meetings as planned
from storage import nextsteps as stored_steps
from storage import touchpoints as stored
from storage.models import Alliance, Entry, NextStep, Touchpoint

RECENT = 8
"""Entries that one message lists."""


# ---------------------------------------------------------------- what was asked


def choose(ctx: Ctx, press: Press) -> Reply:
    """A candidate was tapped: the kept text is read once more for that alliance."""
    entry = _waiting(ctx, press)
    return _go_on(ctx, entry, Given(alliance_id=press.choice))


def create(ctx: Ctx, press: Press) -> Reply:
    """[作る]: the short form for a new alliance; the line waits."""
    entry = _waiting(ctx, press)
    line = capture.read_entry(ctx, entry, Given())
    written = "" if isinstance(line.match, grammar.Ambiguous) else line.match.written
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
    line = capture.read_entry(ctx, entry, Given())
    if not isinstance(line.match, grammar.Found):
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
    return Reply(message=undone(ctx.t, Undone("", entry.raw)), replace=True)


def _go_on(ctx: Ctx, entry: Entry, given: Given, *, replaces: bool = True) -> Reply:
    line = capture.read_entry(ctx, entry, given)
    reply = capture.settle(ctx, entry, line, given)
    return Reply(message=reply.message, form=reply.form, replace=replaces, wake=reply.wake)


def _waiting(ctx: Ctx, press: Press) -> Entry:
    entry = entries.mine(ctx.session, ctx.viewer, press.id)
    if entry is None or entry.state == "undone":
        raise UserError("entry.gone")
    if entry.state == "logged":
        raise UserError("entry.already")
    return entry


# ---------------------------------------------------------------- edit


def edit(ctx: Ctx, press: Press) -> Reply:
    """[編集]: the form of what the entry made."""
    entry = _own(ctx, press.id)
    made = entries.made(ctx.session, entry)
    if made.touchpoint is None:
        if made.friction:
            return friction.edit(ctx, Press("friction.edit", made.friction[0].id, made.friction[0].version))
        raise UserError("entry.gone")
    return Reply(form=_form(ctx, entry, made.touchpoint, made.steps))


def _form(ctx: Ctx, entry: Entry, touchpoint: Touchpoint, steps: tuple[NextStep, ...]) -> touchpoints.Form:
    names = stored.people_of(ctx.session, ctx.org, [touchpoint.id])[touchpoint.id]
    return touchpoints.edit_form(
        ctx.t,
        touchpoints.Editing(
            entry=entry.id,
            version=touchpoint.version,
            alliance_id=touchpoint.alliance_id,
            alliances=tuple(capture.options(ctx)),
            on=touchpoint.on,
            kind=touchpoint.kind,
            summary=touchpoint.summary,
            people=ctx.t.join(names),
            steps="\n".join(nextsteps.typed(ctx, step) for step in steps),
            visibility=touchpoint.visibility,
        ),
    )


def edited(ctx: Ctx, submit: Submit) -> Reply:
    """The edit form was sent: versions are kept, steps that did not change stay as they are."""
    entry = _own(ctx, submit.id)
    made = entries.made(ctx.session, entry)
    touchpoint = made.touchpoint
    if touchpoint is None:
        raise UserError("entry.gone")
    if submit.version != touchpoint.version:
        raise UserError("entry.changed", field="summary")
    alliance = alliances.get(ctx.session, ctx.viewer, submit.one("alliance"))
    if alliance is None:
        raise UserError("alliance.gone", field="alliance")
    on = touchpoints.day_of(submit) or touchpoint.on
    if on > ctx.today:
        raise UserError("touchpoint.future", field="on")
    before = touchpoint.alliance_id
    db.revise(
        ctx.session,
        touchpoint,
        {
            "alliance_id": alliance.id,
            "on": on,
            "kind": touchpoints.kind_of(submit) or touchpoint.kind,
            "summary": whole(submit.one("summary"), touchpoint.summary),
            "visibility": touchpoints.visibility_of(submit) or touchpoint.visibility,
        },
        by=ctx.actor.id,
        now=ctx.now,
    )
    stored.set_people(ctx.session, touchpoint, _people(submit.one("people")), now=ctx.now)
    steps, left = _edit_steps(ctx, alliance, touchpoint, made.steps, submit.one("steps"))
    for alliance_id in {before, alliance.id}:
        capture.settle_cadence(ctx, alliance_id)
    note = next(iter(made.friction), None)
    message = capture.answer(ctx, entry, alliance, touchpoint, steps, note=note, changed=True, left=left)
    return Reply(message=message, replace=True, wake=True)


def _edit_steps(
    ctx: Ctx, alliance: Alliance, touchpoint: Touchpoint, before: tuple[NextStep, ...], text: str
) -> tuple[list[NextStep], tuple[str, ...]]:
    old = {nextsteps.typed(ctx, step): step for step in before}
    kept: list[NextStep] = []
    for row in (row.strip() for row in text.splitlines()):
        if not row:
            continue
        if row in old:
            kept.append(old.pop(row))
            continue
        local = ctx.now.astimezone(ctx.zone)
        kept.extend(
            nextsteps.add(
                ctx, alliance_id=alliance.id, entry_id=touchpoint.entry_id, touchpoint_id=touchpoint.id, step=step
            )
            for step in _steps(row, local.date())
        )
    left = _drop_steps(ctx, tuple(old.values()))
    kept.extend(left)
    for step in kept:
        if step.alliance_id != alliance.id:
            stored_steps.revise(ctx.session, step, {"alliance_id": alliance.id}, by=ctx.actor.id, now=ctx.now)
    return kept, tuple(step.text for step in left)


def _drop_steps(ctx: Ctx, steps: tuple[NextStep, ...]) -> list[NextStep]:
    """Take steps back, and with them what waits to be told; those that others have worked on are left (decision 4)."""
    others = entries.touched_by_others(ctx.session, ctx.org, [step.id for step in steps], ctx.actor.id)
    for step in steps:
        if step.id not in others:
            stored_steps.revise(ctx.session, step, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
            outbox.cancel(ctx.session, ctx.org, step.id, reason="undone", now=ctx.now)
    return [step for step in steps if step.id in others]


def _people(text: str) -> list[str]:
    """The names of a box that holds nothing but names: titles go, what isn't like a name is kept as typed."""
    names: list[str] = []
    for piece in re.split(r"[、,/・&\n]", normalised(text)):
        found, _ = names_from(piece, masked(piece), 0, len(piece))
        names.extend(found or ((piece.strip(),) if piece.strip() else ()))
    return list(dict.fromkeys(names))


def _steps(row: str, today: date) -> list[grammar.Step]:
    stepped = step_from(row, today=today)
    return [stepped.step] if stepped is not None else []


# ---------------------------------------------------------------- undo


@dataclass(frozen=True)
class Undone:
    """What was taken back and what was left because somebody else has touched it."""

    alliance: str
    raw: str
    left: tuple[str, ...] = ()


def undone(t: Texts, facts: Undone) -> Message:
    """Taken back: the words are given back, what was left is named (decision 4)."""
    head = t.line("undo.done", alliance=facts.alliance) if facts.alliance else t.line("undo.dropped")
    blocks: list[Block] = [Paragraph(head), Quote(line_of(facts.raw))]
    if facts.left:
        blocks.append(Note(t.line("undo.left", what=t.join(facts.left))))
    return Message(tuple(blocks), t("undo.preview"))


def undo(ctx: Ctx, press: Press) -> Reply:
    """[取り消す]: within 24 h, one's own; removes what the line made and nobody else has touched."""
    entry = _own(ctx, press.id)
    if ctx.now - entry.created_at > entries.UNDO_FOR:
        raise UserError("undo.late")
    return _take_back(ctx, entry)


def take_out(ctx: Ctx, press: Press) -> Reply:
    """The author of a recorded message takes it out, whenever (product.md §4)."""
    entry = entries.mine(ctx.session, ctx.viewer, press.id)
    if entry is None or entry.state == "undone":
        raise UserError("entry.gone")
    if entry.author_id != ctx.actor.id:
        raise UserError("entry.not_yours")
    reply = _take_back(ctx, entry)
    outbox.refresh(ctx.session, ctx.org, entry.id, kinds=("capture.told",), now=ctx.now)
    return reply


def _take_back(ctx: Ctx, entry: Entry) -> Reply:
    made = entries.made(ctx.session, entry)
    others = entries.touched_by_others(ctx.session, ctx.org, [note.id for note in made.friction], ctx.actor.id)
    alliance_id = ""
    if made.touchpoint is not None:
        alliance_id = made.touchpoint.alliance_id
        db.revise(ctx.session, made.touchpoint, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
        planned.unsettle(ctx.session, ctx.org, touchpoint_id=made.touchpoint.id, now=ctx.now, by=ctx.actor.id)
    left = [step.text for step in _drop_steps(ctx, made.steps)]
    for note in made.friction:
        alliance_id = alliance_id or note.alliance_id
        if note.id in others:
            left.append(note.text)
        else:
            db.revise(ctx.session, note, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    db.revise(ctx.session, entry, {"state": "undone", "undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    if alliance_id:
        capture.settle_cadence(ctx, alliance_id)
    alliance = alliances.get(ctx.session, ctx.viewer, alliance_id)
    facts = Undone(alliance.name if alliance else "", entry.raw, tuple(left))
    return Reply(message=undone(ctx.t, facts), replace=True, wake=True)


def _own(ctx: Ctx, entry_id: str) -> Entry:
    entry = entries.mine(ctx.session, ctx.viewer, entry_id)
    if entry is None or entry.state == "undone":
        raise UserError("entry.gone")
    if entry.recorder_id != ctx.actor.id:
        raise UserError("entry.not_yours")
    return entry


# ---------------------------------------------------------------- what can still be reached


@dataclass(frozen=True)
class Recent:
    """One of my entries of the last 24 h. `what` is a composed line, `raw` the beginning of what was typed."""

    entry: str
    version: int
    what: Line
    raw: str


def recent(t: Texts, rows: tuple[Recent, ...], older: str = "") -> Message:
    """My entries of the last 24 h with [編集] and [取り消す]: reachable after a reload, on another device.

    `older`: the entry after which there are more.
    """
    if not rows:
        return Message((Paragraph(t.line("recent.none")),), t("recent.preview"))
    blocks: list[Block] = [Paragraph(t.line("recent.head"))]
    for number, row in enumerate(rows):
        if number:
            blocks.append(Divider())
        blocks.append(Paragraph(row.what))
        blocks.append(Quote(line_of(row.raw)))
        blocks.append(
            Buttons(
                (
                    Button(t("button.edit"), "entry.edit", row.entry, row.version),
                    Button(t("button.undo"), "entry.undo", row.entry, row.version),
                )
            )
        )
    if older:
        blocks.append(Buttons((Button(t("recent.older"), "entry.recent", older),)))
    return Message(tuple(blocks), t("recent.preview"))


def show_recent(ctx: Ctx, text: str) -> Reply:
    """`取り消し` / `undo` / `編集` / `edit`: what I wrote in the last 24 h."""
    del text
    return _recent(ctx)


def open_recent(ctx: Ctx, press: Press) -> Reply:
    """[もっと前の記録]: what I wrote before the entry of the press."""
    return _recent(ctx, before=press.id)


def _recent(ctx: Ctx, before: str = "") -> Reply:
    rows: list[Recent] = []
    since = ctx.now - entries.UNDO_FOR
    found = entries.recent(ctx.session, ctx.viewer, since, RECENT + 1, before=before)
    for entry in found[:RECENT]:
        made = entries.made(ctx.session, entry)
        record = made.touchpoint or (made.friction[0] if made.friction else None)
        alliance = alliances.get(ctx.session, ctx.viewer, record.alliance_id) if record else None
        if record is None or alliance is None:
            continue
        key = "recent.touchpoint" if made.touchpoint else "recent.friction"
        what = ctx.t.line(key, alliance=alliance.name, on=ctx.t.day(record.on, ctx.today))
        rows.append(Recent(entry.id, entry.version, what, clipped(entry.raw)))
    older = found[RECENT - 1].id if len(found) > RECENT else ""
    return Reply(message=recent(ctx.t, tuple(rows), older))


# ---------------------------------------------------------------- examples


def _recent_example(t: Texts) -> Message:
    what = t.line("recent.touchpoint", alliance="ノヴァ素材", on=date(2026, 7, 1))
    return recent(t, (Recent("e1", 1, what, "ノヴァ 定例。試作は順調"),), "e1")


TEMPLATES: tuple[Template, ...] = (
    Template("undo.done", lambda t: undone(t, Undone("ノヴァ素材", "ノヴァ 定例。試作は順調", ("試験計画を送る",)))),
    Template("recent", _recent_example),
    Template("recent.none", lambda t: recent(t, ())),
)
