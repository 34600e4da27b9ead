"""The log of what went over the line: calls of the Web API and deliveries to the bot."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.practice.reading import Json

KEPT = 2000


@dataclass(frozen=True)
class Entry:
    """One line of `GET /practice/log`; `n` counts from 1, `at` is Unix seconds."""

    n: int
    at: float
    kind: Literal["api", "delivery"]
    detail: Json


class Traffic:
    """The last 2,000 entries."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0

    def note(self, kind: Literal["api", "delivery"], detail: Json) -> int:
        """Writes an entry and gives its number."""
        self._count += 1
        self._entries.append(Entry(self._count, self._wall(), kind, detail))
        return self._count

    @property
    def last(self) -> int:
        """The number of the newest entry."""
        return self._count

    def after(self, n: int) -> list[Entry]:
        """The entries with a higher number."""
        return [entry for entry in self._entries if entry.n > n]

    def entry(self, n: int) -> Entry | None:
        """The entry of this number, if it is still kept."""
        return next((entry for entry in self._entries if entry.n == n), None)
