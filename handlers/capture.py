"""From a typed line to records: log, ask what is missing, record a message of the chat (product.md §4, decision 1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from handlers import entry as grammar
from handlers import friction, friction_card, lookup, meetings, nextsteps, touchpoints
from handlers.asking import Asked, Future, Lacks, asked, future
from handlers.entry import Ambiguous, Found, Unknown, Verb
from handlers.errors import UserError
from handlers.message import Message, Option
from handlers.request import Ctx, Press, Reply
from storage import alliances, db, entries, outbox, schedules
from storage import friction as stored_friction
from storage import touchpoints as stored
from storage.ids import new_id
from storage.models import Alliance, Entry, Friction, NextStep, Touchpoint


@dataclass(frozen=True)
class Given:
    """What a form or a button adds to a line: an alliance, a day or a kind that was picked rather than typed."""

    alliance_id: str = ""
    on: date | None = None
    kind: str = ""
    severity: int | None = None
    visibility: str = ""


def log_touchpoint(ctx: Ctx, text: str) -> Reply:
    """`/touchpoint …`: saved at once, or the form where nothing was typed."""
    if not text.strip():
        return Reply(form=touchpoints.new_form(ctx.t, options(ctx), here=here_id(ctx)))
    return log(ctx, "touchpoint", text)


def log_friction(ctx: Ctx, text: str) -> Reply:
    """`/friction …`: a note, a list (`list`), a note closed (`done …`), or the form where nothing was typed."""
    word, _, rest = text.strip().partition(" ")
    if not word:
        return Reply(form=friction.new_form(ctx.t, options(ctx), here=here_id(ctx)))
    if friction.is_list(word):
        return friction.open_list(ctx, rest)
    if friction.is_done(word):
        return friction.done(ctx, rest)
    return log(ctx, "friction", text)


def says_nothing(line: grammar.Line) -> bool:
    """Whether a line holds a name at most: nothing to remember, so the form opens instead."""
    said = line.summary.strip() or line.steps or line.people or line.friction
    return not (said or line.kind_stated or line.on_stated)


def _is_bare(verb: Verb, line: grammar.Line) -> bool:
    """Whether a line holds nothing to keep. A note is its words: a name, a mark or a day alone is none."""
    if verb == "touchpoint":
        return says_nothing(line)
    return not (line.summary.strip() or line.steps or line.people)


def log(ctx: Ctx, verb: Verb, text: str, given: Given | None = None) -> Reply:
    """Read a line and save what it says; where the alliance is open, keep the text and ask (never a lost word)."""
    given = given or Given()
    here = here_id(ctx)
    line = read_line(ctx, verb, text, given, here)
    if _is_bare(verb, line) and isinstance(line.match, Found):
        form = touchpoints.new_form if verb == "touchpoint" else friction.new_form
        return Reply(form=form(ctx.t, options(ctx), here=line.match.id))
    entry = _entry(ctx, verb, text, here)
    return settle(ctx, entry, line, given)


def read_line(ctx: Ctx, verb: Verb, text: str, given: Given, here: str | None = None) -> grammar.Line:
    local = ctx.now.astimezone(ctx.zone)
    where = given.alliance_id or (here_id(ctx) if here is None else here) or None
    line = grammar.read(text, verb, now=local, known=lookup.known(ctx), here=where)
    if given.alliance_id and line.match != Found(given.alliance_id, ""):
        written = line.match.written if isinstance(line.match, Found) else ""
        line = replace(line, match=Found(given.alliance_id, written))
    if given.on is not None:
        line = replace(line, on=given.on, on_stated=True, on_future=given.on > ctx.today)
    if given.kind:
        line = replace(line, kind=given.kind, kind_stated=True)
    return _in_names(ctx, line)


def read_entry(ctx: Ctx, entry: Entry, given: Given) -> grammar.Line:
    """A kept line, read again. A message of the chat is prose of its own day: it names the alliance at most."""
    verb: Verb = "friction" if entry.verb == "friction" else "touchpoint"
    line = read_line(ctx, verb, entry.raw, given, here=entry.here)
    if entry.source_at is None:
        return line
    said = min(entry.source_at.astimezone(ctx.zone).date(), ctx.today)
    return replace(
        line,
        on=given.on or said,
        on_future=False,
        kind=given.kind or "message",
        summary=entry.raw.strip(),
        people=(),
        steps=(),
        friction=None,
        not_understood=(),
    )


def _in_names(ctx: Ctx, line: grammar.Line) -> grammar.Line:
    """The line with people's names where it mentions their accounts; owners of steps stay accounts."""
    mark = line.friction
    return replace(
        line,
        summary=lookup.spoken(ctx, line.summary),
        people=tuple(lookup.spoken(ctx, name).removeprefix("@") for name in line.people),
        steps=tuple(replace(step, text=lookup.spoken(ctx, step.text)) for step in line.steps),
        friction=replace(mark, text=lookup.spoken(ctx, mark.text)) if mark else None,
    )


def settle(ctx: Ctx, entry: Entry, line: grammar.Line, given: Given) -> Reply:
    match line.match:
        case Found(id=alliance_id):
            alliance = alliances.get(ctx.session, ctx.viewer, alliance_id)
            if alliance is None:
                raise UserError("alliance.gone", text=entry.raw)
        case Ambiguous(ids=ids):
            return _ask(ctx, entry, "capture.which", line.match.written, ids)
        case Unknown(nearest=nearest):
            key = "capture.unknown" if line.match.written else "capture.missing"
            return _ask(ctx, entry, key, line.match.written, nearest)
    if line.on_future and entry.verb == "touchpoint":
        return _ask_future(ctx, entry, alliance, line.on)
    return write(ctx, entry, alliance, line, given)


def write(ctx: Ctx, entry: Entry, alliance: Alliance, line: grammar.Line, given: Given) -> Reply:
    """Everything that the line contains, in one transaction, and what it settles: the waiting nudge is cancelled."""
    if entry.state != "logged":
        db.revise(ctx.session, entry, {"state": "logged"}, by=ctx.actor.id, now=ctx.now)
    if entry.verb == "friction":
        reply = _write_friction(ctx, entry, alliance, line, given)
    else:
        reply = _write_touchpoint(ctx, entry, alliance, line, given)
    if entry.author_id is not None and entry.author_id != ctx.actor.id:
        _tell_author(ctx, entry)
    return reply


def _write_touchpoint(ctx: Ctx, entry: Entry, alliance: Alliance, line: grammar.Line, given: Given) -> Reply:
    touchpoint = db.add(
        ctx.session,
        Touchpoint(
            id=new_id(ctx.now),
            organisation_id=ctx.org,
            alliance_id=alliance.id,
            entry_id=entry.id,
            recorder_id=ctx.actor.id,
            on=line.on,
            kind=line.kind,
            summary=line.summary,
            visibility=given.visibility or "team",
            created_at=ctx.now,
        ),
    )
    stored.add_people(ctx.session, touchpoint, line.people, now=ctx.now)
    steps = _add_steps(ctx, entry, alliance, line, touchpoint.visibility, touchpoint)
    note = None
    if line.friction is not None:
        note = friction.note(
            ctx,
            alliance=alliance,
            entry_id=entry.id,
            touchpoint_id=touchpoint.id,
            on=line.on,
            severity=line.friction.severity,
            text=line.friction.text,
            # Only narrower: who else reads the very sentence is asked with the note (decision 11).
            visibility="private" if touchpoint.visibility == "private" else "",
        )
    settle_cadence(ctx, alliance.id)
    meetings.logged(ctx, alliance.id, on=line.on, touchpoint_id=touchpoint.id)
    return Reply(
        message=answer(ctx, entry, alliance, touchpoint, steps, note=note, not_understood=line.not_understood),
        wake=True,
    )


def _write_friction(ctx: Ctx, entry: Entry, alliance: Alliance, line: grammar.Line, given: Given) -> Reply:
    severity = line.friction.severity if line.friction else 0
    text = (line.friction.text if line.friction else "") or line.summary
    note = friction.note(
        ctx,
        alliance=alliance,
        entry_id=entry.id,
        touchpoint_id=None,
        on=line.on if line.on <= ctx.today else ctx.today,
        severity=severity if given.severity is None else given.severity,
        text=text or entry.raw,
        visibility=given.visibility,
    )
    _add_steps(ctx, entry, alliance, line, note.visibility)
    return Reply(message=friction.saved(ctx, note), wake=True)


def _add_steps(
    ctx: Ctx,
    entry: Entry,
    alliance: Alliance,
    line: grammar.Line,
    visibility: str,
    touchpoint: Touchpoint | None = None,
) -> list[NextStep]:
    return [
        nextsteps.add(
            ctx,
            alliance_id=alliance.id,
            entry_id=entry.id,
            touchpoint_id=touchpoint.id if touchpoint else None,
            step=step,
            visibility=visibility,
            number=number,
        )
        for number, step in enumerate(line.steps)
    ]


def settle_cadence(ctx: Ctx, alliance_id: str) -> None:
    """A touchpoint was logged, changed or undone: the waiting check-in is cancelled, the sent one is marked."""
    outbox.cancel(ctx.session, ctx.org, alliance_id, kinds=("checkin",), reason="logged", now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, alliance_id, kinds=("checkin",), now=ctx.now)
    schedules.touch(ctx.session, ctx.org, "checkin", alliance_id, ctx.now)


def answer(
    ctx: Ctx,
    entry: Entry,
    alliance: Alliance,
    touchpoint: Touchpoint,
    steps: list[NextStep],
    *,
    note: Friction | None = None,
    not_understood: tuple[str, ...] = (),
    changed: bool = False,
    left: tuple[str, ...] = (),
) -> Message:
    """What was understood, read back from the rows."""
    facts = _facts(ctx, entry, alliance, touchpoint, steps, not_understood=not_understood)
    card = friction.blocks(ctx, note) if note is not None else ()
    return touchpoints.saved(ctx.t, replace(facts, friction=card, changed=changed, left=left))


def _facts(
    ctx: Ctx,
    entry: Entry,
    alliance: Alliance,
    touchpoint: Touchpoint,
    steps: list[NextStep],
    *,
    not_understood: tuple[str, ...],
) -> touchpoints.Saved:
    names = stored.people_of(ctx.session, ctx.org, [touchpoint.id])[touchpoint.id]
    return touchpoints.Saved(
        entry=entry.id,
        version=entry.version,
        alliance=alliance.name,
        kind=touchpoint.kind,
        on=touchpoint.on,
        summary=touchpoint.summary,
        visibility=touchpoint.visibility,
        people=tuple(names),
        steps=tuple(nextsteps.line(ctx, step) for step in steps),
        not_understood=not_understood,
        author=entry.author_name,
        today=ctx.today,
    )


def _tell_author(ctx: Ctx, entry: Entry) -> None:
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind="capture.told",
        subject_id=entry.id,
        key=f"told:{entry.id}",
        weight="reply",
        now=ctx.now,
        member_id=entry.author_id,
    )


# ---------------------------------------------------------------- what is still open


def in_talk(answer: Callable[[Ctx, Press], Reply]) -> Callable[[Ctx, Press], Reply]:
    """A press on the friction card inside a talk's answer: what `answer` says, and the talk stays around it."""

    def pressed(ctx: Ctx, press: Press) -> Reply:
        reply = answer(ctx, press)
        note = stored_friction.get(ctx.session, ctx.viewer, press.id)
        entry = entries.mine(ctx.session, ctx.viewer, note.entry_id) if note else None
        if entry is None or reply.message is None:
            return reply
        made = entries.made(ctx.session, entry)
        alliance = alliances.get(ctx.session, ctx.viewer, made.touchpoint.alliance_id) if made.touchpoint else None
        if made.touchpoint is None or alliance is None:
            return reply
        line = read_entry(ctx, entry, Given(alliance_id=alliance.id))
        unread = line.not_understood if made.touchpoint.version == 1 else ()
        whole = _facts(ctx, entry, alliance, made.touchpoint, list(made.steps), not_understood=unread)
        whole = replace(whole, friction=friction_card.inside(reply.message.blocks))
        return replace(reply, message=touchpoints.saved(ctx.t, whole))

    return pressed


def _ask(ctx: Ctx, entry: Entry, key: str, written: str, ids: tuple[str, ...]) -> Reply:
    pending(ctx, entry)
    named = {option.value: option.label for option in options(ctx)}
    near = tuple(Option(id_, named[id_]) for id_ in ids if id_ in named)
    facts = Asked(entry.id, entry.version, written, entry.raw, near, tuple(options(ctx)))
    return Reply(message=asked(ctx.t, key, facts))


def pending(ctx: Ctx, entry: Entry) -> None:
    """The line waits in its entry, never in a button's value (decision 1)."""
    if entry.state != "pending":
        db.revise(ctx.session, entry, {"state": "pending"}, by=ctx.actor.id, now=ctx.now)


def lacks(ctx: Ctx, entry: Entry) -> Lacks:
    """What a waiting line waits for."""
    return "day" if isinstance(read_entry(ctx, entry, Given()).match, Found) else "alliance"


def _ask_future(ctx: Ctx, entry: Entry, alliance: Alliance, on: date) -> Reply:
    pending(ctx, entry)
    facts = Future(entry.id, entry.version, alliance.id, alliance.name, on, entry.raw, ctx.today)
    return Reply(message=future(ctx.t, facts))


# ---------------------------------------------------------------- small parts


def options(ctx: Ctx) -> list[Option]:
    """Alliances to choose from, the actor's own first."""
    rows = alliances.listed(ctx.session, ctx.viewer)
    rows.sort(key=lambda row: row.id not in ctx.viewer.near)
    return [Option(row.id, row.name) for row in rows]


def here_id(ctx: Ctx) -> str:
    """The alliance of the room that the request came from, "" where it has none."""
    linked = lookup.here(ctx)
    return linked.id if linked else ""


def _entry(ctx: Ctx, verb: Verb, text: str, here: str) -> Entry:
    return db.add(
        ctx.session,
        Entry(
            id=new_id(ctx.now),
            organisation_id=ctx.org,
            verb=verb,
            raw=lookup.spoken(ctx, text, glued=True),
            recorder_id=ctx.actor.id,
            platform=ctx.request.platform,
            room=ctx.request.place.room,
            here=here or None,
            created_at=ctx.now,
        ),
    )
