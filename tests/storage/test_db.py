"""Units of work: no lost update, patience, read-only files, versions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from storage import db
from storage.db import Database, Stale, StorageBusy, StorageReadOnly
from storage.models import Member, Revision, Room, Workspace
from tests import factories
from tests.factories import MONDAY

THREADS, INCREMENTS = 8, 25


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    made = factories.database(tmp_path)
    yield made
    made.close()


@pytest.fixture(name="person")
def _person(database: Database) -> Member:
    with db.unit_of_work(database) as session:
        company = factories.organisation(session)
        place = factories.workspace(session, company.id)
        factories.room(session, place, name="0")
        return factories.member(session, company.id)


def read(session: Session, person: Member) -> Member:
    return session.exec(select(Member).where(col(Member.id) == person.id)).one()


def test_no_update_is_lost(database: Database, person: Member) -> None:
    def count(_thread: int) -> None:
        for _ in range(INCREMENTS):
            with db.unit_of_work(database) as session:
                room = session.exec(select(Room).where(col(Room.organisation_id) == person.organisation_id)).one()
                db.change(session, room, {"name": str(int(room.name) + 1)})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count, range(THREADS)))
    with database.reading() as session:
        assert session.exec(select(Room.name)).one() == str(THREADS * INCREMENTS)


def test_a_locked_file_is_busy(database: Database, person: Member) -> None:
    with database.writing() as holder:
        holder.connection()
        with pytest.raises(StorageBusy), database.writing(patience_ms=20) as late:
            late.connection()
        with database.reading() as reader:
            assert read(reader, person).name == person.name
    with database.writing(patience_ms=20) as free:
        free.connection()


def test_a_read_only_file_says_so(database: Database, person: Member) -> None:
    file = Path(database.url.removeprefix("sqlite:///"))
    sealed = db.connect(f"sqlite:///file:{file}?mode=ro&uri=true")
    with database.reading() as keeps_the_log_open, sealed.reading() as reader:
        assert read(keeps_the_log_open, person).name == read(reader, person).name
        with pytest.raises(StorageReadOnly), sealed.writing() as session:
            db.change(session, read(session, person), {"name": "田中"})
    sealed.close()


def fill(database: Database, org: str) -> None:
    """Write more than the file may hold."""
    with database.writing() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for number in range(10_000):
            place = Workspace(
                id=f"w{number}",
                organisation_id=org,
                platform="slack",
                tenant=f"full-{number}",
                name="x" * 200,
                created_at=MONDAY,
            )
            db.add(session, place)


def test_a_full_disk_says_so(database: Database, person: Member) -> None:
    with pytest.raises(StorageReadOnly, match="full"):
        fill(database, person.organisation_id)


def rename_and_fail(database: Database, person: Member) -> None:
    """A unit of work that ends badly."""
    with db.unit_of_work(database) as session:
        db.change(session, read(session, person), {"name": "田中"})
        raise ZeroDivisionError


def test_what_fails_leaves_nothing(database: Database, person: Member) -> None:
    with pytest.raises(ZeroDivisionError):
        rename_and_fail(database, person)
    with database.reading() as session:
        assert read(session, person).name == "高橋"


def test_revise_keeps_what_was(database: Database, person: Member) -> None:
    with db.unit_of_work(database) as session:
        row = read(session, person)
        db.revise(session, row, {"name": "高橋 実"}, by=person.id, now=MONDAY)
        assert (row.name, row.version) == ("高橋 実", 2)
        db.revise(session, row, {"name": "高橋 稔"}, by="", now=MONDAY)
    with database.reading() as session:
        assert (read(session, person).name, read(session, person).version) == ("高橋 稔", 3)
        kept = session.exec(select(Revision).order_by(col(Revision.version))).all()
    assert [(each.version, each.data["name"], each.changed_by) for each in kept] == [
        (1, "高橋", person.id),
        (2, "高橋 実", ""),
    ]
    assert {(each.subject, each.subject_id) for each in kept} == {("member", person.id)}


def test_a_stale_version_is_refused(database: Database, person: Member) -> None:
    with database.reading() as session:
        old = read(session, person)
    with db.unit_of_work(database) as session:
        db.revise(session, read(session, person), {"name": "佐藤"}, by=person.id, now=MONDAY)
    with database.writing() as session:
        session.add(old)
        with pytest.raises(Stale) as refused:
            db.revise(session, old, {"name": "田中"}, by=person.id, now=MONDAY)
    assert isinstance(refused.value.row, Member)
    assert (refused.value.row.name, refused.value.row.version) == ("佐藤", 2)
    with database.reading() as session:
        assert len(session.exec(select(Revision)).all()) == 1


def test_foreign_keys_hold(database: Database, person: Member) -> None:
    file = database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with database.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert read(session, person).organisation_id == person.organisation_id
