"""Teams' rooms and chats: who sees what there, the app that isn't installed, the message extension, a broken line."""

from __future__ import annotations

import pytest

from tests.home import (
    ACME,
    BOT,
    EMMA,
    GENERAL,
    GUEST,
    LUMINA,
    NEWCOMER,
    NOVA,
    NOVA_SHARED,
    SASAKI,
    SUZUKI,
    TANAKA,
    YAMAMOTO,
    Shown,
    Trouble,
)
from tests.stories.wire import counted, recent, three_minutes_pass
from tests.teamshouse import TeamsHouse
from tests.tenant import Room

HEY = f"<@{BOT}>"
CHAT = "19:chat0of0three@thread.v2"
POINTER = "チャットでお答えしました"


def by_bot(home: TeamsHouse, who: str, room: str) -> list[Shown]:
    """What the bot wrote there that this person reads."""
    return [each for each in home.messages(who, room) if each.by_bot]


# ---------------------------------------------------------------- rooms


def test_a_mention_is_answered_in_the_chat_and_nobody_else_sees_even_the_pointer(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.say(TANAKA, f"{HEY} ノヴァ 定例。順調 → 資料を送る <@{SUZUKI}> 12/9", NOVA)
    assert said.room == home.direct(TANAKA)
    assert "資料を送る(鈴木 健・12/9(水))" in said.words
    pointer = by_bot(home, TANAKA, NOVA)
    assert [each.private for each in pointer] == [True]
    assert POINTER in pointer[0].words
    assert "資料" not in pointer[0].words
    assert not by_bot(home, SUZUKI, NOVA)


def test_a_slash_command_is_answered_to_the_one_who_typed_it(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.command(TANAKA, NOVA, "/friction ノヴァ ! 返事が遅い")
    assert said.private
    assert not home.messages(SUZUKI, NOVA)
    taken = home.press(TANAKA, said, "対応中にする")
    assert taken is not None
    assert taken.private
    assert "対応中にしました" in taken.words
    assert not home.messages(SUZUKI, NOVA)


@pytest.mark.parametrize(
    "words",
    ["接点 ノヴァ 電話。順調", "touchpoint ノヴァ 電話。順調", "記録 ノヴァ 電話。順調", "log ノヴァ 電話。順調"],
)
def test_a_command_is_understood_in_every_language(teams_home: TeamsHouse, words: str) -> None:
    home = teams_home
    assert home.command(TANAKA, NOVA, words).words.splitlines()[0] == "ノヴァ素材の接点を記録しました"


def test_a_group_chat_takes_mentions(teams_home: TeamsHouse) -> None:
    home = teams_home
    members = tuple(home.person(who).aad for who in (TANAKA, SUZUKI, EMMA))
    home.connector.tenant.add(Room(CHAT, "ノヴァの相談", members, kind="groupChat"))
    said = home.say(TANAKA, f"{HEY} ノヴァ 電話。順調", CHAT)
    assert said.room == home.direct(TANAKA)
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
    assert not by_bot(home, SUZUKI, CHAT)


def test_a_group_chat_with_a_guest_is_one_where_outsiders_read(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.let_in(GENERAL, GUEST)
    members = tuple(home.person(who).aad for who in (TANAKA, SUZUKI, GUEST))
    home.connector.tenant.add(Room(CHAT, "ノヴァの相談", members, kind="groupChat"))
    before = counted(home)
    said = home.say(TANAKA, f"{HEY} ノヴァ 電話。順調", CHAT)
    assert said.room == home.direct(TANAKA)
    assert said.words.splitlines()[0] == "社外の方にも見えています。投稿を削除し、こちらのチャットでどうぞ"
    assert counted(home) == before
    assert not by_bot(home, GUEST, CHAT)


def test_a_shared_channel_is_never_linked(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.command(TANAKA, NOVA_SHARED, "/alliance link ノヴァ")
    assert said.private
    assert "社外の方にも見えるため、連携できません" in said.words


def test_a_private_channel_of_ours_is_linked_as_any_other(teams_home: TeamsHouse) -> None:
    home = teams_home
    assert "提携-ルミナ" in home.command(TANAKA, LUMINA, "/alliance link ルミナ").words


# ---------------------------------------------------------------- the app isn't there


def test_without_the_app_the_answer_to_a_mention_stays_in_the_room_for_one(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.connector.tenant.without_app.add(home.person(YAMAMOTO).aad)
    home.say(YAMAMOTO, f"{HEY} ノヴァ 電話。順調", NOVA)
    said = home.last(YAMAMOTO, NOVA)
    assert said.private
    assert "ノヴァ素材の接点を記録しました" in said.words
    assert not by_bot(home, TANAKA, NOVA)


def test_who_blocked_it_isnt_asked_again_and_their_colleagues_hear(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.connector.tenant.blocked.add(home.person(TANAKA).aad)
    home.clock(to="2026-11-24T12:00")
    chat = home.direct(TANAKA)
    tried = [each for each in home.connector.called("post") if each.conversation == chat]
    assert len(tried) == 1
    told = [each for who in (SUZUKI, YAMAMOTO) for each in home.inbox(who) if "田中 美咲" in each.words]
    assert told, [each.words for each in home.inbox(SUZUKI)]
    home.connector.tenant.blocked.clear()
    home.say(TANAKA, "今日")
    assert home.later(TANAKA, to="2026-12-08T12:00")


def test_adding_the_app_brings_the_welcome_once_and_removing_it_silence(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.opens(NEWCOMER)
    home.settle()
    assert [each.words[:12] for each in home.inbox(NEWCOMER)] == ["はじめまして、架け橋です"]
    home.act(home.activities.install(home.person(NEWCOMER), action="remove"))
    home.opens(NEWCOMER)
    home.settle()
    assert len(home.inbox(NEWCOMER)) == 1


# ---------------------------------------------------------------- the message extension


def opened(home: TeamsHouse, who: str, room: str, command: str) -> None:
    """The extension from the composer of a room."""
    body = home.activities.fetch_task(home.person(who), command, room=home.room(room))
    home.opened(who, room, body, home.act(body))


def test_from_the_composer_the_form_opens_at_once_with_the_rooms_alliance(teams_home: TeamsHouse) -> None:
    home = teams_home
    opened(home, TANAKA, NOVA, "log")
    form = home.form(TANAKA)
    assert form is not None
    assert (form.name, form.title) == ("touchpoint.new", "接点を記録")
    assert "ノヴァ素材" in form.words
    assert home.submit(TANAKA, {"line": " "})["errors"] == {"line": "ひと言入力してください"}
    assert home.submit(TANAKA, {"line": "来社。図面を受け取った"})["ok"]
    assert "ノヴァ素材の接点を記録しました" in home.last(TANAKA, NOVA).words
    assert not by_bot(home, SUZUKI, NOVA)
    assert "図面を受け取った" in recent(home, TANAKA)


def test_its_twin_in_english(teams_home: TeamsHouse) -> None:
    home = teams_home
    opened(home, EMMA, ACME, "log")
    assert home.submit(EMMA, {"line": "visit w/ Chen -> send photos we fri"})["ok"]
    assert home.last(EMMA, ACME).words.startswith("Logged a touchpoint with Acme Robotics")


def test_where_the_bot_is_not_in_the_chat_it_works_too(teams_home: TeamsHouse) -> None:
    home = teams_home
    members = tuple(home.person(who).aad for who in (TANAKA, SUZUKI))
    home.connector.tenant.add(Room(CHAT, "", members, kind="groupChat"))
    home.connector.tenant.not_in.add(CHAT)
    before = counted(home)["touchpoint"]
    said = home.record(TANAKA, CHAT, home.write(SUZUKI, CHAT, "ノヴァの佐藤さんから電話。試作は明日届くそうです"))
    assert "ノヴァ素材の接点を記録しました" in said.words
    assert counted(home)["touchpoint"] == before + 1
    assert not by_bot(home, SUZUKI, CHAT)


def test_a_command_that_the_manifest_has_no_more_says_so(teams_home: TeamsHouse) -> None:
    home = teams_home
    before = counted(home)
    opened(home, TANAKA, NOVA, "something-old")
    assert home.form(TANAKA) is None
    assert home.last(TANAKA, NOVA).words
    assert counted(home) == before


# ---------------------------------------------------------------- forms in a chat, and the line


def test_words_that_need_a_form_bring_it_into_the_chat_with_what_was_typed(teams_home: TeamsHouse) -> None:
    """Words can't open a dialog; a card can hold the form itself, so nothing typed is lost on the way."""
    home = teams_home
    home.say(TANAKA, "設定")
    assert home.submit(TANAKA, {"start": "10:00"})["ok"]
    assert "10:00〜" in home.last(TANAKA, home.direct(TANAKA)).words
    home.say(TANAKA, "新規 サクラ工業")
    form = home.form(TANAKA)
    assert form is not None
    assert "サクラ工業" in form.words


def test_a_form_asked_for_in_a_linked_channel_knows_its_alliance(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.start(TANAKA, NOVA, "/接点")
    assert home.submit(TANAKA, {"line": "電話。試料が届いた"})["ok"]
    assert home.last(TANAKA, NOVA).words.startswith("ノヴァ素材の接点を記録しました")


@pytest.mark.parametrize("what", ["cut_before", "cut_after"])
def test_a_line_that_broke_while_it_was_sent(teams_home: TeamsHouse, what: Trouble) -> None:
    """Teams' chats can't be looked through: nothing is lost, and one repeat is the most that comes (decision 21)."""
    home = teams_home
    home.clock(to="2026-11-24T08:29")
    home.trouble(what, 2)
    home.clock(to="2026-11-24T08:30")
    for _ in range(3):
        three_minutes_pass(home)
        home.settle()
    for who, words in ((SASAKI, "提携週報"), (TANAKA, "11/24(火) 10:00、ルミナAIさんとの定例です")):
        said = [each for each in home.inbox(who) if words in each.words]
        assert len(said) == (1 if what == "cut_before" else 2)


@pytest.mark.parametrize("status", [412, 429, 502, 504])
def test_what_microsoft_puts_off_is_tried_again(teams_home: TeamsHouse, status: int) -> None:
    home = teams_home
    home.connector.fail("post", status)
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    assert "ノヴァ素材の接点を記録しました" in said.words


def test_linking_by_a_mention_asks_for_the_name_where_it_counts(teams_home: TeamsHouse) -> None:
    """The answer stands in the person's own chat, where a button wouldn't know the channel."""
    home = teams_home
    asked = home.say(TANAKA, f"<@{BOT}> 連携", room=GENERAL)
    assert "@架け橋 連携 " in asked.words
    assert asked.labels() == []
    assert "連携しました" in home.say(TANAKA, f"<@{BOT}> 連携 ノヴァ", room=GENERAL).words
