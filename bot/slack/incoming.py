"""Text as Slack sends it, as the person wrote it: entities decoded, links and rooms in words, mentions kept as ids."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,28})>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def decode(text: str) -> str:
    """`text` with `&amp; &lt; &gt;` decoded, `<#C…|name>` as #name, `<url|label>` as the url, `<@U…|name>` as `<@U…>`.

    Slack escapes what people type (platform.md I5), so `->` would arrive as `-&gt;`. Mentions stay `<@U…>` tokens.
    """
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], _TOKEN.sub(lambda found: _token(found[1]), text))


def plain_input(text: str) -> str:
    """The text of a form's field: entities decoded once, nothing else, since fields know no tokens."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def mentions(text: str) -> tuple[str, ...]:
    """The users that a decoded text names, each once, in the order of the text."""
    return tuple(dict.fromkeys(_MENTION.findall(text)))


def without_mention(text: str, user: str) -> str:
    """A decoded text without the mention of `user`: the bot's own name in front of what is meant for it."""
    return re.sub(rf"\s*<@{re.escape(user)}>[\s,、:：]*", " ", text).strip() if user else text.strip()


def _token(inner: str) -> str:
    target, _, shown = inner.partition("|")
    match target[:1]:
        case "@":
            return f"<{target}>"
        case "#":
            return f"#{shown or target[1:]}"
        case "!":
            return _special(target[1:], shown)
        case _:
            is_link = re.match(r"(https?|mailto|tel):", target)
            if target.startswith("mailto:") and shown:
                return shown
            return target if is_link else f"<{inner}>"


def _special(target: str, shown: str) -> str:
    if shown:
        return shown
    return f"@{target}" if target in ("here", "channel", "everyone") else f"@{target.partition('^')[0]}"
