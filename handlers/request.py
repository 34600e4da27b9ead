"""What reaches the desk from any platform, and what goes back: plain frozen values, nothing of Slack or Teams."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers.message import Form, Message
from handlers.text import Texts
from storage.models import Member
from storage.viewer import Viewer

Platform = Literal["slack", "teams"]
Standing = Literal["member", "guest", "stranger", "bot"]


@dataclass(frozen=True)
class Account:
    """A person as the platform describes them, resolved by the edge (decision 25). `zone` is an IANA name."""

    user: str
    name: str
    standing: Standing = "member"
    locale: str = ""
    zone: str = ""
    deleted: bool = False


@dataclass(frozen=True)
class Place:
    """Where something was typed or pressed. `outsiders`: can people outside the company read it (None = unknown).

    `away`: the answer stands somewhere else (in Teams, of a mention in a room, in the person's own chat), so that a
    button in it doesn't know the room.
    """

    kind: Literal["direct", "room", "none"] = "none"
    room: str = ""
    name: str = ""
    outsiders: bool | None = None
    message: str = ""
    away: bool = False


@dataclass(frozen=True)
class Source:
    """A message that is recorded by shortcut: who wrote it, when (aware), its words and its permanent link."""

    permalink: str
    text: str
    author: Account | None
    room: str
    at: datetime


@dataclass(frozen=True)
class Command:
    """A command word with the text after it; `name` is a row of the command table."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Say:
    """Plain words to the bot: a direct message, or an @mention with the mention taken off.

    `private`: nobody else reads them, although they were typed in a room (a Teams slash command); so is the answer.
    `forms`: the answer may be a form, since the platform can show one in the chat itself.
    """

    text: str
    private: bool = False
    forms: bool = False


@dataclass(frozen=True)
class Press:
    """A button or menu; every part is untrusted input."""

    action: str
    id: str = ""
    version: int = 0
    choice: str = ""


@dataclass(frozen=True)
class Submit:
    """A form sent in. A field's value is a list (most have one item; an empty field has none)."""

    form: str
    id: str = ""
    version: int = 0
    values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def one(self, name: str) -> str:
        """The single value of a field, stripped; "" when empty."""
        return next(iter(self.values.get(name, [])), "").strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.values.get(name, [])


@dataclass(frozen=True)
class Capture:
    """The message shortcut この投稿を記録."""

    source: Source


@dataclass(frozen=True)
class OpenHome:
    """The person looks at the app's own page."""


Intent = Command | Say | Press | Submit | Capture | OpenHome


@dataclass(frozen=True)
class Request:
    """One thing that a person did. `key` is the inbox key (decision 20); `tenant` the platform's workspace id."""

    key: str
    platform: Platform
    tenant: str
    actor: Account
    place: Place
    intent: Intent
    people: dict[str, Account] = field(default_factory=dict[str, Account])


@dataclass(frozen=True)
class Reply:
    """What the person sees: a private message, or a form, or errors on fields; `replace` updates the pressed message.

    `errors` maps field name → text. `wake` says that outbox rows wait, so that the deliverer need not wait for a tick.
    `kept`: what is remembered, and said to a request that comes again, in place of a message that holds a secret.
    """

    message: Message | None = None
    form: Form | None = None
    errors: dict[str, str] = field(default_factory=dict[str, str])
    replace: bool = False
    wake: bool = False
    kept: Message | None = None


@dataclass(frozen=True)
class Ctx:
    """What a handler works with. `now` is aware UTC; `today` is the actor's calendar day in `zone`."""

    session: Session
    now: datetime
    actor: Member
    viewer: Viewer
    t: Texts
    zone: ZoneInfo
    today: date
    request: Request
    people: dict[str, Member] = field(default_factory=dict[str, Member])

    @property
    def org(self) -> str:
        """The actor's organisation: the boundary of everything that is read or written."""
        return self.viewer.organisation_id
