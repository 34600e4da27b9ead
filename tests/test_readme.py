"""The README's table of commands is the command table itself (`make golden` writes it)."""

from __future__ import annotations

from pathlib import Path

from handlers.commands import TABLE
from handlers.text import LOCALES, texts

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- commands:begin (generated from handlers/commands.py by `make golden`) -->\n", "<!-- commands:end -->"


def table() -> str:
    """One row a command: what to type in English and in Japanese, what it does in both."""
    japanese, english = (texts(locale) for locale in LOCALES)
    own = {row.name for row in TABLE if row.slash}
    lines = ["| type | or | what it does |", "|---|---|---|"]
    for row in TABLE:
        key = f"command.{row.name}.words"
        word = english(key).split(",")[0]
        slash = f"/{word}" if word.split()[0] in own else f"/alliance {word}"
        typed = dict.fromkeys(word.strip() for word in f"{english(key)},{japanese(key)}".split(","))
        words = ", ".join(f"`{word}`" for word in typed)
        about = f"{english(f'command.{row.name}.about')} · {japanese(f'command.{row.name}.about')}"
        lines.append(f"| `{slash}` | {words} | {about} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_commands_is_true(golden: bool) -> None:
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    now = f"{before}{BEGIN}{table()}{END}{after}"
    if golden:
        README.write_text(now, encoding="utf-8")
    assert README.read_text(encoding="utf-8") == now
