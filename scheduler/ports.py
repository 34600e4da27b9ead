"""The two seams to a platform: who sends, and who says who reads (decisions 16, 17, 21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from handlers.message import Message

ReadingKind = Literal["inside", "outside", "unknown", "gone"]


UNREACHED = frozenset({"not_installed", "blocked"})
"""Reasons why nothing arrives in a person's chat with the bot, who is with us all the same (product.md §5)."""


@dataclass(frozen=True)
class Address:
    """Where something goes: a person's direct chat (`user`) or a room (`room`), both ids of the platform.

    `tenant` is the platform's id of the workspace, `workspace_id` ours. One of `user`, `room` is empty.
    """

    platform: str
    tenant: str
    workspace_id: str
    user: str = ""
    room: str = ""

    @property
    def direct(self) -> bool:
        """Whether it is one person's chat with the bot."""
        return bool(self.user)


@dataclass(frozen=True)
class Ref:
    """A message on its platform: channel and ts, or conversation and activity id."""

    channel: str
    id: str


@dataclass(frozen=True)
class Reading:
    """Who can read a place at the moment of asking. `detail` is a stable key, e.g. `ext_shared`, `guest`, `archived`.

    For a direct chat: inside = a member of ours, outside = guest or another company, gone = deactivated, or by its
    detail one of `UNREACHED`.
    """

    kind: ReadingKind
    detail: str = ""


class NotSent(Exception):
    """A platform has not done what was asked; `reason` is a stable English key, `detail` another one for the log."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class SendLater(NotSent):
    """Not acted on, worth another try: `rate_limited`, `server_error`, … `after` = the seconds the platform named."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class SendNever(NotSent):
    """Not acted on and no try will be: `invalid_blocks`, `channel_not_found`, `is_archived`, `user_gone`, `revoked`,

    one of `UNREACHED`, and `message_not_found` for what is to be updated or deleted.
    """


class SendUnknown(NotSent):
    """The platform may have acted on it: `timeout`, `connection_reset`, … It is looked up before it is tried again."""


class Sender(Protocol):
    """Posts on one platform. Every method raises SendLater, SendNever or SendUnknown, and nothing else."""

    @property
    def finds(self) -> bool:
        """Whether the platform lets a direct chat be looked through for what was sent (decision 21)."""
        ...

    async def send(self, to: Address, message: Message, delivery: str) -> Ref:
        """Post `message`; `delivery` is the opaque id that goes along, by which `find` knows it again."""
        ...

    async def update(self, to: Address, ref: Ref, message: Message) -> None:
        """Put other words in the place of a message. Doing it twice is the same as once."""
        ...

    async def delete(self, to: Address, ref: Ref) -> None:
        """Take a message away; one that is gone already is fine."""
        ...

    async def find(self, to: Address, delivery: str) -> Ref | None:
        """The message that carries `delivery` in a direct chat, or None when there is none; only where it `finds`."""
        ...


class Audience(Protocol):
    """Says who reads a place, asked before every post (product.md §6)."""

    async def read(self, to: Address) -> Reading:
        """Who can read `to` now. May raise SendLater (ask again later); what can't be known is `unknown`."""
        ...
