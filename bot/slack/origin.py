"""Where a form was opened: the message whose button was pressed, kept here, since what a form carries is untrusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.memory import Memory
from bot.payload import Json, at, text_at

ORIGIN_SECONDS, KEPT = 1_800.0, 2_000
"""A response_url lives for 30 minutes (platform.md A1); whoever takes longer gets a new message."""


@dataclass(frozen=True)
class Origin:
    """A pressed message: who pressed it, its reference, and the press's response_url where only that reaches it."""

    user: str
    channel: str
    ts: str
    ephemeral: bool
    response_url: str

    @property
    def private(self) -> bool:
        """Whether nobody else reads it: it may then hold an answer that is this person's alone."""
        return self.ephemeral or self.channel.startswith("D")


class Origins:
    """The messages that forms came from, by the form's view. `wall` gives Unix seconds."""

    def __init__(self, wall: Callable[[], float], *, limit: int = KEPT) -> None:
        self._memory: Memory[Origin] = Memory(wall, ORIGIN_SECONDS, limit)

    def keep(self, press: Json, opened: Json) -> None:
        """`opened`, the answer of views.open, came from `press`; what was pressed on no message is nothing to keep."""
        origin = origin_of(press)
        view = text_at(opened, "view", "id")
        if origin is not None and view:
            self._memory.put(view, origin)

    def of(self, submit: Json) -> Origin | None:
        """The private message that the form of `submit` was opened from, if its own person sends it in."""
        view = text_at(submit, "view", "root_view_id") or text_at(submit, "view", "id")
        origin = self._memory.get(view)
        mine = origin is not None and origin.user == text_at(submit, "user", "id")
        return origin if origin is not None and mine and origin.private else None


def origin_of(press: Json) -> Origin | None:
    """The pressed message of a block_actions payload; None for a press in a modal or on Home, a command, a shortcut."""
    if text_at(press, "type") != "block_actions" or text_at(press, "container", "type") != "message":
        return None
    return Origin(
        user=text_at(press, "user", "id"),
        channel=text_at(press, "container", "channel_id"),
        ts=text_at(press, "container", "message_ts"),
        ephemeral=at(press, "container", "is_ephemeral") is True,
        response_url=text_at(press, "response_url"),
    )
