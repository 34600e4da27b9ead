"""Microsoft's side of Teams as a local HTTP server: signing keys, login, and the connector's REST API over a tenant."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal

import uvicorn
from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.payload import json_at, list_at, text_at
from tests.serving import ended
from tests.signing import bearer, bot_token, jwks
from tests.tenant import BOT, TENANT, Json, Post, Tenant, bare

LIMIT = 28 * 1024
PATHS = {
    "create": "POST /v3/conversations",
    "post": "POST …/activities",
    "reply": "POST …/activities/{id}",
    "update": "PUT …/activities/{id}",
    "delete": "DELETE …/activities/{id}",
    "member": "GET …/members/{id}",
    "members": "GET …/members",
    "paged": "GET …/pagedMembers",
    "keys": "GET /v1/.well-known/keys",
    "token": "POST /{tenant}/oauth2/v2.0/token",
}
"""The names that `fail` and `Call.name` know."""

How = Literal["answer", "hang_before", "hang_after", "cut_before", "cut_after"]


@dataclass(frozen=True)
class Fault:
    """How the next calls named `name` ("*" for any) go wrong; `how` other than "answer" is a failure of the line.

    "hang_…" keeps the caller waiting until it gives up, "cut_…" ends the connection in the middle of the answer;
    "…_before" without having acted, "…_after" having acted.
    """

    name: str
    status: int = 500
    code: str = ""
    times: int = 1
    retry_after: str = ""
    how: How = "answer"


@dataclass(frozen=True)
class Call:
    """A call that came in: its name, the conversation, the activity or member id, the query and the body."""

    name: str
    conversation: str
    id: str
    query: dict[str, str]
    body: Json


class _Refused(Exception):
    def __init__(self, status: int, code: str, retry_after: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.retry_after = status, code, retry_after


@dataclass
class Connector:
    """A running one. `url` is the service URL that activities name, `cloud()` is for the SDK, `token` for its `token=`.

    Knobs: `fail(…)`; `signed_by` and `key_id` (which key is published); `slow_keys` (an event that the keys wait for).
    """

    tenant: Tenant
    base: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    faults: list[Fault] = field(default_factory=list[Fault])
    signed_by: str = "ours"
    key_id: str = "test-key-1"
    slow_keys: threading.Event | None = None
    fetched: int = 0
    _issued: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        """The service URL of every activity, with its slash at the end as in real Teams."""
        return f"{self.base}/jp/"

    def cloud(self) -> CloudEnvironment:
        """Microsoft's public cloud with keys and login from here. (msal itself insists on https for the login.)"""
        return replace(
            PUBLIC,
            login_endpoint=f"{self.base}/login",
            openid_metadata_url=f"{self.base}/v1/.well-known/openidconfiguration",
        )

    def token(self, scope: str = "", tenant: str | None = None) -> str:
        """A token that the connector takes; has the shape of the SDK's token provider."""
        assert scope is not None, tenant
        if not self._issued:
            self._issued.append(bot_token())
        return self._issued[-1]

    def revoke(self) -> None:
        """No token that was given until now is good any more."""
        self._issued.append(bot_token(len(self._issued)))

    def sign(self, body: Json, **over: object) -> dict[str, str]:
        """The headers of an activity as Teams sends it. `over`: claims by name (None leaves one out), `algorithm`,
        `signed_by`, `key_id`.
        """
        names = ("algorithm", "signed_by", "key_id")
        options = {name: str(over.pop(name)) for name in names if name in over}
        token = bearer(str(body.get("serviceUrl", self.url)), claims=over, **options)
        return {"authorization": f"Bearer {token}", "content-type": "application/json; charset=utf-8"}

    def fail(
        self,
        name: str,
        status: int = 500,
        code: str = "",
        *,
        times: int = 1,
        retry_after: str = "",
        how: How = "answer",
    ) -> None:
        """The next `times` calls named `name` (PATHS) go wrong, as `Fault` says."""
        assert name == "*" or name in PATHS, name
        self.faults.append(Fault(name, status, code, times, retry_after, how))

    def called(self, *names: str) -> list[Call]:
        """The calls with one of these names; all where none is named, keys and tokens left out."""
        wanted = names or tuple(name for name in PATHS if name not in ("keys", "token"))
        return [each for each in list(self.calls) if each.name in wanted]

    def _fault(self, name: str) -> Fault | None:
        for position, fault in enumerate(self.faults):
            if fault.name in ("*", name):
                left = replace(fault, times=fault.times - 1)
                self.faults[position : position + 1] = [left] if left.times else []
                return fault
        return None

    def reset(self, tenant: Tenant) -> None:
        """As if it had just begun, with `tenant` as its world; the address stays."""
        self.tenant, self.signed_by, self.key_id, self.slow_keys, self.fetched = tenant, "ours", "test-key-1", None, 0
        self.calls.clear()
        self.faults.clear()
        self._issued.clear()

    # -- the API

    async def answer(self, request: Request, name: str) -> Response:
        """Note the call, let it go wrong where a test wants that, else act."""
        body = await _body(request)
        path = request.path_params
        conversation, part = str(path.get("conversation", "")), str(path.get("id", ""))
        call = Call(name, conversation, part, dict(request.query_params), body)
        with self.tenant.changed:
            self.calls.append(call)
            self.tenant.changed.notify_all()
        fault = self._fault(name)
        try:
            if fault is not None and fault.how == "answer":
                raise _Refused(fault.status, fault.code, fault.retry_after)
            if fault is not None and fault.how.endswith("before"):
                return _Broken(hangs=fault.how.startswith("hang"))
            result = await self._act(request, call)
        except _Refused as refused:
            headers = {"retry-after": refused.retry_after} if refused.retry_after else {}
            error = {"code": refused.code, "message": f"test: {refused.code}"}
            return JSONResponse({"error": error} if refused.code else {}, refused.status, headers)
        return _Broken(hangs=fault.how.startswith("hang")) if fault is not None else result

    async def _act(self, request: Request, call: Call) -> Response:
        if call.name == "keys":
            self.fetched += 1
            if self.slow_keys is not None:
                await asyncio.to_thread(self.slow_keys.wait, 30)
            return JSONResponse(jwks(self.signed_by, self.key_id))
        if call.name == "token":
            return JSONResponse({"token_type": "Bearer", "expires_in": 3599, "access_token": self.token()})
        if request.headers.get("authorization") != f"Bearer {self.token()}":
            raise _Refused(401, "AuthorizationFailed")
        if len(json.dumps(call.body, ensure_ascii=False).encode()) > LIMIT:
            raise _Refused(413, "MessageSizeTooBig")
        match call.name:
            case "create":
                return self._create(call)
            case "post" | "reply":
                return self._post(call)
            case "update" | "delete":
                return self._change(call)
            case _:
                return self._members(call)

    def _create(self, call: Call) -> Response:
        people = [self.tenant.person(text_at(each, "id")) for each in list_at(call.body, "members")]
        if call.body.get("isGroup") or len(people) != 1:
            raise _Refused(400, "BadSyntax")
        tenant = text_at(call.body, "tenantId") or text_at(json_at(call.body, "channelData", "tenant"), "id")
        person = people[0]
        if person is None or person.tenant != tenant:
            raise _Refused(403, "BotNotInConversationRoster")
        return JSONResponse({"id": self.tenant.direct(person.aad)}, 201)

    def _post(self, call: Call) -> Response:
        self._may_write(call.conversation)
        only = self._only(call)
        activity = call.body
        if activity.get("type") == "typing":
            return Response(status_code=202)
        if activity.get("text") and activity.get("attachments"):
            raise _Refused(400, "TestSaysTextAndCardAreSplitAndTheIdIsLost")
        new = self.tenant.next_id()
        place = call.conversation
        if bare(place) in self.tenant.rooms and ";messageid=" not in place and _is_channel(self.tenant, place):
            place = f"{place};messageid={call.id or activity.get('replyToId') or new}"
        self.tenant.write(Post(new, place, activity, BOT, only))
        return JSONResponse({"id": new}, 201)

    def _change(self, call: Call) -> Response:
        self._may_write(call.conversation)
        post = self.tenant.post(call.conversation, call.id)
        targeted = call.query.get("isTargetedActivity") == "true"
        if post is None or not post.by_bot or bool(post.only) != targeted:
            raise _Refused(404, "ActivityNotFoundInConversation")
        with self.tenant.changed:
            if call.name == "delete":
                post.deleted = True
            else:
                post.activity, post.edits = call.body, post.edits + 1
            self.tenant.changed.notify_all()
        return JSONResponse({"id": post.id})

    def _may_write(self, conversation: str) -> None:
        members = self.tenant.members(conversation)
        if members is None:
            raise _Refused(404, "ConversationNotFound")
        if bare(conversation) in self.tenant.rooms:
            if bare(conversation) in self.tenant.not_in:
                raise _Refused(403, "BotNotInConversationRoster")
        elif not members or members[0].aad in self.tenant.blocked:
            raise _Refused(403, "MessageWritesBlocked")
        elif members[0].aad in self.tenant.without_app:
            raise _Refused(403, "BotNotInConversationRoster")

    def _only(self, call: Call) -> str:
        if call.query.get("isTargetedActivity") != "true":
            return ""
        wanted = text_at(call.body, "recipient", "id")
        members = self.tenant.members(call.conversation) or []
        if bare(call.conversation) not in self.tenant.rooms:
            raise _Refused(400, "BadSyntax")
        if wanted not in [each.mri for each in members]:
            raise _Refused(403, "MemberNotFoundInConversation")
        return wanted

    def _members(self, call: Call) -> Response:
        members = self.tenant.members(call.conversation)
        if members is None:
            raise _Refused(404, "ConversationNotFound")
        if bare(call.conversation) in self.tenant.not_in:
            raise _Refused(403, "BotNotInConversationRoster")
        if call.name == "member":
            found = next((each for each in members if call.id in (each.mri, each.aad)), None)
            if found is None:
                raise _Refused(404, "MemberNotFoundInConversation")
            return JSONResponse(found.member)
        if call.name == "members":
            return JSONResponse([each.member for each in members])
        size, start = int(call.query.get("pageSize", "200")), int(call.query.get("continuationToken") or 0)
        page: Json = {"members": [each.member for each in members[start : start + size]], "totalCount": len(members)}
        if start + size < len(members):
            page["continuationToken"] = str(start + size)
        return JSONResponse(page)

    def app(self) -> ASGIApp:
        """The web application."""
        one = "/jp/v3/conversations/{conversation}"
        found = [
            ("create", "/jp/v3/conversations", "POST"),
            ("post", f"{one}/activities", "POST"),
            ("reply", f"{one}/activities/{{id}}", "POST"),
            ("update", f"{one}/activities/{{id}}", "PUT"),
            ("delete", f"{one}/activities/{{id}}", "DELETE"),
            ("member", f"{one}/members/{{id}}", "GET"),
            ("members", f"{one}/members", "GET"),
            ("paged", f"{one}/pagedmembers", "GET"),
            ("paged", f"{one}/pagedMembers", "GET"),
            ("keys", "/v1/.well-known/keys", "GET"),
            ("keys", "/login/{tenant}/discovery/v2.0/keys", "GET"),
            ("token", "/login/{tenant}/oauth2/v2.0/token", "POST"),
        ]
        return Starlette(routes=[Route(path, self._endpoint(name), methods=[verb]) for name, path, verb in found])

    def _endpoint(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await self.answer(request, name)

        return endpoint


class _Broken(Response):
    """Waits until the caller gives up, or ends the connection in the middle of an answer."""

    def __init__(self, *, hangs: bool) -> None:
        super().__init__()
        self._hangs = hangs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while self._hangs and (await receive())["type"] != "http.disconnect":
            pass
        start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]}
        await send(start)
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _body(request: Request) -> Json:
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/json") and raw:
        return dict(json.loads(raw))
    return {}


def _is_channel(tenant: Tenant, conversation: str) -> bool:
    return tenant.rooms[bare(conversation)].kind == "channel"


@contextmanager
def connector(tenant: Tenant | None = None) -> Generator[Connector]:
    """Serves on a free port, in a thread, until the block ends."""
    inside = Connector(tenant or Tenant())
    running = _Running(inside)
    thread = threading.Thread(target=running.run, name=f"connector {TENANT[:8]}")
    thread.start()
    inside.base = f"http://127.0.0.1:{running.up.result(30)}"
    try:
        yield inside
    finally:
        if inside.slow_keys is not None:
            inside.slow_keys.set()
        running.stop()
        thread.join(15)


@dataclass
class _Running:
    inside: Connector
    up: Future[int] = field(default_factory=Future[int])
    over: asyncio.Event = field(default_factory=asyncio.Event)
    loop: asyncio.AbstractEventLoop | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self.up.done():
                raise
            self.up.set_exception(error)

    def stop(self) -> None:
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.over.set)

    async def _serve(self) -> None:
        config = uvicorn.Config(self.inside.app(), port=0, log_level="critical", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers a flag, no event
            await asyncio.sleep(0)
        self.loop = asyncio.get_running_loop()
        if server.started:
            self.up.set_result(int(server.servers[0].sockets[0].getsockname()[1]))
            await self.over.wait()
        await ended(server, serving)
