"""One screen before a talk: purpose, people, last talks, what is open on both sides, dates; and the tap after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import alliance_card, capture, lookup, meeting_card, meetings, nextsteps, step_card
from handlers.alliance_card import Person
from handlers.capture import Given
from handlers.errors import UserError
from handlers.meeting_card import MeetingFacts
from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    Fact,
    Facts,
    Heading,
    Line,
    Message,
    Note,
    Paragraph,
    Quote,
    Template,
    line_of,
)
from handlers.request import Ctx, Press, Reply
from handlers.step_card import StepFacts
from handlers.text import Texts
from storage import alliances, friction, touchpoints
from storage import meetings as planned
from storage import nextsteps as stored_steps
from storage.models import Alliance, Member
from storage.viewer import Viewer

TALKS = 3
OPEN = 3
"""Friction notes, and steps of each side, that fit one screen."""
LONGEST = 60


@dataclass(frozen=True)
class Talk:
    """One of the last touchpoints."""

    on: date
    kind: str
    summary: str


@dataclass(frozen=True)
class Worry:
    """An open friction note as the reader may know it; `days` is its age."""

    text: str
    category: str
    severity: int
    days: int


@dataclass(frozen=True)
class Brief:
    """All that fits one screen about an alliance; what did not fit is in `more_*` as numbers."""

    alliance_id: str
    alliance: str
    purpose: str
    purpose_days: int
    ours: tuple[Person, ...] = ()
    theirs: tuple[Person, ...] = ()
    last: date | None = None
    days: int = 0
    meets: datetime | None = None
    talks: tuple[Talk, ...] = ()
    worries: tuple[Worry, ...] = ()
    steps_ours: tuple[StepFacts, ...] = ()
    steps_theirs: tuple[StepFacts, ...] = ()
    paused_until: date | None = None
    near: bool = True
    more_worries: int = 0
    more_steps: int = 0


def drawn(t: Texts, facts: Brief) -> Message:
    """The screen, for the eye before a talk (reads in 40 seconds)."""
    log = Button(t("alliance.button.log"), "touchpoint.open", choice=facts.alliance_id, style="primary")
    ways = (
        log,
        Button(t("brief.button.friction"), "friction.open", choice=facts.alliance_id),
        *((Button(t("alliance.button.meeting"), "meeting.open", facts.alliance_id),) if facts.near else ()),
        Button(t("alliance.button.open"), "alliance.open", facts.alliance_id),
    )
    blocks = (Heading(t("brief.title", alliance=facts.alliance)), *_body(t, facts), Buttons(ways))
    return Message(blocks, t("brief.preview", alliance=facts.alliance))


def before(t: Texts, meeting: MeetingFacts, facts: Brief, *, past: bool = False) -> Message:
    """The morning of a planned meeting: when, and the brief (product.md §5); settled, what became of it.

    What was held keeps its brief to read, without buttons; `past` = it has begun.
    """
    body = _body(t, replace(facts, meets=None))
    if meeting.state != "planned":
        told = meeting_card.after(t, meeting)
        return replace(told, blocks=(*told.blocks, *body)) if meeting.state == "logged" else told
    head = t.line("brief.before", at=meeting.at, alliance=meeting.alliance, what=meeting_card.what(t, meeting))
    ways = tuple(
        Button(t(f"meeting.button.{what}"), f"meeting.{what}", meeting.id, meeting.version, meeting.day)
        for what in ("move", "skip")
    )
    blocks = (Paragraph(head), *body) if past else (Paragraph(head), *body, Buttons(ways))
    return Message(blocks, t("brief.before.preview", alliance=meeting.alliance))


def _body(t: Texts, facts: Brief) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if facts.purpose and facts.purpose_days:
        blocks.append(Quote(t.line("brief.purpose", purpose=facts.purpose, n=facts.purpose_days)))
    elif facts.purpose:
        blocks.append(Quote(line_of(facts.purpose)))
    else:
        blocks.append(Note(t.line("alliance.no_purpose")))
    if chips := _chips(t, facts):
        blocks.append(Facts(chips))
    blocks.extend(_part(t.line("brief.talks"), [_talk(t, each) for each in facts.talks]))
    worries = [_worry(t, each) for each in facts.worries]
    blocks.extend(_part(t.line("brief.worries"), worries))
    blocks.extend(_part(t.line("brief.steps.ours"), [step_card.line(t, each) for each in facts.steps_ours]))
    blocks.extend(_part(t.line("brief.steps.theirs"), [step_card.line(t, each) for each in facts.steps_theirs]))
    if facts.more_worries or facts.more_steps:
        blocks.append(Note(t.line("brief.more", n=facts.more_worries + facts.more_steps)))
    return tuple(blocks)


def _chips(t: Texts, facts: Brief) -> tuple[Fact, ...]:
    chips: list[Fact] = []
    for key, people in (("alliance.chip.ours", facts.ours), ("alliance.chip.theirs", facts.theirs)):
        if people:
            chips.append(Fact(t(key), line_of(t.join(alliance_card.person(t, each) for each in people))))
    if facts.near:
        chips.append(Fact(t("alliance.chip.last"), alliance_card.last_talk(t, facts.last, facts.days)))
    if facts.meets and facts.near:
        chips.append(Fact(t("alliance.chip.next"), line_of(t.moment(facts.meets))))
    if facts.paused_until:
        chips.append(Fact(t("brief.chip.paused"), line_of(t.day(facts.paused_until))))
    return tuple(chips)


def _talk(t: Texts, each: Talk) -> Line:
    if lookup.says_kind(each.kind, each.summary):
        return t.line("brief.talk.bare", on=each.on, summary=_cut(each.summary))
    return t.line("brief.talk", on=each.on, kind=t(f"kind.{each.kind}"), summary=_cut(each.summary))


def _worry(t: Texts, each: Worry) -> Line:
    label = t(f"friction.category.{each.category}") if each.category else t("brief.uncategorised")
    severity = t(f"friction.severity.{each.severity}")
    return t.line("brief.worry", text=_cut(each.text), category=label, severity=severity, n=each.days)


def _part(title: Line, items: Sequence[Line]) -> tuple[Block, ...]:
    return (Paragraph(title), Bullets(tuple(items))) if items else ()


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


# ---------------------------------------------------------------- what is asked of it


def brief(ctx: Ctx, text: str) -> Reply:
    """`/alliance brief <name>`."""
    return _reply(ctx, lookup.find(ctx, text, action="alliance.brief"))


def open_brief(ctx: Ctx, press: Press) -> Reply:
    """[要点]."""
    return _reply(ctx, lookup.one(ctx, press.id))


def held(ctx: Ctx, press: Press) -> Reply:
    """[予定どおり]: the planned meeting took place; one tap logs it."""
    row = planned.get(ctx.session, ctx.viewer, press.id)
    if row is None or not lookup.is_near(ctx, row.alliance_id):
        raise UserError("meeting.gone")
    again = Button(ctx.t("meeting.button.open"), "meeting.show", row.id, row.version)
    lookup.require_fresh(ctx, row, press.version, noun="meeting", again=again)
    at = meetings.start_of(row, press.choice)
    if at > ctx.now:
        raise UserError("meeting.not_yet", buttons=(again,))
    on = at.astimezone(ZoneInfo(row.zone)).date()
    words = row.title or ctx.t(f"kind.{row.kind}")
    reply = capture.log(ctx, "touchpoint", words, Given(alliance_id=row.alliance_id, on=on, kind=row.kind))
    return replace(reply, replace=True)


def _reply(ctx: Ctx, alliance: Alliance) -> Reply:
    facts = facts_of(ctx.session, ctx.viewer, alliance, now=ctx.now, zone=ctx.zone)
    return Reply(message=drawn(ctx.t, facts))


def facts_of(session: Session, viewer: Viewer, alliance: Alliance, *, now: datetime, zone: ZoneInfo) -> Brief:
    """The brief for `viewer`: only what they may read; `now` aware, days counted in their `zone`."""
    org, today = alliance.organisation_id, now.astimezone(zone).date()
    people = alliances.people(session, org, alliance.id)
    last = touchpoints.last_interactive(session, org, alliance.id)
    meets = planned.next_of(session, org, alliance.id, now)
    worries = _worries(session, viewer, alliance, today)
    steps = [
        nextsteps.facts_of(session, viewer, each, today=today)
        for each in stored_steps.open_of(session, viewer, alliance.id)
    ]
    ours = [each for each in steps if each.side != "theirs"]
    theirs = [each for each in steps if each.side == "theirs"]
    return Brief(
        alliance_id=alliance.id,
        alliance=alliance.name,
        purpose=alliance.purpose,
        purpose_days=(today - (alliance.purpose_confirmed_on or alliance.started_on)).days,
        ours=tuple(Person(who.name, role.role) for role, who in people if isinstance(who, Member)),
        theirs=tuple(Person(who.name, role.role, who.title) for role, who in people if not isinstance(who, Member)),
        last=last.on if last else None,
        days=max(0, (today - last.on).days) if last else 0,
        meets=meets.at.astimezone(zone) if meets else None,
        talks=tuple(
            Talk(each.on, each.kind, each.summary) for each in touchpoints.latest(session, viewer, alliance.id, TALKS)
        ),
        worries=tuple(worries[:OPEN]),
        steps_ours=tuple(ours[:OPEN]),
        steps_theirs=tuple(theirs[:OPEN]),
        paused_until=alliance.paused_until,
        near=viewer.system or alliance.id in viewer.near,
        more_worries=max(0, len(worries) - OPEN),
        more_steps=max(0, len(ours) - OPEN) + max(0, len(theirs) - OPEN),
    )


def _worries(session: Session, viewer: Viewer, alliance: Alliance, today: date) -> list[Worry]:
    """Open notes, the gravest and oldest first; who only manages reads the approved sentences (decision 10)."""
    if alliance.id in viewer.manages and alliance.id not in viewer.on_team:
        known = friction.sentences(session, viewer, [alliance.id])
        return [Worry(each.text, each.category, each.severity, (today - each.on).days) for each in known]
    notes = friction.open_of(session, viewer, alliance.id)
    notes.sort(key=lambda each: (-each.severity, each.on))
    return [Worry(each.text, each.category, each.severity, (today - each.on).days) for each in notes]


# ---------------------------------------------------------------- examples

_STEP = StepFacts("s1", 1, "試験計画を送る", "ノヴァ素材", owner="田中", due=date(2026, 7, 9))
_BRIEF = Brief(
    alliance_id="a1",
    alliance="ノヴァ素材",
    purpose="検査を人に優しく",
    purpose_days=82,
    ours=(Person("田中", "lead"), Person("高橋", "backup")),
    theirs=(Person("佐藤", "counterpart", "開発部 課長"),),
    last=date(2026, 7, 1),
    days=15,
    meets=datetime(2026, 7, 21, 10, 0, tzinfo=UTC),
    talks=(
        Talk(date(2026, 7, 1), "regular", "試作は順調。評価の手順を合わせた"),
        Talk(date(2026, 6, 17), "visit", "工場を見学。検査工程の課題を共有"),
        Talk(date(2026, 6, 3), "call", "試作の日程を確認"),
    ),
    worries=(Worry("評価試験の分担が決まらない", "ROLE", 2, 47),),
    steps_ours=(_STEP,),
    steps_theirs=(replace(_STEP, id="s2", text="試作品を送る", side="theirs", owner="", due=date(2026, 7, 20)),),
)
_MEETING = MeetingFacts("m1", 1, "a1", "ノヴァ素材", datetime(2026, 7, 21, 10, 0, tzinfo=UTC), "2026-07-21", every=2)

TEMPLATES: tuple[Template, ...] = (
    Template("brief", lambda t: drawn(t, _BRIEF)),
    Template("brief.empty", lambda t: drawn(t, Brief("a7", "Acme Robotics", "", 0))),
    Template("meeting.brief", lambda t: before(t, _MEETING, _BRIEF)),
)
