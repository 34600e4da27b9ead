"""What a person types, written as Slack sends it: escaped, with mentions and addresses in angle brackets."""

import re

from bot.practice.workspace import Workspace

TOKEN = re.compile(r"<(?P<sign>[@#])(?P<id>[A-Z][A-Z0-9]+)(\|[^<>]*)?>|(?P<url>https?://[^\s<>]+)")


def as_sent(workspace: Workspace, typed: str) -> str:
    """Typed text as the bot receives it.

    Picked mentions come as `<@U…>` and `<#C…>`; known ones stay (a channel gains its name, a private one
    an empty name), web addresses gain brackets, and everything else has `&`, `<` and `>` escaped.
    """
    pieces: list[str] = []
    end = 0
    for found in TOKEN.finditer(typed):
        token = _token(workspace, found)
        if token is not None:
            pieces += [escaped(typed[end : found.start()]), token]
            end = found.end()
    pieces.append(escaped(typed[end:]))
    return "".join(pieces)


def escaped(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _token(workspace: Workspace, found: re.Match[str]) -> str | None:
    if found["url"]:
        return f"<{escaped(found['url'])}>"
    if found["sign"] == "@":
        return f"<@{found['id']}>" if workspace.person(found["id"]) else None
    room = workspace.room(found["id"])
    if room is None:
        return None
    return f"<#{room.id}|{room.name if room.kind == 'channel' else ''}>"
