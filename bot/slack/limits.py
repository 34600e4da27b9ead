"""Slack's limits as it documents them (docs.slack.dev reference/block-kit), and how a text is made to fit."""

from __future__ import annotations

import re

from bot.payload import Json

BLOCKS_IN_MESSAGE, BLOCKS_IN_VIEW = 50, 100
TEXT, EDITED_TEXT = 4_000, 4_000
TOGETHER = 12_000
"""All characters of a message's blocks. Slack refuses near 13,200, undocumented (slackapi/bolt-js#2509)."""
TOGETHER_IN_VIEW = 20_000
VIEW = 250_000  # characters of a whole view as JSON
HEADING, SECTION, CONTEXT = 150, 3_000, 2_000
CONTEXT_ITEMS, ACTIONS_IN_ROW = 10, 25
BUTTON, PRESS_VALUE, OPTION, OPTION_VALUE, OPTIONS, SPREAD_OPTIONS = 75, 2_000, 75, 150, 100, 10
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_ANSWER = 100, 300, 30
TITLE, LABEL, HINT, PLACEHOLDER, INPUT = 24, 2_000, 2_000, 150, 3_000
URL, ID, RICH_ITEMS = 3_000, 255, 1_000

MORE = "…"
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[^\s<>]+")


def clean(text: str) -> str:
    """`text` without control characters and half surrogates, which JSON or Slack refuse; newlines and tabs stay."""
    return _UNSEEN.sub("", text)


def cut(text: str, longest: int) -> str:
    """At most `longest` characters of `text`, the last one … when something is missing."""
    text = clean(text)
    return text if len(text) <= longest else text[: longest - 1] + MORE


def label(text: str, longest: int) -> str:
    """A text that Slack wants non-empty, cut to `longest`."""
    return cut(text.strip(), longest) or MORE


def plain_text(text: str, longest: int) -> Json:
    """A plain_text object: literal but for emoji; never empty."""
    return {"type": "plain_text", "text": label(text, longest), "emoji": True}


def address(url: str) -> str:
    """`url` where Slack can open it, else ""."""
    return url if len(url) <= URL and _ADDRESS.fullmatch(url) else ""


def escaped(text: str) -> str:
    """`text` for a field that Slack parses: `&`, `<`, `>` as entities, so that nothing mentions or links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escaped_cut(text: str, longest: int) -> str:
    """`text` escaped and at most `longest` characters, never ending inside an entity."""
    text = clean(text)
    whole = escaped(text)
    if len(whole) <= longest:
        return whole
    kept, size = 0, len(MORE)
    for char in text:
        size += len(escaped(char))
        if size > longest:
            break
        kept += 1
    return escaped(text[:kept]) + MORE
