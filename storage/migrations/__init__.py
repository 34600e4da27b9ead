"""Alembic, configured in code: bring a database to today's schema, or say where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.db import Database

_HERE = Path(__file__).parent


class FromNewerProgram(Exception):
    """The database is at a revision that this program doesn't know: a newer version has migrated it."""


def config() -> Config:
    """Alembic's configuration; no .ini file."""
    made = Config()
    made.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    return made


def head() -> str:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def knows(revision: str) -> bool:
    """Whether `revision` is one of this program's ("" = never migrated)."""
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    return not revision or revision in known


def current(database: Database) -> str:
    """The revision that the database is at; "" when it was never migrated."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(database: Database) -> tuple[str, str]:
    """Bring the database to `head()`; returns (before, after). One transaction on SQLite: all or nothing.

    Raises FromNewerProgram, and SQLAlchemy's DBAPIError where the file can't be opened, read or written.
    """
    before = current(database)
    if not knows(before):
        raise FromNewerProgram(before)
    made = config()
    with database.engine.execution_options(kakehashi_begin="IMMEDIATE").begin() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, "head")
    return before, current(database)
