"""build(settings): the one place where the parts are joined, and the only reader of the real clocks."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.platform import Answer, Edge, Place, Ports
from bot.settings import Settings, Teams
from handlers import desk, guard
from handlers.desk import Desk
from handlers.notices import NOTICES
from handlers.request import Account, Platform, Reply, Request
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


def system_now() -> datetime:
    """Business time of production: aware UTC."""
    return datetime.now(UTC)


def wall_seconds() -> float:
    """The real clock in Unix seconds: signatures, leases, triggers, caches (decision 6)."""
    return time.time()


# ---------------------------------------------------------------- the platforms


def _slack(settings: Settings, ports: Ports) -> Edge | None:
    if settings.slack is None:
        return None
    from bot.slack import edge

    return edge.connect(settings.slack, ports, commands=settings.commands)


def _teams(settings: Settings, ports: Ports) -> Edge | None:
    if settings.teams is None:
        return None
    from bot.teams import edge

    return edge.connect(settings.teams, ports)


async def teams_login(teams: Teams) -> str:
    """What Entra has against our app id and secret, for `doctor`: "" where it gives a token, else a stable reason."""
    from bot.teams import edge

    return await edge.login_trouble(teams)


PLATFORMS: Mapping[Platform, Callable[[Settings, Ports], Edge | None]] = {"slack": _slack, "teams": _teams}
"""Loaded when configured, so that a Slack-only installation doesn't pay for Microsoft's SDK (decision 27)."""


@dataclass(frozen=True)
class Product:
    """A joined installation: `open` before use, `close` after it. `started` is when it was built, aware UTC."""

    settings: Settings
    database: Database
    desk: Desk
    clockwork: Clockwork
    edges: Mapping[Platform, Edge]
    answer: Answer
    started: datetime

    async def open(self) -> None:
        """Open the lines to the platforms and make sure that their workspaces are known here."""
        for platform, edge in self.edges.items():
            await edge.start()
            for place in await edge.places():
                self._install(platform, place)

    def _install(self, platform: Platform, own: Place) -> None:
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
            platform=platform,
            tenant=own.tenant,
            name=own.name,
            bot_user=own.bot_user,
            created_at=now,
        )
        with db.unit_of_work(self.database) as session:
            people.install(session, company, place)

    async def listen(self) -> None:
        """Take requests: in Socket Mode open the line (over HTTP the web server does it)."""
        for edge in self.edges.values():
            await edge.listen()

    async def close(self) -> None:
        """Stop what runs, close every line."""
        await self.clockwork.stop()
        for edge in self.edges.values():
            await edge.close()
        self.database.close()


def build(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = system_now,
    platforms: Mapping[Platform, Callable[[Settings, Ports], Edge | None]] = PLATFORMS,
) -> Product:
    """Join the parts of an installation; nothing is opened yet. `clock` gives business time (practice moves it).

    `platforms`: how each is connected; tests have a Microsoft of their own.
    """
    database = db.connect(settings.database_url)
    desk_ = Desk(database, clock)
    late: list[Clockwork] = []

    async def answer(request: Request) -> Reply:
        reply = await _answered(desk_, request)
        if reply.wake:
            late[0].wake()
        return reply

    edges: dict[Platform, Edge] = {}
    for platform, connect in platforms.items():
        watch = _Watch(database, platform, edges, clock, lambda: late[0].wake())
        edge = connect(
            settings,
            Ports(answer, database, clock, wall_seconds, watch.room_changed, watch.person_changed, settings.locale),
        )
        if edge is not None:
            edges[platform] = edge
    deliverer = Deliverer(
        db=database,
        notices=NOTICES,
        sender={platform: edge.sender for platform, edge in edges.items()},
        audience={platform: edge.audience for platform, edge in edges.items()},
        clock=clock,
        wall=system_now,
        name=f"{socket.gethostname()}:{os.getpid()}",
    )
    clockwork = Clockwork(database, deliverer)
    late.append(clockwork)
    return Product(settings, database, desk_, clockwork, edges, answer, system_now())


@dataclass(frozen=True)
class _Watch:
    """What a platform tells of rooms and people, written down."""

    database: Database
    platform: Platform
    edges: Mapping[Platform, Edge]
    clock: Callable[[], datetime]
    wake: Callable[[], None]

    async def room_changed(self, tenant: str, room: str) -> None:
        """Who reads there is asked anew where the room is one of ours; what waits for it is looked at again."""
        if await asyncio.to_thread(self._knows, tenant, room):
            kind = await self._who_reads(tenant, room)
            if kind in ("inside", "outside"):
                await asyncio.to_thread(self._write_room, tenant, room, shared=kind == "outside")
            self.wake()

    async def person_changed(self, tenant: str, account: Account) -> None:
        """Name, language and zone are taken over."""
        await asyncio.to_thread(self._write_person, tenant, account)

    async def _who_reads(self, tenant: str, room: str) -> ReadingKind:
        """By the platform's flags and the members; unknown where the line failed: every post asks again."""
        try:
            edge = self.edges[self.platform]
            return (await edge.audience.read(Address(self.platform, tenant, "", room=room))).kind
        except NotSent:
            return "unknown"

    def _knows(self, tenant: str, room: str) -> bool:
        with self.database.reading() as session:
            return guard.knows(session, self.platform, tenant, room)

    def _write_room(self, tenant: str, room: str, *, shared: bool) -> None:
        with db.unit_of_work(self.database) as session:
            guard.room_changed(session, self.platform, tenant, room, shared=shared, now=self.clock())

    def _write_person(self, tenant: str, account: Account) -> None:
        """In another zone what is theirs is planned anew."""
        with db.unit_of_work(self.database) as session:
            place = people.workspace(session, self.platform, tenant)
            known = people.member_of(session, place.id, account.user) if place else None
            if known is not None:
                profile = Profile(account.user, account.name, account.locale, account.zone)
                renew(session, known, profile, self.clock())


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
