"""How clock and post stand, for `doctor`: what waits, what comes next, what each workspace got last and what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from storage import outbox, schedules
from storage.models import Account, Delivery, Outbox, Room, Workspace


@dataclass(frozen=True)
class Failure:
    """A row that could not be sent: what it was to say, the stable word why, when (UTC; None = it is tried again)."""

    kind: str
    reason: str
    at: datetime | None


@dataclass(frozen=True)
class Standing:
    """A workspace: when a message was sent there last (UTC), and the last failure if nothing was sent after it."""

    workspace: Workspace
    delivered_at: datetime | None
    failure: Failure | None


def of_workspaces(session: Session) -> list[Standing]:
    """Every workspace of the installation; the operator's view, without a word of any message."""
    return [_standing(session, place) for place in session.exec(select(Workspace).order_by(col(Workspace.created_at)))]


def waiting(session: Session, now: datetime) -> tuple[int, int]:
    """Outbox rows that could be sent at `now` (business time), and those that wait for later."""
    of = col(Outbox.state).in_(outbox.OPEN)
    due = select(func.count()).select_from(Outbox).where(of, col(Outbox.not_before) <= now)
    later = select(func.count()).select_from(Outbox).where(of, col(Outbox.not_before) > now)
    return session.exec(due).one(), session.exec(later).one()


def next_due(session: Session, now: datetime) -> datetime | None:
    """The next instant after `now` at which something becomes due or may be sent (business time), or None."""
    found = [outbox.next_instant(session, now), schedules.next_instant(session, now)]
    return min((instant for instant in found if instant is not None), default=None)


def _standing(session: Session, place: Workspace) -> Standing:
    delivered = session.exec(
        select(func.max(Delivery.sent_at)).where(
            col(Delivery.organisation_id) == place.organisation_id, col(Delivery.workspace_id) == place.id
        )
    ).one()
    failure = _failure(session, place)
    if failure is not None and failure.at is not None and delivered is not None and failure.at <= delivered:
        failure = None
    return Standing(place, delivered, failure)


def _failure(session: Session, place: Workspace) -> Failure | None:
    """What is being tried again comes first, then what was given up last."""
    of = [col(Outbox.organisation_id) == place.organisation_id, _reaches(place), col(Outbox.reason) != ""]
    retried = select(Outbox).where(*of, col(Outbox.state) == "waiting").order_by(col(Outbox.not_before).desc())
    row = session.exec(retried.limit(1)).first()
    if row is not None:
        return Failure(row.kind, row.reason, None)
    given_up = select(Outbox).where(*of, col(Outbox.state) == "never").order_by(col(Outbox.settled_at).desc())
    row = session.exec(given_up.limit(1)).first()
    return Failure(row.kind, row.reason, row.settled_at) if row is not None else None


def _reaches(place: Workspace) -> ColumnElement[bool]:
    people = select(Account.member_id).where(
        col(Account.organisation_id) == place.organisation_id, col(Account.workspace_id) == place.id
    )
    rooms = select(Room.id).where(
        col(Room.organisation_id) == place.organisation_id, col(Room.workspace_id) == place.id
    )
    return or_(col(Outbox.member_id).in_(people), col(Outbox.room_id).in_(rooms))
