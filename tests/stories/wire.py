"""What stories do below the page: another alliance, Slack's own payloads once more or forged, what the file holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from copy import deepcopy

import httpx

from bot.practice.delivery import Kind, signed_request
from tests.home import Home, Json
from tests.playhouse import House


def found(home: Home, who: str, room: str, name: str) -> None:
    """Found an alliance called `name` by its form."""
    home.start(who, room, "/alliance 新規")
    assert home.submit(who, {"name": name})["ok"]


def recent(home: Home, who: str, word: str = "取り消し") -> str:
    """What that person's entries of the last 24 h are, in words."""
    return home.say(who, word).words


def deliveries(home: House, kind: Kind) -> list[Json]:
    """What Slack delivered to the bot so far, oldest first."""
    entries = home.client.get(f"{home.base}/practice/log").json()["entries"]
    return [entry for entry in entries if entry["kind"] == "delivery" and entry["delivery"] == kind]


def again(home: House, who: str, kind: Kind) -> Json:
    """Slack delivers the newest payload of that kind once more; what the bot answers to that."""
    home.act(who, "redeliver", n=deliveries(home, kind)[-1]["n"], attempt=1)
    return deliveries(home, kind)[-1]


def forged(home: House, kind: Kind, change: Callable[[Json], None]) -> httpx.Response:
    """The newest payload of that kind, changed by `change`, signed and sent."""
    payload = deepcopy(deliveries(home, kind)[-1]["payload"])
    change(payload)
    body, headers = signed_request(home.practice.workspace, kind, payload)
    return home.client.post(f"{home.base}/slack/events", content=body.encode(), headers=headers)


def file_of(home: Home) -> str:
    """The path of the bot's own database."""
    return home.product.settings.database_url.removeprefix("sqlite:///")


def counted(home: Home) -> dict[str, int]:
    """How many records of each sort there are."""
    tables = ("entry", "touchpoint", "next_step", "friction", "alliance", "planned_meeting", "member", "revision")
    with closing(sqlite3.connect(file_of(home))) as file:
        return {name: file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # noqa: S608


def three_minutes_pass(home: Home) -> None:
    """What a dead process held is free again when its lease is over; nobody waits for that here."""
    with closing(sqlite3.connect(file_of(home))) as file, file:
        file.execute("UPDATE outbox SET lease_until = '2020-01-01 00:00:00' WHERE lease_until IS NOT NULL")


@contextmanager
def locked(home: Home) -> Generator[None]:
    """Another program holds the write lock of the database."""
    with closing(sqlite3.connect(file_of(home), isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")
