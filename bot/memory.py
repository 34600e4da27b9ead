"""A memory with a limit in time and number: what a platform told us, and what a form needs when it comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """The last values by key, each for `seconds` of the wall clock; the oldest go when there are more than `limit`."""

    def __init__(self, wall: Callable[[], float], seconds: float, limit: int) -> None:
        self._wall, self._seconds, self._limit = wall, seconds, limit
        self._kept: dict[str, tuple[float, Value]] = {}

    def get(self, key: str, *, within: float | None = None) -> Value | None:
        """The value, if it is younger than `within` seconds (None: than the memory's own)."""
        kept = self._kept.get(key)
        seconds = self._seconds if within is None else within
        return kept[1] if kept and self._wall() - kept[0] < seconds else None

    def put(self, key: str, value: Value) -> Value:
        """Keeps the value from now on, and gives it back."""
        self._kept.pop(key, None)
        self._kept[key] = (self._wall(), value)
        while len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]
        return value

    def forget(self, key: str) -> None:
        """The value is not right any more."""
        self._kept.pop(key, None)
