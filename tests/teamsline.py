"""The wire between a Teams installation of the tests and its Microsoft: activities in, dialogs and cards out."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from bot.app import Product
from bot.payload import json_at, text_at
from bot.practice.practice_clock import PracticeClock
from bot.teams.edge import TeamsEdge
from tests import teamscard
from tests.activities import Activities
from tests.connector import Connector
from tests.home import Json
from tests.playhouse import PATIENCE
from tests.teamscard import Shown, form_of
from tests.teamsworld import PEOPLE, PLACES
from tests.tenant import Person, Post, Room

T = TypeVar("T")
DIALOG = "dialog:"


def plain_client() -> httpx.Client:
    """A client for http alone: to load the certificates of the world takes 30 ms."""
    return httpx.Client(timeout=PATIENCE, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


@dataclass
class Dialog:
    """A dialog before somebody: the card that it shows, and the activity that opened it."""

    id: str
    who: str
    opened: Json
    card: Json
    title: str
    place: str

    @property
    def shown(self) -> Shown:
        """What can be read in it."""
        preview = teamscard.words(self.card).split("\n")[0]
        return Shown(self.id, self.place, self.card, preview=preview, private=True, dialog=True)


@dataclass
class TeamsLine:
    """One installation, the people in it and what is open before them."""

    base: str
    product: Product
    loop: asyncio.AbstractEventLoop
    time: PracticeClock
    connector: Connector
    client: httpx.Client = field(default_factory=plain_client)
    dialogs: list[Dialog] = field(default_factory=list[Dialog])
    top: dict[str, Dialog] = field(default_factory=dict[str, Dialog])
    replaced: dict[tuple[str, str], tuple[int, Json]] = field(default_factory=dict[tuple[str, str], tuple[int, Json]])
    """Cards that an invoke's answer put in the place of a pressed one: for that person, until the post is edited."""

    # -- the wire

    def deliver(self, body: Json, **over: object) -> httpx.Response:
        """POST /api/messages, signed (`over`: as in Connector.sign); what goes on after the answer is waited for."""
        headers = self.connector.sign(body, **over)
        answer = self.client.post(f"{self.base}/api/messages", json=body, headers=headers)
        self.run(self.edge.listeners.late.drain(PATIENCE))
        return answer

    def act(self, body: Json) -> Json:
        """An activity that the bot must take; the answer to an invoke, else {}."""
        answer = self.deliver(body)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return dict(answer.json()) if answer.content else {}

    def run(self, work: Coroutine[object, object, T]) -> T:
        """In the bot's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    @property
    def edge(self) -> TeamsEdge:
        """The bot's side of Teams."""
        edge = self.product.edges["teams"]
        assert isinstance(edge, TeamsEdge)
        return edge

    @property
    def activities(self) -> Activities:
        """Makes bodies as of now."""
        return Activities(self.connector.url, self.connector.tenant, self.time())

    # -- who and where

    def person(self, who: str) -> Person:
        """Somebody of the stories, or by an id of Teams."""
        found = self.connector.tenant.person(PEOPLE.get(who, who))
        assert found is not None, who
        return found

    def place(self, room: str) -> str:
        """The conversation id of a room of the stories; of Teams' own it is itself."""
        return PLACES.get(room, room)

    def room(self, room: str) -> Room | None:
        """The channel; None for a direct chat."""
        return self.connector.tenant.rooms.get(self.place(room))

    # -- what the client does with answers

    def acts(self, who: str) -> None:
        """Whoever does something has closed the dialog that was before them."""
        if who in self.top and not form_of(self.top[who].card):
            del self.top[who]

    def opened(self, who: str, room: str, body: Json, answer: Json) -> None:
        """A dialog opens, if that is what came back."""
        if answer.get("task"):
            place = self.place(room)
            dialog = Dialog(f"{DIALOG}{len(self.dialogs)}", who, body, {}, "", place)
            self.dialogs.append(dialog)
            self.continued(dialog, answer)

    def send(self, dialog: Dialog, action: Json, inputs: Json | None) -> None:
        """Something is pressed in a dialog; it shows what comes back, or closes."""
        person, opened = self.person(dialog.who), dialog.opened
        extension = text_at(opened, "name").startswith("composeExtension/")
        make = self.activities
        body = (
            make.submit_action(opened, action, inputs)
            if extension
            else make.task_submit(person, opened, action, inputs)
        )
        self.continued(dialog, self.act(body))

    def continued(self, dialog: Dialog, answer: Json) -> None:
        """The dialog shows the next card, or closes."""
        info = json_at(answer, "task", "value")
        if text_at(answer, "task", "type") == "continue":
            dialog.card, dialog.title = json_at(info, "card", "content"), text_at(info, "title")
            self.top[dialog.who] = dialog
            return
        dialog.card = {}
        if self.top.get(dialog.who) is dialog:
            del self.top[dialog.who]

    def changed(self, who: str, post: Post, answer: Json) -> None:
        """What the client does with the answer to Action.Execute."""
        assert answer.get("statusCode", 200) == 200, answer
        if answer.get("type") == "application/vnd.microsoft.card.adaptive":
            self.replaced[who, post.id] = (post.edits, answer["value"])
