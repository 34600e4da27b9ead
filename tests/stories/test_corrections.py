"""Changing and taking back: within 24 hours, one's own, without taking what others have worked on."""

from __future__ import annotations

from tests.home import ACME, EMMA, NOVA, SUZUKI, TANAKA, YAMAMOTO, Home, Json, Shown
from tests.playhouse import House
from tests.stories.wire import counted, forged, found, recent

LINE = "/touchpoint ノヴァ 定例。試作は順調 → 資料を送る → 図面 先方 金 同席: 佐藤"


def edited(home: Home, who: str, said: Shown, values: dict[str, str | list[str]]) -> Shown:
    """Open the form by [編集], send it with `values`; the answer, which stands where the record stood."""
    home.press(who, said, "編集" if who != EMMA else "Edit")
    answer = home.submit(who, values)
    assert answer["ok"], answer
    return home.find(who, said.room, said.id) or home.last(who, said.room)


def test_day_kind_people_and_words_can_be_changed(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    values: dict[str, str | list[str]] = {
        "on": "2026-11-18",
        "kind": "電話・Web",
        "people": "高橋さん、野村",
        "summary": "試作は来週に延期",
    }
    changed = edited(home, TANAKA, said, values)
    assert changed.words.splitlines()[0] == "ノヴァ素材の記録を編集しました"
    for line in ("種別: 電話・Web", "日付: 11/18(水)", "同席: 高橋、野村", "試作は来週に延期"):
        assert line in changed.words.splitlines()
    assert "ノヴァ素材 11/18(水)の接点" in recent(home, TANAKA)


def test_the_same_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call w/ Lopez, pilot on track")
    changed = edited(home, EMMA, said, {"people": "Lopez, Chen", "on": "2026-11-19"})
    assert "People: Lopez, Chen" in changed.words
    assert "Date: Thu 19 Nov" in changed.words


def test_steps_are_kept_added_and_removed(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    before = counted(home)
    changed = edited(home, TANAKA, said, {"steps": "図面 先方 2026-11-27\n写真を撮る うち 月"})
    assert "次の一歩: 図面(先方・11/27(金))\n次の一歩: 写真を撮る(田中 美咲・11/23(月))" in changed.words
    assert "資料を送る" not in changed.words
    assert counted(home)["next_step"] == before["next_step"] + 1  # the kept one is the same row
    assert "写真を撮る" in home.say(TANAKA, "私の宿題").words


def test_a_step_that_a_colleague_took_is_not_removed_silently(home: Home) -> None:
    said = home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例 → 資料を送る <@{SUZUKI}> → 図面 うち")
    home.say(SUZUKI, "完了 資料を送る")
    changed = edited(home, TANAKA, said, {"steps": ""})
    assert "ほかの方が手を付けているため残しました: 資料を送る" in changed.words
    assert "図面" not in changed.words


def test_an_alliance_can_be_changed(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    changed = edited(home, TANAKA, said, {"alliance": "ルミナAI"})
    assert changed.words.splitlines()[0] == "ルミナAIの記録を編集しました"
    assert "図面" in home.command(TANAKA, NOVA, "/alliance 要約 ルミナ").words


def test_a_day_to_come_is_refused_at_its_field_and_can_be_mended(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    home.press(TANAKA, said, "編集")
    refused = home.submit(TANAKA, {"on": "2026-12-01"})
    assert refused["errors"] == {"on": "これからの日付は記録できません。予定として登録してください"}
    assert home.submit(TANAKA, {"on": "2026-11-19"})["ok"]
    assert "日付: 11/19(木)" in home.last(TANAKA, NOVA).words


def test_words_cannot_be_emptied_where_nothing_else_is_told(home: Home) -> None:
    home.press(TANAKA, home.command(TANAKA, NOVA, LINE), "編集")
    assert home.submit(TANAKA, {"summary": " ", "people": "", "steps": ""})["errors"] == {
        "summary": "ひと言入力してください"
    }
    assert home.submit(TANAKA, {"summary": "", "people": "佐藤", "steps": ""})["ok"]
    assert "同席: 佐藤" in home.last(TANAKA, NOVA).words


def test_an_outdated_form_overwrites_nothing(slack_home: House) -> None:
    home = slack_home
    said = home.command(TANAKA, NOVA, LINE)
    edited(home, TANAKA, said, {"summary": "先に直した"})

    def from_another_device(payload: Json) -> None:
        payload["view"] |= {"id": "V0ANOTHER", "hash": "1.another"}

    answer = forged(home, "interactive", from_another_device)
    assert "その間に内容が変わっていました" in answer.json()["errors"]["summary"]


def test_undo_gives_the_words_back(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    undone = home.press(TANAKA, said, "取り消す")
    assert undone is not None
    assert undone.words.splitlines()[0] == "ノヴァ素材の記録を取り消しました"
    assert LINE.removeprefix("/touchpoint ") in undone.words
    assert "資料を送る" not in home.say(TANAKA, "私の宿題").words
    assert "試作は順調" not in home.command(YAMAMOTO, NOVA, "/alliance 要約 ノヴァ").words.split("最近の接点")[1][:60]


def test_undo_in_english_within_a_day(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call, pilot on track")
    home.clock(plus="23h")
    undone = home.press(EMMA, said, "Undo")
    assert undone is not None
    assert undone.words.startswith("Undid your entry for Acme Robotics.")


def test_after_a_day_it_is_too_late(home: Home) -> None:
    said = home.command(TANAKA, NOVA, LINE)
    home.clock(plus="25h")
    home.press(TANAKA, said, "取り消す")
    assert "取り消せるのは24時間以内です。[編集]で直せます" in home.last(TANAKA, NOVA).words
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)
    changed = edited(home, TANAKA, said, {"summary": "直すのはいつでも"})
    assert changed.words.splitlines()[0] == "ノヴァ素材の記録を編集しました"


def test_undo_leaves_what_others_have_worked_on_and_says_so(home: Home) -> None:
    said = home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例 → 資料を送る <@{SUZUKI}> → 図面 うち")
    home.say(SUZUKI, "完了 資料を送る")
    undone = home.press(TANAKA, said, "取り消す")
    assert undone is not None
    assert "ほかの方が手を付けているため残しました: 資料を送る" in undone.words


def test_undo_leaves_a_note_that_a_colleague_took_up(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。順調 ! 返事が少し遅い")
    solved = home.say(YAMAMOTO, "ひっかかり 解決 ノヴァ 返事 窓口を決めた 社内で")
    assert "返事が少し遅い" in solved.words
    undone = home.press(TANAKA, said, "取り消す")
    assert undone is not None
    assert "残しました: 返事が少し遅い" in undone.words


def test_both_stay_reachable_after_a_reload(home: Home) -> None:
    home.command(TANAKA, NOVA, LINE)
    for word in ("取り消し", "編集", "undo"):
        said = home.say(TANAKA, word)
        assert "ノヴァ素材 11/20(金)の接点" in said.words
        assert said.labels() == ["編集", "取り消す"]
    changed = edited(home, TANAKA, home.say(TANAKA, "取り消し"), {"summary": "別の端末で直した"})
    assert "別の端末で直した" in changed.words


def test_on_home_too(slack_home: House) -> None:
    home = slack_home
    home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。ホームから戻す")
    assert "ノヴァ 電話。ホームから戻す\n[編集][取り消す]" in home.home(TANAKA)
    view = home.state(TANAKA)["home"]
    button = next(
        {**element, "block_id": block["block_id"]}
        for block in home.home_blocks(TANAKA)
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"].startswith("entry.undo")
    )
    home.act(
        TANAKA,
        "action",
        container={"view_id": view["id"]},
        block_id=button["block_id"],
        action_id=button["action_id"],
        value=button["value"],
    )
    assert "ホームから戻す" not in home.home(TANAKA)
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)


def test_every_line_of_the_day_can_be_reached(home: Home) -> None:
    for number in range(11):
        home.command(TANAKA, NOVA, f"/touchpoint 電話。{number}本目")
    first = home.say(TANAKA, "取り消し")
    assert first.labels().count("取り消す") == 8
    home.press(TANAKA, first, "もっと前の記録")
    rest = home.last(TANAKA, first.room)
    assert rest.labels() == ["編集", "取り消す"] * 3
    assert all(f"電話。{number}本目" in first.words + rest.words for number in range(11))
    assert "[もっと前の記録]" in home.home(TANAKA)


def test_only_ones_own(home: Home) -> None:
    home.command(TANAKA, NOVA, LINE)
    assert "この24時間に書いた記録はありません" in recent(home, SUZUKI)
    assert "You haven't written anything in the last 24 hours" in recent(home, EMMA, "undo")


def test_a_new_alliances_line_is_undone_alone(home: Home) -> None:
    found(home, TANAKA, NOVA, "ゼータ工業")
    said = home.command(TANAKA, NOVA, "/touchpoint ゼータ工業 電話")
    home.press(TANAKA, said, "取り消す")
    assert "ゼータ工業" in home.command(TANAKA, NOVA, "/alliance 一覧").words
