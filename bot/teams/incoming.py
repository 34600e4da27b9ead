"""Text as Teams sends it, as the person wrote it: entities decoded, mentions kept as ids, HTML as plain lines."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.entities import html5
from itertools import groupby

from bot.payload import Json, at, list_at, text_at

LONGEST = 50_000
"""Letters that are read of one message: Teams takes about 100 KB in UTF-16, markup included; what is longer isn't
Teams' own, and is read before anybody knows whose it is."""

# None of these goes over the same letters twice: a stranger's text may be made to be slow.
_MENTION = re.compile(r"<at(?:\s[^<>]*+)?>([^<]*+)</at>")
_TAG = re.compile(r"""<(/?)([A-Za-z][\w:-]*+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>|<![^<>]*+>""")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]++)\s*+(?:=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'<>]++)))?""")
_TOKEN = re.compile(r"<@([A-Za-z0-9-]+)>")
_USER = re.compile(r"[A-Za-z0-9-]+")
_ENTITY = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_AFTER_OWN_NAME = re.compile(r"[\s,、:：]*")
_LINES = frozenset({"p", "div", "br", "li", "blockquote", "pre", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_UNSEEN = frozenset({"script", "style", "attachment", "head", "title"})


@dataclass(frozen=True)
class Mention:
    """Somebody or something named in a text: the id as the activity gives it ("" = none), and the name shown."""

    id: str
    name: str


Piece = str | Mention


def decode(text: str) -> str:
    """`text` with HTML entities decoded (only whole ones: `R&D` stays), no-break spaces and line ends made plain."""
    return _ENTITY.sub(_entity, text).replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")


def spoken(activity: Json) -> tuple[Piece, ...]:
    """The text of a message activity in pieces, the bot's own name taken off (platform.md B3)."""
    own = text_at(activity, "recipient", "id")
    waiting: defaultdict[str, deque[Json]] = defaultdict(deque)
    for each in list_at(activity, "entities"):
        if text_at(each, "type") == "mention":
            waiting[text_at(each, "text")].append(each)
    text = text_at(activity, "text")[:LONGEST]
    found: list[Piece] = []
    position = 0
    for tag in _MENTION.finditer(text):
        _add(found, text[position : tag.start()], own)
        found.append(_mentioned(tag, waiting))
        position = tag.end()
    _add(found, text[position:], own)
    return tuple(piece for piece in found if not (isinstance(piece, Mention) and piece.id == own))


def captured(payload: Json) -> tuple[Piece, ...]:
    """The words of a message that the message extension was opened on: its body, HTML or plain."""
    content = text_at(payload, "body", "content")
    if text_at(payload, "body", "contentType") != "html":
        return (decode(content[:LONGEST]),)
    reader = _Html({str(at(each, "id")): _named(each) for each in list_at(payload, "mentions")})
    return reader.read(_whole(content))


def joined(pieces: Sequence[Piece], users: Mapping[str, str]) -> str:
    """The text: `<@user>` for whom `users` knows by the activity's id, else @name as one word."""
    parts = [piece if isinstance(piece, str) else _shown(piece, users) for piece in _apart(pieces)]
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in "".join(parts).split("\n"))
    kept = (tuple(group) for filled, group in groupby(lines, key=bool) if filled)
    return "\n".join(line for group in kept for line in group)


def mentioned(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The ids that a text names, each once, in its order."""
    return tuple(dict.fromkeys(piece.id for piece in pieces if isinstance(piece, Mention) and piece.id))


def is_user(text: str) -> bool:
    """Whether `text` can stand in a `<@…>` token."""
    return _USER.fullmatch(text) is not None


def tokens(text: str) -> tuple[str, ...]:
    """The people in `<@…>` tokens of a joined text, each once."""
    return tuple(dict.fromkeys(_TOKEN.findall(text)))


def _entity(found: re.Match[str]) -> str:
    name = found[1]
    if not name.startswith("#"):
        return html5.get(f"{name};", found[0])
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    allowed = (code >= 32 or code in (9, 10)) and not 0xD800 <= code <= 0xDFFF and code <= 0x10FFFF
    return chr(code) if allowed else ""


def _add(found: list[Piece], text: str, own: str) -> None:
    after_own = bool(found) and isinstance(found[-1], Mention) and found[-1].id == own
    decoded = decode(text)
    found.append(" " + decoded[_end(decoded) :] if after_own else decoded)


def _end(text: str) -> int:
    separators = _AFTER_OWN_NAME.match(text)
    return separators.end() if separators else 0


def _mentioned(tag: re.Match[str], waiting: Mapping[str, deque[Json]]) -> Mention:
    """The entities come in the order of the text, several with the same words where two people share a name."""
    if not (same := waiting.get(tag[0])):
        return Mention("", decode(tag[1]))
    entity = same.popleft()
    person = text_at(entity, "mentioned", "type") in ("", "person", "bot")
    return Mention(text_at(entity, "mentioned", "id") if person else "", decode(tag[1]))


def _whole(content: str) -> str:
    """As much of `content` as is read, without a tag that is cut in two."""
    if len(content) <= LONGEST:
        return content
    kept = content[:LONGEST]
    return kept[: kept.rindex("<")] if kept.rfind("<") > kept.rfind(">") else kept


def _named(mention: Json) -> Mention:
    return Mention(text_at(mention, "mentioned", "user", "id").lower(), text_at(mention, "mentionText"))


def _shown(mention: Mention, users: Mapping[str, str]) -> str:
    user = users.get(mention.id, "")
    return f"<@{user}>" if is_user(user) else f"@{''.join(mention.name.split())}"


def _apart(pieces: Sequence[Piece]) -> list[Piece]:
    """A name is set off from the words around it, as it was shown."""
    spaced: list[Piece] = []
    for piece in pieces:
        after_name = bool(spaced) and isinstance(spaced[-1], Mention)
        spaced.append(f" {piece}" if after_name and isinstance(piece, str) and piece[:1].isalnum() else piece)
    return spaced


class _Html:
    """A message body as pieces: lines for blocks, the address for a link, the picture's words for an emoji.

    What is no whole tag is text. (The standard library's parser takes minutes for a text made to be slow.)
    """

    def __init__(self, people: Mapping[str, Mention]) -> None:
        self._pieces: list[Piece] = []
        self._people = people
        self._unseen = 0
        self._inside: list[str] | None = None  # the words of a mention or a link, until it ends
        self._instead: Piece = ""

    def read(self, content: str) -> tuple[Piece, ...]:
        """The pieces of `content`."""
        position = 0
        for tag in _TAG.finditer(content):
            self._said(decode(content[position : tag.start()]))
            position = tag.end()
            name = (tag[2] or "").lower()
            if name and not tag[1]:
                self._begins(name, tag[3])
            if name and (tag[1] or tag[3].endswith("/")):
                self._ends(name)
        self._said(decode(content[position:]))
        return (*self._pieces, *(self._inside or ()))

    def _begins(self, name: str, rest: str) -> None:
        if name in _UNSEEN:
            self._unseen += 1
        elif name in _LINES:
            self._pieces.append("\n")
        elif name in ("img", "emoji"):
            self._said(_attributes(rest).get("alt", ""))
        elif name == "at":
            self._instead = self._people.get(_attributes(rest).get("id", ""), Mention("", ""))
            self._inside = []
        elif name == "a" and re.match(r"(https?|mailto|tel):", address := _attributes(rest).get("href", "")):
            self._instead = address
            self._inside = []

    def _ends(self, name: str) -> None:
        if name in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif name in _LINES:
            self._pieces.append("\n")
        elif name in ("at", "a") and self._inside is not None:
            words, self._inside = "".join(self._inside), None
            instead = self._instead
            self._pieces.append(Mention(instead.id, words or instead.name) if isinstance(instead, Mention) else instead)

    def _said(self, text: str) -> None:
        if text and not self._unseen:
            (self._pieces if self._inside is None else self._inside).append(text)


def _attributes(rest: str) -> dict[str, str]:
    """What a tag says beside its name."""
    found = _ATTRIBUTE.finditer(rest)
    return {each[1].lower(): decode(each[2] or each[3] or each[4] or "") for each in found}
