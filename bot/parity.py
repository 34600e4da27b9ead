"""Where Slack and Teams differ, and why: the README's parity table is made from this and from the command table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.manifest import TEAMS_PERSONAL, TEAMS_SHARED
from handlers.commands import TABLE, Row
from handlers.text import LOCALES, Texts, texts, words


@dataclass(frozen=True)
class Surface:
    """Something that people use beside the commands. Its words are the catalogue's `parity.<name>.…`.

    `what`, `slack`, `teams`, and `why` where the two differ: a difference without a reason is a fault.
    """

    name: str
    differs: bool = True


SURFACES: tuple[Surface, ...] = (
    Surface("words", differs=False),
    Surface("capture", differs=False),
    Surface("buttons", differs=False),
    Surface("notices", differs=False),
    Surface("guard", differs=False),
    Surface("empty"),
    Surface("private"),
    Surface("menu"),
    Surface("confirm"),
    Surface("home"),
    Surface("people"),
    Surface("form"),
    Surface("profile"),
    Surface("fate"),
    Surface("line"),
)


def command_rows() -> Iterator[tuple[str, str, str, str]]:
    """Every command: what to type in Slack, in Teams, other words for it, what it does (English · Japanese)."""
    own = {row.name for row in TABLE if row.slash}
    for row in TABLE:
        typed = words(f"command.{row.name}.words")
        first = _first(texts("en"), row)
        slack = f"`/{first}`" if first.split()[0] in own else f"`/alliance {first}`"
        others = ", ".join(f"`{word}`" for word in sorted(typed, key=str.isascii, reverse=True) if word != first)
        abouts = " · ".join(dict.fromkeys(texts(each)(f"command.{row.name}.about") for each in reversed(LOCALES)))
        yield slack, _in_teams(row, first), others, abouts


def _in_teams(row: Row, first: str) -> str:
    menus = [mark for mark, rows in (("¹", TEAMS_PERSONAL), ("²", TEAMS_SHARED)) if row.name in rows]
    return f"`{first}`{' '.join(menus)}"


def _first(t: Texts, row: Row) -> str:
    return t(f"command.{row.name}.words").split(",")[0].strip()


def surface_rows(t: Texts) -> Iterator[tuple[str, str, str, str]]:
    """Every surface: what it is, in Slack, in Teams, and why they differ ("" where they don't)."""
    for surface in SURFACES:
        key = f"parity.{surface.name}"
        yield t(f"{key}.what"), t(f"{key}.slack"), t(f"{key}.teams"), t(f"{key}.why") if surface.differs else ""
