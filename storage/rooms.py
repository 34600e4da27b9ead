"""Which room belongs to which alliance."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from storage import db
from storage.ids import new_id
from storage.models import AllianceRoom, Room, Workspace
from storage.models.base import table_of


def find(session: Session, org: str, platform: str, tenant: str, *, external: str) -> Room | None:
    """The room that a platform calls `external` in the workspace `tenant`."""
    return session.exec(
        select(Room)
        .join(Workspace, col(Workspace.id) == col(Room.workspace_id))
        .where(
            col(Room.organisation_id) == org,
            col(Workspace.organisation_id) == org,
            col(Workspace.platform) == platform,
            col(Workspace.tenant) == tenant,
            col(Room.external) == external,
        )
    ).first()


def get(session: Session, org: str, room_id: str) -> Room | None:
    """A room by id."""
    return session.exec(select(Room).where(col(Room.organisation_id) == org, col(Room.id) == room_id)).first()


def link_of(session: Session, org: str, room_id: str) -> AllianceRoom | None:
    """The link of a room, whichever alliance it belongs to."""
    return session.exec(
        select(AllianceRoom).where(col(AllianceRoom.organisation_id) == org, col(AllianceRoom.room_id) == room_id)
    ).first()


def link(session: Session, *, org: str, alliance_id: str, room_id: str, linked_by: str, now: datetime) -> AllianceRoom:
    """Link a room that has no link yet to an alliance."""
    return db.add(
        session,
        AllianceRoom(
            id=new_id(now),
            organisation_id=org,
            alliance_id=alliance_id,
            room_id=room_id,
            linked_by=linked_by,
            created_at=now,
        ),
    )


def unlink(session: Session, row: AllianceRoom) -> None:
    """Take a link away; what was posted in the room stays."""
    table = table_of(row)
    session.connection().execute(
        table.delete().where(table.c.organisation_id == row.organisation_id, table.c.id == row.id)
    )
    if row in session:
        session.expunge(row)
