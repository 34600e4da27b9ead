"""The first minutes with the page: what a newcomer meets, and who they can be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import EMMA, GUEST, NEWCOMER, NOVA_SHARED, TANAKA, House


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_newcomer_is_welcomed_and_can_begin(look: Look, width: Width) -> None:
    screen = look(width).open(NEWCOMER)
    expect(screen.page.locator(".intro")).to_contain_text("提携先とのやりとりを一行で記録できます")
    screen.at("tab-home").click()
    expect(screen.at("home-view")).to_contain_text("まだ提携チームに入っていません")
    screen.at("tab-messages").click()
    screen.says("はじめまして、架け橋です", "見える人", "静かに 2週間")
    if width == "phone":
        screen.picture("welcome")
    screen.press("記録してみる")
    expect(screen.form).to_contain_text("接点を記録")


def test_the_welcome_speaks_english_to_who_does(home: House, look: Look) -> None:
    home.act(NEWCOMER, "set_locale", locale="en-GB")
    screen = look().open(NEWCOMER)
    screen.at("tab-home").click()
    expect(screen.at("home-view")).to_contain_text("You are not on an alliance team yet")
    screen.at("tab-messages").click()
    screen.says("Hello, I'm Kakehashi", "Who sees it", "quiet 2w")
    screen.press("Try a first record")
    expect(screen.form).to_contain_text("Log a touchpoint")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_examples_of_the_first_page_are_understood(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.at("try-1").click()
    screen.send()
    screen.says("ノヴァ素材の接点を記録しました", "定例", "試験計画を送る(田中 美咲・11/27(金))")
    screen.at("try-2").click()
    screen.send()
    screen.says("今日 11/20(金)")
    screen.speak("en")
    screen.at("try-1").click()
    screen.send()
    screen.says("Logged a touchpoint with ノヴァ素材", "send the test plan (田中 美咲, Fri 27 Nov)")
    screen.at("try-2").click()
    screen.send()
    screen.says("Today, Fri 20 Nov")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_person_and_language_change_the_whole_page(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    expect(screen.at("tab-messages")).to_have_text("メッセージ")
    screen.become(EMMA)
    expect(screen.page.locator("html")).to_have_attribute("lang", "en")
    expect(screen.at("tab-messages")).to_have_text("Messages")
    expect(screen.at("composer")).to_have_attribute("placeholder", "Log in one line, or / for commands")
    expect(screen.page.locator("#side")).to_contain_text("Practice workspace")
    screen.speak("ja")
    expect(screen.page.locator("#side")).to_contain_text("練習用のワークスペース")
    expect(screen.page.locator("#acting")).to_contain_text("英語を話すリード")


def test_a_partner_sees_the_shared_channel_and_no_app(look: Look) -> None:
    screen = look().open(GUEST, NOVA_SHARED)
    expect(screen.page.locator(".outside-note")).to_have_text("社外の方もこのチャンネルを見ています。")
    expect(screen.at("room-app")).to_have_count(0)
    expect(screen.page.locator(".room")).to_have_count(1)
    screen.at("composer").fill("/touchpoint ノヴァ 定例")
    screen.at("composer").press("Enter")
    expect(screen.at("toast").last).to_contain_text("社外の方は、このアプリのコマンドやショートカットを使えません。")
    expect(screen.at("composer")).to_have_value("/touchpoint ノヴァ 定例")
