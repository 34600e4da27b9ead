"""Rows that exist once: insert unless the key is there, decided by the database on either engine (platform.md C3)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.schema import Table
from sqlmodel import Session

from storage.models.base import Base, columns_of, table_of


def insert_once(session: Session, row: Base, unique: Sequence[str]) -> bool:
    """Insert `row` unless one with the same `unique` columns exists; True when it is new."""
    statement = _insert(session.get_bind().dialect.name, table_of(row), tuple(unique), ())
    return session.connection().execute(statement, columns_of(row)).rowcount == 1


def insert_or_set(session: Session, rows: Sequence[Base], unique: Sequence[str], *, names: Sequence[str]) -> None:
    """Insert rows of one table; one that has the same `unique` columns takes over the columns `names` instead."""
    if rows:
        statement = _insert(session.get_bind().dialect.name, table_of(rows[0]), tuple(unique), tuple(names))
        session.connection().execute(statement, [columns_of(row) for row in rows])


@cache
def _insert(
    dialect: str, table: Table[Any], unique: tuple[str, ...], names: tuple[str, ...]
) -> sqlite.Insert | postgresql.Insert:
    """The statement, kept: to make it takes longer than to carry it out."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    if not names:
        return insert.on_conflict_do_nothing(index_elements=list(unique))
    return insert.on_conflict_do_update(
        index_elements=list(unique), set_={name: insert.excluded[name] for name in names}
    )
