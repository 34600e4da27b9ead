"""auth, users.*, conversations.*, files and connections: what the bot may know of people and rooms."""

import secrets
from collections.abc import Mapping

from bot.practice.calls import HISTORY_SCOPE, READ_SCOPE, Call, Method, page_of
from bot.practice.reading import Json, as_objects, as_text
from bot.practice.shown import message_json, room_json, user_json
from bot.practice.workspace import Draft, Message, Refused, Room, RoomKind

KIND_OF_TYPE: dict[str, RoomKind] = {
    "public_channel": "channel",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}


def _auth_test(call: Call) -> Json:
    team, bot = call.workspace.team, call.workspace.bot
    return {
        "url": f"{call.workspace.site}/",
        "team": team.name,
        "user": bot.name,
        "team_id": team.id,
        "user_id": bot.user_id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> Json:
    team = call.workspace.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain}}


def _bots_info(call: Call) -> Json:
    bot = call.workspace.bot
    if call.text("bot") != bot.bot_id:
        raise Refused("bot_not_found")
    shown = {"id": bot.bot_id, "app_id": bot.app_id, "user_id": bot.user_id, "name": bot.name, "deleted": False}
    return {"bot": shown}


def _user_info(call: Call) -> Json:
    workspace = call.workspace
    person = workspace.person(call.required("user", "user_not_found"))
    if person is None:
        raise Refused("user_not_found")
    if person.kind == "stranger" and not workspace.shares_a_room(person.id):
        raise Refused("user_not_visible")
    return {"user": user_json(workspace, person, with_locale=call.flag("include_locale"))}


def _user_list(call: Call) -> Json:
    workspace = call.workspace
    people = [one for one in workspace.persons.values() if one.team_id == workspace.team.id]
    with_locale = call.flag("include_locale")
    shown = [user_json(workspace, person, with_locale=with_locale) for person in people]
    members, metadata = page_of(shown, call, 200)
    return {"members": members, "cache_ts": int(workspace.wall()), "response_metadata": metadata}


def _kinds(call: Call) -> set[RoomKind]:
    """The kinds asked for in `types`, each with its scope; Refused `invalid_types`."""
    names = [one.strip() for one in (call.text("types") or "public_channel").split(",")]
    if any(name not in KIND_OF_TYPE for name in names):
        raise Refused("invalid_types")
    kinds: list[RoomKind] = [KIND_OF_TYPE[name] for name in names]
    for kind in kinds:
        call.need(READ_SCOPE[kind])
    return set(kinds)


def _rooms(call: Call, member: str | None) -> list[Json]:
    workspace, kinds = call.workspace, _kinds(call)
    shown: list[Json] = []
    for room in workspace.by_id.values():
        bot_is_in = workspace.bot.user_id in room.members
        hidden = room.kind != "channel" and not bot_is_in
        if room.kind not in kinds or hidden or (member is not None and member not in room.members):
            continue
        if not (room.archived and call.flag("exclude_archived")):
            shown.append(room_json(workspace, room))
    return shown


def _conversation_list(call: Call) -> Json:
    channels, metadata = page_of(_rooms(call, None), call, 100)
    return {"channels": channels, "response_metadata": metadata}


def _user_conversations(call: Call) -> Json:
    member = call.text("user") or call.workspace.bot.user_id
    if call.workspace.person(member) is None:
        raise Refused("user_not_found")
    channels, metadata = page_of(_rooms(call, member), call, 100)
    return {"channels": channels, "response_metadata": metadata}


def _readable_room(call: Call) -> Room:
    room = call.visible_room(call.required("channel", "channel_not_found"))
    call.need(READ_SCOPE[room.kind])
    return room


def _conversation_info(call: Call) -> Json:
    room = _readable_room(call)
    shown = room_json(call.workspace, room)
    if call.flag("include_num_members"):
        shown["num_members"] = len(room.members)
    return {"channel": shown}


def _conversation_members(call: Call) -> Json:
    room = _readable_room(call)
    ids: list[Json] = [{"id": one} for one in room.members]
    page, metadata = page_of(ids, call, 100)
    return {"members": [one["id"] for one in page], "response_metadata": metadata}


def _conversation_open(call: Call) -> Json:
    workspace = call.workspace
    if call.text("channel"):
        room = call.visible_room(call.text("channel"))
        if room.kind not in ("im", "mpim"):
            raise Refused("method_not_supported_for_channel_type")
        return {"channel": room_json(workspace, room) if call.flag("return_im") else {"id": room.id}}
    wanted = [one.strip() for one in call.text("users").split(",") if one.strip()]
    if not wanted:
        raise Refused("users_list_not_supplied")
    call.need("im:write" if len(wanted) == 1 else "mpim:write")
    for one in wanted:
        person = workspace.person(one)
        if person is None or (person.kind == "stranger" and not workspace.shares_a_room(one)):
            raise Refused("user_not_found" if len(wanted) == 1 else "users_not_found")
        if person.deleted:
            raise Refused("user_disabled")
        if person.kind == "bot":
            raise Refused("cannot_dm_bot")
    before = set(workspace.by_id)
    room = workspace.direct_room([*wanted, workspace.bot.user_id])
    known: Json = {} if room.id not in before else {"no_op": True, "already_open": True}
    return {**known, "channel": room_json(workspace, room) if call.flag("return_im") else {"id": room.id}}


def _history_room(call: Call) -> Room:
    room = call.visible_room(call.required("channel", "channel_not_found"))
    call.need(HISTORY_SCOPE[room.kind])
    if call.workspace.bot.user_id not in room.members:
        raise Refused("not_in_channel")
    return room


def _moment(call: Call, key: str, otherwise: float) -> float:
    text = call.text(key)
    if text and not text.replace(".", "", 1).isdecimal():
        raise Refused(f"invalid_ts_{key}")
    return float(text) if text else otherwise


def _seen(call: Call, messages: list[Message]) -> Json:
    low, high = _moment(call, "oldest", 0), _moment(call, "latest", 10**12)
    inclusive = call.flag("inclusive")

    def inside(ts: str) -> bool:
        at = float(ts)
        return low <= at <= high if inclusive else low < at < high

    with_metadata = call.flag("include_all_metadata")
    shown = [message_json(call.workspace, one, with_metadata=with_metadata) for one in messages if inside(one.ts)]
    page, metadata = page_of(shown, call, 100)
    more = bool(metadata["next_cursor"])
    return {"messages": page, "has_more": more, "response_metadata": metadata}


def _conversation_history(call: Call) -> Json:
    room = _history_room(call)
    said = [one for one in call.workspace.messages[room.id] if not one.only_for]
    top = [one for one in said if one.thread_ts in (None, one.ts)]
    return _seen(call, top[::-1])


def _conversation_replies(call: Call) -> Json:
    room = _history_room(call)
    ts = call.required("ts", "thread_not_found")
    said = [one for one in call.workspace.messages[room.id] if not one.only_for]
    thread = [one for one in said if ts in (one.ts, one.thread_ts)]
    if not thread:
        raise Refused("thread_not_found")
    return _seen(call, thread)


def _connection_open(call: Call) -> Json:
    ticket = secrets.token_hex(12)
    return {"url": f"{call.base.replace('http', 'ws', 1)}/practice/link/{ticket}"}


def _upload_url(call: Call) -> Json:
    name, length = call.required("filename"), call.whole("length", 0)
    if length <= 0:
        raise Refused("invalid_arguments", ("[ERROR] length must be greater than 0",))
    file_id = f"F{secrets.token_hex(5).upper()}"
    call.workspace.uploads[file_id] = {"id": file_id, "name": name, "size": length, "content": None}
    return {"upload_url": f"{call.base}/practice/upload/{file_id}", "file_id": file_id}


def _upload_complete(call: Call) -> Json:
    workspace, files = call.workspace, list[Json]()
    for wanted in as_objects(call.arguments.get("files")):
        known = workspace.uploads.get(as_text(wanted.get("id")))
        if known is None or known["content"] is None:
            raise Refused("file_not_found")
        title = as_text(wanted.get("title")) or known["name"]
        link = f"{call.base}/practice/upload/{known['id']}"
        shared = {"id": known["id"], "name": known["name"], "title": title, "size": known["size"]}
        files.append({**shared, "url_private": link, "permalink": link})
    if not files:
        raise Refused("invalid_arguments", ("[ERROR] missing required field: files",))
    if call.text("channel_id"):
        room = call.visible_room(call.text("channel_id"))
        if workspace.bot.user_id not in room.members:
            raise Refused("not_in_channel")
        draft = Draft(call.text("initial_comment"), thread_ts=call.text("thread_ts") or None, files=tuple(files))
        workspace.post(room.id, workspace.bot.user_id, draft)
    return {"files": files}


def _look_up_by_email(call: Call) -> Json:
    call.need("users:read.email")
    raise Refused("users_not_found")


PLACES: Mapping[str, Method] = {
    "auth.test": Method(_auth_test),
    "team.info": Method(_team_info, ("team:read",)),
    "bots.info": Method(_bots_info, ("users:read",)),
    "users.info": Method(_user_info, ("users:read",)),
    "users.list": Method(_user_list, ("users:read",)),
    "users.lookupByEmail": Method(_look_up_by_email),
    "users.conversations": Method(_user_conversations),
    "conversations.list": Method(_conversation_list),
    "conversations.info": Method(_conversation_info),
    "conversations.members": Method(_conversation_members),
    "conversations.open": Method(_conversation_open),
    "conversations.history": Method(_conversation_history),
    "conversations.replies": Method(_conversation_replies),
    "apps.connections.open": Method(_connection_open, app_token=True),
    "files.getUploadURLExternal": Method(_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(_upload_complete, ("files:write",)),
}
