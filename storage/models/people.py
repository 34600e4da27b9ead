"""Organisations, their workspaces, rooms and members."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from storage.models.base import Base, Editable, Row, belongs, one_of, own

PLATFORMS = ("slack", "teams")
STANDINGS = ("member", "guest", "stranger", "bot")
AUDIENCES = ("inside", "outside", "unknown")


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
    """A member's presence in one workspace; `user` is the platform's id of the person."""

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
