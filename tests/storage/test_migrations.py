"""Migrations: what they make is what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.exc import DBAPIError

from storage import db, migrations, people
from storage.db import Database
from storage.migrations import FromNewerProgram
from storage.models import metadata


@pytest.fixture(name="empty")
def _empty(tmp_path: Path) -> Iterator[Database]:
    made = db.connect(f"sqlite:///{tmp_path / 'kakehashi.db'}")
    yield made
    made.close()


def test_they_make_what_the_models_say(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.engine.connect() as connection:
        found: object = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_current_and_head(empty: Database) -> None:
    assert migrations.current(empty) == ""
    assert migrations.upgrade(empty) == ("", migrations.head())
    assert migrations.upgrade(empty) == (migrations.head(), migrations.head())
    assert migrations.current(empty) == migrations.head() != ""


def test_many_at_once_migrate_once(empty: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        afters = {after for _, after in pool.map(migrations.upgrade, [empty] * 4)}
    assert afters == {migrations.head()}


def test_a_newer_database_is_left_alone(empty: Database) -> None:
    migrations.upgrade(empty)
    with empty.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        session.commit()
    assert not migrations.knows("9999")
    with pytest.raises(FromNewerProgram):
        migrations.upgrade(empty)
    assert migrations.current(empty) == "9999"


def test_what_fails_leaves_nothing(empty: Database) -> None:
    with empty.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE member (id TEXT)")
        session.commit()
    with pytest.raises(DBAPIError):
        migrations.upgrade(empty)
    assert migrations.current(empty) == ""
    with empty.reading() as session:
        tables = session.connection().exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    assert [name for (name,) in tables] == ["member"]


def test_what_an_older_program_kept_survives(empty: Database) -> None:
    made = migrations.config()
    with empty.engine.execution_options(kakehashi_begin="IMMEDIATE").begin() as connection:
        made.attributes["connection"] = connection
        command.upgrade(made, "0001")
        for row in (
            "INSERT INTO organisation VALUES ('o', 'みらい精機', 'ja', 'Asia/Tokyo', 'JP', '', '2026-11-20 00:00:00')",
            "INSERT INTO workspace (id, organisation_id, platform, tenant, name, bot_user, created_at)"
            " VALUES ('w', 'o', 'slack', 'T1', '', '', '2026-11-20 00:00:00')",
            "INSERT INTO member (id, organisation_id, version, name, locale, zone, platform_locale, platform_zone,"
            " work_start, work_end, work_days, active, operator, created_at)"
            " VALUES ('m', 'o', 1, '田中', '', '', '', '', '08:30', '18:00', '01234', 1, 0, '2026-11-20 00:00:00')",
            "INSERT INTO account (id, organisation_id, workspace_id, member_id, user, name, standing, deleted, seen_at)"
            " VALUES ('a', 'o', 'w', 'm', 'U1', '田中', 'member', 0, '2026-11-20 00:00:00')",
        ):
            connection.exec_driver_sql(row)
    assert migrations.upgrade(empty) == ("0001", migrations.head())
    with empty.reading() as session:
        ((account, place),) = people.accounts(session, "o", "m")
        assert (account.user, account.preferred, place.tenant) == ("U1", False, "T1")
        assert session.connection().exec_driver_sql("PRAGMA foreign_key_check").all() == []
