"""When planned meetings and next steps are spoken of: the brief, the question afterwards, offers, due days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import briefs, meetings, nextsteps, step_card
from handlers import meeting_card as meeting_cards
from handlers.calendar import Calendar, Hours, is_holiday, next_window
from handlers.checkins import recipient
from handlers.hours import calendar_of, coming_morning, hours_of, local_day, morning, steady
from handlers.message import Button, Buttons, Message, Note, Paragraph, Template
from handlers.notice import Plan, Reader
from handlers.step_card import StepFacts
from handlers.text import Texts
from storage import alliances, people, schedules
from storage import meetings as planned
from storage import nextsteps as steps
from storage.meetings import Coming
from storage.models import Member, NextStep, Outbox, PlannedMeeting, Schedule
from storage.viewer import Viewer

AFTER = timedelta(hours=1)
"""A meeting's length isn't known; an hour after its start it can be asked about."""
BEFORE = timedelta(minutes=30)
STALE = timedelta(days=7)
"""A meeting that long ago isn't asked about any more; the digest shows the silence."""
_ASKED_FOR = timedelta(days=3)
_WEEKS = 3
_LONGEST_REST = 60


# ---------------------------------------------------------------- the morning of a meeting


def brief_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """The morning of the next meeting of a row (the schedule's subject), for the lead; in time before an early one."""
    row, who = _meeting(session, schedule, now)
    if row is None or who is None:
        return None
    company = people.organisation(session, row.organisation_id)
    cal, hours = calendar_of(company), hours_of(who, company)
    ahead = [at for at in planned.starts(row) if at > now][:_WEEKS]
    for at in ahead:
        if 0 not in schedules.spent(session, schedule, at.isoformat()):
            due = _before(cal, hours, at)
            return Plan(due, at.isoformat(), member_id=who.id, expires=at, arguments={"at": at.isoformat()})
    return None


def _before(cal: Calendar, hours: Hours, at: datetime) -> datetime:
    """The start of work on the meeting's day; of the working day before, where that is too late or nobody works."""
    day = local_day(hours, at)
    for back in range(_LONGEST_REST):
        start = _start_on(cal, hours, day - timedelta(days=back))
        if start is not None and start <= at - BEFORE:
            return start
    return at - BEFORE


def _start_on(cal: Calendar, hours: Hours, day: date) -> datetime | None:
    """When the person starts to work on that very day, None on a day off."""
    if is_holiday(cal, day) or day.weekday() not in (hours.days or frozenset(range(5))):
        return None
    return datetime.combine(day, hours.start, ZoneInfo(hours.zone)).astimezone(UTC)


def brief_still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the meeting stands as it was planned, else what became of it (brief and aftermath alike)."""
    found = _told(session, row)
    if found is None:
        return "gone"
    outcome = planned.outcome(session, found.meeting, found.at)
    return "" if outcome == "planned" else outcome


def brief_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """When, and everything to know (product.md §5); afterwards what became of it."""
    found = _told(session, row)
    if found is None or reader.member is None:
        return None
    viewer = people.viewer_of(session, reader.member)
    alliance = alliances.get(session, viewer, found.meeting.alliance_id)
    if alliance is None:
        return None
    zone = ZoneInfo(reader.zone)
    seen = meetings.facts_of(session, viewer, found, zone=zone)
    facts = briefs.facts_of(session, viewer, alliance, now=now, zone=zone)
    return briefs.before(reader.t, seen, facts, past=found.at <= now)


# ---------------------------------------------------------------- after a meeting


def after_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """An hour after a meeting began, or the next working morning: the same person is asked what became of it."""
    row, who = _meeting(session, schedule, now)
    if row is None or who is None:
        return None
    company = people.organisation(session, row.organisation_id)
    cal, hours = calendar_of(company), hours_of(who, company)
    behind, ahead = planned.last_start(row, now), planned.next_start(row, now)
    for at in (behind, ahead):
        if at is None or now - at > STALE or 0 in schedules.spent(session, schedule, at.isoformat()):
            continue
        due = next_window(cal, hours, at + AFTER)
        return Plan(due, at.isoformat(), member_id=who.id, expires=due + _ASKED_FOR, arguments={"at": at.isoformat()})
    return None


def after_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """Logged, moved or not held: one tap; afterwards which of them it was."""
    found = _told(session, row)
    if found is None or reader.member is None:
        return None
    viewer = people.viewer_of(session, reader.member)
    return meeting_cards.after(reader.t, meetings.facts_of(session, viewer, found, zone=ZoneInfo(reader.zone)))


def _meeting(session: Session, schedule: Schedule, now: datetime) -> tuple[PlannedMeeting | None, Member | None]:
    org = schedule.organisation_id
    row = planned.get(session, _clock(org), schedule.subject_id)
    if row is None or row.state != "planned":
        return None, None
    alliance = alliances.get(session, _clock(org), row.alliance_id)
    if alliance is None or alliance.stage == "closed":
        return None, None
    return row, recipient(session, alliance, people.organisation(session, org).zone, now)


def _told(session: Session, row: Outbox) -> Coming | None:
    meeting = planned.get(session, _clock(row.organisation_id), row.subject_id)
    if meeting is None or "at" not in row.arguments:
        return None
    return Coming(meeting, datetime.fromisoformat(str(row.arguments["at"])))


# ---------------------------------------------------------------- a step for a colleague


def offered_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """The next working morning of the colleague who was given a step (the schedule's subject)."""
    step = steps.get(session, _clock(schedule.organisation_id), schedule.subject_id)
    if step is None or step.state != "offered" or step.owner_id is None:
        return None
    return _next_morning(session, schedule, step, to=step.owner_id, cycle=f"offer:{step.owner_id}", now=now)


def _next_morning(
    session: Session, schedule: Schedule, step: NextStep, *, to: str, cycle: str, now: datetime
) -> Plan | None:
    person = people.member(session, step.organisation_id, to)
    if person is None or not person.active or 0 in schedules.spent(session, schedule, cycle):
        return None
    company = people.organisation(session, step.organisation_id)
    cal, hours = calendar_of(company), hours_of(person, company)
    natural = morning(cal, hours, local_day(hours, step.created_at) + timedelta(days=1))
    due = steady(schedule, natural, cycle=cycle, otherwise=coming_morning(cal, hours, now))
    return Plan(due, cycle, member_id=person.id, arguments={"about": cycle.partition(":")[0]})


def offered_still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the colleague hasn't answered."""
    step = steps.get(session, _clock(row.organisation_id), row.subject_id)
    if step is None:
        return "undone"
    return "" if (step.state, step.owner_id) == ("offered", row.member_id) else "answered"


def offered_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """What, from whom, from which talk; afterwards what became of it."""
    seen = _step(session, row, reader, now)
    if seen is not None and seen.state == "open" and not seen.mine:
        seen = replace(seen, state="declined")
    return step_card.offered(reader.t, seen) if seen else None


# ---------------------------------------------------------------- a step's day


def step_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """A step that nobody has: its recorder is asked the next morning. A dated one: the morning of its day.

    Theirs: the working morning after the day, to whoever of ours recorded it; on a day off ours come earlier.
    """
    step = steps.get(session, _clock(schedule.organisation_id), schedule.subject_id)
    if step is None or step.state not in steps.LIVE:
        return None
    if step.side == "open" and step.owner_id is None:
        asked = _next_morning(session, schedule, step, to=step.assigned_by, cycle="who", now=now)
        if asked is not None:
            return asked
    if step.due is None:
        return None
    person = _hears(session, step)
    cycle = f"due:{step.due.isoformat()}"
    if person is None or 0 in schedules.spent(session, schedule, cycle):
        return None
    company = people.organisation(session, step.organisation_id)
    cal, hours = calendar_of(company), hours_of(person, company)
    if step.side == "theirs":
        natural = morning(cal, hours, step.due + timedelta(days=1))
    else:
        natural = _on_or_before(cal, hours, step.due)
    due = steady(schedule, natural, cycle=cycle, otherwise=coming_morning(cal, hours, now))
    return Plan(due, cycle, member_id=person.id, arguments={"about": "due", "due": step.due.isoformat()})


def _on_or_before(cal: Calendar, hours: Hours, day: date) -> datetime:
    """The person's last working morning that isn't after `day`."""
    days = (day - timedelta(days=back) for back in range(_LONGEST_REST))
    return morning(cal, hours, next((each for each in days if _start_on(cal, hours, each) is not None), day))


def _hears(session: Session, step: NextStep) -> Member | None:
    """Its owner once accepted, else who recorded it; the alliance's lead where that person has left."""
    person = people.member(session, step.organisation_id, nextsteps.hears_due(step))
    if person is not None and person.active:
        return person
    return alliances.lead_of(session, step.organisation_id, step.alliance_id)


def step_still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the step is open, still has that day, and its hearer is the same."""
    step = steps.get(session, _clock(row.organisation_id), row.subject_id)
    if step is None:
        return "undone"
    if step.state not in steps.LIVE:
        return step.state
    if row.arguments.get("about") == "who":
        return "" if step.side == "open" and step.owner_id is None else "taken"
    if (step.due.isoformat() if step.due else "") != row.arguments.get("due"):
        return "moved"
    person = _hears(session, step)
    return "" if person is not None and person.id == row.member_id else "not_theirs"


def step_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """What is due and from which talk; who takes it, where nobody has; afterwards what became of it."""
    seen = _step(session, row, reader, now)
    if seen is None:
        return None
    if seen.state not in steps.LIVE:
        return step_card.settled(reader.t, seen)
    if row.arguments.get("about") == "who":
        return who(reader.t, seen) if seen.state == "open" else step_card.settled(reader.t, seen)
    return nextsteps.due_message(reader.t, seen)


def who(t: Texts, facts: StepFacts) -> Message:
    """To who recorded a step: nobody was named, who takes it?"""
    ways = tuple(
        Button(t(f"step.button.{what}"), f"step.{what}", facts.id, facts.version)
        for what in ("take", "edit", "done", "drop")
    )
    blocks = (
        Paragraph(t.line("notice.step.who", text=facts.text)),
        Note(step_card.origin(t, facts)),
        Buttons(ways),
    )
    return Message(blocks, t("notice.step.who.preview"))


# ---------------------------------------------------------------- declined


def always(session: Session, row: Outbox, now: datetime) -> str:
    """What was said to somebody is passed on in any case."""
    return ""


def declined_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To who assigned a step: the colleague is not the one."""
    seen = _step(session, row, reader, now)
    by = people.member(session, row.organisation_id, str(row.arguments.get("by", "")))
    return step_card.declined(reader.t, seen, by=by.name if by else "") if seen else None


def _step(session: Session, row: Outbox, reader: Reader, now: datetime) -> StepFacts | None:
    if reader.member is None:
        return None
    viewer = people.viewer_of(session, reader.member)
    step = steps.told(session, viewer, row.subject_id)
    if step is None:
        return None
    today = now.astimezone(ZoneInfo(reader.zone)).date()
    return nextsteps.facts_of(session, viewer, step, today=today)


def _clock(org: str) -> Viewer:
    return Viewer(org, "", system=True)


# ---------------------------------------------------------------- examples

_OPEN = StepFacts("s1", 1, "評価機を手配する", "ノヴァ素材", side="open", state="open", mine=False)

TEMPLATES: tuple[Template, ...] = (Template("notice.step.who", lambda t: who(t, _OPEN)),)
