"""People, rooms, messages as Slack's Web API and its payloads show them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.practice.reading import Json, without_nothing
from bot.practice.workspace import Message, Person, Room, Workspace


def user_json(workspace: Workspace, person: Person, *, with_locale: bool) -> Json:
    """A person as users.info gives it; deleted people and strangers lack zone or locale, as in Slack."""
    shown: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": {
            "real_name": person.real_name,
            "display_name": person.name,
            "real_name_normalized": person.real_name,
            "display_name_normalized": person.name,
            "team": person.team_id,
        },
        "is_bot": person.kind == "bot",
        "is_app_user": False,
        "updated": int(workspace.wall()),
    }
    if person.deleted:
        return shown
    offset = datetime.fromtimestamp(workspace.wall(), UTC).astimezone(ZoneInfo(person.tz)).utcoffset()
    shown |= {
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.kind in ("guest_single", "guest_multi"),
        "is_ultra_restricted": person.kind == "guest_single",
    }
    if person.kind == "stranger":
        shown["is_stranger"] = True
    elif with_locale:
        shown["locale"] = person.locale
    return shown


def room_json(workspace: Workspace, room: Room) -> Json:
    """A room as conversations.info gives it."""
    if room.kind == "im":
        other = next((one for one in room.members if one != workspace.bot.user_id), workspace.bot.user_id)
        person = workspace.person(other)
        return {
            "id": room.id,
            "is_im": True,
            "user": other,
            "is_user_deleted": bool(person and person.deleted),
            "is_org_shared": False,
            "is_archived": room.archived,
            "context_team_id": workspace.team.id,
        }
    shared: Json = {}
    if room.ext_shared or room.pending_ext_shared:
        shared = {
            "connected_team_ids": connected_teams(workspace, room),
            "conversation_host_id": workspace.team.id,
        }
    return {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "is_channel": room.kind == "channel",
        "is_group": room.kind == "private",
        "is_im": False,
        "is_mpim": room.kind == "mpim",
        "is_private": room.kind != "channel",
        "is_archived": room.archived,
        "is_general": False,
        "is_member": workspace.bot.user_id in room.members,
        "is_shared": room.ext_shared,
        "is_ext_shared": room.ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": room.pending_ext_shared,
        "context_team_id": workspace.team.id,
        "topic": {"value": room.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        **shared,
    }


def connected_teams(workspace: Workspace, room: Room) -> list[str]:
    """The workspaces whose people are in an externally shared room, ours included."""
    people = (workspace.person(one) for one in room.members)
    teams = {person.team_id for person in people if person}
    return sorted(teams | {workspace.team.id}) if room.ext_shared else []


def message_json(workspace: Workspace, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as payloads and conversations.history carry it."""
    bot = workspace.bot
    person = workspace.person(message.user)
    shown: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": person.team_id if person else workspace.team.id,
        "bot_id": bot.bot_id if message.by_bot else None,
        "app_id": bot.app_id if message.by_bot else None,
        "blocks": list(message.blocks) or None,
        "attachments": list(message.attachments) or None,
        "files": list(message.files) or None,
        "thread_ts": thread_of(workspace, message),
        "edited": {"user": message.user, "ts": message.edited} if message.edited else None,
        "metadata": message.metadata if with_metadata else None,
    }
    return without_nothing(shown)


def thread_of(workspace: Workspace, message: Message) -> str | None:
    """The thread that a message belongs to; a first message names itself once it has replies."""
    if message.thread_ts:
        return message.thread_ts
    replies = (one for one in workspace.messages[message.room] if not one.only_for)
    return message.ts if any(one.thread_ts == message.ts for one in replies) else None
