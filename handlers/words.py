"""The vocabulary of the one-line grammar, read once from the packaged words.*.toml, all languages together."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias, cast

# A table of a vocabulary file: its keys, each with its words or regular expressions.
Table: TypeAlias = dict[str, tuple[str, ...]]

KINDS = (
    "steering", "executive", "negotiation", "poc", "regular", "visit",
    "social", "call", "event", "internal", "message", "meeting",
)  # fmt: skip
"""The kinds of contact in the order in which the first match wins (product.md §4b, domain.md §3.5)."""

KANJI = r"\u3400-\u9fff\uf900-\ufaff\u3005\u3006\u30f6"
KATAKANA = r"\u30a1-\u30fa\u30fc"
HIRAGANA = r"\u3041-\u3096\u309d\u309e"


@dataclass(frozen=True)
class Words:
    """All tables of all languages, merged: words of one key stand side by side."""

    tables: dict[str, Table]

    def of(self, table: str, key: str) -> tuple[str, ...]:
        """The words of one key; none where no language has any."""
        return self.tables.get(table, {}).get(key, ())

    def numbered(self, table: str) -> dict[str, int]:
        """A table whose keys are numbers, turned round: word (lower case) → number."""
        return {word.casefold(): int(key) for key, words in self.tables.get(table, {}).items() for word in words}

    def keyed(self, table: str) -> dict[str, str]:
        """A table turned round: word (lower case) → key."""
        return {word.casefold(): key for key, words in self.tables.get(table, {}).items() for word in words}


@cache
def words() -> Words:
    """The packaged vocabulary; read from disk once in the life of the process."""
    merged: dict[str, Table] = {}
    folder = files("handlers") / "locales"
    for name in sorted(item.name for item in folder.iterdir() if re.fullmatch(r"words\.\w+\.toml", item.name)):
        content = cast("dict[str, dict[str, list[str]]]", tomllib.loads((folder / name).read_text(encoding="utf-8")))
        for title, table in content.items():
            into = merged.setdefault(title, {})
            for key, entries in table.items():
                into[key] = into.get(key, ()) + tuple(entries)
    return Words(merged)


def either(choices: Iterable[str], *, literal: bool = True) -> str:
    """A group that matches one of `choices`, longest first; of nothing, a group that never matches.

    Literal words of Latin letters match as whole words only; with `literal=False` choices are regular expressions.
    """
    ordered = sorted(set(choices), key=len, reverse=True)
    return f"(?:{'|'.join(_whole(choice) if literal else choice for choice in ordered)})" if ordered else "(?!)"


def _whole(word: str) -> str:
    before = r"(?<![0-9A-Za-z])" if re.match(r"[0-9A-Za-z]", word) else ""
    after = r"(?![0-9A-Za-z])" if re.search(r"[0-9A-Za-z]\Z", word) else ""
    return before + re.escape(word) + after
