"""The head of a line: the alliance, the day and the kind, in whatever order they come to mind before the text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from handlers.dates import Hit, find
from handlers.names import Known, Spot, nearest
from handlers.words import HIRAGANA, KANJI, KATAKANA, either, words

Span = tuple[int, int]


@dataclass
class Head:
    """`spot`: the known name that counts; `unknown`: what looks like a name that nobody knows; `day` of the contact;
    `unclear`: days that don't resolve; `taken`: spans of the name and the day with what belongs to them."""

    spot: Spot | None = None
    unknown: str = ""
    day: date | None = None
    unclear: list[Span] = field(default_factory=list[Span])
    taken: list[Span] = field(default_factory=list[Span])


def read_head(body: str, spot: Spot | None, today: date, known: Sequence[Known]) -> Head:
    """Name and day of the contact in `body`, the masked line in which all segments are line breaks.

    A day counts in the head (with greeting, name and kind), or later as a token of its own before a kind, a name or
    the end of its clause: not inside a name or a sentence about something else (product.md §4b).
    """
    head = Head()
    hits = find(body, today=today, ahead=False)
    reached = _walk(body, spot, hits, head)
    if head.spot is None:
        unknown = _unknown_at(body, reached, known)
        if unknown:
            head.unknown = unknown
            if spot is None or _sure(body, reached, unknown):
                spot = None
                reached = _walk(body, None, hits, head, start=reached + len(unknown))
        if spot:
            head.spot, head.unknown = spot, ""
            head.taken.append((spot.start, _name_end(body, spot.end)))
    if head.day is None:
        _later_day(body, spot, [hit for hit in hits if hit.start >= reached], head)
    return head


def _walk(body: str, spot: Spot | None, hits: Sequence[Hit], head: Head, start: int = 0) -> int:
    """From one part of the head to the next, taking the name and the first day; returns where the text begins."""
    by_start = {hit.start: hit for hit in hits}
    place = start
    while True:
        place = _end(_separators(), body, place)
        hit = by_start.get(place)
        if spot and place == spot.start:
            head.spot = spot
            end = _name_end(body, spot.end)
            head.taken.append((spot.start, end))
        elif hit and (after := _day_end(body, hit, spot)) is not None:
            end = after
            _take_day(head, body, hit, end)
        else:
            end = _end(_passing(), body, place)
            if end == place:
                return place
        place = end


def _take_day(head: Head, body: str, hit: Hit, end: int) -> None:
    if hit.day is None:
        head.unclear.append((hit.start, hit.end))
    elif head.day is None:
        head.day = hit.day
        before = _preposition().search(body, max(0, hit.start - 12), hit.start)
        head.taken.append((before.start() if before else hit.start, end))


def _later_day(body: str, spot: Spot | None, hits: Sequence[Hit], head: Head) -> None:
    for hit in hits:
        if (hit.start, hit.end) in head.unclear or not _stands_alone(body, hit, spot):
            continue
        _take_day(head, body, hit, hit.end)
        if head.day:
            return


def _stands_alone(body: str, hit: Hit, spot: Spot | None) -> bool:
    before, after = body[: hit.start], body[hit.end :]
    text = before.rstrip(" ")
    # An English sentence may end with a day of its own (parts arrived yesterday); a Japanese one leaves a space.
    if text and text[-1] not in "\n、。,." and (len(text) == len(before) or text[-1].isascii()):
        return False
    follows = _end(_separators(), body, hit.end)
    at_end = not after.strip(" ") or after.lstrip(" ")[0] in "\n、。,."
    named = spot is not None and follows == spot.start
    if not text or text[-1] in "\n、。":  # a clause that begins with it: 昨日電話しました
        end = _day_end(body, hit, spot)
        if end is not None and _kind().match(body, end):
            return True
    return at_end or (follows > hit.end and (named or bool(_kind().match(body, follows))))


def _day_end(body: str, hit: Hit, spot: Spot | None) -> int | None:
    """Where a day in the head ends with its particle; None where it only begins another word (10/1覚書)."""
    end = hit.end
    if end == len(body) or not body[end].isalnum():
        return None if body[end : end + 1] in ("'", "’") else end
    particle = _day_particle().match(body, end)
    behind = particle.end() if particle else end
    if (spot and behind == spot.start) or _kind().match(body, behind):
        return behind
    return behind if particle and particle[0] in words().of("dates", "topic") else None


def _name_end(body: str, end: int) -> int:
    """Where a name ends with its title and particle; a particle stays where hiragana goes on (ノヴァとお会いして)."""
    end = _end(_title(), body, end)
    particle = _particle().match(body, end)
    if not particle:
        return end
    after = body[particle.end() : particle.end() + 1]
    spaced = body[end] == " "
    if spaced and after not in ("", " ", "\n", "!", "?"):
        return end
    return end if re.match(f"[{HIRAGANA}]", after) else particle.end()


# --- what looks like a name -------------------------------------------------------------------------

_WORD = re.compile(
    f"[{KANJI}{KATAKANA}]+(?:[A-Za-z0-9]+)?|[A-Z][0-9A-Za-z&'.-]*(?: [A-Z][0-9A-Za-z&'.-]*){{0,3}}|[a-z][0-9a-z-]+"
)
_SOFT = re.compile(f"[{HIRAGANA}][{HIRAGANA}{KANJI}{KATAKANA}]{{1,11}}")


def _unknown_at(body: str, place: int, known: Sequence[Known]) -> str:
    """The company-like name at `place` that no alliance has, "" where the text simply begins."""
    match = _WORD.match(body, place) or _SOFT.match(body, place)
    if not match:
        return ""
    legal = _legal().match(body, place)
    kind = _kind().search(match[0])
    written = match[0][: kind.start()] if kind and kind.start() and not legal else match[0]
    written = written.rstrip(".'-")
    if not written or (len(written) == len(match[0]) and _kind().fullmatch(written)):
        return ""
    if _sure(body, place, written) or nearest(written, known):
        return written
    foreign = re.fullmatch(f"[{KATAKANA}]+|[A-Z][0-9A-Za-z&'. -]+", written)
    return written if foreign else ""


def _sure(body: str, place: int, written: str) -> bool:
    """Whether a word can only be somebody's name: a legal form, a kind of firm, or a title goes with it."""
    if _firm().search(written) or _legal().match(body, place):
        return True
    return bool(_title().match(body, place + len(written)))


# --- patterns ---------------------------------------------------------------------------------------


def _end(pattern: re.Pattern[str], body: str, place: int) -> int:
    match = pattern.match(body, place)
    return match.end() if match else place


@cache
def _separators() -> re.Pattern[str]:
    return re.compile(r"[\s、,。.:・/|~-]*")


@cache
def _kind() -> re.Pattern[str]:
    return re.compile(either(words().keyed("kinds")), re.IGNORECASE)


@cache
def _passing() -> re.Pattern[str]:
    """Greetings, kinds with their particle, and the little words of an English head."""
    tables = words()
    tail = either(tables.of("names", "kind_tails"))
    kind = f"{either(tables.keyed('kinds'))}(?:{tail}(?![{HIRAGANA}]))?"
    return re.compile(
        f"{either(tables.of('names', 'greetings'))}|{kind}|{either(tables.of('names', 'fillers'))}", re.IGNORECASE
    )


@cache
def _day_particle() -> re.Pattern[str]:
    return re.compile(either(words().of("dates", "head_right")))


@cache
def _preposition() -> re.Pattern[str]:
    return re.compile(either(words().of("dates", "log_left")) + r"\s+\Z", re.IGNORECASE)


@cache
def _title() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "honorifics")), re.IGNORECASE)


@cache
def _particle() -> re.Pattern[str]:
    return re.compile(" ?" + either(words().of("names", "particles")))


@cache
def _legal() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "legal"), literal=False), re.IGNORECASE)


@cache
def _firm() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "firms")) + r"\Z")
