"""Two members turn out to be one person: everything that named the one names the other, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, or_, update
from sqlalchemy.sql.schema import Table
from sqlmodel import Session, col, select

from storage import db, outbox, schedules
from storage.models import AllianceRole, Digest, LinkCode, Member, Occurrence, Outbox, Revision, Schedule
from storage.models.base import Base, metadata, table_of

LOOSE: Mapping[str, tuple[str, ...]] = {
    "alliance": ("created_by",),
    "alliance_room": ("linked_by",),
    "audit": ("actor_id",),
    "check_in": ("answered_by",),
    "delivery": ("member_id",),
    "entry": ("author_id",),
    "planned_meeting": ("created_by",),
    "progress_update": ("shared_by",),
    "revision": ("changed_by",),
}
"""Columns that hold a member without a foreign key; those with one are read from the tables."""

LINKED = "linked"
"""Why something that waited for the member who is gone is not said: the survivor hears it already."""


def columns() -> Iterator[tuple[Table[Any], str]]:
    """Every column that holds the id of a member."""
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table.name == "member":
                yield from ((table, column.name) for column in key.columns if column.name != "organisation_id")
        yield from ((table, name) for name in LOOSE.get(table.name, ()))


PASSING = frozenset({"account", "audit", "delivery", "link_code", "outbox", "revision"})
"""Tables whose rows every member has from first contact on."""


def has_history(session: Session, person: Member) -> bool:
    """Whether anything that was recorded or agreed names the member: roles, lines, steps, notes, digests, …

    So does an operator's right, which is lost in a merge.
    """
    return person.operator or any(
        session.connection()
        .execute(
            table.select()
            .with_only_columns(table.c.id)
            .where(table.c.organisation_id == person.organisation_id, table.c[name] == person.id)
            .limit(1)
        )
        .first()
        is not None
        for table, name in columns()
        if table.name not in PASSING
    )


def merge(session: Session, gone: Member, into: Member, *, now: datetime) -> None:
    """Everything that refers to `gone` refers to `into`; `gone` is deleted and its accounts belong to `into`.

    Where only one row may be (a role, a week's digest, a schedule) the survivor's stays. Versions don't grow: nobody
    has changed what is recorded. `gone` keeps its values but is no row any more; all else is read anew.
    """
    org = into.organisation_id
    if gone.organisation_id != org or gone.id == into.id:
        raise ValueError("only two members of one organisation can be one person")
    outbox.cancel(session, org, gone.id, kinds=("welcome",), reason=LINKED, now=now)
    _roles(session, org, gone.id, into.id)
    _digests(session, org, gone.id, into.id)
    _clock(session, org, gone.id, into.id, now=now)
    _delete(session, LinkCode, col(LinkCode.member_id) == gone.id)
    for table, name in columns():
        of = (table.c.organisation_id == org, table.c[name] == gone.id)
        session.connection().execute(table.update().where(*of).values({name: into.id}))
    _written(session, org, gone.id, into.id)
    own = (col(Revision.subject) == "member", col(Revision.subject_id) == gone.id)
    _delete(session, Revision, col(Revision.organisation_id) == org, *own)
    _settings(session, gone, into, now)
    if gone in session:
        session.expunge(gone)
    _delete(session, Member, col(Member.id) == gone.id)
    session.expire_all()


def _roles(session: Session, org: str, gone: str, into: str) -> None:
    """The same role on the same alliance once, since the earlier of both days."""
    held = select(AllianceRole).where(col(AllianceRole.organisation_id) == org, col(AllianceRole.until).is_(None))
    kept = {(row.alliance_id, row.role): row for row in session.exec(held.where(col(AllianceRole.member_id) == into))}
    for row in list(session.exec(held.where(col(AllianceRole.member_id) == gone))):
        same = kept.get((row.alliance_id, row.role))
        if same is not None:
            db.change(session, same, {"since": min(same.since, row.since)})
            _delete(session, AllianceRole, col(AllianceRole.id) == row.id)


def _digests(session: Session, org: str, gone: str, into: str) -> None:
    """One digest a week: where both were told, the survivor's stays, confirmed if either was."""
    told = select(Digest).where(col(Digest.organisation_id) == org)
    kept = {row.week: row for row in session.exec(told.where(col(Digest.reader_id) == into))}
    for row in list(session.exec(told.where(col(Digest.reader_id) == gone))):
        same = kept.get(row.week)
        if same is not None:
            if same.acknowledged_at is None:
                db.change(session, same, {"acknowledged_at": row.acknowledged_at})
            _delete(session, Digest, col(Digest.id) == row.id)


# ---------------------------------------------------------------- the clock and the post


def _clock(session: Session, org: str, gone: str, into: str, *, now: datetime) -> None:
    """What was planned for `gone` (digest, update) is planned for `into`; what both became due for is said once."""
    of = select(Schedule).where(col(Schedule.organisation_id) == org)
    kept = {row.kind: row for row in session.exec(of.where(col(Schedule.subject_id) == into))}
    for row in list(session.exec(of.where(col(Schedule.subject_id) == gone))):
        same = kept.get(row.kind)
        if same is None:
            db.change(session, row, {"subject_id": into, "dirty": True})
        else:
            _occurrences(session, row, same, now)
            db.change(session, same, {"dirty": True})
            _delete(session, Schedule, col(Schedule.id) == row.id)


def _occurrences(session: Session, old: Schedule, new: Schedule, now: datetime) -> None:
    of = select(Occurrence).where(col(Occurrence.organisation_id) == old.organisation_id)
    kept = {(row.cycle, row.level) for row in session.exec(of.where(col(Occurrence.schedule_id) == new.id))}
    for row in list(session.exec(of.where(col(Occurrence.schedule_id) == old.id))):
        was = schedules.occurrence_key(old, row.cycle, row.level)
        told = (col(Outbox.organisation_id) == old.organisation_id, col(Outbox.key) == was)
        if (row.cycle, row.level) in kept:
            waiting = update(Outbox).where(*told, col(Outbox.state).in_(outbox.OPEN))
            done = {"state": "cancelled", "reason": LINKED, "settled_at": now, "lease_until": None, "lease_by": ""}
            session.connection().execute(waiting.values(**done))
            _delete(session, Occurrence, col(Occurrence.id) == row.id)
        else:
            key = schedules.occurrence_key(new, row.cycle, row.level)
            session.connection().execute(update(Outbox).where(*told).values(key=key))
            db.change(session, row, {"schedule_id": new.id})


# ---------------------------------------------------------------- ids inside of texts


def _written(session: Session, org: str, gone: str, into: str) -> None:
    """Ids in subjects (`<member>:<week>`), in the arguments of what is sent, and in earlier versions of rows."""
    about = or_(col(Outbox.subject_id) == gone, col(Outbox.subject_id).startswith(f"{gone}:"))
    inside = cast(col(Outbox.arguments), String).contains(gone)
    for row in list(session.exec(select(Outbox).where(col(Outbox.organisation_id) == org, or_(about, inside)))):
        arguments = _renamed(row.arguments, gone, into)
        db.change(session, row, {"subject_id": row.subject_id.replace(gone, into), "arguments": arguments})
    earlier = (col(Revision.organisation_id) == org, cast(col(Revision.data), String).contains(gone))
    for row in list(session.exec(select(Revision).where(*earlier))):
        db.change(session, row, {"data": _renamed(row.data, gone, into)})


def _renamed(data: dict[str, Any], gone: str, into: str) -> dict[str, Any]:
    return json.loads(json.dumps(data, ensure_ascii=False).replace(gone, into))


def _settings(session: Session, gone: Member, into: Member, now: datetime) -> None:
    """The survivor's own settings stay; days off and quiet count from either.

    The operator's right is given by name on the command line: no code carries it to somebody else.
    """
    values: dict[str, Any] = {}
    for name, days in (
        ("away_until", (gone.away_until, into.away_until)),
        ("quiet_until", (gone.quiet_until, into.quiet_until)),
    ):
        later = max((day for day in days if day is not None), default=None)
        if later != days[1]:
            values[name] = later
    if values:
        db.revise(session, into, values, by=into.id, now=now)


def _delete(session: Session, kind: type[Base], *where: Any) -> None:  # noqa: ANN401 - column expressions
    session.connection().execute(table_of(kind).delete().where(*where))
