"""The practice clock's language: a step forward, the next weekday, or a moment, in a person's zone."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.practice.reading import Json, as_text

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Clockwork(Protocol):
    """The product's movable time: aware UTC values; `advance` makes what is due happen and counts it."""

    def now(self) -> datetime:
        """The product's present moment."""
        ...

    async def advance(self, to: datetime) -> Mapping[str, int]:
        """Moves forward to a moment; what happened on the way, such as {"sent": 3}."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next thing becomes due; None where nothing is planned."""
        ...

    def works_on(self, day: date) -> bool:
        """Whether the company works that day: nothing is sent on a day off."""
        ...


class ClockError(Exception):
    """A step that can't be made; `key` is a text key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def target(asked: Json, now: datetime, zone: ZoneInfo, *, due: datetime | None = None) -> datetime:
    """The UTC moment that a step means, seen from `now` (aware) in a person's zone.

    {"plus": "2d" | "1h" | "30m" | "1w"} keeps the local hour over days and weeks; {"next": "monday 08:30"}
    is the first such moment after now; {"next": "due"} is `due`, when the next thing becomes due;
    {"to": "2026-11-30T09:00"} is local unless it carries an offset.
    ClockError `practice.clock.unreadable`, `practice.clock.backward` or `practice.clock.nothing_due`.
    """
    if asked.get("next") == "due":
        if due is None:
            raise ClockError("practice.clock.nothing_due")
        moment: datetime | None = due
    elif asked.get("plus"):
        moment = _plus(as_text(asked["plus"]), now.astimezone(zone))
    elif asked.get("next"):
        moment = _next(as_text(asked["next"]), now.astimezone(zone))
    else:
        moment = _at(as_text(asked.get("to")), zone)
    if moment is None:
        raise ClockError("practice.clock.unreadable")
    if moment <= now:
        raise ClockError("practice.clock.backward")
    return moment.astimezone(UTC)


def _plus(text: str, local: datetime) -> datetime | None:
    found = re.fullmatch(r"(\d{1,4})([mhdw])", text)
    if found is None:
        return None
    count = int(found[1])
    match found[2]:
        case "m" | "h":
            length = timedelta(minutes=count) if found[2] == "m" else timedelta(hours=count)
            return local.astimezone(UTC) + length
        case "d":
            return local + timedelta(days=count)
        case _:
            return local + timedelta(weeks=count)


def _next(text: str, local: datetime) -> datetime | None:
    found = re.fullmatch(r"([a-z]+) (\d{1,2}):(\d{2})", text.strip().lower())
    if found is None or found[1] not in DAYS or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    at = local.replace(hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0)
    moment = at + timedelta(days=(DAYS.index(found[1]) - local.weekday()) % 7)
    return moment if moment > local else moment + timedelta(days=7)


def _at(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
