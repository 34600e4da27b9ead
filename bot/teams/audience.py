"""Who reads a Teams conversation, asked before every post; what can't be known is unknown (product.md §6)."""

from __future__ import annotations

from bot.payload import Json, text_at
from bot.teams.chats import Chats, later, passing
from bot.teams.connection import CallFailed, Connection
from bot.teams.references import Reference, References
from scheduler.ports import UNREACHED, Address, Reading, SendNever

MOST_MEMBERS = 200
"""Of a larger room only so many are asked for: it is `unknown`, unless an outsider is among them."""
_OURS = ("user", "owner", "admin", "member")
_GUESTS = ("guest", "anonymous")
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
        return self._one(member, to.tenant)

    async def _room(self, to: Address, reference: Reference) -> Reading:
        if reference.sort == "shared":
            return Reading("outside", "shared_channel")
        members, more = await self._connection.members(reference, MOST_MEMBERS)
        readings = [self._one(member, to.tenant) for member in members]
        for kind in ("outside", "unknown"):
            if told := next((reading for reading in readings if reading.kind == kind), None):
                return told
        if more or not members:
            return Reading("unknown", "too_many_members" if more else "no_members")
        return _INSIDE

    def _one(self, member: Json, tenant: str) -> Reading:
        """One of the roster: of ours, or a guest, or somebody of another company (platform.md B6)."""
        role, home = text_at(member, "userRole").lower(), text_at(member, "tenantId").lower()
        if role in _GUESTS:
            return Reading("outside", "guest")
        if home and home != tenant:
            return Reading("outside", "stranger")
        if self._lenient or (home and role in _OURS):
            return _INSIDE
        return Reading("unknown", "no_role" if home else "no_tenant")

    async def _failed(self, error: CallFailed, reference: Reference) -> Reading:
        """A failure of the line may pass, so it is asked again; a closed chat is gone; any other refusal: unknown."""
        if passing(error):
            raise later(error) from error
        if reason := await self._chats.closed(error, reference):
            return Reading("gone", reason)
        return Reading("unknown", error.reason)
