"""Buttons, menus, options and rich text as Slack's elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from bot.payload import Json
from bot.slack import limits
from bot.slack.limits import label, plain_text
from bot.slack.press import Names, encode
from handlers.message import Button, Confirm, Line, Link, Menu, Option, Span, Text


def button(item: Button, names: Names) -> Json:
    """A button; its value brings id, version and choice back."""
    element: Json = {
        "type": "button",
        "action_id": names.of(item.action),
        "text": plain_text(item.label, limits.BUTTON),
        "value": encode(item.id, item.version, item.choice, longest=limits.PRESS_VALUE),
    }
    if item.style != "plain":
        element["style"] = item.style
    if item.confirm:
        element["confirm"] = _confirm(item.confirm, danger=item.style == "danger")
    return element


def menu(item: Menu, names: Names) -> Json | None:
    """A drop-down, or None where there is nothing to choose. Each option carries id and version too."""
    options = [
        Option(encode(item.id, item.version, option.value, longest=limits.OPTION_VALUE), option.label)
        for option in item.options
    ]
    offered = offer(options)
    if not offered:
        return None
    chosen = encode(item.id, item.version, item.selected, longest=limits.OPTION_VALUE) if item.selected else ""
    return {
        "type": "static_select",
        "action_id": names.of(item.action),
        "placeholder": plain_text(item.label, limits.PLACEHOLDER),
        **offered,
        **initial_option(options, chosen),
    }


def offer(options: Sequence[Option]) -> Json:
    """`options` of a menu, in groups of 100 where there are more; a value offered twice counts once; {} of none."""
    drawn = [_option(option) for option in distinct(options)][: limits.OPTIONS * limits.OPTIONS]
    if len(drawn) <= limits.OPTIONS:
        return {"options": drawn} if drawn else {}
    groups: list[Json] = []
    for start in range(0, len(drawn), limits.OPTIONS):
        part = drawn[start : start + limits.OPTIONS]
        groups.append({"label": plain_text(f"{start + 1}–{start + len(part)}", limits.OPTION), "options": part})
    return {"option_groups": groups}


def initial_option(options: Sequence[Option], chosen: str) -> Json:
    """The option that stands there at first, word for word as it is offered; {} where none does."""
    found = [_option(option) for option in distinct(options) if option.value == chosen]
    return {"initial_option": found[0]} if found else {}


def initial_options(options: Sequence[Option], chosen: Sequence[str]) -> Json:
    """The options that are ticked at first; {} where none is."""
    found = [_option(option) for option in distinct(options) if option.value in chosen]
    return {"initial_options": found} if found else {}


def distinct(options: Iterable[Option]) -> list[Option]:
    """Options whose value Slack takes and that was not offered before."""
    return [
        option
        for value, option in {option.value: option for option in reversed(list(options))}.items()
        if 0 < len(value) <= limits.OPTION_VALUE
    ][::-1]


def _option(option: Option) -> Json:
    return {"text": plain_text(option.label, limits.OPTION), "value": option.value}


def _confirm(question: Confirm, *, danger: bool) -> Json:
    drawn: Json = {
        "title": plain_text(question.title, limits.CONFIRM_TITLE),
        "text": plain_text(question.text, limits.CONFIRM_TEXT),
        "confirm": plain_text(question.yes, limits.CONFIRM_ANSWER),
        "deny": plain_text(question.no, limits.CONFIRM_ANSWER),
    }
    return {**drawn, "style": "danger"} if danger else drawn


# ---------------------------------------------------------------- lines


def spans(line: Line) -> list[Json]:
    """A line as rich text parts: always literal; only spans of their own kind are emphasis or links."""
    drawn: list[Json] = []
    for span in line:
        drawn.extend(_span(span))
    if len(drawn) > limits.RICH_ITEMS:
        drawn[limits.RICH_ITEMS - 1 :] = [_text(limits.MORE, strong=False)]
    return drawn


def section(line: Line) -> Json:
    """A line as a rich text section, with a space where nothing is said, since Slack wants something."""
    return {"type": "rich_text_section", "elements": spans(line) or [{"type": "text", "text": " "}]}


def _span(span: Span) -> list[Json]:
    match span:
        case Text():
            text = limits.clean(span.text)
            return [_text(text, strong=span.strong)] if text else []
        case Link():
            url = limits.address(span.url)
            if not url:
                text = limits.clean(span.label)
                return [_text(text, strong=False)] if text else []
            return [{"type": "link", "url": url, "text": label(span.label, limits.SECTION)}]
        case _:
            assert_never(span)


def _text(text: str, *, strong: bool) -> Json:
    return {"type": "text", "text": text, "style": {"bold": True}} if strong else {"type": "text", "text": text}
