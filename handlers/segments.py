"""The parts of a typed line: normalised text, what is protected in it, and the segments that its marks open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias
from unicodedata import normalize

from handlers.attendees import names_from
from handlers.names import Spot
from handlers.shapes import shapes
from handlers.words import HIRAGANA, KANJI, KATAKANA, either, words

# A note (学: 決: 開示: 勝:) stays in the summary with its word until records of its own exist for it.
Sort: TypeAlias = Literal["step", "people", "friction", "note"]
Span: TypeAlias = tuple[int, int]

HIDDEN = "\ufffc"
MARK = "(?:(?P<bang>(?:[!❗❕‼]\ufe0f?)+)|(?P<query>(?:[?❓❔]\ufe0f?)+))(?![!?❗❕‼❓❔])"


@dataclass
class Segment:
    """What one mark opened: its sort, where the mark stands, the spans of its content, and what was read already."""

    sort: Sort
    mark: Span
    spans: list[Span]
    severity: int | None = None
    names: tuple[str, ...] = ()
    listed: Span = (0, 0)  # where those names stand, with their titles


@dataclass
class Parts:
    """A line taken apart: `body` (spans outside all segments) and the segments in their order."""

    body: list[Span] = field(default_factory=list[Span])
    segments: list[Segment] = field(default_factory=list[Segment])


# --- normalised and masked text ---------------------------------------------------------------------

_UNSEEN = re.compile("[\x00\u200b\u2060\ufeff\u00ad]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|([^<>]*))?>")
_ROOM = re.compile(r"<#([A-Za-z0-9]+)(?:\|([^<>]*))?>|<!([^<>|\s]+)(?:\|([^<>]*))?>")
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def normalised(text: str) -> str:
    """`text` as the grammar reads it: NFKC, one kind of line break, chat tokens of links and rooms as plain text.

    Mentions (`<@U123>`, `<@U123|name>`) stay as they are. Applying it twice changes nothing more.
    """
    while True:
        plain = _BREAK.sub("\n", normalize("NFKC", _UNSEEN.sub("", text)))
        for escaped, char in _ESCAPES:
            plain = plain.replace(escaped, char)
        plain = _ROOM.sub(_room, _LINK.sub(_link, plain))
        if plain == text:
            return plain
        text = plain


def _link(match: re.Match[str]) -> str:
    address, label = match[1], match[2]
    shown = re.sub(r"^(?:https?://|mailto:|tel:)", "", address)
    if not label or label in (address, shown):
        return label if label == shown and not address.startswith("http") else address
    return f"{label} ({address})"


def _room(match: re.Match[str]) -> str:
    if match[1]:
        return f"#{match[2] or match[1]}"
    return match[4] or f"@{match[3]}"


_MENTION = r"<@[A-Za-z0-9-]+(?:\|[^<>]*)?>"
_PROTECTED = re.compile(
    rf"```.*?```|`[^`\n]+`|{_MENTION}"
    r"|(?:https?://|www\.)[!-;=?-~]*[0-9A-Za-z/=#&_~-]"
    r"|(?<![0-9A-Za-z._+-])[0-9A-Za-z._+-]{1,64}@[0-9A-Za-z-]{1,64}\.[0-9A-Za-z.-]*[0-9A-Za-z]",
    re.DOTALL,
)


def masked(text: str) -> str:
    """`text`, of the same length, with addresses, code and mentions hidden from every mark and word of the grammar."""
    return _PROTECTED.sub(lambda match: HIDDEN * len(match[0]), text)


def severity_of(match: re.Match[str]) -> int:
    """0 for ?, 1 to 3 for as many ! (domain.md §3.7)."""
    bangs = (match["bang"] or "").replace("\ufe0f", "").replace("‼", "!!")
    return min(len(bangs), 3)


# --- segments ---------------------------------------------------------------------------------------


def taken_apart(text: str, mask: str, spots: Sequence[Spot], *, marks: bool) -> Parts:
    """The segments of a line and what is outside them; with `marks` a separate ! or ? opens a friction segment.

    A step ends at 。, everything else at a line break, and all at the next mark (product.md §4b). Names end where no
    further name follows; what then remains belongs to what they stood in.
    """
    opened = _openers(text, mask, spots, marks)
    parts = Parts()
    into = parts.body
    _outside(parts.body, (0, opened[0].mark[0] if opened else len(text)))
    for place, segment in enumerate(opened):
        limit = opened[place + 1].mark[0] if place + 1 < len(opened) else len(text)
        start = segment.mark[1]
        stop = _stop(mask, start, limit, "\n。" if segment.sort == "step" else "\n")
        if segment.sort == "people":
            segment.names, reached = names_from(text, mask, start, stop)
            segment.listed = (start, reached)
            _outside(into, (reached, stop))
        else:
            segment.spans.append((start, stop))
            into = segment.spans
        if stop < limit:
            into = parts.body
            _outside(into, (stop, limit))
        parts.segments.append(segment)
    return parts


def _outside(spans: list[Span], span: Span) -> None:
    if span[0] < span[1]:
        spans.append(span)


def _stop(mask: str, start: int, limit: int, ends: str) -> int:
    # A mark at the end of its line opens what the next line says: only a break after some text ends a segment.
    text = start
    while text < limit and mask[text].isspace():
        text += 1
    return min((at for at in (mask.find(end, text, limit) for end in ends) if at >= 0), default=limit)


def _openers(text: str, mask: str, spots: Sequence[Spot], marks: bool) -> list[Segment]:
    opened: list[Segment] = []
    for match in _marks().finditer(mask):
        if opened and match.start() < opened[-1].mark[1]:
            continue  # the !! of 摩擦: !!
        segment = _opener(text, mask, match, spots, opened[-1] if opened else None)
        if segment and (marks or match["alone"] is None):
            opened.append(segment)
    return opened


def _opener(text: str, mask: str, match: re.Match[str], spots: Sequence[Spot], last: Segment | None) -> Segment | None:
    span = match.span()
    if match["arrow"]:
        listing = last is not None and last.sort == "people" and "\n" not in mask[last.mark[1] : span[0]]
        return None if not listing and _is_prose(mask, span, spots) else Segment("step", span, [])
    if match["alone"]:
        return Segment("friction", span, [], severity=severity_of(match))
    if match["step"]:
        return Segment("step", span, [])
    if match["friction"]:
        mark = _MARK.match(mask, span[1])
        end = mark.end() if mark else span[1]
        return Segment("friction", (span[0], end), [], severity=severity_of(mark) if mark else 1)
    if match["note"]:
        return Segment("note", span, [])
    return _people(text, mask, match, spots, last)


def _people(text: str, mask: str, match: re.Match[str], spots: Sequence[Spot], last: Segment | None) -> Segment | None:
    """A list of names; a bare "with" only where names follow.

    In a step it belongs to the step (share the plan with Sato), unless the step has ended with its day (9 Jul with …).
    """
    span = match.span()
    guess = match["guess"] is not None
    line = _stop(mask, span[1], len(mask), "\n。")
    if guess and _named(spots, span[1]):
        return None
    if guess and last and last.sort == "step":
        before = mask[last.mark[1] : span[0]]
        if "\n" not in before and not _dated(before.rstrip(" ,")):
            return None
    names, _ = names_from(text, mask, span[1], line, guess=guess)
    return Segment("people", span, []) if names else None


def _dated(before: str) -> bool:
    """Whether words end with something like a day."""
    ends = (match.end() for shape in shapes() for match in shape.pattern.finditer(before))
    return len(before) in ends


def _named(spots: Sequence[Spot], at: int) -> bool:
    return any(spot.start == at for spot in spots)


_MARK = re.compile(rf"\s*{MARK}")


@cache
def _marks() -> re.Pattern[str]:
    tables = words()
    fresh = r"(?<![^\s。、,.)」])"
    colons = "|".join(
        rf"(?P<{name}>{either(tables.of('marks', name))}\s?:)" for name in ("step", "people", "friction", "note")
    )
    tokens, guess = (
        either(tables.of("marks", "people_tokens"), literal=False),
        either(tables.of("marks", "people_guess")),
    )
    return re.compile(
        r"(?P<arrow>[-=]{1,2}>|[→⇒➡👉]\ufe0f?|>>+)"
        rf"|{fresh}(?:{colons})|{fresh}(?P<token>{tokens})|(?P<guess>{guess})\s+"
        rf"|{fresh}(?P<alone>{MARK})(?=\s+\S)",
        re.IGNORECASE,
    )


# --- arrows between two like things -----------------------------------------------------------------

_LEFT = re.compile(r"[^\s、。,()「」]+\Z")
_RIGHT = re.compile(r"[^\s、。,()「」]+")
_FIGURE = re.compile(r"[vV]?\d[\d.,/:]*\D{0,3}")
_CAPITAL = re.compile(r"[A-Z][0-9A-Za-z.+#_-]*")
_RUNS = (f"[{KANJI}]", f"[{KATAKANA}]")


def _is_prose(mask: str, span: Span, spots: Sequence[Spot]) -> bool:
    """Whether an arrow stands between two like things (v0.2→v0.3, 旧型→新型, Excel → Notion) or in code."""
    start, end = span
    before, after = mask[max(0, start - 40) : start].rstrip(" "), mask[end : end + 40].lstrip(" ")
    left, right = _LEFT.search(before), _RIGHT.match(after)
    if not left or not right:
        return False
    close = not mask[start - 1].isspace() and end < len(mask) and not mask[end].isspace()
    one, other = left[0], right[0]
    if close and mask[start] in "-=>" and one[-1].isascii() and other[0].isascii():
        return True
    if any(spot.end == start - (len(mask[:start]) - len(mask[:start].rstrip(" "))) for spot in spots):
        return False
    if _FIGURE.fullmatch(one) and _FIGURE.match(other):
        return True
    if _CAPITAL.fullmatch(one) and _CAPITAL.match(other):
        return not _verbs().match(other)
    return not _kinds().search(one) and _like(one, other, after[right.end() :], close)


def _like(one: str, other: str, rest: str, close: bool) -> bool:
    for run in _RUNS:
        left, right = re.search(rf"{run}+\Z", one), re.match(rf"{run}+", other)
        if not left or not right:
            continue
        alone = right.end() == len(other)
        moving = bool(_particle().match(other, right.end()))
        same = len(left[0]) == len(right[0]) and any(a == b for a, b in zip(left[0], right[0], strict=True))
        if run == _RUNS[0]:
            return same or (close and moving and len(left[0]) == len(right[0]) <= 3)
        return close and (alone or moving) and not _owned().search(rest)
    return False


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(either(words().of("owners", "verbs")), re.IGNORECASE)


@cache
def _particle() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "particles")))


@cache
def _kinds() -> re.Pattern[str]:
    return re.compile(either(words().keyed("kinds")), re.IGNORECASE)


@cache
def _owned() -> re.Pattern[str]:
    owners = [*words().of("owners", "ours"), *words().of("owners", "theirs")]
    return re.compile(rf"(?:^|\s){either(owners)}(?=\s|\Z)", re.IGNORECASE)


MENTION = re.compile(_MENTION + rf"|(?<![^\s、,(])@[0-9A-Za-z_.{KANJI}{KATAKANA}{HIRAGANA}-]+")
