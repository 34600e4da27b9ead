"""A phone: nothing runs off the side, and everything can be hit by a thumb."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Screen
from tests.playhouse import LUMINA, TANAKA

SMALL = """() => [...document.querySelectorAll('button, select, input, textarea')]
  .filter(one => one.offsetParent && getComputedStyle(one).visibility !== 'hidden')
  .filter(one => !['checkbox', 'radio'].includes(one.type))
  .map(one => [one.dataset.testid || one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 36 || box.height < 36)
  .map(([name, box]) => `${name} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def fits(screen: Screen) -> None:
    """No sideways scrolling, no control smaller than a thumb."""
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert screen.page.evaluate(SMALL) == []


def test_every_kind_of_screen_fits_a_phone(look: Look) -> None:
    screen = look("phone").open(TANAKA)
    fits(screen)
    for line in ("今日", "一覧", "要約 ノヴァ", "使い方", "私の宿題"):
        before = screen.messages.count()
        screen.type(line)
        expect(screen.messages).to_have_count(before + 2)
        expect(screen.last.locator(".badge")).to_be_visible()
        fits(screen)
    screen.type("/alliance 設定")
    expect(screen.form).to_be_visible()
    fits(screen)
    screen.at("modal-dismiss").tap()
    screen.go(LUMINA)
    fits(screen)
    screen.at("open-side").tap()
    expect(screen.at("room-app")).to_be_in_viewport()
    fits(screen)
