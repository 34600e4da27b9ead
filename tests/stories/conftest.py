"""The houses that stories play in: the same story on both platforms wherever it is about neither."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.practice.practice_clock import PracticeClock
from handlers.request import Platform
from tests.connector import Connector, connector
from tests.home import Home
from tests.playhouse import House, house, standing_still
from tests.teamshouse import TeamsHouse
from tests.teamsrunning import teams_house
from tests.teamsworld import moved, world

Open: TypeAlias = Callable[[], AbstractContextManager[Home]]
"""Starts the same installation, anew or again; it is stopped at the end of the block."""


@pytest.fixture(name="platform", params=["slack", "teams"])
def _platform(request: pytest.FixtureRequest) -> Platform:
    return request.param


@pytest.fixture(scope="session", name="microsoft_server")
def _microsoft_server() -> Iterator[Connector]:
    """One server for all tests of a session."""
    with connector(world()) as inside:
        yield inside


@pytest.fixture(scope="session", name="told_in_teams")
def _told_in_teams(told: Path, microsoft_server: Connector, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The told story as one of Teams: a database to copy."""
    database = tmp_path_factory.mktemp("teams") / "kakehashi.db"
    shutil.copy(told / "kakehashi.db", database)
    moved(database, microsoft_server.tenant, microsoft_server.url)
    return database


@pytest.fixture(name="microsoft")
def _microsoft(microsoft_server: Connector) -> Connector:
    """Microsoft's side with the sample organisation's tenant, as new."""
    microsoft_server.reset(world())
    return microsoft_server


@pytest.fixture(name="open_home")
def _open_home(platform: Platform, tmp_path: Path, told: Path, request: pytest.FixtureRequest) -> Open:
    """An installation that can be stopped and started again."""
    folder = tmp_path / "practice"
    if platform == "slack":
        return lambda: house(folder, told)
    microsoft: Connector = request.getfixturevalue("microsoft")
    story: Path = request.getfixturevalue("told_in_teams")
    clock = PracticeClock(standing_still)
    return lambda: teams_house(folder, story, microsoft, clock)


@pytest.fixture(name="home")
def _home(open_home: Open) -> Iterator[Home]:
    """A running installation of one's own, once with Slack and once with Teams."""
    with open_home() as inside:
        yield inside


@pytest.fixture(name="slack_home")
def _slack_home(tmp_path: Path, told: Path) -> Iterator[House]:
    """A running installation with Slack, for what is Slack's own."""
    with house(tmp_path / "practice", told) as inside:
        yield inside


@pytest.fixture(name="teams_home")
def _teams_home(tmp_path: Path, told_in_teams: Path, microsoft: Connector) -> Iterator[TeamsHouse]:
    """A running installation with Teams, for what is Teams' own."""
    with teams_house(tmp_path / "practice", told_in_teams, microsoft) as inside:
        yield inside
