"""Lines, buttons, menus and choices as elements of Adaptive Cards; whatever a person wrote stays literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import assert_never

from bot.payload import Json
from bot.teams import limits
from bot.teams.limits import clean, label, literal
from bot.teams.press import NOTHING, Surface, packed, press_data
from handlers.commands import OPENS_FORM
from handlers.message import Button, Confirm, Line, Link, Menu, Option, Span, Text
from handlers.request import Press
from handlers.text import Texts, texts

NONE = "—"
GAP = "\u2003"  # an em space keeps label and value apart without a mark, in Japanese as in English
_JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]")
_STYLES: dict[str, Json] = {"plain": {}, "primary": {"style": "positive"}, "danger": {"style": "destructive"}}


@dataclass(frozen=True)
class Pen:
    """How one card is drawn: where it stands, whether its buttons carry a way out for old clients, its menus' numbers.

    `trial` numbers are longer than those that a card can come to, so that what fits on trial fits indeed.
    """

    surface: Surface = "chat"
    fallbacks: bool = True
    numbers: Iterable[int] = field(default_factory=lambda: count(1))

    def trial(self) -> Pen:
        """A pen that draws the same and leaves this one's numbers alone."""
        return Pen(self.surface, self.fallbacks, count(10_000))

    def menu(self) -> str:
        """The input id of the next menu."""
        return f"choice:{next(iter(self.numbers))}"


def words_beside(said: str) -> Texts:
    """The catalogue in whose language `said` is, a text of ours.

    A card is drawn without its reader's language (a message is composed elsewhere), and needs a word or two that
    Slack's own clients bring along; a test compares this guess with the language of every example.
    """
    return texts("ja" if _JAPANESE.search(said) else "en")


# ---------------------------------------------------------------- buttons


def action(item: Button, pen: Pen) -> Json:
    """A button; one that asks first opens its question below it."""
    press = Press(item.action, item.id, item.version, item.choice)
    style = _STYLES[item.style]
    if item.confirm is None:
        return pressed(item.label, press, pen, style=style)
    # The look of danger belongs to the answer that does it.
    opens = style if item.style == "primary" else {}
    return {
        "type": "Action.ShowCard",
        "title": label(item.label, limits.BUTTON),
        **opens,
        "card": {
            "type": "AdaptiveCard",
            "body": _question(item.confirm),
            "actions": [pressed(item.confirm.yes, press, pen, style=style)],
        },
    }


def pressed(title: str, press: Press, pen: Pen, *, style: Json | None = None, menu: str = "") -> Json:
    """The action that sends `press`: it replaces its card in the chat, opens a dialog or goes to the one that is open.

    Teams must know before the press which one opens a dialog, and lets only Action.Submit do it.
    """
    data, shown = press_data(press, menu=menu), {"title": label(title, limits.BUTTON), **(style or {})}
    if pen.surface == "dialog":
        return {"type": "Action.Submit", **shown, "data": data}
    if press.action in OPENS_FORM:
        return {"type": "Action.Submit", **shown, "data": {"msteams": {"type": "task/fetch"}, **data}}
    older: Json = {"fallback": {"type": "Action.Submit", **shown, "data": data}} if pen.fallbacks else {}
    return {"type": "Action.Execute", **shown, "verb": press.action, "data": data, **older}


def menu(item: Menu, pen: Pen) -> Json | None:
    """A button with what is chosen, that opens the choices; None where there is nothing to choose."""
    options = distinct(item.options)
    if not options:
        return None
    chosen = next((option for option in options if option.value == item.selected), None)
    title = f"{item.label}{GAP}{chosen.label}" if chosen else item.label
    words, name = words_beside(item.label), pen.menu()
    choices: Json = {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": label(item.label, limits.LABEL),
        "style": menu_style(options, item.selected if chosen else ""),
        "choices": offered(options),
        "isRequired": True,
        "errorMessage": words("teams.menu.required"),
        **({"value": chosen.value} if chosen else {"placeholder": words("teams.menu.required")}),
    }
    press = Press(item.action, item.id, item.version)
    send = pressed(words("teams.menu.choose"), press, pen, menu=name)
    card: Json = {"type": "AdaptiveCard", "body": [choices], "actions": [send]}
    return {"type": "Action.ShowCard", "title": limits.narrow(label(title, limits.BUTTON), limits.MENU), "card": card}


def _question(question: Confirm) -> list[Json]:
    asked = rich((Text(clean(question.title), strong=True),)) if question.title.strip() else []
    return [*asked, *rich((Text(limits.cut(question.text, limits.QUESTION)),))]


# ---------------------------------------------------------------- choices


def distinct(options: Iterable[Option]) -> list[Option]:
    """Options with a value that was not offered before."""
    found: dict[str, Option] = {}
    for option in options:
        if clean(option.value).strip() and option.value not in found and len(option.value) <= limits.ID:
            found[option.value] = Option(clean(option.value), option.label)
    return list(found.values())[: limits.OPTIONS]


def offered(options: Sequence[Option], *, spread: bool = False, joined: bool = False) -> list[Json]:
    """The choices of an input; those that are spread out are read as markdown by some clients."""
    return [
        {
            "title": (literal(label(option.label, limits.OPTION), limits.OPTION) if spread else "")
            or label(option.label, limits.OPTION),
            "value": packed(option.value) if joined else option.value,
        }
        for option in options
    ]


def menu_style(options: Sequence[Option], chosen: Sequence[str]) -> str:
    """Many options can be searched, unless one is chosen: Microsoft's renderer then shows its value, not its title."""
    return "filtered" if len(options) > limits.SEARCHED and not chosen else "compact"


def none_of_them() -> Option:
    """The option that takes a choice back, since a menu of Teams can't be emptied."""
    return Option(NOTHING, NONE)


# ---------------------------------------------------------------- lines


def rich(line: Line, *, small: bool = False, colour: str = "", spacing: str = "") -> list[Json]:
    """A line as rich text, one element for each line of its text; [] where it says nothing.

    Android's Teams drops newlines inside a run (microsoft/AdaptiveCards#4914), so none is left there.
    """
    look: Json = {**({"size": "Small", "isSubtle": True} if small else {}), **({"color": colour} if colour else {})}
    drawn: list[Json] = []
    for spans, gap in _rows(line):
        first: Json = {"spacing": spacing} if spacing else {}
        close: Json = {} if gap else {"spacing": "None"}
        apart = close if drawn else first
        drawn.append({"type": "RichTextBlock", **apart, "inlines": [_run(span, look) for span in spans]})
    return drawn


def _rows(line: Line) -> list[tuple[list[Span], bool]]:
    """The lines of a text without empty ones, and whether there was an empty one before it."""
    rows: list[list[Span]] = [[]]
    for span in _joined(line):
        if isinstance(span, Link):
            rows[-1].append(span)
            continue
        first, *more = span.text.split("\n")
        rows[-1].append(Text(first, span.strong))
        rows.extend([Text(part, span.strong)] for part in more)
    kept: list[tuple[list[Span], bool]] = []
    gap = False
    for row in rows:
        said = [span for span in row if isinstance(span, Link) or span.text]
        if any(isinstance(span, Link) or span.text.strip() for span in said):
            kept.append((said, gap))
        gap = not said or not kept
    return kept


def _joined(line: Line) -> list[Span]:
    """Spans that can be drawn, neighbours of one look as one; a link that no client opens is its words."""
    joined: list[Span] = []
    for span in line:
        match span:
            case Link():
                if limits.address(span.url):
                    joined.append(Link(span.url, label(span.label, limits.LABEL)))
                    continue
                now = Text(clean(span.label))
            case Text():
                now = Text(clean(span.text), span.strong)
            case _:
                assert_never(span)
        before = joined[-1] if joined else None
        if isinstance(before, Text) and before.strong == now.strong:
            joined[-1] = Text(before.text + now.text, now.strong)
        elif now.text:
            joined.append(now)
    return joined


def _run(span: Span, look: Json) -> Json:
    match span:
        case Text():
            bold = {"weight": "Bolder"} if span.strong else {}
            return {"type": "TextRun", "text": span.text, **bold, **look}
        case Link():
            opens: Json = {"type": "Action.OpenUrl", "url": span.url}
            return {"type": "TextRun", "text": span.label, **look, "selectAction": opens}
        case _:
            assert_never(span)
