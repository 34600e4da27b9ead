"""Next steps: offered and accepted, declined back to who asked, moved, done by words; my own screen."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers import nextsteps, step_card
from handlers.entry import Step
from handlers.errors import UserError
from handlers.message import plain, spoken
from handlers.request import Ctx, Press, Submit
from handlers.steps import Side
from storage import nextsteps as stored
from storage import people
from storage.models import Member, NextStep, Outbox, Schedule
from tests.handlers.friction_people import Company, actions, company, press, words


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def add(
    at: Company,
    author: Member,
    text: str = "試験計画を送る",
    *,
    side: Side | None = "ours",
    mention: str | None = None,
    due: date | None = None,
) -> NextStep:
    ctx = replace(at.ctx(author), people={"U7": at.team[0]})
    entry = at.entry(author)
    row = nextsteps.add(
        ctx, alliance_id=at.nova.id, entry_id=entry.id, touchpoint_id=None, step=Step(text, side, mention, due)
    )
    return fresh(at, author, row.id)


def fresh(at: Company, person: Member, step_id: str) -> NextStep:
    found = stored.get(at.session, people.viewer_of(at.session, person), step_id)
    assert found is not None
    return found


def form(name: str, step: NextStep, **values: str) -> Submit:
    return Submit(name, step.id, step.version, {key: [value] for key, value in values.items()})


def card(ctx: Ctx, step: NextStep) -> set[str]:
    return actions(nextsteps.open_card(ctx, Press("step.open", step.id)))


# ---------------------------------------------------------------- written


def test_ours_without_a_name_is_the_recorders_and_a_named_colleague_is_asked(nova: Company) -> None:
    own = add(nova, nova.lead, due=date(2026, 7, 9))
    assert (own.owner_id, own.state) == (nova.lead.id, "accepted")
    asked = add(nova, nova.lead, mention="U7")
    assert (asked.owner_id, asked.state, asked.side) == (nova.team[0].id, "offered", "ours")
    named = add(nova, nova.lead, mention="@伊藤")
    assert named.owner_id == nova.team[1].id
    theirs = add(nova, nova.lead, side="theirs")
    nobody = add(nova, nova.lead, side=None)
    assert [(each.owner_id, each.state, each.side) for each in (theirs, nobody)] == [
        (None, "open", "theirs"),
        (None, "open", "open"),
    ]
    due = select(Schedule.subject_id).where(col(Schedule.kind) == "step.due")
    assert set(nova.session.exec(due)) == {own.id, asked.id, named.id, theirs.id, nobody.id}


def test_a_step_reads_back_as_it_could_be_typed(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    own = add(nova, nova.lead, due=date(2026, 7, 9))
    assert nextsteps.typed(ctx, own) == "試験計画を送る うち 2026-07-09"
    assert plain(nextsteps.line(ctx, own)) == "試験計画を送る(佐藤・7/9(木))"
    assert nextsteps.typed(ctx, add(nova, nova.lead, mention="U7")) == "試験計画を送る @高橋"


# ---------------------------------------------------------------- offered


def test_an_offered_step_is_accepted_by_its_owner_alone(nova: Company) -> None:
    step = add(nova, nova.lead, mention="U7")
    colleague = nova.ctx(nova.team[0])
    assert card(colleague, step) == {"step.accept", "step.decline", "step.move", "step.elsewhere"}
    with pytest.raises(UserError) as raised:
        nextsteps.press_accept(nova.ctx(nova.team[1]), Press("step.accept", step.id, step.version))
    assert raised.value.key == "step.not_offered_to_you"
    nextsteps.press_accept(colleague, Press("step.accept", step.id, step.version))
    assert fresh(nova, nova.lead, step.id).state == "accepted"


def test_a_declined_step_goes_back_to_who_asked_and_nobody_else_hears(nova: Company) -> None:
    step = add(nova, nova.lead, mention="U7")
    reply = nextsteps.press_decline(nova.ctx(nova.team[0]), Press("step.decline", step.id, step.version))
    assert "お返ししました" in words(reply)
    step = fresh(nova, nova.lead, step.id)
    assert (step.owner_id, step.state) == (None, "open")
    row = nova.session.exec(select(Outbox)).one()
    assert (row.kind, row.member_id, row.arguments) == ("step.declined", nova.lead.id, {"by": nova.team[0].id})
    notice = step_card.declined(nova.ctx(nova.lead).t, nextsteps.facts(nova.ctx(nova.lead), step), by="高橋")
    assert actions(notice) == {"step.take", "step.edit", "step.drop"}
    nextsteps.press_take(nova.ctx(nova.lead), press(notice, "step.take"))
    assert fresh(nova, nova.lead, step.id).owner_id == nova.lead.id


def test_a_press_on_an_older_version_tells_what_changed(nova: Company) -> None:
    step = add(nova, nova.lead, mention="U7", due=date(2026, 7, 9))
    old = Press("step.accept", step.id, step.version)
    nextsteps.move(nova.ctx(nova.lead), form("step.move", step, due="2026-07-14"))
    with pytest.raises(UserError) as raised:
        nextsteps.press_accept(nova.ctx(nova.team[0]), old)
    assert raised.value.values == {"who": "佐藤", "what": "期日"}


def test_naming_a_day_accepts_and_a_link_hands_over(nova: Company) -> None:
    step = add(nova, nova.lead, mention="U7")
    ctx = nova.ctx(nova.team[0])
    nextsteps.move(ctx, form("step.move", step, due="2026-07-14"))
    step = fresh(nova, nova.lead, step.id)
    assert (step.state, step.due) == ("accepted", date(2026, 7, 14))
    with pytest.raises(UserError) as raised:
        nextsteps.elsewhere(ctx, form("step.elsewhere", step, url="javascript:alert(1)"))
    assert raised.value.field == "url"
    nextsteps.elsewhere(ctx, form("step.elsewhere", step, url="https://example.com/1"))
    assert fresh(nova, nova.lead, step.id).state == "elsewhere"
    assert stored.mine(nova.session, ctx.viewer) == []


def test_an_edit_offers_the_step_to_a_newly_named_colleague(nova: Company) -> None:
    step = add(nova, nova.lead)
    ctx = replace(nova.ctx(nova.lead), people={"U7": nova.team[0]})
    nextsteps.edit(ctx, form("step.edit", step, text="計画を送る", side="ours", owner="U7"))
    step = fresh(nova, nova.lead, step.id)
    assert (step.text, step.owner_id, step.state) == ("計画を送る", nova.team[0].id, "offered")
    with pytest.raises(UserError) as raised:
        nextsteps.edit(ctx, form("step.edit", step, text="x", owner="U404"))
    assert raised.value.field == "owner"


def test_a_stranger_neither_reads_nor_changes_a_step(nova: Company) -> None:
    step = add(nova, nova.lead)
    with pytest.raises(UserError) as raised:
        nextsteps.press_done(nova.ctx(nova.stranger), Press("step.done", step.id, step.version))
    assert raised.value.key == "step.gone"


def test_a_manager_reads_a_step_but_does_not_change_it(nova: Company) -> None:
    step = add(nova, nova.lead)
    with pytest.raises(UserError) as raised:
        nextsteps.press_done(nova.ctx(nova.manager), Press("step.done", step.id, step.version))
    assert raised.value.key == "step.not_yours"


# ---------------------------------------------------------------- my steps


def test_my_steps_group_by_what_is_asked_and_one_tap_keeps_the_list(nova: Company) -> None:
    add(nova, nova.lead, "見積を直す", due=date(2026, 7, 3))
    add(nova, nova.lead, "日程を決める", due=date(2026, 7, 9))
    add(nova, nova.lead, "場所を探す", side=None)
    add(nova, nova.team[0], "資料を読む", mention="@佐藤")
    reply = nextsteps.my_steps(nova.ctx(nova.lead), "")
    said = words(reply)
    order = [said.index(each) for each in ("資料を読む", "見積を直す", "日程を決める", "場所を探す")]
    assert order == sorted(order)
    assert "高橋さんより" in said
    reply = nextsteps.press_done(nova.ctx(nova.lead), press(reply, "step.done"))
    assert "見積を直す" not in words(reply)
    assert "日程を決める" in words(reply)


def test_done_by_words_closes_the_one_that_fits(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    step = add(nova, nova.lead, "試験計画を送る")
    add(nova, nova.lead, "試験の場所を探す")
    assert "済みにしました" in words(nextsteps.done(ctx, "計画"))
    assert fresh(nova, nova.lead, step.id).done_on == ctx.today
    add(nova, nova.lead, "試験日を伝える")
    assert "いくつかあります" in words(nextsteps.done(ctx, "試験"))
    with pytest.raises(UserError) as raised:
        nextsteps.done(ctx, "契約")
    assert raised.value.text == "契約"


# ---------------------------------------------------------------- due


def test_who_hears_that_a_step_is_due(nova: Company) -> None:
    own = add(nova, nova.team[0], due=date(2026, 7, 6))
    asked = add(nova, nova.lead, mention="U7", due=date(2026, 7, 6))
    theirs = add(nova, nova.lead, side="theirs", due=date(2026, 7, 3))
    assert [nextsteps.hears_due(each) for each in (own, asked, theirs)] == [
        nova.team[0].id,
        nova.lead.id,
        nova.lead.id,
    ]
    ctx = nova.ctx(nova.lead)
    assert "ノヴァ素材さんの『試験計画を送る』" in spoken(nextsteps.due_message(ctx.t, nextsteps.facts(ctx, theirs)))
    assert "お返事がありません" in spoken(nextsteps.due_message(ctx.t, nextsteps.facts(ctx, asked)))


def test_reopened_by_somebody_else_an_offer_stays_an_offer(nova: Company) -> None:
    author, colleague = nova.team[1], nova.team[0]
    step = add(nova, author, mention="U7")
    assert (step.state, step.owner_id) == ("offered", colleague.id)
    nextsteps.press_drop(nova.ctx(author), Press("step.drop", step.id, step.version))
    nextsteps.press_reopen(nova.ctx(author), Press("step.reopen", step.id, fresh(nova, author, step.id).version))
    assert fresh(nova, author, step.id).state == "offered"


def test_reopened_by_its_owner_or_after_they_took_it_it_is_theirs(nova: Company) -> None:
    author, colleague = nova.team[1], nova.team[0]
    for taken in (False, True):
        step = add(nova, author, mention="U7")
        if taken:
            nextsteps.press_accept(nova.ctx(colleague), Press("step.accept", step.id, step.version))
        nextsteps.press_drop(nova.ctx(author), Press("step.drop", step.id, fresh(nova, author, step.id).version))
        who = author if taken else colleague
        nextsteps.press_reopen(nova.ctx(who), Press("step.reopen", step.id, fresh(nova, author, step.id).version))
        assert fresh(nova, author, step.id).state == "accepted"
