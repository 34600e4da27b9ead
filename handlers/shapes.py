"""The shapes in which days are written, each with the rule that makes a day of it."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from string import Formatter
from typing import Literal, TypeAlias

from handlers.words import HIRAGANA, either, words

# How a day was written, which decides where in a text it may stand.
Sort: TypeAlias = Literal["number", "word", "weekday", "letter", "span", "offset"]
# A resolver's answer: a day, none (date-like, but not to be resolved), or no date at all.
Answer: TypeAlias = date | Literal["prose"] | None
Resolve: TypeAlias = Callable[[re.Match[str], date, bool], Answer]

_FRIDAY = 4
_TEEN = 12


@dataclass(frozen=True)
class Shape:
    """A pattern, the rule for its matches, and what a text must have for a match to be possible."""

    pattern: re.Pattern[str]
    resolve: Resolve
    sort: Sort
    needs: frozenset[str]  # what a text must have for this shape: digits, latin letters, other characters


def _nearest(month: int, day: int, today: date, ahead: bool) -> Answer:
    """A bare month/day: the next one or the latest one, today included; 2/29 never jumps over a common year."""
    if not 1 <= month <= _TEEN:
        return None if 1 <= day <= _TEEN and month <= 31 and (month, day) != (24, 7) else "prose"
    if not 1 <= day <= 31:
        return "prose"
    before = (month, day) < (today.month, today.day)
    after = (month, day) > (today.month, today.day)
    return date(today.year + (1 if ahead and before else -1 if not ahead and after else 0), month, day)


def _weekday(number: int, today: date, ahead: bool) -> date:
    if ahead:
        return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)


def _in_week(weeks: int, weekday: int, today: date) -> date:
    return today + timedelta(days=7 * weeks + weekday - today.weekday())


def _month(months: int, today: date) -> tuple[int, int]:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return year, month + 1


def _shifted(number: int, unit: str, today: date) -> date:
    match unit:
        case "d":
            return today + timedelta(days=number)
        case "w":
            return today + timedelta(weeks=number)
        case _:
            year, month = _month(number, today)
            return date(year, month, min(today.day, monthrange(year, month)[1]))


def _group(match: re.Match[str], name: str) -> str:
    return match[name].casefold()


def _year_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return date(int(match["year"]), _month_of(match), int(match["day"]))


def _era_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    year = int(match["n_year"]) if match["n_year"].isdecimal() else 1
    return date(words().numbered("eras")[match["era"]] + year, int(match["month"]), int(match["day"]))


def _month_of(match: re.Match[str]) -> int:
    named = match.groupdict().get("month_name")
    return words().numbered("month_names")[named.casefold()] if named else int(match["month"])


def _month_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _nearest(_month_of(match), int(match["day"]), today, ahead)


def _slashes(match: re.Match[str], today: date, ahead: bool) -> Answer:
    """05/06/2026 can be read in two ways and is neither; 25/12/2026 and 05/05/2026 only in one."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["year"])
    if len(match["year"]) != 4 or (first != second and first <= _TEEN and second <= _TEEN):
        return None
    return date(year, second, first) if first > _TEEN else date(year, first, second)


def _day_only(match: re.Match[str], today: date, ahead: bool) -> Answer:
    """A bare day of the month: the next or the latest such day, today included, never jumping over a short month."""
    day = int(match["day"])
    if not 1 <= day <= 31:
        return "prose"
    passed = day < today.day if ahead else day > today.day
    year, month = _month((1 if ahead else -1) if passed else 0, today)
    return date(year, month, day)


def _day_word(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return today + timedelta(days=words().numbered("days")[match[0].casefold()])


def _any_weekday(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _weekday(words().numbered("weekdays")[match[0].casefold()], today, ahead)


def _letter(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _weekday(words().numbered("letters")[match[0]], today, ahead)


def _week_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    groups = match.groupdict()
    week = groups.get("week")
    weeks = words().numbered("weeks")[week.casefold()] if week else words().numbered("week_names")[_name(match)]
    if letter := groups.get("letter"):
        return _in_week(weeks, words().numbered("letters")[letter], today)
    return _in_week(weeks, words().numbered("weekdays")[_group(match, "weekday")], today)


def _name(match: re.Match[str]) -> str:
    return _group(match, "week_name")


def _coming_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _weekday(words().numbered("weekdays")[_group(match, "weekday")], today, ahead=True)


def _week_end(match: re.Match[str], today: date, ahead: bool) -> Answer:
    """A whole week as a deadline is its Friday; one that has passed is nobody's deadline."""
    if not ahead:
        return "prose"
    name = match.groupdict().get("week_name")
    friday = _in_week(words().numbered("week_names")[name.casefold()] if name else 0, _FRIDAY, today)
    return friday if friday >= today else None


def _week(match: re.Match[str], today: date, ahead: bool) -> Answer:
    if ahead:
        return _week_end(match, today, ahead)
    return None if words().numbered("week_names")[_name(match)] < 0 else "prose"


def _month_end(match: re.Match[str], today: date, ahead: bool) -> Answer:
    named = match.groupdict().get("month_word")
    year, month = _month(words().numbered("month_words")[named.casefold()] if named else 0, today)
    return date(year, month, monthrange(year, month)[1])


def _month_number_end(match: re.Match[str], today: date, ahead: bool) -> Answer:
    month = _month_of(match)
    passed = month < today.month if ahead else month > today.month
    year = today.year + ((1 if ahead else -1) if passed else 0)
    return date(year, month, monthrange(year, month)[1])


def _month_word_day(match: re.Match[str], today: date, ahead: bool) -> Answer:
    year, month = _month(words().numbered("month_words")[_group(match, "month_word")], today)
    return date(year, month, int(match["day"]))


def _unresolved(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return None


def _number(match: re.Match[str]) -> int:
    written = _group(match, "n")
    return int(written) if written.isdecimal() else words().numbered("numbers")[written]


def _ago(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _shifted(-_number(match), words().keyed("units")[_group(match, "unit")], today)


def _hence(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _shifted(_number(match), words().keyed("units")[_group(match, "unit")], today)


def _signed(match: re.Match[str], today: date, ahead: bool) -> Answer:
    return _shifted(int(match["n"]), match["unit"].casefold(), today)


_FIXED: tuple[tuple[str, Resolve, Sort], ...] = (
    (r"(?<![0-9A-Za-z/.-])(?P<year>\d{4})(?P<by>[-/.])(?P<month>\d{1,2})(?P=by)(?P<day>\d{1,2})(?![0-9A-Za-z/-]|\.\d)",
     _year_day, "number"),
    (r"(?<![0-9A-Za-z/.-])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<year>\d{2}|\d{4})(?![0-9A-Za-z/-]|\.\d)",
     _slashes, "number"),
    (r"(?<![0-9A-Za-z/.-])\d{1,2}/\d{1,2} ?[-~〜–] ?(?:\d{1,2}/)?\d{1,2}(?![0-9A-Za-z/%-]|\.\d)",
     _unresolved, "number"),
    (r"(?<![0-9A-Za-z/.-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![0-9A-Za-z/%]|-\d|\.\d)", _month_day, "number"),
    (r"(?<![0-9A-Za-z+-])(?P<n>[+-]\d{1,3})(?P<unit>[dwm])(?![0-9A-Za-z])", _signed, "offset"),
)  # fmt: skip

_TABLE: tuple[tuple[str, Resolve, Sort, bool], ...] = (
    ("year_day", _year_day, "number", True),
    ("era_day", _era_day, "number", True),
    ("month_day", _month_day, "number", True),
    ("month_name_day", _month_day, "number", True),
    ("month_word_day", _month_word_day, "number", True),
    ("day_only", _day_only, "number", True),
    ("week_day", _week_day, "word", False),
    ("coming_day", _coming_day, "word", False),
    ("week_end", _week_end, "span", False),
    ("week_vague", _unresolved, "span", False),
    ("week", _week, "span", False),
    ("month_end", _month_end, "span", False),
    ("month_number_end", _month_number_end, "span", False),
    ("month_vague", _unresolved, "span", False),
    ("ago", _ago, "offset", False),
    ("ahead", _hence, "offset", False),
    ("working", _unresolved, "offset", False),
)


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes of all languages, compiled once."""
    every = [_shape(pattern, resolve, sort, frozenset({"digit"})) for pattern, resolve, sort in _FIXED]
    for name, resolve, sort, digits in _TABLE:
        for template in words().of("shapes", name):
            needs = {"latin" if template.isascii() else "other"} | ({"digit"} if digits else set[str]())
            every.append(_shape(_filled(template), resolve, sort, frozenset(needs)))
    for table, resolve, sort in _LISTS:
        entries = words().numbered(table)
        pattern = _alone(entries) if sort == "letter" else _standing(entries)
        every.append(_shape(pattern, resolve, sort, frozenset()))
    return tuple(every)


def _shape(pattern: str, resolve: Resolve, sort: Sort, needs: frozenset[str]) -> Shape:
    return Shape(re.compile(pattern, re.IGNORECASE | re.ASCII), resolve, sort, needs)


_LISTS: tuple[tuple[str, Resolve, Sort], ...] = (
    ("days", _day_word, "word"),
    ("weekdays", _any_weekday, "weekday"),
    ("letters", _letter, "letter"),
)


def _standing(entries: dict[str, int]) -> str:
    """Words in hiragana count only where no other hiragana adjoins, but for a few particles: not あす in あすか."""
    kana = [word for word in entries if re.fullmatch(f"[{HIRAGANA}]+", word)]
    other = [word for word in entries if word not in kana]
    free, right = f"(?<![{HIRAGANA}]){either(kana)}", either(words().of("dates", "kana_right"))
    return rf"{either(other)}|{free}(?![{HIRAGANA}])|{free}(?={right})"


def _alone(entries: dict[str, int]) -> str:
    """One-character weekdays count only as separate tokens: not in 金型, 料金 or 月曜."""
    until = either(words().of("dates", "right_words"))
    return rf"(?<![^\s、。,.(/:]){either(entries)}(?=\Z|[\s、。,.)/:!?]|{until})"


def _filled(template: str) -> str:
    """A shape of the vocabulary with its {holes} filled as named groups."""
    vocabulary = words()
    holes = {
        "year": r"(?P<year>\d{4})", "n_year": rf"(?P<n_year>\d{{1,2}}|{either(vocabulary.of('dates', 'first_year'))})",
        "month": r"(?P<month>\d{1,2})", "day": r"(?P<day>\d{1,2})",
        "n": rf"(?P<n>(?<!\d)\d{{1,3}}|{either(vocabulary.numbered('numbers'))})",
        "letter": f"(?P<letter>{either(vocabulary.numbered('letters'))})",
        "unit": f"(?P<unit>{either(vocabulary.keyed('units'))})",
        "era": f"(?P<era>{either(vocabulary.numbered('eras'))})",
        "week": f"(?P<week>{either(vocabulary.numbered('weeks'))})",
        "weekday": f"(?P<weekday>{either(vocabulary.numbered('weekdays'))})",
        "week_name": f"(?P<week_name>{either(vocabulary.numbered('week_names'))})",
        "month_word": f"(?P<month_word>{either(vocabulary.numbered('month_words'))})",
        "month_name": f"(?P<month_name>{either(vocabulary.numbered('month_names'))})",
    }  # fmt: skip
    parts = ((text, holes[hole] if hole else "") for text, hole, _, _ in Formatter().parse(template))
    return "".join(text + hole for text, hole in parts)
