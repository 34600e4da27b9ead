"""Which alliance a typed line means: the names of all, and the one whose room it was typed in."""

from __future__ import annotations

from sqlalchemy import Integer, bindparam, literal, sql, union_all
from sqlmodel import Session, col, select

from storage.models import Alliance, AllianceName, AlliancePartner, AllianceRoom, Partner, Room, Workspace
from storage.models.base import table_of

# Kept, since every typed line asks them: to make such a statement takes longer than to carry it out.
_ALLIANCE, _ALIAS = table_of(Alliance).c, table_of(AllianceName).c
_OF, _PARTNER = table_of(AlliancePartner).c, table_of(Partner).c
_NAMES = union_all(
    sql.select(literal(0, Integer).label("sort"), _ALLIANCE.key.label("by"), _ALLIANCE.id, _ALLIANCE.name).where(
        _ALLIANCE.organisation_id == bindparam("org"), _ALLIANCE.stage != "closed"
    ),
    sql.select(literal(1, Integer), _ALIAS.id, _ALIAS.alliance_id, _ALIAS.name).where(
        _ALIAS.organisation_id == bindparam("org")
    ),
    sql.select(literal(2, Integer), _OF.id, _OF.alliance_id, _PARTNER.name).where(
        _OF.organisation_id == bindparam("org"),
        _PARTNER.organisation_id == bindparam("org"),
        _PARTNER.id == _OF.partner_id,
    ),
).order_by("sort", "by")
_OF_ROOM = (
    select(Alliance)
    .join(AllianceRoom, col(AllianceRoom.alliance_id) == col(Alliance.id))
    .join(Room, col(Room.id) == col(AllianceRoom.room_id))
    .join(Workspace, col(Workspace.id) == col(Room.workspace_id))
    .where(
        col(Alliance.organisation_id) == bindparam("org"),
        col(AllianceRoom.organisation_id) == bindparam("org"),
        col(Alliance.stage) != "closed",
        col(Workspace.platform) == bindparam("platform"),
        col(Workspace.tenant) == bindparam("tenant"),
        col(Room.external) == bindparam("external"),
    )
)


def names(session: Session, org: str) -> dict[str, tuple[str, ...]]:
    """Every alliance that isn't closed: id → own name, aliases, partners' names; in the order of the own names."""
    found: dict[str, dict[str, None]] = {}
    for sort, _by, alliance_id, name in session.connection().execute(_NAMES, {"org": org}):
        own = found.setdefault(alliance_id, {}) if sort == 0 else found.get(alliance_id)
        if own is not None:
            own[name] = None
    return {alliance_id: tuple(each) for alliance_id, each in found.items()}


def of_room(session: Session, org: str, platform: str, tenant: str, external: str) -> Alliance | None:
    """The open alliance that the room called `external` by a platform is linked to."""
    where = {"org": org, "platform": platform, "tenant": tenant, "external": external}
    return session.exec(_OF_ROOM, params=where).first()
