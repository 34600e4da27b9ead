"""A next step as typed behind an arrow: what is to be done, by whose side, by whom, and until when."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, TypeAlias

from handlers.dates import Hit, find
from handlers.names import Spot
from handlers.segments import HIDDEN, MENTION, masked
from handlers.words import KANJI, KATAKANA, either, words

Side: TypeAlias = Literal["ours", "theirs"]


@dataclass(frozen=True)
class Step:
    """What was agreed to do next: `side` None where nobody is named, `mention` a chat account's id or "@name"."""

    text: str
    side: Side | None
    mention: str | None
    due: date | None


@dataclass(frozen=True)
class Stepped:
    """A step, the date-like fragments in it that name no day, and what was read as its owner or day."""

    step: Step
    not_understood: tuple[str, ...]
    taken: tuple[str, ...]


def step_from(raw: str, *, today: date, partners: Sequence[Spot] = ()) -> Stepped | None:
    """The step in `raw` (normalised, without its arrow), None when nothing was typed.

    `partners`: where the other side's own name stands in `raw`; as the one who acts it makes the step theirs.
    """
    if not raw.strip():
        return None
    left = _Left(raw, masked(raw))
    mention = _mention(left)
    due, not_understood = _due(left, today)
    side = _side(left, partners) or ("ours" if mention else None)
    text = _tidy(left.text)
    if not text:  # only an owner or a day: kept as the text rather than lost
        return Stepped(Step(_tidy(raw) or raw.strip(), side, mention, due), not_understood, ())
    return Stepped(Step(text, side, mention, due), not_understood, tuple(left.taken))


class _Left:
    """What is left of a step's text while its parts are taken out; taken parts are spaces to the patterns."""

    def __init__(self, text: str, mask: str) -> None:
        self.text = text
        self.mask = mask
        self.taken: list[str] = []

    def take(self, start: int, end: int) -> None:
        self.taken.append(self.text[start:end])
        self.text = self.text[:start] + _GONE * (end - start) + self.text[end:]
        self.mask = self.mask[:start] + " " * (end - start) + self.mask[end:]


_GONE = "\x00"  # no character of normalised text
_EDGES = " 　\t\n、,;:・。."


_EMPTY = re.compile(r"\([\s、,]*\)")  # what is left of "(うち、7/9)"


def _tidy(text: str) -> str:
    whole = _EMPTY.sub("", text.replace(_GONE, ""))
    return re.sub(r"\s+", " ", whole).strip(_EDGES)


def _mention(left: _Left) -> str | None:
    for found in MENTION.finditer(left.text):
        hidden = left.mask[found.start()] == HIDDEN
        if hidden and not found[0].startswith("<@"):
            continue  # an address, or code
        left.take(found.start(), found.end())
        account = re.match(r"<@([A-Za-z0-9-]+)", found[0])
        return account[1] if account else found[0]
    return None


# --- the day ----------------------------------------------------------------------------------------


def _due(left: _Left, today: date) -> tuple[date | None, tuple[str, ...]]:
    """The day of the step: one with まで or by comes first, else the last that stands as a token of its own."""
    fit = [hit for hit in find(left.mask, today=today, ahead=True) if _fits(left.mask, hit)]
    unclear = tuple(left.text[hit.start : hit.inner] for hit in fit if hit.day is None)
    days = [hit for hit in fit if hit.day is not None]
    if not days:
        return None, unclear
    chosen = next((hit for hit in days if hit.deadline), days[-1])
    left.take(chosen.start, chosen.end)
    return chosen.day, unclear


def _fits(mask: str, hit: Hit) -> bool:
    """Whether a day stands where a deadline stands, not inside a name or before its subject (10/1覚書, 金曜の会議)."""
    before, after = mask[: hit.start], mask[hit.end :]
    if before and _joins(before[-1]) and hit.sort != "number":
        return False
    if hit.deadline:
        return True
    closed = not after or (not after[0].isalnum() and after[0] not in "'’/")
    latin = mask[hit.start].isascii() and mask[hit.start].isalpha()
    if latin and hit.sort == "weekday":
        # "the friday report" and "they sat down" name no day: an English weekday stands first or last.
        return closed and (not before.strip() or not re.search(r"[0-9A-Za-z]", _first_word(after)))
    if before and hit.sort == "number" and _joins(before[-1]) and not closed:
        return False
    moved = mask[hit.inner : hit.end] in words().of("dates", "moving")
    return closed or moved or (hit.sort in ("word", "offset") and not latin and not _about().match(after))


@cache
def _about() -> re.Pattern[str]:
    return re.compile(either(words().of("dates", "about")))


def _first_word(after: str) -> str:
    word = re.match(r"\s*(\S+)", after)
    if not word or _owner_word().fullmatch(word[1]):
        return ""
    return word[1]


def _joins(char: str) -> bool:
    return bool(re.match(f"[{KANJI}{KATAKANA}0-9A-Za-z]", char))


# --- the owner --------------------------------------------------------------------------------------


def _side(left: _Left, partners: Sequence[Spot]) -> Side | None:
    sides: tuple[Side, Side] = ("ours", "theirs")
    for side in sides:
        if found := _acting(side).match(left.mask):
            left.take(*found.span("taken"))
            return side
    named = [(*span, "theirs") for spot in partners if (span := _partner(left.mask, spot))]
    tokens = [*((*found.span(), side) for side in sides for found in _token(side).finditer(left.mask)), *named]
    if tokens:
        start, end, side = max(tokens)
        left.take(start, end)
        return "ours" if side == "ours" else "theirs"
    return next((side for side in sides if _having(side).match(left.mask)), None)


def _partner(mask: str, spot: Spot) -> tuple[int, int] | None:
    """The partner's name as the one who acts: ノヴァさんが at the start, a token of its own, "Nova sends"."""
    before, first = mask[: spot.start], not mask[: spot.start].strip()
    if first and (found := _acting_after().match(mask, spot.end)):
        return spot.start, found.end()
    titled = _title().match(mask, spot.end)
    end = titled.end() if titled else spot.end
    after = mask[end:]
    if (before and before[-1] not in " \n、。,") or (after and after[0] not in " \n、。,."):
        return None
    if mask[spot.end - 1].isascii() and after.strip(" .,、。"):
        return (spot.start, end) if first and _verb_next().match(after) else None
    if mask[spot.end - 1].isascii() and _receiving().search(before):
        return None
    return spot.start, end


def _sorted_owners(side: Side) -> tuple[list[str], list[str]]:
    """The words for one side, those in Latin letters apart: they stand first or last, the others anywhere."""
    every = words().of("owners", side)
    return [word for word in every if word.isascii()], [word for word in every if not word.isascii()]


@cache
def _acting(side: Side) -> re.Pattern[str]:
    """The one who acts, at the start: 先方が図面を送る, they send, we will send; 先方に and 先方の are none."""
    latin, other = _sorted_owners(side)
    # 当社で作る names who acts, ソラで使う only a place: not every particle goes with a name.
    acting = either([*words().of("owners", "acting"), *words().of("owners", "acting_word")])
    after = either(words().of("owners", "after"))
    return re.compile(
        rf"\s*(?P<taken>{either(other)}{acting}、?|{either(latin)}(?:\s*{after})?(?=\s|\Z))", re.IGNORECASE
    )


@cache
def _acting_after() -> re.Pattern[str]:
    title = either(words().of("names", "honorifics"))
    acting, after = either(words().of("owners", "acting")), either(words().of("owners", "after"))
    return re.compile(rf"{title}?{acting}、?|\s*{after}", re.IGNORECASE)


@cache
def _title() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "honorifics")), re.IGNORECASE)


@cache
def _verb_next() -> re.Pattern[str]:
    verbs = either(words().of("owners", "verbs"), literal=False)
    return re.compile(rf" +{verbs}(?:e?s)?(?![0-9A-Za-z])", re.IGNORECASE)


@cache
def _token(side: Side) -> re.Pattern[str]:
    """A side standing alone: うち anywhere between spaces, "we" at the very end."""
    latin, other = _sorted_owners(side)
    return re.compile(
        rf"(?<![^\s、,。(])(?:{either(other)}(?=\s|\Z|[、。,:)])|{_not_receiving()}{either(latin)}(?=[\s.,、]*\Z))",
        re.IGNORECASE,
    )


def _not_receiving() -> str:
    return "".join(rf"(?<!\b{word}\s)" for word in words().of("owners", "receiving"))


@cache
def _receiving() -> re.Pattern[str]:
    return re.compile(either(words().of("owners", "receiving")) + r"\s+\Z", re.IGNORECASE)


@cache
def _having(side: Side) -> re.Pattern[str]:
    return re.compile(rf"\s*{either(words().of('owners', side + '_having'))}\s", re.IGNORECASE)


@cache
def _owner_word() -> re.Pattern[str]:
    every = [word for side in ("ours", "theirs") for word in words().of("owners", side)]
    return re.compile(rf"{either(every)}[.,、]?", re.IGNORECASE)
