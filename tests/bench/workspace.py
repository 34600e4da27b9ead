"""The local workspace's Web API alone, in a process of its own: `python -m tests.bench.workspace PORT SECRET`."""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette

from bot.app import wall_seconds
from bot.practice import cast
from bot.practice.server import Wiring, routes
from bot.practice.workspace import Tokens, Workspace

TOKEN = "xoxb-bench"


def main(port: str, secret: str) -> None:
    """Serve until the process is ended."""
    base = f"http://127.0.0.1:{port}"
    tokens = Tokens(TOKEN, "xapp-bench", secret)
    place = Workspace(cast.TEAM, list(cast.PEOPLE), list(cast.ROOMS), cast.BOT, tokens, wall_seconds, site=base)
    app = Starlette(routes=routes(place, Wiring(base)))
    uvicorn.run(app, port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
