"""Bolt's listeners: each turns a payload into a Request, asks the desk, and brings the reply back in time."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.late import Late
from bot.payload import Json, json_at, text_at
from bot.platform import Answer, PersonChange, RoomChange
from bot.slack.answers import Answers, ephemeral, form_errors
from bot.slack.connection import CallFailed, Connection, Identity
from bot.slack.facts import FactsUnknown
from bot.slack.inbound import Inbound, heard, typed_in
from handlers.message import Block, Line, Message, Paragraph, Quote, line_of, plain
from handlers.request import Reply, Request
from handlers.text import texts

PATIENCE = 2.3
"""Seconds until an acknowledgement goes out without its answer; Slack waits 3 (platform.md A1)."""
REMEMBERED = 2_000
ROOM_EVENTS = (
    "channel_shared", "channel_unshared", "channel_archive", "channel_unarchive", "channel_deleted", "channel_rename",
    "channel_left", "channel_id_changed", "group_archive", "group_unarchive", "group_deleted", "group_rename",
    "group_left", "member_joined_channel", "member_left_channel",
)  # fmt: skip
EVENTS = ("app_mention", "message.im", "app_home_opened", "user_change", *ROOM_EVENTS)

Afterwards = Callable[[Json], Awaitable[None]]
Sorry = Callable[[Message], Awaitable[Json]]

log = structlog.stdlib.get_logger(__name__)


@dataclass
class Turn:
    """One payload on its way: what was asked and replied so far, and the language to apologise in."""

    body: Json
    what: str
    locale: str
    request: Request | None = None
    reply: Reply | None = None


@dataclass(frozen=True)
class Routes:
    """The listeners. `answer` is the desk behind an asynchronous door; it answers within about 2 s.

    `locale` is what an apology is said in while nobody knows who is spoken to.
    """

    inbound: Inbound
    answers: Answers
    answer: Answer
    on_room_change: RoomChange
    on_person_change: PersonChange
    locale: str = "ja"
    patience: float = PATIENCE
    late: Late = field(default_factory=Late)
    _heard: dict[str, None] = field(default_factory=dict[str, None])

    async def command(self, ack: AsyncAck, body: Json) -> None:
        """A slash command: answered in the acknowledgement, or by response_url where that is too late."""
        turn = Turn(body, "command", self.locale)

        async def work() -> Json:
            request, reply = await self._asked(turn, await self.inbound.command(body))
            return await self.answers.to_command(body, request, reply)

        async def sorry(apology: Message) -> Json:
            return ephemeral(apology)

        async def afterwards(acknowledgement: Json) -> None:
            await self.answers.late_command(body, acknowledgement)

        await self._in_time(ack, self._guarded(turn, work, sorry), afterwards)

    async def submit(self, ack: AsyncAck, body: Json) -> None:
        """A form sent in: errors at its fields, the next form, or closing."""
        turn = Turn(body, "submit", self.locale)

        async def work() -> Json:
            request = await self.inbound.submit(body)
            if request is None:
                log.warning("slack.foreign_form")
                return {}
            return await self.answers.to_submit(body, *await self._asked(turn, request))

        async def sorry(apology: Message) -> Json:
            turn.reply = Reply(errors={"": apology.preview})
            return form_errors(body, turn.reply)

        async def afterwards(acknowledgement: Json) -> None:
            if acknowledgement and turn.request and turn.reply:
                await self.answers.late_submit(turn.request, turn.reply)

        await self._in_time(ack, self._guarded(turn, work, sorry), afterwards)

    async def press(self, ack: AsyncAck, body: Json) -> None:
        """A button or menu. A press on Home is followed by a new Home, since what it shows has changed."""

        async def work(turn: Turn) -> None:
            request = await self.inbound.press(body)
            if request is None:
                log.warning("slack.foreign_press")
                return
            await self.answers.to_press(body, *await self._asked(turn, request))
            if text_at(body, "view", "type") == "home":
                await self._show_home(turn, {"event_id": f"home:{request.key}", "event": {"user": request.actor.user}})

        await self._run(ack, Turn(body, "press", self.locale), work)

    async def capture(self, ack: AsyncAck, body: Json) -> None:
        """The message shortcut."""

        async def work(turn: Turn) -> None:
            request, reply = await self._asked(turn, await self.inbound.capture(body))
            await self.answers.to_shortcut(body, request, reply)

        await self._run(ack, Turn(body, "capture", self.locale), work)

    async def words(self, ack: AsyncAck, body: Json) -> None:
        """A direct message or an @mention; what is redelivered while we know the first one isn't said twice."""

        async def work(turn: Turn) -> None:
            request, reply = await self._asked(turn, await self.inbound.say(body))
            await self.answers.to_words(body, request, reply)

        if heard(json_at(body, "event")) and self._first_time(body):
            await self._run(ack, Turn(body, "words", self.locale), work)
        else:
            await ack()

    async def home(self, ack: AsyncAck, body: Json) -> None:
        """The app is opened: its Home tab is drawn; whoever comes for the first time is welcomed in either tab."""

        async def work(turn: Turn) -> None:
            if text_at(body, "event", "tab") == "home":
                await self._show_home(turn, body)
            else:
                await self._asked(turn, await self.inbound.home(body))

        await self._run(ack, Turn(body, "home", self.locale), work)

    async def user_change(self, ack: AsyncAck, body: Json) -> None:
        """Somebody's profile, zone, language or kind has changed."""
        user = text_at(body, "event", "user", "id")
        self.inbound.people.forget(user)

        async def work(turn: Turn) -> None:
            del turn
            own = await self.answers.connection.identity()
            await self.on_person_change(own.team, await self.inbound.people.account(user))

        await self._run(ack, Turn(body, "user_change", self.locale), work)

    async def room_change(self, ack: AsyncAck, body: Json) -> None:
        """A room was shared, unshared, archived, renamed, joined or left."""

        async def work(turn: Turn) -> None:
            event = json_at(turn.body, "event")
            named = [text_at(event, key) for key in ("channel", "old_channel_id", "new_channel_id")]
            for room in dict.fromkeys([*named, text_at(event, "channel", "id")]):
                if room:
                    self.inbound.rooms.forget(room)
                    await self.on_room_change((await self.answers.connection.identity()).team, room)

        await self._run(ack, Turn(body, "room_change", self.locale), work)

    async def anything(self, ack: AsyncAck, body: Json) -> None:
        """Whatever else Slack tells is acknowledged, so that it isn't told again."""
        log.debug("slack.unused", kind=text_at(body, "event", "type") or text_at(body, "type"))
        await ack()

    # -- in time, and never with an exception (platform.md I4) ---------------------------------------

    async def _asked(self, turn: Turn, request: Request) -> tuple[Request, Reply]:
        turn.request, turn.locale = request, request.actor.locale or self.locale
        turn.reply = await self.answer(request)
        return request, turn.reply

    async def _show_home(self, turn: Turn, body: Json) -> None:
        request, reply = await self._asked(turn, await self.inbound.home(body))
        await self.answers.to_home(request, reply)

    async def _run(self, ack: AsyncAck, turn: Turn, work: Callable[[Turn], Awaitable[None]]) -> None:
        """Works until the acknowledgement is due; what isn't ready then goes on after it."""

        async def worked() -> Json:
            await work(turn)
            return {}

        async def sorry(apology: Message) -> Json:
            self._heard.pop(text_at(turn.body, "event_id"), None)  # a redelivery may go better
            await self.answers.apologise(turn.body, turn.request, apology)
            return {}

        async def afterwards(acknowledgement: Json) -> None:
            del acknowledgement

        await self._in_time(ack, self._guarded(turn, worked, sorry), afterwards)

    async def _guarded(self, turn: Turn, work: Callable[[], Awaitable[Json]], sorry: Sorry) -> Json:
        """What `work` gives; where it fails, words for the person, and a line in the log with the same code."""
        typed = typed_in(turn.body)
        try:
            return await work()
        except FactsUnknown as error:
            log.warning("slack.facts_missing", listener=turn.what, reason=error.reason)
            return await sorry(_apology(texts(turn.locale).line("slack.unreachable"), typed))
        except Exception:
            code = secrets.token_hex(3)
            log.exception("slack.request_failed", listener=turn.what, code=code)
            return await sorry(_apology(texts(turn.locale).line("error.bug", code=code), typed))

    async def _in_time(self, ack: AsyncAck, work: Coroutine[object, object, Json], afterwards: Afterwards) -> None:
        """Acknowledges with what `work` gives; where that takes too long, empty, and `afterwards` gets it then."""
        task = asyncio.create_task(work)
        done, _ = await asyncio.wait({task}, timeout=self.patience)
        if not done:
            log.warning("slack.answer_late")
            self.late.start(_finish(task, afterwards))
        acknowledgement = task.result() if done else Json()
        if acknowledgement:
            # A whole body as the first argument goes out as it is; none at all is an empty 200.
            await ack(acknowledgement)
        else:
            await ack()

    def _first_time(self, body: Json) -> bool:
        """Whether this event is new to this process: the desk knows a redelivery, but its words would come twice."""
        key = text_at(body, "event_id")
        if key in self._heard:
            return False
        self._heard[key] = None
        while len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]
        return True


async def _finish(task: asyncio.Task[Json], afterwards: Afterwards) -> None:
    await afterwards(await task)


def _apology(line: Line, typed: str) -> Message:
    """What went wrong, and what the person typed, given back."""
    said: tuple[Block, ...] = (Paragraph(line),)
    return Message((*said, Quote(line_of(typed))) if typed else said, plain(line))


# ---------------------------------------------------------------- Bolt


def build_bolt(routes: Routes, connection: Connection, signing_secret: str) -> AsyncApp:
    """The Bolt app with every listener.

    Listeners run before the response (rigs.md §6: 11.3 → 0.35 ms a command); authorisation is ours, from one
    auth.test, instead of one for every request.
    """
    bolt = AsyncApp(
        name="kakehashi",
        client=AsyncWebClient(base_url=connection.reads.base_url),  # without a token: authorisation is ours
        signing_secret=signing_secret,
        process_before_response=True,
        authorize=_authorize(connection),
    )
    every = re.compile(r"(?s).*")
    _register(cast(Any, bolt), routes, every)
    return bolt


def _register(bolt: Any, routes: Routes, every: re.Pattern[str]) -> None:  # noqa: ANN401  (Bolt's registrars are untyped)
    bolt.command(every)(_listener(routes.command))
    bolt.action(every)(_listener(routes.press))
    bolt.view_submission(every)(_listener(routes.submit))
    bolt.message_shortcut("capture")(_listener(routes.capture))
    bolt.event("message")(_listener(routes.words))
    bolt.event("app_mention")(_listener(routes.words))
    bolt.event("app_home_opened")(_listener(routes.home))
    bolt.event("user_change")(_listener(routes.user_change))
    for event in ROOM_EVENTS:
        bolt.event(event)(_listener(routes.room_change))
    bolt.event(every)(_listener(routes.anything))
    bolt.view_closed(every)(_listener(routes.anything))
    bolt.shortcut(every)(_listener(routes.anything))


def _listener(run: Callable[[AsyncAck, Json], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Bolt hands arguments over by their names; the rest of our code doesn't depend on that."""

    async def listener(ack: AsyncAck, body: Json) -> None:
        await run(ack, body)

    return listener


def _authorize(connection: Connection) -> Callable[..., Awaitable[AuthorizeResult]]:
    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        try:
            own = await connection.identity()
        except CallFailed as error:
            # The listener finds the same and says so to the person, which is more than Bolt's refusal would.
            log.warning("slack.identity_unknown", reason=error.reason)
            own = Identity(team_id or "", "", "", "")
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=own.team,
            bot_user_id=own.user or None,
            bot_id=own.bot or None,
            bot_token=connection.token,
        )

    return authorize
