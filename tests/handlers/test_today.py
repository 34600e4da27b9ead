"""今日: due, planned, open in order; nothing of others; the first time one button."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers import alliances, meetings, nextsteps, today
from handlers.entry import Step
from handlers.request import Press
from storage import db
from tests import factories
from tests.handlers.friction_people import Company, actions, company, press, words


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def test_the_first_time_there_is_one_button_that_works(nova: Company) -> None:
    other = factories.organisation(nova.session)
    person = factories.member(nova.session, other.id)
    screen = today.screen(nova.ctx(person))
    assert actions(screen) == {"alliance.new"}
    assert alliances.open_new(nova.ctx(person), press(screen, "alliance.new")).form is not None


def test_a_lead_sees_what_is_due_then_planned_then_open(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    for text, due in (("見積を直す", date(2026, 7, 3)), ("日程を決める", date(2026, 7, 9))):
        step = Step(text, "ours", None, due)
        nextsteps.add(ctx, alliance_id=nova.nova.id, entry_id=nova.entry(nova.lead).id, touchpoint_id=None, step=step)
    meetings.plan(ctx, "ノヴァ素材 今日 15:00 定例")
    meetings.plan(ctx, "ノヴァ素材 7/10 15:00 訪問")
    said = words(today.screen(ctx))
    order = [said.index(each) for each in ("見積を直す", "7/6(月) 15:00", "7/10(金) 15:00", "日程を決める")]
    assert order == sorted(order)
    assert "まだ接点の記録がありません" not in said


def test_a_rhythm_that_has_come_round_is_named_until_a_meeting_lies_ahead_or_it_rests(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    assert "ノヴァ素材 まだ接点の記録がありません" in words(today.screen(ctx))
    alliances.pause(ctx, "ノヴァ素材 9/1まで")
    assert "まだ記録がありません" not in words(today.screen(ctx))


def test_a_tap_on_the_screen_keeps_the_screen(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    step = Step("見積を直す", "ours", None, date(2026, 7, 3))
    nextsteps.add(ctx, alliance_id=nova.nova.id, entry_id=nova.entry(nova.lead).id, touchpoint_id=None, step=step)
    screen = today.screen(ctx)
    reply = today.done(ctx, press(screen, "today.done"))
    assert reply.replace
    assert "見積を直す" not in words(reply).split("この24時間の記録")[0]
    assert "今日 7/6(月)" in words(reply)


def test_a_meeting_behind_is_asked_about(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    meetings.plan(ctx, "ノヴァ素材 7/7 10:00 定例")
    after = replace(ctx, now=ctx.now + timedelta(days=2), today=ctx.today + timedelta(days=2))
    screen = today.screen(after)
    assert "記録はまだです" in words(screen)
    assert "meeting.held" in actions(meetings.ask_after(after, press(screen, "meeting.after")))


def test_who_belongs_to_no_team_sees_nothing_of_them(nova: Company) -> None:
    meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 今日 15:00 定例")
    screen = today.refresh(nova.ctx(nova.stranger), Press("today"))
    assert "ノヴァ素材" not in words(screen)
    assert "まだ提携チームに入っていません" in words(screen)


def test_the_last_days_lines_stay_reachable(nova: Company) -> None:
    entry = nova.entry(nova.lead, "ノヴァ素材 定例。試作は順調")
    assert press(today.screen(nova.ctx(nova.lead)), "entry.edit").id == entry.id
    db.change(nova.session, entry, {"state": "undone"})
    assert "entry.edit" not in actions(today.screen(nova.ctx(nova.lead)))
