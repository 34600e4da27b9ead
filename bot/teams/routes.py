"""Every activity that Teams sends: read, asked at the desk, and answered in time."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from bot.late import Late
from bot.memory import Memory
from bot.payload import Json, as_json, at, json_at, list_at, text_at
from bot.platform import Answer, Ports, RoomChange
from bot.teams import activity
from bot.teams.answers import Answers, sentence, typed_values
from bot.teams.audience import TeamsAudience
from bot.teams.channels import Channels
from bot.teams.chats import Chats
from bot.teams.connection import Connection
from bot.teams.dialogs import CLOSED, Invoked, Surface, brief, surface_of
from bot.teams.directory import Directory
from bot.teams.facts import FactsUnknown, People
from bot.teams.inbound import NAME_SECONDS, NAMES, Inbound, heard, typed_in
from bot.teams.origin import Origins
from bot.teams.posts import Posts, targets
from bot.teams.press import is_cancel, read_press, read_ticket
from bot.teams.references import Reference, References
from bot.teams.turn import Turn
from handlers.message import Block, Line, Message, Paragraph, Quote, line_of, plain
from handlers.request import Press, Request, Submit
from handlers.text import texts
from storage.conversations import NEVER_MET
from storage.db import StorageBusy, StorageReadOnly

__all__ = ["PATIENCE", "Invoked", "Routes", "build"]

PATIENCE = 2.3
"""Seconds until an answer goes out without its content; Teams waits longer, people don't (platform.md B4: 5 s)."""
REMEMBERED, REMEMBERED_SECONDS = 5_000, 7_200.0

Work = Callable[[Turn], Awaitable[Json]]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Routes:
    """Where every activity comes in. `answer` is the desk behind an asynchronous door; it answers within about 2 s.

    `locale` is what an apology is said in while nobody knows who is spoken to. `done`: what was carried out lately, a
    form with a digest of its values.
    """

    inbound: Inbound
    answers: Answers
    references: References
    answer: Answer
    on_room_change: RoomChange
    channels: Channels
    done: Memory[str]
    locale: str = "ja"
    patience: float = PATIENCE
    late: Late = field(default_factory=Late)

    async def handle(self, body: Json) -> Invoked | None:
        """One activity that the door let in; None where an empty 200 is the answer. Raises nothing."""
        self.inbound.notice(body)
        match text_at(body, "type"):
            case "message" if not text_at(body, "text").strip() and as_json(at(body, "value")):
                await self._message(body, "old_card", self._old_card)
            case "message" if heard(body):
                await self._message(body, "words", self._words)
            case "invoke" if surface := surface_of(text_at(body, "name")):
                return Invoked(200, await self._invoke(body, surface) or None)
            case "invoke":
                return Invoked(200, None)
            case "installationUpdate":
                await self._quietly(body, "installed", self._installed)
            case "conversationUpdate":
                await self._quietly(body, "changed", self._changed)
            case other:
                log.debug("teams.unused", kind=other)
        return None

    # -- messages

    async def _words(self, turn: Turn) -> Json:
        await self._remember(turn.body)
        await self._asked(turn, await self.inbound.say(turn.body))
        await self.answers.to_words(turn)
        return CLOSED

    async def _old_card(self, turn: Turn) -> Json:
        """A card's Action.Submit arrives as a message without words."""
        await self._remember(turn.body)
        data = activity.data_of(turn.body)
        if is_cancel(data):
            return await self.answers.put_away(turn)
        if await self._from_card(turn, data):
            await self.answers.to_old_card(turn)
        return CLOSED

    # -- invokes

    async def _card(self, turn: Turn) -> Json:
        await self._remember(turn.body)
        data = activity.data_of(turn.body)
        if is_cancel(data):
            return await self.answers.put_away(turn)
        return await self.answers.to_card(turn) if await self._from_card(turn, data) else self._sorry(turn, "card")

    async def _fetch(self, turn: Turn) -> Json:
        """A button that opens a dialog."""
        await self._remember(turn.body)
        if await self._from_card(turn, activity.data_of(turn.body)):
            return await self.answers.to_dialog(turn, pressed=self.answers.posts.pressed(turn.body))
        return self._sorry(turn, "dialog")

    async def _dialog(self, turn: Turn) -> Json:
        """Something was pressed or sent in within a dialog."""
        data = activity.data_of(turn.body)
        if is_cancel(data):
            return CLOSED
        if not await self._from_card(turn, data):
            return self._sorry(turn, "dialog")
        return await (self.answers.to_submit(turn) if turn.ticket else self.answers.to_dialog(turn))

    async def _extension(self, turn: Turn) -> Json:
        """The message extension is opened: on a message, or beside the composer."""
        named, on_message = (
            text_at(turn.body, "value", "commandId"),
            bool(json_at(turn.body, "value", "messagePayload")),
        )
        match named or ("capture" if on_message else "log"):
            case "capture" if on_message:
                await self._asked(turn, await self.inbound.capture(turn.body))
            case "log":
                await self._asked(turn, await self.inbound.press(turn.body, Press("touchpoint.open")))
            case command:
                key = "teams.capture.none" if command == "capture" else "action.unknown"
                turn.apology = sentence(texts(turn.locale), key)
                return self._sorry(turn, "dialog")
        return await self.answers.to_dialog(turn)

    async def _from_card(self, turn: Turn, data: Json) -> bool:
        """Asks the desk what a card's data says; False where it is none that we know, with words for that."""
        turn.ticket, press = read_ticket(data), read_press(data)
        if turn.ticket is not None:
            tenant, user = activity.tenant_of(turn.body), activity.person_of(turn.body)
            turn.opened = self.answers.origins.of(turn.ticket.origin, tenant=tenant, user=user)
            await self._asked(turn, await self.inbound.submit(turn.body, turn.ticket))
        elif press is not None:
            await self._asked(turn, await self.inbound.press(turn.body, press))
        else:
            log.warning("teams.foreign_card")
            turn.apology = sentence(texts(turn.locale), "action.unknown")
            return False
        return True

    # -- the app comes and goes

    async def _installed(self, turn: Turn) -> Json:
        """Who adds the app is welcomed; what it is removed from is reached no more."""
        direct = activity.kind_of(turn.body) == "direct"
        match text_at(turn.body, "action"):
            case "remove":
                await self._forget(turn.body, NEVER_MET if direct else "not_in_channel")
            case "add" | "add-upgrade":
                await self._remember(turn.body)
                if direct:
                    await self._asked(turn, await self.inbound.home(turn.body))
                elif activity.kind_of(turn.body) == "channel":
                    await self.channels.back(activity.tenant_of(turn.body))
            case _:
                pass
        return CLOSED

    async def _changed(self, turn: Turn) -> Json:
        """People came or went, a channel or team was renamed or deleted: who reads there is asked anew.

        What is a team's comes with the id of its General channel, and concerns every channel of it.
        """
        body, direct = turn.body, activity.kind_of(turn.body) == "direct"
        own, event = text_at(body, "recipient", "id"), text_at(body, "channelData", "eventType")
        gone, come = list_at(body, "membersRemoved"), list_at(body, "membersAdded")
        where = activity.roster_of(body)
        for person in (*gone, *come):
            for user in (text_at(person, "id"), text_at(person, "aadObjectId").lower()):
                self.inbound.people.forget(where, user)
        if any(text_at(person, "id") == own for person in gone):
            await self._forget(body, NEVER_MET if direct else "not_in_channel")
        elif event == "channelDeleted":
            await self._forget(body, "channel_not_found")
        else:
            await self._remember(body)
        if activity.kind_of(body) == "channel" and any(text_at(person, "id") == own for person in come):
            await self.channels.back(activity.tenant_of(body))
        elif event.startswith("team"):
            await self.channels.look(activity.tenant_of(body))
        elif room := activity.room_of(body):
            await self.on_room_change(activity.tenant_of(body), room)
        return CLOSED

    async def _remember(self, body: Json) -> None:
        """Before the desk is asked, since what it writes may want to go out at once."""
        await self._written(self.references.remember, activity.reference_of(body))

    async def _forget(self, body: Json, reason: str) -> None:
        await self._written(lambda reference: self.references.dead(reference, reason), activity.reference_of(body))

    async def _written(self, write: Callable[[Reference], Awaitable[None]], reference: Reference | None) -> None:
        try:
            if reference is not None:
                await write(reference)
        except (StorageBusy, StorageReadOnly):
            log.warning("teams.reference_not_written")

    # -- in time, and never with an exception

    async def _asked(self, turn: Turn, request: Request) -> None:
        turn.request = request
        values, before = _digest(request), self.done.get(f"done:{request.key}")
        turn.again = not self._first_time(f"done:{request.key}", values)
        turn.differs = before is not None and before != values
        turn.reply = await self.answer(request)
        if turn.reply.errors:
            self.done.forget(f"done:{request.key}")  # it is mended and sent again

    async def _message(self, body: Json, what: str, work: Work) -> None:
        """Works as long as somebody waits for the HTTP answer, then goes on; what comes twice isn't said twice."""
        turn, key = self._turn(body, what), f"heard:{activity.key_of(body)}"
        if not self._first_time(key):
            return

        async def worked(turn: Turn) -> Json:
            done = await self._guarded(turn, work)
            if turn.apology is not None and turn.reply is None:
                self.done.forget(key)  # a redelivery may go better
                await self.answers.apologise(turn)
            self._lost(turn, key)
            return done

        await self._in_time(turn, worked)

    async def _quietly(self, body: Json, what: str, work: Work) -> None:
        """Nobody waits for an answer to this."""

        async def worked(turn: Turn) -> Json:
            return await self._guarded(turn, work)

        await self._in_time(self._turn(body, what), worked)

    async def _invoke(self, body: Json, surface: Surface) -> Json:
        """The answer to an invoke, or in good time a sentence, and the answer in the person's chat later."""
        turn = self._turn(body, text_at(body, "name"))
        works: dict[str, Work] = {
            "adaptiveCard/action": self._card,
            "task/fetch": self._fetch,
            "composeExtension/fetchTask": self._extension,
        }

        async def worked(turn: Turn) -> Json:
            done = await self._guarded(turn, works.get(turn.what, self._dialog))
            self._lost(turn)
            return self._sorry(turn, surface) if turn.apology is not None and turn.reply is None else done

        async def afterwards(task: asyncio.Task[Json]) -> None:
            await task
            await self.answers.afterwards(turn)
            self._lost(turn)

        task = await self._in_time(turn, worked, afterwards)
        if task.done():
            return task.result()
        late = sentence(texts(turn.locale), "teams.answer.late")
        return brief(late.preview) if surface == "card" else self.answers.card_dialog(late)

    def _sorry(self, turn: Turn, surface: Surface) -> Json:
        apology = turn.apology or sentence(texts(turn.locale), "action.unknown")
        return brief(apology.preview) if surface == "card" else self.answers.card_dialog(apology)

    async def _guarded(self, turn: Turn, work: Work) -> Json:
        """What `work` gives; where it fails, `turn.apology`, and a line in the log with the same code."""
        try:
            turn.locale = await self._language(turn)
            return await work(turn)
        except FactsUnknown as error:
            log.warning("teams.facts_missing", listener=turn.what, reason=error.reason)
            told = texts(turn.locale).line("teams.install" if error.reason == "not_installed" else "teams.unreachable")
        except (StorageBusy, StorageReadOnly) as error:
            log.warning("teams.storage", listener=turn.what, reason=type(error).__name__)
            told = texts(turn.locale).line("error.read_only" if isinstance(error, StorageReadOnly) else "error.busy")
        except Exception:
            code = secrets.token_hex(3)
            log.exception("teams.request_failed", listener=turn.what, code=code)
            told = texts(turn.locale).line("error.bug", code=code)
        turn.reply, turn.apology = None, _apology(told, turn)
        if turn.request is not None:
            self.done.forget(f"done:{turn.request.key}")
        return CLOSED

    async def _in_time(
        self, turn: Turn, work: Work, afterwards: Callable[[asyncio.Task[Json]], Awaitable[None]] | None = None
    ) -> asyncio.Task[Json]:
        """The work, done or, when patience is over, still going on; then `afterwards` gets what it gives."""
        task = asyncio.ensure_future(work(turn))
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        if not done:
            log.warning("teams.answer_late", listener=turn.what)
            self.late.start(_finish(task, afterwards))
        return task

    def _lost(self, turn: Turn, *keys: str) -> None:
        """What nobody could be told is told when it comes again: the desk knows its answer."""
        if turn.lost:
            done = (f"done:{turn.request.key}",) if turn.request is not None else ()
            for key in (*keys, *done):
                self.done.forget(key)

    async def _language(self, turn: Turn) -> str:
        """The person's own, for what is said without the desk; that of their client where nobody knows them."""
        try:
            own = await self.inbound.directory.locale(activity.tenant_of(turn.body), activity.person_of(turn.body))
        except (StorageBusy, StorageReadOnly):
            own = ""
        return own or turn.locale

    def _turn(self, body: Json, what: str) -> Turn:
        return Turn(body, what, activity.locale_of(body) or self.locale)

    def _first_time(self, key: str, mark: str = "") -> bool:
        """Whether this is new to this process: the desk knows a redelivery, but its words would come twice."""
        known = self.done.get(key) is not None
        if not known:
            self.done.put(key, mark)
        return not known


async def _finish(task: asyncio.Task[Json], afterwards: Callable[[asyncio.Task[Json]], Awaitable[None]] | None) -> None:
    await (afterwards(task) if afterwards is not None else task)


def _digest(request: Request) -> str:
    """What tells the values of a form from others, without keeping them; "" for everything that is no form."""
    if not isinstance(request.intent, Submit):
        return ""
    return hashlib.sha256(json.dumps(request.intent.values, sort_keys=True).encode()).hexdigest()


def _apology(line: Line, turn: Turn) -> Message:
    """What went wrong, and what the person typed, given back."""
    words = typed_in(turn.body)
    typed = (Quote(line_of(words)),) if words else typed_values(turn)
    said: tuple[Block, ...] = (Paragraph(line), *typed)
    return Message(said, plain(line))


def build(
    ports: Ports,
    connection: Connection,
    references: References,
    audience: TeamsAudience,
    *,
    delivery: Connection,
    lenient: bool = False,
    patience: float = PATIENCE,
) -> Routes:
    """Joins the parts of the conversation. `delivery` is the patient line, for answers that Teams didn't take at once.

    `lenient` as People has it: for the local playground only.
    """
    wall = ports.wall
    late, directory = Late(), Directory(ports.database, wall)
    people = People(connection, wall, lenient=lenient)
    names: Memory[str] = Memory(wall, NAME_SECONDS, NAMES)
    posts = Posts(connection, delivery, references, Chats(connection, references), targets(wall))
    return Routes(
        inbound=Inbound(people, references, audience, directory, ports.clock, names),
        answers=Answers(posts, Origins(wall), directory, late),
        references=references,
        answer=ports.answer,
        on_room_change=ports.on_room_change,
        channels=Channels(ports.database, ports.on_room_change),
        done=Memory(wall, REMEMBERED_SECONDS, REMEMBERED),
        locale=ports.locale,
        patience=patience,
        late=late,
    )
