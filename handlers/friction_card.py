"""A friction note as people see it: its card with one-tap chips, the manager's preview, the ways on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from handlers.message import (
    Block,
    Button,
    Buttons,
    Fact,
    Facts,
    Line,
    Link,
    Menu,
    Message,
    Note,
    Option,
    Paragraph,
    Quote,
    Template,
    line_of,
)
from handlers.text import Texts
from storage.models.records import CATEGORIES, VISIBILITIES

UNKNOWN = "UNKNOWN"
"""The menu value of 不明: an empty value can't be sent."""
SEVERITIES = (0, 1, 2, 3)
WITHIN = "talk."
"""What comes before the actions of a card inside the answer to a talk."""
CLOSED = ("resolved", "accepted")


@dataclass(frozen=True)
class Card:
    """A note for one reader. What is known already or not theirs (`alliance`, `owner`, `author`, …) is "".

    `edits`: may change it; `widens`: is its author; `fresh`: shown right after it was written; `blames`: gets the hint;
    `entry`: the line that can still be taken back; `beyond`: the platform of `source` where its reader can't go.
    """

    id: str
    version: int
    text: str
    category: str
    severity: int
    visibility: str
    widening: str
    state: str = "open"
    told: str = ""
    told_on: date | None = None
    resolution: str = ""
    outcome: str = ""
    days: int = 0
    alliance: str = ""
    owner: str = ""
    author: str = ""
    source: str = ""
    beyond: str = ""
    entry: str = ""
    entry_version: int = 0
    edits: bool = True
    widens: bool = True
    fresh: bool = False
    blames: bool = False

    @property
    def asks(self) -> bool:
        """Whether its author is being asked for the sentence (decision 11)."""
        return self.widening == "pending" and self.widens and self.state not in CLOSED


def card(t: Texts, facts: Card) -> tuple[Block, ...]:
    """The note: its words, its chips, what the manager would read, and the ways on."""
    parts: list[Block] = [Paragraph(_head(t, facts), _undo(t, facts))]
    if facts.asks:
        parts.extend(_preview(t, facts))
    else:
        parts.append(Quote(line_of(facts.text)))
    if known := _known(t, facts):
        parts.append(Facts(known))
    if facts.edits and facts.state not in CLOSED:
        parts.append(Buttons(_chips(t, facts)))
    parts.extend(_ways(t, facts))
    if facts.blames:
        parts.append(Note(t.line("friction.hint")))
    if not facts.asks and facts.state not in CLOSED:
        parts.append(Note(t.line(_who(facts))))
    return tuple(parts)


def shown(t: Texts, facts: Card, said: Line = ()) -> Message:
    """The card as a message of its own, below a line that says what was just done."""
    head: tuple[Block, ...] = (Paragraph(said),) if said else ()
    return Message((*head, *card(t, facts)), t("friction.preview"))


def saved_message(t: Texts, facts: Card) -> Message:
    """The private answer to `/friction …`: thanks, the way back, and the card."""
    head = Paragraph(t.line("friction.saved", alliance=facts.alliance), _undo(t, facts))
    return Message((head, *card(t, replace(facts, alliance="", entry=""))), t("friction.preview"))


def inside(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The card within the answer to a talk: its presses are told apart, so that the talk stays around it."""
    return tuple(
        Buttons(tuple(replace(item, action=f"{WITHIN}{item.action}") for item in block.items))
        if isinstance(block, Buttons)
        else block
        for block in blocks
    )


# ---------------------------------------------------------------- parts of the card


def _head(t: Texts, facts: Card) -> Line:
    severity = t(f"friction.severity.{facts.severity}")
    if facts.alliance:
        return t.line("friction.head.of", alliance=facts.alliance, severity=severity)
    return t.line("friction.head", severity=severity)


def _undo(t: Texts, facts: Card) -> Button | None:
    if not facts.entry or facts.state in CLOSED:
        return None
    return Button(t("friction.undo"), "entry.undo", facts.entry, facts.entry_version)


def _preview(t: Texts, facts: Card) -> tuple[Block, ...]:
    of = (facts.id, facts.version)
    parts: list[Block] = [
        Paragraph(t.line("friction.ask")),
        Quote(line_of(facts.text)),
        Buttons(
            (
                Button(t("friction.widen"), "friction.widen", *of, style="primary"),
                Button(t("friction.edit"), "friction.edit", *of),
                Button(t("friction.keep"), "friction.keep", *of),
            )
        ),
        Note(t.line("friction.ask.honest")),
    ]
    if facts.severity == max(SEVERITIES):
        parts.append(Note(t.line("friction.ask.sponsor")))
    return tuple(parts)


def _known(t: Texts, facts: Card) -> tuple[Fact, ...]:
    """What the chips don't say: all of it for readers, the course of things for those who edit."""
    found: list[Fact] = []
    if not facts.edits or facts.state in CLOSED:
        found.append(Fact(t("friction.chip.category"), line_of(category_label(t, facts.category))))
    if not facts.fresh:
        found.append(Fact(t("friction.chip.state"), state_line(t, facts.state, facts.resolution, facts.days)))
    if facts.outcome and facts.state in CLOSED:
        found.append(Fact(t("friction.chip.outcome"), line_of(facts.outcome)))
    if facts.owner:
        found.append(Fact(t("friction.chip.owner"), t.line("friction.person", name=facts.owner)))
    if facts.told:
        told = t.line(f"friction.told.{facts.told}")
        if facts.told == "told" and facts.told_on is not None:
            told = t.line("friction.told.on", day=facts.told_on)
        found.append(Fact(t("friction.chip.told"), told))
    if facts.author:
        found.append(Fact(t("friction.chip.author"), t.line("friction.person", name=facts.author)))
    if facts.source:
        found.append(Fact(t("friction.chip.source"), _source(t, facts)))
    return tuple(found)


def _source(t: Texts, facts: Card) -> Line:
    """The message that the note was made from; where its reader has no account, only on which platform it stands."""
    if facts.beyond:
        return t.line("friction.source.beyond", platform=t(f"platform.{facts.beyond}"))
    return t.line("friction.source", link=Link(facts.source, t("friction.source.label")))


def state_line(t: Texts, state: str, resolution: str, days: int) -> Line:
    """Where the note stands: how long it has been open, or how it ended."""
    if state in CLOSED:
        return t.line(f"friction.ended.{resolution or state}")
    return t.line(f"friction.state.{state}", days=age(t, days))


def age(t: Texts, days: int) -> str:
    """How long ago, in calendar days."""
    return t("friction.days", n=days) if days else t("friction.days.today")


def _chips(t: Texts, facts: Card) -> tuple[Menu, ...]:
    of = (facts.id, facts.version)
    chips = [
        Menu(
            t("friction.chip.category"),
            "friction.category",
            category_options(t),
            *of,
            selected=facts.category or UNKNOWN,
        ),
        Menu(t("friction.chip.severity"), "friction.severity", severity_options(t), *of, selected=str(facts.severity)),
    ]
    if facts.widens:
        options = visibility_options(t, facts.severity)
        chips.append(
            Menu(t("friction.chip.visibility"), "friction.visibility", options, *of, selected=facts.visibility)
        )
    return tuple(chips)


def _ways(t: Texts, facts: Card) -> tuple[Block, ...]:
    if not facts.edits or facts.asks:
        return ()
    of = (facts.id, facts.version)
    edit = Button(t("friction.edit"), "friction.edit", *of)
    take = Button(t("friction.take"), "friction.take", *of)
    done = Button(t("friction.resolve"), "friction.resolve", *of)
    accept = Button(t("friction.accept"), "friction.accept", *of)
    match facts.state:
        case "open" if facts.fresh:
            return (Buttons((take, edit)),)
        case "open":
            return (*_ask_told(t, facts), Buttons((take, done, accept, edit)))
        case "working":
            return (*_ask_told(t, facts), Buttons((done, accept, edit)))
        case _:
            return _ways_back(t, facts)


def _ask_told(t: Texts, facts: Card) -> tuple[Block, ...]:
    if facts.told not in ("", "later") or (facts.severity < 2 and facts.state == "open"):
        return ()
    buttons = tuple(
        Button(t(f"friction.told.button.{word}"), "friction.told", facts.id, facts.version, word)
        for word in ("told", "later", "never")
        if word != facts.told
    )
    return (Paragraph(t.line("friction.told.ask")), Buttons(buttons))


def _ways_back(t: Texts, facts: Card) -> tuple[Block, ...]:
    of = (facts.id, facts.version)
    reopen = Button(t("friction.reopen"), "friction.reopen", *of)
    if facts.state != "resolved" or facts.resolution:
        return (Buttons((reopen,)),)
    how = tuple(
        Button(t(f"friction.resolution.{word}"), "friction.resolve", *of, word)
        for word in ("together", "inside", "faded")
    )
    return (Paragraph(t.line("friction.resolution.ask")), Buttons((*how, reopen)))


def _who(facts: Card) -> str:
    """The key of who reads the note, in plain words."""
    if facts.visibility != "team":
        return f"friction.who.{facts.visibility}"
    if facts.severity < 2:
        return "friction.who.counted"
    return "friction.who.waits" if facts.widening == "pending" else "friction.who.team"


# ---------------------------------------------------------------- options


def category_label(t: Texts, category: str) -> str:
    """A category (domain.md §3.7) in words; 不明 for none."""
    return t(f"friction.category.{category or UNKNOWN}")


def category_options(t: Texts) -> tuple[Option, ...]:
    """The 12 categories and 不明."""
    return tuple(Option(word or UNKNOWN, category_label(t, word)) for word in (*CATEGORIES[1:], ""))


def severity_options(t: Texts) -> tuple[Option, ...]:
    """0–3, each with what it means."""
    return tuple(Option(str(number), t(f"friction.severity.{number}.means")) for number in SEVERITIES)


def visibility_options(t: Texts, severity: int | None = None) -> tuple[Option, ...]:
    """Who may read, in plain words; below 2 managers get counts, so they are no choice (decision 10)."""
    small = severity is not None and severity < 2
    words = [word for word in VISIBILITIES if not (small and word == "managers")]
    return tuple(Option(word, t(f"friction.visibility.{word}")) for word in words)


# ---------------------------------------------------------------- examples

NOTE = Card("f1", 1, "評価試験の分担が決まらず、試験が始められません", "ROLE", 1, "team", "none", alliance="ノヴァ素材")
"""An invented note, for examples."""


def _saved(t: Texts) -> Message:
    return saved_message(t, replace(NOTE, fresh=True, entry="e1", entry_version=1))


def _asks(t: Texts) -> Message:
    facts = replace(NOTE, severity=3, widening="pending", fresh=True, entry="e1", entry_version=1)
    return saved_message(t, facts)


def _blames(t: Texts) -> Message:
    facts = replace(NOTE, text="先方の担当者がいい加減", category="", severity=0, fresh=True, blames=True)
    return saved_message(t, replace(facts, entry="e1", entry_version=1))


def _open(t: Texts) -> Message:
    facts = replace(NOTE, severity=2, visibility="managers", widening="approved", days=47, told="later")
    return shown(t, facts, t.line("friction.did.told.later"))


def _working(t: Texts) -> Message:
    facts = replace(NOTE, severity=2, widening="kept", state="working", days=12, owner="高橋", author="佐藤")
    return shown(t, replace(facts, told="told", told_on=date(2026, 7, 9), widens=False))


def _beyond(t: Texts) -> Message:
    facts = replace(NOTE, severity=2, widening="kept", days=12, author="佐藤", widens=False)
    return shown(t, replace(facts, source="https://hikari.example/archives/C1/p1", beyond="slack"))


def _resolved(t: Texts) -> Message:
    facts = replace(NOTE, state="resolved", outcome="分担表で合意", days=12)
    return shown(t, facts, t.line("friction.did.resolved"))


def _manager(t: Texts) -> Message:
    facts = replace(NOTE, severity=3, visibility="managers", widening="approved", days=5)
    return shown(t, replace(facts, edits=False, widens=False))


TEMPLATES: tuple[Template, ...] = (
    Template("friction.saved", _saved),
    Template("friction.saved.asks", _asks),
    Template("friction.saved.blames", _blames),
    Template("friction.card.open", _open),
    Template("friction.card.working", _working),
    Template("friction.card.beyond", _beyond),
    Template("friction.card.resolved", _resolved),
    Template("friction.card.manager", _manager),
)
