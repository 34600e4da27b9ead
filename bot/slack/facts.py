"""What Slack knows of people and rooms, remembered for a while and with a limit (decision 25)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.memory import Memory
from bot.payload import Json, at, json_at, text_at
from bot.slack.connection import CallFailed, Connection, ask
from handlers.request import Account, Standing

PEOPLE_SECONDS, ROOM_SECONDS, KEPT = 600.0, 60.0, 5_000
_ABSENT = ("user_not_found", "user_not_visible", "users_not_found")

log = structlog.stdlib.get_logger(__name__)


class FactsUnknown(Exception):
    """Slack did not say; `reason` as in CallFailed. Nothing may be assumed."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class People:
    """Accounts by users.info. `wall` gives Unix seconds."""

    def __init__(self, connection: Connection, wall: Callable[[], float], *, limit: int = KEPT) -> None:
        self._connection = connection
        self._memory: Memory[Account] = Memory(wall, PEOPLE_SECONDS, limit)

    async def account(self, user: str, team: str = "", *, within: float = PEOPLE_SECONDS) -> Account:
        """The account of `user`, at most `within` seconds old (10 minutes). Raises FactsUnknown.

        `team` is the workspace that the payload names for them: another one than ours is a stranger at once
        (platform.md I1). A user whom Slack doesn't show us counts as a stranger too.
        """
        identity = await self._own()
        if team and team != identity:
            return Account(user, "", "stranger")
        known = self._memory.get(user, within=within)
        return known if known is not None else await self.fresh(user)

    async def fresh(self, user: str) -> Account:
        """The account as Slack describes it now. Raises FactsUnknown."""
        own = await self._own()
        try:
            answer = await ask(self._connection.reads, "users.info", {"user": user, "include_locale": "true"})
        except CallFailed as error:
            if error.reason in _ABSENT:
                return self._memory.put(user, Account(user, "", "stranger"))
            log.warning("slack.facts_unknown", method="users.info", reason=error.reason)
            raise FactsUnknown(error.reason, after=error.after) from error
        return self._memory.put(user, account_of(json_at(answer, "user"), own))

    def forget(self, user: str) -> None:
        """What is known of `user` has changed."""
        self._memory.forget(user)

    async def _own(self) -> str:
        try:
            return (await self._connection.identity()).team
        except CallFailed as error:
            raise FactsUnknown(error.reason, after=error.after) from error


def account_of(user: Json, team: str) -> Account:
    """A user object of Slack's; `team` is our own workspace."""
    name = (
        text_at(user, "real_name")
        or text_at(user, "profile", "real_name")
        or text_at(user, "profile", "display_name")
        or text_at(user, "name")
    )
    return Account(
        user=text_at(user, "id"),
        name=name,
        standing=_standing(user, team),
        locale=text_at(user, "locale"),
        zone=text_at(user, "tz"),
        deleted=at(user, "deleted") is True,
    )


def _standing(user: Json, team: str) -> Standing:
    if at(user, "is_stranger") is True or text_at(user, "team_id") != team:
        return "stranger"
    if at(user, "is_bot") is True or text_at(user, "id") == "USLACKBOT":
        return "bot"
    guest = at(user, "is_restricted") is True or at(user, "is_ultra_restricted") is True
    return "guest" if guest else "member"


@dataclass(frozen=True)
class RoomFacts:
    """A room: whether it is shared with another company or about to be (None = unknown, `reason` says why)."""

    shared: bool | None
    pending: bool = False
    archived: bool = False
    name: str = ""
    reason: str = ""
    after: float | None = None


class Rooms:
    """Rooms by conversations.info. `wall` gives Unix seconds."""

    def __init__(self, connection: Connection, wall: Callable[[], float], *, limit: int = KEPT) -> None:
        self._connection = connection
        self._memory: Memory[RoomFacts] = Memory(wall, ROOM_SECONDS, limit)

    async def facts(self, room: str) -> RoomFacts:
        """The room as it was at most a minute ago; what can't be asked is unknown, and asked again next time."""
        known = self._memory.get(room)
        return known if known is not None else await self.fresh(room)

    async def fresh(self, room: str) -> RoomFacts:
        """The room as Slack describes it now."""
        try:
            answer = await ask(self._connection.reads, "conversations.info", {"channel": room})
        except CallFailed as error:
            log.warning("slack.facts_unknown", method="conversations.info", reason=error.reason)
            return RoomFacts(None, reason=error.reason, after=error.after)
        found = json_at(answer, "channel")
        facts = RoomFacts(
            shared=at(found, "is_ext_shared") is True or at(found, "is_pending_ext_shared") is True,
            pending=at(found, "is_ext_shared") is not True and at(found, "is_pending_ext_shared") is True,
            archived=at(found, "is_archived") is True,
            name=text_at(found, "name"),
        )
        return self._memory.put(room, facts)

    def forget(self, room: str) -> None:
        """What is known of `room` has changed."""
        self._memory.forget(room)
