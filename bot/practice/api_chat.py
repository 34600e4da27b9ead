"""chat.* and the answers by response_url: who may say what where."""

from collections.abc import Mapping
from dataclasses import replace

from bot.practice.blocks import message_refusal, metadata_refusal
from bot.practice.calls import Call, Method, accept
from bot.practice.reading import Json, as_flag, as_json, as_objects, as_text
from bot.practice.shown import message_json
from bot.practice.workspace import Draft, Message, Refused, Room, Workspace


def draft_of(arguments: Json, *, editing: bool = False) -> Draft:
    """The content of a message from a call's arguments, checked; Refused as Slack would."""
    metadata = arguments.get("metadata")
    accept(
        message_refusal(
            message_text=as_text(arguments.get("text")),
            blocks=arguments.get("blocks"),
            attachments=arguments.get("attachments"),
            editing=editing,
        )
    )
    if metadata is not None:
        accept(metadata_refusal(metadata))
    return Draft(
        text=as_text(arguments.get("text")),
        blocks=tuple(as_objects(arguments.get("blocks"))),
        attachments=tuple(as_objects(arguments.get("attachments"))),
        thread_ts=as_text(arguments.get("thread_ts")) or None,
        metadata=as_json(metadata) if metadata is not None else None,
    )


def _room_to_post(call: Call) -> Room:
    """The room of a post: a channel id, or a person's id for the direct chat with them."""
    workspace, target = call.workspace, call.required("channel", "channel_not_found")
    person = workspace.person(target)
    if person is not None:
        reachable = person.kind != "stranger" or workspace.shares_a_room(target)
        if target == workspace.bot.user_id or not reachable:
            raise Refused("channel_not_found")
        return workspace.direct_room([target, workspace.bot.user_id])
    room = call.visible_room(target)
    if workspace.bot.user_id not in room.members:
        raise Refused("not_in_channel")
    if room.archived:
        raise Refused("is_archived")
    return room


def _check_thread(workspace: Workspace, room: Room, draft: Draft) -> None:
    if draft.thread_ts is None:
        return
    first = workspace.message(room.id, draft.thread_ts)
    if first is None or first.only_for:
        raise Refused("thread_not_found")


def _post(call: Call) -> Json:
    draft = draft_of(call.arguments)
    room = _room_to_post(call)
    _check_thread(call.workspace, room, draft)
    message = call.workspace.post(room.id, call.workspace.bot.user_id, draft)
    shown = message_json(call.workspace, message, with_metadata=True)
    return {"channel": room.id, "ts": message.ts, "message": shown}


def _post_ephemeral(call: Call) -> Json:
    draft = draft_of(call.arguments)
    user = call.required("user", "user_not_found")
    workspace = call.workspace
    if workspace.person(user) is None:
        raise Refused("user_not_found")
    room = call.visible_room(call.required("channel", "channel_not_found"))
    if workspace.bot.user_id not in room.members:
        raise Refused("not_in_channel")
    if room.archived:
        raise Refused("is_archived")
    if user not in room.members:
        raise Refused("user_not_in_channel")
    message = workspace.post(room.id, workspace.bot.user_id, draft, only_for=user)
    return {"message_ts": message.ts}


def _own_message(call: Call, refused: str) -> Message:
    room = call.visible_room(call.required("channel", "channel_not_found"))
    message = call.workspace.message(room.id, call.text("ts"))
    if message is None or message.only_for:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused(refused)
    return message


def changed_draft(message: Message, arguments: Json) -> Draft:
    """What an edit leaves: blocks that are not named go when a text is given, and stay when none is."""
    if not any(key in arguments for key in ("text", "blocks", "attachments")):
        raise Refused("no_text")
    merged: Json = dict(arguments)
    if "blocks" not in arguments and "text" not in arguments:
        merged["blocks"] = list(message.blocks)
    if "text" not in arguments and "blocks" not in arguments:
        merged["text"] = message.text
    if "attachments" not in arguments and message.attachments:
        merged["attachments"] = list(message.attachments)
    return draft_of(merged, editing=True)


def _update(call: Call) -> Json:
    message = _own_message(call, "cant_update_message")
    room = call.visible_room(message.room)
    if room.archived:
        raise Refused("is_archived")
    edited = call.workspace.edited(message, changed_draft(message, call.arguments))
    shown = message_json(call.workspace, edited)
    return {"channel": edited.room, "ts": edited.ts, "text": edited.text, "message": shown}


def _delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    call.workspace.remove_message(message)
    return {"channel": message.room, "ts": message.ts}


def _permalink(call: Call) -> Json:
    room = call.visible_room(call.required("channel", "channel_not_found"))
    ts = call.required("message_ts", "message_not_found")
    message = call.workspace.message(room.id, ts)
    if message is None or message.only_for:
        raise Refused("message_not_found")
    return {"channel": room.id, "permalink": call.workspace.permalink(room.id, ts)}


def answer_by_url(workspace: Workspace, key: str, body: Json) -> None:
    """An answer to a response_url: new, replacing or deleting the original.

    TicketError when the address is used up; Refused when the content is not valid. A new answer is
    ephemeral unless response_type is "in_channel".
    """
    address = workspace.tickets.look_up(key)
    original = workspace.message(address.room, address.ts) if address.ts else None
    if as_flag(body.get("delete_original")):
        if original is None:
            raise Refused("message_not_found")
        workspace.remove_message(original)
    elif as_flag(body.get("replace_original")):
        if original is None:
            raise Refused("message_not_found")
        workspace.edited(original, draft_of(body))
    else:
        say(workspace, address.room, address.user, body)
    workspace.tickets.count_use(key)


def say(workspace: Workspace, room_id: str, user: str, body: Json) -> Message:
    """An answer to what `user` did in a room, theirs alone unless response_type is "in_channel"."""
    draft = replace(draft_of(body), metadata=None)
    in_channel = as_text(body.get("response_type")) == "in_channel"
    return workspace.post(room_id, workspace.bot.user_id, draft, only_for=None if in_channel else user)


CHAT: Mapping[str, Method] = {
    "chat.postMessage": Method(_post, ("chat:write",)),
    "chat.postEphemeral": Method(_post_ephemeral, ("chat:write",)),
    "chat.update": Method(_update, ("chat:write",)),
    "chat.delete": Method(_delete, ("chat:write",)),
    "chat.getPermalink": Method(_permalink),
}
