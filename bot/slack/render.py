"""A neutral message as Slack's blocks; whatever it says, Slack accepts it: too long is cut with …, too many merged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.payload import Json
from bot.slack import limits
from bot.slack.elements import button, menu, section, spans
from bot.slack.limits import cut, escaped, escaped_cut, plain_text
from bot.slack.press import Names
from handlers.message import (
    Block,
    Bullets,
    Buttons,
    Divider,
    Facts,
    Heading,
    Line,
    Link,
    Message,
    Note,
    Paragraph,
    Quote,
    Text,
    plain,
    spoken,
)

_GAP = "\u2003"  # an em space keeps label and value apart without a mark, in Japanese as in English
_JOINABLE = {"rich_text": limits.RICH_ITEMS, "actions": limits.ACTIONS_IN_ROW}
_CROWDED = 200  # a cut text of fewer characters helps nobody
_MARKS = re.compile(r"[*_~`\n]|^\s*>")
_BEFORE, _BEHIND = " \u3000(", " \u3000.,!?:;)"
"""Where mrkdwn lets bold begin and end: at the edges of a word."""
_SPARE = 50  # entities and separators that come with drawing


@dataclass(frozen=True)
class Rendered:
    """`text` is what notifications and screen readers use, already escaped; `cut`: something could not be shown."""

    text: str
    blocks: list[Json]
    cut: bool = False


def render(message: Message) -> Rendered:
    """`message` as Slack's `text` and `blocks`, within every limit of a posted message."""
    blocks, lost = draw(message.blocks, most=limits.BLOCKS_IN_MESSAGE, together=limits.TOGETHER)
    return Rendered(escaped_cut(spoken(message), limits.TEXT).strip() or limits.MORE, blocks, lost)


def draw(blocks: Sequence[Block], *, most: int, together: int, names: Names | None = None) -> tuple[list[Json], bool]:
    """At most `most` Slack blocks with at most `together` characters, and whether something was left out.

    Buttons are paid for first, as long as they leave half of the room to the words.
    """
    names = names or Names()
    presses = sum(_size(one) for block in blocks if isinstance(block, Buttons) for one in _draw(block, Names()))
    prepaid = presses <= together // 2
    room = together - presses if prepaid else together
    drawn: list[Json] = []
    lost = False
    for block in blocks:
        pieces = _draw(block, names)
        size = 0 if prepaid and isinstance(block, Buttons) else sum(_size(one) for one in pieces)
        if size > room:
            lost = True
            short = _shortened(block, room - max(0, size - _words(block)) - _SPARE)
            pieces = _draw(short, names) if short else []
            size = sum(_size(one) for one in pieces)
        if size <= room:
            room -= size
            drawn.extend(pieces)
    if len(drawn) <= most:
        return drawn, lost
    fewer, left_out = _fewer(drawn, most)
    return fewer, lost or left_out


# ---------------------------------------------------------------- one block


def _draw(block: Block, names: Names) -> list[Json]:
    match block:
        case Heading():
            return [{"type": "header", "text": plain_text(block.text, limits.HEADING)}] if block.text.strip() else []
        case Paragraph():
            return _paragraph(block, names)
        case Bullets():
            return _rich(_bullets(block)) if block.items else []
        case Facts():
            return _rich({"type": "rich_text_section", "elements": _facts(block)}) if block.items else []
        case Quote():
            return _rich({"type": "rich_text_quote", "elements": spans(block.line)}) if spans(block.line) else []
        case Note():
            return _note(block.line)
        case Divider():
            return [{"type": "divider"}]
        case Buttons():
            return _buttons(block, names)
        case _:
            assert_never(block)


def _rich(*elements: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": list(elements)}]


def _paragraph(block: Paragraph, names: Names) -> list[Json]:
    said = _rich(section(block.line)) if spans(block.line) else []
    if block.button is None:
        return said
    pressed = button(block.button, names)
    text = plain(block.line)
    literal = all(isinstance(span, Text) for span in block.line)
    # A section's plain_text knows no links: such a line keeps them and its button comes below.
    if not literal or not text.strip() or len(text) > limits.SECTION:
        return [*said, {"type": "actions", "elements": [pressed]}]
    return [{"type": "section", "text": _beside(block.line), "accessory": pressed}]


def _beside(line: Line) -> Json:
    """The words beside a button: bold where mrkdwn surely shows just that (platform.md A6), else plain_text.

    mrkdwn has no escape for its own marks, so a text that holds one stays plain, and so does bold inside a word.
    """
    text = limits.clean(plain(line))
    shown, at, sure = "", 0, not _MARKS.search(text)
    for span in line:
        words = limits.clean(plain((span,)))
        before, behind = text[:at][-1:], text[at + len(words) :][:1]
        at += len(words)
        if isinstance(span, Text) and span.strong and words:
            sure = sure and words == words.strip() and before in _BEFORE and behind in _BEHIND
            shown += f"*{escaped(words)}*"
        else:
            shown += escaped(words)
    if not sure or shown == escaped(text) or len(shown) > limits.SECTION:
        return plain_text(text, limits.SECTION)
    return {"type": "mrkdwn", "text": shown.strip(), "verbatim": True}


def _bullets(block: Bullets) -> Json:
    style = "ordered" if block.ordered else "bullet"
    items = [section(item) for item in block.items[: limits.RICH_ITEMS]]
    if len(block.items) > limits.RICH_ITEMS:
        items[-1] = section((Text(limits.MORE),))
    return {"type": "rich_text_list", "style": style, "elements": items}


def _facts(block: Facts) -> list[Json]:
    line: list[Text | Link] = []
    for number, fact in enumerate(block.items):
        line.append(Text(f"\n{fact.label}" if number else fact.label, strong=True))
        line.extend((Text(_GAP), *fact.value))
    return spans(tuple(line))


def _note(line: Line) -> list[Json]:
    parts: list[Json] = []
    for span in line:
        text = limits.clean(plain((span,)))
        url = limits.address(span.url) if isinstance(span, Link) else ""
        if url and "|" not in url:
            shown = escaped(cut(" ".join(text.split()) or url, 300)).replace("|", "｜")
            parts.append({"type": "mrkdwn", "text": f"<{escaped(url)}|{shown}>"})
        elif parts and parts[-1]["type"] == "plain_text":
            parts[-1] = {"type": "plain_text", "text": f"{parts[-1]['text']}{text}", "emoji": True}
        elif text:
            parts.append({"type": "plain_text", "text": text, "emoji": True})
    parts = [part for part in parts if str(part["text"]).strip()]
    if not parts:
        return []
    if len(parts) > limits.CONTEXT_ITEMS or any(len(str(part["text"])) > limits.CONTEXT for part in parts):
        return _rich(section(line))
    return [{"type": "context", "elements": parts}]


def _buttons(block: Buttons, names: Names) -> list[Json]:
    elements: list[Json] = []
    for item in block.items:
        drawn = button(item, names) if item.kind == "button" else menu(item, names)
        if drawn:
            elements.append(drawn)
    most = limits.ACTIONS_IN_ROW
    return [{"type": "actions", "elements": elements[at : at + most]} for at in range(0, len(elements), most)]


# ---------------------------------------------------------------- what doesn't fit


def _size(value: object) -> int:
    """Characters as Slack counts them for a whole message: every string but types and ids."""
    match value:
        case str():
            return len(value)
        case list():
            return sum(_size(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case dict():
            fields: Json = value  # pyright: ignore[reportUnknownVariableType]
            return 1 + sum(_size(inner) for key, inner in fields.items() if key not in ("type", "action_id"))
        case _:
            return 0


def _words(block: Block) -> int:
    """Characters of a block that can be cut."""
    match block:
        case Paragraph() | Quote() | Note():
            return _weight(block.line)
        case Bullets():
            return sum(_weight(item) for item in block.items)
        case Facts():
            return sum(len(fact.label) + _weight(fact.value) for fact in block.items)
        case Heading() | Divider() | Buttons():
            return 0
        case _:
            assert_never(block)


def _weight(line: Line) -> int:
    return sum(len(span.text) if isinstance(span, Text) else len(span.label) + len(span.url) for span in line)


def _shortened(block: Block, room: int) -> Block | None:
    """The block with words for `room` characters, or None where that says nothing."""
    if room < _CROWDED:
        return None
    match block:
        case Paragraph() | Quote() | Note():
            return replace(block, line=_line(block.line, room))
        case Bullets():
            return replace(block, items=tuple(_lines(block.items, room)))
        case Facts():
            kept = _lines([fact.value for fact in block.items], room - sum(len(fact.label) for fact in block.items))
            facts = zip(block.items, kept, strict=False)
            return replace(block, items=tuple(replace(fact, value=value) for fact, value in facts)) if kept else None
        case Heading() | Divider() | Buttons():
            return None
        case _:
            assert_never(block)


def _lines(lines: Sequence[Line], room: int) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        cost = _weight(line) + 4 * (len(line) + 1)
        if cost > room:
            return [*kept, _line(line, room - 8)] if room > 20 else kept
        kept.append(line)
        room -= cost
    return kept


def _line(line: Line, room: int) -> Line:
    kept: list[Text | Link] = []
    for span in line:
        weight = _weight((span,)) + 4
        if weight > room:
            if isinstance(span, Text):
                kept.append(replace(span, text=cut(span.text, max(1, room - 4))))
            else:
                kept.append(Text(limits.MORE))
            break
        kept.append(span)
        room -= weight
    return tuple(kept)


def _fewer(blocks: list[Json], most: int) -> tuple[list[Json], bool]:
    """At most `most` blocks: rules go, neighbours join; what is still over keeps its words and loses its buttons."""
    joined: list[Json] = []
    for block in blocks:
        if block["type"] == "divider":
            continue
        before: Json = joined[-1] if joined else {"type": ""}
        together = [*_elements(before), *_elements(block)]
        if before["type"] == block["type"] and len(together) <= _JOINABLE.get(str(block["type"]), -1):
            joined[-1] = {"type": block["type"], "elements": together}
        else:
            joined.append(block)
    if len(joined) <= most:
        return joined, False
    rest = [element for block in joined[most - 1 :] for element in _as_rich(block)]
    return [*joined[: most - 1], *_rich(*rest[: limits.RICH_ITEMS])], True


def _elements(block: Json) -> list[Json]:
    elements = block.get("elements")
    return elements if isinstance(elements, list) else []  # pyright: ignore[reportUnknownVariableType]


def _as_rich(block: Json) -> list[Json]:
    match block:
        case {"type": "rich_text"}:
            return _elements(block)
        case {"type": "section", "text": {"type": "mrkdwn", "text": str(text)}}:
            return [section((Text(_unmarked(text)),))]
        case {"type": "header" | "section", "text": {"text": str(text)}}:
            return [section((Text(text, strong=block["type"] == "header"),))]
        case {"type": "context"}:
            return [section((Text(str(part.get("text", ""))),)) for part in _elements(block)]
        case _:
            return []


def _unmarked(text: str) -> str:
    """What `_beside` wrote, without its stars and entities."""
    return text.replace("*", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
