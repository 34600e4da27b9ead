"""Planned meetings: by one line or the form, moved, skipped with a reason, ended, logged by one tap."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from handlers import briefs, meeting_card, meetings
from handlers.errors import UserError
from handlers.message import ChoiceField, spoken
from handlers.request import Ctx, Press, Submit
from storage import meetings as stored
from storage.models import PlannedMeeting, Touchpoint
from tests.handlers.friction_people import Company, actions, company, press, words

TUESDAY = datetime(2026, 7, 7, 1, 0, tzinfo=UTC)


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def rows(at: Company) -> list[PlannedMeeting]:
    return stored.planned_of(at.session, at.org, at.nova.id)


def later(ctx: Ctx, days: int) -> Ctx:
    return replace(ctx, now=ctx.now + timedelta(days=days), today=ctx.today + timedelta(days=days))


def test_one_line_plans_a_series(nova: Company) -> None:
    reply = meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 7/7 10:00 定例 隔週")
    assert "7/7(火) 10:00 ノヴァ素材 定例(隔週)" in words(reply)
    (row,) = rows(nova)
    assert (row.starts_at, row.rule, row.kind, row.title) == (TUESDAY, "weekly:2", "regular", "")
    with pytest.raises(UserError) as raised:
        meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 7/21 10:00")
    assert raised.value.key == "meeting.twice"


def test_what_a_line_leaves_out_is_asked_in_the_form(nova: Company) -> None:
    form = meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 役員面談 毎週").form
    assert form is not None
    values = {field.name: field.initial for field in form.fields}
    assert values == {
        "alliance": (nova.nova.id,),
        "on": "",
        "time": "10:00",
        "repeat": ("1",),
        "title": "役員面談",
    }


def test_the_form_plans_and_tells_each_wrong_field(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    given = {
        "alliance": [nova.nova.id],
        "on": ["2026-07-07"],
        "time": ["14時半"],
        "repeat": ["0"],
        "title": ["中間報告会"],
    }
    reply = meetings.planned(ctx, Submit("meeting.new", values=given))
    assert "7/7(火) 14:30 ノヴァ素材 中間報告会" in words(reply)
    wrong = meetings.planned(ctx, Submit("meeting.new", values=given | {"on": [], "time": ["夕方"]}))
    assert set(wrong.errors) == {"on", "time"}
    past = meetings.planned(ctx, Submit("meeting.new", values=given | {"on": ["2026-07-01"]}))
    assert set(past.errors) == {"on"}
    with pytest.raises(UserError) as raised:
        meetings.planned(nova.ctx(nova.stranger), Submit("meeting.new", values=given))
    assert raised.value.field == "alliance"


def test_one_meeting_of_a_series_moves_and_the_others_stay(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    card = meetings.plan(ctx, "ノヴァ素材 7/7 10:00 定例 隔週")
    form = meetings.open_move(ctx, press(card, "meeting.move")).form
    assert form is not None
    which = form.fields[0]
    assert isinstance(which, ChoiceField)
    assert [option.value for option in which.options][:2] == ["2026-07-07", "2026-07-21"]
    given = {"which": ["2026-07-07"], "on": ["2026-07-08"], "time": ["10:00"]}
    reply = meetings.edit_move(ctx, Submit("meeting.move", form.id, form.version, given))
    assert "7/7(火) 10:00から日時を変えました" in words(reply)
    ahead = stored.coming(nova.session, nova.org, nova.nova.id, ctx.now, 3)
    assert [(each.at - TUESDAY).days for each in ahead] == [1, 14, 28]
    with pytest.raises(UserError) as raised:
        meetings.edit_move(ctx, Submit("meeting.move", form.id, form.version, given))
    assert raised.value.key == "stale.changed"


def test_a_skip_needs_its_reason_and_can_be_taken_back(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    card = meetings.plan(ctx, "ノヴァ素材 7/7 10:00 中間報告会")
    form = meetings.open_skip(ctx, press(card, "meeting.skip")).form
    assert form is not None
    with pytest.raises(UserError) as raised:
        meetings.edit_skip(ctx, Submit("meeting.skip", form.id, form.version))
    assert raised.value.field == "reason"
    reply = meetings.edit_skip(ctx, Submit("meeting.skip", form.id, form.version, {"reason": ["先方の決算期"]}))
    assert "先方の決算期" in words(reply)
    assert rows(nova) == []
    meetings.restore(ctx, press(reply, "meeting.restore"))
    assert [row.starts_at for row in rows(nova)] == [TUESDAY]


def test_a_series_ends_as_a_whole(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    card = meetings.plan(ctx, "ノヴァ素材 7/7 10:00 定例 毎週")
    meetings.stop(ctx, press(card, "meeting.stop"))
    assert rows(nova) == []


def test_afterwards_one_tap_logs_it_on_its_own_day(nova: Company) -> None:
    meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 7/7 10:00 定例 隔週")
    ctx = later(nova.ctx(nova.lead), 2)
    (behind,) = stored.unanswered(nova.session, nova.org, ctx.now)
    notice = meeting_card.after(ctx.t, meetings.facts(ctx, behind))
    assert actions(notice) == {"meeting.held", "touchpoint.open", "meeting.move", "meeting.skip"}
    tap = press(notice, "meeting.held")
    assert briefs.held(ctx, tap).replace
    logged = nova.session.exec(select(Touchpoint)).one()
    assert (logged.on, logged.kind, logged.alliance_id) == (date(2026, 7, 7), "regular", nova.nova.id)
    assert stored.unanswered(nova.session, nova.org, ctx.now) == []
    notice = meeting_card.after(ctx.t, meetings.facts(ctx, behind))
    assert "記録済み" in spoken(notice)
    with pytest.raises(UserError):
        briefs.held(ctx, tap)


def test_a_meeting_is_not_logged_before_it_began(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    meetings.plan(ctx, "ノヴァ素材 7/7 10:00 定例")
    row = rows(nova)[0]
    with pytest.raises(UserError) as raised:
        briefs.held(ctx, Press("meeting.held", row.id, row.version, "2026-07-07"))
    assert raised.value.key == "meeting.not_yet"


def test_when_one_meets_is_for_the_alliances_people(nova: Company) -> None:
    meetings.plan(nova.ctx(nova.lead), "ノヴァ素材 7/7 10:00 定例")
    row = rows(nova)[0]
    assert "7/7(火)" in words(meetings.plan(nova.ctx(nova.manager), "ノヴァ素材"))
    for person, key in ((nova.stranger, "meeting.gone"), (nova.manager, "alliance.not_yours")):
        with pytest.raises(UserError) as raised:
            meetings.open_move(nova.ctx(person), Press("meeting.move", row.id, row.version))
        assert raised.value.key == key
    with pytest.raises(UserError):
        meetings.plan(nova.ctx(nova.stranger), "ノヴァ素材")
