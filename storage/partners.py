"""Partners, which alliances they belong to, and their people (contacts)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage import db
from storage.ids import new_id
from storage.models import AlliancePartner, Contact, Partner
from storage.models.base import table_of
from storage.viewer import Viewer


@dataclass(frozen=True)
class Spelled:
    """A name as it is shown, and its folded key."""

    name: str
    key: str


def find(session: Session, org: str, key: str) -> Partner | None:
    """The partner with that folded name."""
    return session.exec(select(Partner).where(col(Partner.organisation_id) == org, col(Partner.key) == key)).first()


def join(session: Session, *, org: str, alliance_id: str, partner: Spelled, now: datetime) -> Partner:
    """The partner of that key, made where it is new, joined to the alliance."""
    row = find(session, org, partner.key)
    if row is None:
        row = db.add(
            session,
            Partner(id=new_id(now), organisation_id=org, name=partner.name, key=partner.key, created_at=now),
        )
    if row.id not in {each.id for each in of_alliance(session, org, alliance_id)}:
        db.add(
            session,
            AlliancePartner(id=new_id(now), organisation_id=org, alliance_id=alliance_id, partner_id=row.id),
        )
    return row


def of_alliance(session: Session, org: str, alliance_id: str) -> list[Partner]:
    """The partners of an alliance, in the order they joined it."""
    return list(
        session.exec(
            select(Partner)
            .join(AlliancePartner, col(AlliancePartner.partner_id) == col(Partner.id))
            .where(
                col(Partner.organisation_id) == org,
                col(AlliancePartner.organisation_id) == org,
                col(AlliancePartner.alliance_id) == alliance_id,
            )
            .order_by(col(AlliancePartner.id))
        )
    )


def set_of_alliance(
    session: Session, *, org: str, alliance_id: str, wanted: Sequence[Spelled], now: datetime
) -> list[Partner]:
    """Make `wanted` the alliance's partners: new ones join it, others leave it (the partner itself stays)."""
    joined = [join(session, org=org, alliance_id=alliance_id, partner=each, now=now) for each in wanted]
    table = table_of(AlliancePartner)
    session.connection().execute(
        table.delete().where(
            table.c.organisation_id == org,
            table.c.alliance_id == alliance_id,
            table.c.partner_id.not_in([row.id for row in joined]),
        )
    )
    return joined


def contact(session: Session, viewer: Viewer, contact_id: str) -> Contact | None:
    """A person of theirs by id: names and titles are for every member."""
    return session.exec(
        select(Contact).where(col(Contact.organisation_id) == viewer.organisation_id, col(Contact.id) == contact_id)
    ).first()


def contacts(session: Session, org: str, alliance_id: str) -> list[Contact]:
    """The people of an alliance's partners, by name."""
    return list(
        session.exec(
            select(Contact)
            .join(AlliancePartner, col(AlliancePartner.partner_id) == col(Contact.partner_id))
            .where(
                col(Contact.organisation_id) == org,
                col(AlliancePartner.organisation_id) == org,
                col(AlliancePartner.alliance_id) == alliance_id,
            )
            .order_by(col(Contact.key))
        )
    )


def add_contact(
    session: Session, *, org: str, partner_id: str, person: Spelled, title: str, level: str, now: datetime
) -> Contact:
    """The partner's person of that key, made where they are new; title and level are kept as they were known."""
    known = session.exec(
        select(Contact).where(
            col(Contact.organisation_id) == org, col(Contact.partner_id) == partner_id, col(Contact.key) == person.key
        )
    ).first()
    if known is not None:
        return known
    return db.add(
        session,
        Contact(
            id=new_id(now),
            organisation_id=org,
            partner_id=partner_id,
            name=person.name,
            key=person.key,
            title=title,
            level=level,
            created_at=now,
        ),
    )
