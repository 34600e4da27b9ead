"""The people of the other side named in a line: a list of names, without their titles."""

import re
from functools import cache

from handlers.words import HIRAGANA, KANJI, KATAKANA, either, words

_JAPANESE = re.compile(f"[{KANJI}{KATAKANA}{HIRAGANA}]+")
_LIKE_A_NAME = re.compile(
    f"[{KANJI}]{{1,5}}|[{KATAKANA}]{{1,12}}|[{HIRAGANA}]{{2,8}}"
    f"|[{KANJI}]{{1,3}}[{HIRAGANA}]{{1,4}}|[{KANJI}]{{1,2}}[{KATAKANA}][{KANJI}]{{1,2}}"
)
_GIVEN = re.compile(f" ([{KANJI}]{{1,3}}|[{KATAKANA}]{{1,6}}|[{HIRAGANA}]{{2,5}})")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][0-9A-Za-z\u00c0-\u024f'’-]*")
_CAPITAL = re.compile(r" [A-Z\u00c0-\u00de][0-9A-Za-z\u00c0-\u024f'’-]*")
_MENTION = re.compile(r"<@([A-Za-z0-9-]+)(?:\|[^<>]*)?>|@[0-9A-Za-z_.-]+")
_STOP = re.compile(r"\s*(?:\Z|[、,/・&。.\n)]|and\s)")


def names_from(text: str, mask: str, start: int, stop: int, *, guess: bool = False) -> tuple[tuple[str, ...], int]:
    """The names in text[start:stop] and where they end; with `guess` the first must be written like a name.

    Split at 、 , / ・ & と and; titles (さん 様 部長 -san Mr) are removed; prose names nobody (product.md §4b).
    A mention is given as `<@ID>`.
    """
    names: list[str] = []
    reached = start
    place = start
    while place < stop:
        while place < stop and text[place] in " \n\t":
            place += 1
        name, end = _name_at(text, mask, place, stop, first=not names and not guess)
        if not name:
            break
        names.append(name)
        reached = end
        joint = _and().match(mask, end, stop)
        if not joint:
            break
        place = joint.end()
    return tuple(dict.fromkeys(names)), reached


def _name_at(text: str, mask: str, place: int, stop: int, *, first: bool) -> tuple[str, int]:
    mention = _MENTION.match(text, place, stop)
    if mention:
        return (f"<@{mention[1]}>" if mention[1] else mention[0]), mention.end()
    before = _before().match(mask, place, stop)
    titled = before is not None
    place = before.end() if before else place
    if _not_a_name().match(mask, place, stop):
        return "", place
    if _LATIN.match(mask, place, stop):
        return _latin(mask, place, stop, first=first, titled=titled)
    return _japanese(mask, place, stop)


def _latin(mask: str, place: int, stop: int, *, first: bool, titled: bool) -> tuple[str, int]:
    word = _LATIN.match(mask, place, stop)
    if not word:
        return "", place
    end = word.end()
    while more := _CAPITAL.match(mask, end, stop):
        if not word[0][0].isupper() or _not_a_name().match(mask, end + 1, stop):
            break
        end = more.end()
    plain, after = _untitled(mask, place, end, stop)
    capital = word[0][0].isupper()
    alone = bool(_STOP.match(mask, after, stop)) or after == stop
    if capital or titled or plain != mask[place:after] or first or alone:
        return plain, after
    return "", place


def _japanese(mask: str, place: int, stop: int) -> tuple[str, int]:
    run = _JAPANESE.match(mask, place, stop)
    if not run:
        return "", place
    cut = _with().search(run[0])
    end = place + cut.start("joint") if cut else run.end()
    plain, after = _untitled(mask, place, end, stop)
    if plain != mask[place:after]:
        return (plain, after) if len(plain) <= 15 else ("", place)
    if not _LIKE_A_NAME.fullmatch(plain):
        return "", place
    given = _GIVEN.match(mask, end, stop)
    if given and not _not_a_name().match(mask, end + 1, stop):
        whole, behind = _untitled(mask, place, given.end(), stop)
        if behind == stop or _STOP.match(mask, behind, stop):
            return whole, behind
    return plain, end


def _untitled(mask: str, place: int, end: int, stop: int) -> tuple[str, int]:
    """mask[place:end] without its titles (never without everything), and where it ends with those that follow it."""
    after = _titles_behind().match(mask, end, stop)
    end = after.end() if after else end
    written = mask[place:end]
    if _only_title().fullmatch(written):
        return written, end
    return _titles_at_end().sub("", written, count=1).rstrip() or written, end


@cache
def _titles() -> str:
    return either(words().of("people", "titles"))


@cache
def _only_title() -> re.Pattern[str]:
    return re.compile(_titles(), re.IGNORECASE)


@cache
def _titles_at_end() -> re.Pattern[str]:
    return re.compile(rf"(?<=.){_titles()}+\Z", re.IGNORECASE)


@cache
def _titles_behind() -> re.Pattern[str]:
    return re.compile(rf" ?{_titles()}+(?![0-9A-Za-z])", re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    return re.compile(either(words().of("people", "before"), literal=False) + r"\s*(?=[A-Za-z])", re.IGNORECASE)


@cache
def _with() -> re.Pattern[str]:
    """A joint (と) between two names: behind a title, a kanji, a katakana; not inside さとう or もとき."""
    joint = either(words().of("people", "joints"))
    return re.compile(
        rf"(?:{_titles()}|[{KANJI}{KATAKANA}])(?P<joint>{joint})(?=[{KANJI}{KATAKANA}]|\Z)", re.IGNORECASE
    )


@cache
def _and() -> re.Pattern[str]:
    glued, spaced = either(words().of("people", "joints")), either(words().of("people", "spaced_joints"))
    return re.compile(rf"\s*[、,/・&]\s*(?:{spaced}\s+|{glued})?|\s+{spaced}\s+|\s*{glued}\s*", re.IGNORECASE)


@cache
def _not_a_name() -> re.Pattern[str]:
    tables = words()
    nobody = [*tables.of("people", "not_names"), *tables.keyed("kinds"), *tables.numbered("days")]
    others = [*tables.of("people", "others")]
    return re.compile(rf"{either(nobody)}|{either(others, literal=False)}", re.IGNORECASE)
