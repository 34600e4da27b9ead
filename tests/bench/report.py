"""The table: medians over rounds, their least and greatest, and the ratio to the floor."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What was measured several times, in one unit."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median of the rounds."""
        return median(self.values) if self.values else 0.0

    def __str__(self) -> str:
        if len(self.values) < 2:
            return short(self.middle)
        return f"{short(self.middle)} ({short(min(self.values))}–{short(max(self.values))})"


def short(number: float) -> str:
    """Three figures at most behind nothing needless."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def ratio(product: Figure, floor: Figure) -> str:
    """product/floor of the medians."""
    return f"×{product.middle / floor.middle:.2f}" if floor.middle else ""


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need be: the first to the left, the others to the right."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(_padded(cell, widths[at], at == 0) for at, cell in enumerate(row)) for row in rows)


def say(text: str = "") -> None:
    """A line to whoever runs the bench."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _padded(cell: str, width: int, left: bool) -> str:
    blanks = " " * (width - _width(cell))
    return cell + blanks if left else blanks + cell


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
