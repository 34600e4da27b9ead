"""The weekly digest: Monday 08:30, measured for a phone, told once, and never who wrote what."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from handlers import digest_card, evidence, meetings
from handlers.digest_card import ROWS, Section, Week, cut, fitted, rows, week, width
from handlers.errors import UserError
from handlers.message import Line, Message, line_of, plain, spoken
from handlers.request import Press, Reply, Submit
from handlers.text import texts
from storage import alliances, db, friction, people
from storage.models import AllianceRole
from tests.handlers.friction_people import actions, press, words
from tests.handlers.town import Town, at, town


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Town]:
    with town(tmp_path) as made:
        made.touch("digest", made.tanaka.id)
        yield made


def monday(nova: Town, day: int = 8) -> Message:
    """The digest of a Monday in June, as 田中 reads it."""
    nova.tick(at(6, day - 4))
    nova.tick(at(6, day, 8, 30))
    row = nova.row("digest")
    assert nova.goes(row)
    message = nova.message(row)
    assert message is not None
    return message


# ---------------------------------------------------------------- when and to whom


def test_monday_half_past_eight_once_a_week_moved_by_holidays(nova: Town) -> None:
    nova.tick(at(6, 4))
    assert nova.planned("digest", nova.tanaka.id) == at(6, 8, 8, 30)
    nova.tick(at(6, 8, 8, 30))
    nova.tick(at(6, 8, 9))
    assert len(nova.rows("digest")) == 1
    assert nova.planned("digest", nova.tanaka.id) == at(6, 15, 8, 30)
    nova.tick(at(7, 14))
    # Monday 20 July is a holiday.
    assert nova.planned("digest", nova.tanaka.id) == at(7, 21, 8, 30)


def test_a_monday_slept_through_is_told_on_tuesday_but_not_a_week_later(nova: Town) -> None:
    nova.tick(at(6, 4))
    nova.tick(at(6, 9, 11))
    assert [row.arguments for row in nova.rows("digest")] == [{"week": "2026-W24"}]
    nova.tick(at(6, 20))
    assert len(nova.rows("digest")) == 1
    assert nova.planned("digest", nova.tanaka.id) == at(6, 22, 8, 30)


def test_only_who_answers_for_an_alliance_gets_one(nova: Town) -> None:
    for person in (nova.sato, nova.ito, nova.suzuki):
        nova.touch("digest", person.id)
    nova.tick(at(6, 8, 8, 30))
    assert {row.member_id for row in nova.rows("digest")} <= {nova.tanaka.id}
    nova.tick(at(6, 15, 8, 30))
    row = nova.row("digest")
    for role in _roles(nova):
        db.change(nova.session, role, {"until": date(2026, 6, 15)})
    assert nova.still(row) == "manages_nothing"


def _roles(nova: Town) -> list[AllianceRole]:
    return [
        role
        for alliance in (nova.nova, nova.lumina)
        for role in alliances.roles(nova.session, nova.org, alliance.id)
        if role.member_id == nova.tanaka.id
    ]


# ---------------------------------------------------------------- what it says


def full(nova: Town) -> None:
    """A week with something in every section."""
    nova.friction(
        nova.nova,
        "評価試験の分担が決まらず、試験が始められません",
        date(2026, 5, 1),
        severity=3,
        author=nova.ito,
        approved=True,
    )
    nova.friction(nova.nova, "まだ届けていない文", date(2026, 5, 1), severity=3, author=nova.ito)
    for author in (nova.sato, nova.takahashi, nova.ito):
        nova.friction(nova.nova, "小さなこと", date(2026, 6, 1), severity=1, author=author)
    late = nova.step(nova.sato, "試験計画", due=date(2026, 5, 15))
    done = nova.step(nova.sato, "見積を送る", due=date(2026, 6, 5))
    db.revise(nova.session, done, {"state": "done", "done_on": date(2026, 6, 4)}, by=nova.sato.id, now=nova.now)
    assert late.state == "accepted"
    nova.contact(nova.nova, date(2026, 6, 3), kind="executive", summary="役員どうしで方針を確認")
    db.revise(nova.session, nova.nova, {"purpose_confirmed_on": date(2026, 1, 5)}, by="", now=nova.now)
    db.revise(nova.session, nova.lumina, {"started_on": date(2026, 3, 1), "cadence_days": 30}, by="", now=nova.now)
    meetings.plan(nova.ctx(nova.sato), "ノヴァ素材 6/10 15:00 定例")
    meetings.plan(nova.ctx(nova.sato), "ノヴァ素材 6/30 15:00 訪問")


def test_fixed_order_what_is_asked_first_and_nothing_that_wasnt_passed_on(nova: Town) -> None:
    full(nova)
    message = monday(nova)
    said = spoken(message)
    assert message.preview == "ご判断2件・期限間近1件"
    assert said.splitlines()[1] == "提携週報 6/1–6/5|ご判断2件・期限間近1件"
    order = [
        "① ご判断ください",
        "・ノヴァ素材:「評価試験の分担が決まらず、試験が始められません」(大・38日)",
        "・ノヴァ素材: 当社の宿題『試験計画』、期日を24日過ぎています",
        "・7日以内: 6/10(水) ノヴァ素材 定例",
        "② 気になること",
        "・● ノヴァ素材|目的: 目的の確認から154日 → 6/10(水)の定例で",
        "③ 動いたこと",
        "・ノヴァ素材: 6/3(水) 経営層面談「役員どうしで方針を確認」",
        "④ これからの予定",
        "⑤ 小さなひっかかり(件数のみ)",
        "・役割・責任のあいまいさ 3件",
        "⑥ 静かな提携",
        "・ルミナAI 記録なし(登録から99日)",
        "記録から見える範囲です(提携2件・接点1件)",
    ]
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)
    for secret in ("まだ届けていない文", "小さなこと", "伊藤", "佐藤", "高橋"):
        assert secret not in said
    assert height(message) <= ROWS
    english = nova.message(nova.row("digest"), "en")
    assert english is not None
    assert height(english) <= ROWS
    assert "1 Needs you" in spoken(english)


def height(message: Message) -> int:
    """Rows of a phone before the first button."""
    return sum(rows(line) for line in spoken(message).splitlines()[1:])


def test_two_authors_would_point_at_somebody(nova: Town) -> None:
    for author in (nova.sato, nova.sato, nova.ito):
        nova.friction(nova.nova, "小さなこと", date(2026, 6, 1), severity=0, author=author)
    assert "小さなひっかかり" not in spoken(monday(nova))


def test_nothing_at_all_is_one_line_that_names_the_quiet(nova: Town) -> None:
    said = spoken(monday(nova)).splitlines()
    assert said[1] == "提携週報 6/1–6/5|お願いはありません"
    assert said[2] == "気になる動きも、近い期限もありません"
    db.revise(nova.session, nova.nova, {"started_on": date(2026, 5, 1)}, by="", now=nova.now)
    nova.tick(at(6, 15, 8, 30))
    assert "静かな提携: ノヴァ素材 記録なし(登録から45日)" in nova.said(nova.row("digest"))


def test_what_was_told_stands_by_todays_rights_and_a_watch_is_announced_once(nova: Town) -> None:
    full(nova)
    db.revise(nova.session, nova.nova, {"purpose_confirmed_on": date(2026, 2, 25)}, by="", now=nova.now)
    first = spoken(monday(nova))
    row = nova.row("digest")
    assert "△ ノヴァ素材|目的" in first
    nova.contact(nova.nova, date(2026, 6, 8), kind="executive", summary="あとから")
    assert nova.said(row) == first
    note = friction.open_of(nova.session, people.viewer_of(nova.session, nova.tanaka), nova.nova.id)[0]
    friction.revise(nova.session, note, {"visibility": "team", "widening": "kept"}, by=nova.ito.id, now=nova.now)
    assert "評価試験" not in nova.said(row)
    nova.tick(at(6, 15, 8, 30))
    assert "△ ノヴァ素材|目的" not in nova.said(nova.row("digest"))


def test_an_old_week_says_nothing_of_what_its_reader_answers_for_no_more(nova: Town) -> None:
    for day, alliance in ((2, nova.nova), (3, nova.lumina), (4, nova.lumina)):
        nova.contact(alliance, date(2026, 6, day), kind="visit", summary="見学")
    for author in (nova.sato, nova.ito, nova.takahashi):
        nova.friction(nova.nova, "小さなこと", date(2026, 6, 3), severity=1, author=author)
    said = spoken(monday(nova))
    assert "提携2件" in said
    assert "接点3件" in said
    assert "役割" in said
    for role in _roles(nova):
        if role.alliance_id == nova.nova.id:
            db.change(nova.session, role, {"until": date(2026, 6, 8)})
    said = nova.said(nova.row("digest"))
    assert "提携1件" in said
    assert "接点2件" in said
    assert "役割" not in said
    assert "ノヴァ" not in said


def test_an_alliance_without_lead_and_a_pause_that_ends_are_asked(nova: Town) -> None:
    for role in alliances.roles(nova.session, nova.org, nova.lumina.id):
        if role.role in ("lead", "backup"):
            db.change(nova.session, role, {"until": date(2026, 6, 2)})
    values = {"stage": "paused", "paused_until": date(2026, 6, 12)}
    db.revise(nova.session, nova.nova, values, by="", now=nova.now)
    said = spoken(monday(nova))
    assert "ルミナAI: リードがまだ決まっていません" in said
    assert "ノヴァ素材: 休止は6/12(金)までです" in said
    assert "ご判断1件・期限間近1件" in said


# ---------------------------------------------------------------- measures


def test_width_and_rows() -> None:
    assert width("提携AI") == 3
    assert [rows("あ" * n) for n in (0, 1, 22, 23, 44, 45)] == [1, 1, 1, 2, 2, 3]
    assert cut("評価試験の分担", 4) == "評価試…"
    assert cut("短い", 4) == "短い"


def test_what_matters_least_makes_way_and_a_first_ask_stays() -> None:
    line = line_of("あ" * 60)
    sections: dict[str, tuple[Line, ...]] = dict.fromkeys(("asks", "watch", "moved", "dates", "quiet"), (line,) * 3)
    kept = fitted(sections, 18)
    assert {name: len(lines) for name, lines in kept.items()} == {"asks": 3, "dates": 1, "quiet": 1}
    assert fitted({"asks": (line,)}, 1) == {"asks": (line,)}


def test_twenty_two_rows_hold_for_the_fullest_week_in_both_languages() -> None:
    for locale in ("ja", "en"):
        t = texts(locale)
        lines = tuple(line_of("長" * 60) for _ in range(3))
        sections = tuple(Section(name, lines) for name in digest_card.SECTIONS)
        facts = Week("d", date(2026, 6, 1), date(2026, 6, 5), sections, 12, 12, 30, 300)
        message = week(t, facts)
        assert height(message) <= ROWS
        assert any(block.kind == "bullets" for block in message.blocks)


# ---------------------------------------------------------------- reading on and answering


def test_a_line_opens_its_records_as_the_reader_may_see_them(nova: Town) -> None:
    full(nova)
    message = monday(nova)
    said = words(evidence.press_open(nova.ctx(nova.tanaka), press(message, "digest.open", nova.nova.id)))
    for shown in ("役員どうしで方針を確認", "当社: 試験計画", "評価試験の分担が決まらず", "● 目的: 手を打つ"):
        assert shown in said
    for secret in ("まだ届けていない文", "小さなこと", "伊藤", "佐藤", "高橋"):
        assert secret not in said
    with pytest.raises(UserError):
        evidence.press_open(nova.ctx(nova.suzuki), press(message, "digest.open", nova.nova.id))


def test_every_alliance_by_name_and_the_friction_that_was_passed_on(nova: Town) -> None:
    full(nova)
    message = monday(nova)
    listed = words(evidence.press_list(nova.ctx(nova.tanaka), press(message, "digest.list")))
    assert listed.index("ノヴァ素材") < listed.index("ルミナAI")
    assert "まだ判断できません(記録0件)" in listed
    notes = words(evidence.press_friction(nova.ctx(nova.tanaka), press(message, "digest.friction")))
    assert "評価試験の分担" in notes
    assert "役割・責任のあいまいさ 3件" in notes
    assert "小さなこと" not in notes


def test_confirmed_reaches_the_leads_once_in_their_hours(nova: Town) -> None:
    full(nova)
    message = monday(nova)
    nova.now = at(6, 8, 22)
    for _ in range(2):
        evidence.press_ack(nova.ctx(nova.tanaka), press(message, "digest.ack"))
    row = nova.row("digest.seen")
    assert len(nova.rows("digest.seen")) == 1
    assert row.member_id == nova.sato.id
    assert row.not_before == at(6, 9, 8, 30)
    assert "田中 実さんが今週の週報(ノヴァ素材、ルミナAI)を確認しました" in nova.said(row)
    assert "digest.ack" not in actions(Reply(message=nova.message(nova.row("digest"))))


def test_one_line_back_is_relayed_to_the_lead(nova: Town) -> None:
    message = monday(nova)
    form = evidence.press_reply(nova.ctx(nova.tanaka), press(message, "digest.reply")).form
    assert form is not None
    values = {"alliance": [nova.nova.id], "text": ["7/15は私も出ます"]}
    evidence.submit_reply(nova.ctx(nova.tanaka), Submit(form.name, form.id, form.version, values))
    row = nova.row("digest.reply")
    assert (row.member_id, row.weight) == (nova.sato.id, "reply")
    assert "田中 実さんから、ノヴァ素材についてひと言です" in nova.said(row)
    with pytest.raises(UserError) as raised:
        evidence.submit_reply(nova.ctx(nova.sato), Submit(form.name, form.id, form.version, values))
    assert raised.value.key == "digest.gone"


def test_a_digest_is_its_readers_alone(nova: Town) -> None:
    message = monday(nova)
    for act in (evidence.press_ack, evidence.press_reply):
        with pytest.raises(UserError):
            act(nova.ctx(nova.sato), Press("digest.ack", press(message, "digest.list").id))


def test_lines_are_cut_at_sixty_characters(nova: Town) -> None:
    nova.friction(nova.nova, "長" * 200, date(2026, 5, 1), severity=2, author=nova.ito, approved=True)
    message = monday(nova)
    for block in message.blocks:
        if block.kind == "bullets":
            assert all(width(plain(item)) <= 60 for item in block.items)
