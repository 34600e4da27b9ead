"""Entries: the typed lines, and what each of them made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from storage.models import Entry, Friction, NextStep, Revision, Touchpoint
from storage.viewer import Viewer

UNDO_FOR = timedelta(hours=24)
"""How long an entry can be taken back by who recorded it (decision 4)."""


@dataclass(frozen=True)
class Made:
    """The rows that came from one entry and are not undone."""

    touchpoint: Touchpoint | None
    steps: tuple[NextStep, ...]
    friction: tuple[Friction, ...]


def mine(session: Session, viewer: Viewer, entry_id: str) -> Entry | None:
    """An entry by id, if the viewer recorded it or wrote its words."""
    return session.exec(
        select(Entry).where(
            col(Entry.organisation_id) == viewer.organisation_id,
            col(Entry.id) == entry_id,
            (col(Entry.recorder_id) == viewer.member_id) | (col(Entry.author_id) == viewer.member_id),
        )
    ).first()


def recent(session: Session, viewer: Viewer, since: datetime, limit: int = 5, *, before: str = "") -> list[Entry]:
    """The viewer's own live entries since `since`, newest first: what [取り消す] can still reach (24 h), what waits.

    `before`: only those older than the entry of that id.
    """
    query = select(Entry).where(
        col(Entry.organisation_id) == viewer.organisation_id,
        col(Entry.recorder_id) == viewer.member_id,
        col(Entry.created_at) >= since,
        col(Entry.state) != "undone",
    )
    if before:
        query = query.where(col(Entry.id) < before)
    return list(session.exec(query.order_by(col(Entry.id).desc()).limit(limit)))


def by_permalink(session: Session, org: str, permalink: str) -> Entry | None:
    """The live entry that recorded the message behind `permalink`."""
    return session.exec(
        select(Entry).where(
            col(Entry.organisation_id) == org, col(Entry.permalink) == permalink, col(Entry.state) != "undone"
        )
    ).first()


def taken_out(session: Session, org: str, permalink: str) -> str:
    """The member who wrote the message behind `permalink` and took its record out; "" where nobody did."""
    found = session.exec(
        select(Entry.author_id)
        .join(Revision, col(Revision.subject_id) == col(Entry.id))
        .where(
            col(Entry.organisation_id) == org,
            col(Entry.permalink) == permalink,
            col(Entry.state) == "undone",
            col(Revision.changed_by) == col(Entry.author_id),
        )
    ).first()
    return found or ""


def made(session: Session, entry: Entry) -> Made:
    """What came from an entry and still stands."""
    org, entry_id = entry.organisation_id, entry.id
    touchpoint = session.exec(
        select(Touchpoint).where(
            col(Touchpoint.organisation_id) == org,
            col(Touchpoint.entry_id) == entry_id,
            col(Touchpoint.undone_at).is_(None),
        )
    ).first()
    steps = session.exec(
        select(NextStep)
        .where(
            col(NextStep.organisation_id) == org,
            col(NextStep.entry_id) == entry_id,
            col(NextStep.undone_at).is_(None),
        )
        .order_by(col(NextStep.id))
    )
    friction = session.exec(
        select(Friction).where(
            col(Friction.organisation_id) == org,
            col(Friction.entry_id) == entry_id,
            col(Friction.undone_at).is_(None),
        )
    )
    return Made(touchpoint, tuple(steps), tuple(friction))


def touched_by_others(session: Session, org: str, subject_ids: Sequence[str], own: Collection[str]) -> frozenset[str]:
    """Which of the rows somebody else than the members `own` has changed (the clock, "", does not count)."""
    if not subject_ids:
        return frozenset()
    return frozenset(
        session.exec(
            select(Revision.subject_id).where(
                col(Revision.organisation_id) == org,
                col(Revision.subject_id).in_(subject_ids),
                col(Revision.changed_by).not_in(["", *own]),
            )
        )
    )
