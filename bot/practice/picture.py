"""The workspace as one person sees it: what `GET /practice/state` answers."""

from collections.abc import Sequence
from dataclasses import asdict

from bot.practice.reading import Json
from bot.practice.shown import thread_of
from bot.practice.workspace import Message, Person, Room, Workspace


def picture(workspace: Workspace, me: Person, commands: Sequence[Json], shortcuts: Sequence[Json]) -> Json:
    """The state for `me`; rooms without me have no messages, ephemeral ones are mine alone."""
    rooms = [room for room in workspace.by_id.values() if _visible(me, room)]
    mine = [room for room in rooms if me.id in room.members]
    home = workspace.views.home(me.id)
    ours = me.team_id == workspace.team.id
    return {
        "revision": workspace.revision,
        "me": asdict(me),
        "people": {person.id: asdict(person) for person in workspace.persons.values()},
        "team": asdict(workspace.team),
        "bot": asdict(workspace.bot),
        "rooms": [_room(workspace, me, room) for room in rooms],
        "messages": {room.id: [_message(workspace, one) for one in seen(workspace, me, room)] for room in mine},
        "views": [workspace.views.payload(view) for view in workspace.views.stack(me.id)],
        "home": workspace.views.payload(home) if home else None,
        "commands": list(commands) if ours else [],
        "shortcuts": list(shortcuts) if ours else [],
        "failures": list(workspace.failures.get(me.id, [])),
    }


def seen(workspace: Workspace, me: Person, room: Room) -> list[Message]:
    """The messages of a room that this person can see."""
    return [one for one in workspace.messages[room.id] if one.only_for in (None, me.id)]


def _visible(me: Person, room: Room) -> bool:
    """My rooms, and for members every public channel."""
    return me.id in room.members or (me.kind == "member" and room.kind == "channel")


def _room(workspace: Workspace, me: Person, room: Room) -> Json:
    last = workspace.read_up_to.get((me.id, room.id), "")
    inside = me.id in room.members
    fresh = [one for one in seen(workspace, me, room) if one.user != me.id and one.ts > last] if inside else []
    others = [workspace.person(one) for one in room.members if one != me.id]
    name = room.name or ", ".join(one.real_name for one in others if one)
    members = list(room.members)
    return {**asdict(room), "members": members, "name": name, "is_member": inside, "unread": len(fresh)}


def _message(workspace: Workspace, message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": list(message.blocks) or None,
        "attachments": list(message.attachments) or None,
        "files": list(message.files) or None,
        "thread_ts": thread_of(workspace, message),
        "edited": message.edited,
        "ephemeral": bool(message.only_for),
        "metadata": message.metadata,
        "bot": message.by_bot,
        "permalink": workspace.permalink(message.room, message.ts),
    }
