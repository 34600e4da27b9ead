"""Microsoft's Agents Playground with our bot behind it, in a real Chromium; a missing part fails every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, Route, expect, sync_playwright

from bot.playground import Tool, found, install
from tests.browser.conftest import IMAGES, PATIENCE
from tests.browser.screen import FLAGS, browser_path
from tests.playground.client import SIZE, Client
from tests.playground.stage import Language, Theatre, template, theatre

LOCALES: dict[Language, str] = {"ja": "ja-JP", "en": "en-GB"}
Show: TypeAlias = Callable[[Language], tuple[Client, Theatre]]
"""show("ja"): a fresh practice whose person speaks Japanese, and their Teams, opened."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """--pictures writes the README's pictures anew; the browser suite has the same option."""
    with suppress(ValueError):
        parser.addoption("--pictures", action="store_true", help="write docs/images anew")


@pytest.fixture(scope="session", name="tool")
def _tool() -> Tool:
    """The playground, fetched on first use; NoPlayground fails the suite, since a skipped client is an untested one."""
    return found() or install()


@pytest.fixture(scope="session", name="stories")
def _stories(tmp_path_factory: pytest.TempPathFactory) -> dict[Language, Path]:
    """The sample organisation, told once in each language; before Playwright takes this thread's event loop."""
    folder = tmp_path_factory.mktemp("told")
    return {"ja": template(folder / "ja", "ja"), "en": template(folder / "en", "en")}


@pytest.fixture(scope="session", name="browser")
def _browser(stories: dict[Language, Path]) -> Iterator[Browser]:
    assert len(stories) == 2
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session", name="album")
def _album(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go."""
    return IMAGES if request.config.getoption("--pictures") else tmp_path_factory.mktemp("pictures")


@pytest.fixture(name="show")
def _show(tmp_path: Path, stories: dict[Language, Path], tool: Tool, browser: Browser, album: Path) -> Iterator[Show]:
    """Opens the curtain; the practice and its playground end with the test."""
    with ExitStack() as opened:

        def show(language: Language) -> tuple[Client, Theatre]:
            play = opened.enter_context(theatre(tmp_path / language, stories[language], language, tool))
            context = browser.new_context(
                viewport={"width": SIZE[0], "height": SIZE[1]},
                locale=LOCALES[language],
                timezone_id="Asia/Tokyo",
                reduced_motion="reduce",
            )
            opened.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.route(lambda url: not url.startswith(("http://127.0.0.1:", "data:", "blob:")), _refuse)
            return Client(page, play.page, album).open(), play

        yield show


def _refuse(route: Route) -> None:
    """Its fonts lie on its makers' hosts; nothing here leaves this machine."""
    route.abort()
