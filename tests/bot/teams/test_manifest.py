"""The Teams package: what Microsoft's schema asks of it, and words that the parser knows in every language."""

from __future__ import annotations

import io
import json
import re
import struct
import tomllib
import zipfile
from pathlib import Path

import pytest

from bot.manifest import TEAMS_PERSONAL, TEAMS_SHARED, teams_package
from bot.payload import Json, json_at, list_at, text_at
from bot.settings import Settings, Teams
from bot.teams import manifest
from handlers.commands import read_command
from handlers.text import LOCALES
from tests.bot.shell import Shell

GUID = "11111111-2222-3333-4444-555555555555"
URL = "https://kakehashi.example.com"
LONGEST = {
    "name.short": manifest.NAME,
    "name.full": manifest.FULL_NAME,
    "description.short": manifest.ABOUT,
    "description.full": manifest.ABOUT_LONG,
}


def unpacked(locale: str = "ja") -> zipfile.ZipFile:
    settings = Settings(public_url=URL, locale=locale, teams=Teams(GUID, "", ()))
    return zipfile.ZipFile(io.BytesIO(teams_package(settings, GUID)))


def read(archive: zipfile.ZipFile, name: str) -> Json:
    content: Json = json.loads(archive.read(name))
    return content


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def limit(key: str) -> int:
    """How many characters Teams shows of a text in a language file."""
    extension = re.fullmatch(r"composeExtensions.*(title|description)", key)
    if extension:
        return manifest.EXTENSION_TITLE if extension[1] == "title" else manifest.EXTENSION_ABOUT
    return LONGEST.get(key, manifest.TITLE)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_package_holds_manifest_icons_and_both_languages(locale: str) -> None:
    archive = unpacked(locale)
    assert set(archive.namelist()) == {"manifest.json", "ja.json", "en.json", "color.png", "outline.png"}
    made = read(archive, "manifest.json")
    assert text_at(made, "localizationInfo", "defaultLanguageTag") == locale
    assert text_at(made, "developer", "privacyUrl") == f"{URL}/about#privacy"
    assert "authorization" not in made  # no message is read that isn't for the bot
    assert size(archive.read("color.png")) == (192, 192)
    assert size(archive.read("outline.png")) == (32, 32)


def test_the_same_settings_make_the_same_package() -> None:
    settings = Settings(public_url=URL, teams=Teams(GUID, "", ()))
    assert teams_package(settings, GUID) == teams_package(settings, GUID)


@pytest.mark.parametrize("locale", LOCALES)
def test_whatever_the_client_sends_for_a_command_is_understood(locale: str) -> None:
    texts = read(unpacked(), f"{locale}.json")
    for number, rows in enumerate((TEAMS_PERSONAL, TEAMS_SHARED)):
        assert len(rows) <= manifest.MOST_COMMANDS
        for place, row in enumerate(rows):
            path = f"bots[0].commandLists[{number}].commands[{place}]"
            found = read_command(str(texts[f"{path}.title"]))
            assert found is not None
            assert found[0].name == row
            assert texts[f"{path}.description"]


def test_every_text_of_the_manifest_is_translated_and_fits() -> None:
    archive = unpacked("en")
    made = read(archive, "manifest.json")
    japanese, english = read(archive, "ja.json"), read(archive, "en.json")
    assert set(japanese) == set(english)
    lists = list_at(list_at(made, "bots")[0], "commandLists")
    assert [len(list_at(each, "commands")) for each in lists] == [len(TEAMS_PERSONAL), len(TEAMS_SHARED)]
    for texts in (japanese, english):
        for key, text in texts.items():
            assert key == "$schema" or 0 < len(str(text)) <= limit(key), (key, text)
    assert json_at(made, "name")["short"] == english["name.short"]


def test_its_version_is_the_programs() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == manifest.VERSION


@pytest.mark.parametrize("locale", LOCALES)
def test_the_command_line_writes_it_and_says_what_is_missing(shell: Shell, locale: str) -> None:
    shell.set("DEFAULT_LOCALE", locale)
    nothing = shell("manifest", "teams")
    assert nothing.code == 2
    assert "TEAMS_APP_ID" in nothing.err
    shell.set("TEAMS_APP_ID", GUID)
    shell.set("PUBLIC_URL", "http://kakehashi.example.com")
    insecure = shell("manifest", "teams")
    assert insecure.code == 2
    assert "https://" in insecure.err
    shell.set("PUBLIC_URL", URL)
    written = shell("manifest", "teams", "--file", "app.zip")
    assert written.code == 0, written.err
    assert "app.zip" in written.out
    assert set(zipfile.ZipFile(shell.folder / "app.zip").namelist()) >= {"manifest.json", "color.png"}
    assert shell("manifest", "matrix").code == 2
