"""A real Chromium for the practice page; what goes wrong in it fails the test that was on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect, sync_playwright

from tests.browser.screen import FLAGS, SIZES, Screen, Width, browser_path
from tests.playhouse import House

PATIENCE = 30_000
"""Milliseconds: costs nothing where the page is right, and a shared machine is slow at times."""
IMAGES = Path(__file__).parents[2] / "docs" / "images"
Look: TypeAlias = Callable[..., Screen]
"""look(width="desktop", house=None): a fresh browser at that house, the test's own if none is named."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """--pictures writes the README's pictures anew; without it they are taken, measured and thrown away."""
    parser.addoption("--pictures", action="store_true", help="write docs/images anew")


@pytest.fixture(scope="session", name="chromium")
def _chromium(told: Path) -> Iterator[Browser]:
    """One browser process for all tests; after the story is told, since Playwright takes this thread's event loop."""
    assert told.exists()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session", name="album")
def _album(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go."""
    if not request.config.getoption("--pictures"):
        return tmp_path_factory.mktemp("pictures")
    IMAGES.mkdir(parents=True, exist_ok=True)
    return IMAGES


@pytest.fixture(name="look")
def _look(chromium: Browser, album: Path, home: House) -> Iterator[Look]:
    """Opens browsers; afterwards nothing may have been thrown or logged as an error in any of them."""
    troubles: list[str] = []
    opened: list[Screen] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(message.text)

    def look(width: Width = "desktop", *, house: House | None = None) -> Screen:
        wide, high = SIZES[width]
        phone = width == "phone"
        context = chromium.new_context(
            viewport={"width": wide, "height": high},
            has_touch=phone,
            is_mobile=phone,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", heard)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        opened.append(Screen(page, (house or home).base, width, album))
        return opened[-1]

    yield look
    for screen in opened:
        screen.page.context.close()
    assert not troubles
