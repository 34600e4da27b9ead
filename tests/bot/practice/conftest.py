"""A practice server on a free port with a small real Bolt app behind it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.practice.reading import Json, as_json, as_objects
from bot.practice.server import Wiring, routes
from bot.practice.workspace import Workspace
from tests.bot.practice.bolt_app import small_app
from tests.bot.practice.sample import Wall, sample_workspace

COMMANDS: list[Json] = [{"command": "/demo", "description": "d", "usage_hint": "u"}]
SHORTCUTS: list[Json] = [
    {"callback_id": "capture", "name": "Capture", "type": "message"},
    {"callback_id": "log", "name": "Log", "type": "global"},
]
PATIENCE = 2.0
"""Seconds that the tests' Slack waits for an acknowledgement, instead of 3."""


class Practice:
    """A client of the running server: what a test does and sees."""

    def __init__(self, workspace: Workspace, base: str, wall: Wall) -> None:
        self.workspace = workspace
        self.base = base
        self.wall = wall
        self.http = httpx.Client(base_url=base, trust_env=False)

    def act(self, person: str, do: str, **more: object) -> Json:
        """POST /practice/act."""
        return as_json(self.http.post("/practice/act", json={"as": person, "do": do, **more}).json())

    def command(self, person: str, channel: str, text: str) -> Json:
        """A slash command."""
        return self.act(person, "command", channel=channel, text=text)

    def state(self, person: str) -> Json:
        """GET /practice/state."""
        return as_json(self.http.get("/practice/state", params={"as": person}).json())

    def messages(self, person: str, channel: str) -> list[Json]:
        """The messages of a room as this person sees them."""
        return as_objects(as_json(self.state(person)["messages"]).get(channel))

    def last(self, person: str, channel: str) -> Json:
        """The newest of them."""
        return self.messages(person, channel)[-1]

    def view(self, person: str) -> Json:
        """The modal on top."""
        return as_objects(self.state(person)["views"])[-1]

    def log(self, kind: str) -> list[Json]:
        """The entries of the log of this kind."""
        entries = as_json(self.http.get("/practice/log").json())["entries"]
        return [entry for entry in as_objects(entries) if entry["kind"] == kind]

    def deliveries(self, name: str) -> list[Json]:
        """The payloads delivered under this name, oldest first."""
        return [as_json(entry["payload"]) for entry in self.log("delivery") if entry["type"] == name]

    def api(self, method: str, token: str = "xoxb-test", **arguments: object) -> httpx.Response:
        """A call as the bot makes it."""
        return self.http.post(f"/api/{method}", json=arguments, headers={"authorization": f"Bearer {token}"})


@contextmanager
def serving(listening: socket.socket, app: Starlette) -> Generator[None]:
    """Runs an application on a socket that listens already, in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="websockets-sansio"))
    server.force_exit = True
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(5)


@contextmanager
def practising(rewire: Callable[[Wiring], Wiring] = lambda same: same, *, by_http: bool = True) -> Generator[Practice]:
    """A whole practice server; `rewire` may change what it is made of, without `by_http` no bot answers."""
    wall = Wall()
    workspace = sample_workspace(wall)
    # the protocol is named, since asyncio switches Nagle off only where it is (else 40 ms a request)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        wired = Wiring(
            base,
            commands=COMMANDS,
            shortcuts=SHORTCUTS,
            acknowledge_within=PATIENCE,
            texts=lambda language: {"practice.slack.required": f"required in {language}"},
        )
        listed: list[BaseRoute] = routes(workspace, rewire(wired))
        if by_http:
            handler = AsyncSlackRequestHandler(small_app(base))

            async def slack(request: Request) -> Response:
                return await handler.handle(request)

            listed.insert(0, Route("/slack/events", slack, methods=["POST"]))
        with serving(listening, Starlette(routes=listed)):
            practice = Practice(workspace, base, wall)
            try:
                yield practice
            finally:
                practice.http.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Practice]:
    """One server for the tests of a module."""
    with practising() as practice:
        yield practice


@pytest.fixture
def practice(server: Practice) -> Practice:
    """The module's server, emptied."""
    server.wall.ahead = 0.0
    server.http.post("/practice/reset")
    return server


@pytest.fixture
def workspace() -> Workspace:
    """A workspace without a server."""
    return sample_workspace(Wall())
