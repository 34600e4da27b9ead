"""One activity on its way: what was asked and replied so far, and whether the person was told yet."""

from __future__ import annotations

from dataclasses import dataclass

from bot.payload import Json
from bot.teams.origin import Opened
from bot.teams.press import Ticket
from handlers.message import Message
from handlers.request import Reply, Request


@dataclass
class Turn:
    """`locale` is what to apologise in: the person's own where they are known, else their client's.

    `ticket` and `opened` are there where a form was sent in. `again`: the same was done before, so what was posted then
    isn't posted twice; `differs`: with other values than then, which aren't taken any more. `said`: the person has the
    answer in a chat; `lost`: it was tried, and they don't. `apology` is what they should hear instead of an answer.
    """

    body: Json
    what: str
    locale: str
    request: Request | None = None
    reply: Reply | None = None
    ticket: Ticket | None = None
    opened: Opened | None = None
    again: bool = False
    differs: bool = False
    said: bool = False
    lost: bool = False
    apology: Message | None = None
