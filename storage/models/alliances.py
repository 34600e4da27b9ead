"""Partners, their people, alliances with names, roles, linked rooms and planned meetings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint

from storage.models.base import Editable, Row, belongs, one_of, own

STAGES = ("theme", "scout", "explore", "prove", "build", "scale", "sustain", "paused", "ending", "closed")
SIDES = ("ours", "theirs")
ROLES = (
    "lead",
    "backup",
    "sponsor",
    "business_owner",
    "expert",
    "legal_ip",
    "comms",
    "manager",
    "member",
    "counterpart",
    "decider",
    "champion",
    "legal",
    "floor",
)
LEVELS = ("", "executive", "management", "working")
MEETING_STATES = ("planned", "logged", "moved", "skipped")


class Partner(Editable, table=True):
    """An organisation that we work with; `key` is the folded name (storage.names)."""

    __table_args__ = (own(), UniqueConstraint("organisation_id", "key"))
    name: str
    key: str
    created_at: datetime


class Contact(Editable, table=True):
    """A person of theirs: name, title and level only, no remarks about the person (domain.md §2.3)."""

    __table_args__ = (
        own(),
        belongs("partner_id", "partner"),
        UniqueConstraint("organisation_id", "partner_id", "key"),
        one_of("level", LEVELS),
    )
    partner_id: str
    name: str
    key: str
    title: str = ""
    level: str = ""
    created_at: datetime


class Alliance(Editable, table=True):
    """The unit of everything (domain.md §3.1): one purpose sentence, a stage, a cadence in calendar days."""

    __table_args__ = (own(), one_of("stage", STAGES), UniqueConstraint("organisation_id", "key"))
    name: str
    key: str
    purpose: str = ""
    purpose_confirmed_on: date | None = None
    stage: str = "explore"
    cadence_days: int = 14
    update_every_days: int = 14
    paused_until: date | None = None
    pause_reason: str = ""
    started_on: date
    created_by: str
    created_at: datetime


class AllianceName(Row, table=True):
    """An alias: what a person may type; unique in the organisation after folding."""

    __table_args__ = (own(), belongs("alliance_id", "alliance"), UniqueConstraint("organisation_id", "key"))
    alliance_id: str
    name: str
    key: str


class AlliancePartner(Row, table=True):
    """Which partners an alliance has (one partner may have several alliances, one alliance several partners)."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("partner_id", "partner"),
        UniqueConstraint("organisation_id", "alliance_id", "partner_id"),
    )
    alliance_id: str
    partner_id: str


class AllianceRole(Row, table=True):
    """Who does what for an alliance, on either side; a role that ended keeps its row with `until`."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("member_id", "member"),
        belongs("contact_id", "contact"),
        one_of("side", SIDES),
        one_of("role", ROLES),
        Index("ix_alliance_role_alliance", "organisation_id", "alliance_id"),
        Index("ix_alliance_role_member", "organisation_id", "member_id"),
    )
    alliance_id: str
    side: str
    role: str
    member_id: str | None = None
    contact_id: str | None = None
    since: date
    until: date | None = None


class AllianceRoom(Row, table=True):
    """A room linked to an alliance; `paused_reason` stops its posts (it became shared, was archived)."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("room_id", "room"),
        UniqueConstraint("organisation_id", "room_id"),
    )
    alliance_id: str
    room_id: str
    linked_by: str
    paused_reason: str = ""
    created_at: datetime


class PlannedMeeting(Editable, table=True):
    """A meeting that lies ahead. `rule` is "" (once) or "weekly:N" (every N weeks on this weekday and local time)."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        one_of("state", MEETING_STATES),
        Index("ix_planned_meeting_alliance", "organisation_id", "alliance_id", "starts_at"),
    )
    alliance_id: str
    title: str = ""
    kind: str = "regular"
    starts_at: datetime
    zone: str
    rule: str = ""
    state: str = "planned"
    reason: str = ""
    touchpoint_id: str | None = None
    created_by: str
    created_at: datetime
