"""Forms: opened by an empty command or a button, refused with a sentence under the field, sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import EMMA, TANAKA


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_an_empty_command_opens_the_form(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type("/touchpoint")
    expect(screen.form).to_contain_text("接点を記録")
    screen.at("modal-submit").click()
    expect(screen.field("line")).to_contain_text("この必須項目に入力してください。")
    screen.field("line").locator("textarea").fill("ルミナ 電話 次の撮影日を決めた")
    screen.send_form()
    screen.says("ルミナAIの接点を記録しました", "電話・Web")


def test_a_refusal_of_the_bot_stands_under_its_field_and_keeps_what_was_typed(look: Look) -> None:
    screen = look().open(TANAKA)
    screen.type("/alliance 新規")
    name = screen.field("name").locator("input")
    name.fill("ノヴァ素材")
    screen.at("modal-submit").click()
    expect(screen.field("name")).to_contain_text("「ノヴァ素材」は「ノヴァ素材」で使われています")
    expect(name).to_have_value("ノヴァ素材")
    name.fill("はやぶさ電池")
    screen.send_form()
    screen.says("はやぶさ電池を作りました。リードはあなたです")


def test_the_settings_form_speaks_english(look: Look) -> None:
    screen = look().open(EMMA)
    screen.type("/alliance settings")
    expect(screen.form).to_contain_text("Your settings")
    screen.field("start").locator("select").select_option(label="09:30")
    screen.send_form()
    screen.says("Saved.", "between 09:30 and")


def test_escape_closes_the_form_and_nothing_is_saved(look: Look) -> None:
    screen = look().open(TANAKA)
    screen.type("/friction")
    expect(screen.form).to_contain_text("ひっかかりを記録")
    before = screen.messages.count()
    screen.page.keyboard.press("Escape")
    expect(screen.form).to_be_hidden()
    assert screen.messages.count() == before


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_edit_of_a_record_is_filled_with_it(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type("/touchpoint ノヴァ 電話 装置の空きを確認 同席: 佐藤")
    screen.says("ノヴァ素材の接点を記録しました")
    screen.press("編集")
    expect(screen.field("people").locator("input")).to_have_value("佐藤")
    screen.field("people").locator("input").fill("佐藤, 野村")
    screen.send_form()
    screen.says("佐藤、野村")
