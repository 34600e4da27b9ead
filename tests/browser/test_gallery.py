"""The gallery: every message and form on both platforms and in both languages, and nothing that could not be drawn."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from handlers.examples import EVERY
from handlers.text import LOCALES
from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import TANAKA

VENDOR = Path(__file__).parents[2] / "bot/practice/page/vendor/adaptivecards"
SHOWN = {"slack": ":is(.message .blocks, .modal-frame)", "teams": ".teams-card .ac-adaptiveCard"}
BEYOND = """cards => cards.flatMap(card => {
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll("*")].filter(node => node.getBoundingClientRect().right > edge)
    .map(node => `${node.closest(".example").dataset.name}: ${node.className}`);
})"""
"""What stands out on the right of its card, where it can't be seen."""


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_every_example_is_shown_on_both_platforms_in_both_languages(look: Look, width: Width) -> None:
    screen = look(width)
    screen.page.goto(f"{screen.base}/gallery")
    expect(screen.page.locator(".example")).to_have_count(len(EVERY))
    for platform, what in SHOWN.items():
        for language in LOCALES:
            shown = screen.page.locator(f".example > [lang={language}] > [data-platform={platform}] {what}")
            names = shown.evaluate_all("nodes => nodes.map(node => node.closest('.example').dataset.name)")
            assert names == [template.name for template in EVERY], (platform, language)
    assert screen.page.locator(".unknown").all_text_contents() == []
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_no_card_is_wider_than_the_narrowest_phone(look: Look) -> None:
    screen = look("phone")
    screen.page.set_viewport_size({"width": 360, "height": 740})
    screen.page.goto(f"{screen.base}/gallery")
    expect(screen.page.locator(".example")).to_have_count(len(EVERY))
    # What is out of sight is not laid out on this page; here all of it is wanted.
    screen.page.evaluate(
        "for (const node of document.querySelectorAll('.example')) node.style.contentVisibility = 'visible'"
    )
    for opener in screen.page.locator(".teams-card .ac-pushButton.expandable").all():
        opener.dispatch_event("click")
    expect(screen.page.locator(".teams-card .ac-pushButton.expanded").first).to_be_attached()
    assert screen.page.locator(".teams-card").evaluate_all(BEYOND) == []
    assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_menu_of_a_card_opens_below_its_button(look: Look) -> None:
    screen = look()
    screen.page.goto(f"{screen.base}/gallery?q=friction.saved.asks")
    card = screen.at("example-friction.saved.asks").locator("[lang=ja] .teams-card")
    card.get_by_role("button", name=re.compile("重さ")).click()
    chooser = card.locator("select:visible")
    expect(chooser).to_have_count(1)
    expect(chooser.locator("option:checked")).to_contain_text("大")
    expect(card.get_by_role("button", name="これにする")).to_be_visible()


def test_each_language_has_slacks_own_words_too(look: Look) -> None:
    screen = look()
    screen.page.goto(f"{screen.base}/gallery")
    form = screen.at("example-touchpoint.new")
    expect(form.locator("[lang=ja] .optional").first).to_have_text("(任意)")
    expect(form.locator("[lang=en] .optional").first).to_have_text("(optional)")


def test_one_language_can_be_put_away(look: Look) -> None:
    screen = look("phone")
    screen.page.goto(f"{screen.base}/gallery?q=digest.week")
    pairs = screen.at("example-digest.week")
    screen.at("gallery-en").click()
    expect(pairs.locator(":scope > [lang=ja]")).to_be_visible()
    expect(pairs.locator(":scope > [lang=en]")).to_be_hidden()
    screen.at("gallery-en").click()
    expect(pairs.locator(":scope > [lang=en]")).to_be_visible()


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


def test_microsofts_renderer_is_the_one_that_its_note_names() -> None:
    note = (VENDOR / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256((VENDOR / "adaptivecards.min.js").read_bytes()).hexdigest() in note
    assert (VENDOR / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
