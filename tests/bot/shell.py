"""A folder in which the command line is called, inside this process, with settings of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import run

TOP = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9/api/"
SLACK = {"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_SIGNING_SECRET": "signing-secret", "SLACK_API_URL": NOWHERE}
JAPANESE = re.compile(r"[ぁ-んァ-ン一-龯]")


@dataclass(frozen=True)
class Call:
    """How a call ended and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Shell:
    """An empty folder in which `python -m bot` is called, with settings of one's own."""

    folder: Path
    set: Callable[[str, str], None]
    captured: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Call:
        """One call, in this process."""
        self.captured.readouterr()
        code = run(arguments)
        said = self.captured.readouterr()
        return Call(code, said.out, said.err)

    @property
    def file(self) -> Path:
        """Where the database is by default."""
        return self.folder / "kakehashi.db"

    def slack(self, api_url: str = NOWHERE) -> None:
        """Settings that are complete."""
        for name, value in SLACK.items():
            self.set(name, value)
        self.set("SLACK_API_URL", api_url)
