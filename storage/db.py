"""Engines and sessions: one writing unit of work at a time on SQLite, versions and revisions for every change."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from sqlite3 import Connection as SqliteConnection
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Insert, Update, bindparam, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import Table
from sqlmodel import Session, create_engine

from storage.ids import new_id
from storage.models import Base, Editable, Revision
from storage.models.base import Row, columns_of, metadata, table_of

PATIENCE_MS = 5000
_WRITE = {"kakehashi_begin": "IMMEDIATE"}

AnyRow = TypeVar("AnyRow", bound=Base)


class StorageBusy(Exception):
    """The database is locked by another writer for longer than the patience given."""


class StorageReadOnly(Exception):
    """The database cannot be written: read-only file or medium, or no space left."""


class Stale(Exception):
    """The row has changed since the caller read it; `row` is what it is now."""

    def __init__(self, row: Editable) -> None:
        super().__init__(f"{table_of(row).name} {row.id} is at version {row.version}")
        self.row = row


@dataclass(frozen=True)
class Database:
    """One engine in two modes: `writer` begins IMMEDIATE on SQLite, so that no update is lost (platform.md C4)."""

    engine: Engine
    url: str

    @property
    def sqlite(self) -> bool:
        """Whether the file is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self, patience_ms: int = PATIENCE_MS) -> Generator[Session]:
        """A session whose transaction takes the write lock at its first statement; who calls commits.

        Raises StorageBusy after `patience_ms`, StorageReadOnly where nothing can be written.
        """
        with (
            _translated(),
            Session(self.engine.execution_options(**_WRITE), expire_on_commit=False) as session,
        ):
            if self.sqlite:
                _patience(self.engine, session, patience_ms)
            yield session

    @contextmanager
    def reading(self) -> Generator[Session]:
        """A session for reading only."""
        with _translated(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def connect(url: str) -> Database:
    """The database at `url` (an SQLAlchemy URL). Nothing is opened until the first statement."""
    # Parameters hold what people typed: they never come into an error or a log.
    engine = create_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    return Database(engine, url)


def _on_connect(connection: SqliteConnection, _record: object) -> None:
    # The driver's own transaction control loses updates without a word; BEGIN is ours (platform.md C4).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        f"busy_timeout={PATIENCE_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("kakehashi_begin", "DEFERRED")
    patience = connection.get_execution_options().get("kakehashi_patience")
    if patience is not None and connection.info.get("patience", PATIENCE_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience)}")
        connection.info["patience"] = patience
    connection.exec_driver_sql(f"BEGIN {mode}")


def _patience(engine: Engine, session: Session, patience_ms: int) -> None:
    session.bind = engine.execution_options(**_WRITE, kakehashi_patience=patience_ms)


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except OperationalError as error:
        words = str(error.orig).lower()
        if "locked" in words or "busy" in words:
            raise StorageBusy(words) from error
        if "readonly" in words or "read-only" in words or "full" in words or "unable to open" in words:
            raise StorageReadOnly(words) from error
        raise


@contextmanager
def unit_of_work(database: Database, patience_ms: int = PATIENCE_MS) -> Generator[Session]:
    """Maintenance: one writing session that commits at the end (import batches, seeding, restore; decision 26)."""
    with database.writing(patience_ms) as session:
        yield session
        session.commit()


def add(session: Session, row: AnyRow) -> AnyRow:
    """Insert `row` as it stands by a Core statement (an ORM insert costs five times its commit, rigs.md §6)."""
    add_all(session, [row])
    return row


def add_all(session: Session, rows: Sequence[AnyRow]) -> None:
    """Insert rows of one table by one statement, as `add` does."""
    if rows:
        session.connection().execute(_insert(table_of(rows[0])), [columns_of(row) for row in rows])


@cache
def _insert(table: Table[Any]) -> Insert:
    # Kept: to make a statement and its cache key takes as long as to carry it out.
    return table.insert()


OrgRow = TypeVar("OrgRow", bound=Row)


def by_id(session: Session, kind: type[OrgRow], org: str, row_id: str) -> OrgRow | None:
    """The row of that id in the organisation; one that this session has read already is not asked for again."""
    row = session.get(kind, row_id) if row_id else None
    return row if row is not None and row.organisation_id == org else None


def change(session: Session, row: AnyRow, values: Mapping[str, Any]) -> AnyRow:
    """Set `values` on a row that keeps no versions (rooms, schedules, outbox); `row` shows them at once."""
    if values:
        _set(session, row, [column.name for column in table_of(row).primary_key.columns], values)
        _show(row, values)
    return row


def _set(session: Session, row: Base, keys: Sequence[str], values: Mapping[str, Any]) -> int:
    statement = _update(table_of(row), tuple(keys), tuple(values))
    told = {f"of_{name}": getattr(row, name) for name in keys}
    told.update((f"to_{name}", value) for name, value in values.items())
    return session.connection().execute(statement, told).rowcount


@cache
def _update(table: Table[Any], keys: tuple[str, ...], names: tuple[str, ...]) -> Update:
    where = [table.c[name] == bindparam(f"of_{name}") for name in keys]
    return table.update().where(*where).values({name: bindparam(f"to_{name}") for name in names})


def empty(session: Session) -> None:
    """Delete every row of every table; for the practice workspace's reset only."""
    for table in reversed(metadata.sorted_tables):
        session.connection().execute(table.delete())


EditableRow = TypeVar("EditableRow", bound=Editable)


def revise(session: Session, row: EditableRow, values: Mapping[str, Any], *, by: str, now: datetime) -> EditableRow:
    """Change an editable row: what it was goes to `revision`, its version grows by one (decision 3).

    `by` is a member id ("" = the clock). Raises Stale when somebody was faster.
    """
    table = table_of(row)
    before = _jsonable(row.model_dump())
    after = {**values, "version": row.version + 1}
    if _set(session, row, ("id", "version"), after) != 1:
        session.refresh(row)
        raise Stale(row)
    add(
        session,
        Revision(
            id=new_id(now),
            organisation_id=row.organisation_id,
            subject=table.name,
            subject_id=row.id,
            version=row.version,
            data=before,
            changed_by=by,
            at=now,
        ),
    )
    _show(row, after)
    return row


def _show(row: Base, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        set_committed_value(row, name, value)


def _jsonable(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in data.items()}
