"""Plain words in the direct chat: lines without a verb, commands that open forms, what Slack says of a person."""

from __future__ import annotations

from tests.home import NEWCOMER, TANAKA, Home, Sheet


def test_a_line_that_holds_nothing_but_a_mark_is_a_note_and_no_touchpoint(home: Home) -> None:
    said = home.say(TANAKA, "ノヴァ !! 装置の予約が毎回変わり、試験が進まない")
    assert "ひっかかりを記録しました" in said.words
    assert "接点を記録しました" not in said.words


def test_a_line_with_a_talk_and_a_mark_is_both(home: Home) -> None:
    said = home.say(TANAKA, "ノヴァ 定例。試作は順調 ! 返事が少し遅い")
    assert said.words.startswith("ノヴァ素材の接点を記録しました")
    assert "返事が少し遅い" in said.words


def opened(home: Home, typed: str) -> Sheet:
    """The form that plain words ask for: behind a button in Slack, whose words can't open one; at once in Teams."""
    said = home.say(TANAKA, typed)
    if home.platform == "slack":
        assert len(said.labels()) == 1
        home.press(TANAKA, said, said.labels()[0])
    form = home.form(TANAKA)
    assert form is not None
    return form


def test_settings_may_be_typed_in_the_chat(home: Home) -> None:
    assert opened(home, "設定").name == "settings.save"
    assert home.submit(TANAKA, {"start": "09:00"})["ok"]
    assert "9:00" in home.last(TANAKA, home.direct(TANAKA)).words.replace("09:00", "9:00")


def test_a_new_alliance_typed_in_the_chat_keeps_the_name(home: Home) -> None:
    form = opened(home, "新規 南海電装")
    assert form.name == "alliance.new"
    kept = home.last(TANAKA, home.direct(TANAKA)).words if home.platform == "slack" else form.words
    assert "南海電装" in kept


def test_the_chat_with_the_app_welcomes_a_newcomer_once(home: Home) -> None:
    for _ in range(2):
        home.opens(NEWCOMER)
    home.settle()
    assert len(home.inbox(NEWCOMER)) == 1


def test_a_language_changed_on_the_platform_is_the_language_of_the_next_notice(home: Home) -> None:
    home.speaks(TANAKA, "en-US")
    if home.platform == "teams":  # which tells nothing by itself: the bot sees it in what a person does next
        home.say(TANAKA, "今日")
    heard = home.later(TANAKA, to="2026-11-24T18:00")
    assert heard
    assert all("since your last touchpoint" in each.words for each in heard if "ノヴァ素材" in each.words[:60])
    assert not [each for each in heard if "空いています" in each.words]
