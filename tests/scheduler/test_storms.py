"""Whatever goes wrong at whichever call: in direct chats nothing is lost, said twice or left wrong."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from handlers.message import spoken
from scheduler.ports import SendLater, SendUnknown
from tests.fakes import Fault, Killed
from tests.scheduler.world import LEASE_OVER, World

ROWS = 12


def _fault(dice: random.Random) -> Fault | None:
    acted = dice.random() < 0.5
    match dice.randrange(8):
        case 0:
            return Fault(SendLater("rate_limited", after=5))
        case 1:
            return Fault(SendUnknown("timeout"), acted)
        case 2:
            return Fault(Killed(), acted)
        case 3:
            return Fault(ValueError("bug"), acted)
        case _:
            return None


def _storm(here: World, dice: random.Random) -> None:
    keys = iter(range(ROWS))
    for _ in range(30):
        for key in [next(keys, None) for _ in range(dice.randrange(3))]:
            if key is not None:
                here.put(f"k{key}", member=dice.choice([here.lead, here.other]))
        if dice.random() < 0.3:
            here.cancel(f"k{dice.randrange(ROWS)}")
        if (fault := _fault(dice)) is not None:
            here.sender.faults.append(fault)
        try:
            here.deliver(dice.choice("ab"), limit=dice.randrange(1, 5))
        except BaseExceptionGroup as died:
            assert died.subgroup(Killed) is not None  # noqa: PT017 - any other group is a failure
        here.clocks.wall += dice.choice([timedelta(seconds=1), timedelta(minutes=1), LEASE_OVER])
    for key in keys:
        here.put(f"k{key}")
    here.sender.faults.clear()
    for _ in range(12):
        here.clocks.wall += timedelta(hours=1)
        here.deliver()


@pytest.mark.parametrize("seed", range(8))
def test_a_storm_of_faults(here: World, seed: int) -> None:
    _storm(here, random.Random(seed))
    lines = Counter(
        line.split(":", 1)[1]
        for post in here.sender.standing
        for line in spoken(post.message).splitlines()
        if line[2:3] == ":"
    )
    for row in here.rows():
        subject = row.subject_id
        told = lines[subject], lines[f"{subject} done"]
        match row.state:
            case "sent":
                assert told == ((0, 1) if subject in here.settled else (1, 0)), (subject, row)
            case "cancelled":
                assert subject in here.settled
                assert told == (0, 0), (subject, row)
            case _:
                assert row.reason == "gave_up", row
                assert sum(told) <= 1, (subject, row)
    assert {row.state for row in here.rows("update")} <= {"sent", "cancelled", "never"}
