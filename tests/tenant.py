"""A Teams tenant of the tests: its people, channels and chats, and everything that stands in them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from bot.payload import json_at, list_at, text_at

Json = dict[str, Any]
Sort = Literal["standard", "private", "shared"]

TENANT = "7f3a1c9e-52d4-4c0b-9a6e-1d2b3c4d5e6f"
STRANGE_TENANT = "0d9c8b7a-6f5e-4d3c-8b2a-a1b2c3d4e5f6"
APP_ID = "3b2a1c4d-9e8f-4a7b-8c6d-5e4f3a2b1c0d"
BOT = f"28:{APP_ID}"
BOT_NAME = "架け橋"
TEAM, TEAM_NAME = "19:team0mirai@thread.tacv2", "みらい精機"


def aad(number: int) -> str:
    """An Entra object id, the same one for the same number."""
    return f"{number:08d}-aaaa-4bbb-8ccc-{number:012d}"


@dataclass(frozen=True)
class Person:
    """Somebody as the tenant knows them: `aad` is the Entra object id, `mri` what this bot calls them (29:…)."""

    aad: str
    name: str
    tenant: str = TENANT
    role: Literal["user", "guest", "anonymous"] = "user"
    locale: str = "ja-JP"
    zone: str = "Asia/Tokyo"

    @property
    def mri(self) -> str:
        """The id that only this bot knows them by."""
        return f"29:1{self.aad.replace('-', '')}"

    @property
    def member(self) -> Json:
        """As the roster tells of them."""
        given, _, family = self.name.partition(" ")
        return {
            "id": self.mri,
            "aadObjectId": self.aad,
            "name": self.name,
            "givenName": given,
            "surname": family,
            "email": f"{self.aad[:8]}@example.com",
            "userPrincipalName": f"{self.aad[:8]}@example.com",
            "tenantId": self.tenant,
            "userRole": self.role,
        }


@dataclass(frozen=True)
class Room:
    """A channel of the team or a group chat; `members` are Entra object ids. `sort` counts in channels only."""

    id: str
    name: str
    members: tuple[str, ...]
    kind: Literal["channel", "groupChat"] = "channel"
    sort: Sort = "standard"


@dataclass
class Post:
    """An activity that stands in a conversation. `only`: the MRI of the one person who sees a targeted one."""

    id: str
    conversation: str
    activity: Json
    author: str
    only: str = ""
    edits: int = 0
    deleted: bool = False

    @property
    def card(self) -> Json:
        """Its Adaptive Card; {} where it has none."""
        for each in list_at(self.activity, "attachments"):
            if "adaptive" in text_at(each, "contentType"):
                return json_at(each, "content")
        return {}

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.author == BOT


@dataclass
class Tenant:
    """What Microsoft's side knows. Changes come from the server's thread and from the test's: under one lock.

    `without_app`: people who haven't installed it; `blocked`: those who blocked it (Entra ids);
    `left`: those who left the company, whose chat nobody is in any more; `not_in`: rooms that the bot isn't in.
    """

    people: dict[str, Person] = field(default_factory=dict[str, Person])
    rooms: dict[str, Room] = field(default_factory=dict[str, Room])
    posts: list[Post] = field(default_factory=list[Post])
    without_app: set[str] = field(default_factory=set[str])
    blocked: set[str] = field(default_factory=set[str])
    left: set[str] = field(default_factory=set[str])
    not_in: set[str] = field(default_factory=set[str])
    changed: threading.Condition = field(default_factory=threading.Condition)
    _number: int = 0

    def add(self, *things: Person | Room) -> None:
        """People and rooms that are there from now on; one with a known id takes its place."""
        for each in things:
            if isinstance(each, Person):
                self.people[each.aad] = each
            else:
                self.rooms[each.id] = each

    def person(self, who: str) -> Person | None:
        """By Entra object id or by MRI."""
        return self.people.get(who) or next((each for each in self.people.values() if each.mri == who), None)

    def direct(self, who: str) -> str:
        """The id of a person's 1:1 chat with the bot."""
        person = self.person(who)
        assert person is not None, f"nobody has the id {who}"
        return f"a:1{person.aad.replace('-', '')}"

    def members(self, conversation: str) -> list[Person] | None:
        """Who is in it, the bot left out; None where there is no such conversation."""
        room = self.rooms.get(bare(conversation))
        if room is not None:
            return [self.people[each] for each in room.members if each not in self.left]
        person = next((each for each in self.people.values() if self.direct(each.aad) == bare(conversation)), None)
        if person is None:
            return None
        return [] if person.aad in self.left else [person]

    def next_id(self) -> str:
        """An id as Teams makes them: milliseconds, never twice."""
        with self.changed:
            self._number += 1
            return str(int(datetime(2026, 11, 20, tzinfo=UTC).timestamp() * 1000) + self._number)

    def write(self, post: Post) -> None:
        """A new post stands there."""
        with self.changed:
            self.posts.append(post)
            self.changed.notify_all()

    def post(self, conversation: str, post_id: str) -> Post | None:
        """A post that is there, by id."""
        wanted = bare(conversation)
        found = (each for each in self.posts if each.id == post_id and bare(each.conversation) == wanted)
        return next((each for each in found if not each.deleted), None)

    def seen_by(self, who: str, conversation: str) -> list[Post]:
        """What a person reads in a conversation (a channel with all its threads), oldest first."""
        person = self.person(who)
        assert person is not None, f"nobody has the id {who}"
        wanted = bare(conversation)
        return [
            each
            for each in list(self.posts)
            if bare(each.conversation) == wanted and not each.deleted and each.only in ("", person.mri)
        ]

    def until(self, ready: Callable[[], bool], what: str, *, seconds: float = 10) -> None:
        """Waits, without asking in between, until something came that makes `ready` true."""
        with self.changed:
            assert self.changed.wait_for(ready, seconds), f"still waiting after {seconds:g} s: {what}"


def bare(conversation: str) -> str:
    """The id of a conversation without its thread."""
    return re.sub(r";messageid=.*", "", conversation)
