"""A form's answer stands where its button was: no stale buttons stay behind (product.md §4)."""

from __future__ import annotations

from tests.home import NOVA, SUZUKI, TANAKA, YAMAMOTO, Home
from tests.stories.test_steps import GIVEN, MORNING

LINE = "/touchpoint ノヴァ 定例。試作は順調 → 資料を送る"


def test_an_edit_replaces_the_private_answer_in_a_room(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    before = len(home.messages(TANAKA, NOVA))
    home.press(TANAKA, said, "編集")
    assert home.submit(TANAKA, {"summary": "試作は来週に延期"})["ok"]
    after = home.find(TANAKA, NOVA, said.id)
    assert after is not None
    assert after.words.splitlines()[0] == "ノヴァ素材の記録を編集しました"
    assert after.private
    assert len(home.messages(TANAKA, NOVA)) == before
    undone = home.press(TANAKA, after, "取り消す")
    assert undone is not None
    assert undone.words.splitlines()[0] == "ノヴァ素材の記録を取り消しました"


def test_an_edit_replaces_the_answer_in_the_direct_chat(home: Home) -> None:
    said = home.say(TANAKA, "ノヴァ 定例。試作は順調 → 資料を送る")
    before = len(home.inbox(TANAKA))
    home.press(TANAKA, said, "編集")
    assert home.submit(TANAKA, {"summary": "試作は来週に延期"})["ok"]
    after = home.find(TANAKA, said.room, said.id)
    assert after is not None
    assert "試作は来週に延期" in after.words
    assert len(home.inbox(TANAKA)) == before


def test_after_a_refusal_the_mended_form_replaces_it_too(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    home.press(TANAKA, said, "編集")
    assert home.submit(TANAKA, {"on": "2026-12-01"})["errors"]
    assert home.submit(TANAKA, {"on": "2026-11-19"})["ok"]
    after = home.find(TANAKA, NOVA, said.id)
    assert after is not None
    assert "日付: 11/19(木)" in after.words


def test_a_step_moved_from_a_notice_stands_in_the_notice(home: Home) -> None:
    home.command(TANAKA, NOVA, GIVEN)
    notice = next(each for each in home.later(YAMAMOTO, to=MORNING) if "評価機を手配する" in each.words)
    before = len(home.inbox(YAMAMOTO))
    home.press(YAMAMOTO, notice, "日付を変える")
    assert home.submit(YAMAMOTO, {"due": "2026-12-16"})["ok"]
    assert "『評価機を手配する』は山本 由紀さんが引き受けました(12/16(水))" in home.again(YAMAMOTO, notice).words
    assert len(home.inbox(YAMAMOTO)) == before


def test_a_step_edited_from_a_notice_stands_in_the_notice(home: Home) -> None:
    home.command(TANAKA, NOVA, GIVEN)
    home.press(YAMAMOTO, next(m for m in home.later(YAMAMOTO, to=MORNING) if "評価機" in m.words), "私ではない")
    home.settle()
    back = next(each for each in home.inbox(TANAKA) if "担当ではないとのことです" in each.words)
    before = len(home.inbox(TANAKA))
    home.press(TANAKA, back, "編集")
    assert home.submit(TANAKA, {"text": "評価機を2台手配する", "owner": SUZUKI})["ok"]
    assert "評価機を2台手配する" in home.again(TANAKA, back).words
    assert len(home.inbox(TANAKA)) == before
