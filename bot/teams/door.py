"""The HTTP door: size and shape, then the SDK's check of the token, then our own of tenant and service address."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from microsoft_teams.api import ClientCredentials, InvokeResponse, TokenProtocol
from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from bot.payload import Json, as_json, text_at
from bot.settings import Teams
from bot.teams.activity import tenant_of
from bot.teams.connection import trusted, trusts_loopback
from bot.teams.keys import KeysUnreachable, Validator
from bot.teams.routes import Invoked
from bot.teams.sdk import ActivityEvent, CoreActivity, HttpMethod, HttpRouteHandler, HttpServer

PATH = "/api/messages"
LARGEST = 1_000_000
CHANNEL = "msteams"

Handle = Callable[[Json], Awaitable[Invoked | None]]

log = structlog.stdlib.get_logger(__name__)


class Door:
    """The endpoint of `POST /api/messages`: every activity of Teams, which `handle` answers.

    200 taken (an invoke's own status and body) · 400 not an activity · 401 no token, or not Microsoft's for us · 403
    another tenant, another channel, or a service address that isn't Microsoft's · 413 too large · 503 Microsoft's keys
    can't be had. Nothing of what is refused reaches the log.

    The SDK's typed activities are left out: they answer 500 to every kind that their version doesn't know, and quote
    the body in the log (tried with 2.1.1). Its App too, which reads the environment for what we leave open.
    """

    def __init__(self, teams: Teams, handle: Handle, *, cloud: CloudEnvironment, wall: Callable[[], float]) -> None:
        self._handle, self._tenants = handle, teams.tenants
        self._loopback = trusts_loopback(teams, cloud)
        self._validator = None if teams.open else Validator(teams.app_id, teams.tenants, cloud=cloud, wall=wall)
        self._sdk = _collected(teams, self._validator, self._taken, cloud)

    async def endpoint(self, request: Request) -> Response:
        """One request."""
        try:
            raw = await _read(request)
        except ClientDisconnect:
            return _refused(400, "malformed")
        if raw is None:
            return _refused(413, "too_large")
        body = shaped(raw)
        if body is None:
            return _refused(400, "malformed")
        headers = dict(request.headers)
        try:
            if self._validator is not None:
                await self._validator.ready(headers.get("authorization", "").removeprefix("Bearer "))
        except KeysUnreachable:
            return _refused(503, "unavailable")
        answer = await self._sdk({"body": body, "headers": headers})
        if answer["status"] == 401:
            return _refused(401, "unauthorized")
        if answer["status"] >= 500:
            log.error("teams.not_answered", status=answer["status"])  # the SDK's own words are kept out of the log
        said = answer["body"]
        return Response(status_code=answer["status"]) if said is None else JSONResponse(said, answer["status"])

    async def close(self) -> None:
        """Gives up fetching keys."""
        if self._validator is not None:
            await self._validator.close()

    async def _taken(self, event: ActivityEvent) -> InvokeResponse[Any]:
        """What the SDK calls with an activity whose token is good (or, in the playground, without one)."""
        body: Json = {**(event.body.model_extra or {}), "type": event.body.type, "id": event.body.id or ""}
        if why := self._foreign(body, event.token):
            log.warning("teams.refused", why=why)
            return InvokeResponse[Any](status=403, body={"error": "forbidden"})
        try:
            invoked = await self._handle(body)
        except Exception:
            # The listeners let nothing through: this is an activity that lacks what every activity has.
            log.exception("teams.request_failed")
            return InvokeResponse[Any](status=500, body={"error": "failed"})
        if invoked is None:
            return InvokeResponse[Any](status=200)
        return InvokeResponse[Any](status=invoked.status, body=invoked.body)

    def _foreign(self, body: Json, token: TokenProtocol) -> str:
        """Why an activity isn't for us, though its token is good; "" where it is.

        Bot Framework's token names no tenant, Entra's no service URL, and the SDK compares none with a body that has
        none (platform.md B2).
        """
        tenant = tenant_of(body)
        if text_at(body, "channelId") != CHANNEL:
            return "channel"
        if not trusted(text_at(body, "serviceUrl"), loopback=self._loopback):
            return "service_url"
        if tenant not in self._tenants or (token.tenant_id or tenant).lower() != tenant:
            return "tenant"
        return ""


class _Collector:
    """A web server as the SDK knows it, of which we only want the one handler: the server is ours."""

    def __init__(self) -> None:
        self.handlers: dict[str, HttpRouteHandler] = {}

    def register_route(self, method: HttpMethod, path: str, handler: HttpRouteHandler) -> None:
        """Keeps it."""
        del method
        self.handlers[path] = handler

    def serve_static(self, path: str, directory: str) -> None:
        """We serve no files."""

    async def start(self, port: int) -> None:
        """Never called: the server is ours."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Nothing runs."""


class _Server(HttpServer):
    """The SDK's endpoint with our keys."""

    def check_with(self, validator: Validator) -> None:
        """Instead of the validator that fetches keys on the event loop."""
        self._token_validator = validator


def _collected(
    teams: Teams,
    validator: Validator | None,
    taken: Callable[[ActivityEvent], Awaitable[InvokeResponse[Any]]],
    cloud: CloudEnvironment,
) -> HttpRouteHandler:
    """The SDK's handler. Whether it asks for a token is said here: no variable of the environment changes it."""
    for name in _TELLS_REFUSED:
        logging.getLogger(name).addFilter(_untold)
    collector = _Collector()
    server = _Server(collector, PATH)
    server.on_request = taken
    server.initialize(
        ClientCredentials(client_id=teams.app_id, client_secret=teams.password),
        cloud,
        dangerously_allow_unauthenticated_requests=teams.open,
    )
    if validator is not None:
        server.check_with(validator)
    return collector.handlers[PATH]


_TELLS_REFUSED = ("microsoft_teams.apps.http.http_server", "microsoft_teams.apps.auth.token_validator")
"""The SDK's loggers that quote what was refused: service URLs, key ids, kinds and ids of activities."""


def _untold(_record: logging.LogRecord) -> bool:
    return False


async def _read(request: Request) -> bytes | None:
    """The body; None where it is larger than LARGEST, of which no more is read then."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > LARGEST:
            return None
    return bytes(raw)


def shaped(raw: bytes) -> Json | None:
    """The activity in a body; None where it isn't a JSON object with a `type`, or where its `id` is no text."""
    try:
        body = as_json(json.loads(raw))
        CoreActivity.model_validate(body)
    except (ValueError, RecursionError):  # ValidationError is a ValueError
        return None
    return body if text_at(body, "type") else None


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error}, status)
