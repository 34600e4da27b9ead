"""Socket Mode: a WebSocket that we open, for installations without a public address (platform.md A3)."""

from __future__ import annotations

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


class Socket:
    """The open line of one process; Slack refreshes it every few hours and the SDK reconnects by itself."""

    def __init__(self, bolt: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        self._bolt, self._app_token, self._client = bolt, app_token, client
        self._handler: AsyncSocketModeHandler | None = None

    async def connect(self) -> None:
        """Opens the line. Raises SlackApiError where Slack refuses the token, aiohttp errors where it isn't reached."""
        # The handler starts its watchers when it is made, so it is made inside the running loop.
        self._handler = AsyncSocketModeHandler(self._bolt, self._app_token, web_client=self._client)
        await self._handler.connect_async()

    async def connected(self) -> bool:
        """Whether the line is open now, for /readyz."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def close(self) -> None:
        """Closes the line."""
        handler, self._handler = self._handler, None
        if handler is not None:
            await handler.close_async()
