"""Servers as processes of their own: started, pinned to one core, timed until they answer, weighed, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

TOP = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
_QUIET = ("SLACK_", "TEAMS_", "DATABASE_URL", "PUBLIC_URL", "HOST", "PORT", "DEFAULT_", "ORGANISATION", "LOG_FORMAT")


class NotUp(Exception):
    """A server ended, or did not answer in time; its last words."""


def cores() -> tuple[set[int], set[int]] | None:
    """One core for servers and one for the load, where there are two and the system lets us choose."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    free = sorted(os.sched_getaffinity(0))
    return ({free[0]}, {free[1]}) if len(free) > 1 else None


def pin(core: set[int] | None, pid: int = 0) -> None:
    """Have a process (0: this one) run on these cores only."""
    if core is not None:
        os.sched_setaffinity(pid, core)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    arguments: Sequence[str], folder: Path, settings: Mapping[str, str], core: set[int] | None
) -> Generator[subprocess.Popen[bytes]]:
    """`python ARGUMENTS` in `folder` with only these settings in its environment; ended at the end."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(_QUIET)}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**inherited, "PYTHONPATH": str(TOP), **settings},
            stdout=log,
            stderr=log,
            preexec_fn=lambda: pin(core),
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until_answered(process: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    """Wait for the first 200."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            # not listening yet: what is waited for is its end, or the next look
            ended = _ended(process, 0.005)
            if ended is not None:
                break
    raise NotUp((folder / "log").read_text(errors="replace")[-2000:])


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def memory(pid: int) -> float:
    """Resident memory in MB; 0 where the system doesn't tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def processor(pid: int) -> float:
    """Processor seconds that a process has used, which neighbours hardly change; 0 where the system doesn't tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    used = stat.read_text().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def importing(modules: str, core: set[int] | None) -> float:
    """Seconds that a fresh Python takes to import `modules` and end."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True, preexec_fn=lambda: pin(core))
    return time.monotonic() - began
