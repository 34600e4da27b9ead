"""The movable business time: forward for people, backward only for a new beginning."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.practice.practice_clock import PracticeClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class RealTime:
    """A real clock that a test winds."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


def test_it_shows_real_time_until_it_is_moved() -> None:
    wall = RealTime()
    clock = PracticeClock(wall)
    wall.at += DAY
    assert (clock(), clock.offset) == (NOON + DAY, timedelta())


def test_moved_ahead_it_runs_on_from_there() -> None:
    wall = RealTime()
    clock = PracticeClock(wall)
    clock.set(NOON + 3 * DAY)
    wall.at += timedelta(minutes=5)
    assert clock() == NOON + 3 * DAY + timedelta(minutes=5)
    assert clock.offset == 3 * DAY
    clock.set(NOON + 4 * DAY)
    assert clock() == NOON + 4 * DAY


def test_it_takes_moments_of_every_zone() -> None:
    clock = PracticeClock(RealTime())
    clock.set(datetime(2026, 11, 21, 21, 0, tzinfo=timezone(timedelta(hours=9))))
    assert clock() == NOON + DAY
    assert clock().tzinfo is UTC


def test_it_is_not_set_back() -> None:
    clock = PracticeClock(RealTime(), DAY)
    with pytest.raises(ValueError, match="backward"):
        clock.set(NOON + DAY - timedelta(microseconds=1))
    assert clock() == NOON + DAY
    clock.set(NOON + DAY)
    assert clock() == NOON + DAY


def test_a_new_beginning_may_lie_in_the_past() -> None:
    clock = PracticeClock(RealTime(), DAY)
    clock.rewind(NOON - 84 * DAY)
    assert clock() == NOON - 84 * DAY
    clock.set(NOON)
    assert clock.offset == timedelta()


def test_an_offset_is_taken_up_again() -> None:
    clock = PracticeClock(RealTime())
    clock.set(NOON + 40 * DAY + timedelta(microseconds=1))
    kept = clock.offset.total_seconds()
    assert PracticeClock(RealTime(), timedelta(seconds=kept))() == clock()


def test_a_moment_without_a_zone_is_refused() -> None:
    clock = PracticeClock(RealTime())
    naive = (NOON + DAY).replace(tzinfo=None)
    for move in (clock.set, clock.rewind):
        with pytest.raises(ValueError, match="naive"):
            move(naive)
    assert clock() == NOON
