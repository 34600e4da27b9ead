"""The real Slack edge behind the practice workspace, with a scripted desk."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.platform import Ports
from bot.practice.reading import Json
from bot.practice.server import Wiring, routes
from bot.settings import Slack
from bot.slack.edge import SlackEdge, connect
from bot.slack.routes import PATIENCE
from handlers.message import Line, Message, Paragraph, Text
from handlers.request import Account, Reply, Request
from storage import db
from tests.bot.practice.conftest import Practice
from tests.bot.practice.sample import Wall, sample_workspace

COMMANDS = {"touchpoint": "touchpoint", "renzoku": "alliance"}
LISTED: list[Json] = [{"command": f"/{name}", "description": "d", "usage_hint": "u"} for name in (*COMMANDS, "odd")]
SHORTCUTS: list[Json] = [{"callback_id": "capture", "name": "この投稿を記録", "type": "message"}]


def line(text: str) -> Line:
    """One literal span."""
    return (Text(text),)


def said(text: str) -> Message:
    """A message of one paragraph."""
    return Message((Paragraph(line(text)),), text)


@dataclass
class Script:
    """Stands for the desk: keeps what was asked, replies as the test says, and keeps which rooms changed."""

    asked: list[Request] = field(default_factory=list[Request])
    rooms: list[str] = field(default_factory=list[str])
    people: list[Account] = field(default_factory=list[Account])
    reply: Callable[[Request], Reply] = lambda request: Reply(said("はい"))

    held: threading.Event | None = None

    async def answer(self, request: Request) -> Reply:
        """The desk's door; while `held` is there and not set, it is busy."""
        self.asked.append(request)
        if self.held is not None:
            await asyncio.to_thread(self.held.wait, 10)
        return self.reply(request)

    async def room_changed(self, tenant: str, room: str) -> None:
        """What the routes call for a room's event."""
        assert tenant
        self.rooms.append(room)

    async def person_changed(self, tenant: str, account: Account) -> None:
        """What the routes call for a person's event."""
        assert tenant
        self.people.append(account)

    def ports(self, wall: Callable[[], float]) -> Ports:
        """What the edge is given; Slack's needs no database."""
        return Ports(
            answer=self.answer,
            database=db.connect("sqlite:///unused.db"),
            clock=lambda: datetime.fromtimestamp(wall(), UTC),
            wall=wall,
            on_room_change=self.room_changed,
            on_person_change=self.person_changed,
        )


@dataclass
class Stage:
    """A workspace, the edge that serves it, and the script."""

    practice: Practice
    edge: SlackEdge
    script: Script

    @property
    def asked(self) -> Request:
        """The last request that reached the desk."""
        return self.script.asked[-1]

    def replies(self, reply: Reply) -> None:
        """What the desk says from now on."""
        self.script.reply = lambda request: reply


@contextmanager
def serving(listening: socket.socket, app: Starlette) -> Generator[None]:
    """Runs an application on a socket that listens already, in a thread of its own, and ends it in order."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def running(patience: float = PATIENCE) -> Generator[Stage]:
    """A practice server with the edge behind it; `patience` as `connect` has it."""
    wall, script = Wall(), Script()
    workspace = sample_workspace(wall)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        edge = connect(
            Slack(workspace.tokens.bot, workspace.tokens.signing_secret, "", f"{base}/api/"),
            script.ports(wall),
            commands=COMMANDS,
            patience=patience,
        )

        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncGenerator[None]:
            await edge.start()
            yield
            await edge.close()

        listed: list[BaseRoute] = [
            *edge.routes,
            *routes(workspace, Wiring(base, commands=LISTED, shortcuts=SHORTCUTS)),
        ]
        with serving(listening, Starlette(routes=listed, lifespan=lifespan)):
            practice = Practice(workspace, base, wall)
            try:
                yield Stage(practice, edge, script)
            finally:
                practice.http.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Stage]:
    """One running server for the tests of a module."""
    with running() as stage:
        yield stage


@pytest.fixture
def stage(server: Stage) -> Stage:
    """The module's server, emptied: nothing said, nothing remembered."""
    server.practice.http.post("/practice/reset")
    server.script.asked.clear()
    server.script.rooms.clear()
    server.replies(Reply(said("はい")))
    for person in server.practice.workspace.persons:
        server.edge.people.forget(person)
    for room in server.practice.workspace.by_id:
        server.edge.rooms.forget(room)
    return server
