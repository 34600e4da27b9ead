"""Teams' activities as Requests: who, where and what, with the facts that the desk needs resolved (decision 25)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from bot.memory import Memory
from bot.payload import Json, json_at, text_at
from bot.platform import outsiders_in
from bot.teams import activity
from bot.teams.audience import TeamsAudience
from bot.teams.directory import Directory
from bot.teams.facts import LINE, FactsUnknown, People
from bot.teams.incoming import captured, joined, mentioned, spoken
from bot.teams.press import Ticket, people_in, read_submit
from bot.teams.references import References
from handlers.commands import asks_who_reads
from handlers.request import Account, Capture, Intent, OpenHome, Place, Press, Request, Say, Source
from scheduler.ports import Address

MOST_PEOPLE = 20
"""So many people of one text are looked up; a line that names more isn't a line about a meeting."""
NAME_SECONDS, NAMES = 86_400.0, 2_000
"""Names of rooms are remembered so long and so many: an activity of a channel doesn't always say its name."""
_AT_ONCE = 5
_LINK = re.compile(r"https://teams\.(?:cloud\.microsoft|microsoft\.com)/[^\s<>\"\\]{1,2000}")
_CHAT = '{"contextType":"chat"}'
_PERSON_OF_TEAMS = ("aadUser", "onPremiseAadUser", "")


@dataclass(frozen=True)
class Inbound:
    """Builds Requests. Every function raises FactsUnknown where Teams doesn't say who somebody is.

    `clock` is business time, for a message that doesn't say when it was written; `names` are those of rooms.
    """

    people: People
    references: References
    audience: TeamsAudience
    directory: Directory
    clock: Callable[[], datetime]
    names: Memory[str]
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def say(self, body: Json) -> Request:
        """Words in the direct chat, an @mention with the mention taken off, or a slash command (targeted)."""
        pieces = spoken(body)
        people = await self._people(body, mentioned(pieces))
        text = joined(pieces, {known: account.user for known, account in people.items()})
        intent = Say(text, private=activity.targeted(body), forms=True)
        return await self._request(body, intent, message=text_at(body, "id"), people=people.values())

    async def press(self, body: Json, press: Press) -> Request:
        """A button or menu on a card, in a chat or in a dialog."""
        return await self._request(body, press, message=text_at(body, "replyToId"))

    async def submit(self, body: Json, ticket: Ticket) -> Request:
        """A form sent in. Twice the same form is once: its token is made anew whenever a form is shown."""
        data = activity.data_of(body)
        intent = read_submit(ticket, data)
        people = await self._picked(body, people_in(data))
        key = f"form:{activity.tenant_of(body)}:{activity.person_of(body)}:{ticket.origin}" if ticket.origin else ""
        return await self._request(body, intent, key=key, people=people)

    async def capture(self, body: Json) -> Request:
        """The message extension on a message, of whomever it is."""
        payload = json_at(body, "value", "messagePayload")
        pieces = captured(payload)
        author, people = await asyncio.gather(self._author(body, payload), self._people(body, mentioned(pieces)))
        text = joined(pieces, {known: account.user for known, account in people.items()})
        room = activity.room_of(body) or text_at(body, "conversation", "id")
        source = Source(_permalink(body, payload), text, author, room, self._moment(body, payload))
        return await self._request(body, Capture(source), message=text_at(payload, "id"), people=people.values())

    async def home(self, body: Json) -> Request:
        """The app was added by somebody for themselves."""
        return await self._request(body, OpenHome())

    def notice(self, body: Json) -> None:
        """Rooms have names only in some activities."""
        name, room = activity.room_name(body), activity.room_of(body)
        if name and room:
            self.names.put(f"{activity.tenant_of(body)}:{room}", name)

    # -- the facts ---------------------------------------------------------------------------------

    async def _request(
        self, body: Json, intent: Intent, *, key: str = "", message: str = "", people: Iterable[Account] = ()
    ) -> Request:
        actor, where = await asyncio.gather(
            self._actor(body), self._place(body, message, readers=asks_who_reads(intent))
        )
        return Request(
            key or activity.key_of(body),
            "teams",
            activity.tenant_of(body),
            actor,
            where,
            intent,
            {account.user: account for account in people},
        )

    async def _actor(self, body: Json) -> Account:
        """Who did it, by the roster; their own client says which language and zone they use."""
        user = activity.person_of(body)
        found = await self._look(body, text_at(body, "from", "id") or user)
        return replace(
            found,
            user=user,
            name=found.name or text_at(body, "from", "name"),
            locale=activity.locale_of(body),
            zone=activity.zone_of(body),
        )

    async def _look(self, body: Json, user: str) -> Account:
        """By the members of the conversation, or of the person's own chat where the bot isn't in the conversation."""
        try:
            return await self.people.account(activity.roster_of(body), user)
        except FactsUnknown as error:
            if not activity.from_extension(body) or error.reason in LINE:
                raise
            own = await self.references.direct(activity.tenant_of(body), activity.person_of(body))
            if own is None:
                raise FactsUnknown("not_installed") from error
            return await self.people.account(own, user)

    async def _place(self, body: Json, message: str, *, readers: bool) -> Place:
        room = activity.room_of(body)
        if activity.between_people(body):
            return Place(message=message)
        if not room:
            return Place("direct", text_at(body, "conversation", "id"), outsiders=False, message=message)
        name = activity.room_name(body) or self.names.get(f"{activity.tenant_of(body)}:{room}") or ""
        shared = True if text_at(body, "channelData", "channel", "type") == "shared" else None
        outsiders = (
            shared
            if shared or not readers
            else await outsiders_in(self.audience, Address("teams", activity.tenant_of(body), "", room=room))
        )
        return Place("room", room, name, outsiders, message, away=not activity.targeted(body))

    async def _people(self, body: Json, named: Sequence[str]) -> dict[str, Account]:
        """The people named in a text by the id it names them with; who can't be looked up now stays a name."""
        wanted = named[:MOST_PEOPLE]
        found = await asyncio.gather(*(self._account_or_none(body, user) for user in wanted))
        return {user: account for user, account in zip(wanted, found, strict=True) if account is not None}

    async def _account_or_none(self, body: Json, user: str) -> Account | None:
        try:
            async with self._turn:
                account = await self.people.account(activity.roster_of(body), user)
        except FactsUnknown:
            return None
        return account if account.name else None

    async def _picked(self, body: Json, users: Sequence[str]) -> list[Account]:
        """The colleagues picked in a form: those known here, and those in the room."""
        known = await self.directory.names(activity.tenant_of(body)) if users else {}
        unknown = [user for user in users if user not in known]
        found = await self._people(body, unknown)
        return [*(Account(user, known[user]) for user in users if user in known), *found.values()]

    async def _author(self, body: Json, payload: Json) -> Account | None:
        """Who wrote a message. Only who is known here or in the room is a colleague; of others it keeps the name."""
        user, shown = text_at(payload, "from", "user", "id").lower(), text_at(payload, "from", "user", "displayName")
        if not user:
            app = text_at(payload, "from", "application", "id")
            return Account(app, text_at(payload, "from", "application", "displayName"), "bot") if app else None
        if user == activity.person_of(body):
            return Account(user, shown)
        if text_at(payload, "from", "user", "userIdentityType") in _PERSON_OF_TEAMS:
            known = (await self.directory.names(activity.tenant_of(body))).get(user)
            if known is not None:
                return Account(user, known)
            if (found := await self._account_or_none(body, user)) is not None:
                return found
        return Account(user, shown, "stranger")

    def _moment(self, body: Json, payload: Json) -> datetime:
        told = (_instant(text_at(payload, "createdDateTime")), _instant(text_at(body, "timestamp")))
        return next((at for at in told if at is not None), None) or self.clock()


def heard(body: Json) -> bool:
    """Whether a message activity is somebody's words to us: no bot's, and not empty (a mention alone is words)."""
    by_bot = text_at(body, "from", "id").startswith("28:") or text_at(body, "from", "role") == "bot"
    return bool(text_at(body, "text").strip()) and bool(activity.person_of(body)) and not by_bot


def typed_in(body: Json) -> str:
    """What the person typed, to be given back when nothing could be done with it."""
    return joined(spoken(body), {}) if text_at(body, "type") == "message" else ""


def _permalink(body: Json, payload: Json) -> str:
    """Teams' own link, or the one that Teams would give: colleagues open it, so that it leads nowhere else."""
    if _LINK.fullmatch(link := text_at(payload, "linkToMessage")):
        return link
    place = activity.room_of(body) or text_at(body, "conversation", "id")
    where = f"https://teams.microsoft.com/l/message/{quote(place, safe=':@')}/{quote(text_at(payload, 'id'), safe='')}"
    if activity.kind_of(body) != "channel":
        return f"{where}?{urlencode({'context': _CHAT})}"
    return f"{where}?{urlencode({'tenantId': activity.tenant_of(body)})}"


def _instant(written: str) -> datetime | None:
    """An ISO instant as aware UTC (without a zone it is UTC); None where it is none."""
    try:
        at = datetime.fromisoformat(written)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
