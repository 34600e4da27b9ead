"""Slack as a whole, joined: what bot/app.py builds, mounts, starts and closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from starlette.routing import BaseRoute, Route

from bot.platform import Place, Ports
from bot.settings import Slack
from bot.slack.answers import Answers
from bot.slack.audience import SlackAudience
from bot.slack.connection import Connection
from bot.slack.door import door
from bot.slack.facts import People, Rooms
from bot.slack.inbound import Inbound
from bot.slack.origin import Origins
from bot.slack.routes import PATIENCE, Routes, build_bolt
from bot.slack.send import SlackSender
from bot.slack.socket import Socket


@dataclass(frozen=True)
class SlackEdge:
    """Everything of Slack. `routes` has `POST /slack/events` (empty in Socket Mode, where `socket` is there)."""

    connection: Connection
    people: People
    rooms: Rooms
    sender: SlackSender
    audience: SlackAudience
    listeners: Routes
    bolt: AsyncApp
    routes: Sequence[BaseRoute]
    socket: Socket | None

    async def start(self) -> None:
        """Opens the lines for calls, inside the running loop."""
        await self.connection.start()

    async def places(self) -> Sequence[Place]:
        """The one workspace of the bot token. Raises CallFailed."""
        own = await self.connection.identity()
        return [Place(own.team, own.site, own.user)]

    async def listen(self) -> None:
        """Takes requests: over HTTP the web server does; in Socket Mode raises what the SDK does when Slack says no."""
        if self.socket is not None:
            await self.socket.connect()

    async def close(self) -> None:
        """Takes nothing more, finishes what is under way, closes the lines."""
        if self.socket is not None:
            await self.socket.close()
        await self.listeners.late.drain()
        await self.connection.close()


def connect(slack: Slack, ports: Ports, *, commands: Mapping[str, str], patience: float = PATIENCE) -> SlackEdge:
    """Joins the parts; nothing is called yet.

    `commands`: slash name → row of the command table; `patience`: the seconds until an acknowledgement goes out
    without its answer.
    """
    wall = ports.wall
    connection = Connection(slack.bot_token, slack.api_url)
    people, rooms = People(connection, wall), Rooms(connection, wall)
    audience = SlackAudience(connection, people, rooms)
    listeners = Routes(
        inbound=Inbound(connection, people, rooms, audience, commands),
        answers=Answers(connection, Origins(wall)),
        answer=ports.answer,
        on_room_change=ports.on_room_change,
        on_person_change=ports.on_person_change,
        locale=ports.locale,
        patience=patience,
    )
    bolt = build_bolt(listeners, connection, slack.signing_secret)
    return SlackEdge(
        connection=connection,
        people=people,
        rooms=rooms,
        sender=SlackSender(connection),
        audience=audience,
        listeners=listeners,
        bolt=bolt,
        routes=[] if slack.socket_mode else [_door(bolt, slack.signing_secret)],
        socket=Socket(bolt, slack.app_token, connection.reads) if slack.socket_mode else None,
    )


def _door(bolt: AsyncApp, signing_secret: str) -> BaseRoute:
    return Route("/slack/events", door(bolt, signing_secret), methods=["POST"])
