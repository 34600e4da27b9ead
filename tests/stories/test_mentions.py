"""@mentions and plain words: answered privately, and nothing internal where outsiders read along."""

from __future__ import annotations

from tests.home import ACME, BOT, EMMA, GENERAL, GUEST, NOVA, NOVA_SHARED, SUZUKI, TANAKA, Home
from tests.stories.wire import counted, recent

HEY = f"<@{BOT}>"


def test_a_mention_in_an_internal_room_is_answered_privately(home: Home) -> None:
    """Slack shows it in the room to one person; Teams in the direct chat, and a pointer to it in the room."""
    said = home.say(TANAKA, f"{HEY} ノヴァ 定例。順調 同席: 佐藤", NOVA)
    assert said.private or said.room == home.direct(TANAKA)
    assert home.last(TANAKA, NOVA).private
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
    assert all("記録しました" not in each.words for each in home.messages(SUZUKI, NOVA))
    english = home.say(EMMA, f"{HEY} ! replies got slower", ACME)
    assert english.private or english.room == home.direct(EMMA)
    assert all("replies got slower" not in each.words for each in home.messages(SUZUKI, ACME) if each.by_bot)


def test_a_mention_takes_every_command(home: Home) -> None:
    assert "ノヴァ素材の要点" in home.say(TANAKA, f"{HEY} 要約 ノヴァ", GENERAL).words
    assert "今日 11/20(金)" in home.say(TANAKA, f"今日 {HEY}", GENERAL).words
    assert "こちらのチャットに、そのまま入力できます" in home.say(TANAKA, HEY, NOVA).words


def test_where_outsiders_read_nothing_is_logged_and_it_says_so_privately(home: Home) -> None:
    before, seen = counted(home), len(home.messages(GUEST, NOVA_SHARED))
    home.say(TANAKA, f"{HEY} ノヴァ 定例。順調", NOVA_SHARED)
    said = home.inbox(TANAKA)[-1]
    assert said.words.splitlines()[0] == "社外の方にも見えています。投稿を削除し、こちらのチャットでどうぞ"
    assert "ノヴァ 定例。順調" in said.words
    assert counted(home) == before
    assert len(home.messages(GUEST, NOVA_SHARED)) == seen + 1  # the person's own words only
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)


def test_a_guest_in_an_internal_room_reads_along(home: Home) -> None:
    home.let_in(NOVA, GUEST)
    home.settle()  # the lead's own notice of it comes first
    before = counted(home)
    home.say(TANAKA, f"{HEY} ノヴァ 定例。順調", NOVA)
    said = home.inbox(TANAKA)[-1]
    assert said.words.splitlines()[0] == "社外の方にも見えています。投稿を削除し、こちらのチャットでどうぞ"
    assert counted(home) == before


def test_where_it_cannot_be_asked_who_reads_it_says_just_that(home: Home) -> None:
    home.trouble("hidden_members")
    before = counted(home)
    home.say(TANAKA, f"{HEY} ノヴァ 定例。順調", NOVA)
    said = home.inbox(TANAKA)[-1]
    assert "確かめられないため" in said.words
    assert "ノヴァ 定例。順調" in said.words
    assert counted(home) == before


def test_nor_is_anything_shown_there(home: Home) -> None:
    for words in ("要約 ノヴァ", "今日", "ひっかかり 一覧", "取り消し"):
        home.say(TANAKA, f"{HEY} {words}", NOVA_SHARED)
        said = home.inbox(TANAKA)[-1]
        assert said.words.splitlines()[0] == "社外の方にも見えています。投稿を削除し、こちらのチャットでどうぞ"


def test_a_command_in_a_shared_room_answers_only_the_one_who_typed(home: Home) -> None:
    seen = len(home.messages(GUEST, NOVA_SHARED))
    said = home.command(TANAKA, NOVA_SHARED, "/touchpoint ノヴァ 定例。順調")
    assert said.private
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
    assert len(home.messages(GUEST, NOVA_SHARED)) == seen


def test_a_strangers_mention_is_not_answered(home: Home) -> None:
    before = counted(home)
    home.write(GUEST, NOVA_SHARED, f"{HEY} ノヴァ 定例")
    assert not home.messages(GUEST, NOVA_SHARED)[-1].by_bot
    assert counted(home) == before


def test_plain_words_in_a_room_are_not_read(home: Home) -> None:
    before = counted(home)
    home.write(TANAKA, NOVA, "ノヴァ 定例。順調")
    assert not home.last(TANAKA, NOVA).by_bot
    assert counted(home) == before


def test_a_mark_makes_it_friction_in_the_direct_chat(home: Home) -> None:
    assert "ひっかかり・中" in home.say(TANAKA, "!! ノヴァ 部品が遅れている").words
    assert "friction" in home.say(EMMA, "? acme replies got slower").words.casefold()


def test_unknown_words_get_the_nearest_and_help(home: Home) -> None:
    said = home.say(TANAKA, "取り消した")
    assert said.words.splitlines()[0] == "「取り消した」は分かりませんでした。「取り消し」ではありませんか"
    home.press(TANAKA, said, "使い方")
    assert "こちらのチャットに、そのまま入力できます" in home.last(TANAKA, said.room).words
    english = home.say(EMMA, "setings")
    assert "settings" in english.words.splitlines()[0]
    assert english.labels() == ["What can I type?"]


def test_words_that_name_nothing_are_given_back(home: Home) -> None:
    before = counted(home)
    said = home.say(TANAKA, "部品が届きました")
    assert "提携の名前が見つかりませんでした" in said.words
    assert "部品が届きました\n入力された文です" in said.words
    assert counted(home) == before


def test_an_unknown_sub_command_too(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/alliance 要訳 ノヴァ")
    assert "使い方" in said.labels() or "ノヴァ素材" in said.words
