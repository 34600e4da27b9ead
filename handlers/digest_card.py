"""The weekly digest as a manager reads it on a phone: measured lines in a fixed order (product.md §5, decision 34)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    Form,
    Line,
    Menu,
    Message,
    Note,
    Option,
    Paragraph,
    Quote,
    Template,
    TextField,
    line_of,
    plain,
)
from handlers.text import Texts

ROW, ROWS, LONGEST = 22, 22, 60
"""Full-width characters of a phone's row, rows before the first drill-down, characters of one line."""
SECTIONS = ("asks", "watch", "moved", "dates", "counts", "quiet")
_DROPPED_FIRST = ("moved", "counts", "watch", "dates", "quiet")
_REPLY_LONGEST = 1000


def width(text: str) -> float:
    """Full-width characters: wide and ambiguous ones count one, the others half."""
    return sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def rows(text: str) -> int:
    """Rows that a line takes on a phone, at least one."""
    return max(1, math.ceil(width(text) / ROW))


def cut(text: str, longest: float) -> str:
    """`text` in at most `longest` full-width characters, with an ellipsis where it was longer."""
    if width(text) <= longest:
        return text
    kept, used = "", 1.0
    for char in text:
        used += width(char)
        if used > longest:
            break
        kept += char
    return f"{kept.rstrip()}…"


@dataclass(frozen=True)
class Section:
    """A part of the digest: its name (`SECTIONS`) and its lines."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Week:
    """A digest for one reader. `decisions` and `near` are what the first line asks; `places` the alliances named.

    `alliances` and `contacts` say how much was read: what can be seen from the log.
    """

    id: str
    since: date
    until: date
    sections: tuple[Section, ...] = ()
    decisions: int = 0
    near: int = 0
    alliances: int = 0
    contacts: int = 0
    places: tuple[Option, ...] = field(default=())
    acknowledged: bool = False


def week(t: Texts, facts: Week) -> Message:
    """Six sections in fixed order, empty ones omitted; nothing at all is one line that names the quiet alliances."""
    asked = asks(t, facts.decisions, facts.near)
    title = t.line("digest.title", since=t.short(facts.since), until=t.short(facts.until), asked=asked)
    scope = t.line("digest.scope", alliances=facts.alliances, contacts=facts.contacts)
    filled = {section.name: section.lines for section in facts.sections if section.lines}
    blocks: list[Block] = [Paragraph(title)]
    if set(filled) <= {"quiet"}:
        blocks.append(Paragraph(_calm(t, filled.get("quiet", ()))))
    else:
        room = ROWS - rows(plain(title)) - rows(plain(scope))
        for name, lines in fitted(filled, room).items():
            blocks.append(Paragraph(t.line(f"digest.section.{name}")))
            blocks.append(Bullets(lines))
    blocks.append(Note(scope))
    blocks.extend(_ways(t, facts))
    return Message(tuple(blocks), asked)


def asks(t: Texts, decisions: int, near: int) -> str:
    """What is asked: ご判断2件・期限間近1件."""
    if decisions and near:
        parts = {"decisions": t("digest.asked.decisions", n=decisions), "near": t("digest.asked.near", n=near)}
        return t("digest.asked.both", decisions=parts["decisions"], near=parts["near"])
    if decisions:
        return t("digest.asked.decisions", n=decisions)
    return t("digest.asked.near", n=near) if near else t("digest.asked.nothing")


def _calm(t: Texts, quiet: tuple[Line, ...]) -> Line:
    return t.line("digest.calm.quiet", names=quiet[0]) if quiet else t.line("digest.calm")


def fitted(sections: Mapping[str, tuple[Line, ...]], room: int) -> dict[str, tuple[Line, ...]]:
    """What fits into `room` rows: further lines go first, then whole sections, asks last; a first ask always stays."""
    kept = {name: list(sections[name]) for name in SECTIONS if sections.get(name)}
    while _height(kept) > room:
        name = next((each for each in _DROPPED_FIRST if len(kept.get(each, ())) > 1), "")
        name = name or next((each for each in _DROPPED_FIRST if each in kept), "")
        if not name and len(kept.get("asks", ())) <= 1:
            break
        kept[name or "asks"].pop()
        if not kept[name or "asks"]:
            del kept[name or "asks"]
    return {name: tuple(lines) for name, lines in kept.items()}


def _height(sections: Mapping[str, Sequence[Line]]) -> int:
    # A bullet's mark takes two characters of its row.
    return sum(1 + sum(rows(f"**{plain(line)}**") for line in lines) for lines in sections.values())


def _ways(t: Texts, facts: Week) -> list[Block]:
    plain_ways = [
        Button(t("digest.button.list"), "digest.list", facts.id),
        Button(t("digest.button.friction"), "digest.friction", facts.id),
    ]
    if not facts.acknowledged:
        plain_ways.append(Button(t("digest.button.ack"), "digest.ack", facts.id, style="primary"))
    plain_ways.append(Button(t("digest.button.reply"), "digest.reply", facts.id))
    blocks: list[Block] = [Buttons(tuple(plain_ways))]
    if facts.places:
        blocks.append(Buttons((Menu(t("digest.button.evidence"), "digest.open", facts.places, facts.id),)))
    if facts.acknowledged:
        blocks.append(Note(t.line("digest.acknowledged")))
    return blocks


# ---------------------------------------------------------------- drill-down


@dataclass(frozen=True)
class Evidence:
    """What stands behind the lines about one alliance, as its reader may see it; never who wrote friction."""

    alliance: str
    purpose: str
    lenses: tuple[Line, ...]
    contacts: tuple[Line, ...] = ()
    steps: tuple[Line, ...] = ()
    sentences: tuple[Line, ...] = ()
    counts: tuple[Line, ...] = ()


def evidence(t: Texts, facts: Evidence) -> Message:
    """One alliance: its four lenses and the records behind them."""
    blocks: list[Block] = [Paragraph(t.line("digest.evidence.head", alliance=facts.alliance))]
    if facts.purpose:
        blocks.append(Quote(line_of(facts.purpose)))
    blocks.append(Bullets(facts.lenses))
    for name, lines in (
        ("contacts", facts.contacts),
        ("steps", facts.steps),
        ("sentences", facts.sentences),
        ("counts", facts.counts),
    ):
        if lines:
            blocks.extend((Paragraph(t.line(f"digest.evidence.{name}")), Bullets(lines)))
    blocks.append(Note(t.line("digest.evidence.scope")))
    return Message(tuple(blocks), t("digest.evidence.preview", alliance=facts.alliance))


def listing(t: Texts, head: str, groups: Sequence[tuple[str, tuple[Line, ...]]]) -> Message:
    """Alliance by alliance: its name and its lines. `head` is a catalogue key; `groups` are (name, lines)."""
    blocks: list[Block] = [Paragraph(t.line(head))]
    for name, lines in groups:
        blocks.append(Paragraph(t.line("digest.list.name", alliance=name)))
        blocks.append(Bullets(lines))
    if not groups:
        blocks.append(Paragraph(t.line("digest.list.empty")))
    blocks.append(Note(t.line("digest.evidence.scope")))
    return Message(tuple(blocks), t("digest.preview"))


def lens(t: Texts, name: str, word: str, sign: str, sentence: str) -> Line:
    """△ 関係: 気になる — 先方は1名だけ."""
    return t.line("digest.lens", sign=sign, lens=t(f"lens.{name}"), word=t(f"lens.word.{word}"), sentence=sentence)


# ---------------------------------------------------------------- the manager's answer


def reply_form(t: Texts, digest: str, places: tuple[Option, ...]) -> Form:
    """ひと言返す: which alliance, one line to its lead."""
    return Form(
        name="digest.reply",
        title=t("digest.reply.title"),
        submit=t("digest.reply.send"),
        cancel=t("button.cancel"),
        id=digest,
        fields=(
            ChoiceField("alliance", t("digest.reply.alliance"), places, initial=(places[0].value,) if places else ()),
            TextField(
                "text",
                t("digest.reply.text"),
                multiline=True,
                placeholder=t("digest.reply.example"),
                hint=t("digest.reply.hint"),
                longest=_REPLY_LONGEST,
            ),
        ),
    )


def relayed(t: Texts, manager: str, alliance: str, text: str) -> Message:
    """To the lead: the manager's one line. Nothing goes back this way, and it says so."""
    blocks = (
        Paragraph(t.line("digest.relayed", manager=manager, alliance=alliance)),
        Quote(line_of(text)),
        Note(t.line("digest.relayed.back", manager=manager)),
    )
    return Message(blocks, t("digest.relayed.preview", manager=manager))


def seen(t: Texts, manager: str, alliances: Sequence[str]) -> Message:
    """To the lead: the digest was read."""
    line = t.line("digest.seen", manager=manager, alliances=t.join(alliances))
    return Message((Paragraph(line),), t("digest.seen.preview", manager=manager))


def told(t: Texts, key: str) -> Message:
    """A short private answer. `key` is one of `digest.did.*`."""
    return Message((Paragraph(t.line(key)),), t("digest.preview"))


# ---------------------------------------------------------------- examples

_PLACES = (Option("a1", "ノヴァ素材"), Option("a2", "ルミナAI"), Option("a3", "みなと大学"))


def _example(t: Texts) -> Week:
    near = t.line("digest.date.meeting", day=date(2026, 7, 15), alliance="ノヴァ素材", kind=t("kind.regular"))
    breadth = t("signal.breadth.people", n=5, people=1)
    return Week(
        id="d1",
        since=date(2026, 7, 6),
        until=date(2026, 7, 10),
        decisions=2,
        near=1,
        alliances=6,
        contacts=23,
        places=_PLACES,
        sections=(
            Section(
                "asks",
                (
                    t.line(
                        "digest.ask.friction",
                        alliance="ノヴァ素材",
                        text="評価試験の分担が47日決まらず、試験が始められません",
                        severity=t("friction.severity.3"),
                        days=47,
                    ),
                    t.line("digest.ask.no_lead", alliance="アオバ物流"),
                    t.line("digest.ask.near", items=near),
                ),
            ),
            Section(
                "watch",
                (t.line("digest.watch", sign="△", alliance="みなと大学", lens=t("lens.relation"), sentence=breadth),),
            ),
            Section("moved", (t.line("digest.moved.done", alliance="キタ食品", text="店頭テストを2店で始める"),)),
            Section("quiet", (t.line("digest.quiet.gap", alliance="北浜市", days=44, cadence=30),)),
        ),
    )


def _calm_example(t: Texts) -> Week:
    quiet = t.line("digest.quiet.gap", alliance="北浜市", days=44, cadence=30)
    return Week("d1", date(2026, 7, 6), date(2026, 7, 10), (Section("quiet", (quiet,)),), alliances=6, contacts=23)


def _evidence_example(t: Texts) -> Evidence:
    return Evidence(
        alliance="みなと大学",
        purpose="薬が届かない場所をなくす",
        lenses=(lens(t, "relation", "watch", "△", t("signal.breadth.people", n=5, people=1)),),
        contacts=(t.line("digest.evidence.contact", day=date(2026, 7, 3), kind=t("kind.visit"), text="研究室を見学"),),
    )


TEMPLATES: tuple[Template, ...] = (
    Template("digest.week", lambda t: week(t, _example(t))),
    Template("digest.week.calm", lambda t: week(t, _calm_example(t))),
    Template("digest.evidence", lambda t: evidence(t, _evidence_example(t))),
    Template("digest.list", lambda t: listing(t, "digest.list.head", (("みなと大学", _evidence_example(t).lenses),))),
    Template("digest.reply", lambda t: reply_form(t, "d1", _PLACES)),
    Template("digest.relayed", lambda t: relayed(t, "田中", "ノヴァ素材", "ありがとう。7/15は私も出ます")),
    Template("digest.seen", lambda t: seen(t, "田中", ("ノヴァ素材", "ルミナAI"))),
    Template("digest.did.acknowledged", lambda t: told(t, "digest.did.acknowledged")),
)
