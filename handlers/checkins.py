"""Check-ins: when the lead is reminded of a partner, with what to talk about, and what they answer (product.md §5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import lookup
from handlers.calendar import Calendar, elapsed_days
from handlers.checkin_card import Nudge, nudge, settled, skip_form
from handlers.errors import UserError
from handlers.hours import calendar_of, coming_morning, hours_of, is_away, local_day, morning, steady
from handlers.message import Line, Message
from handlers.notice import Plan, Reader
from handlers.request import Ctx, Press, Reply, Submit
from handlers.text import Texts
from storage import alliances, checkins, friction, meetings, nextsteps, people, schedules, touchpoints
from storage import updates as shared
from storage.models import Alliance, CheckIn, Member, Outbox, Schedule, Touchpoint
from storage.viewer import Viewer

LATER_DAYS = 3
POINTS = 4
PURPOSE_OLD = 75
"""Days after which the purpose is worth a word (domain.md §4.2)."""
_FAR = 400


# ---------------------------------------------------------------- the rule


@dataclass(frozen=True)
class Rhythm:
    """What a check-in is planned from. `since` is the last contact's day, `meeting_on` that of the next planned one.

    `told_on` is the day of the first nudge of the cycle.
    """

    since: date
    cadence_days: int
    cycle: str
    answer: str = ""
    until: date | None = None
    meeting_on: date | None = None
    rests_until: date | None = None
    told_on: date | None = None


@dataclass(frozen=True)
class Turn:
    """The next nudge: not before `day`; with `cycle` and `level` it is one occurrence (decision 14)."""

    day: date
    cycle: str
    level: int


def later_cycle(cycle: str, until: date) -> str:
    """後で asks for one more nudge: an occurrence of its own."""
    return f"{cycle}@{until.isoformat()}"


def due_day(cal: Calendar, since: date, days: int) -> date:
    """The first day on which `days` calendar days less holidays have passed since `since` (decision 5)."""
    day = since + timedelta(days=days)
    for _ in range(_FAR):
        missing = days - elapsed_days(cal, since, day)
        if missing <= 0:
            break
        day += timedelta(days=missing)
    return day


def next_turn(rhythm: Rhythm, cal: Calendar, today: date, spent: dict[str, frozenset[int]]) -> Turn | None:
    """The first nudge of a cycle at 1.0× the cadence, the second at 1.5×, then none (product.md §5).

    `spent` says which levels of a cycle took place. A second one that is due already makes the first needless.
    """
    if rhythm.answer in ("planned", "skipped"):
        return None
    second = due_day(cal, rhythm.since, -(-rhythm.cadence_days * 3 // 2))
    if rhythm.answer == "later" and rhythm.until is not None:
        asked = later_cycle(rhythm.cycle, rhythm.until)
        if 1 not in spent.get(asked, frozenset()):
            return _behind(rhythm, Turn(rhythm.until, asked, 1))
        second = max(second, rhythm.until + timedelta(days=1))
    if rhythm.told_on is not None:
        # A first one that came late (downtime, a long holiday) isn't followed by the last one a day or two later.
        second = max(second, rhythm.told_on + timedelta(days=-(-rhythm.cadence_days // 4)))
    gone = spent.get(rhythm.cycle, frozenset())
    if 2 in gone:
        return None
    first = due_day(cal, rhythm.since, rhythm.cadence_days)
    if 1 in gone or rhythm.answer == "later" or today >= second:
        return _behind(rhythm, Turn(second, rhythm.cycle, 2))
    return _behind(rhythm, Turn(first, rhythm.cycle, 1))


def _behind(rhythm: Rhythm, turn: Turn) -> Turn:
    """No nudge in a pause, nor while a meeting lies ahead within the cadence: then two days after it."""
    day = turn.day
    if rhythm.rests_until is not None:
        day = max(day, rhythm.rests_until + timedelta(days=1))
    if rhythm.meeting_on is not None and rhythm.meeting_on <= day + timedelta(days=rhythm.cadence_days):
        day = max(day, rhythm.meeting_on + timedelta(days=2))
    return Turn(day, turn.cycle, turn.level)


# ---------------------------------------------------------------- the notice


def next_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """The next nudge of an alliance (the schedule's subject), for its lead, or its backup while the lead is away."""
    org = schedule.organisation_id
    alliance = alliances.get(session, _clock(org), schedule.subject_id)
    if alliance is None or alliance.stage in ("paused", "closed"):
        return None
    company = people.organisation(session, org)
    who = recipient(session, alliance, company.zone, now)
    if who is None:
        return None
    cal, hours = calendar_of(company), hours_of(who, company)
    rhythm = _rhythm(session, alliance, hours.zone, now)
    spent = {rhythm.cycle: schedules.spent(session, schedule, rhythm.cycle)}
    if rhythm.until is not None:
        asked = later_cycle(rhythm.cycle, rhythm.until)
        spent[asked] = schedules.spent(session, schedule, asked)
    told = schedules.took_place(session, schedule, rhythm.cycle, 1)
    rhythm = replace(rhythm, told_on=local_day(hours, told) if told else None)
    turn = next_turn(rhythm, cal, local_day(hours, now), spent)
    if turn is None:
        return None
    due = steady(
        schedule,
        morning(cal, hours, turn.day),
        cycle=turn.cycle,
        otherwise=coming_morning(cal, hours, now),
    )
    arguments = {"cycle": rhythm.cycle, "turn": turn.cycle}
    return Plan(due, turn.cycle, turn.level, member_id=who.id, arguments=arguments)


def recipient(session: Session, alliance: Alliance, zone: str, now: datetime) -> Member | None:
    """The lead, or the backup where there is none or the lead is away; with both away it waits for the lead."""
    org = alliance.organisation_id
    lead = alliances.lead_of(session, org, alliance.id)
    today = now.astimezone(ZoneInfo(zone)).date()
    if lead is not None and is_away(lead, today):
        backup = alliances.backup_of(session, org, alliance.id)
        return backup if backup is not None and not is_away(backup, today) else lead
    return lead


def still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the nudge is worth sending, else why not."""
    org = row.organisation_id
    alliance = alliances.get(session, _clock(org), row.subject_id)
    if alliance is None or alliance.stage in ("paused", "closed"):
        return "resting"
    zone = people.organisation(session, org).zone
    rhythm = _rhythm(session, alliance, zone, now)
    if row.arguments.get("cycle") != rhythm.cycle:
        return "logged"
    if _answered(rhythm, row):
        return "answered"
    if schedules.overtaken(session, org, row.key):
        return "overtaken"
    who = recipient(session, alliance, zone, now)
    if who is None or who.id != row.member_id:
        return "not_theirs"
    today = now.astimezone(ZoneInfo(zone)).date()
    turn = _behind(rhythm, Turn(today, rhythm.cycle, 1))
    return "meeting_ahead" if turn.day > today else ""


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The nudge as of now, or how it was settled."""
    alliance = alliances.get(session, _clock(row.organisation_id), row.subject_id)
    if alliance is None or reader.member is None:
        return None
    viewer = people.viewer_of(session, reader.member)
    if done := _settled(session, row, alliance, reader, now):
        return done
    last = touchpoints.last_interactive(session, row.organisation_id, alliance.id)
    today = now.astimezone(ZoneInfo(reader.zone)).date()
    facts = Nudge(
        alliance_id=alliance.id,
        alliance=alliance.name,
        days=(today - (last.on if last else alliance.started_on)).days,
        cadence=alliance.cadence_days,
        cycle=checkins.cycle_of(alliance.id, last),
        last_on=last.on if last else None,
        last_kind=last.kind if last else "",
        points=talking_points(session, viewer, alliance, reader.t, today),
        final=row.key.endswith(":2"),
    )
    return nudge(reader.t, facts)


def _settled(session: Session, row: Outbox, alliance: Alliance, reader: Reader, now: datetime) -> Message | None:
    t, rhythm = reader.t, _rhythm(session, alliance, reader.zone, now)
    if row.arguments.get("cycle") != rhythm.cycle:
        last = touchpoints.last_interactive(session, row.organisation_id, alliance.id)
        return settled(t, t.line("checkin.settled.logged", day=last.on, kind=t(f"kind.{last.kind}"))) if last else None
    if _answered(rhythm, row):
        name = {"alliance": alliance.name}
        if rhythm.answer == "later" and rhythm.until is not None:
            return settled(t, t.line("checkin.settled.later", day=rhythm.until, **name))
        return settled(t, t.line("checkin.settled.skipped", **name))
    if alliance.stage in ("paused", "closed"):
        return settled(t, t.line("checkin.settled.resting", alliance=alliance.name))
    ahead = meetings.next_of(session, row.organisation_id, alliance.id, now)
    if ahead is not None and _near(ahead.at, alliance, now):
        at = ahead.at.astimezone(ZoneInfo(reader.zone))
        return settled(t, t.line("checkin.settled.planned", alliance=alliance.name, at=at))
    return None


def _answered(rhythm: Rhythm, row: Outbox) -> bool:
    if rhythm.answer == "later" and rhythm.until is not None:
        # The nudge that was asked for, and the second one after it, aren't answered by the wish itself.
        return row.arguments.get("turn") == rhythm.cycle and not row.key.endswith(":2")
    return rhythm.answer in ("planned", "skipped")


def _near(at: datetime, alliance: Alliance, now: datetime) -> bool:
    return at - now <= timedelta(days=alliance.cadence_days)


def _rhythm(session: Session, alliance: Alliance, zone: str, now: datetime) -> Rhythm:
    org = alliance.organisation_id
    last = touchpoints.last_interactive(session, org, alliance.id)
    cycle = checkins.cycle_of(alliance.id, last)
    given = checkins.get(session, org, alliance.id, cycle)
    ahead = meetings.next_of(session, org, alliance.id, now)
    return Rhythm(
        since=last.on if last else alliance.started_on,
        cadence_days=max(alliance.cadence_days, 1),
        cycle=cycle,
        answer=given.answer if given else "",
        until=given.until if given else None,
        meeting_on=ahead.at.astimezone(ZoneInfo(zone)).date() if ahead else None,
        rests_until=alliance.paused_until,
    )


def _clock(org: str) -> Viewer:
    return Viewer(org, "", system=True)


# ---------------------------------------------------------------- what to talk about


def talking_points(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, today: date) -> tuple[Line, ...]:
    """At most four, in the order of domain.md §4.2, only what `viewer` may read."""
    found = [
        *_our_overdue(session, viewer, alliance, t, today),
        *_untold(session, viewer, alliance, t, today),
        *_purpose(alliance, t, today),
        *_theirs(session, viewer, alliance, t),
        *_thanks(session, viewer, alliance, t, today),
    ]
    return tuple(found[:POINTS])


def _our_overdue(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, today: date) -> list[Line]:
    late = [
        step
        for step in nextsteps.open_of(session, viewer, alliance.id)
        if step.side == "ours" and step.due is not None and step.due < today
    ]
    return [t.line("checkin.point.ours", text=step.text, day=step.due or today) for step in late[:1]]


def _untold(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, today: date) -> list[Line]:
    grave = [
        note
        for note in friction.open_of(session, viewer, alliance.id)
        if note.severity >= 2 and note.told in ("", "later")
    ]
    grave.sort(key=lambda note: note.on)
    return [t.line("checkin.point.untold", text=note.text, days=(today - note.on).days) for note in grave[:1]]


def _purpose(alliance: Alliance, t: Texts, today: date) -> list[Line]:
    days = (today - (alliance.purpose_confirmed_on or alliance.started_on)).days
    if days < PURPOSE_OLD or not alliance.purpose:
        return []
    return [t.line("checkin.point.purpose", days=days)]


def _theirs(session: Session, viewer: Viewer, alliance: Alliance, t: Texts) -> list[Line]:
    steps = [step for step in nextsteps.open_of(session, viewer, alliance.id) if step.side == "theirs"]
    if not steps:
        return []
    last = max(steps, key=lambda step: step.id)
    if last.due is None:
        return [t.line("checkin.point.theirs", text=last.text)]
    return [t.line("checkin.point.theirs.due", text=last.text, day=last.due)]


def _thanks(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, today: date) -> list[Line]:
    done = shared.steps_since(session, viewer, alliance.id, today - timedelta(days=30))
    theirs = [step for step in done if step.side == "theirs"]
    return [t.line("checkin.point.thanks", text=step.text) for step in theirs[:1]]


# ---------------------------------------------------------------- presses


def press_later(ctx: Ctx, press: Press) -> Reply:
    """後で: again on the first working morning after three days; the age keeps counting."""
    alliance, row = current(ctx, press)
    company = people.organisation(ctx.session, ctx.org)
    cal, hours = calendar_of(company), hours_of(ctx.actor, company)
    until = local_day(hours, morning(cal, hours, ctx.today + timedelta(days=LATER_DAYS)))
    checkins.answer(ctx.session, row, "later", by=ctx.actor.id, now=ctx.now, until=until)
    return Reply(
        message=settled(ctx.t, ctx.t.line("checkin.settled.later", alliance=alliance.name, day=until)), wake=True
    )


def press_skip(ctx: Ctx, press: Press) -> Reply:
    """今回は見送る: asks for a reason, which may stay empty."""
    alliance, row = current(ctx, press)
    return Reply(form=skip_form(ctx.t, row.id, row.version, alliance.name))


def submit_skip(ctx: Ctx, submit: Submit) -> Reply:
    """Nothing more about this cycle."""
    row = checkins.by_id(ctx.session, ctx.org, submit.id)
    if row is None:
        raise UserError("checkin.gone")
    alliance = lookup.one(ctx, row.alliance_id)
    lookup.require_change(ctx, alliance)
    checkins.answer(ctx.session, row, "skipped", by=ctx.actor.id, now=ctx.now, reason=submit.one("reason"))
    return Reply(message=settled(ctx.t, ctx.t.line("checkin.settled.skipped", alliance=alliance.name)), wake=True)


def current(ctx: Ctx, press: Press) -> tuple[Alliance, CheckIn]:
    """The alliance and cycle that a button was made for; raises UserError where it has been talked to since."""
    alliance = lookup.one(ctx, press.id)
    lookup.require_change(ctx, alliance)
    last = touchpoints.last_interactive(ctx.session, ctx.org, alliance.id)
    cycle = checkins.cycle_of(alliance.id, last)
    if press.choice != cycle:
        raise _talked_since(ctx.t, last)
    return alliance, checkins.asked(ctx.session, alliance, cycle, ctx.now)


def _talked_since(t: Texts, last: Touchpoint | None) -> UserError:
    if last is None:
        return UserError("checkin.gone")
    return UserError("checkin.talked_since", {"day": t.day(last.on), "kind": t(f"kind.{last.kind}")})
