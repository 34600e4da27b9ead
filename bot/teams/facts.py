"""What Teams knows of people, remembered for a while and with a limit (decision 25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.memory import Memory
from bot.payload import Json, text_at
from bot.teams.connection import CallFailed, Connection
from bot.teams.references import Reference
from handlers.request import Account, Standing

PEOPLE_SECONDS, KEPT = 600.0, 5_000
LINE = ("timeout", "connection_failed", "connection_reset", "server_error", "rate_limited")
"""Reasons of CallFailed that say nothing of the person: the line failed."""
_ABSENT = ("MemberNotFoundInConversation", "MemberNotFound")
_OURS = ("user", "owner", "admin", "member")

log = structlog.stdlib.get_logger(__name__)


class FactsUnknown(Exception):
    """Teams did not say; `reason` as in CallFailed, or `not_installed`. Nothing may be assumed."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class People:
    """Accounts by the roster of a conversation. `wall` gives Unix seconds.

    `lenient`: a roster entry without tenant and role counts as a colleague. For the local playground only.
    """

    def __init__(
        self, connection: Connection, wall: Callable[[], float], *, lenient: bool = False, limit: int = KEPT
    ) -> None:
        self._connection, self._lenient = connection, lenient
        self._memory: Memory[Account] = Memory(wall, PEOPLE_SECONDS, limit)

    async def account(self, where: Reference, user: str, *, within: float = PEOPLE_SECONDS) -> Account:
        """The account of `user`, at most `within` seconds old (10 minutes). Raises FactsUnknown.

        `user` is the Entra object id or the id that this bot knows; `where` a conversation that they are in.
        """
        known = self._memory.get(_key(where, user), within=within)
        return known if known is not None else await self.fresh(where, user)

    async def fresh(self, where: Reference, user: str) -> Account:
        """The account as Teams describes it now; who isn't in the conversation is a stranger. Raises FactsUnknown."""
        try:
            member = await self._connection.member(where, user)
        except CallFailed as error:
            if error.reason in _ABSENT:
                self._memory.forget(_key(where, user))
                return Account(user, "", "stranger")
            log.warning("teams.facts_unknown", reason=error.reason)
            raise FactsUnknown(error.reason, after=error.after) from error
        account = account_of(member, where.tenant, lenient=self._lenient)
        account = account if account.user else replace(account, user=user)
        self._memory.put(_key(where, account.user), account)
        return self._memory.put(_key(where, user), account)

    def forget(self, where: Reference, user: str) -> None:
        """What is known of `user` has changed."""
        self._memory.forget(_key(where, user))


def account_of(member: Json, tenant: str, *, lenient: bool = False) -> Account:
    """An entry of a roster; `tenant` is our own. Whom it doesn't describe is a stranger."""
    user = (text_at(member, "aadObjectId") or text_at(member, "objectId")).lower() or text_at(member, "id")
    named = " ".join(part for part in (text_at(member, "givenName"), text_at(member, "surname")) if part)
    return Account(user, text_at(member, "name") or named, standing_of(member, tenant, lenient=lenient) or "stranger")


def standing_of(member: Json, tenant: str, *, lenient: bool = False) -> Standing | None:
    """Who an entry of a roster is to the company `tenant` (platform.md B6); None where it doesn't say.

    A colleague is who is told to be at home there, in a role that we know. `lenient` as People has it: what isn't
    told is ours; a role that we don't know stays unknown.
    """
    role, home = text_at(member, "userRole").lower(), text_at(member, "tenantId").lower()
    if text_at(member, "id").startswith("28:"):
        return "bot"
    if role == "anonymous" or (home and home != tenant):
        return "stranger"
    if role == "guest":
        return "guest"
    told = role in _OURS and bool(home)
    return "member" if told or (lenient and role in ("", *_OURS)) else None


def _key(where: Reference, user: str) -> str:
    return f"{where.tenant}:{user}"
