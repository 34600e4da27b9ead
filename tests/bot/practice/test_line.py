"""The line itself: signatures, Socket Mode, broken connections, live news, files, the clock and the pages."""
# pyright: reportUnknownMemberType=false
# The calls of slack_sdk are typed in part only.

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast
from zoneinfo import ZoneInfo

import httpx
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from websockets.sync.client import connect

from bot.practice.clock import ClockError, target
from bot.practice.delivery import signature, signed_request
from bot.practice.reading import Json, as_json, as_list, as_objects, as_text
from bot.practice.server import Wiring
from tests.bot.practice.bolt_app import small_app
from tests.bot.practice.conftest import Practice, practising
from tests.bot.practice.sample import inner, section

GENERAL = "C0GENERAL"


# -- signatures ------------------------------------------------------------------------------------


def test_the_signature_is_slacks() -> None:
    """The example of Slack's own documentation."""
    body = (
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == expected


def test_what_is_not_signed_is_refused_by_bolt(practice: Practice) -> None:
    body, headers = signed_request(practice.workspace, "slash_commands", {"command": "/demo", "text": "echo x"})
    assert practice.http.post("/slack/events", content=body, headers=headers).status_code == 200
    bare = {"content-type": headers["content-type"]}
    assert practice.http.post("/slack/events", content=body, headers=bare).status_code == 401
    assert practice.http.post("/slack/events", content=body + "x", headers=headers).status_code == 401
    practice.wall.ahead = -600
    body, headers = signed_request(practice.workspace, "slash_commands", {"command": "/demo", "text": "echo x"})
    assert practice.http.post("/slack/events", content=body, headers=headers).status_code == 401


def test_a_bot_that_is_away(practice: Practice) -> None:
    with practising(lambda wired: replace(wired, events_url="http://127.0.0.1:1/slack/events")) as lonely:
        assert lonely.command("U0LEAD", GENERAL, "/demo")["error"] == "dispatch_failed"
        assert lonely.act("U0LEAD", "home") == {"ok": True, "delivered": False, "status": 0}
        assert lonely.act("U0LEAD", "global_shortcut", callback_id="log")["error"] == "dispatch_failed"


# -- Socket Mode -----------------------------------------------------------------------------------


class SocketBot:
    """The small Bolt app by Socket Mode, in a thread of its own."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._connected = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._run()), daemon=True)

    async def _run(self) -> None:
        app = small_app(self._base)
        handler = AsyncSocketModeHandler(app, "xapp-test")
        await handler.connect_async()
        self._connected.set()
        await self._stop.wait()
        await handler.close_async()

    def __enter__(self) -> None:
        self._thread.start()
        assert self._connected.wait(5)

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
        self._loop.close()


@pytest.fixture(scope="module")
def by_socket() -> Iterator[Practice]:
    with practising(by_http=False) as practice, SocketBot(practice.base):
        yield practice


def test_socket_mode_carries_commands_clicks_and_forms(by_socket: Practice) -> None:
    assert by_socket.command("U0LEAD", GENERAL, "/demo echo socket")["ok"]
    assert by_socket.last("U0LEAD", GENERAL)["text"] == "echo socket"
    assert by_socket.command("U0LEAD", GENERAL, "/demo form")["ok"]
    values = {"title": {"v": {"type": "plain_text_input", "value": "wrong"}}}
    sent = by_socket.act("U0LEAD", "submit", view_id=by_socket.view("U0LEAD")["id"], values=values)
    assert sent["errors"] == {"title": "not that"}
    assert by_socket.act("U0LEAD", "home")["delivered"] is True
    assert by_socket.command("U0LEAD", GENERAL, "/demo unheard")["error"] == "operation_timeout"


def test_a_client_that_went_away_is_not_asked_again() -> None:
    with practising() as practice:
        with SocketBot(practice.base):
            assert practice.command("U0LEAD", GENERAL, "/demo echo socket")["ok"]
        practice.command("U0LEAD", GENERAL, "/demo echo http")
        assert practice.last("U0LEAD", GENERAL)["text"] == "echo http"


def test_a_connection_needs_the_app_token(practice: Practice) -> None:
    url = as_text(as_json(practice.api("apps.connections.open", token="xapp-test").json())["url"])
    assert url.startswith(practice.base.replace("http", "ws"))
    refused = practice.api("apps.connections.open").json()
    assert refused == {"ok": False, "error": "not_allowed_token_type"}


# -- failures on demand ----------------------------------------------------------------------------


def test_failures_come_as_asked_and_as_often(practice: Practice) -> None:
    def fail(method: str, error: str, **more: object) -> int:
        return practice.http.post("/practice/fail", json={"method": method, "error": error, **more}).status_code

    def post() -> httpx.Response:
        return practice.api("chat.postMessage", channel=GENERAL, text="x")

    assert fail("chat.postMessage", "ratelimited", times=2, retry_after=7) == 200
    limited = post()
    assert (limited.status_code, limited.headers["retry-after"], limited.json()["error"]) == (429, "7", "ratelimited")
    assert practice.api("auth.test").json()["ok"] is True
    assert post().status_code == 429
    assert post().json()["ok"] is True
    fail("*", "internal_error", status=500)
    assert practice.api("users.list").status_code == 500
    fail("chat.postMessage", "is_archived")
    assert post().json() == {"ok": False, "error": "is_archived"}
    assert len(practice.messages("U0LEAD", GENERAL)) == 1
    assert fail("", "") == 400


@pytest.mark.parametrize(("fault", "posted"), [("before", 0), ("after", 1)])
def test_the_line_hangs_or_breaks(practice: Practice, fault: str, posted: int) -> None:
    said = {"channel": GENERAL, "text": "x"}
    headers = {"authorization": "Bearer xoxb-test"}
    practice.workspace.fail_next("chat.postMessage", f"hang_{fault}")
    with pytest.raises(httpx.ReadTimeout):
        practice.http.post("/api/chat.postMessage", json=said, headers=headers, timeout=1)
    practice.workspace.fail_next("chat.postMessage", f"cut_{fault}")
    with pytest.raises(httpx.RemoteProtocolError):
        practice.http.post("/api/chat.postMessage", json=said, headers=headers)
    assert len(practice.messages("U0LEAD", GENERAL)) == 2 * posted


def test_answers_by_address_can_fail_too(practice: Practice) -> None:
    practice.command("U0LEAD", GENERAL, "/demo echo x")
    address = as_text(practice.deliveries("/demo")[0]["response_url"])
    practice.workspace.fail_next("response_url", "internal_error", status=500)
    assert httpx.post(address, json={"text": "x"}, trust_env=False).status_code == 500
    assert httpx.post(address, json={"text": ""}, trust_env=False).status_code == 400
    assert httpx.post(address, json={"text": "x"}, trust_env=False).json() == {"ok": True}
    assert httpx.post(f"{address}0", json={"text": "x"}, trust_env=False).status_code == 404


# -- the real client -------------------------------------------------------------------------------


def test_the_real_client_speaks_every_encoding(practice: Practice) -> None:
    async def talk() -> Json:
        client = AsyncWebClient("xoxb-test", f"{practice.base}/api/")
        await client.chat_postMessage(channel="U0LEAD", text="x", blocks=[section("x")])
        opened = cast("object", (await client.conversations_open(users=["U0EMMA"])).data)
        await client.files_upload_v2(channel=as_text(inner(opened, "channel", "id")), content="a,b", filename="a.csv")
        listed = await client.users_conversations(types=["public_channel"])
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel="U0LEAD", text="x", blocks=[{"type": "x"}])
        with pytest.raises(SlackApiError, match="missing_scope"):
            await client.conversations_history(channel=GENERAL)
        return {"channels": listed["channels"]}

    assert len(as_list(asyncio.run(talk())["channels"])) == 3
    direct = practice.workspace.direct_room(["U0EMMA", "U0BOT"]).id
    file = as_objects(practice.last("U0EMMA", direct)["files"])[0]
    assert file["name"] == "a.csv"
    assert httpx.get(as_text(file["url_private"]), trust_env=False).text == "a,b"
    assert practice.http.post("/practice/upload/F0").status_code == 404


# -- news, log, pages ------------------------------------------------------------------------------


def test_every_change_is_told(practice: Practice) -> None:
    address = practice.base.replace("http", "ws") + "/practice/live?as=U0LEAD"
    with connect(address) as line:
        first = as_json(json.loads(line.recv(5)))["revision"]
        practice.act("U0EMMA", "message", channel=GENERAL, text="x")
        second = as_json(json.loads(line.recv(5)))["revision"]
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert second > first


def test_the_log_is_read_from_a_number_on(practice: Practice) -> None:
    practice.command("U0LEAD", GENERAL, "/demo")
    whole = as_json(practice.http.get("/practice/log").json())
    kinds = [one["kind"] for one in as_objects(whole["entries"])]
    assert kinds[-2:] == ["api", "delivery"]
    rest = practice.http.get("/practice/log", params={"after": str(whole["last"])}).json()
    assert rest == {"entries": [], "last": whole["last"]}


def test_pages_and_words() -> None:
    def gallery(language: str) -> list[Json]:
        return [{"name": "a", "lang": language}]

    def rewire(wired: Wiring) -> Wiring:
        return replace(wired, gallery=gallery)

    with practising(rewire) as practice:
        assert practice.http.get("/practice/gallery?lang=en").json() == [{"name": "a", "lang": "en"}]
        assert practice.http.get("/practice/texts?lang=en").json() == {"practice.slack.required": "required in en"}
        assert practice.http.get("/practice/clock").status_code == 404
        assert practice.http.get("/practice/state?as=U0NOBODY").status_code == 404
        assert as_json(as_json(practice.http.get("/practice/state").json())["me"])["id"] == "U0LEAD"
        for page in ("/", "/archives/C0GENERAL/p1", "/gallery", "/practice/page/style.css"):
            assert practice.http.get(page).status_code == 200


# -- the clock -------------------------------------------------------------------------------------

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # a Friday, 10:00 in Tokyo


class Stepping:
    """A clock that moves when told and counts one thing sent per step."""

    def __init__(self) -> None:
        self.at = NOW
        self.due: datetime | None = None

    def now(self) -> datetime:
        return self.at

    async def advance(self, to: datetime) -> Mapping[str, int]:
        self.at = to
        return {"sent": 1}

    async def next_due(self) -> datetime | None:
        return self.due

    def works_on(self, day: date) -> bool:
        return day.weekday() < 5


def test_the_clock_moves_forward_in_the_persons_zone() -> None:
    clock = Stepping()
    with practising(lambda wired: replace(wired, clock=clock)) as practice:
        shown = as_json(practice.http.get("/practice/clock?as=U0LEAD").json())
        assert (shown["now"], shown["zone"]) == ("2026-11-20T10:00:00+09:00", "Asia/Tokyo")
        moved = as_json(practice.http.post("/practice/clock", json={"as": "U0LEAD", "next": "monday 08:30"}).json())
        assert (moved["now"], moved["did"]) == ("2026-11-23T08:30:00+09:00", {"sent": 1})
        back = practice.http.post("/practice/clock", json={"as": "U0LEAD", "to": "2026-11-21T09:00"})
        assert (back.status_code, back.json()["error"]) == (400, "practice.clock.backward")


def test_the_clock_goes_to_what_is_due_next() -> None:
    clock = Stepping()
    with practising(lambda wired: replace(wired, clock=clock)) as practice:
        nothing = practice.http.post("/practice/clock", json={"as": "U0LEAD", "next": "due"})
        assert (nothing.status_code, nothing.json()["error"]) == (400, "practice.clock.nothing_due")
        clock.due = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
        moved = as_json(practice.http.post("/practice/clock", json={"as": "U0LEAD", "next": "due"}).json())
        assert (moved["now"], moved["works"]) == ("2026-11-21T09:00:00+09:00", False)


@pytest.mark.parametrize(
    ("asked", "zone", "expected"),
    [
        ({"plus": "1d"}, TOKYO, "2026-11-21T01:00:00+00:00"),
        ({"plus": "2h"}, TOKYO, "2026-11-20T03:00:00+00:00"),
        ({"plus": "30m"}, TOKYO, "2026-11-20T01:30:00+00:00"),
        ({"plus": "1w"}, TOKYO, "2026-11-27T01:00:00+00:00"),
        ({"next": "friday 10:00"}, TOKYO, "2026-11-27T01:00:00+00:00"),
        ({"next": "Friday 10:01"}, TOKYO, "2026-11-20T01:01:00+00:00"),
        ({"to": "2026-11-30T09:00"}, TOKYO, "2026-11-30T00:00:00+00:00"),
        ({"to": "2026-11-30T09:00+01:00"}, TOKYO, "2026-11-30T08:00:00+00:00"),
        ({"plus": "26w"}, ZoneInfo("Europe/London"), "2027-05-21T00:00:00+00:00"),
    ],
)
def test_steps_of_the_clock(asked: Json, zone: ZoneInfo, expected: str) -> None:
    assert target(asked, NOW, zone).isoformat() == expected


@pytest.mark.parametrize(
    "asked", [{}, {"plus": "x"}, {"plus": "1y"}, {"next": "someday 08:30"}, {"next": "monday 25:00"}, {"to": "soon"}]
)
def test_steps_that_can_not_be_read(asked: Json) -> None:
    with pytest.raises(ClockError, match="unreadable"):
        target(asked, NOW, TOKYO)


def test_nonsense_is_answered(practice: Practice) -> None:
    assert practice.http.post("/practice/act", content=b"{").json() == {"ok": False, "error": "unknown_act"}
    headers = {"authorization": "Bearer xoxb-test", "content-type": "application/json"}
    answer = practice.http.post("/api/chat.postMessage", content=b"[1", headers=headers)
    assert answer.json()["error"] == "no_text"
