"""Series of meetings: their starts through clock changes, what is settled and what goes on."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage import alliances, meetings
from storage.models import Alliance, PlannedMeeting, Schedule
from storage.partners import Spelled
from tests import factories
from tests.factories import MONDAY


@pytest.fixture
def session(tmp_path: Path) -> Generator[Session]:
    base = factories.database(tmp_path)
    with base.writing() as made:
        yield made
    base.close()


@pytest.fixture
def nova(session: Session) -> Alliance:
    lead = factories.member(session, factories.organisation(session).id)
    name = Spelled("ノヴァ素材", "ノヴァ素材")
    wanted = alliances.NewAlliance(name=name, partner=name, purpose="", cadence_days=14)
    return alliances.create(session, wanted, org=lead.organisation_id, lead=lead, today=date(2026, 7, 6), now=MONDAY)


def series(
    session: Session, nova: Alliance, *, at: datetime, zone: str = "Asia/Tokyo", every: int = 2
) -> PlannedMeeting:
    row = meetings.new(
        org=nova.organisation_id, alliance_id=nova.id, starts_at=at, zone=zone, created_by=nova.created_by, now=MONDAY
    )
    row.rule = f"weekly:{every}" if every else ""
    return meetings.plan(session, row, MONDAY)


def test_a_series_keeps_its_local_time_through_both_clock_changes(session: Session, nova: Alliance) -> None:
    spring = series(session, nova, at=datetime(2026, 3, 23, 9, 0, tzinfo=UTC), zone="Europe/Berlin", every=1)
    assert [at.hour for at in islice(meetings.starts(spring), 2)] == [9, 8]
    autumn = series(session, nova, at=datetime(2026, 10, 19, 8, 0, tzinfo=UTC), zone="Europe/Berlin", every=1)
    assert [at.hour for at in islice(meetings.starts(autumn), 2)] == [8, 9]


def test_coming_meetings_unroll_series_and_keep_order(session: Session, nova: Alliance) -> None:
    series(session, nova, at=MONDAY)
    series(session, nova, at=MONDAY + timedelta(days=3), every=0)
    ahead = meetings.coming(session, nova.organisation_id, nova.id, MONDAY, 3)
    assert [each.at - MONDAY for each in ahead] == [timedelta(0), timedelta(days=3), timedelta(days=14)]
    assert meetings.unanswered(session, nova.organisation_id, MONDAY) == []


def test_a_logged_day_closes_one_meeting_and_the_series_goes_on(session: Session, nova: Alliance) -> None:
    series(session, nova, at=MONDAY)
    closed = meetings.settle(session, nova.organisation_id, nova.id, on=date(2026, 7, 6), touchpoint_id="t", now=MONDAY)
    assert [(each.state, each.starts_at) for each in closed] == [("logged", MONDAY)]
    row = meetings.planned_of(session, nova.organisation_id, nova.id)[0]
    assert row.starts_at == MONDAY + timedelta(days=14)
    assert meetings.outcome(session, row, MONDAY) == "logged"
    assert meetings.outcome(session, row, row.starts_at) == "planned"
    assert meetings.unsettle(session, nova.organisation_id, touchpoint_id="t", now=MONDAY) == [row]
    assert meetings.outcome(session, row, MONDAY) == "planned"
    ahead = meetings.coming(session, nova.organisation_id, nova.id, MONDAY, 2)
    assert [each.at for each in ahead] == [MONDAY, MONDAY + timedelta(days=14)]


def test_what_nobody_settled_is_asked_about_once_and_nothing_piles_up(session: Session, nova: Alliance) -> None:
    row = series(session, nova, at=MONDAY)
    later = MONDAY + timedelta(days=30)
    behind = meetings.unanswered(session, nova.organisation_id, later)
    assert [(each.meeting.id, each.at) for each in behind] == [(row.id, MONDAY + timedelta(days=28))]
    meetings.conclude(session, row, behind[0].at, outcome="skipped", reason="お盆", by="", now=later)
    assert meetings.unanswered(session, nova.organisation_id, later) == []


def test_every_change_has_its_notices_planned_anew(session: Session, nova: Alliance) -> None:
    row = series(session, nova, at=MONDAY)
    kinds = {(each.kind, each.subject_id) for each in session.exec(select(Schedule))}
    assert {("meeting.brief", row.id), ("meeting.after", row.id), ("checkin", nova.id)} <= kinds
