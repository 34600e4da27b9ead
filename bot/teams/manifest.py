"""The app package that an administrator uploads to Teams, from the command table: manifest, icons, languages."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from bot.payload import Json
from handlers.text import LOCALES, Texts, texts

VERSION = "0.1.0"
"""The program's own: Teams takes a changed package only under a new version."""
SCHEMA = "1.30"
SCHEMAS = "https://developer.microsoft.com/json-schemas/teams"
NAME, FULL_NAME, ABOUT, ABOUT_LONG, TITLE, EXTENSION_TITLE, EXTENSION_ABOUT = 30, 100, 80, 4_000, 128, 32, 128
MOST_COMMANDS = 12
COLOUR = "#1f4f46"
ICONS = Path(__file__).parent / "package"
_MADE = (1980, 1, 1, 0, 0, 0)  # the same package from the same settings, byte by byte


@dataclass(frozen=True)
class Listed:
    """A command as Teams lists it: what is sent when it is chosen, and what it does, by language."""

    title: Mapping[str, str]
    about: Mapping[str, str]


def package(
    personal: Sequence[Listed], shared: Sequence[Listed], *, app_id: str, public_url: str, locale: str
) -> bytes:
    """The zip: `personal` are the commands of the 1:1 chat, `shared` those of group chats and channels.

    At most 12 each. `app_id` is the bot's (a GUID), `public_url` an https address without a slash at its end; `locale`
    the language of whoever has neither Japanese nor English.
    """
    others = [each for each in LOCALES if each != locale]
    files: dict[str, bytes] = {
        "manifest.json": _json(manifest(personal, shared, app_id=app_id, public_url=public_url, locale=locale)),
        **{f"{each}.json": _json(language(personal, shared, each)) for each in (locale, *others)},
        **{name: (ICONS / name).read_bytes() for name in ("color.png", "outline.png")},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MADE), content)
    return packed.getvalue()


def manifest(
    personal: Sequence[Listed], shared: Sequence[Listed], *, app_id: str, public_url: str, locale: str
) -> Json:
    """manifest.json. No message is read that isn't addressed to the bot: no RSC permission (platform.md B6)."""
    t = texts(locale)
    others = [{"languageTag": each, "file": f"{each}.json"} for each in LOCALES if each != locale]
    return {
        "$schema": f"{SCHEMAS}/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": str(uuid5(NAMESPACE_URL, f"kakehashi:{app_id}")),
        "localizationInfo": {
            "defaultLanguageTag": locale,
            "defaultLanguageFile": f"{locale}.json",
            "additionalLanguages": others,
        },
        "developer": {
            "name": t("teams.app.name"),
            "websiteUrl": f"{public_url}/about",
            "privacyUrl": f"{public_url}/about#privacy",
            "termsOfUseUrl": f"{public_url}/about#terms",
        },
        "name": {"short": t("teams.app.name"), "full": t("app.name")},
        "description": {"short": t("app.about"), "full": t("app.about.long")},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": COLOUR,
        "bots": [_bot(personal, shared, app_id, t)],
        "composeExtensions": [_extension(app_id, t)],
        # messageTeamMembers: a nudge may go to a lead who has the app in a team only.
        "permissions": ["identity", "messageTeamMembers"],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "supportsChannelFeatures": "tier1",  # private and shared channels: the guard asks who reads there
    }


def _bot(personal: Sequence[Listed], shared: Sequence[Listed], app_id: str, t: Texts) -> Json:
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "isNotificationOnly": False,
        "supportsTargetedMessages": True,
        "commandLists": [
            {"scopes": ["personal"], "commands": _commands(personal, t)},
            {"scopes": ["team", "groupChat"], "triggers": ["mention", "slash"], "commands": _commands(shared, t)},
        ],
    }


def _commands(listed: Sequence[Listed], t: Texts) -> list[Json]:
    return [{"title": each.title[t.locale], "description": each.about[t.locale]} for each in listed]


def _extension(app_id: str, t: Texts) -> Json:
    def command(name: str, context: list[str], **more: object) -> Json:
        said: Json = {"title": t(f"teams.extension.{name}"), "description": t(f"teams.extension.{name}.about")}
        return {"id": name, "type": "action", "context": context, "fetchTask": True, **said, **more}

    return {
        "botId": app_id,
        "commands": [
            command("log", ["compose", "commandBox"], triggers=["slash"]),
            command("capture", ["message"]),
        ],
    }


def language(personal: Sequence[Listed], shared: Sequence[Listed], locale: str) -> Json:
    """A language file: keys are paths into the manifest (platform.md B7)."""
    t = texts(locale)
    said: Json = {
        "$schema": f"{SCHEMAS}/v{SCHEMA}/MicrosoftTeams.Localization.schema.json",
        "name.short": t("teams.app.name"),
        "name.full": t("app.name"),
        "description.short": t("app.about"),
        "description.full": t("app.about.long"),
    }
    for number, listed in enumerate((personal, shared)):
        for place, each in enumerate(listed):
            path = f"bots[0].commandLists[{number}].commands[{place}]"
            said[f"{path}.title"] = each.title[locale]
            said[f"{path}.description"] = each.about[locale]
    for place, name in enumerate(("log", "capture")):
        said[f"composeExtensions[0].commands[{place}].title"] = t(f"teams.extension.{name}")
        said[f"composeExtensions[0].commands[{place}].description"] = t(f"teams.extension.{name}.about")
    return said


def _json(value: Json) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()
