"""Working days, windows and weekly slots, in Japan and where clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.calendar import (
    Calendar,
    Hours,
    elapsed_days,
    is_working_day,
    next_window,
    weekday_slot,
    working_morning,
)

JAPAN = Calendar()
TOKYO = Hours("Asia/Tokyo")
ALL_DAYS = frozenset(range(7))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
ZONES = st.sampled_from(["Asia/Tokyo", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata"])


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    "day",
    [
        "2024-02-12", "2025-11-24", "2026-05-06", "2027-03-22",  # 振替休日
        "2026-09-22",  # 国民の休日
        "2026-08-13", "2026-08-14",  # お盆
        "2026-12-29", "2026-12-31", "2027-01-01",  # 年末年始
        "2026-07-04", "2026-07-05",  # a weekend
    ],
)  # fmt: skip
def test_days_off(day: str) -> None:
    assert not is_working_day(JAPAN, date.fromisoformat(day))


def test_company_days_and_other_countries() -> None:
    founding = date(2026, 7, 1)
    assert is_working_day(JAPAN, founding)
    assert not is_working_day(Calendar(extra=frozenset({founding})), founding)
    assert is_working_day(Calendar("US"), date(2026, 8, 13))
    assert not is_working_day(Calendar("US"), date(2026, 11, 26))


def test_working_morning_is_local_and_moved_not_dropped() -> None:
    assert working_morning(JAPAN, TOKYO, date(2026, 7, 4)) == tokyo("2026-07-06T08:30")
    assert working_morning(JAPAN, TOKYO, date(2026, 7, 6), time(16)) == tokyo("2026-07-06T16:00")


def test_a_slot_in_the_gap_and_in_the_overlap_happens_once() -> None:
    new_york = Hours("America/New_York", days=ALL_DAYS)
    gap = working_morning(Calendar("US"), new_york, date(2026, 3, 8), time(2, 30))
    assert gap == datetime(2026, 3, 8, 7, tzinfo=UTC)
    overlap = working_morning(Calendar("US"), new_york, date(2026, 11, 1), time(1, 30))
    assert overlap == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "window"),
    [
        ("2026-07-01T07:00", "2026-07-01T08:30"),
        ("2026-07-01T08:30", "2026-07-01T08:30"),
        ("2026-07-01T17:59", "2026-07-01T17:59"),
        ("2026-07-01T18:00", "2026-07-02T08:30"),
        ("2026-07-03T20:00", "2026-07-06T08:30"),
        ("2026-08-12T19:00", "2026-08-17T08:30"),
    ],
)
def test_next_window(now: str, window: str) -> None:
    assert next_window(JAPAN, TOKYO, tokyo(now)) == tokyo(window)


@pytest.mark.parametrize(
    ("after", "slot"),
    [
        ("2026-07-05T12:00", "2026-07-06T08:30"),
        ("2026-07-06T08:30", "2026-07-13T08:30"),
        ("2026-07-17T12:00", "2026-07-21T08:30"),  # Monday the 20th is 海の日
        ("2026-07-20T12:00", "2026-07-21T08:30"),  # … and after its own time the moved slot still lies ahead
        ("2026-12-28T09:00", "2027-01-04T08:30"),
    ],
)
def test_monday_slot(after: str, slot: str) -> None:
    assert weekday_slot(JAPAN, TOKYO, tokyo(after), 0, time(8, 30)) == tokyo(slot)


def test_an_afternoon_slot_moves_to_the_morning() -> None:
    assert weekday_slot(JAPAN, TOKYO, tokyo("2026-08-12T12:00"), 3, time(16)) == tokyo("2026-08-17T08:30")


def test_elapsed_days_count_weekends_but_no_holidays() -> None:
    assert elapsed_days(JAPAN, date(2026, 7, 1), date(2026, 7, 16)) == 15
    assert elapsed_days(JAPAN, date(2026, 7, 16), date(2026, 7, 27)) == 10
    assert elapsed_days(JAPAN, date(2026, 7, 16), date(2026, 7, 1)) == 0


@given(now=INSTANTS, zone=ZONES)
def test_a_window_is_never_before_now_and_always_inside_working_hours(now: datetime, zone: str) -> None:
    hours = Hours(zone)
    window = next_window(JAPAN, hours, now)
    local = window.astimezone(ZoneInfo(zone))
    assert window >= now
    assert is_working_day(JAPAN, local.date())
    assert hours.start <= local.time() < hours.end
    assert next_window(JAPAN, hours, window) == window


@given(after=INSTANTS, zone=ZONES, weekday=st.integers(0, 6), minutes=st.integers(0, 24 * 60 - 1))
def test_slots_follow_each_other_a_week_apart_and_end_never(
    after: datetime, zone: str, weekday: int, minutes: int
) -> None:
    at = time(minutes // 60, minutes % 60)
    first = weekday_slot(JAPAN, Hours(zone), after, weekday, at)
    second = weekday_slot(JAPAN, Hours(zone), first, weekday, at)
    assert after < first < second
    assert second - first <= timedelta(days=22)
    assert is_working_day(JAPAN, first.astimezone(ZoneInfo(zone)).date())
