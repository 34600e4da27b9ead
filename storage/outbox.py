"""What is to reach somebody else: put, cancelled or refreshed by handlers, claimed and settled by the deliverer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, bindparam, delete, func, or_, update
from sqlmodel import Session, col, select

from storage.db import add, change
from storage.ids import new_id
from storage.models import Delivery, Outbox
from storage.once import insert_once

OPEN = ("waiting", "sending")
SETTLED = ("sent", "never", "cancelled")
_SWEPT_AT_ONCE = 500

# ---------------------------------------------------------------- for handlers and the tick


def put(
    session: Session,
    *,
    org: str,
    kind: str,
    subject_id: str,
    key: str,
    weight: str,
    now: datetime,
    member_id: str | None = None,
    room_id: str | None = None,
    arguments: Mapping[str, str] | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> bool:
    """Have `kind` said to a member or into a room (exactly one of both); False when `key` was there already.

    A row of the same key that was cancelled and never sent waits again (decision 14), which is True.
    Times are business time, aware; `not_before` defaults to `now`.
    """
    if (member_id is None) == (room_id is None):
        raise ValueError("an outbox row has a member or a room")
    row = Outbox(
        id=new_id(now),
        organisation_id=org,
        kind=kind,
        weight=weight,
        subject_id=subject_id,
        arguments=dict(arguments or {}),
        member_id=member_id,
        room_id=room_id,
        key=key,
        not_before=not_before or now,
        expires_at=expires_at,
        created_at=now,
    )
    return insert_once(session, row, ("organisation_id", "key")) or _revived(session, row)


def cancel(
    session: Session, org: str, subject_id: str, *, kinds: Collection[str] = (), reason: str, now: datetime
) -> int:
    """What waits about `subject_id` (of `kinds`; also what is leased) is not to be said; how many rows.

    Where a send may be under way, an update follows it, so that the message tells what happened.
    """
    of = [*_about(org, subject_id, kinds), col(Outbox.state).in_(OPEN)]
    waiting = [row for row in _told(session, org, subject_id, kinds) if row.state in OPEN]
    if not waiting:
        return 0
    for delivery_id in dict.fromkeys(row.delivery_id for row in waiting if row.delivery_id is not None):
        _follow_up(session, org, delivery_id, operation="update", now=now)
    done = _run(
        session,
        update(Outbox)
        .where(*of)
        .values(state="cancelled", reason=reason, settled_at=now, lease_until=None, lease_by=""),
    )
    return done.rowcount


def refresh(session: Session, org: str, subject_id: str, *, kinds: Collection[str] = (), now: datetime) -> int:
    """Every message that told about `subject_id` is composed again and updated; how many updates were put.

    A message with an update waiting gets no second one: it is composed when it is claimed.
    """
    told = _told(session, org, subject_id, kinds)
    updates = 0
    for delivery_id in dict.fromkeys(row.delivery_id for row in told if row.delivery_id is not None):
        updates += _follow_up(session, org, delivery_id, operation="update", now=now)
    return updates


def wake(session: Session, org: str, member_id: str, *, now: datetime) -> int:
    """What was put off to a better hour of a member is judged again now: their days or hours changed; how many."""
    of = (
        col(Outbox.organisation_id) == org,
        col(Outbox.member_id) == member_id,
        col(Outbox.operation) == "send",
        col(Outbox.weight) != "reply",
        col(Outbox.state) == "waiting",
        col(Outbox.not_before) > now,
    )
    return _run(session, update(Outbox).where(*of).values(not_before=now)).rowcount


def remove(session: Session, org: str, delivery_id: str, *, now: datetime) -> bool:
    """Have a message taken away ([消す]); False when that waits already or is done."""
    return _follow_up(session, org, delivery_id, operation="delete", now=now)


@dataclass(frozen=True)
class _Told:
    """What was or is to be said about something, so far as `cancel` and `refresh` ask."""

    kind: str
    state: str
    delivery_id: str | None


_TOLD = select(Outbox.kind, Outbox.state, Outbox.delivery_id).where(
    col(Outbox.organisation_id) == bindparam("org"),
    col(Outbox.subject_id) == bindparam("subject"),
    col(Outbox.operation) == "send",
)
"""Kept: every log asks it, mostly in vain, and to make it takes longer than to carry it out."""


def _told(session: Session, org: str, subject_id: str, kinds: Collection[str]) -> list[_Told]:
    rows = session.exec(_TOLD, params={"org": org, "subject": subject_id})
    return [_Told(*row) for row in rows if not kinds or row[0] in kinds]


def _about(org: str, subject_id: str, kinds: Collection[str]) -> list[ColumnElement[bool]]:
    of = [
        col(Outbox.organisation_id) == org,
        col(Outbox.subject_id) == subject_id,
        col(Outbox.operation) == "send",
    ]
    return [*of, col(Outbox.kind).in_(list(kinds))] if kinds else of


def _revived(session: Session, row: Outbox) -> bool:
    same = (col(Outbox.organisation_id) == row.organisation_id, col(Outbox.key) == row.key)
    fresh = {
        "state": "waiting", "reason": "", "attempts": 0, "settled_at": None, "lease_until": None, "lease_by": "",
        "arguments": row.arguments, "member_id": row.member_id, "room_id": row.room_id, "weight": row.weight,
        "subject_id": row.subject_id, "not_before": row.not_before, "expires_at": row.expires_at,
    }  # fmt: skip
    unsent = (col(Outbox.state) == "cancelled", col(Outbox.delivery_id).is_(None))
    return _run(session, update(Outbox).where(*same, *unsent).values(**fresh)).rowcount == 1


def _follow_up(session: Session, org: str, delivery_id: str, *, operation: str, now: datetime) -> bool:
    message = delivery_of(session, org, delivery_id)
    if message is None or message.deleted_at is not None:
        return False
    waiting = select(Outbox.id).where(
        col(Outbox.organisation_id) == org,
        col(Outbox.delivery_id) == delivery_id,
        col(Outbox.operation) == operation,
        col(Outbox.state) == "waiting",
    )
    if session.exec(waiting).first() is not None:
        return False
    number = new_id(now)
    row = Outbox(
        id=number,
        organisation_id=org,
        kind=operation,
        operation=operation,
        weight="exempt",
        subject_id=delivery_id,
        delivery_id=delivery_id,
        member_id=message.member_id,
        room_id=message.room_id,
        key=f"{operation}:{delivery_id}:{number}",
        not_before=now,
        created_at=now,
    )
    add(session, row)
    return True


# ---------------------------------------------------------------- for the deliverer: claim


def claim(
    session: Session, *, kinds: Collection[str], by: str, now: datetime, wall: datetime, until: datetime, limit: int
) -> list[Outbox]:
    """Lease due rows to `by` until the wall time `until`: at most `limit`, and what else is due for the same members.

    Due: waiting, or leased by somebody whose lease is over; `not_before` ≤ `now`. Attempts are counted. Kinds that
    this program doesn't know are left to one that does. Earliest first.
    """
    free = _free(kinds, now, wall)
    first = select(Outbox.id).where(*free).order_by(col(Outbox.not_before), col(Outbox.id)).limit(limit)
    taken = _lease(session, first.with_for_update(skip_locked=True), by=by, until=until)
    members = select(Outbox.member_id).where(col(Outbox.lease_by) == by, col(Outbox.member_id).is_not(None)).distinct()
    if people := session.exec(members).all():
        same = select(Outbox.id).where(*free, col(Outbox.member_id).in_(people), col(Outbox.operation) == "send")
        taken += _lease(session, same.with_for_update(skip_locked=True), by=by, until=until)
    return held(session, taken, by)


def ready(session: Session, *, kinds: Collection[str], now: datetime, wall: datetime) -> bool:
    """Whether there is something to claim; without the write lock."""
    return session.exec(select(Outbox.id).where(*_free(kinds, now, wall)).limit(1)).first() is not None


def held(session: Session, ids: Collection[str], by: str) -> list[Outbox]:
    """Those of the rows `ids` that are still leased to `by` (not cancelled, not taken over), earliest first."""
    rows = (
        select(Outbox)
        .where(col(Outbox.id).in_(list(ids)), col(Outbox.state) == "sending", col(Outbox.lease_by) == by)
        .order_by(col(Outbox.not_before), col(Outbox.id))
        .execution_options(populate_existing=True)
    )
    return list(session.exec(rows).all())


def next_instant(session: Session, after: datetime) -> datetime | None:
    """The earliest `not_before` of what waits, later than `after` (business time), or None."""
    waiting = col(Outbox.state).in_(OPEN)
    return session.exec(select(func.min(Outbox.not_before)).where(waiting, col(Outbox.not_before) > after)).one()


def _free(kinds: Collection[str], now: datetime, wall: datetime) -> list[ColumnElement[bool]]:
    return [
        col(Outbox.state).in_(OPEN),
        col(Outbox.not_before) <= now,
        or_(col(Outbox.lease_until).is_(None), col(Outbox.lease_until) <= wall),
        or_(col(Outbox.kind).in_(list(kinds)), col(Outbox.operation) != "send"),
    ]


def _lease(session: Session, ids: Any, *, by: str, until: datetime) -> list[str]:  # noqa: ANN401 - a typed SELECT
    taken = (
        update(Outbox)
        .where(col(Outbox.id).in_(ids))
        .values(state="sending", lease_by=by, lease_until=until, attempts=Outbox.attempts + 1)
        .returning(col(Outbox.id))
    )
    return list(_run(session, taken).scalars().all())


# ---------------------------------------------------------------- for the deliverer: a message on its way


def delivery_of(session: Session, org: str, delivery_id: str | None) -> Delivery | None:
    """The message `delivery_id` of the organisation, or None."""
    of = (col(Delivery.organisation_id) == org, col(Delivery.id) == delivery_id)
    return session.exec(select(Delivery).where(*of)).first()


def start(
    session: Session, rows: Sequence[Outbox], *, delivery_id: str, workspace_id: str, until: datetime
) -> Delivery:
    """A send of `rows` as one message is about to happen: from now on its fate may be unknown (decision 21)."""
    first = rows[0]
    message = delivery_of(session, first.organisation_id, delivery_id)
    if message is None:
        message = Delivery(
            id=delivery_id,
            organisation_id=first.organisation_id,
            workspace_id=workspace_id,
            member_id=first.member_id,
            room_id=first.room_id,
            tries=1,
        )
        add(session, message)
    else:
        _detach(session, message, keep=[row.id for row in rows])
        change(session, message, {"tries": message.tries + 1})
    for row in rows:
        change(session, row, {"delivery_id": delivery_id, "lease_until": until})
    return message


def sent(session: Session, message: Delivery, *, channel: str, ref: str, now: datetime) -> int:
    """The message stands on the platform as `ref` in `channel`; all rows that it carries are sent. How many."""
    change(session, message, {"channel": channel, "ref": ref, "sent_at": message.sent_at or now})
    carried = (
        col(Outbox.organisation_id) == message.organisation_id,
        col(Outbox.delivery_id) == message.id,
        col(Outbox.operation) == "send",
        col(Outbox.state) != "sent",
    )
    return _run(session, update(Outbox).where(*carried).values(state="sent", **_done("", now))).rowcount


def not_sent(session: Session, message: Delivery) -> None:
    """The platform has not acted on the last send; without an earlier one of unknown fate the message is forgotten."""
    if message.sent_at is not None:
        return
    change(session, message, {"tries": message.tries - 1})
    if message.tries <= 0:
        absent(session, message)


def absent(session: Session, message: Delivery) -> None:
    """The platform knows nothing of the message: its rows are as if no send had begun."""
    _detach(session, message, keep=())
    _run(session, delete(Delivery).where(col(Delivery.id) == message.id))


def forget(session: Session, message: Delivery, *, now: datetime) -> None:
    """The message is gone from the platform; it can't be updated any more."""
    change(session, message, {"deleted_at": now})


def carried(session: Session, message: Delivery) -> list[Outbox]:
    """The sent rows that a message carries, in the order in which it told them."""
    rows = select(Outbox).where(
        col(Outbox.organisation_id) == message.organisation_id,
        col(Outbox.delivery_id) == message.id,
        col(Outbox.operation) == "send",
        col(Outbox.state) == "sent",
    )
    return list(session.exec(rows.order_by(col(Outbox.not_before), col(Outbox.id))).all())


def under_way(session: Session, message: Delivery, wall: datetime) -> bool:
    """Whether somebody is sending the message right now (a lease that is not over at `wall`)."""
    rows = select(Outbox.id).where(
        col(Outbox.organisation_id) == message.organisation_id,
        col(Outbox.delivery_id) == message.id,
        col(Outbox.operation) == "send",
        col(Outbox.state) == "sending",
        col(Outbox.lease_until) > wall,
    )
    return message.sent_at is None and session.exec(rows).first() is not None


def _detach(session: Session, message: Delivery, *, keep: Collection[str]) -> None:
    # What the message turned out not to carry: cancelled notices may come back, follow-ups have nothing to follow.
    others = (
        col(Outbox.organisation_id) == message.organisation_id,
        col(Outbox.delivery_id) == message.id,
        col(Outbox.id).not_in(list(keep)),
    )
    follow_ups = (col(Outbox.operation) != "send", col(Outbox.state).in_(OPEN))
    _run(session, update(Outbox).where(*others, *follow_ups).values(state="cancelled", reason="not_sent"))
    _run(session, update(Outbox).where(*others).values(delivery_id=None))


# ---------------------------------------------------------------- for the deliverer: settle


def settle(session: Session, row: Outbox, state: str, reason: str, *, now: datetime) -> None:
    """The row is done: `sent` (also an update or delete), `never` (can't be delivered), `cancelled` (reason gone)."""
    change(session, row, {"state": state, **_done(reason, now)})


def postpone(session: Session, row: Outbox, until: datetime) -> None:
    """Back to waiting until the business time `until`; that was no attempt."""
    change(session, row, {"state": "waiting", "not_before": until, "attempts": row.attempts - 1, **_FREED})


def later(session: Session, row: Outbox, until: datetime, *, reason: str) -> None:
    """Back to waiting; nobody tries again before the wall time `until`."""
    change(session, row, {"state": "waiting", "reason": reason, "lease_by": "", "lease_until": until})


def sweep(session: Session, before: datetime) -> int:
    """Delete rows settled before `before`, at most 500 at once; messages keep their references (decision 23)."""
    old = (
        select(Outbox.id)
        .where(col(Outbox.state).in_(SETTLED), col(Outbox.not_before) < before, col(Outbox.settled_at) < before)
        .limit(_SWEPT_AT_ONCE)
    )
    return _run(session, delete(Outbox).where(col(Outbox.id).in_(old))).rowcount


_FREED: Mapping[str, Any] = {"lease_by": "", "lease_until": None}


def _done(reason: str, now: datetime) -> dict[str, Any]:
    return {"reason": reason, "settled_at": now, **_FREED}


def _run(session: Session, statement: Any) -> CursorResult[Any]:  # noqa: ANN401 - UPDATE or DELETE
    return session.connection().execute(statement)
