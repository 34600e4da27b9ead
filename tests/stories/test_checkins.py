"""Check-ins: reminded at the agreed rhythm and once more, with what to talk about, and never after it was done."""

from __future__ import annotations

from tests.home import ACME, EMMA, NOVA, SUZUKI, TANAKA, YAMAMOTO, Home, Shown

FIRST, SECOND = "2026-11-27T09:00", "2026-12-04T09:00"
"""キタ食品: met on 11/12, every 14 days, one holiday between; half as much again a week later."""
KITA = "キタ食品さんとは11/12の定例から15日空いています(目安14日)"
WAYS = ["予定あり", "話した→記録", "後で(3日後)", "今回は見送る"]


def _nudge(home: Home) -> Shown:
    assert not _about(home.later(SUZUKI, to="2026-11-27T08:59"), "キタ食品さんとは")
    return _one(home.later(SUZUKI, to=FIRST), "キタ食品さんとは")


def _away(home: Home, who: str, until: str) -> None:
    home.start(who, home.direct(who), "/alliance 設定")
    home.submit(who, {"away": until})


def _about(messages: list[Shown], words: str) -> list[Shown]:
    return [each for each in messages if words in each.words]


def _one(messages: list[Shown], words: str) -> Shown:
    found = _about(messages, words)
    assert len(found) == 1, [each.words for each in messages]
    return found[0]


def test_the_first_one_comes_in_the_morning_when_the_rhythm_is_over(home: Home) -> None:
    nudge = _nudge(home)
    lines = nudge.words.splitlines()
    assert lines[0] == KITA
    assert lines[1] == "・当社の宿題『追加の袋を手配する』、11/22(日)を過ぎています"
    assert len(lines) <= 7
    assert nudge.labels() == WAYS
    assert "キタ食品" in nudge.preview


def test_a_second_one_at_half_as_much_again_then_none(home: Home) -> None:
    _nudge(home)
    second = _one(home.later(SUZUKI, to=SECOND), "キタ食品さんとは11/12")
    assert "22日空いています" in second.words
    assert second.words.splitlines()[-1] == "この件のお知らせは今回までです。このあとは週報にだけ載ります"
    assert not _about(home.later(SUZUKI, to="2026-12-25T18:00"), "キタ食品さんとは")


def test_four_things_to_talk_about_in_their_order(home: Home) -> None:
    nudges = _about(home.later(TANAKA, to="2026-11-30T10:00"), "ノヴァ素材さんとは11/4の定例から26日")
    lines = nudges[0].words.splitlines()
    assert lines[1:5] == [
        "・当社の宿題『試験計画を送る』、11/9(月)を過ぎています",
        "・先方にまだ話していないこと『評価試験の分担が決まらず、試験を始められない』(59日)",
        "・目的の確認から92日",
        "・先方の『装置の空き日程』(11/13(金)まで)の様子",
    ]
    assert len(lines) <= 7


def test_what_was_slept_through_comes_after_the_holiday_and_its_second_one_not_at_once(home: Home) -> None:
    """11/23 is 勤労感謝の日; a nudge that came late isn't followed by the last one two days later."""
    assert not home.later(TANAKA, to="2026-11-24T08:29")
    assert _about(home.later(TANAKA, to="2026-11-24T09:00"), "ノヴァ素材さんとは11/4の定例から20日")
    assert not _about(home.later(TANAKA, to="2026-11-27T18:00"), "ノヴァ素材さんとは")


def test_an_english_lead_in_london_hears_in_her_morning_and_language(home: Home) -> None:
    assert not _about(home.later(EMMA, to="2026-12-02T17:59"), "touchpoint with Acme")  # 08:59 in London
    nudge = _one(home.later(EMMA, to="2026-12-02T18:00"), "touchpoint with Acme")
    assert "15 days since your last touchpoint with Acme Robotics" in nudge.words
    assert {"It's planned", "We spoke → log", "In 3 days", "Not this time"} <= set(nudge.labels())


def test_logging_marks_the_sent_one_and_undoing_brings_it_back(home: Home) -> None:
    nudge = _nudge(home)
    home.say(SUZUKI, "キタ 電話 次回の日取りを相談 同席: 柴田")
    done = home.again(SUZUKI, nudge)
    assert done.words == "11/27(金)の電話・Webを記録済みです"
    assert not done.buttons
    home.press(SUZUKI, home.last(SUZUKI, home.direct(SUZUKI)), "取り消す")
    back = home.again(SUZUKI, nudge)
    assert back.words.splitlines()[0] == KITA
    assert back.labels() == WAYS
    assert not _about(home.later(SUZUKI, to="2026-12-03T18:00"), "キタ食品さんとは")
    assert _about(home.later(SUZUKI, to=SECOND), "キタ食品さんとは11/12の定例から22日")


def test_logging_cancels_the_one_that_waits_and_undoing_revives_it(home: Home) -> None:
    _away(home, SUZUKI, "2026-11-30")
    assert not _about(home.later(SUZUKI, to="2026-11-30T12:00"), "キタ食品さんとは")
    home.say(YAMAMOTO, "キタ 電話 柴田さんと日取りを相談")
    home.press(YAMAMOTO, home.last(YAMAMOTO, home.direct(YAMAMOTO)), "取り消す")
    assert _about(home.later(SUZUKI, to="2026-12-01T09:00"), "キタ食品さんとは11/12の定例から19日")


def test_logging_cancels_the_one_that_waits(home: Home) -> None:
    _away(home, SUZUKI, "2026-11-30")
    home.clock(to="2026-11-30T12:00")
    home.say(YAMAMOTO, "キタ 電話 柴田さんと日取りを相談")
    assert not _about(home.later(SUZUKI, to="2026-12-11T18:00"), "キタ食品さんとは11/12")


def test_planned_asks_when_and_keeps_quiet_until_after_the_meeting(home: Home) -> None:
    nudge = _nudge(home)
    home.press(SUZUKI, nudge, "予定あり")
    home.submit(SUZUKI, {"on": "2026-12-08", "time": "14:00"})
    assert home.again(SUZUKI, nudge).words == "キタ食品さんとは12/8(火) 14:00に予定があります"
    heard = home.later(SUZUKI, to="2026-12-08T13:00")
    assert not _about(heard, "キタ食品さんとは11/12")
    assert _about(heard, "12/8(火) 14:00、キタ食品さんとの打合せです")


def test_spoke_opens_the_form_with_the_alliance_chosen(home: Home) -> None:
    nudge = _nudge(home)
    home.press(SUZUKI, nudge, "話した→記録")
    form = home.form(SUZUKI)
    assert form is not None
    home.submit(SUZUKI, {"line": "売り場の写真をいただいた"})
    assert home.again(SUZUKI, nudge).words.endswith("記録済みです")
    assert "キタ食品の接点を記録しました" in home.last(SUZUKI, home.direct(SUZUKI)).words


def test_later_asks_again_on_the_first_working_morning_after_three_days(home: Home) -> None:
    nudge = _nudge(home)
    home.press(SUZUKI, nudge, "後で(3日後)")
    assert "11/30(月)にもう一度お知らせします" in home.again(SUZUKI, nudge).words
    again = _one(home.later(SUZUKI, to="2026-11-30T09:00"), "キタ食品さんとは")
    assert "11/12の定例から18日空いています" in again.words


def test_skipped_is_an_answer_with_or_without_a_reason(home: Home) -> None:
    nudge = _nudge(home)
    home.press(SUZUKI, nudge, "今回は見送る")
    home.submit(SUZUKI, {})
    settled = home.again(SUZUKI, nudge)
    assert "今回は見送りました" in settled.words
    assert not settled.buttons
    assert not _about(home.later(SUZUKI, to="2026-12-18T18:00"), "キタ食品さんとは11/12")


def test_a_planned_meeting_within_the_rhythm_keeps_it_away(home: Home) -> None:
    home.command(SUZUKI, home.direct(SUZUKI), "/alliance 予定 キタ 12/3 15:00")
    assert not _about(home.later(SUZUKI, to="2026-12-03T12:00"), "キタ食品さんとは11/12")


def test_the_backup_hears_while_the_lead_is_away(home: Home) -> None:
    _away(home, TANAKA, "2026-12-04")
    assert _about(home.later(SUZUKI, to="2026-11-24T09:00"), "ノヴァ素材さんとは11/4の定例から20日")
    assert not _about(home.inbox(TANAKA), "ノヴァ素材さんとは")


def test_a_button_of_a_nudge_that_is_over_says_so(home: Home) -> None:
    nudge = _nudge(home)
    home.halt()  # the nudge still stands there as it was
    home.command(SUZUKI, NOVA, "/touchpoint キタ 電話 柴田さんと相談")
    home.press(SUZUKI, nudge, "後で(3日後)")
    said = home.last(SUZUKI, home.direct(SUZUKI))
    assert "11/27(金)の電話・Webが記録されています" in said.words


def test_the_english_answers(home: Home) -> None:
    nudge = _one(home.later(EMMA, to="2026-12-02T18:00"), "touchpoint with Acme")
    home.command(EMMA, ACME, "/touchpoint acme call w/ Lopez, floor plan is on its way")
    assert "logged" in home.again(EMMA, nudge).words.casefold()
