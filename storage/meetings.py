"""Planned meetings: a row is one meeting, or a series that moves on as its meetings are settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, select

from storage import db, schedules
from storage.ids import new_id
from storage.models import PlannedMeeting
from storage.viewer import Viewer

_FAR = 600  # weekly for more than eleven years: a series that nobody settled is no longer a plan
Outcome = Literal["logged", "moved", "skipped"]


@dataclass(frozen=True)
class Coming:
    """One meeting of a row: `at` is its start (aware UTC)."""

    meeting: PlannedMeeting
    at: datetime


# ---------------------------------------------------------------- reading a row


def every(meeting: PlannedMeeting) -> int:
    """How many weeks lie between two meetings of a series; 0 = it takes place once."""
    word, _, weeks = meeting.rule.partition(":")
    return int(weeks) if word == "weekly" and weeks.isdigit() else 0


def starts(meeting: PlannedMeeting) -> Iterator[datetime]:
    """The starts (aware UTC) of a row from its first unsettled meeting on, at one local time through DST changes."""
    weeks = every(meeting)
    zone = ZoneInfo(meeting.zone)
    local = meeting.starts_at.astimezone(zone)
    for number in range(_FAR if weeks else 1):
        # Wall-clock arithmetic on an aware value: the zone gives each day its own offset.
        yield (local + timedelta(weeks=weeks * number)).astimezone(UTC)


def next_start(meeting: PlannedMeeting, now: datetime) -> datetime | None:
    """The first start at or after `now`, None when the row is settled or all lies behind."""
    if meeting.state != "planned":
        return None
    return next((at for at in starts(meeting) if at >= now), None)


def last_start(meeting: PlannedMeeting, now: datetime) -> datetime | None:
    """The latest start before `now` that nobody settled yet, None when there is none."""
    found: datetime | None = None
    if meeting.state == "planned":
        for at in starts(meeting):
            if at >= now:
                break
            found = at
    return found


def start_on(meeting: PlannedMeeting, day: date) -> datetime | None:
    """The start on that calendar day of the meeting's own zone."""
    zone = ZoneInfo(meeting.zone)
    for at in starts(meeting):
        local = at.astimezone(zone).date()
        if local == day:
            return at
        if local > day:
            return None
    return None


# ---------------------------------------------------------------- reads


def get(session: Session, viewer: Viewer, meeting_id: str) -> PlannedMeeting | None:
    """The meeting of that id in the viewer's organisation; handlers show it to the alliance's people only."""
    return session.exec(
        select(PlannedMeeting).where(
            col(PlannedMeeting.organisation_id) == viewer.organisation_id, col(PlannedMeeting.id) == meeting_id
        )
    ).first()


_PLANNED = (
    select(PlannedMeeting)
    .where(
        col(PlannedMeeting.organisation_id) == bindparam("org"),
        col(PlannedMeeting.state) == "planned",
        col(PlannedMeeting.alliance_id) == bindparam("alliance"),
    )
    .order_by(col(PlannedMeeting.starts_at), col(PlannedMeeting.id))
)
"""Kept: every log asks it, and to make it takes as long as to carry it out."""


def planned_of(session: Session, org: str, alliance_id: str) -> list[PlannedMeeting]:
    """The rows of an alliance that are still planned, single ones and series, in order of their stored start."""
    return list(session.exec(_PLANNED, params={"org": org, "alliance": alliance_id}))


def coming(session: Session, org: str, alliance_id: str, now: datetime, limit: int = 3) -> list[Coming]:
    """The next meetings of an alliance at or after `now`, series unrolled."""
    ahead: list[Coming] = []
    for row in planned_of(session, org, alliance_id):
        later = (Coming(row, at) for at in starts(row) if at >= now)
        ahead.extend(islice(later, limit))
    return sorted(ahead, key=lambda each: (each.at, each.meeting.id))[:limit]


def next_of(session: Session, org: str, alliance_id: str, now: datetime) -> Coming | None:
    """The next meeting of an alliance at or after `now`."""
    return next(iter(coming(session, org, alliance_id, now, 1)), None)


def between(session: Session, org: str, since: datetime, until: datetime) -> list[Coming]:
    """Every planned meeting of the organisation with `since` <= start < `until` (aware), series unrolled, in order."""
    found: list[Coming] = []
    for row in _planned(session, org, col(PlannedMeeting.starts_at) < until):
        for at in starts(row):
            if at >= until:
                break
            if at >= since:
                found.append(Coming(row, at))
    return sorted(found, key=lambda each: (each.at, each.meeting.id))


def unanswered(session: Session, org: str, now: datetime) -> list[Coming]:
    """Meetings that lie behind and that nobody has logged, moved or skipped: the latest one of each row."""
    rows = _planned(session, org, col(PlannedMeeting.starts_at) < now)
    return [Coming(row, at) for row in rows if (at := last_start(row, now)) is not None]


def outcome(session: Session, row: PlannedMeeting, at: datetime) -> str:
    """What became of the meeting of `row` that starts at `at`: planned while it is open, else how it was closed."""
    if row.state != "planned":
        return row.state
    if at in starts(row):
        return "planned"
    past = session.exec(
        select(PlannedMeeting.state)
        .where(
            col(PlannedMeeting.organisation_id) == row.organisation_id,
            col(PlannedMeeting.alliance_id) == row.alliance_id,
            col(PlannedMeeting.starts_at) == at,
            col(PlannedMeeting.state) != "planned",
        )
        .order_by(col(PlannedMeeting.id).desc())
    ).first()
    return past or "moved"


# ---------------------------------------------------------------- writes


def plan(session: Session, row: PlannedMeeting, now: datetime) -> PlannedMeeting:
    """Keep a new planned meeting and have its notices planned."""
    db.add(session, row)
    _touch(session, row, now)
    return row


def new(
    *, org: str, alliance_id: str, starts_at: datetime, zone: str, created_by: str, now: datetime
) -> PlannedMeeting:
    """A single regular meeting at `starts_at` (aware); the caller fills in title, kind and rule before `plan`."""
    return PlannedMeeting(
        id=new_id(now),
        organisation_id=org,
        alliance_id=alliance_id,
        starts_at=starts_at.astimezone(UTC),
        zone=zone,
        created_by=created_by,
        created_at=now,
    )


def revise(
    session: Session, row: PlannedMeeting, values: Mapping[str, Any], *, by: str, now: datetime
) -> PlannedMeeting:
    """Change a planned meeting (raises db.Stale) and have its notices planned anew."""
    db.revise(session, row, values, by=by, now=now)
    _touch(session, row, now)
    return row


def conclude(
    session: Session,
    row: PlannedMeeting,
    at: datetime,
    *,
    outcome: Outcome,
    by: str,
    now: datetime,
    reason: str = "",
    touchpoint_id: str | None = None,
) -> PlannedMeeting:
    """What became of the meeting of `row` that starts at `at`; returns the row that says so.

    A single meeting is closed itself; a series moves on to its next meeting and leaves a closed row behind.
    Raises db.Stale when the row changed meanwhile.
    """
    closing = {"state": outcome, "reason": reason, "touchpoint_id": touchpoint_id}
    following = next((start for start in starts(row) if start > at), None)
    if following is None:
        return revise(session, row, closing, by=by, now=now)
    past = PlannedMeeting.model_validate({**row.model_dump(), **closing, "id": new_id(now), "version": 1})
    past.starts_at, past.rule, past.created_by, past.created_at = at, "", by, now
    db.add(session, past)
    revise(session, row, {"starts_at": following}, by=by, now=now)
    return past


def settle(
    session: Session, org: str, alliance_id: str, *, on: date, touchpoint_id: str, now: datetime, by: str = ""
) -> list[PlannedMeeting]:
    """Close what was planned for that calendar day as logged, since a touchpoint of the day was recorded."""
    done: list[PlannedMeeting] = []
    for row in planned_of(session, org, alliance_id):
        at = start_on(row, on)
        if at is not None:
            done.append(conclude(session, row, at, outcome="logged", by=by, now=now, touchpoint_id=touchpoint_id))
    return done


def unsettle(session: Session, org: str, *, touchpoint_id: str, now: datetime, by: str = "") -> list[PlannedMeeting]:
    """The touchpoint no longer stands for what it had settled: that is planned again; returns the rows that hold it.

    A series that had moved on by it moves back, so that its notices go on where they were.
    """
    closed = session.exec(
        select(PlannedMeeting).where(
            col(PlannedMeeting.organisation_id) == org,
            col(PlannedMeeting.touchpoint_id) == touchpoint_id,
            col(PlannedMeeting.state) == "logged",
        )
    )
    opened: list[PlannedMeeting] = []
    for row in list(closed):
        series = _moved_on_from(session, row)
        state = "planned" if series is None else "moved"  # into its series again
        revise(session, row, {"state": state, "touchpoint_id": None}, by=by, now=now)
        if series is not None:
            revise(session, series, {"starts_at": row.starts_at}, by=by, now=now)
        opened.append(series or row)
    return opened


def _moved_on_from(session: Session, past: PlannedMeeting) -> PlannedMeeting | None:
    """The series whose next meeting is the one after the closed `past`; None where it was a single meeting."""
    local = past.starts_at.astimezone(ZoneInfo(past.zone))
    for row in planned_of(session, past.organisation_id, past.alliance_id):
        same = (row.kind, row.title, row.zone) == (past.kind, past.title, past.zone)
        if same and every(row) and row.starts_at == (local + timedelta(weeks=every(row))).astimezone(UTC):
            return row
    return None


def _planned(session: Session, org: str, wanted: ColumnElement[bool]) -> list[PlannedMeeting]:
    return list(
        session.exec(
            select(PlannedMeeting)
            .where(col(PlannedMeeting.organisation_id) == org, col(PlannedMeeting.state) == "planned", wanted)
            .order_by(col(PlannedMeeting.starts_at), col(PlannedMeeting.id))
        )
    )


def notices_of(session: Session, org: str, alliance_id: str) -> list[tuple[str, str]]:
    """(kind, subject) of every schedule of an alliance's planned meetings, for `schedules.touch_each`."""
    return [notice for row in planned_of(session, org, alliance_id) for notice in _notices(row)]


def _notices(row: PlannedMeeting) -> list[tuple[str, str]]:
    return [("meeting.brief", row.id), ("meeting.after", row.id)]


def _touch(session: Session, row: PlannedMeeting, now: datetime) -> None:
    schedules.touch_each(session, row.organisation_id, [*_notices(row), ("checkin", row.alliance_id)], now)
