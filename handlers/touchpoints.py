"""Touchpoints: what a person sees of one, and the forms to write and to change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers import friction_card
from handlers.errors import UserError
from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Fact,
    Facts,
    Form,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    Quote,
    Template,
    Text,
    TextField,
    line_of,
)
from handlers.request import Submit
from handlers.text import Texts
from storage.models.records import KINDS, VISIBILITIES

READ_BACK = 400
"""Characters of a summary that an answer reads back: a wall of text helps nobody between two meetings."""

LONGEST = 3000
"""Characters that a form's text box takes; a typed line may be longer (decision 1)."""


@dataclass(frozen=True)
class Saved:
    """What was understood of a line: ready to be read back. `steps` are composed lines; `on_asked` = the typed day
    was not understood and today was kept; `left`: what was to go and stays, since others have worked on it."""

    entry: str
    version: int
    alliance: str
    kind: str
    on: date
    summary: str
    visibility: str = "team"
    people: tuple[str, ...] = ()
    steps: tuple[Line, ...] = ()
    not_understood: tuple[str, ...] = ()
    author: str = ""
    friction: tuple[Block, ...] = ()
    changed: bool = False
    left: tuple[str, ...] = ()
    today: date | None = None


def saved(t: Texts, facts: Saved) -> Message:
    """The private answer to a log: the parsed parts as chips, and the ways to mend it (product.md §4)."""
    head = t.line("touchpoint.changed" if facts.changed else "touchpoint.saved", alliance=facts.alliance)
    blocks: list[Block] = [Paragraph(head), Facts(_chips(t, facts))]
    if facts.summary:
        blocks.append(Quote(line_of(shortened(facts.summary))))
    if len(facts.summary) > READ_BACK:
        blocks.append(Note(t.line("touchpoint.long", n=len(facts.summary))))
    if facts.not_understood:
        blocks.append(Note(t.line("touchpoint.not_understood", words=t.join(facts.not_understood))))
    if facts.left:
        blocks.append(Note(t.line("undo.left", what=t.join(facts.left))))
    blocks.append(Buttons(_ways(t, facts)))
    blocks.append(Note(t.line(f"visibility.{facts.visibility}.who")))
    blocks.extend(facts.friction)
    return Message(
        tuple(blocks),
        t("touchpoint.changed.preview" if facts.changed else "touchpoint.saved.preview", alliance=facts.alliance),
    )


def shortened(text: str) -> str:
    """The beginning of a long text, for reading back; the whole of it is kept (decision 1)."""
    return text if len(text) <= READ_BACK else f"{text[:READ_BACK]}…"


def _chips(t: Texts, facts: Saved) -> tuple[Fact, ...]:
    day: Line = (Text(t.day(facts.on, facts.today)),)
    if facts.not_understood:
        day = t.line("touchpoint.day_unsure", day=facts.on)
    chips = [
        Fact(t("touchpoint.chip.kind"), line_of(t(f"kind.{facts.kind}"))),
        Fact(t("touchpoint.chip.on"), day),
    ]
    if facts.people:
        chips.append(Fact(t("touchpoint.chip.people"), line_of(t.join(facts.people))))
    if facts.author:
        chips.append(Fact(t("touchpoint.chip.author"), line_of(facts.author)))
    chips.extend(Fact(t("touchpoint.chip.step"), step) for step in facts.steps)
    return tuple(chips)


def _ways(t: Texts, facts: Saved) -> tuple[Button, ...]:
    ways = [
        Button(t("button.edit"), "entry.edit", facts.entry, facts.version),
        Button(t("button.undo"), "entry.undo", facts.entry, facts.version),
    ]
    if not facts.friction:
        ways.append(Button(t("button.friction_too"), "friction.open", facts.entry, facts.version))
    return tuple(ways)


# ---------------------------------------------------------------- forms


@dataclass(frozen=True)
class Editing:
    """A touchpoint as its form shows it; `steps` is one step a line, as it could be typed."""

    entry: str
    version: int
    alliance_id: str
    alliances: tuple[Option, ...]
    on: date
    kind: str
    summary: str
    people: str
    steps: str
    visibility: str


def kind_options(t: Texts) -> tuple[Option, ...]:
    """Every kind of touchpoint (domain.md §3.5) with its label."""
    return tuple(Option(kind, t(f"kind.{kind}")) for kind in KINDS)


def visibility_options(t: Texts) -> tuple[Option, ...]:
    """Who may read: the four steps of product.md §3, in plain words."""
    return tuple(Option(name, t(f"visibility.{name}")) for name in VISIBILITIES)


def new_form(t: Texts, alliances: Sequence[Option], *, here: str = "", text: str = "", entry: str = "") -> Form:
    """The form behind an empty `/touchpoint`: one text box first, everything else optional."""
    return Form(
        name="touchpoint.new",
        title=t("touchpoint.form.title"),
        submit=t("button.save"),
        cancel=t("button.cancel"),
        id=entry,
        fields=(
            TextField(
                "line",
                t("touchpoint.form.line"),
                initial=text[:LONGEST],
                multiline=True,
                placeholder=t("touchpoint.form.line.example"),
                hint=t("touchpoint.form.line.hint"),
                longest=LONGEST,
            ),
            _alliance_field(t, alliances, here, optional=True),
            DateField("on", t("touchpoint.chip.on"), optional=True, hint=t("touchpoint.form.on.hint")),
            ChoiceField("kind", t("touchpoint.chip.kind"), kind_options(t), optional=True),
        ),
    )


def edit_form(t: Texts, facts: Editing) -> Form:
    """Every part of a touchpoint to change; typed again by the same grammar where it is text."""
    return Form(
        name="touchpoint.edit",
        title=t("touchpoint.edit.title"),
        submit=t("button.save"),
        cancel=t("button.cancel"),
        id=facts.entry,
        version=facts.version,
        fields=(
            TextField(
                "summary",
                t("touchpoint.form.summary"),
                initial=facts.summary[:LONGEST],
                multiline=True,
                optional=True,
                longest=LONGEST,
            ),
            _alliance_field(t, facts.alliances, facts.alliance_id, optional=False),
            DateField("on", t("touchpoint.chip.on"), initial=facts.on.isoformat()),
            ChoiceField("kind", t("touchpoint.chip.kind"), kind_options(t), initial=(facts.kind,)),
            TextField(
                "people",
                t("touchpoint.chip.people"),
                initial=facts.people,
                optional=True,
                placeholder=t("touchpoint.form.people.example"),
            ),
            TextField(
                "steps",
                t("touchpoint.chip.step"),
                initial=facts.steps,
                optional=True,
                multiline=True,
                hint=t("touchpoint.form.steps.hint"),
                placeholder=t("touchpoint.form.steps.example"),
            ),
            ChoiceField(
                "visibility", t("touchpoint.form.visibility"), visibility_options(t), initial=(facts.visibility,)
            ),
        ),
    )


def day_of(submit: Submit) -> date | None:
    """The day of the form, None where it is empty; what a picker can't give is refused at its field."""
    try:
        return date.fromisoformat(submit.one("on")) if submit.one("on") else None
    except ValueError as error:
        raise UserError("form.day_wrong", field="on") from error


def kind_of(submit: Submit) -> str:
    """The kind that was chosen, "" where none was."""
    if submit.one("kind") not in ("", *KINDS):
        raise UserError("form.choice_wrong", field="kind")
    return submit.one("kind")


def visibility_of(submit: Submit) -> str:
    """Who may read, "" where nothing was chosen."""
    if submit.one("visibility") not in ("", *VISIBILITIES):
        raise UserError("form.choice_wrong", field="visibility")
    return submit.one("visibility")


def _alliance_field(t: Texts, alliances: Sequence[Option], chosen: str, *, optional: bool) -> ChoiceField:
    return ChoiceField(
        "alliance",
        t("touchpoint.form.alliance"),
        tuple(alliances),
        initial=(chosen,) if chosen else (),
        optional=optional,
        hint=t("touchpoint.form.alliance.hint") if optional else "",
    )


# ---------------------------------------------------------------- examples

_ALLIANCES = (Option("a1", "ノヴァ素材"), Option("a2", "ルミナAI"))


def _example(t: Texts) -> Saved:
    step = t.line("step.line.due", text="試験計画を送る", side=t("step.side.ours"), due=date(2026, 7, 9))
    return Saved(
        entry="e1",
        version=1,
        alliance="ノヴァ素材",
        kind="regular",
        on=date(2026, 7, 1),
        summary="試作は順調",
        people=("佐藤", "高橋"),
        steps=(step,),
    )


def _unsure(t: Texts) -> Message:
    facts = Saved("e1", 1, "ルミナAI", "regular", date(2026, 6, 1), "検証用カメラ", not_understood=("6/31",))
    return saved(t, facts)


def _with_friction(t: Texts) -> Message:
    note = friction_card.inside(friction_card.card(t, replace(friction_card.NOTE, fresh=True, alliance="")))
    return saved(t, replace(_example(t), friction=note))


def _changed(t: Texts) -> Message:
    return saved(t, replace(_example(t), changed=True, left=("試験計画を送る",), today=date(2027, 1, 8)))


TEMPLATES: tuple[Template, ...] = (
    Template("touchpoint.saved", lambda t: saved(t, _example(t))),
    Template("touchpoint.saved.friction", _with_friction),
    Template("touchpoint.changed", _changed),
    Template("touchpoint.saved.unsure", _unsure),
    Template("touchpoint.new", lambda t: new_form(t, _ALLIANCES, here="a1")),
    Template(
        "touchpoint.edit",
        lambda t: edit_form(
            t,
            Editing(
                entry="e1",
                version=1,
                alliance_id="a1",
                alliances=_ALLIANCES,
                on=date(2026, 7, 1),
                kind="regular",
                summary="試作は順調",
                people="佐藤, 高橋",
                steps="試験計画を送る うち 7/9",
                visibility="team",
            ),
        ),
    ),
)
