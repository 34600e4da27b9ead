"""What Teams' cards hold, and how a text is made to fit and stay literal where a client would parse it."""

from __future__ import annotations

import json
import re

from bot.payload import Json

CARD = 24 * 1024
"""Bytes of one card. The goal is 28 KB for the whole activity (platform.md B4: some hosts of cards still refuse more,
though bots may now send about 100 KB); the 4 KB left are for its addresses, its summary and the SDK's own fields."""
FORM = 27 * 1024
"""Bytes of a form's card: it is the answer to an invoke, with next to nothing around it."""
ROW = 5
"""Buttons in one row: Microsoft's renderer shows 5 (`maxActions`), its guide for Teams names 6; others would hide."""
BESIDE = 10
"""Columns of a label (full-width counts two) that leaves a 360 px phone enough room for the words beside it."""
MENU = 36
"""Columns of a menu's button, which shows what is chosen too; a longer one is cut off at a phone's edge."""
BUTTON, OPTION, LABEL, HINT, PLACEHOLDER, ERROR = 75, 150, 200, 600, 150, 300
OPTIONS, SPREAD_OPTIONS, SEARCHED = 1_000, 10, 15
"""Options of a menu; how many at most are spread out; from how many on a menu can be searched."""
QUESTION, TITLE, SUMMARY, SPOKEN, FALLBACK = 600, 150, 150, 600, 200
URL, NAME, ID, VERSION = 2_000, 64, 255, 999_999_999

MORE = "…"
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLANK = re.compile(r"[ \t\n]+")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\]+")
_LIST = re.compile(r"^(\s*)(?:([-+])(?=\s)|(\d{1,9})([.)])(?=\s))", re.MULTILINE)
_WIDE = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in "*_[]`~#<>&\\|{}"})
_SURE = re.compile(  # no full stop, since www.x.y becomes a link; no number with a bracket behind it: a list
    r"(?!\d+\))[「『（【]?[^\W_](?:[^\W_]|[ \u3000-\u303f\uff01-\uff65(),?%…—–’“”→/]|: |(?<=\w)['’-](?=\w))*"
)


def clean(text: str) -> str:
    """`text` without control characters and half surrogates, with newlines of one kind; tabs stay."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, longest: int) -> str:
    """At most `longest` characters of `text`, the last one … when something is missing."""
    text = clean(text)
    return text if len(text) <= longest else text[: longest - 1] + MORE


def label(text: str, longest: int) -> str:
    """One line that is never empty, cut to `longest`: Teams drops a button or choice without a title."""
    return cut(_BLANK.sub(" ", clean(text)).strip(), longest) or MORE


def literal(text: str, longest: int) -> str:
    """`text` for a field that some client reads as markdown, HTML or SSML: marks become their full-width likenesses.

    Escapes would not do: clients differ in which they know, and show the others.
    """
    text = _LIST.sub(lambda found: f"{found[1]}{_unlisted(found)}", clean(text)).replace("://", "：//")
    return cut(text.translate(_WIDE), longest)


def _unlisted(found: re.Match[str]) -> str:
    if found[2]:
        return "‐" if found[2] == "-" else "＋"
    return f"{found[3]}{'．' if found[4] == '.' else '）'}"


def surely_literal(text: str) -> bool:
    """Whether `text` says the same when it is read as markdown: letters, digits and harmless punctuation only."""
    return _SURE.fullmatch(text) is not None


def address(url: str) -> str:
    """`url` where a client can open it, else ""."""
    return url if len(url) <= URL and url.isprintable() and _ADDRESS.fullmatch(url) else ""


def columns(text: str) -> int:
    """The width of `text` in columns; what isn't plain Latin counts two."""
    return sum(1 if ord(char) < 0x2000 or char == MORE else 2 for char in text)


def narrow(text: str, widest: int) -> str:
    """`text` in at most `widest` columns, the last one … when something is missing."""
    kept = text
    while columns(kept) > widest - (kept != text):
        kept = kept[:-1]
    return kept if kept == text else kept.rstrip() + MORE


def size(value: object) -> int:
    """Bytes of `value` as JSON: the larger of UTF-16, in which Teams counts, and UTF-8, in which it travels."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return max(len(text.encode("utf-16-le", "surrogatepass")), len(text.encode("utf-8", "surrogatepass")))


def sizes(pieces: list[Json]) -> int:
    """Bytes of the pieces in a list."""
    return sum(size(piece) + 2 for piece in pieces)
