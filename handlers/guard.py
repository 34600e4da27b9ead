"""A linked room that outsiders can read: its posts are paused and its owner hears of it (product.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers.message import Message, Note, Paragraph, Template
from handlers.notice import Reader
from handlers.text import Texts
from storage import alliances, db, outbox, people, rooms
from storage.models import Outbox
from storage.viewer import Viewer

SHARED = "outside"


def knows(session: Session, platform: str, tenant: str, external: str) -> bool:
    """Whether a room is one that belongs or belonged to an alliance: nobody else's readers are asked about."""
    place = people.workspace(session, platform, tenant)
    return (
        place is not None
        and rooms.find(session, place.organisation_id, platform, tenant, external=external) is not None
    )


def room_changed(session: Session, platform: str, tenant: str, external: str, *, shared: bool, now: datetime) -> bool:
    """A room changed and `shared` says whether outsiders read there now; True where its owner is to be told.

    A link that was paused stays so, also when the room is inside again: linking it anew is a person's decision.
    """
    place = people.workspace(session, platform, tenant)
    room = rooms.find(session, place.organisation_id, platform, tenant, external=external) if place else None
    if place is None or room is None:
        return False
    org = place.organisation_id
    db.change(session, room, {"audience": "outside" if shared else "inside"})
    link = rooms.link_of(session, org, room.id)
    if not shared or link is None or link.paused_reason:
        return False
    db.change(session, link, {"paused_reason": SHARED})
    lead = alliances.lead_of(session, org, link.alliance_id)
    return lead is not None and outbox.put(
        session,
        org=org,
        kind="guard.shared",
        subject_id=link.alliance_id,
        key=f"shared:{link.id}:{now.isoformat()}",
        weight="guard",
        now=now,
        member_id=lead.id,
        arguments={"room_id": room.id},
    )


@dataclass(frozen=True)
class Shared:
    """A room that became readable from outside."""

    room: str
    alliance: str


def shared(t: Texts, facts: Shared) -> Message:
    """To the owner of the alliance: posts there are paused, and what to do."""
    return Message(
        (
            Paragraph(t.line("guard.shared", room=facts.room, alliance=facts.alliance)),
            Note(t.line("guard.shared.note")),
        ),
        t("guard.shared.preview"),
    )


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The words for NOTICES; None where the room or the alliance is gone."""
    del now
    room = rooms.get(session, row.organisation_id, str(row.arguments.get("room_id", "")))
    alliance = alliances.get(session, Viewer(row.organisation_id, "", system=True), row.subject_id)
    if room is None or alliance is None:
        return None
    return shared(reader.t, Shared(room.name, alliance.name))


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("guard.shared", lambda t: shared(t, Shared("提携-ノヴァ素材", "ノヴァ素材"))),
)
