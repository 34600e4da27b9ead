"""The check-in as the lead reads it: how long it has been, what to talk about, what can be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    Form,
    Line,
    Message,
    Note,
    Paragraph,
    Template,
    TextField,
    line_of,
)
from handlers.text import Texts


@dataclass(frozen=True)
class Nudge:
    """What a check-in says: true age in calendar days, the agreed rhythm, what to bring up. `final`: the second one."""

    alliance_id: str
    alliance: str
    days: int
    cadence: int
    cycle: str
    last_on: date | None = None
    last_kind: str = ""
    points: tuple[Line, ...] = ()
    final: bool = False


def nudge(t: Texts, facts: Nudge) -> Message:
    """At most seven lines: how long it has been, up to four things to talk about, four ways to answer."""
    blocks: list[Block] = [Paragraph(_head(t, facts))]
    if facts.points:
        blocks.append(Bullets(facts.points))
    else:
        blocks.append(Paragraph(t.line("checkin.quiet")))
    blocks.append(Buttons(_answers(t, facts)))
    if facts.final:
        blocks.append(Note(t.line("checkin.final")))
    return Message(tuple(blocks), t("checkin.preview", alliance=facts.alliance))


def _head(t: Texts, facts: Nudge) -> Line:
    if facts.last_on is None:
        return t.line("checkin.head.none", alliance=facts.alliance, days=facts.days, cadence=facts.cadence)
    return t.line(
        "checkin.head",
        alliance=facts.alliance,
        day=t.short(facts.last_on),
        kind=t(f"kind.{facts.last_kind}"),
        days=facts.days,
        cadence=facts.cadence,
    )


def _answers(t: Texts, facts: Nudge) -> tuple[Button, ...]:
    of, cycle = facts.alliance_id, facts.cycle
    return (
        Button(t("checkin.button.planned"), "checkin.planned", of, choice=cycle),
        Button(t("checkin.button.spoke"), "checkin.spoke", of, choice=cycle, style="primary"),
        Button(t("checkin.button.later"), "checkin.later", of, choice=cycle),
        Button(t("checkin.button.skip"), "checkin.skip", of, choice=cycle),
    )


def settled(t: Texts, line: Line) -> Message:
    """What became of it; nothing is left to press."""
    return Message((Paragraph(line),), t("checkin.settled.preview"))


def skip_form(t: Texts, row: str, version: int, alliance: str) -> Form:
    """今回は見送る: a reason may be given, none is asked for."""
    return Form(
        name="checkin.skip",
        title=t("checkin.skip.title"),
        submit=t("checkin.button.skip"),
        cancel=t("button.cancel"),
        id=row,
        version=version,
        fields=(
            TextField(
                "reason",
                t("checkin.skip.reason"),
                optional=True,
                placeholder=t("checkin.skip.example"),
                longest=200,
            ),
        ),
        intro=(Paragraph(t.line("checkin.skip.intro", alliance=alliance)),),
    )


# ---------------------------------------------------------------- examples


def _example(t: Texts, *, final: bool = False) -> Nudge:
    return Nudge(
        alliance_id="a1",
        alliance="ノヴァ素材",
        days=15,
        cadence=14,
        cycle="t1",
        last_on=date(2026, 7, 1),
        last_kind="regular",
        points=(
            t.line("checkin.point.ours", text="試験計画", day=date(2026, 7, 9)),
            t.line("checkin.point.untold", text="評価試験の分担が決まらない", days=47),
            t.line("checkin.point.purpose", days=82),
            t.line("checkin.point.thanks", text="試作品の早いお届け"),
        ),
        final=final,
    )


TEMPLATES: tuple[Template, ...] = (
    Template("checkin.nudge", lambda t: nudge(t, _example(t))),
    Template("checkin.nudge.final", lambda t: nudge(t, _example(t, final=True))),
    Template("checkin.nudge.first", lambda t: nudge(t, Nudge("a2", "ルミナAI", 16, 14, "start:a2"))),
    Template(
        "checkin.settled.logged",
        lambda t: settled(t, t.line("checkin.settled.logged", day=date(2026, 7, 9), kind=t("kind.regular"))),
    ),
    Template(
        "checkin.settled.later",
        lambda t: settled(t, t.line("checkin.settled.later", alliance="ノヴァ素材", day=date(2026, 7, 19))),
    ),
    Template("checkin.skip", lambda t: skip_form(t, "c1", 1, "ノヴァ素材")),
    Template("checkin.gone", lambda t: settled(t, line_of(t("checkin.gone")))),
)
