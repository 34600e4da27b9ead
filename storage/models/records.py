"""What people write down: entries and what came from them, progress updates, digests, revisions, audit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.models.base import Editable, Row, belongs, one_of, own

VISIBILITIES = ("private", "team", "managers", "internal")
ENTRY_STATES = ("pending", "logged", "undone")
KINDS = (
    "meeting",
    "regular",
    "steering",
    "executive",
    "call",
    "visit",
    "poc",
    "negotiation",
    "social",
    "event",
    "message",
    "internal",
)
STEP_SIDES = ("ours", "theirs", "open")
STEP_STATES = ("open", "offered", "accepted", "elsewhere", "done", "dropped")
CATEGORIES = (
    "",
    "PURPOSE",
    "ROLE",
    "DECISION",
    "CULTURE",
    "COMMS",
    "DELIVERY",
    "RESOURCE",
    "VALUE",
    "CONTRACT_IP",
    "BUYIN",
    "TRUST",
    "EXTERNAL",
)
WIDENINGS = ("none", "pending", "approved", "kept")
FRICTION_STATES = ("open", "working", "resolved", "accepted")
RESOLUTIONS = ("", "together", "inside", "faded")
TOLD = ("", "told", "later", "never")
ANSWERS = ("", "spoken", "planned", "later", "skipped")
UPDATE_STATES = ("drafted", "shared", "no_change", "skipped")
SLOTS = ("progress", "small_win", "learning", "worry", "next", "ask")


class Entry(Editable, table=True):
    """The typed line, whole (decision 1): the parent of everything that came from it.

    `author_*` is who wrote the words where that is somebody else than the recorder, `source_at` when (message
    shortcut).
    """

    __table_args__ = (
        own(),
        belongs("recorder_id", "member"),
        one_of("state", ENTRY_STATES),
        Index(
            "uq_entry_permalink_live",
            "organisation_id",
            "permalink",
            unique=True,
            sqlite_where=text("permalink IS NOT NULL AND state <> 'undone'"),
            postgresql_where=text("permalink IS NOT NULL AND state <> 'undone'"),
        ),
        Index("ix_entry_recorder", "organisation_id", "recorder_id", "created_at"),
    )
    verb: str
    raw: str
    state: str = "logged"
    recorder_id: str
    author_id: str | None = None
    author_name: str = ""
    platform: str = ""
    room: str = ""
    permalink: str | None = None
    source_text: str = ""
    source_at: datetime | None = None
    here: str | None = None
    created_at: datetime
    undone_at: datetime | None = None


class Touchpoint(Editable, table=True):
    """One contact with a partner on a calendar day (`on`, in the typist's zone).

    `cancelled` and `two_way` are read by the signals, but nothing that can be typed sets them yet.
    """

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("entry_id", "entry"),
        belongs("recorder_id", "member"),
        one_of("kind", KINDS),
        one_of("visibility", VISIBILITIES),
        Index("ix_touchpoint_alliance", "organisation_id", "alliance_id", "on"),
    )
    alliance_id: str
    entry_id: str
    recorder_id: str
    on: date
    kind: str = "meeting"
    summary: str = ""
    visibility: str = "team"
    cancelled: bool = False
    two_way: bool = True
    created_at: datetime
    undone_at: datetime | None = None


class TouchpointPerson(Row, table=True):
    """A name given with a touchpoint; `contact_id` where it is a known person of theirs."""

    __table_args__ = (
        own(),
        belongs("touchpoint_id", "touchpoint"),
        belongs("contact_id", "contact"),
        Index("ix_touchpoint_person_touchpoint", "organisation_id", "touchpoint_id"),
    )
    touchpoint_id: str
    name: str
    contact_id: str | None = None


class NextStep(Editable, table=True):
    """A next step. `side` open = nobody named yet; `assigned_by` hears when it isn't accepted."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("entry_id", "entry"),
        belongs("owner_id", "member"),
        belongs("assigned_by", "member"),
        one_of("side", STEP_SIDES),
        one_of("state", STEP_STATES),
        Index("ix_next_step_alliance", "organisation_id", "alliance_id", "state"),
        Index("ix_next_step_owner", "organisation_id", "owner_id", "state"),
    )
    alliance_id: str
    entry_id: str | None = None
    touchpoint_id: str | None = None
    text: str
    side: str = "open"
    owner_id: str | None = None
    assigned_by: str
    due: date | None = None
    state: str = "open"
    url: str = ""
    visibility: str = "team"
    done_on: date | None = None
    created_at: datetime
    undone_at: datetime | None = None


class Friction(Editable, table=True):
    """A friction note (ひっかかり). Severity 2–3 stays `team` until its author approves the sentence (decision 11)."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("entry_id", "entry"),
        belongs("author_id", "member"),
        belongs("owner_id", "member"),
        one_of("category", CATEGORIES),
        one_of("visibility", VISIBILITIES),
        one_of("widening", WIDENINGS),
        one_of("state", FRICTION_STATES),
        one_of("resolution", RESOLUTIONS),
        one_of("told", TOLD),
        Index("ix_friction_alliance", "organisation_id", "alliance_id", "state"),
    )
    alliance_id: str
    entry_id: str
    touchpoint_id: str | None = None
    author_id: str
    on: date
    text: str
    category: str = ""
    severity: int = 0
    visibility: str = "team"
    widening: str = "none"
    approved_text: str = ""
    approved_version: int = 0
    state: str = "open"
    owner_id: str | None = None
    told: str = ""
    told_on: date | None = None
    resolution: str = ""
    outcome: str = ""
    closed_on: date | None = None
    created_at: datetime
    undone_at: datetime | None = None


class CheckIn(Editable, table=True):
    """The lead's answer to a check-in nudge of one cycle: spoken, planned, later (until), not this time (reason)."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        UniqueConstraint("organisation_id", "alliance_id", "cycle"),
        one_of("answer", ANSWERS),
    )
    alliance_id: str
    cycle: str
    answer: str = ""
    until: date | None = None
    reason: str = ""
    answered_by: str | None = None
    created_at: datetime


class ProgressUpdate(Editable, table=True):
    """A drafted internal update of one alliance; nothing is posted before `shared_by` tapped."""

    __table_args__ = (
        own(),
        belongs("alliance_id", "alliance"),
        belongs("lead_id", "member"),
        one_of("state", UPDATE_STATES),
        UniqueConstraint("organisation_id", "alliance_id", "week"),
    )
    alliance_id: str
    lead_id: str
    week: str
    slot_one: str
    text_one: str = ""
    slot_two: str
    text_two: str = ""
    worry_internal: bool = False
    state: str = "drafted"
    shared_by: str | None = None
    shared_at: datetime | None = None
    created_at: datetime


class Question(Row, table=True):
    """A colleague's question below a posted update, relayed to the lead."""

    __table_args__ = (own(), belongs("update_id", "progress_update"), belongs("asker_id", "member"))
    update_id: str
    asker_id: str
    text: str
    answer: str = ""
    created_at: datetime


class Digest(Row, table=True):
    """What a reader was told in an ISO week (2026-W47); an old week is filtered by today's rights (decision 34)."""

    __table_args__ = (
        own(),
        belongs("reader_id", "member"),
        UniqueConstraint("organisation_id", "reader_id", "week"),
    )
    reader_id: str
    week: str
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    acknowledged_at: datetime | None = None
    created_at: datetime


class Revision(Row, table=True):
    """What an editable row was before a change (decision 3)."""

    __table_args__ = (own(), UniqueConstraint("organisation_id", "subject", "subject_id", "version"))
    subject: str
    subject_id: str
    version: int
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    changed_by: str
    at: datetime


class Audit(Row, table=True):
    """Append-only: who did what to which record; never its text."""

    __table_args__ = (own(), Index("ix_audit_at", "organisation_id", "at"))
    actor_id: str
    action: str
    subject: str
    subject_id: str
    at: datetime
