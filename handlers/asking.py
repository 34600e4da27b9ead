"""What is asked about a line that isn't clear yet, and what an author hears: pure words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from handlers.message import Button, Buttons, Menu, Message, Note, Option, Paragraph, Quote, Template, line_of
from handlers.text import Texts

CANDIDATES = 4
"""Buttons of nearest names; the menu holds the rest."""
Lacks = Literal["alliance", "day"]
"""What a line may wait for: which alliance it is about, or what a day to come means."""


@dataclass(frozen=True)
class Asked:
    """An open question about a line's alliance. `near` are the likely ones, `every` all of them."""

    entry: str
    version: int
    written: str
    raw: str
    near: tuple[Option, ...]
    every: tuple[Option, ...]


def asked(t: Texts, key: str, facts: Asked) -> Message:
    """Which alliance? Buttons with the candidates, a menu of all, [作る]; the text is kept and shown."""
    near = facts.near[:CANDIDATES]
    ways: list[Button | Menu] = [
        Button(option.label, "entry.choose", facts.entry, facts.version, option.value) for option in near
    ]
    rest = tuple(option for option in facts.every if option not in near)
    if rest:
        label = t("capture.other" if near else "capture.choose")
        ways.append(Menu(label, "entry.choose", rest, facts.entry, facts.version))
    ways.append(Button(t("capture.create"), "entry.create", facts.entry, facts.version))
    ways.append(Button(t("button.drop"), "entry.drop", facts.entry, facts.version))
    return Message(
        (
            Paragraph(t.line(key, written=facts.written)),
            Quote(line_of(facts.raw)),
            Buttons(tuple(ways)),
            Note(t.line("capture.kept")),
        ),
        t("capture.asked.preview"),
    )


@dataclass(frozen=True)
class Future:
    """A day that lies ahead was typed as a contact."""

    entry: str
    version: int
    alliance_id: str
    alliance: str
    on: date
    raw: str
    today: date | None = None


def future(t: Texts, facts: Future) -> Message:
    """A future day isn't a touchpoint yet: plan it, or log it as of today (product.md §4b)."""
    return Message(
        (
            Paragraph(t.line("capture.future", alliance=facts.alliance, on=t.day(facts.on, facts.today))),
            Quote(line_of(facts.raw)),
            Buttons(
                (
                    Button(t("capture.plan"), "entry.plan", facts.entry, facts.version, style="primary"),
                    Button(t("capture.as_today"), "entry.today", facts.entry, facts.version),
                    Button(t("button.drop"), "entry.drop", facts.entry, facts.version),
                )
            ),
        ),
        t("capture.asked.preview"),
    )


def waiting_ways(t: Texts, lacks: Lacks, entry: str, version: int) -> tuple[Button, ...]:
    """What can be done wherever a waiting line is listed: be asked again (for what it lacks), or let it go."""
    return (
        Button(t(f"capture.ask.{lacks}"), "entry.ask", entry, version),
        Button(t("button.drop"), "entry.drop", entry, version),
    )


@dataclass(frozen=True)
class Told:
    """What the author of a recorded message hears, once."""

    entry: str
    version: int
    recorder: str
    alliance: str
    text: str
    taken_out: bool = False


def told(t: Texts, facts: Told) -> Message:
    """A colleague recorded your message; you may take it out."""
    if facts.taken_out:
        return Message((Paragraph(t.line("capture.taken_out", alliance=facts.alliance)),), t("capture.told.preview"))
    return Message(
        (
            Paragraph(t.line("capture.told", recorder=facts.recorder, alliance=facts.alliance)),
            Quote(line_of(facts.text)),
            Note(t.line("capture.told.note")),
            Buttons((Button(t("capture.take_out"), "entry.take_out", facts.entry, facts.version),)),
        ),
        t("capture.told.preview"),
    )


# ---------------------------------------------------------------- examples

_FUTURE = Future("e1", 1, "a1", "ノヴァ素材", date(2026, 7, 20), "ノヴァ 7/20 定例")


def _asked_example(t: Texts) -> Message:
    near = (Option("a1", "キタ食品 共同販促"), Option("a2", "キタ食品 新素材"))
    facts = Asked("e1", 1, "キタ", "キタ 定例。新しい袋は好評", near, (*near, Option("a3", "ノヴァ素材")))
    return asked(t, "capture.which", facts)


def _unknown_example(t: Texts) -> Message:
    facts = Asked("e1", 1, "ノバ素財", "ノバ素財 定例。試作は順調", (Option("a3", "ノヴァ素材"),), ())
    return asked(t, "capture.unknown", facts)


TEMPLATES: tuple[Template, ...] = (
    Template("capture.which", _asked_example),
    Template("capture.unknown", _unknown_example),
    Template("capture.future", lambda t: future(t, _FUTURE)),
    Template("capture.told", lambda t: told(t, Told("e1", 1, "田中", "ノヴァ素材", "試作、明日届くそうです"))),
)
