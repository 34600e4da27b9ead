"""What an editable row was at an earlier version, and who has changed it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from storage.models import Editable, Revision
from storage.models.base import table_of


@dataclass(frozen=True)
class Changes:
    """Which columns differ from an earlier version, and the member ids of who changed them ("" = the clock)."""

    fields: tuple[str, ...]
    by: tuple[str, ...]


def since(session: Session, row: Editable, version: int) -> Changes:
    """How `row` differs from what it was at `version`; empty where that version is unknown."""
    query = (
        select(Revision)
        .where(
            col(Revision.organisation_id) == row.organisation_id,
            col(Revision.subject) == table_of(row).name,
            col(Revision.subject_id) == row.id,
            col(Revision.version) >= version,
        )
        .order_by(col(Revision.version))
    )
    found = list(session.exec(query))
    if not found or found[0].version != version:
        return Changes((), ())
    fields = tuple(
        name
        for name, value in row.model_dump().items()
        if name != "version" and _plain(value) != found[0].data.get(name)
    )
    return Changes(fields, tuple(dict.fromkeys(each.changed_by for each in found)))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
