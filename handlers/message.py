"""The closed, platform-neutral vocabulary of all that the product can say: twelve kinds, no word of a platform.

A `Line` is a tuple of spans and is always literal: user text can neither format, link nor mention, because no
renderer ever parses it (architecture.md §4). Platform limits live in the renderers, never here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, assert_never

# ---------------------------------------------------------------- spans


@dataclass(frozen=True)
class Text:
    """Literal characters."""

    text: str
    strong: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Link:
    """A label that opens `url` (http or https)."""

    url: str
    label: str
    kind: Literal["link"] = "link"


Span = Text | Link
Line = tuple[Span, ...]


def line_of(value: str | Span | Line) -> Line:
    """`value` as a line; a plain string becomes one literal span."""
    if isinstance(value, str):
        return (Text(value),)
    if isinstance(value, Text | Link):
        return (value,)
    return value


def plain(line: Line) -> str:
    """The characters of a line without emphasis; a link shows its label."""
    return "".join(span.text if isinstance(span, Text) else span.label for span in line)


# ---------------------------------------------------------------- what can be pressed


@dataclass(frozen=True)
class Confirm:
    """A question asked by the client before a press is sent."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True)
class Button:
    """A press on a row of the command table: `action`, the record's `id` and `version`, and an enum word or record id.

    All of it comes back as untrusted input and is authorised again (decision 2, product.md §6).
    """

    label: str
    action: str
    id: str = ""
    version: int = 0
    choice: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"
    confirm: Confirm | None = None
    kind: Literal["button"] = "button"


@dataclass(frozen=True)
class Option:
    """One choice of a menu or field: `value` is an enum word or a record id, `label` is what a person reads."""

    value: str
    label: str


@dataclass(frozen=True)
class Menu:
    """A drop-down whose choice is sent as a press on `action` at once."""

    label: str
    action: str
    options: tuple[Option, ...]
    id: str = ""
    version: int = 0
    selected: str = ""
    kind: Literal["menu"] = "menu"


# ---------------------------------------------------------------- blocks of a message


@dataclass(frozen=True)
class Heading:
    """A title; plain characters."""

    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A line of text, with at most one button at its side."""

    line: Line
    button: Button | None = None
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """Items below each other; `ordered` numbers them."""

    items: tuple[Line, ...]
    ordered: bool = False
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Fact:
    """A label and its value, one chip of an answer."""

    label: str
    value: Line


@dataclass(frozen=True)
class Facts:
    """Labelled values: the parsed parts of an entry, the head of a brief."""

    items: tuple[Fact, ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Quote:
    """Words of somebody, set apart."""

    line: Line
    kind: Literal["quote"] = "quote"


@dataclass(frozen=True)
class Note:
    """Small print: who sees this, a hint."""

    line: Line
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Divider:
    """A rule between parts."""

    kind: Literal["divider"] = "divider"


@dataclass(frozen=True)
class Buttons:
    """A row of buttons and menus; at most 5 read well on a phone."""

    items: tuple[Button | Menu, ...]
    kind: Literal["buttons"] = "buttons"


Block = Heading | Paragraph | Bullets | Facts | Quote | Note | Divider | Buttons


@dataclass(frozen=True)
class Message:
    """What is said: blocks in reading order and the line that a notification shows (never internal detail)."""

    blocks: tuple[Block, ...]
    preview: str = ""


# ---------------------------------------------------------------- forms


@dataclass(frozen=True)
class TextField:
    """Free text. `longest` in characters; 0 = the platform's own limit."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    placeholder: str = ""
    optional: bool = False
    multiline: bool = False
    longest: int = 0
    kind: Literal["text_field"] = "text_field"


@dataclass(frozen=True)
class ChoiceField:
    """One (or several) of closed options. `shown` spreads the options out as radio buttons or ticks."""

    name: str
    label: str
    options: tuple[Option, ...]
    initial: tuple[str, ...] = ()
    hint: str = ""
    optional: bool = False
    many: bool = False
    shown: bool = False
    kind: Literal["choice_field"] = "choice_field"


@dataclass(frozen=True)
class DateField:
    """A calendar day, ISO text (YYYY-MM-DD) in and out; "" = none."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    optional: bool = False
    kind: Literal["date_field"] = "date_field"


@dataclass(frozen=True)
class PeopleField:
    """Colleagues picked from the platform's own list; values are platform user ids, resolved by the desk."""

    name: str
    label: str
    initial: tuple[str, ...] = ()
    hint: str = ""
    optional: bool = False
    many: bool = False
    kind: Literal["people_field"] = "people_field"


Field = TextField | ChoiceField | DateField | PeopleField


@dataclass(frozen=True)
class Form:
    """A dialog. `name` is the row of the command table that receives it, `id` and `version` the record it edits."""

    name: str
    title: str
    submit: str
    cancel: str
    fields: tuple[Field, ...]
    id: str = ""
    version: int = 0
    intro: tuple[Block, ...] = ()


# ---------------------------------------------------------------- templates and reading


@dataclass(frozen=True)
class Template:
    """A named message or form with an example, so that a page and the golden tests can draw every one of them.

    `example(texts)` composes it from invented facts in the language of `texts` (a `handlers.text.Texts`).
    """

    name: str
    example: Callable[[Any], Message | Form]


def bundle(messages: Sequence[Message], preview: str) -> Message:
    """Several messages as one, divided; a single message stays as it is (decision 15)."""
    if len(messages) == 1:
        return messages[0]
    blocks: list[Block] = []
    for index, message in enumerate(messages):
        if index:
            blocks.append(Divider())
        blocks.extend(message.blocks)
    return Message(tuple(blocks), preview)


def without_buttons(message: Message) -> Message:
    """The same words with nothing left to press."""
    kept: list[Block] = []
    for block in message.blocks:
        match block:
            case Buttons():
                continue
            case Paragraph():
                kept.append(replace(block, button=None))
            case _:
                kept.append(block)
    return replace(message, blocks=tuple(kept))


def spoken(message: Message) -> str:
    """Everything in words, one block a line: for screen readers, notifications and the command line.

    The preview comes first, and not twice where the message begins with the same words.
    """
    lines = [line for block in message.blocks for line in _spoken(block) if line]
    if message.preview and lines[:1] != [message.preview]:
        lines.insert(0, message.preview)
    return "\n".join(lines)


def _spoken(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Paragraph() | Quote() | Note():
            return [plain(block.line)]
        case Bullets():
            return [
                (f"{number}. " if block.ordered else "・") + plain(item)
                for number, item in enumerate(block.items, start=1)
            ]
        case Facts():
            return [f"{fact.label}: {plain(fact.value)}" for fact in block.items]
        case Divider() | Buttons():
            return []
        case _:
            assert_never(block)
