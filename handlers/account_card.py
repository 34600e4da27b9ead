"""A person's accounts as they see them: the code to type on the other platform, what is linked, the way apart."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.message import Block, Button, Buttons, Confirm, Line, Message, Note, Paragraph, Quote, Template
from handlers.text import Texts


@dataclass(frozen=True)
class Spot:
    """One of a person's accounts. `place` is what its workspace is called, `hears`: notices come there.

    `parts`: the reader may unlink it.
    """

    id: str
    place: str
    name: str
    hears: bool = False
    parts: bool = False


@dataclass(frozen=True)
class Accounts:
    """What is linked; `code` opens `others` (what the workspaces are called where it can be typed)."""

    spots: tuple[Spot, ...]
    code: str = ""
    others: tuple[str, ...] = ()


def card(t: Texts, facts: Accounts, said: Line = ()) -> Message:
    """What is linked, and the code for what isn't; `said` tells first what was just done."""
    blocks: list[Block] = [Paragraph(said)] if said else []
    if facts.code:
        blocks.append(Paragraph(t.line("account.how", place=t.join(facts.others))))
        blocks.append(Quote(t.line("account.code", code=facts.code)))
    elif len(facts.spots) == 1 and not facts.others:
        blocks.append(Paragraph(t.line("account.alone", place=facts.spots[0].place)))
    if len(facts.spots) > 1:
        blocks.append(Paragraph(t.line("account.linked.head")))
        blocks.extend(Paragraph(_spot(t, spot), unlink(t, spot) if spot.parts else None) for spot in facts.spots)
        blocks.append(Buttons(_choices(t, facts.spots)))
    if facts.code:
        blocks.append(Note(t.line("account.code.note")))
    return Message(tuple(blocks), t("account.preview"))


def _spot(t: Texts, spot: Spot) -> Line:
    return t.line("account.spot.hears" if spot.hears else "account.spot", place=spot.place, name=spot.name)


def _choices(t: Texts, spots: tuple[Spot, ...]) -> tuple[Button, ...]:
    return tuple(
        Button(t("account.button.prefer", place=spot.place), "account.prefer", spot.id)
        for spot in spots
        if not spot.hears
    )


def unlink(t: Texts, spot: Spot) -> Button:
    """[解除] on one account; what follows is asked before."""
    sure = Confirm(
        t("account.unlink.title", place=spot.place),
        t("account.unlink.text"),
        t("account.button.unlink"),
        t("button.cancel"),
    )
    return Button(t("account.button.unlink"), "account.unlink", spot.id, confirm=sure)


def asked(t: Texts, code: str, who: str, *, operator: bool = False) -> Message:
    """Before records of one's own go to another member: who that is. `code` is the id of the code's row.

    `operator`: the reader looks after the whole bot, and would lose that.
    """
    lost = (Paragraph(t.line("account.ask.operator")),) if operator else ()
    blocks: tuple[Block, ...] = (
        Paragraph(t.line("account.ask", name=who)),
        *lost,
        Buttons((Button(t("account.button.confirm"), "account.confirm", code, style="primary"),)),
        Note(t.line("account.ask.note", name=who)),
    )
    return Message(blocks, t("account.preview"))


def linked(t: Texts, who: str, typed: Spot, spots: tuple[Spot, ...]) -> Message:
    """To who typed the code: with whose accounts theirs is one now, where notices come, and the way back."""
    other = t.join(spot.place for spot in spots if spot.id != typed.id)
    hears = next((spot.place for spot in spots if spot.hears), typed.place)
    blocks: tuple[Block, ...] = (
        Paragraph(t.line("account.linked", name=who, place=other)),
        Paragraph(t.line("account.linked.means", place=hears)),
        Buttons((*_choices(t, spots), unlink(t, typed))),
    )
    return Message(blocks, t("account.preview"))


def joined(t: Texts, spot: Spot) -> Message:
    """To who made the code, on the platform where they made it: whoever typed it is seen here, and can be shut out."""
    blocks: tuple[Block, ...] = (
        Paragraph(t.line("account.joined", place=spot.place, name=spot.name)),
        Buttons((unlink(t, spot),)),
        Note(t.line("account.joined.note")),
    )
    return Message(blocks, t("account.preview"))


def parted(t: Texts, place: str) -> Message:
    """The link is gone: what stays where."""
    blocks: tuple[Block, ...] = (
        Paragraph(t.line("account.parted", place=place)),
        Note(t.line("account.parted.note", place=place)),
    )
    return Message(blocks, t("account.preview"))


def refused(t: Texts, said: Line, *, again: bool = True) -> Message:
    """Why nothing was linked, and the way to a new code."""
    ways = (Buttons((Button(t("account.button.again"), "account.open"),)),) if again else ()
    return Message((Paragraph(said), *ways), t("account.preview"))


# ---------------------------------------------------------------- examples

_SLACK = Spot("a1", "Slack", "田中 美咲", hears=True)
_TEAMS = Spot("a2", "Teams", "田中 美咲", parts=True)

TEMPLATES: tuple[Template, ...] = (
    Template("account.code", lambda t: card(t, Accounts((_SLACK,), "K7QM-4XPD", ("Teams",)))),
    Template("account.alone", lambda t: card(t, Accounts((_SLACK,)))),
    Template("account.card", lambda t: card(t, Accounts((_SLACK, _TEAMS)))),
    Template("account.asked", lambda t: asked(t, "c1", "田中 美咲")),
    Template("account.asked.operator", lambda t: asked(t, "c1", "田中 美咲", operator=True)),
    Template("account.linked", lambda t: linked(t, "田中 美咲", _TEAMS, (_SLACK, _TEAMS))),
    Template("account.joined", lambda t: joined(t, _TEAMS)),
    Template("account.parted", lambda t: parted(t, "Teams")),
    Template("account.expired", lambda t: refused(t, t.line("account.no.expired"))),
    Template("account.exposed", lambda t: refused(t, t.line("account.no.seen"))),
)
