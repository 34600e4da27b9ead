"""The practice workspace's routes: Slack's API, the acts of people, the state, and the page.

For people, page and tests (JSON in and out):

- `POST /practice/act` {"as": "U…", "do": …} → {"ok": true, …} | {"ok": false, "error": …, "errors"?, "text"?},
  once the bot has acknowledged. `do`:
  message (channel, text, thread_ts?) · command (channel, text) · action (container {channel, ts} | {view_id},
  block_id, action_id, what is chosen under its Slack key, values?) · submit (view_id, values) · close (view_id,
  all?) · suggest (view_id | container, block_id, action_id, value) · shortcut (callback_id, channel, ts) ·
  global_shortcut (callback_id) · home (tab?) · read (channel) · join, leave (channel, who?) · share (channel, who?,
  pending?) · unshare, archive (channel, archived?), rename (channel, name) · set_locale (locale) ·
  set_deleted (who?, deleted?) · redeliver (n, attempt?).
- `GET /practice/state?as=U…` (picture.py) · `WS /practice/live?as=U…` → {"revision": n} at every change.
- `GET /practice/log?after=n` → {"entries": […], "last": n}.
- `GET|POST /practice/clock?as=U…` (clock.py) → {"ok", "now", "zone", "did"?}; 400 with {"error": text key}.
- `POST /practice/fail` {"method", "error", "times"?, "status"?, "retry_after"?} (faults.py).
- `POST /practice/reset` · `GET /practice/texts?lang=` · `GET /practice/gallery?lang=`.
- pages: `/`, `/archives/…` and `/gallery`; their files under `/practice/page/`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike, stat_result
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket

from bot.practice.acting import DEFAULT_EVENTS, Stage, Texts
from bot.practice.acts import act
from bot.practice.api import HangingUp, api_endpoint
from bot.practice.api_chat import answer_by_url
from bot.practice.clock import ClockError, Clockwork, target
from bot.practice.delivery import ACKNOWLEDGE_WITHIN, Delivery
from bot.practice.payloads import Payloads
from bot.practice.picture import picture
from bot.practice.reading import Json, as_json, as_text, as_whole, parsed
from bot.practice.tickets import TicketError
from bot.practice.workspace import Person, Refused, Workspace

PAGE = Path(__file__).parent / "page"


class PageFiles(StaticFiles):
    """The page's files; a browser asks again each time, so that a new version is seen at once."""

    def file_response(
        self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304 where the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = "no-cache"
        return response


def no_texts(language: str) -> Mapping[str, str]:
    """No words: every text shows its key."""
    del language
    return {}


def no_gallery(language: str) -> Sequence[Json]:
    """An empty gallery."""
    del language
    return ()


@dataclass(frozen=True)
class Wiring:
    """What the practice routes need from outside.

    `base` is this server's own address without a slash at its end, `events_url` the bot's (default
    `{base}/slack/events`); `commands` [{"command", "description", "usage_hint"}] and `shortcuts`
    [{"callback_id", "name", "type"}] are the manifest's; `reset` re-seeds after the workspace was emptied;
    `acknowledge_within` is in seconds.
    """

    base: str
    events_url: str = ""
    commands: Sequence[Json] = ()
    shortcuts: Sequence[Json] = ()
    events: Collection[str] = field(default=DEFAULT_EVENTS)
    clock: Clockwork | None = None
    reset: Callable[[], Awaitable[None]] | None = None
    texts: Texts = no_texts
    gallery: Callable[[str], Sequence[Json]] = no_gallery
    acknowledge_within: float = ACKNOWLEDGE_WITHIN


def routes(workspace: Workspace, wiring: Wiring) -> list[BaseRoute]:
    """Every route of the practice workspace, for the one Starlette application."""
    events_url = wiring.events_url or f"{wiring.base}/slack/events"
    delivery = Delivery(workspace, events_url, patience=wiring.acknowledge_within)
    stage = Stage(
        workspace=workspace,
        delivery=delivery,
        payloads=Payloads(workspace, wiring.base),
        texts=wiring.texts,
        commands=wiring.commands,
        shortcuts=wiring.shortcuts,
        events=wiring.events,
    )

    async def link(socket: WebSocket) -> None:
        await delivery.links.serve(socket, workspace.bot.app_id)

    both = ["GET", "POST"]
    return [
        Route("/api/{method}", api_endpoint(workspace, wiring.base), methods=both),
        WebSocketRoute("/practice/link/{ticket}", link),
        Route("/practice/hooks/{key}", _hooks(workspace), methods=["POST"]),
        Route("/practice/upload/{file_id}", _uploads(workspace), methods=both),
        Route("/practice/act", _acts(stage), methods=["POST"]),
        Route("/practice/state", _state(workspace, wiring)),
        WebSocketRoute("/practice/live", _live(workspace)),
        Route("/practice/log", _log(workspace)),
        Route("/practice/clock", _clock(workspace, wiring), methods=both),
        Route("/practice/fail", _fail(workspace), methods=["POST"]),
        Route("/practice/reset", _reset(workspace, wiring), methods=["POST"]),
        Route("/practice/texts", _texts(wiring)),
        Route("/practice/gallery", _gallery(wiring)),
        Mount("/practice/page", PageFiles(directory=PAGE)),
        Route("/", _file("index.html")),
        Route("/archives/{rest:path}", _file("index.html")),
        Route("/gallery", _file("gallery.html")),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


async def _body(request: Request) -> Json:
    return as_json(parsed(await request.body()))


def _viewer(workspace: Workspace, asked: str) -> Person | None:
    """The person asked for; where nobody is named, the first who can look."""
    if asked:
        return workspace.person(asked)
    people = (one for one in workspace.persons.values() if one.kind != "bot" and not one.deleted)
    return next(people, None)


def _hooks(workspace: Workspace) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body, fault = await _body(request), workspace.faults.take("response_url")
        if fault is not None:
            if fault.error.startswith(("cut_", "hang_")):
                return HangingUp()
            return JSONResponse({"ok": False, "error": fault.error}, max(fault.status, 400))
        error, status, problems = "", 200, list[str]()
        try:
            answer_by_url(workspace, str(request.path_params["key"]), body)
        except TicketError as failed:
            error, status = failed.error, 404
        except Refused as refused:
            error, status, problems = refused.error, 400, list(refused.problems)
        detail: Json = {"method": "response_url", "ok": not error, "error": error or None, "arguments": body}
        workspace.traffic.note("api", {**detail, "problems": problems})
        workspace.changed()
        return JSONResponse({"ok": False, "error": error} if error else {"ok": True}, status)

    return endpoint


def _uploads(workspace: Workspace) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        file = workspace.uploads.get(str(request.path_params["file_id"]))
        if file is None:
            return Response(status_code=404)
        if request.method == "POST":
            file["content"] = await request.body()
            return Response("OK")
        content = file["content"]
        return Response(content if isinstance(content, bytes) else b"", media_type="application/octet-stream")

    return endpoint


def _acts(stage: Stage) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(await act(stage, await _body(request)))

    return endpoint


def _state(workspace: Workspace, wiring: Wiring) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        me = _viewer(workspace, request.query_params.get("as", ""))
        if me is None:
            return JSONResponse({"ok": False, "error": "user_not_found"}, 404)
        return JSONResponse(picture(workspace, me, wiring.commands, wiring.shortcuts))

    return endpoint


def _live(workspace: Workspace) -> Callable[[WebSocket], Awaitable[None]]:
    async def endpoint(socket: WebSocket) -> None:
        await socket.accept()
        change = workspace.watch()
        telling = asyncio.create_task(_tell(workspace, socket, change))
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        finally:
            telling.cancel()
            workspace.unwatch(change)
            await asyncio.gather(telling, return_exceptions=True)

    return endpoint


async def _tell(workspace: Workspace, socket: WebSocket, change: asyncio.Event) -> None:
    while True:
        change.clear()
        await socket.send_json({"revision": workspace.revision})
        await change.wait()


def _log(workspace: Workspace) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        entries = workspace.traffic.after(as_whole(request.query_params.get("after"), 0))
        shown = [{"n": one.n, "at": one.at, "kind": one.kind, **one.detail} for one in entries]
        return JSONResponse({"entries": shown, "last": workspace.traffic.last})

    return endpoint


def _clock(workspace: Workspace, wiring: Wiring) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        asked = await _body(request) if request.method == "POST" else {}
        me = _viewer(workspace, as_text(asked.get("as")) or request.query_params.get("as", ""))
        if me is None or wiring.clock is None:
            return JSONResponse({"ok": False, "error": "practice.clock.none"}, 404)
        zone, answer = ZoneInfo(me.tz), Json()
        if request.method == "POST":
            try:
                moment = target(asked, wiring.clock.now(), zone, due=await wiring.clock.next_due())
            except ClockError as failed:
                return JSONResponse({"ok": False, "error": failed.key}, 400)
            answer["did"] = dict(await wiring.clock.advance(moment))
            workspace.changed()
        now = wiring.clock.now().astimezone(zone)
        answer["works"] = wiring.clock.works_on(now.date())
        return JSONResponse({"ok": True, "now": now.isoformat(), "zone": me.tz, **answer})

    return endpoint


def _fail(workspace: Workspace) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        asked = await _body(request)
        method, error = as_text(asked.get("method")), as_text(asked.get("error"))
        if not method or not error:
            return JSONResponse({"ok": False, "error": "invalid_arguments"}, 400)
        wait = asked.get("retry_after")
        workspace.fail_next(
            method,
            error,
            as_whole(asked.get("times"), 1),
            status=as_whole(asked.get("status"), 200),
            retry_after=wait if isinstance(wait, int) else None,
        )
        return JSONResponse({"ok": True})

    return endpoint


def _reset(workspace: Workspace, wiring: Wiring) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        del request
        workspace.restart()
        if wiring.reset is not None:
            await wiring.reset()
        return JSONResponse({"ok": True, "revision": workspace.revision})

    return endpoint


def _texts(wiring: Wiring) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(dict(wiring.texts(request.query_params.get("lang", "ja"))))

    return endpoint


def _gallery(wiring: Wiring) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return JSONResponse(list(wiring.gallery(request.query_params.get("lang", "ja"))))

    return endpoint


def _file(name: str) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        del request
        return FileResponse(PAGE / name, headers={"cache-control": "no-cache"})

    return endpoint
