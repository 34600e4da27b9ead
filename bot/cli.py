"""The command line: python -m bot serve | practice | tick | migrate | doctor | manifest | export | backup | restore.

Exit codes: 0 done, 1 something outside failed (database, file, Slack), 2 called wrongly or wrong settings, 130 Ctrl-C.
"""

# No `annotations` from __future__ here: the texts inside `Annotated` are those of the call.
import asyncio
import io
import json
import os
import secrets
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn, cast
from urllib.parse import urlsplit

import aiohttp
import structlog
import typer
from slack_sdk.errors import SlackApiError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot import logs
from bot import settings as configuration
from bot.app import Product, build, system_now
from bot.doctor import examine
from bot.manifest import slack_manifest, teams_package
from bot.playground import NoPlayground
from bot.practising import practise
from bot.process import address_trouble, end_in_order
from bot.serving import serve
from bot.settings import Settings, SettingsError
from bot.slack.connection import CallFailed, failed
from bot.usage import PROGRAM, SpokenCommand, SpokenGroup, wrong
from handlers.text import Texts, texts
from storage import copies, db, migrations, people
from storage.db import Database, StorageBusy, StorageReadOnly
from storage.migrations import FromNewerProgram

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
LOOPBACK = ("127.0.0.1", "localhost", "::1")
FARTHEST = timedelta(days=3653)
"""How far from today `tick --at` may lie: what is farther is a slip of the finger."""

_log = structlog.stdlib.get_logger(__name__)


def main() -> None:
    """Run the command line in the language of DEFAULT_LOCALE, and exit."""
    stdout = cast("object", sys.stdout)
    if isinstance(stdout, io.TextIOWrapper):
        stdout.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out one call; returns its exit code. What can be mended is said without a traceback."""
    t = texts(configuration.locale())
    logs.configure()
    try:
        done = _cli(t).main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=t)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _say(wrong(t, error, arguments), BAD_INPUT)
    except (StorageBusy, StorageReadOnly) as error:
        return _say(t("cli.storage", detail=str(error)), FAILED)
    except CallFailed as error:
        return _say(t("cli.slack", reason=error.reason), FAILED)
    except (SlackApiError, aiohttp.ClientError) as error:
        return _say(t("cli.slack", reason=failed(error).reason), FAILED)
    except BrokenPipeError:
        # the reader of our output is gone (| head): nothing more can be said there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - a bug becomes words and a code that is also in the log (product.md §8)
        code = secrets.token_hex(3)
        _log.exception("cli.failed", code=code)
        return _say(t("cli.bug", code=code), FAILED)
    return done if isinstance(done, int) else 0


def _cli(t: Texts) -> SpokenGroup:
    cli = _typer(t("cli.help"))
    _running(cli, t)
    _looking(cli, t)
    _keeping(cli, t)
    _administering(cli, t)
    return cast("SpokenGroup", typer.main.get_command(cli))


def _typer(about: str) -> typer.Typer:
    return typer.Typer(cls=SpokenGroup, no_args_is_help=True, add_completion=False, help=about, rich_markup_mode=None)


def _running(cli: typer.Typer, t: Texts) -> None:
    @cli.command("serve", cls=SpokenCommand, help=t("cli.serve.help"))
    def _serve() -> None:
        settings = _settings(t, "serve")
        if trouble := address_trouble(settings.host, settings.port):
            _fail(t("cli.serve.address", host=settings.host, port=settings.port, detail=trouble))
        _upgrade(t, settings.database_url)
        end_in_order()
        asyncio.run(serve(settings, t))

    @cli.command("practice", cls=SpokenCommand, help=t("cli.practice.help"))
    def _practice(
        port: Annotated[int, typer.Option(min=0, max=65535, help=t("cli.practice.port"))] = 0,
        fresh: Annotated[bool, typer.Option("--fresh", help=t("cli.practice.fresh"))] = False,
        teams: Annotated[bool, typer.Option("--teams", help=t("cli.practice.teams"))] = False,
    ) -> None:
        end_in_order()
        try:
            asyncio.run(practise(t, port=port, fresh=fresh, teams=teams))
        except NoPlayground as missing:
            _fail(t(missing.key, detail=missing.detail))

    @cli.command("tick", cls=SpokenCommand, help=t("cli.tick.help"))
    def _tick(
        at: Annotated[str, typer.Option(help=t("cli.tick.at"))] = "",
        force: Annotated[bool, typer.Option("--force", help=t("cli.tick.force"))] = False,
    ) -> None:
        settings = _settings(t, "serve")
        moment = _moment(t, settings, at, force=force)
        _upgrade(t, settings.database_url)
        asyncio.run(_tick_once(t, settings, moment))


def _looking(cli: typer.Typer, t: Texts) -> None:
    @cli.command("doctor", cls=SpokenCommand, help=t("cli.doctor.help"))
    def _doctor() -> None:
        lines, healthy = asyncio.run(examine(t, system_now()))
        for line in lines:
            typer.echo(line)
        if not healthy:
            raise typer.Exit(BAD_INPUT)

    @cli.command("manifest", cls=SpokenCommand, help=t("cli.manifest.help"))
    def _manifest(
        platform: Annotated[str, typer.Argument(help=t("cli.manifest.platform"))],
        socket_mode: Annotated[bool, typer.Option("--socket", help=t("cli.manifest.socket"))] = False,
        file: Annotated[str, typer.Option("--file", help=t("cli.manifest.file"))] = "kakehashi-teams.zip",
    ) -> None:
        if platform not in ("slack", "teams"):
            _fail(t("cli.manifest.unknown", platform=platform), BAD_INPUT)
        settings = _settings(t, "manifest")
        if platform == "teams":
            _write_package(t, settings, Path(file))
            return
        if not settings.public_url and not socket_mode:
            typer.echo(t("cli.manifest.no_url"), err=True)
        _write(json.dumps(slack_manifest(settings, socket=socket_mode), ensure_ascii=False, indent=2))


def _keeping(cli: typer.Typer, t: Texts) -> None:
    @cli.command("migrate", cls=SpokenCommand, help=t("cli.migrate.help"))
    def _migrate() -> None:
        before, after = _upgrade(t, _settings(t, "database").database_url)
        typer.echo(t("cli.migrate.current" if before == after else "cli.migrate.done", revision=after))

    @cli.command("export", cls=SpokenCommand, help=t("cli.export.help"))
    def _export(file: Annotated[str, typer.Argument(help=t("cli.export.file"))] = "-") -> None:
        settings = _settings(t, "database")
        _existing(t, settings)
        if file != "-" and Path(file).exists():
            _fail(t("cli.file.exists", file=file), BAD_INPUT)
        _write_export(t, settings, file)

    @cli.command("backup", cls=SpokenCommand, help=t("cli.backup.help"))
    def _backup(file: Annotated[str, typer.Argument(help=t("cli.backup.file"))]) -> None:
        source = _existing(t, _settings(t, "database"))
        if Path(file).exists():
            _fail(t("cli.file.exists", file=file), BAD_INPUT)
        _copy(t, source, Path(file))
        typer.echo(t("cli.backup.done", file=file))

    @cli.command("restore", cls=SpokenCommand, help=t("cli.restore.help"))
    def _restore(
        file: Annotated[str, typer.Argument(help=t("cli.restore.file"))],
        force: Annotated[bool, typer.Option("--force", help=t("cli.restore.force"))] = False,
    ) -> None:
        target = _file_of(_settings(t, "database"))
        if target.exists() and not force:
            _fail(t("cli.restore.exists", file=str(target)), BAD_INPUT)
        _put_back(t, Path(file), target)
        typer.echo(t("cli.restore.done", file=str(target)))


def _administering(cli: typer.Typer, t: Texts) -> None:
    operator = _typer(t("cli.operator.help"))

    @operator.command("add", cls=SpokenCommand, help=t("cli.operator.add.help"))
    def _add(name: Annotated[str, typer.Argument(help=t("cli.operator.name"))]) -> None:
        settings = _settings(t, "database")
        _existing(t, settings)
        _make_operator(t, settings, name)

    @operator.callback(cls=SpokenGroup, help=t("cli.operator.help"))
    def _operator() -> None:
        """Makes `operator` a group of commands even while it has one."""

    cli.add_typer(operator, name="operator")


# ---------------------------------------------------------------- what can be wrong


def _settings(t: Texts, need: configuration.Need) -> Settings:
    try:
        settings = configuration.read(need)
    except SettingsError as error:
        _fail("\n".join(problems(t, error)), BAD_INPUT)
    slack, teams = settings.slack, settings.teams
    secrets_ = (slack.bot_token, slack.signing_secret, slack.app_token) if slack else ()
    logs.configure(settings.log_format, secrets=(*secrets_, teams.password) if teams else secrets_)
    return settings


def problems(t: Texts, error: SettingsError) -> list[str]:
    """Everything that is missing or wrong, a line each."""
    head = t("cli.settings", n=len(error.problems))
    return [head, *(t("cli.problem", name=each.name, what=t(each.key, value=each.value)) for each in error.problems)]


def _say(text: str, code: int) -> int:
    typer.echo(text, err=True)
    return code


def _fail(text: str, code: int = FAILED) -> NoReturn:
    raise typer.Exit(_say(text, code))


def _upgrade(t: Texts, url: str) -> tuple[str, str]:
    """One machine, one file: it is brought to today's schema before it is used; returns (before, after)."""
    database = db.connect(url)
    try:
        return migrations.upgrade(database)
    except FromNewerProgram as error:
        _fail(t("cli.newer", revision=str(error)))
    except DBAPIError as error:
        _fail(t("cli.database", file=make_url(url).database or "", detail=str(error.orig)))
    finally:
        database.close()


@contextmanager
def _opened(t: Texts, settings: Settings) -> Generator[Database]:
    _upgrade(t, settings.database_url)
    database = db.connect(settings.database_url)
    try:
        yield database
    finally:
        database.close()


def _file_of(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _existing(t: Texts, settings: Settings) -> Path:
    """The database file; reading commands don't make one."""
    file = _file_of(settings)
    if not file.is_file():
        _fail(t("cli.no_database", file=str(file)))
    return file


def _moment(t: Texts, settings: Settings, at: str, *, force: bool) -> datetime:
    now = system_now()
    if not at:
        return now
    try:
        given = datetime.fromisoformat(at)
        moment = given.replace(tzinfo=given.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        _fail(t("cli.tick.unreadable", at=at), BAD_INPUT)
    if given.tzinfo is None:
        _fail(t("cli.tick.naive", at=at), BAD_INPUT)
    if abs(moment - now) > FARTHEST:
        _fail(t("cli.tick.far", at=at), BAD_INPUT)
    host = urlsplit(settings.slack.api_url).hostname if settings.slack else ""
    if moment > now and (host not in LOOPBACK or settings.teams) and not force:
        _fail(t("cli.tick.future"), BAD_INPUT)
    return moment


# ---------------------------------------------------------------- what the commands do


async def _tick_once(t: Texts, settings: Settings, at: datetime) -> None:
    product: Product = build(settings, clock=lambda: at)
    try:
        await product.open()
        counts = await product.clockwork.once()
    finally:
        await product.close()
    sent = counts.deliver
    typer.echo(t("cli.tick.done", due=counts.tick.due, sent=sent.sent, later=sent.later, never=sent.never))


def _write_package(t: Texts, settings: Settings, file: Path) -> None:
    """The Teams package; an old one is replaced, since it is made from the settings."""
    if settings.teams is None:
        _fail(t("cli.manifest.no_app_id"), BAD_INPUT)
    if not settings.public_url.startswith("https://"):
        _fail(t("cli.manifest.no_https"), BAD_INPUT)
    content = teams_package(settings, settings.teams.app_id)
    _saved(t, file, lambda path: path.write_bytes(content))
    typer.echo(t("cli.manifest.done", file=str(file)))


def _write_export(t: Texts, settings: Settings, file: str) -> None:
    with _opened(t, settings) as database, database.reading() as session:
        company = people.first_organisation(session)
        if company is None:
            _fail(t("cli.empty"))
        data = copies.export(session, company.id)
    text = json.dumps(copies.as_json(data, at=system_now()), ensure_ascii=False, indent=2)
    if file == "-":
        _write(text)
    else:
        _saved(t, Path(file), lambda path: path.write_text(f"{text}\n", encoding="utf-8"))
        typer.echo(t("cli.export.done", file=file))
    if left_out := sum(data.private.values()):
        typer.echo(t("cli.export.left_out", n=left_out), err=file == "-")


def _write(text: str) -> None:
    """For programs: UTF-8 whatever the terminal speaks."""
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{text}\n".encode())


def _saved(t: Texts, path: Path, write: Callable[[Path], object]) -> None:
    """The file appears whole or not at all, readable by its owner only."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(mode=0o600)
        write(partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        _fail(t("cli.file", file=str(path), detail=error.strerror or str(error)))


def _copy(t: Texts, source: Path, target: Path) -> None:
    try:
        copies.backup(source, target)
    except copies.NotADatabase:
        _fail(t("cli.backup.no_database", file=str(source)))
    except copies.CopyFailed as error:
        _fail(t("cli.file", file=str(target), detail=str(error)))


def _put_back(t: Texts, source: Path, target: Path) -> None:
    """The backup is checked and migrated beside today's file, which is replaced in one step at the very end."""
    fresh = target.with_name(f"{target.name}.restoring")
    try:
        _copy(t, source, fresh)
        _upgrade(t, f"sqlite:///{fresh}")
        copies.take_place(fresh, target)
    except copies.InUse:
        _fail(t("cli.restore.in_use", file=str(target)))
    except copies.CopyFailed as error:
        _fail(t("cli.file", file=str(target), detail=str(error)))
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{fresh}{suffix}").unlink(missing_ok=True)


def _make_operator(t: Texts, settings: Settings, name: str) -> None:
    with _opened(t, settings) as database, db.unit_of_work(database) as session:
        company = people.first_organisation(session)
        found = [
            person
            for person in (people.members(session, company.id) if company else [])
            if name == person.name
            or name in {account.user for account, _ in people.accounts(session, person.organisation_id, person.id)}
        ]
        if len(found) > 1:
            _fail(t("cli.operator.several", name=name, n=len(found)), BAD_INPUT)
        if not found:
            _fail(t("cli.operator.unknown", name=name), BAD_INPUT)
        db.revise(session, found[0], {"operator": True}, by="", now=system_now())
    typer.echo(t("cli.operator.done", name=found[0].name))
