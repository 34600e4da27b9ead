"""Calls to Microsoft: in time, again where that helps, never to a stranger, and JSON as it was given."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import pytest
from microsoft_teams.api.auth.cloud_environment import PUBLIC

from bot.payload import Json
from bot.settings import Teams
from bot.teams.connection import DELIVERY_RETRY, INTERACTIVE_RETRY, CallFailed, Connection, Retry, trusted
from bot.teams.references import Reference
from bot.teams.tokens import GivenTokens, Login
from tests.connector import Connector, connector
from tests.tenant import APP_ID, BOT, STRANGE_TENANT, TENANT, Person, Post, Room, Tenant, aad

WHO, STRANGER = Person(aad(1), "田中 真希"), Person(aad(9), "Nina Nova", tenant=STRANGE_TENANT)
CHANNEL = Room("19:nova@thread.tacv2", "提携-ノヴァ", (WHO.aad,))
CROWD = Room("19:crowd@thread.v2", "全員", tuple(aad(number) for number in range(100, 750)), kind="groupChat")
OURS = Teams(APP_ID, "secret", (TENANT,))
HASTE = Retry(tries=4, base=0.01, longest=0.02, waits=0.2)
SAID: Json = {"type": "message", "text": "接点", "somethingNew": {"empty": None, "list": []}}

Result = TypeVar("Result")


@pytest.fixture(scope="module", name="running")
def _running() -> Generator[Connector]:
    tenant = Tenant()
    tenant.add(WHO, STRANGER, CHANNEL, CROWD, *(Person(each, "誰か") for each in CROWD.members))
    with connector(tenant) as microsoft:
        yield microsoft


@pytest.fixture(name="microsoft")
def _microsoft(running: Connector) -> Connector:
    running.calls.clear()
    running.faults.clear()
    running.tenant.posts.clear()
    return running


def chat(microsoft: Connector) -> Reference:
    """The 1:1 chat with WHO."""
    return Reference(TENANT, "direct", WHO.aad, microsoft.tenant.direct(WHO.aad), microsoft.url, user=WHO.mri)


def channel(microsoft: Connector, thread: str = "") -> Reference:
    """The channel, or a thread in it."""
    place = f"{CHANNEL.id};messageid={thread}" if thread else CHANNEL.id
    return Reference(TENANT, "room", CHANNEL.id, place, microsoft.url)


def calling(
    microsoft: Connector,
    work: Callable[[Connection], Awaitable[Result]],
    *,
    retry: Retry = HASTE,
    seconds: float = 5.0,
) -> Result:
    """What `work` gives with a connection of its own."""

    async def inside() -> Result:
        connection = Connection(
            OURS, GivenTokens(microsoft.token), cloud=microsoft.cloud(), seconds=seconds, retry=retry
        )
        try:
            return await work(connection)
        finally:
            await connection.close()

    return asyncio.run(inside())


def failing(
    microsoft: Connector,
    work: Callable[[Connection], Awaitable[object]],
    *,
    retry: Retry = HASTE,
    seconds: float = 5.0,
) -> CallFailed:
    """How `work` fails."""
    with pytest.raises(CallFailed) as failure:
        calling(microsoft, work, retry=retry, seconds=seconds)
    return failure.value


# ---------------------------------------------------------------- what is said


def test_json_goes_out_as_it_was_given_and_is_changed_and_taken_away(microsoft: Connector) -> None:
    where = chat(microsoft)
    number = calling(microsoft, lambda line: line.send(where, SAID))
    post = microsoft.tenant.post(where.conversation, number)
    assert post is not None
    assert post.activity == SAID
    calling(microsoft, lambda line: line.update(where, number, {**SAID, "text": "済"}))
    assert post.activity["text"] == "済"
    calling(microsoft, lambda line: line.delete(where, number))
    assert post.deleted


def test_an_answer_without_an_id_is_fine(microsoft: Connector) -> None:
    assert calling(microsoft, lambda line: line.send(chat(microsoft), {"type": "typing"})) == ""


def test_a_thread_is_kept_and_a_targeted_message_has_one_reader(microsoft: Connector) -> None:
    where = channel(microsoft, "1795")
    number = calling(microsoft, lambda line: line.targeted(where, WHO.mri, SAID))
    post = microsoft.tenant.post(where.conversation, number)
    assert post is not None
    assert (post.conversation, post.only) == (where.conversation, WHO.mri)
    calling(microsoft, lambda line: line.update(where, number, SAID, targeted=True))
    calling(microsoft, lambda line: line.delete(where, number, targeted=True))
    assert post.deleted


def test_a_chat_is_opened(microsoft: Connector) -> None:
    where = chat(microsoft)
    assert calling(microsoft, lambda line: line.open_direct(TENANT, where.address, WHO.aad)) == where.conversation
    error = failing(microsoft, lambda line: line.open_direct(TENANT, where.address, STRANGER.aad))
    assert (error.reason, error.status) == ("BotNotInConversationRoster", 403)


def test_members_come_in_pages_up_to_a_limit(microsoft: Connector) -> None:
    crowd = Reference(TENANT, "room", CROWD.id, CROWD.id, microsoft.url)
    for limit, number, more in ((1000, 650, False), (650, 650, False), (649, 649, True), (200, 200, True)):
        members, cut = calling(microsoft, lambda line, limit=limit: line.members(crowd, limit))
        assert (len(members), cut) == (number, more)
    assert calling(microsoft, lambda line: line.member(channel(microsoft, "1"), WHO.mri)) == WHO.member


def test_an_id_never_leads_to_another_path(microsoft: Connector) -> None:
    for evil in ("../../members", "..", "", "a/b?x=1#y", "%2e%2e"):
        failing(microsoft, lambda line, evil=evil: line.update(chat(microsoft), evil, SAID))
        failing(microsoft, lambda line, evil=evil: line.member(chat(microsoft), evil))
    assert {call.name for call in microsoft.calls} <= {"update", "member"}
    assert {call.conversation for call in microsoft.calls} == {chat(microsoft).conversation}


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "MessageWritesBlocked", "MessageWritesBlocked"),
        (403, "", "forbidden"),
        (404, "ConversationNotFound", "ConversationNotFound"),
        (404, "", "not_found"),
        (413, "", "too_large"),
        (400, "a sentence, not a code", "refused"),
        (501, "DeleteActivityAPINotImplemented", "DeleteActivityAPINotImplemented"),
        (500, "ServiceError", "server_error"),
        (503, "", "server_error"),
    ],
)
def test_a_refusal_is_told_once_in_microsofts_words(microsoft: Connector, status: int, code: str, reason: str) -> None:
    microsoft.fail("post", status, code)
    error = failing(microsoft, lambda line: line.send(chat(microsoft), SAID))
    assert (error.reason, error.status) == (reason, status)
    assert len(microsoft.called("post")) == 1


@pytest.mark.parametrize("status", [412, 429, 502, 504])
def test_what_microsoft_asks_to_try_again_is_tried_again(microsoft: Connector, status: int) -> None:
    microsoft.fail("post", status)
    assert calling(microsoft, lambda line: line.send(chat(microsoft), SAID))
    assert len(microsoft.called("post")) == 2
    assert len(microsoft.tenant.posts) == 1


@pytest.mark.parametrize(
    ("status", "reason", "posts", "updates"),
    [
        (412, "server_error", 4, 4),
        (429, "rate_limited", 4, 4),
        (502, "server_error", 2, 4),
        (504, "server_error", 2, 4),
    ],
)
def test_tries_are_counted_and_a_message_is_never_sent_a_third_time(
    microsoft: Connector, status: int, reason: str, posts: int, updates: int
) -> None:
    microsoft.fail("*", status, times=100)
    assert failing(microsoft, lambda line: line.send(chat(microsoft), SAID)).reason == reason
    assert failing(microsoft, lambda line: line.update(chat(microsoft), "1", SAID)).reason == reason
    assert (len(microsoft.called("post")), len(microsoft.called("update"))) == (posts, updates)


def test_a_retry_after_is_kept(microsoft: Connector) -> None:
    microsoft.fail("post", 429, retry_after="1")
    began = time.monotonic()
    assert calling(microsoft, lambda line: line.send(chat(microsoft), SAID), retry=replace(HASTE, waits=3.0))
    assert time.monotonic() - began >= 1.0


def test_a_retry_after_that_is_too_long_goes_to_the_caller(microsoft: Connector) -> None:
    microsoft.fail("post", 429, retry_after="30")
    error = failing(microsoft, lambda line: line.send(chat(microsoft), SAID))
    assert (error.reason, error.after) == ("rate_limited", 30.0)
    assert len(microsoft.called("post")) == 1


def test_pauses_grow_have_jitter_and_end(microsoft: Connector) -> None:
    """As they are in production, by what they may be at most."""
    for retry in (INTERACTIVE_RETRY, DELIVERY_RETRY):
        pauses = [min(retry.base * 2**number, retry.longest) for number in range(retry.tries - 1)]
        assert pauses == sorted(pauses)
        assert pauses[0] <= retry.waits
    began = time.monotonic()
    microsoft.fail("post", 429, times=100)
    failing(microsoft, lambda line: line.send(chat(microsoft), SAID), retry=Retry(tries=100, base=0.05, waits=0.3))
    assert time.monotonic() - began < 30  # a hundred tries would take minutes
    assert 2 <= len(microsoft.called("post")) < 20


@pytest.mark.parametrize("how", ["hang_before", "hang_after"])
def test_a_silent_microsoft_is_not_waited_for(microsoft: Connector, how: str) -> None:
    microsoft.fail("post", how=how)  # pyright: ignore[reportArgumentType]
    error = failing(microsoft, lambda line: line.send(chat(microsoft), SAID), seconds=0.3)
    assert error.reason == "timeout"
    assert len(microsoft.called("post")) == 1


def test_a_broken_line_is_told_and_nothing_is_said_twice(microsoft: Connector) -> None:
    microsoft.fail("post", how="cut_after")
    assert failing(microsoft, lambda line: line.send(chat(microsoft), SAID)).reason == "connection_reset"
    assert len(microsoft.tenant.posts) == 1


@contextmanager
def listener(drip: bytes = b"") -> Generator[str]:
    """An address where connections are taken and nothing is answered, or `drip` again and again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()
        taken: list[socket.socket] = []

        def answer() -> None:
            server.settimeout(10)
            while not ended.is_set():
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                taken.append(line)
                while drip and not ended.wait(0.05):
                    try:
                        line.sendall(drip)
                    except OSError:
                        break

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        ended.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        for line in taken:
            line.close()


def test_an_answer_in_drops_ends_in_time(microsoft: Connector) -> None:
    with listener(b"HTTP/1.1 200 OK\r\nx: y\r\n") as address:
        where = replace(chat(microsoft), address=f"http://{address}/")
        assert failing(microsoft, lambda line: line.send(where, SAID), seconds=0.5).reason == "timeout"


def test_nobody_there_is_never_sent(microsoft: Connector) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    where = replace(chat(microsoft), address=f"http://127.0.0.1:{port}/")
    assert failing(microsoft, lambda line: line.send(where, SAID)).reason == "connection_failed"


# ---------------------------------------------------------------- who gets our token


@pytest.mark.parametrize(
    "address",
    [
        "https://smba.trafficmanager.net/jp/",
        "https://SMBA.trafficmanager.net:443/emea",
        "https://smba.infra.gcc.teams.microsoft.com/gcc",
        "https://smba.onyx.prod.teams.trafficmanager.net/jp",
    ],
)
def test_microsofts_addresses_are_called(address: str) -> None:
    assert trusted(address, loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "smba.trafficmanager.net",
        "http://smba.trafficmanager.net/jp/",
        "https://smba.trafficmanager.net:8443/",
        "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net\r\n.evil.example/",
        "https://webchat.botframework.com/",
        "https://127.0.0.1/",
        "http://localhost:3978/",
        "https://[::1/",
        "file:///etc/passwd",
    ],
)
def test_a_stranger_never_gets_our_token(microsoft: Connector, address: str) -> None:
    assert not trusted(address, loopback=False)
    asked: list[str] = []

    def token(scope: str, _tenant: str | None) -> str:
        asked.append(scope)
        return "secret"

    async def call() -> str:
        line = Connection(OURS, GivenTokens(token), cloud=PUBLIC)
        try:
            return await line.send(replace(chat(microsoft), address=address), SAID)
        finally:
            await line.close()

    with pytest.raises(CallFailed, match="foreign_address"):
        asyncio.run(call())
    assert asked == []


def test_the_playground_gets_no_token_and_production_never_calls_it() -> None:
    for is_open in (True, False):
        line = Connection(replace(OURS, open=is_open), GivenTokens())
        assert line.trusts("http://127.0.0.1:56150/_connector") is is_open
        assert asyncio.run(line.token()) == ""
        asyncio.run(line.close())


# ---------------------------------------------------------------- our token


class Renewed:
    """Tokens of which the second is good."""

    def __init__(self, microsoft: Connector) -> None:
        self._microsoft, self._good = microsoft, False

    async def get_app_token(self, scope: str, tenant_id: str | None) -> str:
        assert scope == PUBLIC.bot_scope
        return self._microsoft.token(scope, tenant_id) if self._good else "old"

    def forget(self) -> None:
        self._good = True

    def close(self) -> None: ...


def test_a_token_that_is_refused_is_fetched_anew_once(microsoft: Connector) -> None:
    async def call(tokens: Renewed | GivenTokens) -> str:
        line = Connection(OURS, tokens, cloud=microsoft.cloud(), retry=HASTE)
        try:
            return await line.send(chat(microsoft), SAID)
        finally:
            await line.close()

    assert asyncio.run(call(Renewed(microsoft)))
    with pytest.raises(CallFailed) as failure:
        asyncio.run(call(GivenTokens(lambda _scope, _tenant: "old")))
    assert (failure.value.reason, failure.value.code) == ("unauthorized", "AuthorizationFailed")
    assert len(microsoft.called("post")) == 4


def test_a_silent_login_stops_nothing_and_sends_nothing(microsoft: Connector) -> None:
    """MSAL waits in a thread of its own; Entra's answer never comes."""
    with listener() as address:
        login = Login(APP_ID, "secret", TENANT, replace(PUBLIC, login_endpoint=f"https://{address}"), seconds=0.4)

        async def call() -> tuple[CallFailed, int]:
            line = Connection(OURS, login, cloud=microsoft.cloud(), seconds=5.0, retry=replace(HASTE, tries=1))
            sending = asyncio.create_task(line.send(chat(microsoft), SAID))
            turns = 0
            while not sending.done():
                turns += 1
                await asyncio.wait({sending}, timeout=0.01)
            await line.close()
            error = sending.exception()
            assert isinstance(error, CallFailed)
            return error, turns

        error, turns = asyncio.run(call())
        login.close()
    assert error.reason == "connection_failed"
    assert turns > 10
    assert microsoft.called("post") == []


def test_microsofts_word_for_a_wrong_secret_is_kept() -> None:
    """Not an https address: MSAL refuses it as it refuses an unknown tenant, with a ValueError."""

    async def ask() -> str:
        login = Login(APP_ID, "secret", TENANT, replace(PUBLIC, login_endpoint="http://127.0.0.1:1"))
        line = Connection(OURS, login)
        try:
            return await line.token()
        finally:
            await line.close()
            login.close()

    with pytest.raises(CallFailed, match="unauthorized"):
        asyncio.run(ask())


def test_a_post_of_ours_is_known_by_its_author(microsoft: Connector) -> None:
    number = calling(microsoft, lambda line: line.send(chat(microsoft), SAID))
    post = microsoft.tenant.post(chat(microsoft).conversation, number)
    assert isinstance(post, Post)
    assert post.author == BOT
