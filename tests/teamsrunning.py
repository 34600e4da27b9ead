"""Starts a Teams installation for tests: the real edge in the real web application, and a Microsoft of our own."""

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

import uvicorn

from bot.app import Product, build
from bot.platform import Edge, Ports
from bot.practice.practice_clock import PracticeClock
from bot.settings import Settings, Teams
from bot.teams.edge import connect
from bot.web import web
from tests.connector import Connector
from tests.playhouse import PATIENCE, standing_still
from tests.serving import ended
from tests.teamshouse import TeamsHouse
from tests.tenant import APP_ID, TENANT


@contextmanager
def teams_house(
    folder: Path, told: Path, connector: Connector, time: PracticeClock | None = None
) -> Generator[TeamsHouse]:
    """A running installation in `folder`, with `connector` as Microsoft.

    It begins as a copy of the database `told`, the told story as one of Teams (teamsworld.moved).
    """
    clock = time or PracticeClock(standing_still)
    database = folder / "kakehashi.db"
    if not folder.exists():
        folder.mkdir(parents=True)
        shutil.copy(told, database)
    running = _Running(database, connector, clock)
    thread = threading.Thread(target=running.run, name="teams")
    thread.start()
    product, loop, port = running.up.result(PATIENCE)
    inside = TeamsHouse(f"http://127.0.0.1:{port}", product, loop, clock, connector)
    try:
        yield inside
    finally:
        inside.client.close()
        loop.call_soon_threadsafe(running.stop.set)
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the bot is still running: another one must not have its folder"


@dataclass
class _Running:
    """The installation in a thread with a loop of its own; `up` says when it answers, or why it doesn't."""

    database: Path
    connector: Connector
    clock: PracticeClock
    up: Future[tuple[Product, asyncio.AbstractEventLoop, int]] = field(
        default_factory=Future[tuple[Product, asyncio.AbstractEventLoop, int]]
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

    def _connected(self, settings: Settings, ports: Ports) -> Edge:
        assert settings.teams is not None
        return connect(settings.teams, ports, cloud=self.connector.cloud(), token=self.connector.token)

    async def _serve(self) -> None:
        settings = Settings(
            database_url=f"sqlite:///{self.database}",
            organisation="みらい精機",
            teams=Teams(APP_ID, "not-a-secret", (TENANT,)),
        )
        product = build(settings, clock=self.clock, platforms={"teams": self._connected})
        config = uvicorn.Config(web(product), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(128)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, no event
                await asyncio.sleep(0)
            await product.open()
            await product.clockwork.start()
            self.up.set_result((product, asyncio.get_running_loop(), int(listening.getsockname()[1])))
            await self.stop.wait()
            await product.close()
            await ended(server, serving)
