"""The ASGI application: the platforms' doors, /healthz (alive), /readyz (database, migrations, clock) and /about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.about import about
from bot.app import Product, system_now
from storage import heartbeats, migrations
from storage.db import StorageBusy, StorageReadOnly

_log = structlog.stdlib.get_logger(__name__)

LATE = timedelta(seconds=90)
"""A tick that is later than this says that the clock has stopped; it runs every 15 s."""


def web(product: Product, *, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The application of an opened product; `more` are the practice workspace's routes."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_request: Request) -> Response:
        state = await asyncio.to_thread(readiness, product)
        return JSONResponse(state, 200 if all(state.values()) else 503)

    # The platforms' doors come first: /api/messages lies between the methods of practice's Web API.
    doors = [door for edge in product.edges.values() for door in edge.routes]
    own = [Route("/healthz", alive), Route("/readyz", ready), about(product.settings.organisation)]
    return Starlette(routes=[*own, *doors, *more])


def readiness(product: Product) -> dict[str, bool]:
    """Whether the database answers, its schema is the program's, and the clock ticked lately (real time)."""
    try:
        migrated = migrations.current(product.database) == migrations.head()
        with product.database.reading() as session:
            beat = heartbeats.last(session, "tick") if migrated else None
    except (DBAPIError, StorageBusy, StorageReadOnly) as error:
        _log.warning("ready.no_database", error=type(error).__name__)
        return {"database": False, "migrations": False, "clock": False}
    since = max(beat or product.started, product.started)
    return {"database": True, "migrations": migrated, "clock": system_now() - since < LATE}
