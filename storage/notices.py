"""What a few notices look up: the row that couldn't be sent, the alliance that an entry was about."""

from __future__ import annotations

from sqlmodel import Session, col, select

from storage.models import Entry, Friction, Outbox, Room, Touchpoint


def outbox_row(session: Session, org: str, row_id: str) -> Outbox | None:
    """An outbox row by id."""
    return session.exec(select(Outbox).where(col(Outbox.organisation_id) == org, col(Outbox.id) == row_id)).first()


def room(session: Session, org: str, room_id: str) -> Room | None:
    """A room by id."""
    return session.exec(select(Room).where(col(Room.organisation_id) == org, col(Room.id) == room_id)).first()


def entry_by(session: Session, org: str, entry_id: str, author_id: str) -> Entry | None:
    """An entry whose words that member wrote."""
    return session.exec(
        select(Entry).where(
            col(Entry.organisation_id) == org, col(Entry.id) == entry_id, col(Entry.author_id) == author_id
        )
    ).first()


def alliance_of_entry(session: Session, org: str, entry_id: str) -> str:
    """The alliance that an entry was recorded for, also after it was taken out; "" where it made nothing."""
    for table in (Touchpoint, Friction):
        found = session.exec(
            select(table.alliance_id).where(col(table.organisation_id) == org, col(table.entry_id) == entry_id)
        ).first()
        if found:
            return found
    return ""
