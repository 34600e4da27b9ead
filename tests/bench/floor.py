"""The bare floor: Bolt, a signature check and Core INSERTs into SQLite, without anything of ours.

`python -m tests.bench.floor PORT DATABASE API SECRET ROWS`: ROWS is empty (one row of its own per command) or the file
of the rows that the product writes for the same command, as `[[table, {column: value}], …]`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, Engine, TableClause, column, event, insert, table
from sqlalchemy.types import NullType
from sqlmodel import Field, SQLModel, create_engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

ANSWER = "logged"
Write = Callable[[Connection, Mapping[str, str]], None]


class Said(SQLModel, table=True):
    """The one row."""

    id: int | None = Field(default=None, primary_key=True)
    team: str
    user: str
    text: str
    at: datetime


def opened(database: str) -> Engine:
    """The file in WAL mode, with transactions that begin as writers."""
    engine = create_engine(f"sqlite:///{database}")

    def on_connect(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def one_row(connection: Connection, body: Mapping[str, str]) -> None:
    """What a bot writes that keeps the line and nothing else."""
    values = {"team": body["team_id"], "user": body["user_id"], "text": body["text"], "at": datetime.now(UTC)}
    connection.execute(insert(Said), values)


def same_rows(file: Path) -> Write:
    """The product's own rows, with new ids; the text of the line stands in all of them that held the sample's."""
    sample: list[tuple[str, dict[str, object]]] = json.loads(file.read_text())
    tables: list[tuple[TableClause, dict[str, object]]] = [
        (table(name, *(column(key, NullType()) for key in row)), row) for name, row in sample
    ]
    ids = [str(row["id"]) for _, row in sample if "id" in row]
    statements = [insert(each) for each, _ in tables]

    def write(connection: Connection, body: Mapping[str, str]) -> None:
        fresh = {old: os.urandom(16).hex() for old in ids}
        for statement, (_, row) in zip(statements, tables, strict=True):
            values = {key: fresh.get(value, value) if isinstance(value, str) else value for key, value in row.items()}
            if "raw" in values:
                values["raw"] = body["text"]
            if "key" in values:
                values["key"] = body["trigger_id"]
            connection.execute(statement, values)

    return write


def main(port: str, database: str, api: str, secret: str, rows: str) -> None:
    """Serve until the process is ended."""
    engine = opened(database)
    SQLModel.metadata.create_all(engine)
    write = same_rows(Path(rows)) if rows else one_row
    client = AsyncWebClient(token="xoxb-bench", base_url=api)
    bolt = AsyncApp(client=client, signing_secret=secret, process_before_response=True)

    async def log(ack: AsyncAck, command: dict[str, str]) -> None:
        with engine.begin() as connection:
            write(connection, command)
        await ack(ANSWER)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    bolt.command("/touchpoint")(log)  # pyright: ignore[reportUnknownMemberType]
    handler = AsyncSlackRequestHandler(bolt)
    routes = [Route("/slack/events", handler.handle, methods=["POST"]), Route("/healthz", alive)]
    uvicorn.run(Starlette(routes=routes), port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
