"""The clock and the post: schedules, occurrences, outbox, deliveries, inbox, heartbeats (decisions 13–21)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.models.base import Base, Row, belongs, one_of, own

OUTBOX_STATES = ("waiting", "sending", "sent", "never", "cancelled")
OPERATIONS = ("send", "update", "delete")
CLASSES = ("proactive", "reply", "guard", "exempt")


class Schedule(Row, table=True):
    """Something that will be due: `kind` is a row of NOTICES, `subject_id` what it is about.

    `next_due_at` NULL = nothing planned; `dirty` = what it was planned from has changed, the tick plans anew.
    """

    __table_args__ = (
        own(),
        UniqueConstraint("organisation_id", "kind", "subject_id"),
        Index("ix_schedule_due", "next_due_at", sqlite_where=text("next_due_at IS NOT NULL")),
        Index("ix_schedule_dirty", "dirty", sqlite_where=text("dirty IS 1"), postgresql_where=text("dirty IS true")),
    )
    kind: str
    subject_id: str
    next_due_at: datetime | None = None
    cycle: str = ""
    level: int = 0
    dirty: bool = True


class Occurrence(Row, table=True):
    """A schedule became due: once per (schedule, cycle anchor, level), whoever ticks (decision 14)."""

    __table_args__ = (
        own(),
        belongs("schedule_id", "schedule"),
        UniqueConstraint("organisation_id", "schedule_id", "cycle", "level"),
    )
    schedule_id: str
    cycle: str
    level: int
    at: datetime


class Delivery(Row, table=True):
    """A message on a platform: its reference lets it be updated or deleted. Several rows may share it (a bundle).

    Made before the send, so that its id is the opaque mark by which a message of unknown fate is found again
    (decision 21): `sent_at` NULL = unknown, `tries` = sends that may have been acted on.
    """

    __table_args__ = (
        own(),
        belongs("workspace_id", "workspace"),
        Index("ix_delivery_ref", "workspace_id", "channel", "ref"),
    )
    workspace_id: str
    member_id: str | None = None
    room_id: str | None = None
    channel: str = ""
    ref: str = ""
    tries: int = 0
    sent_at: datetime | None = None
    deleted_at: datetime | None = None


class Outbox(Row, table=True):
    """What somebody is to hear, composed at claim (decision 15): unique by `key`, cancellable by `subject_id`.

    Exactly one of `member_id`, `room_id` is set for a send; an update or delete names its `delivery_id`.
    Only relays keep words, in `arguments`. `not_before` and `expires_at` are business time, `lease_until` is wall time:
    nobody touches the row before it, be it leased (`sending`) or backing off (`waiting`).
    """

    __table_args__ = (
        own(),
        belongs("member_id", "member"),
        belongs("room_id", "room"),
        belongs("delivery_id", "delivery"),
        UniqueConstraint("organisation_id", "key"),
        one_of("state", OUTBOX_STATES),
        one_of("operation", OPERATIONS),
        one_of("weight", CLASSES),
        Index("ix_outbox_due", "state", "not_before"),
        Index("ix_outbox_subject", "organisation_id", "subject_id"),
        Index("ix_outbox_delivery", "organisation_id", "delivery_id"),
    )
    kind: str
    operation: str = "send"
    weight: str = "proactive"
    subject_id: str
    arguments: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    member_id: str | None = None
    room_id: str | None = None
    delivery_id: str | None = None
    key: str
    not_before: datetime
    expires_at: datetime | None = None
    state: str = "waiting"
    reason: str = ""
    attempts: int = 0
    lease_until: datetime | None = None
    lease_by: str = ""
    created_at: datetime
    settled_at: datetime | None = None


class Inbox(Base, table=True):
    """Requests that were carried out, with the reply, so that a redelivery gets the same answer (decision 20)."""

    __table_args__ = (Index("ix_inbox_at", "at"),)
    key: str = Field(primary_key=True)
    organisation_id: str
    reply: str = ""
    at: datetime


class Heartbeat(Base, table=True):
    """When each role last did its round; `/readyz` and `doctor` read it."""

    name: str = Field(primary_key=True)
    at: datetime
    detail: str = ""
