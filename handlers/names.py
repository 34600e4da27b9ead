"""Which known alliance a text names: exact but for width, case and legal forms; everything looser is only offered."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import TypeAlias
from unicodedata import normalize

from handlers.words import HIRAGANA, KANJI, KATAKANA, KINDS, either, words

NEAREST = 4
_NEAR_ENOUGH = 0.4
_CLOSER_LOOK = 50  # this many are compared letter by letter


@dataclass(frozen=True)
class Known:
    """An alliance that a line may name: its id and its name, aliases and partner names."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The one alliance that `written` names; `written` is empty when the channel supplied it."""

    id: str
    written: str


@dataclass(frozen=True)
class Ambiguous:
    """Several alliances go by the name that was written."""

    ids: tuple[str, ...]
    written: str


@dataclass(frozen=True)
class Unknown:
    """No known alliance: what looks like a name ("" where nothing does), and up to four ids near it, best first."""

    written: str
    nearest: tuple[str, ...]


Match: TypeAlias = Found | Ambiguous | Unknown


@dataclass(frozen=True)
class Spot:
    """A known name at text[start:end] (legal forms included) and the ids that go by it."""

    start: int
    end: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class _Index:
    ids: dict[str, tuple[str, ...]]  # folded name without spaces → ids
    gaps: dict[str, frozenset[int]]  # … → where the name itself has spaces
    lengths: dict[str, tuple[int, ...]]  # its first two characters → lengths that occur, longest first
    tails: dict[str, tuple[str, ...]]  # id → what follows the first word in its names of several words


class _Key:
    """Equal to another key of an equal sequence; cheap to hash, and identical sequences aren't compared."""

    def __init__(self, known: Sequence[Known]) -> None:
        self.known = known if isinstance(known, tuple) else tuple(known)
        ends = (self.known[0].id, self.known[-1].id) if self.known else ()
        self.hash = hash((len(self.known), ends))

    def __hash__(self) -> int:
        return self.hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and (self.known is other.known or self.known == other.known)


def spots(text: str, known: Sequence[Known]) -> Iterator[Spot]:
    """The known names in NFKC-normalised `text`, from left to right, the longest at each place, without overlaps.

    A name may be glued to a particle, an honorific, a kind or a day, but is none inside a longer word
    (キタムラ商会 isn't キタ; product.md §4b, capture-sample.md).
    """
    index = _index(_Key(known))
    if not index.ids:
        return
    chars, places = _folded_with_places(text)
    reached = 0
    for at in range(len(chars)):
        lengths = index.lengths.get(chars[at : at + 2]) or index.lengths.get(chars[at])
        if lengths and places[at] >= reached:
            spot = _spot_at(text, chars, places, at, index, lengths)
            if spot:
                reached = spot.end
                yield spot


def nearest(written: str, known: Sequence[Known]) -> tuple[str, ...]:
    """Ids of up to four alliances with a name like `written`, best first: small typos, kana, long marks, ヴ and バ."""
    target = _loose(written)
    if not target:
        return ()
    names, grams, sizes = _loose_index(_Key(known))
    wanted = _grams(target)
    shared = Counter(place for gram in wanted for place in grams.get(gram, ()))
    scores: dict[str, float] = {}
    for place, count in shared.most_common(_CLOSER_LOOK):
        key, each = names[place]
        score = count / (len(wanted) + sizes[place]) + SequenceMatcher(None, target, key).ratio() / 2
        if min(len(key), len(target)) > 1 and (key.startswith(target) or target.startswith(key)):
            score += 0.4
        if score >= _NEAR_ENOUGH:
            scores[each] = max(score, scores.get(each, 0.0))
    return tuple(sorted(scores, key=lambda each: -scores[each])[:NEAREST])


# --- exact names ------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _index(key: _Key) -> _Index:
    ids: dict[str, list[str]] = defaultdict(list)
    gaps: dict[str, set[int]] = defaultdict(set)
    tails: dict[str, list[str]] = defaultdict(list)
    for known in key.known:
        for name in known.names:
            plain = normalize("NFKC", name).strip()
            for form in {plain, _legal().sub(" ", plain).strip(" ,")}:
                _note(form, known.id, ids, gaps, tails)
    lengths: dict[str, set[int]] = defaultdict(set)
    for each in ids:
        lengths[each[:2]].add(len(each))
    # A name of one character is found by it alone, where no longer name begins with the same two.
    for each in [each for each in ids if len(each) == 1]:
        for start in [start for start in lengths if start[0] == each]:
            lengths[start].add(1)
    ordered = {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}
    return _Index(
        {name: tuple(dict.fromkeys(each)) for name, each in ids.items()},
        {name: frozenset(each) for name, each in gaps.items()},
        ordered,
        {each: tuple(parts) for each, parts in tails.items()},
    )


def _note(
    name: str, owner: str, ids: dict[str, list[str]], gaps: dict[str, set[int]], tails: dict[str, list[str]]
) -> None:
    parts = [part.casefold() for part in name.split()]
    key = "".join(parts)
    if not key:
        return
    ids[key].append(owner)
    length = 0
    for part in parts[:-1]:
        length += len(part)
        gaps[key].add(length)
    if len(parts) > 1:
        tails[owner].append("".join(parts[1:]))


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """`text` in lower case without spaces, and for each of its characters where it stood."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char in " \t":
            continue
        for folded in char.casefold():
            chars.append(folded)
            places.append(place)
    return "".join(chars), places


def _spot_at(text: str, chars: str, places: list[int], at: int, index: _Index, lengths: tuple[int, ...]) -> Spot | None:
    for length in lengths:
        key = chars[at : at + length]
        ids = index.ids.get(key) if len(key) == length else None
        if not ids:
            continue
        inside = places[at : at + length]
        spaced = {n for n in range(1, length) if inside[n] - inside[n - 1] > 1}
        if not spaced <= index.gaps.get(key, frozenset()):
            continue
        start, end = _with_legal(text, inside[0], inside[-1] + 1)
        if _begins(text, start) and _ends(text, end):
            return _narrowed(text, Spot(start, end, ids), index)
    return None


def _narrowed(text: str, spot: Spot, index: _Index) -> Spot:
    """キタ 共同販促: a shared name is settled by the rest of one candidate's own name standing right behind it."""
    if len(spot.ids) > 1:
        chars, places = _folded_with_places(text[spot.end : spot.end + 60])
        for each in spot.ids:
            for tail in index.tails.get(each, ()):
                if chars.startswith(tail):
                    end = spot.end + places[len(tail) - 1] + 1
                    if _ends(text, end):
                        return Spot(spot.start, end, (each,))
    return spot


def _with_legal(text: str, start: int, end: int) -> tuple[int, int]:
    before, after = _legal_before().search(text, max(0, start - 10), start), _legal_after().match(text, end)
    return before.start() if before else start, after.end() if after else end


def _begins(text: str, start: int) -> bool:
    if start == 0:
        return True
    before, first = text[start - 1], text[start]
    sort = _script(before)
    if sort == "":
        return not (before in "@#._/-&" and _script(first) == "latin")
    if sort == "hiragana":
        return _script(first) != "hiragana" or before in words().of("names", "before")
    if sort == "digit":
        return _script(first) != "latin"
    return bool(_glue_before().search(text, max(0, start - 12), start))


def _ends(text: str, end: int) -> bool:
    """Whether a name may end here: nothing follows, or a particle, title, kind or day, or a company of that first name
    isn't named in the next word."""
    if end == len(text) or _glue_after().match(text, end):
        return True
    last, after = text[end - 1], text[end]
    match _script(after):
        case "":
            if _script(last) in ("latin", "digit") and after in "-._&@/" and text[end + 1 : end + 2].isalnum():
                return False
            return not _firm_next().match(text, end)
        case "digit":
            return _script(last) not in ("latin", "digit")
        case _:
            return False


_SCRIPTS = tuple(
    (name, re.compile(f"[{chars}]"))
    for name, chars in (("digit", "0-9"), ("hiragana", HIRAGANA), ("katakana", KATAKANA), ("kanji", KANJI))
)


def _script(char: str) -> str:
    """digit, hiragana, katakana, kanji, latin (every other letter), or nothing for what is no letter."""
    return next((name for name, chars in _SCRIPTS if chars.match(char)), "latin" if char.isalnum() else "")


@cache
def _legal() -> re.Pattern[str]:
    return re.compile(_legal_form(), re.IGNORECASE)


@cache
def _legal_before() -> re.Pattern[str]:
    return re.compile(_legal_form() + r" ?\Z", re.IGNORECASE)


@cache
def _legal_after() -> re.Pattern[str]:
    return re.compile(r",? ?" + _legal_form(), re.IGNORECASE)


def _legal_form() -> str:
    forms = words().of("names", "legal")
    latin = [form for form in forms if form[0].isascii() and form[0].isalpha()]
    other = [form for form in forms if form not in latin]
    return rf"(?:{either(other, literal=False)}|(?<![0-9A-Za-z]){either(latin, literal=False)}(?![0-9A-Za-z]))"


def _vocabulary() -> list[str]:
    tables = words()
    days = [word for table in ("days", "weekdays", "week_names") for word in tables.numbered(table)]
    return [*(word for kind in KINDS for word in tables.of("kinds", kind)), *days]


@cache
def _glue_after() -> re.Pattern[str]:
    tables = words()
    open_ended = either([*tables.of("names", "honorifics"), *tables.of("names", "particles")])
    # 会議所 and 電話局 are no kinds: what goes on as a place or a firm makes the whole a longer name.
    places = either(tables.of("names", "places"))
    closed = rf"{either(_vocabulary())}(?!{places}|(?<=[{KATAKANA}])[{KATAKANA}])"
    return re.compile(rf"{open_ended}|{closed}", re.IGNORECASE)


@cache
def _glue_before() -> re.Pattern[str]:
    day_ends = either(words().of("dates", "day_ends"))
    return re.compile(rf"(?:{either(_vocabulary())}|\d{day_ends}|\))\Z", re.IGNORECASE)


@cache
def _firm_next() -> re.Pattern[str]:
    """A capitalised word for a kind of firm behind the name: Nova Pharma isn't Nova."""
    latin = [word for word in words().of("names", "firms") if word.isascii()]
    return re.compile(rf" {either(latin)}")


# --- names that are only alike ----------------------------------------------------------------------


@lru_cache(maxsize=16)
def _loose_index(key: _Key) -> tuple[list[tuple[str, str]], dict[str, list[int]], list[int]]:
    names = list(dict.fromkeys((_loose(name), known.id) for known in key.known for name in known.names))
    grams: dict[str, list[int]] = defaultdict(list)
    sizes: list[int] = []
    for place, (name, _) in enumerate(names):
        own = _grams(name)
        sizes.append(len(own))
        for gram in own:
            grams[gram].append(place)
    return names, grams, sizes


def _grams(name: str) -> set[str]:
    framed = f"^{name}"
    return {framed[at : at + 2] for at in range(len(framed) - 1)}


_NO_LETTER = re.compile(r"[^\w]|[\u30fc_]")
_KANA = range(0x3041, 0x3097)  # hiragana, and how far behind it katakana stands
_KANA_STEP = 0x60


def _loose(name: str) -> str:
    """A name as the ear has it: no legal form, hiragana as katakana, no long marks, ヴァ as バ, small kana as large."""
    text = _legal().sub(" ", normalize("NFKC", name)).casefold()
    text = "".join(chr(ord(char) + _KANA_STEP) if ord(char) in _KANA else char for char in text)
    text = _NO_LETTER.sub("", text)
    return _sounds().sub(lambda match: words().keyed("sounds")[match[0]], text)


@cache
def _sounds() -> re.Pattern[str]:
    return re.compile(either(words().keyed("sounds")))
