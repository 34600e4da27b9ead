"""Fixtures for all tests: plain log lines, the told story, a running house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from tests.playhouse import House, house, template

# Machines are shared and noisy: no example fails for being slow (speed is the bench's business).
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--golden writes the golden files anew (make golden)."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


@pytest.fixture(name="golden")
def _golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> Iterator[None]:
    """Tracebacks as plain lines: drawing them with their locals takes longer than what is tested."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", name="told")
def _told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample organisation, told once in a session; copied for each house."""
    return template(tmp_path_factory.mktemp("told") / "practice")


@pytest.fixture(name="home")
def _home(tmp_path: Path, told: Path) -> Iterator[House]:
    """A running installation of one's own."""
    with house(tmp_path / "practice", told) as inside:
        yield inside
