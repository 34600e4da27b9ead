"""A company with people, a room, two clocks and fakes at the seams: what the tests of clock and post stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from sqlmodel import Session, col, select

from handlers.message import Button, Buttons, Message, Paragraph, line_of, spoken
from handlers.notice import Notice, Plan, Reader, Weight
from scheduler.deliver import DeliverCounts, Deliverer
from storage import outbox
from storage.db import Database
from storage.models import Delivery, Outbox, Schedule
from tests import factories
from tests.factories import MONDAY
from tests.fakes import FakeAudience, FakeSender


@dataclass
class Clocks:
    """Business and wall time, moved by hand."""

    now: datetime = MONDAY
    wall: datetime = MONDAY

    def move(self, now: datetime) -> None:
        self.now = now


@dataclass
class World:
    """One organisation: 高橋 (U1) and 佐藤 (U2) in Slack workspace T1, and the room C1 there."""

    db: Database
    org: str
    lead: str
    other: str
    room: str
    clocks: Clocks = field(default_factory=Clocks)
    sender: FakeSender = field(default_factory=FakeSender)
    audience: FakeAudience = field(default_factory=FakeAudience)
    notices: dict[str, Notice] = field(default_factory=dict[str, Notice])
    settled: set[str] = field(default_factory=set[str])
    _order: Iterator[int] = field(default_factory=lambda: count(-1000))

    def deliverer(self, name: str = "one") -> Deliverer:
        """A deliverer on this world; several stand for replicas."""
        return Deliverer(
            self.db,
            self.notices,
            {"slack": self.sender},
            {"slack": self.audience},
            lambda: self.clocks.now,
            lambda: self.clocks.wall,
            name,
        )

    def deliver(self, name: str = "one", limit: int = 50) -> DeliverCounts:
        """Everything that can be delivered now."""
        return asyncio.run(self.deliverer(name).drain(limit))

    def put(
        self,
        key: str = "k1",
        *,
        kind: str = "nudge",
        subject: str = "",
        to_room: bool = False,
        member: str = "",
        arguments: dict[str, str] | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """An outbox row for 高橋 or the room, due just now, each a little later than the one before; its id."""
        with self.db.writing() as session:
            outbox.put(
                session,
                org=self.org,
                kind=kind,
                subject_id=subject or key,
                key=key,
                weight=self.notices[kind].weight,
                now=self.clocks.now,
                member_id=None if to_room else member or self.lead,
                room_id=self.room if to_room else None,
                arguments=arguments,
                not_before=not_before or self.clocks.now + timedelta(milliseconds=next(self._order)),
                expires_at=expires_at,
            )
            session.commit()
        return self.row(key).id

    def do(self, work: Callable[[Session], object]) -> None:
        """One transaction, like a handler's."""
        with self.db.writing() as session:
            work(session)
            session.commit()

    def cancel(self, subject: str) -> None:
        """What a handler does when the reason of a notice is gone."""
        self.settled.add(subject)
        self.do(lambda s: outbox.cancel(s, self.org, subject, reason="logged", now=self.clocks.now))
        self.do(lambda s: outbox.refresh(s, self.org, subject, now=self.clocks.now))

    def row(self, key: str) -> Outbox:
        """The outbox row of `key`."""
        with self.db.reading() as session:
            return session.exec(select(Outbox).where(col(Outbox.key) == key)).one()

    def rows(self, operation: str = "send") -> list[Outbox]:
        """All rows of an operation, oldest first."""
        with self.db.reading() as session:
            return list(session.exec(select(Outbox).where(col(Outbox.operation) == operation).order_by(col(Outbox.id))))

    def deliveries(self) -> list[Delivery]:
        """All messages that stand on the platform, or may."""
        with self.db.reading() as session:
            return list(session.exec(select(Delivery)))

    def said(self) -> list[str]:
        """The words of every message that can be read on the platform."""
        return [spoken(post.message) for post in self.sender.standing]

    def notice(
        self,
        kind: str,
        *,
        weight: Weight = "proactive",
        next_due: Callable[[Session, Schedule, datetime], Plan | None] | None = None,
        bundles: bool = True,
        any_hour: bool = False,
    ) -> None:
        """Make a kind known that says its subject, and 記録済み once that is settled."""
        self.notices[kind] = Notice(kind, weight, next_due, self._still_due, self._compose, bundles, any_hour)

    def _still_due(self, _session: Session, row: Outbox, _now: datetime) -> str:
        return "logged" if row.subject_id in self.settled else ""

    def _compose(self, _session: Session, row: Outbox, reader: Reader, _now: datetime) -> Message | None:
        if row.arguments.get("silent"):
            return None
        if row.arguments.get("broken"):
            raise ValueError("broken")
        words = f"{reader.t.locale}:{row.subject_id}"
        if row.subject_id in self.settled:
            return Message((Paragraph(line_of(f"{words} done")),), "")
        press = Buttons((Button("log", "nudge.log", row.subject_id),))
        return Message((Paragraph(line_of(words)), press), f"preview {row.subject_id}")


def world(folder: Path) -> World:
    """A new company on a new SQLite file."""
    db = factories.database(folder)
    with db.writing() as session:
        org = factories.organisation(session).id
        place = factories.workspace(session, org)
        lead = factories.member(session, org)
        factories.account(session, lead, place, user="U1")
        other = factories.member(session, org, name="佐藤", locale="en")
        factories.account(session, other, place, user="U2")
        room = factories.room(session, place)
        session.commit()
    made = World(db, org, lead.id, other.id, room.id)
    made.notice("nudge")
    made.notice("relay", weight="reply")
    made.notice("post", any_hour=True, bundles=False)
    made.notice("guard.refused", weight="guard", any_hour=True)
    return made


LEASE_OVER = timedelta(minutes=4)
