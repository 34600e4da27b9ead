"""References of a tenant: remembered, found, dead and alive again; strangers' tenants leave nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.teams.references import Known, Reference, References
from storage.db import Database
from storage.models import Conversation
from tests import factories
from tests.factories import MONDAY

SATO = Reference("t1", "direct", "aad-1", "a:1", "https://smba.trafficmanager.net/jp/", user="29:1")
ROOM = Reference("t1", "room", "19:x@thread.tacv2", "19:x@thread.tacv2", SATO.address, sort="standard")


@pytest.fixture(name="database")
def _database(tmp_path: Path) -> Iterator[Database]:
    database = factories.database(tmp_path)
    with database.writing() as session:
        factories.workspace(session, factories.organisation(session).id, platform="teams", tenant="t1")
        session.commit()
    yield database
    database.close()


@pytest.fixture(name="references")
def _references(database: Database) -> References:
    return References(database, lambda: MONDAY)


def test_what_was_heard_from_is_found_again(references: References) -> None:
    async def found() -> tuple[Reference | None, Known | None]:
        return await references.direct("t1", "aad-1"), await references.known("t1", "room", ROOM.external)

    async def life() -> list[Reference | Known | None]:
        before = await found()
        await references.remember(SATO)
        await references.remember(ROOM)
        return [*before, *await found()]

    assert asyncio.run(life()) == [None, None, SATO, Known(ROOM)]
    assert asyncio.run(references.address("t1")) == SATO.address


def test_a_dead_one_is_known_but_no_way_to_anybody_until_it_is_heard_from(references: References) -> None:
    async def life() -> tuple[Reference | None, Known | None, Reference | None]:
        await references.remember(SATO)
        await references.dead(SATO, "blocked")
        dead, known = await references.direct("t1", "aad-1"), await references.known("t1", "direct", "aad-1")
        await references.remember(SATO)
        return dead, known, await references.direct("t1", "aad-1")

    assert asyncio.run(life()) == (None, Known(SATO, "blocked"), SATO)


def test_nothing_is_written_for_what_is_known_of_the_same_day(database: Database) -> None:
    now = [MONDAY]
    references = References(database, lambda: now[0])
    asyncio.run(references.remember(SATO))
    now[0] += timedelta(hours=23)
    asyncio.run(references.remember(SATO))
    assert _seen(database) == MONDAY
    asyncio.run(references.remember(replace(SATO, address="https://smba.trafficmanager.net/emea/")))
    assert _seen(database) == now[0]


def test_the_tenant_of_a_stranger_leaves_nothing(database: Database, references: References) -> None:
    strange = replace(SATO, tenant="t2")
    asyncio.run(references.remember(strange))
    asyncio.run(references.dead(strange, "blocked"))
    assert asyncio.run(references.known("t2", "direct", "aad-1")) is None
    assert asyncio.run(references.address("t2")) == ""
    with database.reading() as session:
        assert session.exec(select(Conversation)).all() == []


def _seen(database: Database) -> object:
    with database.reading() as session:
        return session.exec(select(Conversation.seen_at)).one()
