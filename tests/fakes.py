"""Small, real implementations of the two seams to a platform."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from handlers.message import Message
from scheduler.ports import Address, NotSent, Reading, Ref, SendNever


class Killed(BaseException):
    """The process dies here: nothing catches it."""


@dataclass(frozen=True)
class Posted:
    """A message as it stands on the fake platform; `times` counts its words so far."""

    to: Address
    ref: Ref
    delivery: str
    message: Message
    edits: int = 0


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong at a call: before the platform acts, or after it did."""

    error: BaseException
    acted: bool = False


@dataclass
class FakeSender:
    """A platform in memory. `faults` are used up one by one, by any call; `on_send` runs while a send is under way."""

    posts: dict[Ref, Posted] = field(default_factory=dict[Ref, Posted])
    calls: list[str] = field(default_factory=list[str])
    faults: deque[Fault] = field(default_factory=deque[Fault])
    on_send: Callable[[], None] | None = None
    finds: bool = True
    _number: int = 0

    @property
    def standing(self) -> list[Posted]:
        """What can be read, in the order in which it was posted."""
        return list(self.posts.values())

    async def send(self, to: Address, message: Message, delivery: str) -> Ref:
        fault = self._call("send")
        if self.on_send is not None:
            self.on_send()
        self._number += 1
        ref = Ref(to.room or f"D-{to.user}", f"{self._number:06}")
        self.posts[ref] = Posted(to, ref, delivery, message)
        _raise(fault)
        return ref

    async def update(self, to: Address, ref: Ref, message: Message) -> None:
        fault = self._call("update")
        if ref not in self.posts:
            raise SendNever("message_not_found")
        self.posts[ref] = replace(self.posts[ref], message=message, edits=self.posts[ref].edits + 1)
        _raise(fault)

    async def delete(self, to: Address, ref: Ref) -> None:
        fault = self._call("delete")
        self.posts.pop(ref, None)
        _raise(fault)

    async def find(self, to: Address, delivery: str) -> Ref | None:
        fault = self._call("find")
        _raise(fault)
        if not self.finds:
            return None
        return next((post.ref for post in self.posts.values() if post.delivery == delivery and post.to == to), None)

    def _call(self, name: str) -> Fault | None:
        self.calls.append(name)
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault.acted:
            raise fault.error
        return fault


@dataclass
class FakeAudience:
    """Says `inside` unless told otherwise for a room or user; `on_read` runs while the question is under way."""

    told: dict[str, Reading] = field(default_factory=dict[str, Reading])
    faults: deque[NotSent] = field(default_factory=deque[NotSent])
    asked: list[Address] = field(default_factory=list[Address])
    on_read: Callable[[], None] | None = None

    async def read(self, to: Address) -> Reading:
        self.asked.append(to)
        if self.faults:
            raise self.faults.popleft()
        if self.on_read is not None:
            self.on_read()
        return self.told.get(to.room or to.user, Reading("inside"))


def _raise(fault: Fault | None) -> None:
    if fault is not None:
        raise fault.error
