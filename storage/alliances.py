"""Alliances: their names, partners, people, roles and linked rooms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from storage import db, meetings, partners, schedules
from storage.ids import new_id
from storage.models import (
    Alliance,
    AllianceName,
    AlliancePartner,
    AllianceRole,
    AllianceRoom,
    Contact,
    Member,
    Partner,
    Room,
)
from storage.models.alliances import ROLES
from storage.models.base import table_of
from storage.partners import Spelled
from storage.people import ANSWERABLE
from storage.viewer import Viewer


@dataclass(frozen=True)
class Named:
    """An alliance and all that a person may type for it: own name, aliases, partners' names."""

    alliance: Alliance
    names: tuple[str, ...]


def get(session: Session, viewer: Viewer, alliance_id: str) -> Alliance | None:
    """The alliance of that id in the viewer's organisation: names and purpose are for every member."""
    return db.by_id(session, Alliance, viewer.organisation_id, alliance_id)


def listed(session: Session, viewer: Viewer, *, closed: bool = False) -> list[Alliance]:
    """The alliances of the viewer's organisation by name; closed ones only when asked for."""
    query = select(Alliance).where(col(Alliance.organisation_id) == viewer.organisation_id)
    if not closed:
        query = query.where(col(Alliance.stage) != "closed")
    return list(session.exec(query.order_by(col(Alliance.key))))


def named(session: Session, org: str) -> list[Named]:
    """Every alliance that isn't closed with its own name, aliases and partners' names, by name."""
    alliances = session.exec(
        select(Alliance)
        .where(col(Alliance.organisation_id) == org, col(Alliance.stage) != "closed")
        .order_by(col(Alliance.key))
    )
    rows = list(alliances)
    names: dict[str, dict[str, None]] = {row.id: {row.name: None} for row in rows}
    aliases = select(AllianceName.alliance_id, AllianceName.name).where(col(AllianceName.organisation_id) == org)
    partners = (
        select(AlliancePartner.alliance_id, Partner.name)
        .join(Partner, col(Partner.id) == col(AlliancePartner.partner_id))
        .where(col(AlliancePartner.organisation_id) == org, col(Partner.organisation_id) == org)
    )
    for query in (aliases, partners):
        for alliance_id, name in session.exec(query):
            if alliance_id in names:
                names[alliance_id][name] = None
    return [Named(row, tuple(names[row.id])) for row in rows]


def holder_of(session: Session, org: str, key: str) -> Alliance | None:
    """Whose name or alias the folded `key` is, closed alliances included; None = free."""
    own = session.exec(select(Alliance).where(col(Alliance.organisation_id) == org, col(Alliance.key) == key)).first()
    if own is not None:
        return own
    return session.exec(
        select(Alliance)
        .join(AllianceName, col(AllianceName.alliance_id) == col(Alliance.id))
        .where(
            col(Alliance.organisation_id) == org,
            col(AllianceName.organisation_id) == org,
            col(AllianceName.key) == key,
        )
    ).first()


def aliases_of(session: Session, org: str, alliance_id: str) -> list[AllianceName]:
    """The aliases of an alliance in the order they were given."""
    return list(
        session.exec(
            select(AllianceName)
            .where(col(AllianceName.organisation_id) == org, col(AllianceName.alliance_id) == alliance_id)
            .order_by(col(AllianceName.id))
        )
    )


# ---------------------------------------------------------------- people


def roles(session: Session, org: str, alliance_id: str) -> list[AllianceRole]:
    """The roles that nobody ended, in the order they were given."""
    return list(
        session.exec(
            select(AllianceRole)
            .where(
                col(AllianceRole.organisation_id) == org,
                col(AllianceRole.alliance_id) == alliance_id,
                col(AllianceRole.until).is_(None),
            )
            .order_by(col(AllianceRole.since), col(AllianceRole.id))
        )
    )


def role(session: Session, org: str, role_id: str) -> AllianceRole | None:
    """A role by id, ended or not."""
    return session.exec(
        select(AllianceRole).where(col(AllianceRole.organisation_id) == org, col(AllianceRole.id) == role_id)
    ).first()


_ORDER = ("lead", "backup", "counterpart", *ROLES)


def people(session: Session, org: str, alliance_id: str) -> list[tuple[AllianceRole, Member | Contact]]:
    """Current roles with who has them, ours (active members) first, then theirs; who answers for it comes first."""
    current = sorted(roles(session, org, alliance_id), key=lambda role: _ORDER.index(role.role))
    members = {row.id: row for row in _members(session, org, [role.member_id for role in current])}
    contacts = {row.id: row for row in _contacts(session, org, [role.contact_id for role in current])}
    ours = [(role, members[role.member_id]) for role in current if role.member_id in members]
    theirs = [(role, contacts[role.contact_id]) for role in current if role.contact_id in contacts]
    return [*ours, *theirs]


def leads(session: Session, org: str) -> dict[str, Member]:
    """Alliance id → its lead (the first one where several have the role), for lists."""
    rows = session.exec(
        select(AllianceRole.alliance_id, Member)
        .join(Member, col(Member.id) == col(AllianceRole.member_id))
        .where(
            col(AllianceRole.organisation_id) == org,
            col(Member.organisation_id) == org,
            col(Member.active),
            col(AllianceRole.role) == "lead",
            col(AllianceRole.until).is_(None),
        )
        .order_by(col(AllianceRole.since), col(AllianceRole.id))
    )
    found: dict[str, Member] = {}
    for alliance_id, member in rows:
        found.setdefault(alliance_id, member)
    return found


def lead_of(session: Session, org: str, alliance_id: str) -> Member | None:
    """The alliance's lead; where there is none (left, never named) its backup, else None."""
    ours = _ours(session, org, alliance_id)
    for wanted in ("lead", "backup"):
        for role, member in ours:
            if role.role == wanted:
                return member
    return None


def backup_of(session: Session, org: str, alliance_id: str) -> Member | None:
    """The first backup of an alliance."""
    return next((member for role, member in _ours(session, org, alliance_id) if role.role == "backup"), None)


def led_by(session: Session, org: str, member_id: str) -> list[Alliance]:
    """The open alliances whose lead is that member, by name."""
    return list(
        session.exec(
            select(Alliance)
            .join(AllianceRole, col(AllianceRole.alliance_id) == col(Alliance.id))
            .where(
                col(Alliance.organisation_id) == org,
                col(AllianceRole.organisation_id) == org,
                col(Alliance.stage) != "closed",
                col(AllianceRole.member_id) == member_id,
                col(AllianceRole.role) == "lead",
                col(AllianceRole.until).is_(None),
            )
            .order_by(col(Alliance.key))
            .distinct()
        )
    )


def give_role(
    session: Session, *, org: str, alliance_id: str, role: str, who: Member | Contact, since: date, now: datetime
) -> AllianceRole:
    """Give a current role to a member of ours or a contact of theirs; the same role twice is the one that is there."""
    ours = isinstance(who, Member)
    for row in roles(session, org, alliance_id):
        if row.role == role and who.id == (row.member_id if ours else row.contact_id):
            return row
    row = db.add(
        session,
        AllianceRole(
            id=new_id(now),
            organisation_id=org,
            alliance_id=alliance_id,
            side="ours" if ours else "theirs",
            role=role,
            member_id=who.id if ours else None,
            contact_id=None if ours else who.id,
            since=since,
        ),
    )
    _people_changed(session, row, now)
    return row


def end_role(session: Session, row: AllianceRole, *, until: date, now: datetime) -> AllianceRole:
    """End a role on a day; its row stays as history."""
    db.change(session, row, {"until": until})
    _people_changed(session, row, now)
    return row


# ---------------------------------------------------------------- rooms


def rooms_of(session: Session, org: str, alliance_id: str) -> list[tuple[AllianceRoom, Room]]:
    """The linked rooms of an alliance, oldest link first."""
    return list(
        session.exec(
            select(AllianceRoom, Room)
            .join(Room, col(Room.id) == col(AllianceRoom.room_id))
            .where(
                col(AllianceRoom.organisation_id) == org,
                col(Room.organisation_id) == org,
                col(AllianceRoom.alliance_id) == alliance_id,
            )
            .order_by(col(AllianceRoom.id))
        )
    )


# ---------------------------------------------------------------- writing


@dataclass(frozen=True)
class NewAlliance:
    """What a new alliance is made of; `partner` is the organisation behind it (found by key or made)."""

    name: Spelled
    partner: Spelled
    purpose: str
    cadence_days: int
    aliases: tuple[Spelled, ...] = ()
    stage: str = "explore"


def create(session: Session, new: NewAlliance, *, org: str, lead: Member, today: date, now: datetime) -> Alliance:
    """A new alliance whose creator is its lead (decision 9); the names were checked with `holder_of`."""
    row = db.add(
        session,
        Alliance(
            id=new_id(now),
            organisation_id=org,
            name=new.name.name,
            key=new.name.key,
            purpose=new.purpose,
            purpose_confirmed_on=today if new.purpose else None,
            stage=new.stage,
            cadence_days=new.cadence_days,
            started_on=today,
            created_by=lead.id,
            created_at=now,
        ),
    )
    partners.join(session, org=org, alliance_id=row.id, partner=new.partner, now=now)
    set_aliases(session, org=org, alliance_id=row.id, aliases=new.aliases, now=now)
    give_role(session, org=org, alliance_id=row.id, role="lead", who=lead, since=today, now=now)
    schedules.touch(session, org, "checkin", row.id, now)
    return row


def revise(session: Session, row: Alliance, values: Mapping[str, Any], *, by: str, now: datetime) -> Alliance:
    """Change an alliance (raises db.Stale) and let everything that is due for it be planned anew."""
    db.revise(session, row, values, by=by, now=now)
    _touch(session, row.organisation_id, row.id, now)
    lead = lead_of(session, row.organisation_id, row.id)
    if lead is not None:
        schedules.touch(session, row.organisation_id, "update", lead.id, now)
    return row


def set_aliases(session: Session, *, org: str, alliance_id: str, aliases: Sequence[Spelled], now: datetime) -> None:
    """Make `aliases` the alliance's aliases: new ones are added, missing ones taken away, changed spellings kept."""
    wanted = {alias.key: alias for alias in aliases}
    for row in aliases_of(session, org, alliance_id):
        if row.key not in wanted:
            _remove(session, row)
        elif (alias := wanted.pop(row.key)).name != row.name:
            db.change(session, row, {"name": alias.name})
    for number, alias in enumerate(wanted.values()):
        made = new_id(now + timedelta(milliseconds=number))
        db.add(
            session,
            AllianceName(id=made, organisation_id=org, alliance_id=alliance_id, name=alias.name, key=alias.key),
        )


# ---------------------------------------------------------------- inside


def _ours(session: Session, org: str, alliance_id: str) -> list[tuple[AllianceRole, Member]]:
    rows = session.exec(
        select(AllianceRole, Member)
        .join(Member, col(Member.id) == col(AllianceRole.member_id))
        .where(
            col(AllianceRole.organisation_id) == org,
            col(Member.organisation_id) == org,
            col(AllianceRole.alliance_id) == alliance_id,
            col(AllianceRole.until).is_(None),
            col(Member.active),
        )
        .order_by(col(AllianceRole.since), col(AllianceRole.id))
    )
    return list(rows)


def _members(session: Session, org: str, ids: Sequence[str | None]) -> list[Member]:
    wanted = sorted({each for each in ids if each})
    return list(
        session.exec(
            select(Member).where(col(Member.organisation_id) == org, col(Member.active), col(Member.id).in_(wanted))
        )
    )


def _contacts(session: Session, org: str, ids: Sequence[str | None]) -> list[Contact]:
    wanted = sorted({each for each in ids if each})
    return list(session.exec(select(Contact).where(col(Contact.organisation_id) == org, col(Contact.id).in_(wanted))))


def _people_changed(session: Session, row: AllianceRole, now: datetime) -> None:
    org = row.organisation_id
    _touch(session, org, row.alliance_id, now)
    if row.member_id and row.role in ANSWERABLE:
        schedules.touch(session, org, "digest", row.member_id, now)
    elif row.member_id and row.role in {"lead", "backup"}:
        schedules.touch(session, org, "update", row.member_id, now)


def _touch(session: Session, org: str, alliance_id: str, now: datetime) -> None:
    """The rhythm and the planned meetings of an alliance: both rest while it is closed or nobody answers for it."""
    planned = [("checkin", alliance_id), *meetings.notices_of(session, org, alliance_id)]
    schedules.touch_each(session, org, planned, now)


def _remove(session: Session, row: AllianceName) -> None:
    table = table_of(row)
    session.connection().execute(
        table.delete().where(table.c.organisation_id == row.organisation_id, table.c.id == row.id)
    )
    if row in session:
        session.expunge(row)
