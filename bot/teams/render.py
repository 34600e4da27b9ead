"""A neutral message as an Adaptive Card; whatever it says, Teams takes it: what is too long ends with …."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from bot.payload import Json
from bot.teams import limits
from bot.teams.elements import GAP, Pen, action, menu, rich
from bot.teams.limits import cut, literal, size, sizes
from bot.teams.press import Surface
from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    Divider,
    Fact,
    Facts,
    Heading,
    Line,
    Link,
    Menu,
    Message,
    Note,
    Paragraph,
    Quote,
    Text,
    plain,
    spoken,
)

_CROWDED = 60  # a cut text of fewer characters helps nobody
_RULE, _SPARE = 96, 256  # bytes of a rule before an element; of the … where whole parts are missing
_FEWER = (limits.OPTIONS, 100, 60, 40, 25, 15, 8)  # options of each menu


@dataclass(frozen=True)
class Rendered:
    """`summary` is what a notification shows, in plain characters; `cut`: something could not be shown."""

    card: Json
    summary: str
    cut: bool = False


def render(message: Message, surface: Surface = "chat") -> Rendered:
    """`message` as a card of at most `limits.CARD` bytes, with plain words for old clients and for screen readers."""
    said = spoken(message)
    outside = frame(literal(said, limits.FALLBACK), literal(said, limits.SPOKEN))
    body, lost = draw(message.blocks, Pen(surface), limits.CARD - size({**outside, "body": []}))
    if not body:
        body = rich((Text(cut(message.preview, limits.QUESTION)),)) or rich((Text(limits.MORE),))
    return Rendered({**outside, "body": body}, summary(message), lost)


def frame(fallback: str, speak: str) -> Json:
    """A card without its body. Both texts are read as markdown or SSML somewhere, so they must be `literal`."""
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": fallback.strip() or limits.MORE,
        "speak": speak.strip() or limits.MORE,
        "msteams": {"width": "Full"},
    }


def summary(message: Message) -> str:
    """The line that a notification shows; angle brackets are full-width, so that it can mention nobody."""
    said = message.preview.strip() or spoken(message)
    return limits.label(said, limits.SUMMARY).replace("<", "＜").replace(">", "＞")


def attachment(card: Json) -> Json:
    """`card` as an activity or a dialog carries it."""
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}


# ---------------------------------------------------------------- as much as fits


def draw(blocks: Sequence[Block], pen: Pen, room: int) -> tuple[list[Json], bool]:
    """Elements of at most `room` bytes, and whether something was left out.

    Where it is too much, first goes the way out for old clients, which doubles each button; then the longest menus;
    then words. Buttons are paid for first, as long as they leave half of the room to the words.
    """
    for fallbacks in (True, False):
        pen = replace(pen, fallbacks=pen.fallbacks and fallbacks)
        if sizes(_all(blocks, pen.trial())) <= room:
            return _all(blocks, pen), False
    fitting, lost = _fitting(blocks, pen, room - _SPARE)
    return _all(fitting, pen), lost


def _fitting(blocks: Sequence[Block], pen: Pen, room: int) -> tuple[list[Block], bool]:
    rows, lost = _affordable(blocks, pen, room)
    prepaid = sum(_cost(row, pen) for row in rows.values())
    if prepaid > room // 2 and prepaid + _words_cost(blocks, pen) > room:
        prepaid = 0
    left, missing = room - prepaid, False
    fitting: list[Block] = []
    for number, block in enumerate(blocks):
        now = rows.get(number, block)
        if prepaid and number in rows:
            fitting.append(now)
            continue
        if _cost(now, pen) > left:
            lost = True
            now = _fitted(now, left, pen)
        missing = missing or now is None
        if now is not None:
            left -= _cost(now, pen)
            fitting.append(now)
    return [*fitting, *([Paragraph((Text(limits.MORE),))] if missing else [])], lost


def _all(blocks: Sequence[Block], pen: Pen) -> list[Json]:
    body: list[Json] = []
    ruled = False
    for block in blocks:
        if isinstance(block, Divider):
            ruled = bool(body)
            continue
        pieces = _draw(block, pen)
        if pieces and ruled:
            pieces[0] = {**pieces[0], "separator": True, "spacing": "Medium"}
            ruled = False
        body.extend(pieces)
    return body


def _cost(block: Block, pen: Pen) -> int:
    """Bytes of a block, and of the rule that may come before it."""
    drawn = _draw(block, pen.trial())
    return sizes(drawn) + _RULE if drawn else 0


def _words_cost(blocks: Sequence[Block], pen: Pen) -> int:
    return sum(_cost(block, pen) for block in blocks if not isinstance(block, Buttons))


def _affordable(blocks: Sequence[Block], pen: Pen, room: int) -> tuple[dict[int, Buttons], bool]:
    """The rows of buttons by their place, with so many options in each menu that the rows leave room to the words."""
    rows = {number: block for number, block in enumerate(blocks) if isinstance(block, Buttons)}
    spare = max(room // 2, room - _words_cost(blocks, pen))
    fewer = rows
    for most in _FEWER:
        fewer = {number: _few_options(block, most) for number, block in rows.items()}
        if sum(_cost(block, pen) for block in fewer.values()) <= spare:
            break
    return fewer, fewer != rows


def _few_options(block: Buttons, most: int) -> Buttons:
    items: list[Button | Menu] = []
    for item in block.items:
        if isinstance(item, Menu) and len(item.options) > most:
            kept = item.options[:most]
            kept += tuple(one for one in item.options[most:] if one.value == item.selected)
            items.append(replace(item, options=kept))
        else:
            items.append(item)
    return replace(block, items=tuple(items))


# ---------------------------------------------------------------- one block


def _draw(block: Block, pen: Pen) -> list[Json]:
    match block:
        case Heading():
            return heading(block.text)
        case Paragraph():
            return _paragraph(block, pen)
        case Bullets():
            return _bullets(block)
        case Facts():
            return [piece for fact in block.items for piece in rich(_fact(fact), spacing="Small")]
        case Quote():
            said = rich(block.line)
            return [{"type": "Container", "style": "emphasis", "items": said}] if said else []
        case Note():
            return rich(block.line, small=True)
        case Divider():
            return []
        case Buttons():
            return _rows(block, pen)
        case _:
            assert_never(block)


def heading(text: str) -> list[Json]:
    """A title. Only a TextBlock can be a heading to a screen reader, and it reads markdown: one is drawn where the
    words surely mean the same there; other words are only drawn large, since what a person wrote must stay literal."""
    said = " ".join(cut(text, limits.TITLE).split())
    if not said:
        return []
    look: Json = {"size": "Large", "weight": "Bolder"}
    if limits.surely_literal(said):
        return [{"type": "TextBlock", "text": said, "wrap": True, "style": "heading", **look}]
    return [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": said, **look}]}]


def _paragraph(block: Paragraph, pen: Pen) -> list[Json]:
    said = rich(block.line)
    if block.button is None:
        return said
    pressed: Json = {"type": "ActionSet", "actions": [action(block.button, pen)]}
    narrow = limits.columns(block.button.label) <= limits.BESIDE
    # A question opens below its button, where it needs the whole width.
    if not said or not narrow or block.button.confirm:
        return [*said, {**pressed, "spacing": "Small"}]
    columns: list[Json] = [
        {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": said},
        {"type": "Column", "width": "auto", "verticalContentAlignment": "Center", "items": [pressed]},
    ]
    return [{"type": "ColumnSet", "columns": columns}]


def _bullets(block: Bullets) -> list[Json]:
    drawn: list[Json] = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "• "
        if plain(item).strip():
            drawn.extend(rich((Text(mark), *item), spacing="Small"))
    return drawn


def _fact(fact: Fact) -> Line:
    return (Text(fact.label, strong=True), Text(GAP), *fact.value)


def _rows(block: Buttons, pen: Pen) -> list[Json]:
    found = [action(item, pen) if item.kind == "button" else menu(item, pen) for item in block.items]
    drawn = [one for one in found if one]
    parts = [drawn[at : at + limits.ROW] for at in range(0, len(drawn), limits.ROW)]
    return [
        {"type": "ActionSet", **({"spacing": "Small"} if number else {}), "actions": part}
        for number, part in enumerate(parts)
    ]


# ---------------------------------------------------------------- what doesn't fit


def _fitted(block: Block, room: int, pen: Pen) -> Block | None:
    """As much of `block` as `room` bytes hold, or None where that says nothing."""
    if isinstance(block, Heading | Divider):
        return None
    low = 1 if isinstance(block, Buttons) else _CROWDED
    high = len(block.items) if isinstance(block, Buttons) else _words(block)
    if room < 2 * _CROWDED or _cost(_shortened(block, low), pen) > room:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if _cost(_shortened(block, middle), pen) <= room:
            low = middle
        else:
            high = middle - 1
    return _shortened(block, low)


def _words(block: Paragraph | Quote | Note | Bullets | Facts) -> int:
    """Characters of a block that can be cut."""
    match block:
        case Paragraph() | Quote() | Note():
            return _weight(block.line)
        case Bullets():
            return sum(_weight(item) + 2 for item in block.items)
        case Facts():
            return sum(len(fact.label) + _weight(fact.value) for fact in block.items)
        case _:
            assert_never(block)


def _weight(line: Line) -> int:
    return sum(len(span.text) if isinstance(span, Text) else len(span.label) for span in line)


def _shortened(block: Paragraph | Quote | Note | Bullets | Facts | Buttons, most: int) -> Block:
    """The block with at most `most` characters, or items of a row of buttons."""
    match block:
        case Paragraph() | Quote() | Note():
            return replace(block, line=_line(block.line, most))
        case Bullets():
            return replace(block, items=tuple(_lines(block.items, most)))
        case Facts():
            kept: list[Fact] = []
            for fact in block.items:
                most -= len(fact.label)
                if most < 1:
                    break
                kept.append(replace(fact, value=_line(fact.value, most)))
                most -= _weight(fact.value)
            if kept and len(kept) < len(block.items):
                kept[-1] = replace(kept[-1], value=(*kept[-1].value, Text(limits.MORE)))
            return replace(block, items=tuple(kept))
        case Buttons():
            return replace(block, items=block.items[:most])
        case _:
            assert_never(block)


def _lines(lines: Sequence[Line], most: int) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if most < 3:
            return [*kept, (Text(limits.MORE),)]
        kept.append(_line(line, most - 2))
        most -= _weight(line) + 2
    return kept


def _line(line: Line, most: int) -> Line:
    kept: list[Text | Link] = []
    for span in line:
        weight = _weight((span,))
        if weight > most:
            words = cut(span.text, max(1, most)) if isinstance(span, Text) else limits.MORE
            kept.append(Text(words, isinstance(span, Text) and span.strong))
            break
        kept.append(span)
        most -= weight
    return tuple(kept)
