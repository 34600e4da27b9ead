"""One person and the app: a line logged and taken back, friction corrected on its card, the form, in both languages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.playground.conftest import Show

LINE = "ハルカ 定例。試作は順調 → 試験計画を送る うち 12/9 同席: 西村"
LINE_EN = "haruka call w/ 西村, prototype on track -> send the test plan we 9 Dec"


def test_one_line_is_logged_and_taken_back(show: Show) -> None:
    client, _ = show("ja")
    client.say(f"接点 {LINE}")
    card = client.card("ハルカ電子の接点を記録しました", "試験計画を送る", "西村")
    client.picture("log-ja")
    client.press(card, "取り消す")
    client.card("ハルカ電子の記録を取り消しました", LINE)
    expect(client.cards.filter(has_text="の接点を記録しました")).to_have_count(0)


def test_one_line_in_english(show: Show) -> None:
    client, _ = show("en")
    client.say(f"touchpoint {LINE_EN}")
    card = client.card("Logged a touchpoint with ハルカ電子", "send the test plan")
    client.picture("log-en")
    client.press(card, "Undo")
    client.card("Undid your entry for ハルカ電子.")


def test_friction_is_corrected_on_its_card_before_it_is_passed_on(show: Show) -> None:
    client, _ = show("ja")
    client.say("ひっかかり ハルカ !! 試験の分担が決まらず、評価を始められない")
    card = client.card("管理者に届くのはこの一文だけです", "試験の分担が決まらず")
    client.choose(card, "種類", "決定の遅れ", "これにする")
    expect(client.cards.last.get_by_role("button", name=re.compile("^種類.*決定の遅れ"))).to_be_visible()
    client.picture("friction-ja")
    client.press(client.cards.last, "この一文で届ける")
    client.card("この一文を管理者に届けます")


def test_friction_in_english(show: Show) -> None:
    client, _ = show("en")
    client.say("friction haruka !! nobody signs off the safety checklist")
    card = client.card("Managers would get this one sentence", "nobody signs off the safety checklist")
    client.choose(card, "Category", "Slow decision", "Choose this")
    expect(client.cards.last.get_by_role("button", name=re.compile("^Category.*Slow decision"))).to_be_visible()
    client.press(client.cards.last, "Keep it in the team")
    client.card("Kept in the team")


def test_an_unknown_name_keeps_the_text_and_asks(show: Show) -> None:
    client, _ = show("ja")
    client.say("接点 ハルカデンシ 定例。試作は順調")
    card = client.card("ハルカデンシ", "文章はお預かりしています")
    client.press(card, "ハルカ電子")
    client.card("ハルカ電子の接点を記録しました")


def test_the_form_of_the_composer(show: Show) -> None:
    client, _ = show("ja")
    form = client.compose("log")
    expect(form).to_contain_text("何がありましたか")
    client.fill(form, "ルミナ 電話 次の撮影日を決めた")
    client.picture("form-ja")
    client.send_form(form)
    answer = client.form("ルミナAIの接点を記録しました", "電話・Web")
    client.press(answer, "取り消す")
    client.form("ルミナAIの記録を取り消しました")
    client.close()


def test_a_record_is_edited_in_the_dialog(show: Show) -> None:
    client, _ = show("ja")
    client.send_line("ルミナ 電話 次の撮影日を決めた 同席: 林")
    client.press(client.form("ルミナAIの接点を記録しました"), "編集")
    form = client.form("一行に1つ")
    expect(form.get_by_label("同席")).to_have_value("林")
    form.get_by_label("同席").fill("林, 三浦")
    client.send_form(form)
    client.form("ルミナAIの記録を編集しました", "林、三浦")
    client.close()


def test_a_record_is_edited_in_english(show: Show) -> None:
    client, _ = show("en")
    client.send_line("lumina call, next shooting day fixed w/ 林")
    client.press(client.form("Logged a touchpoint with ルミナAI"), "Edit")
    form = client.form("One per line")
    form.get_by_label("People").fill("林, 三浦")
    client.send_form(form)
    client.form("林, 三浦")
    client.close()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(show: Show) -> None:
    client, _ = show("en")
    form = client.compose("log")
    client.send_form(form)
    client.form("Please fill this in")
    client.fill(form, "lumina call, next shooting day fixed 31 Feb")
    client.send_form(form)
    client.form("Logged a touchpoint with ルミナAI")
    client.close()


def test_a_message_is_captured(show: Show) -> None:
    said = "ハルカの西村さんから、来週の訪問を受けていただけると連絡がありました"
    client, _ = show("ja")
    client.say(said)
    client.card("ハルカ電子の接点を記録しました")
    client.about(said, "capture")
    client.form("ハルカ電子の接点を記録しました", "メール・チャット")
    client.close()


def test_a_form_comes_into_the_chat_with_what_was_typed(show: Show) -> None:
    """Words can't open a dialog, so the card holds the form; its answer stands in its place."""
    client, _ = show("ja")
    client.say("接点 ハルカ")
    form = client.card("接点を記録", "何がありましたか")
    client.picture("chat-form-ja")
    client.press(form, "保存する")
    expect(form).to_contain_text("入力をお願いします")  # the client itself asks for what is missing
    client.fill(form, "電話。試料が届いた")
    client.press(form, "保存する")
    client.card("ハルカ電子の接点を記録しました", "試料が届いた")
    expect(client.cards.filter(has_text="何がありましたか")).to_have_count(0)
