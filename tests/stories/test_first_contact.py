"""First contact: one welcome in the person's own language, with a button that works."""

from __future__ import annotations

from tests.home import EMMA, GENERAL, GUEST, NEWCOMER, NOVA_SHARED, TANAKA, Home, Shown

HELLO = "はじめまして、架け橋です"


def _welcomes(home: Home, who: str) -> list[Shown]:
    home.settle()
    return [each for each in home.inbox(who) if HELLO in each.words or "Kakehashi" in each.words]


def test_opening_the_app_is_answered_with_one_welcome(home: Home) -> None:
    assert "今日" in home.home(NEWCOMER)
    home.home(NEWCOMER)
    home.say(NEWCOMER, "こんにちは")
    home.command(NEWCOMER, GENERAL, "/alliance help")
    home.clock(plus="1w")
    assert len(_welcomes(home, NEWCOMER)) == 1


def test_it_says_what_it_is_for_who_sees_what_and_how_to_be_left_alone(home: Home) -> None:
    home.say(NEWCOMER, "こんにちは")
    welcome = _welcomes(home, NEWCOMER)[0]
    for words in ("一行で残せます", "見える人", "社外には出ません", "静かに 2週間", "個人の評価には使いません"):
        assert words in welcome.words
    assert welcome.labels() == ["記録してみる", "設定"]
    assert len(welcome.words.splitlines()) <= 8


def test_its_button_works(home: Home) -> None:
    home.say(NEWCOMER, "こんにちは")
    home.press(NEWCOMER, _welcomes(home, NEWCOMER)[0], "記録してみる")
    assert home.form(NEWCOMER) is not None
    home.submit(NEWCOMER, {"alliance": "ノヴァ素材", "line": "展示会で佐藤さんにご挨拶"})
    assert "ノヴァ素材の接点を記録しました" in home.last(NEWCOMER, home.direct(NEWCOMER)).words


def test_a_first_line_is_kept_and_the_welcome_comes_too(home: Home) -> None:
    said = home.command(NEWCOMER, GENERAL, "/touchpoint ノヴァ 電話 展示会の件 同席: 佐藤")
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
    assert len(_welcomes(home, NEWCOMER)) == 1


def test_in_english_where_the_person_reads_english(home: Home) -> None:
    home.speaks(NEWCOMER, "en-US")
    home.say(NEWCOMER, "hello")
    welcome = _welcomes(home, NEWCOMER)[0]
    assert HELLO not in welcome.words
    assert "quiet 2w" in welcome.words
    assert len(welcome.labels()) == 2


def test_those_who_know_it_and_strangers_hear_nothing(home: Home) -> None:
    home.say(TANAKA, "使い方")
    home.home(EMMA)
    home.write(GUEST, NOVA_SHARED, "こんにちは <@U0KAKEHASHI>")
    home.settle()
    assert not _welcomes(home, TANAKA)
    assert not _welcomes(home, EMMA)
    assert not home.inbox(GUEST)
