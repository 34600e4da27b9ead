"""What Teams wants to hear from an invoke: a dialog's next card, its closing, a card in place of one, a few words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.payload import Json
from bot.teams.limits import TITLE, label
from bot.teams.render import attachment


@dataclass(frozen=True)
class Invoked:
    """What an invoke is answered with: the HTTP status and the body; None = an empty one, which closes a dialog."""

    status: int
    body: Json | None


Surface = Literal["card", "dialog"]
"""Where the answer of an invoke appears: on the pressed card, or in a dialog."""

CLOSED: Json = {}
"""Nothing to show: it closes a dialog, and on a card nothing changes."""


def dialog(title: str, card: Json) -> Json:
    """The dialog shows `card`: as it opens, or instead of what it showed."""
    info: Json = {
        "title": label(title, TITLE),
        "height": "medium",
        "width": "medium",
        "card": attachment(card),
    }
    return {"task": {"type": "continue", "value": info}}


def in_place(card: Json) -> Json:
    """The pressed card becomes `card` for whoever pressed it."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": card}


def brief(text: str) -> Json:
    """A few words that appear on the pressed card, which stays."""
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": text}


def surface_of(name: str) -> Surface | None:
    """Where the answer to an invoke of this name appears; None for an invoke that isn't ours to answer."""
    match name:
        case "adaptiveCard/action":
            return "card"
        case "task/fetch" | "task/submit" | "composeExtension/fetchTask" | "composeExtension/submitAction":
            return "dialog"
        case _:
            return None
