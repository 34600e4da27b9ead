"""Slack's messages and forms as people read them and fill them in, for the stories."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import cast

from bot.practice import cast as people
from bot.practice.reading import as_json, as_objects
from tests.home import Json, Values

LIVE = {"user", "usergroup", "broadcast", "channel", "link", "emoji", "mrkdwn"}


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it."""

    raw: Json
    room: str

    @property
    def id(self) -> str:
        """Its id within the room."""
        return str(self.raw["ts"])

    @property
    def ts(self) -> str:
        """Slack's word for it."""
        return self.id

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.raw["user"] == people.BOT.user_id

    @property
    def preview(self) -> str:
        """What a notification or a screen reader begins with."""
        return str(self.raw["text"])

    @property
    def live(self) -> set[str]:
        """What in it isn't literal: kinds of formatting, links and mentions."""
        kinds = set(re.findall(r'"type": "(\w+)"', json.dumps(self.raw.get("blocks") or []))) & LIVE
        return kinds | ({"<!"} if "<!" in str(self.raw.get("text")) else set())

    @property
    def private(self) -> bool:
        """Whether only this person sees it."""
        return bool(self.raw.get("ephemeral"))

    @property
    def words(self) -> str:
        """All that can be read in it, a block a line, buttons as [label], menus as <chosen>."""
        blocks: list[Json] = self.raw.get("blocks") or []
        said = "\n".join(filter(None, (words(block) for block in blocks))) or str(self.raw.get("text", ""))
        return said.replace("\u2003", ": ")

    @property
    def buttons(self) -> list[Json]:
        """Every button and menu: its element with `block_id`."""
        return [element for element in elements(self.raw.get("blocks") or []) if "action_id" in element]

    def labels(self) -> list[str]:
        """What the buttons say."""
        return [element["text"]["text"] for element in self.buttons if element["type"] == "button"]

    def choices(self, menu: str) -> list[str]:
        """The labels of the menu whose action is `menu`."""
        element = next(each for each in self.buttons if row_of(each) == menu)
        return [str(each["text"]["text"]) for each in options(element)]

    def after(self, near: str) -> list[Json]:
        """The buttons of the block that begins with these words, or holds them, and of those that follow."""
        blocks: list[Json] = self.raw.get("blocks") or []
        start = next(place for place, block in enumerate(blocks) if near in words(block))
        return elements(blocks[start:])


def row_of(element: Json) -> str:
    """The action's row of the command table."""
    return str(element["action_id"]).split("#")[0]


def label_of(element: Json) -> str:
    """What a button says, or a menu while nothing is chosen."""
    return str(as_json(element.get("text") or element.get("placeholder")).get("text", ""))


def options(element: Json) -> list[Json]:
    """The options of a menu."""
    groups: list[Json] = element.get("option_groups") or []
    return list(element.get("options") or [option for group in groups for option in group["options"]])


def elements(blocks: list[Json]) -> list[Json]:
    """Every button and menu of these blocks, with its block_id."""
    found: list[Json] = []
    for block in blocks:
        sides = [*as_objects(block.get("elements")), as_json(block.get("accessory"))]
        found.extend({**each, "block_id": block.get("block_id")} for each in sides if "action_id" in each)
    return found


def words(node: object) -> str:
    """A block or a part of one in words."""
    if isinstance(node, list):
        return "".join(words(each) for each in as_objects(cast("object", node)))
    part = as_json(node)
    if not part:
        return ""
    inside = as_objects(part.get("elements"))
    match part.get("type"):
        case "text" | "plain_text":
            return str(part["text"])
        case "mrkdwn":  # as it is shown: bold without its marks, entities as characters
            return unescape(re.sub(r"\*([^*]+)\*", r"\1", str(part["text"])))
        case "link":
            return str(part.get("text") or part["url"])
        case "button":
            return f"[{label_of(part)}]"
        case "static_select":
            return f"<{label_of(as_json(part.get('initial_option')) or part)}>"
        case "rich_text_list":
            return "\n".join(f"・{words(each)}" for each in inside)
        case "rich_text":
            return "\n".join(filter(None, (words(each) for each in inside)))
        case "actions" | "context":
            return "".join(words(each) for each in inside)
        case "input":
            return f"{words(part['label'])}: {_stands(as_json(part['element']))}"
        case _:
            keys = ("text", "fields", "elements", "accessory")
            return " ".join(filter(None, (words(part.get(key)) for key in keys)))


def _stands(element: Json) -> str:
    """What a field holds before anybody fills it in."""
    chosen = element.get("initial_option")
    given = label_of(as_json(chosen)) if chosen else element.get("initial_value") or element.get("initial_date")
    return str(given or label_of(element))


def filled(view: Json, values: Values) -> Json:
    """state.values as Slack sends them: what the form held, with `values` on top (by field name)."""
    state: Json = {}
    left = dict(values)
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        name = str(block["block_id"]).split("#")[0]
        given = left.pop(name, None)
        state[block["block_id"]] = {element["action_id"]: _value(element, given)}
    assert not left, f"no such field: {sorted(left)}"
    return state


def _value(element: Json, given: str | list[str] | None) -> Json:
    kind = str(element["type"])
    many = [given] if isinstance(given, str) else given
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": given if given is not None else element.get("initial_value")}
        case "datepicker":
            return {"type": kind, "selected_date": given if given is not None else element.get("initial_date")}
        case "static_select" | "radio_buttons":
            chosen = _picked(element, many) if many is not None else [element.get("initial_option")]
            return {"type": kind, "selected_option": next(iter(chosen), None)}
        case "multi_static_select" | "checkboxes":
            chosen = _picked(element, many) if many is not None else element.get("initial_options") or []
            return {"type": kind, "selected_options": chosen}
        case "users_select":
            return {"type": kind, "selected_user": next(iter(many or [element.get("initial_user")]), None)}
        case "multi_users_select":
            return {"type": kind, "selected_users": many if many is not None else element.get("initial_users") or []}
        case _:
            raise AssertionError(f"a field that the tests can't fill: {kind}")


def _picked(element: Json, wanted: list[str]) -> list[Json]:
    """Options by label or by value; failing where there is none such."""
    every = options(element)
    found = [next(each for each in every if wish in (each["text"]["text"], each["value"])) for wish in wanted if wish]
    assert len(found) == len([wish for wish in wanted if wish])
    return found
