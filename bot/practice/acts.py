"""What people do in the practice workspace, one function per act, and the table of them all."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.practice.acting import ActRefused, Stage
from bot.practice.acts_rooms import ROOM_ACTS
from bot.practice.acts_views import VIEW_ACTS
from bot.practice.api_chat import say
from bot.practice.delivery import Again, Kind
from bot.practice.reading import Json, as_json, as_text, as_whole
from bot.practice.typed_text import as_sent
from bot.practice.workspace import Draft, Person, Refused

Act = Callable[[Stage, Person, Json], Awaitable[Json]]


async def _message(stage: Stage, person: Person, asked: Json) -> Json:
    """Says something; the bot hears it in its direct chat, or where it is mentioned."""
    room = stage.room(person, as_text(asked.get("channel")))
    workspace = stage.workspace
    text = as_sent(workspace, as_text(asked.get("text")).strip())
    if not text:
        raise ActRefused("no_text")
    if room.archived:
        raise ActRefused("is_archived")
    thread_ts = as_text(asked.get("thread_ts")) or None
    if thread_ts is not None:
        _, first = stage.message(person, room.id, thread_ts)
        thread_ts = first.thread_ts or first.ts
    message = workspace.post(room.id, person.id, Draft(text, thread_ts=thread_ts))
    answer: Json = {"ok": True, "delivered": False}
    bot_is_in = workspace.bot.user_id in room.members
    if bot_is_in and room.kind == "im":
        payload = stage.payloads.message_event(message, room, mention=False)
        answer = await stage.event("message.im", payload)
    elif bot_is_in and f"<@{workspace.bot.user_id}>" in text:
        payload = stage.payloads.message_event(message, room, mention=True)
        answer = await stage.event("app_mention", payload)
    return {**answer, "ts": message.ts}


async def _command(stage: Stage, person: Person, asked: Json) -> Json:
    """Runs a slash command; its answer in the acknowledgement is shown at once."""
    stage.ours_only(person)
    if asked.get("thread_ts"):
        raise ActRefused("not_in_threads")
    room = stage.room(person, as_text(asked.get("channel")))
    typed = re.split(r"\s", as_text(asked.get("text")).strip(), maxsplit=1)
    command = typed[0]
    known = [as_text(one.get("command")) for one in stage.commands]
    if known and command not in known:
        failed = stage.failed_with(person, "unknown_command", "practice.slack.unknown_command", {"command": command})
        return {**failed, "known": known}
    text = as_sent(stage.workspace, typed[1].strip()) if len(typed) > 1 else ""
    answer = await stage.delivery.send("slash_commands", stage.payloads.command(person, room, command, text))
    if not answer.ok:
        return stage.failed(person, answer, "practice.slack.command_failed", {"command": command})
    body: Json = {"text": answer.body} if isinstance(answer.body, str) else as_json(answer.body)
    if not any(body.values()):
        return {"ok": True}
    try:
        if as_text(body.get("response_type")) == "in_channel":
            stage.workspace.post(room.id, person.id, Draft(f"{command} {text}".strip()))
        said = say(stage.workspace, room.id, person.id, body)
    except Refused as refused:
        stage.workspace.traffic.note("api", _bad_answer(command, refused))
        return stage.failed_with(person, refused.error, "practice.slack.command_failed", {"command": command})
    return {"ok": True, "ts": said.ts}


def _bad_answer(command: str, refused: Refused) -> Json:
    return {
        "method": f"answer to {command}",
        "ok": False,
        "error": refused.error,
        "problems": list(refused.problems),
    }


def _shortcut_known(stage: Stage, callback_id: str) -> None:
    known = [as_text(one.get("callback_id")) for one in stage.shortcuts]
    if known and callback_id not in known:
        raise ActRefused("unknown_shortcut")


async def _shortcut(stage: Stage, person: Person, asked: Json) -> Json:
    """A shortcut on a message, also in a thread and on what strangers wrote."""
    stage.ours_only(person)
    callback_id = as_text(asked.get("callback_id"))
    _shortcut_known(stage, callback_id)
    room, message = stage.message(person, as_text(asked.get("channel")), as_text(asked.get("ts")))
    if message.only_for:
        raise ActRefused("not_allowed")
    payload = stage.payloads.message_shortcut(person, room, message, callback_id)
    return await _run_shortcut(stage, person, payload)


async def _global_shortcut(stage: Stage, person: Person, asked: Json) -> Json:
    stage.ours_only(person)
    callback_id = as_text(asked.get("callback_id"))
    _shortcut_known(stage, callback_id)
    return await _run_shortcut(stage, person, stage.payloads.global_shortcut(person, callback_id))


async def _run_shortcut(stage: Stage, person: Person, payload: Json) -> Json:
    answer = await stage.delivery.send("interactive", payload)
    return {"ok": True} if answer.ok else stage.failed(person, answer, "practice.slack.shortcut_failed", {})


async def _home(stage: Stage, person: Person, asked: Json) -> Json:
    """Opens the bot's Home (or messages) tab."""
    stage.ours_only(person)
    room = stage.workspace.direct_room([person.id, stage.workspace.bot.user_id])
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": room.id,
        "tab": as_text(asked.get("tab")) or "home",
    }
    view = stage.workspace.views.home(person.id)
    if view is not None:
        event["view"] = stage.workspace.views.payload(view)
    return await stage.event("app_home_opened", stage.payloads.event(event))


async def _read(stage: Stage, person: Person, asked: Json) -> Json:
    """Has seen a room up to now."""
    room = stage.room(person, as_text(asked.get("channel")))
    said = stage.workspace.messages[room.id]
    if said:
        stage.workspace.read_up_to[person.id, room.id] = said[-1].ts
        stage.workspace.changed()
    return {"ok": True}


async def _redeliver(stage: Stage, person: Person, asked: Json) -> Json:
    """Slack delivers the entry `n` of the log once more, as its retry `attempt`."""
    del person
    entry = stage.workspace.traffic.entry(as_whole(asked.get("n"), 0))
    if entry is None or entry.kind != "delivery":
        raise ActRefused("not_found")
    kinds: dict[str, Kind] = {one: one for one in ("events_api", "interactive", "slash_commands")}
    kind = kinds[as_text(entry.detail.get("delivery"))]
    again = Again(as_whole(asked.get("attempt"), 1)) if kind == "events_api" else None
    answer = await stage.delivery.send(kind, as_json(entry.detail.get("payload")), again=again)
    return {"ok": answer.ok, "status": answer.status}


async def _set_locale(stage: Stage, person: Person, asked: Json) -> Json:
    """Changes the language of the person's Slack."""
    locale = as_text(asked.get("locale"))
    if locale not in ("ja-JP", "en-US", "en-GB"):
        raise ActRefused("invalid_locale")
    return await _person_changed(stage, replace(person, locale=locale))


async def _set_deleted(stage: Stage, person: Person, asked: Json) -> Json:
    """Deactivates or restores somebody: `who`, `deleted`."""
    who = stage.workspace.person(as_text(asked.get("who")) or person.id)
    if who is None or who.kind == "bot":
        raise ActRefused("user_not_found")
    return await _person_changed(stage, replace(who, deleted=asked.get("deleted") is not False))


async def _person_changed(stage: Stage, person: Person) -> Json:
    stage.workspace.put_person(person)
    event: Json = {"type": "user_change", "user": {"id": person.id, "deleted": person.deleted}}
    return await stage.event("user_change", stage.payloads.event(event))


ACTS: Mapping[str, Act] = {
    "message": _message,
    "command": _command,
    "shortcut": _shortcut,
    "global_shortcut": _global_shortcut,
    "home": _home,
    "read": _read,
    "redeliver": _redeliver,
    "set_locale": _set_locale,
    "set_deleted": _set_deleted,
    **VIEW_ACTS,
    **ROOM_ACTS,
}


async def act(stage: Stage, asked: Json) -> Json:
    """Does what `asked` says as the person `as`; the endpoint's contract is in server.py."""
    person = stage.workspace.person(as_text(asked.get("as")))
    run = ACTS.get(as_text(asked.get("do")))
    if run is None:
        return {"ok": False, "error": "unknown_act"}
    if person is None or person.kind == "bot":
        return {"ok": False, "error": "user_not_found"}
    if person.deleted and asked.get("do") != "set_deleted":
        return {"ok": False, "error": "user_disabled"}
    try:
        return await run(stage, person, asked)
    except ActRefused as refused:
        return {"ok": False, "error": refused.error}
