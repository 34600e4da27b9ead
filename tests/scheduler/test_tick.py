"""The clock's round: planned anew when dirty, once per occurrence, whoever ticks, and no noun known."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from handlers.notice import Plan
from scheduler.tick import TickCounts, tick
from storage import heartbeats, inbox, outbox, schedules
from storage.models import Heartbeat, Inbox, Occurrence, Outbox, Schedule
from tests.factories import MONDAY
from tests.scheduler.world import World


def _planned(here: World, kind: str, plan: Callable[[Session, Schedule, datetime], Plan | None], *ids: str) -> None:
    here.notice(kind, next_due=plan)
    here.do(lambda s: [schedules.touch(s, here.org, kind, each, here.clocks.now) for each in ids or ("s1",)])


def _always(plan: Callable[[], Plan | None]) -> Callable[[Session, Schedule, datetime], Plan | None]:
    def asked(_session: Session, _row: Schedule, _now: datetime) -> Plan | None:
        return plan()

    return asked


def _tick(here: World) -> TickCounts:
    return tick(here.db, here.notices, here.clocks.now, here.clocks.wall)


def _schedules(here: World) -> list[Schedule]:
    with here.db.reading() as session:
        return list(session.exec(select(Schedule)))


def test_what_is_due_later_is_planned(here: World) -> None:
    due = MONDAY + timedelta(days=3)
    _planned(here, "due", _always(lambda: Plan(due, "c1", 1, member_id=here.lead)))
    assert _tick(here) == TickCounts(planned=1)
    (row,) = _schedules(here)
    assert (row.next_due_at, row.cycle, row.level, row.dirty) == (due, "c1", 1, False)
    assert _tick(here) == TickCounts()


def test_what_is_due_goes_to_the_outbox_and_the_next_level_is_planned(here: World) -> None:
    levels = (MONDAY - timedelta(hours=1), MONDAY + timedelta(days=7))

    def plan(session: Session, row: Schedule, _now: datetime) -> Plan | None:
        level = len(schedules.spent(session, row, "tp1"))
        if level == len(levels):
            return None
        return Plan(levels[level], "tp1", level, member_id=here.lead, arguments={"facts": "tp1"})

    _planned(here, "due", plan)
    assert _tick(here).put == 1
    (row,) = _schedules(here)
    (first,) = here.rows()
    assert (first.key, first.kind, first.subject_id) == (f"occ:{row.id}:tp1:0", "due", "s1")
    assert (first.weight, first.member_id, first.arguments) == ("proactive", here.lead, {"facts": "tp1"})
    assert (row.next_due_at, row.level) == (levels[1], 1)
    here.clocks.now = levels[1]
    assert _tick(here).put == 1
    (row,) = _schedules(here)
    assert (row.next_due_at, row.dirty, len(here.rows())) == (None, False, 2)


def test_the_plan_is_asked_again_when_it_is_due(here: World) -> None:
    due = [MONDAY + timedelta(hours=1)]
    _planned(here, "due", _always(lambda: Plan(due[0], "c", member_id=here.other)))
    _tick(here)
    here.clocks.now, due[0] = due[0], due[0] + timedelta(days=1)
    assert _tick(here) == TickCounts(due=1)
    assert (_schedules(here)[0].next_due_at, here.rows()) == (due[0], [])


def test_two_ticks_at_once_make_one_row(here: World) -> None:
    def plan(session: Session, row: Schedule, _now: datetime) -> Plan | None:
        return None if schedules.spent(session, row, "c") else Plan(MONDAY, "c", member_id=here.lead)

    _planned(here, "due", plan, *[f"s{number}" for number in range(30)])
    with ThreadPoolExecutor(4) as pool:
        counts = [each.result() for each in [pool.submit(_tick, here) for _ in range(4)]]
    assert sum(each.put for each in counts) == 30
    with here.db.reading() as session:
        assert len(session.exec(select(Occurrence)).all()) == len(session.exec(select(Outbox)).all()) == 30


def test_an_undone_touchpoint_brings_back_what_it_cancelled(here: World) -> None:
    anchor = ["tp1"]

    def plan(session: Session, row: Schedule, _now: datetime) -> Plan | None:
        if anchor[0] != "tp1" or 0 in schedules.spent(session, row, "tp1"):
            return None
        return Plan(MONDAY, "tp1", member_id=here.lead)

    def change_anchor(name: str) -> None:
        anchor[0] = name
        here.do(lambda s: schedules.touch(s, here.org, "due", "s1", here.clocks.now))

    _planned(here, "due", plan)
    _tick(here)
    here.do(lambda s: outbox.cancel(s, here.org, "s1", reason="logged", now=MONDAY))
    change_anchor("tp2")
    assert _tick(here).put == 0
    change_anchor("tp1")
    assert _tick(here).put == 1
    (row,) = here.rows()
    assert (row.state, row.reason, row.settled_at) == ("waiting", "", None)
    here.deliver()
    here.do(lambda s: outbox.cancel(s, here.org, "s1", reason="logged", now=MONDAY))
    change_anchor("tp1")
    assert (_tick(here).put, len(here.said())) == (0, 1)


def test_a_notice_that_asks_for_the_same_again_ends_the_round(here: World) -> None:
    _planned(here, "due", _always(lambda: Plan(MONDAY, "c", member_id=here.lead)))
    assert _tick(here).put == 1
    assert _tick(here) == TickCounts()
    assert _schedules(here)[0].next_due_at is None


def test_a_broken_subject_does_not_stop_the_others(here: World) -> None:
    def plan(session: Session, row: Schedule, _now: datetime) -> Plan | None:
        if row.subject_id == "bad":
            raise KeyError("bad")
        if row.subject_id == "nobody":
            return Plan(MONDAY, "c")
        return None if schedules.spent(session, row, "c") else Plan(MONDAY, "c", member_id=here.lead)

    _planned(here, "due", plan, "bad", "nobody", "good")
    assert _tick(here).put == 1
    asked_again = {row.subject_id: row.next_due_at for row in _schedules(here)}
    assert asked_again == {"bad": MONDAY + timedelta(hours=1), "nobody": MONDAY + timedelta(hours=1), "good": None}


def test_kinds_of_a_newer_program_stay_dirty(here: World) -> None:
    here.do(lambda s: schedules.touch(s, here.org, "from_tomorrow", "s1", MONDAY))
    assert _tick(here) == TickCounts()
    assert _schedules(here)[0].dirty


def test_more_than_a_batch_is_planned_in_one_round(here: World) -> None:
    _planned(
        here, "due", _always(lambda: Plan(MONDAY + timedelta(days=1), "c", member_id=here.lead)), *map(str, range(450))
    )
    assert _tick(here).planned == 450


def test_touching_again_makes_one_schedule(here: World) -> None:
    _planned(here, "due", _always(lambda: None), "s1", "s1")
    _tick(here)
    here.do(lambda s: schedules.touch(s, here.org, "due", "s1", MONDAY))
    assert [row.dirty for row in _schedules(here)] == [True]
    _tick(here)
    here.do(lambda s: schedules.touch_all(s, here.org, kinds=("other",)))
    assert [row.dirty for row in _schedules(here)] == [False]
    here.do(lambda s: schedules.touch_all(s, here.org))
    assert [row.dirty for row in _schedules(here)] == [True]


def test_the_round_beats_and_sweeps(here: World) -> None:
    def old(session: Session) -> None:
        inbox.keep(session, "old", here.org, "{}", MONDAY - timedelta(hours=27))
        inbox.keep(session, "new", here.org, "{}", MONDAY - timedelta(hours=25))

    here.do(old)
    here.put("sent")
    here.put("open", not_before=MONDAY + timedelta(days=1))
    here.deliver()
    here.clocks.now = here.clocks.wall = MONDAY + timedelta(minutes=1)
    assert _tick(here).swept == 1
    with here.db.reading() as session:
        assert session.exec(select(Inbox.key)).all() == ["new"]
        assert heartbeats.last(session, "tick") == here.clocks.wall
        assert heartbeats.last(session, "nobody") is None
        assert session.get(Heartbeat, "deliver") is not None
    here.clocks.now = here.clocks.wall = MONDAY + timedelta(days=91)
    assert _tick(here).swept == 2
    assert [row.key for row in here.rows()] == ["open"]
    assert len(here.deliveries()) == 1


def test_a_tick_ahead_of_time_sweeps_nothing_early(here: World) -> None:
    here.put("sent")
    here.deliver()
    here.clocks.now = datetime(2027, 7, 6, tzinfo=UTC)
    assert _tick(here).swept == 0


def test_counts_add_up() -> None:
    one = TickCounts(1, 2, 3, 4)
    assert one + replace(one, planned=10) == TickCounts(11, 4, 6, 8)
