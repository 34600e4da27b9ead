"""What the manifests list, from the command table: slash commands and shortcuts in a language."""

from __future__ import annotations

from bot.payload import Json
from bot.settings import Settings
from bot.slack.manifest import SlashCommand, manifest, shortcut
from handlers.commands import SLASH
from handlers.text import Texts, texts


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
        t, slash_commands(settings, t), name=t("slack.app.name"), public_url="" if socket else settings.public_url
    )
