"""Check-ins: due at 1.0× and 1.5× the cadence on a working morning, answered, settled; never more than two."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta
from pathlib import Path

import pytest

from handlers import checkins, corrections, meetings, notices
from handlers.calendar import Calendar
from handlers.checkins import Rhythm, Turn, next_turn
from handlers.errors import UserError
from handlers.message import spoken
from handlers.request import Press, Submit
from storage import alliances, db
from storage.models import Entry
from tests.handlers.friction_people import actions, press, words
from tests.handlers.town import Town, at, town

JAPAN = Calendar("JP")
NONE: dict[str, frozenset[int]] = {}


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Town]:
    with town(tmp_path) as made:
        made.contact(made.nova, date(2026, 6, 1))
        made.touch("checkin", made.nova.id)
        yield made


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("rhythm", "today", "spent", "turn"),
    [
        (Rhythm(date(2026, 6, 1), 14, "t"), date(2026, 6, 2), NONE, Turn(date(2026, 6, 15), "t", 1)),
        (Rhythm(date(2026, 6, 1), 14, "t"), date(2026, 6, 15), {"t": frozenset({1})}, Turn(date(2026, 6, 22), "t", 2)),
        (Rhythm(date(2026, 6, 1), 14, "t"), date(2026, 6, 22), {"t": frozenset({1, 2})}, None),
        # Downtime: the second one makes the first needless.
        (Rhythm(date(2026, 6, 1), 14, "t"), date(2026, 6, 25), NONE, Turn(date(2026, 6, 22), "t", 2)),
        # An odd cadence is rounded up: 1.5 × 7 = 10.5 days.
        (Rhythm(date(2026, 6, 1), 7, "t"), date(2026, 6, 8), {"t": frozenset({1})}, Turn(date(2026, 6, 12), "t", 2)),
        # Holidays don't count (20 July is one), weekends do.
        (Rhythm(date(2026, 7, 13), 14, "t"), date(2026, 7, 14), NONE, Turn(date(2026, 7, 28), "t", 1)),
        (Rhythm(date(2026, 6, 1), 14, "t", "skipped"), date(2026, 6, 15), NONE, None),
        (
            Rhythm(date(2026, 6, 1), 14, "t", "later", date(2026, 6, 18)),
            date(2026, 6, 15),
            {"t": frozenset({1})},
            Turn(date(2026, 6, 18), "t@2026-06-18", 1),
        ),
        (
            Rhythm(date(2026, 6, 1), 14, "t", "later", date(2026, 6, 18)),
            date(2026, 6, 18),
            {"t": frozenset({1}), "t@2026-06-18": frozenset({1})},
            Turn(date(2026, 6, 22), "t", 2),
        ),
        # A meeting within the cadence keeps the nudge away until two days after it.
        (
            Rhythm(date(2026, 6, 1), 14, "t", meeting_on=date(2026, 6, 20)),
            date(2026, 6, 15),
            NONE,
            Turn(date(2026, 6, 22), "t", 1),
        ),
        (
            Rhythm(date(2026, 6, 1), 14, "t", meeting_on=date(2026, 7, 20)),
            date(2026, 6, 15),
            NONE,
            Turn(date(2026, 6, 15), "t", 1),
        ),
        (
            Rhythm(date(2026, 6, 1), 14, "t", rests_until=date(2026, 6, 30)),
            date(2026, 6, 15),
            NONE,
            Turn(date(2026, 7, 1), "t", 1),
        ),
    ],
)
def test_the_next_turn(rhythm: Rhythm, today: date, spent: dict[str, frozenset[int]], turn: Turn | None) -> None:
    assert next_turn(rhythm, JAPAN, today, spent) == turn


# ---------------------------------------------------------------- by the clock


def test_the_lead_hears_at_nine_once_and_once_more_then_never(nova: Town) -> None:
    nova.tick(at(6, 2))
    assert nova.planned("checkin", nova.nova.id) == at(6, 15, 9)
    nova.tick(at(6, 15, 8, 59))
    assert nova.rows("checkin") == []
    nova.tick(at(6, 15, 9))
    assert nova.row("checkin").member_id == nova.sato.id
    assert nova.planned("checkin", nova.nova.id) == at(6, 22, 9)
    nova.tick(at(6, 22, 9))
    assert len(nova.rows("checkin")) == 2
    assert "今回までです" in nova.said(nova.row("checkin"))
    nova.tick(at(8, 31))
    assert len(nova.rows("checkin")) == 2


def test_what_was_slept_through_comes_once(nova: Town) -> None:
    nova.tick(at(6, 2))
    nova.tick(at(6, 26, 14))
    assert len(nova.rows("checkin")) == 1
    assert "25日空いています" in nova.said(nova.row("checkin"))


def test_a_morning_that_is_over_is_not_made_up_for_when_something_becomes_due(nova: Town) -> None:
    nova.now = at(6, 17, 14)
    nova.touch("checkin", nova.nova.id)
    nova.tick()
    assert nova.rows("checkin") == []
    assert nova.planned("checkin", nova.nova.id) == at(6, 18, 9)


def test_the_backup_hears_while_the_lead_is_away(nova: Town) -> None:
    nova.tick(at(6, 2))
    db.revise(nova.session, nova.sato, {"away_until": date(2026, 6, 19)}, by=nova.sato.id, now=nova.now)
    nova.tick(at(6, 15, 9))
    assert nova.row("checkin").member_id == nova.takahashi.id


def test_both_nudges_that_came_due_while_quiet_are_one(nova: Town) -> None:
    nova.account(nova.sato)
    nova.tick(at(6, 2))
    db.revise(nova.session, nova.sato, {"quiet_until": date(2026, 6, 30)}, by=nova.sato.id, now=nova.now)
    for day in (15, 22):
        nova.tick(at(6, day, 9))
        nova.deliver()
    assert nova.sender.standing == []
    nova.tick(at(7, 1, 9))
    nova.deliver()
    assert [row.state for row in nova.rows("checkin")] == ["cancelled", "sent"]
    assert len(nova.sender.standing) == 1
    nova.tick(at(7, 20, 9))
    assert len(nova.rows("checkin")) == 2


def test_who_leaves_before_a_nudge_went_out_leaves_it_to_the_backup(nova: Town) -> None:
    nova.account(nova.sato)
    nova.account(nova.takahashi)
    nova.tick(at(6, 2))
    nova.tick(at(6, 15, 9))
    db.revise(nova.session, nova.sato, {"away_until": date(2026, 6, 19)}, by=nova.sato.id, now=nova.now)
    nova.deliver()
    nova.tick(at(6, 16, 9))
    nova.deliver()
    assert [(row.member_id, row.state) for row in nova.rows("checkin")] == [(nova.takahashi.id, "sent")]


def test_no_nudge_on_a_holiday_nor_in_a_pause(nova: Town) -> None:
    nova.contact(nova.nova, date(2026, 7, 6))
    nova.touch("checkin", nova.nova.id)
    nova.tick(at(7, 7))
    # 14 days after is Monday 20 July, a holiday, which doesn't count either.
    assert nova.planned("checkin", nova.nova.id) == at(7, 21, 9)
    alliances.revise(nova.session, nova.nova, {"stage": "paused"}, by=nova.sato.id, now=nova.now)
    nova.tick(at(7, 21, 9))
    assert nova.rows("checkin") == []


# ---------------------------------------------------------------- the nudge


def test_seven_lines_four_points_in_order_and_only_what_the_reader_may_read(nova: Town) -> None:
    nova.step(nova.sato, "試験計画", due=date(2026, 6, 9))
    nova.step(nova.sato, "試料を送る", side="theirs", due=date(2026, 6, 30))
    nova.friction(nova.nova, "分担が決まらない", date(2026, 5, 2), severity=2, author=nova.ito)
    private = nova.friction(nova.nova, "秘密", date(2026, 4, 2), severity=3, author=nova.ito)
    db.revise(nova.session, private, {"visibility": "private"}, by=nova.ito.id, now=nova.now)
    db.revise(nova.session, nova.nova, {"purpose_confirmed_on": date(2026, 3, 20)}, by="", now=nova.now)
    nova.tick(at(6, 2))
    nova.tick(at(6, 15, 9))
    row = nova.row("checkin")
    said = nova.said(row).splitlines()
    assert said[1] == "ノヴァ素材さんとは6/1の定例から14日空いています(目安14日)"
    assert said[2:] == [
        "・当社の宿題『試験計画』、6/9(火)を過ぎています",
        "・先方にまだ話していないこと『分担が決まらない』(44日)",
        "・目的の確認から87日",
        "・先方の『試料を送る』(6/30(火)まで)の様子",
    ]
    message = nova.message(row)
    assert message is not None
    assert actions(message) == {"checkin.planned", "checkin.spoke", "checkin.later", "checkin.skip"}
    assert "分担" not in message.preview
    assert "14 days since your last touchpoint" in nova.said(row, "en")


def test_with_nothing_to_bring_up_it_asks_a_small_question(nova: Town) -> None:
    nova.tick(at(6, 2))
    nova.tick(at(6, 15, 9))
    assert "ささいなことで構いません" in nova.said(nova.row("checkin"))


# ---------------------------------------------------------------- answers


def due(nova: Town) -> Press:
    nova.tick(at(6, 2))
    nova.tick(at(6, 15, 9))
    message = nova.message(nova.row("checkin"))
    assert message is not None
    return press(message, "checkin.later")


def test_later_comes_again_after_three_days_with_the_true_age(nova: Town) -> None:
    first = due(nova)
    reply = checkins.press_later(nova.ctx(nova.sato), first)
    assert "6/18(木)にもう一度" in words(reply)
    assert actions(nova.message(nova.row("checkin")) or reply) == set()
    nova.tick(at(6, 18, 9))
    again = nova.row("checkin")
    assert len(nova.rows("checkin")) == 2
    assert "17日空いています" in nova.said(again)
    assert nova.still(again) == ""
    nova.tick(at(6, 22, 9))
    assert len(nova.rows("checkin")) == 3
    assert "今回までです" in nova.said(nova.row("checkin"))


def test_not_this_time_ends_the_cycle_with_or_without_a_reason(nova: Town) -> None:
    form = checkins.press_skip(nova.ctx(nova.sato), due(nova)).form
    assert form is not None
    reply = checkins.submit_skip(nova.ctx(nova.sato), Submit(form.name, form.id, form.version, {}))
    assert "今回は見送りました" in words(reply)
    nova.tick(at(8, 31))
    assert len(nova.rows("checkin")) == 1
    nova.log(nova.sato, "ノヴァ素材 定例。順調")
    nova.tick()
    assert nova.planned("checkin", nova.nova.id) == at(9, 14, 9)


def test_logging_cancels_what_waits_marks_what_was_sent_and_undo_brings_it_back(nova: Town) -> None:
    due(nova)
    row = nova.row("checkin")
    assert nova.goes(row)
    nova.log(nova.sato, "ノヴァ素材 6/15 定例。順調")
    assert nova.row("checkin").state == "cancelled"
    assert spoken(nova.message(row) or checkins.settled(nova.ctx(nova.sato).t, ())).endswith(
        "6/15(月)の定例を記録済みです"
    )
    entry = _last_entry(nova)
    corrections.undo(nova.ctx(nova.sato), Press("entry.undo", entry.id, entry.version))
    nova.tick(at(6, 15, 10))
    assert nova.row("checkin").state == "cancelled"
    nova.tick(at(6, 16, 9))
    assert [each.state for each in nova.rows("checkin")] == ["waiting"]
    assert "15日空いています" in nova.said(nova.row("checkin"))


def _last_entry(nova: Town) -> Entry:
    return corrections.entries.recent(nova.session, nova.ctx(nova.sato).viewer, nova.now - timedelta(hours=24))[0]


def test_a_button_of_a_cycle_that_is_over_says_so(nova: Town) -> None:
    old = due(nova)
    nova.log(nova.sato, "ノヴァ素材 6/14 訪問。見学")
    with pytest.raises(UserError) as raised:
        checkins.press_later(nova.ctx(nova.sato), old)
    assert raised.value.key == "checkin.talked_since"


def test_planned_opens_the_meetings_form_and_the_meeting_answers_the_nudge(nova: Town) -> None:
    first = due(nova)
    form = notices.press_planned(nova.ctx(nova.sato), Press("checkin.planned", first.id, 0, first.choice)).form
    assert form is not None
    assert form.name.startswith("meeting.")
    meetings.plan(nova.ctx(nova.sato), "ノヴァ素材 6/18 15:00 定例")
    row = nova.row("checkin")
    assert nova.still(row) == "meeting_ahead"
    assert "6/18(木) 15:00に予定があります" in nova.said(row)


def test_spoke_opens_the_log_with_the_alliance_filled_in(nova: Town) -> None:
    first = due(nova)
    form = notices.press_spoke(nova.ctx(nova.sato), Press("checkin.spoke", first.id, 0, first.choice)).form
    assert form is not None
    assert ("alliance", (nova.nova.id,)) in [(each.name, each.initial) for each in form.fields]


def test_others_dont_answer_for_the_lead(nova: Town) -> None:
    first = due(nova)
    with pytest.raises(UserError):
        checkins.press_later(nova.ctx(nova.suzuki), first)
