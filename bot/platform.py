"""A platform as the rest of the program sees it: what it sends with, who reads there, its doors, its workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.routing import BaseRoute

from handlers.request import Account, Reply, Request
from scheduler.ports import Address, Audience, NotSent, Sender
from storage.db import Database

READERS_SECONDS = 1.2
"""So long it is asked who reads a room before an answer that depends on it; then it is unknown, which is outside."""

Answer = Callable[[Request], Awaitable[Reply]]
RoomChange = Callable[[str, str], Awaitable[None]]
"""(tenant, room): the room was shared, archived, renamed, joined or left."""
PersonChange = Callable[[str, Account], Awaitable[None]]
"""(tenant, account): name, language, zone or kind of a person as the platform now says."""


@dataclass(frozen=True)
class Place:
    """A workspace that this installation serves: the platform's id, its name, our own user there."""

    tenant: str
    name: str = ""
    bot_user: str = ""


@dataclass(frozen=True)
class Ports:
    """What a platform is given. `answer` is the desk: it answers within about 2 s and raises nothing mendable.

    `clock` is business time (aware UTC), `wall` real time in Unix seconds. `locale` is for words to nobody known yet.
    """

    answer: Answer
    database: Database
    clock: Callable[[], datetime]
    wall: Callable[[], float]
    on_room_change: RoomChange
    on_person_change: PersonChange
    locale: str = "ja"


class Edge(Protocol):
    """What bot/app.py joins, starts and closes; one for each platform that is configured."""

    @property
    def sender(self) -> Sender:
        """Posts there."""
        ...

    @property
    def audience(self) -> Audience:
        """Says who reads there."""
        ...

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its doors in our web application; none where it opens its own line."""
        ...

    async def start(self) -> None:
        """Opens the lines for calls, inside the running loop."""
        ...

    async def places(self) -> Sequence[Place]:
        """The workspaces that it serves; may ask the platform."""
        ...

    async def listen(self) -> None:
        """Takes requests where that doesn't come over HTTP."""
        ...

    async def close(self) -> None:
        """Takes nothing more, finishes what is under way, closes the lines."""
        ...


async def outsiders_in(audience: Audience, room: Address) -> bool | None:
    """Whether somebody from outside reads in `room`, asked as before every post; None = unknown."""
    try:
        async with asyncio.timeout(READERS_SECONDS):
            reading = await audience.read(room)
    except (NotSent, TimeoutError):
        return None
    match reading.kind:
        case "inside":
            return False
        case "outside":
            return True
        case "unknown" | "gone":
            return None
