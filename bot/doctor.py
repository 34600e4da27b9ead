"""`doctor`: what is missing or wrong in an installation, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot import settings as configuration
from bot.app import teams_login
from bot.settings import Settings, SettingsError, Slack, Teams
from bot.slack.connection import INTERACTIVE_SECONDS, failed
from bot.slack.manifest import SCOPES
from handlers.text import Texts
from storage import db, heartbeats, migrations, standing
from storage.db import Database, StorageBusy, StorageReadOnly

LATE = timedelta(seconds=90)
"""The clock ticks every 15 s; after this it has stopped."""
PATIENCE_MS = 1000


@dataclass(frozen=True)
class Finding:
    """One line: fine, worth knowing, or wrong (then the text says what to do)."""

    state: Literal["good", "note", "wrong"]
    text: str


async def examine(
    t: Texts, now: datetime, *, login: Callable[[Teams], Awaitable[str]] = teams_login
) -> tuple[list[str], bool]:
    """Look at settings, database, clock, post, Slack and Teams; lines to read, and whether nothing is wrong.

    `now` is wall time, aware UTC; `login` asks Entra whether it takes our secret. Changes nothing: a database that
    isn't there is not made.
    """
    settings, findings = _settings(t)
    findings += await asyncio.to_thread(_stored, t, settings, now)
    if settings.slack is not None:
        findings += await _slack(t, settings, settings.slack)
    if settings.teams is not None:
        findings += _teams(t, settings, await login(settings.teams))
    lines = [t(f"cli.doctor.{finding.state}", what=finding.text) for finding in findings]
    healthy = all(finding.state != "wrong" for finding in findings)
    return [*lines, t("cli.doctor.healthy" if healthy else "cli.doctor.unhealthy")], healthy


def _settings(t: Texts) -> tuple[Settings, list[Finding]]:
    try:
        settings = configuration.read("serve")
    except SettingsError as error:
        return error.usable, [
            Finding("wrong", t("cli.problem", name=each.name, what=t(each.key, value=each.value)))
            for each in error.problems
        ]
    return settings, [Finding("good", t("cli.doctor.settings"))]


# ---------------------------------------------------------------- the database


def _stored(t: Texts, settings: Settings, now: datetime) -> list[Finding]:
    file = Path(make_url(settings.database_url).database or "")
    if not file.is_file():
        return [Finding("wrong", t("cli.doctor.no_database", file=str(file)))]
    database = db.connect(settings.database_url)
    try:
        return list(_database(t, settings, database, now))
    except (DBAPIError, StorageBusy, StorageReadOnly) as error:
        detail = str(error.orig if isinstance(error, DBAPIError) else error)
        return [Finding("wrong", t("cli.doctor.unreadable", file=str(file), detail=detail))]
    finally:
        database.close()


def _database(t: Texts, settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    revision, head = migrations.current(database), migrations.head()
    if not migrations.knows(revision):
        yield Finding("wrong", t("cli.newer", revision=revision))
        return
    yield _writable(t, database)
    if revision != head:
        yield Finding("wrong", t("cli.doctor.behind", revision=revision or "-", head=head))
        return
    yield Finding("good", t("cli.doctor.revision", revision=revision))
    yield from _clock(t, settings, database, now)
    yield from _post(t, settings, database, now)


def _writable(t: Texts, database: Database) -> Finding:
    try:
        with database.writing(PATIENCE_MS) as session:
            session.connection()  # takes the write lock, and gives it back
    except StorageBusy:
        return Finding("wrong", t("cli.doctor.busy"))
    except StorageReadOnly as error:
        return Finding("wrong", t("cli.doctor.read_only", detail=str(error)))
    return Finding("good", t("cli.doctor.writable"))


def _clock(t: Texts, settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    with database.reading() as session:
        beats = {name: heartbeats.last(session, name) for name in ("tick", "deliver")}
    for name, at in beats.items():
        if at is None:
            yield Finding("note", t(f"cli.doctor.{name}.never"))
        elif now - at > LATE:
            yield Finding("wrong", t(f"cli.doctor.{name}.late", at=_local(settings, at)))
        else:
            yield Finding("good", t(f"cli.doctor.{name}", at=_local(settings, at)))


def _post(t: Texts, settings: Settings, database: Database, now: datetime) -> Iterator[Finding]:
    with database.reading() as session:
        places = standing.of_workspaces(session)
        due, later = standing.waiting(session, now)
        following = standing.next_due(session, now)
    if not places:
        yield Finding("note", t("cli.doctor.no_workspace"))
    for place in places:
        name = place.workspace.name or place.workspace.tenant
        if place.delivered_at is None:
            yield Finding("note", t("cli.doctor.nothing_sent", name=name))
        else:
            yield Finding("good", t("cli.doctor.sent", name=name, at=_local(settings, place.delivered_at)))
        if (failure := place.failure) is not None and failure.at is None:
            yield Finding("wrong", t("cli.doctor.retried", name=name, kind=failure.kind, reason=failure.reason))
        elif failure is not None and failure.at is not None:
            at = _local(settings, failure.at)
            yield Finding("note", t("cli.doctor.given_up", name=name, kind=failure.kind, reason=failure.reason, at=at))
    yield Finding("note", t("cli.doctor.waiting", due=due, later=later))
    if following is not None:
        yield Finding("note", t("cli.doctor.next", at=_local(settings, following)))


def _local(settings: Settings, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.zone))


# ---------------------------------------------------------------- Slack


async def _slack(t: Texts, settings: Settings, slack: Slack) -> list[Finding]:
    findings = await _bot_token(t, slack)
    if slack.socket_mode:
        findings.append(await _app_token(t, slack))
    elif settings.public_url:
        findings.append(Finding("note", t("cli.doctor.http", url=f"{settings.public_url}/slack/events")))
    else:
        findings.append(Finding("note", t("cli.doctor.no_public_url")))
    return findings


async def _bot_token(t: Texts, slack: Slack) -> list[Finding]:
    client = AsyncWebClient(slack.bot_token, slack.api_url, timeout=INTERACTIVE_SECONDS)
    try:
        answer = await client.api_call("auth.test")  # pyright: ignore[reportUnknownMemberType]
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        reason = failed(error).reason
        key = "cli.doctor.token" if _refused(reason) else "cli.doctor.unreachable"
        return [Finding("wrong", t(key, name="SLACK_BOT_TOKEN", reason=reason, url=slack.api_url))]
    team = cast("object", answer.get("team"))
    found = [Finding("good", t("cli.doctor.slack", team=str(team or "")))]
    given = cast("Mapping[str, str]", answer.headers)  # pyright: ignore[reportUnknownMemberType]
    headers = {key.lower(): value for key, value in given.items()}
    if "x-oauth-scopes" not in headers:
        return [*found, Finding("note", t("cli.doctor.scopes_unknown"))]
    granted = {scope.strip() for scope in headers["x-oauth-scopes"].split(",")}
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return [*found, Finding("wrong", t("cli.doctor.scopes_missing", scopes=t.join(missing)))]
    return [*found, Finding("good", t("cli.doctor.scopes"))]


async def _app_token(t: Texts, slack: Slack) -> Finding:
    client = AsyncWebClient(base_url=slack.api_url, timeout=INTERACTIVE_SECONDS)
    try:
        await client.apps_connections_open(app_token=slack.app_token)  # pyright: ignore[reportUnknownMemberType]
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        reason = failed(error).reason
        key = "cli.doctor.app_token" if _refused(reason) else "cli.doctor.unreachable"
        return Finding("wrong", t(key, name="SLACK_APP_TOKEN", reason=reason, url=slack.api_url))
    return Finding("good", t("cli.doctor.socket"))


def _refused(reason: str) -> bool:
    """Whether Slack answered and said no; else it wasn't reached."""
    return reason not in ("timeout", "connection_failed", "connection_reset", "server_error", "rate_limited")


# ---------------------------------------------------------------- Teams


def _teams(t: Texts, settings: Settings, trouble: str) -> Iterator[Finding]:
    if not trouble:
        yield Finding("good", t("cli.doctor.teams"))
    elif trouble.startswith("unauthorized"):
        yield Finding(
            "wrong", t("cli.doctor.teams.refused", reason=trouble.removeprefix("unauthorized").strip() or "-")
        )
    else:
        yield Finding("wrong", t("cli.doctor.teams.unreachable", reason=trouble))
    if settings.public_url.startswith("https://"):
        yield Finding("note", t("cli.doctor.teams.http", url=f"{settings.public_url}/api/messages"))
    else:
        yield Finding("note", t("cli.doctor.teams.no_public_url"))
