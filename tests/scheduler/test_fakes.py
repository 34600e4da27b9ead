"""The fakes keep the contract of the seams that they stand for."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from handlers.message import spoken
from scheduler.ports import Address, Reading, Ref, SendLater, SendNever, SendUnknown
from tests.fakes import FakeAudience, FakeSender, Fault
from tests.scheduler.contract import AudienceContract, AudienceRig, BlindContract, FindingContract, SenderRig

DIRECT = Address("slack", "T1", "w1", user="U1")
GUEST = Address("slack", "T1", "w1", user="U2")
LEFT = Address("slack", "T1", "w1", user="U3")
ROOM = Address("slack", "T1", "w1", room="C1")
SHARED = Address("slack", "T1", "w1", room="C2")


@dataclass
class _Sending:
    sender: FakeSender = field(default_factory=FakeSender)
    direct: Address = DIRECT
    room: Address = ROOM
    closed: str = "is_archived"

    def words(self, ref: Ref) -> str | None:
        return spoken(self.sender.posts[ref].message) if ref in self.sender.posts else None

    def fail(self, error: SendLater | SendNever | SendUnknown, *, acted: bool = False) -> None:
        self.sender.faults.append(Fault(error, acted))


@dataclass
class _Reading:
    audience: FakeAudience
    places: list[tuple[Address, Reading]]
    limited: Address = ROOM

    def fail(self, error: SendLater) -> None:
        self.audience.faults.append(error)


class TestFakeSender(FindingContract):
    @pytest.fixture
    def rig(self) -> SenderRig:
        return _Sending()


class TestFakeSenderThatDoesNotFind(BlindContract):
    @pytest.fixture
    def rig(self) -> SenderRig:
        return _Sending(FakeSender(finds=False))


class TestFakeAudience(AudienceContract):
    @pytest.fixture
    def rig(self) -> AudienceRig:
        told = {"U2": Reading("outside", "guest"), "U3": Reading("gone"), "C2": Reading("outside", "ext_shared")}
        inside = Reading("inside")
        places = [(DIRECT, inside), (ROOM, inside), (GUEST, told["U2"]), (LEFT, told["U3"]), (SHARED, told["C2"])]
        return _Reading(FakeAudience(told), places)
