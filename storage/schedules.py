"""What will be due and what became due: schedules and their occurrences (decisions 13 and 14)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, update
from sqlmodel import Session, col, select

from storage.db import change
from storage.ids import new_id
from storage.models import Occurrence, Outbox, Schedule
from storage.once import insert_once, insert_or_set


def touch(session: Session, org: str, kind: str, subject_id: str, now: datetime) -> None:
    """Something that `kind` of `subject_id` is planned from has changed: the next tick plans it anew."""
    touch_each(session, org, [(kind, subject_id)], now)


def touch_each(session: Session, org: str, planned: Collection[tuple[str, str]], now: datetime) -> None:
    """As `touch`, for several (kind, subject id) by one statement."""
    rows = [
        Schedule(id=new_id(now), organisation_id=org, kind=kind, subject_id=subject_id, dirty=True)
        for kind, subject_id in planned
    ]
    insert_or_set(session, rows, ("organisation_id", "kind", "subject_id"), names=("dirty",))


def touch_all(session: Session, org: str, *, kinds: Collection[str] | None = None) -> int:
    """Every schedule of the organisation (or of `kinds`) is planned anew: its calendar or a zone has changed."""
    statement = update(Schedule).where(col(Schedule.organisation_id) == org)
    if kinds is not None:
        statement = statement.where(col(Schedule.kind).in_(kinds))
    return session.connection().execute(statement.values(dirty=True)).rowcount


def dirty(session: Session, limit: int, *, kinds: Collection[str] | None = None) -> Sequence[Schedule]:
    """Schedules to plan anew, at most `limit`; rows that another tick holds are left to it (PostgreSQL)."""
    wanted = select(Schedule).where(col(Schedule.dirty).is_(True))
    if kinds is not None:
        wanted = wanted.where(col(Schedule.kind).in_(kinds))
    return session.exec(wanted.limit(limit).with_for_update(skip_locked=True)).all()


def due(session: Session, now: datetime, limit: int, *, kinds: Collection[str] | None = None) -> Sequence[Schedule]:
    """Planned schedules whose time has come (`next_due_at` ≤ `now`), earliest first, at most `limit`."""
    wanted = select(Schedule).where(col(Schedule.next_due_at) <= now, col(Schedule.dirty).is_(False))
    if kinds is not None:
        wanted = wanted.where(col(Schedule.kind).in_(kinds))
    ordered = wanted.order_by(col(Schedule.next_due_at), col(Schedule.id)).limit(limit)
    return session.exec(ordered.with_for_update(skip_locked=True)).all()


def plan(session: Session, row: Schedule, due: datetime | None, cycle: str, level: int) -> None:
    """Store what is planned next (`due` None: nothing); the schedule is clean after it."""
    change(session, row, {"next_due_at": due, "cycle": cycle, "level": level, "dirty": False})


def plan_again(session: Session, row: Schedule) -> None:
    """What was planned took place: the next level or cycle is to be planned."""
    change(session, row, {"dirty": True})


def ask_again(session: Session, org: str, key: str) -> bool:
    """The occurrence behind an outbox `key` found nobody: it is planned anew. False where the key is of no occurrence.

    Its row is to be cancelled with it, else it counts as told.
    """
    head, _, rest = key.partition(":")
    row = session.get(Schedule, rest.partition(":")[0]) if head == "occ" else None
    if row is None or row.organisation_id != org:
        return False
    plan_again(session, row)
    return True


def overtaken(session: Session, org: str, key: str) -> bool:
    """Whether a later level of the cycle behind an outbox `key` became due too: the earlier one need not be said."""
    _, _, rest = key.partition(":")
    schedule_id, _, anchor = rest.partition(":")
    cycle, _, level = anchor.rpartition(":")
    later = select(Occurrence.id).where(
        col(Occurrence.organisation_id) == org,
        col(Occurrence.schedule_id) == schedule_id,
        col(Occurrence.cycle) == cycle,
        col(Occurrence.level) > int(level),
    )
    return session.exec(later).first() is not None


def occur(session: Session, row: Schedule, cycle: str, level: int, now: datetime) -> bool:
    """Note that (schedule, cycle, level) became due; False when it had already, whoever ticked."""
    occurrence = Occurrence(
        id=new_id(now), organisation_id=row.organisation_id, schedule_id=row.id, cycle=cycle, level=level, at=now
    )
    return insert_once(session, occurrence, ("organisation_id", "schedule_id", "cycle", "level"))


def occurrence_key(row: Schedule, cycle: str, level: int) -> str:
    """The outbox key of an occurrence (decision 14)."""
    return f"occ:{row.id}:{cycle}:{level}"


def spent(session: Session, row: Schedule, cycle: str) -> frozenset[int]:
    """Levels of `cycle` that became due, but for those whose notice was cancelled and never sent.

    For `next_due`: an undone touchpoint brings back the old cycle, and with it what it had cancelled (decision 14).
    """
    took_place = select(Occurrence.level).where(
        col(Occurrence.organisation_id) == row.organisation_id,
        col(Occurrence.schedule_id) == row.id,
        col(Occurrence.cycle) == cycle,
    )
    levels = set(session.exec(took_place).all())
    if not levels:
        return frozenset()
    keys = {occurrence_key(row, cycle, level): level for level in levels}
    cancelled = select(Outbox.key).where(
        and_(col(Outbox.organisation_id) == row.organisation_id, col(Outbox.key).in_(list(keys))),
        col(Outbox.state) == "cancelled",
        col(Outbox.delivery_id).is_(None),
    )
    return frozenset(levels - {keys[key] for key in session.exec(cancelled).all()})


def took_place(session: Session, row: Schedule, cycle: str, level: int) -> datetime | None:
    """When (schedule, cycle, level) became due, business time; None while it hasn't."""
    wanted = select(Occurrence.at).where(
        col(Occurrence.organisation_id) == row.organisation_id,
        col(Occurrence.schedule_id) == row.id,
        col(Occurrence.cycle) == cycle,
        col(Occurrence.level) == level,
    )
    return session.exec(wanted).first()


def next_instant(session: Session, after: datetime) -> datetime | None:
    """The earliest planned instant later than `after` (business time), or None; the practice clock steps to it."""
    return session.exec(select(func.min(Schedule.next_due_at)).where(col(Schedule.next_due_at) > after)).one()
