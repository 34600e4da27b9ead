"""The Home tab: today at a glance, in the person's language, with buttons that work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import EMMA, TANAKA


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_home_is_today(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.at("tab-home").click()
    home = screen.at("home-view")
    expect(home).to_contain_text("今日 11/20(金)")
    expect(home).to_contain_text("試験計画を送る")
    if width == "phone":
        screen.picture("home")
    screen.press("記録する", home.locator(".block-actions").last)
    expect(screen.form).to_contain_text("接点を記録")


def test_home_speaks_english(look: Look) -> None:
    screen = look().open(EMMA)
    screen.at("tab-home").click()
    expect(screen.at("home-view")).to_contain_text("Today, Fri 20 Nov")
    screen.press("Log friction", screen.at("home-view"))
    expect(screen.form).to_contain_text("Log a friction note")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_brief_fits_one_screen(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type("要約 ノヴァ")
    screen.says("ノヴァ素材の要点", "検査を、人にやさしく", "最近の接点")
    box = screen.last.bounding_box()
    assert box is not None
    assert box["height"] < screen.page.evaluate("innerHeight") * (1 if width == "desktop" else 1.1)
    if width == "phone":
        screen.picture("brief")
