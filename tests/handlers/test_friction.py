"""Stories of friction notes: widened by their author's click, changed by one tap, solved, and seen by rights."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers import friction, friction_card, friction_form, friction_list
from handlers.errors import UserError
from handlers.message import Form, Menu, Message, Quote, plain, spoken
from handlers.request import Press, Reply, Submit
from handlers.text import texts
from handlers.tone import only_blames
from storage import friction as stored
from storage import people
from storage.models import Audit, Entry, Friction, Member
from tests.handlers.friction_people import Company, actions, company, of_blocks, press, words


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def write(
    at: Company, author: Member, text: str = "評価試験の分担が決まらない", *, severity: int = 1, visibility: str = ""
) -> Friction:
    return friction.note(
        at.ctx(author),
        alliance=at.nova,
        entry_id=at.entry(author).id,
        touchpoint_id=None,
        on=date(2026, 7, 1),
        severity=severity,
        text=text,
        visibility=visibility,
    )


def card(at: Company, person: Member, row: Friction) -> Reply:
    return friction.show(at.ctx(person), Press("friction.show", row.id))


def fresh(at: Company, person: Member, row: Friction) -> Friction:
    found = stored.get(at.session, people.viewer_of(at.session, person), row.id)
    assert found is not None
    return found


# ---------------------------------------------------------------- written


def test_a_small_note_is_the_teams_and_managers_are_not_asked_for(nova: Company) -> None:
    row = write(nova, nova.lead)
    assert (row.visibility, row.widening, row.version) == ("team", "none", 1)
    said = words(friction.saved(nova.ctx(nova.lead), row))
    assert "ノヴァ素材" in said
    assert "3人以上" in said
    options = next(
        i for i in of_blocks(friction.blocks(nova.ctx(nova.lead), row)) if i.action == "talk.friction.visibility"
    )
    assert isinstance(options, Menu)
    assert [option.value for option in options.options] == ["private", "team", "internal"]


def test_a_grave_note_shows_the_very_sentence_and_one_click_widens_it(nova: Company) -> None:
    row = write(nova, nova.lead, severity=3)
    assert (row.visibility, row.widening) == ("team", "pending")
    answer = friction.saved(nova.ctx(nova.lead), row)
    quotes = [plain(block.line) for block in answer.blocks if isinstance(block, Quote)]
    assert quotes == ["評価試験の分担が決まらない"]
    assert "推測される" in spoken(answer)
    assert "次の週報" in spoken(answer)
    reply = friction.widen(nova.ctx(nova.lead), press(answer, "friction.widen"))
    assert reply.replace
    row = fresh(nova, nova.lead, row)
    assert (row.visibility, row.widening, row.approved_text, row.approved_version) == (
        "managers",
        "approved",
        "評価試験の分担が決まらない",
        row.version,
    )
    audit = nova.session.exec(select(Audit).where(col(Audit.subject_id) == row.id)).one()
    assert audit.action == "friction.widened.managers"


def test_chosen_in_the_form_private_stays_private_and_managers_asks(nova: Company) -> None:
    private = write(nova, nova.lead, severity=3, visibility="private")
    assert (private.visibility, private.widening) == ("private", "none")
    assert (write(nova, nova.lead, severity=2, visibility="managers")).widening == "pending"
    internal = write(nova, nova.lead, severity=2, visibility="internal")
    assert (internal.visibility, internal.widening) == ("internal", "approved")
    assert write(nova, nova.lead, severity=9, visibility="everyone").severity == 3


def test_blame_alone_gets_a_hint_and_facts_do_not(nova: Company) -> None:
    assert only_blames("先方の担当者がいい加減")
    assert only_blames("they are so lazy")
    assert not only_blames("先方の担当者がいい加減で、試作の返事が3週間来ていない")
    assert not only_blames("評価試験の分担が決まらない")
    assert not only_blames("nobody answered our mail of 3 July, which is terrible for the test plan")
    row = write(nova, nova.lead, "先方がいい加減")
    assert "何が起きて" in words(friction.saved(nova.ctx(nova.lead), row))
    assert "何が起きて" not in words(card(nova, nova.team[0], row))


# ---------------------------------------------------------------- changed


def test_an_edit_of_the_words_asks_again_and_managers_read_nothing_meanwhile(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    friction.widen(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.widen"))
    form = friction.edit(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.edit")).form
    assert form is not None
    values = {"text": ["分担表がない"], "category": ["ROLE"], "severity": ["2"], "visibility": ["managers"]}
    reply = friction.save(nova.ctx(nova.lead), Submit(form.name, form.id, form.version, values))
    assert "friction.widen" in actions(reply)
    row = fresh(nova, nova.lead, row)
    assert (row.text, row.visibility, row.widening) == ("分担表がない", "team", "pending")
    assert stored.get(nova.session, people.viewer_of(nova.session, nova.manager), row.id) is None


def test_the_form_gives_back_the_text_when_the_note_has_changed(nova: Company) -> None:
    row = write(nova, nova.lead)
    seen = row.version
    friction.set_category(nova.ctx(nova.team[0]), Press("friction.category", row.id, row.version, "DECISION"))
    values = {"text": ["書き直した文"], "severity": ["1"]}
    with pytest.raises(UserError) as caught:
        friction.save(nova.ctx(nova.lead), Submit("friction.edit", row.id, seen, values))
    assert caught.value.key == "friction.changed"
    assert caught.value.values == {"what": "種類"}
    assert caught.value.text == "書き直した文"


def test_an_outdated_press_changes_nothing_and_shows_what_changed(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    old = press(card(nova, nova.lead, row), "friction.widen")
    friction.take(nova.ctx(nova.team[0]), press(card(nova, nova.team[0], row), "friction.take"))
    reply = friction.widen(nova.ctx(nova.lead), old)
    assert "状態、担当が変わっていたため" in words(reply)
    assert fresh(nova, nova.lead, row).widening == "pending"
    friction.widen(nova.ctx(nova.lead), press(reply, "friction.widen"))
    assert fresh(nova, nova.lead, row).widening == "approved"


def test_pressing_twice_is_no_quarrel(nova: Company) -> None:
    row = write(nova, nova.lead)
    taken = press(card(nova, nova.lead, row), "friction.take")
    friction.take(nova.ctx(nova.lead), taken)
    version = fresh(nova, nova.lead, row).version
    assert "変わっていました" not in words(friction.take(nova.ctx(nova.lead), taken))
    assert fresh(nova, nova.lead, row).version == version


def test_severity_by_one_tap_asks_and_takes_back(nova: Company) -> None:
    row = write(nova, nova.lead)
    reply = friction.set_severity(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.severity", "2"))
    assert fresh(nova, nova.lead, row).widening == "pending"
    reply = friction.widen(nova.ctx(nova.lead), press(reply, "friction.widen"))
    reply = friction.set_severity(nova.ctx(nova.lead), press(reply, "friction.severity", "1"))
    assert (fresh(nova, nova.lead, row).visibility, fresh(nova, nova.lead, row).widening) == ("team", "none")


def test_keeping_it_in_the_team_is_an_answer_that_lasts(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    reply = friction.keep(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.keep"))
    assert "friction.widen" not in actions(reply)
    reply = friction.set_severity(nova.ctx(nova.lead), press(reply, "friction.severity", "3"))
    assert "friction.widen" not in actions(reply)
    reply = friction.set_visibility(nova.ctx(nova.lead), press(reply, "friction.visibility", "managers"))
    assert "friction.widen" in actions(reply)


# ---------------------------------------------------------------- the course of things


def test_taken_up_told_solved_and_reopened(nova: Company) -> None:
    mate = nova.team[0]
    row = write(nova, nova.lead)
    reply = friction.take(nova.ctx(mate), press(card(nova, mate, row), "friction.take"))
    assert "高橋さん" in words(reply)
    reply = friction.told(nova.ctx(mate), press(reply, "friction.told", "told"))
    assert "7/6" in words(reply)
    reply = friction.resolve(nova.ctx(mate), press(reply, "friction.resolve"))
    assert (fresh(nova, mate, row).state, fresh(nova, mate, row).closed_on) == ("resolved", date(2026, 7, 6))
    reply = friction.resolve(nova.ctx(mate), press(reply, "friction.resolve", "together"))
    assert "先方と一緒に解決" in words(reply)
    reply = friction.reopen(nova.ctx(mate), press(reply, "friction.reopen"))
    row = fresh(nova, mate, row)
    assert (row.state, row.resolution, row.closed_on) == ("open", "", None)
    reply = friction.accept(nova.ctx(mate), press(reply, "friction.accept"))
    assert fresh(nova, mate, row).state == "accepted"


@pytest.mark.parametrize("choice", ["", "nonsense", "9", "-1"])
def test_invented_choices_change_nothing(nova: Company, choice: str) -> None:
    row = write(nova, nova.lead)
    for run in (friction.set_category, friction.set_severity, friction.set_visibility, friction.told):
        with pytest.raises(UserError):
            run(nova.ctx(nova.lead), Press("x", row.id, row.version, choice))
    assert fresh(nova, nova.lead, row).version == 1


# ---------------------------------------------------------------- rights


def test_managers_outside_the_team_see_the_sentence_and_nobody_behind_it(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    with pytest.raises(UserError, match=r"friction\.gone"):
        card(nova, nova.manager, row)
    friction.widen(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.widen"))
    friction.take(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.take"))
    seen = card(nova, nova.manager, row)
    assert "評価試験の分担" in words(seen)
    assert "佐藤" not in words(seen)
    assert not actions(seen)
    with pytest.raises(UserError, match=r"friction\.not_yours"):
        friction.resolve(nova.ctx(nova.manager), Press("friction.resolve", row.id, row.version))


def test_the_team_sees_whom_to_ask_but_only_the_author_decides_who_reads(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    seen = card(nova, nova.team[0], row)
    assert "佐藤さん" in words(seen)
    assert "確認待ち" in words(seen)
    assert not {"friction.widen", "friction.visibility"} & actions(seen)
    for run in (friction.widen, friction.keep, friction.set_visibility):
        with pytest.raises(UserError, match=r"friction\.author_only"):
            run(nova.ctx(nova.team[0]), Press("x", row.id, row.version, "internal"))
    values = {"text": [row.text], "visibility": ["internal"]}
    friction.save(nova.ctx(nova.team[0]), Submit("friction.edit", row.id, row.version, values))
    assert fresh(nova, nova.lead, row).visibility == "team"


def test_private_is_private_and_others_cannot_even_tell_that_it_is_there(nova: Company) -> None:
    row = write(nova, nova.lead, visibility="private")
    for person in (*nova.team, nova.manager, nova.stranger):
        with pytest.raises(UserError, match=r"friction\.gone"):
            card(nova, person, row)
    assert "あなただけ" in words(card(nova, nova.lead, row))


def test_made_private_it_leaves_whoever_had_taken_it_up(nova: Company) -> None:
    row = write(nova, nova.lead)
    friction.take(nova.ctx(nova.team[0]), press(card(nova, nova.team[0], row), "friction.take"))
    friction.set_visibility(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.visibility", "private"))
    with pytest.raises(UserError, match=r"friction\.gone"):
        card(nova, nova.team[0], row)


# ---------------------------------------------------------------- list and done


def test_the_list_is_by_rights_and_leads_to_the_card(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    write(nova, nova.team[0], "返信が遅い", severity=0)
    listed = friction.open_list(nova.ctx(nova.lead), "")
    assert "返信が遅い" in words(listed)
    assert row.text in words(friction.show(nova.ctx(nova.lead), press(listed, "friction.show")))
    managers = words(friction.open_list(nova.ctx(nova.manager), "ノヴァ素材"))
    assert "返信が遅い" not in managers
    assert row.text not in managers
    for author in (nova.lead, nova.team[1]):
        for note in ("返信が遅い", "返信が遅い"):
            friction.set_category(nova.ctx(author), Press("x", write(nova, author, note, severity=0).id, 1, "COMMS"))
    friction.set_category(
        nova.ctx(nova.team[0]), Press("x", write(nova, nova.team[0], "また遅い", severity=0).id, 1, "COMMS")
    )
    counted = words(friction.open_list(nova.ctx(nova.manager), "ノヴァ素材"))
    assert "連絡・共有の滞り 6件" in counted
    assert "返信が遅い" not in counted
    assert "ひっかかりはありません" not in counted.replace("共有されている未解決のひっかかりはありません", "")


def test_done_closes_the_only_open_note_with_its_words(nova: Company) -> None:
    row = write(nova, nova.lead, severity=2)
    friction.widen(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.widen"))
    friction.done(nova.ctx(nova.lead), "ノヴァ素材 分担表で合意 一緒に")
    row = fresh(nova, nova.lead, row)
    assert (row.state, row.resolution) == ("resolved", "together")
    assert row.outcome == "分担表で合意"
    assert "分担表" not in words(card(nova, nova.manager, row))
    friction.reopen(nova.ctx(nova.lead), press(card(nova, nova.lead, row), "friction.reopen"))
    row = fresh(nova, nova.lead, row)
    assert (row.outcome, row.widening) == ("", "approved")


def test_done_among_several_keeps_the_words_until_one_is_chosen(nova: Company) -> None:
    first, second = write(nova, nova.lead), write(nova, nova.lead, "返信が遅い", severity=0)
    reply = friction.done(nova.ctx(nova.lead), "ノヴァ素材 話して納得 together")
    assert "話して納得" in words(reply)
    pressed = next(
        Press(item.action, item.id, item.version, item.choice)
        for item in of_blocks(reply.message.blocks if reply.message else ())
        if item.id == second.id and not isinstance(item, Menu)
    )
    friction.done_this(nova.ctx(nova.lead), pressed)
    assert fresh(nova, nova.lead, first).state == "open"
    closed = fresh(nova, nova.lead, second)
    assert (closed.state, closed.resolution) == ("resolved", "together")
    assert (closed.text, closed.outcome) == ("返信が遅い", "話して納得")
    assert "変わっていました" not in words(friction.done_this(nova.ctx(nova.lead), pressed))
    entry = nova.session.exec(select(Entry).where(col(Entry.verb) == "friction.done")).one()
    with pytest.raises(UserError):
        friction.done_this(nova.ctx(nova.team[0]), replace(pressed, id=first.id, choice=entry.id))


def test_done_finds_the_note_by_a_word_of_it(nova: Company) -> None:
    first, second = write(nova, nova.lead), write(nova, nova.lead, "返信が遅い")
    friction.done(nova.ctx(nova.lead), "ノヴァ素材 返信 自然に")
    assert fresh(nova, nova.lead, first).state == "open"
    assert fresh(nova, nova.lead, second).resolution == "faded"


def test_done_without_anything_open_gives_the_text_back(nova: Company) -> None:
    with pytest.raises(UserError) as caught:
        friction.done(nova.ctx(nova.lead), "ノヴァ素材 合意")
    assert caught.value.text == "ノヴァ素材 合意"


@pytest.mark.parametrize(("word", "wanted"), [("list", "list"), ("一覧", "list"), ("DONE", "done"), ("解決", "done")])
def test_words_after_the_command(word: str, wanted: str) -> None:
    assert friction.is_list(word) == (wanted == "list")
    assert friction.is_done(word) == (wanted == "done")
    assert not friction.is_done("解決策が決まらない")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_message_can_be_composed(locale: str) -> None:
    for template in (*friction_card.TEMPLATES, *friction_list.TEMPLATES, *friction_form.TEMPLATES):
        example = template.example(texts(locale))
        assert isinstance(example, Message | Form)
        assert not isinstance(example, Message) or example.preview


def test_a_text_longer_than_the_box_keeps_its_end(nova: Company) -> None:
    row = write(nova, nova.lead, "あ" * 3000 + "終わり")
    values = {"text": ["い" * 10]}
    friction.save(nova.ctx(nova.lead), Submit("friction.edit", row.id, row.version, values))
    assert fresh(nova, nova.lead, row).text == "い" * 10 + "終わり"
