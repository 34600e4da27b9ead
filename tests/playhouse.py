"""A running practice installation for tests: real uvicorn, real Bolt, signed HTTP in, what a person sees out.

Business time stands still at `NOW` (a Friday, 09:30 in Japan) until a test moves the practice clock.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import httpx
import uvicorn

from bot.app import Product
from bot.practising import Practice, Stage, rehearse
from tests.home import ACME as ACME
from tests.home import BOT as BOT
from tests.home import EMMA as EMMA
from tests.home import GENERAL as GENERAL
from tests.home import GUEST as GUEST
from tests.home import LUMINA as LUMINA
from tests.home import NEWCOMER as NEWCOMER
from tests.home import NOVA as NOVA
from tests.home import NOVA_SHARED as NOVA_SHARED
from tests.home import SASAKI as SASAKI
from tests.home import SUZUKI as SUZUKI
from tests.home import TANAKA as TANAKA
from tests.home import YAMAMOTO as YAMAMOTO
from tests.home import Json, Sheet, Trouble, Values
from tests.home import Shown as AnyShown
from tests.serving import ended
from tests.slackshown import Shown, filled, label_of, options, row_of, words

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
PATIENCE = 60
"""Seconds; more than any step takes on a machine that others use too."""


def standing_still() -> datetime:
    """The wall that business time is counted from."""
    return NOW


def template(folder: Path) -> Path:
    """The sample organisation, told once for all tests of a session."""

    async def tell() -> None:
        async with rehearse(Stage(folder, 1, wall=standing_still, start=NOW)):
            pass

    asyncio.run(tell())
    return folder


@dataclass
class House:
    """One practice installation and the people in it. Every act waits until the bot has acknowledged it."""

    base: str
    practice: Practice
    loop: asyncio.AbstractEventLoop
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE))
    platform: Literal["slack"] = "slack"

    @property
    def product(self) -> Product:
        """What runs."""
        return self.practice.product

    # -- what people do

    def act(self, who: str, do: str, /, **more: Any) -> Json:  # noqa: ANN401 - JSON goes out as it is
        """POST /practice/act; fails the test where the workspace refuses it."""
        answer: Json = self.client.post(f"{self.base}/practice/act", json={"as": who, "do": do, **more}).json()
        assert answer.get("ok") or "errors" in answer, answer
        return answer

    def command(self, who: str, room: str, text: str) -> Shown:
        """Type a slash command; the answer that it got."""
        self.act(who, "command", channel=room, text=text)
        return self.last(who, room)

    def start(self, who: str, room: str, text: str) -> None:
        """Type a slash command that is answered with a form."""
        self.act(who, "command", channel=room, text=text)

    def say(self, who: str, text: str, room: str = "") -> Shown:
        """Write plain words, in the direct chat with the bot where no room is named; the newest message after it."""
        place = room or self.direct(who)
        self.write(who, place, text)
        return self.last(who, place)

    def write(self, who: str, room: str, text: str, thread: str = "") -> str:
        """Write plain words in a room; the message's id."""
        more = {"thread_ts": thread} if thread else {}
        return str(self.act(who, "message", channel=room, text=text, **more)["ts"])

    def record(self, who: str, room: str, message: str) -> Shown:
        """The shortcut on a message; what it is answered with."""
        self.act(who, "shortcut", callback_id="capture", channel=room, ts=message)
        return self.last(who, room)

    def press(self, who: str, message: AnyShown, label: str, near: str = "") -> Shown | None:
        """Press the button called `label`, the first one after the words `near`.

        The message as it is now, or the newest one in that room.
        """
        shown = _mine(message)
        found = shown.after(near) if near else shown.buttons
        button = next((each for each in found if label_of(each) == label), None)
        assert button is not None, (label, message.labels())
        return self._pressed(who, shown, button, value=button.get("value"))

    def choose(self, who: str, message: AnyShown, menu: str, label: str) -> Shown:
        """Choose `label` in the menu whose action is `menu` (its table row, e.g. friction.category)."""
        shown = _mine(message)
        element = next(each for each in shown.buttons if row_of(each) == menu)
        option = next(each for each in options(element) if each["text"]["text"] == label)
        return self._pressed(who, shown, element, selected_option=option)

    def _pressed(self, who: str, shown: Shown, element: Json, **more: Any) -> Shown:  # noqa: ANN401
        where = {"channel": shown.room, "ts": shown.id}
        names = {name: element[name] for name in ("block_id", "action_id")}
        self.act(who, "action", container=where, **names, **more)
        return self.find(who, shown.room, shown.id) or self.last(who, shown.room)

    def submit(self, who: str, values: Values) -> Json:
        """Fill the form on top (fields by name) and send it; {"errors": …} where it was refused."""
        view = self.view(who)
        assert view is not None, "no form is open"
        return self.act(who, "submit", view_id=view["id"], values=filled(view, values))

    def opens(self, who: str) -> None:
        """The person opens the chat with the app."""
        self.act(who, "home", tab="messages")

    def home(self, who: str) -> str:
        """The words of the Home tab, opened now."""
        self.act(who, "home", tab="home")
        return "\n".join(filter(None, (words(block) for block in self.home_blocks(who))))

    def home_blocks(self, who: str) -> list[Json]:
        """The Home tab as it was drawn last."""
        return list(self.state(who)["home"]["blocks"])

    def speaks(self, who: str, locale: str) -> None:
        """The person sets Slack to another language; Slack tells the bot at once."""
        self.act(who, "set_locale", locale=locale)

    # -- what happens to rooms and people

    def let_in(self, room: str, guest: str) -> None:
        """Somebody from outside comes into the room."""
        self.act(_host(room), "join", channel=room, who=guest)

    def put_out(self, room: str, guest: str) -> None:
        """They are gone again; with BOT, the bot is."""
        self.act(_host(room), "leave", channel=room, who=guest)

    def share(self, room: str, guest: str) -> None:
        """The room becomes a Slack Connect channel with the guest's company."""
        self.act(_host(room), "share", channel=room, who=guest)

    def unshare(self, room: str, guest: str) -> None:
        """The room is ours alone again."""
        assert guest
        self.act(_host(room), "unshare", channel=room)

    def close_account(self, who: str) -> None:
        """The person leaves the company."""
        self.act(SASAKI, "set_deleted", who=who)

    def reopen_account(self, who: str) -> None:
        """And comes back."""
        self.act(SASAKI, "set_deleted", who=who, deleted=False)

    def trouble(self, what: Trouble, times: int = 1) -> None:
        """The next calls go wrong."""
        method, error = {
            "hidden_room": ("conversations.info", "missing_scope"),
            "hidden_members": ("conversations.members", "missing_scope"),
            "cut_before": ("chat.postMessage", "cut_before"),
            "cut_after": ("chat.postMessage", "cut_after"),
        }[what]
        self.fail(method, error, times)

    def fail(self, method: str, error: str, times: int = 1) -> None:
        """The next calls of a Web API method go wrong (bot/practice/faults.py)."""
        wanted = {"method": method, "error": error, "times": times}
        answer = self.client.post(f"{self.base}/practice/fail", json=wanted).json()
        assert answer["ok"], answer

    # -- time

    def clock(self, **step: str) -> Json:
        """Move the practice clock: plus="1d", next="monday 08:30", to="2026-11-30T09:00"."""
        answer = self.client.post(f"{self.base}/practice/clock", json=step)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def later(self, who: str, **step: str) -> list[AnyShown]:
        """Move the clock; what the bot wrote to that person directly meanwhile."""
        before = {each.id for each in self.inbox(who)}
        self.clock(**step)
        return [each for each in self.inbox(who) if each.id not in before]

    def again(self, who: str, message: AnyShown) -> Shown:
        """The message as it reads once everything that waits is delivered."""
        self.settle()
        found = self.find(who, message.room, message.id)
        assert found is not None, "the message is gone"
        return found

    # -- what people see

    def state(self, who: str) -> Json:
        """GET /practice/state as that person."""
        return dict(self.client.get(f"{self.base}/practice/state", params={"as": who}).json())

    def messages(self, who: str, room: str) -> list[AnyShown]:
        """What that person can read in a room, oldest first."""
        return list[AnyShown](self._messages(who, room))

    def _messages(self, who: str, room: str) -> list[Shown]:
        return [Shown(raw, room) for raw in self.state(who)["messages"].get(room, [])]

    def last(self, who: str, room: str) -> Shown:
        """The newest message in a room."""
        found = self._messages(who, room)
        assert found, "nothing was said"
        return found[-1]

    def find(self, who: str, room: str, message: str) -> Shown | None:
        """A message by its ts."""
        return next((each for each in self._messages(who, room) if each.id == message), None)

    def direct(self, who: str) -> str:
        """The direct chat of a person with the bot."""
        return self.practice.workspace.direct_room([who, BOT]).id

    def inbox(self, who: str) -> list[AnyShown]:
        """What the bot wrote to a person directly."""
        return [each for each in self.messages(who, self.direct(who)) if each.by_bot]

    def view(self, who: str) -> Json | None:
        """The view on top, or None."""
        views: list[Json] = self.state(who)["views"]
        return views[-1] if views else None

    def form(self, who: str) -> Sheet | None:
        """The form on top, or None."""
        view = self.view(who)
        if view is None:
            return None
        said = "\n".join(filter(None, (words(block) for block in view["blocks"])))
        return Sheet(view["callback_id"], view["title"]["text"], said)

    def oversleep(self, to: str) -> None:
        """The clock stands at another time (in Japan), and nothing of what lies between has happened."""
        self.practice.clock.set(datetime.fromisoformat(to).replace(tzinfo=ZoneInfo("Asia/Tokyo")))

    def halt(self) -> None:
        """Nothing is delivered by itself any more, only by `settle` and by moving the clock."""
        asyncio.run_coroutine_threadsafe(self.practice.product.clockwork.stop(), self.loop).result(PATIENCE)

    def settle(self) -> None:
        """Everything that waits now is delivered; no waiting for a tick."""
        asyncio.run_coroutine_threadsafe(self.practice.product.clockwork.once(), self.loop).result(PATIENCE)


@contextmanager
def house(folder: Path, told: Path) -> Generator[House]:
    """A running installation in `folder`, begun as a copy of the told story `told`."""
    if not folder.exists():
        shutil.copytree(told, folder)
    running = _Running(folder)
    thread = threading.Thread(target=running.run, name="practice")
    thread.start()
    practice, loop = running.up.result(PATIENCE)
    inside = House(f"http://127.0.0.1:{running.port}", practice, loop)
    try:
        yield inside
    finally:
        inside.client.close()
        loop.call_soon_threadsafe(running.stop.set)
        thread.join(PATIENCE)
    assert not thread.is_alive(), "the practice is still running: another one must not have its folder"


@dataclass
class _Running:
    """The installation in a thread with a loop of its own; `up` says when it answers, or why it doesn't."""

    folder: Path
    port: int = 0
    up: Future[tuple[Practice, asyncio.AbstractEventLoop]] = field(
        default_factory=Future[tuple[Practice, asyncio.AbstractEventLoop]]
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
        # the port is held from the moment it is known; the protocol is named, since asyncio switches Nagle off
        # only where it is (else 40 ms a request)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
            listening.bind(("127.0.0.1", 0))
            listening.listen(128)
            self.port = int(listening.getsockname()[1])
            await self._play(listening)

    async def _play(self, listening: socket.socket) -> None:
        async with rehearse(Stage(self.folder, self.port, wall=standing_still, start=NOW)) as practice:
            config = uvicorn.Config(
                practice.app, port=self.port, log_level="error", lifespan="off", ws="websockets-sansio"
            )
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, no event
                await asyncio.sleep(0)
            await practice.product.open()
            await practice.product.clockwork.start()
            self.up.set_result((practice, asyncio.get_running_loop()))
            await self.stop.wait()
            await ended(server, serving)


def free_port() -> int:
    """A port for a process that opens it itself: below those that the system gives to outgoing connections."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def _mine(message: AnyShown) -> Shown:
    assert isinstance(message, Shown)
    return message


def _host(room: str) -> str:
    """Somebody of ours who is in the room."""
    return EMMA if room == ACME else SUZUKI
