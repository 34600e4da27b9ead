"""Cards and forms of Teams: pressed, opened, sent in, sent in twice, tampered with, forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.payload import as_json, text_at
from bot.teams.press import press_data
from handlers.request import Account, Press, Reply, Submit
from storage import people
from storage.db import unit_of_work
from storage.models import Entry
from tests import factories
from tests.bot.teams.stage import (
    CARD,
    EDIT,
    EMMA,
    INSIDE,
    SUZUKI,
    TANAKA,
    Json,
    Stage,
    action,
    dialog,
    parts,
    said,
    staged,
    words,
)
from tests.tenant import TENANT, Person, Post, aad

DONE = Reply(said("直しました"), replace=True)


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


def opened(stage: Stage, card: Post) -> tuple[Json, Json]:
    """The form behind [直す]: the activity that asked for it and the card that the dialog shows."""
    stage.replies(Reply(form=EDIT))
    fetch = stage.does.task_fetch(TANAKA, card, action(card.card, "直す"))
    return fetch, dialog(stage.take(fetch))


# ---------------------------------------------------------------- presses


def test_a_press_replaces_its_card_at_once_and_for_good(stage: Stage) -> None:
    card = stage.card(TANAKA)
    stage.replies(Reply(said("取り消しました"), replace=True))
    answer = stage.take(stage.does.execute(TANAKA, card, action(card.card, "取り消す")))
    assert stage.asked.intent == Press("entry.undo", "e1", 3)
    assert stage.asked.place.message == card.id
    assert answer["type"] == "application/vnd.microsoft.card.adaptive"
    assert "取り消しました" in words(answer["value"])
    (standing,) = stage.chat(TANAKA)
    assert "取り消しました" in words(standing.card)


def test_a_press_that_replaces_nothing_is_answered_below(stage: Stage) -> None:
    card = stage.card(TANAKA)
    stage.replies(Reply(said("こちらです")))
    press = stage.does.execute(TANAKA, card, action(card.card, "取り消す"))
    answer = stage.take(press)
    assert answer["type"] == "application/vnd.microsoft.activity.message"
    assert "下にお返事" in answer["value"]
    assert stage.take(press) == answer
    assert ["こちらです" in words(each.card) for each in stage.chat(TANAKA)] == [False, True]


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (429, "", "表示できませんでした"),
        (500, "", "表示できませんでした"),
        (403, "MessageWritesBlocked", "追加"),
        (403, "BotNotInConversationRoster", "追加"),
    ],
)
def test_a_press_whose_answer_does_not_arrive_says_why(stage: Stage, status: int, code: str, told: str) -> None:
    card = stage.card(TANAKA)
    stage.connector.fail("post", status, code, times=40)
    stage.replies(Reply(said("こちらです")))
    press = stage.does.execute(TANAKA, card, action(card.card, "取り消す"))
    assert told in stage.take(press)["value"]
    stage.connector.faults.clear()
    if code == "":
        assert "下にお返事" in stage.take(press)["value"]
        assert "こちらです" in words(stage.chat(TANAKA)[-1].card)


def test_a_press_in_a_busy_moment_is_answered_below_a_little_later(stage: Stage) -> None:
    card = stage.card(TANAKA)
    stage.connector.fail("post", 429, times=4)
    stage.replies(Reply(said("こちらです")))
    answer = stage.take(stage.does.execute(TANAKA, card, action(card.card, "取り消す")))
    assert "下にお返事" in answer["value"]
    assert ["こちらです" in words(each.card) for each in stage.chat(TANAKA)] == [False, True]


def test_an_old_client_gets_the_same(stage: Stage) -> None:
    card = stage.card(TANAKA)
    stage.replies(Reply(said("取り消しました"), replace=True))
    stage.take(stage.does.submit(TANAKA, card, action(card.card, "取り消す")))
    (standing,) = stage.chat(TANAKA)
    assert "取り消しました" in words(standing.card)
    stage.replies(Reply(said("こちらです")))
    stage.take(stage.does.submit(TANAKA, card, action(CARD_DATA, "取り消す")))
    assert "こちらです" in words(stage.chat(TANAKA)[-1].card)


CARD_DATA: Json = {
    "type": "Action.Submit",
    "title": "取り消す",
    "data": {"kakehashi": {"do": "press", "action": "entry.undo", "id": "e1", "version": 3, "choice": ""}},
}


def test_a_card_for_one_person_in_a_room_is_replaced_for_them_only(stage: Stage) -> None:
    card = stage.card(TANAKA, room=INSIDE)
    stage.replies(Reply(said("取り消しました"), replace=True))
    answer = stage.take(stage.does.execute(TANAKA, card, action(card.card, "取り消す")))
    assert "取り消しました" in words(answer)
    (standing,) = stage.room(TANAKA, INSIDE)
    assert "取り消しました" in words(standing.card)
    assert stage.room(SUZUKI, INSIDE) == []


def test_a_card_that_all_read_never_takes_a_private_answer(stage: Stage) -> None:
    public = Post("1790", INSIDE.id, {}, "28:bot")
    stage.take(stage.does.message(TANAKA, "今日"))
    stage.replies(Reply(said("あなただけに"), replace=True))
    answer = stage.take(stage.does.execute(TANAKA, public, CARD_DATA))
    assert "あなただけに" not in words(answer)
    assert "あなただけに" in words(stage.chat(TANAKA)[-1].card)
    assert (stage.room(SUZUKI, INSIDE), stage.connector.called("update")) == ([], [])


def test_a_press_in_a_room_says_that_its_answer_is_in_the_chat(stage: Stage) -> None:
    public = Post("1790", INSIDE.id, {}, "28:bot")
    stage.take(stage.does.message(TANAKA, "今日"))
    stage.replies(Reply(said("あなただけに")))
    assert "チャットにお送りしました" in stage.take(stage.does.execute(TANAKA, public, CARD_DATA))["value"]


def test_a_card_that_cannot_be_changed_is_followed_by_the_answer(stage: Stage) -> None:
    card = stage.card(TANAKA)
    stage.connector.fail("update", 404, "ActivityNotFoundInConversation")
    stage.replies(Reply(said("取り消しました"), replace=True))
    stage.take(stage.does.execute(TANAKA, card, action(card.card, "取り消す")))
    assert "取り消しました" in words(stage.chat(TANAKA)[-1].card)


@pytest.mark.parametrize("data", [{}, {"kakehashi": 3}, {"kakehashi": {"do": "fly"}}, {"other": "app"}, {"x": [1]}])
def test_data_of_another_time_or_make_is_answered_with_a_sentence(stage: Stage, data: Json) -> None:
    card = stage.card(TANAKA)
    before = len(stage.script.asked)
    odd: Json = {"type": "Action.Execute", "data": data}
    assert "古く" in words(stage.take(stage.does.execute(TANAKA, card, odd)))
    assert "古く" in words(dialog(stage.take(stage.does.task_fetch(TANAKA, card, odd))))
    assert "古く" in words(
        dialog(stage.take(stage.does.task_submit(TANAKA, stage.does.task_fetch(TANAKA, card, odd), odd)))
    )
    if data:
        stage.take(stage.does.submit(TANAKA, card, odd))
        assert "古く" in words(stage.chat(TANAKA)[-1].card)
    assert len(stage.script.asked) == before


@pytest.mark.parametrize(("who", "own", "told"), [(EMMA, "ja", "古く"), (TANAKA, "en", "out of date")])
def test_an_apology_is_said_in_the_persons_own_language(stage: Stage, who: Person, own: str, told: str) -> None:
    with unit_of_work(stage.database) as session:
        place = people.workspace(session, "teams", TENANT)
        assert place is not None
        member = factories.member(session, place.organisation_id, name=who.name, locale=own)
        factories.account(session, member, place, user=who.aad)
    card = stage.card(who)
    odd: Json = {"type": "Action.Execute", "data": {"other": "app"}}
    assert told in words(stage.take(stage.does.execute(who, card, odd)))
    assert told in words(dialog(stage.take(stage.does.task_fetch(who, card, odd))))
    assert told in words(dialog(stage.take(stage.does.fetch_task(who, "nonsense"))))


# ---------------------------------------------------------------- forms


def test_a_form_opens_from_a_card_and_its_answer_takes_the_cards_place(stage: Stage) -> None:
    card = stage.card(TANAKA)
    fetch, form = opened(stage, card)
    assert stage.asked.intent == Press("entry.edit", "e1", 3)
    stage.replies(DONE)
    sent = stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "定例 & 見積"})
    assert stage.take(sent) == {}
    assert stage.asked.intent == Submit("touchpoint.edit", "e1", 3, {"text": ["定例 & 見積"]})
    (standing,) = stage.chat(TANAKA)
    assert "直しました" in words(standing.card)


def test_an_answer_that_replaces_nothing_stands_below_the_card(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.replies(Reply(said("記録を増やしました")))
    sent = stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "x"})
    assert stage.take(sent) == {}
    assert stage.take(stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "x"})) == {}
    assert ["増やし" in words(each.card) for each in stage.chat(TANAKA)] == [False, True]


def test_where_the_chat_is_closed_the_dialog_shows_the_answer(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.connector.fail("post", 403, "MessageWritesBlocked")
    stage.replies(Reply(said("記録を増やしました")))
    sent = stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "x"})
    assert "増やし" in words(dialog(stage.take(sent)))


def test_errors_come_back_with_what_was_typed_and_a_correction_works(stage: Stage) -> None:
    card = stage.card(TANAKA)
    fetch, form = opened(stage, card)
    stage.replies(Reply(errors={"text": "短くお願いします", "": "全体の注意"}))
    again = dialog(stage.take(stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "とても長い文"})))
    assert all(part in words(again) for part in ("短くお願いします", "全体の注意", "とても長い文"))
    stage.replies(DONE)
    assert stage.take(stage.does.task_submit(TANAKA, fetch, action(again, "保存"), {"f:text": "短い"})) == {}
    assert "直しました" in words(stage.chat(TANAKA)[-1].card)


def test_after_a_restart_errors_give_the_words_back(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.restart()
    stage.replies(Reply(errors={"text": "短くお願いします"}))
    told = words(dialog(stage.take(stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "長い文"}))))
    assert all(part in told for part in ("短くお願いします", "もう一度開いて", "長い文"))
    assert "時間" not in told


def test_what_is_given_back_is_what_was_typed_and_no_id(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.restart()
    stage.replies(Reply(errors={"text": "短くお願いします"}))
    typed = {"f:text": "長い文", "f:owner": SUZUKI.aad, "f:on": "2026-11-20", "f:kind": "call"}
    told = words(dialog(stage.take(stage.does.task_submit(TANAKA, fetch, action(form, "保存"), typed))))
    assert "長い文" in told
    assert all(part not in told for part in (SUZUKI.aad, "2026-11-20", "call"))


def test_a_form_sent_again_with_other_words_says_that_it_was_sent(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.replies(DONE)
    first = stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "x"})
    other = stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "y"})
    assert stage.take(first) == {}
    assert "もう送信済み" in words(dialog(stage.take(other)))
    assert stage.take(first) == {}
    assert "もう送信済み" in words(dialog(stage.take(other)))


def test_a_restart_between_opening_and_sending_loses_nothing(stage: Stage) -> None:
    fetch, form = opened(stage, stage.card(TANAKA))
    stage.restart()
    stage.replies(DONE)
    answer = stage.take(stage.does.task_submit(TANAKA, fetch, action(form, "保存"), {"f:text": "x"}))
    assert "直しました" in words(dialog(answer))
    assert len(stage.chat(TANAKA)) == 1


def test_somebody_elses_form_changes_no_card_of_theirs_and_shares_no_answer(stage: Stage) -> None:
    card = stage.card(TANAKA)
    fetched, form = opened(stage, card)
    theirs = stage.card(SUZUKI)
    fetch = stage.does.task_fetch(SUZUKI, theirs, action(theirs.card, "直す"))
    stage.replies(DONE)
    answer = stage.take(stage.does.task_submit(SUZUKI, fetch, action(form, "保存"), {"f:text": "x"}))
    assert "直しました" in words(dialog(answer))
    assert "記録しました" in words(stage.chat(TANAKA)[0].card)
    assert "記録しました" in words(stage.chat(SUZUKI)[0].card)
    stage.take(stage.does.task_submit(TANAKA, fetched, action(form, "保存"), {"f:text": "x"}))
    keys = {request.key for request in stage.script.asked if isinstance(request.intent, Submit)}
    assert len(keys) == 2


def test_people_fields_offer_colleagues_and_name_them(tmp_path: Path) -> None:
    with staged(tmp_path, desk=True) as stage:
        for who in (SUZUKI, TANAKA):
            stage.take(stage.does.message(who, "こんにちは"))
        new: Json = {"type": "Action.Submit", "data": press_data(Press("alliance.new"))}
        fetch = stage.does.task_fetch(TANAKA, stage.chat(TANAKA)[-1], new)
        form = dialog(stage.take(fetch))
        assert SUZUKI.name in words(form)
        typed = {**_inputs(form), "f:name": "ノヴァ素材", "f:backup": f"{SUZUKI.aad},{aad(77)}"}
        stage.take(stage.does.task_submit(TANAKA, fetch, _carrying(form), typed))
        sent = stage.asked
        assert isinstance(sent.intent, Submit)
        assert sent.people == {SUZUKI.aad: Account(SUZUKI.aad, SUZUKI.name)}
        assert "ノヴァ素材" in words(stage.chat(TANAKA)[-1].card)


def test_a_form_in_the_chat_is_replaced_by_its_answer_or_put_away(stage: Stage) -> None:
    for title, told in (("保存", "直しました"), ("やめる", "やめました")):
        stage.replies(Reply(form=EDIT))
        stage.take(stage.does.message(TANAKA, "編集"))
        form = stage.chat(TANAKA)[-1]
        stage.replies(Reply(errors={"text": "短くお願いします"}))
        stage.take(stage.does.submit(TANAKA, form, action(form.card, "保存"), {"f:text": "長い文"}))
        assert "短くお願いします" in words(form.card)
        assert "長い文" in words(form.card)
        stage.replies(Reply(said("直しました")))
        stage.take(stage.does.submit(TANAKA, form, action(form.card, title), {"f:text": "短い"}))
        assert told in words(form.card)
    assert len(stage.chat(TANAKA)) == 2


def test_a_late_answer_that_changes_its_card_stands_once(tmp_path: Path) -> None:
    with staged(tmp_path, patience=0.05) as stage:
        card = stage.card(TANAKA)
        stage.settle()
        stage.script.held = asyncio.Event()
        stage.replies(DONE)
        late = stage.take(stage.does.task_fetch(TANAKA, card, action(card.card, "直す")), settle=False)
        assert "時間がかかって" in words(dialog(late))
        stage.script.held.set()
        stage.settle()
        (standing,) = stage.chat(TANAKA)
        assert "直しました" in words(standing.card)


# ---------------------------------------------------------------- inside a dialog


def test_buttons_of_an_answer_in_a_dialog_go_on_in_the_dialog(stage: Stage) -> None:
    source = Post("1795", INSIDE.id, {"text": "試作は順調"}, SUZUKI.mri)
    stage.replies(Reply(CARD))
    fetch = stage.does.fetch_task(TANAKA, "capture", room=INSIDE, source=source)
    shown = dialog(stage.take(fetch))
    undo = action(shown, "取り消す")
    assert undo["type"] == "Action.Submit"
    stage.replies(Reply(said("取り消しました"), replace=True))
    assert "取り消しました" in words(dialog(stage.take(stage.does.submit_action(fetch, undo))))
    assert stage.asked.intent == Press("entry.undo", "e1", 3)
    stage.replies(Reply(form=EDIT))
    form = dialog(stage.take(stage.does.submit_action(fetch, action(shown, "直す"))))
    stage.replies(DONE)
    sent = stage.does.submit_action(fetch, action(form, "保存"), {"f:text": "x"})
    assert "直しました" in words(dialog(stage.take(sent)))
    assert (stage.chat(TANAKA), stage.room(TANAKA, INSIDE)) == ([], [])


def test_a_form_sent_in_twice_writes_once(tmp_path: Path) -> None:
    with staged(tmp_path, desk=True) as stage:
        fetch = stage.does.fetch_task(TANAKA, "log")
        form = dialog(stage.take(fetch))
        send = _carrying(form)
        typed = {**_inputs(form), "f:line": "ノヴァ素材 電話 試作の件"}
        answers = [words(stage.take(stage.does.submit_action(fetch, send, typed))) for _ in range(2)]
        assert answers[0] == answers[1]
        with stage.database.reading() as session:
            assert len(session.exec(select(Entry)).all()) == 1


def test_values_that_were_tampered_with_change_nothing(tmp_path: Path) -> None:
    with staged(tmp_path, desk=True) as stage:
        fetch = stage.does.fetch_task(TANAKA, "log")
        form = dialog(stage.take(fetch))
        send = _carrying(form)
        for odd in ({"f:line": ["a"]}, {"f:line": "x", "f:alliance": "nobody's"}, {"f:line": "", "f:on": "never"}):
            assert dialog(stage.take(stage.does.submit_action(fetch, send, odd)))
        forged = {**send, "data": {"kakehashi": {**send["data"]["kakehashi"], "form": "no.such", "version": "x"}}}
        assert "古く" in words(dialog(stage.take(stage.does.submit_action(fetch, forged, {"f:line": "x"}))))


def _carrying(shown: object) -> Json:
    """The first action with our data: of a form, its own button."""
    return next(each for each in parts(shown) if "kakehashi" in as_json(each.get("data")))


def _inputs(form: Json) -> Json:
    """What the fields hold as they are shown."""
    fields = (each for each in parts(form) if text_at(each, "type").startswith("Input."))
    return {str(each["id"]): str(each.get("value", "")) for each in fields}
