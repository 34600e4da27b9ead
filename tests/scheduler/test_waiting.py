"""What waits for a better moment or another reader: moved, not dropped, and said once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from handlers.notice import Notice, Plan
from scheduler.tick import tick
from storage import outbox, schedules
from storage.db import revise
from storage.models import Member, Outbox, Schedule
from tests.factories import MONDAY
from tests.scheduler.world import World


def _revise(here: World, member: str, **values: object) -> None:
    def work(session: Session) -> None:
        revise(session, session.get_one(Member, member), values, by="", now=MONDAY)

    here.do(work)


def test_what_came_due_while_quiet_is_one_message_and_a_week_old_one_none(here: World) -> None:
    _revise(here, here.lead, quiet_until=date(2026, 7, 17))
    here.put("a")
    here.put("weekly", expires_at=MONDAY + timedelta(days=4))
    here.deliver()
    here.clocks.now = MONDAY + timedelta(days=3)
    here.put("b")
    here.deliver()
    assert here.said() == []
    here.clocks.now = datetime(2026, 7, 20, 23, 30, tzinfo=UTC)
    assert here.deliver().messages == 1
    assert {key: here.row(key).state for key in ("a", "b", "weekly")} == {"a": "sent", "b": "sent", "weekly": "never"}


def test_who_takes_quiet_back_hears_at_once_what_waited(here: World) -> None:
    _revise(here, here.lead, quiet_until=date(2026, 12, 18))
    here.put("a")
    assert here.deliver().waiting == 1
    _revise(here, here.lead, quiet_until=None)
    here.do(lambda s: outbox.wake(s, here.org, here.lead, now=here.clocks.now))
    assert here.deliver().sent == 1


def test_what_is_not_this_readers_is_planned_for_whose_it_is(here: World) -> None:
    """A reason that passes: the occurrence is planned anew, and once."""
    to = [here.lead]

    def due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
        return None if 0 in schedules.spent(session, schedule, "c") else Plan(now, "c", member_id=to[0])

    def still(_session: Session, row: Outbox, _now: datetime) -> str:
        return "" if row.member_id == to[0] else "not_theirs"

    here.notices["turn"] = Notice("turn", "proactive", due, still, here.notices["nudge"].compose)
    here.do(lambda s: schedules.touch(s, here.org, "turn", "x", here.clocks.now))
    tick(here.db, here.notices, here.clocks.now, here.clocks.wall)
    to[0] = here.other
    assert here.deliver().cancelled == 1
    for _ in range(2):
        tick(here.db, here.notices, here.clocks.now, here.clocks.wall)
        here.deliver()
    assert [(row.member_id, row.state) for row in here.rows()] == [(here.other, "sent")]
