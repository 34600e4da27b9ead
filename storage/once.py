"""Rows that exist once: insert unless the key is there, decided by the database on either engine (platform.md C3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.models.base import Base, table_of


def insert_once(session: Session, row: Base, unique: Sequence[str]) -> bool:
    """Insert `row` unless one with the same `unique` columns exists; True when it is new."""
    statement = _insert(session, row).on_conflict_do_nothing(index_elements=list(unique))
    return session.connection().execute(statement).rowcount == 1


def insert_or_set(session: Session, row: Base, unique: Sequence[str], *, values: Mapping[str, Any]) -> None:
    """Insert `row`, or set `values` on the one with the same `unique` columns."""
    statement = _insert(session, row).on_conflict_do_update(index_elements=list(unique), set_=dict(values))
    session.connection().execute(statement)


def _insert(session: Session, row: Base) -> sqlite.Insert | postgresql.Insert:
    table = table_of(row)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).values(row.model_dump())
    return sqlite.insert(table).values(row.model_dump())
