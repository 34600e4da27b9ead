"""A round of the clock: what changed is planned anew, what became due goes to the outbox; knows no noun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from handlers.notice import Notice, Plan
from storage import heartbeats, inbox, outbox, schedules
from storage.db import Database
from storage.models import Schedule

BATCH = 200
ROUNDS = 50
INBOX_KEPT = timedelta(hours=26)
OUTBOX_KEPT = timedelta(days=90)
_ASK_AGAIN = timedelta(hours=1)

log = structlog.stdlib.get_logger()


@dataclass(frozen=True)
class TickCounts:
    """What a round did: schedules planned anew, occurrences noted, outbox rows put, old rows swept."""

    planned: int = 0
    due: int = 0
    put: int = 0
    swept: int = 0

    def __add__(self, other: TickCounts) -> TickCounts:
        return TickCounts(
            self.planned + other.planned, self.due + other.due, self.put + other.put, self.swept + other.swept
        )


def tick(db: Database, notices: Mapping[str, Notice], now: datetime, wall: datetime) -> TickCounts:
    """Do everything that is due at the business time `now`; any number of replicas may do so at once.

    `wall` is for the heartbeat and for sweeping. Commits in batches of at most 200. Raises StorageBusy or
    StorageReadOnly; what was committed before stands, the rest is done by the next round.
    """
    counts = _housekeeping(db, now, wall)
    known = frozenset(kind for kind, notice in notices.items() if notice.next_due is not None)
    for _ in range(ROUNDS):
        done = _plan_dirty(db, notices, known, now) + _take_due(db, notices, known, now)
        counts += done
        if not done.planned and not done.due:
            break
    else:
        log.warning("tick.unfinished", rounds=ROUNDS)
    return counts


def _housekeeping(db: Database, now: datetime, wall: datetime) -> TickCounts:
    with db.writing() as session:
        heartbeats.beat(session, "tick", wall=wall)
        swept = inbox.sweep(session, wall - INBOX_KEPT) + outbox.sweep(session, min(now, wall) - OUTBOX_KEPT)
        session.commit()
    return TickCounts(swept=swept)


def _plan_dirty(db: Database, notices: Mapping[str, Notice], known: frozenset[str], now: datetime) -> TickCounts:
    with db.writing() as session:
        rows = schedules.dirty(session, BATCH, kinds=known)
        for row in rows:
            _store(session, row, _asked(session, row, notices[row.kind], now))
        session.commit()
    return TickCounts(planned=len(rows))


def _take_due(db: Database, notices: Mapping[str, Notice], known: frozenset[str], now: datetime) -> TickCounts:
    put = 0
    with db.writing() as session:
        rows = schedules.due(session, now, BATCH, kinds=known)
        for row in rows:
            # Asked again now: the recipient and the facts of the plan may be older than what they stand on.
            plan = _asked(session, row, notices[row.kind], now)
            if plan is None or plan.due > now:
                _store(session, row, plan)
            elif _occurs(session, row, plan, weight=notices[row.kind].weight, now=now):
                put += 1
                schedules.plan_again(session, row)
            else:
                # Its notice asks for what already took place; without this the round would never end.
                log.warning("tick.repeated", kind=row.kind, schedule=row.id, cycle=plan.cycle, level=plan.level)
                schedules.plan(session, row, None, plan.cycle, plan.level)
        session.commit()
    return TickCounts(due=len(rows), put=put)


def _asked(session: Session, row: Schedule, notice: Notice, now: datetime) -> Plan | None:
    if notice.next_due is None:
        return None
    try:
        plan = notice.next_due(session, row, now)
        if plan is not None and (plan.member_id is None) == (plan.room_id is None):
            raise ValueError("a plan names a member or a room")
        return plan
    except SQLAlchemyError:
        raise
    except Exception as error:
        # One broken subject must not stop everybody's clock; it is asked again in an hour.
        log.exception("tick.plan_failed", kind=row.kind, schedule=row.id, error=type(error).__name__)
        return Plan(due=now + _ASK_AGAIN, cycle=row.cycle, level=row.level)


def _store(session: Session, row: Schedule, plan: Plan | None) -> None:
    if plan is None:
        schedules.plan(session, row, None, "", 0)
    else:
        schedules.plan(session, row, plan.due, plan.cycle, plan.level)


def _occurs(session: Session, row: Schedule, plan: Plan, *, weight: str, now: datetime) -> bool:
    new = schedules.occur(session, row, plan.cycle, plan.level, now)
    put = outbox.put(
        session,
        org=row.organisation_id,
        kind=row.kind,
        subject_id=plan.subject_id or row.subject_id,
        key=schedules.occurrence_key(row, plan.cycle, plan.level),
        weight=weight,
        now=now,
        member_id=plan.member_id,
        room_id=plan.room_id,
        arguments=plan.arguments,
        expires_at=plan.expires,
    )
    return new or put
