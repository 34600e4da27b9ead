"""When each role last did its round (`/readyz`, `doctor`)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from storage.models import Heartbeat
from storage.once import insert_or_set


def beat(session: Session, name: str, *, wall: datetime, detail: str = "") -> None:
    """`name` (`tick`, `deliver`) is alive at the wall time `wall`."""
    row = Heartbeat(name=name, at=wall, detail=detail)
    insert_or_set(session, [row], ("name",), names=("at", "detail"))


def last(session: Session, name: str) -> datetime | None:
    """When `name` last did its round (aware UTC, wall time), or None."""
    row = session.get(Heartbeat, name)
    return row.at if row else None
