"""The gallery: every message and form in both languages, drawn without anything that could not be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from handlers.examples import EVERY
from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import TANAKA


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_example_is_shown_in_both_languages(look: Look, width: Width) -> None:
    screen = look(width)
    screen.page.goto(f"{screen.base}/gallery")
    examples = screen.page.locator(".example")
    expect(examples).to_have_count(len(EVERY))
    for template in EVERY:
        pair = screen.at(f"example-{template.name}")
        for language in ("ja", "en"):
            shown = pair.locator(f"[lang={language}] :is(.message .blocks, .modal-frame)")
            assert shown.count() == 1, (template.name, language)
    expect(screen.page.locator(".unknown")).to_have_count(0)
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_each_language_has_slacks_own_words_too(look: Look) -> None:
    screen = look()
    screen.page.goto(f"{screen.base}/gallery")
    form = screen.at("example-touchpoint.new")
    expect(form.locator("[lang=ja] .optional").first).to_have_text("(任意)")
    expect(form.locator("[lang=en] .optional").first).to_have_text("(optional)")


def test_it_is_reached_from_the_page_and_can_be_filtered(look: Look) -> None:
    screen = look().open(TANAKA)
    screen.at("more").click()
    screen.at("gallery").click()
    gallery = screen.page
    gallery.get_by_test_id("gallery-filter").fill("digest.week")
    expect(gallery.locator(".example:visible").first).to_contain_text("提携週報")
    assert 0 < gallery.locator(".example:visible").count() < len(EVERY)
    gallery.get_by_test_id("gallery-phone").click()
    side = gallery.locator(".example:visible .side").first.bounding_box()
    assert side is not None
    assert side["width"] <= 375
