"""`doctor`: each thing that is wrong is found and told in the language, and nothing is touched."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.doctor import examine
from bot.settings import Teams
from handlers.text import texts
from storage import db
from tests.bot.practice.conftest import Practice
from tests.bot.shell import JAPANESE, Call, Shell


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_doctor_finds_what_is_wrong(shell: Shell, there: Practice, locale: str) -> None:
    shell.set("DEFAULT_LOCALE", locale)
    bad = "×" if locale == "ja" else "wrong"

    def wrong(call: Call) -> int:
        assert bool(JAPANESE.search(call.out)) == (locale == "ja")
        return sum(line.startswith(f"{bad} ") for line in call.out.splitlines())

    empty = shell("doctor")
    assert (empty.code, wrong(empty)) == (2, 2)
    assert not shell.file.exists()
    shell.slack()
    unreached = shell("doctor")
    assert (unreached.code, wrong(unreached)) == (2, 2)
    shell.slack(f"{there.base}/api")
    assert shell("tick").code == 0
    healthy = shell("doctor")
    assert (healthy.code, wrong(healthy)) == (0, 0), healthy.out
    shell.set("SLACK_APP_TOKEN", "xapp-test")
    assert shell("doctor").code == 0
    shell.set("SLACK_APP_TOKEN", "xapp-other")
    shell.set("SLACK_BOT_TOKEN", "xoxb-other")
    refused = shell("doctor")
    assert (refused.code, wrong(refused), refused.out.count("invalid_auth")) == (2, 2, 2)


def test_doctor_names_the_scopes_that_are_missing(shell: Shell, there: Practice) -> None:
    shell.slack(f"{there.base}/api")
    assert shell("tick").code == 0
    scopes = there.workspace.scopes
    there.workspace.scopes = tuple(scope for scope in scopes if scope not in ("im:history", "files:write"))
    try:
        call = shell("doctor")
    finally:
        there.workspace.scopes = scopes
    assert call.code == 2
    assert re.search(r"im:history.*files:write", call.out)


def test_doctor_leaves_a_newer_or_broken_database_alone(shell: Shell, there: Practice) -> None:
    shell.slack(f"{there.base}/api")
    assert shell("migrate").code == 0
    with closing(db.connect(f"sqlite:///{shell.file}")) as database, db.unit_of_work(database) as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for command in ("doctor", "migrate", "tick", "export"):
        call = shell(command)
        assert call.code in (1, 2)
        assert "9999" in call.out + call.err
    shell.file.write_bytes(b"broken" * 1000)
    for command in ("doctor", "migrate", "tick", "export", "backup copy.db"):
        call = shell(*command.split())
        assert call.code in (1, 2)
        assert "Traceback" not in call.err
        assert "kakehashi.db" in call.out + call.err


GUID = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize(
    ("trouble", "url", "wrongs", "says"),
    [
        ("", "https://kakehashi.example.com", 0, "https://kakehashi.example.com/api/messages"),
        ("", "", 0, "PUBLIC_URL"),
        ("unauthorized AADSTS7000215", "https://kakehashi.example.com", 1, "AADSTS7000215"),
        ("connection_failed", "http://kakehashi.example.com", 1, "connection_failed"),
    ],
)
def test_doctor_looks_at_teams(shell: Shell, locale: str, trouble: str, url: str, wrongs: int, says: str) -> None:
    shell.set("TEAMS_APP_ID", GUID)
    shell.set("TEAMS_APP_PASSWORD", "secret")
    shell.set("TEAMS_TENANT_ID", GUID)
    shell.set("PUBLIC_URL", url)
    assert shell("migrate").code == 0

    async def login(teams: Teams) -> str:
        assert teams == Teams(GUID, "secret", (GUID,))
        return trouble

    t = texts(locale)
    lines, healthy = asyncio.run(examine(t, datetime.now(UTC), login=login))
    assert healthy == (wrongs == 0)
    assert sum(line.startswith(t("cli.doctor.wrong", what="").strip()) for line in lines) == wrongs
    assert any(says in line for line in lines if "Teams" in line)
