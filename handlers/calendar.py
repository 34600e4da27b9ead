"""Which days and hours people work: weekends, public holidays, company days, and local slots as instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

_DAY = timedelta(days=1)
_WEEKEND = (5, 6)
_LOOK_AHEAD = 400  # a closure longer than a year is a wrong setting, not a calendar


@dataclass(frozen=True)
class Calendar:
    """The days off of one company: the public holidays of `country` (ISO 3166) and its own `extra` days."""

    country: str = "JP"
    extra: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Hours:
    """When one person works: IANA `zone`, local `start` and `end`, `days` as `date.weekday()` numbers."""

    zone: str
    start: time = time(8, 30)
    end: time = time(18, 0)
    days: frozenset[int] = frozenset(range(5))


def is_holiday(cal: Calendar, day: date) -> bool:
    """Whether `day` is a public or company holiday; weekends alone are none (product.md §5, platform.md E3)."""
    return day in cal.extra or day in _public(cal.country, day.year) or (cal.country == "JP" and _closed(day))


def is_working_day(cal: Calendar, day: date) -> bool:
    """Whether `day` is neither Saturday or Sunday nor a holiday."""
    return day.weekday() not in _WEEKEND and not is_holiday(cal, day)


def working_morning(cal: Calendar, hours: Hours, day: date, at: time | None = None) -> datetime:
    """The UTC instant of the person's first working day on or after `day`, at local `at` (default: start of work)."""
    return _instant(hours.zone, _first_worked(cal, hours, day), at or hours.start)


def next_window(cal: Calendar, hours: Hours, now: datetime) -> datetime:
    """`now` itself (in UTC) inside the person's working hours, else the UTC instant when they next begin.

    `now` is aware. The end of work is outside; an end that isn't after the start means midnight.
    """
    local = now.astimezone(ZoneInfo(hours.zone))
    today, clock = local.date(), local.time()
    if _works(cal, hours, today):
        if clock < hours.start:
            return max(_instant(hours.zone, today, hours.start), now.astimezone(UTC))
        if clock < hours.end or hours.end <= hours.start:
            return now.astimezone(UTC)
    return working_morning(cal, hours, today + _DAY)


def weekday_slot(cal: Calendar, hours: Hours, after: datetime, weekday: int, at: time) -> datetime:
    """The next weekly slot (`weekday` at local `at`) strictly after the aware instant `after`, in UTC.

    On a day off it moves to the next working morning; if that reaches the following week's slot the two are one.
    """
    local = after.astimezone(ZoneInfo(hours.zone)).date()
    nominal = local + timedelta(days=(weekday - local.weekday()) % 7) - timedelta(days=21)
    for _ in range(_LOOK_AHEAD):
        worked = _first_worked(cal, hours, nominal)
        if (worked - nominal).days < 7:
            slot = _instant(hours.zone, worked, at if worked == nominal else hours.start)
            if slot > after:
                return slot
        nominal += timedelta(days=7)
    return _instant(hours.zone, nominal, at)


def elapsed_days(cal: Calendar, since: date, until: date) -> int:
    """Calendar days from `since` (excluded) to `until` (included) minus holidays; weekends count; never below 0."""
    span = (until - since).days
    return sum(1 for step in range(1, span + 1) if not is_holiday(cal, since + timedelta(days=step)))


@cache
def _public(country: str, year: int) -> frozenset[date]:
    # The library's default language differs by country and version; only dates are used, but it is asked explicitly.
    language = "ja" if country == "JP" else None
    return frozenset(holidays.country_holidays(country, years=year, language=language))


def _closed(day: date) -> bool:
    """お盆 13–16 August and 年末年始 29 December – 3 January, when Japanese companies rest without a law saying so."""
    match day.month:
        case 8:
            return 13 <= day.day <= 16
        case 12:
            return day.day >= 29
        case 1:
            return day.day <= 3
        case _:
            return False


def _works(cal: Calendar, hours: Hours, day: date) -> bool:
    return day.weekday() in (hours.days or frozenset(range(5))) and not is_holiday(cal, day)


def _first_worked(cal: Calendar, hours: Hours, day: date) -> date:
    return next((each for each in _days(day) if _works(cal, hours, each)), day)


def _days(start: date) -> Iterator[date]:
    return (start + timedelta(days=step) for step in range(_LOOK_AHEAD))


def _instant(zone: str, day: date, at: time) -> datetime:
    """A local wall time as a UTC instant: the first of two in an overlap, the end of the gap where it doesn't exist."""
    place = ZoneInfo(zone)
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=place)
    instant = local.astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    # In a gap fold=0 lands after it and fold=1 before it; the change lies between, at a whole second.
    low, high = local.replace(fold=1).astimezone(UTC), instant
    offset = high.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if middle.astimezone(place).utcoffset() == offset else (middle, high)
    return high
