"""What is measured without a server: the grammar, the desk with its statements, the size of the code."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, event

from bot.practice import cast
from handlers.desk import Desk
from handlers.entry import Known, read
from handlers.request import Account, Command, Place, Request
from storage import db
from tests.bench.load import LINE
from tests.rules import LAYERS, functions, length, p95, read_tree

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
_NO_ROWS = frozenset({"heartbeat", "alembic_version"})


def command(n: int) -> Request:
    """The same command as the load's, behind the edge."""
    person = next(each for each in cast.PEOPLE if each.id == cast.TANAKA)
    return Request(
        key=f"inside.{n}",
        platform="slack",
        tenant=cast.TEAM.id,
        actor=Account(person.id, person.real_name, "member", person.locale, person.tz),
        place=Place("room", cast.NOVA, outsiders=False),
        intent=Command("touchpoint", LINE.format(n=n)),
    )


@dataclass(frozen=True)
class DeskCost:
    """One log without edge and HTTP: milliseconds (median), SQL statements by verb, the rows that it wrote."""

    milliseconds: float
    statements: Counter[str]
    rows: list[tuple[str, dict[str, object]]]


def desk_cost(told: Path, folder: Path, logs: int = 300) -> DeskCost:
    """`logs` logs through the desk into a copy of the told database."""
    file = folder / "inside.db"
    shutil.copyfile(told, file)
    with closing(db.connect(f"sqlite:///{file}")) as database:
        desk = Desk(database, lambda: NOW)
        desk.run(command(0))
        before = _rows(file)
        with counted(database) as statements:
            desk.run(command(1))
        rows = [each for each in _rows(file) if each not in before]
        times = [timed(lambda n=n: desk.run(command(n))) for n in range(2, logs + 2)]
    return DeskCost(median(times) * 1000, statements, rows)


@contextmanager
def counted(database: db.Database) -> Generator[Counter[str]]:
    """The statements that are sent meanwhile, by their first word."""
    found: Counter[str] = Counter()

    def on_execute(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        found[statement.split(maxsplit=1)[0].upper()] += 1

    event.listen(database.engine, "before_cursor_execute", on_execute)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", on_execute)


def _rows(file: Path) -> list[tuple[str, dict[str, object]]]:
    """Every row, parents before children."""
    found: list[tuple[str, dict[str, object]]] = []
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        for each in db.metadata.sorted_tables:
            if each.name not in _NO_ROWS:
                found.extend((each.name, dict(row)) for row in connection.execute(f'SELECT * FROM "{each.name}"'))  # noqa: S608
    return found


def keep_rows(cost: DeskCost, file: Path) -> Path:
    """The rows of one log as the floor reads them."""
    file.write_text(json.dumps(cost.rows))
    return file


# ---------------------------------------------------------------- the grammar


def parse_times(names: int, repeats: int = 200) -> tuple[float, float]:
    """Milliseconds (median) to read one line among `names` alliances: their names as before, and one of them new."""
    known = tuple(_known(n) for n in range(names))
    now = NOW.astimezone()
    line = LINE.format(n=1).replace("ノヴァ", f"会社{names // 2}号")
    read(line, "touchpoint", now=now, known=known)
    warm = median(timed(lambda: read(line, "touchpoint", now=now, known=known)) for _ in range(repeats))
    changed = [(*known[:-1], _known(names + n)) for n in range(5)]
    cold = median(timed(lambda each=each: read(line, "touchpoint", now=now, known=each)) for each in changed)
    return warm * 1000, cold * 1000


def _known(n: int) -> Known:
    return Known(f"a{n}", (f"会社{n}号", f"company {n}"))


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ---------------------------------------------------------------- the code


@dataclass(frozen=True)
class Size:
    """A layer: files, lines, functions, and the 95th percentile and greatest of their lengths."""

    layer: str
    files: int
    lines: int
    functions: int
    p95: int
    longest: int


def sizes(top: Path) -> list[Size]:
    """Every layer; migrations, which are written by a program, are left out."""
    found: list[Size] = []
    for layer in LAYERS:
        sources = [each for each in read_tree(top, (layer,)) if "/migrations/versions/" not in each.path]
        lengths = [length(function) for source in sources for function in functions(source)]
        lines = sum(len(source.text.splitlines()) for source in sources)
        found.append(Size(layer, len(sources), lines, len(lengths), p95(lengths), max(lengths, default=0)))
    return found
