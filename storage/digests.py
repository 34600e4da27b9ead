"""Weekly digests as they were told, and the records that a manager's week is read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from storage import db
from storage.ids import new_id
from storage.models import Alliance, AllianceRole, Digest, Member, NextStep, Touchpoint
from storage.once import insert_once
from storage.viewer import Viewer, readable_steps, readable_touchpoints


def get(session: Session, viewer: Viewer, digest_id: str) -> Digest | None:
    """The viewer's own digest by id."""
    return session.exec(
        select(Digest).where(
            col(Digest.organisation_id) == viewer.organisation_id,
            col(Digest.id) == digest_id,
            col(Digest.reader_id) == viewer.member_id,
        )
    ).first()


def of_week(session: Session, org: str, reader_id: str, week: str) -> Digest | None:
    """What a reader was told in an ISO week (2026-W28)."""
    return session.exec(
        select(Digest).where(
            col(Digest.organisation_id) == org, col(Digest.reader_id) == reader_id, col(Digest.week) == week
        )
    ).first()


def before(session: Session, org: str, reader_id: str, week: str) -> Digest | None:
    """The reader's latest digest before an ISO week."""
    return session.exec(
        select(Digest)
        .where(col(Digest.organisation_id) == org, col(Digest.reader_id) == reader_id, col(Digest.week) < week)
        .order_by(col(Digest.week).desc())
        .limit(1)
    ).first()


def keep(session: Session, *, org: str, reader_id: str, week: str, data: Mapping[str, Any], now: datetime) -> Digest:
    """Store what is told in a week; the first one stands (decision 34)."""
    row = Digest(id=new_id(now), organisation_id=org, reader_id=reader_id, week=week, data=dict(data), created_at=now)
    if insert_once(session, row, ("organisation_id", "reader_id", "week")):
        return row
    return of_week(session, org, reader_id, week) or row


def acknowledge(session: Session, row: Digest, now: datetime) -> None:
    """The reader pressed 確認しました."""
    db.change(session, row, {"acknowledged_at": now})


# ---------------------------------------------------------------- what a week is read from


def managed(session: Session, viewer: Viewer) -> list[Alliance]:
    """The open alliances that the viewer answers for, by name."""
    return list(
        session.exec(
            select(Alliance)
            .where(
                col(Alliance.organisation_id) == viewer.organisation_id,
                col(Alliance.id).in_(sorted(viewer.manages)),
                col(Alliance.stage) != "closed",
            )
            .order_by(col(Alliance.key))
        )
    )


def contacts(session: Session, viewer: Viewer, alliance_ids: Collection[str], since: date) -> list[Touchpoint]:
    """Readable touchpoints from `since` on that restart a cadence (decision 5), newest first; no private ones."""
    return list(
        session.exec(
            select(Touchpoint)
            .where(
                col(Touchpoint.organisation_id) == viewer.organisation_id,
                col(Touchpoint.alliance_id).in_(sorted(alliance_ids)),
                col(Touchpoint.on) >= since,
                col(Touchpoint.undone_at).is_(None),
                col(Touchpoint.cancelled).is_(False),
                col(Touchpoint.visibility) != "private",
                col(Touchpoint.kind) != "internal",
                (col(Touchpoint.kind) != "message") | col(Touchpoint.two_way),
                readable_touchpoints(viewer),
            )
            .order_by(col(Touchpoint.on).desc(), col(Touchpoint.id).desc())
        )
    )


def last_days(session: Session, viewer: Viewer, alliance_ids: Collection[str]) -> dict[str, date]:
    """Alliance → the day of its last interactive touchpoint, however long ago."""
    rows = session.exec(
        select(Touchpoint.alliance_id, func.max(Touchpoint.on))
        .where(
            col(Touchpoint.organisation_id) == viewer.organisation_id,
            col(Touchpoint.alliance_id).in_(sorted(alliance_ids)),
            col(Touchpoint.undone_at).is_(None),
            col(Touchpoint.cancelled).is_(False),
            col(Touchpoint.visibility) != "private",
            col(Touchpoint.kind) != "internal",
            (col(Touchpoint.kind) != "message") | col(Touchpoint.two_way),
            readable_touchpoints(viewer),
        )
        .group_by(col(Touchpoint.alliance_id))
    )
    return dict(rows.all())


def steps(session: Session, viewer: Viewer, alliance_ids: Collection[str], since: date) -> list[NextStep]:
    """Readable steps that are live, or were done on or after `since`, dated ones first; no private ones."""
    return list(
        session.exec(
            select(NextStep)
            .where(
                col(NextStep.organisation_id) == viewer.organisation_id,
                col(NextStep.alliance_id).in_(sorted(alliance_ids)),
                col(NextStep.undone_at).is_(None),
                col(NextStep.visibility) != "private",
                col(NextStep.state).in_(("open", "offered", "accepted"))
                | ((col(NextStep.state) == "done") & (col(NextStep.done_on) >= since)),
                readable_steps(viewer),
            )
            .order_by(col(NextStep.due).is_(None), col(NextStep.due), col(NextStep.id))
        )
    )


def held(session: Session, org: str, alliance_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Alliance → which of lead and backup somebody of ours holds today."""
    found: dict[str, frozenset[str]] = {}
    rows = session.exec(
        select(AllianceRole.alliance_id, AllianceRole.role)
        .join(Member, col(Member.id) == col(AllianceRole.member_id))
        .where(
            col(AllianceRole.organisation_id) == org,
            col(AllianceRole.alliance_id).in_(sorted(alliance_ids)),
            col(AllianceRole.role).in_(("lead", "backup")),
            col(AllianceRole.until).is_(None),
            col(Member.organisation_id) == org,
            col(Member.active),
        )
    )
    for alliance_id, role in rows:
        found[alliance_id] = found.get(alliance_id, frozenset()) | {role}
    return found
