"""Answers that come in another order than their questions: what the page knows already is never undone."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Look
from tests.browser.late import late
from tests.playhouse import EMMA, LUMINA, NOVA, SASAKI, SUZUKI, TANAKA, House

TOMORROW = "11月21日(土) 09:30"


def test_a_clock_that_was_read_before_a_move_is_not_shown_after_it(home: House, look: Look) -> None:
    screen = look().open(TANAKA)
    with late(screen.page, "/practice/clock") as reading:
        home.act(SUZUKI, "message", channel=NOVA, text="先に失礼します")
        reading.wait()
        screen.clock("plus-day")
        reading.arrive()
    expect(screen.at("clock-now")).to_have_text(TOMORROW)


def test_a_clock_that_was_read_before_a_move_is_not_told_as_its_end(home: House, look: Look) -> None:
    screen = look().open(TANAKA)
    with late(screen.page, "/practice/clock") as reading:
        home.act(SUZUKI, "message", channel=NOVA, text="先に失礼します")
        reading.wait()
        with late(screen.page, "/practice/state") as state:
            with screen.page.expect_response(lambda one: one.request.method == "POST" and "/clock" in one.url):
                screen.at("clock-plus-day").click()
            state.wait()
            reading.arrive()
            state.arrive()
    expect(screen.at("toast").last).to_contain_text(TOMORROW)
    expect(screen.at("clock-now")).to_have_text(TOMORROW)


def test_what_was_moved_meanwhile_elsewhere_is_shown_after_a_move(home: House, look: Look) -> None:
    screen = look().open(TANAKA)
    with late(screen.page, "/practice/clock", method="POST") as move:
        screen.at("clock-plus-day").click()
        move.wait()
        home.clock(plus="1d")
        move.arrive()
    expect(screen.at("clock-now")).to_have_text("11月22日(日) 09:30")


def test_a_state_that_was_read_before_another_is_not_drawn_over_it(home: House, look: Look) -> None:
    screen = look().open(TANAKA, NOVA)
    with late(screen.page, "/practice/state", holding=TANAKA) as state:
        home.act(SUZUKI, "message", channel=NOVA, text="一つ目")
        state.wait()
        screen.become(EMMA)
        screen.become(TANAKA)
        screen.go(NOVA)
        home.act(SUZUKI, "message", channel=NOVA, text="二つ目")
        screen.says("二つ目")
        state.arrive()
    screen.says("二つ目")


def test_of_two_choices_of_a_person_the_last_one_counts(look: Look) -> None:
    screen = look().open(TANAKA)
    with late(screen.page, "/practice/state", holding=SASAKI) as state:
        screen.at("person").click()
        screen.at(f"person-{SASAKI}").click()
        state.wait()
        screen.become(EMMA)
        state.arrive()
    expect(screen.page).to_have_url(re.compile(EMMA))
    expect(screen.page.locator("#acting")).to_contain_text("Emma")


def test_of_two_choices_of_a_language_the_last_one_counts(look: Look) -> None:
    screen = look().open(TANAKA)
    with late(screen.page, "/practice/texts", holding="en") as words:
        screen.at("language-en").click()
        words.wait()
        screen.at("language-ja").click()
        words.arrive()
    expect(screen.at("language")).to_have_attribute("aria-busy", "false")
    expect(screen.page.locator("html")).to_have_attribute("lang", "ja")
    expect(screen.at("tab-messages")).to_have_text("メッセージ")
    screen.speak("en")
    expect(screen.at("tab-messages")).to_have_text("Messages")


def test_two_lines_are_said_in_their_order(look: Look) -> None:
    screen = look().open(TANAKA, NOVA)
    slow: list[Route] = []

    def hold(route: Route) -> None:
        if "一つ目" in (route.request.post_data or ""):
            slow.append(route)
        else:
            route.fallback()

    screen.page.route("**/practice/act", hold)
    screen.type("一つ目です")
    screen.type("二つ目です")
    screen.page.evaluate("fetch('/practice/state').then(one => one.json())")
    slow.pop().continue_()
    screen.says("二つ目です")
    expect(screen.messages.nth(-2)).to_contain_text("一つ目です")


def test_nothing_can_be_typed_before_it_would_be_kept(look: Look) -> None:
    screen = look()
    with late(screen.page, "/practice/clock") as reading:
        screen.page.goto(f"{screen.base}/?as={TANAKA}&room={NOVA}")
        reading.wait()
        expect(screen.at("composer")).to_be_disabled()
        reading.arrive()
    screen.type("おはようございます")
    screen.says("おはようございます")


def test_a_press_counts_though_its_button_is_drawn_anew_meanwhile(home: House, look: Look) -> None:
    screen = look().open(TANAKA)
    box = screen.at(f"room-{LUMINA}").bounding_box()
    assert box is not None
    screen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    screen.page.mouse.down()
    with late(screen.page, "/practice/state") as state:
        home.act(SUZUKI, "message", channel=NOVA, text="先に失礼します")
        state.wait()
        state.arrive()
    screen.page.mouse.up()
    expect(screen.at(f"room-{LUMINA}")).to_have_attribute("aria-current", "page")
    expect(screen.at(f"unread-{NOVA}")).to_be_visible()
