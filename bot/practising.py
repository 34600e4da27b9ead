"""`practice`: the real bot beside workspaces in the browser; only addresses, keys and the clock differ."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
import typer
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.app import Product, build, system_now, wall_seconds
from bot.gallery import gallery
from bot.manifest import shortcuts, slash_commands
from bot.playground import Tool, found, install, playing
from bot.practice import cast, cast_teams
from bot.practice.keeping import Keeper, NotKept, load
from bot.practice.practice_clock import PracticeClock
from bot.practice.reading import Json
from bot.practice.seed import Teller, seed
from bot.practice.seed_teams import seed as seed_both
from bot.practice.server import Wiring, routes
from bot.practice.workspace import Workspace
from bot.settings import Settings, Slack, Teams
from bot.web import web
from handlers.calendar import Calendar, is_working_day
from handlers.text import Texts, texts
from scheduler.clockwork import Clockwork
from storage import db, migrations

FOLDER = Path("var") / "practice"
TEAMS_FOLDER = Path("var") / "practice-teams"
PORTS = range(8080, 8100)
HOST = "127.0.0.1"

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Stage:
    """Where and when practice plays: `folder` keeps it over a restart, `start` (aware UTC) is its first moment.

    `teams` connects the Agents Playground too, without authentication: loopback only, and never outside practice.
    """

    folder: Path
    port: int
    wall: Callable[[], datetime] = system_now
    start: datetime | None = None
    teams: bool = False

    @property
    def base(self) -> str:
        """The page's address."""
        return f"http://{HOST}:{self.port}"

    @property
    def database(self) -> Path:
        """The bot's own file."""
        return self.folder / "kakehashi.db"

    @property
    def chat(self) -> Path:
        """The workspace's file."""
        return self.folder / "workspace.json"

    @property
    def playground(self) -> Path:
        """Where the playground runs and writes."""
        return self.folder / "playground"

    @property
    def door(self) -> str:
        """Where Teams' activities come in."""
        return f"{self.base}/api/messages"


@dataclass
class Practice:
    """A running practice: the product, the workspace, the clock, and the one application of both."""

    product: Product
    workspace: Workspace
    clock: PracticeClock
    app: Starlette


@dataclass(frozen=True)
class _Mover:
    """The page's clock: forward only, and what lies between happens in its order."""

    clock: PracticeClock
    clockwork: Clockwork

    def now(self) -> datetime:
        return self.clock()

    async def advance(self, to: datetime) -> Mapping[str, int]:
        counts = await self.clockwork.advance(to, lambda at: self.clock.set(max(at, self.clock())))
        return {"sent": counts.deliver.messages}

    async def next_due(self) -> datetime | None:
        return await self.clockwork.next_due()

    def works_on(self, day: date) -> bool:
        return is_working_day(Calendar(), day)


@asynccontextmanager
async def rehearse(stage: Stage, locale: str = "ja") -> AsyncGenerator[Practice]:
    """An opened practice; the caller serves `app` at `stage.base` and starts the clockwork."""
    stage.folder.mkdir(parents=True, exist_ok=True)
    clock = PracticeClock(stage.wall)
    workspace = cast.workspace(wall_seconds, stage.base)
    kept = _kept(workspace, stage)
    settings = _settings(stage, workspace, locale)
    if kept is None or not stage.database.exists():
        workspace.restart()
        _fresh(stage, settings, clock)
    else:
        clock.offset = timedelta(seconds=kept)
        _migrate(settings)
    product = build(settings, clock=clock)
    keeper = Keeper(workspace, clock, stage.chat)
    app = web(product, more=_routes(stage, workspace, product, clock))
    try:
        keeper.start()
        yield Practice(product, workspace, clock, app)
    finally:
        try:
            await product.close()
        finally:
            await keeper.close()


def _kept(workspace: Workspace, stage: Stage) -> float | None:
    try:
        return load(workspace, stage.chat)
    except NotKept as lost:
        _log.warning("practice.set_aside", why=str(lost))
        return None


def _settings(stage: Stage, workspace: Workspace, locale: str) -> Settings:
    tokens = workspace.tokens
    return Settings(
        database_url=f"sqlite:///{stage.database}",
        host=HOST,
        port=stage.port,
        locale=locale,
        organisation=cast.TEAM.name,
        public_url=stage.base,
        slack=Slack(tokens.bot, tokens.signing_secret, "", f"{stage.base}/api/"),
        teams=Teams(cast_teams.APP, "", (cast_teams.TENANT,), open=True) if stage.teams else None,
    )


def _migrate(settings: Settings) -> None:
    with closing(db.connect(settings.database_url)) as database:
        migrations.upgrade(database)


def _fresh(stage: Stage, settings: Settings, clock: PracticeClock) -> None:
    """An empty file, migrated and filled with the sample organisation as of `stage.start` (default: now).

    A file whose chat was lost is set aside, not deleted.
    """
    for suffix in ("-wal", "-shm"):
        Path(f"{stage.database}{suffix}").unlink(missing_ok=True)
    if stage.database.exists():
        stage.database.replace(stage.database.with_suffix(".bad"))
    _migrate(settings)
    with closing(db.connect(settings.database_url)) as database:
        product = build(settings, clock=clock)
        _tell(stage, Teller(database, product.desk.run, clock.rewind), settings.locale)
        product.database.close()


def _tell(stage: Stage, teller: Teller, locale: str) -> None:
    """The sample organisation's story, up to the first moment."""
    now = stage.start or stage.wall()
    if stage.teams:
        seed_both(teller, now, locale)
    else:
        seed(teller, now)


def _routes(stage: Stage, workspace: Workspace, product: Product, clock: PracticeClock) -> list[BaseRoute]:
    async def reset() -> None:
        """Everything as at the first start; the clock too."""
        await product.clockwork.stop()
        with db.unit_of_work(product.database) as session:
            db.empty(session)
        teller = Teller(product.database, product.desk.run, clock.rewind)
        await asyncio.to_thread(_tell, stage, teller, product.settings.locale)
        await product.clockwork.start()
        workspace.changed()

    t = texts(product.settings.locale)
    commands: list[Json] = [
        {"command": f"/{row.name}", "description": row.about, "usage_hint": row.hint}
        for row in slash_commands(product.settings, t)
    ]
    wiring = Wiring(
        stage.base,
        commands=commands,
        shortcuts=shortcuts(t),
        clock=_Mover(clock, product.clockwork),
        reset=reset,
        texts=_page_texts,
        gallery=gallery,
    )
    return list(routes(workspace, wiring))


def _page_texts(language: str) -> Mapping[str, str]:
    t = texts(language)
    return {key: t.raw(key) for key in t.entries if key.startswith("practice.")}


def free_port(folder: Path) -> int:
    """The port of last time, since kept messages hold its address, else the first free one of a few easy ones."""
    kept = folder / "port"
    last = kept.read_text().strip() if kept.is_file() else ""
    for port in (*([int(last)] if last.isdigit() else []), *PORTS):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex((HOST, port)):
                folder.mkdir(parents=True, exist_ok=True)
                kept.write_text(str(port))
                return port
    raise OSError(f"no free port in {PORTS.start}-{PORTS.stop - 1}")


def _set(folder: Path, port: int, *, fresh: bool, teams: bool) -> Stage:
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    return Stage(folder, port or free_port(folder), teams=teams)


def _tool(t: Texts) -> Tool:
    """The playground, fetched when it isn't there."""
    tool = found()
    if tool is None:
        typer.echo(t("cli.practice.installing"))
        tool = install()
    return tool


@dataclass(frozen=True)
class Running:
    """A practice that answers: `serving` ends with the server; `page` is the playground's address, "" without one."""

    practice: Practice
    serving: asyncio.Task[None]
    page: str = ""


@asynccontextmanager
async def running(stage: Stage, locale: str, tool: Tool | None) -> AsyncGenerator[Running]:
    """Practice at `stage.base`, with its clock running; with `tool` the playground beside it. Raises NoPlayground."""
    async with rehearse(stage, locale) as practice, AsyncExitStack() as opened:
        server = uvicorn.Server(_config(practice, stage))
        serving = asyncio.create_task(server.serve())
        opened.push_async_callback(_stopped, server, serving)
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn offers a flag, no event
            await asyncio.sleep(0.02)
        page = ""
        if not serving.done():
            await practice.product.open()
            await practice.product.clockwork.start()
            if tool is not None:
                page = await opened.enter_async_context(playing(tool, stage.playground, stage.door))
        yield Running(practice, serving, page)


async def practise(
    t: Texts, *, folder: Path | None = None, port: int = 0, fresh: bool = False, teams: bool = False
) -> None:
    """Run until Ctrl-C, and print the address; with `teams` the Agents Playground's too. `fresh` forgets what was kept.

    Raises NoPlayground.
    """
    tool = await asyncio.to_thread(_tool, t) if teams else None
    place = folder or (TEAMS_FOLDER if teams else FOLDER)
    stage = await asyncio.to_thread(_set, place, port, fresh=fresh, teams=teams)
    async with running(stage, t.locale, tool) as up:
        if up.page:
            typer.echo(t("cli.practice.teams_ready", address=up.page, person=cast_teams.name()))
        if not up.serving.done():
            typer.echo(t("cli.practice.ready", address=stage.base))
        await up.serving


def _config(practice: Practice, stage: Stage) -> uvicorn.Config:
    return uvicorn.Config(
        practice.app,
        host=HOST,
        port=stage.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )


async def _stopped(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await asyncio.gather(serving, return_exceptions=True)
