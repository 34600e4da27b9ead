"""Posts on Slack for the deliverer, and says honestly what is known of a message's fate (decisions 16, 17, 21)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.payload import Json, list_at, text_at
from bot.slack.connection import CallFailed, Connection, ask, tell
from bot.slack.render import Rendered, render
from handlers.message import Message
from scheduler.ports import Address, NotSent, Ref, SendLater, SendNever, SendUnknown

EVENT_TYPE = "kakehashi"
_SEARCHED, _PAGES = 100, 3
_BAD_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "invalid_attachments")
_LATER = ("rate_limited", "connection_failed", "request_timeout", "team_added_to_org", "message_limit_exceeded")
_UNKNOWN = ("timeout", "connection_reset", "server_error")
_USER_GONE = ("user_not_found", "user_disabled", "user_not_visible", "users_not_found", "cannot_dm_bot")
_REVOKED = (
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
    "org_login_required", "ekm_access_denied", "missing_scope", "not_allowed_token_type",
)  # fmt: skip

log = structlog.stdlib.get_logger(__name__)


class SlackSender:
    """The `Sender` of Slack."""

    finds = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, to: Address, message: Message, delivery: str) -> Ref:
        """Post `message`; `delivery` goes along in its metadata, which anyone in the room could read: opaque."""
        channel = to.user or to.room
        metadata: Json = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery}}

        async def post(rendered: Rendered) -> Json:
            content: Json = {"channel": channel, "metadata": metadata, **body_of(rendered)}
            return await tell(self._connection.delivery, "chat.postMessage", content)

        answer = await _said(post, message)
        return Ref(text_at(answer, "channel"), text_at(answer, "ts"))

    async def update(self, to: Address, ref: Ref, message: Message) -> None:
        """Put `message` in the place of a message."""

        async def change(rendered: Rendered) -> Json:
            content: Json = {"channel": ref.channel, "ts": ref.id, "text": rendered.text, "blocks": rendered.blocks}
            return await tell(self._connection.delivery, "chat.update", content)

        await _said(change, message)

    async def delete(self, to: Address, ref: Ref) -> None:
        """Take a message away; one that is gone already is fine."""
        try:
            await tell(self._connection.delivery, "chat.delete", {"channel": ref.channel, "ts": ref.id})
        except CallFailed as error:
            if error.reason != "message_not_found":
                raise not_sent(error) from error

    async def find(self, to: Address, delivery: str) -> Ref | None:
        """The message that carries `delivery` among the last 300 of a direct chat; rooms aren't read: None."""
        if not to.direct:
            return None
        client = self._connection.delivery
        try:
            opened = await tell(client, "conversations.open", {"users": to.user})
            channel, cursor = text_at(opened, "channel", "id"), ""
            for _ in range(_PAGES):
                wanted = {"channel": channel, "limit": _SEARCHED, "include_all_metadata": "true"}
                page = await ask(client, "conversations.history", {**wanted, "cursor": cursor} if cursor else wanted)
                for said in list_at(page, "messages"):
                    if text_at(said, "metadata", "event_payload", "id") == delivery:
                        return Ref(channel, text_at(said, "ts"))
                cursor = text_at(page, "response_metadata", "next_cursor")
                if not cursor:
                    break
        except CallFailed as error:
            raise SendLater(error.reason, error.after) if _passing(error) else not_sent(error) from error
        return None


def body_of(rendered: Rendered) -> Json:
    """What is posted; a text without blocks is not formatted either, and nothing unfurls."""
    content: Json = {"text": rendered.text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    return {**content, "blocks": rendered.blocks} if rendered.blocks else content


async def _said(post: Callable[[Rendered], Awaitable[Json]], message: Message) -> Json:
    """The answer to a post, said once more in plain text where Slack doesn't take the blocks."""
    rendered = render(message)
    if rendered.cut:
        log.warning("slack.message_cut", blocks=len(rendered.blocks))
    try:
        try:
            return await post(rendered)
        except CallFailed as error:
            if error.reason not in _BAD_BLOCKS:
                raise
            log.error("slack.blocks_refused", reason=error.reason)
            return await post(Rendered(rendered.text, []))
    except CallFailed as error:
        raise not_sent(error) from error


def _passing(error: CallFailed) -> bool:
    return error.reason in _LATER or error.reason in _UNKNOWN


def not_sent(error: CallFailed) -> NotSent:
    """What a failed post means for the deliverer: later, never, or nobody knows."""
    if error.reason in _LATER:
        return SendLater(error.reason, error.after)
    if error.reason in _UNKNOWN:
        return SendUnknown(error.reason)
    if error.reason in _USER_GONE:
        return SendNever("user_gone")
    if error.reason in _REVOKED:
        log.error("slack.not_allowed", reason=error.reason)
        return SendNever("revoked")
    return SendNever(error.reason)
