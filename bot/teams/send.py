"""Posts on Teams for the deliverer, and says honestly what is known of a message's fate (decisions 16, 17, 21)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.payload import Json
from bot.teams.chats import Chats
from bot.teams.connection import CallFailed, Connection
from bot.teams.references import Reference, References
from bot.teams.render import Rendered, attachment, render
from handlers.message import Message, spoken
from scheduler.ports import Address, Ref, SendNever

PLAIN_LETTERS = 7000
"""What is left of a message that Teams takes no card of: in UTF-8 well below the size that a card may have."""
_BAD_CARD = (400, 413)
_NOT_FOUND = 404

log = structlog.stdlib.get_logger(__name__)
T = TypeVar("T")


class TeamsSender:
    """The `Sender` of Teams. Nothing can be looked up there: no delivery id goes along (decision 21)."""

    finds = False

    def __init__(self, connection: Connection, references: References) -> None:
        self._connection, self._chats = connection, Chats(connection, references)

    async def send(self, to: Address, message: Message, delivery: str) -> Ref:
        """Post `message`; a direct one rings."""
        del delivery
        reference = await self._chats.reach(to)
        alert: Json = {"channelData": {"notification": {"alert": True}}} if to.direct else {}

        async def post(activity: Json) -> str:
            return await self._connection.send(reference, {**activity, **alert})

        return Ref(reference.conversation, await self._said(post, message, reference))

    async def update(self, to: Address, ref: Ref, message: Message) -> None:
        """Put `message` in the place of a message."""
        reference = replace(await self._chats.reach(to), conversation=ref.channel)

        async def change(activity: Json) -> None:
            try:
                await self._connection.update(reference, ref.id, activity)
            except CallFailed as error:
                if error.status == _NOT_FOUND:
                    raise SendNever("message_not_found", error.reason) from error
                raise

        await self._said(change, message, reference)

    async def delete(self, to: Address, ref: Ref) -> None:
        """Take a message away; one that is gone already is fine."""
        reference = replace(await self._chats.reach(to), conversation=ref.channel)
        try:
            await self._connection.delete(reference, ref.id)
        except CallFailed as error:
            if error.status != _NOT_FOUND:
                raise await self._chats.refused(error, reference) from error

    async def find(self, to: Address, delivery: str) -> Ref | None:
        """None: a bot can't read a chat of Teams."""
        del to, delivery

    async def _said(self, post: Callable[[Json], Awaitable[T]], message: Message, reference: Reference) -> T:
        """The answer to a post, said once more in plain text where Teams doesn't take the card."""
        rendered = render(message)
        if rendered.cut:
            log.warning("teams.message_cut", blocks=len(message.blocks))
        try:
            try:
                return await post(body_of(rendered))
            except CallFailed as error:
                if error.status not in _BAD_CARD:
                    raise
                log.error("teams.card_refused", reason=error.reason)
                return await post(plain_body(message, rendered.summary))
        except CallFailed as error:
            raise await self._chats.refused(error, reference) from error


def body_of(rendered: Rendered) -> Json:
    """What is posted: the card alone, since Teams splits a text with a card and loses its id (platform.md B4)."""
    return {"type": "message", "summary": rendered.summary, "attachments": [attachment(rendered.card)]}


def plain_body(message: Message, summary: str) -> Json:
    """The same in words that mean nothing to Teams but themselves, cut where they are too many."""
    words = spoken(message)
    text = words if len(words) <= PLAIN_LETTERS else f"{words[:PLAIN_LETTERS]}…"
    return {"type": "message", "summary": summary, "text": text, "textFormat": "plain", "attachments": []}
