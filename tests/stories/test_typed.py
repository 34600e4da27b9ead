"""Words typed in the direct chat as people type them: with a slash, asking for one command's help, thanking."""

from __future__ import annotations

import pytest

from tests.home import BOT, EMMA, GENERAL, NOVA, TANAKA, Home
from tests.playhouse import House
from tests.stories.wire import counted


@pytest.mark.parametrize(
    "typed",
    [
        "/friction ノヴァ 返事が遅くて困る",
        "/ひっかかり ノヴァ 返事が遅くて困る",
        "／fr nova 返事が遅くて困る",
        "/ fr ノヴァ 返事が遅くて困る",
        "／摩擦　ノヴァ　返事が遅くて困る",
    ],
)
def test_friction_typed_with_a_slash_stays_friction(home: Home, typed: str) -> None:
    said = home.say(TANAKA, typed).words
    assert said.startswith("ノヴァ素材のひっかかりを記録しました")
    assert "ひっかかり・気づき\n返事が遅くて困る" in said


def test_commands_may_be_typed_with_their_slash(home: Home) -> None:
    for typed in ("/今日", "／今日", "/alliance 今日", "/提携 ／今日"):
        assert home.say(TANAKA, typed).words.startswith("今日 11/20(金)"), typed
    assert home.say(TANAKA, "/help").words.startswith("こちらのチャットに、そのまま入力できます")
    assert home.say(TANAKA, "/接点 ノヴァ 定例。試作は順調").words.startswith("ノヴァ素材の接点を記録しました")
    assert home.say(EMMA, "/tp acme call, parts arrived").words.startswith("Logged a touchpoint with Acme Robotics")


def test_a_slash_before_a_misspelt_command_logs_nothing(home: Home) -> None:
    """What somebody took for a friction note must not become a touchpoint that the whole team reads."""
    before = counted(home)
    said = home.say(TANAKA, "/frictoin ノヴァ 返事が遅くて困る").words
    assert said.startswith("「frictoin」は分かりませんでした。「friction」ではありませんか")
    assert "返事が遅くて困る" in said
    assert counted(home) == before


@pytest.mark.parametrize(("typed", "meant"), [("frction", "friction"), ("ひっかり", "ひっかかり")])
def test_a_note_whose_word_is_misspelt_is_no_touchpoint(home: Home, typed: str, meant: str) -> None:
    before = counted(home)
    said = home.say(TANAKA, f"{typed} ノヴァ 返事が遅くて困る").words
    assert said.startswith(f"「{typed}」は分かりませんでした。「{meant}」ではありませんか")
    assert "返事が遅くて困る" in said
    assert counted(home) == before


def test_a_slash_before_an_alliances_name_is_only_a_slash(home: Home) -> None:
    assert home.say(TANAKA, "/ノヴァ 定例。試作は順調").words.startswith("ノヴァ素材の接点を記録しました")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("使い方 予定", "予定 ノヴァ 7/15 10:00 定例 隔週"),
        ("ヘルプ 予定", "予定 ノヴァ 7/15 10:00 定例 隔週"),
        ("使い方 /friction", "ひっかかり ノヴァ ! 評価試験の分担が決まらない"),
        ("使い方 ひっかかり 解決", "ひっかかり 解決 ノヴァ 分担表で合意 一緒に"),
    ],
)
def test_help_for_one_command_is_its_row(home: Home, typed: str, shown: str) -> None:
    said = home.say(TANAKA, typed).words
    assert f"・{shown}" in said
    assert "静かに" not in said
    assert len(said.splitlines()) <= 4


def test_help_for_one_command_in_english(home: Home) -> None:
    said = home.say(EMMA, "help meeting")
    assert "meeting Nova 15 Jul 10:00" in said.words
    assert said.labels() == ["What can I type?"]


def test_help_for_anything_else_is_the_whole_help(home: Home) -> None:
    for typed in ("使い方 教えて", "help me please"):
        assert home.say(TANAKA, typed).words.startswith("こちらのチャットに、そのまま入力できます")


@pytest.mark.parametrize("typed", ["ひっかかり ノヴァ", "/fr ノヴァ", "摩擦 ノヴァ !!"])
def test_a_name_alone_is_no_note(home: Home, typed: str) -> None:
    before = counted(home)
    said = home.say(TANAKA, typed)
    if home.platform == "slack":
        home.press(TANAKA, said, said.labels()[0])
    form = home.form(TANAKA)
    assert form is not None
    assert form.name == "friction.new"
    assert counted(home) == before


def test_a_name_alone_behind_the_slash_command_opens_its_form_for_that_alliance(home: Home) -> None:
    home.start(TANAKA, NOVA, "/friction ルミナ")
    form = home.form(TANAKA)
    assert form is not None
    assert form.name == "friction.new"
    assert home.submit(TANAKA, {"text": "!!"})["errors"] == {
        "text": "ひと言で結構です。何がひっかかったかを書いてください"
    }
    assert home.submit(TANAKA, {"text": "返事が少し遅い"})["ok"]
    assert home.last(TANAKA, NOVA).words.startswith("ルミナAIのひっかかりを記録しました")


@pytest.mark.parametrize("typed", ["ありがとう", "ありがとうございます!", "助かりました。"])
def test_thanks_are_answered_kindly(home: Home, typed: str) -> None:
    said = home.say(TANAKA, typed).words
    assert said.startswith("どういたしまして")
    assert "こんにちは" not in said


def test_thanks_in_english(home: Home) -> None:
    assert home.say(EMMA, "Thank you!").words.startswith("You're welcome")
    assert home.say(EMMA, "hello").words.startswith("Hello!")


def test_linking_in_the_direct_chat_gives_nothing_back_to_copy(home: Home) -> None:
    said = home.say(TANAKA, "連携 ノヴァ素材 検査共同研究").words
    assert said == "連携したいチャンネルの中で入力してください。こちらのチャットは連携できません"


def test_which_alliance_a_room_is_linked_to_may_be_chosen_from_all(slack_home: House) -> None:
    home = slack_home  # in Teams the question would stand in another chat: there it asks for the name
    said = home.say(TANAKA, f"<@{BOT}> 連携", GENERAL)
    assert said.words.startswith("どの提携ですか")
    assert said.labels()[:2] == ["ノヴァ素材", "ルミナAI"]
    home.press(TANAKA, said, "ノヴァ素材")
    assert "全社 をノヴァ素材と連携しました" in home.last(TANAKA, said.room).words
