"""First contact and help: what this is for, who sees what, how to be left alone, and what can be typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers.message import Block, Bullets, Button, Buttons, Line, Message, Note, Paragraph, Template
from handlers.notice import Reader
from handlers.request import Ctx, Reply
from handlers.text import LOCALES, Texts
from storage.models import Outbox

TOPICS = ("log", "look", "alliance", "own")
"""The order in which help tells what can be typed."""


# ---------------------------------------------------------------- the first message


def welcome(t: Texts) -> Message:
    """What a person hears at first contact (decision 9): purpose, who sees what, one button, how to be left alone."""
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
        ),
        t("welcome.preview"),
    )


def still_due(session: Session, row: Outbox, now: datetime) -> str:
    """A welcome is always still right."""
    return ""


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message:
    """The welcome in the reader's language, for the table of notices."""
    return welcome(reader.t)


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


def _word(t: Texts, row: HelpRow) -> str:
    """The word to type in the reader's language: in Japanese the first one that isn't ASCII, if there is one."""
    wanted = t.locale != LOCALES[0]
    return next((word for word in row.words if word.isascii() == wanted), row.words[0])


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (Template("welcome", lambda t: welcome(t)),)
