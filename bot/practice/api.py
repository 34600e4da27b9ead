"""The Slack Web API over a workspace: one table of methods, checked tokens and scopes, failures on demand."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.practice.api_chat import CHAT
from bot.practice.api_places import PLACES
from bot.practice.api_views import VIEWS
from bot.practice.calls import Call, Method
from bot.practice.faults import HANGS, Fault
from bot.practice.reading import Json, as_json, as_text, parsed
from bot.practice.tickets import TicketError
from bot.practice.views import ViewError
from bot.practice.workspace import Refused, Workspace

METHODS: Mapping[str, Method] = {**CHAT, **VIEWS, **PLACES}
AS_JSON = ("blocks", "attachments", "view", "metadata", "files")
"""Arguments that form-encoded calls carry as JSON text."""


@dataclass(frozen=True)
class Answer:
    """Status, body and extra headers of an API answer."""

    body: Json
    status: int = 200
    retry_after: int | None = None


class HangingUp(Response):
    """An answer that ends in the middle: the connection breaks after the headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends headers that promise more than ever comes."""
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def arguments_of(request: Request) -> Json:
    """The arguments of a call: query, then a JSON or a form-encoded body."""
    raw = await request.body()
    arguments: Json = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        arguments |= as_json(parsed(raw or b"{}"))
    else:
        arguments |= dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    for key in AS_JSON:
        if isinstance(arguments.get(key), str):
            arguments[key] = parsed(as_text(arguments[key]))
    return arguments


def answer_to(workspace: Workspace, base: str, method: str, arguments: Json, token: str) -> Answer:
    """Runs one method; every refusal becomes Slack's {"ok": false, "error": …}."""
    row = METHODS.get(method)
    if row is None:
        return _refusal(Refused("unknown_method"))
    if not token:
        return _refusal(Refused("not_authed"))
    if token != (workspace.tokens.app if row.app_token else workspace.tokens.bot):
        return _refusal(Refused("not_allowed_token_type" if _ours(workspace, token) else "invalid_auth"))
    try:
        call = Call(workspace, base, method, arguments)
        for scope in row.scopes:
            call.need(scope)
        return Answer({"ok": True, **row.run(call)})
    except Refused as refused:
        return _refusal(refused)
    except (TicketError, ViewError) as failed:
        return _refusal(Refused(failed.error))


def _ours(workspace: Workspace, token: str) -> bool:
    return token in (workspace.tokens.bot, workspace.tokens.app)


def _refusal(refused: Refused) -> Answer:
    body: Json = {"ok": False, "error": refused.error, **refused.extra}
    if refused.problems:
        body["errors"] = [problem.removeprefix("[ERROR] ") for problem in refused.problems]
        body["response_metadata"] = {"messages": list(refused.problems)}
    return Answer(body)


def api_endpoint(workspace: Workspace, base: str) -> Callable[[Request], Awaitable[Response]]:
    """The handler of `/api/{method}`; `base` is this server's own address, for the URLs it gives."""

    async def endpoint(request: Request) -> Response:
        method = str(request.path_params["method"])
        arguments = await arguments_of(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        token = token or as_text(arguments.pop("token", ""))
        fault = workspace.faults.take(method)
        if fault is not None:
            return await _fail(request, fault, lambda: _run(workspace, base, method, arguments, token))
        return _respond(workspace, _run(workspace, base, method, arguments, token))

    return endpoint


def _run(workspace: Workspace, base: str, method: str, arguments: Json, token: str) -> Answer:
    answer = answer_to(workspace, base, method, arguments, token)
    _note(workspace, method, arguments, answer)
    return answer


def _note(workspace: Workspace, method: str, arguments: Json, answer: Answer) -> None:
    body = answer.body
    detail: Json = {"method": method, "ok": body["ok"], "error": body.get("error"), "arguments": arguments}
    if "response_metadata" in body:
        detail["problems"] = as_json(body["response_metadata"]).get("messages")
    workspace.traffic.note("api", detail)
    workspace.changed()


def _respond(workspace: Workspace, answer: Answer) -> Response:
    headers = {"x-oauth-scopes": ",".join(workspace.scopes)}
    if answer.retry_after is not None:
        headers["retry-after"] = str(answer.retry_after)
    return JSONResponse(answer.body, status_code=answer.status, headers=headers)


async def _fail(request: Request, fault: Fault, act: Callable[[], Answer]) -> Response:
    """Fails as asked: acting first where the fault says "after"."""
    if fault.error.endswith("_after") and fault.error in HANGS:
        act()
    if fault.error.startswith("cut_"):
        return HangingUp()
    if fault.error.startswith("hang_"):
        await _until_gone(request)
        return Response(status_code=504)
    body: Json = {"ok": False, "error": fault.error}
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return JSONResponse(body, status_code=fault.status, headers=headers)


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
