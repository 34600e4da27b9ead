"""Touchpoints and the names given with them; every read of records takes a Viewer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage import db
from storage.ids import new_id
from storage.models import Touchpoint, TouchpointPerson
from storage.viewer import Viewer, readable_touchpoints


def get(session: Session, viewer: Viewer, touchpoint_id: str) -> Touchpoint | None:
    """A live touchpoint by id, if the viewer may read it."""
    return session.exec(
        select(Touchpoint).where(
            col(Touchpoint.organisation_id) == viewer.organisation_id,
            col(Touchpoint.id) == touchpoint_id,
            col(Touchpoint.undone_at).is_(None),
            readable_touchpoints(viewer),
        )
    ).first()


def latest(session: Session, viewer: Viewer, alliance_id: str, limit: int) -> list[Touchpoint]:
    """The last `limit` readable touchpoints of an alliance, newest first."""
    return list(
        session.exec(
            select(Touchpoint)
            .where(
                col(Touchpoint.organisation_id) == viewer.organisation_id,
                col(Touchpoint.alliance_id) == alliance_id,
                col(Touchpoint.undone_at).is_(None),
                readable_touchpoints(viewer),
            )
            .order_by(col(Touchpoint.on).desc(), col(Touchpoint.id).desc())
            .limit(limit)
        )
    )


def between(session: Session, viewer: Viewer, since: date, until: date) -> list[Touchpoint]:
    """Readable touchpoints with `since` <= on <= `until`, oldest first, of every alliance."""
    return list(
        session.exec(
            select(Touchpoint)
            .where(
                col(Touchpoint.organisation_id) == viewer.organisation_id,
                col(Touchpoint.on) >= since,
                col(Touchpoint.on) <= until,
                col(Touchpoint.undone_at).is_(None),
                readable_touchpoints(viewer),
            )
            .order_by(col(Touchpoint.on), col(Touchpoint.id))
        )
    )


def last_interactive(session: Session, org: str, alliance_id: str) -> Touchpoint | None:
    """What restarts the cadence: interactive, not cancelled, the latest `on` (decision 5, domain.md §3.5)."""
    return session.exec(
        select(Touchpoint)
        .where(
            col(Touchpoint.organisation_id) == org,
            col(Touchpoint.alliance_id) == alliance_id,
            col(Touchpoint.undone_at).is_(None),
            col(Touchpoint.cancelled).is_(False),
            col(Touchpoint.visibility) != "private",
            col(Touchpoint.kind) != "internal",
            (col(Touchpoint.kind) != "message") | col(Touchpoint.two_way),
        )
        .order_by(col(Touchpoint.on).desc(), col(Touchpoint.id).desc())
        .limit(1)
    ).first()


_PEOPLE = (
    select(TouchpointPerson.touchpoint_id, TouchpointPerson.name)
    .where(
        col(TouchpointPerson.organisation_id) == bindparam("org"),
        col(TouchpointPerson.touchpoint_id).in_(bindparam("touchpoints", expanding=True)),
    )
    .order_by(col(TouchpointPerson.id))
)
"""Kept: every log asks it, and to make it takes as long as to carry it out."""


def people_of(session: Session, org: str, touchpoint_ids: Sequence[str]) -> dict[str, list[str]]:
    """The names given with each touchpoint, in the order typed."""
    found: dict[str, list[str]] = {touchpoint_id: [] for touchpoint_id in touchpoint_ids}
    for touchpoint_id, name in session.exec(_PEOPLE, params={"org": org, "touchpoints": list(touchpoint_ids)}):
        found[touchpoint_id].append(name)
    return found


def set_people(session: Session, touchpoint: Touchpoint, names: Sequence[str], *, now: datetime) -> None:
    """Replace the names given with a touchpoint."""
    for row in session.exec(
        select(TouchpointPerson).where(
            col(TouchpointPerson.organisation_id) == touchpoint.organisation_id,
            col(TouchpointPerson.touchpoint_id) == touchpoint.id,
        )
    ):
        session.delete(row)
    session.flush()
    add_people(session, touchpoint, names, now=now)


def add_people(session: Session, touchpoint: Touchpoint, names: Sequence[str], *, now: datetime) -> None:
    """Keep the names given with a new touchpoint."""
    # One random part for all: the ids keep the order of typing within the millisecond.
    first = new_id(now)
    rows = [
        TouchpointPerson(
            id=f"{first[:-3]}{number:03x}",
            organisation_id=touchpoint.organisation_id,
            touchpoint_id=touchpoint.id,
            name=name,
        )
        for number, name in enumerate(names)
    ]
    db.add_all(session, rows)
