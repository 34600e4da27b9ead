"""The business time of practice: the real clock and what a person moved it ahead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class PracticeClock:
    """Gives business time (decision 6): `wall` (aware UTC) plus `offset`, which is kept over a restart."""

    wall: Callable[[], datetime]
    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        """The present moment of business time, aware UTC."""
        return self.wall() + self.offset

    def set(self, at: datetime) -> None:
        """Moves forward to `at` (aware), from where time runs on; ValueError when it is past (decision 29)."""
        wall = self.wall()
        offset = _aware(at) - wall
        if offset < self.offset:
            raise ValueError(f"backward: {at.isoformat()} < {(wall + self.offset).isoformat()}")
        self.offset = offset

    def rewind(self, at: datetime) -> None:
        """Moves to `at` (aware), also backward: for telling the sample story and for a reset only."""
        self.offset = _aware(at) - self.wall()


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"naive: {at.isoformat()}")
    return at
