"""`serve`: one process with the web server, Socket Mode where it is set, and the clock."""

from __future__ import annotations

import contextlib

import structlog
import typer
import uvicorn

from bot.app import Product, build
from bot.settings import Settings
from bot.web import web
from handlers.text import Texts

_log = structlog.stdlib.get_logger(__name__)


def server(product: Product, app: object) -> uvicorn.Server:
    """A uvicorn server on the installation's host and port; access logs are off (they hold no word we need)."""
    config = uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType] - any ASGI application
        host=product.settings.host,
        port=product.settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


async def serve(settings: Settings, t: Texts) -> None:
    """Run until a signal ends it."""
    product = build(settings)
    await product.open()
    try:
        await product.clockwork.start()
        await product.listen()
        typer.echo(t("cli.serve.ready", host=settings.host, port=settings.port))
        if settings.teams is not None:
            key = "cli.serve.teams" if settings.public_url.startswith("https://") else "cli.serve.teams.no_public_url"
            typer.echo(t(key, url=settings.public_url))
        await server(product, web(product)).serve()
    finally:
        with contextlib.suppress(RuntimeError):
            await product.close()
        _log.info("serve.stopped")
