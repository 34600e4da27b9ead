"""What happens to a team happens to its channels, of which Teams names only one: all that we know are looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlmodel import col, select

from bot.platform import RoomChange
from storage import people
from storage.db import Database
from storage.models import Room


class Channels:
    """The rooms of a tenant that alliances know. `on_room_change` is told of each, one after the other."""

    def __init__(self, database: Database, on_room_change: RoomChange) -> None:
        self._database, self._on_room_change = database, on_room_change
        self._looking: set[str] = set()
        self._again: set[str] = set()

    async def look(self, tenant: str) -> None:
        """Every known room has perhaps changed. Many events in a row are one look, and one more after the last."""
        self._again.add(tenant)
        if tenant in self._looking:
            return
        self._looking.add(tenant)
        try:
            while tenant in self._again:
                self._again.discard(tenant)
                for room in await asyncio.to_thread(self._known, tenant):
                    await self._on_room_change(tenant, room)
        finally:
            self._looking.discard(tenant)

    def _known(self, tenant: str) -> Sequence[str]:
        with self._database.reading() as session:
            place = people.workspace(session, "teams", tenant)
            if place is None:
                return ()
            return session.exec(select(Room.external).where(col(Room.workspace_id) == place.id)).all()
