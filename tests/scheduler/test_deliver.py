"""The deliverer: words late, audience first, one message per person, nothing lost and nothing twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from handlers.message import Buttons
from scheduler.ports import Reading, SendLater, SendNever, SendUnknown
from storage import outbox
from storage.db import change, revise
from storage.models import Account, Member, Workspace
from tests import factories
from tests.factories import MONDAY
from tests.fakes import Fault, Killed
from tests.scheduler.world import LEASE_OVER, World


def _revise(here: World, member: str, **values: object) -> None:
    def work(session: Session) -> None:
        revise(session, session.get_one(Member, member), values, by="", now=MONDAY)

    here.do(work)


def test_a_row_becomes_a_message_in_the_readers_language(here: World) -> None:
    here.put("a", subject="ノヴァ素材")
    here.put("b", subject="Acme Robotics", member=here.other)
    counts = here.deliver()
    assert (counts.messages, counts.sent) == (2, 2)
    assert sorted(here.said()) == ["preview Acme Robotics\nen:Acme Robotics", "preview ノヴァ素材\nja:ノヴァ素材"]
    row = here.row("a")
    delivery = next(each for each in here.deliveries() if each.id == row.delivery_id)
    assert (row.state, row.attempts, row.settled_at) == ("sent", 1, MONDAY)
    assert (delivery.channel, delivery.member_id, delivery.sent_at) == ("D-U1", here.lead, MONDAY)
    assert here.deliver().claimed == 0


def test_due_rows_of_a_person_are_one_message(here: World) -> None:
    for key in ("a", "b", "c"):
        here.put(key)
    here.put("alone", kind="post")
    counts = here.deliver(limit=1)
    assert (counts.messages, counts.sent) == (2, 4)
    bundled = next(text for text in here.said() if "ja:c" in text)
    assert bundled == "preview a(ほか2件)\nja:a\nja:b\nja:c"
    assert len({here.row(key).delivery_id for key in ("a", "b", "c")}) == 1


def test_words_are_those_of_the_last_moment(here: World) -> None:
    here.put("a")
    here.put("b")
    here.audience.on_read = lambda: here.cancel("a")
    counts = here.deliver()
    assert here.said() == ["preview b\nja:b"]
    assert (counts.sent, here.row("a").state, here.row("a").reason) == (1, "cancelled", "logged")


def test_nothing_is_sent_that_was_cancelled_while_leased(here: World) -> None:
    here.put("a")
    here.audience.on_read = lambda: here.cancel("a")
    assert here.deliver().messages == 0
    assert (here.said(), here.row("a").state, here.deliveries()) == ([], "cancelled", [])


def test_what_is_settled_while_it_is_sent_is_told_as_settled(here: World) -> None:
    here.put("a")

    def once() -> None:
        here.sender.on_send = None
        here.cancel("a")

    here.sender.on_send = once
    counts = here.deliver()
    assert (counts.sent, counts.updated) == (1, 1)
    assert here.said() == ["ja:a done"]
    assert here.row("a").state == "sent"


def test_a_settled_reason_is_no_longer_due(here: World) -> None:
    here.put("a")
    here.settled.add("a")
    assert here.deliver().cancelled == 1
    assert (here.row("a").state, here.row("a").reason) == ("cancelled", "logged")


def test_a_sent_nudge_becomes_what_happened(here: World) -> None:
    here.put("a")
    here.put("b")
    here.deliver()
    here.cancel("a")
    here.cancel("a")
    counts = here.deliver()
    assert (counts.updated, counts.messages) == (1, 0)
    assert here.said() == ["preview b(ほか1件)\nja:a done\nja:b"]
    here.cancel("b")
    here.deliver()
    (post,) = here.sender.standing
    assert post.edits == 2
    assert not any(isinstance(block, Buttons) for block in post.message.blocks)


def test_a_message_that_is_gone_is_not_updated_again(here: World) -> None:
    here.put("a")
    here.deliver()
    here.sender.posts.clear()
    here.cancel("a")
    assert here.deliver().never == 1
    (update,) = here.rows("update")
    assert update.reason == "message_not_found"
    here.cancel("a")
    assert len(here.rows("update")) == 1


def test_a_message_can_be_taken_away(here: World) -> None:
    here.put("a", to_room=True, kind="post")
    here.deliver()
    delivery = here.deliveries()[0].id
    here.do(lambda session: outbox.remove(session, here.org, delivery, now=here.clocks.now))
    assert here.deliver().deleted == 1
    assert (here.said(), here.deliveries()[0].deleted_at) == ([], MONDAY)


# ---------------------------------------------------------------- the guard


@pytest.mark.parametrize("kind", ["outside", "unknown", "gone"])
def test_nothing_is_posted_where_outsiders_read(here: World, kind: str) -> None:
    here.audience.told["C1"] = Reading(kind, "ext_shared")  # pyright: ignore[reportArgumentType]
    row = here.put("a", kind="post", to_room=True, arguments={"owner": here.lead})
    counts = here.deliver()
    assert (here.row("a").state, here.row("a").reason, counts.never) == ("never", kind, 1)
    guard = here.row(f"guard:{row}")
    assert (guard.kind, guard.weight, guard.member_id, guard.state) == ("guard.refused", "guard", here.lead, "sent")
    assert guard.arguments == {
        "row": row, "kind": "post", "room_id": here.room, "reason": kind, "detail": "ext_shared",
    }  # fmt: skip
    assert [post.to.user for post in here.sender.standing] == ["U1"]


def test_the_platform_is_asked_before_every_post_and_update(here: World) -> None:
    here.put("a", kind="post", to_room=True, arguments={"owner": here.lead})
    here.deliver()
    here.audience.told["C1"] = Reading("outside", "guest")
    here.cancel("a")
    assert here.deliver().never == 1
    assert here.sender.calls == ["send"]


@pytest.mark.parametrize(("kind", "reason"), [("outside", "outside"), ("gone", "user_gone")])
def test_a_direct_chat_is_for_our_own_people(here: World, kind: str, reason: str) -> None:
    here.audience.told["U1"] = Reading(kind)  # pyright: ignore[reportArgumentType]
    here.put("a")
    assert here.deliver().never == 1
    assert (here.row("a").reason, here.said()) == (reason, [])


def test_an_unsure_answer_about_a_person_is_asked_again(here: World) -> None:
    here.audience.told["U1"] = Reading("unknown")
    here.put("a")
    assert here.deliver().later == 1
    here.audience.told.clear()
    here.clocks.wall += timedelta(hours=1)
    assert here.deliver().sent == 1


# ---------------------------------------------------------------- who and when


def test_the_account_is_chosen_at_claim(here: World) -> None:
    def second(session: Session) -> None:
        place = factories.workspace(session, here.org, tenant="T2")
        person = session.get_one(Member, here.lead)
        factories.account(session, person, place, user="U9", seen=timedelta(days=1))
        teams = factories.workspace(session, here.org, platform="teams", tenant="X")
        factories.account(session, person, teams, user="29:1", seen=timedelta(days=2))

    here.put("a")
    here.do(second)
    here.deliver()
    assert [post.to.user for post in here.sender.standing] == ["U9"]


@pytest.mark.parametrize("values", [{"deleted": True}, {"standing": "guest"}])
def test_without_an_account_of_ours_nothing_goes_out(here: World, values: dict[str, object]) -> None:
    def work(session: Session) -> None:
        for account in session.exec(select(Account)).all():
            change(session, account, values)

    here.put("a")
    here.do(work)
    assert here.deliver().never == 1
    assert (here.row("a").reason, here.said()) == ("no_account", [])


def test_somebody_who_left_hears_nothing(here: World) -> None:
    here.put("a")
    _revise(here, here.lead, active=False)
    here.deliver()
    assert here.row("a").reason == "inactive"


def test_a_row_of_an_unconnected_platform_says_so(here: World) -> None:
    def work(session: Session) -> None:
        for place in session.exec(select(Workspace)).all():
            change(session, place, {"platform": "teams"})

    here.do(work)
    here.put("a", kind="post", to_room=True)
    here.deliver()
    assert here.row("a").reason == "not_connected"


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (datetime(2026, 7, 6, 9, 0, tzinfo=UTC), datetime(2026, 7, 6, 23, 30, tzinfo=UTC)),
        (datetime(2026, 7, 10, 12, 0, tzinfo=UTC), datetime(2026, 7, 12, 23, 30, tzinfo=UTC)),
        (datetime(2026, 9, 20, 3, 0, tzinfo=UTC), datetime(2026, 9, 23, 23, 30, tzinfo=UTC)),
    ],
    ids=["evening", "friday night", "silver week"],
)
def test_outside_working_hours_it_waits_for_the_next_window(here: World, now: datetime, opens: datetime) -> None:
    here.clocks.now = now
    here.put("a")
    here.put("answer", kind="relay")
    counts = here.deliver()
    assert (counts.waiting, counts.sent) == (1, 1)
    row = here.row("a")
    assert (row.state, row.not_before, row.attempts, row.lease_until) == ("waiting", opens, 0, None)
    here.clocks.now = opens
    assert here.deliver().sent == 1


def test_away_and_quiet_wait_for_the_morning_after(here: World) -> None:
    _revise(here, here.lead, away_until=date(2026, 7, 10))
    _revise(here, here.other, quiet_until=date(2026, 7, 6))
    here.put("a")
    here.put("b", member=here.other)
    here.put("answer", kind="relay", member=here.other)
    counts = here.deliver()
    assert (counts.waiting, counts.sent) == (2, 1)
    assert here.row("a").not_before == datetime(2026, 7, 12, 23, 30, tzinfo=UTC)
    assert here.row("b").not_before == datetime(2026, 7, 6, 23, 30, tzinfo=UTC)


def test_what_expires_before_it_can_be_said_is_dropped(here: World) -> None:
    here.put("past", expires_at=MONDAY)
    here.clocks.now = MONDAY + timedelta(hours=10)
    here.put("tonight", expires_at=MONDAY + timedelta(hours=12))
    here.put("tomorrow", expires_at=MONDAY + timedelta(days=2))
    here.deliver()
    states = {key: (here.row(key).state, here.row(key).reason) for key in ("past", "tonight", "tomorrow")}
    assert states == {"past": ("never", "expired"), "tonight": ("never", "expired"), "tomorrow": ("waiting", "")}


def test_nothing_to_say_is_not_said(here: World) -> None:
    here.put("a", arguments={"silent": "yes"})
    here.put("b")
    counts = here.deliver()
    assert (counts.never, counts.sent, here.row("a").reason) == (1, 1, "nothing_to_say")
    assert here.said() == ["preview b\nja:b"]


def test_unknown_kinds_are_left_to_a_newer_replica(here: World) -> None:
    here.put("a")
    here.notices["later_kind"] = here.notices.pop("nudge")
    assert here.deliver().claimed == 0
    assert (here.row("a").state, here.row("a").attempts) == ("waiting", 0)


# ---------------------------------------------------------------- faults


def test_a_refusal_for_now_is_tried_again_after_the_pause_that_the_platform_names(here: World) -> None:
    here.sender.faults.append(Fault(SendLater("rate_limited", after=30)))
    here.put("a")
    assert here.deliver().later == 1
    row = here.row("a")
    assert (row.state, row.reason, row.delivery_id, here.deliveries()) == ("waiting", "rate_limited", None, [])
    assert row.lease_until is not None
    assert timedelta(seconds=30) <= row.lease_until - MONDAY <= timedelta(seconds=31)
    assert here.deliver().claimed == 0
    here.clocks.wall = row.lease_until
    assert here.deliver().sent == 1
    assert here.sender.calls == ["send", "send"]


def test_pauses_grow_and_after_eight_attempts_it_is_given_up(here: World) -> None:
    here.sender.faults.extend(Fault(SendLater("server_error")) for _ in range(20))
    here.put("a")
    pauses: list[timedelta] = []
    while (row := here.row("a")).state == "waiting":
        if row.lease_until is not None:
            pauses.append(row.lease_until - here.clocks.wall)
            here.clocks.wall = row.lease_until
        here.deliver()
    assert (row.state, row.reason, row.attempts) == ("never", "gave_up", 8)
    assert len(here.sender.calls) == 8
    assert pauses == sorted(pauses)
    assert timedelta(seconds=10) <= pauses[0] <= timedelta(seconds=13)
    assert pauses[-1] <= timedelta(hours=1, minutes=15)


def test_a_refusal_for_good_is_not_tried_again_and_a_rooms_owner_hears_it(here: World) -> None:
    here.sender.faults.append(Fault(SendNever("is_archived")))
    row = here.put("a", kind="post", to_room=True, arguments={"owner": here.lead})
    here.deliver()
    assert (here.row("a").state, here.row("a").reason) == ("never", "is_archived")
    assert here.row(f"guard:{row}").state == "sent"


@pytest.mark.parametrize("acted", [True, False])
def test_a_message_of_unknown_fate_is_looked_up_in_a_direct_chat(here: World, *, acted: bool) -> None:
    here.sender.faults.append(Fault(SendUnknown("timeout"), acted=acted))
    here.put("a")
    here.put("b")
    assert here.deliver().later == 2
    here.clocks.wall += timedelta(hours=1)
    assert here.deliver().sent == 2
    assert here.said() == ["preview a(ほか1件)\nja:a\nja:b"]
    assert here.sender.calls == (["send", "find"] if acted else ["send", "find", "send"])
    assert len(here.deliveries()) == 1


def test_in_a_room_a_message_of_unknown_fate_is_repeated_once(here: World) -> None:
    here.sender.faults.extend(Fault(SendUnknown("timeout"), acted=True) for _ in range(2))
    row = here.put("a", kind="post", to_room=True, arguments={"owner": here.lead})
    for _ in range(4):
        here.deliver()
        here.clocks.wall += timedelta(hours=1)
    assert [post.to.room for post in here.sender.standing] == ["C1", "C1", ""]
    assert here.row("a").reason == "unknown_fate"
    assert here.row(f"guard:{row}").state == "sent"


@pytest.mark.parametrize("acted", [True, False])
def test_where_nobody_can_look_a_direct_message_of_unknown_fate_is_repeated_once(here: World, *, acted: bool) -> None:
    here.sender.finds = False
    here.sender.faults.extend(Fault(SendUnknown("timeout"), acted=acted) for _ in range(2))
    here.put("a")
    for _ in range(4):
        here.deliver()
        here.clocks.wall += timedelta(hours=1)
    assert here.sender.calls == ["send", "send"]
    assert len(here.said()) == (2 if acted else 0)
    assert (here.row("a").state, here.row("a").reason) == ("never", "unknown_fate")


def test_where_nobody_can_look_the_repeat_may_arrive(here: World) -> None:
    here.sender.finds = False
    here.sender.faults.append(Fault(SendUnknown("timeout")))
    here.put("a")
    here.put("b")
    assert here.deliver().later == 2
    here.clocks.wall += timedelta(hours=1)
    assert here.deliver().sent == 2
    assert (here.sender.calls, here.said()) == (["send", "send"], ["preview a(ほか1件)\nja:a\nja:b"])


def test_where_nobody_can_look_a_repeat_that_was_refused_for_now_is_no_repeat(here: World) -> None:
    here.sender.finds = False
    here.sender.faults.extend([Fault(SendUnknown("timeout")), Fault(SendLater("rate_limited")), Fault(Killed())])
    here.put("a")
    here.deliver()
    here.clocks.wall += timedelta(hours=1)
    assert here.deliver().later == 1
    here.clocks.wall += timedelta(hours=1)
    with pytest.raises(BaseExceptionGroup):
        here.deliver()
    here.clocks.wall += LEASE_OVER
    here.deliver("two")
    assert here.sender.calls == ["send", "send", "send"]
    assert here.row("a").reason == "unknown_fate"


def test_where_nobody_can_look_what_was_settled_meanwhile_is_not_repeated(here: World) -> None:
    here.sender.finds = False
    here.sender.faults.append(Fault(SendUnknown("timeout"), acted=True))
    here.put("a")
    here.deliver()
    here.cancel("a")
    here.clocks.wall += timedelta(hours=1)
    here.deliver()
    assert here.sender.calls == ["send"]
    assert here.row("a").state == "cancelled"
    assert [row.reason for row in here.rows("update")] == ["unknown_fate"]


@pytest.mark.parametrize("acted", [True, False])
def test_killed_between_send_and_mark(here: World, *, acted: bool) -> None:
    here.sender.faults.append(Fault(Killed(), acted=acted))
    here.put("a")
    with pytest.raises(BaseExceptionGroup):
        here.deliver()
    assert here.row("a").state == "sending"
    assert here.deliver("two").claimed == 0
    here.clocks.wall += LEASE_OVER
    assert here.deliver("two").sent == 1
    assert here.said() == ["preview a\nja:a"]
    assert (here.row("a").state, here.row("a").attempts) == ("sent", 2)


def test_a_cancelled_task_leaves_the_row_to_the_next(here: World) -> None:
    here.put("a")

    async def stopped() -> None:
        task = asyncio.current_task()
        assert task is not None

        def stop() -> None:
            task.cancel()

        here.sender.on_send = stop
        await here.deliverer().drain()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stopped())
    here.sender.on_send = None
    here.clocks.wall += LEASE_OVER
    here.deliver("two")
    assert (here.said(), here.row("a").state) == (["preview a\nja:a"], "sent")


def test_killed_before_the_send_nothing_needs_to_be_looked_up(here: World) -> None:
    def die() -> None:
        raise Killed

    here.audience.on_read = die
    here.put("a")
    with pytest.raises(BaseExceptionGroup):
        here.deliver()
    here.audience.on_read = None
    here.clocks.wall += LEASE_OVER
    here.deliver()
    assert (here.said(), here.sender.calls) == (["preview a\nja:a"], ["send"])


def test_settled_after_a_crash_the_message_that_went_out_is_updated(here: World) -> None:
    here.sender.faults.append(Fault(Killed(), acted=True))
    here.put("a")
    with pytest.raises(BaseExceptionGroup):
        here.deliver()
    here.cancel("a")
    here.clocks.wall += LEASE_OVER
    here.deliver()
    assert (here.said(), here.row("a").state) == (["ja:a done"], "sent")


def test_settled_after_a_crash_before_anything_went_out(here: World) -> None:
    here.sender.faults.append(Fault(Killed(), acted=False))
    here.put("a")
    with pytest.raises(BaseExceptionGroup):
        here.deliver()
    here.cancel("a")
    here.clocks.wall += LEASE_OVER
    here.deliver()
    assert (here.said(), here.row("a").state, here.row("a").delivery_id) == ([], "cancelled", None)
    here.settled.clear()
    here.put("a")
    here.deliver()
    assert here.said() == ["preview a\nja:a"]


def test_a_row_that_cannot_be_composed_does_not_stop_the_others(here: World) -> None:
    here.put("a", arguments={"broken": "yes"})
    here.put("b")
    counts = here.deliver()
    assert (counts.later, counts.sent) == (1, 1)
    assert here.row("a").reason == "compose_failed"


def test_a_bug_in_a_sender_is_like_a_crash_and_ends(here: World) -> None:
    here.sender.faults.extend(Fault(ValueError("bug")) for _ in range(30))
    here.put("a")
    for _ in range(12):
        here.deliver()
        here.clocks.wall += LEASE_OVER
    assert (here.row("a").state, here.row("a").reason) == ("never", "gave_up")
