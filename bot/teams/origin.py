"""Forms that people have before them, and where they came from: kept here, since what a card carries is untrusted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.memory import Memory
from bot.teams.references import Reference
from handlers.message import Form

OPENED_SECONDS, KEPT = 7_200.0, 2_000
"""So long a form can stand open until its corrections are shown in place; later it is opened anew."""


@dataclass(frozen=True)
class Pressed:
    """A card of ours that was pressed: where it stands, and whether nobody else reads it (a targeted one in a room)."""

    reference: Reference
    activity: str
    private: bool
    targeted: bool = False

    @property
    def lasting(self) -> bool:
        """Whether an answer that is this person's alone can take its place."""
        return self.private and bool(self.activity)


@dataclass(frozen=True)
class Opened:
    """A form that `user` (of `tenant`) has before them, and the card whose button opened it, if one did."""

    tenant: str
    user: str
    form: Form
    pressed: Pressed | None = None


class Origins:
    """Open forms by a token that goes along with them. `wall` gives Unix seconds."""

    def __init__(self, wall: Callable[[], float], *, limit: int = KEPT) -> None:
        self._memory: Memory[Opened] = Memory(wall, OPENED_SECONDS, limit)

    def keep(self, opened: Opened) -> str:
        """A new token for `opened`."""
        token = secrets.token_urlsafe(12)
        self._memory.put(token, opened)
        return token

    def of(self, token: str, *, tenant: str, user: str) -> Opened | None:
        """The form behind `token`, if its own person sends it in."""
        opened = self._memory.get(token) if token else None
        return opened if opened is not None and (opened.tenant, opened.user) == (tenant, user) else None
