"""Lines that aren't clear: which alliance, a new one, a day to come; the text waits and is logged once."""

from __future__ import annotations

from tests.home import ACME, EMMA, GENERAL, NOVA, SUZUKI, TANAKA, Home
from tests.stories.wire import counted, found, recent

WHICH = "「ゼータ」という提携は見つかりませんでした。どの提携の話ですか"


def two_of_one_partner(home: Home) -> None:
    """ミナト精密 and ミナト電機 are both with the partner ミナト精密."""
    found(home, TANAKA, GENERAL, "ミナト精密")
    found(home, TANAKA, GENERAL, "ミナト電機")
    home.press(TANAKA, home.command(TANAKA, GENERAL, "/alliance ミナト電機"), "編集")
    assert home.submit(TANAKA, {"partners": "ミナト精密"})["ok"]


def test_an_ambiguous_name_is_asked_about_and_logged_once(home: Home) -> None:
    two_of_one_partner(home)
    before = counted(home)["touchpoint"]
    said = home.command(TANAKA, GENERAL, "/touchpoint ミナト精密 電話。部品が届いた → 検収 うち 金")
    assert said.words.splitlines()[0] == "「ミナト精密」はどの提携ですか"
    assert "ミナト精密 電話。部品が届いた" in said.words  # the text is kept and shown
    assert said.labels()[:2] == ["ミナト精密", "ミナト電機"]
    assert counted(home)["touchpoint"] == before
    chosen = home.press(TANAKA, said, "ミナト電機")
    assert chosen is not None
    assert chosen.words.splitlines()[0] == "ミナト電機の接点を記録しました"
    assert "検収(田中 美咲・11/27(金))" in chosen.words
    assert counted(home)["touchpoint"] == before + 1


def test_the_menu_holds_all_the_others(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    assert said.words.splitlines()[0] == WHICH
    chosen = home.choose(TANAKA, said, "entry.choose", "アオバ物流")
    assert chosen.words.splitlines()[0] == "アオバ物流の接点を記録しました"


def test_the_owner_of_a_step_is_not_lost_while_the_line_waits(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, f"/touchpoint ゼータ 電話 → 検収 <@{SUZUKI}> 金")
    assert "@鈴木健" in said.words
    assert "検収(鈴木 健・11/27(金))" in home.choose(TANAKA, said, "entry.choose", "アオバ物流").words


def test_an_answered_question_is_not_answered_twice(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    home.home(TANAKA)
    chosen = home.choose(TANAKA, said, "entry.choose", "アオバ物流")
    home.press(TANAKA, chosen, "取り消す")
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)


def test_an_unknown_name_offers_the_nearest(home: Home) -> None:
    said = home.command(EMMA, GENERAL, "/touchpoint acmee call, parts arrived")
    assert said.words.splitlines()[0] == "I can't find an alliance called “acmee”. Which one is it about?"
    assert said.labels() == ["Acme Robotics", "Create new", "Discard"]
    chosen = home.press(EMMA, said, "Acme Robotics")
    assert chosen is not None
    assert chosen.words.startswith("Logged a touchpoint with Acme Robotics")


def test_an_unknown_alliance_can_be_made_and_the_line_is_logged(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/touchpoint ゼータ 訪問。初めてお会いした 同席: 森")
    home.press(TANAKA, said, "新しく作る")
    form = home.form(TANAKA)
    assert form is not None
    assert "ゼータ" in form.words  # the name is filled in
    refused = home.submit(TANAKA, {"name": "ノヴァ素材"})
    assert "使われています" in refused["errors"]["name"]
    assert home.submit(TANAKA, {"name": "ゼータ工業", "aliases": "ゼータ", "purpose": "音で品質を見る"})["ok"]
    logged = home.last(TANAKA, GENERAL)
    assert logged.words.splitlines()[0] == "ゼータ工業の接点を記録しました"
    assert "同席: 森" in logged.words
    assert "リード" in home.command(TANAKA, GENERAL, "/alliance ゼータ").words


def test_a_line_that_names_nothing(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/touchpoint 訪問。初めてお会いした")
    assert said.words.splitlines()[0] == "どの提携の話ですか"
    dropped = home.press(TANAKA, said, "記録しない")
    assert dropped is not None
    assert dropped.words == "記録せずに終わりました\n訪問。初めてお会いした"
    english = home.command(EMMA, GENERAL, "/touchpoint call about the parts")
    assert english.words.splitlines()[0] == "Which alliance is this about?"


def test_a_day_to_come_becomes_a_plan(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 来週木曜 定例。試作の確認")
    assert said.words.splitlines()[0] == "11/26(木)はこれからの日付です。ノヴァ素材との予定として登録しますか"
    before = counted(home)
    home.press(TANAKA, said, "予定にする")
    assert home.submit(TANAKA, {"time": "14:00"})["ok"]
    assert "11/26(木) 14:00 ノヴァ素材" in home.last(TANAKA, NOVA).words
    after = counted(home)
    assert (after["touchpoint"], after["planned_meeting"]) == (before["touchpoint"], before["planned_meeting"] + 1)
    assert home.press(TANAKA, said, "今日の接点として記録") is not None
    assert counted(home)["touchpoint"] == before["touchpoint"]  # the line is done with


def test_a_day_to_come_may_have_been_today(home: Home) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme tomorrow call, parts arrived")
    assert said.words.splitlines()[0] == "Sat 21 Nov is still ahead. Plan it as a meeting with Acme Robotics?"
    logged = home.press(EMMA, said, "Log it as today")
    assert logged is not None
    assert "Date: Fri 20 Nov" in logged.words


def test_an_ambiguous_name_and_a_day_to_come_are_asked_one_after_the_other(home: Home) -> None:
    two_of_one_partner(home)
    said = home.command(TANAKA, GENERAL, "/touchpoint ミナト精密 明日 電話。部品が届いた")
    future = home.press(TANAKA, said, "ミナト電機")
    assert future is not None
    assert future.words.splitlines()[0] == "11/21(土)はこれからの日付です。ミナト電機との予定として登録しますか"
    logged = home.press(TANAKA, future, "今日の接点として記録")
    assert logged is not None
    assert logged.words.splitlines()[0] == "ミナト電機の接点を記録しました"


def test_the_chosen_alliance_is_the_one_of_the_plan(home: Home) -> None:
    two_of_one_partner(home)
    said = home.command(TANAKA, GENERAL, "/touchpoint ミナト精密 来週木曜 定例。試作の確認")
    future = home.press(TANAKA, said, "ミナト電機")
    assert future is not None
    home.press(TANAKA, future, "予定にする")
    assert home.submit(TANAKA, {"time": "14:00"})["ok"]
    assert "11/26(木) 14:00 ミナト電機" in home.last(TANAKA, GENERAL).words


def test_a_new_alliance_for_an_ambiguous_name_stays_chosen(home: Home) -> None:
    two_of_one_partner(home)
    said = home.command(TANAKA, GENERAL, "/touchpoint ミナト精密 明日 電話。部品が届いた")
    home.press(TANAKA, said, "新しく作る")
    assert home.submit(TANAKA, {"name": "ミナト化成"})["ok"]
    logged = home.press(TANAKA, home.last(TANAKA, GENERAL), "今日の接点として記録")
    assert logged is not None
    assert logged.words.splitlines()[0] == "ミナト化成の接点を記録しました"


def test_a_new_alliance_stays_chosen_for_a_day_to_come(home: Home) -> None:
    said = home.command(TANAKA, GENERAL, "/touchpoint ゼータ 明日 訪問。初めてお会いした")
    home.press(TANAKA, said, "新しく作る")
    assert home.submit(TANAKA, {"name": "オメガ工業"})["ok"]
    future = home.last(TANAKA, GENERAL)
    assert "オメガ工業との予定として登録しますか" in future.words
    logged = home.press(TANAKA, future, "今日の接点として記録")
    assert logged is not None
    assert logged.words.splitlines()[0] == "オメガ工業の接点を記録しました"


def test_a_waiting_line_is_reached_after_a_reload(home: Home) -> None:
    home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    listed = home.say(TANAKA, "取り消し")
    assert "まだ記録していません" in listed.words
    assert "ゼータ 電話。部品が届いた" in listed.words
    assert listed.labels() == ["どの提携か選ぶ", "記録しない"]
    asked = home.press(TANAKA, listed, "どの提携か選ぶ")
    assert asked is not None
    assert asked.words.splitlines()[0] == WHICH
    assert home.choose(TANAKA, asked, "entry.choose", "アオバ物流").words.startswith("アオバ物流の接点を記録しました")
    assert "まだ記録していません" not in recent(home, TANAKA)


def test_a_waiting_line_for_a_day_to_come_is_reached_too(home: Home) -> None:
    home.command(EMMA, ACME, "/touchpoint acme tomorrow call, parts arrived")
    listed = home.say(EMMA, "undo")
    assert "Not logged yet" in listed.words
    assert listed.labels() == ["Check the date", "Discard"]
    asked = home.press(EMMA, listed, "Check the date")
    assert asked is not None
    logged = home.press(EMMA, asked, "Log it as today")
    assert logged is not None
    assert "Date: Fri 20 Nov" in logged.words


def test_a_waiting_line_stands_on_home(home: Home) -> None:
    home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    assert "ゼータ 電話。部品が届いた\n[どの提携か選ぶ][記録しない]" in home.home(TANAKA)


def test_a_dropped_line_stays_away(home: Home) -> None:
    home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    home.press(TANAKA, home.say(TANAKA, "取り消し"), "記録しない")
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)
