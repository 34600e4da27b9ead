"""What a next step looks like: one line, its card, my own steps, its notices and its forms; pure words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Form,
    Line,
    Link,
    Menu,
    Message,
    Note,
    Option,
    Paragraph,
    PeopleField,
    Quote,
    Template,
    TextField,
)
from handlers.text import Texts
from storage.models.records import STEP_SIDES

LONGEST = 500
SHOWN = 12
"""Steps that one screen shows."""


@dataclass(frozen=True)
class StepFacts:
    """A step as a person sees it. `owner` is the name of ours ("" = nobody), `asked_by` who recorded it ("" = the
    reader), `talk_on` and `talk_kind` the talk it came from, `late` true calendar days since `due`."""

    id: str
    version: int
    text: str
    alliance: str
    side: str = "ours"
    state: str = "accepted"
    owner: str = ""
    due: date | None = None
    late: int = 0
    asked_by: str = ""
    talk_on: date | None = None
    talk_kind: str = ""
    url: str = ""
    mine: bool = True
    today: date | None = None


def line(t: Texts, facts: StepFacts) -> Line:
    """試験計画を送る(田中・7/9(木)) as one line."""
    side = facts.owner or t(f"step.side.{facts.side}")
    if facts.due is None:
        return t.line("step.line", text=facts.text, side=side)
    return t.line("step.line.due", text=facts.text, side=side, due=t.day(facts.due, facts.today))


def origin(t: Texts, facts: StepFacts) -> Line:
    """From whom and from which talk: ノヴァ素材・7/1(水)の定例・佐藤さんより."""
    parts = [t.line("step.of_alliance", alliance=facts.alliance)]
    if facts.talk_on:
        parts.append(t.line("step.from_talk", on=facts.talk_on, kind=t(f"kind.{facts.talk_kind}")))
    if facts.asked_by:
        parts.append(t.line("step.from_person", who=facts.asked_by))
    return t.join_lines(parts)


def card(t: Texts, facts: StepFacts) -> Message:
    """The step with what became of it, and what may be done next."""
    blocks: list[Block] = [Paragraph(t.line(f"step.state.{facts.state}", owner=facts.owner or _nobody(t, facts)))]
    blocks.append(Quote(line(t, facts)))
    blocks.append(Note(origin(t, facts)))
    if facts.state == "elsewhere" and facts.url:
        blocks.append(Paragraph((Link(facts.url, t("step.elsewhere.link")),)))
    blocks.append(Buttons(_ways(t, facts)))
    return Message(tuple(blocks), t("step.preview"))


def _nobody(t: Texts, facts: StepFacts) -> str:
    return t(f"step.side.{facts.side}")


def _ways(t: Texts, facts: StepFacts) -> tuple[Button, ...]:
    match facts.state:
        case "done" | "dropped" | "elsewhere":
            return (_button(t, facts, "reopen"),)
        case "offered" if facts.mine:
            return _offer_ways(t, facts)
        case "open" if facts.side != "theirs":
            return tuple(_button(t, facts, each) for each in ("take", "done", "edit", "drop"))
        case _:
            return tuple(_button(t, facts, each) for each in ("done", "move", "edit", "drop"))


def _offer_ways(t: Texts, facts: StepFacts) -> tuple[Button, ...]:
    accept = replace(_button(t, facts, "accept"), style="primary")
    return accept, *(_button(t, facts, each) for each in ("decline", "move", "elsewhere"))


def _button(t: Texts, facts: StepFacts, what: str, choice: str = "") -> Button:
    return Button(t(f"step.button.{what}"), f"step.{what}", facts.id, facts.version, choice)


# ---------------------------------------------------------------- notices


def offered(t: Texts, facts: StepFacts) -> Message:
    """The next working morning, to a colleague who was given a step (product.md §5): what, from whom, which talk."""
    if facts.state != "offered" or not facts.mine:
        return settled(t, facts)
    blocks: list[Block] = [
        Paragraph(t.line("step.offered", who=facts.asked_by, alliance=facts.alliance)),
        Quote(line(t, facts)),
    ]
    if facts.talk_on:
        blocks.append(Note(t.line("step.from_talk", on=facts.talk_on, kind=t(f"kind.{facts.talk_kind}"))))
    blocks.append(Buttons(_offer_ways(t, facts)))
    return Message(tuple(blocks), t("step.offered.preview"))


def due(t: Texts, facts: StepFacts) -> Message:
    """The morning a step is due, to its owner; one that nobody has taken, to who recorded it."""
    if facts.state not in {"open", "offered", "accepted"}:
        return settled(t, facts)
    if facts.owner and facts.mine:
        key, ways = ("step.due.late" if facts.late else "step.due.today"), ("done", "move", "drop")
    else:
        key, ways = ("step.due.unanswered" if facts.owner else "step.due.nobody"), ("take", "edit", "done", "drop")
    return Message(
        (
            Paragraph(t.line(key, text=facts.text, due=facts.due or "", owner=facts.owner)),
            Note(origin(t, facts)),
            Buttons(tuple(_button(t, facts, each) for each in ways)),
        ),
        t("step.due.preview"),
    )


def theirs(t: Texts, facts: StepFacts) -> Message:
    """Theirs is overdue: our owner is told to ask; the partner is never written to (product.md §5)."""
    if facts.state not in {"open", "offered", "accepted"}:
        return settled(t, facts)
    return Message(
        (
            Paragraph(t.line("step.theirs", alliance=facts.alliance, text=facts.text, due=facts.due or "")),
            Note(origin(t, facts)),
            Buttons(tuple(_button(t, facts, each) for each in ("done", "move", "drop"))),
        ),
        t("step.due.preview"),
    )


def declined(t: Texts, facts: StepFacts, *, by: str) -> Message:
    """To who assigned a step: the colleague is not the one; nobody is pressed further."""
    if facts.state != "open":
        return settled(t, facts)
    return Message(
        (
            Paragraph(t.line("step.declined", who=by, alliance=facts.alliance)),
            Quote(line(t, facts)),
            Buttons(tuple(_button(t, facts, each) for each in ("take", "edit", "drop"))),
        ),
        t("step.declined.preview"),
    )


def settled(t: Texts, facts: StepFacts) -> Message:
    """A notice whose step has moved on: what happened, nothing left to press (decision 16)."""
    owner = facts.owner or _nobody(t, facts)
    if facts.state == "accepted" and facts.due is not None:
        told = t.line("step.settled.accepted_due", text=facts.text, owner=owner, due=facts.due)
    else:
        told = t.line(f"step.settled.{facts.state}", text=facts.text, owner=owner)
    if facts.state in ("done", "dropped"):
        back = Button(t("step.button.reopen"), "step.reopen", facts.id, facts.version)
        return Message((Paragraph(told), Buttons((back,))), t("step.preview"))
    return Message((Paragraph(told),), t("step.preview"))


# ---------------------------------------------------------------- my steps


@dataclass(frozen=True)
class Mine:
    """私の宿題: what waits for my answer, what is late, ahead, undated, and what nobody has taken yet."""

    offered: tuple[StepFacts, ...] = ()
    late: tuple[StepFacts, ...] = ()
    ahead: tuple[StepFacts, ...] = ()
    someday: tuple[StepFacts, ...] = ()
    nobody: tuple[StepFacts, ...] = ()

    @property
    def every(self) -> tuple[StepFacts, ...]:
        """All of them in the order shown."""
        return (*self.offered, *self.late, *self.ahead, *self.someday, *self.nobody)


def mine(t: Texts, facts: Mine, *, head: Line = ()) -> Message:
    """My steps: who asked, from which talk, one tap each; a menu for the rest of what can be done."""
    blocks: list[Block] = [Paragraph(head)] if head else []
    room = SHOWN
    for name, rows, what in (
        ("offered", facts.offered, "accept"),
        ("late", facts.late, "done"),
        ("ahead", facts.ahead, "done"),
        ("someday", facts.someday, "done"),
        ("nobody", facts.nobody, "take"),
    ):
        shown = rows[:room]
        room -= len(shown)
        if shown:
            blocks.append(Paragraph(t.line(f"step.mine.{name}")))
        for each in shown:
            blocks.append(Paragraph(line(t, each), _button(t, each, what, "list")))
            blocks.append(Note(origin(t, each)))
    if not facts.every:
        blocks.append(Paragraph(t.line("step.mine.empty")))
        return Message(tuple(blocks), t("step.mine.preview"))
    if len(facts.every) > SHOWN:
        blocks.append(Note(t.line("step.mine.more", n=len(facts.every) - SHOWN)))
    options = tuple(Option(each.id, each.text[:70]) for each in facts.every)
    blocks.append(Buttons((Menu(t("step.mine.menu"), "step.open", options[:100]),)))
    blocks.append(Note(t.line("step.mine.hint")))
    return Message(tuple(blocks), t("step.mine.preview"))


def which(t: Texts, words: str, rows: tuple[StepFacts, ...]) -> Message:
    """`done <words>` fits several steps: one tap on the one that is meant."""
    return Message(
        (
            Paragraph(t.line("step.which", words=words)),
            *(Paragraph(line(t, each), _button(t, each, "done")) for each in rows[:SHOWN]),
        ),
        t("step.preview"),
    )


# ---------------------------------------------------------------- forms


def move_form(t: Texts, facts: StepFacts) -> Form:
    """日付を変える: one field; empty = no day."""
    return Form(
        name="step.move",
        title=t("step.move.title"),
        submit=t("alliance.button.save"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(
            DateField("due", t("step.form.due"), initial=facts.due.isoformat() if facts.due else "", optional=True),
        ),
        intro=(Quote(line(t, facts)),),
    )


def elsewhere_form(t: Texts, facts: StepFacts) -> Form:
    """別ツールで管理: where it is followed, as a link."""
    return Form(
        name="step.elsewhere",
        title=t("step.elsewhere.title"),
        submit=t("alliance.button.save"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(
            TextField(
                "url",
                t("step.form.url"),
                initial=facts.url,
                placeholder=t("step.form.url.example"),
                hint=t("step.form.url.hint"),
                optional=True,
                longest=LONGEST,
            ),
        ),
        intro=(Quote(line(t, facts)),),
    )


def edit_form(
    t: Texts, facts: StepFacts, *, owner: tuple[str, ...] = (), elsewhere: tuple[ChoiceField, ...] = ()
) -> Form:
    """The whole step; `owner` is the platform's user id of its owner, so that the list opens on them.

    `elsewhere`: the field for colleagues on another platform, where there are any.
    """
    sides = tuple(Option(side, t(f"step.side.{side}")) for side in STEP_SIDES)
    return Form(
        name="step.edit",
        title=t("step.edit.title"),
        submit=t("alliance.button.save"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(
            TextField("text", t("step.form.text"), initial=facts.text, multiline=True, longest=LONGEST),
            ChoiceField("side", t("step.form.side"), sides, initial=(facts.side,), shown=True),
            PeopleField("owner", t("step.form.owner"), initial=owner, hint=t("step.form.owner.hint"), optional=True),
            *elsewhere,
            DateField("due", t("step.form.due"), initial=facts.due.isoformat() if facts.due else "", optional=True),
        ),
    )


# ---------------------------------------------------------------- examples

_PLAN = StepFacts(
    "s1",
    1,
    "試験計画を送る",
    "ノヴァ素材",
    owner="田中",
    due=date(2026, 7, 9),
    talk_on=date(2026, 7, 1),
    talk_kind="regular",
)
_OFFERED = replace(_PLAN, state="offered", owner="高橋", asked_by="田中")
_LATE = replace(_PLAN, late=7)
_NOBODY = replace(_PLAN, id="s3", text="評価用の画像を集める", state="open", side="open", owner="")
_THEIRS = replace(_PLAN, id="s2", text="試作品を送る", state="open", side="theirs", owner="")

TEMPLATES: tuple[Template, ...] = (
    Template("step.card", lambda t: card(t, _PLAN)),
    Template("step.card.offered", lambda t: card(t, _OFFERED)),
    Template("step.card.done", lambda t: card(t, replace(_PLAN, state="done"))),
    Template("step.card.elsewhere", lambda t: card(t, replace(_PLAN, state="elsewhere", url="https://example.com/1"))),
    Template("step.offered", lambda t: offered(t, _OFFERED)),
    Template("step.offered.settled", lambda t: offered(t, replace(_OFFERED, state="accepted"))),
    Template("step.offered.undone", lambda t: offered(t, replace(_OFFERED, state="undone"))),
    Template("step.due", lambda t: due(t, _PLAN)),
    Template("step.due.late", lambda t: due(t, _LATE)),
    Template("step.due.unanswered", lambda t: due(t, replace(_OFFERED, mine=False))),
    Template("step.due.nobody", lambda t: due(t, _NOBODY)),
    Template("step.theirs", lambda t: theirs(t, _THEIRS)),
    Template("step.declined", lambda t: declined(t, _NOBODY, by="高橋")),
    Template(
        "step.mine",
        lambda t: mine(
            t, Mine(offered=(_OFFERED,), late=(_LATE,), someday=(replace(_PLAN, id="s4", due=None),), nobody=(_NOBODY,))
        ),
    ),
    Template("step.mine.empty", lambda t: mine(t, Mine())),
    Template("step.which", lambda t: which(t, "試験", (_PLAN, _NOBODY))),
    Template("step.move", lambda t: move_form(t, _PLAN)),
    Template("step.elsewhere", lambda t: elsewhere_form(t, _PLAN)),
    Template("step.edit", lambda t: edit_form(t, _PLAN)),
)
