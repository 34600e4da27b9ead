"""Slack's payloads as Requests: who, where and what, with the facts that the desk needs resolved (decision 25)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.payload import Json, as_json, at, json_at, list_at, text_at
from bot.platform import outsiders_in
from bot.slack.audience import SlackAudience
from bot.slack.connection import CallFailed, Connection, Identity, ask
from bot.slack.facts import FactsUnknown, People, Rooms
from bot.slack.incoming import decode, mentions, without_mention
from bot.slack.press import decode_press
from bot.slack.render_form import Ticket, people_in, read_submit, read_ticket
from handlers.commands import asks_who_reads
from handlers.request import Account, Capture, Command, Intent, OpenHome, Place, Request, Say, Source
from scheduler.ports import Address

MOST_PEOPLE = 20
"""So many people of one text are looked up; a line that names more isn't a line about a meeting."""


@dataclass(frozen=True)
class Inbound:
    """Builds Requests. Every function raises FactsUnknown where Slack doesn't say who somebody is."""

    connection: Connection
    people: People
    rooms: Rooms
    audience: SlackAudience
    commands: Mapping[str, str]
    """Slash name without `/` → row of the command table."""

    async def command(self, body: Json) -> Request:
        """A slash command: urlencoded fields."""
        name = text_at(body, "command").lstrip("/")
        text = decode(text_at(body, "text")).strip()
        return await self._request(
            key=text_at(body, "trigger_id"),
            user=(text_at(body, "user_id"), ""),
            place=(text_at(body, "channel_id"), ""),
            intent=Command(self.commands.get(name, name), text),
            named=mentions(text),
        )

    async def press(self, body: Json) -> Request | None:
        """A button or menu in a message, a modal or Home; None where the element is none of ours."""
        action: Json = next(iter(list_at(body, "actions")), Json())
        value = text_at(action, "value") or text_at(action, "selected_option", "value")
        press = decode_press(text_at(action, "action_id"), value)
        if press is None:
            return None
        message = text_at(body, "container", "message_ts")
        ticket = read_ticket(text_at(body, "view", "private_metadata")) or Ticket("")
        user = text_at(body, "user", "id")
        where = message or text_at(body, "container", "view_id")
        return await self._request(
            key=f"{user}:{text_at(action, 'action_ts')}:{where}",
            user=(user, text_at(body, "user", "team_id")),
            place=(text_at(body, "container", "channel_id") or ticket.room, message),
            intent=press,
        )

    async def submit(self, body: Json) -> Request | None:
        """A form sent in; None where the view is none of ours."""
        ticket = read_ticket(text_at(body, "view", "private_metadata"))
        if ticket is None:
            return None
        values = {
            block_id: {name: as_json(state) for name, state in as_json(actions).items()}
            for block_id, actions in json_at(body, "view", "state", "values").items()
        }
        user = text_at(body, "user", "id")
        return await self._request(
            key=f"{text_at(body, 'view', 'id')}:{text_at(body, 'view', 'hash')}",
            user=(user, text_at(body, "user", "team_id")),
            place=(ticket.room, ""),
            intent=read_submit(ticket, values),
            named=people_in(values),
        )

    async def capture(self, body: Json) -> Request:
        """The message shortcut, in threads and on messages of strangers and bots too."""
        room, message = text_at(body, "channel", "id"), json_at(body, "message")
        ts = text_at(message, "ts") or text_at(body, "message_ts")
        thread = text_at(message, "thread_ts")
        text = decode(_words(message))
        author, permalink = await asyncio.gather(self._author(message), self._permalink(body, room, ts, thread))
        source = Source(permalink, text, author, room, _moment(ts))
        return await self._request(
            key=text_at(body, "trigger_id"),
            user=(text_at(body, "user", "id"), text_at(body, "user", "team_id")),
            place=(room, ts),
            intent=Capture(source),
            named=mentions(text),
        )

    async def say(self, body: Json) -> Request:
        """Words in the direct chat, or an @mention with the mention taken off."""
        event = json_at(body, "event")
        own = (await self._own()).user
        text = without_mention(decode(text_at(event, "text")), own)
        return await self._request(
            key=text_at(body, "event_id"),
            user=(text_at(event, "user"), text_at(event, "user_team")),
            place=(text_at(event, "channel"), text_at(event, "ts")),
            intent=Say(text),
            named=mentions(text),
        )

    async def home(self, body: Json) -> Request:
        """The person looks at the Home tab."""
        return await self._request(
            key=text_at(body, "event_id"),
            user=(text_at(body, "event", "user"), ""),
            place=("", ""),
            intent=OpenHome(),
        )

    # -- the facts ---------------------------------------------------------------------------------

    async def _request(
        self, *, key: str, user: tuple[str, str], place: tuple[str, str], intent: Intent, named: Iterable[str] = ()
    ) -> Request:
        actor, where, people = await asyncio.gather(
            self.people.account(*user),
            self._place(*place, readers=asks_who_reads(intent)),
            self._accounts(named),
        )
        return Request(key, "slack", (await self._own()).team, actor, where, intent, people)

    async def _place(self, room: str, message: str, *, readers: bool) -> Place:
        """`readers`: who is in a room is asked too, since a guest makes no room shared; else only Slack's own flags."""
        if not room:
            return Place(message=message)
        if room.startswith("D"):
            return Place("direct", room, outsiders=False, message=message)
        outsiders = await outsiders_in(self.audience, Address("slack", "", "", room=room)) if readers else None
        facts = await self.rooms.facts(room)
        return Place("room", room, facts.name, outsiders if readers else facts.shared, message)

    async def _accounts(self, users: Iterable[str]) -> dict[str, Account]:
        """The people named in a text; who can't be looked up now is left out, and the text keeps the token."""
        own = (await self._own()).user
        wanted = [user for user in users if user != own][:MOST_PEOPLE]
        found = await asyncio.gather(*(self._account_or_none(user) for user in wanted))
        return {account.user: account for account in found if account is not None}

    async def _account_or_none(self, user: str) -> Account | None:
        try:
            return await self.people.account(user)
        except FactsUnknown:
            return None

    async def _author(self, message: Json) -> Account | None:
        user = text_at(message, "user")
        if user:
            account = await self.people.account(user)
            # Slack hides some strangers' profiles, but their messages carry a name.
            shown = text_at(message, "user_profile", "real_name") or text_at(message, "user_profile", "display_name")
            return account if account.name or not shown else Account(user, shown, account.standing)
        bot = text_at(message, "bot_id")
        name = text_at(message, "bot_profile", "name") or text_at(message, "username")
        return Account(bot, name, "bot") if bot else None

    async def _permalink(self, body: Json, room: str, ts: str, thread: str) -> str:
        """Slack's own link, or, where the bot may not ask for it, the one that Slack would give."""
        try:
            answer = await ask(self.connection.reads, "chat.getPermalink", {"channel": room, "message_ts": ts})
            return text_at(answer, "permalink")
        except CallFailed:
            domain = text_at(body, "team", "domain")
            site = (await self._own()).site if not domain else f"https://{domain}.slack.com"
            link = f"{site}/archives/{room}/p{ts.replace('.', '')}"
            return f"{link}?thread_ts={thread}&cid={room}" if thread and thread != ts else link

    async def _own(self) -> Identity:
        try:
            return await self.connection.identity()
        except CallFailed as error:
            raise FactsUnknown(error.reason, after=error.after) from error


def heard(event: Json) -> bool:
    """Whether a message event is somebody's words: no edit, no deletion, no bot, no system message."""
    spoken = text_at(event, "subtype") in ("", "file_share", "thread_broadcast")
    return spoken and bool(text_at(event, "user")) and not text_at(event, "bot_id") and bool(_words(event).strip())


def _words(message: Json) -> str:
    """The text of a message; what a bot says in attachments or blocks alone has a fallback or nothing."""
    if text := text_at(message, "text"):
        return text
    parts = [text_at(each, "text") or text_at(each, "fallback") for each in list_at(message, "attachments")]
    return "\n".join(part for part in parts if part)


def _moment(ts: str) -> datetime:
    """A Slack timestamp as an aware UTC instant; whole seconds suffice for a record."""
    seconds, _, _ = ts.partition(".")
    return datetime.fromtimestamp(int(seconds) if seconds.isdecimal() else 0, UTC)


def typed_in(body: Json) -> str:
    """What the person typed, to be given back when nothing could be done with it."""
    return decode(text_at(body, "text") if at(body, "command") else text_at(body, "event", "text")).strip()
