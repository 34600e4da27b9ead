"""The weekly digest: Monday morning, managers only, short enough for a phone, and honest about what it shows."""

from __future__ import annotations

import math
import unicodedata

from tests.home import EMMA, LUMINA, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home, Shown, Values

TUESDAY = "2026-11-24T08:30"
"""Monday 11/23 is 勤労感謝の日."""
OURS = ("田中", "鈴木", "山本", "Emma", "Clarke")
SECTIONS = ("①", "②", "③", "④", "⑤", "⑥")


def _digest(home: Home, at: str = TUESDAY) -> Shown:
    found = [each for each in home.later(SASAKI, to=at) if "提携週報" in each.words]
    assert len(found) == 1, [each.words for each in home.inbox(SASAKI)]
    return found[0]


def _rows(line: str) -> int:
    """Rows of 22 full-width characters that a line takes; ambiguous ones count as full."""
    wide = sum(1 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in line)
    return max(1, math.ceil(wide / 22))


def _open(home: Home, digest: Shown, alliance: str) -> Shown:
    said = home.choose(SASAKI, digest, "digest.open", alliance)
    return home.last(SASAKI, said.room)


def test_it_comes_at_half_past_eight_on_the_first_working_morning_to_managers_only(home: Home) -> None:
    assert not home.later(SASAKI, to="2026-11-24T08:29")
    _digest(home)
    for who in (TANAKA, SUZUKI, YAMAMOTO, EMMA):
        assert not [m for m in home.inbox(who) if "提携週報" in m.words or "Alliance weekly" in m.words]
    _digest(home, "2026-11-30T08:30")


def test_it_says_first_what_is_asked_and_fits_a_phone(home: Home) -> None:
    digest = _digest(home)
    lines = digest.words.splitlines()
    assert lines[0] == "提携週報 11/16–11/20|ご判断3件・期限間近1件"
    assert digest.preview.startswith("ご判断3件・期限間近1件")
    before = [line for line in lines if not line.startswith(("[", "<"))]
    assert sum(_rows(line) for line in before) <= 22
    order = [SECTIONS.index(line[0]) for line in before if line[0] in SECTIONS]
    assert order == sorted(order)
    assert "記録から見える範囲です" in before[-1]


def test_nobody_of_ours_is_named_and_small_notes_are_not_quoted(home: Home) -> None:
    said = _digest(home).words
    assert not [name for name in OURS if name in said]
    assert "営業部が" not in said
    assert "評価試験の分担が決まらず、試験を始められない" in said


def test_small_notes_are_counted_from_three_people_on(home: Home) -> None:
    """One category, three authors: a count in the digest, still no words."""
    assert "⑤" not in _digest(home).words
    for who in (TANAKA, SUZUKI, YAMAMOTO):
        home.say(who, "ノヴァ ! 納期の連絡が前日になる")
    said = _digest(home, "2026-11-30T08:30").words
    assert "前日" not in said
    assert "⑤" in said


def test_behind_a_line_are_the_records_as_the_manager_may_see_them(home: Home) -> None:
    digest = _digest(home)
    shown = _open(home, digest, "ノヴァ素材")
    assert "ノヴァ素材" in shown.words
    assert "検査を、人にやさしく" in shown.words
    assert "試作を早く出していただいた" in shown.words
    assert not [name for name in OURS if name in shown.words]
    quiet = _open(home, digest, "みなと大学")
    assert "学会の締切" not in quiet.words


def test_every_alliance_by_name_and_the_friction_list(home: Home) -> None:
    digest = _digest(home)
    home.press(SASAKI, digest, "提携ごとに見る")
    listed = home.last(SASAKI, digest.room)
    for name in ("ノヴァ素材", "ルミナAI", "みなと大学", "アオバ物流", "キタ食品", "Acme Robotics"):
        assert name in listed.words
    home.press(SASAKI, digest, "ひっかかりの一覧")
    grave = home.last(SASAKI, digest.room)
    assert "評価試験の分担が決まらず、試験を始められない" in grave.words
    assert "営業部が" not in grave.words


def test_confirmed_it_reaches_the_leads_and_says_so(home: Home) -> None:
    digest = _digest(home)
    home.press(SASAKI, digest, "確認しました")
    after = home.again(SASAKI, digest)
    assert "確認しました" not in after.labels()
    told = [m for m in home.later(TANAKA, to="2026-11-24T10:00") if "佐々木 隆さんが今週の週報" in m.words]
    told += [m for m in home.inbox(TANAKA) if "佐々木 隆さんが今週の週報" in m.words and m not in told]
    assert len({m.id for m in told}) == 1
    assert "ノヴァ素材" in told[0].words


def test_a_line_back_reaches_the_lead_at_once(home: Home) -> None:
    digest = _digest(home)
    home.press(SASAKI, digest, "ひと言返す")
    home.submit(SASAKI, {"alliance": "ノヴァ素材", "text": "ありがとう。次回は私も出ます"})
    home.settle()
    said = home.inbox(TANAKA)[-1]
    assert "佐々木 隆さんから、ノヴァ素材についてひと言です" in said.words
    assert "ありがとう。次回は私も出ます" in said.words
    assert "こちらに書いても佐々木 隆さんには届きません" in said.words  # and it is answered as people do


def test_a_calm_week_is_one_line_that_names_who_is_quiet(home: Home) -> None:
    """Who answers for one alliance only, without anything to tell."""
    home.start(TANAKA, LUMINA, "/alliance new 北浜市")
    named: Values = (
        {} if home.platform == "slack" else {"name": "北浜市"}
    )  # a dialog opens by a button, without the words
    assert home.submit(TANAKA, {**named, "purpose": "防災を一緒に考える"})["ok"]
    home.press(TANAKA, home.command(TANAKA, LUMINA, "/alliance people 北浜市"), "当社の人を加える")
    home.submit(TANAKA, {"who": [SUZUKI], "role": "manager"})
    home.command(TANAKA, LUMINA, "/touchpoint 北浜市 打合せ 担当課の皆さんにご挨拶 同席: 森")
    weeks = [m for m in home.later(SUZUKI, to="2026-12-14T08:30") if "提携週報" in m.words]
    assert len(weeks) == 4
    calm, quiet = weeks[1].words.splitlines(), weeks[3].words.splitlines()
    assert calm[:2] == [
        "提携週報 11/23–11/27|お願いはありません",
        "気になる動きも、近い期限もありません",
    ]
    assert weeks[1].preview.startswith("お願いはありません")
    assert quiet[1] == "気になる動きも、近い期限もありません。静かな提携: 北浜市 24日(目安14日)"


def test_in_english(home: Home) -> None:
    home.speaks(SASAKI, "en-US")
    home.say(SASAKI, "help")
    found = [m for m in home.later(SASAKI, to=TUESDAY) if "Alliance weekly" in m.words]
    lines = found[0].words.splitlines()
    assert "3 decisions" in lines[0]
    assert "1 date coming up" in lines[0]
    assert {"By alliance", "Friction list"} <= set(found[0].labels()), found[0].labels()


def test_an_old_digest_is_read_by_todays_rights(home: Home) -> None:
    """A note that was taken back after Monday is in nothing that is opened from Monday's message."""
    home.clock(to="2026-11-23T17:00")
    said = home.command(TANAKA, NOVA, "/friction ノヴァ !! 試験の費用の分担で話が止まっている")
    said = home.press(TANAKA, said, "この一文で届ける") or said
    digest = _digest(home)
    home.press(SASAKI, digest, "ひっかかりの一覧")
    assert "試験の費用の分担" in home.last(SASAKI, digest.room).words
    home.press(TANAKA, said, "取り消す")
    home.press(SASAKI, digest, "ひっかかりの一覧")
    assert "試験の費用の分担" not in home.last(SASAKI, digest.room).words
    assert "試験の費用の分担" not in _open(home, digest, "ノヴァ素材").words
