"""What happens to a team happens to its channels, of which Teams names only one: all that we know are looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from sqlmodel import col, select

from bot.platform import RoomChange
from storage import conversations, people
from storage.db import Database, StorageBusy, StorageReadOnly, unit_of_work
from storage.models import Room

log = structlog.stdlib.get_logger(__name__)


class Channels:
    """The rooms of a tenant that alliances know. `on_room_change` is told of each, one after the other."""

    def __init__(self, database: Database, on_room_change: RoomChange) -> None:
        self._database, self._on_room_change = database, on_room_change
        self._looking: set[str] = set()
        self._again: set[str] = set()

    async def back(self, tenant: str) -> None:
        """The bot came (back) to a team: every channel that it had to leave is tried again, then all are looked at.

        Which of them are that team's nobody has told us: where the bot still isn't, the look finds that out.
        """
        try:
            await asyncio.to_thread(self._revive, tenant)
        except (StorageBusy, StorageReadOnly) as error:
            log.warning("teams.rooms_not_revived", reason=type(error).__name__)
        await self.look(tenant)

    async def look(self, tenant: str) -> None:
        """Every known room has perhaps changed. Many events in a row are one look, and one more after the last.

        One that can't be looked at is logged, and the others follow; every post asks again who reads there.
        """
        self._again.add(tenant)
        if tenant in self._looking:
            return
        self._looking.add(tenant)
        try:
            while tenant in self._again:
                self._again.discard(tenant)
                for room in await asyncio.to_thread(self._known, tenant):
                    await self._one(tenant, room)
        finally:
            self._looking.discard(tenant)

    async def _one(self, tenant: str, room: str) -> None:
        try:
            await self._on_room_change(tenant, room)
        except Exception as error:
            log.exception("teams.room_not_looked_at", error=type(error).__name__)

    def _revive(self, tenant: str) -> None:
        with self._database.reading() as session:
            place = people.workspace(session, "teams", tenant)
            if place is None or not conversations.left(session, place.id):
                return
        with unit_of_work(self._database) as session:
            for row in conversations.left(session, place.id):
                conversations.revive(session, row)

    def _known(self, tenant: str) -> Sequence[str]:
        with self._database.reading() as session:
            place = people.workspace(session, "teams", tenant)
            if place is None:
                return ()
            return session.exec(select(Room.external).where(col(Room.workspace_id) == place.id)).all()
