"""Fixtures of the command line's tests: an empty folder, and a Slack that is there."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.bot.practice.conftest import Practice, practising
from tests.bot.shell import TOP, Shell


@pytest.fixture(name="shell")
def _shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    for line in (TOP / ".env.example").read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            monkeypatch.delenv(line.split("=", 1)[0], raising=False)
    monkeypatch.chdir(tmp_path)
    logging_before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Shell(tmp_path, monkeypatch.setenv, capsys)
    structlog.configure(**logging_before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="module", name="there")
def _there() -> Iterator[Practice]:
    with practising(by_http=False) as practice:
        yield practice
