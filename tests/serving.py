"""How the servers of tests end."""

from __future__ import annotations

import asyncio

import uvicorn


async def ended(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    """The server is gone at once, and so is who still hangs on it: uvicorn's own end takes 0.2 s."""
    serving.cancel()
    for listening in server.servers:
        listening.close()
    under_way = list(server.server_state.tasks)
    for task in under_way:
        task.cancel()
    await asyncio.gather(serving, *under_way, return_exceptions=True)
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)  # in which the lines are told that they are closed
