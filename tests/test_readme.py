"""The README's tables are the command table and the list of differences themselves (`make golden` writes them)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from bot.parity import SURFACES, command_rows, surface_rows
from handlers.text import LOCALES, texts

README = Path(__file__).parent.parent / "README.md"
COMMANDS = ("commands", "handlers/commands.py", ("in Slack", "in Teams", "or", "what it does"))
PARITY = ("parity", "bot/parity.py", ("what", "Slack", "Teams", "why they differ"))


def markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def table(name: str) -> tuple[tuple[str, str, tuple[str, ...]], str]:
    """One of the tables and its place."""
    if name == "commands":
        return COMMANDS, markdown(COMMANDS[2], command_rows())
    return PARITY, markdown(PARITY[2], surface_rows(texts("en")))


@pytest.mark.parametrize("name", ["commands", "parity"])
def test_the_table_is_true(name: str, golden: bool) -> None:
    (mark, source, _), made = table(name)
    begin = f"<!-- {mark}:begin (generated from {source} by `make golden`) -->\n"
    end = f"<!-- {mark}:end -->"
    before, found, rest = README.read_text(encoding="utf-8").partition(begin)
    assert found, begin
    _, _, after = rest.partition(end)
    now = f"{before}{begin}{made}{end}{after}"
    if golden:
        README.write_text(now, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == now


@pytest.mark.parametrize("locale", LOCALES)
def test_every_difference_has_a_reason(locale: str) -> None:
    rows = list(surface_rows(texts(locale)))
    assert len(rows) == len(SURFACES)
    for surface, (what, slack, teams, why) in zip(SURFACES, rows, strict=True):
        assert what
        assert slack
        assert teams
        assert bool(why) == surface.differs
