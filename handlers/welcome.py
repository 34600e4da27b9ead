"""First contact and help: what this is for, who sees what, how to be left alone, and what can be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers import places
from handlers.message import Block, Bullets, Button, Buttons, Line, Message, Note, Paragraph, Template
from handlers.notice import Reader
from handlers.request import Ctx, Reply
from handlers.text import LOCALES, Texts
from storage import linking, people
from storage.models import Outbox

TOPICS = ("log", "look", "alliance", "own")
"""The order in which help tells what can be typed."""


# ---------------------------------------------------------------- the first message


def welcome(t: Texts, elsewhere: str = "") -> Message:
    """What a person hears at first contact (decision 9): purpose, who sees what, one button, how to be left alone.

    `elsewhere`: the company's other platform, where they may have an account too (decision 12).
    """
    buttons = (
        Button(t("welcome.try"), "touchpoint.open", style="primary"),
        Button(t("welcome.settings"), "settings.open"),
    )
    return Message(
        (
            Paragraph(t.line("welcome.hello")),
            Bullets((t.line("welcome.log"), t.line("welcome.nudge"), t.line("welcome.digest"))),
            Paragraph(t.line("welcome.seen")),
            Buttons(buttons),
            Note(t.line("welcome.quiet")),
            Note(t.line("welcome.purpose")),
            *((Note(t.line("platform.both", place=elsewhere)),) if elsewhere else ()),
        ),
        t("welcome.preview"),
    )


def still_due(session: Session, row: Outbox, now: datetime) -> str:
    """A welcome is always still right."""
    return ""


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message:
    """The welcome in the reader's language, for the table of notices."""
    if reader.member is None:
        return welcome(reader.t)
    return welcome(reader.t, other_places(session, reader.t, row.organisation_id, reader.member.id))


def other_places(session: Session, t: Texts, org: str, member_id: str) -> str:
    """Where the company works too and this person has no account yet; "" where there is nothing to link."""
    every = linking.workspaces(session, org)
    held = {place.platform for _, place in people.accounts(session, org, member_id)}
    return t.join(places.name(t, place, every) for place in every if place.platform not in held)


# ---------------------------------------------------------------- help


@dataclass(frozen=True)
class HelpRow:
    """A row of the command table for help: its typed words, a topic of TOPICS and the key of an example to copy.

    Without an example only its first word is named.
    """

    name: str
    words: tuple[str, ...]
    topic: str
    example: str = ""


def help(ctx: Ctx, rows: Sequence[HelpRow]) -> Reply:  # noqa: A001 - the command's own name
    """`help` / 使い方: one screen, by topic, with lines that can be copied."""
    return Reply(message=helped(ctx.t, rows))


def helped(t: Texts, rows: Sequence[HelpRow]) -> Message:
    """What can be typed, by topic."""
    parts: list[Block] = [Paragraph(t.line("help.head"))]
    for topic in TOPICS:
        of = [row for row in rows if row.topic == topic]
        examples: list[Line] = [t.line(row.example) for row in of if row.example]
        if not of:
            continue
        parts.append(Paragraph(t.line(f"help.topic.{topic}")))
        if examples:
            parts.append(Bullets(tuple(examples)))
        if more := [_word(t, row) for row in of if not row.example]:
            parts.append(Note(t.line("help.more", words=t.join(more))))
    parts.append(Note(t.line("help.mend")))
    parts.append(Buttons((Button(t("welcome.try"), "touchpoint.open"), Button(t("welcome.settings"), "settings.open"))))
    return Message(tuple(parts), t("help.preview"))


def helped_with(t: Texts, row: HelpRow) -> Message:
    """One command: what it is for and a line to copy; all the others are one press away."""
    about = Paragraph(t.line("help.one", word=_word(t, row), about=t(f"command.{row.name}.about")))
    ways = Buttons((Button(t("help.button"), "help.open"),))
    return Message((about, Bullets((t.line(f"help.example.{row.name}"),)), ways), t("help.preview"))


def _word(t: Texts, row: HelpRow) -> str:
    """The word to type in the reader's language: in Japanese the first one that isn't ASCII, if there is one."""
    wanted = t.locale != LOCALES[0]
    return next((word for word in row.words if word.isascii() == wanted), row.words[0])


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("welcome", lambda t: welcome(t)),
    Template("welcome.both", lambda t: welcome(t, t("platform.teams"))),
)
