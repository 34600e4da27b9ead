"""Open friction notes below each other, and the question which of them is solved."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.friction_card import age, category_label
from handlers.message import Block, Button, Heading, Line, Message, Note, Paragraph, Quote, Template, line_of
from handlers.text import Texts

SHOWN = 10
"""Notes in a list before it asks for an alliance."""
CLIPPED = 80
"""Characters of a note in a list; its card has them all."""


@dataclass(frozen=True)
class Listed:
    """A line of the list."""

    id: str
    version: int
    alliance: str
    text: str
    severity: int
    state: str
    days: int
    private: bool = False


@dataclass(frozen=True)
class Listing:
    """Open notes of one alliance (named) or of all; `counts` is what managers get of 0–1: category and number.

    `partly`: there may be notes that this reader doesn't see, so an empty list isn't "none".
    """

    rows: tuple[Listed, ...]
    alliance: str = ""
    more: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    partly: bool = False


def listing(t: Texts, facts: Listing) -> Message:
    """The open notes, the gravest first, each with its card one press away."""
    total = len(facts.rows) + facts.more
    title = t("friction.list.of", alliance=facts.alliance) if facts.alliance else t("friction.list")
    parts: list[Block] = [Heading(title)]
    if not facts.rows and facts.partly:
        parts.append(Paragraph(t.line("friction.list.none_shared")))
    elif not facts.rows:
        parts.append(Paragraph(t.line("friction.list.none")))
        parts.append(Note(t.line("friction.list.none.hint")))
    for row in facts.rows:
        button = Button(t("friction.open"), "friction.show", row.id, row.version)
        parts.append(Paragraph(_listed(t, row, named=not facts.alliance), button))
    if facts.more:
        parts.append(Note(t.line("friction.list.more", n=facts.more)))
    if facts.counts:
        counted = [t("friction.count", category=category_label(t, word), n=n) for word, n in facts.counts]
        parts.append(Note(t.line("friction.list.counts", counts=t.join(counted))))
    return Message(tuple(parts), t("friction.list.preview", n=total))


def _listed(t: Texts, row: Listed, *, named: bool) -> Line:
    about = [row.alliance] if named else []
    about.append(age(t, row.days))
    if row.state == "working":
        about.append(t("friction.list.working"))
    if row.private:
        about.append(t("friction.list.private"))
    severity = t(f"friction.severity.{row.severity}")
    return t.line("friction.list.row", severity=severity, text=clipped(row.text), about=t.join(about))


def clipped(text: str) -> str:
    """The first words of a long note; the card has them all."""
    first = " ".join(text.split())
    return first if len(first) <= CLIPPED else first[: CLIPPED - 1] + "…"


@dataclass(frozen=True)
class Several:
    """More than one note may be meant by `done …`; `typed` waits in the entry."""

    entry: str
    typed: str
    rows: tuple[Listed, ...]


def several(t: Texts, facts: Several) -> Message:
    """Which one is solved? The typed words are kept."""
    parts: list[Block] = [Paragraph(t.line("friction.done.which"))]
    if facts.typed:
        parts.append(Quote(line_of(facts.typed)))
    for row in facts.rows:
        button = Button(t("friction.done.this"), "friction.done", row.id, row.version, facts.entry)
        parts.append(Paragraph(_listed(t, row, named=True), button))
    return Message(tuple(parts), t("friction.done.preview"))


# ---------------------------------------------------------------- examples

_ROWS = (
    Listed("f1", 3, "ノヴァ素材", "評価試験の分担が決まらず、試験が始められません", 2, "working", 47),
    Listed("f2", 1, "アオバ物流", "仕様の変更を会議の場で初めて知りました", 1, "open", 6),
    Listed("f3", 1, "みなと大学", "返信が少し遅くなった気がします", 0, "open", 1, private=True),
)


def _several(t: Texts) -> Message:
    return several(t, Several("e1", "分担表で合意 一緒に", _ROWS[:2]))


TEMPLATES: tuple[Template, ...] = (
    Template("friction.list", lambda t: listing(t, Listing(_ROWS, more=4, counts=(("ROLE", 4), ("COMMS", 3))))),
    Template("friction.list.none", lambda t: listing(t, Listing((), alliance="ルミナAI"))),
    Template(
        "friction.list.counts", lambda t: listing(t, Listing((), "ノヴァ素材", counts=(("ROLE", 4),), partly=True))
    ),
    Template("friction.done.which", _several),
)
