"""The HTTP door: signature first (401), then shape (400), then Bolt; nothing of a refused body reaches the log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

import structlog
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.payload import Json, as_json

LARGEST = 1_000_000

log = structlog.stdlib.get_logger(__name__)


def door(bolt: AsyncApp, signing_secret: str) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of `POST /slack/events`, for events, interactions and commands alike.

    200 when it was acknowledged · 400 not what Slack sends · 401 wrong signature or older than 5 minutes · 404
    nothing listens · 413 too large.
    """
    verifier = SignatureVerifier(signing_secret)

    async def endpoint(request: Request) -> Response:
        raw = await request.body()
        if len(raw) > LARGEST:
            return _refused(413, "too_large")
        if not genuine(verifier, raw, request):
            return _refused(401, "invalid_request")
        body = parsed(raw)
        if body is None:
            return _refused(400, "malformed")
        return await _dispatch(bolt, request, raw.decode(), body)

    return endpoint


async def _dispatch(bolt: AsyncApp, request: Request, raw: str, body: Json) -> Response:
    headers: dict[str, str | list[str]] = dict(request.headers)
    try:
        given = AsyncBoltRequest(body=raw, headers=headers)  # pyright: ignore[reportArgumentType]
        if given.body != body:
            # Bolt takes any form that says "payload" somewhere for an interaction, and a command that does for nothing.
            given = AsyncBoltRequest(body=body, headers=headers, mode="socket_mode")  # pyright: ignore[reportArgumentType]
        answer = await bolt.async_dispatch(given)
    except Exception:
        # Our listeners let nothing through: this is Bolt, stumbling over a payload that lacks what every payload has.
        log.exception("slack.malformed")
        return _refused(400, "malformed")
    return to_starlette_response(answer)


def genuine(verifier: SignatureVerifier, raw: bytes, request: Request) -> bool:
    """Whether Slack signed this body within the last five minutes."""
    stamp = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12 and signature.isascii()):
        return False
    try:
        return verifier.is_valid(raw, stamp, signature)
    except UnicodeDecodeError:
        return False


def parsed(raw: bytes) -> Json | None:
    """The payload of a request: JSON, JSON in the form field `payload`, or a form; None where it is none of these."""
    try:
        text = raw.decode()
        if text.lstrip().startswith(("{", "[")):
            return as_json(json.loads(text)) or None
        fields: Json = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        payload = fields.get("payload")
        return fields if payload is None else as_json(json.loads(str(payload))) or None
    except ValueError:
        return None


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status)
