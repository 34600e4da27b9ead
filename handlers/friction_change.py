"""One change of a friction note: who may make it, what an outdated press is told, the card that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handlers import places
from handlers.errors import UserError
from handlers.friction_card import CLOSED, Card, shown
from handlers.message import Line
from handlers.request import Ctx, Reply
from handlers.tone import only_blames
from storage import db, entries, people, revisions
from storage import friction as stored
from storage.models import Entry, Friction

_PARTS = {
    "text": "text",
    "category": "category",
    "severity": "severity",
    "visibility": "visibility",
    "widening": "visibility",
    "state": "state",
    "owner_id": "owner",
    "told": "told",
    "resolution": "state",
    "outcome": "state",
}
"""What a changed column is called to people."""


def card_of(ctx: Ctx, row: Friction) -> Card:
    """The note as this reader may see it: outside the team no author, owner or source, and the approved words."""
    near = stored.is_near(ctx.viewer, row)
    mine = stored.may_widen(ctx.viewer, row)
    names = stored.alliance_names(ctx.session, ctx.org, [row.alliance_id])
    facts = Card(
        id=row.id,
        version=row.version,
        text=row.text if near else row.approved_text,
        category=row.category,
        severity=row.severity,
        visibility=row.visibility,
        widening=row.widening,
        state=row.state,
        told=row.told,
        told_on=row.told_on,
        resolution=row.resolution,
        days=max((ctx.today - row.on).days, 0),
        alliance=names.get(row.alliance_id, ""),
        edits=near,
        widens=mine,
    )
    if not near:
        return facts  # never author, owner or source outside the team (decision 10)
    line = _still_mine(ctx, row)
    source, platform, recorder = stored.source_of(ctx.session, row)
    return replace(
        facts,
        entry=line.id if line else "",
        entry_version=line.version if line else 0,
        owner=_name(ctx, row.owner_id),
        author="" if mine else _name(ctx, row.author_id),
        outcome=row.outcome,
        source=source,
        beyond="" if places.reaches(ctx, platform, recorder) else platform,
        blames=mine and row.state not in CLOSED and only_blames(row.text),
    )


def _still_mine(ctx: Ctx, row: Friction) -> Entry | None:
    """The reader's line that made the note and nothing else, while it can be taken back."""
    line = entries.mine(ctx.session, ctx.viewer, row.entry_id) if row.touchpoint_id is None else None
    if line is None or line.recorder_id != ctx.actor.id or ctx.now - line.created_at > entries.UNDO_FOR:
        return None
    return line


def _name(ctx: Ctx, member_id: str | None) -> str:
    person = people.member(ctx.session, ctx.org, member_id) if member_id else None
    return person.name if person else ""


# ---------------------------------------------------------------- rights and versions


def readable(ctx: Ctx, friction_id: str) -> Friction:
    """The note of an id that came back from a platform; UserError where the reader may not see it."""
    row = stored.get(ctx.session, ctx.viewer, friction_id)
    if row is None:
        raise UserError("friction.gone")
    return row


def editable(ctx: Ctx, friction_id: str) -> Friction:
    """As `readable`, for its author, owner and team."""
    row = readable(ctx, friction_id)
    if not stored.is_near(ctx.viewer, row):
        raise UserError("friction.not_yours")
    return row


def own(ctx: Ctx, friction_id: str) -> Friction:
    """As `readable`, for its author."""
    row = editable(ctx, friction_id)
    if not stored.may_widen(ctx.viewer, row):
        raise UserError("friction.author_only")
    return row


def revise(ctx: Ctx, row: Friction, version: int, values: Mapping[str, Any], said: str = "") -> Reply:
    """Change what the presser saw; a second press changes nothing, an outdated one shows what is there now."""
    if all(getattr(row, name) == value for name, value in values.items()):
        return told_as(ctx, row, ())
    if row.version != version and not _only_own(ctx, row, version, values):
        return outdated(ctx, row, version)
    try:
        stored.revise(ctx.session, row, values, by=ctx.actor.id, now=ctx.now)
    except db.Stale:
        return outdated(ctx, row, version)
    return told_as(ctx, row, ctx.t.line(said) if said else ())


def _only_own(ctx: Ctx, row: Friction, version: int, values: Mapping[str, Any]) -> bool:
    """Whether nobody but the presser changed it since: two quick taps of one hand are no conflict.

    What reaches other readers is asked anew all the same (decision 11).
    """
    widens = bool({"visibility", "widening", "approved_text"} & set(values))
    changed = revisions.since(ctx.session, row, version)
    return not widens and bool(changed.by) and set(changed.by) <= {ctx.actor.id}


def told_as(ctx: Ctx, row: Friction, said: Line) -> Reply:
    """The card in place of the one that was pressed, below what was done."""
    return Reply(message=shown(ctx.t, card_of(ctx, row), said), replace=True, wake=True)


def outdated(ctx: Ctx, row: Friction, version: int) -> Reply:
    """Nothing was changed: somebody was faster; what changed, and the card as it is now."""
    return told_as(ctx, row, ctx.t.line("friction.changed", what=what_changed(ctx, row, version)))


def what_changed(ctx: Ctx, row: Friction, version: int) -> str:
    """The parts that changed since `version`, in words."""
    parts = {_PARTS[name]: None for name in stored.changed_since(ctx.session, row, version)}
    return ctx.t.join(ctx.t(f"friction.part.{part}") for part in parts or ("text",))
