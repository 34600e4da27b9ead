"""The app manifest that an administrator pastes into Slack, built from the command table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.payload import Json
from bot.slack.limits import cut
from bot.slack.routes import EVENTS
from handlers.text import Texts

SCOPES = (
    "commands", "chat:write", "users:read", "channels:read", "groups:read", "im:history", "im:write",
    "app_mentions:read", "files:write",
)  # fmt: skip
"""Decision 32: no channel history."""
NAME, ABOUT, ABOUT_LONG, DESCRIPTION, HINT, SHORTCUT, SHORTCUT_ABOUT = 35, 140, 4_000, 2_000, 1_000, 24, 150
COLOUR = "#1f4f46"


@dataclass(frozen=True)
class SlashCommand:
    """A slash command as Slack lists it; `name` without `/`, ASCII."""

    name: str
    about: str
    hint: str = ""


def manifest(t: Texts, commands: Sequence[SlashCommand], *, name: str, public_url: str = "") -> Json:
    """The manifest (version 2). With `public_url` (no slash at its end) for HTTP, without it for Socket Mode.

    `should_escape` makes Slack send mentions as ids (platform.md A4).
    """
    address: Json = {"url": f"{public_url}/slack/events"} if public_url else {}
    request: Json = {"request_url": f"{public_url}/slack/events"} if public_url else {}
    drawn: list[Json] = []
    for command in commands:
        row: Json = {"command": f"/{command.name}", "description": cut(command.about, DESCRIPTION)}
        drawn.append(
            {
                **row,
                **({"usage_hint": cut(command.hint, HINT)} if command.hint else {}),
                "should_escape": True,
                **address,
            }
        )
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": cut(name, NAME),
            "description": cut(t("app.about"), ABOUT),
            "long_description": cut(t("app.about.long"), ABOUT_LONG),
            "background_color": COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": cut(name, NAME), "always_online": True},
            "shortcuts": [shortcut(t)],
            "slash_commands": drawn,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not public_url,
            "token_rotation_enabled": False,
        },
    }


def shortcut(t: Texts) -> Json:
    """The message shortcut as the manifest and the practice workspace list it."""
    return {
        "name": cut(t("shortcut.capture"), SHORTCUT),
        "type": "message",
        "callback_id": "capture",
        "description": cut(t("shortcut.capture.about"), SHORTCUT_ABOUT),
    }
