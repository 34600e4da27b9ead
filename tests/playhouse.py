"""A running practice installation for tests: real uvicorn, real Bolt, signed HTTP in, what a person sees out.

Business time stands still at `NOW` (a Friday, 09:30 in Japan) until a test moves the practice clock.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import threading
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, cast

import httpx
import uvicorn

from bot.practice import cast as people
from bot.practice.reading import as_json, as_objects
from bot.practising import Practice, Stage, rehearse

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA = people.TANAKA, people.SUZUKI, people.YAMAMOTO, people.SASAKI, people.EMMA
NEWCOMER, GUEST = people.NEWCOMER, people.GUEST
GENERAL, NOVA, NOVA_SHARED, LUMINA, ACME = people.GENERAL, people.NOVA, people.NOVA_SHARED, people.LUMINA, people.ACME
BOT = people.BOT.user_id

Json = dict[str, Any]


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


@dataclass(frozen=True)
class Shown:
    """A message as a person sees it."""

    raw: Json
    room: str

    @property
    def ts(self) -> str:
        """Its id within the room."""
        return str(self.raw["ts"])

    @property
    def private(self) -> bool:
        """Whether only this person sees it."""
        return bool(self.raw.get("ephemeral"))

    @property
    def words(self) -> str:
        """All that can be read in it, a block a line, buttons as [label], menus as <chosen>."""
        blocks: list[Json] = self.raw.get("blocks") or []
        said = "\n".join(filter(None, (_words(block) for block in blocks))) or str(self.raw.get("text", ""))
        return said.replace("\u2003", ": ")

    @property
    def buttons(self) -> list[Json]:
        """Every button and menu: its element with `block_id`."""
        return [element for element in _elements(self.raw.get("blocks") or []) if "action_id" in element]

    def labels(self) -> list[str]:
        """What the buttons say."""
        return [element["text"]["text"] for element in self.buttons if element["type"] == "button"]


@dataclass
class House:
    """One practice installation and the people in it. Every act waits until the bot has acknowledged it."""

    base: str
    practice: Practice
    loop: asyncio.AbstractEventLoop
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30))

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

    def say(self, who: str, text: str, room: str = "") -> Shown:
        """Write plain words, in the direct chat with the bot where no room is named; the newest message after it."""
        place = room or self.direct(who)
        self.act(who, "message", channel=place, text=text)
        return self.last(who, place)

    def press(self, who: str, message: Shown, label: str) -> Shown | None:
        """Press the button called `label`; the newest message in that room, None where it opened a form only."""
        button = next((each for each in message.buttons if _label(each) == label), None)
        assert button is not None, (label, message.labels())
        self.act(
            who,
            "action",
            container={"channel": message.room, "ts": message.ts},
            block_id=button["block_id"],
            action_id=button["action_id"],
            value=button.get("value"),
        )
        return self.find(who, message.room, message.ts) or self.last(who, message.room)

    def choose(self, who: str, message: Shown, menu: str, label: str) -> Shown:
        """Choose `label` in the menu whose action is `menu` (its table row, e.g. friction.category)."""
        element = next(each for each in message.buttons if str(each["action_id"]).split("#")[0] == menu)
        option = next(each for each in _options(element) if each["text"]["text"] == label)
        self.act(
            who,
            "action",
            container={"channel": message.room, "ts": message.ts},
            block_id=element["block_id"],
            action_id=element["action_id"],
            selected_option=option,
        )
        return self.find(who, message.room, message.ts) or self.last(who, message.room)

    def submit(self, who: str, values: dict[str, str | list[str]]) -> Json:
        """Fill the form on top (fields by name) and send it; {"errors": …} where it was refused."""
        view = self.form(who)
        assert view is not None, "no form is open"
        return self.act(who, "submit", view_id=view["id"], values=_filled(view, values))

    def clock(self, **step: str) -> Json:
        """Move the practice clock: plus="1d", next="monday 08:30", to="2026-11-30T09:00"."""
        answer = self.client.post(f"{self.base}/practice/clock", json=step)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def later(self, who: str, **step: str) -> list[Shown]:
        """Move the clock; what the bot wrote to that person directly meanwhile."""
        before = {each.ts for each in self.inbox(who)}
        self.clock(**step)
        return [each for each in self.inbox(who) if each.ts not in before]

    def again(self, who: str, message: Shown) -> Shown:
        """The message as it reads once everything that waits is delivered."""
        self.settle()
        found = self.find(who, message.room, message.ts)
        assert found is not None, "the message is gone"
        return found

    # -- what people see

    def state(self, who: str) -> Json:
        """GET /practice/state as that person."""
        return dict(self.client.get(f"{self.base}/practice/state", params={"as": who}).json())

    def messages(self, who: str, room: str) -> list[Shown]:
        """What that person can read in a room, oldest first."""
        return [Shown(raw, room) for raw in self.state(who)["messages"].get(room, [])]

    def last(self, who: str, room: str) -> Shown:
        """The newest message in a room."""
        found = self.messages(who, room)
        assert found, "nothing was said"
        return found[-1]

    def find(self, who: str, room: str, ts: str) -> Shown | None:
        """A message by its ts."""
        return next((each for each in self.messages(who, room) if each.ts == ts), None)

    def direct(self, who: str) -> str:
        """The direct chat of a person with the bot."""
        return self.practice.workspace.direct_room([who, BOT]).id

    def inbox(self, who: str) -> list[Shown]:
        """What the bot wrote to a person directly."""
        return [each for each in self.messages(who, self.direct(who)) if each.raw["user"] == BOT]

    def form(self, who: str) -> Json | None:
        """The form on top, or None."""
        views: list[Json] = self.state(who)["views"]
        return views[-1] if views else None

    def home(self, who: str) -> str:
        """The words of the Home tab, opened now."""
        self.act(who, "home", tab="home")
        view = self.state(who)["home"]
        return "\n".join(filter(None, (_words(block) for block in view["blocks"])))

    def settle(self) -> None:
        """Everything that waits now is delivered; no waiting for a tick."""
        asyncio.run_coroutine_threadsafe(self.practice.product.clockwork.once(), self.loop).result(30)


@contextmanager
def house(folder: Path, told: Path) -> Generator[House]:
    """A running installation in `folder`, begun as a copy of the told story `told`."""
    if not folder.exists():
        shutil.copytree(told, folder)
    running = _Running(folder, _port())
    thread = threading.Thread(target=running.run, name="practice")
    thread.start()
    practice, loop = running.up.result(30)
    inside = House(f"http://127.0.0.1:{running.port}", practice, loop)
    try:
        yield inside
    finally:
        inside.client.close()
        loop.call_soon_threadsafe(running.stop.set)
        thread.join(15)


@dataclass
class _Running:
    """The installation in a thread with a loop of its own; `up` says when it answers, or why it doesn't."""

    folder: Path
    port: int
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
        async with rehearse(Stage(self.folder, self.port, wall=standing_still, start=NOW)) as practice:
            config = uvicorn.Config(practice.app, port=self.port, log_level="error", ws="websockets-sansio")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, no event
                await asyncio.sleep(0)
            await practice.product.open()
            await practice.product.clockwork.start()
            self.up.set_result((practice, asyncio.get_running_loop()))
            await self.stop.wait()
            server.should_exit = True
            await serving


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _label(element: Json) -> str:
    return str(as_json(element.get("text") or element.get("placeholder")).get("text", ""))


def _options(element: Json) -> list[Json]:
    groups: list[Json] = element.get("option_groups") or []
    return list(element.get("options") or [option for group in groups for option in group["options"]])


def _elements(blocks: list[Json]) -> list[Json]:
    found: list[Json] = []
    for block in blocks:
        sides = [*as_objects(block.get("elements")), as_json(block.get("accessory"))]
        found.extend({**each, "block_id": block.get("block_id")} for each in sides if "action_id" in each)
    return found


def _words(node: object) -> str:
    if isinstance(node, list):
        return "".join(_words(each) for each in as_objects(cast("object", node)))
    part = as_json(node)
    if not part:
        return ""
    inside = as_objects(part.get("elements"))
    match part.get("type"):
        case "text" | "plain_text":
            return str(part["text"])
        case "mrkdwn":  # as it is shown: bold without its marks, entities as characters
            return unescape(re.sub(r"\*([^*]+)\*", r"\1", str(part["text"])))
        case "link":
            return str(part.get("text") or part["url"])
        case "button":
            return f"[{_label(part)}]"
        case "static_select":
            return f"<{_label(as_json(part.get('initial_option')) or part)}>"
        case "rich_text_list":
            return "\n".join(f"・{_words(each)}" for each in inside)
        case "rich_text":
            return "\n".join(filter(None, (_words(each) for each in inside)))
        case "actions" | "context":
            return "".join(_words(each) for each in inside)
        case "input":
            return f"{_words(part['label'])}: {_label(as_json(part['element']))}"
        case _:
            keys = ("text", "fields", "elements", "accessory")
            return " ".join(filter(None, (_words(part.get(key)) for key in keys)))


def _filled(view: Json, values: dict[str, str | list[str]]) -> Json:
    """state.values as Slack sends them: what the form held, with `values` on top (by field name)."""
    state: Json = {}
    left = dict(values)
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        name = str(block["block_id"]).split("#")[0]
        given = left.pop(name, None)
        state[block["block_id"]] = {element["action_id"]: _value(element, given)}
    assert not left, f"no such field: {sorted(left)}"
    return state


def _value(element: Json, given: str | list[str] | None) -> Json:
    kind = str(element["type"])
    many = [given] if isinstance(given, str) else given
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": given if given is not None else element.get("initial_value")}
        case "datepicker":
            return {"type": kind, "selected_date": given if given is not None else element.get("initial_date")}
        case "static_select" | "radio_buttons":
            chosen = _picked(element, many) if many is not None else [element.get("initial_option")]
            return {"type": kind, "selected_option": next(iter(chosen), None)}
        case "multi_static_select" | "checkboxes":
            chosen = _picked(element, many) if many is not None else element.get("initial_options") or []
            return {"type": kind, "selected_options": chosen}
        case "users_select":
            return {"type": kind, "selected_user": next(iter(many or [element.get("initial_user")]), None)}
        case "multi_users_select":
            return {"type": kind, "selected_users": many if many is not None else element.get("initial_users") or []}
        case _:
            raise AssertionError(f"a field that the tests can't fill: {kind}")


def _picked(element: Json, wanted: list[str]) -> list[Json]:
    """Options by label or by value; failing where there is none such."""
    options = _options(element)
    found = [next(each for each in options if wish in (each["text"]["text"], each["value"])) for wish in wanted if wish]
    assert len(found) == len([wish for wish in wanted if wish])
    return found
