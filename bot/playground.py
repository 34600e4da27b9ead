"""Microsoft's Agents Playground beside practice: installed on first use, on this machine only, ended with us."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.practice import cast_teams as cast

OURS = Path(__file__).parent / "practice" / "playground"
FOLDER = Path("var") / "playground"
HOST = "127.0.0.1"
PORTS = range(56150, 56170)
OLDEST_NODE = 18
PATIENCE_S = 60
"""Until its page answers; it takes about one second on an idle machine."""
_STEP_S = 0.1
_PACKAGE = Path("node_modules") / "@microsoft" / "m365agentsplayground"


class NoPlayground(Exception):
    """It can't run here: `key` is a catalogue key that says what to do, `detail` the words of the tool that failed."""

    def __init__(self, key: str, detail: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.detail = detail


@dataclass(frozen=True)
class Tool:
    """The installed playground: the node to run it with, and its program."""

    node: str
    program: Path


def found(folder: Path = FOLDER) -> Tool | None:
    """The playground of our lock in `folder`; None where it is to be installed. NoPlayground without Node."""
    node = _node()
    program = (folder / _PACKAGE / "cli.js").resolve()
    lock = folder / "package-lock.json"
    same = lock.is_file() and lock.read_bytes() == (OURS / "package-lock.json").read_bytes()
    return Tool(node, program) if same and program.is_file() else None


def install(folder: Path = FOLDER) -> Tool:
    """Fetch it from the registry that npm is set to, checked against the hashes of our lock. Raises NoPlayground."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoPlayground("cli.practice.no_npm")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(OURS / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    tool = found(folder) if done.returncode == 0 else None
    if tool is None:
        (folder / "package-lock.json").unlink(missing_ok=True)
        raise NoPlayground("cli.practice.not_installed", (done.stderr or done.stdout).strip())
    return tool


@asynccontextmanager
async def playing(tool: Tool, folder: Path, door: str) -> AsyncGenerator[str]:
    """The address of a running playground that talks to the bot at `door`; what it writes goes into `folder`.

    Raises NoPlayground where it doesn't come up.
    """
    port = await asyncio.to_thread(_prepare, folder)
    base = f"http://{HOST}:{port}"
    process = await _started(tool, folder, door, base)
    try:
        await _answering(process, base, folder)
        yield base
    finally:
        await _end(process)


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise NoPlayground("cli.practice.no_node")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)", said)
    if version is None or int(version[1]) < OLDEST_NODE:
        raise NoPlayground("cli.practice.old_node", said)
    return node


def _prepare(folder: Path) -> int:
    """Its configuration, and a free port; JSON is YAML too."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = json.dumps(cast.settings(), ensure_ascii=False, indent=2)
    (folder / ".m365agentsplayground.yml").write_text(wanted, encoding="utf-8")
    for port in PORTS:
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return port
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _started(tool: Tool, folder: Path, door: str, base: str) -> asyncio.subprocess.Process:
    """Node with our preload, which keeps it on this machine. Its own words go into a file of `folder`."""
    log = await asyncio.to_thread((folder / "playground.log").open, "wb")
    with closing(log):
        return await asyncio.create_subprocess_exec(
            tool.node,
            *("-r", str(OURS / "loopback.cjs"), str(tool.program), "start"),
            *("--app-endpoint", door, "--channel-id", "msteams"),
            *("--port", base.rpartition(":")[2], "--service-url", f"{base}/_connector", "--disable-telemetry"),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
        )


async def _answering(process: asyncio.subprocess.Process, base: str, folder: Path) -> None:
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for _ in range(int(PATIENCE_S / _STEP_S)):
            if process.returncode is not None:
                break
            with suppress(httpx.HTTPError):
                if (await client.get(base)).is_success:
                    return
            await asyncio.sleep(_STEP_S)
    raise NoPlayground("cli.practice.not_started", str(folder / "playground.log"))


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 5)
    except TimeoutError:
        process.kill()
        await process.wait()
