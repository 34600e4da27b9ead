"""What a planned meeting looks like: its card, the question afterwards, the list and the forms; pure words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Field,
    Form,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    Template,
    TextField,
)
from handlers.text import Texts

REPEATS = (0, 1, 2, 3, 4)
"""Weeks between two meetings that the form offers; 0 = once."""
USUAL_TIME = "10:00"
LONGEST = 100


@dataclass(frozen=True)
class MeetingFacts:
    """One meeting: `at` in the reader's zone, `every` the weeks to the next one of its series (0 = none).

    `day` is the ISO day in the meeting's own zone that names it within a series. `state` is planned, logged, moved or
    skipped.
    """

    id: str
    version: int
    alliance_id: str
    alliance: str
    at: datetime
    day: str
    kind: str = "regular"
    title: str = ""
    every: int = 0
    state: str = "planned"
    reason: str = ""


def what(t: Texts, facts: MeetingFacts) -> str:
    """What kind of meeting, by its own title where it has one."""
    return facts.title or t(f"kind.{facts.kind}")


def line(t: Texts, facts: MeetingFacts) -> Line:
    """11/24(火) 10:00 ノヴァ素材 定例(隔週) as one line."""
    name = what(t, facts)
    if facts.every:
        name = t("meeting.repeats", what=name, repeat=repeat(t, facts.every))
    return t.line("meeting.line", at=facts.at, alliance=facts.alliance, what=name)


def repeat(t: Texts, weeks: int) -> str:
    """一度だけ, 毎週, 隔週, 3週間ごと."""
    return t(f"meeting.repeat.{weeks}") if weeks in {0, 1, 2} else t("meeting.repeat.weeks", n=weeks)


def card(t: Texts, facts: MeetingFacts, *, head: Line) -> Message:
    """A planned meeting with what has just happened to it, and how to change that."""
    blocks: list[Block] = [Paragraph(head), Paragraph(line(t, facts))]
    if facts.state == "planned":
        blocks.append(Note(t.line("meeting.promise")))
    blocks.append(Buttons(_ways(t, facts)))
    return Message(tuple(blocks), t("meeting.preview"))


def _ways(t: Texts, facts: MeetingFacts) -> tuple[Button, ...]:
    if facts.state != "planned":
        return (Button(t("meeting.button.restore"), "meeting.restore", facts.id, facts.version),)
    ways = (_button(t, facts, "move"), _button(t, facts, "skip"))
    if not facts.every:
        return ways
    sure = Confirm(t("meeting.stop.title"), t("meeting.stop.text"), t("meeting.button.stop"), t("button.cancel"))
    return *ways, replace(_button(t, facts, "stop"), confirm=sure)


def _button(t: Texts, facts: MeetingFacts, action: str) -> Button:
    return Button(t(f"meeting.button.{action}"), f"meeting.{action}", facts.id, facts.version, facts.day)


def after(t: Texts, facts: MeetingFacts) -> Message:
    """After the planned time: one tap logs it, moves it, or skips it with a reason (product.md §5)."""
    if facts.state != "planned":
        settled = t.line(
            f"meeting.after.{facts.state}", alliance=facts.alliance, what=what(t, facts), on=facts.at.date()
        )
        return Message((Paragraph(settled),), t("meeting.preview"))
    log = Button(t("meeting.button.held"), "meeting.held", facts.id, facts.version, facts.day, style="primary")
    words = Button(t("meeting.button.words"), "touchpoint.open", choice=facts.alliance_id)
    return Message(
        (
            Paragraph(t.line("meeting.after", alliance=facts.alliance, what=what(t, facts), on=facts.at.date())),
            Buttons((log, words, _button(t, facts, "move"), _button(t, facts, "skip"))),
        ),
        t("meeting.after.preview"),
    )


def listing(t: Texts, alliance_id: str, alliance: str, rows: Sequence[MeetingFacts]) -> Message:
    """What is planned with one alliance."""
    blocks: list[Block] = [Paragraph(t.line("meeting.list", alliance=alliance))]
    blocks.extend(
        Paragraph(line(t, row), Button(t("meeting.button.open"), "meeting.show", row.id, row.version, row.day))
        for row in rows
    )
    if not rows:
        blocks.append(Note(t.line("meeting.list.empty")))
    blocks.append(Buttons((Button(t("meeting.button.add"), "meeting.add", alliance_id),)))
    return Message(tuple(blocks), t("meeting.preview"))


# ---------------------------------------------------------------- forms


def plan_form(
    t: Texts,
    options: Sequence[Option],
    *,
    alliance_id: str = "",
    on: date | None = None,
    time: str = USUAL_TIME,
    every: int = 0,
    title: str = "",
    waiting: str = "",
) -> Form:
    """A meeting to plan; `waiting` is the entry whose future day led here."""
    repeats = tuple(Option(str(weeks), repeat(t, weeks)) for weeks in sorted({*REPEATS, every}))
    return Form(
        name="meeting.new",
        title=t("meeting.new.title"),
        submit=t("meeting.new.submit"),
        cancel=t("button.cancel"),
        id=waiting,
        fields=(
            ChoiceField(
                "alliance", t("meeting.form.alliance"), tuple(options), initial=(alliance_id,) if alliance_id else ()
            ),
            *_when(t, on, time),
            ChoiceField("repeat", t("meeting.form.repeat"), repeats, initial=(str(every),)),
            TextField(
                "title",
                t("meeting.form.title"),
                initial=title[:LONGEST],
                placeholder=t("meeting.form.title.example"),
                optional=True,
                longest=LONGEST,
            ),
        ),
    )


def move_form(t: Texts, facts: MeetingFacts, days: Sequence[Option]) -> Form:
    """日時を変える; of a series one meeting only, the others stay."""
    return Form(
        name="meeting.move",
        title=t("meeting.move.title"),
        submit=t("alliance.button.save"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(*_which(t, facts, days), *_when(t, None, f"{facts.at:%H:%M}")),
        intro=(Paragraph(line(t, facts)),),
    )


def skip_form(t: Texts, facts: MeetingFacts, days: Sequence[Option]) -> Form:
    """見送る, with the reason in a word."""
    return Form(
        name="meeting.skip",
        title=t("meeting.skip.title"),
        submit=t("meeting.skip.submit"),
        cancel=t("button.cancel"),
        id=facts.id,
        version=facts.version,
        fields=(
            *_which(t, facts, days),
            TextField(
                "reason", t("meeting.form.reason"), placeholder=t("meeting.form.reason.example"), longest=LONGEST
            ),
        ),
        intro=(Paragraph(line(t, facts)),),
    )


def _when(t: Texts, on: date | None, time: str) -> tuple[Field, Field]:
    return (
        DateField("on", t("meeting.form.on"), initial=on.isoformat() if on else ""),
        TextField("time", t("meeting.form.time"), initial=time, hint=t("meeting.form.time.hint"), longest=5),
    )


def _which(t: Texts, facts: MeetingFacts, days: Sequence[Option]) -> tuple[Field, ...]:
    if not facts.every:
        return ()
    return (ChoiceField("which", t("meeting.form.which"), tuple(days), initial=(facts.day,)),)


# ---------------------------------------------------------------- examples

_MEETING = MeetingFacts("m1", 1, "a1", "ノヴァ素材", datetime(2026, 11, 24, 10, 0, tzinfo=UTC), "2026-11-24", every=2)
_ONCE = replace(_MEETING, id="m2", alliance="みなと大学", every=0, title="中間報告会", kind="meeting")
_DAYS = (Option("2026-11-24", "11/24"), Option("2026-12-08", "12/8"))

TEMPLATES: tuple[Template, ...] = (
    Template("meeting.planned", lambda t: card(t, _MEETING, head=t.line("meeting.planned"))),
    Template(
        "meeting.skipped",
        lambda t: card(t, replace(_ONCE, state="skipped"), head=t.line("meeting.skipped", reason="先方の決算期")),
    ),
    Template("meeting.after", lambda t: after(t, _MEETING)),
    Template("meeting.after.logged", lambda t: after(t, replace(_MEETING, state="logged"))),
    Template(
        "meeting.list", lambda t: listing(t, "a1", "ノヴァ素材", (_MEETING, replace(_ONCE, alliance="ノヴァ素材")))
    ),
    Template("meeting.list.empty", lambda t: listing(t, "a1", "ノヴァ素材", ())),
    Template(
        "meeting.new",
        lambda t: plan_form(t, (Option("a1", "ノヴァ素材"), Option("a2", "ルミナAI")), alliance_id="a1", every=2),
    ),
    Template("meeting.move", lambda t: move_form(t, _MEETING, _DAYS)),
    Template("meeting.skip", lambda t: skip_form(t, _MEETING, _DAYS)),
)
