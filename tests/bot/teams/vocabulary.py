"""The closed set of what our cards may hold: a card with anything else, or with less than it needs, is named."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.payload import Json, as_json, as_list, list_at, text_at
from bot.teams import limits

_ELEMENT = {"type", "spacing", "separator"}
_INPUT = {*_ELEMENT, "id", "label", "isRequired", "errorMessage", "value"}
_ACTION = {"type", "title", "style"}
PROPERTIES: dict[str, set[str]] = {
    "AdaptiveCard": {
        "$schema", "type", "version", "body", "actions", "fallbackText", "speak", "msteams",
    },
    "TextBlock": {*_ELEMENT, "text", "wrap", "style", "size", "weight"},
    "RichTextBlock": {*_ELEMENT, "inlines"},
    "TextRun": {"type", "text", "size", "weight", "isSubtle", "color", "selectAction"},
    "Container": {*_ELEMENT, "style", "items"},
    "ColumnSet": {*_ELEMENT, "columns"},
    "Column": {"type", "width", "items", "verticalContentAlignment"},
    "ActionSet": {*_ELEMENT, "actions"},
    "Input.Text": {*_INPUT, "isMultiline", "maxLength", "placeholder"},
    "Input.Date": _INPUT,
    "Input.ChoiceSet": {*_INPUT, "style", "isMultiSelect", "choices", "choices.data", "placeholder"},
    "Action.Execute": {*_ACTION, "verb", "data", "fallback"},
    "Action.Submit": {*_ACTION, "data", "associatedInputs"},
    "Action.ShowCard": {*_ACTION, "card"},
    "Action.OpenUrl": {"type", "url"},
}  # fmt: skip
_CHILDREN = ("body", "items", "columns", "actions", "inlines")
_WORDS = {"color": {"Attention"}, "spacing": {"None", "Small", "Medium"}, "size": {"Small", "Large"}}


def problems(card: Json) -> list[str]:
    """What Teams, or we, would not take of a whole card."""
    found = list(_inside(card, top="AdaptiveCard"))
    names = [text_at(one, "id") for one in every(card) if text_at(one, "type").startswith("Input.")]
    found.extend(f"two inputs are called {name}" for name in sorted(set(names)) if names.count(name) > 1)
    needed = ("$schema", "version", "fallbackText", "speak")
    found.extend(f"the card has no {one}" for one in needed if not text_at(card, one).strip())
    if not list_at(card, "body"):
        found.append("the card says nothing")
    json.dumps(card, ensure_ascii=False).encode()
    return found


def every(node: Json) -> Iterator[Json]:
    """An element and all that is in it."""
    yield node
    for key in _CHILDREN:
        for child in list_at(node, key):
            yield from every(child)
    for key in ("card", "selectAction", "fallback"):
        if key in node:
            yield from every(as_json(node[key]))


def of_type(card: Json, *types: str) -> list[Json]:
    """The elements of these types, ways out for old clients left aside."""
    ways_out = [id(one["fallback"]) for one in every(card) if "fallback" in one]
    return [one for one in every(card) if text_at(one, "type") in types and id(one) not in ways_out]


def said(card: Json) -> str:
    """The words of rich text and headings, one element a line."""
    lines: list[str] = []
    for one in every(card):
        match text_at(one, "type"):
            case "RichTextBlock":
                lines.append("".join(text_at(run, "text") for run in list_at(one, "inlines")))
            case "TextBlock":
                lines.append(text_at(one, "text"))
            case _:
                continue
    return "\n".join(lines)


def _inside(node: Json, *, nested: bool = False, top: str = "") -> Iterator[str]:
    kind = text_at(node, "type")
    if kind not in PROPERTIES or (top and kind != top):
        yield f"{kind or node} is not one of ours here"
        return
    if more := set(node) - PROPERTIES[kind]:
        yield f"{kind} has {', '.join(sorted(more))}"
    for key, words in _WORDS.items():
        if key in node and node[key] not in words:
            yield f"{kind}: {key} is {node[key]}"
    yield from _own(kind, node, nested=nested)
    for key in _CHILDREN:
        for child in list_at(node, key):
            yield from _inside(child, nested=nested)
    if "card" in node:
        yield from _inside(as_json(node["card"]), nested=True, top="AdaptiveCard")
    if "fallback" in node:
        yield from _inside(as_json(node["fallback"]), top="Action.Submit")
    if "selectAction" in node:
        yield from _inside(as_json(node["selectAction"]), top="Action.OpenUrl")


def _own(kind: str, node: Json, *, nested: bool) -> Iterator[str]:
    match kind:
        case "TextBlock" if not limits.surely_literal(text_at(node, "text")) or node.get("wrap") is not True:
            yield f"a TextBlock holds {text_at(node, 'text')[:40]!r}"
        case "TextRun" if "\n" in text_at(node, "text") or not text_at(node, "text"):
            yield "a run has no text or a newline"
        case "RichTextBlock" | "Container" | "ColumnSet" | "Column" | "ActionSet":
            held = as_list(next((node[key] for key in _CHILDREN if key in node), None))
            if not held:
                yield f"{kind} is empty"
            if kind == "ActionSet" and len(held) > limits.ROW:
                yield f"{len(held)} buttons in a row"
        case "AdaptiveCard" if len(list_at(node, "actions")) > limits.ROW:
            yield "too many buttons below the card"
        case "Action.ShowCard" if nested:
            yield "a card opens inside a card that opens"
        case "Action.OpenUrl" if not text_at(node, "url").startswith(("https://", "http://")):
            yield f"a link leads to {text_at(node, 'url')[:40]!r}"
        case _:
            pass
    if kind.startswith("Action.") and kind != "Action.OpenUrl" and not text_at(node, "title").strip():
        yield f"{kind} has no title"
    if kind.startswith("Input."):
        yield from _input(kind, node)


def _input(kind: str, node: Json) -> Iterator[str]:
    if not text_at(node, "id") or not text_at(node, "label").strip():
        yield f"{kind} has no id or label"
    if ("isRequired" in node) != bool(text_at(node, "errorMessage")):
        yield f"{kind}: required without its message, or the other way round"
    if kind != "Input.ChoiceSet":
        return
    choices = list_at(node, "choices")
    values = [text_at(choice, "value") for choice in choices]
    if not all(values) or not all(text_at(choice, "title").strip() for choice in choices):
        yield "a choice without title or value"
    if len(set(values)) < len(values) or not (values or "choices.data" in node):
        yield "choices twice, or none"
    chosen = text_at(node, "value").split(",") if "value" in node else []
    if "isMultiSelect" in node and any("," in value for value in values):
        yield "a value with a comma where several are joined"
    if "choices.data" not in node and not set(chosen) <= set(values):
        yield f"chosen but not offered: {chosen}"
