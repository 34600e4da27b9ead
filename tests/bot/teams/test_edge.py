"""Teams joined with the rest: what comes in by HTTP is answered in the chat, and Slack alone never pays for it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from bot.app import Product, build
from bot.payload import Json, text_at
from bot.platform import Edge, Ports
from bot.settings import Settings, Teams
from bot.teams.door import PATH
from bot.teams.edge import TeamsEdge, connect
from bot.web import web
from tests import factories
from tests.activities import Activities
from tests.connector import Connector, connector
from tests.tenant import APP_ID, STRANGE_TENANT, TENANT, Person, Post, Tenant, aad

WHO = Person(aad(1), "田中 真希")
TOP = Path(__file__).parents[3]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Installed:
    """A whole installation with Teams alone; `by_http` runs it."""

    microsoft: Connector
    folder: Path

    def _connected(self, settings: Settings, ports: Ports) -> Edge:
        assert settings.teams is not None
        return connect(settings.teams, ports, cloud=self.microsoft.cloud(), token=self.microsoft.token)

    def by_http(self, work: Callable[[httpx.AsyncClient, Product], Awaitable[Result]]) -> Result:
        """What `work` gives with a client of an opened installation, which is closed afterwards."""

        async def inside() -> Result:
            settings = Settings(
                database_url=f"sqlite:///{self.folder / 'kakehashi.db'}", teams=Teams(APP_ID, "secret", (TENANT,))
            )
            product = build(
                settings, clock=lambda: datetime(2026, 11, 20, 1, tzinfo=UTC), platforms={"teams": self._connected}
            )
            await product.open()
            try:
                transport = httpx.ASGITransport(web(product))
                async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
                    return await work(client, product)
            finally:
                await product.close()

        return asyncio.run(inside())

    def message(self, text: str) -> Json:
        """Words in the 1:1 chat."""
        return Activities(self.microsoft.url, self.microsoft.tenant).message(WHO, text)

    async def post(self, client: httpx.AsyncClient, body: Json, **over: object) -> httpx.Response:
        """An activity as Teams sends it."""
        return await client.post(PATH, json=body, headers=self.microsoft.sign(body, **over))

    def answers(self) -> list[Post]:
        """What the bot has said."""
        return [each for each in self.microsoft.tenant.posts if each.by_bot]


@pytest.fixture(name="installed")
def _installed(tmp_path: Path) -> Generator[Installed]:
    factories.database(tmp_path).close()
    tenant = Tenant()
    tenant.add(WHO)
    with connector(tenant) as microsoft:
        yield Installed(microsoft, tmp_path)


def test_words_are_answered_with_a_card_in_the_chat(installed: Installed) -> None:
    body = installed.message("ヘルプ")
    assert installed.by_http(lambda client, _: installed.post(client, body)).status_code == 200
    said = installed.answers()
    assert {each.conversation for each in said} == {text_at(body, "conversation", "id")}
    assert all(each.card for each in said)


def test_the_same_activity_twice_is_answered_once(installed: Installed) -> None:
    body = installed.message("ヘルプ")

    async def twice(client: httpx.AsyncClient, _product: Product) -> list[int]:
        first = await installed.post(client, body)
        said = len(installed.answers())
        second = await installed.post(client, body)
        assert len(installed.answers()) == said > 0
        return [first.status_code, second.status_code]

    assert installed.by_http(twice) == [200, 200]


def test_what_is_refused_at_the_door_is_answered_by_nobody(installed: Installed) -> None:
    body = installed.message("ヘルプ")
    foreign = {**body, "channelData": {"tenant": {"id": STRANGE_TENANT}}}

    async def refused(client: httpx.AsyncClient, _product: Product) -> list[int]:
        answers = [
            await installed.post(client, body, aud="another"),
            await installed.post(client, foreign),
            await client.post(PATH, json=body),
            await client.get(PATH),
        ]
        return [each.status_code for each in answers]

    assert installed.by_http(refused) == [401, 403, 401, 405]
    assert installed.microsoft.called() == []


def test_no_variable_takes_requests_without_a_token(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the SDK reads when its options are left open: none of it counts."""
    monkeypatch.setenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", "1")
    monkeypatch.setenv("CLIENT_ID", "another")
    monkeypatch.setenv("CLOUD", "China")
    body = installed.message("ヘルプ")

    async def both(client: httpx.AsyncClient, _product: Product) -> list[int]:
        return [(await client.post(PATH, json=body)).status_code, (await installed.post(client, body)).status_code]

    assert installed.by_http(both) == [401, 200]


def test_slow_keys_stop_neither_health_nor_the_rest(installed: Installed) -> None:
    installed.microsoft.slow_keys = slow = threading.Event()

    async def meanwhile(client: httpx.AsyncClient, _product: Product) -> tuple[int, bool, int]:
        waiting = asyncio.create_task(installed.post(client, installed.message("ヘルプ")))
        health = [(await client.get("/healthz")).status_code for _ in range(10)]
        still = not waiting.done()
        slow.set()
        return max(health), still, (await waiting).status_code

    assert installed.by_http(meanwhile) == (200, True, 200)


def test_its_places_are_the_allowed_tenants(installed: Installed) -> None:
    async def places(_client: httpx.AsyncClient, product: Product) -> list[tuple[str, str]]:
        edge = product.edges["teams"]
        assert isinstance(edge, TeamsEdge)
        return [(place.tenant, place.bot_user) for place in await edge.places()]

    assert installed.by_http(places) == [(TENANT, f"28:{APP_ID}")]


def test_without_teams_nothing_of_microsofts_is_loaded(tmp_path: Path) -> None:
    loaded = (
        "import sys; from bot.app import build; from bot.settings import Settings, Slack;"
        f"build(Settings(database_url='sqlite:///{tmp_path / 'x.db'}', slack=Slack('xoxb-1', 's', '', 'http://x/')));"
        "print([name for name in sys.modules if name.startswith(('microsoft_teams', 'msal', 'jwt', 'bot.teams'))])"
    )
    told = subprocess.run([sys.executable, "-c", loaded], cwd=TOP, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_with_teams_nothing_is_said_at_the_start(tmp_path: Path) -> None:
    """Not even the SDK's note on a preview."""
    loaded = (
        "from bot.app import build; from bot.settings import Settings, Teams;"
        f"build(Settings(database_url='sqlite:///{tmp_path / 'x.db'}', teams=Teams('a', 'b', ('c',))))"
    )
    told = subprocess.run([sys.executable, "-c", loaded], cwd=TOP, capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("", "")
