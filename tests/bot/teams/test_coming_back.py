"""A team takes the bot in again: every channel of it is reached again, and one that can't be asked stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.teams.channels import Channels
from bot.teams.references import Known, Reference
from scheduler.ports import Address, Reading
from storage import people
from storage.db import StorageBusy, unit_of_work
from tests import factories
from tests.bot.teams.stage import GUEST, INSIDE, OPEN, TANAKA, Json, Stage, staged
from tests.tenant import BOT, TEAM, TENANT, Room

GENERAL = Room(TEAM, "", ())


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        with unit_of_work(stage.database) as session:
            place = people.workspace(session, "teams", TENANT)
            assert place is not None
            for room in (INSIDE, OPEN):
                factories.room(session, place, external=room.id)
        yield stage


def closed(stage: Stage, room: Room, reason: str = "not_in_channel") -> Reference:
    """The bot was heard in a room, and nothing arrives there any more."""
    reference = Reference(TENANT, "room", room.id, room.id, stage.connector.url)
    stage.runner.run(stage.references.remember(reference))
    stage.runner.run(stage.references.dead(reference, reason))
    return reference


def dead(stage: Stage, room: Room) -> str | None:
    known = stage.runner.run(stage.references.known(TENANT, "room", room.id))
    return None if known is None else known.dead


def added(stage: Stage) -> Json:
    """The bot is among those who came to the team."""
    return {**stage.does.team_update(TANAKA, event="teamMemberAdded"), "membersAdded": [{"id": BOT}]}


def installed(stage: Stage) -> Json:
    """The app was added to the team, as the newer event has it."""
    return stage.does.install(TANAKA, room=GENERAL)


@pytest.mark.parametrize("event", [added, installed])
def test_with_the_bot_every_channel_of_the_team_comes_back(stage: Stage, event: Callable[[Stage], Json]) -> None:
    reference = closed(stage, INSIDE)
    stage.take(event(stage))
    known = stage.runner.run(stage.references.known(TENANT, "room", INSIDE.id))
    assert known == Known(reference)
    assert (TENANT, INSIDE.id) in stage.script.rooms


def test_a_channel_of_another_team_is_found_out_when_it_is_asked(stage: Stage) -> None:
    closed(stage, OPEN)
    stage.connector.tenant.not_in.add(OPEN.id)
    stage.take(added(stage))
    read = stage.routes.inbound.audience.read(Address("teams", TENANT, "", room=OPEN.id))
    assert stage.runner.run(read) == Reading("gone", "not_in_channel")
    assert dead(stage, OPEN) == "not_in_channel"


def test_what_is_closed_for_another_reason_stays_so(stage: Stage) -> None:
    closed(stage, INSIDE, "channel_not_found")
    chat = Reference(TENANT, "direct", TANAKA.aad, "a:1", stage.connector.url)
    stage.runner.run(stage.references.remember(chat))
    stage.runner.run(stage.references.dead(chat, "not_installed"))
    stage.take(added(stage))
    assert dead(stage, INSIDE) == "channel_not_found"
    assert stage.runner.run(stage.references.direct(TENANT, TANAKA.aad)) is None


def test_other_people_who_come_open_nothing(stage: Stage) -> None:
    closed(stage, INSIDE)
    stage.take(stage.does.team_update(TANAKA, event="teamMemberAdded", added=(GUEST,)))
    stage.take(stage.does.install(TANAKA))
    stage.take(stage.does.install(TANAKA, room=GENERAL, action="remove"))
    assert dead(stage, INSIDE) == "not_in_channel"


@pytest.mark.parametrize("error", [StorageBusy("locked"), LookupError("a bug")])
def test_a_room_that_fails_stops_no_other(stage: Stage, error: Exception) -> None:
    told: list[str] = []

    async def changed(_: str, room: str) -> None:
        told.append(room)
        if room == INSIDE.id:
            raise error

    stage.runner.run(Channels(stage.database, changed).look(TENANT))
    assert told == [INSIDE.id, OPEN.id]
