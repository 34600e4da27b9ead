"""What every Sender and every Audience keeps to: subclass with a `rig` and name the class Test…, fakes included."""

from __future__ import annotations

import asyncio
from typing import Protocol

import pytest

from handlers.message import Message, Paragraph, line_of
from scheduler.ports import Address, Audience, Reading, Ref, Sender, SendLater, SendNever, SendUnknown

FIRST = Message((Paragraph(line_of("ノヴァ素材さんとは15日空いています")),), "ノヴァ素材さん")
SECOND = Message((Paragraph(line_of("記録済み")),), "")


class SenderRig(Protocol):
    """A sender on its platform, or on a stand-in that speaks the platform's protocol."""

    @property
    def sender(self) -> Sender: ...

    @property
    def direct(self) -> Address: ...

    @property
    def room(self) -> Address: ...

    @property
    def closed(self) -> str:
        """The reason for a room that takes nothing any more."""
        ...

    def words(self, ref: Ref) -> str | None:
        """What can be read there now; None when nothing stands there."""
        ...

    def fail(self, error: SendLater | SendNever | SendUnknown, *, acted: bool = False) -> None:
        """Have the next call fail so that the sender raises `error` (its class and reason), acted on or not."""
        ...


class SenderContract:
    """Send, update, delete; the three ways to fail."""

    def test_sent_is_readable_and_updated_in_place(self, rig: SenderRig) -> None:
        for to in (rig.direct, rig.room):
            ref = asyncio.run(rig.sender.send(to, FIRST, f"d-{to.user}{to.room}"))
            assert "15日空いています" in (rig.words(ref) or "")
            for _ in range(2):
                asyncio.run(rig.sender.update(to, ref, SECOND))
            assert "記録済み" in (rig.words(ref) or "")
            assert "15日" not in (rig.words(ref) or "")

    def test_deleted_is_gone_and_stays_so(self, rig: SenderRig) -> None:
        ref = asyncio.run(rig.sender.send(rig.room, FIRST, "d-1"))
        for _ in range(2):
            asyncio.run(rig.sender.delete(rig.room, ref))
        assert rig.words(ref) is None
        with pytest.raises(SendNever) as refused:
            asyncio.run(rig.sender.update(rig.room, ref, SECOND))
        assert refused.value.reason == "message_not_found"

    def test_a_limit_says_when_to_come_back(self, rig: SenderRig) -> None:
        rig.fail(SendLater("rate_limited", after=7))
        with pytest.raises(SendLater) as refused:
            asyncio.run(rig.sender.send(rig.direct, FIRST, "d-6"))
        assert (refused.value.reason, refused.value.after) == ("rate_limited", 7)

    def test_a_closed_room_is_refused_for_good(self, rig: SenderRig) -> None:
        rig.fail(SendNever(rig.closed))
        with pytest.raises(SendNever) as refused:
            asyncio.run(rig.sender.send(rig.room, FIRST, "d-7"))
        assert refused.value.reason == rig.closed

    def test_a_broken_connection_leaves_the_fate_open(self, rig: SenderRig) -> None:
        rig.fail(SendUnknown("connection_reset"), acted=True)
        with pytest.raises(SendUnknown):
            asyncio.run(rig.sender.send(rig.direct, FIRST, "d-8"))


class FindingContract(SenderContract):
    """And a sender that `finds`: what is in a direct chat can be looked up there (decision 21)."""

    def test_a_direct_message_is_found_by_its_delivery(self, rig: SenderRig) -> None:
        ref = asyncio.run(rig.sender.send(rig.direct, FIRST, "d-2"))
        asyncio.run(rig.sender.send(rig.direct, SECOND, "d-3"))
        assert asyncio.run(rig.sender.find(rig.direct, "d-2")) == ref
        assert asyncio.run(rig.sender.find(rig.direct, "d-4")) is None

    def test_it_is_found_after_an_update_too(self, rig: SenderRig) -> None:
        ref = asyncio.run(rig.sender.send(rig.direct, FIRST, "d-5"))
        asyncio.run(rig.sender.update(rig.direct, ref, SECOND))
        assert asyncio.run(rig.sender.find(rig.direct, "d-5")) == ref

    def test_what_arrived_in_spite_of_the_connection_is_found(self, rig: SenderRig) -> None:
        assert rig.sender.finds
        rig.fail(SendUnknown("connection_reset"), acted=True)
        with pytest.raises(SendUnknown):
            asyncio.run(rig.sender.send(rig.direct, FIRST, "d-9"))
        found = asyncio.run(rig.sender.find(rig.direct, "d-9"))
        assert found is not None
        assert "15日空いています" in (rig.words(found) or "")


class BlindContract(SenderContract):
    """And a sender that doesn't: nothing is ever found, whether it arrived or not."""

    def test_nothing_is_found(self, rig: SenderRig) -> None:
        assert not rig.sender.finds
        asyncio.run(rig.sender.send(rig.direct, FIRST, "d-10"))
        assert asyncio.run(rig.sender.find(rig.direct, "d-10")) is None


class AudienceRig(Protocol):
    """An audience, and places whose readers are known."""

    @property
    def audience(self) -> Audience: ...

    @property
    def places(self) -> list[tuple[Address, Reading]]: ...

    @property
    def limited(self) -> Address: ...

    def fail(self, error: SendLater) -> None:
        """Have the next question fail."""
        ...


class AudienceContract:
    """Inside, outside, gone, unknown, for rooms and people; a limit is not an answer."""

    def test_every_place_is_read_as_it_is(self, rig: AudienceRig) -> None:
        kinds = {(to.direct, reading.kind) for to, reading in rig.places}
        assert {(False, "inside"), (False, "outside"), (True, "inside"), (True, "outside"), (True, "gone")} <= kinds
        for to, expected in rig.places:
            assert asyncio.run(rig.audience.read(to)).kind == expected.kind

    def test_a_limit_is_asked_again_later(self, rig: AudienceRig) -> None:
        rig.fail(SendLater("rate_limited", after=3))
        with pytest.raises(SendLater):
            asyncio.run(rig.audience.read(rig.limited))
