"""The load: signed commands with texts of their own over kept connections, closed loop and open loop."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.practice import cast
from bot.practice.delivery import signature

LINE = "ノヴァ 定例。試作{n}号は順調 → 試験計画{n}を送る うち 12/9 同席: 佐藤, 高橋"
WHO = (cast.TANAKA, cast.SUZUKI, cast.YAMAMOTO)
_serial = itertools.count(1)


@dataclass(frozen=True)
class Target:
    """A server: its port, its signing secret, and what stands in the answer of a command that it carried out."""

    name: str
    port: int
    secret: str
    mark: bytes

    def request(self) -> bytes:
        """A freshly signed `/touchpoint …` that was never sent before, as the bytes of an HTTP request."""
        n = next(_serial)
        body = urlencode(
            {
                "token": "x",
                "team_id": cast.TEAM.id,
                "team_domain": cast.TEAM.domain,
                "channel_id": cast.NOVA,
                "channel_name": "nova",
                "user_id": WHO[n % len(WHO)],
                "user_name": "someone",
                "command": "/touchpoint",
                "text": LINE.format(n=n),
                "api_app_id": cast.BOT.app_id,
                "is_enterprise_install": "false",
                "response_url": f"http://127.0.0.1:{self.port}/nowhere",
                "trigger_id": f"bench.{self.port}.{n}",
            }
        )
        stamp = str(int(time.time()))
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: {signature(self.secret, stamp, body)}\r\n\r\n"
        )
        return (head + body).encode()


@dataclass(frozen=True)
class Sample:
    """What one measurement gave: seconds of each answer, sorted; answers a second; answers that were not it."""

    seconds: tuple[float, ...]
    per_second: float
    bad: int

    def at(self, share: float) -> float:
        """The `share` quantile in milliseconds (nearest rank)."""
        return self.seconds[min(int(len(self.seconds) * share), len(self.seconds) - 1)] * 1000


class _Line(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._waiting: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = self._got[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._got) >= end + 4 + length:
            answer, self._got = self._got, b""
            self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> bytes:
        """The answer, headers and all."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        assert self._transport is not None
        self._transport.close()


class _Tally:
    """Answers as they come in."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self.seconds: list[float] = []
        self.bad = 0

    def count(self, answer: bytes, seconds: float) -> None:
        """One answer."""
        self.seconds.append(seconds)
        if not answer.startswith(b"HTTP/1.1 200") or self._mark not in answer:
            self.bad += 1

    def sample(self, lasted: float) -> Sample:
        """All of them."""
        return Sample(tuple(sorted(self.seconds)), len(self.seconds) / lasted, self.bad)


async def _lines(target: Target, count: int) -> list[_Line]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(_Line, "127.0.0.1", target.port))[1] for _ in range(count)]


async def closed(target: Target, people: int, seconds: float) -> Sample:
    """`people` who each type again as soon as they have their answer."""
    lines, tally, now = await _lines(target, people), _Tally(target.mark), asyncio.get_running_loop().time
    began = now()

    async def person(line: _Line) -> None:
        while now() - began < seconds:
            request = target.request()
            asked = now()
            answer = await line.ask(request)
            tally.count(answer, now() - asked)

    await asyncio.gather(*(person(line) for line in lines))
    return _hung_up(lines, tally.sample(now() - began))


async def opened(target: Target, rate: float, seconds: float, lines: int = 24) -> Sample:
    """Arrivals at random (Poisson), `rate` a second, whether or not earlier ones were answered.

    A time counts from the arrival, waiting for a free connection included.
    """
    free: asyncio.LifoQueue[_Line] = asyncio.LifoQueue()
    every = await _lines(target, lines)
    for line in every:
        free.put_nowait(line)
    tally, loop = _Tally(target.mark), asyncio.get_running_loop()

    async def arrive(at: float) -> None:
        line = await free.get()
        answer = await line.ask(target.request())
        tally.count(answer, loop.time() - at)
        free.put_nowait(line)

    began = loop.time() + 0.05
    async with asyncio.TaskGroup() as tasks:
        pending = list(_arrivals(began, rate, seconds))
        all_came = loop.create_future()
        for at in pending:
            loop.call_at(at, lambda at=at: tasks.create_task(arrive(at)))
        loop.call_at(began + seconds, all_came.set_result, None)
        await all_came
    return _hung_up(every, tally.sample(loop.time() - began))


def _arrivals(began: float, rate: float, seconds: float) -> Iterator[float]:
    chance = random.Random(20_261_120)  # the same arrivals for every server
    at = began
    while (at := at + chance.expovariate(rate)) < began + seconds:
        yield at


def _hung_up(lines: Sequence[_Line], sample: Sample) -> Sample:
    for line in lines:
        line.close()
    return sample


Measure = Callable[[Target], Sample]
