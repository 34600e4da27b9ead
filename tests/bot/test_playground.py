"""The Agents Playground is a guest: fetched by a lock without addresses, on this machine only, named when missing."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from bot.playground import OURS, NoPlayground, found, install
from bot.practice import cast_teams as cast
from tests.bot.shell import Shell


def tools(folder: Path, **said: str) -> str:
    """A folder with programs of these names that say something and end; a leading ! lets them fail."""
    folder.mkdir()
    for name, words in said.items():
        program = folder / name
        script = f"#!/bin/sh\necho '{words.removeprefix('!')}'\nexit {int(words.startswith('!'))}\n"
        program.write_text(script, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(folder)


def test_the_lock_holds_names_versions_and_hashes_only() -> None:
    text = (OURS / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text
    lock = json.loads(text)["packages"]
    wanted = json.loads((OURS / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert lock[""]["dependencies"] == wanted
    pinned = {name: row for name, row in lock.items() if name}
    assert pinned
    assert all(row["integrity"].startswith("sha512-") for row in pinned.values())
    assert all(re.fullmatch(r"[\d.]+", version) for version in wanted.values())


@pytest.mark.parametrize(
    ("programs", "words"),
    [
        ({}, "Node.jsが見つかりません"),
        ({"node": "v16.20.2"}, "v16.20.2"),
        ({"node": "v20.1.0"}, "npmが見つかりません"),
        ({"node": "v20.1.0", "npm": "!no such registry"}, "no such registry"),
    ],
    ids=["no node", "old node", "no npm", "npm fails"],
)
def test_what_is_missing_is_said(shell: Shell, programs: dict[str, str], words: str) -> None:
    shell.set("PATH", tools(shell.folder / "tools", **programs))
    called = shell("practice", "--teams")
    assert called.code == 1
    assert words in called.err
    assert "Traceback" not in called.err


def test_another_lock_is_installed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", tools(tmp_path / "tools", node="v20.1.0", npm="done"))
    program = tmp_path / "here/node_modules/@microsoft/m365agentsplayground/cli.js"
    program.parent.mkdir(parents=True)
    program.write_text("", encoding="utf-8")
    assert found(tmp_path / "here") is None
    assert install(tmp_path / "here").program == program
    assert found(tmp_path / "here") is not None
    program.unlink()
    with pytest.raises(NoPlayground, match=r"cli\.practice\.not_installed"):
        install(tmp_path / "here")


def test_everybody_of_the_cast_has_ids_of_their_own() -> None:
    settings = cast.settings()
    people = [settings["currentUser"], *settings["users"]]
    assert len(people) == 6
    assert len({person["id"] for person in people}) == len({person["aadObjectId"] for person in people}) == 6
    assert settings["currentUser"]["aadObjectId"] == cast.directory_id(cast.ME)
    assert settings["currentUser"]["surname"] == "佐々木"
