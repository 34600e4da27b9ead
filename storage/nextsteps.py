"""Next steps: what was agreed to be done, by whom, until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from storage import db, schedules
from storage.ids import new_id
from storage.models import NextStep, Revision
from storage.viewer import Viewer, readable_steps

LIVE = ("open", "offered", "accepted")
"""The states of a step that we still follow; `elsewhere` is followed in another tool."""


def get(session: Session, viewer: Viewer, step_id: str) -> NextStep | None:
    """The step of that id if `viewer` may read it and it wasn't undone."""
    if viewer.system:
        row = db.by_id(session, NextStep, viewer.organisation_id, step_id)
        return row if row is not None and row.undone_at is None else None
    return session.exec(
        select(NextStep).where(
            col(NextStep.organisation_id) == viewer.organisation_id,
            col(NextStep.id) == step_id,
            col(NextStep.undone_at).is_(None),
            readable_steps(viewer),
        )
    ).first()


def told(session: Session, viewer: Viewer, step_id: str) -> NextStep | None:
    """As `get`, and one that was undone too: whoever heard of it hears that as well."""
    return session.exec(
        select(NextStep).where(
            col(NextStep.organisation_id) == viewer.organisation_id,
            col(NextStep.id) == step_id,
            readable_steps(viewer),
        )
    ).first()


def insert(session: Session, row: NextStep, now: datetime) -> NextStep:
    """Keep a new step and have its notices planned; one that is nobody else's to take up needs no offer."""
    db.add(session, row)
    kinds = ("step.offered", "step.due") if row.state == "offered" else ("step.due",)
    schedules.touch_each(session, row.organisation_id, [(kind, row.id) for kind in kinds], now)
    return row


def new(*, org: str, alliance_id: str, text: str, assigned_by: str, now: datetime, number: int = 0) -> NextStep:
    """A step with nobody named yet; the caller fills in what it knows before `insert`.

    `number` counts the steps of one line, so that they keep its order.
    """
    return NextStep(
        id=new_id(now + timedelta(milliseconds=number)),
        organisation_id=org,
        alliance_id=alliance_id,
        text=text,
        assigned_by=assigned_by,
        created_at=now,
    )


def revise(session: Session, row: NextStep, values: Mapping[str, Any], *, by: str, now: datetime) -> NextStep:
    """Change a step (raises db.Stale) and have its notices planned anew."""
    db.revise(session, row, values, by=by, now=now)
    _touch(session, row, now)
    return row


def was_accepted(session: Session, row: NextStep) -> bool:
    """Whether its present owner had accepted the step at any version of it."""
    earlier = session.exec(
        select(Revision).where(
            col(Revision.organisation_id) == row.organisation_id,
            col(Revision.subject) == "next_step",
            col(Revision.subject_id) == row.id,
        )
    )
    return any((each.data.get("state"), each.data.get("owner_id")) == ("accepted", row.owner_id) for each in earlier)


def open_of(session: Session, viewer: Viewer, alliance_id: str) -> list[NextStep]:
    """The live steps of an alliance, of both sides, that `viewer` may read: dated ones first, by day."""
    return _live(session, viewer, col(NextStep.alliance_id) == alliance_id)


def mine(session: Session, viewer: Viewer) -> list[NextStep]:
    """The viewer's own live steps, offered ones included: dated ones first, by day."""
    return _live(session, viewer, col(NextStep.owner_id) == viewer.member_id)


def recorded(session: Session, viewer: Viewer) -> list[NextStep]:
    """Live steps of either side that the viewer recorded, whoever has them."""
    return _live(session, viewer, col(NextStep.assigned_by) == viewer.member_id)


def unowned(session: Session, viewer: Viewer) -> list[NextStep]:
    """Live steps that the viewer recorded and that nobody of ours has taken: not theirs, no owner."""
    return _live(
        session,
        viewer,
        (col(NextStep.assigned_by) == viewer.member_id)
        & col(NextStep.owner_id).is_(None)
        & (col(NextStep.side) != "theirs"),
    )


def between(session: Session, viewer: Viewer, since: date, until: date) -> list[NextStep]:
    """Live steps due from `since` to `until`, both included, that `viewer` may read."""
    return _live(session, viewer, col(NextStep.due).between(since, until))


def of_entry(session: Session, viewer: Viewer, entry_id: str) -> list[NextStep]:
    """The steps that one typed line made, in its order, whatever became of them (not the undone ones)."""
    return list(
        session.exec(
            select(NextStep)
            .where(
                col(NextStep.organisation_id) == viewer.organisation_id,
                col(NextStep.entry_id) == entry_id,
                col(NextStep.undone_at).is_(None),
                readable_steps(viewer),
            )
            .order_by(col(NextStep.id))
        )
    )


def counts_of(session: Session, viewer: Viewer, alliance_ids: Iterable[str]) -> dict[str, int]:
    """Alliance id → how many live steps `viewer` may read there; alliances without any are left out."""
    rows = session.exec(
        select(NextStep.alliance_id, func.count())
        .where(
            col(NextStep.organisation_id) == viewer.organisation_id,
            col(NextStep.alliance_id).in_(sorted(set(alliance_ids))),
            col(NextStep.undone_at).is_(None),
            col(NextStep.state).in_(LIVE),
            readable_steps(viewer),
        )
        .group_by(col(NextStep.alliance_id))
    )
    return dict(rows.all())


def _live(session: Session, viewer: Viewer, wanted: ColumnElement[bool]) -> list[NextStep]:
    rows = session.exec(
        select(NextStep)
        .where(
            col(NextStep.organisation_id) == viewer.organisation_id,
            col(NextStep.undone_at).is_(None),
            col(NextStep.state).in_(LIVE),
            wanted,
            readable_steps(viewer),
        )
        .order_by(col(NextStep.due).is_(None), col(NextStep.due), col(NextStep.id))
    )
    return list(rows)


def _touch(session: Session, row: NextStep, now: datetime) -> None:
    schedules.touch_each(session, row.organisation_id, [("step.offered", row.id), ("step.due", row.id)], now)
