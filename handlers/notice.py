"""What a notice is: when it is due, whether it still is, its words, its weight (decisions 13–18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from handlers.message import Message
from handlers.text import Texts
from storage.models import Member, Outbox, Schedule

PASSING = frozenset({"not_theirs"})
"""Reasons of `still_due` that hold for this reader only: what they were to hear is planned anew, for whoever it is."""
Weight = Literal["proactive", "reply", "guard", "exempt"]
"""Decision 18: proactive is counted against the weekly budget (counted, not yet limited); the others are not.

A reply or relay goes out at once, everything else in working time, but for a notice of any hour."""


@dataclass(frozen=True)
class Plan:
    """The next time that a schedule is due: `due` is an aware UTC instant inside the recipient's working time.

    `cycle` is the anchor (e.g. the id of the last touchpoint) and `level` the step within it: together with the
    schedule they make the occurrence key (decision 14). Exactly one of `member_id`, `room_id` is set.
    """

    due: datetime
    cycle: str
    level: int = 0
    member_id: str | None = None
    room_id: str | None = None
    expires: datetime | None = None
    subject_id: str = ""
    arguments: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Reader:
    """Who reads what is composed: a member in their language and zone, or a room (member None) in the company's."""

    t: Texts
    zone: str
    member: Member | None


@dataclass(frozen=True)
class Notice:
    """A row of NOTICES: pure decisions over a session, no network, no commit.

    `next_due(session, schedule, now)` → the next Plan or None (None for what is put in the outbox by a handler).
    `still_due(session, row, now)` → "" when it is to go out now, else the reason (a stable English key) why
    never, or, one of `PASSING`, why not to this reader.
    `compose(session, row, reader, now)` → its words as of now, also after it was settled: a delivered notice whose
    reason is gone is composed again as what happened ("記録済み"), without its buttons. None = nothing left to say.
    `bundles`: may share one message with other due notices of the same person (decision 15).
    `any_hour`: doesn't wait for working time either (a reply never does).
    """

    kind: str
    weight: Weight
    next_due: Callable[[Session, Schedule, datetime], Plan | None] | None
    still_due: Callable[[Session, Outbox, datetime], str]
    compose: Callable[[Session, Outbox, Reader, datetime], Message | None]
    bundles: bool = True
    any_hour: bool = False
