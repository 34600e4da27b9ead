"""The lines to Slack's Web API: three clients with their patience, one identity, and what an error means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.payload import Json, as_json

INTERACTIVE_SECONDS, DELIVERY_SECONDS = 3, 10
_KEEP_ALIVE_SECONDS = 4  # shorter than servers keep idle lines, so that a post seldom meets a closed one


class CallFailed(Exception):
    """A call that Slack refused or that did not come through.

    `reason` is Slack's own word or one of `timeout`, `connection_failed` (never sent), `connection_reset`,
    `server_error`, `rate_limited`; `after` the seconds that Slack named.
    """

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


@dataclass(frozen=True)
class Identity:
    """Who the bot is: its workspace, its user and bot ids, and the workspace's address."""

    team: str
    user: str
    bot: str
    site: str


class Connection:
    """The clients of one installation. `reads` and `posts` wait 3 s, `delivery` 10 s.

    Only `reads` try a broken line a second time: a repeated post could stand there twice (platform.md A7).
    """

    def __init__(self, bot_token: str, api_url: str) -> None:
        self.token = bot_token
        self.reads = AsyncWebClient(bot_token, api_url, timeout=INTERACTIVE_SECONDS)
        self.posts = AsyncWebClient(bot_token, api_url, timeout=INTERACTIVE_SECONDS, retry_handlers=[])
        self.delivery = AsyncWebClient(bot_token, api_url, timeout=DELIVERY_SECONDS, retry_handlers=[])
        self._identity: Identity | None = None
        self._asking = asyncio.Lock()

    async def start(self) -> None:
        """Opens the kept lines; without it each call opens its own. To be called inside the running loop."""
        quick, patient = _session(INTERACTIVE_SECONDS), _session(DELIVERY_SECONDS)
        self.reads.session, self.posts.session, self.delivery.session = quick, quick, patient

    async def close(self) -> None:
        """Closes the kept lines."""
        for client in (self.posts, self.delivery):
            if client.session is not None:
                await client.session.close()

    async def identity(self) -> Identity:
        """Who we are, asked once. Raises CallFailed as long as Slack doesn't tell."""
        if self._identity is None:
            async with self._asking:
                if self._identity is None:
                    answer = await ask(self.reads, "auth.test", {})
                    site = str(answer.get("url", "")).rstrip("/")
                    team, user, bot = (str(answer.get(key) or "") for key in ("team_id", "user_id", "bot_id"))
                    self._identity = Identity(team, user, bot, site)
        return self._identity

    async def respond(self, url: str, body: Json) -> None:
        """Answers to a response_url. Raises CallFailed."""
        if urlsplit(url).scheme not in ("http", "https"):
            raise CallFailed("no_response_url")
        client = AsyncWebhookClient(
            url, timeout=INTERACTIVE_SECONDS, session=self.posts.session, retry_handlers=[], proxy=self.posts.proxy
        )
        try:
            answer = await client.send_dict(body)
        except (aiohttp.ClientError, TimeoutError, SlackApiError) as error:
            raise failed(error) from error
        if answer.status_code != 200:
            raise CallFailed("response_url_refused")


def _session(seconds: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=min(seconds, 3)),
        connector=aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE_SECONDS),
    )


async def ask(client: AsyncWebClient, method: str, arguments: Mapping[str, str | int]) -> Json:
    """The answer of a reading method, whose arguments Slack takes in the address only. Raises CallFailed."""
    return await _called(lambda: client.api_call(method, http_verb="GET", params=dict(arguments)))  # pyright: ignore[reportUnknownMemberType]


async def tell(client: AsyncWebClient, method: str, arguments: Json) -> Json:
    """The answer of a writing method. Raises CallFailed for whatever goes wrong on the line or at Slack."""
    return await _called(lambda: client.api_call(method, json=arguments))  # pyright: ignore[reportUnknownMemberType]


async def _called(call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Json:
    try:
        return _read(await call()).body
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        raise failed(error) from error


@dataclass(frozen=True)
class _Answer:
    """What the SDK's loosely typed response holds."""

    body: Json
    status: int
    headers: Mapping[str, str]


def _read(response: AsyncSlackResponse) -> _Answer:
    loose = cast(Any, response)
    return _Answer(
        as_json(loose.data),
        int(loose.status_code),
        {str(key).lower(): str(loose.headers[key]) for key in loose.headers},
    )


def failed(error: Exception) -> CallFailed:
    """What an error of the SDK or of the line means."""
    match error:
        case SlackApiError():
            return _refused(error)
        case aiohttp.ConnectionTimeoutError() | aiohttp.ClientConnectorError():
            return CallFailed("connection_failed")
        case TimeoutError():
            return CallFailed("timeout")
        case _:
            return CallFailed("connection_reset")


def _refused(error: SlackApiError) -> CallFailed:
    response: object = error.response
    if not isinstance(response, AsyncSlackResponse):
        return CallFailed("server_error")  # a body that isn't Slack's
    answer = _read(response)
    reason = str(answer.body.get("error", ""))
    if answer.status == 429 or reason in ("ratelimited", "rate_limited"):
        return CallFailed("rate_limited", after=_seconds(answer.headers.get("retry-after", "")))
    if answer.status >= 500 or reason in ("internal_error", "fatal_error", "service_unavailable"):
        return CallFailed("server_error")
    return CallFailed(reason or "server_error")


def _seconds(given: str) -> float:
    return max(1.0, float(given)) if given.isdecimal() else 30.0
