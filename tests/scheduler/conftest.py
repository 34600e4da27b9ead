"""Fixtures of the tests of clock and post."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.scheduler.world import World, world


@pytest.fixture(scope="package", autouse=True)
def _plain_logs() -> Iterator[None]:
    """Tracebacks as plain lines: drawing them with their locals takes longer than what is tested."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(name="here")
def _here(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    made.db.close()
