"""The conversation of Teams on a stage: the real routes, the tests' connector, a scripted desk or the real one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.payload import as_json, as_list, text_at
from bot.platform import Answer, Ports
from bot.settings import Teams
from bot.teams.audience import TeamsAudience
from bot.teams.connection import Connection, Retry
from bot.teams.references import References
from bot.teams.routes import PATIENCE, Routes, build
from bot.teams.tokens import GivenTokens
from handlers.desk import Desk
from handlers.message import Button, Buttons, Form, Line, Message, Paragraph, PeopleField, Text, TextField
from handlers.request import Account, Reply, Request
from storage.db import Database, unit_of_work
from tests import factories
from tests.activities import AT, Activities
from tests.connector import Connector, connector
from tests.tenant import APP_ID, STRANGE_TENANT, TENANT, Person, Post, Room, aad

Json = dict[str, Any]

TANAKA = Person(aad(1), "田中 真希")
SUZUKI = Person(aad(2), "鈴木 健")
EMMA = Person(aad(3), "Emma Clarke", locale="en-GB", zone="Europe/London")
GUEST = Person(aad(4), "協力会社の森", role="guest")
STRANGER = Person(aad(5), "Nova Weber", tenant=STRANGE_TENANT)
EVERYBODY = (TANAKA, SUZUKI, EMMA, GUEST, STRANGER)
INSIDE = Room("19:inside@thread.tacv2", "提携-ノヴァ素材", (TANAKA.aad, SUZUKI.aad, EMMA.aad))
OPEN = Room("19:open@thread.v2", "ノヴァさんと", (TANAKA.aad, SUZUKI.aad, GUEST.aad, STRANGER.aad), kind="groupChat")

EDIT = Form(
    "touchpoint.edit",
    "編集",
    "保存",
    "やめる",
    (TextField("text", "内容", initial="定例"), PeopleField("owner", "担当", optional=True)),
    id="e1",
    version=3,
)
CARD = Message(
    (
        Paragraph((Text("記録しました"),)),
        Buttons(
            (Button("取り消す", "entry.undo", id="e1", version=3), Button("直す", "entry.edit", id="e1", version=3))
        ),
    ),
    "記録しました",
)


def said(text: str) -> Message:
    """A message of one paragraph."""
    line: Line = (Text(text),)
    return Message((Paragraph(line),), text)


@dataclass
class Script:
    """Stands for the desk: keeps what was asked, replies as the test says; `held` makes it wait."""

    asked: list[Request] = field(default_factory=list[Request])
    rooms: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    reply: Callable[[Request], Reply] = lambda request: Reply(said("はい"))
    held: asyncio.Event | None = None

    async def answer(self, request: Request) -> Reply:
        """The desk's door."""
        self.asked.append(request)
        if self.held is not None:
            await self.held.wait()
        return self.reply(request)

    async def room_changed(self, tenant: str, room: str) -> None:
        """What the routes call for a room's event."""
        self.rooms.append((tenant, room))

    async def person_changed(self, tenant: str, account: Account) -> None:
        """Teams tells of no person's changes."""
        raise AssertionError((tenant, account))


@dataclass
class Stage:
    """A tenant, the routes that serve it, and the script."""

    connector: Connector
    database: Database
    script: Script
    routes: Routes
    references: References
    does: Activities
    runner: asyncio.Runner
    rewired: Callable[[], Routes]
    now: list[float]

    @property
    def asked(self) -> Request:
        """The last request that reached the desk."""
        return self.script.asked[-1]

    def replies(self, reply: Reply) -> None:
        """What the desk says from now on."""
        self.script.reply = lambda request: reply

    def take(self, body: Json, *, settle: bool = True) -> Json:
        """One activity comes in; what it is answered with, when everything that follows is done."""
        invoked = self.runner.run(self.routes.handle(body))
        if settle:
            self.settle()
        return invoked.body or {} if invoked is not None else {}

    def settle(self) -> None:
        """Waits for what goes on after the answer."""
        self.runner.run(self.routes.late.drain())

    def restart(self) -> None:
        """A new process: what was only remembered is gone."""
        self.routes = self.rewired()

    def chat(self, who: Person) -> list[Post]:
        """What the bot wrote into a person's own chat."""
        return [each for each in self.seen(who, self.connector.tenant.direct(who.aad)) if each.by_bot]

    def room(self, who: Person, room: Room) -> list[Post]:
        """What a person reads of the bot's in a room."""
        return [each for each in self.seen(who, room.id) if each.by_bot]

    def seen(self, who: Person, conversation: str) -> list[Post]:
        """Everything that a person reads in a conversation."""
        return self.connector.tenant.seen_by(who.aad, conversation)

    def card(self, who: Person, message: Message = CARD, *, room: Room | None = None) -> Post:
        """A card of ours that stands in the person's own chat, or for them alone in a room."""
        self.replies(Reply(message))
        self.take(self.does.message(who, "x", room=room, targeted=room is not None))
        return (self.chat(who) if room is None else self.room(who, room))[-1]


def words(shown: object) -> str:
    """All that a card or an answer holds."""
    return json.dumps(shown, ensure_ascii=False)


def action(shown: object, title: str) -> Json:
    """The action called `title`, wherever it stands."""
    wanted = (each for each in parts(shown) if text_at(each, "type").startswith("Action."))
    return next(each for each in wanted if each.get("title") == title)


def dialog(answer: Json) -> Json:
    """The card that a dialog shows."""
    assert answer.get("task", {}).get("type") == "continue", answer
    return dict(answer["task"]["value"]["card"]["content"])


def parts(shown: object) -> Iterator[Json]:
    """Every object in a card or an answer, from outside to inside."""
    found = as_json(shown)
    if found:
        yield found
    for each in (*found.values(), *as_list(shown)):
        yield from parts(each)


@contextmanager
def staged(folder: Path, *, patience: float = PATIENCE, desk: bool = False) -> Generator[Stage]:
    """A tenant with everybody in it; `desk`: the real one answers instead of the script."""
    database = factories.database(folder)
    with unit_of_work(database) as session:
        factories.workspace(session, factories.organisation(session).id, platform="teams", tenant=TENANT)
    script, now = Script(), [1_000.0]
    settings = Teams(APP_ID, "secret", (TENANT,))
    quick = Retry(tries=2, base=0.01, longest=0.01, waits=0.1)
    steady = Retry(tries=4, base=0.01, longest=0.01, waits=1.0)
    references = References(database, lambda: AT)
    real = Desk(database, lambda: AT)

    async def answer(request: Request) -> Reply:
        script.asked.append(request)
        return real.run(request)

    asked: Answer = answer if desk else script.answer
    ports = Ports(asked, database, lambda: AT, lambda: now[0], script.room_changed, script.person_changed)
    with connector() as microsoft, asyncio.Runner() as runner, closing(database):
        microsoft.tenant.add(*EVERYBODY, INSIDE, OPEN)
        line = Connection(settings, cloud=microsoft.cloud(), tokens=GivenTokens(microsoft.token), retry=quick)
        slow = Connection(settings, cloud=microsoft.cloud(), tokens=GivenTokens(microsoft.token), retry=steady)

        def wired() -> Routes:
            readers = TeamsAudience(line, references)
            return build(ports, line, references, readers, delivery=slow, patience=patience)

        does = Activities(microsoft.url, microsoft.tenant)
        inside = Stage(microsoft, database, script, wired(), references, does, runner, wired, now)
        try:
            yield inside
            inside.settle()
        finally:
            for each in (line, slow):
                runner.run(each.close())
