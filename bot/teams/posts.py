"""The ways to one person: their own chat with the bot, a targeted message in the room, a change of a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import structlog

from bot.memory import Memory
from bot.payload import Json, text_at
from bot.teams import activity
from bot.teams.chats import Chats, opened
from bot.teams.connection import CallFailed, Connection
from bot.teams.origin import Pressed
from bot.teams.references import Reference, References
from storage.db import StorageBusy, StorageReadOnly

TARGETED_SECONDS, KEPT = 86_400.0, 5_000
"""A targeted message vanishes after 24 hours (platform.md B3)."""

Fate = Literal["direct", "targeted", "closed", "later", "lost"]
"""Where a post stands now; or why it doesn't: nobody is reached there, Teams took nothing yet, it failed otherwise."""
_NOTHING_SENT, _PRECONDITION_FAILED = ("rate_limited", "connection_failed"), 412
_SAYS_NOTHING = ("forbidden", "not_found", "BotDisabledByAdmin")
"""Refusals that aren't about the one person whose chat is opened."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Posts:
    """Posts for the actor of an activity (`body`). Nothing here raises: what can't be done is told, and logged.

    `connection` is the line for who waits, `delivery` the patient one, for what Teams didn't take at once.
    """

    connection: Connection
    delivery: Connection
    references: References
    chats: Chats
    targets: Memory[str]
    """Who sees a targeted message of ours: `conversation:activity` → the person's id, while it stands."""

    # -- to one person

    async def privately(self, body: Json, content: Json, *, targeted: bool = False, patient: bool = True) -> Fate:
        """To the person alone: into their chat, else into the room for their eyes; `targeted` first where it was
        asked so. `patient`: what Teams didn't take is tried again for some 15 s more (decision 21: nothing was sent).
        """
        fate = await self._either(body, content, targeted=targeted)
        if fate == "later" and patient:
            fate = await replace(self, connection=self.delivery)._either(body, content, targeted=targeted)
        return fate

    async def targeted(self, body: Json, content: Json) -> Fate:
        """Into the room, where only the person sees it."""
        if activity.kind_of(body) == "direct" or activity.from_extension(body):
            return "closed"
        here, user = activity.here_of(body), text_at(body, "from", "id")
        try:
            posted = await self.connection.targeted(here, user, content)
        except CallFailed as error:
            log.info("teams.targeted_failed", reason=error.reason)
            return _fate(error)
        self.targets.put(_at(here, posted), activity.person_of(body))
        return "targeted"

    async def openly(self, body: Json, content: Json) -> bool:
        """Into the room, for everybody to read: never anything but a sentence without content."""
        return stands(await self._send(activity.here_of(body), content))

    async def _either(self, body: Json, content: Json, *, targeted: bool) -> Fate:
        """The one way or the other. Where both fail: later if one may still work, else why it isn't the own chat."""
        first, second = (self.targeted, self._direct) if targeted else (self._direct, self.targeted)
        if stands(fate := await first(body, content)):
            return fate
        if stands(other := await second(body, content)):
            return other
        if "later" in (fate, other):
            return "later"
        return other if targeted else fate

    async def _direct(self, body: Json, content: Json) -> Fate:
        """Into the person's own chat with the bot, which is opened where the app is there for them."""
        if activity.kind_of(body) == "direct" and not activity.from_extension(body):
            return await self._send(activity.here_of(body), content)
        own = await self._own_chat(body)
        return await self._send(own, content) if isinstance(own, Reference) else own

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

    async def _own_chat(self, body: Json) -> Reference | Fate:
        """The chat with the person; one that was closed isn't tried again before it is heard from."""
        tenant, person = activity.tenant_of(body), activity.person_of(body)
        try:
            known = await self.references.known(tenant, "direct", person)
            if known is not None:
                return "closed" if known.dead else known.reference
            unmet = Reference(
                tenant, "direct", person, "", text_at(body, "serviceUrl"), user=text_at(body, "from", "id")
            )
            return await opened(self.connection, self.references, unmet)
        except (StorageBusy, StorageReadOnly):
            log.warning("teams.reference_not_read")
            return "later"
        except CallFailed as error:
            log.info("teams.direct_failed", reason=error.reason)
            refused = error.status in (403, 404) and error.reason not in _SAYS_NOTHING
            return "closed" if refused else _fate(error)

    async def _send(self, reference: Reference, content: Json) -> Fate:
        try:
            await self.connection.send(reference, content)
        except CallFailed as error:
            log.warning("teams.answer_failed", reason=error.reason)
            return "closed" if await self.chats.closed(error, reference) else _fate(error)
        return "direct"


def stands(fate: Fate) -> bool:
    """Whether the person has it."""
    return fate in ("direct", "targeted")


def _fate(error: CallFailed) -> Fate:
    passing = error.reason in _NOTHING_SENT or error.status == _PRECONDITION_FAILED
    return "later" if passing else "lost"


def targets(wall: Callable[[], float]) -> Memory[str]:
    """An empty memory of targeted messages."""
    return Memory(wall, TARGETED_SECONDS, KEPT)


def _at(where: Reference, posted: str) -> str:
    return f"{where.tenant}:{activity.without_thread(where.conversation)}:{posted}"
