"""Progress updates: the drafts of a week, what was shared, and colleagues' questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from storage import db, outbox
from storage.ids import new_id
from storage.models import AllianceRoom, Friction, NextStep, ProgressUpdate, Question, Room, Touchpoint
from storage.viewer import Viewer, readable_friction, readable_steps, readable_touchpoints

ANSWERED = ("shared", "no_change")


def prompt_of(lead_id: str, week: str) -> str:
    """The subject of a Thursday's message: one lead, one ISO week."""
    return f"{lead_id}:{week}"


def get(session: Session, viewer: Viewer, update_id: str) -> ProgressUpdate | None:
    """An update by id: a draft for those near its alliance, a shared one for every colleague."""
    row = session.exec(
        select(ProgressUpdate).where(
            col(ProgressUpdate.organisation_id) == viewer.organisation_id, col(ProgressUpdate.id) == update_id
        )
    ).first()
    if row is None or viewer.system or row.state == "shared":
        return row
    return row if row.alliance_id in viewer.on_team or row.lead_id == viewer.member_id else None


def of_week(session: Session, org: str, lead_id: str, week: str) -> list[ProgressUpdate]:
    """The drafts that a lead was shown in an ISO week (2026-W28), whatever became of them, in order."""
    return list(
        session.exec(
            select(ProgressUpdate)
            .where(
                col(ProgressUpdate.organisation_id) == org,
                col(ProgressUpdate.lead_id) == lead_id,
                col(ProgressUpdate.week) == week,
            )
            .order_by(col(ProgressUpdate.id))
        )
    )


def weeks_of(session: Session, org: str, alliance_ids: Collection[str]) -> dict[str, list[tuple[str, str]]]:
    """Alliance → (week, state) of its updates, newest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = session.exec(
        select(ProgressUpdate.alliance_id, ProgressUpdate.week, ProgressUpdate.state)
        .where(col(ProgressUpdate.organisation_id) == org, col(ProgressUpdate.alliance_id).in_(sorted(alliance_ids)))
        .order_by(col(ProgressUpdate.week).desc())
    )
    for alliance_id, week, state in rows:
        found.setdefault(alliance_id, []).append((week, state))
    return found


def last_shared(session: Session, org: str, alliance_ids: Collection[str]) -> dict[str, datetime]:
    """Alliance → when colleagues last heard of it or were told that nothing changed."""
    rows = session.exec(
        select(ProgressUpdate.alliance_id, func.max(ProgressUpdate.shared_at))
        .where(
            col(ProgressUpdate.organisation_id) == org,
            col(ProgressUpdate.alliance_id).in_(sorted(alliance_ids)),
            col(ProgressUpdate.state).in_(ANSWERED),
            col(ProgressUpdate.shared_at).is_not(None),
        )
        .group_by(col(ProgressUpdate.alliance_id))
    )
    return {alliance_id: at for alliance_id, at in rows if at is not None}


def draft(session: Session, row: ProgressUpdate) -> ProgressUpdate:
    """Keep a new draft."""
    return db.add(session, row)


def revise(
    session: Session, row: ProgressUpdate, values: Mapping[str, Any], *, by: str, now: datetime
) -> ProgressUpdate:
    """Change a draft or say what became of it (raises db.Stale); the message that asked is told anew."""
    db.revise(session, row, values, by=by, now=now)
    outbox.refresh(session, row.organisation_id, prompt_of(row.lead_id, row.week), kinds=("update",), now=now)
    return row


def rooms_of(session: Session, org: str, alliance_id: str) -> list[Room]:
    """The linked rooms that updates may go to: their link isn't paused."""
    return list(
        session.exec(
            select(Room)
            .join(AllianceRoom, col(AllianceRoom.room_id) == col(Room.id))
            .where(
                col(Room.organisation_id) == org,
                col(AllianceRoom.organisation_id) == org,
                col(AllianceRoom.alliance_id) == alliance_id,
                col(AllianceRoom.paused_reason) == "",
            )
            .order_by(col(AllianceRoom.id))
        )
    )


# ---------------------------------------------------------------- what a draft is made from


def contacts_since(session: Session, viewer: Viewer, alliance_id: str, since: date) -> list[Touchpoint]:
    """Readable touchpoints of that day and later, newest first; nobody's private ones."""
    return list(
        session.exec(
            select(Touchpoint)
            .where(
                col(Touchpoint.organisation_id) == viewer.organisation_id,
                col(Touchpoint.alliance_id) == alliance_id,
                col(Touchpoint.on) >= since,
                col(Touchpoint.visibility) != "private",
                col(Touchpoint.cancelled).is_(False),
                col(Touchpoint.undone_at).is_(None),
                readable_touchpoints(viewer),
            )
            .order_by(col(Touchpoint.on).desc(), col(Touchpoint.id).desc())
            .limit(5)
        )
    )


def steps_since(session: Session, viewer: Viewer, alliance_id: str, since: date) -> list[NextStep]:
    """Readable steps that were done on or after `since`, the latest first; nobody's private ones."""
    return list(
        session.exec(
            select(NextStep)
            .where(
                col(NextStep.organisation_id) == viewer.organisation_id,
                col(NextStep.alliance_id) == alliance_id,
                col(NextStep.state) == "done",
                col(NextStep.done_on) >= since,
                col(NextStep.visibility) != "private",
                col(NextStep.undone_at).is_(None),
                readable_steps(viewer),
            )
            .order_by(col(NextStep.done_on).desc(), col(NextStep.id).desc())
        )
    )


def solved_since(session: Session, viewer: Viewer, alliance_id: str, since: date) -> list[Friction]:
    """Readable notes that were resolved on or after `since`; nobody's private ones."""
    return list(
        session.exec(
            select(Friction)
            .where(
                col(Friction.organisation_id) == viewer.organisation_id,
                col(Friction.alliance_id) == alliance_id,
                col(Friction.state) == "resolved",
                col(Friction.closed_on) >= since,
                col(Friction.visibility) != "private",
                col(Friction.undone_at).is_(None),
                readable_friction(viewer),
            )
            .order_by(col(Friction.closed_on).desc(), col(Friction.id))
        )
    )


# ---------------------------------------------------------------- questions


def ask(session: Session, update: ProgressUpdate, *, asker_id: str, text: str, now: datetime) -> Question:
    """Keep a colleague's question below a shared update."""
    row = Question(
        id=new_id(now),
        organisation_id=update.organisation_id,
        update_id=update.id,
        asker_id=asker_id,
        text=text,
        created_at=now,
    )
    return db.add(session, row)


def question(session: Session, org: str, question_id: str) -> tuple[Question, ProgressUpdate] | None:
    """A question and the update that it is about."""
    found = session.exec(
        select(Question, ProgressUpdate)
        .join(ProgressUpdate, col(ProgressUpdate.id) == col(Question.update_id))
        .where(col(Question.organisation_id) == org, col(Question.id) == question_id)
    ).first()
    return (found[0], found[1]) if found else None


def reply(session: Session, row: Question, text: str, *, now: datetime) -> Question:
    """Keep the lead's answer; the message that asked for it is told anew."""
    db.change(session, row, {"answer": text})
    outbox.refresh(session, row.organisation_id, row.id, kinds=("update.question",), now=now)
    return row
