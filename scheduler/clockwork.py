"""The clock that ticks in memory: a few fixed jobs without business meaning (platform.md C1, C3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs]

from scheduler.deliver import DeliverCounts, Deliverer
from scheduler.tick import TickCounts, tick
from storage import outbox, schedules
from storage.db import Database, StorageBusy, StorageReadOnly

EVERY_SECONDS = 15
JITTER_SECONDS = 3
ROUNDS = 20
STEPS = 2000

log = structlog.stdlib.get_logger()


@dataclass(frozen=True)
class RoundCounts:
    """What the clock and the post did together."""

    tick: TickCounts = field(default_factory=TickCounts)
    deliver: DeliverCounts = field(default_factory=DeliverCounts)

    def __add__(self, other: RoundCounts) -> RoundCounts:
        return RoundCounts(self.tick + other.tick, self.deliver + other.deliver)


class _Jobs(Protocol):
    """What is used of APScheduler, which brings no types."""

    def add_job(self, func: Callable[[], Awaitable[None]], trigger: str, **settings: int | str | bool | None) -> object:
        """Have `func` run by `trigger`."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def shutdown(self, wait: bool) -> None:
        """End."""
        ...


class Clockwork:
    """Runs tick and deliverer every 15 s and at every `wake`; also round by round for `tick --at` and practice.

    Everything happens on the event loop that `start` was called on; database steps run in threads. What is under way
    is never run twice at the same time by one process.
    """

    def __init__(self, db: Database, deliverer: Deliverer) -> None:
        self._db = db
        self._deliverer = deliverer
        self._woken = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._postman: asyncio.Task[None] | None = None
        self._jobs: _Jobs | None = None

    # ------------------------------------------------------------ running by itself

    async def start(self) -> None:
        """Begin to tick on the running loop: at once, then every 15 s."""
        self._loop = asyncio.get_running_loop()
        self._postman = self._loop.create_task(self._deliver_when_woken(), name="postman")
        # Explicit for the version in use: by default a tick that comes a second late is dropped (platform.md C1).
        settings: dict[str, int | bool | None] = {
            "seconds": EVERY_SECONDS, "jitter": JITTER_SECONDS,
            "misfire_grace_time": None, "coalesce": True, "max_instances": 1,
        }  # fmt: skip
        jobs = cast("_Jobs", AsyncIOScheduler(timezone="UTC", event_loop=self._loop))
        jobs.add_job(self._round, "interval", id="tick", **settings)
        jobs.add_job(self._wake_now, "interval", id="deliver", **settings)
        jobs.start()
        self._jobs = jobs
        await self._round()

    async def stop(self) -> None:
        """Tick no more; what is being sent is finished first."""
        async with self._one_at_a_time:
            jobs, self._jobs = self._jobs, None
            postman, self._postman = self._postman, None
            if jobs is not None:
                jobs.shutdown(wait=False)
            if postman is not None:
                postman.cancel()
        if postman is not None:
            await asyncio.gather(postman, return_exceptions=True)

    def wake(self) -> None:
        """Something was committed that waits to be sent: deliver at once. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _wake_now(self) -> None:
        self._woken.set()

    async def _round(self) -> None:
        async with self._one_at_a_time:
            await self._quietly(self._tick)
        self._woken.set()

    async def _deliver_when_woken(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            async with self._one_at_a_time:
                await self._quietly(self._deliverer.drain)

    async def _quietly(self, step: Callable[[], Awaitable[object]]) -> None:
        try:
            await step()
        except (StorageBusy, StorageReadOnly) as error:
            log.warning("clock.storage", error=type(error).__name__)
        except Exception as error:
            # The clock outlives what breaks one round; `/readyz` sees the heartbeat stop.
            log.exception("clock.failed", error=type(error).__name__)

    async def _tick(self) -> TickCounts:
        return await self._tick_at(self._deliverer.clock())

    async def _tick_at(self, now: datetime) -> TickCounts:
        wall = self._deliverer.wall()
        return await asyncio.to_thread(tick, self._db, self._deliverer.notices, now, wall)

    # ------------------------------------------------------------ round by round

    async def once(self, now: datetime | None = None) -> RoundCounts:
        """Do and deliver everything that is due at `now` (default: the clock), until nothing new comes of it.

        Raises StorageBusy or StorageReadOnly.
        """
        total = RoundCounts()
        async with self._one_at_a_time:
            for _ in range(ROUNDS):
                ticked = await self._tick_at(now or self._deliverer.clock())
                delivered = await self._deliverer.drain(now=now)
                total += RoundCounts(ticked, delivered)
                if not ticked.due and not delivered.claimed:
                    return total
        log.warning("clock.unfinished", rounds=ROUNDS)
        return total

    async def advance(self, until: datetime, move: Callable[[datetime], None]) -> RoundCounts:
        """Move a settable clock forward to `until`, stopping at every instant at which something becomes due.

        What lies between happens in its order and at its time. `move` sets the clock that the deliverer reads; it is
        never set back. After 2000 stops the clock goes to `until` at once.
        """
        total = await self.once()
        for _ in range(STEPS):
            due = await self.next_due()
            if due is None or due >= until:
                break
            move(due)
            total += await self.once()
        if self._deliverer.clock() < until:
            move(until)
        return total + await self.once()

    async def next_due(self) -> datetime | None:
        """When the next thing becomes due (business time); None where nothing is planned."""
        return await asyncio.to_thread(self._next_instant, self._deliverer.clock())

    def _next_instant(self, after: datetime) -> datetime | None:
        with self._db.reading() as session:
            found = (schedules.next_instant(session, after), outbox.next_instant(session, after))
        return min((instant for instant in found if instant is not None), default=None)
