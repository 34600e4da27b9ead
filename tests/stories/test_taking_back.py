"""What a change or an undo reaches beside the record: who reads its parts, what was said of it, what was planned."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.home import LUMINA, NOVA, SUZUKI, TANAKA, YAMAMOTO, Home, Shown
from tests.stories.test_corrections import edited
from tests.stories.test_meetings import AFTER
from tests.stories.test_shortcut import post, record
from tests.stories.wire import file_of

OFFER = "資料を送る"


def reach(home: Home, table: str, text: str) -> list[str]:
    """Who may read the rows of that text."""
    query = f"SELECT visibility FROM {table} WHERE text = ? AND undone_at IS NULL"  # noqa: S608
    with closing(sqlite3.connect(file_of(home))) as file:
        return [row[0] for row in file.execute(query, (text,))]


def notes(home: Home, who: str, alliance: str) -> str:
    """The friction notes of an alliance as that person reads them."""
    return home.say(who, f"ひっかかり 一覧 {alliance}").words


def offer(home: Home) -> tuple[Shown, Shown]:
    """TANAKA's record with a step for SUZUKI, and the offer that SUZUKI got the next working morning."""
    home.clock(to="2026-11-23T12:00")  # a holiday
    said = home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例 → {OFFER} <@{SUZUKI}>")
    got = [each for each in home.later(SUZUKI, to="2026-11-24T10:00") if OFFER in each.words]
    assert len(got) == 1
    return said, got[0]


# ---------------------------------------------------------------- who reads it


def test_the_step_of_a_private_note_is_private(home: Home) -> None:
    home.start(TANAKA, NOVA, "/friction")
    values: dict[str, str | list[str]] = {"text": "ノヴァ 返事が遅い → 上長に相談 うち", "visibility": "自分のみ"}
    assert home.submit(TANAKA, values)["ok"]
    assert reach(home, "friction", "返事が遅い") == ["private"]
    assert reach(home, "next_step", "上長に相談") == ["private"]
    assert "上長に相談" not in home.command(YAMAMOTO, NOVA, "/alliance 要約 ノヴァ").words


def test_a_record_that_becomes_private_takes_its_parts_along(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。順調 → 上長に相談 うち ! 返事が遅い")
    assert "返事が遅い" in notes(home, YAMAMOTO, "ノヴァ")
    changed = edited(home, TANAKA, said, {"visibility": "自分のみ"})
    assert changed.words.count("見えるのはあなただけです") == 2
    assert reach(home, "next_step", "上長に相談") == ["private"]
    assert reach(home, "friction", "返事が遅い") == ["private"]
    assert "返事が遅い" not in notes(home, YAMAMOTO, "ノヴァ")
    assert "上長に相談" not in home.command(YAMAMOTO, NOVA, "/alliance 要約 ノヴァ").words


def test_a_record_that_opens_again_widens_no_note(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。順調 → 上長に相談 うち ! 返事が遅い")
    edited(home, TANAKA, edited(home, TANAKA, said, {"visibility": "自分のみ"}), {"visibility": "team"})
    assert reach(home, "next_step", "上長に相談") == ["team"]
    assert reach(home, "friction", "返事が遅い") == ["private"]


# ---------------------------------------------------------------- another alliance


def test_a_note_moves_with_its_record(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。順調 ! 返事が少し遅い")
    changed = edited(home, TANAKA, said, {"alliance": "ルミナAI"})
    assert "返事が少し遅い" in changed.words
    assert "返事が少し遅い" in notes(home, TANAKA, "ルミナ")
    assert "返事が少し遅い" not in notes(home, TANAKA, "ノヴァ")


def test_a_note_that_a_colleague_took_up_stays_and_is_named(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。順調 ! 返事が少し遅い")
    home.say(YAMAMOTO, "ひっかかり 解決 ノヴァ 返事 窓口を決めた 社内で")
    changed = edited(home, TANAKA, said, {"alliance": "ルミナAI"})
    assert "ほかの方が手を付けているため残しました: 返事が少し遅い" in changed.words


# ---------------------------------------------------------------- a recorded message


def test_the_recorders_own_changes_are_nobody_elses(home: Home) -> None:
    said = record(home, TANAKA, NOVA, post(home, SUZUKI, NOVA, "ノヴァの佐藤さんから電話。試作は明日届くそうです"))
    edited(home, TANAKA, said, {"steps": "資料を送る うち 2026-11-27"})
    step = home.press(TANAKA, home.say(TANAKA, "完了 資料を送る"), "元に戻す")
    assert step is not None
    home.settle()
    out = home.press(SUZUKI, home.inbox(SUZUKI)[0], "取り下げる")
    assert out is not None
    assert "残しました" not in home.last(SUZUKI, out.room).words
    assert reach(home, "next_step", OFFER) == []


def test_what_the_author_may_not_read_is_counted_only(home: Home) -> None:
    said = record(home, TANAKA, NOVA, post(home, SUZUKI, NOVA, "ノヴァの佐藤さんから電話。試作は明日届くそうです"))
    edited(home, TANAKA, said, {"visibility": "自分のみ", "steps": "秘密の資料 @山本由紀"})
    home.say(YAMAMOTO, "完了 秘密の資料")
    home.settle()
    home.press(SUZUKI, home.inbox(SUZUKI)[0], "取り下げる")
    told = home.last(SUZUKI, home.direct(SUZUKI)).words
    assert "秘密の資料" not in told
    assert "ほかの方が手を付けているため、ほかに1件を残しました" in told


def test_the_author_hears_that_the_recorder_took_it_back(home: Home) -> None:
    said = record(home, TANAKA, NOVA, post(home, SUZUKI, NOVA, "ノヴァの佐藤さんから電話。試作は明日届くそうです"))
    home.settle()
    told = home.inbox(SUZUKI)[0]
    home.press(TANAKA, said, "取り消す")
    after = home.again(SUZUKI, told)
    assert after.words == "あなたの投稿はノヴァ素材の記録から外れています"
    assert not after.buttons


# ---------------------------------------------------------------- a step that a colleague was told of


def test_an_undone_step_is_no_offer_any_more(home: Home) -> None:
    said = home.command(TANAKA, LUMINA, f"/touchpoint ルミナ 定例 → {OFFER} <@{SUZUKI}>")
    home.press(TANAKA, said, "取り消す")
    assert not [each for each in home.later(SUZUKI, to="2026-11-24T10:00") if OFFER in each.words]


def test_an_offer_that_was_sent_says_that_it_was_taken_back(home: Home) -> None:
    said, told = offer(home)
    home.press(TANAKA, said, "取り消す")
    after = home.again(SUZUKI, told)
    assert f"『{OFFER}』は取り消されました" in after.words
    assert "引き受ける" not in after.labels()


# ---------------------------------------------------------------- what was planned


def held(home: Home, day: str) -> Shown:
    """TANAKA has a single meeting with ノヴァ on 11/24 at 10:00, and records a talk of that day."""
    home.command(TANAKA, NOVA, "/alliance 予定 ノヴァ 11/24 10:00 訪問")
    home.clock(to="2026-11-24T09:00")
    return home.command(TANAKA, NOVA, f"/touchpoint ノヴァ {day} 電話。試作は順調")


def states(home: Home) -> list[str]:
    """What became of the meeting of `held`."""
    query = "SELECT state FROM planned_meeting WHERE kind = 'visit' AND created_by <> '' ORDER BY id DESC LIMIT 1"
    with closing(sqlite3.connect(file_of(home))) as file:
        return [row[0] for row in file.execute(query)]


def test_another_day_opens_the_meeting_that_was_settled(home: Home) -> None:
    said = held(home, "今日")
    assert states(home) == ["logged"]
    edited(home, TANAKA, said, {"on": "2026-11-23"})
    assert states(home) == ["planned"]


def test_another_day_settles_the_meeting_of_that_day(home: Home) -> None:
    said = held(home, "昨日")
    assert states(home) == ["planned"]
    edited(home, TANAKA, said, {"on": "2026-11-24"})
    assert states(home) == ["logged"]


def test_another_alliance_opens_the_meeting_that_was_settled(home: Home) -> None:
    said = held(home, "今日")
    edited(home, TANAKA, said, {"alliance": "アオバ物流"})
    assert states(home) == ["planned"]


def test_undo_asks_about_the_meeting_of_a_series_again_in_the_same_message(home: Home) -> None:
    asked = next(each for each in home.later(TANAKA, to="2026-11-24T11:00") if AFTER in each.words)
    home.press(TANAKA, asked, "予定どおり実施")
    assert not home.again(TANAKA, asked).buttons
    home.press(TANAKA, home.say(TANAKA, "取り消し"), "取り消す")
    again = home.again(TANAKA, asked)
    assert AFTER in again.words
    assert "予定どおり実施" in again.labels()
    assert not [each for each in home.later(TANAKA, to="2026-11-25T12:00") if AFTER in each.words]
    home.press(TANAKA, again, "予定どおり実施")
    assert home.again(TANAKA, asked).words == "11/24(火)、ルミナAIさんとの定例は記録済みです"


def test_undo_asks_about_a_single_meeting_again(home: Home) -> None:
    home.command(TANAKA, NOVA, "/alliance 予定 ノヴァ 11/20 14:00 訪問")
    words = "11/20(金)、ノヴァ素材さんとの訪問・見学はいかがでしたか"
    asked = next(each for each in home.later(TANAKA, to="2026-11-20T15:30") if words in each.words)
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 訪問。試作は順調")
    assert not home.again(TANAKA, asked).buttons
    home.press(TANAKA, said, "取り消す")
    assert "見送る" in home.again(TANAKA, asked).labels()
