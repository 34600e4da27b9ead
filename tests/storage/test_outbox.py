"""The outbox: unique by key, cancelled and refreshed by subject, leased row by row."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage import outbox
from storage.db import Database
from storage.models import Delivery, Outbox
from tests import factories
from tests.factories import MONDAY

LEASE = timedelta(minutes=3)
SECOND = timedelta(seconds=1)


@dataclass
class Box:
    """A file with one member and one open writing session."""

    db: Database
    session: Session
    org: str
    member: str
    workspace: str

    def put(self, key: str, **values: object) -> bool:
        """A row for the member."""
        known: dict[str, object] = {
            "org": self.org, "kind": "nudge", "subject_id": "s1", "key": key, "weight": "proactive",
            "now": MONDAY, "member_id": self.member,
        }  # fmt: skip
        return outbox.put(self.session, **{**known, **values})  # pyright: ignore[reportArgumentType]

    def claim(self, by: str = "one", *, later: timedelta = timedelta(0), limit: int = 10) -> list[str]:
        """Keys that can be claimed `later` on the wall clock."""
        wall = MONDAY + later
        rows = outbox.claim(
            self.session, kinds=["nudge"], by=by, now=MONDAY, wall=wall, until=wall + LEASE, limit=limit
        )
        return [row.key for row in rows]

    def row(self, key: str) -> Outbox:
        """As it stands in the file."""
        return self.session.exec(
            select(Outbox).where(Outbox.key == key).execution_options(populate_existing=True)
        ).one()

    def sent(self, *keys: str, ref: str = "1") -> Delivery:
        """One message that carries the rows `keys`."""
        rows = [self.row(key) for key in keys]
        message = outbox.start(
            self.session, rows, delivery_id=f"d{ref}", workspace_id=self.workspace, until=MONDAY + LEASE
        )
        outbox.sent(self.session, message, channel="D1", ref=ref, now=MONDAY)
        return message


@pytest.fixture(name="box")
def _box(tmp_path: Path) -> Iterator[Box]:
    db = factories.database(tmp_path)
    with db.writing() as session:
        org = factories.organisation(session).id
        member = factories.member(session, org).id
        workspace = factories.workspace(session, org).id
        yield Box(db, session, org, member, workspace)
    db.close()


def test_a_key_is_put_once(box: Box) -> None:
    assert [box.put("a"), box.put("a"), box.put("b")] == [True, False, True]
    row = box.row("a")
    assert (row.state, row.not_before, row.created_at, row.attempts) == ("waiting", MONDAY, MONDAY, 0)


@pytest.mark.parametrize("values", [{"member_id": None}, {"room_id": "r"}])
def test_there_is_one_recipient(box: Box, values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a member or a room"):
        box.put("a", **values)


def test_cancel_takes_waiting_and_leased_rows_of_the_subject(box: Box) -> None:
    box.put("leased")
    box.claim()
    box.put("waiting")
    box.put("other kind", kind="brief")
    box.put("other", subject_id="s2")
    assert outbox.cancel(box.session, box.org, "s1", kinds=["nudge"], reason="logged", now=MONDAY) == 2
    states = {key: box.row(key).state for key in ("leased", "waiting", "other kind", "other")}
    assert states == {"leased": "cancelled", "waiting": "cancelled", "other kind": "waiting", "other": "waiting"}
    row = box.row("leased")
    assert (row.reason, row.settled_at, row.lease_until, row.lease_by) == ("logged", MONDAY, None, "")
    assert outbox.held(box.session, [row.id], "one") == []


def test_another_organisation_is_never_touched(box: Box) -> None:
    box.put("a")
    other = factories.organisation(box.session).id
    assert outbox.cancel(box.session, other, "s1", reason="logged", now=MONDAY) == 0
    assert outbox.refresh(box.session, other, "s1", now=MONDAY) == 0
    assert outbox.delivery_of(box.session, other, box.sent("a").id) is None


def test_what_was_cancelled_and_not_sent_can_be_put_again(box: Box) -> None:
    box.put("a", arguments={"n": "1"})
    outbox.cancel(box.session, box.org, "s1", reason="logged", now=MONDAY)
    assert box.put("a", arguments={"n": "2"}, not_before=MONDAY + SECOND)
    row = box.row("a")
    assert (row.state, row.reason, row.arguments, row.not_before) == ("waiting", "", {"n": "2"}, MONDAY + SECOND)
    box.claim()
    box.sent("a")
    assert not box.put("a")
    assert box.row("a").state == "sent"


def test_refresh_puts_one_update_per_message(box: Box) -> None:
    for key, subject in (("a", "s1"), ("b", "s2"), ("c", "s1"), ("waiting", "s1")):
        box.put(key, subject_id=subject)
    box.sent("a", "b", ref="1")
    box.sent("c", ref="2")
    assert outbox.refresh(box.session, box.org, "s1", now=MONDAY) == 2
    assert outbox.refresh(box.session, box.org, "s1", now=MONDAY) == 0
    assert outbox.refresh(box.session, box.org, "s2", now=MONDAY) == 0
    assert outbox.refresh(box.session, box.org, "s1", kinds=["brief"], now=MONDAY) == 0
    updates = box.session.exec(select(Outbox).where(Outbox.operation == "update")).all()
    assert {row.delivery_id for row in updates} == {"d1", "d2"}
    box.claim()
    assert outbox.refresh(box.session, box.org, "s2", now=MONDAY) == 1, "the one under way may be composed already"


def test_a_deleted_message_is_left_alone(box: Box) -> None:
    box.put("a")
    message = box.sent("a")
    assert outbox.remove(box.session, box.org, message.id, now=MONDAY)
    assert not outbox.remove(box.session, box.org, message.id, now=MONDAY)
    outbox.forget(box.session, message, now=MONDAY)
    assert outbox.refresh(box.session, box.org, "s1", now=MONDAY) == 0


def test_a_lease_keeps_others_away_until_it_is_over(box: Box) -> None:
    box.put("a")
    box.put("not yet", not_before=MONDAY + SECOND)
    box.put("unknown kind", kind="brief")
    assert box.claim("one") == ["a"]
    assert box.claim("two", later=LEASE - SECOND) == []
    assert box.claim("two", later=LEASE) == ["a"]
    row = box.row("a")
    assert (row.state, row.lease_by, row.attempts) == ("sending", "two", 2)
    assert outbox.held(box.session, [row.id], "one") == []


def test_a_claim_takes_what_else_is_due_for_the_same_person(box: Box) -> None:
    other = factories.member(box.session, box.org).id
    for number in range(3):
        box.put(f"a{number}", not_before=MONDAY - timedelta(minutes=9 - number))
        box.put(f"b{number}", not_before=MONDAY - timedelta(minutes=5 - number), member_id=other)
    assert box.claim("one", limit=1) == ["a0", "a1", "a2"]
    assert box.claim("two", limit=1) == ["b0", "b1", "b2"]


def test_put_off_rows_come_back_at_their_time(box: Box) -> None:
    box.put("window")
    box.put("pause")
    box.claim()
    outbox.postpone(box.session, box.row("window"), MONDAY + SECOND)
    outbox.later(box.session, box.row("pause"), MONDAY + SECOND, reason="rate_limited")
    assert (box.row("window").attempts, box.row("pause").attempts) == (0, 1)
    assert outbox.next_instant(box.session, MONDAY) == MONDAY + SECOND
    assert outbox.next_instant(box.session, MONDAY + SECOND) is None
    assert not outbox.ready(box.session, kinds=["nudge"], now=MONDAY, wall=MONDAY)
    assert outbox.ready(box.session, kinds=["nudge"], now=MONDAY, wall=MONDAY + SECOND)
    assert box.claim(later=SECOND) == ["pause"], "the window is business time, which stands still here"


def test_a_send_of_unknown_fate_is_remembered_until_it_is_known(box: Box) -> None:
    box.put("a")
    box.claim()
    message = outbox.start(
        box.session, [box.row("a")], delivery_id="d1", workspace_id=box.workspace, until=MONDAY + LEASE
    )
    assert (message.tries, message.sent_at, box.row("a").delivery_id) == (1, None, "d1")
    assert outbox.under_way(box.session, message, MONDAY)
    assert not outbox.under_way(box.session, message, MONDAY + LEASE)
    again = outbox.start(
        box.session, [box.row("a")], delivery_id="d1", workspace_id=box.workspace, until=MONDAY + LEASE
    )
    outbox.not_sent(box.session, again)
    assert (again.tries, box.row("a").delivery_id) == (1, "d1")
    outbox.not_sent(box.session, again)
    assert (box.row("a").delivery_id, outbox.delivery_of(box.session, box.org, "d1")) == (None, None)


def test_parallel_claims_share_nothing(tmp_path: Path) -> None:
    db = factories.database(tmp_path)
    with db.writing() as session:
        org = factories.organisation(session).id
        place = factories.workspace(session, org)
        rooms = [factories.room(session, place, external=f"C{number}").id for number in range(100)]
        for room in rooms:
            outbox.put(
                session, org=org, kind="post", subject_id=room, key=room, weight="exempt", now=MONDAY, room_id=room
            )
        session.commit()

    def worker(name: str) -> list[str]:
        mine: list[str] = []
        while True:
            with db.writing() as session:
                rows = outbox.claim(
                    session, kinds=["post"], by=name, now=MONDAY, wall=MONDAY, until=MONDAY + LEASE, limit=7
                )
                session.commit()
            new = [row.key for row in rows if row.key not in mine]
            if not new:
                return mine
            mine.extend(new)

    with ThreadPoolExecutor(4) as pool:
        claimed = [key for each in [pool.submit(worker, name) for name in "abcd"] for key in each.result()]
    assert sorted(claimed) == sorted(rooms)
    db.close()
