"""Sender and audience of Teams between a database and Microsoft's side: what their tests stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.settings import Teams
from bot.teams.audience import TeamsAudience
from bot.teams.connection import Connection, Retry
from bot.teams.references import Reference, References
from bot.teams.send import TeamsSender
from bot.teams.tokens import GivenTokens
from handlers.message import Message
from scheduler.ports import Address, Reading, Ref
from storage.db import Database
from tests import factories
from tests.connector import Connector
from tests.factories import MONDAY
from tests.tenant import APP_ID, STRANGE_TENANT, TENANT, Person, Room, Tenant, aad

Result = TypeVar("Result")
Work = Callable[[TeamsSender, TeamsAudience], Awaitable[Result]]

SATO = Person(aad(1), "佐藤 花")
TANAKA = Person(aad(2), "田中 実")
GUEST = Person(aad(3), "Guest Gale", role="guest")
STRANGER = Person(aad(4), "Nina Nova", tenant=STRANGE_TENANT)
CHANNEL = Room("19:nova@thread.tacv2", "提携-ノヴァ素材", (SATO.aad, TANAKA.aad))


def person(of: Person) -> Address:
    return Address("teams", TENANT, "w1", user=of.aad)


def room(of: Room) -> Address:
    return Address("teams", TENANT, "w1", room=of.id)


@dataclass
class Line:
    """A tenant behind Microsoft's side, the database, and what the deliverer is given."""

    microsoft: Connector
    database: Database
    references: References = field(init=False)
    lenient: bool = False

    def __post_init__(self) -> None:
        self.references = References(self.database, lambda: MONDAY)

    @property
    def tenant(self) -> Tenant:
        return self.microsoft.tenant

    async def lasting(self, work: Work[Result]) -> Result:
        """Does `work` with a connection that gives up soon and tries nothing twice."""
        connection = Connection(
            Teams(APP_ID, "secret", (TENANT,)),
            GivenTokens(self.microsoft.token),
            cloud=self.microsoft.cloud(),
            retry=Retry(tries=1),
        )
        try:
            return await work(
                TeamsSender(connection, self.references),
                TeamsAudience(connection, self.references, lenient=self.lenient),
            )
        finally:
            await connection.close()

    def using(self, work: Work[Result]) -> Result:
        """`lasting` in a loop of its own."""
        return asyncio.run(self.lasting(work))

    def read(self, to: Address) -> Reading:
        """Who reads there."""
        return self.using(lambda _, audience: audience.read(to))

    def met(self, who: Person) -> Reference:
        """The person has written to the bot."""
        return self._heard(
            Reference(TENANT, "direct", who.aad, self.tenant.direct(who.aad), self.microsoft.url, user=who.mri)
        )

    def joined(self, where: Room, *, sort: str = "") -> Reference:
        """The bot was spoken to in a room."""
        return self._heard(Reference(TENANT, "room", where.id, where.id, self.microsoft.url, sort=sort))

    def alive(self, of: Person) -> bool:
        """Whether a person's chat is known and not dead."""
        return asyncio.run(self.references.direct(TENANT, of.aad)) is not None

    def words(self, ref: Ref) -> str | None:
        """Everything that stands in a post; None where there is none."""
        post = self.tenant.post(ref.channel, ref.id)
        return None if post is None else repr(post.activity)

    def _heard(self, reference: Reference) -> Reference:
        asyncio.run(self.references.remember(reference))
        return reference


@contextmanager
def line(microsoft: Connector, folder: Path) -> Generator[Line]:
    """佐藤 and 田中 in a channel, a guest and a stranger elsewhere; nobody was met yet. `microsoft` is emptied."""
    microsoft.tenant = Tenant()
    microsoft.tenant.add(SATO, TANAKA, GUEST, STRANGER, CHANNEL)
    microsoft.calls.clear()
    microsoft.faults.clear()
    database = factories.database(folder)
    with database.writing() as session:
        factories.workspace(session, factories.organisation(session).id, platform="teams", tenant=TENANT)
        session.commit()
    yield Line(microsoft, database)
    database.close()


@dataclass(frozen=True)
class Sending:
    """The sender with a line of its own for each call, so that each may have a loop of its own."""

    line: Line
    finds: bool = TeamsSender.finds

    async def send(self, to: Address, message: Message, delivery: str) -> Ref:
        return await self.line.lasting(lambda sender, _: sender.send(to, message, delivery))

    async def update(self, to: Address, ref: Ref, message: Message) -> None:
        await self.line.lasting(lambda sender, _: sender.update(to, ref, message))

    async def delete(self, to: Address, ref: Ref) -> None:
        await self.line.lasting(lambda sender, _: sender.delete(to, ref))

    async def find(self, to: Address, delivery: str) -> Ref | None:
        return await self.line.lasting(lambda sender, _: sender.find(to, delivery))


@dataclass(frozen=True)
class Asking:
    """The audience likewise."""

    line: Line

    async def read(self, to: Address) -> Reading:
        return await self.line.lasting(lambda _, audience: audience.read(to))
