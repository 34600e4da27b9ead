"""The ways to one person: their own chat with the bot, a targeted message in the room, a change of a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from bot.memory import Memory
from bot.payload import Json, text_at
from bot.teams import activity
from bot.teams.chats import Chats
from bot.teams.connection import CallFailed, Connection
from bot.teams.origin import Pressed
from bot.teams.references import Reference, References
from storage.db import StorageBusy, StorageReadOnly

TARGETED_SECONDS, KEPT = 86_400.0, 5_000
"""A targeted message vanishes after 24 hours (platform.md B3)."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Posts:
    """Posts for the actor of an activity (`body`). Nothing here raises: what can't be done is False, and logged."""

    connection: Connection
    references: References
    chats: Chats
    targets: Memory[str]
    """Who sees a targeted message of ours: `conversation:activity` → the person's id, while it stands."""

    # -- to one person

    async def direct(self, body: Json, content: Json) -> bool:
        """Into the person's own chat with the bot, which is opened where the app is there for them."""
        if activity.kind_of(body) == "direct" and not activity.from_extension(body):
            return await self._send(activity.here_of(body), content)
        reference = await self._own_chat(body)
        return reference is not None and await self._send(reference, content)

    async def targeted(self, body: Json, content: Json) -> bool:
        """Into the room, where only the person sees it."""
        if activity.kind_of(body) == "direct" or activity.from_extension(body):
            return False
        here, user = activity.here_of(body), text_at(body, "from", "id")
        try:
            posted = await self.connection.targeted(here, user, content)
        except CallFailed as error:
            log.info("teams.targeted_failed", reason=error.reason)
            return False
        self.targets.put(_at(here, posted), activity.person_of(body))
        return True

    async def privately(self, body: Json, content: Json, *, targeted: bool = False) -> bool:
        """To the person alone, the one way or the other; `targeted` first where it was asked so."""
        first, second = (self.targeted, self.direct) if targeted else (self.direct, self.targeted)
        return await first(body, content) or await second(body, content)

    async def openly(self, body: Json, content: Json) -> bool:
        """Into the room, for everybody to read: never anything but a sentence without content."""
        return await self._send(activity.here_of(body), content)

    # -- cards

    def pressed(self, body: Json) -> Pressed | None:
        """The card that was pressed; None where no card stands behind the activity (dialogs, message extension)."""
        card = text_at(body, "replyToId")
        if not card or activity.from_extension(body):
            return None
        here = activity.here_of(body)
        targeted = self.targets.get(_at(here, card)) == activity.person_of(body)
        return Pressed(here, card, private=here.kind == "direct" or targeted, targeted=targeted)

    async def change(self, pressed: Pressed, content: Json) -> bool:
        """Other words in the place of a card."""
        try:
            await self.connection.update(pressed.reference, pressed.activity, content, targeted=pressed.targeted)
        except CallFailed as error:
            log.warning("teams.update_failed", reason=error.reason)
            return False
        return True

    # -- chats

    async def _own_chat(self, body: Json) -> Reference | None:
        """The chat with the person; one that was closed isn't tried again before it is heard from."""
        tenant, person = activity.tenant_of(body), activity.person_of(body)
        try:
            known = await self.references.known(tenant, "direct", person)
            if known is not None:
                return None if known.dead else known.reference
            return await self._opened(body, tenant, person)
        except (StorageBusy, StorageReadOnly):
            log.warning("teams.reference_not_read")
            return None

    async def _opened(self, body: Json, tenant: str, person: str) -> Reference | None:
        address, user = text_at(body, "serviceUrl"), text_at(body, "from", "id")
        unmet = Reference(tenant, "direct", person, "", address, user=user)
        try:
            conversation = await self.connection.open_direct(tenant, address, user)
        except CallFailed as error:
            log.info("teams.direct_failed", reason=error.reason)
            return None
        opened = replace(unmet, conversation=conversation)
        try:
            await self.references.remember(opened)
        except (StorageBusy, StorageReadOnly):
            log.warning("teams.reference_not_written")
        return opened

    async def _send(self, reference: Reference, content: Json) -> bool:
        try:
            await self.connection.send(reference, content)
        except CallFailed as error:
            log.warning("teams.answer_failed", reason=error.reason)
            await self.chats.closed(error, reference)
            return False
        return True


def targets(wall: Callable[[], float]) -> Memory[str]:
    """An empty memory of targeted messages."""
    return Memory(wall, TARGETED_SECONDS, KEPT)


def _at(where: Reference, posted: str) -> str:
    return f"{where.tenant}:{activity.without_thread(where.conversation)}:{posted}"
