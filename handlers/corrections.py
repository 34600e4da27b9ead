"""An entry after it was logged: edit, undo, take out, and where that is reached (product.md §4, decision 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from handlers import capture, friction, meetings, nextsteps, touchpoints
from handlers import entry as grammar
from handlers.asking import Lacks, waiting_ways
from handlers.attendees import names_from
from handlers.errors import UserError
from handlers.friction_form import whole
from handlers.friction_list import clipped
from handlers.message import Block, Button, Buttons, Divider, Line, Message, Note, Paragraph, Quote, Template, line_of
from handlers.request import Ctx, Press, Reply, Submit
from handlers.segments import masked, normalised
from handlers.steps import step_from
from handlers.text import Texts
from storage import alliances, db, entries, outbox
from storage import friction as stored_friction
from storage import nextsteps as stored_steps
from storage import touchpoints as stored
from storage.models import Alliance, Entry, Friction, NextStep, Touchpoint

RECENT = 8
"""Entries that one message lists."""


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
    if touchpoint.summary and not (made.friction or any(submit.one(each) for each in ("summary", "people", "steps"))):
        raise UserError("form.empty", field="summary")
    before = (touchpoint.alliance_id, touchpoint.on, touchpoint.visibility)
    _revise(ctx, submit, touchpoint, alliance)
    stored.set_people(ctx.session, touchpoint, _people(submit.one("people")), now=ctx.now)
    steps, left_steps = _edit_steps(ctx, entry, alliance, touchpoint, made.steps, submit.one("steps"))
    hides = touchpoint.visibility == "private" and before[2] != "private"
    notes, left_notes = _edit_notes(ctx, entry, touchpoint, made.friction, hides=hides)
    if before[:2] != (touchpoint.alliance_id, touchpoint.on):
        meetings.reopened(ctx, touchpoint.id)
        meetings.logged(ctx, alliance.id, on=touchpoint.on, touchpoint_id=touchpoint.id)
    for alliance_id in {before[0], alliance.id}:
        capture.settle_cadence(ctx, alliance_id)
    note, left = next(iter(notes), None), (*left_steps, *left_notes)
    message = capture.answer(ctx, entry, alliance, touchpoint, steps, note=note, changed=True, left=left)
    return Reply(message=message, replace=True, wake=True)


def _revise(ctx: Ctx, submit: Submit, touchpoint: Touchpoint, alliance: Alliance) -> None:
    on = touchpoints.day_of(submit) or touchpoint.on
    if on > ctx.today:
        raise UserError("touchpoint.future", field="on")
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


def _edit_notes(
    ctx: Ctx, entry: Entry, touchpoint: Touchpoint, notes: tuple[Friction, ...], *, hides: bool
) -> tuple[list[Friction], tuple[str, ...]]:
    """Notes go where their record goes; those that others have worked on stay in their alliance and are named.

    `hides`: the record has just become its author's alone, and with it every note.
    """
    others = _touched(ctx, entry, notes)
    for note in notes:
        if hides:
            friction.keep_private(ctx, note)
        if note.alliance_id != touchpoint.alliance_id and note.id not in others:
            moved = {"alliance_id": touchpoint.alliance_id}
            stored_friction.revise(ctx.session, note, moved, by=ctx.actor.id, now=ctx.now)
    left = [note for note in notes if note.alliance_id != touchpoint.alliance_id]
    return [note for note in notes if note not in left], tuple(note.text for note in left)


def _edit_steps(
    ctx: Ctx, entry: Entry, alliance: Alliance, touchpoint: Touchpoint, before: tuple[NextStep, ...], text: str
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
    left = _drop_steps(ctx, entry, tuple(old.values()))
    kept.extend(left)
    follows = {"alliance_id": alliance.id, "visibility": touchpoint.visibility}
    for step in kept:
        if any(getattr(step, name) != value for name, value in follows.items()):
            stored_steps.revise(ctx.session, step, follows, by=ctx.actor.id, now=ctx.now)
    return kept, tuple(step.text for step in left)


def _touched(ctx: Ctx, entry: Entry, rows: tuple[NextStep, ...] | tuple[Friction, ...]) -> frozenset[str]:
    """Which of an entry's rows somebody has worked on beside who recorded it and who wrote its words (decision 4)."""
    own = {entry.recorder_id, entry.author_id or entry.recorder_id}
    return entries.touched_by_others(ctx.session, ctx.org, [row.id for row in rows], own)


def _drop_steps(ctx: Ctx, entry: Entry, steps: tuple[NextStep, ...]) -> list[NextStep]:
    """Take steps back, and with them what waits to be told; those that others have worked on are left (decision 4)."""
    others = _touched(ctx, entry, steps)
    for step in steps:
        if step.id not in others:
            stored_steps.revise(ctx.session, step, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
            outbox.cancel(ctx.session, ctx.org, step.id, reason="undone", now=ctx.now)
            outbox.refresh(ctx.session, ctx.org, step.id, now=ctx.now)
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
    """What was taken back and what was left because somebody else has touched it.

    `unnamed`: how many more were left that the reader may not read.
    """

    alliance: str
    raw: str
    left: tuple[str, ...] = ()
    unnamed: int = 0


def undone(t: Texts, facts: Undone) -> Message:
    """Taken back: the words are given back, what was left is named (decision 4)."""
    head = t.line("undo.done", alliance=facts.alliance) if facts.alliance else t.line("undo.dropped")
    blocks: list[Block] = [Paragraph(head), Quote(line_of(facts.raw))]
    if facts.left:
        blocks.append(Note(t.line("undo.left", what=t.join(facts.left))))
    if facts.unnamed:
        blocks.append(Note(t.line("undo.left.unnamed", n=facts.unnamed)))
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
    return _take_back(ctx, entry)


def _take_back(ctx: Ctx, entry: Entry) -> Reply:
    made = entries.made(ctx.session, entry)
    others = _touched(ctx, entry, made.friction)
    alliance_id = ""
    if made.touchpoint is not None:
        alliance_id = made.touchpoint.alliance_id
        db.revise(ctx.session, made.touchpoint, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
        meetings.reopened(ctx, made.touchpoint.id)
    for note in made.friction:
        alliance_id = alliance_id or note.alliance_id
        if note.id not in others:
            db.revise(ctx.session, note, {"undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    left = [stored_steps.get(ctx.session, ctx.viewer, step.id) for step in _drop_steps(ctx, entry, made.steps)]
    left += [stored_friction.get(ctx.session, ctx.viewer, note_id) for note_id in sorted(others)]
    db.revise(ctx.session, entry, {"state": "undone", "undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, entry.id, kinds=("capture.told",), now=ctx.now)
    if alliance_id:
        capture.settle_cadence(ctx, alliance_id)
    alliance = alliances.get(ctx.session, ctx.viewer, alliance_id)
    named = tuple(row.text for row in left if row is not None)
    facts = Undone(alliance.name if alliance else "", entry.raw, named, len(left) - len(named))
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
    """One of my entries of the last 24 h. `what` is a composed line, `raw` the beginning of what was typed.

    `open`: what a line that waits lacks, None where it was logged.
    """

    entry: str
    version: int
    what: Line
    raw: str
    open: Lacks | None = None


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
        blocks.append(Buttons(_reached(t, row)))
    if older:
        blocks.append(Buttons((Button(t("recent.older"), "entry.recent", older),)))
    return Message(tuple(blocks), t("recent.preview"))


def _reached(t: Texts, row: Recent) -> tuple[Button, ...]:
    if row.open:
        return waiting_ways(t, row.open, row.entry, row.version)
    return (
        Button(t("button.edit"), "entry.edit", row.entry, row.version),
        Button(t("button.undo"), "entry.undo", row.entry, row.version),
    )


def show_recent(ctx: Ctx, text: str) -> Reply:
    """`取り消し` / `undo` / `編集` / `edit`: what I wrote in the last 24 h."""
    del text
    return _recent(ctx)


def open_recent(ctx: Ctx, press: Press) -> Reply:
    """[もっと前の記録]: what I wrote before the entry of the press."""
    return _recent(ctx, before=press.id)


def _recent(ctx: Ctx, before: str = "") -> Reply:
    since = ctx.now - entries.UNDO_FOR
    found = entries.recent(ctx.session, ctx.viewer, since, RECENT + 1, before=before)
    rows = tuple(row for entry in found[:RECENT] if (row := _row(ctx, entry)) is not None)
    older = found[RECENT - 1].id if len(found) > RECENT else ""
    return Reply(message=recent(ctx.t, rows, older))


def _row(ctx: Ctx, entry: Entry) -> Recent | None:
    """An entry as it is listed; None where nothing that the actor may read is left of it."""
    if entry.state == "pending":
        lacks = capture.lacks(ctx, entry)
        return Recent(entry.id, entry.version, ctx.t.line("recent.waiting"), clipped(entry.raw), lacks)
    made = entries.made(ctx.session, entry)
    record = made.touchpoint or (made.friction[0] if made.friction else None)
    alliance = alliances.get(ctx.session, ctx.viewer, record.alliance_id) if record else None
    if record is None or alliance is None:
        return None
    key = "recent.touchpoint" if made.touchpoint else "recent.friction"
    what = ctx.t.line(key, alliance=alliance.name, on=ctx.t.day(record.on, ctx.today))
    return Recent(entry.id, entry.version, what, clipped(entry.raw))


# ---------------------------------------------------------------- examples


def _recent_example(t: Texts) -> Message:
    what = t.line("recent.touchpoint", alliance="ノヴァ素材", on=date(2026, 7, 1))
    waits = Recent("e2", 1, t.line("recent.waiting"), "キタ 定例。新しい袋は好評", "alliance")
    return recent(t, (waits, Recent("e1", 1, what, "ノヴァ 定例。試作は順調")), "e1")


TEMPLATES: tuple[Template, ...] = (
    Template("undo.done", lambda t: undone(t, Undone("ノヴァ素材", "ノヴァ 定例。試作は順調", ("試験計画を送る",)))),
    Template("recent", _recent_example),
    Template("recent.none", lambda t: recent(t, ())),
)
