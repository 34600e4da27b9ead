"""What waits in the outbox reaches people: claim, audience, last check and words, send, mark (decision 17)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from sqlmodel import Session

from handlers.notice import Notice
from scheduler.parcels import (
    MAX_ATTEMPTS,
    Moment,
    Parcel,
    Ready,
    nobody_there,
    prepare,
    prepare_update,
    put_off,
    refuse,
    sort,
    unreached,
)  # fmt: skip
from scheduler.ports import UNREACHED, Address, Audience, NotSent, Ref, Sender, SendLater, SendNever, SendUnknown
from scheduler.recipients import goes_elsewhere
from storage import heartbeats, outbox, people
from storage.db import Database
from storage.ids import new_id

LEASE = timedelta(minutes=3)
NETWORK_SECONDS = 60
PARALLEL = 8
ROUNDS = 1000

log = structlog.stdlib.get_logger()
T = TypeVar("T")


@dataclass(frozen=True)
class DeliverCounts:
    """What a round did, in outbox rows; `messages` counts what was posted (a bundle is one)."""

    claimed: int = 0
    messages: int = 0
    sent: int = 0
    updated: int = 0
    deleted: int = 0
    later: int = 0
    waiting: int = 0
    never: int = 0
    cancelled: int = 0
    failed: int = 0

    def __add__(self, other: DeliverCounts) -> DeliverCounts:
        return DeliverCounts(*(mine + theirs for mine, theirs in zip(_figures(self), _figures(other), strict=True)))


def _figures(counts: DeliverCounts) -> tuple[int, ...]:
    return (
        counts.claimed, counts.messages, counts.sent, counts.updated, counts.deleted,
        counts.later, counts.waiting, counts.never, counts.cancelled, counts.failed,
    )  # fmt: skip


@dataclass(frozen=True)
class Deliverer:
    """Sends what is due; any number of them may run. `clock` gives business time, `wall` wall time, both aware UTC.

    `name` tells replicas apart in leases and logs. No database session is open during a network call; database steps
    run in threads.
    """

    db: Database
    notices: Mapping[str, Notice]
    sender: Mapping[str, Sender]
    audience: Mapping[str, Audience]
    clock: Callable[[], datetime]
    wall: Callable[[], datetime]
    name: str = "deliverer"

    async def drain(self, limit: int = 50, now: datetime | None = None) -> DeliverCounts:
        """Rounds until nothing can be claimed any more; `now` stands in for the clock (`tick --at`)."""
        total = DeliverCounts()
        for _ in range(ROUNDS):
            counts = await self.run_once(limit, now)
            total += counts
            if not counts.claimed:
                return total
        log.warning("deliver.unfinished", rounds=ROUNDS)
        return total

    async def run_once(self, limit: int = 50, now: datetime | None = None) -> DeliverCounts:
        """One claim and all that follows; several places in parallel, each place in order.

        Raises StorageBusy or StorageReadOnly when nothing could be claimed. What goes wrong with one message is
        logged and tried again when its lease is over.
        """
        run = _Run(self, f"{self.name}/{new_id(self.wall())}", now)
        return await run.all(limit)


@dataclass(frozen=True)
class _Run:
    """One claim: its lease carries `token`."""

    of: Deliverer
    token: str
    now: datetime | None

    async def all(self, limit: int) -> DeliverCounts:
        parcels, outcomes = await asyncio.to_thread(self._claim, limit)
        claimed = len(outcomes) + sum(len(parcel.rows) for parcel in parcels)
        places: dict[str, list[Parcel]] = {}
        for parcel in parcels:
            places.setdefault(parcel.place, []).append(parcel)
        gate = asyncio.Semaphore(PARALLEL)
        tally = Counter(outcomes)
        async with asyncio.TaskGroup() as tasks:
            for queue in places.values():
                tasks.create_task(self._in_order(queue, gate, tally))
        return DeliverCounts(claimed=claimed, **tally)

    # ------------------------------------------------------------ the steps in the database

    def _at(self) -> Moment:
        return Moment(self.now or self.of.clock(), self.of.wall())

    def _claim(self, limit: int) -> tuple[list[Parcel], list[str]]:
        at, known = self._at(), self.of.notices.keys()
        with self.of.db.reading() as session:
            if not outbox.ready(session, kinds=known, now=at.now, wall=at.wall):
                return [], []
        with self.of.db.writing() as session:
            heartbeats.beat(session, "deliver", wall=at.wall)
            rows = outbox.claim(
                session, kinds=known, by=self.token, now=at.now, wall=at.wall, until=at.wall + LEASE, limit=limit
            )
            sorted_rows = sort(session, self.of.notices, rows, platforms=self.of.sender.keys(), at=at)
            session.commit()
        return sorted_rows

    async def _write(self, step: Callable[[Session, Moment], T]) -> T:
        """One short transaction in a thread."""

        def work() -> T:
            with self.of.db.writing() as session:
                result = step(session, self._at())
                session.commit()
            return result

        return await asyncio.to_thread(work)

    # ------------------------------------------------------------ one place after the other

    async def _in_order(self, queue: list[Parcel], gate: asyncio.Semaphore, tally: Counter[str]) -> None:
        async with gate:
            for parcel in queue:
                tally.update(await self._one(parcel))

    async def _one(self, parcel: Parcel) -> list[str]:
        try:
            match parcel.operation:
                case "send":
                    return await self._send(parcel)
                case "update":
                    return await self._update(parcel)
                case _:
                    return await self._delete(parcel)
        except NotSent as error:
            problem = error
            return await self._write(lambda session, at: self._settle(session, parcel, problem, at))
        except Exception as error:
            # As if the process had died here: the lease runs out, the message is looked up, its attempts are counted.
            log.exception("deliver.failed", kind=parcel.rows[0].kind, row=parcel.rows[0].id, error=type(error).__name__)
            return ["failed"]

    async def _send(self, parcel: Parcel) -> list[str]:
        if parcel.message is not None:
            if not self._can_look(parcel.to) and parcel.message.tries > 1:
                raise SendNever("unknown_fate")  # one repeat where nobody can look; the owner is told
            if found := await self._find(parcel):
                return await self._mark(parcel, parcel.message.id, found)
        await self._inside(parcel)
        until = self.of.wall() + LEASE
        ready = await self._write(
            lambda session, at: prepare(session, self.of.notices, parcel, by=self.token, until=until, at=at)
        )
        if ready.message is None:
            return list(ready.outcomes)
        sender = self.of.sender[parcel.to.platform]
        try:
            ref = await _timed(sender.send(parcel.to, ready.message, ready.delivery), SendUnknown("timeout"))
        except (SendLater, SendNever):
            await self._write(lambda session, _: self._not_acted(session, parcel, ready))
            raise
        return [*ready.outcomes, *await self._mark(parcel, ready.delivery, ref), "messages"]

    async def _update(self, parcel: Parcel) -> list[str]:
        ref = await self._standing(parcel)
        await self._inside(parcel)
        ready = await self._write(
            lambda session, at: prepare_update(session, self.of.notices, parcel, by=self.token, at=at)
        )
        if ready.message is None:
            return list(ready.outcomes)
        sender = self.of.sender[parcel.to.platform]
        await _timed(sender.update(parcel.to, ref, ready.message), SendUnknown("timeout"))
        return await self._write(lambda session, at: self._done(session, parcel, at, gone=False))

    async def _delete(self, parcel: Parcel) -> list[str]:
        ref = await self._standing(parcel)
        await _timed(self.of.sender[parcel.to.platform].delete(parcel.to, ref), SendUnknown("timeout"))
        return await self._write(lambda session, at: self._done(session, parcel, at, gone=True))

    # ------------------------------------------------------------ questions to the platform

    async def _inside(self, parcel: Parcel) -> None:
        """Only people of ours read there at this moment, or else SendNever; what is unknown counts as outside."""
        reading = await _timed(self.of.audience[parcel.to.platform].read(parcel.to), SendLater("timeout"))
        match reading.kind:
            case "inside":
                return
            case "unknown" if parcel.to.direct:
                raise SendLater("unknown")
            case "gone" if parcel.to.direct:
                raise SendNever(reading.detail if reading.detail in UNREACHED else "user_gone")
            case _:
                raise SendNever(reading.kind, reading.detail)

    async def _find(self, parcel: Parcel) -> Ref | None:
        """A message of unknown fate in a direct chat; what isn't there is forgotten. What can't be read: None."""
        if parcel.message is None or not self._can_look(parcel.to):
            return None
        sender = self.of.sender[parcel.to.platform]
        found = await _timed(sender.find(parcel.to, parcel.message.id), SendLater("timeout"))
        if found is None:
            await self._write(lambda session, _: self._absent(session, parcel))
        return found

    def _can_look(self, to: Address) -> bool:
        return to.direct and self.of.sender[to.platform].finds

    async def _standing(self, parcel: Parcel) -> Ref:
        """Where the message stands that is to be updated or deleted."""
        message = parcel.message
        if message is None or message.deleted_at is not None:
            raise SendNever("message_not_found")
        if message.sent_at is not None:
            return Ref(message.channel, message.ref)
        if found := await self._find(parcel):
            await self._mark(parcel, message.id, found)
            return found
        raise SendNever("not_sent" if self._can_look(parcel.to) else "unknown_fate")

    # ------------------------------------------------------------ marks

    async def _mark(self, parcel: Parcel, delivery: str, ref: Ref) -> list[str]:
        def step(session: Session, at: Moment) -> list[str]:
            message = outbox.delivery_of(session, parcel.rows[0].organisation_id, delivery)
            if message is None:
                raise LookupError(delivery)
            return ["sent"] * outbox.sent(session, message, channel=ref.channel, ref=ref.id, now=at.now)

        return await self._write(step)

    def _not_acted(self, session: Session, parcel: Parcel, ready: Ready) -> None:
        message = outbox.delivery_of(session, parcel.rows[0].organisation_id, ready.delivery)
        if message is not None:
            outbox.not_sent(session, message)

    def _absent(self, session: Session, parcel: Parcel) -> None:
        first = parcel.rows[0]
        message = outbox.delivery_of(session, first.organisation_id, parcel.message.id if parcel.message else None)
        if message is not None and message.sent_at is None:
            outbox.absent(session, message)

    def _done(self, session: Session, parcel: Parcel, at: Moment, *, gone: bool) -> list[str]:
        row = parcel.rows[0]
        message = outbox.delivery_of(session, row.organisation_id, row.delivery_id)
        if gone and message is not None:
            outbox.forget(session, message, now=at.now)
        outbox.settle(session, row, "sent", "", now=at.now)
        return ["deleted" if gone else "updated"]

    def _settle(self, session: Session, parcel: Parcel, problem: NotSent, at: Moment) -> list[str]:
        """What becomes of rows that were not sent, or perhaps sent: later, or never."""
        outcomes: list[str] = []
        for row in outbox.held(session, [row.id for row in parcel.rows], self.token):
            if problem.reason == "user_gone" and parcel.to.direct:
                people.left(session, row.organisation_id, row.member_id or "", parcel.to.workspace_id)
            if isinstance(problem, SendNever) and goes_elsewhere(session, row, parcel.to, platforms=self.of.sender):
                outcomes.append(put_off(session, row, problem.reason, at.wall, after=0))
            elif problem.reason == "user_gone" and parcel.to.direct:
                outcomes.append(nobody_there(session, row, at.now))
            elif problem.reason in UNREACHED and parcel.to.direct:
                outcomes.append(unreached(session, row, parcel.to, problem.reason, at.now))
            elif isinstance(problem, SendNever):
                outcomes.append(refuse(session, row, problem.reason, at.now, detail=problem.detail))
            elif row.attempts >= MAX_ATTEMPTS:
                outcomes.append(refuse(session, row, "gave_up", at.now, detail=problem.reason))
            else:
                after = problem.after if isinstance(problem, SendLater) else None
                outcomes.append(put_off(session, row, problem.reason, at.wall, after=after))
        if problem.reason == "message_not_found" and parcel.message is not None:
            message = outbox.delivery_of(session, parcel.message.organisation_id, parcel.message.id)
            if message is not None:
                outbox.forget(session, message, now=at.now)
        return outcomes


async def _timed(call: Awaitable[T], late: NotSent) -> T:
    try:
        async with asyncio.timeout(NETWORK_SECONDS):
            return await call
    except TimeoutError as error:
        raise late from error
