"""The one-line grammar: lines as people type them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.entry import (
    Ambiguous,
    Found,
    Known,
    Line,
    Mark,
    Step,
    Unknown,
    Verb,
    leading_mark,
    names_a_known,
    read,
    suggest_category,
)

WEDNESDAY = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
KNOWN = (
    Known("sora", ("ソラ化学", "ソラ", "sora", "株式会社ソラ化学")),
    Known("mori", ("モリ製菓", "モリ", "Mori Sweets")),
    Known("hama", ("はまべ大学", "はまべ大", "hamabe")),
    Known("north", ("北町市", "kitamachi")),
    Known("volt", ("Volt Motors", "volt", "ボルト")),
)
TWO_MORI = (
    Known("shop", ("モリ製菓 店頭企画", "モリ製菓", "モリ")),
    Known("lab", ("モリ製菓 新原料", "モリ製菓", "モリ")),
    *KNOWN[:1],
)


def line(text: str, verb: Verb = "touchpoint", *, here: str | None = None, known: tuple[Known, ...] = KNOWN) -> Line:
    return read(text, verb, now=WEDNESDAY, known=known, here=here)


def step(text: str, side: str | None = None, due: str | None = None, mention: str | None = None) -> Step:
    assert side in (None, "ours", "theirs")
    return Step(text, side, mention, date.fromisoformat(due) if due else None)


def test_the_whole_line_in_japanese() -> None:
    got = line("ソラ 定例。試作は順調 → 試験計画を送る うち 7/9 同席: 佐藤, 高橋")
    assert got == Line(
        match=Found("sora", "ソラ"),
        from_channel=False,
        on=WEDNESDAY.date(),
        on_stated=False,
        on_future=False,
        kind="regular",
        kind_stated=True,
        people=("佐藤", "高橋"),
        steps=(step("試験計画を送る", "ours", "2026-07-09"),),
        friction=None,
        summary="定例。試作は順調",
        not_understood=(),
    )


def test_the_whole_line_in_english() -> None:
    got = line("volt yesterday call w/ Sato-san and Lee, prototype on track -> they send samples fri")
    assert (got.match, got.on, got.on_stated, got.kind) == (Found("volt", "volt"), date(2026, 6, 30), True, "call")
    assert got.people == ("Sato", "Lee")
    assert got.steps == (step("send samples", "theirs", "2026-07-03"),)
    assert got.summary == "call, prototype on track"


# --- alliance ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ソラさんと定例", Found("sora", "ソラ")),
        ("モリ定例", Found("mori", "モリ")),
        ("ｿﾗ 電話", Found("sora", "ソラ")),
        ("SORA call", Found("sora", "SORA")),
        ("㈱ソラ化学 電話", Found("sora", "(株)ソラ化学")),
        ("ソラ化学株式会社様の工場を見学", Found("sora", "ソラ化学株式会社")),
        ("昨日はまべ大で打合せ", Found("hama", "はまべ大")),
        ("お世話になっております。本日は北町市を訪問しました。", Found("north", "北町市")),
        ("Volt Motors visit", Found("volt", "Volt Motors")),
        ("met volt yesterday", Found("volt", "volt")),
        ("7/1 ソラと役員面談", Found("sora", "ソラ")),
        ("試作できた! ソラ", Found("sora", "ソラ")),
        ("ソラ", Found("sora", "ソラ")),
        ("モリムラ商会 展示会", Unknown("モリムラ商会", ("mori",))),
        ("ソラ製薬 電話", Unknown("ソラ製薬", ("sora",))),
        ("はまべ大学病院 訪問", Unknown("はまべ大学病院", ("hama",))),
        ("Volt Pharma call", Unknown("Volt Pharma", ("volt",))),
        ("モソ製菓さんと電話", Unknown("モソ製菓", ("mori",))),
        ("ぼると 電話", Unknown("ぼると", ("volt",))),
        ("電話 請求の件", Unknown("", ())),
        ("電話 見積の件 → ソラに送る", Unknown("", ("sora",))),
        ("", Unknown("", ())),
    ],
)
def test_alliance(text: str, expected: object) -> None:
    assert line(text).match == expected


def test_a_channel_supplies_what_the_text_leaves_out() -> None:
    silent = line("電話 宛名の件", here="volt")
    assert (silent.match, silent.from_channel) == (Found("volt", ""), True)
    named = line("ソラ 電話", here="volt")
    assert (named.match, named.from_channel) == (Found("sora", "ソラ"), False)


def test_an_ambiguous_name_is_asked_about_unless_the_channel_settles_it() -> None:
    assert line("モリさんを訪問", known=TWO_MORI).match == Ambiguous(("shop", "lab"), "モリ")
    assert line("モリさんを訪問", known=TWO_MORI, here="lab").match == Found("lab", "モリ")
    assert line("モリさんを訪問", known=TWO_MORI, here="sora").match == Ambiguous(("shop", "lab"), "モリ")
    assert line("モリ製菓 店頭企画 電話", known=TWO_MORI).match == Found("shop", "モリ製菓 店頭企画")
    assert line("モリ 新原料 電話", known=TWO_MORI).match == Found("lab", "モリ 新原料")


# --- day of the contact and kind --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "on", "stated"),
    [
        ("ソラ 定例", "2026-07-01", False),
        ("ソラ 本日 定例", "2026-07-01", True),
        ("昨日ソラと会食", "2026-06-30", True),
        ("ソラ 水曜 定例", "2026-06-24", True),
        ("ソラ 月 定例", "2026-06-29", True),
        ("ソラ 先週の金曜 定例", "2026-06-26", True),
        ("ソラ7/1(水) 定例", "2026-07-01", True),
        ("６／２９　ソラ　訪問", "2026-06-29", True),
        ("ソラ 定例 試作は順調 6/30", "2026-06-30", True),
        ("volt visited on friday", "2026-06-26", True),
        ("ソラさんの件です。昨日電話しました。", "2026-06-30", True),
        ("ソラ 打合せ 6/1覚書の読み直し", "2026-07-01", False),
        ("ソラ 電話 来週から人が増える", "2026-07-01", False),
        ("ソラ 打合せ 金型と月報", "2026-07-01", False),
        ("volt call, parts arrived yesterday", "2026-07-01", False),
        ("ソラ 電話 先日の件", "2026-07-01", False),
    ],
)
def test_day_of_contact(text: str, on: str, stated: bool) -> None:
    got = line(text)
    assert (got.on.isoformat(), got.on_stated, got.on_future) == (on, stated, False)
    assert got.not_understood == ()


def test_a_day_to_come_is_said_so() -> None:
    got = line("ソラ 来週火 訪問")
    assert (got.on, got.on_future) == (date(2026, 7, 7), True)


@pytest.mark.parametrize("written", ["2/30", "7/1(金)", "05/06/2026", "先週", "先月中旬"])
def test_a_day_that_does_not_resolve_is_reported_and_kept(written: str) -> None:
    got = line(f"ソラ {written} 訪問")
    assert (got.on, got.on_stated, got.kind) == (WEDNESDAY.date(), False, "visit")
    assert got.not_understood == (written,)
    assert written in got.summary


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ソラ 運営委員会で定例の報告", "steering"),
        ("ソラ 役員面談", "executive"),
        ("ソラ 商談 デモもした", "negotiation"),
        ("ソラ デモ", "poc"),
        ("ソラ Zoomで定例", "regular"),
        ("volt weekly call", "regular"),
        ("ソラ 来社", "visit"),
        ("ソラ 会食", "social"),
        ("volt phone", "call"),
        ("ソラ 展示会", "event"),
        ("社内調整 ソラの予算", "internal"),
        ("ソラ メール", "message"),
        ("ソラ 打合せ", "meeting"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert (line(text).kind, line(text).kind_stated) == (kind, True)


def test_no_kind_is_a_meeting_and_steps_say_nothing_about_it() -> None:
    got = line("ソラ 試作は順調 → 次回の訪問を決める")
    assert (got.kind, got.kind_stated) == ("meeting", False)
    assert line("volt recall of parts").kind_stated is False


# --- people -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "people", "summary"),
    [
        ("ソラ 定例 同席：佐藤部長と高橋さん、ジョン", ("佐藤", "高橋", "ジョン"), "定例"),
        ("ソラ 定例 相手: 安田様／久保先生 試作は順調", ("安田", "久保"), "定例 試作は順調"),
        ("ソラ 定例 参加者: 佐藤 健太、Ono-san & Lee", ("佐藤 健太", "Ono", "Lee"), "定例"),
        ("volt demo with John Smith and Brown", ("John Smith", "Brown"), "demo"),
        ("volt call w/ sato, lee, fixture is ok", ("sato", "lee"), "call, fixture is ok"),
        ("ソラ 定例 同席: <@U123>、やまもと", ("<@U123>", "やまもと"), "定例"),
        ("volt is happy with the kiln", (), "is happy with the kiln"),
        ("call with Volt", (), "call with"),
        ("ソラ 佐藤さんと電話", (), "佐藤さんと電話"),
    ],
)
def test_people(text: str, people: tuple[str, ...], summary: str) -> None:
    got = line(text)
    assert got.people == people
    assert got.summary == summary


# --- steps ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("→ 図面 先方 来週火", step("図面", "theirs", "2026-07-07")),
        ("-> 見積を送る うち 金", step("見積を送る", "ours", "2026-07-03")),
        ("⇒ 試験計画を金曜までに送る", step("試験計画を送る", None, "2026-07-03")),
        ("👉 見積を明日送る", step("見積を送る", None, "2026-07-02")),
        ("➡️ 返品 当社 月末", step("返品", "ours", "2026-07-31")),
        (">> they ship by 7/10", step("ship", "theirs", "2026-07-10")),
        ("=> we'll send the deck next week", step("send the deck", "ours", "2026-07-10")),
        ("-&gt; 返事 先方 20日まで", step("返事", "theirs", "2026-07-20")),
        ("次: 先方が図面を送る 7/9", step("図面を送る", "theirs", "2026-07-09")),
        ("次回: ソラさんが図面を送る", step("図面を送る", "theirs")),
        ("→ 図面 ソラ 7/9", step("図面", "theirs", "2026-07-09")),
        ("→ 先方に図面を送る うち", step("先方に図面を送る", "ours")),
        ("→ 先方の図面を確認", step("先方の図面を確認")),
        ("→ 見積を送る <@U7AB|taro> 7/9", step("見積を送る", "ours", "2026-07-09", "U7AB")),
        ("→ 見積を送る @taro 1/8", step("見積を送る", "ours", "2027-01-08", "@taro")),
        ("→ 見積、図面", step("見積、図面")),
        ("→ 当社で見積を7月10日までに提出", step("見積を提出", "ours", "2026-07-10")),
        ("=> we send the quote EOW (@taro)", step("send the quote", "ours", "2026-07-03", "@taro")),
        ("→ 見積を送る（うち、7/9）", step("見積を送る", "ours", "2026-07-09")),
        ("→ 6/31 見積", step("6/31 見積")),
        ("→ 金曜の会議の資料 うち 木曜", step("金曜の会議の資料", "ours", "2026-07-02")),
        ("→ 10/1覚書を送る うち", step("10/1覚書を送る", "ours")),
        ("→ 近いうちに訪ねる うち", step("近いうちに訪ねる", "ours")),
        ("-> send the friday report monday", step("send the friday report", None, "2026-07-06")),
        ("-> send it to them", step("send it to them")),
        ("→ 金", step("金", None, "2026-07-03")),
    ],
)
def test_step(text: str, expected: Step) -> None:
    got = line(f"ソラ 打合せ {text}")
    assert got.steps == (expected,)
    assert got.summary == "打合せ"


def test_a_partner_acts_by_its_name() -> None:
    assert line("volt demo -> Volt ships it fri").steps == (step("ships it", "theirs", "2026-07-03"),)
    assert line("volt demo -> Volt Motors deck").steps == (step("Volt Motors deck"),)


def test_several_steps_end_at_the_next_mark_a_break_or_a_full_stop() -> None:
    got = line("北町市 打合せ\n場所を決めた\n→ 図面 先方 7/7\n→ 見積 うち。その後は雑談\n最後に写真")
    assert got.steps == (step("図面", "theirs", "2026-07-07"), step("見積", "ours"))
    assert got.summary == "打合せ\n場所を決めた\n。その後は雑談\n最後に写真"


@pytest.mark.parametrize(
    "prose",
    [
        "v0.2→v0.3に更新",
        "旧型→新型",
        "Excel → Notion の話",
        "東京→大阪へ移転",
        "`a -> b` の話",
        "p->next を直す",
        "歩留 10%→12%",
    ],
)
def test_an_arrow_between_like_things_is_prose(prose: str) -> None:
    got = line(f"ソラ 電話 {prose}")
    assert got.steps == ()
    assert got.summary == f"電話 {prose}"


def test_addresses_are_not_read() -> None:
    got = line("ソラ デモ 手順 <https://wiki.example.jp/p?id=7/9&x=->|手順書> https://example.jp/a?b !")
    assert (got.steps, got.friction, got.on_stated) == ((), None, False)


# --- friction ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("ソラ !! 分担が決まらない", Mark(2, "分担が決まらない")),
        ("!!! ソラ 納入停止", Mark(3, "納入停止")),
        ("ソラ !!!!! 納入停止", Mark(3, "納入停止")),
        ("？ ソラ 返事が遅い", Mark(0, "返事が遅い")),
        ("ソラ ❗️ 返事が遅い", Mark(1, "返事が遅い")),
        ("ソラ ‼ 返事が遅い", Mark(2, "返事が遅い")),
        ("ソラ 営業部が「聞いていない」と！", Mark(1, "営業部が「聞いていない」と")),
        ("ソラ ! また遅れた!!", Mark(1, "また遅れた!!")),
        ("ソラ 摩擦: 返事が遅い", Mark(1, "返事が遅い")),
        ("ソラ 稟議が戻らない", Mark(0, "稟議が戻らない")),
        ("ソラ 本当!? と言われた", Mark(0, "本当!? と言われた")),
        ("昨日ソラで ! 費用でもめた", Mark(1, "費用でもめた")),
        ("volt ! scope still open -> we ask again", Mark(1, "scope still open")),
        ("ソラ !", Mark(1, "")),
    ],
)
def test_friction(text: str, mark: Mark) -> None:
    assert line(text, "friction").friction == mark


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("ソラ 電話 ! 宛名が違う", Mark(1, "宛名が違う")),
        ("ソラ 電話 ? 納期が心配 → 確認 うち", Mark(0, "納期が心配")),
        ("ソラ 電話 摩擦: 納期が遅い", Mark(1, "納期が遅い")),
        ("ソラ 電話 摩擦: !! 納期が遅い", Mark(2, "納期が遅い")),
        ("ソラ 電話 試作できた!", None),
        ("ソラ 電話 「もう完成したの?」と驚かれた", None),
        ("volt call great demo! they loved it", None),
    ],
)
def test_friction_in_a_touchpoint(text: str, mark: Mark | None) -> None:
    assert line(text).friction == mark


def test_notes_stay_in_the_summary_with_their_word() -> None:
    got = line("ソラ 電話 ! 宛名が違う 決: 来月分から直す → 台帳を直す うち")
    assert got.friction == Mark(1, "宛名が違う")
    assert got.summary == "電話 決: 来月分から直す"
    assert line("ソラ 協議会 採決: 持ち越し").summary == "協議会 採決: 持ち越し"


# --- the direct chat, categories --------------------------------------------------------------------


def test_leading_mark_and_known_name() -> None:
    assert [leading_mark(text) for text in ("! x", "!!ソラ", "？ x", "❗️x", "x !", "!", "!? x", "")] == [
        True, True, True, True, False, False, False, False,
    ]  # fmt: skip
    assert names_a_known("昨日ソラさんと電話", KNOWN)
    assert not names_a_known("ソラマメの話", KNOWN)
    assert not names_a_known("電話 → ソラに送る", KNOWN)
    assert not names_a_known("", ())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("先方は売上、こちらは学びを期待していた", "PURPOSE"),
        ("評価試験の分担が決まらない", "ROLE"),
        ("稟議待ちで3週間", "DECISION"),
        ("進め方が合わない", "CULTURE"),
        ("replies got slower since June", "COMMS"),
        ("不具合の回答が10日止まっている", "DELIVERY"),
        ("no budget until spring", "RESOURCE"),
        ("追加作業の費用を誰が持つか", "VALUE"),
        ("改良特許の出願に先方が難色", "CONTRACT_IP"),
        ("営業部が「聞いていない」と", "BUYIN"),
        ("毎回こちらに来てもらう形が続く", "TRUST"),
        ("規制が変わり前提が崩れた", "EXTERNAL"),
        ("機嫌が読めない", None),
        ("納期と費用でもめた", None),
    ],
)
def test_category(text: str, category: str | None) -> None:
    assert suggest_category(text) == category
