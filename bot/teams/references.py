"""Conversation references: how a person's chat or a room is reached, kept from first contact (platform.md B5)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

import structlog
from sqlmodel import Session

from storage import conversations, people
from storage.db import Database, unit_of_work
from storage.models import Conversation, Workspace

PLATFORM = "teams"
REMEMBER_MS = 200
"""So long an activity waits to have its chat written down: somebody waits for the answer, and the next one tells it."""

log = structlog.stdlib.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True)
class Reference:
    """A chat of a tenant: a person's (`direct`, `external` their Entra object id) or a room's (`room`, its id).

    `conversation` is the conversation id without a thread, `address` the service URL, `user` how this bot calls the
    person (29:…; direct only), `sort` the channel's type (standard, shared, private; "" = not told).
    """

    tenant: str
    kind: Literal["direct", "room"]
    external: str
    conversation: str
    address: str
    user: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of a chat: its reference, and why nothing arrives there any more ("" = it is alive)."""

    reference: Reference
    dead: str = ""


class References:
    """The references of every tenant, in the database; `clock` is business time. All work is done in threads.

    Raises StorageBusy or StorageReadOnly where the database can't be used.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    async def remember(self, seen: Reference) -> None:
        """A chat was heard from: written when something in it is new, else once a day. A dead one lives again."""
        await asyncio.to_thread(self._remember, seen)

    async def direct(self, tenant: str, user: str) -> Reference | None:
        """The chat with a person, where something still arrives there."""
        return _alive(await self.known(tenant, "direct", user))

    async def known(self, tenant: str, kind: Literal["direct", "room"], external: str) -> Known | None:
        """A chat, dead or alive; None where nothing was ever heard of it."""

        def read(session: Session, place: Workspace) -> Known | None:
            row = conversations.find(session, place.id, kind, external)
            return None if row is None else Known(_reference(tenant, kind, row), row.dead)

        return await asyncio.to_thread(self._read, tenant, read)

    async def dead(self, reference: Reference, reason: str) -> None:
        """Nothing arrives there any more: `not_installed`, `blocked`, …, until it is heard from again."""
        await asyncio.to_thread(self._bury, reference, reason)

    async def address(self, tenant: str) -> str:
        """The service URL by which the tenant was heard from last, "" where it never was."""

        def read(session: Session, place: Workspace) -> str:
            return conversations.address(session, place.id)

        return await asyncio.to_thread(self._read, tenant, read) or ""

    # ------------------------------------------------------------ in threads

    def _read(self, tenant: str, read: Callable[[Session, Workspace], T]) -> T | None:
        with self._database.reading() as session:
            place = people.workspace(session, PLATFORM, tenant)
            return None if place is None else read(session, place)

    def _remember(self, seen: Reference) -> None:
        with self._database.reading() as session:
            row = self._row(session, seen)
            if row is None:
                return
            known = conversations.find(session, row.workspace_id, row.kind, row.external)
            if conversations.is_known(known, row):
                return
        with unit_of_work(self._database, REMEMBER_MS) as session:
            conversations.remember(session, row)

    def _bury(self, reference: Reference, reason: str) -> None:
        with unit_of_work(self._database) as session:
            row = self._row(session, reference)
            if row is not None:
                conversations.bury(session, row, reason)
        log.info("teams.reference_dead", kind=reference.kind, reason=reason)

    def _row(self, session: Session, seen: Reference) -> Conversation | None:
        place = people.workspace(session, PLATFORM, seen.tenant)
        if place is None:
            log.warning("teams.tenant_unknown", tenant=seen.tenant)
            return None
        row = conversations.made(place, seen.kind, seen.external, now=self._clock())
        row.conversation, row.address, row.user, row.sort = seen.conversation, seen.address, seen.user, seen.sort
        return row


def _alive(known: Known | None) -> Reference | None:
    return known.reference if known is not None and not known.dead else None


def _reference(tenant: str, kind: Literal["direct", "room"], row: Conversation) -> Reference:
    return Reference(tenant, kind, row.external, row.conversation, row.address, row.user, row.sort)
