"""Whether a note only judges somebody, so that a hint on wording may help; it never blocks (product.md §5b)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from handlers.text import LOCALES

LITTLE = 8
"""So many characters beside the judgement say nothing of what happened; a full-width one counts two."""


@dataclass(frozen=True)
class _Vocabulary:
    """What judges people, and what fills the sentence around it."""

    blame: re.Pattern[str]
    filler: re.Pattern[str]


def only_blames(text: str) -> bool:
    """Whether `text` judges and, without the judgement, tells nearly nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = _vocabulary()
    if not words.blame.search(plain):
        return False
    rest = re.sub(r"[\W_]+", "", words.filler.sub(" ", words.blame.sub(" ", plain)))
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in rest) <= LITTLE


@cache
def _vocabulary() -> _Vocabulary:
    """The packaged tone.*.toml of every language together: people mix them."""
    blame: list[str] = []
    filler: list[str] = []
    for locale in LOCALES:
        source = files("handlers").joinpath("locales", f"tone.{locale}.toml")
        table = cast("dict[str, list[str]]", tomllib.loads(source.read_text(encoding="utf-8")))
        blame += table["blame"]
        filler += table["filler"]
    return _Vocabulary(_any_of(blame), _any_of(filler))


def _any_of(choices: list[str]) -> re.Pattern[str]:
    longest_first = sorted({choice.casefold() for choice in choices}, key=len, reverse=True)
    return re.compile("|".join(rf"\b{re.escape(c)}\b" if c.isascii() else re.escape(c) for c in longest_first))
