"""What an activity of Teams says of itself: who, where, in which language; nothing is trusted to be there."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.payload import Json, as_json, at, json_at, list_at, text_at
from bot.teams.references import Reference

_THREAD = re.compile(r";messageid=.*", re.DOTALL)


def tenant_of(body: Json) -> str:
    """The Entra tenant of the conversation, which is not always the sender's (platform.md B6)."""
    return (text_at(body, "channelData", "tenant", "id") or text_at(body, "conversation", "tenantId")).lower()


def person_of(body: Json) -> str:
    """Who did it: the Entra object id, or the id that this bot knows where there is none."""
    return text_at(body, "from", "aadObjectId").lower() or text_at(body, "from", "id")


def kind_of(body: Json) -> Literal["direct", "channel", "group"]:
    """Which kind of conversation it is; what doesn't say so is one with several people."""
    match text_at(body, "conversation", "conversationType"):
        case "personal":
            return "direct"
        case "channel":
            return "channel"
        case "groupChat":
            return "group"
        case _:
            return "channel" if room_of_channel(body) else "group"


def room_of_channel(body: Json) -> str:
    """The id of the channel that the activity names, or ""."""
    return text_at(body, "channelData", "channel", "id") or text_at(body, "channelData", "teamsChannelId")


def room_of(body: Json) -> str:
    """The channel or group chat; "" in a direct chat."""
    match kind_of(body):
        case "direct":
            return ""
        case "channel":
            return room_of_channel(body) or without_thread(text_at(body, "conversation", "id"))
        case "group":
            return text_at(body, "conversation", "id")


def room_name(body: Json) -> str:
    """What the room is called, where the activity says so."""
    return text_at(body, "channelData", "channel", "name") or text_at(body, "conversation", "name")


def without_thread(conversation: str) -> str:
    """The id of a channel without the thread in it."""
    return _THREAD.sub("", conversation)


def from_extension(body: Json) -> bool:
    """Whether it comes from the message extension: its conversation may be one where the bot isn't."""
    return text_at(body, "name").startswith("composeExtension/")


def between_people(body: Json) -> bool:
    """Whether the message extension was opened in a chat of two people: `personal` as ours is, but not ours."""
    return from_extension(body) and kind_of(body) == "direct" and text_at(body, "conversation", "id").startswith("19:")


def reference_of(body: Json) -> Reference | None:
    """How this conversation is reached again; None where the bot may not be in it, or nobody is named."""
    person = text_at(body, "from", "aadObjectId").lower()
    if from_extension(body) or (kind_of(body) == "direct" and not person):
        return None
    tenant, address = tenant_of(body), text_at(body, "serviceUrl")
    if kind_of(body) == "direct":
        conversation = text_at(body, "conversation", "id")
        return Reference(tenant, "direct", person, conversation, address, user=text_at(body, "from", "id"))
    sort = "groupChat" if kind_of(body) == "group" else text_at(body, "channelData", "channel", "type")
    return Reference(tenant, "room", room_of(body), room_of(body), address, sort=sort)


def here_of(body: Json) -> Reference:
    """The conversation exactly as it is, the thread included: for an answer there, or a change of a card."""
    return Reference(
        tenant_of(body),
        "direct" if kind_of(body) == "direct" else "room",
        person_of(body) if kind_of(body) == "direct" else room_of(body),
        text_at(body, "conversation", "id"),
        text_at(body, "serviceUrl"),
        user=text_at(body, "from", "id"),
    )


def roster_of(body: Json) -> Reference:
    """The conversation whose members are asked."""
    if kind_of(body) == "direct":
        return here_of(body)
    return Reference(tenant_of(body), "room", room_of(body), room_of(body), text_at(body, "serviceUrl"))


def key_of(body: Json) -> str:
    """The inbox key of an activity (decision 20): conversation and activity, for invokes with their name."""
    conversation, name = text_at(body, "conversation", "id"), text_at(body, "name")
    told = text_at(body, "id") or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
    return ":".join(part for part in (conversation, told, name) if part)


def locale_of(body: Json) -> str:
    """The language of the client, like ja-JP, or ""."""
    return text_at(body, "locale") or text_at(_client(body), "locale")


def zone_of(body: Json) -> str:
    """The time zone of the client as an IANA name, or "" where it is none that we know."""
    named = text_at(_client(body), "timezone") or text_at(body, "localTimezone")
    try:
        return ZoneInfo(named).key if named else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def targeted(body: Json) -> bool:
    """Whether a message in a room was for the bot's eyes only: a slash command (platform.md B3)."""
    return at(body, "recipient", "isTargeted") is True


def data_of(body: Json) -> Json:
    """What the pressed card carried, with what was put into its fields."""
    if text_at(body, "name") == "adaptiveCard/action":
        return json_at(body, "value", "action", "data")
    return json_at(body, "value", "data") if text_at(body, "type") == "invoke" else as_json(at(body, "value"))


def _client(body: Json) -> Json:
    return next((each for each in list_at(body, "entities") if text_at(each, "type") == "clientInfo"), Json())
