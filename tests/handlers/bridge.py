"""One company on Slack and on Teams, spoken to through the desk; what is posted stands on a fake of each platform."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from handlers.desk import Desk
from handlers.message import Button, Menu, Message, spoken
from handlers.notices import NOTICES
from handlers.request import Account, Command, Intent, Place, Platform, Press, Reply, Request, Say, Submit
from scheduler.deliver import Deliverer
from scheduler.tick import tick
from storage import conversations, db, people
from storage.db import AnyRow, Database
from storage.models import Member, Workspace
from tests import factories
from tests.fakes import FakeAudience, FakeSender, Posted
from tests.handlers.friction_people import of_blocks

TENANTS: dict[str, str] = {"slack": "T1", "teams": "tenant-1"}
TOKYO = ZoneInfo("Asia/Tokyo")


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2026 in Tokyo, as UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@dataclass(frozen=True)
class Person:
    """Somebody as one platform knows them."""

    platform: Platform
    user: str
    name: str
    locale: str = "ja-JP"


SATO = Person("slack", "U1", "佐藤 花子")
TANAKA = Person("teams", "aad-tanaka", "田中 実")
SATO_TEAMS = Person("teams", "aad-sato", "佐藤 花子 (Hanako Sato)", locale="en-US")
SUZUKI = Person("slack", "U2", "鈴木 舞")


@dataclass
class Bridge:
    """`posts` are the platforms; `now` is business and wall time."""

    database: Database
    org: str
    now: datetime = field(default_factory=lambda: at(7, 6))
    posts: dict[str, FakeSender] = field(default_factory=lambda: {each: FakeSender() for each in TENANTS})
    readers: dict[str, FakeAudience] = field(default_factory=lambda: {each: FakeAudience() for each in TENANTS})
    requests: int = 0

    # ------------------------------------------------------------ what people do

    def ask(self, who: Person, intent: Intent, *, place: Place | None = None, others: tuple[Person, ...] = ()) -> Reply:
        """One request through the desk; `others` are people whom it names."""
        self.requests += 1
        key = f"{who.platform}:{self.requests}"
        account = Account(who.user, who.name, locale=who.locale, zone="Asia/Tokyo")
        named = {each.user: Account(each.user, each.name) for each in others}
        where = place or Place("direct")
        request = Request(key, who.platform, TENANTS[who.platform], account, where, intent, named)
        return Desk(self.database, lambda: self.now).run(request)

    def say(self, who: Person, text: str, *, place: Place | None = None, private: bool = False) -> str:
        """Plain words; what the answer says."""
        return said(self.ask(who, Say(text, private), place=place))

    def command(self, who: Person, text: str, *, room: str = "") -> str:
        """`/alliance …`; what the answer says."""
        place = Place("room", room, name=room, outsiders=False) if room else None
        return said(self.ask(who, Command("alliance", text), place=place))

    def press(self, who: Person, message: Reply | Message | None, action: str, choice: str = "") -> Reply:
        """The first button or menu with that action."""
        shown = message.message if isinstance(message, Reply) else message
        assert shown is not None
        item = next(each for each in of_blocks(shown.blocks) if each.action == action)
        return self.ask(who, Press(action, item.id, item.version, choice or chosen(item)))

    def submit(self, who: Person, reply: Reply, /, *others: Person, **values: str) -> Reply:
        """Send a form in with these values; what isn't named stays as the form has it."""
        form = reply.form
        assert form is not None, said(reply)
        filled = {
            each.name: [each.initial] if isinstance(each.initial, str) else list(each.initial) for each in form.fields
        }
        sent = {name: [text for text in texts if text] for name, texts in filled.items()}
        sent |= {name: [value] for name, value in values.items()}
        return self.ask(who, Submit(form.name, form.id, form.version, sent), others=others)

    def met(self, *who: Person) -> None:
        """First contact; on Teams a chat is known from then on."""
        for each in who:
            self.say(each, "こんにちは")
            if each.platform == "teams":
                self.chat(each)
        self.deliver()
        for sender in self.posts.values():
            sender.posts.clear()

    def chat(self, who: Person, *, dead: str = "") -> None:
        """Whether the direct chat of somebody on Teams is known here, and why nothing arrives there."""
        with db.unit_of_work(self.database) as session:
            chat = conversations.made(self.place(session, "teams"), "direct", who.user, now=self.now)
            chat.conversation, chat.address = f"19:{who.user}", "https://smba.example/"
            if dead:
                conversations.bury(session, chat, dead)
            else:
                conversations.remember(session, chat)

    def code(self, who: Person) -> str:
        """A fresh code, as it is shown."""
        text = self.say(who, "アカウント連携")
        assert "連携コード" in text, text
        return text.split("連携コード ")[1][:9]

    def link(self, maker: Person, typist: Person) -> Reply:
        """The whole way, with a confirmation where one is asked for."""
        reply = self.ask(typist, Say(self.code(maker)))
        asked = reply.message is not None and "account.confirm" in actions(reply)
        return self.press(typist, reply, "account.confirm") if asked else reply

    def alliance(self, lead: Person, name: str = "ノヴァ素材") -> None:
        """A new alliance of `lead`."""
        form = self.ask(lead, Command("alliance", "新規"))
        self.submit(lead, form, name=name, purpose="検査を、人にやさしく")

    # ------------------------------------------------------------ the clock and the post

    def later(self, now: datetime) -> None:
        """The clock moves: what was planned and is due is told."""
        tick(self.database, NOTICES, self.now, self.now)
        self.now = now
        tick(self.database, NOTICES, now, now)
        self.deliver()

    def deliver(self) -> None:
        """Everything that waits is sent."""
        deliverer = Deliverer(
            self.database, NOTICES, self.posts, self.readers, lambda: self.now, lambda: self.now, "one"
        )
        asyncio.run(deliverer.drain())
        self.now += timedelta(seconds=2)
        asyncio.run(deliverer.drain())

    def heard(self, who: Person) -> list[str]:
        """What stands in somebody's direct chat."""
        return [spoken(each.message) for each in self.messages(who)]

    def messages(self, who: Person) -> list[Posted]:
        """The same as messages."""
        return [each for each in self.posts[who.platform].standing if each.to.user == who.user]

    # ------------------------------------------------------------ what is stored

    def place(self, session: Session, platform: str) -> Workspace:
        found = people.workspace(session, platform, TENANTS[platform])
        assert found is not None
        return found

    def member(self, who: Person) -> Member:
        """The member behind an account."""
        with self.database.reading() as session:
            found = people.member_of(session, self.place(session, who.platform).id, who.user)
            assert found is not None
            return found

    def rows(self, kind: type[AnyRow]) -> list[AnyRow]:
        """Every row of a table."""
        with self.database.reading() as session:
            return list(session.exec(select(kind)))


def said(reply: Reply) -> str:
    """Everything that a reply says."""
    assert reply.message is not None, reply
    return spoken(reply.message)


def actions(reply: Reply | Message) -> set[str]:
    """The actions that a reply offers."""
    message = reply.message if isinstance(reply, Reply) else reply
    return {item.action for item in of_blocks(message.blocks)} if message else set()


def chosen(item: Button | Menu) -> str:
    """What the press of a button brings along; of a menu its first option."""
    return item.choice if isinstance(item, Button) else item.options[0].value


@contextmanager
def bridge(folder: Path) -> Generator[Bridge]:
    """The company on Monday 6 July 2026, 10:00 in Tokyo; nobody has been in touch yet."""
    base = factories.database(folder)
    with db.unit_of_work(base) as session:
        org = factories.organisation(session).id
        for platform, tenant in TENANTS.items():
            factories.workspace(session, org, platform=platform, tenant=tenant)
    yield Bridge(base, org)
    base.close()
