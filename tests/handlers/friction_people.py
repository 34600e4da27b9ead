"""A small company around one alliance, for the tests of friction notes and settings."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.message import Block, Button, Buttons, Menu, Message, Paragraph, spoken
from handlers.request import Account, Command, Ctx, Place, Press, Reply, Request
from handlers.text import texts
from storage import db, people
from storage.ids import new_id
from storage.models import Alliance, AllianceRole, Entry, Member
from tests import factories
from tests.factories import MONDAY


@dataclass
class Company:
    """ノヴァ素材 with its lead 佐藤, two of the team, its manager 田中; 鈴木 belongs to nothing of it."""

    session: Session
    org: str
    nova: Alliance
    lumina: Alliance
    lead: Member
    team: list[Member]
    manager: Member
    stranger: Member
    count: list[int] = field(default_factory=lambda: [0])

    def ctx(self, person: Member, *, room: str = "") -> Ctx:
        """A request of `person` on Monday 6 July 2026, in a direct chat or a room."""
        place = Place("room", room) if room else Place("direct")
        request = Request("k", "slack", "T1", Account("U1", person.name), place, Command("x"))
        zone = ZoneInfo("Asia/Tokyo")
        return Ctx(
            session=self.session,
            now=MONDAY,
            actor=person,
            viewer=people.viewer_of(self.session, person),
            t=texts("ja"),
            zone=zone,
            today=MONDAY.astimezone(zone).date(),
            request=request,
        )

    def entry(self, person: Member, raw: str = "ひっかかり") -> Entry:
        """A typed line."""
        return db.add(
            self.session,
            Entry(
                id=new_id(MONDAY),
                organisation_id=self.org,
                verb="friction",
                raw=raw,
                recorder_id=person.id,
                created_at=MONDAY,
            ),
        )


@contextmanager
def company(folder: Path) -> Generator[Company]:
    """The company in a new database; nothing is committed."""
    base = factories.database(folder)
    with base.writing() as session:
        org = factories.organisation(session).id
        factories.workspace(session, org)
        people_ = [factories.member(session, org, name=name) for name in ("佐藤", "高橋", "伊藤", "田中", "鈴木")]
        nova, lumina = _alliance(session, people_[0], "ノヴァ素材"), _alliance(session, people_[0], "ルミナAI")
        for person, role in zip(people_[:4], ("lead", "backup", "member", "manager"), strict=True):
            _role(session, nova, person, role)
        yield Company(session, org, nova, lumina, people_[0], people_[1:3], people_[3], people_[4])
    base.close()


def _alliance(session: Session, lead: Member, name: str) -> Alliance:
    return db.add(
        session,
        Alliance(
            id=new_id(MONDAY),
            organisation_id=lead.organisation_id,
            name=name,
            key=name,
            started_on=date(2026, 1, 5),
            created_by=lead.id,
            created_at=MONDAY,
        ),
    )


def _role(session: Session, alliance: Alliance, person: Member, role: str) -> None:
    row = AllianceRole(
        id=new_id(MONDAY),
        organisation_id=alliance.organisation_id,
        alliance_id=alliance.id,
        side="ours",
        role=role,
        member_id=person.id,
        since=date(2026, 1, 5),
    )
    db.add(session, row)


# ---------------------------------------------------------------- what is seen and pressed


def words(reply: Reply | Message) -> str:
    """Everything that a reply says."""
    message = reply.message if isinstance(reply, Reply) else reply
    assert message is not None
    return spoken(message)


def pressables(reply: Reply | Message) -> list[Button | Menu]:
    """Every button and menu of a reply."""
    message = reply.message if isinstance(reply, Reply) else reply
    assert message is not None
    return of_blocks(message.blocks)


def of_blocks(blocks: tuple[Block, ...]) -> list[Button | Menu]:
    """Every button and menu of blocks."""
    found: list[Button | Menu] = []
    for block in blocks:
        match block:
            case Buttons():
                found.extend(block.items)
            case Paragraph(button=Button() as button):
                found.append(button)
            case _:
                pass
    return found


def press(reply: Reply | Message, action: str, choice: str = "") -> Press:
    """The press of the first button or menu with that action (and, for a button with choices, that choice)."""
    for item in pressables(reply):
        if item.action == action:
            if isinstance(item, Menu):
                assert choice in {option.value for option in item.options}
                return Press(action, item.id, item.version, choice)
            if not choice or item.choice == choice:
                return Press(action, item.id, item.version, item.choice)
    raise AssertionError(f"nothing to press for {action} {choice}")


def actions(reply: Reply | Message) -> set[str]:
    """The actions that a reply offers."""
    return {item.action for item in pressables(reply)}
