"""Planned meetings: entered once, their brief that morning, one tap afterwards."""

from __future__ import annotations

from tests.home import ACME, EMMA, LUMINA, TANAKA, Home, Shown

DAY = "2026-11-24"
BRIEF = "11/24(火) 10:00、ルミナAIさんとの定例です"
AFTER = "11/24(火)、ルミナAIさんとの定例はいかがでしたか"


def _one(messages: list[Shown], words: str) -> Shown:
    found = [each for each in messages if words in each.words]
    assert len(found) == 1, [each.words for each in messages]
    return found[0]


def _after(home: Home) -> Shown:
    """The question an hour after the sample story's fortnightly meeting began."""
    assert not [m for m in home.later(TANAKA, to=f"{DAY}T10:59") if AFTER in m.words]
    return _one(home.later(TANAKA, to=f"{DAY}T11:00"), AFTER)


def test_a_recurring_meeting_brings_its_brief_that_morning(home: Home) -> None:
    assert not home.later(TANAKA, to=f"{DAY}T08:29")
    brief = _one(home.later(TANAKA, to=f"{DAY}T08:30"), BRIEF)
    assert "熟練者の目を、現場みんなの目に" in brief.words
    assert "当社: 田中 美咲(リード)、山本 由紀(副担当)、佐々木 隆(管理者)\n先方: 林(窓口)、三浦" in brief.words
    assert "社内の判断をまとめる" in brief.words
    assert "・11/13(金) 電話 三浦さんに撮影のこつを聞いた" in brief.words  # its kind isn't said twice
    assert brief.labels() == ["日時を変える", "見送る"]
    again = home.later(TANAKA, to="2026-12-08T08:30")
    _one(again, "12/8(火) 10:00、ルミナAIさんとの定例です")


def test_one_tap_logs_it_and_both_messages_know(home: Home) -> None:
    asked = _after(home)
    brief = next(each for each in home.inbox(TANAKA) if BRIEF in each.words)
    home.press(TANAKA, asked, "予定どおり実施")
    settled = home.again(TANAKA, asked)
    assert settled.words == "11/24(火)、ルミナAIさんとの定例は記録済みです"
    assert not home.again(TANAKA, brief).buttons
    assert "11/24(火)" in home.command(TANAKA, LUMINA, "/alliance brief ルミナ").words


def test_words_may_be_added(home: Home) -> None:
    asked = _after(home)
    home.press(TANAKA, asked, "ひと言添えて記録")
    home.submit(TANAKA, {"line": "定例。撮影のこつを現場に広めることに 同席: 林"})
    assert home.again(TANAKA, asked).words == "11/24(火)、ルミナAIさんとの定例は記録済みです"


def test_moved_it_comes_again_on_the_new_day(home: Home) -> None:
    asked = _after(home)
    home.press(TANAKA, asked, "日時を変える")
    home.submit(TANAKA, {"on": "2026-11-27", "time": "15:00"})
    assert "日時が変わりました" in home.again(TANAKA, asked).words
    heard = home.later(TANAKA, to="2026-11-27T16:00")
    _one(heard, "11/27(金) 15:00、ルミナAIさんとの定例です")
    _one(heard, "11/27(金)、ルミナAIさんとの定例はいかがでしたか")


def test_skipped_with_a_reason_the_series_goes_on(home: Home) -> None:
    asked = _after(home)
    home.press(TANAKA, asked, "見送る")
    assert "errors" in home.submit(TANAKA, {"reason": ""})
    home.submit(TANAKA, {"reason": "先方の決算期のため"})
    settled = home.again(TANAKA, asked)
    assert settled.words == "11/24(火)、ルミナAIさんとの定例は見送りになりました"
    assert not settled.buttons
    _one(home.later(TANAKA, to="2026-12-08T08:30"), "12/8(火) 10:00、ルミナAIさんとの定例です")


def test_logged_by_a_line_before_it_is_asked_there_is_no_question(home: Home) -> None:
    home.clock(to=f"{DAY}T10:30")
    home.say(TANAKA, "ルミナ 定例。次の段階に進むことで一致 同席: 林")
    assert not [m for m in home.later(TANAKA, to="2026-11-25T18:00") if AFTER in m.words]


def test_entered_once_by_a_line_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/alliance meeting acme 12/1 14:00 weekly")
    assert "Acme Robotics" in said.words
    brief = _one(home.later(EMMA, to="2026-12-01T18:00"), "Tue 1 Dec")
    assert "14:00" in brief.words
    _one(home.later(EMMA, to="2026-12-02T01:00"), "how did it go?")
    assert not [m for m in home.inbox(EMMA) if "touchpoint with Acme" in m.words]
