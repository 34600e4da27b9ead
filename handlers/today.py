"""今日: one screen for a lead, also the app's own page: what is due, planned and open, in order (product.md §4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers import capture, checkins, meeting_card, meetings, nextsteps, step_card, welcome
from handlers.asking import Lacks, waiting_ways
from handlers.hours import calendar_of
from handlers.meeting_card import MeetingFacts
from handlers.message import Block, Button, Buttons, Heading, Line, Message, Note, Paragraph, Template, Text
from handlers.request import Ctx, Press, Reply
from handlers.step_card import StepFacts
from handlers.text import Texts
from storage import alliances, entries, friction, people, touchpoints
from storage import checkins as answers
from storage import meetings as planned
from storage import nextsteps as stored_steps
from storage.models import Alliance

AHEAD = timedelta(days=7)
SHOWN = 5
"""Rows of one part; the rest is told as a number."""
LONGEST = 40


@dataclass(frozen=True)
class Due:
    """An alliance of the reader whose rhythm has come round."""

    alliance_id: str
    alliance: str
    last: date | None
    days: int


@dataclass(frozen=True)
class Written:
    """An entry of the last 24 h that can still be changed; `open`: what it waits for, None = logged."""

    id: str
    version: int
    raw: str
    open: Lacks | None = None


@dataclass(frozen=True)
class Today:
    """What a person has before them on `day`; `alliances` is how many the company has, `near` how many are theirs.

    `elsewhere`: for who has none, the company's other platform, where theirs may be (decision 12).
    """

    day: date
    alliances: int
    near: int
    offered: tuple[StepFacts, ...] = ()
    late: tuple[StepFacts, ...] = ()
    unanswered: tuple[MeetingFacts, ...] = ()
    due: tuple[Due, ...] = ()
    now: tuple[MeetingFacts, ...] = ()
    soon: tuple[MeetingFacts, ...] = ()
    steps: tuple[StepFacts, ...] = ()
    nobody: tuple[StepFacts, ...] = ()
    friction: int = 0
    written: tuple[Written, ...] = ()
    elsewhere: str = ""

    @property
    def calm(self) -> bool:
        """Whether nothing is due, planned or open."""
        rows = (self.offered, self.late, self.unanswered, self.due, self.now, self.soon, self.steps, self.nobody)
        return not any(rows) and not self.friction


def drawn(t: Texts, facts: Today) -> Message:
    """Due, planned, open, in that order; where nothing exists yet, one working button that shows the way."""
    if not facts.alliances:
        return _first_time(t)
    blocks: list[Block] = [Heading(t("today.head", day=facts.day))]
    blocks += _due(t, facts)
    blocks += _planned(t, facts)
    blocks += _open(t, facts)
    if facts.calm:
        blocks.append(Paragraph(t.line("today.calm" if facts.near else "today.no_team")))
    if facts.elsewhere:
        blocks.append(Note(t.line("platform.both", place=facts.elsewhere)))
    blocks += _written(t, facts.written)
    blocks.append(Buttons(_ways(t)))
    return Message(tuple(blocks), t("today.preview"))


def _first_time(t: Texts) -> Message:
    return Message(
        (
            Heading(t("today.first.head")),
            Paragraph(t.line("today.first.text")),
            Buttons((Button(t("alliance.button.new"), "alliance.new", style="primary"),)),
            Note(t.line("today.first.then")),
        ),
        t("today.preview"),
    )


def _due(t: Texts, facts: Today) -> list[Block]:
    rows = [
        *(Paragraph(_step(t, each), _press(t, each, "accept")) for each in facts.offered),
        *(Paragraph(_late(t, each), _press(t, each, "done")) for each in facts.late),
        *(Paragraph(_unanswered(t, each), _held(t, each)) for each in facts.unanswered),
        *(Paragraph(_contact(t, each), _log(t, each)) for each in facts.due),
    ]
    return _part(t, "today.due", rows)


def _planned(t: Texts, facts: Today) -> list[Block]:
    def row(each: MeetingFacts) -> Paragraph:
        brief = Button(t("alliance.button.brief"), "alliance.brief", each.alliance_id)
        return Paragraph(meeting_card.line(t, each), brief)

    return [
        *_part(t, "today.meetings", [row(each) for each in facts.now]),
        *_part(t, "today.soon", [row(each) for each in facts.soon]),
    ]


def _open(t: Texts, facts: Today) -> list[Block]:
    rows = [
        *(Paragraph(_step(t, each), _press(t, each, "done")) for each in facts.steps),
        *(Paragraph(t.line("today.nobody", step=_step(t, each)), _press(t, each, "take")) for each in facts.nobody),
    ]
    if facts.friction:
        listed = Button(t("today.button.friction"), "friction.list")
        rows.append(Paragraph(t.line("today.friction", n=facts.friction), listed))
    return _part(t, "today.open", rows)


def _part(t: Texts, title: str, rows: Sequence[Paragraph]) -> list[Block]:
    if not rows:
        return []
    more = [Note(t.line("today.more", n=len(rows) - SHOWN))] if len(rows) > SHOWN else []
    return [Paragraph((Text(t(title), strong=True),)), *rows[:SHOWN], *more]


def _step(t: Texts, step: StepFacts) -> Line:
    return t.line("today.step", alliance=step.alliance, step=step_card.line(t, step))


def _late(t: Texts, step: StepFacts) -> Line:
    return t.line("today.step.late", step=_step(t, step)) if step.late else _step(t, step)


def _unanswered(t: Texts, each: MeetingFacts) -> Line:
    return t.line("today.unanswered", meeting=meeting_card.line(t, each))


def _contact(t: Texts, each: Due) -> Line:
    if each.last is None:
        return t.line("today.contact.never", alliance=each.alliance)
    return t.line("today.contact", alliance=each.alliance, on=each.last, n=each.days)


def _written(t: Texts, rows: Sequence[Written]) -> list[Block]:
    """My entries of the last 24 h, each to change or take back; older ones are one press away."""
    blocks: list[Block] = [Paragraph((Text(t("today.written"), strong=True),))] if rows else []
    for each in rows[:SHOWN]:
        line = " ".join(each.raw.split())
        short = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
        edit = Button(t("button.edit"), "entry.edit", each.id, each.version)
        undo = Button(t("button.undo"), "entry.undo", each.id, each.version)
        ways = waiting_ways(t, each.open, each.id, each.version) if each.open else (edit, undo)
        blocks += [Paragraph((Text(short),)), Buttons(ways)]
    if len(rows) > SHOWN:
        blocks.append(Buttons((Button(t("recent.older"), "entry.recent", rows[SHOWN - 1].id),)))
    return blocks


def _press(t: Texts, step: StepFacts, what: str) -> Button:
    return Button(t(f"step.button.{what}"), f"today.{what}", step.id, step.version)


def _held(t: Texts, each: MeetingFacts) -> Button:
    return Button(t("meeting.button.open"), "meeting.after", each.id, each.version, each.day)


def _log(t: Texts, each: Due) -> Button:
    return Button(t("alliance.button.log"), "touchpoint.open", choice=each.alliance_id)


def _ways(t: Texts) -> tuple[Button, ...]:
    return (
        Button(t("alliance.button.log"), "touchpoint.open", style="primary"),
        Button(t("brief.button.friction"), "friction.open"),
        Button(t("today.button.alliances"), "alliance.list"),
        Button(t("step.button.mine"), "step.mine"),
        Button(t("today.button.settings"), "settings.open"),
    )


# ---------------------------------------------------------------- what is asked of it


def today(ctx: Ctx, text: str) -> Reply:
    """`今日` / `today`."""
    del text
    return Reply(message=screen(ctx))


def refresh(ctx: Ctx, press: Press) -> Reply:
    """[今日] as a button."""
    del press
    return Reply(message=screen(ctx))


def done(ctx: Ctx, press: Press) -> Reply:
    """[済み] on this screen: the screen stays."""
    return _again(ctx, nextsteps.press_done(ctx, press))


def accept(ctx: Ctx, press: Press) -> Reply:
    """[引き受ける] on this screen."""
    return _again(ctx, nextsteps.press_accept(ctx, press))


def take(ctx: Ctx, press: Press) -> Reply:
    """[引き受ける] for a step that nobody has, on this screen."""
    return _again(ctx, nextsteps.press_take(ctx, press))


def _again(ctx: Ctx, reply: Reply) -> Reply:
    return replace(reply, message=screen(ctx), replace=True)


def screen(ctx: Ctx) -> Message:
    """The actor's screen as of now."""
    return drawn(ctx.t, facts(ctx))


def facts(ctx: Ctx) -> Today:
    """What the actor has before them, only what they may read."""
    mine = nextsteps.mine_of(ctx)
    until = ctx.today + AHEAD
    near = ctx.viewer.near
    meets = _meetings(ctx)
    today_end = datetime.combine(ctx.today + timedelta(days=1), datetime.min.time(), ctx.zone).astimezone(UTC)
    return Today(
        day=ctx.today,
        alliances=len(alliances.listed(ctx.session, ctx.viewer)),
        near=len(near),
        offered=mine.offered,
        late=(*mine.late, *(each for each in mine.ahead if each.due == ctx.today)),
        unanswered=_unanswered_meetings(ctx),
        due=_contacts_due(ctx),
        now=tuple(each for each in meets if each.at < today_end),
        soon=tuple(each for each in meets if each.at >= today_end),
        steps=(*(each for each in mine.ahead if each.due and ctx.today < each.due <= until), *_theirs(ctx)),
        nobody=mine.nobody,
        friction=sum(1 for each in friction.open_of(ctx.session, ctx.viewer, None) if each.alliance_id in near),
        written=tuple(
            Written(each.id, each.version, each.raw, capture.lacks(ctx, each) if each.state == "pending" else None)
            for each in entries.recent(ctx.session, ctx.viewer, ctx.now - entries.UNDO_FOR, SHOWN + 1)
        ),
        elsewhere="" if near else welcome.other_places(ctx.session, ctx.t, ctx.org, ctx.actor.id),
    )


def _meetings(ctx: Ctx) -> list[MeetingFacts]:
    rows = planned.between(ctx.session, ctx.org, ctx.now, ctx.now + AHEAD)
    return [meetings.facts(ctx, each) for each in rows if each.meeting.alliance_id in ctx.viewer.near]


def _unanswered_meetings(ctx: Ctx) -> tuple[MeetingFacts, ...]:
    rows = planned.unanswered(ctx.session, ctx.org, ctx.now)
    return tuple(meetings.facts(ctx, each) for each in rows if each.meeting.alliance_id in ctx.viewer.on_team)


def _theirs(ctx: Ctx) -> list[StepFacts]:
    """What the partners of the actor's own alliances promised and is due within the week."""
    led = {row.id for row in alliances.led_by(ctx.session, ctx.org, ctx.actor.id)}
    rows = stored_steps.between(ctx.session, ctx.viewer, date.min, ctx.today + AHEAD)
    return [nextsteps.facts(ctx, each) for each in rows if each.side == "theirs" and each.alliance_id in led]


def _contacts_due(ctx: Ctx) -> tuple[Due, ...]:
    """Alliances that the actor leads and whose rhythm has come round: not paused, no meeting ahead, not put off."""
    cal = calendar_of(people.organisation(ctx.session, ctx.org))
    found: list[tuple[date, Due]] = []
    for row in alliances.led_by(ctx.session, ctx.org, ctx.actor.id):
        last = touchpoints.last_interactive(ctx.session, ctx.org, row.id)
        since = last.on if last else row.started_on
        day = checkins.due_day(cal, since, max(row.cadence_days, 1))
        if day <= ctx.today and not _settled(ctx, row, answers.cycle_of(row.id, last)):
            found.append((day, Due(row.id, row.name, last.on if last else None, (ctx.today - since).days)))
    return tuple(due for _, due in sorted(found, key=lambda pair: pair[0]))


def _settled(ctx: Ctx, row: Alliance, cycle: str) -> bool:
    if row.paused_until is not None and row.paused_until > ctx.today:
        return True
    ahead = planned.next_of(ctx.session, ctx.org, row.id, ctx.now)
    if ahead is not None and ahead.at - ctx.now <= timedelta(days=row.cadence_days):
        return True
    given = answers.get(ctx.session, ctx.org, row.id, cycle)
    if given is None:
        return False
    return given.answer == "skipped" or (given.until is not None and given.until > ctx.today)


# ---------------------------------------------------------------- examples

_STEP = StepFacts("s1", 1, "試験計画を送る", "ノヴァ素材", owner="田中", due=date(2026, 7, 9), late=7)
_MEETING = MeetingFacts(
    "m1", 1, "a1", "ノヴァ素材", datetime(2026, 7, 16, 10, 0, tzinfo=ZoneInfo("Asia/Tokyo")), "2026-07-16", every=2
)


def _full(t: Texts) -> Message:
    return drawn(
        t,
        Today(
            day=date(2026, 7, 16),
            alliances=6,
            near=3,
            offered=(replace(_STEP, id="s2", text="画像を集める", state="offered", due=None, late=0, asked_by="高橋"),),
            late=(_STEP,),
            unanswered=(
                replace(_MEETING, id="m2", alliance="みなと大学", at=_MEETING.at - timedelta(days=1), every=0),
            ),
            due=(Due("a2", "ルミナAI", date(2026, 6, 25), 21),),
            now=(_MEETING,),
            soon=(
                replace(
                    _MEETING, id="m3", alliance="アオバ物流", at=_MEETING.at + timedelta(days=4), kind="visit", every=0
                ),
            ),
            nobody=(replace(_STEP, id="s3", text="評価の場所を決める", side="open", owner="", due=None),),
            friction=2,
            written=(Written("e1", 1, "ノヴァ 定例。試作は順調 → 試験計画を送る うち 7/9"),),
        ),
    )


TEMPLATES: tuple[Template, ...] = (
    Template("today", _full),
    Template("today.calm", lambda t: drawn(t, Today(date(2026, 7, 16), 6, 2))),
    Template("today.no_team", lambda t: drawn(t, Today(date(2026, 7, 16), 6, 0))),
    Template("today.first", lambda t: drawn(t, Today(date(2026, 7, 16), 0, 0))),
)
