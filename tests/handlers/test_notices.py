"""The table of notices: meetings and steps by the clock, recorded messages, what couldn't be posted."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from handlers import briefs, meetings, nextsteps
from handlers.message import spoken
from handlers.notices import NOTICES
from handlers.request import Press
from handlers.steps import Side
from scheduler import parcels
from storage import alliances, db, digests, outbox
from storage import meetings as planned
from storage.ids import new_id
from storage.models import Entry, NextStep, PlannedMeeting
from tests.handlers.friction_people import actions, press
from tests.handlers.town import Town, at, town


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Town]:
    with town(tmp_path) as made:
        yield made


def test_the_table_is_keyed_by_kind_and_only_the_clock_plans() -> None:
    assert all(kind == notice.kind for kind, notice in NOTICES.items())
    planned_kinds = {kind for kind, notice in NOTICES.items() if notice.next_due is not None}
    assert planned_kinds == {
        "checkin",
        "meeting.brief",
        "meeting.after",
        "step.offered",
        "step.due",
        "update",
        "digest",
    }
    assert {NOTICES[kind].weight for kind in planned_kinds} == {"proactive"}


# ---------------------------------------------------------------- meetings


def test_a_meeting_is_spoken_of_again_once_the_alliance_is(nova: Town) -> None:
    row = plan(nova, "ノヴァ素材 6/4 15:00 定例")
    alliances.revise(nova.session, nova.nova, {"stage": "closed"}, by=nova.sato.id, now=nova.now)
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) is None
    alliances.revise(nova.session, nova.nova, {"stage": "explore"}, by=nova.sato.id, now=nova.now)
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) == at(6, 4, 8, 30)
    assert nova.planned("meeting.after", row.id) == at(6, 4, 16)


def test_a_meeting_is_spoken_of_once_somebody_leads(nova: Town) -> None:
    row = plan(nova, "ノヴァ素材 6/4 15:00 定例")
    for role in alliances.roles(nova.session, nova.org, nova.nova.id):
        alliances.end_role(nova.session, role, until=date(2026, 6, 1), now=nova.now)
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) is None
    alliances.give_role(
        nova.session,
        org=nova.org,
        alliance_id=nova.nova.id,
        role="lead",
        who=nova.ito,
        since=date(2026, 6, 2),
        now=nova.now,
    )
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) == at(6, 4, 8, 30)


def plan(nova: Town, text: str) -> PlannedMeeting:
    meetings.plan(nova.ctx(nova.sato), text)
    return planned.planned_of(nova.session, nova.org, nova.nova.id)[-1]


def test_the_brief_comes_that_morning_and_the_question_an_hour_after(nova: Town) -> None:
    row = plan(nova, "ノヴァ素材 6/4 15:00 定例")
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) == at(6, 4, 8, 30)
    assert nova.planned("meeting.after", row.id) == at(6, 4, 16)
    nova.tick(at(6, 4, 8, 30))
    brief = nova.row("meeting.brief")
    assert (brief.member_id, brief.expires_at) == (nova.sato.id, at(6, 4, 15))
    assert "検査を人に優しく" in nova.said(brief)
    nova.tick(at(6, 4, 16))
    after = nova.message(nova.row("meeting.after"))
    assert after is not None
    assert actions(after) == {"meeting.held", "touchpoint.open", "meeting.move", "meeting.skip"}
    briefs.held(nova.ctx(nova.sato), press(after, "meeting.held"))
    settled = nova.message(nova.row("meeting.after"))
    assert settled is not None
    assert actions(settled) == set()


@pytest.mark.parametrize(
    ("text", "brief", "after"),
    [
        ("ノヴァ素材 6/4 17:30 定例", (6, 4, 8, 30), (6, 5, 8, 30)),
        ("ノヴァ素材 6/4 8:00 定例", (6, 3, 8, 30), (6, 4, 9, 0)),
        ("ノヴァ素材 6/6 15:00 訪問", (6, 5, 8, 30), (6, 8, 8, 30)),
    ],
)
def test_early_late_and_weekend_meetings_keep_to_working_hours(
    nova: Town, text: str, brief: tuple[int, int, int, int], after: tuple[int, int, int, int]
) -> None:
    row = plan(nova, text)
    nova.tick(at(6, 2))
    assert nova.planned("meeting.brief", row.id) == at(*brief)
    assert nova.planned("meeting.after", row.id) == at(*after)


def test_a_series_is_prepared_and_asked_about_each_time(nova: Town) -> None:
    row = plan(nova, "ノヴァ素材 6/4 15:00 毎週 定例")
    for day in (4, 11, 18):
        nova.tick(at(6, day, 8, 30))
        nova.tick(at(6, day, 16))
    assert len(nova.rows("meeting.brief")) == 3
    assert [each.arguments["at"] for each in nova.rows("meeting.after")] == [
        at(6, day, 15).isoformat() for day in (4, 11, 18)
    ]
    assert nova.planned("meeting.brief", row.id) == at(6, 25, 8, 30)


def test_a_moved_meeting_is_prepared_on_its_new_day(nova: Town) -> None:
    row = plan(nova, "ノヴァ素材 6/4 15:00 定例")
    nova.tick(at(6, 4, 8, 30))
    old = nova.row("meeting.brief")
    planned.revise(nova.session, row, {"starts_at": at(6, 9, 15)}, by=nova.sato.id, now=nova.now)
    assert nova.still(old) == "moved"
    assert spoken(nova.message(old) or parcels.bundle([], "")) != ""
    nova.tick(at(6, 9, 8, 30))
    assert len(nova.rows("meeting.brief")) == 2


# ---------------------------------------------------------------- steps


def offered(nova: Town) -> NextStep:
    step = nova.step(nova.sato, "試験計画を送る", due=date(2026, 6, 10))
    values = {"owner_id": nova.ito.id, "state": "offered"}
    return nextsteps.stored.revise(nova.session, step, values, by=nova.sato.id, now=nova.now)


def test_a_colleague_hears_of_a_step_the_next_working_morning_until_answered(nova: Town) -> None:
    nova.now = at(6, 5, 17)
    step = offered(nova)
    nova.tick()
    assert nova.planned("step.offered", step.id) == at(6, 8, 9)
    nova.tick(at(6, 8, 9))
    row = nova.row("step.offered")
    assert row.member_id == nova.ito.id
    assert "佐藤 花子さんからノヴァ素材" in nova.said(row)
    nextsteps.press_accept(nova.ctx(nova.ito), press(nova.message(row) or _none(), "step.accept"))
    assert nova.still(row) == "answered"
    assert nova.row("step.offered").state == "cancelled"


def _none() -> parcels.Message:
    raise AssertionError("nothing is said")


def test_declined_goes_back_to_who_asked(nova: Town) -> None:
    step = offered(nova)
    nextsteps.press_decline(nova.ctx(nova.ito), Press("step.decline", step.id, step.version))
    row = nova.row("step.declined")
    assert row.member_id == nova.sato.id
    assert "伊藤 誠さん" in nova.said(row)


@pytest.mark.parametrize(
    ("due", "side", "when"),
    [
        (date(2026, 6, 10), "ours", (6, 10, 9)),
        # A Saturday: the working morning before. Theirs: the working morning after.
        (date(2026, 6, 13), "ours", (6, 12, 9)),
        (date(2026, 6, 12), "theirs", (6, 15, 9)),
    ],
)
def test_due_days_fall_on_working_mornings(nova: Town, due: date, side: Side, when: tuple[int, int, int]) -> None:
    step = nova.step(nova.sato, "試験計画を送る", side=side, due=due)
    nova.tick(at(6, 2))
    assert nova.planned("step.due", step.id) == at(*when)
    nova.tick(at(*when))
    row = nova.row("step.due")
    assert row.member_id == nova.sato.id
    assert nova.goes(row)
    assert ("様子を伺って" in nova.said(row)) == (side == "theirs")
    assert nova.planned("step.due", step.id) is None


def test_a_step_that_moved_or_is_done_is_silent(nova: Town) -> None:
    step = nova.step(nova.sato, "試験計画を送る", due=date(2026, 6, 10))
    nova.tick(at(6, 10, 9))
    row = nova.row("step.due")
    nextsteps.stored.revise(nova.session, step, {"due": date(2026, 6, 17)}, by=nova.sato.id, now=nova.now)
    assert nova.still(row) == "moved"
    nova.tick(at(6, 17, 9))
    assert len(nova.rows("step.due")) == 2
    nextsteps.stored.revise(nova.session, step, {"state": "done"}, by=nova.sato.id, now=nova.now)
    assert nova.still(nova.row("step.due")) == "done"
    assert "試験計画を送る" in nova.said(nova.row("step.due"))


def test_who_recorded_a_step_for_nobody_is_asked_who_then_on_its_day(nova: Town) -> None:
    step = nova.step(nova.sato, "評価機を手配する", side=None, due=date(2026, 6, 10))
    nova.tick(at(6, 2, 9))
    row = nova.row("step.due")
    assert "どなたが進めますか" in nova.said(row)
    assert nova.planned("step.due", step.id) == at(6, 10, 9)
    nextsteps.press_take(nova.ctx(nova.sato), press(nova.message(row) or _none(), "step.take"))
    assert nova.still(row) == "taken"


# ---------------------------------------------------------------- a recorded message


def test_who_wrote_a_recorded_message_is_told_and_may_take_it_out(nova: Town) -> None:
    entry = db.add(
        nova.session,
        Entry(
            id=new_id(nova.now),
            organisation_id=nova.org,
            verb="touchpoint",
            raw="試作、明日届くそうです",
            recorder_id=nova.sato.id,
            author_id=nova.ito.id,
            source_text="試作、明日届くそうです",
            created_at=nova.now,
        ),
    )
    contact = nova.contact(nova.nova, date(2026, 6, 1))
    db.change(nova.session, contact, {"entry_id": entry.id})
    outbox.put(
        nova.session,
        org=nova.org,
        kind="capture.told",
        subject_id=entry.id,
        key=f"told:{entry.id}",
        weight="reply",
        now=nova.now,
        member_id=nova.ito.id,
    )
    row = nova.row("capture.told")
    assert nova.still(row) == ""
    assert "佐藤 花子さんがあなたの投稿をノヴァ素材の接点として記録しました" in nova.said(row)
    db.revise(nova.session, entry, {"state": "undone"}, by=nova.ito.id, now=nova.now)
    assert nova.still(row) == "taken_out"
    assert actions(nova.message(row) or _none()) == set()


# ---------------------------------------------------------------- what couldn't be posted


@pytest.mark.parametrize(
    ("reason", "words"),
    [("outside", "社外の方も読める"), ("unknown", "確かめられなかった"), ("gone", "見つからない"), ("odd", "何度か")],
)
def test_the_owner_reads_what_was_held_back_and_why(nova: Town, reason: str, words: str) -> None:
    room = nova.link(nova.nova)
    outbox.put(
        nova.session,
        org=nova.org,
        kind="update.post",
        subject_id="u1",
        key="p1",
        weight="reply",
        now=nova.now,
        room_id=room.id,
        arguments={"owner": nova.sato.id},
    )
    parcels.refuse(nova.session, nova.row("update.post"), reason, nova.now)
    row = nova.row("guard.refused")
    assert (row.member_id, row.weight) == (nova.sato.id, "guard")
    assert "提携-ノヴァ素材 には投稿しませんでした" in nova.said(row)
    assert words in nova.said(row)
    assert actions(nova.message(row) or _none()) == set()


# ---------------------------------------------------------------- through the post


def test_a_nudge_is_sent_and_turns_into_logged(nova: Town) -> None:
    nova.account(nova.sato)
    nova.contact(nova.nova, date(2026, 6, 1))
    nova.touch("checkin", nova.nova.id)
    nova.tick(at(6, 2))
    nova.tick(at(6, 15, 9))
    nova.deliver()
    assert [spoken(post.message).splitlines()[1][:8] for post in nova.sender.standing] == ["ノヴァ素材さんと"]
    nova.log(nova.sato, "ノヴァ素材 6/15 定例。順調")
    nova.deliver()
    assert [spoken(post.message).splitlines()[1] for post in nova.sender.standing] == ["6/15(月)の定例を記録済みです"]


def test_a_digest_and_its_week_are_kept_when_it_is_sent(nova: Town) -> None:
    nova.account(nova.tanaka)
    nova.touch("digest", nova.tanaka.id)
    nova.tick(at(6, 4))
    nova.tick(at(6, 8, 8, 30))
    nova.deliver()
    assert [post.message.preview for post in nova.sender.standing] == ["お願いはありません"]
    assert digests.of_week(nova.session, nova.org, nova.tanaka.id, "2026-W24") is not None


# ---------------------------------------------------------------- nothing breaks when its subject is gone


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_a_notice_about_something_that_is_gone_says_nothing_or_something_sensible(nova: Town, kind: str) -> None:
    outbox.put(
        nova.session,
        org=nova.org,
        kind=kind,
        subject_id="gone",
        key="k",
        weight=NOTICES[kind].weight,
        now=nova.now,
        member_id=nova.suzuki.id,
    )
    row = nova.row(kind)
    assert isinstance(nova.still(row), str)
    message = nova.message(row)
    assert message is None or spoken(message)
