"""What can't be posted: a linked room that outsiders can read, a person whom nothing reaches (product.md §5, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers import places
from handlers.message import Block, Bullets, Message, Note, Paragraph, Template, line_of
from handlers.notice import Reader
from handlers.text import Texts
from storage import alliances, db, nextsteps, outbox, people, rooms
from storage.models import Member, Outbox
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
    alliance = alliances.get(session, _clock(row.organisation_id), row.subject_id)
    if room is None or alliance is None:
        return None
    (called,) = places.rooms(session, reader.t, row.organisation_id, [room])
    return shared(reader.t, Shared(called, alliance.name))


# ---------------------------------------------------------------- a person whom nothing reaches


@dataclass(frozen=True)
class Unreached:
    """Somebody in whose chat nothing arrives, and the alliances in which they have a part."""

    name: str
    alliances: tuple[str, ...] = ()


def unreached(session: Session, row: Outbox, since: str, now: datetime) -> None:
    """Who answers for what the reader of `row` does is told that nothing reaches them.

    That is the lead of each of their alliances (of a lead: who comes next there), and who gave them the step that
    `row` tells of. `since` stands for the time since when nothing arrives: about one such time everybody hears once.
    """
    org = row.organisation_id
    person = people.member(session, org, row.member_id or "")
    if person is None:
        return
    told: dict[str, list[str]] = {}
    if row.kind == "step.offered":
        step = nextsteps.get(session, _clock(org), row.subject_id)
        if step is not None and step.assigned_by != person.id:
            told[step.assigned_by] = []
    for alliance_id in sorted(people.viewer_of(session, person).near):
        alliance = alliances.get(session, _clock(org), alliance_id)
        ours = [each.id for _, each in alliances.people(session, org, alliance_id) if isinstance(each, Member)]
        owner = next((each for each in ours if each != person.id), None)
        if owner is not None and alliance is not None and alliance.stage != "closed":
            told.setdefault(owner, []).append(alliance_id)
    for who, about in told.items():
        outbox.put(
            session,
            org=org,
            kind="guard.unreached",
            subject_id=person.id,
            key=f"unreached:{person.id}:{who}:{since}",
            weight="guard",
            now=now,
            member_id=who,
            arguments={"alliances": ",".join(about)},
        )


def unreached_said(t: Texts, facts: Unreached) -> Message:
    """To who answers for them: nothing arrives, nobody is to blame, and what helps."""
    blocks: list[Block] = [Paragraph(t.line("teams.unreached", name=facts.name))]
    if facts.alliances:
        blocks.append(Bullets(tuple(line_of(name) for name in facts.alliances)))
    blocks.append(Note(t.line("teams.unreached.note")))
    return Message(tuple(blocks), t("teams.unreached.preview", name=facts.name))


def unreached_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The words for NOTICES; None where the person is gone."""
    del now
    person = people.member(session, row.organisation_id, row.subject_id)
    if person is None:
        return None
    ids = str(row.arguments.get("alliances", "")).split(",")
    found = (alliances.get(session, _clock(row.organisation_id), each) for each in ids)
    return unreached_said(reader.t, Unreached(person.name, tuple(each.name for each in found if each)))


def _clock(org: str) -> Viewer:
    return Viewer(org, "", system=True)


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("guard.shared", lambda t: shared(t, Shared("提携-ノヴァ素材", "ノヴァ素材"))),
    Template("guard.unreached", lambda t: unreached_said(t, Unreached("佐藤", ("ノヴァ素材", "ルミナ")))),
)
