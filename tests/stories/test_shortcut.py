"""この投稿を記録: permalink and author apart from the recorder, the author told once, never the same message twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.home import GENERAL, GUEST, LUMINA, NOVA, NOVA_SHARED, SUZUKI, TANAKA, YAMAMOTO, Home, Json, Shown
from tests.playhouse import House
from tests.stories.wire import counted, file_of, forged, recent

SAID = "ノヴァの佐藤さんから電話。試作は明日届くそうです"


def post(home: Home, who: str, room: str, text: str, thread: str = "") -> str:
    """Somebody writes in a room; the message's id."""
    return home.write(who, room, text, thread)


def record(home: Home, who: str, room: str, ts: str) -> Shown:
    """The shortcut on a message; what it answers."""
    return home.record(who, room, ts)


def source(home: Home) -> tuple[str, ...]:
    """Permalink, author's name and recorder's name of the newest entry."""
    query = """SELECT permalink, author_name, member.name FROM entry JOIN member ON member.id = entry.recorder_id
               ORDER BY entry.rowid DESC LIMIT 1"""
    with closing(sqlite3.connect(file_of(home))) as file:
        return tuple(file.execute(query).fetchone())


def test_author_and_permalink_are_kept_apart_from_the_recorder(home: Home) -> None:
    ts = post(home, SUZUKI, NOVA, SAID)
    said = record(home, TANAKA, NOVA, ts)
    assert said.private
    for line in ("ノヴァ素材の接点を記録しました", "種別: メール・チャット", "投稿した人: 鈴木 健", SAID):
        assert line in said.words.splitlines()
    permalink, author, recorder = source(home)
    assert (f"/archives/{NOVA}/p{ts.replace('.', '')}" if home.platform == "slack" else "/l/message/19:") in permalink
    assert ts.replace(".", "") in permalink
    assert (author, recorder) == ("鈴木 健", "田中 美咲")


def test_in_a_thread_too(home: Home) -> None:
    ts = post(home, SUZUKI, NOVA, SAID)
    said = record(home, TANAKA, NOVA, post(home, YAMAMOTO, NOVA, "返信です。図面も届きました", ts))
    assert "投稿した人: 山本 由紀" in said.words
    assert f"{'thread_ts' if home.platform == 'slack' else 'parentMessageId'}={ts}" in source(home)[0]


def test_the_author_is_told_once_and_may_take_it_out(home: Home) -> None:
    ts = post(home, SUZUKI, NOVA, SAID)
    record(home, TANAKA, NOVA, ts)
    home.settle()
    home.settle()
    told = home.inbox(SUZUKI)
    assert len(told) == 1
    assert "田中 美咲さんがあなたの投稿をノヴァ素材の接点として記録しました" in told[0].words
    assert SAID in told[0].words
    out = home.press(SUZUKI, told[0], "取り下げる")
    assert out is not None
    assert "ノヴァ素材の記録" in out.words
    assert SAID not in recent(home, TANAKA)
    before = counted(home)
    again = record(home, TANAKA, NOVA, ts)
    assert "取り下げた投稿です" in again.words
    assert counted(home) == before


def test_an_author_may_change_their_mind(home: Home) -> None:
    ts = post(home, SUZUKI, NOVA, SAID)
    record(home, TANAKA, NOVA, ts)
    home.settle()
    home.press(SUZUKI, home.inbox(SUZUKI)[0], "取り下げる")
    assert "ノヴァ素材の接点を記録しました" in record(home, SUZUKI, NOVA, ts).words


def test_a_message_that_names_no_alliance_asks_for_one(home: Home) -> None:
    said = record(home, TANAKA, GENERAL, post(home, SUZUKI, GENERAL, "資料を受け取りました"))
    assert "どの提携の話ですか" in said.words
    shown = f"{said.words}{said.labels()}"
    assert "提携を選ぶ" in shown
    assert "ほかの提携" not in shown


def test_the_same_message_twice_is_refused_whoever_asks(home: Home) -> None:
    ts = post(home, SUZUKI, NOVA, SAID)
    first = record(home, TANAKA, NOVA, ts)
    before = counted(home)
    for who in (TANAKA, YAMAMOTO, SUZUKI):
        assert "この投稿はすでに記録されています" in record(home, who, NOVA, ts).words
    assert counted(home) == before
    home.press(TANAKA, first, "取り消す")
    assert "ノヴァ素材の接点を記録しました" in record(home, TANAKA, NOVA, ts).words


def test_ones_own_message_is_told_to_nobody(home: Home) -> None:
    said = record(home, TANAKA, NOVA, post(home, TANAKA, NOVA, SAID))
    home.settle()
    assert "投稿した人" not in said.words
    assert home.inbox(TANAKA) == []


def test_a_strangers_message_can_be_recorded_privately(home: Home) -> None:
    ts = post(home, GUEST, NOVA_SHARED, "試作が完成しました。明日お送りします")
    seen = len(home.messages(GUEST, NOVA_SHARED))
    asked = record(home, TANAKA, NOVA_SHARED, ts)
    assert asked.private
    home.clock(plus="3h")
    chosen = home.choose(TANAKA, asked, "entry.choose", "ノヴァ素材")
    for line in ("種別: メール・チャット", "日付: 11/20(金)", "投稿した人: 佐藤 (ノヴァ素材)"):
        assert line in chosen.words.splitlines()
    home.settle()
    assert len(home.messages(GUEST, NOVA_SHARED)) == seen
    assert home.messages(GUEST, home.direct(GUEST)) == []


def test_a_message_is_prose(home: Home) -> None:
    text = "ルミナの件 12/24 定例 → 画像を送る うち 金 同席: 林 ! 納期が心配"
    before = counted(home)
    said = record(home, TANAKA, LUMINA, post(home, YAMAMOTO, LUMINA, text))
    assert text in said.words
    assert "次の一歩" not in said.words
    after = counted(home)
    assert (after["next_step"], after["friction"]) == (before["next_step"], before["friction"])


def test_what_a_message_holds_stays_literal(home: Home) -> None:
    said = record(home, TANAKA, NOVA, post(home, SUZUKI, NOVA, f"<!channel> *至急* <@{YAMAMOTO}> ノヴァの件"))
    assert "*至急* @山本 由紀 ノヴァの件" in said.words
    assert not said.live


def test_a_stranger_runs_and_presses_nothing(slack_home: House) -> None:
    home = slack_home
    ts = post(home, GUEST, NOVA_SHARED, "試作が完成しました")
    record(home, TANAKA, NOVA_SHARED, ts)
    before, seen = counted(home), len(home.messages(TANAKA, NOVA_SHARED))
    for do, more in (("shortcut", {"callback_id": "capture", "ts": ts}), ("command", {"text": "/touchpoint x"})):
        asked = {"as": GUEST, "do": do, "channel": NOVA_SHARED, **more}
        assert home.client.post(f"{home.base}/practice/act", json=asked).json()["error"] == "not_allowed"

    def as_the_stranger(payload: Json) -> None:
        payload |= {"user": {"id": GUEST, "team_id": "T0NOVA"}, "trigger_id": "1.1.theirs", "response_url": ""}

    assert forged(home, "interactive", as_the_stranger).status_code == 200
    assert counted(home) == before
    assert len(home.messages(TANAKA, NOVA_SHARED)) == seen


def test_an_empty_message_is_refused(slack_home: House) -> None:
    home = slack_home
    ts = post(home, SUZUKI, GENERAL, "ノヴァ 写真")
    record(home, TANAKA, GENERAL, ts)
    before = counted(home)

    def without_words(payload: Json) -> None:
        payload["trigger_id"] = "1.1.another"
        payload["message"] = {"type": "message", "user": SUZUKI, "ts": "1700000000.000100", "text": ""}

    forged(home, "interactive", without_words)
    assert "文字のない投稿は記録できません" in home.last(TANAKA, GENERAL).words
    assert counted(home) == before
