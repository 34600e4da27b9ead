"""build(settings): the one place where the parts are joined, and the only reader of the real clocks."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.settings import Settings
from bot.slack import edge
from bot.slack.edge import SlackEdge
from handlers import desk, guard
from handlers.desk import Desk
from handlers.notices import NOTICES
from handlers.request import Account, Reply, Request
from handlers.settings import renew
from handlers.text import texts
from scheduler.clockwork import Clockwork
from scheduler.deliver import Deliverer
from scheduler.ports import Address, NotSent, ReadingKind
from storage import db, people
from storage.db import Database, StorageBusy, StorageReadOnly
from storage.ids import new_id
from storage.models import Organisation, Workspace
from storage.people import Profile

THREAD_PATIENCE_MS = 1_600
"""How long a thread waits for the database before the person is told to try again (decision 22)."""

Answer = Callable[[Request], Awaitable[Reply]]


def system_now() -> datetime:
    """Business time of production: aware UTC."""
    return datetime.now(UTC)


def wall_seconds() -> float:
    """The real clock in Unix seconds: signatures, leases, triggers, caches (decision 6)."""
    return time.time()


@dataclass(frozen=True)
class Product:
    """A joined installation: `open` before use, `close` after it. `started` is when it was built, aware UTC."""

    settings: Settings
    database: Database
    desk: Desk
    clockwork: Clockwork
    slack: SlackEdge | None
    answer: Answer
    started: datetime

    async def open(self) -> None:
        """Open the lines to the platforms and make sure that their workspaces are known here."""
        if self.slack is not None:
            await self.slack.start()
            await self._install(self.slack)

    async def _install(self, slack: SlackEdge) -> None:
        own = await slack.connection.identity()
        now = self.desk.clock()
        company = Organisation(
            id=new_id(now),
            name=self.settings.organisation,
            locale=self.settings.locale,
            zone=self.settings.zone,
            created_at=now,
        )
        place = Workspace(
            id=new_id(now),
            organisation_id="",
            platform="slack",
            tenant=own.team,
            name=own.site,
            bot_user=own.user,
            created_at=now,
        )
        with db.unit_of_work(self.database) as session:
            people.install(session, company, place)

    async def listen(self) -> None:
        """Take requests: in Socket Mode open the line (over HTTP the web server does it)."""
        if self.slack is not None:
            await self.slack.listen()

    async def close(self) -> None:
        """Stop what runs, close every line."""
        await self.clockwork.stop()
        if self.slack is not None:
            await self.slack.close()
        self.database.close()


def build(settings: Settings, *, clock: Callable[[], datetime] = system_now) -> Product:
    """Join the parts of an installation; nothing is opened yet. `clock` gives business time (practice moves it)."""
    database = db.connect(settings.database_url)
    desk_ = Desk(database, clock)
    late: list[Clockwork] = []

    async def answer(request: Request) -> Reply:
        reply = await _answered(desk_, request)
        if reply.wake:
            late[0].wake()
        return reply

    async def on_room_change(room: str) -> None:
        if slack is not None:
            own = await slack.connection.identity()
            if await asyncio.to_thread(_knows, database, own.team, room):
                kind = await _who_reads(slack, room)
                if kind in ("inside", "outside"):
                    await asyncio.to_thread(_room_changed, database, own.team, room, kind == "outside", clock())
                late[0].wake()

    async def on_person_change(account: Account) -> None:
        if slack is not None:
            own = await slack.connection.identity()
            await asyncio.to_thread(_person_changed, database, own.team, account, clock())

    slack = None
    if settings.slack is not None:
        slack = edge.connect(
            settings.slack,
            commands=settings.commands,
            answer=answer,
            wall=wall_seconds,
            on_room_change=on_room_change,
            on_person_change=on_person_change,
            locale=settings.locale,
        )
    deliverer = Deliverer(
        db=database,
        notices=NOTICES,
        sender={"slack": slack.sender} if slack else {},
        audience={"slack": slack.audience} if slack else {},
        clock=clock,
        wall=system_now,
        name=f"{socket.gethostname()}:{os.getpid()}",
    )
    clockwork = Clockwork(database, deliverer)
    late.append(clockwork)
    return Product(settings, database, desk_, clockwork, slack, answer, system_now())


async def _who_reads(slack: SlackEdge, room: str) -> ReadingKind:
    """Who reads in a room by Slack's flags and its members; unknown where the line failed: every post asks again."""
    try:
        return (await slack.audience.read(Address("slack", "", "", room=room))).kind
    except NotSent:
        return "unknown"


def _knows(database: Database, tenant: str, room: str) -> bool:
    with database.reading() as session:
        return guard.knows(session, "slack", tenant, room)


def _room_changed(database: Database, tenant: str, room: str, shared: bool, now: datetime) -> None:
    with db.unit_of_work(database) as session:
        guard.room_changed(session, "slack", tenant, room, shared=shared, now=now)


def _person_changed(database: Database, tenant: str, account: Account, now: datetime) -> None:
    """Name, language and zone as the platform now says; in another zone what is theirs is planned anew."""
    with db.unit_of_work(database) as session:
        place = people.workspace(session, "slack", tenant)
        known = people.member_of(session, place.id, account.user) if place else None
        if known is not None:
            renew(session, known, Profile(account.user, account.name, account.locale, account.zone), now)


async def _answered(desk_: Desk, request: Request) -> Reply:
    """The desk inline where the database is free (0.4 ms, rigs.md §6), in a thread where it isn't, else "busy"."""
    try:
        try:
            return desk_.run(request)
        except StorageBusy:
            return await asyncio.to_thread(desk_.run, request, THREAD_PATIENCE_MS)
    except StorageReadOnly:
        return _busy(request, read_only=True)
    except StorageBusy:
        return _busy(request, read_only=False)


def _busy(request: Request, *, read_only: bool) -> Reply:
    return desk.busy(texts(request.actor.locale), request, read_only=read_only)
