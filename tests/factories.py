"""Rows for tests: an organisation and who and what belongs to it. Every function inserts and returns one row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session

from storage.db import Database, add, connect
from storage.ids import new_id
from storage.models import Account, Member, Organisation, Room, Workspace, metadata

MONDAY = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
"""Monday 6 July 2026, 10:00 in Tokyo: a working day."""


def database(folder: Path) -> Database:
    """A new SQLite file with every table."""
    file = folder / "kakehashi.db"
    file.write_bytes(_empty())
    return connect(f"sqlite:///{file}")


@cache
def _empty() -> bytes:
    """The tables, made once for all tests of a process."""
    with closing(sqlite3.connect(":memory:")) as plain:
        for table in metadata.sorted_tables:
            plain.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
            for index in table.indexes:
                plain.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
        plain.commit()
        return plain.serialize()


def organisation(session: Session, *, locale: str = "ja", zone: str = "Asia/Tokyo", days: str = "") -> Organisation:
    """A tenant."""
    return add(
        session,
        Organisation(
            id=new_id(MONDAY), name="ひかり電機", locale=locale, zone=zone, company_days=days, created_at=MONDAY
        ),
    )


def workspace(session: Session, org: str, *, platform: str = "slack", tenant: str = "T1") -> Workspace:
    """A workspace of `org`."""
    return add(
        session,
        Workspace(id=new_id(MONDAY), organisation_id=org, platform=platform, tenant=tenant, created_at=MONDAY),
    )


def member(
    session: Session,
    org: str,
    *,
    name: str = "高橋",
    locale: str = "",
    zone: str = "",
    away_until: date | None = None,
    quiet_until: date | None = None,
    active: bool = True,
) -> Member:
    """A person of ours, without an account."""
    return add(
        session,
        Member(
            id=new_id(MONDAY),
            organisation_id=org,
            name=name,
            locale=locale,
            zone=zone,
            away_until=away_until,
            quiet_until=quiet_until,
            active=active,
            created_at=MONDAY,
        ),
    )


def account(
    session: Session,
    person: Member,
    place: Workspace,
    *,
    user: str = "U1",
    standing: str = "member",
    deleted: bool = False,
    seen: timedelta = timedelta(0),
) -> Account:
    """A person's presence in a workspace; `seen` is how long after MONDAY."""
    return add(
        session,
        Account(
            id=new_id(MONDAY),
            organisation_id=person.organisation_id,
            workspace_id=place.id,
            member_id=person.id,
            user=user,
            standing=standing,
            deleted=deleted,
            seen_at=MONDAY + seen,
        ),
    )


def room(session: Session, place: Workspace, *, external: str = "C1", name: str = "提携-ノヴァ素材") -> Room:
    """A channel of a workspace."""
    return add(
        session,
        Room(
            id=new_id(MONDAY),
            organisation_id=place.organisation_id,
            workspace_id=place.id,
            external=external,
            name=name,
            created_at=MONDAY,
        ),
    )
