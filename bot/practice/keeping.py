"""Keeps the practice workspace in a file, so that a restart forgets nothing but what Slack would let expire."""
# pyright: reportPrivateUsage=false
# Counters and Home tabs are set by their owners alone; a copy of the workspace is the one exception.

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import structlog
from pydantic import Base64Bytes, Field, TypeAdapter, ValidationError

from bot.practice.practice_clock import PracticeClock
from bot.practice.reading import as_json, as_text, as_whole, parsed
from bot.practice.views import View
from bot.practice.workspace import Message, Person, Room, Workspace

VERSION = 1
"""Raised with every change of `Kept` or of what it holds; another version's file is not read."""
PAUSE = 1.0
"""Seconds between two writes."""

_log = structlog.stdlib.get_logger(__name__)


class NotKept(Exception):
    """A file that can't be read; it stands at `aside` now, and the workspace is as it was."""

    def __init__(self, why: Literal["damaged", "other_version", "other_workspace"], aside: Path) -> None:
        super().__init__(f"{why}: {aside}")
        self.why = why
        self.aside = aside


@dataclass(frozen=True)
class ReadMark:
    """Up to which ts a person has read a room."""

    person: str
    room: str
    ts: str


@dataclass(frozen=True)
class Upload:
    """A file that the bot uploaded, so that its links go on leading somewhere; `size` in bytes."""

    id: str
    name: str
    size: int
    content: Base64Bytes


@dataclass(frozen=True)
class Counters:
    """What was counted so far; `ts` in microseconds since 1970."""

    ts: int
    serial: int
    view: int
    revision: int


@dataclass(frozen=True)
class Kept:
    """The document: no secrets, no modals, triggers, response addresses, faults, failures or traffic."""

    version: int
    team: str
    bot: str
    clock_offset_seconds: Annotated[float, Field(allow_inf_nan=False)]
    counters: Counters
    people: tuple[Person, ...]
    rooms: tuple[Room, ...]
    messages: tuple[Message, ...]
    homes: tuple[View, ...]
    read_marks: tuple[ReadMark, ...]
    uploads: tuple[Upload, ...]


_KEPT = TypeAdapter(Kept)


def save(workspace: Workspace, clock_offset_seconds: float, file: Path) -> None:
    """Writes the workspace and the clock's offset as one JSON document, whole or not at all; OSError if it can't."""
    _write(_copy(workspace, clock_offset_seconds), file)


def load(workspace: Workspace, file: Path) -> float | None:
    """Restores what `save` wrote and gives the clock's offset in seconds; None where nothing was saved yet.

    `workspace` is a new one: people and rooms that it has and the file hasn't stay, tokens are its own. NotKept
    when the file is damaged, another version's or another workspace's: it is set aside as `*.bad`, and nothing
    was restored. OSError when it can't be read or set aside.
    """
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return None
    top = as_json(parsed(raw))
    if as_whole(top.get("version"), VERSION) != VERSION:
        raise NotKept("other_version", _set_aside(file))
    try:
        kept = _KEPT.validate_json(raw, strict=True)
    except ValidationError as error:
        raise NotKept("damaged", _set_aside(file)) from error
    if (kept.team, kept.bot) != (workspace.team.id, workspace.bot.user_id):
        raise NotKept("other_workspace", _set_aside(file))
    _restore(workspace, kept)
    return kept.clock_offset_seconds


def _set_aside(file: Path) -> Path:
    return file.replace(file.with_name(file.name + ".bad"))


def _copy(workspace: Workspace, clock_offset_seconds: float) -> Kept:
    """The document as of now; messages and views are never changed in place, so a thread may write it."""
    views = workspace.views
    return Kept(
        version=VERSION,
        team=workspace.team.id,
        bot=workspace.bot.user_id,
        clock_offset_seconds=clock_offset_seconds,
        counters=Counters(workspace._last_ts, workspace._serial, views._serial, workspace.revision),
        people=tuple(workspace.persons.values()),
        rooms=tuple(workspace.by_id.values()),
        messages=tuple(message for said in workspace.messages.values() for message in said),
        homes=tuple(views._homes.values()),
        read_marks=tuple(ReadMark(person, room, ts) for (person, room), ts in workspace.read_up_to.items()),
        uploads=tuple(_uploads(workspace)),
    )


def _uploads(workspace: Workspace) -> list[Upload]:
    """The files whose content has arrived."""
    kept: list[Upload] = []
    for file_id, file in workspace.uploads.items():
        content = file["content"]
        if isinstance(content, bytes):
            kept.append(Upload(file_id, as_text(file["name"]), as_whole(file["size"], 0), content))
    return kept


def _write(kept: Kept, file: Path) -> None:
    document = _KEPT.dump_json(kept)
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    with new.open("wb") as target:
        target.write(document)
        target.flush()
        os.fsync(target.fileno())
    new.replace(file)


def _restore(workspace: Workspace, kept: Kept) -> None:
    workspace.persons.update({person.id: person for person in kept.people})
    workspace.by_id.update({room.id: room for room in kept.rooms})
    workspace.messages = {room_id: [] for room_id in workspace.by_id}
    for message in kept.messages:
        workspace.messages.setdefault(message.room, []).append(message)
    workspace.read_up_to = {(mark.person, mark.room): mark.ts for mark in kept.read_marks}
    workspace.uploads = {
        one.id: {"id": one.id, "name": one.name, "size": one.size, "content": one.content} for one in kept.uploads
    }
    workspace.views._homes = {view.user: view for view in kept.homes}
    workspace._last_ts = max(workspace._last_ts, kept.counters.ts)
    workspace._serial = max(workspace._serial, kept.counters.serial)
    workspace.views._serial = kept.counters.view
    workspace.revision = max(workspace.revision, kept.counters.revision)
    workspace.changed()


async def a_pause() -> None:
    """The rest between two writes."""
    await asyncio.sleep(PAUSE)


class Keeper:
    """Writes the file after changes, the first at once and then at most one a `rest`, and a last time at `close`.

    `start` and `close` belong to the loop in which the workspace lives; the writing itself happens in a thread.
    A write that fails is logged (`practice.not_kept`) and made up for with the next change.
    """

    def __init__(
        self, workspace: Workspace, clock: PracticeClock, file: Path, *, rest: Callable[[], Awaitable[None]] = a_pause
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._file = file
        self._rest = rest
        self._change = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to watch, and keeps what is there now; once for each `close`."""
        self._change = self._workspace.watch()
        self._change.set()
        self._task = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Ends the watching and writes a last time; without effect where nothing was started or all is ended."""
        task, self._task = self._task, None
        if task is None:
            return
        self._workspace.unwatch(self._change)
        task.cancel()
        await asyncio.wait({task})
        if self._writing is not None:
            await self._writing
        await self._write()
        if not task.cancelled():
            task.result()

    async def _keep(self) -> None:
        while True:
            await self._change.wait()
            self._change.clear()
            await self._write()
            await self._rest()

    async def _write(self) -> None:
        """One write, which goes on to its end when whoever waits for it is cancelled."""
        kept = _copy(self._workspace, self._clock.offset.total_seconds())
        self._writing = asyncio.create_task(self._write_in_thread(kept))
        await asyncio.shield(self._writing)

    async def _write_in_thread(self, kept: Kept) -> None:
        try:
            await asyncio.to_thread(_write, kept, self._file)
        except (OSError, ValueError) as error:
            _log.exception("practice.not_kept", file=str(self._file), reason=type(error).__name__)
