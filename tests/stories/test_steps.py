"""Next steps: a colleague is asked the next working morning, the answer goes back, each day is remembered once."""

from __future__ import annotations

from tests.home import NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home, Shown

MORNING = "2026-11-24T09:00"
"""The next working morning after Friday 11/20: 11/23 is 勤労感謝の日."""
GIVEN = f"/touchpoint ノヴァ 定例。試作は順調 → 評価機を手配する <@{YAMAMOTO}> 12/9 同席: 佐藤"
OFFER = "田中 美咲さんからノヴァ素材の次の一歩のご依頼です"


def _given(home: Home, line: str = GIVEN) -> Shown:
    """What the colleague hears the next working morning."""
    home.command(TANAKA, NOVA, line)
    assert not home.later(YAMAMOTO, to="2026-11-24T08:59")
    return _one(home.later(YAMAMOTO, to=MORNING), OFFER)


def _one(messages: list[Shown], words: str) -> Shown:
    found = [each for each in messages if words in each.words]
    assert len(found) == 1, [each.words for each in messages]
    return found[0]


def _press(home: Home, who: str, message: Shown, label: str, near: str) -> None:
    """Press the button `label` of the part of a bundle that comes after the words `near`."""
    assert home.press(who, message, label, near=near) is not None


def test_what_from_whom_and_from_which_talk(home: Home) -> None:
    said = _given(home)
    assert "評価機を手配する(山本 由紀・12/9(水))" in said.words
    assert "11/20(金)の定例" in said.words
    for label in ("引き受ける", "私ではない", "日付を変える", "別ツールで管理"):
        assert label in said.labels()


def test_several_given_at_once_come_as_one_message(home: Home) -> None:
    home.command(TANAKA, NOVA, GIVEN)
    home.command(SUZUKI, NOVA, f"/touchpoint アオバ 電話 帰り便の件 → 便の一覧をもらう <@{YAMAMOTO}>")
    heard = home.later(YAMAMOTO, to=MORNING)
    assert len(heard) == 1
    assert OFFER in heard[0].words
    assert "鈴木 健さんからアオバ物流の次の一歩のご依頼です" in heard[0].words


def test_accepted_it_is_theirs_and_remembered_on_its_day(home: Home) -> None:
    said = _given(home)
    home.press(YAMAMOTO, said, "引き受ける")
    assert "『評価機を手配する』は山本 由紀さんが引き受けました" in home.again(YAMAMOTO, said).words
    due = _one(home.later(YAMAMOTO, to="2026-12-09T09:00"), "『評価機を手配する』、今日が期日です")
    _press(home, YAMAMOTO, due, "済み", "『評価機を手配する』")
    assert "『評価機を手配する』は済みました" in home.again(YAMAMOTO, due).words
    assert not [m for m in home.later(YAMAMOTO, to="2026-12-31T09:00") if "評価機" in m.words]


def test_declined_it_goes_back_to_who_gave_it_and_no_further(home: Home) -> None:
    said = _given(home)
    home.press(YAMAMOTO, said, "私ではない")
    assert "お返ししました" in home.again(YAMAMOTO, said).words
    back = _one(home.inbox(TANAKA), "山本 由紀さんは担当ではないとのことです(ノヴァ素材)")
    assert back.labels() == ["引き受ける", "編集", "取りやめる"]
    assert not [m for m in home.inbox(SASAKI) if "評価機" in m.words]
    home.press(TANAKA, back, "引き受ける")
    assert "田中 美咲さんが引き受けました" in home.again(TANAKA, back).words


def test_another_day_takes_it_on(home: Home) -> None:
    said = _given(home)
    home.press(YAMAMOTO, said, "日付を変える")
    home.submit(YAMAMOTO, {"due": "2026-12-16"})
    heard = home.later(YAMAMOTO, to="2026-12-16T09:00")
    due = _one(heard, "『評価機を手配する』、今日が期日です")
    assert "12/9" not in due.words


def test_kept_elsewhere_there_are_no_more_words_about_it(home: Home) -> None:
    said = _given(home)
    home.press(YAMAMOTO, said, "別ツールで管理")
    home.submit(YAMAMOTO, {"url": "https://example.com/tasks/7"})
    assert "別ツールで管理しています" in home.again(YAMAMOTO, said).words
    assert not [m for m in home.later(YAMAMOTO, to="2026-12-31T09:00") if "評価機" in m.words]


def test_an_unanswered_one_is_asked_of_who_gave_it_on_its_day(home: Home) -> None:
    _given(home)
    heard = home.later(TANAKA, to="2026-12-09T09:00")
    unanswered = _one(heard, "『評価機を手配する』、12/9(水)が期日です")
    assert "山本 由紀さんからはまだお返事がありません" in unanswered.words
    assert not [m for m in home.inbox(SASAKI) if "評価機" in m.words]


def test_theirs_overdue_asks_our_owner_to_ask(home: Home) -> None:
    home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。 → 図面を送っていただく 先方 11/25 同席: 佐藤")
    heard = home.later(TANAKA, to="2026-11-26T09:00")
    told = _one(heard, "『図面を送っていただく』、11/25(水)を過ぎています。次に話すとき、様子を伺ってみませんか")
    assert told.labels() == ["済み", "日付を変える", "取りやめる"]


def test_nobodys_is_asked_of_who_wrote_it_down(home: Home) -> None:
    home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。 → 評価の場所を探す 同席: 佐藤")
    asked = _one(home.later(TANAKA, to=MORNING), "『評価の場所を探す』、どなたが進めますか")
    _press(home, TANAKA, asked, "引き受ける", "『評価の場所を探す』")
    assert "『評価の場所を探す』は田中 美咲さんが引き受けました" in home.again(TANAKA, asked).words


def test_one_answer_leaves_the_rest_of_a_bundle_to_press(home: Home) -> None:
    bundle = _one(home.later(TANAKA, to=MORNING), "『試験計画を送る』、11/9(月)を過ぎています")
    _press(home, TANAKA, bundle, "済み", "『試験計画を送る』")
    after = home.again(TANAKA, bundle)
    assert "『試験計画を送る』は済みました" in after.words
    assert "『社内の判断をまとめる』、11/23(月)を過ぎています" in after.words
    assert "話した→記録" in after.labels()


def test_my_steps_and_done_by_words(home: Home) -> None:
    listed = home.say(TANAKA, "私の宿題")
    assert "期日を過ぎています" in listed.words
    assert "試験計画を送る" in listed.words
    done = home.say(TANAKA, "済み 試験計画")
    assert done.words.splitlines()[0] == "済みにしました"
    assert "試験計画を送る" not in home.say(TANAKA, "私の宿題").words


def test_my_steps_in_english(home: Home) -> None:
    home.speaks(YAMAMOTO, "en-US")
    assert "You have no open next steps right now" in home.say(YAMAMOTO, "my steps").words
    home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例。 → send the rig <@{YAMAMOTO}> 12/9")
    offer = _one(home.later(YAMAMOTO, to=MORNING), "send the rig")
    assert {"I'll do it", "Not me", "Change date"} <= set(offer.labels()), offer.labels()
    assert home.say(YAMAMOTO, "done rig").words.startswith("Marked as done")


def test_given_to_somebody_else_the_first_has_nothing_left_to_press(home: Home) -> None:
    said = _given(home)
    home.press(YAMAMOTO, said, "私ではない")
    home.clock(plus="1h")
    back = _one(home.inbox(TANAKA), "山本 由紀さんは担当ではないとのことです(ノヴァ素材)")
    home.press(TANAKA, back, "編集")
    home.submit(TANAKA, {"owner": [SUZUKI]})
    assert "『評価機を手配する』は鈴木 健さんのお返事待ちです" in home.again(YAMAMOTO, said).words
    assert _one(home.later(SUZUKI, to="2026-11-25T09:00"), OFFER)
