"""Adaptive Cards as people read them, press them and fill them in, for the stories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from bot.payload import Json, as_json, as_list, list_at, text_at
from tests.home import Values

KEY = "kakehashi"
_MARKDOWN = re.compile(r"[*_`\[\]<>#|~]|https?:")


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it: in a chat, or in the dialog that is open before them (`dialog`)."""

    id: str
    room: str
    card: Json
    text: str = ""
    preview: str = ""
    private: bool = False
    by_bot: bool = True
    dialog: bool = False

    @property
    def words(self) -> str:
        """All that can be read in it, a block a line, buttons as [label], menus as <chosen>."""
        return words(self.card) or self.text

    @property
    def buttons(self) -> list[Json]:
        """Every button and menu."""
        return [action for _, action in placed(self.card)]

    @property
    def live(self) -> set[str]:
        """What in it isn't literal: links, and text that a client reads as markdown."""
        found: set[str] = set()
        for element in _every(self.card):
            if text_at(element, "selectAction", "type") or text_at(element, "type") == "Action.OpenUrl":
                found.add("link")
            if text_at(element, "type") == "TextBlock" and _MARKDOWN.search(text_at(element, "text")):
                found.add("markdown")
        return found

    def labels(self) -> list[str]:
        """What the buttons say."""
        return [text_at(action, "title") for action in self.buttons if menu_of(action) is None]

    def choices(self, menu: str) -> list[str]:
        """The labels of the menu whose action is `menu`."""
        return [text_at(each, "title") for each in list_at(self.menu(menu)[0], "choices")]

    def button(self, label: str, near: str = "") -> Json:
        """The action of the button called `label`, the first one after the words `near`; of a question, its yes."""
        start = next((place for place, said in _lines(self.card) if near in said), -1) if near else 0
        assert start >= 0, f"nowhere: {near}"
        for place, action in placed(self.card):
            if place >= start and text_at(action, "title") == label and menu_of(action) is None:
                return next(iter(list_at(action, "card", "actions")), action)
        raise AssertionError((label, self.labels()))

    def menu(self, row: str) -> tuple[Json, Json]:
        """The choices of the menu whose action is `row` of the command table, and the action that sends them."""
        for action in self.buttons:
            choices = menu_of(action)
            sends = next(iter(list_at(action, "card", "actions")), Json())
            if choices is not None and text_at(sends, "data", KEY, "action") == row:
                return choices, sends
        raise AssertionError(f"no menu {row}: {self.words}")


def menu_of(action: Json) -> Json | None:
    """The choices that open below a button, if it is a menu and not a question."""
    inside = list_at(action, "card", "body")
    return next((each for each in inside if text_at(each, "type") == "Input.ChoiceSet"), None)


# ---------------------------------------------------------------- words


def words(card: Json) -> str:
    """All that can be read in a card."""
    return "\n".join(said for _, said in _lines(card) if said)


def _lines(card: Json) -> list[tuple[int, str]]:
    """The lines of a card with the places that they begin at; a paragraph's button stands in its line."""
    lines: list[tuple[int, str]] = []
    before: Json = {}
    parts = _parts(card)
    for place, element in enumerate(parts):
        said, kind = _words(element), text_at(element, "type")
        beside = kind == "ActionSet" and text_at(element, "spacing") == "Small"  # of a paragraph, or a row's rest
        if beside and lines:
            gap = "" if text_at(before, "type") == "ActionSet" else " "
            lines[-1] = (lines[-1][0], f"{lines[-1][1]}{gap}{said}")
        else:
            lines.append((place, said))
        before = element
    return lines


def _parts(card: Json) -> list[Json]:
    """The elements of a card, and its own actions as the last one."""
    last: Json = {"type": "ActionSet", "actions": list_at(card, "actions")}
    return [*list_at(card, "body"), last]


def _words(element: Json) -> str:
    match text_at(element, "type"):
        case "TextBlock":
            return text_at(element, "text")
        case "RichTextBlock":
            said = "".join(text_at(run, "text") for run in list_at(element, "inlines"))
            return re.sub(r"^• ", "・", said).replace("\u2003", ": ")
        case "Container" | "Column":
            return "\n".join(filter(None, (_words(each) for each in list_at(element, "items"))))
        case "ColumnSet":
            return " ".join(filter(None, (_words(each) for each in list_at(element, "columns"))))
        case "ActionSet":
            return "".join(_button(each) for each in list_at(element, "actions"))
        case "Input.Text" | "Input.Date" | "Input.ChoiceSet":
            return f"{text_at(element, 'label')}: {_shown(element)}"
        case kind:
            raise AssertionError(f"an element that the tests can't read: {kind}")


def _button(action: Json) -> str:
    choices = menu_of(action)
    if choices is None:
        return f"[{text_at(action, 'title')}]"
    return f"<{_shown(choices) or text_at(choices, 'label')}>"


def _shown(field: Json) -> str:
    """What stands in a field."""
    value = text_at(field, "value")
    chosen = value.split(",")
    titles = [text_at(each, "title") for each in list_at(field, "choices") if text_at(each, "value") in chosen]
    return "、".join(titles) or value


def placed(card: Json) -> list[tuple[int, Json]]:
    """The buttons and menus of a card with the places that they stand at."""
    return [(place, action) for place, element in enumerate(_parts(card)) for action in _actions(element)]


def _actions(element: Json) -> Iterator[Json]:
    yield from list_at(element, "actions")
    for key in ("items", "columns"):
        for each in list_at(element, key):
            yield from _actions(each)


def _every(node: object) -> Iterator[Json]:
    """A card's every object, what its data holds left out."""
    part = as_json(node)
    if part:
        yield part
    inside = [value for key, value in part.items() if key != "data"]
    for each in [*as_list(node), *inside]:
        yield from _every(each)


# ---------------------------------------------------------------- forms


def form_of(card: Json) -> str:
    """The form that a card is: its row of the command table; "" where it is none."""
    return next((text_at(each, "data", KEY, "form") for each in list_at(card, "actions") if _sends(each)), "")


def sending(card: Json) -> Json:
    """The action that sends a form in."""
    return next(each for each in list_at(card, "actions") if _sends(each))


def _sends(action: Json) -> bool:
    return text_at(action, "data", KEY, "do") == "submit"


def fields(card: Json) -> list[Json]:
    """The inputs of a form."""
    return [each for each in list_at(card, "body") if text_at(each, "type").startswith("Input.")]


def filled(card: Json, values: Values) -> tuple[Json, dict[str, str]]:
    """What the client sends of a form with `values` on top, by input id; and what it refuses itself, by field."""
    left, sent, refused = dict(values), Json(), dict[str, str]()
    for field in fields(card):
        name = text_at(field, "id").removeprefix("f:")
        given = left.pop(name, None)
        value = text_at(field, "value") if given is None else _value(field, given)
        if field.get("isRequired") and not value:
            refused[name] = text_at(field, "errorMessage")
        sent[text_at(field, "id")] = value
    assert not left, f"no such field: {sorted(left)}"
    return sent, refused


def _value(field: Json, given: str | list[str]) -> str:
    if text_at(field, "type") != "Input.ChoiceSet":
        assert isinstance(given, str)
        return given
    wanted = [each for each in ([given] if isinstance(given, str) else given) if each]
    choices = list_at(field, "choices")
    searched = "choices.data" in field
    found: list[str] = []
    for wish in wanted:
        matching = (each for each in choices if wish in (text_at(each, "title"), unquote(text_at(each, "value"))))
        value = next((text_at(each, "value") for each in matching), wish if searched else "")
        assert value, (wish, [text_at(each, "title") for each in choices])
        found.append(value)
    return ",".join(found)


def errors(card: Json) -> dict[str, str]:
    """What a form says is wrong, by field; what belongs to none stands at "", as on top."""
    found: dict[str, str] = {}
    name = ""
    for element in list_at(card, "body"):
        if text_at(element, "type").startswith("Input."):
            name = text_at(element, "id").removeprefix("f:")
        if "Attention" in [text_at(run, "color") for run in list_at(element, "inlines")]:
            said = _words(element)
            found[name] = f"{found[name]}\n{said}" if name in found else said
    return found
