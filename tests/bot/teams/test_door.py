"""What isn't from Teams for us, or isn't what Teams sends, is refused before anything happens, and isn't told."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.payload import Json
from bot.settings import Teams
from bot.teams.door import PATH, Door
from bot.teams.keys import OLD_SECONDS, OUTAGE_SECONDS, PAUSE_SECONDS, YOUNG_SECONDS
from bot.teams.routes import Invoked
from tests.activities import Activities
from tests.connector import Connector, connector
from tests.tenant import APP_ID, STRANGE_TENANT, TENANT, Person, Tenant, aad

WHO = Person(aad(1), "田中 真希")
WORDS = "極秘の接点"
"""What stands in every body here; none of it may be read in the log."""
ENTRA_V1 = "https://sts.windows.net/"
AGENT_365 = "5a807f24-c9de-44ee-a3a7-329e88a00ffc"


@dataclass
class Stand:
    """A door with /healthz beside it, whose `handle` notes the bodies; `now` is its wall clock."""

    connector: Connector
    teams: Teams
    answer: Invoked | None = None
    error: Exception | None = None
    seen: list[Json] = field(default_factory=list[Json])
    now: float = 1_000_000.0
    _door: Door | None = None

    async def handle(self, body: Json) -> Invoked | None:
        """Notes the body."""
        self.seen.append(body)
        if self.error is not None:
            raise self.error
        return self.answer

    @property
    def door(self) -> Door:
        """Made when it is first asked for, so that a test can change `teams` before."""
        if self._door is None:
            self._door = Door(self.teams, self.handle, cloud=self.connector.cloud(), wall=lambda: self.now)
        return self._door

    def body(self, **over: object) -> Json:
        """A message as Teams sends it; None takes a field away."""
        body = Activities(self.connector.url, self.connector.tenant).message(WHO, WORDS)
        return {key: value for key, value in {**body, **over}.items() if value is not None}

    def client(self) -> httpx.AsyncClient:
        """For requests by HTTP."""
        routes = [Route(PATH, self.door.endpoint, methods=["POST"]), Route("/healthz", _healthy)]
        transport = httpx.ASGITransport(Starlette(routes=routes))
        return httpx.AsyncClient(transport=transport, base_url="http://bot")

    async def said(self, raw: bytes, headers: Mapping[bytes, bytes] | Mapping[str, str]) -> httpx.Response:
        """What a request is answered with."""
        async with self.client() as client:
            return await client.post(PATH, content=raw, headers=headers)

    def post(self, body: Json, **over: object) -> httpx.Response:
        """What an activity is answered with; `over` as in Connector.sign."""
        return asyncio.run(self.said(json.dumps(body).encode(), self.connector.sign(body, **over)))


async def _healthy(_request: Request) -> Response:
    return JSONResponse({"alive": True})


@pytest.fixture(scope="module", name="microsoft")
def _microsoft() -> Generator[Connector]:
    tenant = Tenant()
    tenant.add(WHO)
    with connector(tenant) as microsoft:
        yield microsoft


@pytest.fixture(name="stand")
def _stand(microsoft: Connector) -> Stand:
    microsoft.calls.clear()
    microsoft.faults.clear()
    microsoft.fetched, microsoft.slow_keys = 0, None
    microsoft.signed_by, microsoft.key_id = "ours", "test-key-1"
    return Stand(microsoft, Teams(APP_ID, "secret", (TENANT,)))


@dataclass
class Log:
    """Everything that was told: by structlog (to stdout in tests) and by the libraries' loggers."""

    standard: pytest.LogCaptureFixture
    printed: pytest.CaptureFixture[str]

    def text(self) -> str:
        """Since it was last asked for."""
        out, err = self.printed.readouterr()
        return f"{self.standard.text}{out}{err}"


@pytest.fixture(name="log")
def _log(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Log:
    for name in ("microsoft_teams", "bot"):
        caplog.set_level("DEBUG", name)
    return Log(caplog, capsys)


def test_a_signed_activity_is_handled_with_its_whole_body(stand: Stand) -> None:
    body = stand.body(somethingNew={"inside": [1, None]})
    answer = stand.post(body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert stand.seen == [body]


def test_an_invoke_is_answered_with_what_the_handler_gives(stand: Stand) -> None:
    stand.answer = Invoked(200, {"task": {"type": "continue", "value": {"card": {"body": []}}}})
    answer = stand.post(stand.body(type="invoke", name="task/fetch", value={}))
    assert (answer.status_code, answer.json()) == (200, stand.answer.body)


@pytest.mark.parametrize("kind", ["invoke", "event", "somethingThatTeamsHasSinceYesterday"])
def test_a_kind_that_the_sdk_does_not_know_is_handled_too(stand: Stand, kind: str) -> None:
    assert stand.post(stand.body(type=kind, name="new/kind")).status_code == 200
    assert len(stand.seen) == 1


def test_a_bug_in_the_handler_is_logged_and_answered(stand: Stand, log: Log) -> None:
    stand.error = KeyError("missing")
    assert stand.post(stand.body()).status_code == 500
    assert "teams.request_failed" in log.text()


# ---------------------------------------------------------------- tokens

NOW = int(time.time())
REFUSED: list[dict[str, object]] = [
    {"aud": "99999999-9999-9999-9999-999999999999"},
    {"iss": "https://evil.example"},
    {"exp": NOW - 3600},
    {"exp": None},
    {"serviceurl": None},
    {"serviceurl": "https://evil.example/"},
    {"signed_by": "somebody"},
    {"algorithm": "HS256"},
    {"algorithm": "none"},
    {"key_id": "unknown"},
    {"iss": f"{ENTRA_V1}{STRANGE_TENANT}/", "tid": STRANGE_TENANT, "appid": AGENT_365},
    {"iss": f"{ENTRA_V1}{TENANT}/"},
    {"iss": f"{ENTRA_V1}../../evil/", "tid": "../../evil"},
]


@pytest.mark.parametrize("over", REFUSED)
def test_a_token_that_is_not_microsofts_for_us_is_401(stand: Stand, over: dict[str, object], log: Log) -> None:
    body = stand.body()
    assert stand.post(body, **over).status_code == 401
    nothing_told(stand, body, log)


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic dTpw", "bearer é.é.é", "Bearer " + "[" * 3_000],
)
def test_what_is_no_token_is_401(stand: Stand, authorization: str, log: Log) -> None:
    body = stand.body()
    headers = {b"authorization": authorization.encode("latin-1")}
    assert asyncio.run(stand.said(json.dumps(body).encode(), headers)).status_code == 401
    nothing_told(stand, body, log)


def test_a_token_that_ended_within_five_minutes_is_good(stand: Stand) -> None:
    assert stand.post(stand.body(), exp=int(time.time()) - 200).status_code == 200


def nothing_told(stand: Stand, body: Json, log: Log) -> None:
    """Neither the handler nor the log got anything of it."""
    assert stand.seen == []
    told = log.text()
    for secret in (WORDS, WHO.name, WHO.aad, str(body.get("id")), "evil", "eyJ", "99999999", "unknown", STRANGE_TENANT):
        assert secret not in told


def test_no_variable_opens_the_door(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", "true")
    assert asyncio.run(stand.said(json.dumps(stand.body()).encode(), {})).status_code == 401
    assert stand.seen == []


def test_only_the_playground_needs_no_token(stand: Stand) -> None:
    stand.teams = Teams(APP_ID, "", (TENANT,), open=True)
    assert asyncio.run(stand.said(json.dumps(stand.body()).encode(), {})).status_code == 200
    assert len(stand.seen) == 1


# ---------------------------------------------------------------- whose activity it is


@pytest.mark.parametrize(
    "over",
    [
        {"channelData": {"tenant": {"id": STRANGE_TENANT}}},
        {"channelData": {}, "conversation": {"id": "a:1", "tenantId": STRANGE_TENANT}},
        {"channelData": {}, "conversation": {"id": "a:1"}},
        {"channelData": [], "conversation": 5},
        {"serviceUrl": None},
        {"serviceUrl": ""},
        {"channelId": "webchat"},
        {"channelId": None},
    ],
)
def test_another_tenant_channel_or_no_service_url_is_403(stand: Stand, over: dict[str, object], log: Log) -> None:
    body = stand.body(**over)
    assert stand.post(body).status_code == 403
    nothing_told(stand, body, log)


def test_a_service_url_that_is_not_microsofts_is_refused_even_when_it_is_signed(stand: Stand) -> None:
    assert stand.post(stand.body(serviceUrl="https://webchat.botframework.com/")).status_code == 403
    assert stand.post(stand.body(serviceUrl="https://smba.trafficmanager.net/jp/")).status_code == 200


def test_a_tenant_is_known_by_its_id_in_any_case(stand: Stand) -> None:
    assert stand.post(stand.body(channelData={"tenant": {"id": TENANT.upper()}})).status_code == 200


# ---------------------------------------------------------------- size and shape


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b'"text"', b"5", b"null", b"{}", b'{"type": 5}', b'{"type": "message", "id": 5}',
        b'{"type": "message", "service_url": 5}', b"\xff\xfe", b"[" * 100_000, b'{"type":' * 20_000,
    ],
)  # fmt: skip
def test_what_is_no_activity_is_400(stand: Stand, raw: bytes, log: Log) -> None:
    headers = stand.connector.sign(stand.body())
    assert asyncio.run(stand.said(raw, headers)).status_code == 400
    assert stand.seen == []
    assert "type" not in log.text()


def test_a_huge_body_is_413(stand: Stand) -> None:
    body = stand.body(text="あ" * 400_000)
    assert stand.post(body).status_code == 413
    assert stand.seen == []


# ---------------------------------------------------------------- keys


def test_slow_keys_stop_nothing_else(stand: Stand) -> None:
    stand.connector.slow_keys = threading.Event()

    async def meanwhile() -> tuple[bool, int, list[int]]:
        async with stand.client() as client:
            bodies = [stand.body() for _ in range(3)]
            posts = [
                asyncio.create_task(client.post(PATH, json=body, headers=stand.connector.sign(body))) for body in bodies
            ]
            health = [(await client.get("/healthz")).status_code for _ in range(20)]
            waited = not any(post.done() for post in posts)
            assert stand.connector.slow_keys is not None
            stand.connector.slow_keys.set()
            return waited, max(health), [(await post).status_code for post in posts]

    assert asyncio.run(meanwhile()) == (True, 200, [200, 200, 200])
    assert stand.connector.fetched == 1


def test_keys_are_fetched_once_and_anew_beside_the_work(stand: Stand) -> None:
    async def story() -> list[int]:
        async with stand.client() as client:

            async def post() -> int:
                body = stand.body()
                return (await client.post(PATH, json=body, headers=stand.connector.sign(body))).status_code

            first = [await post() for _ in range(5)]
            assert stand.connector.fetched == 1
            stand.now += YOUNG_SECONDS
            later = [await post() for _ in range(5)]
            tenant = stand.connector.tenant
            await asyncio.to_thread(tenant.until, lambda: len(stand.connector.called("keys")) == 2, "keys anew")
            await stand.door.close()
            return [*first, *later]

    assert asyncio.run(story()) == [200] * 10


def one_loop(stand: Stand, *steps: Callable[[], int | None]) -> list[int]:
    """The statuses of posts between which the world changes; keys live in one event loop."""

    async def story() -> list[int]:
        found: list[int] = []
        async with stand.client() as client:
            for step in steps:
                step()
                body = stand.body()
                signed = stand.connector.sign(body, signed_by=stand.connector.signed_by, key_id=stand.connector.key_id)
                found.append((await client.post(PATH, json=body, headers=signed)).status_code)
        return found

    return asyncio.run(story())


def test_a_new_key_of_microsofts_is_found(stand: Stand) -> None:
    def rotated() -> None:
        stand.connector.signed_by, stand.connector.key_id = "next", "test-key-2"
        stand.now += PAUSE_SECONDS

    assert one_loop(stand, lambda: None, rotated) == [200, 200]


def test_invented_keys_make_no_fetches(stand: Stand) -> None:
    async def flood() -> set[int]:
        async with stand.client() as client:
            body = stand.body()
            forged = [stand.connector.sign(body, key_id=f"invented-{number}") for number in range(20)]
            return {(await client.post(PATH, json=body, headers=each)).status_code for each in forged}

    assert asyncio.run(flood()) == {401}
    assert stand.connector.fetched == 1


def test_without_any_keys_nobody_is_known_and_nobody_waits_long(stand: Stand) -> None:
    stand.connector.fail("keys", times=2)

    def still_out() -> None:
        stand.now += OUTAGE_SECONDS / 2

    def back() -> None:
        stand.now += OUTAGE_SECONDS

    # the second doesn't even ask; the third finds the second failure, the fourth the keys
    assert one_loop(stand, lambda: None, still_out, back, back) == [503, 503, 503, 200]
    assert len(stand.connector.called("keys")) == 3


def test_keys_serve_a_day_through_an_outage(stand: Stand) -> None:
    def hours(seconds: int) -> Callable[[], None]:
        def later() -> None:
            stand.connector.fail("keys")
            stand.now += seconds

        return later

    assert one_loop(stand, lambda: None, hours(YOUNG_SECONDS), hours(OLD_SECONDS)) == [200, 200, 503]


# ---------------------------------------------------------------- tokens that Entra issued (Agent 365)


def entra(stand: Stand, tenant: str, **over: object) -> dict[str, object]:
    """Claims as Entra makes them, which name no service URL."""
    issuer = f"{stand.connector.cloud().login_endpoint}/{tenant}/v2.0"
    return {"iss": issuer, "tid": tenant, "azp": AGENT_365, "serviceurl": None, **over}


def test_a_token_of_entra_is_taken_for_its_own_tenant_only(stand: Stand) -> None:
    stand.teams = Teams(APP_ID, "secret", (TENANT, "second"))
    assert stand.post(stand.body(), **entra(stand, TENANT)).status_code == 200
    assert stand.post(stand.body(channelData={"tenant": {"id": "second"}}), **entra(stand, TENANT)).status_code == 403
    assert stand.post(stand.body(serviceUrl=None), **entra(stand, TENANT)).status_code == 403
    assert stand.post(stand.body(), **entra(stand, STRANGE_TENANT)).status_code == 401
    assert stand.post(stand.body(), **entra(stand, TENANT, azp="another app")).status_code == 401
    assert len(stand.seen) == 1
