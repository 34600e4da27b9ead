"""A company on a real database with the real table of notices: what the tests of the clock's words stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from handlers import capture, nextsteps
from handlers.message import Message, spoken
from handlers.notice import Reader
from handlers.notices import NOTICES
from handlers.request import Account, Command, Ctx, Place, Reply, Request
from handlers.steps import Side, Step
from handlers.text import texts
from scheduler.deliver import Deliverer
from scheduler.recipients import Go, judge
from scheduler.tick import tick
from storage import alliances, db, people, rooms, schedules
from storage.db import Database
from storage.ids import new_id
from storage.models import Alliance, Entry, Friction, Member, NextStep, Outbox, Room, Schedule, Touchpoint
from tests import factories
from tests.fakes import FakeAudience, FakeSender

TOKYO = ZoneInfo("Asia/Tokyo")
START = date(2026, 6, 1)


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2026 in Tokyo, as UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@dataclass
class Town:
    """ノヴァ素材 and ルミナAI (lead 佐藤, backup 高橋, manager 田中); 伊藤 is on ノヴァ's team, 鈴木 on none.

    ルミナAI needs a word only every 400 days, so that it stays out of the way.
    """

    database: Database
    session: Session
    org: str
    sato: Member
    takahashi: Member
    ito: Member
    tanaka: Member
    suzuki: Member
    nova: Alliance
    lumina: Alliance
    now: datetime = field(default_factory=lambda: at(6, 1))
    requests: int = 0
    sender: FakeSender = field(default_factory=FakeSender)
    audience: FakeAudience = field(default_factory=FakeAudience)

    def ctx(self, person: Member) -> Ctx:
        """A request of `person` at this moment in a direct chat."""
        self.requests += 1
        request = Request(f"k{self.requests}", "slack", "T1", Account("U1", person.name), Place("direct"), Command("x"))
        return Ctx(
            session=self.session,
            now=self.now,
            actor=person,
            viewer=people.viewer_of(self.session, person),
            t=texts("ja"),
            zone=TOKYO,
            today=self.now.astimezone(TOKYO).date(),
            request=request,
        )

    def log(self, person: Member, text: str) -> Reply:
        """A typed touchpoint, as a person writes it."""
        return capture.log(self.ctx(person), "touchpoint", text)

    def contact(
        self, alliance: Alliance, on: date, *, kind: str = "regular", summary: str = "", by: Member | None = None
    ) -> Touchpoint:
        """A touchpoint of a day, without the ways of the command."""
        recorder = by or self.sato
        entry = db.add(self.session, _entry(self.org, recorder.id, self.now))
        return db.add(
            self.session,
            Touchpoint(
                id=new_id(self.now),
                organisation_id=self.org,
                alliance_id=alliance.id,
                entry_id=entry.id,
                recorder_id=recorder.id,
                on=on,
                kind=kind,
                summary=summary,
                created_at=self.now,
            ),
        )

    def step(self, person: Member, text: str, *, side: Side | None = "ours", due: date | None = None) -> NextStep:
        """A next step of ノヴァ素材."""
        step = Step(text, side, None, due)
        return nextsteps.add(self.ctx(person), alliance_id=self.nova.id, entry_id=None, touchpoint_id=None, step=step)

    def friction(
        self, alliance: Alliance, text: str, on: date, *, severity: int, author: Member, approved: bool = False
    ) -> Friction:
        """An open note; `approved` = its author let the managers read the sentence."""
        entry = db.add(self.session, _entry(self.org, author.id, self.now))
        row = Friction(
            id=new_id(self.now),
            organisation_id=self.org,
            alliance_id=alliance.id,
            entry_id=entry.id,
            author_id=author.id,
            on=on,
            text=text,
            category="ROLE",
            severity=severity,
            created_at=self.now,
        )
        if approved:
            row.visibility, row.widening, row.approved_text, row.approved_version = "managers", "approved", text, 1
        elif severity > 1:
            row.widening = "pending"
        return db.add(self.session, row)

    def link(self, alliance: Alliance, name: str = "提携-ノヴァ素材") -> Room:
        """An internal channel linked to an alliance."""
        place = people.workspace(self.session, "slack", "T1")
        assert place is not None
        room = factories.room(self.session, place, external=name, name=name)
        rooms.link(
            self.session,
            org=self.org,
            alliance_id=alliance.id,
            room_id=room.id,
            linked_by=self.sato.id,
            now=self.now,
        )
        return room

    # ------------------------------------------------------------ the clock

    def touch(self, kind: str, subject: str) -> None:
        """What is planned from has changed."""
        schedules.touch(self.session, self.org, kind, subject, self.now)

    def tick(self, now: datetime | None = None) -> None:
        """Everything due at `now` goes to the outbox; the open transaction is closed for it and goes on."""
        self.now = now or self.now
        self.session.commit()
        tick(self.database, NOTICES, self.now, self.now)

    def account(self, person: Member) -> None:
        """A Slack account, so that the person can be written to."""
        place = people.workspace(self.session, "slack", "T1")
        assert place is not None
        factories.account(self.session, person, place, user=person.id)

    def deliver(self) -> None:
        """Everything that waits is sent or updated."""
        self.session.commit()
        post = Deliverer(
            self.database,
            NOTICES,
            {"slack": self.sender},
            {"slack": self.audience},
            lambda: self.now,
            lambda: self.now,
            "one",
        )
        asyncio.run(post.drain(50))

    def planned(self, kind: str, subject: str) -> datetime | None:
        """When something will be due, in Tokyo."""
        query = select(Schedule).where(col(Schedule.kind) == kind, col(Schedule.subject_id) == subject)
        row = self.session.exec(query.execution_options(populate_existing=True)).one()
        return row.next_due_at.astimezone(TOKYO) if row.next_due_at else None

    def rows(self, kind: str) -> list[Outbox]:
        """The outbox rows of a kind, in the order in which they were put."""
        query = select(Outbox).where(col(Outbox.kind) == kind).order_by(col(Outbox.created_at), col(Outbox.id))
        return list(self.session.exec(query.execution_options(populate_existing=True)))

    def row(self, kind: str) -> Outbox:
        """The latest outbox row of a kind."""
        return self.rows(kind)[-1]

    def goes(self, row: Outbox) -> bool:
        """Whether the deliverer would send it now."""
        return isinstance(judge(self.session, row, NOTICES[row.kind], self.now), Go)

    def still(self, row: Outbox) -> str:
        """Why it is not to be sent any more, "" while it is."""
        return NOTICES[row.kind].still_due(self.session, row, self.now)

    def message(self, row: Outbox, locale: str = "ja") -> Message | None:
        """What its reader would read now."""
        reader = people.member(self.session, self.org, row.member_id) if row.member_id else None
        return NOTICES[row.kind].compose(self.session, row, Reader(texts(locale), "Asia/Tokyo", reader), self.now)

    def said(self, row: Outbox, locale: str = "ja") -> str:
        """The same in words."""
        message = self.message(row, locale)
        assert message is not None
        return spoken(message)


@contextmanager
def town(folder: Path) -> Generator[Town]:
    """The company in a new database on Monday 1 June 2026, 10:00 in Tokyo."""
    base = factories.database(folder)
    now = at(6, 1)
    with base.writing() as session:
        org = factories.organisation(session).id
        factories.workspace(session, org)
        sato, takahashi, ito, tanaka, suzuki = (
            factories.member(session, org, name=name)
            for name in ("佐藤 花子", "高橋 健", "伊藤 誠", "田中 実", "鈴木 舞")
        )
        nova, lumina = (
            _alliance(session, sato, name, cadence=days, now=now)
            for name, days in (("ノヴァ素材", 14), ("ルミナAI", 400))
        )
        for alliance in (nova, lumina):
            for role, who in (("lead", sato), ("backup", takahashi), ("manager", tanaka)):
                alliances.give_role(session, org=org, alliance_id=alliance.id, role=role, who=who, since=START, now=now)
        alliances.give_role(session, org=org, alliance_id=nova.id, role="member", who=ito, since=START, now=now)
        yield Town(base, session, org, sato, takahashi, ito, tanaka, suzuki, nova, lumina, now)
    base.close()


def _alliance(session: Session, lead: Member, name: str, *, cadence: int, now: datetime) -> Alliance:
    return db.add(
        session,
        Alliance(
            id=new_id(now),
            organisation_id=lead.organisation_id,
            name=name,
            key=name.casefold(),
            purpose="検査を人に優しく",
            purpose_confirmed_on=START,
            cadence_days=cadence,
            started_on=START,
            created_by=lead.id,
            created_at=now,
        ),
    )


def _entry(org: str, recorder: str, now: datetime) -> Entry:
    return Entry(
        id=new_id(now), organisation_id=org, verb="touchpoint", raw="定例", recorder_id=recorder, created_at=now
    )
