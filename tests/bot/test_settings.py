"""Settings: everything that is wrong is told at once, and nothing secret is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import settings as configuration
from bot.settings import COMMANDS, SLACK_API_URL, UNAUTHENTICATED, Settings, SettingsError, Slack, Teams, parse, read
from handlers.text import texts

HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}
GUID, OTHER = "11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"
TEAMS = {"TEAMS_APP_ID": GUID, "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": f" {GUID.upper()}, {OTHER} "}
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set where the tests run has no say."""
    example = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    for line in example.splitlines():
        if "=" in line and not line.startswith("#"):
            monkeypatch.delenv(line.split("=", 1)[0], raising=False)


def wrong(values: dict[str, str], need: configuration.Need = "serve") -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as found:
        parse(values, need)
    return [(problem.name, problem.key.removeprefix("cli.setting.")) for problem in found.value.problems]


def test_http_and_socket_mode() -> None:
    http, sockets = parse(HTTP), parse(SOCKET)
    assert http == Settings(slack=Slack("xoxb-1", "s", "", SLACK_API_URL))
    assert http.slack is not None
    assert not http.slack.socket_mode
    assert sockets.slack is not None
    assert sockets.slack.socket_mode


def test_all_that_is_missing_is_told_at_once() -> None:
    nothing = [("SLACK_BOT_TOKEN, TEAMS_APP_ID", "no_platform")]
    assert wrong({}) == wrong(dict.fromkeys(HTTP, "  ")) == nothing
    assert wrong({"SLACK_SIGNING_SECRET": "s"}) == [("SLACK_BOT_TOKEN", "no_bot_token")]
    assert wrong({"SLACK_BOT_TOKEN": "xoxb-1"}) == [("SLACK_SIGNING_SECRET", "no_signing_secret")]
    assert wrong({"TEAMS_APP_ID": GUID}) == [
        ("TEAMS_APP_PASSWORD", "teams_no_password"),
        ("TEAMS_TENANT_ID", "teams_no_tenant"),
    ]
    assert wrong({"TEAMS_TENANT_ID": GUID}) == [
        ("TEAMS_APP_ID", "teams_no_app_id"),
        ("TEAMS_APP_PASSWORD", "teams_no_password"),
    ]
    assert parse({}, "database") == parse({}, "manifest") == Settings()


def test_teams_alone_or_beside_slack() -> None:
    alone = parse(TEAMS)
    assert alone == Settings(teams=Teams(GUID, "secret", (GUID, OTHER)))
    assert parse({**TEAMS, **HTTP}) == replace(parse(HTTP), teams=alone.teams)


def test_teams_ids_are_checked_and_secrets_not_told() -> None:
    values = {"TEAMS_APP_ID": "kakehashi", "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": f"{GUID},common"}
    assert wrong(values) == [("TEAMS_APP_ID", "teams_app_id"), ("TEAMS_TENANT_ID", "teams_tenant")]
    with pytest.raises(SettingsError) as found:
        parse(values)
    assert [problem.value for problem in found.value.problems] == ["kakehashi", "common"]


def test_nobody_is_let_in_without_a_token() -> None:
    assert wrong({**TEAMS, UNAUTHENTICATED: "1"}) == [(UNAUTHENTICATED, "unauthenticated")]
    assert parse({UNAUTHENTICATED: "1"}, "database") == Settings()


def test_all_that_is_wrong_is_told_at_once() -> None:
    values = {
        "SLACK_BOT_TOKEN": "xoxp-secret",
        "SLACK_APP_TOKEN": "xoxb-secret",
        "SLACK_API_URL": "slack.com",
        "SLACK_COMMAND_FRICTION": "ひっかかり",
        "DATABASE_URL": "postgresql://me:secret@host/db",
        "PORT": "²",
        "PUBLIC_URL": "ftp://host",
        "DEFAULT_LOCALE": "fr",
        "DEFAULT_TIMEZONE": "Tokyo",
        "LOG_FORMAT": "xml",
    }
    assert {name for name, _ in wrong(values)} == set(values)
    with pytest.raises(SettingsError) as found:
        parse(values)
    assert "secret" not in repr(found.value.problems)
    assert found.value.usable == Settings(commands=found.value.usable.commands)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "80x"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///a.db?mode=ro"),
        ("DATABASE_URL", "kakehashi.db"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "http://host:port"),
        ("PUBLIC_URL", "http://[::1"),
        ("SLACK_COMMAND_TOUCHPOINT", "friction"),
        ("SLACK_COMMAND_TOUCHPOINT", "two words"),
        ("SLACK_COMMAND_TOUCHPOINT", "Big"),
        ("SLACK_COMMAND_TOUCHPOINT", "x" * 32),
    ],
)
def test_a_wrong_value(name: str, value: str) -> None:
    told = wrong({**HTTP, name: value})
    assert len(told) == 1
    assert told[0][0].startswith(name.rsplit("_", 1)[0])


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_problem_has_its_words(locale: str) -> None:
    t = texts(locale)
    bad = {"SLACK_BOT_TOKEN": "x", "PORT": "x", "DATABASE_URL": "x", "PUBLIC_URL": "x", "LOG_FORMAT": "x"}
    for values in ({}, {**bad, "SLACK_APP_TOKEN": "x", "DEFAULT_LOCALE": "x", "DEFAULT_TIMEZONE": "x"}):
        with pytest.raises(SettingsError) as found:
            parse(values)
        assert all(t(each.key, value=each.value) for each in found.value.problems)


def test_addresses_and_names_are_tidied() -> None:
    values = {
        **HTTP,
        "SLACK_API_URL": "http://127.0.0.1:9/api",
        "PUBLIC_URL": "https://example.com/",
        "SLACK_COMMAND_ALLIANCE": "/teikei",
    }
    settings = parse(values)
    assert settings.slack is not None
    assert settings.slack.api_url == "http://127.0.0.1:9/api/"
    assert settings.public_url == "https://example.com"
    assert settings.commands == {"touchpoint": "touchpoint", "friction": "friction", "teikei": "alliance"}


# ---------------------------------------------------------------- the file


def test_the_example_holds_every_setting_with_its_default() -> None:
    settings = read("database", env_file=Path(__file__).parents[2] / ".env.example")
    assert settings == Settings()
    assert set(settings.commands.values()) == set(COMMANDS)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    # as an editor on Windows leaves it: a mark at the beginning, and ends of lines of its own
    file.write_bytes("\ufeffORGANISATION=ひかり電機\r\nPORT=4000\r\nHOST=${HOME}\r\n".encode())
    monkeypatch.setenv("PORT", "5000")
    assert read("database", env_file=file) == replace(Settings(), organisation="ひかり電機", port=5000, host="${HOME}")


def test_a_file_that_cannot_be_read_is_told_with_the_rest(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("ORGANISATION=ひかり電機".encode("cp932"))
    with pytest.raises(SettingsError) as found:
        read(env_file=file)
    assert [problem.name for problem in found.value.problems] == [".env", "SLACK_BOT_TOKEN, TEAMS_APP_ID"]
    assert configuration.locale(file) == "ja"


def test_the_language_is_known_before_anything_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    assert configuration.locale(file) == "ja"
    file.write_text("DEFAULT_LOCALE=en\n", encoding="utf-8")
    assert configuration.locale(file) == "en"
    monkeypatch.setenv("DEFAULT_LOCALE", "ja")
    assert configuration.locale(file) == "ja"
