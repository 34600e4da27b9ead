"""What an alliance looks like: its card, the list of all, and the forms to write and change it; pure words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Fact,
    Facts,
    Form,
    Heading,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    PeopleField,
    Quote,
    Template,
    TextField,
    line_of,
)
from handlers.text import Texts
from storage.models.alliances import STAGES

CADENCES = (7, 14, 21, 30, 60, 90)
USUAL_CADENCE = 14
LONGEST_NAME = 60
LONGEST_PURPOSE = 140


@dataclass(frozen=True)
class Person:
    """Somebody with a role; `title` is what a contact is called at their company."""

    name: str
    role: str
    title: str = ""


@dataclass(frozen=True)
class Card:
    """An alliance as its card shows it. `last` is the last talk and `days` its age, `meets` local time.

    `near`: the reader belongs to its people; others read name, purpose, stage and whom to ask.
    """

    id: str
    version: int
    name: str
    purpose: str
    stage: str
    cadence_days: int
    ours: tuple[Person, ...] = ()
    theirs: tuple[Person, ...] = ()
    rooms: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    last: date | None = None
    days: int = 0
    meets: datetime | None = None
    paused_until: date | None = None
    pause_reason: str = ""
    near: bool = True
    may_change: bool = True


def card(t: Texts, facts: Card, *, head: Line = ()) -> Message:
    """The card: purpose, stage, cadence, people, rooms, and the ways on; `head` says what has just happened."""
    blocks: list[Block] = [Paragraph(head)] if head else []
    blocks.append(Heading(facts.name))
    if facts.paused_until:
        reason = facts.pause_reason or t("alliance.paused.no_reason")
        blocks.append(Paragraph(t.line("alliance.paused", until=facts.paused_until, reason=reason)))
    blocks.append(Quote(line_of(facts.purpose)) if facts.purpose else Note(t.line("alliance.no_purpose")))
    blocks.append(Facts(_chips(t, facts)))
    blocks.extend(_ways(t, facts))
    return Message(tuple(blocks), t("alliance.preview", alliance=facts.name))


def last_talk(t: Texts, last: date | None, days: int) -> Line:
    """7/1(水)・15日前, or that nothing is recorded; the age is in true calendar days (decision 5)."""
    if last is None:
        return t.line("alliance.never")
    if days == 0:
        return t.line("alliance.last.today")
    return t.line("alliance.last", on=last, n=days)


def person(t: Texts, who: Person) -> str:
    """田中(アライアンスリード) and, of theirs, with the title they go by."""
    if who.title:
        return t("alliance.person.titled", name=who.name, title=who.title, role=t(f"role.{who.role}"))
    return t("alliance.person", name=who.name, role=t(f"role.{who.role}"))


def _chips(t: Texts, facts: Card) -> tuple[Fact, ...]:
    stage = t("alliance.stage_and_cadence", stage=t(f"stage.{facts.stage}"), cadence=cadence(t, facts.cadence_days))
    chips = [Fact(t("alliance.chip.stage"), line_of(stage))]
    if facts.near:
        chips.append(Fact(t("alliance.chip.last"), last_talk(t, facts.last, facts.days)))
    if facts.meets and facts.near:
        chips.append(Fact(t("alliance.chip.next"), line_of(t.moment(facts.meets))))
    if facts.ours:
        chips.append(Fact(t("alliance.chip.ours"), line_of(t.join(person(t, each) for each in facts.ours))))
    if facts.theirs:
        chips.append(Fact(t("alliance.chip.theirs"), line_of(t.join(person(t, each) for each in facts.theirs))))
    if facts.rooms:
        chips.append(Fact(t("alliance.chip.rooms"), line_of(t.join(facts.rooms))))
    if facts.aliases:
        chips.append(Fact(t("alliance.chip.aliases"), line_of(t.join(facts.aliases))))
    return tuple(chips)


def _ways(t: Texts, facts: Card) -> tuple[Block, ...]:
    log = Button(t("alliance.button.log"), "touchpoint.open", choice=facts.id, style="primary")
    brief = Button(t("alliance.button.brief"), "alliance.brief", facts.id)
    meets = Button(t("alliance.button.meeting"), "meeting.open", facts.id)
    people = Button(t("alliance.button.people"), "alliance.people", facts.id)
    first = Buttons((log, brief, meets, people) if facts.near else (log, brief, people))
    if not facts.may_change:
        return (first,)
    pause = (
        Button(t("alliance.button.resume"), "alliance.resume", facts.id, facts.version)
        if facts.paused_until
        else Button(t("alliance.button.pause"), "alliance.pause", facts.id, facts.version)
    )
    edit = Button(t("alliance.button.edit"), "alliance.edit", facts.id, facts.version)
    return first, Buttons((edit, pause))


# ---------------------------------------------------------------- the list


@dataclass(frozen=True)
class Row:
    """An alliance in the list: its last talk and what is open; to who isn't `near` it, whom to ask (`lead`)."""

    id: str
    name: str
    last: date | None = None
    days: int = 0
    steps: int = 0
    friction: int = 0
    paused_until: date | None = None
    near: bool = True
    lead: str = ""


@dataclass(frozen=True)
class Listing:
    """The reader's own alliances, those of their teams, all others; `more` were left out. Never ranked."""

    lead: tuple[Row, ...] = ()
    team: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    more: int = 0


def listing(t: Texts, facts: Listing) -> Message:
    """All alliances, mine first; each with its last talk, what is open and a button."""
    groups = (
        (t.line("alliance.list.lead"), facts.lead),
        (t.line("alliance.list.team"), facts.team),
        (t.line("alliance.list.others"), facts.others),
    )
    blocks: list[Block] = []
    for title, rows in groups:
        if rows:
            blocks.append(Paragraph(title))
            blocks.extend(
                Paragraph(row_line(t, row), Button(t("alliance.button.open"), "alliance.open", row.id)) for row in rows
            )
    if not blocks:
        blocks.append(Paragraph(t.line("alliance.list.empty")))
    if facts.more:
        blocks.append(Note(t.line("alliance.list.more", n=facts.more)))
    blocks.append(Buttons((Button(t("alliance.button.new"), "alliance.new"),)))
    return Message(tuple(blocks), t("alliance.list.preview"))


def row_line(t: Texts, row: Row) -> Line:
    """ノヴァ素材: 前回7/1(15日前)、次の一歩2件 as one line."""
    if not row.near:
        return t.line("alliance.row.lead", alliance=row.name, lead=row.lead or t("alliance.row.no_lead"))
    parts = [t.line("alliance.row.paused", until=row.paused_until)] if row.paused_until else []
    last = last_talk(t, row.last, row.days)
    parts.append(t.line("alliance.row.last", last=last) if row.last else last)
    if row.steps:
        parts.append(t.line("alliance.row.steps", n=row.steps))
    if row.friction:
        parts.append(t.line("alliance.row.friction", n=row.friction))
    return t.line("alliance.row", alliance=row.name, state=t.join_lines(parts))


# ---------------------------------------------------------------- forms


@dataclass(frozen=True)
class Editing:
    """An alliance as its form shows it; partners and aliases are comma-separated."""

    id: str
    version: int
    name: str
    purpose: str
    stage: str
    cadence_days: int
    partners: str
    aliases: str


def cadence(t: Texts, days: int) -> str:
    """毎週, 2週間ごと …, or the number of days."""
    return t(f"alliance.cadence.{days}") if days in CADENCES else t("alliance.cadence.days", n=days)


def new_form(t: Texts, *, name: str = "", waiting: str = "") -> Form:
    """Three questions with defaults (domain.md §4.4); `waiting` is the entry that waits for the alliance."""
    return Form(
        name="alliance.new",
        title=t("alliance.new.title"),
        submit=t("alliance.new.submit"),
        cancel=t("button.cancel"),
        id=waiting,
        fields=(
            TextField(
                "name",
                t("alliance.form.name"),
                initial=name[:LONGEST_NAME],
                placeholder=t("alliance.form.name.example"),
                longest=LONGEST_NAME,
            ),
            _purpose(t, ""),
            _cadence(t, USUAL_CADENCE),
            _aliases(t, ""),
            PeopleField("backup", t("alliance.form.backup"), hint=t("alliance.form.backup.hint"), optional=True),
        ),
        intro=(Note(t.line("alliance.new.intro")),),
    )


def edit_form(t: Texts, facts: Editing) -> Form:
    """Every part of an alliance to change."""
    stages = tuple(Option(stage, t(f"stage.{stage}")) for stage in STAGES)
    return Form(
        name="alliance.edit",
        title=t("alliance.edit.title"),
        submit=t("alliance.button.save"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(
            TextField("name", t("alliance.form.own_name"), initial=facts.name, longest=LONGEST_NAME),
            _purpose(t, facts.purpose),
            ChoiceField("stage", t("alliance.form.stage"), stages, initial=(facts.stage,)),
            _cadence(t, facts.cadence_days),
            TextField(
                "partners", t("alliance.form.partners"), initial=facts.partners, hint=t("alliance.form.partners.hint")
            ),
            _aliases(t, facts.aliases),
        ),
    )


def pause_form(t: Texts, row: Row, *, until: date, reason: str = "", version: int = 0) -> Form:
    """休止: until when, and why; both may be changed by resuming at any time."""
    return Form(
        name="alliance.pause",
        title=t("alliance.pause.title"),
        submit=t("alliance.button.pause"),
        cancel=t("button.cancel"),
        id=row.id,
        version=version,
        fields=(
            DateField("until", t("alliance.pause.until"), initial=until.isoformat()),
            TextField("reason", t("alliance.pause.reason"), initial=reason, optional=True, longest=200),
        ),
        intro=(Note(t.line("alliance.pause.intro", alliance=row.name)),),
    )


def _purpose(t: Texts, purpose: str) -> TextField:
    return TextField(
        "purpose",
        t("alliance.form.purpose"),
        initial=purpose,
        placeholder=t("alliance.form.purpose.example"),
        hint=t("alliance.form.purpose.hint"),
        optional=True,
        longest=LONGEST_PURPOSE,
    )


def _cadence(t: Texts, days: int) -> ChoiceField:
    choices = sorted({*CADENCES, days})
    options = tuple(Option(str(each), cadence(t, each)) for each in choices)
    return ChoiceField("cadence", t("alliance.form.cadence"), options, initial=(str(days),))


def _aliases(t: Texts, aliases: str) -> TextField:
    return TextField(
        "aliases",
        t("alliance.form.aliases"),
        initial=aliases,
        placeholder=t("alliance.form.aliases.example"),
        hint=t("alliance.form.aliases.hint"),
        optional=True,
    )


# ---------------------------------------------------------------- examples


def _card() -> Card:
    return Card(
        id="a1",
        version=3,
        name="ノヴァ素材",
        purpose="検査を人に優しく",
        stage="prove",
        cadence_days=14,
        ours=(Person("田中", "lead"), Person("高橋", "backup")),
        theirs=(Person("佐藤", "counterpart", "開発部 課長"),),
        rooms=("#nova-internal",),
        aliases=("ノヴァ", "nova"),
        last=date(2026, 7, 1),
        days=15,
        meets=datetime(2026, 7, 21, 1, 0, tzinfo=UTC),
    )


def _listing() -> Listing:
    return Listing(
        lead=(
            Row("a1", "ノヴァ素材", date(2026, 7, 1), 15, steps=2, friction=1),
            Row("a2", "ルミナAI", date(2026, 7, 16), 0),
        ),
        team=(Row("a3", "みなと大学", date(2026, 6, 20), 26, steps=1),),
        others=(Row("a4", "アオバ物流", near=False, lead="高橋"), Row("a5", "キタ食品", near=False)),
        more=3,
    )


def _paused(t: Texts) -> Message:
    facts = Card("a6", 2, "北浜市", "", "scout", 30, paused_until=date(2026, 9, 1), pause_reason="年度の予算待ち")
    return card(t, facts, head=t.line("alliance.pause.done", alliance="北浜市", until=date(2026, 9, 1)))


def _created(t: Texts) -> Message:
    facts = Card("a7", 1, "Acme Robotics", "", "explore", 14, ours=(Person("田中", "lead"),))
    return card(t, facts, head=t.line("alliance.created", alliance="Acme Robotics"))


TEMPLATES: tuple[Template, ...] = (
    Template("alliance.card", lambda t: card(t, _card())),
    Template("alliance.created", _created),
    Template("alliance.paused", _paused),
    Template("alliance.list", lambda t: listing(t, _listing())),
    Template("alliance.list.empty", lambda t: listing(t, Listing())),
    Template("alliance.new", lambda t: new_form(t, name="ノヴァ素材")),
    Template(
        "alliance.edit",
        lambda t: edit_form(
            t, Editing("a1", 3, "ノヴァ素材", "検査を人に優しく", "prove", 14, "ノヴァ素材", "ノヴァ, nova")
        ),
    ),
    Template(
        "alliance.pause",
        lambda t: pause_form(t, Row("a6", "北浜市"), until=date(2026, 9, 1), reason="年度の予算待ち"),
    ),
)
