"""A moment that lies ahead, as typed in a plan: its day, its time, how often it repeats, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache

from handlers import dates
from handlers.dates import Hit
from handlers.text import words
from handlers.words import either

REPEATS = (2, 3, 4, 1)
"""Weeks between two meetings for which there are words; "every" alone is asked for last."""

_EDGES = " \t\n、,。.:-"


@dataclass(frozen=True)
class Planned:
    """What was read: None and 0 where nothing was; `unclear` is a day that can't be resolved, as typed."""

    day: date | None
    at: time | None
    every: int
    rest: str
    unclear: str = ""


def read_plan(text: str, *, today: date) -> Planned:
    """Day, time and repetition in NFKC-normalised `text`, by the rules for days ahead (product.md §4b)."""
    every, text = _repeat(text)
    at, text = _time(text)
    day, unclear, rest = read_day(text, today=today)
    return Planned(day, at, every, rest, unclear)


def read_day(text: str, *, today: date) -> tuple[date | None, str, str]:
    """The first day ahead in `text`, a date-like piece that names none, and the text without its day."""
    hits = [hit for hit in dates.find(text, today=today, ahead=True) if _stands_alone(text, hit)]
    chosen = next((hit for hit in hits if hit.day is not None), None)
    unclear = "" if chosen or not hits else text[hits[0].start : hits[0].end]
    if chosen is None:
        return None, unclear, _tidy(text)
    return chosen.day, unclear, _tidy(_cut(text, chosen.start, chosen.end))


def clock(text: str) -> time | None:
    """The time of day that a whole field says (10:00, 14時半, 3pm), None where it says none."""
    at, rest = _time(text)
    return at if not rest.strip() else None


def _repeat(text: str) -> tuple[int, str]:
    for weeks in REPEATS:
        found = _repeats(weeks).search(text)
        if found:
            return weeks, _cut(text, *found.span())
    return 0, text


def _time(text: str) -> tuple[time | None, str]:
    for pattern in _times():
        found = pattern.search(text)
        if not found:
            continue
        parts = found.groupdict()
        hour, minute = int(parts["hour"]), int(parts.get("minute") or 0)
        if parts.get("half"):
            minute = 30
        if parts.get("late") and hour < 12:
            hour += 12
        if hour < 24 and minute < 60:
            return time(hour, minute), _cut(text, *found.span())
    return None, text


def _stands_alone(text: str, hit: Hit) -> bool:
    """One-letter weekdays count only between spaces: the one in 金額 is no Friday (domain.md §5.1)."""
    if hit.sort != "letter":
        return True
    return not text[hit.start - 1 : hit.start].strip() and not text[hit.inner : hit.inner + 1].strip()


def _cut(text: str, start: int, end: int) -> str:
    return f"{text[:start]} {text[end:]}"


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(_EDGES)


@cache
def _repeats(weeks: int) -> re.Pattern[str]:
    return re.compile(either(words(f"meeting.words.repeat.{weeks}")), re.IGNORECASE)


@cache
def _times() -> tuple[re.Pattern[str], ...]:
    late, early = _any(words("meeting.words.pm")), _any(words("meeting.words.am"))
    hour, minute = _any(words("meeting.words.hour")), _any(words("meeting.words.minute"))
    half = _any(words("meeting.words.half"))
    before = rf"(?:(?P<late>{late})|{early})?\s*"
    after = rf"(?:\s*(?:(?P<late>{late})|{early}))"
    digits = r"(?<![\d:/.-])(?P<hour>\d{1,2})"
    until = r"(?:\s*[-~\u301c–]\s*\d{1,2}:\d{2})?(?![\d:])"
    written = (
        rf"{before}{digits}\s*{hour}(?:(?P<half>{half})|(?P<minute>\d{{1,2}}){minute})?",
        rf"{digits}:(?P<minute>\d{{2}}){until}{after}?",
        rf"{digits}{after}",
    )
    return tuple(re.compile(each, re.IGNORECASE) for each in written)


def _any(choices: Sequence[str]) -> str:
    """One of the words, also glued to a number (3pm), but not the beginning of a longer word."""
    return f"(?:{'|'.join(map(re.escape, choices))})(?![A-Za-z])"
