"""Replicas at the same time on one file: each occurrence once, each row once (decisions 13 and 17)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from handlers.message import spoken
from handlers.notice import Plan
from scheduler.clockwork import Clockwork
from scheduler.deliver import DeliverCounts
from storage import schedules
from storage.models import Schedule
from tests.factories import MONDAY
from tests.fakes import FakeSender
from tests.scheduler.world import World


def _replica(here: World, name: str) -> tuple[FakeSender, DeliverCounts]:
    sender = FakeSender()
    counts = asyncio.run(replace(here.deliverer(name), sender={"slack": sender}).drain(limit=3))
    return sender, counts


def test_three_deliverers_send_each_row_once(here: World) -> None:
    for number in range(60):
        here.put(f"k{number}", kind="post", member=here.lead if number % 2 else here.other)
    with ThreadPoolExecutor(3) as pool:
        done = [each.result() for each in [pool.submit(_replica, here, name) for name in ("a", "b", "c")]]
    said = [spoken(post.message) for sender, _ in done for post in sender.standing]
    assert len(said) == len(set(said)) == 60
    assert sum(counts.sent for _, counts in done) == 60
    assert {row.state for row in here.rows()} == {"sent"}


def test_three_replicas_of_the_whole_clock(here: World) -> None:
    def plan(session: Session, row: Schedule, _now: datetime) -> Plan | None:
        return None if schedules.spent(session, row, "c") else Plan(MONDAY, "c", member_id=here.lead)

    def replica(name: str) -> list[str]:
        sender = FakeSender()
        asyncio.run(Clockwork(here.db, replace(here.deliverer(name), sender={"slack": sender})).once())
        return [line for post in sender.standing for line in spoken(post.message).splitlines() if line[:3] == "ja:"]

    here.notice("due", next_due=plan, any_hour=True)
    here.do(lambda s: [schedules.touch(s, here.org, "due", f"s{number}", MONDAY) for number in range(100)])
    with ThreadPoolExecutor(3) as pool:
        said = [line for each in [pool.submit(replica, name) for name in "abc"] for line in each.result()]
    assert sorted(said) == sorted(f"ja:s{number}" for number in range(100))
