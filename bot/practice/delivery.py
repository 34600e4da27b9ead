"""Delivery to the bot as Slack does it: signed HTTP or a Socket Mode envelope, acknowledged within 3 s."""

import asyncio
import hashlib
import hmac
import itertools
import json
import ssl
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.practice.reading import Json, as_json, as_text, parsed
from bot.practice.workspace import Workspace

Kind = Literal["events_api", "interactive", "slash_commands"]
ACKNOWLEDGE_WITHIN = 3.0
"""Seconds (platform facts A1)."""


@dataclass(frozen=True)
class Acknowledgement:
    """What the bot answered: HTTP status (0 for none), body (JSON object or text), and Slack's error word."""

    status: int
    body: object
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether Slack takes it as acknowledged."""
        return not self.error


@dataclass(frozen=True)
class Again:
    """A repeated event: which attempt, and why Slack tries again."""

    attempt: int
    reason: str = "http_timeout"


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature of a request body."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return f"v0={digest}"


def signed_request(workspace: Workspace, kind: Kind, payload: Json) -> tuple[str, dict[str, str]]:
    """Body and headers of a delivery by HTTP, signed with the real time."""
    if kind == "events_api":
        body, content = json.dumps(payload, ensure_ascii=False), "application/json"
    else:
        fields = {"payload": json.dumps(payload, ensure_ascii=False)} if kind == "interactive" else payload
        body, content = urlencode(fields), "application/x-www-form-urlencoded"
    timestamp = str(int(workspace.wall()))
    headers = {
        "content-type": content,
        "user-agent": "Slackbot 1.0 (practice)",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": signature(workspace.tokens.signing_secret, timestamp, body),
    }
    return body, headers


class Links:
    """The open Socket Mode connections; each envelope goes to one of them, in turn."""

    def __init__(self) -> None:
        self._open: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[object]] = {}
        self._turn = itertools.count()

    @property
    def connected(self) -> bool:
        """Whether any connection is open."""
        return bool(self._open)

    async def serve(self, socket: WebSocket, app_id: str) -> None:
        """Speaks with one client until it goes."""
        await socket.accept()
        self._open.append(socket)
        hello = {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": app_id},
            "debug_info": {"host": "practice", "approximate_connection_time": 18060},
        }
        try:
            await socket.send_json(hello)
            while (received := await socket.receive())["type"] != "websocket.disconnect":
                self._take(as_json(parsed(as_text(received.get("text")))))
        finally:
            self._open.remove(socket)

    def _take(self, answer: Json) -> None:
        waiting = self._waiting.pop(as_text(answer.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload", ""))

    async def send(self, kind: Kind, payload: Json, again: Again | None) -> object:
        """Sends an envelope and waits for its acknowledgement, for as long as it takes."""
        socket = self._open[next(self._turn) % len(self._open)]
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = future
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if again is not None:
            envelope |= {"retry_attempt": again.attempt, "retry_reason": again.reason}
        try:
            await socket.send_json(envelope)
            return await future
        finally:
            self._waiting.pop(envelope_id, None)


class Delivery:
    """Sends what people do to the bot and writes it into the log."""

    def __init__(self, workspace: Workspace, events_url: str, *, patience: float = ACKNOWLEDGE_WITHIN) -> None:
        self._workspace = workspace
        self._url = events_url
        self._patience = patience
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.links = Links()

    async def send(self, kind: Kind, payload: Json, *, again: Again | None = None) -> Acknowledgement:
        """Delivers and waits for the acknowledgement, `patience` seconds at most (Slack: 3)."""
        began = self._workspace.wall()
        way = self._by_link if self.links.connected else self._by_http
        answer = await _in_time(self._patience, lambda: way(kind, payload, again))
        detail: Json = {
            "delivery": kind,
            "type": what_it_is(kind, payload),
            "status": answer.status,
            "error": answer.error or None,
            "ms": round((self._workspace.wall() - began) * 1000, 1),
            "payload": payload,
            "answer": answer.body,
        }
        self._workspace.traffic.note("delivery", detail)
        self._workspace.changed()
        return answer

    async def _by_link(self, kind: Kind, payload: Json, again: Again | None) -> Acknowledgement:
        try:
            return Acknowledgement(200, await self.links.send(kind, payload, again))
        except (WebSocketDisconnect, RuntimeError) as gone:  # the client left while we were sending
            return Acknowledgement(0, repr(gone), "dispatch_failed")

    async def _by_http(self, kind: Kind, payload: Json, again: Again | None) -> Acknowledgement:
        body, headers = signed_request(self._workspace, kind, payload)
        if again is not None:
            headers |= {"x-slack-retry-num": str(again.attempt), "x-slack-retry-reason": again.reason}
        async with httpx.AsyncClient(timeout=self._patience, verify=self._tls, trust_env=False) as client:
            response = await client.post(self._url, content=body.encode(), headers=headers)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        answer = parsed(response.content) if is_json else response.text
        return Acknowledgement(response.status_code, answer, "" if response.is_success else "dispatch_failed")


async def _in_time(patience: float, deliver: Callable[[], Awaitable[Acknowledgement]]) -> Acknowledgement:
    try:
        async with asyncio.timeout(patience):
            return await deliver()
    except TimeoutError:
        return Acknowledgement(0, None, "operation_timeout")
    except httpx.HTTPError as failed:
        return Acknowledgement(0, repr(failed), "dispatch_failed")


def what_it_is(kind: Kind, payload: Json) -> str:
    """A short name for the log: the command, the event's type or the payload's type."""
    if kind == "slash_commands":
        return as_text(payload.get("command"))
    if kind == "events_api":
        return as_text(as_json(payload.get("event")).get("type"))
    return as_text(payload.get("type"))
