"""Copies of everything: a documented export for people and other programs, a backup that can be restored."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select
from sqlalchemy.sql.schema import Table
from sqlmodel import Session

from storage.models import metadata

FORMAT = "kakehashi-export"
FORMAT_VERSION = 1

NOT_EXPORTED = frozenset(
    {"inbox", "heartbeat", "outbox", "occurrence", "schedule", "delivery", "conversation", "link_code"}
)
"""The machinery of the clock and the post is no history; `backup` carries it.

So are the ways into a chat (`conversation`); a `link_code` is a key for ten minutes, and nobody's record.
"""

ENTRY_TEXT = ("raw", "source_text")
"""What of a typed line is left out (null) where a part of it is private: the line holds the private words too."""

Values: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Own:
    """Whose a row is (a column), and when it is theirs alone."""

    owner: str
    alone: Callable[[Values], bool]


def _private(row: Values) -> bool:
    return row.get("visibility") == "private"


PRIVATE: Mapping[str, Own] = {
    "touchpoint": Own("recorder_id", _private),
    "friction": Own("author_id", _private),
    "next_step": Own("assigned_by", _private),
    "progress_update": Own("lead_id", lambda row: row.get("state") in ("drafted", "skipped")),
    "entry": Own("recorder_id", lambda row: row.get("state") == "pending"),
    "digest": Own("reader_id", lambda _row: True),
}
"""What nobody but its owner may read: another person's are counted, not carried (decision 8)."""


class NotADatabase(Exception):
    """The file is no whole SQLite database of this product."""


class CopyFailed(Exception):
    """The copy could not be read or written: no such folder, no room left, a locked file."""


class InUse(Exception):
    """Another process has the database open."""


@dataclass(frozen=True)
class Export:
    """`tables` maps table name → rows (ISO dates, UTC instants); `private` counts what was left out per table."""

    organisation: str
    tables: Mapping[str, Rows]
    private: Mapping[str, int]


# ---------------------------------------------------------------- export


def export(session: Session, org: str, *, member_id: str = "") -> Export:
    """Everything of an organisation but others' private text; `member_id` names whose own private rows come along."""
    tables: dict[str, Rows] = {}
    hidden: dict[str, Rows] = {name: [] for name in PRIVATE}
    for table in metadata.sorted_tables:
        if table.name in NOT_EXPORTED:
            continue
        tables[table.name] = []
        for row in _rows(session, table, org):
            (hidden[table.name] if _withheld(table.name, row, member_id) else tables[table.name]).append(row)
    blanked = _close_entries(tables, hidden, member_id)
    kept = {row["id"] for rows in tables.values() for row in rows}
    tables["touchpoint_person"] = [row for row in tables["touchpoint_person"] if row["touchpoint_id"] in kept]
    tables["revision"] = [
        row
        for row in tables["revision"]
        if row["subject_id"] in kept - blanked and not _withheld(row["subject"], row["data"], member_id)
    ]
    return Export(org, tables, {name: len(rows) for name, rows in hidden.items()})


def _withheld(table: str, row: Values, member_id: str) -> bool:
    own = PRIVATE.get(table)
    return own is not None and own.alone(row) and row.get(own.owner) != member_id


def _close_entries(tables: dict[str, Rows], hidden: Mapping[str, Rows], member_id: str) -> set[str]:
    """The typed line of a private record goes with it; where other records came from it, only its words do.

    A line that made no record at all (asked about, then dropped) was read by nobody but its recorder `member_id`.
    Returns the ids of the lines whose words were left out; they are counted as hidden too.
    """
    touched = {row["entry_id"] for rows in hidden.values() for row in rows if row.get("entry_id")}
    needed = {row["entry_id"] for rows in tables.values() for row in rows if row.get("entry_id")}
    others = {row["id"] for row in tables["entry"] if row["recorder_id"] != member_id}
    gone = (touched | others) - needed
    blanked = touched & needed
    hidden["entry"].extend(row for row in tables["entry"] if row["id"] in gone | blanked)
    tables["entry"] = [
        {**row, **dict.fromkeys(ENTRY_TEXT)} if row["id"] in blanked else row
        for row in tables["entry"]
        if row["id"] not in gone
    ]
    return blanked


def as_json(data: Export, *, at: datetime) -> dict[str, Any]:
    """The documented shape of an export (docs/export.md). `at`: when, aware UTC."""
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "exported_at": at.isoformat(),
        "organisation_id": data.organisation,
        "private_left_out": dict(data.private),
        "tables": dict(data.tables),
    }


def _rows(session: Session, table: Table[Any], org: str) -> Iterator[dict[str, Any]]:
    column = table.c["id" if table.name == "organisation" else "organisation_id"]
    wanted: Select[Any] = select(table).where(column == org).order_by(table.c["id"])
    for row in session.connection().execute(wanted).mappings():
        yield {str(name): _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def counts(session: Session) -> dict[str, int]:
    """Rows per table: what a restore is checked by."""
    return {
        table.name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


# ---------------------------------------------------------------- backup and restore


def backup(source: Path, target: Path) -> None:
    """A consistent copy of a running SQLite file by SQLite's own backup (never a plain copy: WAL, platform.md C4).

    `target` appears whole or not at all, readable by its owner only. Raises NotADatabase where `source` isn't one,
    CopyFailed where it can't be read or `target` can't be written.
    """
    check(source)
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        with closing(sqlite3.connect(_address(source), uri=True)) as old, closing(sqlite3.connect(partial)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
        partial.replace(target)
    except (OSError, sqlite3.DatabaseError) as error:
        partial.unlink(missing_ok=True)
        raise CopyFailed(_reason(error)) from error


def check(file: Path) -> None:
    """Raises NotADatabase where `file` isn't a whole SQLite database of this product, CopyFailed where it is locked."""
    if not file.is_file():
        raise NotADatabase(str(file))
    try:
        with closing(sqlite3.connect(_address(file), uri=True)) as connection:
            whole = connection.execute("PRAGMA quick_check").fetchone()
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        if _locked(error):
            raise CopyFailed(str(error)) from error
        raise NotADatabase(str(file)) from error
    if whole is None or whole[0] != "ok":
        raise NotADatabase(str(file))


def take_place(fresh: Path, target: Path) -> None:
    """`fresh` becomes `target` in one step; what `target` was is gone.

    Raises InUse where another process has `target` open (it would go on writing into a file that nobody sees),
    CopyFailed where it can't be replaced; then nothing has changed.
    """
    try:
        if target.exists():
            _close_up(target)
            for suffix in ("-wal", "-shm"):
                target.with_name(f"{target.name}{suffix}").unlink(missing_ok=True)
        fresh.replace(target)
    except OSError as error:
        raise CopyFailed(_reason(error)) from error


def _close_up(file: Path) -> None:
    """Fold the write-ahead log into the file, which SQLite does only for the one who is alone with it."""
    try:
        with closing(sqlite3.connect(file, timeout=0.5, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        # a broken file is what a restore is for
        if _locked(error):
            raise InUse(str(file)) from error


def _locked(error: sqlite3.Error) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _reason(error: OSError | sqlite3.Error) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _address(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"
