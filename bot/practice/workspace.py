"""The state of the practice workspace: people, rooms, messages and everything that a change must tell."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.practice.faults import Faults
from bot.practice.reading import Json, as_json, as_objects
from bot.practice.tickets import Tickets
from bot.practice.traffic import Traffic
from bot.practice.views import Views

PersonKind = Literal["member", "guest_single", "guest_multi", "stranger", "bot"]
RoomKind = Literal["channel", "private", "im", "mpim"]

DEFAULT_SCOPES = (
    "commands",
    "chat:write",
    "users:read",
    "channels:read",
    "groups:read",
    "im:history",
    "im:write",
    "app_mentions:read",
    "files:write",
)
"""What the product asks for (decision 32): no channel history, no im:read."""


class Refused(Exception):
    """A call that Slack would refuse: `error` is Slack's own word, `problems` its response_metadata.messages."""

    def __init__(self, error: str, problems: Sequence[str] = (), extra: Json | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.problems = tuple(problems)
        self.extra = extra or {}


@dataclass(frozen=True)
class Team:
    """The installing workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class Person:
    """Somebody who can be seen; a stranger's `team_id` is another workspace's. `tz` is an IANA name."""

    id: str
    name: str
    real_name: str
    locale: str
    tz: str
    kind: PersonKind
    team_id: str
    deleted: bool = False


@dataclass(frozen=True)
class Room:
    """A conversation; `members` are ids, the bot's own among them where it was invited."""

    id: str
    name: str
    kind: RoomKind
    members: tuple[str, ...]
    ext_shared: bool = False
    pending_ext_shared: bool = False
    archived: bool = False
    topic: str = ""


@dataclass(frozen=True)
class Bot:
    """The bot as Slack names it."""

    user_id: str
    bot_id: str
    app_id: str
    name: str


@dataclass(frozen=True)
class Tokens:
    """Bot token, app-level token (Socket Mode) and signing secret: made anew at each start."""

    bot: str
    app: str
    signing_secret: str


@dataclass(frozen=True)
class Message:
    """One message; `only_for` is the person of an ephemeral one, `room` where it stands."""

    ts: str
    room: str
    user: str
    text: str
    by_bot: bool
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str | None = None
    edited: str | None = None
    only_for: str | None = None
    metadata: Json | None = None
    files: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Draft:
    """What is about to be said: the content of a message without its place and time."""

    text: str = ""
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    files: tuple[Json, ...] = ()


@dataclass
class Workspace:
    """Everything that Slack would remember, in memory.

    `people` and `rooms` are what it starts with, `persons` and `by_id` what is there now. `wall` gives Unix
    seconds and is the real clock; `site` is where permalinks lead (default: the team's slack.com address).
    """

    team: Team
    people: list[Person]
    rooms: list[Room]
    bot: Bot
    tokens: Tokens
    wall: Callable[[], float]
    site: str = ""
    scopes: Sequence[str] = DEFAULT_SCOPES
    revision: int = 0
    failures: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])

    def __post_init__(self) -> None:
        self._watchers: set[asyncio.Event] = set()
        self._last_ts = 0
        self._serial = 0
        self._first = (tuple(self.people), tuple(self.rooms))
        self.site = self.site or f"https://{self.team.domain}.slack.com"
        self.restart()

    def restart(self) -> None:
        """Back to the people and rooms given at construction, nothing said; open lines learn of it."""
        people, rooms = self._first
        if all(person.id != self.bot.user_id for person in people):
            people = (*people, self._bot_person())
        self.persons = {person.id: person for person in people}
        self.by_id = {room.id: room for room in rooms}
        self.messages: dict[str, list[Message]] = {room.id: [] for room in rooms}
        self.read_up_to: dict[tuple[str, str], str] = {}
        self.failures.clear()
        self.tickets = Tickets(self.wall)
        self.views = Views(self.wall, self.team.id, self.bot.app_id, self.bot.bot_id)
        self.faults = Faults()
        self.traffic = Traffic(self.wall)
        self.uploads: dict[str, Json] = {}
        for person in people:
            if person.kind not in ("bot", "stranger") and not person.deleted:
                self.direct_room([person.id, self.bot.user_id])
        self.changed()

    def _bot_person(self) -> Person:
        bot = self.bot
        return Person(bot.user_id, bot.name, bot.name, "en-US", "UTC", "bot", self.team.id)

    # -- change ------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Counts a change and wakes everybody who watches."""
        self.revision += 1
        for watcher in self._watchers:
            watcher.set()

    def watch(self) -> asyncio.Event:
        """An event that is set at every change, until `unwatch`."""
        event = asyncio.Event()
        self._watchers.add(event)
        return event

    def unwatch(self, event: asyncio.Event) -> None:
        """Ends what `watch` began."""
        self._watchers.discard(event)

    def next_ts(self) -> str:
        """A timestamp as Slack writes it: real time, strictly increasing in this workspace."""
        self._last_ts = max(self._last_ts + 1, int(self.wall() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_serial(self) -> int:
        """A number that was not given before, for ids."""
        self._serial += 1
        return self._serial

    def fail_next(
        self, method: str, error: str, times: int = 1, *, status: int = 200, retry_after: int | None = None
    ) -> None:
        """The next `times` calls of a Web API method fail as told; see `faults.Faults.add`."""
        self.faults.add(method, error, times, status=status, retry_after=retry_after)

    # -- people and rooms --------------------------------------------------------------------------

    def person(self, person_id: str) -> Person | None:
        """The person of this id, or None."""
        return self.persons.get(person_id)

    def put_person(self, person: Person) -> None:
        """Adds a person or replaces the one of the same id."""
        self.persons[person.id] = person
        self.changed()

    def room(self, room_id: str) -> Room | None:
        """The room of this id, or None."""
        return self.by_id.get(room_id)

    def put_room(self, room: Room) -> None:
        """Adds a room or replaces the one of the same id."""
        self.by_id[room.id] = room
        self.messages.setdefault(room.id, [])
        self.changed()

    def direct_room(self, members: Iterable[str]) -> Room:
        """The direct chat of exactly these people, opened if it is new; its id depends on them alone."""
        ids = tuple(sorted(set(members)))
        digest = hashlib.sha256(" ".join((self.team.id, *ids)).encode()).hexdigest()[:10].upper()
        kind: RoomKind = "im" if len(ids) <= 2 else "mpim"
        room_id = ("D" if kind == "im" else "G") + digest
        known = self.by_id.get(room_id) or self._known_direct(ids, kind)
        if known is None:
            known = Room(room_id, "", kind, ids)
            self.put_room(known)
        return known

    def _known_direct(self, ids: tuple[str, ...], kind: RoomKind) -> Room | None:
        alike = (room for room in self.by_id.values() if room.kind == kind)
        return next((room for room in alike if set(room.members) == set(ids)), None)

    def shares_a_room(self, person_id: str) -> bool:
        """Whether the bot and this person are together in any room."""
        return any(person_id in room.members and self.bot.user_id in room.members for room in self.by_id.values())

    # -- messages ----------------------------------------------------------------------------------

    def post(self, room_id: str, user: str, draft: Draft, *, only_for: str | None = None) -> Message:
        """Puts a message into a room; blocks and elements without an id get one, as Slack does."""
        message = Message(
            ts=self.next_ts(),
            room=room_id,
            user=user,
            text=draft.text,
            by_bot=user == self.bot.user_id,
            blocks=self.with_ids(draft.blocks),
            attachments=draft.attachments,
            thread_ts=draft.thread_ts,
            only_for=only_for,
            metadata=draft.metadata,
            files=draft.files,
        )
        self.messages[room_id].append(message)
        if not message.by_bot:
            self.read_up_to[user, room_id] = message.ts
        self.changed()
        return message

    def message(self, room_id: str, ts: str) -> Message | None:
        """The message of this room and time, ephemeral ones included."""
        return next((one for one in self.messages.get(room_id, []) if one.ts == ts), None)

    def put_message(self, message: Message) -> None:
        """Replaces the message of the same room and time."""
        kept = self.messages[message.room]
        self.messages[message.room] = [message if one.ts == message.ts else one for one in kept]
        self.changed()

    def remove_message(self, message: Message) -> None:
        """Takes a message away."""
        self.messages[message.room] = [one for one in self.messages[message.room] if one.ts != message.ts]
        self.changed()

    def edited(self, message: Message, draft: Draft) -> Message:
        """The message with another content, put in its place."""
        new = replace(
            message,
            text=draft.text,
            blocks=self.with_ids(draft.blocks),
            attachments=draft.attachments,
            metadata=draft.metadata if draft.metadata is not None else message.metadata,
            edited=self.next_ts(),
        )
        self.put_message(new)
        return new

    def with_ids(self, blocks: Iterable[Json]) -> tuple[Json, ...]:
        """The same blocks, each with a block_id and each interactive element with an action_id."""
        return tuple(self._with_id(block) for block in blocks)

    def _with_id(self, block: Json) -> Json:
        named: Json = {"block_id": f"b{self.next_serial():04d}", **block}
        if named.get("type") == "actions":
            named["elements"] = [self._with_action(item) for item in as_objects(named.get("elements"))]
        for key in ("element", "accessory"):
            if key in named:
                named[key] = self._with_action(as_json(named[key]))
        return named

    def _with_action(self, element: Json) -> Json:
        if element.get("type") == "image":
            return element
        return {"action_id": f"a{self.next_serial():04d}", **element}

    def permalink(self, room_id: str, ts: str) -> str:
        """The address of a message as Slack writes it, on `site`."""
        message = self.message(room_id, ts)
        link = f"{self.site}/archives/{room_id}/p{ts.replace('.', '')}"
        if message and message.thread_ts and message.thread_ts != ts:
            link += f"?thread_ts={message.thread_ts}&cid={room_id}"
        return link

    # -- what Slack itself says ---------------------------------------------------------------------

    def tell_failure(self, person_id: str, failure: Json) -> None:
        """Remembers what Slack would show this person when the bot fails; the last 20 are kept."""
        told = self.failures.setdefault(person_id, [])
        told.append({"at": self.next_ts(), **failure})
        del told[:-20]
        self.changed()
