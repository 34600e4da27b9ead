"""Organisations, workspaces, members and their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from storage import db
from storage.ids import new_id
from storage.models import Account, AllianceRole, Member, Organisation, Room, Workspace
from storage.viewer import Viewer

ANSWERABLE = ("manager", "sponsor")
"""Roles that answer for an alliance without belonging to its team: 担当管理者 and 経営スポンサー (decision 10)."""


# Kept, since every request asks them: to make such a statement takes as long as to carry it out.
_HOME = (
    select(Workspace, Organisation)
    .where(col(Workspace.platform) == bindparam("platform"), col(Workspace.tenant) == bindparam("tenant"))
    .join(Organisation, col(Organisation.id) == col(Workspace.organisation_id))
)
_ACCOUNT = (
    select(Account, Member)
    .where(col(Account.workspace_id) == bindparam("workspace"), col(Account.user) == bindparam("user"))
    .join(Member, col(Member.id) == col(Account.member_id))
)
_ROLES = select(AllianceRole.role, AllianceRole.alliance_id).where(
    col(AllianceRole.organisation_id) == bindparam("org"),
    col(AllianceRole.member_id) == bindparam("member"),
    col(AllianceRole.until).is_(None),
)


@dataclass(frozen=True)
class Profile:
    """What a platform says of a person; `zone` is an IANA name, `locale` like ja-JP, both may be empty."""

    user: str
    name: str
    locale: str = ""
    zone: str = ""


@dataclass(frozen=True)
class Home:
    """Where a request comes from."""

    workspace: Workspace
    organisation: Organisation


def home(session: Session, platform: str, tenant: str) -> Home | None:
    """The workspace with the platform's id `tenant`, and its organisation."""
    found = session.exec(_HOME, params={"platform": platform, "tenant": tenant}).first()
    return Home(*found) if found else None


def workspace(session: Session, platform: str, tenant: str) -> Workspace | None:
    """The workspace with the platform's id `tenant`."""
    found = home(session, platform, tenant)
    return found.workspace if found else None


def install(session: Session, wanted: Organisation, place: Workspace) -> Workspace:
    """The workspace of an installation from `.env`: one organisation for all its workspaces (decision 12).

    `wanted` is used where there is no organisation yet, `place` where the workspace is new.
    """
    known = workspace(session, place.platform, place.tenant)
    if known is not None:
        if place.bot_user and known.bot_user != place.bot_user:
            db.change(session, known, {"bot_user": place.bot_user, "name": place.name})
        return known
    owner = first_organisation(session) or db.add(session, wanted)
    place.organisation_id = owner.id
    return db.add(session, place)


def organisation(session: Session, org: str) -> Organisation:
    """The organisation `org`; KeyError when there is none."""
    found = session.get(Organisation, org)
    if found is None:
        raise KeyError(org)
    return found


def member(session: Session, org: str, member_id: str) -> Member | None:
    """A member of the organisation by id."""
    return db.by_id(session, Member, org, member_id)


def members(session: Session, org: str) -> list[Member]:
    """Everybody who is active, by name."""
    return list(
        session.exec(
            select(Member).where(col(Member.organisation_id) == org, col(Member.active)).order_by(col(Member.name))
        )
    )


def known(session: Session, workspace_id: str, user: str) -> tuple[Account, Member] | None:
    """The account and member behind a platform's user id."""
    found = session.exec(_ACCOUNT, params={"workspace": workspace_id, "user": user}).first()
    return (found[0], found[1]) if found else None


def member_of(session: Session, workspace_id: str, user: str) -> Member | None:
    """The member behind a platform's user id."""
    found = known(session, workspace_id, user)
    return found[1] if found else None


def join(session: Session, place: Workspace, profile: Profile, *, now: datetime) -> Member:
    """First contact makes a member with one account (decision 9); guests and strangers never come here."""
    person = db.add(
        session,
        Member(
            id=new_id(now),
            organisation_id=place.organisation_id,
            name=profile.name,
            platform_locale=profile.locale,
            platform_zone=profile.zone,
            created_at=now,
        ),
    )
    db.add(
        session,
        Account(
            id=new_id(now),
            organisation_id=place.organisation_id,
            workspace_id=place.id,
            member_id=person.id,
            user=profile.user,
            name=profile.name,
            seen_at=now,
        ),
    )
    return person


def left(session: Session, org: str, member_id: str, workspace_id: str) -> None:
    """The platform says that an account was closed; a member without another one is active no more."""
    held = [account for account, _ in accounts(session, org, member_id)]
    for account in held:
        if account.workspace_id == workspace_id and not account.deleted:
            db.change(session, account, {"deleted": True})
    person = member(session, org, member_id)
    if person is not None and all(account.deleted for account in held):
        db.change(session, person, {"active": False})


def returned(session: Session, account: Account, person: Member) -> None:
    """Somebody whose account was closed is here again, with the roles that nobody ended."""
    if account.deleted:
        db.change(session, account, {"deleted": False})
    if not person.active:
        db.change(session, person, {"active": True})


def news(person: Member, profile: Profile) -> dict[str, str]:
    """What a platform says otherwise of a person than what is known, by column; it knows nothing of empty values."""
    return {
        name: value
        for name, value in (
            ("name", profile.name),
            ("platform_locale", profile.locale),
            ("platform_zone", profile.zone),
        )
        if value and getattr(person, name) != value
    }


def refresh(session: Session, person: Member, profile: Profile) -> bool:
    """Take over name, language and zone that the platform now says; own settings win. True when something changed."""
    values = news(person, profile)
    if values:
        db.change(session, person, values)
    return bool(values)


def accounts(session: Session, org: str, member_id: str) -> list[tuple[Account, Workspace]]:
    """A member's accounts with their workspaces, Slack first."""
    return [
        (account, place)
        for account, place in session.exec(
            select(Account, Workspace)
            .where(col(Account.organisation_id) == org, col(Account.member_id) == member_id)
            .join(Workspace, col(Workspace.id) == col(Account.workspace_id))
            .order_by(col(Workspace.platform))
        )
    ]


def viewer_of(session: Session, person: Member) -> Viewer:
    """The member's eyes, from the roles that they hold today."""
    on_team: set[str] = set()
    manages: set[str] = set()
    for role, alliance_id in session.exec(_ROLES, params={"org": person.organisation_id, "member": person.id}):
        (manages if role in ANSWERABLE else on_team).add(alliance_id)
    return Viewer(person.organisation_id, person.id, frozenset(on_team), frozenset(manages))


def locale_of(person: Member, company: Organisation) -> str:
    """The language to speak: own setting, else the platform's, else the company's."""
    return person.locale or person.platform_locale or company.locale


def zone_of(person: Member, company: Organisation) -> str:
    """The IANA zone to count days in: own setting, else the platform's, else the company's."""
    return person.zone or person.platform_zone or company.zone


def room(session: Session, place: Workspace, external: str, *, name: str, now: datetime) -> Room:
    """The row of a platform's room, made when it is met for the first time."""
    found = session.exec(select(Room).where(col(Room.workspace_id) == place.id, col(Room.external) == external)).first()
    if found is not None:
        if name and found.name != name:
            db.change(session, found, {"name": name})
        return found
    return db.add(
        session,
        Room(
            id=new_id(now),
            organisation_id=place.organisation_id,
            workspace_id=place.id,
            external=external,
            name=name,
            created_at=now,
        ),
    )


def first_organisation(session: Session) -> Organisation | None:
    """The organisation of an installation from `.env` (decision 12), None before the first start."""
    return session.exec(select(Organisation).order_by(col(Organisation.created_at))).first()
