"""The clock in memory: at once when woken, in order when moved forward, gone when stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from handlers.notice import Plan
from scheduler.clockwork import Clockwork
from storage import schedules
from storage.db import StorageBusy
from storage.models import Schedule
from tests.factories import MONDAY
from tests.scheduler.world import World


def _weekly(here: World) -> None:
    """A notice every week, Mondays 10:00 in Tokyo, from the week after."""

    def plan(session: Session, row: Schedule, now: datetime) -> Plan | None:
        due = MONDAY + timedelta(weeks=max(1, (now - MONDAY).days // 7))
        if schedules.spent(session, row, due.date().isoformat()):
            due += timedelta(weeks=1)
        day = due.date().isoformat()
        return Plan(due, day, member_id=here.lead, subject_id=day)

    here.notice("weekly", next_due=plan)
    here.do(lambda s: schedules.touch(s, here.org, "weekly", "s1", MONDAY))


def test_woken_it_delivers_at_once_and_stops_clean(here: World) -> None:
    async def life() -> None:
        delivered = asyncio.Event()
        here.sender.on_send = delivered.set
        clock = Clockwork(here.db, here.deliverer())
        await clock.start()
        here.put("a")
        await asyncio.to_thread(clock.wake)
        await delivered.wait()
        await clock.stop()
        assert len(asyncio.all_tasks()) == 1
        clock.wake()

    asyncio.run(life())
    assert (here.said(), here.row("a").state) == (["preview a\nja:a"], "sent")


def test_what_became_due_while_it_was_down_is_done_at_the_start(here: World) -> None:
    _weekly(here)
    here.clocks.now = MONDAY + timedelta(weeks=1)

    async def life() -> None:
        delivered = asyncio.Event()
        here.sender.on_send = delivered.set
        clock = Clockwork(here.db, here.deliverer())
        await clock.start()
        await delivered.wait()
        await clock.stop()

    asyncio.run(life())
    assert here.said() == ["preview 2026-07-13\nja:2026-07-13"]


def test_a_locked_database_does_not_stop_the_clock(here: World) -> None:
    broken = here.deliverer()
    moments = iter([StorageBusy("locked")])

    def clock() -> datetime:
        for problem in moments:
            raise problem
        return here.clocks.now

    async def life() -> None:
        delivered = asyncio.Event()
        here.sender.on_send = delivered.set
        here.put("a")
        clockwork = Clockwork(here.db, replace(broken, clock=clock))
        await clockwork.start()
        await delivered.wait()
        await clockwork.stop()

    asyncio.run(life())
    assert len(here.said()) == 1


def test_once_does_everything_that_is_due_at_a_time(here: World) -> None:
    _weekly(here)
    counts = asyncio.run(Clockwork(here.db, here.deliverer()).once(MONDAY + timedelta(weeks=1)))
    assert (counts.tick.put, counts.deliver.messages) == (1, 1)
    assert here.said() == ["preview 2026-07-13\nja:2026-07-13"]


def test_moving_the_clock_stops_at_everything_in_between(here: World) -> None:
    _weekly(here)
    here.put("late", not_before=datetime(2026, 7, 14, 14, 0, tzinfo=UTC))
    said_at: list[datetime] = []
    here.sender.on_send = lambda: said_at.append(here.clocks.now)
    here.clocks.now = MONDAY
    target = MONDAY + timedelta(weeks=3, hours=5)
    counts = asyncio.run(Clockwork(here.db, here.deliverer()).advance(target, here.clocks.move))
    assert here.clocks.now == target
    marine_day_over = datetime(2026, 7, 20, 23, 30, tzinfo=UTC)
    assert said_at == [
        MONDAY + timedelta(weeks=1),
        datetime(2026, 7, 14, 23, 30, tzinfo=UTC),
        marine_day_over,
        MONDAY + timedelta(weeks=3),
    ]
    assert counts.deliver.messages == 4


def test_the_clock_is_not_set_back(here: World) -> None:
    asyncio.run(Clockwork(here.db, here.deliverer()).advance(MONDAY - timedelta(days=1), here.clocks.move))
    assert here.clocks.now == MONDAY
