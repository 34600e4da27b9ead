"""A practice with Teams for tests: what `make teams-playground` starts, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.playground import Tool
from bot.practising import Running, Stage, rehearse, running
from tests.playhouse import NOW, House, standing_still

Language = Literal["ja", "en"]


def template(folder: Path, language: Language) -> Path:
    """The sample organisation with its Teams tenant, told once for all tests of a language."""

    async def tell() -> None:
        async with rehearse(_stage(folder, 1), language):
            pass

    asyncio.run(tell())
    return folder


@dataclass(frozen=True)
class Theatre:
    """A running practice: `house` is its Slack side and its clock, `page` the playground's address."""

    house: House
    page: str


@contextmanager
def theatre(folder: Path, told: Path, language: Language, tool: Tool) -> Generator[Theatre]:
    """The practice with its playground in `folder`, begun as a copy of `told`; both end with the test."""
    shutil.copytree(told, folder)
    play = _Play(_stage(folder, _port()), language, tool)
    thread = threading.Thread(target=play.run, name="practice")
    thread.start()
    up, loop = play.up.result(90)
    house = House(play.stage.base, up.practice, loop)
    try:
        yield Theatre(house, up.page)
    finally:
        house.client.close()
        loop.call_soon_threadsafe(play.stop.set)
        thread.join(30)


@dataclass
class _Play:
    """The practice in its thread; `up` says when it answers, or why it doesn't."""

    stage: Stage
    language: Language
    tool: Tool
    up: Future[tuple[Running, asyncio.AbstractEventLoop]] = field(
        default_factory=Future[tuple[Running, asyncio.AbstractEventLoop]]
    )
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def run(self) -> None:
        """The thread."""
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self.up.done():
                raise
            self.up.set_exception(error)

    async def _serve(self) -> None:
        async with running(self.stage, self.language, self.tool) as up:
            self.up.set_result((up, asyncio.get_running_loop()))
            await self.stop.wait()


def _stage(folder: Path, port: int) -> Stage:
    return Stage(folder, port, wall=standing_still, start=NOW, teams=True)


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
