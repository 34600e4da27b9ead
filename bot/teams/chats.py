"""Where a person's chat or a room is reached in Teams, and what Microsoft's refusals mean for it."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.teams.connection import CallFailed, Connection
from bot.teams.references import Reference, References
from scheduler.ports import UNREACHED, Address, NotSent, SendLater, SendNever, SendUnknown
from storage.conversations import NEVER_MET, NOT_IN
from storage.db import StorageBusy, StorageReadOnly

# The codes are Microsoft's: "Status codes from bot conversational APIs" in their page Conversation basics, and
# MessageWritesBlocked in their page Proactive messages (platform.md B5).
# A 403 or 404 without a code may be a proxy's or a passing fault's: it says nothing of a chat and closes none.
_BLOCKED = ("ConversationBlockedByUser", "MessageWritesBlocked")
_NOT_INSTALLED = ("BotNotInConversationRoster", "ForbiddenOperationException", "ConversationNotFound")
_NOBODY = ("MemberNotFoundInConversation", "BadSyntax")
_ROOM_GONE = {"BotNotInConversationRoster": NOT_IN, "ConversationNotFound": "channel_not_found"}
_NOT_ALLOWED = ("unauthorized", "BotDisabledByAdmin")
_LATER = ("rate_limited", "connection_failed", "forbidden", "not_found", *_NOT_ALLOWED)
_UNKNOWN = ("timeout", "connection_reset", "server_error")
NOT_ALLOWED_SECONDS = 900.0
"""A client secret ran out, or an administrator switched the app off: what is due waits until somebody mended it."""
_PRECONDITION_FAILED = 412  # nothing was done, and Microsoft asks to try again

log = structlog.stdlib.get_logger(__name__)


class Chats:
    """The chats of every tenant, as senders and readers need them; what turns out to be closed is remembered."""

    def __init__(self, connection: Connection, references: References) -> None:
        self._connection, self._references = connection, references

    async def reach(self, to: Address) -> Reference:
        """How `to` is reached. A person who never wrote to us is reached where the app was installed for them.

        Raises SendLater, or SendNever: `not_installed`, `blocked`; for a room `not_in_channel`, `channel_not_found`.
        Where a chat is closed Microsoft isn't asked again, as they wish, until it is heard from.
        """
        try:
            known = await self._references.known(to.tenant, "direct" if to.direct else "room", to.user or to.room)
            if known is not None and not known.dead:
                return known.reference
            if known is None and to.direct:
                return await self._opened(to)
        except (StorageBusy, StorageReadOnly) as error:
            raise SendLater("storage_busy") from error
        dead = known.dead if known is not None else ""
        if to.direct:
            raise SendNever(dead if dead in UNREACHED else NEVER_MET)
        raise SendNever(dead if dead in _ROOM_GONE.values() else NOT_IN, dead)

    async def refused(self, error: CallFailed, reference: Reference) -> NotSent:
        """What a failed post means for the deliverer: later, never, or nobody knows. A closed chat is remembered."""
        if error.reason in _LATER or error.status == _PRECONDITION_FAILED:
            return later(error)
        if error.reason in _UNKNOWN:
            return SendUnknown(error.reason)
        if reason := await self.closed(error, reference):
            return SendNever(reason, error.reason)
        return SendNever(error.reason)

    async def closed(self, error: CallFailed, reference: Reference) -> str:
        """Why nothing arrives at `reference` any more if that is what `error` says, and remembers it; else ""."""
        if reference.kind == "room":
            reason = _ROOM_GONE.get(error.reason, "")
        elif error.reason in _BLOCKED:
            reason = "blocked"
        else:
            reason = NEVER_MET if error.reason in _NOT_INSTALLED else ""
        if reason:
            await self._bury(reference, reason)
        return reason

    async def _opened(self, to: Address) -> Reference:
        address = await self._references.address(to.tenant)
        if not address:
            raise SendNever(NEVER_MET)  # nobody of the tenant ever wrote: there is no address to ask
        unmet = Reference(to.tenant, "direct", to.user, "", address)
        try:
            return await opened(self._connection, self._references, unmet)
        except CallFailed as error:
            if passing(error):
                raise later(error) from error
            if error.reason in _NOBODY:
                await self._bury(unmet, NEVER_MET)
                raise SendNever(NEVER_MET, error.reason) from error
            raise await self.refused(error, unmet) from error

    async def _bury(self, reference: Reference, reason: str) -> None:
        try:
            await self._references.dead(reference, reason)
        except (StorageBusy, StorageReadOnly):
            log.warning("teams.reference_not_written", reason=reason)  # the next post finds out again


async def opened(connection: Connection, references: References, unmet: Reference) -> Reference:
    """The chat with somebody of whom none is known: it opens where the app is installed for them, and is remembered.

    `unmet` has no conversation; its `user` is how the bot calls them (29:…), else `external` will do.
    Raises CallFailed.
    """
    user = unmet.user or unmet.external
    found = replace(unmet, conversation=await connection.open_direct(unmet.tenant, unmet.address, user))
    try:
        await references.remember(found)
    except (StorageBusy, StorageReadOnly):
        log.warning("teams.reference_not_written", reason="opened")  # opened again, it is the same chat
    return found


def passing(error: CallFailed) -> bool:
    """Whether a question may be answered later."""
    return error.reason in _LATER or error.reason in _UNKNOWN


def later(error: CallFailed) -> SendLater:
    """Another try, when Microsoft says, or when an administrator may have set right what keeps all of us out."""
    if error.reason not in _NOT_ALLOWED:
        return SendLater(error.reason, error.after)
    log.error("teams.not_allowed", code=error.code or error.reason)
    return SendLater("unauthorized", NOT_ALLOWED_SECONDS)
