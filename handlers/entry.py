"""The one-line grammar: what a typed line says about an alliance, read without asking anyone."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Literal, TypeAlias

from handlers.heads import Head, read_head
from handlers.names import Ambiguous, Found, Known, Match, Spot, Unknown, nearest, spots
from handlers.segments import MARK, Parts, Segment, masked, normalised, severity_of, taken_apart
from handlers.steps import Side, Step, Stepped, step_from
from handlers.words import KINDS, either, words

__all__ = [
    "Ambiguous", "Found", "Known", "Line", "Mark", "Match", "Side", "Step", "Unknown", "Verb",
    "leading_mark", "names_a_known", "read", "read_whole", "suggest_category",
]  # fmt: skip

Verb: TypeAlias = Literal["touchpoint", "friction"]

DEFAULT_KIND = "meeting"


@dataclass(frozen=True)
class Mark:
    """Friction in a line: severity 0 to 3 (domain.md §3.7) and its text."""

    severity: int
    text: str


@dataclass(frozen=True)
class Line:
    """All that a line says; what no field took is in `summary`.

    `from_channel`: the channel's alliance stands in for a name. `on` is the day of contact (today where none is
    stated), `on_future` a day still to come. `kind` is a key of domain.md §3.5. `not_understood` holds date-like
    fragments that name no day; they also stay where they stood.
    """

    match: Match
    from_channel: bool
    on: date
    on_stated: bool
    on_future: bool
    kind: str
    kind_stated: bool
    people: tuple[str, ...]
    steps: tuple[Step, ...]
    friction: Mark | None
    summary: str
    not_understood: tuple[str, ...]


def read(text: str, verb: Verb, *, now: datetime, known: Sequence[Known], here: str | None = None) -> Line:
    """What `text` (behind the command word) says, by the grammar of product.md §4b; never raises.

    `now` is aware and in the typist's zone; `known` are the alliances a name may mean; `here` is the id of the
    alliance linked to the channel, which counts where the text names none or an ambiguous name.
    """
    return read_whole(text, verb, now=now, known=known, here=here)[0]


def read_whole(
    text: str, verb: Verb, *, now: datetime, known: Sequence[Known], here: str | None = None
) -> tuple[Line, tuple[str, ...]]:
    """As `read`, and beside the line the pieces of the normalised text that are in no field: marks, name, days."""
    today = now.date()
    plain = normalised(text)
    mask = masked(plain)
    named = list(spots(mask, known))
    parts = taken_apart(plain, mask, named, marks=verb == "touchpoint")
    own = _own_spans(parts, verb)
    body = _only(mask, own)
    spot = next((each for each in named if not body[each.start : each.end].isspace()), None)
    head = read_head(body, spot, today, known)
    match, channel = _match(plain, named, head, known, here)
    rest = _without(body, head.taken)
    mark, marked = _mark(rest, parts) if verb == "friction" else (None, ())
    steps = _steps(plain, parts, today, match, known)
    kind = _kind(rest)
    taken = (*head.taken, *marked)
    summary = _summary(plain, parts, own, taken, verb)
    line = Line(
        match=match,
        from_channel=channel,
        on=head.day or today,
        on_stated=head.day is not None,
        on_future=head.day is not None and head.day > today,
        kind=kind or DEFAULT_KIND,
        kind_stated=kind is not None,
        people=tuple(dict.fromkeys(name for each in parts.segments for name in each.names)),
        steps=tuple(each.step for each in steps),
        friction=Mark(mark, summary) if mark is not None else _friction(plain, parts),
        summary=summary,
        not_understood=(*(plain[a:b] for a, b in head.unclear), *(each for it in steps for each in it.not_understood)),
    )
    marks = (plain[slice(*each.mark)] for each in parts.segments if not _kept(each, parts, verb))
    pieces = (*(plain[a:b] for a, b in taken), *marks, *(each for it in steps for each in it.taken))
    return line, (*pieces, *(_titles(plain, each) for each in parts.segments))


def names_a_known(text: str, known: Sequence[Known]) -> bool:
    """Whether a line outside its steps and lists names a known alliance (product.md §4: then no verb is needed)."""
    plain = normalised(text)
    mask = masked(plain)
    named = list(spots(mask, known))
    body = taken_apart(plain, mask, named, marks=False).body
    return any(start <= spot.start < end for spot in named for start, end in body)


def leading_mark(text: str) -> bool:
    """Whether a line begins with ! !! !!! or ? (also ❗ ❓, in any width) before its text: friction."""
    return _leading().match(normalised(text)) is not None


def suggest_category(text: str) -> str | None:
    """The one category of domain.md §3.7 whose words are in `text`; None where none or more than one speaks for it."""
    plain = masked(normalised(text))
    found = {key for key, pattern in _categories() if pattern.search(plain)}
    return found.pop() if len(found) == 1 else None


def _titles(plain: str, segment: Segment) -> str:
    """What a list of names held beside the names: titles, and what stood between them."""
    beside = Counter(plain[slice(*segment.listed)]) - Counter("".join(segment.names))
    return "".join(beside.elements())


# --- alliance ---------------------------------------------------------------------------------------


def _match(
    plain: str, named: Sequence[Spot], head: Head, known: Sequence[Known], here: str | None
) -> tuple[Match, bool]:
    spot = head.spot
    if spot is None:
        if here is not None:
            return Found(here, ""), True
        near = [each for it in named for each in it.ids]
        near += nearest(head.unknown, known) if head.unknown else ()
        return Unknown(head.unknown, tuple(dict.fromkeys(near))[:4]), False
    written = plain[spot.start : spot.end]
    if len(spot.ids) == 1:
        return Found(spot.ids[0], written), False
    if here is not None and here in spot.ids:
        return Found(here, written), True
    return Ambiguous(spot.ids, written), False


def _partner_ids(match: Match) -> tuple[str, ...]:
    match match:
        case Found(id=each):
            return (each,)
        case Ambiguous(ids=ids):
            return ids
        case Unknown():
            return ()


# --- kind, friction, steps --------------------------------------------------------------------------


def _kind(body: str) -> str | None:
    found = {_kind_words()[match[0].casefold()] for match in _kind_pattern().finditer(body)}
    return next((kind for kind in KINDS if kind in found), None)


def _mark(body: str, parts: Parts) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The severity of a friction line and the span of its mark: a leading one first, a separate one, a trailing one."""
    for pattern in (_leading(), _separate(), _trailing()):
        found = pattern.search(body)
        if found:
            return severity_of(found), (found.span("mark"),)
    named = [each.severity for each in parts.segments if each.sort == "friction" and each.severity is not None]
    return (named[0] if named else 0), ()


def _friction(plain: str, parts: Parts) -> Mark | None:
    first = _first_friction(parts)
    if first is None or first.severity is None:
        return None
    return Mark(first.severity, _tidy(" ".join(plain[a:b] for a, b in first.spans)))


def _first_friction(parts: Parts) -> Segment | None:
    return next((each for each in parts.segments if each.sort == "friction"), None)


def _steps(plain: str, parts: Parts, today: date, match: Match, known: Sequence[Known]) -> list[Stepped]:
    ids = set(_partner_ids(match))
    steps: list[Stepped] = []
    for each in parts.segments:
        if each.sort == "step":
            raw = " ".join(plain[a:b] for a, b in each.spans)
            partners = [spot for spot in spots(masked(raw), known) if ids & set(spot.ids)]
            if step := step_from(raw, today=today, partners=partners):
                steps.append(step)
    return steps


# --- summary ----------------------------------------------------------------------------------------


def _own_spans(parts: Parts, verb: Verb) -> list[tuple[int, int]]:
    """Where the body stands: outside all segments; in a friction line 摩擦: only names what the line is anyway."""
    inside = [span for each in parts.segments if verb == "friction" and each.sort == "friction" for span in each.spans]
    return sorted([*parts.body, *inside])


def _only(mask: str, spans: Sequence[tuple[int, int]]) -> str:
    """`mask`, of the same length, with line breaks for all that is outside `spans`."""
    pieces: list[str] = []
    reached = 0
    for start, end in spans:
        pieces += ["\n" * (start - reached), mask[start:end]]
        reached = end
    return "".join([*pieces, "\n" * (len(mask) - reached)])


def _without(body: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        body = body[:start] + " " * (end - start) + body[end:]
    return body


def _kept(segment: Segment, parts: Parts, verb: Verb) -> bool:
    """Whether a segment stays in the summary with its mark: notes, and friction after the first."""
    if segment.sort == "friction":
        return verb == "touchpoint" and segment is not _first_friction(parts)
    return segment.sort == "note"


def _summary(
    plain: str, parts: Parts, own: Sequence[tuple[int, int]], taken: Sequence[tuple[int, int]], verb: Verb
) -> str:
    whole = list(own)
    for each in parts.segments:
        if _kept(each, parts, verb):
            whole += [each.mark, *each.spans]
    pieces: list[str] = []
    reached: int | None = None
    for start, end in sorted(whole):
        if reached is not None and reached < start:
            pieces.append("\n" if "\n" in plain[max(reached - 1, 0) : start + 1] else " ")
        at = start
        for gone_start, gone_end in sorted(taken):
            if start <= gone_start < end:
                pieces.append(plain[at:gone_start])
                at = min(gone_end, end)
        pieces.append(plain[at:end])
        reached = end
    return _tidy("".join(pieces))


_SPACES = re.compile(r"[ \t]+")
_BEFORE_STOP = re.compile(r" (?=[、,。]|\.(?:\s|$))")
_BREAKS = re.compile(r"\s*\n\s*")


def _tidy(text: str) -> str:
    spaced = _BEFORE_STOP.sub("", _SPACES.sub(" ", text))
    return _BREAKS.sub("\n", spaced).lstrip(" \n\t、,。.:;・/|").rstrip(" \n\t、,:;・/|")


# --- patterns ---------------------------------------------------------------------------------------


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(rf"\A\s*(?P<mark>{MARK})(?=\s*\S)")


@cache
def _separate() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\s。、])(?P<mark>{MARK})(?=\s+\S)")


@cache
def _trailing() -> re.Pattern[str]:
    return re.compile(rf"(?<![!?❗❕‼❓❔\ufe0f])(?P<mark>{MARK})\s*[。.]?\s*\Z")


@cache
def _kind_words() -> dict[str, str]:
    return words().keyed("kinds")


@cache
def _kind_pattern() -> re.Pattern[str]:
    return re.compile(either(_kind_words()), re.IGNORECASE)


@cache
def _categories() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = words().tables.get("categories", {})
    return tuple((key, re.compile(either(entries), re.IGNORECASE)) for key, entries in table.items())
