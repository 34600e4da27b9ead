"""The clock: what is due arrives, its buttons work, and it only goes forward."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Screen, Width
from tests.playhouse import EMMA, SASAKI, TANAKA, YAMAMOTO

QUIET = "みなと大学さんとは10/21の打合せから34日空いています(目安21日)"
"""The story begins on Friday 20 November 2026; Monday 23 is a public holiday, so its week starts on Tuesday."""


def to_tuesday(screen: Screen) -> None:
    """The first working day of the next week, 08:30."""
    screen.clock("next-monday")
    expect(screen.at("clock-now")).to_contain_text("08:30")
    screen.clock("plus-day")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_digest_and_the_brief_of_the_day_come_in_the_morning(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    to_tuesday(screen)
    screen.says("11/24(火) 10:00、ルミナAIさんとの定例です", "最近の接点", "社内の判断をまとめる")
    screen.become(SASAKI)
    screen.says("提携週報 11/16–11/20", "① ご判断ください", "静かな提携")
    if width == "phone":
        screen.picture("digest")
    screen.press("確認しました")
    screen.says("確認済みとして")


def test_the_digest_in_english(look: Look) -> None:
    screen = look().open(SASAKI)
    screen.speak("en")
    screen.at("tab-home").click()
    expect(screen.at("home-view")).to_contain_text("Today, Fri 20 Nov")
    screen.at("tab-messages").click()
    to_tuesday(screen)
    screen.says("Alliance weekly 16 Nov – 20 Nov", "Needs you", "Quiet")
    screen.picture("digest", "en")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_quiet_alliance_is_named_to_its_lead(look: Look, width: Width) -> None:
    screen = look(width).open(YAMAMOTO)
    to_tuesday(screen)
    screen.clock("plus-day")
    screen.says(QUIET)
    screen.picture("nudge")
    screen.press("話した→記録")
    expect(screen.form).to_contain_text("接点を記録")
    screen.field("line").locator("textarea").fill("電話 試料の次の便を決めた")
    screen.send_form()
    expect(screen.messages.filter(has_text="みなと大学の接点を記録しました")).to_have_count(1)
    expect(screen.messages.filter(has_text=QUIET)).to_have_count(0)
    expect(screen.messages.filter(has_text="を記録済みです")).to_have_count(1)


def test_the_update_is_drafted_in_english(look: Look) -> None:
    screen = look().open(EMMA)
    for step in ("next-monday", "plus-day", "plus-day", "plus-day", "plus-day"):
        screen.clock(step)
    screen.says(
        "Anything to tell colleagues about these two weeks?", "Acme Robotics", "Nothing is posted before you tap"
    )


def test_the_clock_only_goes_forward(look: Look) -> None:
    screen = look().open(TANAKA)
    screen.at("clock-at").click()
    screen.at("clock-when").fill("2026-11-01T09:00")
    screen.at("clock-go").click()
    expect(screen.page.locator(".clock-card .block-error")).to_have_text("今より後の日時を選んでください。")
    screen.at("clock-when").fill("2026-12-01T09:00")
    screen.at("clock-go").click()
    expect(screen.at("clock-now")).to_have_text("12月1日(火) 09:00")
