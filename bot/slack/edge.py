"""Slack as a whole, joined: what bot/app.py builds, mounts, starts and closes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from starlette.requests import Request
from starlette.responses import Response

from bot.settings import Slack
from bot.slack.answers import Answers
from bot.slack.audience import SlackAudience
from bot.slack.connection import Connection
from bot.slack.door import door
from bot.slack.facts import People, Rooms
from bot.slack.inbound import Inbound
from bot.slack.origin import Origins
from bot.slack.routes import PATIENCE, Answer, PersonChange, RoomChange, Routes, build_bolt
from bot.slack.send import SlackSender
from bot.slack.socket import Socket


@dataclass(frozen=True)
class SlackEdge:
    """Everything of Slack. `endpoint` serves `POST /slack/events` (None in Socket Mode, where `socket` is there)."""

    connection: Connection
    people: People
    rooms: Rooms
    sender: SlackSender
    audience: SlackAudience
    routes: Routes
    bolt: AsyncApp
    endpoint: Callable[[Request], Awaitable[Response]] | None
    socket: Socket | None

    async def start(self) -> None:
        """Opens the lines for calls, inside the running loop."""
        await self.connection.start()

    async def listen(self) -> None:
        """Takes requests: over HTTP the web server does; in Socket Mode raises what the SDK does when Slack says no."""
        if self.socket is not None:
            await self.socket.connect()

    async def close(self) -> None:
        """Takes nothing more, finishes what is under way, closes the lines."""
        if self.socket is not None:
            await self.socket.close()
        await self.routes.late.drain()
        await self.connection.close()


def connect(
    slack: Slack,
    *,
    commands: Mapping[str, str],
    answer: Answer,
    wall: Callable[[], float],
    on_room_change: RoomChange,
    on_person_change: PersonChange,
    locale: str = "ja",
    patience: float = PATIENCE,
) -> SlackEdge:
    """Joins the parts; nothing is called yet.

    `commands`: slash name → row of the command table. `answer`: the desk behind an asynchronous door, which answers
    within about 2 s and raises nothing that a person can mend. `wall`: Unix seconds, real time. `on_room_change` is
    told the id of a room that was shared, archived, joined, renamed …; `locale` is for words to nobody known yet;
    `patience` the seconds until an acknowledgement goes out without its answer.
    """
    connection = Connection(slack.bot_token, slack.api_url)
    people, rooms = People(connection, wall), Rooms(connection, wall)
    audience = SlackAudience(connection, people, rooms)
    routes = Routes(
        inbound=Inbound(connection, people, rooms, audience, commands),
        answers=Answers(connection, Origins(wall)),
        answer=answer,
        on_room_change=on_room_change,
        on_person_change=on_person_change,
        locale=locale,
        patience=patience,
    )
    bolt = build_bolt(routes, connection, slack.signing_secret)
    return SlackEdge(
        connection=connection,
        people=people,
        rooms=rooms,
        sender=SlackSender(connection),
        audience=audience,
        routes=routes,
        bolt=bolt,
        endpoint=None if slack.socket_mode else door(bolt, slack.signing_secret),
        socket=Socket(bolt, slack.app_token, connection.reads) if slack.socket_mode else None,
    )
