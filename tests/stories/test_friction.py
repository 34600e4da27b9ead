"""Friction notes: one line, one tap for the rest, the course of things, and the list."""

from __future__ import annotations

import pytest

from tests.home import ACME, EMMA, GENERAL, LUMINA, NOVA, SASAKI, TANAKA, YAMAMOTO, Home, Shown
from tests.stories.wire import recent


def pressed(home: Home, who: str, message: Shown, label: str) -> Shown:
    """What the room shows after the press: the message itself, changed."""
    said = home.press(who, message, label)
    assert said is not None
    return said


def opened(home: Home, who: str, room: str, words: str, label: str = "開く") -> Shown:
    """The card of the note with these words, opened from the list."""
    listed = home.command(who, room, "/friction list")
    home.press(who, listed, label, near=words)
    return home.last(who, listed.room)


@pytest.mark.parametrize(
    ("mark", "severity"),
    [("", "気づき"), ("? ", "気づき"), ("！", "小"), ("!! ", "中"), ("!!! ", "大"), ("❗ ", "小")],
)
def test_marks_say_how_grave_it_is(home: Home, mark: str, severity: str) -> None:
    said = home.command(TANAKA, NOVA, f"/friction ノヴァ {mark}返事が少し遅い")
    assert said.private
    assert said.words.startswith(
        "ノヴァ素材のひっかかりを記録しました。教えてくださり、ありがとうございます [取り消す]"
    )
    assert f"ひっかかり・{severity}" in said.words
    assert "返事が少し遅い" in said.words


def test_a_mark_at_the_end_counts_too(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/friction キタ 営業部が「聞いていない」と!")
    assert "ひっかかり・小\n営業部が「聞いていない」と\n<社内の理解・協力>" in said.words


def test_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/friction ! replies got slower")
    assert "Acme Robotics" in said.words.splitlines()[0]
    assert "replies got slower" in said.words
    assert "Undo" in said.labels()


def test_the_category_is_one_tap_and_undo_stays(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/friction ノヴァ ! なんとなく進まない")
    assert "<不明>" in said.words
    changed = home.choose(TANAKA, said, "friction.category", "決定の遅れ")
    assert "<決定の遅れ>" in changed.words
    graver = home.choose(TANAKA, changed, "friction.severity", "気づき: まだ影響はない")
    assert "ひっかかり・気づき" in graver.words
    undone = pressed(home, TANAKA, graver, "取り消す")
    assert undone.words.splitlines()[0] == "ノヴァ素材の記録を取り消しました"
    assert "なんとなく" not in home.command(TANAKA, NOVA, "/friction 一覧").words


def test_a_card_inside_a_talks_answer_keeps_the_talk(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 2/30 定例。順調 → 図面 先方 金 ! なんとなく遅い")
    for change in ("choose", "take", "told", "done"):
        match change:
            case "choose":
                said = home.choose(TANAKA, said, "talk.friction.category", "連絡・共有の滞り")
            case "take":
                said = pressed(home, TANAKA, said, "対応中にする")
            case "told":
                said = pressed(home, TANAKA, said, "話した")
            case _:
                said = pressed(home, TANAKA, said, "解決した")
        assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
        assert "日付: 11/20(金)(?)" in said.words
        assert "図面(先方・11/27(金))" in said.words
        assert said.labels()[:2] == ["編集", "取り消す"]
    assert "解決と記録しました" in said.words
    undone = pressed(home, TANAKA, said, "取り消す")
    assert "ノヴァ素材の記録を取り消しました" in undone.words


def test_a_talks_card_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call, on track !! parts are late by a week")
    sent = pressed(home, EMMA, said, "Send this sentence")
    assert sent.words.startswith("Logged a touchpoint with Acme Robotics")
    assert sent.labels()[:2] == ["Edit", "Undo"]
    assert "parts are late by a week" in home.command(SASAKI, ACME, "/friction list").words


def test_the_course_of_things(home: Home) -> None:
    card = opened(home, YAMAMOTO, NOVA, "評価試験の分担")
    assert "先方にはもう話せましたか" in card.words
    taken = pressed(home, YAMAMOTO, card, "対応中にする")
    assert "対応中にしました。よろしくお願いします" in taken.words
    assert "担当: 山本 由紀さん" in taken.words
    told = pressed(home, YAMAMOTO, taken, "話した")
    assert "先方への共有: 11/20(金)に話した" in told.words
    solved = pressed(home, YAMAMOTO, told, "解決した")
    assert "どのように解決しましたか" in solved.words
    together = pressed(home, YAMAMOTO, solved, "先方と一緒に")
    assert "状態: 先方と一緒に解決" in together.words
    assert "評価試験の分担" not in home.command(TANAKA, NOVA, "/friction 一覧").words
    again = pressed(home, YAMAMOTO, together, "再開する")
    assert "未対応に戻しました" in again.words
    assert "評価試験の分担" in home.command(TANAKA, NOVA, "/friction 一覧").words


@pytest.mark.parametrize(("how", "state"), [("社内で", "社内で解決"), ("自然に", "自然に解消")])
def test_other_ways_to_end(home: Home, how: str, state: str) -> None:
    card = opened(home, TANAKA, NOVA, "評価試験の分担")
    solved = pressed(home, TANAKA, pressed(home, TANAKA, card, "解決した"), how)
    assert f"状態: {state}" in solved.words


def test_it_can_be_lived_with(home: Home) -> None:
    card = opened(home, EMMA, ACME, "spare parts arrive", "Open")
    accepted = pressed(home, EMMA, card, "We live with it")
    assert "Reopen" in accepted.labels()
    assert "spare parts" not in home.command(EMMA, ACME, "/friction list").words


def test_done_keeps_the_closing_words_apart(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/friction done ノヴァ 分担表で合意 一緒に")
    assert "評価試験の分担が決まらず、試験を始められない" in said.words
    assert "状態: 先方と一緒に解決" in said.words
    assert "結果: 分担表で合意" in said.words
    again = pressed(home, TANAKA, said, "再開する")
    assert "分担表で合意" not in again.words


def test_done_in_english_asks_which(home: Home) -> None:
    said = home.command(EMMA, ACME, "/friction done acme talked it over, together")
    assert said.words.splitlines()[0] == "Which one is solved?"
    closed = pressed(home, EMMA, said, "This one")
    assert "State: Solved with the partner" in closed.words
    assert "Outcome: talked it over" in closed.words


def test_done_without_anything_open(home: Home) -> None:
    said = home.say(SASAKI, "ひっかかり 解決 ルミナ もう大丈夫")
    assert "当てはまる未解決のひっかかりが見つかりませんでした" in said.words
    assert "ルミナ もう大丈夫" in said.words


def test_the_list_of_a_team_member(home: Home) -> None:
    said = home.command(YAMAMOTO, LUMINA, "/friction 一覧")
    assert said.words.splitlines()[0] == "ルミナAIの未解決のひっかかり"
    assert "小 現場の撮影に手間がかかり、写真が集まらない(28日) [開く]" in said.words
    everything = home.say(YAMAMOTO, "ひっかかり 一覧").words
    assert "(みなと大学、15日)" in everything
    assert "acme" not in everything.casefold()


def test_an_empty_line_opens_the_form(home: Home) -> None:
    home.start(TANAKA, GENERAL, "/friction")
    assert home.submit(TANAKA, {"text": " "})["errors"] == {"text": "ひと言入力してください"}
    assert home.submit(TANAKA, {"text": "キタ 納期が読めない", "severity": "1"})["ok"]
    assert "キタ食品のひっかかりを記録しました" in home.last(TANAKA, GENERAL).words
    assert "キタ食品 11/20(金)のひっかかり" in recent(home, TANAKA)


def test_words_that_only_blame_get_a_hint(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/friction ノヴァ 先方がいい加減")
    assert "何が起きて、何に困っているかを書くと伝わりやすくなります" in said.words


def test_an_outdated_press_overwrites_nothing(home: Home) -> None:
    mine, theirs = opened(home, TANAKA, NOVA, "評価試験の分担"), opened(home, YAMAMOTO, NOVA, "評価試験の分担")
    pressed(home, YAMAMOTO, theirs, "対応中にする")
    said = pressed(home, TANAKA, mine, "受け入れた")
    assert "その間に状態、担当が変わっていたため、上書きしていません" in said.words
    assert "状態: 対応中(49日)" in said.words
