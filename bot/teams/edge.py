"""Teams as a whole, joined: what bot/app.py builds, mounts, starts and closes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment
from starlette.routing import BaseRoute, Route

from bot.platform import Place, Ports
from bot.settings import Teams
from bot.teams.audience import TeamsAudience
from bot.teams.connection import DELIVERY_RETRY, DELIVERY_SECONDS, CallFailed, Connection
from bot.teams.door import PATH, Door
from bot.teams.references import References
from bot.teams.routes import PATIENCE, Routes, build
from bot.teams.send import TeamsSender
from bot.teams.tokens import GivenTokens, Login, Tokens


@dataclass(frozen=True)
class TeamsEdge:
    """Everything of Teams. `routes` has `POST /api/messages`; `connection` is for people who wait, `delivery` not."""

    teams: Teams
    tokens: Tokens
    connection: Connection
    delivery: Connection
    references: References
    sender: TeamsSender
    audience: TeamsAudience
    listeners: Routes
    door: Door
    routes: Sequence[BaseRoute]

    async def start(self) -> None:
        """Nothing: lines are opened with the first call."""

    async def places(self) -> Sequence[Place]:
        """The tenants that may use it; Microsoft isn't asked."""
        return [Place(tenant, bot_user=f"28:{self.teams.app_id}") for tenant in self.teams.tenants]

    async def listen(self) -> None:
        """Nothing: requests come over HTTP."""

    async def close(self) -> None:
        """Finishes what is under way, closes the lines."""
        await self.listeners.late.drain()
        await self.door.close()
        for connection in (self.connection, self.delivery):
            await connection.close()
        self.tokens.close()


def connect(
    teams: Teams,
    ports: Ports,
    *,
    cloud: CloudEnvironment = PUBLIC,
    token: Callable[[str, str | None], str | None] | None = None,
    patience: float = PATIENCE,
) -> TeamsEdge:
    """Joins the parts; nothing is called yet.

    `cloud`: where keys and login are; `token(scope, tenant)`: our token from elsewhere than login; `patience`: the
    seconds until an answer goes out without its content. In the playground (`teams.open`) calls carry no token.
    """
    tokens = _tokens(teams, cloud, token)
    connection = Connection(teams, tokens, cloud=cloud)
    delivery = Connection(teams, tokens, cloud=cloud, seconds=DELIVERY_SECONDS, retry=DELIVERY_RETRY)
    references = References(ports.database, ports.clock)
    readers = TeamsAudience(connection, references, lenient=teams.open)
    listeners = build(ports, connection, references, readers, delivery=delivery, lenient=teams.open, patience=patience)
    door = Door(teams, listeners.handle, cloud=cloud, wall=ports.wall)
    return TeamsEdge(
        teams=teams,
        tokens=tokens,
        connection=connection,
        delivery=delivery,
        references=references,
        sender=TeamsSender(delivery, references),
        audience=TeamsAudience(delivery, references, lenient=teams.open),
        listeners=listeners,
        door=door,
        routes=[Route(PATH, door.endpoint, methods=["POST"])],
    )


def _tokens(teams: Teams, cloud: CloudEnvironment, token: Callable[[str, str | None], str | None] | None) -> Tokens:
    if token is not None:
        return GivenTokens(token)
    if teams.open:
        return GivenTokens()
    # the registration's home is the first tenant: Microsoft makes no bots of several tenants any more (platform.md B1)
    return Login(teams.app_id, teams.password, next(iter(teams.tenants), cloud.login_tenant), cloud)


async def login_trouble(teams: Teams, *, cloud: CloudEnvironment = PUBLIC) -> str:
    """What Entra has against our app id and secret: "" where it gives a token, else a reason and Entra's own code."""
    tokens = _tokens(teams, cloud, None)
    connection = Connection(teams, tokens, cloud=cloud)
    try:
        await connection.token()
    except CallFailed as error:
        return f"{error.reason} {error.code}".strip()
    finally:
        await connection.close()
        tokens.close()
    return ""
