"""Progress updates: Thursday, drafted from the log, nothing without the tap, 懸念 kept inside, questions relayed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers import update_answers, updates
from handlers.errors import UserError
from handlers.message import Form, spoken
from handlers.request import Press, Reply, Submit
from handlers.update_card import Slot, public
from storage import db
from storage import updates as stored
from storage.models import ProgressUpdate
from tests.handlers.friction_people import actions, press, pressables, words
from tests.handlers.town import Town, at, town


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Town]:
    with town(tmp_path) as made:
        made.touch("update", made.sato.id)
        yield made


def thursday(nova: Town) -> None:
    """18 June, 16:00: the first Thursday on which a fortnight has passed since the start."""
    nova.tick(at(6, 12))
    nova.tick(at(6, 18, 16))
    assert nova.goes(nova.row("update"))
    assert message_of(nova).message is not None


def message_of(nova: Town) -> Reply:
    return Reply(message=nova.message(nova.row("update")))


def drafts(nova: Town) -> dict[str, ProgressUpdate]:
    rows = stored.of_week(nova.session, nova.org, nova.sato.id, "2026-W25")
    return {nova.nova.name if row.alliance_id == nova.nova.id else nova.lumina.name: row for row in rows}


def button(nova: Town, action: str, alliance: str = "ノヴァ素材") -> Press:
    wanted = drafts(nova)[alliance].id
    found = next(item for item in pressables(message_of(nova)) if item.action == action and item.id == wanted)
    return Press(action, found.id, found.version)


# ---------------------------------------------------------------- when


def test_thursday_at_four_once_a_week_and_on_a_holiday_the_next_morning(nova: Town) -> None:
    nova.tick(at(6, 2))
    assert nova.planned("update", nova.sato.id) == at(6, 4, 16)
    nova.tick(at(6, 4, 16))
    assert nova.planned("update", nova.sato.id) == at(6, 11, 16)
    assert nova.still(nova.row("update")) == "nothing_to_share"
    nova.now = at(8, 12)
    nova.touch("update", nova.sato.id)
    nova.tick()
    # Thursday 13 August lies in お盆: Monday morning, and no second one in that week.
    assert nova.planned("update", nova.sato.id) == at(8, 17, 8, 30)
    nova.tick(at(8, 17, 8, 30))
    assert nova.planned("update", nova.sato.id) == at(8, 27, 16)


def test_who_leads_nothing_hears_nothing(nova: Town) -> None:
    nova.touch("update", nova.ito.id)
    nova.tick(at(6, 4, 16))
    assert nova.planned("update", nova.ito.id) is None


def test_at_most_two_the_longest_unshared_first(nova: Town) -> None:
    today = date(2026, 6, 18)
    assert [each.name for each in updates.turn_of(nova.session, nova.sato, "2026-W25", today)] == [
        "ノヴァ素材",
        "ルミナAI",
    ]
    db.revise(nova.session, nova.nova, {"stage": "paused"}, by="", now=nova.now)
    assert [each.name for each in updates.turn_of(nova.session, nova.sato, "2026-W25", today)] == ["ルミナAI"]
    db.revise(nova.session, nova.lumina, {"started_on": date(2026, 6, 11)}, by="", now=nova.now)
    assert updates.turn_of(nova.session, nova.sato, "2026-W25", today) == []


# ---------------------------------------------------------------- drafts


def test_the_draft_is_made_from_the_log_and_stays_as_it_was_read(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    thursday(nova)
    said = words(message_of(nova))
    assert "進捗: 6/10(水)の定例: 試作は順調" in said
    assert "押すまで、どこにも投稿されません" in said
    nova.contact(nova.nova, date(2026, 6, 18), summary="あとから書いたこと")
    assert words(message_of(nova)) == said


def test_private_records_and_colleagues_friction_stay_out_of_public_slots(nova: Town) -> None:
    hidden = nova.contact(nova.nova, date(2026, 6, 10), summary="内緒")
    db.revise(nova.session, hidden, {"visibility": "private"}, by="", now=nova.now)
    note = nova.friction(nova.nova, "伊藤さんの言い回し", date(2026, 6, 3), severity=1, author=nova.ito)
    db.revise(nova.session, note, {"state": "resolved", "closed_on": date(2026, 6, 12)}, by=nova.ito.id, now=nova.now)
    viewer = nova.ctx(nova.sato).viewer
    found = updates.material(nova.session, viewer, nova.nova, nova.ctx(nova.sato).t, date(2026, 6, 1))
    assert found == {"small_win": "ひっかかり(役割・責任のあいまいさ)が一つ解消しました"}


@pytest.mark.parametrize(
    ("count", "found", "pair"),
    [
        (0, {"progress": "x"}, ("progress", "ask")),
        (1, {"worry": "x", "progress": "x"}, ("learning", "worry")),
        (1, {"progress": "x"}, ("progress", "ask")),
        (2, {}, ("small_win", "next")),
        (3, {"ask": "x"}, ("progress", "ask")),
    ],
)
def test_the_slots_rotate_and_an_empty_pair_makes_way(count: int, found: dict[str, str], pair: tuple[str, str]) -> None:
    assert updates.choose(count, found) == pair


def test_the_lead_reads_first_what_monday_would_say(nova: Town) -> None:
    db.revise(nova.session, nova.nova, {"purpose_confirmed_on": date(2026, 1, 5)}, by="", now=nova.now)
    thursday(nova)
    assert "月曜の週報での見え方: 目的 — 目的の確認から164日" in words(message_of(nova))


# ---------------------------------------------------------------- the tap


def test_nothing_is_posted_before_the_tap_and_then_once_to_each_room(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    room = nova.link(nova.nova)
    thursday(nova)
    share = button(nova, "update.share")
    assert nova.rows("update.post") == []
    reply = update_answers.press_share(nova.ctx(nova.sato), share)
    assert "提携-ノヴァ素材 に共有します" in words(reply)
    row = nova.row("update.post")
    assert (row.room_id, row.arguments, row.weight) == (room.id, {"owner": nova.sato.id}, "reply")
    assert nova.still(row) == ""
    said = nova.said(row)
    assert "🤝 ノヴァ素材(目的: 検査を人に優しく)" in said
    assert "試作は順調" in said
    assert "共有しました" in words(message_of(nova))
    with pytest.raises(UserError) as raised:
        update_answers.press_share(nova.ctx(nova.sato), share)
    assert raised.value.key == "update.settled_before"
    assert len(nova.rows("update.post")) == 1


def test_without_a_room_the_text_is_kept_and_the_way_is_told(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    thursday(nova)
    assert "投稿先の社内チャンネルがまだありません" in words(message_of(nova))
    assert "update.share" not in {each.action for each in pressables(message_of(nova))}
    before = replace(button(nova, "update.edit"), action="update.share")  # from a message of when there was a room
    with pytest.raises(UserError) as raised:
        update_answers.press_share(nova.ctx(nova.sato), before)
    assert raised.value.key == "update.no_room_yet"
    assert drafts(nova)["ノヴァ素材"].state == "drafted"


def test_only_the_alliances_people_tap(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    nova.link(nova.nova)
    thursday(nova)
    share = button(nova, "update.share")
    for outsider in (nova.suzuki, nova.tanaka):
        with pytest.raises(UserError):
            update_answers.press_share(nova.ctx(outsider), share)
    assert nova.rows("update.post") == []


def edited(form: Form | None, **values: list[str]) -> Submit:
    assert form is not None
    return Submit(form.name, form.id, form.version, values)


def test_a_worry_stays_inside_unless_its_author_ticks(nova: Town) -> None:
    nova.link(nova.nova)
    thursday(nova)
    form = update_answers.press_edit(nova.ctx(nova.sato), button(nova, "update.edit")).form
    values = {"slot_one": ["learning"], "text_one": ["精度が出る"], "slot_two": ["worry"], "text_two": ["撮影が手間"]}
    update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **values, then=["share"]))
    said = nova.said(nova.row("update.post"))
    assert "精度が出る" in said
    assert "撮影" not in said


def test_a_worry_that_is_ticked_is_posted_and_one_alone_is_not(nova: Town) -> None:
    nova.link(nova.nova)
    nova.link(nova.lumina, "提携-ルミナ")
    thursday(nova)
    form = update_answers.press_edit(nova.ctx(nova.sato), button(nova, "update.edit")).form
    values = {"slot_one": ["worry"], "text_one": ["撮影が手間"], "slot_two": ["ask"], "then": ["share"]}
    update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **values, worry=["internal"]))
    assert "撮影が手間" in nova.said(nova.row("update.post"))
    form = update_answers.press_edit(nova.ctx(nova.sato), button(nova, "update.edit", "ルミナAI")).form
    reply = update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **values))
    assert "チャンネルには載せていません" in words(reply)
    assert len(nova.rows("update.post")) == 1


def test_kept_drafts_wait_and_older_buttons_say_so(nova: Town) -> None:
    nova.link(nova.nova)
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    thursday(nova)
    old = button(nova, "update.share")
    form = update_answers.press_edit(nova.ctx(nova.sato), button(nova, "update.edit")).form
    same = {"slot_one": ["ask"], "slot_two": ["ask"]}
    with pytest.raises(UserError) as raised:
        update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **same))
    assert raised.value.field == "slot_two"
    update_answers.submit_edit(nova.ctx(nova.sato), edited(form, text_one=["直した"], then=["keep"]))
    assert nova.rows("update.post") == []
    assert "直した" in words(message_of(nova))
    with pytest.raises(UserError) as raised:
        update_answers.press_share(nova.ctx(nova.sato), old)
    assert raised.value.key == "update.changed"


def test_no_change_is_an_answer_and_rests_for_a_fortnight(nova: Town) -> None:
    thursday(nova)
    assert actions(message_of(nova)) == {"update.edit", "update.no_change"}
    update_answers.press_no_change(nova.ctx(nova.sato), button(nova, "update.no_change"))
    update_answers.press_no_change(nova.ctx(nova.sato), button(nova, "update.no_change", "ルミナAI"))
    assert actions(message_of(nova)) == set()
    assert updates.turn_of(nova.session, nova.sato, "2026-W26", date(2026, 6, 25)) == []
    assert len(updates.turn_of(nova.session, nova.sato, "2026-W27", date(2026, 7, 2))) == 2


# ---------------------------------------------------------------- 懸念


def worry_of(nova: Town) -> str:
    ctx = nova.ctx(nova.sato)
    return updates.material(nova.session, ctx.viewer, nova.nova, ctx.t, date(2026, 6, 1)).get("worry", "")


def test_a_colleagues_small_note_gives_a_worry_only_its_category(nova: Town) -> None:
    nova.friction(nova.nova, "伊藤さんの言い回し", date(2026, 6, 3), severity=1, author=nova.ito)
    assert worry_of(nova) == "ひっかかり(役割・責任のあいまいさ)があります"


def test_a_worry_quotes_the_leads_own_note_and_what_its_author_opened(nova: Town) -> None:
    nova.friction(nova.nova, "撮影が手間", date(2026, 6, 3), severity=1, author=nova.sato)
    assert worry_of(nova) == "撮影が手間"
    graver = nova.friction(nova.nova, "分担が未定", date(2026, 6, 3), severity=2, author=nova.ito, approved=True)
    assert worry_of(nova) == "分担が未定"
    db.revise(nova.session, graver, {"text": "分担が未定で困る"}, by=nova.ito.id, now=nova.now)
    assert worry_of(nova) == "分担が未定"


WORRIED = {"slot_one": ["progress"], "text_one": ["試作は順調"], "slot_two": ["worry"], "text_two": ["撮影が手間"]}


def worried(nova: Town) -> Form | None:
    """The form of a draft that says something as 進捗 and something as 懸念."""
    nova.link(nova.nova)
    thursday(nova)
    values = {name: value for name, (value,) in WORRIED.items()}
    stored.revise(nova.session, drafts(nova)["ノヴァ素材"], values, by=nova.sato.id, now=nova.now)
    return update_answers.press_edit(nova.ctx(nova.sato), button(nova, "update.edit")).form


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slot_two": ["learning"]}, "slot_two"),
        ({"slot_two": ["learning"], "text_two": ["撮影に時間がかかる"]}, "slot_two"),
        ({"text_one": ["撮影が手間です"], "text_two": [""]}, "slot_one"),
    ],
)
def test_a_worry_under_another_name_stays_inside(nova: Town, values: dict[str, list[str]], field: str) -> None:
    form = worried(nova)
    with pytest.raises(UserError) as raised:
        update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **{**WORRIED, **values}, then=["share"]))
    assert (raised.value.key, raised.value.field) == ("update.worry.moved", field)
    assert nova.rows("update.post") == []
    ticked = edited(form, **{**WORRIED, **values}, worry=["internal"], then=["share"])
    update_answers.submit_edit(nova.ctx(nova.sato), ticked)
    assert len(nova.rows("update.post")) == 1


def test_a_worry_that_is_taken_out_makes_room_for_something_else(nova: Town) -> None:
    form = worried(nova)
    update_answers.submit_edit(nova.ctx(nova.sato), edited(form, **{**WORRIED, "text_two": [""]}, then=["share"]))
    assert "撮影" not in nova.said(nova.row("update.post"))


def test_nobody_but_the_lead_opens_the_leads_worry(nova: Town) -> None:
    form = worried(nova)
    with pytest.raises(UserError) as raised:
        update_answers.submit_edit(nova.ctx(nova.takahashi), edited(form, **WORRIED, worry=["internal"]))
    assert raised.value.key == "update.worry.not_yours"


def test_public_slots() -> None:
    slots = (Slot("worry", "x"), Slot("ask", ""))
    assert public(slots, worry_internal=False) == ()
    assert public(slots, worry_internal=True) == (Slot("worry", "x"),)


# ---------------------------------------------------------------- questions


def test_a_question_goes_to_the_lead_and_the_answer_to_who_asked(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    nova.link(nova.nova)
    thursday(nova)
    update_answers.press_share(nova.ctx(nova.sato), button(nova, "update.share"))
    posted = nova.message(nova.row("update.post"))
    assert posted is not None
    form = update_answers.press_ask(nova.ctx(nova.suzuki), press(posted, "update.ask")).form
    update_answers.submit_ask(nova.ctx(nova.suzuki), edited(form, text=["競合しませんか"]))
    row = nova.row("update.question")
    assert (row.member_id, row.weight) == (nova.sato.id, "reply")
    asked = nova.message(row)
    assert asked is not None
    assert "鈴木 舞さんから" in spoken(asked)
    with pytest.raises(UserError):
        update_answers.press_answer(nova.ctx(nova.suzuki), press(asked, "update.answer"))
    form = update_answers.press_answer(nova.ctx(nova.sato), press(asked, "update.answer")).form
    update_answers.submit_answer(nova.ctx(nova.sato), edited(form, text=["用途が異なります"]))
    answer = nova.row("update.answer")
    assert answer.member_id == nova.suzuki.id
    assert "佐藤 花子さんからお返事です" in nova.said(answer)
    assert "お返事済みです" in nova.said(row)


def test_a_draft_isnt_there_for_others_to_ask_about(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 6, 10), summary="試作は順調")
    thursday(nova)
    message_of(nova)
    row = drafts(nova)["ノヴァ素材"]
    with pytest.raises(UserError):
        update_answers.press_ask(nova.ctx(nova.suzuki), Press("update.ask", row.id))
