"""Friction notes (ひっかかり): who may read and change them, what managers may know, how old the open ones are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from storage import db, outbox
from storage.ids import new_id
from storage.models import Alliance, Audit, Entry, Friction, Revision
from storage.viewer import Viewer, readable_friction

OPEN = ("open", "working")
SMALL = 1
"""The highest severity that reaches managers as counts only (decision 10)."""
_SHOWN = (
    "text", "category", "severity", "visibility", "widening", "state", "owner_id", "told", "resolution", "outcome",
)  # fmt: skip
FEWEST_AUTHORS = 3
"""Fewer authors than these and a count would point at somebody (decision 10)."""


@dataclass(frozen=True)
class Count:
    """How many open notes of severity 0–1 a category has, over at least `FEWEST_AUTHORS` authors."""

    category: str
    n: int


@dataclass(frozen=True)
class Sentence:
    """What a manager may know of a severity 2–3 note: the approved words and no person or source (decision 10)."""

    id: str
    alliance_id: str
    text: str
    category: str
    severity: int
    state: str
    told: str
    on: date
    closed_on: date | None


# ---------------------------------------------------------------- rights


def is_near(viewer: Viewer, row: Friction) -> bool:
    """Whether `viewer` reads the note as its people do: author, owner, or the alliance's team unless private."""
    if viewer.member_id in (row.author_id, row.owner_id):
        return True
    return row.visibility != "private" and row.alliance_id in viewer.on_team


def may_widen(viewer: Viewer, row: Friction) -> bool:
    """Only its author decides who reads a note (decision 11)."""
    return row.author_id == viewer.member_id


# ---------------------------------------------------------------- reading


def get(session: Session, viewer: Viewer, friction_id: str) -> Friction | None:
    """A note that `viewer` may read, open or closed; None otherwise, without telling which."""
    return session.exec(select(Friction).where(col(Friction.id) == friction_id, *_live(viewer))).first()


def open_of(session: Session, viewer: Viewer, alliance_id: str | None) -> list[Friction]:
    """Open notes that `viewer` may read, of one alliance or (None) of all: the gravest first, then the oldest."""
    query = select(Friction).where(col(Friction.state).in_(OPEN), *_live(viewer))
    if alliance_id is not None:
        query = query.where(col(Friction.alliance_id) == alliance_id)
    return list(session.exec(query.order_by(col(Friction.severity).desc(), col(Friction.on), col(Friction.id))))


def counts_of(session: Session, org: str, alliance_ids: Collection[str], *, since: date | None = None) -> list[Count]:
    """Open notes of severity 0–1 per category over the alliances given, where ≥3 people wrote them; most first.

    Private notes never count; `since` leaves out older ones.
    """
    authors = func.count(func.distinct(Friction.author_id))
    query = (
        select(Friction.category, func.count())
        .where(*_counted(org, alliance_ids), col(Friction.severity) <= SMALL)
        .group_by(col(Friction.category))
        .having(authors >= FEWEST_AUTHORS)
    )
    if since is not None:
        query = query.where(col(Friction.on) >= since)
    found = [Count(category, n) for category, n in session.exec(query)]
    return sorted(found, key=lambda count: (-count.n, count.category))


def sentences(
    session: Session, viewer: Viewer, alliance_ids: Collection[str], *, closed_since: date | None = None
) -> list[Sentence]:
    """Approved sentences of severity 2–3 that `viewer` may read, the gravest and oldest first, in the approved words.

    Open ones; with `closed_since` those that were closed from that day on instead.
    """
    query = select(Friction).where(
        col(Friction.alliance_id).in_(sorted(alliance_ids)),
        col(Friction.severity) > SMALL,
        col(Friction.widening) == "approved",
        col(Friction.visibility).in_(("managers", "internal")),
        *_live(viewer),
    )
    if closed_since is None:
        query = query.where(col(Friction.state).in_(OPEN))
    else:
        query = query.where(col(Friction.state).not_in(OPEN), col(Friction.closed_on) >= closed_since)
    rows = session.exec(query.order_by(col(Friction.severity).desc(), col(Friction.on), col(Friction.id)))
    return [
        Sentence(
            row.id,
            row.alliance_id,
            row.approved_text,
            row.category,
            row.severity,
            row.state,
            row.told,
            row.on,
            row.closed_on,
        )
        for row in rows
    ]


def alliance_names(session: Session, org: str, alliance_ids: Collection[str]) -> dict[str, str]:
    """The names to show beside notes, by alliance id."""
    query = select(Alliance.id, Alliance.name).where(
        col(Alliance.organisation_id) == org, col(Alliance.id).in_(sorted(alliance_ids))
    )
    return dict(session.exec(query).all())


def source_of(session: Session, row: Friction) -> tuple[str, str, str]:
    """Permanent link and platform of the message that the note was made from ("" where it was typed), and who

    recorded it there. For its people only.
    """
    query = select(Entry.permalink, Entry.platform, Entry.recorder_id).where(
        col(Entry.organisation_id) == row.organisation_id, col(Entry.id) == row.entry_id
    )
    permalink, platform, recorder = session.exec(query).first() or ("", "", "")
    return permalink or "", platform, recorder


def changed_since(session: Session, row: Friction, version: int) -> tuple[str, ...]:
    """The columns in which the note differs from what it was at `version`; () where that version is unknown."""
    query = select(Revision).where(
        col(Revision.organisation_id) == row.organisation_id,
        col(Revision.subject) == "friction",
        col(Revision.subject_id) == row.id,
        col(Revision.version) == version,
    )
    found = session.exec(query).first()
    if found is None:
        return ()
    return tuple(name for name in _SHOWN if found.data.get(name) != getattr(row, name))


def _live(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Friction.organisation_id) == viewer.organisation_id,
        col(Friction.undone_at).is_(None),
        readable_friction(viewer),
    )


def _counted(org: str, alliance_ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Friction.organisation_id) == org,
        col(Friction.alliance_id).in_(sorted(alliance_ids)),
        col(Friction.undone_at).is_(None),
        col(Friction.visibility) != "private",
        col(Friction.state).in_(OPEN),
    )


# ---------------------------------------------------------------- changing


def revise(session: Session, row: Friction, values: Mapping[str, Any], *, by: str, now: datetime) -> Friction:
    """Change a note and have what was delivered about it told anew; raises `storage.db.Stale`."""
    db.revise(session, row, values, by=by, now=now)
    outbox.refresh(session, row.organisation_id, row.id, now=now)
    return row


def widen(session: Session, row: Friction, visibility: str, *, by: str, now: datetime) -> Friction:
    """The author lets the present sentence go to `managers` or `internal`; it is kept with its version."""
    values = {
        "visibility": visibility,
        "widening": "approved",
        "approved_text": row.text,
        "approved_version": row.version + 1,
    }
    revise(session, row, values, by=by, now=now)
    db.add(
        session,
        Audit(
            id=new_id(now),
            organisation_id=row.organisation_id,
            actor_id=by,
            action=f"friction.widened.{visibility}",
            subject="friction",
            subject_id=row.id,
            at=now,
        ),
    )
    return row


@dataclass(frozen=True)
class Reach:
    """Who reads a note, and how far its author's word on that has come."""

    visibility: str
    widening: str


def reach(wanted: str, *, severity: int, text: str, was: Friction | None = None) -> Reach:
    """What the wish `wanted` (a visibility, or "" for the default) means for a note of that severity and text.

    Severity 2–3 stays with the team until its author approved the very sentence, other words than the approved ones
    ask again (decision 11); 0–1 reaches managers as a count, so its text stays with the team (decision 10). `was` is
    the note before the change.
    """
    kept = was is not None and was.widening == "approved" and (was.visibility, was.approved_text) == (wanted, text)
    if wanted == "private":
        return Reach("private", "none")
    if kept and (severity > SMALL or wanted == "internal"):
        return Reach(wanted, "approved")
    if severity <= SMALL:
        return Reach("team", "none")
    if wanted == "team" and was is not None and was.visibility != "private" and was.widening in ("approved", "kept"):
        return Reach("team", "kept")
    return Reach("team", "pending")
