"""A small workspace for the tests, a wall clock that a test can push, and short words for blocks."""

import time
from dataclasses import dataclass

from bot.practice.api import answer_to
from bot.practice.reading import Json, as_json
from bot.practice.workspace import Bot, Person, Room, Team, Tokens, Workspace

OURS, THEIRS = "T0OURS", "T0THEIRS"
BASE = "http://127.0.0.1:1"


@dataclass
class Wall:
    """Real seconds, plus what a test adds."""

    ahead: float = 0.0

    def __call__(self) -> float:
        """Unix seconds."""
        return time.time() + self.ahead


def sample_workspace(wall: Wall) -> Workspace:
    """Two members, a guest, a stranger, somebody who left, and six rooms."""
    people = [
        Person("U0LEAD", "sato", "佐藤 恵", "ja-JP", "Asia/Tokyo", "member", OURS),
        Person("U0EMMA", "emma", "Emma Clarke", "en-GB", "Europe/London", "member", OURS),
        Person("U0GUEST", "ito", "伊藤 樹", "ja-JP", "Asia/Tokyo", "guest_single", OURS),
        Person("U0GONE", "mori", "森 実", "ja-JP", "Asia/Tokyo", "member", OURS, deleted=True),
        Person("U0NINA", "nina", "Nina Nova", "en-US", "Europe/Berlin", "stranger", THEIRS),
        Person("U0FAR", "far", "Far Away", "en-US", "Europe/Berlin", "stranger", THEIRS),
    ]
    rooms = [
        Room("C0GENERAL", "general", "channel", ("U0LEAD", "U0EMMA", "U0BOT")),
        Room("C0NOVA", "ext-nova", "channel", ("U0LEAD", "U0NINA", "U0BOT"), ext_shared=True),
        Room("G0SECRET", "leads", "private", ("U0LEAD", "U0EMMA")),
        Room("C0NOBOT", "random", "channel", ("U0LEAD",)),
        Room("C0OLD", "old", "channel", ("U0LEAD", "U0BOT"), archived=True),
        Room("D0PEOPLE", "", "im", ("U0LEAD", "U0EMMA")),
    ]
    return Workspace(
        team=Team(OURS, "Kakehashi", "kakehashi"),
        people=people,
        rooms=rooms,
        bot=Bot("U0BOT", "B0BOT", "A0APP", "kakehashi"),
        tokens=Tokens("xoxb-test", "xapp-test", "signing-secret"),
        wall=wall,
    )


def call(workspace: Workspace, method: str, **arguments: object) -> Json:
    """What the Web API answers to the bot."""
    return answer_to(workspace, BASE, method, dict(arguments), workspace.tokens.bot).body


def error_of(workspace: Workspace, method: str, **arguments: object) -> object:
    """The error word of a call, None where it succeeded."""
    return call(workspace, method, **arguments).get("error")


def inner(value: object, *path: str) -> object:
    """What stands at the end of a path of keys."""
    for key in path:
        value = as_json(value).get(key)
    return value


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: object) -> Json:
    """A section block."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str, **more: object) -> Json:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: object) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str) -> Json:
    """An option."""
    return {"text": plain(f"option {value}"), "value": value}


def field(block_id: str, element_type: str = "plain_text_input", **element: object) -> Json:
    """An input block with one element, action_id `v`."""
    made: Json = {"type": element_type, "action_id": "v", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": made}


def modal(*blocks: Json, **more: object) -> Json:
    """A modal that can be submitted."""
    return {"type": "modal", "title": plain("Form"), "submit": plain("Save"), "blocks": list(blocks), **more}


def rich(*elements: Json) -> Json:
    """A rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}
