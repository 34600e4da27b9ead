"""Small checks that build on each other: a declared shape of JSON, closed, with a pointer to every problem."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.practice.reading import Json, as_json, as_list


@dataclass(frozen=True)
class Problem:
    """What is wrong and where, in Slack's manner: text and JSON pointer."""

    text: str
    pointer: str

    def __str__(self) -> str:
        return f"[ERROR] {self.text} [json-pointer:{self.pointer}]"


Check = Callable[[object, str], Iterator[Problem]]
"""(value, pointer) → problems."""


def string(longest: int, *, shortest: int = 1, pattern: str = "") -> Check:
    """A string of so many characters, matching the whole pattern if there is one."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must be a string", at)
        elif len(value) > longest:
            yield Problem(f"must be less than {longest + 1} characters", at)
        elif len(value) < shortest:
            yield Problem(f"must be more than {shortest - 1} characters", at)
        elif pattern and not re.fullmatch(pattern, value):
            yield Problem("does not match the required format", at)

    return check


def whole(lowest: int, highest: int) -> Check:
    """A whole number in a range."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield Problem("must be an integer", at)
        elif not lowest <= value <= highest:
            yield Problem(f"must be between {lowest} and {highest}", at)

    return check


def flag(value: object, at: str) -> Iterator[Problem]:
    """True or false."""
    if not isinstance(value, bool):
        yield Problem("must be a boolean", at)


def anything(value: object, at: str) -> Iterator[Problem]:
    """No check."""
    del value, at
    yield from ()


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(f"must be a valid enum value: {', '.join(allowed)}", at)

    return check


def array(item: Check, *, most: int, fewest: int = 1) -> Check:
    """A list of so many items, each checked."""

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must be an array", at)
            return
        items = as_list(value)  # pyright: ignore[reportUnknownArgumentType]
        if len(items) > most:
            yield Problem(f"no more than {most} items allowed", at)
        if len(items) < fewest:
            yield Problem(f"no fewer than {fewest} items allowed", at)
        for position, one in enumerate(items):
            yield from item(one, f"{at}/{position}")

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """A closed object: the required keys, perhaps the optional ones, nothing else."""
    known = {**(optional or {}), **required}

    def check(value: object, at: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", at)
            return
        fields = as_json(value)  # pyright: ignore[reportUnknownArgumentType]
        for key in required:
            if key not in fields:
                yield Problem(f"missing required field: {key}", at)
        for key, inner in fields.items():
            if key not in known:
                yield Problem(f"invalid additional property: {key}", at)
            else:
                yield from known[key](inner, f"{at}/{key}")

    return check


def typed(table: Mapping[str, Check]) -> Check:
    """An object whose "type" chooses its check; the check itself need not know the key "type"."""

    def check(value: object, at: str) -> Iterator[Problem]:
        fields = as_json(value)
        kind = fields.get("type")
        if not isinstance(kind, str) or kind not in table:
            yield Problem(f"unsupported type: {kind}", f"{at}/type")
            return
        yield from table[kind]({key: inner for key, inner in fields.items() if key != "type"}, at)

    return check


def also(first: Check, *more: Callable[[Json, str], Iterator[Problem]]) -> Check:
    """A check and, where it found nothing, rules over the whole object."""

    def check(value: object, at: str) -> Iterator[Problem]:
        found = list(first(value, at))
        yield from found
        if not found:
            for rule in more:
                yield from rule(as_json(value), at)

    return check


def exactly_one(*keys: str) -> Callable[[Json, str], Iterator[Problem]]:
    """Exactly one of these keys must be there."""

    def rule(fields: Json, at: str) -> Iterator[Problem]:
        if sum(key in fields for key in keys) != 1:
            yield Problem(f"must have exactly one of: {', '.join(keys)}", at)

    return rule


def at_least_one(*keys: str) -> Callable[[Json, str], Iterator[Problem]]:
    """At least one of these keys must be there."""

    def rule(fields: Json, at: str) -> Iterator[Problem]:
        if not any(key in fields for key in keys):
            yield Problem(f"must have at least one of: {', '.join(keys)}", at)

    return rule


def in_order(low: str, high: str) -> Callable[[Json, str], Iterator[Problem]]:
    """Where both are given, the first number is not above the second."""

    def rule(fields: Json, at: str) -> Iterator[Problem]:
        if low in fields and high in fields and float(str(fields[low])) > float(str(fields[high])):
            yield Problem(f"{low} must not be greater than {high}", at)

    return rule


def calendar_day(value: object, at: str) -> Iterator[Problem]:
    """A day that exists, as YYYY-MM-DD."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        yield Problem("must be a date as YYYY-MM-DD", at)
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        yield Problem("must be a date that exists", at)


def plain(longest: int) -> Check:
    """A plain_text object."""
    return typed({"plain_text": shape({"text": string(longest)}, {"emoji": flag})})


def text(longest: int) -> Check:
    """A plain_text or mrkdwn object."""
    return typed(
        {
            "plain_text": shape({"text": string(longest)}, {"emoji": flag}),
            "mrkdwn": shape({"text": string(longest)}, {"verbatim": flag}),
        }
    )
