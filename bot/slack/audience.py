"""Who reads a Slack conversation, asked of Slack before every post; what can't be known is unknown (product.md §6)."""

from __future__ import annotations

import asyncio

from bot.payload import as_list, at, text_at
from bot.slack.connection import CallFailed, Connection, ask
from bot.slack.facts import ROOM_SECONDS, FactsUnknown, People, RoomFacts, Rooms
from handlers.request import Account
from scheduler.ports import Address, Reading, SendLater

MOST_MEMBERS = 200
"""A room of more people isn't looked through one by one (Slack allows about 100 look-ups a minute): it is `unknown`,

unless an outsider is among the first 200. A linked room of an alliance has a dozen."""
_AT_ONCE = 8
_LINE = ("timeout", "connection_failed", "connection_reset", "server_error", "rate_limited")


class SlackAudience:
    """The `Audience` of Slack: sharing, archiving and who is in are asked afresh; what the members are is at most

    60 seconds old, so that the posts of one minute ask once (a member who becomes a guest is also told by an event).
    """

    def __init__(self, connection: Connection, people: People, rooms: Rooms) -> None:
        self._connection, self._people, self._rooms = connection, people, rooms

    async def read(self, to: Address) -> Reading:
        """Who can read `to` now. Raises SendLater where the line to Slack failed and later may be better."""
        return await self._direct(to.user) if to.direct else await self._room(to.room)

    async def _direct(self, user: str) -> Reading:
        try:
            account = await self._people.fresh(user)
        except FactsUnknown as error:
            return _unknown(error.reason, error.after)
        return reading_of(account)

    async def _room(self, room: str) -> Reading:
        facts = await self._rooms.fresh(room)
        if (told := _told_by_room(facts)) is not None:
            return told
        try:
            members, more = await self._members(room)
            outsider = await self._outsider(members)
        except CallFailed as error:
            return _unknown(error.reason, error.after)
        except FactsUnknown as error:
            return _unknown(error.reason, error.after)
        if outsider is not None:
            return Reading("outside", outsider)
        return Reading("unknown", "too_many_members") if more else Reading("inside")

    async def _members(self, room: str) -> tuple[list[str], bool]:
        answer = await ask(self._connection.reads, "conversations.members", {"channel": room, "limit": MOST_MEMBERS})
        members = [user for user in as_list(at(answer, "members")) if isinstance(user, str)]
        return members[:MOST_MEMBERS], bool(text_at(answer, "response_metadata", "next_cursor"))

    async def _outsider(self, members: list[str]) -> str | None:
        """What the first outsider among `members` is, or None."""
        turn = asyncio.Semaphore(_AT_ONCE)

        async def look(user: str) -> Account:
            async with turn:
                return await self._people.account(user, within=ROOM_SECONDS)

        for account in await asyncio.gather(*(look(user) for user in members)):
            if account.standing in ("guest", "stranger") and not account.deleted:
                return account.standing
        return None


def reading_of(account: Account) -> Reading:
    """The direct chat with `account`."""
    if account.deleted:
        return Reading("gone", "deleted")
    return Reading("inside") if account.standing == "member" else Reading("outside", account.standing)


def _told_by_room(facts: RoomFacts) -> Reading | None:
    if facts.shared is None:
        if facts.reason == "channel_not_found":
            return Reading("gone", facts.reason)
        return _unknown(facts.reason, facts.after)
    if facts.archived:
        return Reading("gone", "archived")
    if facts.shared:
        return Reading("outside", "pending_ext_shared" if facts.pending else "ext_shared")
    return None


def _unknown(reason: str, after: float | None) -> Reading:
    """A failure of the line may pass, so it is asked again; a refusal stays unknown."""
    if reason in _LINE:
        raise SendLater(reason, after)
    return Reading("unknown", reason)
