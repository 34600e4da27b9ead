"""What Slack hands out for a short time: trigger ids (once, 3 s) and response addresses (5 uses, 30 min)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

TRIGGER_LIFE = 3.0
"""Seconds (platform facts A1)."""
RESPONSE_LIFE = 30 * 60.0
"""Seconds (platform facts A1)."""
RESPONSE_USES = 5
KEPT = 5000
"""So many tickets of each kind are remembered; the oldest go first."""


@dataclass(frozen=True)
class Trigger:
    """Who may open a view with it; `view` is the view from which it came."""

    user: str
    born: float
    view: str | None
    used: bool = False


@dataclass(frozen=True)
class ResponseAddress:
    """Where an answer goes: the room, the person, and the message that may be replaced."""

    room: str
    user: str
    born: float
    ts: str | None
    left: int = RESPONSE_USES


class TicketError(Exception):
    """A ticket that can't be used; `error` is Slack's own word."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Tickets:
    """All tickets given out; `wall` gives Unix seconds."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._triggers: dict[str, Trigger] = {}
        self._addresses: dict[str, ResponseAddress] = {}

    def trigger(self, user: str, *, view: str | None = None) -> str:
        """A new trigger id for what this person just did."""
        if len(self._triggers) > KEPT:
            del self._triggers[next(iter(self._triggers))]
        key = f"{int(self._wall())}.{secrets.token_hex(16)}"
        self._triggers[key] = Trigger(user, self._wall(), view)
        return key

    def use_trigger(self, key: str) -> Trigger:
        """The trigger, used up; TicketError when unknown, used before or older than 3 s."""
        trigger = self._triggers.get(key)
        if trigger is None:
            raise TicketError("invalid_trigger_id")
        if trigger.used:
            raise TicketError("exchanged_trigger_id")
        if self._wall() - trigger.born > TRIGGER_LIFE:
            raise TicketError("expired_trigger_id")
        self._triggers[key] = replace(trigger, used=True)
        return trigger

    def address(self, room: str, user: str, *, ts: str | None = None) -> str:
        """The secret part of a new response_url."""
        if len(self._addresses) > KEPT:
            del self._addresses[next(iter(self._addresses))]
        key = secrets.token_hex(12)
        self._addresses[key] = ResponseAddress(room, user, self._wall(), ts)
        return key

    def look_up(self, key: str) -> ResponseAddress:
        """Where an answer would go; TicketError when unknown, older than 30 min or used 5 times."""
        address = self._addresses.get(key)
        if address is None:
            raise TicketError("invalid_url")
        if self._wall() - address.born > RESPONSE_LIFE:
            raise TicketError("expired_url")
        if address.left <= 0:
            raise TicketError("used_url")
        return address

    def count_use(self, key: str) -> None:
        """One use less; an answer that was refused costs none."""
        address = self._addresses[key]
        self._addresses[key] = replace(address, left=address.left - 1)
