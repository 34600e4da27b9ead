"""One line of chat: typed, understood, taken back; friction with the sentence that a manager would read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import ACME, EMMA, NOVA, TANAKA

LINE = "ノヴァ 定例。試作は順調 → 試験計画を送る うち 12/9 同席: 佐藤, 高橋"


def test_a_command_completes_while_it_is_typed(look: Look) -> None:
    screen = look().open(TANAKA, NOVA)
    composer = screen.at("composer")
    composer.press_sequentially("/to")
    expect(screen.at("offer-touchpoint")).to_contain_text("提携先との接点を一行で記録する")
    composer.press("Tab")
    expect(composer).to_have_value("/touchpoint ")
    expect(screen.page.locator(".usage").first).to_contain_text("試験計画を送る")
    composer.press_sequentially(LINE)
    composer.press("Enter")
    screen.says("ノヴァ素材の接点を記録しました", "試験計画を送る(田中 美咲・12/9(水))", "佐藤、高橋")
    expect(screen.last).to_contain_text("あなただけに表示されています")


def test_enter_of_a_japanese_input_method_does_not_send(look: Look) -> None:
    screen = look().open(TANAKA, NOVA)
    composer = screen.at("composer")
    composer.fill("ていれい")
    before = screen.messages.count()
    event = {"key": "Enter", "keyCode": 229, "isComposing": True, "bubbles": True, "cancelable": True}
    composer.dispatch_event("keydown", event)
    expect(composer).to_have_value("ていれい")
    assert screen.messages.count() == before


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_answer_can_be_taken_back_after_a_reload(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type(f"/touchpoint {LINE}")
    screen.says("ノヴァ素材の接点を記録しました")
    screen.picture("log")
    screen.page.reload()
    screen.says("ノヴァ素材の接点を記録しました")
    screen.press("取り消す")
    screen.says("ノヴァ素材の記録を取り消しました", LINE)


def test_the_english_twin(look: Look) -> None:
    screen = look().open(EMMA, ACME)
    screen.type("/touchpoint acme call w/ Lopez, prototype on track -> they send samples fri")
    screen.says("Logged a touchpoint with Acme Robotics", "Lopez", "send samples (theirs, Fri 27 Nov)")
    screen.picture("log", "en")
    screen.press("Undo")
    screen.says("Undid your entry for Acme Robotics.")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_friction_shows_the_sentence_that_would_reach_the_manager(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type("/friction ノヴァ !! 試験の分担が決まらず、評価を始められない")
    screen.says("管理者に届くのはこの一文だけです", "試験の分担が決まらず、評価を始められない")
    expect(screen.last.get_by_role("button", name="この一文で届ける")).to_be_visible()
    screen.picture("friction")
    send = screen.last.get_by_role("button", name="この一文で届ける")
    before = send.get_attribute("data-value") or ""
    screen.choose("friction.category", "決定の遅れ")
    expect(send).not_to_have_attribute("data-value", before)
    screen.press("この一文で届ける")
    screen.says("この一文を管理者に届けます")


def test_friction_in_english(look: Look) -> None:
    screen = look().open(EMMA)
    screen.type("/friction acme !! nobody signs off the safety checklist")
    screen.says("Managers would get this one sentence", "nobody signs off the safety checklist")
    screen.picture("friction", "en")
    screen.press("Keep it in the team")
    screen.says("Kept in the team")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_an_unknown_name_keeps_the_text_and_asks(look: Look, width: Width) -> None:
    screen = look(width).open(TANAKA)
    screen.type("/touchpoint ノヴア素材 定例。試作は順調")
    screen.says("ノヴア素材", "文章はお預かりしています")
    screen.press("ノヴァ素材")
    screen.says("ノヴァ素材の接点を記録しました")
