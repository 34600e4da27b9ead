"""Who reads a Teams conversation, asked before every post; what can't be known is unknown (product.md §6)."""

from __future__ import annotations

from bot.payload import Json, text_at
from bot.teams.chats import Chats, later, passing
from bot.teams.connection import CallFailed, Connection
from bot.teams.facts import standing_of
from bot.teams.references import Reference, References
from scheduler.ports import UNREACHED, Address, Reading, SendNever

MOST_MEMBERS = 2_000
"""Of a larger room only so many are asked for: it is `unknown`, unless an outsider is among them.

Four pages; who waits for the answer waits a second (READERS_SECONDS), a delivery as long as its line does.
"""
_INSIDE = Reading("inside")


class TeamsAudience:
    """The `Audience` of Teams: the roster is asked afresh before every post.

    `lenient`: whose role or tenant isn't told is ours; only for Microsoft's playground, never in production.
    """

    def __init__(self, connection: Connection, references: References, *, lenient: bool = False) -> None:
        self._connection, self._chats, self._lenient = connection, Chats(connection, references), lenient

    async def read(self, to: Address) -> Reading:
        """Who can read `to` now. Raises SendLater where the line to Microsoft failed and later may be better."""
        try:
            reference = await self._chats.reach(to)
        except SendNever as error:
            known = not to.direct or error.reason in UNREACHED
            return Reading("gone" if known else "unknown", error.reason)
        try:
            return await self._direct(to, reference) if to.direct else await self._room(to, reference)
        except CallFailed as error:
            return await self._failed(error, reference)

    async def _direct(self, to: Address, reference: Reference) -> Reading:
        try:
            member = await self._connection.member(reference, reference.user or to.user)
        except CallFailed as error:
            if error.reason == "MemberNotFoundInConversation":
                return Reading("gone", "not_in_chat")
            raise
        return reading_of(member, to.tenant, lenient=self._lenient)

    async def _room(self, to: Address, reference: Reference) -> Reading:
        if reference.sort == "shared":
            return Reading("outside", "shared_channel")
        members, more = await self._connection.members(reference, MOST_MEMBERS)
        readings = [reading_of(member, to.tenant, lenient=self._lenient) for member in members]
        for kind in ("outside", "unknown"):
            if told := next((reading for reading in readings if reading.kind == kind), None):
                return told
        if more or not members:
            return Reading("unknown", "too_many_members" if more else "no_members")
        return _INSIDE

    async def _failed(self, error: CallFailed, reference: Reference) -> Reading:
        """A failure of the line may pass, so it is asked again; a closed chat is gone; any other refusal: unknown."""
        if passing(error):
            raise later(error) from error
        if reason := await self._chats.closed(error, reference):
            return Reading("gone", reason)
        return Reading("unknown", error.reason)


def reading_of(member: Json, tenant: str, *, lenient: bool = False) -> Reading:
    """What it means for a post that this entry of a roster reads it: unknown where we can't say who that is."""
    match standing_of(member, tenant, lenient=lenient):
        case "member":
            return _INSIDE
        case "guest" | "stranger" as outsider:
            return Reading("outside", outsider)
        case "bot":
            return Reading("unknown", "bot")
        case None:
            return Reading("unknown", "no_role" if text_at(member, "tenantId") else "no_tenant")
