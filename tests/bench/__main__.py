"""`python -m tests.bench`: the product beside the bare floor, in the same minutes, on the same core, one table.

Floor and product are processes of their own, asked in turn (A B C, A B C …), so that a noisy machine is noisy for all.
Nothing is asserted: the figures are for people. It takes about a minute and a half and ends by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.practice import cast
from tests.bench import inside, load, processes
from tests.bench.inside import DeskCost
from tests.bench.load import Sample, Target
from tests.bench.report import Figure, ratio, say, short, table
from tests.bench.workspace import TOKEN
from tests.playhouse import template

FLOOR, SAME, PRODUCT = "floor, 1 row", "floor, same rows", "product"
BOTH = "product, Teams configured too"
GUID = "11111111-2222-3333-4444-555555555555"
STARTS = 3
OPEN_RATE = 50.0
KINDS = ("c=1", "c=16", "open")
BUDGET = 75.0
"""Seconds for the load: a machine that is busy with other things gets fewer rounds."""
NAMES = (10, 1_000, 10_000)
IMPORTS = "slack_bolt.async_app, sqlmodel"


@dataclass(frozen=True)
class Ground:
    """Where it is played: a folder, the told database, the workspace's address, the secret, the cores."""

    folder: Path
    told: Path
    api: str
    secret: str
    server_core: set[int] | None

    @contextmanager
    def server(self, name: str, rows: Path) -> Generator[tuple[Target, int]]:
        """A server that answers, with its process id."""
        port, folder = processes.free_port(), Path(tempfile.mkdtemp(dir=self.folder))
        file = folder / "bench.db"
        shutil.copyfile(self.told, file)
        settings: dict[str, str] = {}
        if name in (PRODUCT, BOTH):
            arguments = ["-m", "bot", "serve"]
            settings = {
                "DATABASE_URL": f"sqlite:///{file}",
                "PORT": str(port),
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_SIGNING_SECRET": self.secret,
                "SLACK_API_URL": self.api,
                "ORGANISATION": cast.TEAM.name,
            }
            if name == BOTH:
                settings |= {"TEAMS_APP_ID": GUID, "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": GUID}
        else:
            given = str(rows) if name == SAME else ""
            arguments = ["-m", "tests.bench.floor", str(port), str(file), self.api, self.secret, given]
        with processes.running(arguments, folder, settings, self.server_core) as process:
            processes.until_answered(process, f"http://127.0.0.1:{port}/healthz", folder)
            yield Target(name, port, self.secret, b"logged" if name in (FLOOR, SAME) else b"entry.undo"), process.pid


@contextmanager
def ground(folder: Path) -> Generator[Ground]:
    """The sample organisation told, the workspace answering, this process on the load's core."""
    told = template(folder / "told") / "kakehashi.db"
    cores = processes.cores()
    server_core, load_core = cores or (None, None)
    processes.pin(load_core)
    port, secret = processes.free_port(), secrets.token_hex(16)
    arguments = ["-m", "tests.bench.workspace", str(port), secret]
    with processes.running(arguments, folder, {}, load_core) as workspace:
        base = f"http://127.0.0.1:{port}"
        processes.until_answered(workspace, f"{base}/practice/log", folder)
        yield Ground(folder, told, f"{base}/api/", secret, server_core)


@dataclass(frozen=True)
class Starts:
    """By what was started: seconds to the first 200 (of the imports alone: to their end), MB when it answers."""

    seconds: dict[str, list[float]]
    memory: dict[str, list[float]]


def starts(place: Ground, rows: Path) -> Starts:
    """Everything in turn."""
    found = Starts(defaultdict(list), defaultdict(list))
    for _ in range(STARTS):
        found.seconds["imports"].append(processes.importing(IMPORTS, place.server_core))
        for name in (FLOOR, PRODUCT, BOTH):
            began = time.monotonic()
            with place.server(name, rows) as (_, pid):
                found.seconds[name].append(time.monotonic() - began)
                found.memory[name].append(processes.memory(pid))
    return found


@dataclass(frozen=True)
class Loads:
    """(measurement, server) → a sample a round; server → processor ms a log in each round, MB when up, MB after all."""

    rounds: int
    samples: dict[tuple[str, str], list[Sample]]
    processor: dict[str, list[float]]
    before: dict[str, float]
    after: dict[str, float]


def loads(place: Ground, rows: Path, rounds: int) -> Loads:
    """Every measurement of every server, round by round; no new round once `BUDGET` is spent."""
    samples: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    used: dict[str, list[float]] = defaultdict(list)
    began, done = time.monotonic(), 0
    with ExitStack() as stack:
        servers = [stack.enter_context(place.server(name, rows)) for name in (FLOOR, SAME, PRODUCT)]
        before = {target.name: processes.memory(pid) for target, pid in servers}
        for target, _ in servers:
            asyncio.run(load.closed(target, 4, 0.5))  # facts, statements and patterns are remembered from here on
        while done < rounds and time.monotonic() - began < BUDGET:
            done += 1
            for target, pid in servers:
                before_it = processes.processor(pid)
                samples["c=1", target.name].append(asyncio.run(load.closed(target, 1, 1.0)))
                samples["c=16", target.name].append(asyncio.run(load.closed(target, 16, 1.5)))
                samples["open", target.name].append(asyncio.run(load.opened(target, OPEN_RATE, 2.0)))
                answers = sum(len(samples[kind, target.name][-1].seconds) for kind in KINDS)
                used[target.name].append((processes.processor(pid) - before_it) / answers * 1000)
        after = {target.name: processes.memory(pid) for target, pid in servers}
    return Loads(done, samples, used, before, after)


def load_rows(found: Loads) -> list[list[str]]:
    """One line per measurement and figure."""
    names = (FLOOR, SAME, PRODUCT)
    rows = [["signed one-line log", *names, "product/floor", "product/same rows"]]

    def add(label: str, figures: dict[str, Figure]) -> None:
        product = figures[PRODUCT]
        ratios = [ratio(product, figures[FLOOR]), ratio(product, figures[SAME])]
        rows.append([label, *(str(figures[name]) for name in names), *ratios])

    for kind, label in (("c=1", "closed, 1 person"), ("c=16", "closed, 16"), ("open", f"open, {OPEN_RATE:.0f}/s")):
        of = {name: found.samples[kind, name] for name in names}
        if kind != "open":
            add(f"{label}: per second", {name: _figure([each.per_second for each in of[name]]) for name in names})
        for share, word in ((0.5, "p50"), (0.99, "p99")):
            add(f"{label}: {word} ms", {name: _figure([each.at(share) for each in of[name]]) for name in names})
    add("processor time a log, ms", {name: _figure(found.processor[name]) for name in names})
    add("memory when up, MB", {name: _figure([found.before[name]]) for name in names})
    add("memory after the run, MB", {name: _figure([found.after[name]]) for name in names})
    bad = {name: sum(each.bad for kind in KINDS for each in found.samples[kind, name]) for name in names}
    rows.append(["answers that were not it", *(str(bad[name]) for name in names), "", ""])
    return rows


def start_rows(found: Starts) -> list[list[str]]:
    """Start-up and memory beside the imports alone, with Slack and with both platforms."""
    floor, alone = _figure(found.seconds[FLOOR]), _figure(found.seconds["imports"])
    rows = [
        ["start to first 200, s", "", "beside the floor", "beside the imports", "MB when up"],
        [f"import {IMPORTS}", str(alone), "", "", ""],
    ]
    for name in (FLOOR, PRODUCT, BOTH):
        took = _figure(found.seconds[name])
        beside = "" if name == FLOOR else ratio(took, floor)
        rows.append([name, str(took), beside, ratio(took, alone), str(_figure(found.memory[name]))])
    return rows


def inside_rows(cost: DeskCost) -> list[list[str]]:
    """The desk alone, and the grammar."""
    verbs = ", ".join(f"{count} {verb}" for verb, count in cost.statements.most_common())
    rows = [
        ["without a server", "", ""],
        ["desk, one log, ms", short(cost.milliseconds), ""],
        ["SQL statements of one log", str(cost.statements.total()), verbs],
        ["rows of one log", str(len(cost.rows)), ""],
    ]
    for names in NAMES:
        warm, cold = inside.parse_times(names)
        rows.append([f"reading a line among {names:,} names, ms", short(warm), f"{short(cold)} after a name changed"])
    return rows


def size_rows() -> list[list[str]]:
    """The code, layer by layer."""
    rows = [["code", "files", "lines", "functions", "p95 lines", "longest"]]
    for each in inside.sizes(processes.TOP):
        numbers = (each.files, each.lines, each.functions, each.p95, each.longest)
        rows.append([each.layer, *(f"{number:,}" for number in numbers)])
    return rows


def _figure(values: Sequence[float]) -> Figure:
    return Figure(tuple(values))


def main() -> None:
    """Measure, and print as it goes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        with ground(folder) as place:
            cost = inside.desk_cost(place.told, folder)
            rows = inside.keep_rows(cost, folder / "rows.json")
            say(table(size_rows()))
            say(f"\n{table(inside_rows(cost))}")
            say(f"\n{table(start_rows(starts(place, rows)))}")
            found = loads(place, rows, rounds)
            say(f"\n{table(load_rows(found))}")
            pinned = "servers on one core, load on another" if place.server_core else "not pinned"
    say(f"\nmedian of {found.rounds} rounds (least–greatest); {pinned}; {time.monotonic() - began:.0f} s in all")


if __name__ == "__main__":
    main()
