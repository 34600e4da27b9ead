"""What the manifests list, from the command table: slash commands, command menus and shortcuts in a language."""

from __future__ import annotations

from collections.abc import Sequence

from bot.payload import Json
from bot.settings import Settings
from bot.slack.manifest import SlashCommand, manifest, shortcut
from bot.teams.manifest import Listed, package
from handlers.commands import SLASH
from handlers.text import LOCALES, Texts, texts

TEAMS_PERSONAL = (
    "touchpoint", "friction", "today", "brief", "steps", "list", "new", "meeting", "undo", "settings", "account",
    "help",
)  # fmt: skip
"""Rows of the command table in the menu of the 1:1 chat: Teams lists twelve, every other word works typed."""
TEAMS_SHARED = ("touchpoint", "friction", "today", "brief", "steps", "show", "link", "undo", "help")


def slash_commands(settings: Settings, t: Texts) -> list[SlashCommand]:
    """The slash commands under their configured names."""
    names = {row: name for name, row in settings.commands.items()}
    return [
        SlashCommand(names[row.name], t(f"command.{row.name}.about"), t(f"command.{row.name}.hint")) for row in SLASH
    ]


def shortcuts(t: Texts) -> list[Json]:
    """The message shortcut この投稿を記録."""
    return [shortcut(t)]


def slack_manifest(settings: Settings, *, socket: bool) -> Json:
    """The manifest to paste into Slack; over HTTP it carries PUBLIC_URL."""
    t = texts(settings.locale)
    return manifest(
        t, slash_commands(settings, t), name=t("app.name"), public_url="" if socket else settings.public_url
    )


def teams_commands(rows: Sequence[str]) -> list[Listed]:
    """The named rows as Teams lists them: the first word of each language is what the client sends."""
    return [
        Listed(
            {each: texts(each)(f"command.{row}.words").split(",")[0].strip() for each in LOCALES},
            {each: texts(each)(f"command.{row}.about") for each in LOCALES},
        )
        for row in rows
    ]


def teams_package(settings: Settings, app_id: str) -> bytes:
    """The app package for the Teams admin centre; PUBLIC_URL must be https."""
    return package(
        teams_commands(TEAMS_PERSONAL),
        teams_commands(TEAMS_SHARED),
        app_id=app_id,
        public_url=settings.public_url,
        locale=settings.locale,
    )
