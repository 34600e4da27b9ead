"""The only reader of the environment and of `.env`: every setting, checked, with all that is wrong listed at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from dotenv import dotenv_values

SLACK_API_URL = "https://slack.com/api/"
SQLITE_FILE = "sqlite:///kakehashi.db"
COMMANDS = ("touchpoint", "friction", "alliance")
LOG_FORMATS = ("text", "json")

Need = Literal["serve", "database", "manifest"]

UNAUTHENTICATED = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"
"""By this variable Microsoft's SDK takes anybody's requests (platform.md B2): refused, practice has its own way."""

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_COMMAND_NAME = re.compile(r"[a-z0-9_-]{1,31}")


@dataclass(frozen=True)
class Slack:
    """What Slack needs: HTTP mode has a signing secret, Socket Mode an app token (xapp-…)."""

    bot_token: str
    signing_secret: str
    app_token: str
    api_url: str

    @property
    def socket_mode(self) -> bool:
        """Whether events come over a WebSocket that we open."""
        return bool(self.app_token)


@dataclass(frozen=True)
class Teams:
    """What Teams needs: the app registration's id and secret, and the Entra tenants that may use it (lower-case ids).

    `open` takes requests without a token: for the local playground only, which practice makes; no variable sets it.
    """

    app_id: str
    password: str
    tenants: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Settings:
    """Every setting of an installation; `.env.example` documents each."""

    database_url: str = SQLITE_FILE
    host: str = "127.0.0.1"
    port: int = 3000
    locale: str = "ja"
    zone: str = "Asia/Tokyo"
    organisation: str = "Kakehashi"
    public_url: str = ""
    slack: Slack | None = None
    teams: Teams | None = None
    commands: Mapping[str, str] = field(default_factory=lambda: {name: name for name in COMMANDS})
    log_format: str = "text"


@dataclass(frozen=True)
class Problem:
    """A setting that is missing or wrong: its name, a catalogue key that says what to do, and what stands there.

    `value` is never a secret.
    """

    name: str
    key: str
    value: str = ""


class SettingsError(Exception):
    """Settings are missing or wrong; `problems` lists all of them, `usable` has defaults in their places."""

    def __init__(self, problems: list[Problem], usable: Settings) -> None:
        super().__init__(", ".join(problem.name for problem in problems))
        self.problems = problems
        self.usable = usable


class _Reader:
    """Reads values one by one and collects what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.problems: list[Problem] = []

    def text(self, name: str, default: str = "") -> str:
        """The value without blanks around it; empty counts as not set."""
        return self._values.get(name, "").strip() or default

    def wrong(self, name: str, key: str, value: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(name, key, value))

    def one_of(self, name: str, key: str, choices: tuple[str, ...]) -> str:
        """One of `choices`; the first is the default."""
        value = self.text(name, choices[0])
        if value in choices:
            return value
        self.wrong(name, key, value)
        return choices[0]

    def address(self, name: str, default: str = "") -> str:
        """An http(s) address without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        if value and not _is_address(value):
            self.wrong(name, "cli.setting.url", value)
            return default
        return value


def read(need: Need = "serve", *, env_file: Path = Path(".env")) -> Settings:
    """The settings from the environment over `.env` (the environment wins).

    `need` says what the command can't do without. Raises SettingsError with every problem at once.
    """
    try:
        values = _from_file(env_file)
    except (OSError, UnicodeDecodeError):
        unread = [Problem(env_file.name, "cli.setting.env_file")]
        try:
            usable = parse(os.environ, need)
        except SettingsError as error:
            raise SettingsError([*unread, *error.problems], error.usable) from error
        raise SettingsError(unread, usable) from None
    return parse({**values, **os.environ}, need)


def _from_file(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    # utf-8-sig: an editor may have put a mark at the beginning, which would become part of the first name
    found = dotenv_values(file, interpolate=False, encoding="utf-8-sig")
    return {key: value or "" for key, value in found.items()}


def parse(values: Mapping[str, str], need: Need = "serve") -> Settings:
    """The settings in `values`; see `read`."""
    reader = _Reader(values)
    settings = Settings(
        database_url=_database(reader),
        host=reader.text("HOST", "127.0.0.1"),
        port=_port(reader),
        locale=reader.one_of("DEFAULT_LOCALE", "cli.setting.locale", ("ja", "en")),
        zone=_zone(reader),
        organisation=reader.text("ORGANISATION", "Kakehashi"),
        public_url=reader.address("PUBLIC_URL"),
        slack=_slack(reader, need),
        teams=_teams(reader, need),
        commands=_commands(reader),
        log_format=reader.one_of("LOG_FORMAT", "cli.setting.log_format", LOG_FORMATS),
    )
    if reader.problems:
        raise SettingsError(reader.problems, settings)
    return settings


def _database(reader: _Reader) -> str:
    value = reader.text("DATABASE_URL", SQLITE_FILE)
    file = value.removeprefix("sqlite:///")
    if file in ("", value) or file.startswith((":memory:", "file:")) or "?" in file:
        # another database's address may hold a password
        reader.wrong("DATABASE_URL", "cli.setting.database", value if file != value else f"{urlsplit(value).scheme}:…")
        return SQLITE_FILE
    return value


def _port(reader: _Reader) -> int:
    value = reader.text("PORT", "3000")
    if re.fullmatch(r"[0-9]{1,5}", value) and 0 < int(value) < 65536:
        return int(value)
    reader.wrong("PORT", "cli.setting.port", value)
    return 3000


def _zone(reader: _Reader) -> str:
    value = reader.text("DEFAULT_TIMEZONE", "Asia/Tokyo")
    if value in available_timezones():
        return value
    reader.wrong("DEFAULT_TIMEZONE", "cli.setting.zone", value)
    return "Asia/Tokyo"


def _slack(reader: _Reader, need: Need) -> Slack | None:
    token, secret = reader.text("SLACK_BOT_TOKEN"), reader.text("SLACK_SIGNING_SECRET")
    app_token = reader.text("SLACK_APP_TOKEN")
    before = len(reader.problems)
    wanted = need == "serve" and _any(reader, _SLACK)
    if need == "serve" and not wanted and not _any(reader, _TEAMS):
        reader.wrong("SLACK_BOT_TOKEN, TEAMS_APP_ID", "cli.setting.no_platform")
    if wanted and not token:
        reader.wrong("SLACK_BOT_TOKEN", "cli.setting.no_bot_token")
    if token and not token.startswith("xoxb-"):
        reader.wrong("SLACK_BOT_TOKEN", "cli.setting.bot_token")
    if app_token and not app_token.startswith("xapp-"):
        reader.wrong("SLACK_APP_TOKEN", "cli.setting.app_token")
    if wanted and not secret and not app_token:
        reader.wrong("SLACK_SIGNING_SECRET", "cli.setting.no_signing_secret")
    api_url = reader.address("SLACK_API_URL", SLACK_API_URL)
    if len(reader.problems) > before or not token:
        return None
    return Slack(token, secret, app_token, f"{api_url.rstrip('/')}/")


def _teams(reader: _Reader, need: Need) -> Teams | None:
    if need == "serve" and reader.text(UNAUTHENTICATED):
        reader.wrong(UNAUTHENTICATED, "cli.setting.unauthenticated")
    if not _any(reader, _TEAMS):
        return None
    before = len(reader.problems)
    app_id, password = reader.text("TEAMS_APP_ID").lower(), reader.text("TEAMS_APP_PASSWORD")
    tenants = [part.lower() for part in re.split(r"[\s,]+", reader.text("TEAMS_TENANT_ID")) if part]
    if not _GUID.fullmatch(app_id):
        reader.wrong("TEAMS_APP_ID", "cli.setting.teams_app_id" if app_id else "cli.setting.teams_no_app_id", app_id)
    if need == "serve" and not password:
        reader.wrong("TEAMS_APP_PASSWORD", "cli.setting.teams_no_password")
    if need == "serve" and not tenants:
        reader.wrong("TEAMS_TENANT_ID", "cli.setting.teams_no_tenant")
    for tenant in tenants:
        if not _GUID.fullmatch(tenant):
            reader.wrong("TEAMS_TENANT_ID", "cli.setting.teams_tenant", tenant)
    return None if len(reader.problems) > before else Teams(app_id, password, tuple(dict.fromkeys(tenants)))


_SLACK = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN")
_TEAMS = ("TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID")


def _any(reader: _Reader, names: tuple[str, ...]) -> bool:
    """Whether somebody has begun to configure this platform."""
    return any(reader.text(name) for name in names)


def _commands(reader: _Reader) -> dict[str, str]:
    """Slash name → row of the command table; names are configurable since Slack does not namespace them."""
    found: dict[str, str] = {}
    for row in COMMANDS:
        setting = f"SLACK_COMMAND_{row.upper()}"
        name = reader.text(setting, row).lstrip("/")
        if not _COMMAND_NAME.fullmatch(name) or name in found:
            reader.wrong(setting, "cli.setting.command", name)
        found[name] = row
    return found


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def locale(env_file: Path = Path(".env")) -> str:
    """DEFAULT_LOCALE as it stands, before anything is checked: the language in which the command line speaks."""
    try:
        written = _from_file(env_file).get("DEFAULT_LOCALE", "")
    except (OSError, UnicodeDecodeError):
        written = ""
    return os.environ.get("DEFAULT_LOCALE", written).strip() or "ja"
