"""Organisations, their workspaces, rooms and members."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, false
from sqlmodel import Field

from storage.models.base import Base, Editable, Row, belongs, one_of, own

PLATFORMS = ("slack", "teams")
STANDINGS = ("member", "guest", "stranger", "bot")
AUDIENCES = ("inside", "outside", "unknown")
CONVERSATION_KINDS = ("direct", "room")


class Organisation(Base, table=True):
    """The tenant boundary. `company_days` holds ISO days, comma-separated, that nobody works."""

    id: str = Field(primary_key=True, max_length=32)
    name: str
    locale: str = "ja"
    zone: str = "Asia/Tokyo"
    country: str = "JP"
    company_days: str = ""
    created_at: datetime


class Workspace(Row, table=True):
    """One Slack team or one Entra tenant; `tenant` is the platform's id of it."""

    __table_args__ = (own(), UniqueConstraint("platform", "tenant"), one_of("platform", PLATFORMS))
    platform: str
    tenant: str
    name: str = ""
    bot_user: str = ""
    created_at: datetime


class Member(Editable, table=True):
    """A person of ours. Empty `locale` or `zone` means "as the platform says"; work hours are HH:MM local."""

    __table_args__ = (own(),)
    name: str
    locale: str = ""
    zone: str = ""
    platform_locale: str = ""
    platform_zone: str = ""
    work_start: str = "08:30"
    work_end: str = "18:00"
    work_days: str = "01234"
    away_until: date | None = None
    quiet_until: date | None = None
    active: bool = True
    operator: bool = False
    welcomed_at: datetime | None = None
    created_at: datetime


class Account(Row, table=True):
    """A member's presence in one workspace; `user` is the platform's id of the person.

    `preferred`: of several accounts this one hears what comes unasked (product.md §5). `joined_at`: when it became its
    member's by a code; None for the one that the member began with, which is never parted from what was recorded.
    """

    __table_args__ = (
        own(),
        belongs("workspace_id", "workspace"),
        belongs("member_id", "member"),
        UniqueConstraint("workspace_id", "user"),
        one_of("standing", STANDINGS),
        Index("ix_account_member", "organisation_id", "member_id"),
    )
    workspace_id: str
    member_id: str
    user: str
    name: str = ""
    standing: str = "member"
    deleted: bool = False
    preferred: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    joined_at: datetime | None = None
    seen_at: datetime


class Room(Row, table=True):
    """A channel of a workspace that the bot was told about; `audience` is what was last seen, never a permission."""

    __table_args__ = (
        own(),
        belongs("workspace_id", "workspace"),
        UniqueConstraint("workspace_id", "external"),
        one_of("audience", AUDIENCES),
    )
    workspace_id: str
    external: str
    name: str = ""
    audience: str = "unknown"
    created_at: datetime


class Conversation(Row, table=True):
    """How a chat is reached where the platform wants to be told: Teams' conversation reference (platform.md B5).

    `external` is whose direct chat it is (the platform's id of the person) or which room; `conversation`, `address`
    and `user` are what a post needs: conversation id, service URL, and the person's id as this bot knows it. `sort` is
    the platform's kind of room (`standard`, `shared`, …). `dead` is a stable key of why nothing arrives any more.
    """

    __table_args__ = (
        own(),
        belongs("workspace_id", "workspace"),
        UniqueConstraint("workspace_id", "kind", "external"),
        one_of("kind", CONVERSATION_KINDS),
    )
    workspace_id: str
    kind: str
    external: str
    conversation: str
    address: str
    user: str = ""
    sort: str = ""
    dead: str = ""
    seen_at: datetime


class LinkCode(Row, table=True):
    """A short code that joins two accounts of one person: shown on one platform, typed on the other, once.

    `code` is a hash; whoever holds the code within ten minutes is the member (decision 12: never guessed).
    `account_id` is where it was made, so where its maker hears what came of it.
    """

    __table_args__ = (
        own(),
        belongs("member_id", "member"),
        belongs("account_id", "account"),
        UniqueConstraint("code"),
        Index("ix_link_code_member", "organisation_id", "member_id"),
    )
    member_id: str
    account_id: str
    code: str
    expires_at: datetime
    used_at: datetime | None = None
