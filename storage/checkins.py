"""Answers to the check-in nudge, and what a nudge stands on."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from storage import db, outbox, schedules
from storage.ids import new_id
from storage.models import Alliance, CheckIn, Touchpoint

BEGINNING = "start:"
"""Before the first contact a cycle is anchored in the alliance itself."""


def cycle_of(alliance_id: str, last: Touchpoint | None) -> str:
    """The anchor of the present cycle: the touchpoint that the cadence counts from, else the alliance's start."""
    return last.id if last is not None else f"{BEGINNING}{alliance_id}"


def get(session: Session, org: str, alliance_id: str, cycle: str) -> CheckIn | None:
    """What the lead answered in that cycle."""
    return session.exec(
        select(CheckIn).where(
            col(CheckIn.organisation_id) == org,
            col(CheckIn.alliance_id) == alliance_id,
            col(CheckIn.cycle) == cycle,
        )
    ).first()


def asked(session: Session, alliance: Alliance, cycle: str, now: datetime) -> CheckIn:
    """The row of that cycle, made without an answer where there is none yet."""
    row = get(session, alliance.organisation_id, alliance.id, cycle)
    if row is not None:
        return row
    return db.add(
        session,
        CheckIn(
            id=new_id(now),
            organisation_id=alliance.organisation_id,
            alliance_id=alliance.id,
            cycle=cycle,
            created_at=now,
        ),
    )


def by_id(session: Session, org: str, check_in_id: str) -> CheckIn | None:
    """A row by id."""
    return session.exec(
        select(CheckIn).where(col(CheckIn.organisation_id) == org, col(CheckIn.id) == check_in_id)
    ).first()


def answer(
    session: Session,
    row: CheckIn,
    answer: str,
    *,
    by: str,
    now: datetime,
    until: date | None = None,
    reason: str = "",
) -> CheckIn:
    """Keep the answer of a cycle (the last one counts; raises db.Stale), stop what waits and plan the nudge anew.

    The message that asked is told anew, so that its buttons are gone.
    """
    org, about = row.organisation_id, row.alliance_id
    values = {"answer": answer, "until": until, "reason": reason, "answered_by": by}
    db.revise(session, row, values, by=by, now=now)
    outbox.cancel(session, org, about, kinds=("checkin",), reason="answered", now=now)
    outbox.refresh(session, org, about, kinds=("checkin",), now=now)
    schedules.touch(session, org, "checkin", about, now)
    return row
