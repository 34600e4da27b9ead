"""The command line: exit codes, both languages, and copies that are whole or change nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from handlers.text import texts
from storage import db, migrations, people
from storage.ids import new_id
from storage.models import Alliance, Member, NextStep
from tests import factories
from tests.bot.practice.conftest import Practice
from tests.bot.shell import JAPANESE, NOWHERE, TOP, Shell
from tests.factories import MONDAY


@pytest.fixture(name="filled")
def _filled(shell: Shell) -> Shell:
    """With a database that holds a team's step and somebody's private one."""
    with closing(db.connect(f"sqlite:///{shell.file}")) as database:
        migrations.upgrade(database)
        with db.unit_of_work(database) as session:
            company = factories.organisation(session)
            person = factories.member(session, company.id)
            factories.account(session, person, factories.workspace(session, company.id))
            alliance = Alliance(
                id=new_id(MONDAY),
                organisation_id=company.id,
                name="ノヴァ素材",
                key="ノヴァ素材",
                started_on=MONDAY.date(),
                created_by=person.id,
                created_at=MONDAY,
            )
            db.add(session, alliance)
            for text, visibility in (("みんなの宿題", "team"), ("秘密の宿題", "private")):
                db.add(session, _step(alliance, text, visibility))
    return shell


def _step(alliance: Alliance, text: str, visibility: str) -> NextStep:
    return NextStep(
        id=new_id(MONDAY),
        organisation_id=alliance.organisation_id,
        alliance_id=alliance.id,
        text=text,
        assigned_by=alliance.created_by,
        visibility=visibility,
        created_at=MONDAY,
    )


def rename(file: Path, name: str) -> None:
    """Change the only member of a database."""
    with closing(db.connect(f"sqlite:///{file}")) as database, db.unit_of_work(database) as session:
        db.change(session, _members(session)[0], {"name": name})


def names(file: Path) -> list[str]:
    """Who is in a database."""
    with closing(db.connect(f"sqlite:///{file}")) as database, database.reading() as session:
        return [person.name for person in _members(session)]


def _members(session: Session) -> list[Member]:
    company = people.first_organisation(session)
    return people.members(session, company.id) if company else []


# ---------------------------------------------------------------- called rightly and wrongly


def test_the_process_answers_with_exit_codes(tmp_path: Path) -> None:
    def call(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={**known, "PYTHONPATH": str(TOP), **settings},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    wrong = call("serve", DEFAULT_LOCALE="en", PORT="x", DEFAULT_TIMEZONE="Tokyo")
    assert wrong.returncode == 2
    assert re.findall(r"^([\w, ]+): ", wrong.stderr, re.MULTILINE) == [
        "PORT", "DEFAULT_TIMEZONE", "SLACK_BOT_TOKEN, TEAMS_APP_ID",
    ]  # fmt: skip
    assert not list(tmp_path.iterdir())
    assert call("migrate").returncode == 0
    exported = call("export")
    assert (exported.returncode, exported.stdout) == (1, "")
    assert "Traceback" not in wrong.stderr + exported.stderr


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("opertor",),
        ("nothing",),
        ("--version",),
        ("tick", "--foo"),
        ("tick", "--at"),
        ("backup",),
        ("backup", "a", "b"),
        ("practice", "--port", "x"),
        ("operator",),
        ("operator", "ad", "x"),
        ("operator", "add"),
        ("manifest", "irc"),
        ("serve", "now"),
    ],
)
def test_a_wrong_call_is_answered_in_the_language(shell: Shell, arguments: tuple[str, ...], locale: str) -> None:
    shell.set("DEFAULT_LOCALE", locale)
    call = shell(*arguments)
    assert (call.code, call.out) == (2, "")
    assert bool(JAPANESE.search(call.err)) == (locale == "ja")
    assert not re.search(r"Traceback|Usage: .*\[OPTIONS\]|Error:", call.err)


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("command", ["", "serve", "practice", "tick", "doctor", "manifest", "migrate", "export",
                                     "backup", "restore", "operator", "operator add"])  # fmt: skip
def test_every_command_has_its_page(shell: Shell, command: str, locale: str) -> None:
    shell.set("DEFAULT_LOCALE", locale)
    call = shell(*command.split(), "--help")
    assert (call.code, call.err) == (0, "")
    assert f"python -m bot {command}".strip() in call.out
    assert bool(JAPANESE.search(call.out)) == (locale == "ja")


def test_the_nearest_command_is_named(shell: Shell) -> None:
    shell.set("DEFAULT_LOCALE", "en")
    assert "“migrate”" in shell("migrat").err
    assert "“add”" in shell("operator", "ad").err


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_wrong_settings_are_all_told(shell: Shell, locale: str) -> None:
    shell.set("DEFAULT_LOCALE", locale)
    shell.set("PORT", "x")
    for command, count in (("serve", 2), ("tick", 2), ("migrate", 1), ("manifest slack", 1), ("backup x", 1)):
        call = shell(*command.split())
        assert call.code == 2
        assert len(call.err.splitlines()) == count + 1, call.err
    assert not list(shell.folder.iterdir())


# ---------------------------------------------------------------- tick


@pytest.mark.parametrize(
    "at",
    ["2026-07-06T08:30", "2026-07-06", "tomorrow", "", " ", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00+14:00",
     "1999-01-01T00:00Z", "2099-01-01T00:00Z"],
)  # fmt: skip
def test_a_moment_that_makes_no_sense_is_refused(shell: Shell, at: str) -> None:
    shell.slack()
    call = shell("tick", "--at", at)
    # an empty moment is now, and then Slack can't be reached
    assert call.code == (2 if at else 1)
    assert "Traceback" not in call.err


def test_a_moment_ahead_needs_force_on_a_real_slack(shell: Shell) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    past = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    shell.slack("https://slack.invalid/api/")
    refused = shell("tick", "--at", ahead)
    assert refused.code == 2
    assert "--force" in refused.err
    assert not shell.file.exists()
    # what is let through finds no Slack there
    assert shell("tick", "--at", past).code == 1
    assert shell("tick", "--at", ahead, "--force").code == 1
    shell.slack(NOWHERE)
    assert shell("tick", "--at", ahead).code == 1


# ---------------------------------------------------------------- with a Slack


def test_tick_delivers_and_says_what(shell: Shell, there: Practice) -> None:
    shell.slack(f"{there.base}/api")
    shell.set("DEFAULT_LOCALE", "en")
    call = shell("tick", "--at", (datetime.now(UTC) + timedelta(days=3)).isoformat())
    assert (call.code, call.out) == (0, "0 due, 0 sent, 0 to be sent later, 0 not deliverable\n")


def test_serve_says_that_its_address_is_taken(shell: Shell, there: Practice) -> None:
    shell.slack(f"{there.base}/api")
    shell.set("PORT", there.base.rsplit(":", 1)[1])
    call = shell("serve")
    assert call.code == 1
    assert "HOST" in call.err
    assert not shell.file.exists()


# ---------------------------------------------------------------- manifest, migrate, operator


def test_the_manifest_is_for_http_where_the_address_is_known(shell: Shell) -> None:
    sockets = shell("manifest", "slack")
    assert (sockets.code, json.loads(sockets.out)["settings"]["socket_mode_enabled"]) == (0, True)
    assert "PUBLIC_URL" in sockets.err
    shell.set("PUBLIC_URL", "https://kakehashi.example.com/")
    shell.set("SLACK_COMMAND_ALLIANCE", "teikei")
    http = shell("manifest", "slack")
    assert (http.code, http.err) == (0, "")
    made = json.loads(http.out)
    assert made["settings"]["event_subscriptions"]["request_url"] == "https://kakehashi.example.com/slack/events"
    assert [row["command"] for row in made["features"]["slash_commands"]] == ["/touchpoint", "/friction", "/teikei"]
    assert json.loads(shell("manifest", "slack", "--socket").out)["settings"]["socket_mode_enabled"] is True


def test_migrating_twice_changes_nothing(shell: Shell) -> None:
    first = shell("migrate")
    before = shell.file.read_bytes()
    second = shell("migrate")
    assert (first.code, second.code) == (0, 0)
    assert first.out != second.out
    assert migrations.head() in second.out
    assert shell.file.read_bytes() == before


def test_a_database_that_cannot_be_made(shell: Shell) -> None:
    shell.set("DATABASE_URL", f"sqlite:///{shell.folder / 'no such folder' / 'x.db'}")
    call = shell("migrate")
    assert call.code == 1
    assert "no such folder" in call.err
    for command in ("export", "backup copy.db", "operator add 高橋"):
        assert shell(*command.split()).code == 1


def test_operators_are_named(filled: Shell) -> None:
    assert filled("operator", "add", "田中").code == 2
    assert filled("operator", "add", "高橋").code == 0
    assert filled("operator", "add", "U1").code == 0
    with closing(db.connect(f"sqlite:///{filled.file}")) as database, database.reading() as session:
        assert [person.operator for person in _members(session)] == [True]


# ---------------------------------------------------------------- copies


def test_an_export_leaves_private_rows_out_and_counts_them(filled: Shell) -> None:
    printed = filled("export")
    made = json.loads(printed.out)
    assert (made["format"], made["version"], made["private_left_out"]["next_step"]) == ("kakehashi-export", 1, 1)
    assert [row["text"] for row in made["tables"]["next_step"]] == ["みんなの宿題"]
    assert "秘密" not in printed.out
    assert "1" in printed.err
    assert filled("export", "all.json").code == 0
    file = filled.folder / "all.json"
    assert json.loads(file.read_text(encoding="utf-8"))["tables"] == made["tables"]
    assert file.stat().st_mode & 0o077 == 0
    assert filled("export", "all.json").code == 2
    assert filled("export", "kakehashi.db").code == 2
    assert filled("export", "nowhere/all.json").code == 1


def test_backup_change_restore(filled: Shell) -> None:
    assert filled("backup", "copy.db").code == 0
    rename(filled.file, "田中")
    refused = filled("restore", "copy.db")
    assert refused.code == 2
    assert "--force" in refused.err
    assert names(filled.file) == ["田中"]
    assert filled("restore", "copy.db", "--force").code == 0
    assert names(filled.file) == ["高橋"]
    filled.file.unlink()
    assert filled("restore", "copy.db").code == 0
    assert names(filled.file) == ["高橋"]
    assert filled("backup", "copy.db").code == 2
    assert sorted(file.name for file in filled.folder.iterdir()) == ["copy.db", "kakehashi.db"]


@pytest.mark.parametrize("damage", ["half", "text", "newer", "missing", "folder"])
def test_restoring_what_is_broken_changes_nothing(filled: Shell, damage: str) -> None:
    assert filled("backup", "copy.db").code == 0
    rename(filled.file, "田中")
    copy = filled.folder / "copy.db"
    match damage:
        case "half":
            copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
        case "text":
            copy.write_text("no database", encoding="utf-8")
        case "newer":
            with closing(db.connect(f"sqlite:///{copy}")) as database, db.unit_of_work(database) as session:
                session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        case "missing":
            copy.unlink()
        case _:
            copy.unlink()
            copy.mkdir()
    before = filled.file.read_bytes()
    call = filled("restore", "copy.db", "--force")
    assert call.code == 1
    assert "Traceback" not in call.err
    assert filled.file.read_bytes() == before
    assert names(filled.file) == ["田中"]
    assert not list(filled.folder.glob("*restoring*"))


def test_an_open_database_is_not_replaced(filled: Shell) -> None:
    assert filled("backup", "copy.db").code == 0
    with closing(db.connect(f"sqlite:///{filled.file}")) as database, database.reading() as session:
        assert [person.name for person in _members(session)] == ["高橋"]
        call = filled("restore", "copy.db", "--force")
    assert call.code == 1
    assert names(filled.file) == ["高橋"]
    assert not list(filled.folder.glob("*restoring*"))


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_address_of_the_practice_workspace_ends_its_line(locale: str) -> None:
    address = "http://127.0.0.1:8080"
    first, second = texts(locale)("cli.practice.ready", address=address).splitlines()
    assert first.endswith(f" {address}")  # a terminal takes what follows into the link
    assert "Ctrl-C" in second
