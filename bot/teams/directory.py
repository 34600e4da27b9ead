"""The colleagues of one tenant who are known here: what a people field offers, whom it names, what they speak."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlmodel import col, select

from bot.memory import Memory
from handlers.message import Option
from storage import people
from storage.db import Database
from storage.models import Account, Member

DIRECTORY_SECONDS, TENANTS = 60.0, 100


class Directory:
    """Active members with an account in the tenant, at most a minute old. `wall` gives Unix seconds."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._memory: Memory[tuple[Option, ...]] = Memory(wall, DIRECTORY_SECONDS, TENANTS)

    async def options(self, tenant: str) -> Sequence[Option]:
        """Each colleague by name: `value` is the platform's id of the person."""
        known = self._memory.get(tenant)
        return known if known is not None else self._memory.put(tenant, await asyncio.to_thread(self._read, tenant))

    async def names(self, tenant: str) -> dict[str, str]:
        """Platform id → name."""
        return {option.value: option.label for option in await self.options(tenant)}

    async def locale(self, tenant: str, user: str) -> str:
        """The language that the person chose, read anew each time; "" where nobody here knows them."""
        return await asyncio.to_thread(self._locale, tenant, user)

    def _locale(self, tenant: str, user: str) -> str:
        with self._database.reading() as session:
            home = people.home(session, "teams", tenant)
            member = people.member_of(session, home.workspace.id, user) if home is not None else None
            return people.locale_of(member, home.organisation) if home is not None and member is not None else ""

    def _read(self, tenant: str) -> tuple[Option, ...]:
        with self._database.reading() as session:
            place = people.workspace(session, "teams", tenant)
            if place is None:
                return ()
            found = session.exec(
                select(Account.user, Member.name)
                .where(col(Account.workspace_id) == place.id, col(Account.deleted).is_(False))
                .join(Member, col(Member.id) == col(Account.member_id))
                .where(col(Member.active))
                .order_by(col(Member.name), col(Account.user))
            )
            return tuple(Option(user, name or user) for user, name in found)
