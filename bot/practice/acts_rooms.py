"""Changes of rooms: joining, leaving, sharing with another company, archiving, renaming."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.practice.acting import ActRefused, Stage
from bot.practice.reading import Json, as_text
from bot.practice.workspace import Person, Room


def _room_to_change(stage: Stage, asked: Json) -> Room:
    room = stage.workspace.room(as_text(asked.get("channel")))
    if room is None or room.kind not in ("channel", "private"):
        raise ActRefused("channel_not_found")
    return room


def _who(stage: Stage, person: Person, asked: Json) -> Person:
    who = stage.workspace.person(as_text(asked.get("who")) or person.id)
    if who is None:
        raise ActRefused("user_not_found")
    return who


async def _tell(stage: Stage, name: str, room: Room, fields: Json) -> Json:
    """Tells the bot, which hears of rooms that it is in."""
    if stage.workspace.bot.user_id not in room.members:
        return {"ok": True, "delivered": False}
    return await stage.event(name, stage.payloads.room_event(name, room, fields))


async def _join(stage: Stage, person: Person, asked: Json) -> Json:
    """`who` (default: oneself; the bot's id invites it) joins `channel`."""
    room, who = _room_to_change(stage, asked), _who(stage, person, asked)
    invited = who.id != person.id
    if (room.kind == "private" or person.kind not in ("member", "bot")) and person.id not in room.members:
        raise ActRefused("not_in_channel")
    if who.id in room.members:
        raise ActRefused("already_in_channel")
    changed = replace(room, members=(*room.members, who.id))
    stage.workspace.put_room(changed)
    fields: Json = {"user": who.id, "team": who.team_id, "channel_type": _letter(room)}
    if invited:
        fields["inviter"] = person.id
    return await _tell(stage, "member_joined_channel", changed, fields)


async def _leave(stage: Stage, person: Person, asked: Json) -> Json:
    """`who` (default: oneself) leaves `channel`."""
    room, who = _room_to_change(stage, asked), _who(stage, person, asked)
    if who.id not in room.members:
        raise ActRefused("not_in_channel")
    changed = replace(room, members=tuple(one for one in room.members if one != who.id))
    stage.workspace.put_room(changed)
    fields: Json = {"user": who.id, "team": who.team_id, "channel_type": _letter(room)}
    return await _tell(stage, "member_left_channel", changed, fields)


async def _share(stage: Stage, person: Person, asked: Json) -> Json:
    """Shares `channel` with the company of `who`, who comes in; with `pending` only the invitation goes out."""
    room = _room_to_change(stage, asked)
    if asked.get("pending") is True:
        stage.workspace.put_room(replace(room, pending_ext_shared=True))
        return {"ok": True, "delivered": False}
    strangers = [one for one in stage.workspace.persons.values() if one.kind == "stranger"]
    named = stage.workspace.person(as_text(asked.get("who")))
    guest = named or next(iter(strangers), None)
    if guest is None:
        raise ActRefused("user_not_found")
    members = room.members if guest.id in room.members else (*room.members, guest.id)
    changed = replace(room, ext_shared=True, pending_ext_shared=False, members=members)
    stage.workspace.put_room(changed)
    return await _tell(stage, "channel_shared", changed, {"connected_team_id": guest.team_id})


async def _unshare(stage: Stage, person: Person, asked: Json) -> Json:
    """Ends the sharing; the other company's people are gone from the room."""
    room = _room_to_change(stage, asked)
    own = stage.workspace.team.id
    people = [stage.workspace.person(one) for one in room.members]
    others = sorted({one.team_id for one in people if one and one.team_id != own})
    stay = tuple(one.id for one in people if one and one.team_id == own)
    changed = replace(room, ext_shared=False, pending_ext_shared=False, members=stay)
    stage.workspace.put_room(changed)
    fields: Json = {"previously_connected_team_id": others[0] if others else "", "is_ext_shared": False}
    return await _tell(stage, "channel_unshared", changed, fields)


async def _archive(stage: Stage, person: Person, asked: Json) -> Json:
    """Archives `channel`, or brings it back with `archived: false`."""
    archived = asked.get("archived") is not False
    room = replace(_room_to_change(stage, asked), archived=archived)
    stage.workspace.put_room(room)
    return await _tell(stage, "channel_archive" if archived else "channel_unarchive", room, {"user": person.id})


async def _rename(stage: Stage, person: Person, asked: Json) -> Json:
    """Gives `channel` another `name`."""
    name = as_text(asked.get("name")).strip()
    if not name:
        raise ActRefused("invalid_name")
    room = replace(_room_to_change(stage, asked), name=name)
    stage.workspace.put_room(room)
    if stage.workspace.bot.user_id not in room.members:
        return {"ok": True, "delivered": False}
    return await stage.event("channel_rename", stage.payloads.rename_event(room))


def _letter(room: Room) -> str:
    return "C" if room.kind == "channel" else "G"


ROOM_ACTS: Mapping[str, Callable[[Stage, Person, Json], Awaitable[Json]]] = {
    "join": _join,
    "leave": _leave,
    "share": _share,
    "unshare": _unshare,
    "archive": _archive,
    "rename": _rename,
}
