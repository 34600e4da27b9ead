"""Requests that were carried out, with the reply that they got (decision 20)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlmodel import Session, col, select

from storage.db import add
from storage.models import Inbox

_SWEPT_AT_ONCE = 500
_REPLY = select(Inbox.reply).where(col(Inbox.key) == bindparam("key"))


def seen(session: Session, key: str) -> str | None:
    """The stored reply of the request `key`, or None when it was not carried out yet."""
    return session.exec(_REPLY, params={"key": key}).first()


def keep(session: Session, key: str, org: str, reply: str, now: datetime) -> None:
    """Remember that `key` was carried out with `reply`; in the transaction of what it did.

    Raises sqlalchemy.exc.IntegrityError when another transaction has carried it out meanwhile.
    """
    add(session, Inbox(key=key, organisation_id=org, reply=reply, at=now))


def sweep(session: Session, before: datetime) -> int:
    """Forget requests older than `before`, at most 500 at once; how many were forgotten."""
    old = select(Inbox.key).where(col(Inbox.at) < before).limit(_SWEPT_AT_ONCE)
    return session.connection().execute(delete(Inbox).where(col(Inbox.key).in_(old))).rowcount
