"""When a member works and which days a company rests: stored settings as the calendar reads them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.calendar import Calendar, Hours, weekday_slot, working_morning
from storage import people, schedules
from storage.models import Member, Organisation, Schedule

MORNING = time(9)
"""When a nudge comes (domain.md §4.2), unless the person starts later."""
SLEPT_THROUGH = timedelta(days=3)
"""How long after its slot a weekly message still makes sense; after that the next one is soon enough."""


def calendar_of(company: Organisation) -> Calendar:
    """The days off of the company: its country's holidays and its own days."""
    days = (day.strip() for day in company.company_days.split(","))
    return Calendar(company.country, frozenset(date.fromisoformat(day) for day in days if day))


def hours_of(person: Member, company: Organisation) -> Hours:
    """When a person works, in their zone."""
    return Hours(
        zone=people.zone_of(person, company),
        start=time.fromisoformat(person.work_start),
        end=time.fromisoformat(person.work_end),
        days=frozenset(int(day) for day in person.work_days),
    )


def morning(cal: Calendar, hours: Hours, day: date) -> datetime:
    """The UTC instant of the person's first working morning on or after `day`: 09:00, or when they start later."""
    return working_morning(cal, hours, day, max(MORNING, hours.start))


def coming_morning(cal: Calendar, hours: Hours, now: datetime) -> datetime:
    """The person's first working morning at or after `now`."""
    today = now.astimezone(ZoneInfo(hours.zone)).date()
    first = morning(cal, hours, today)
    return first if first >= now else morning(cal, hours, date.fromordinal(today.toordinal() + 1))


def local_day(hours: Hours, at: datetime) -> date:
    """The calendar day of an instant where the person is."""
    return at.astimezone(ZoneInfo(hours.zone)).date()


def is_away(person: Member, day: date) -> bool:
    """Whether the person said that they are away on that day; their backup hears instead (product.md §5)."""
    return person.away_until is not None and day <= person.away_until


def steady(schedule: Schedule, natural: datetime, *, cycle: str, otherwise: datetime) -> datetime:
    """When a notice whose time `natural` may lie in the past is due: as was planned, else at `otherwise`.

    A morning that is over when something is planned for the first time (a backdated line, a new role) is not made up
    for at once, but what was planned and slept through is.
    """
    if natural >= otherwise:
        return natural
    planned = schedule.next_due_at
    if planned is not None and schedule.cycle == cycle:
        return min(planned, otherwise)
    return otherwise


def week_of(day: date) -> str:
    """The ISO week of a day: 2026-W28."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def weekly(
    session: Session, schedule: Schedule, cal: Calendar, hours: Hours, *, now: datetime, weekday: int, at: time
) -> tuple[datetime, str]:
    """The next weekly slot of a schedule and its ISO week, one a week; a slot slept through counts for three days."""
    planned = schedule.next_due_at
    if planned is not None and planned <= now <= planned + SLEPT_THROUGH:
        week = week_of(local_day(hours, planned))
        if schedule.cycle == week and 0 not in schedules.spent(session, schedule, week):
            return planned, week
    slot = weekday_slot(cal, hours, now, weekday, at)
    week = week_of(local_day(hours, slot))
    while 0 in schedules.spent(session, schedule, week):
        slot = weekday_slot(cal, hours, slot, weekday, at)
        week = week_of(local_day(hours, slot))
    return slot, week
