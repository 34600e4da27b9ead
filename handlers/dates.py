"""Days in typed text: a closed grammar in Japanese and English that resolves by rule or not at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from handlers.shapes import Answer, Shape, Sort, shapes
from handlers.words import either, words


@dataclass(frozen=True)
class Hit:
    """Something like a day at text[start:end]: its day or None, how it was written, and whether a deadline word stood.

    `inner` is where the day itself ends, before words such as まで; `start` takes in words such as "by".
    """

    start: int
    end: int
    inner: int
    day: date | None
    sort: Sort
    deadline: bool = False


def past(fragment: str, *, today: date) -> date | None:
    """The day that a whole fragment names in a log: bare month/day and weekdays mean the past (product.md §4b)."""
    return _whole(fragment, today, ahead=False)


def future(fragment: str, *, today: date) -> date | None:
    """The day that a whole fragment names in a next step: bare month/day and weekdays mean the future."""
    return _whole(fragment, today, ahead=True)


def find(text: str, *, today: date, ahead: bool) -> list[Hit]:
    """Everything like a day in NFKC-normalised `text`, from left to right, without overlaps.

    `ahead` reads by the rules for next steps, else by those for logs. Where a hit may count as *the* day of a contact
    or a step depends on what stands around it, which the caller judges.
    """
    has = {name for name, pattern in _HAS if pattern.search(text)}
    found: list[Hit] = []
    for shape in shapes():
        if not shape.needs <= has:
            continue
        for match in shape.pattern.finditer(text):
            if match.end() > match.start():
                day = _resolved(shape, match, today, ahead)
                if day != "prose":
                    found.append(Hit(match.start(), match.end(), match.end(), day, shape.sort))
    found.sort(key=lambda hit: (hit.start, -hit.end))
    return [_with_deadline(text, hit) if ahead else hit for hit in _joined(text, _apart(found))]


_HAS = (("digit", re.compile("[0-9]")), ("latin", re.compile("[A-Za-z]")), ("other", re.compile(r"[^\x00-\x7f]")))


def _whole(fragment: str, today: date, *, ahead: bool) -> date | None:
    text = fragment.strip()
    match find(text, today=today, ahead=ahead):
        case [hit] if (hit.start, hit.end) == (0, len(text)):
            return hit.day
        case _:
            return None


def _resolved(shape: Shape, match: re.Match[str], today: date, ahead: bool) -> Answer:
    try:
        return shape.resolve(match, today, ahead)
    except (ValueError, OverflowError):  # no such day: 2/30, the year 0, ten thousand months from now
        return None


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    reached = 0
    for hit in hits:
        if hit.start >= reached:
            reached = hit.end
            yield hit


_GAP = re.compile(r"[ ,]{0,2}\(?")
_CLOSE = re.compile(r"\)")


def _joined(text: str, hits: Iterator[Hit]) -> list[Hit]:
    """A weekday beside a calendar day belongs to it; where the two disagree neither counts."""
    joined: list[Hit] = []
    for hit in hits:
        last = joined[-1] if joined else None
        if last and {last.sort, hit.sort} & {"number"} and {last.sort, hit.sort} & {"weekday", "letter"}:
            gap = text[last.end : hit.start]
            if _GAP.fullmatch(gap) and (hit.sort != "letter" or gap.endswith("(") or _ends_token(text, hit.end)):
                joined[-1] = _agreed(text, last, hit, gap)
                continue
        joined.append(hit)
    return joined


def _agreed(text: str, first: Hit, second: Hit, gap: str) -> Hit:
    fixed, weekday = (first, second) if first.sort == "number" else (second, first)
    named = weekday.day.weekday() if weekday.day else None
    day = fixed.day if fixed.day and fixed.day.weekday() == named else None
    end = second.end
    if gap.endswith("(") and _CLOSE.match(text, end):
        end += 1
    return replace(fixed, start=first.start, end=end, inner=end, day=day)


def _ends_token(text: str, end: int) -> bool:
    return end == len(text) or not text[end].isalnum()


def _with_deadline(text: str, hit: Hit) -> Hit:
    before, after = _around().search(text, max(0, hit.start - 20), hit.start), _behind().match(text, hit.end)
    start = before.start() if before else hit.start
    end = after.end() if after else hit.end
    closing = after is not None and after[0] not in words().of("dates", "moving")
    return replace(hit, start=start, end=end, deadline=before is not None or closing)


@cache
def _around() -> re.Pattern[str]:
    return re.compile(either(words().of("dates", "left_words")) + r"\s+\Z", re.IGNORECASE)


@cache
def _behind() -> re.Pattern[str]:
    return re.compile(either(words().of("dates", "right_words")), re.IGNORECASE)
