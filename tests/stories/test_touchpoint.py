"""Logging a touchpoint in one line, in Japanese and in English: what is read back, where, and what stays literal."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from storage.models import Touchpoint
from tests.home import ACME, EMMA, GENERAL, NOVA, SUZUKI, TANAKA, YAMAMOTO, Home, Shown
from tests.stories.wire import counted, recent

SAVED = "ノヴァ素材の接点を記録しました"


def chip(said: Shown, name: str) -> list[str]:
    """What the chips called `name` say."""
    return [line.partition(": ")[2] for line in said.words.splitlines() if line.startswith(f"{name}: ")]


def test_one_line_is_saved_and_read_back(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。試作は順調 → 試験計画を送る うち 12/9 同席: 佐藤, 高橋")
    assert said.private
    assert said.words.splitlines()[0] == SAVED
    assert (chip(said, "種別"), chip(said, "日付")) == (["定例"], ["11/20(金)"])
    assert chip(said, "同席") == ["佐藤、高橋"]
    assert chip(said, "次の一歩") == ["試験計画を送る(田中 美咲・12/9(水))"]
    assert said.labels() == ["編集", "取り消す", "ひっかかりも記録"]


def test_its_english_twin(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call w/ Lopez, prototype on track -> they send samples fri")
    assert said.words.startswith("Logged a touchpoint with Acme Robotics")
    assert (chip(said, "People"), chip(said, "Kind")) == (["Lopez"], ["Call"])
    assert "Fri 27 Nov" in chip(said, "Next step")[0]
    assert said.labels() == ["Edit", "Undo", "Add friction note"]


def test_a_day_in_another_year_shows_its_year(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 12/1 定例。順調 → 装置の返却 うち 1/15")
    assert chip(said, "日付") == ["2025/12/1(月)"]
    assert chip(said, "次の一歩") == ["装置の返却(田中 美咲・2027/1/15(金))"]
    assert "2025/12/1(月)の接点" in recent(home, TANAKA)


def test_its_year_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call, on track -> return the rig we 1/15")
    assert "Fri 15 Jan 2027" in chip(said, "Next step")[0]


def test_in_a_linked_room_the_name_may_be_left_out(home: Home) -> None:
    assert home.command(TANAKA, NOVA, "/touchpoint 定例。試作は順調").words.splitlines()[0] == SAVED
    english = home.command(EMMA, ACME, "/touchpoint weekly, pilot on track")
    assert english.words.startswith("Logged a touchpoint with Acme Robotics")


def test_in_the_direct_chat_the_verb_may_be_left_out(home: Home) -> None:
    said = home.say(TANAKA, "ノヴァ 電話。部品が届いた")
    assert said.words.splitlines()[0] == SAVED
    assert not said.private  # it lasts
    assert "Logged a touchpoint with Acme Robotics" in home.say(EMMA, "acme call, spare parts arrived").words


def test_a_day_that_cannot_be_read_is_told(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 2/30 定例。順調")
    assert chip(said, "日付") == ["11/20(金)(?)"]
    assert "読み取れなかったところ: 2/30" in said.words
    assert "2/30 定例。順調" in said.words  # nothing typed is lost


def test_empty_text_opens_the_form(home: Home) -> None:
    home.start(TANAKA, NOVA, "/touchpoint")
    form = home.form(TANAKA)
    assert form is not None
    assert form.title == "接点を記録"
    assert home.submit(TANAKA, {"line": "  "})["errors"] == {"line": "ひと言入力してください"}
    assert home.submit(TANAKA, {"line": "来社。図面を受け取った", "kind": "会食・雑談", "on": "2026-11-18"})["ok"]
    said = home.last(TANAKA, NOVA)
    assert said.words.splitlines()[0] == SAVED  # the room's alliance stood in the form
    assert (chip(said, "種別"), chip(said, "日付")) == (["会食・雑談"], ["11/18(水)"])


def test_the_form_in_english_takes_a_whole_line(home: Home) -> None:
    home.start(EMMA, GENERAL, "/touchpoint")
    assert home.submit(EMMA, {"line": "acme visit w/ Chen -> send photos we fri"})["ok"]
    said = home.last(EMMA, GENERAL)
    assert said.words.startswith("Logged a touchpoint with Acme Robotics")
    assert chip(said, "People") == ["Chen"]


def test_a_refused_form_can_be_mended_and_sent_again(home: Home) -> None:
    home.start(TANAKA, NOVA, "/touchpoint")
    assert "line" in home.submit(TANAKA, {"line": " "})["errors"]
    assert "line" in home.submit(TANAKA, {"line": " "})["errors"]
    assert home.submit(TANAKA, {"line": "電話。順調"})["ok"]
    assert "電話。順調" in home.last(TANAKA, NOVA).words


@pytest.mark.parametrize("size", [3_100, 10_000])
def test_a_long_text_is_kept_whole_also_by_an_edit(home: Home, size: int) -> None:
    long = "あいうえおかきくけこ" * (size // 10)
    said = home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例。{long}ここまで")
    home.press(TANAKA, said, "編集")
    assert home.submit(TANAKA, {"kind": "電話・Web"})["ok"]
    changed = home.last(TANAKA, NOVA)
    assert chip(changed, "種別") == ["電話・Web"]
    undone = home.press(TANAKA, changed, "取り消す")
    assert undone is not None
    for shown in (said, changed):
        assert "ここまで" not in shown.words
        assert f"{len(long) + 7}文字すべて保存されています" in shown.words
    if home.platform == "slack" or size < 5_000:  # a card of Teams holds 24 KB; of more it shows the beginning
        assert f"{long}ここまで" in undone.words
    else:
        assert long[:7_000] in undone.words
        assert "…" in undone.words
    kept = home.product.database
    with kept.reading() as session:
        assert session.exec(select(Touchpoint.summary).where(col(Touchpoint.summary).contains(f"{long}ここまで"))).one()


@pytest.mark.parametrize(
    "typed",
    [
        "!channel @channel <@U0NOBODY> #社内 に送る",
        "*太字* _斜体_ ~取消~ `code`",
        "<b>太い</b> <i>& \" ' \\",
        "[リンク](https://example.com) https://example.com/a?b=c&d=e",
        "絵文字 🎉👨‍👩‍👧 :tada: 𠮷野家 ﷽",
    ],
)
def test_what_people_type_stays_literal(home: Home, typed: str) -> None:
    said = home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 電話。{typed}")
    assert typed in said.words
    assert not said.live


def test_a_mention_of_everybody_becomes_words(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。<!channel> <!here> に送る")
    assert "電話。@channel @here に送る" in said.words
    assert not said.live


def test_full_width_is_understood(home: Home) -> None:
    said = home.command(
        TANAKA, GENERAL, "/touchpoint\u3000ノヴァ\u3000定例。順調\u3000→\u3000資料を送る\u3000うち\u3000１２／９"
    )
    assert chip(said, "次の一歩") == ["資料を送る(田中 美咲・12/9(水))"]


def test_colleagues_are_called_by_their_names(home: Home) -> None:
    line = f"/touchpoint ノヴァ 訪問 <@{SUZUKI}> と一緒に → 写真を送る <@{SUZUKI}> 12/1 同席: 佐藤, <@{YAMAMOTO}>"
    said = home.command(TANAKA, NOVA, line)
    assert "訪問 @鈴木 健 と一緒に" in said.words
    assert chip(said, "同席") == ["佐藤、山本 由紀"]
    assert chip(said, "次の一歩") == ["写真を送る(鈴木 健・12/1(火))"]
    assert "<@" not in said.words + recent(home, TANAKA) + home.home(TANAKA)


def test_a_step_for_nobody_known_is_nobodys(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話 → 写真を送る @dareka 12/1")
    assert chip(said, "次の一歩") == ["写真を送る @dareka(担当未定・12/1(火))"]


def test_each_line_is_one_touchpoint(home: Home) -> None:
    before = counted(home)["touchpoint"]
    home.command(TANAKA, NOVA, "/touchpoint 電話。一本目")
    home.command(TANAKA, NOVA, "/touchpoint 電話。二本目")
    assert counted(home)["touchpoint"] == before + 2
