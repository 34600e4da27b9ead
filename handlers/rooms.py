"""Rooms that belong to an alliance: linked only where nobody outside the company reads (product.md §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers import lookup, places
from handlers.errors import UserError
from handlers.hours import week_of
from handlers.message import Block, Button, Message, Note, Option, Paragraph, Template
from handlers.request import Ctx, Press, Reply
from handlers.text import Texts
from storage import alliances, db, outbox, people, rooms, updates
from storage.models import Alliance, Room


def linked(t: Texts, alliance: str, room: str) -> Message:
    """The room is linked: what follows from it. `room` is its name, "" of a group chat that has none."""
    head = (
        t.line("room.linked", room=room, alliance=alliance) if room else t.line("room.linked.chat", alliance=alliance)
    )
    blocks: tuple[Block, ...] = (Paragraph(head), Note(t.line("room.linked.means")))
    return Message(blocks, t("room.preview"))


def unlinked(t: Texts, alliance: str, room: str) -> Message:
    """The link is gone; nothing else is. `room` as in `linked`."""
    chat = t.line("room.unlinked.chat", alliance=alliance)
    head = t.line("room.unlinked", room=room, alliance=alliance) if room else chat
    return Message((Paragraph(head),), t("room.preview"))


def listing(t: Texts, alliance: str, rows: Sequence[Option]) -> Message:
    """The linked rooms of an alliance, each with the way to take the link away."""
    if not rows:
        return Message((Paragraph(t.line("room.none", alliance=alliance)),), t("room.preview"))
    head = Paragraph(t.line("room.list", alliance=alliance))
    listed = [
        Paragraph(t.line("room.row", room=row.label), Button(t("room.button.unlink"), "room.unlink", row.value))
        for row in rows
    ]
    return Message((head, *listed), t("room.preview"))


# ---------------------------------------------------------------- what is asked of it


def link(ctx: Ctx, text: str) -> Reply:
    """`/alliance link <name>`, typed in the room that is to be linked."""
    if ctx.request.place.kind != "room":  # not as a refusal: a name alone is nothing to give back for copying
        return Reply(message=Message((Paragraph(ctx.t.line("room.not_here")),), ctx.t("room.preview")))
    _require_inside(ctx, text)
    try:
        alliance = lookup.find(ctx, text, action="room.link")
    except UserError as error:
        offered = [way.label for way in error.buttons if isinstance(way, Button) and way.action == "room.link"]
        if not ctx.request.place.away or not offered:
            raise
        raise UserError("room.name_it", {"alliance": offered[0]}) from error
    return _link(ctx, alliance)


def press_link(ctx: Ctx, press: Press) -> Reply:
    """A candidate was tapped: link the room that the button stands in."""
    _require_inside(ctx, "")
    return _link(ctx, lookup.one(ctx, press.id))


def unlink(ctx: Ctx, text: str) -> Reply:
    """`/alliance unlink` in a linked room, or `/alliance unlink <name>` anywhere: the rooms to choose from."""
    here = _room(ctx)
    if not text.strip() and here is not None and (row := rooms.link_of(ctx.session, ctx.org, here.id)):
        return _unlink(ctx, here, row.alliance_id)
    alliance = lookup.find(ctx, text, action="alliance.rooms")
    return _listing(ctx, alliance)


def open_rooms(ctx: Ctx, press: Press) -> Reply:
    """The linked rooms of an alliance."""
    return _listing(ctx, lookup.one(ctx, press.id))


def press_unlink(ctx: Ctx, press: Press) -> Reply:
    """[連携を外す] on one room."""
    row = rooms.link_of(ctx.session, ctx.org, press.id)
    place = rooms.get(ctx.session, ctx.org, press.id)
    if row is None or place is None:
        raise UserError("room.gone")
    return _unlink(ctx, place, row.alliance_id)


def _link(ctx: Ctx, alliance: Alliance) -> Reply:
    lookup.require_change(ctx, alliance)
    place = ctx.request.place
    workspace = people.workspace(ctx.session, ctx.request.platform, ctx.request.tenant)
    if workspace is None:
        raise UserError("room.unknown")
    room = people.room(ctx.session, workspace, place.room, name=place.name, now=ctx.now)
    before = rooms.link_of(ctx.session, ctx.org, room.id)
    if before is not None and before.alliance_id != alliance.id:
        other = alliances.get(ctx.session, ctx.viewer, before.alliance_id)
        raise UserError("room.taken", {"alliance": other.name if other else ""})
    if before is None:
        rooms.link(
            ctx.session, org=ctx.org, alliance_id=alliance.id, room_id=room.id, linked_by=ctx.actor.id, now=ctx.now
        )
    elif before.paused_reason:
        db.change(ctx.session, before, {"paused_reason": ""})
    _retell(ctx, alliance.id)
    db.change(ctx.session, room, {"audience": "inside"})
    return Reply(message=linked(ctx.t, alliance.name, room.name), wake=True)


def _unlink(ctx: Ctx, room: Room, alliance_id: str) -> Reply:
    alliance = lookup.one(ctx, alliance_id)
    lookup.require_change(ctx, alliance)
    row = rooms.link_of(ctx.session, ctx.org, room.id)
    if row is not None:
        rooms.unlink(ctx.session, row)
        _retell(ctx, alliance.id)
    return Reply(message=unlinked(ctx.t, alliance.name, room.name), replace=True, wake=True)


def _retell(ctx: Ctx, alliance_id: str) -> None:
    """An update's draft offers to share only where there is a room: the lead's open ones are told anew."""
    lead = alliances.lead_of(ctx.session, ctx.org, alliance_id)
    if lead is None:
        return
    for day in (ctx.today, ctx.today - timedelta(days=7)):
        about = updates.prompt_of(lead.id, week_of(day))
        outbox.refresh(ctx.session, ctx.org, about, kinds=("update",), now=ctx.now)


def _listing(ctx: Ctx, alliance: Alliance) -> Reply:
    found = [room for _, room in alliances.rooms_of(ctx.session, ctx.org, alliance.id)]
    names = places.rooms(ctx.session, ctx.t, ctx.org, found)
    rows = tuple(Option(room.id, called) for room, called in zip(found, names, strict=True))
    return Reply(message=listing(ctx.t, alliance.name, rows))


def _require_inside(ctx: Ctx, text: str) -> None:
    """Only a room that is known to be inside is linked; outside and unknown are refused, saying why (principle 4)."""
    place = ctx.request.place
    if place.kind != "room":
        raise UserError("room.not_here", text=text)
    if place.outsiders is None:
        raise UserError("room.unknown", text=text)
    if place.outsiders:
        raise UserError("room.outside", text=text)


def _room(ctx: Ctx) -> Room | None:
    place = ctx.request.place
    if place.kind != "room":
        return None
    return rooms.find(ctx.session, ctx.org, ctx.request.platform, ctx.request.tenant, external=place.room)


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("room.linked", lambda t: linked(t, "ノヴァ素材", "#nova-internal")),
    Template("room.linked.chat", lambda t: linked(t, "ノヴァ素材", "")),
    Template("room.unlinked", lambda t: unlinked(t, "ノヴァ素材", "#nova-internal")),
    Template("room.list", lambda t: listing(t, "ノヴァ素材", (Option("r1", "#nova-internal"),))),
)
