"""A running installation as stories see it: what people do and read, the same on both platforms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.app import Product
from bot.practice import cast
from handlers.request import Platform

TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA = cast.TANAKA, cast.SUZUKI, cast.YAMAMOTO, cast.SASAKI, cast.EMMA
NEWCOMER, GUEST = cast.NEWCOMER, cast.GUEST
GENERAL, NOVA, NOVA_SHARED, LUMINA, ACME = cast.GENERAL, cast.NOVA, cast.NOVA_SHARED, cast.LUMINA, cast.ACME
BOT = cast.BOT.user_id
"""People and rooms are called by these names on every platform; each house knows its platform's own ids."""

Json = dict[str, Any]
Values = dict[str, str | list[str]]
Trouble = Literal["hidden_room", "hidden_members", "cut_before", "cut_after"]
"""Who reads a room can't be asked (about the room, about its members); the line ends while something is posted."""


@dataclass(frozen=True)
class Sheet:
    """An open form: the row of the command table that receives it, its title, and all that can be read in it."""

    name: str
    title: str
    words: str


class Shown(Protocol):
    """A message as a person sees it."""

    @property
    def id(self) -> str:
        """Its id within the room."""
        ...

    @property
    def room(self) -> str:
        """The room or direct chat that it stands in; goes back into `last` and `find` as it is."""
        ...

    @property
    def private(self) -> bool:
        """Whether only this person sees it, in a room that others read too."""
        ...

    @property
    def by_bot(self) -> bool:
        """Whether the bot wrote it."""
        ...

    @property
    def words(self) -> str:
        """All that can be read in it, a block a line, buttons as [label], menus as <chosen>."""
        ...

    @property
    def preview(self) -> str:
        """What a notification or a screen reader begins with."""
        ...

    @property
    def buttons(self) -> list[Json]:
        """Every button and menu, in the platform's own shape."""
        ...

    @property
    def live(self) -> set[str]:
        """What in it isn't literal: kinds of formatting, links and mentions."""
        ...

    def labels(self) -> list[str]:
        """What the buttons say."""
        ...

    def choices(self, menu: str) -> list[str]:
        """The labels of a menu."""
        ...


class Home(Protocol):
    """One installation and the people in it. Every act waits until the bot has answered."""

    @property
    def platform(self) -> Platform:
        """Where a story differs for a good reason, it says so by this."""
        ...

    @property
    def product(self) -> Product:
        """What runs."""
        ...

    # -- what people do

    def command(self, who: str, room: str, text: str) -> Shown:
        """Type a slash command; the answer that it got."""
        ...

    def start(self, who: str, room: str, text: str) -> None:
        """Type a slash command that is answered with a form."""
        ...

    def say(self, who: str, text: str, room: str = "") -> Shown:
        """Write plain words to the bot, in its direct chat where no room is named; the newest message after it."""
        ...

    def write(self, who: str, room: str, text: str, thread: str = "") -> str:
        """Write plain words in a room; the message's id. <@…> mentions."""
        ...

    def record(self, who: str, room: str, message: str) -> Shown:
        """The shortcut on a message; what it is answered with."""
        ...

    def press(self, who: str, message: Shown, label: str, near: str = "") -> Shown | None:
        """Press the button called `label`, the first one after the words `near`.

        The message as it is now, or the newest one in that room.
        """
        ...

    def choose(self, who: str, message: Shown, menu: str, label: str) -> Shown:
        """Choose `label` in the menu whose action is `menu` (its table row, e.g. friction.category)."""
        ...

    def submit(self, who: str, values: Values) -> Json:
        """Fill the open form (fields by name) and send it: {"ok": True} or {"errors": {field: text}}."""
        ...

    def opens(self, who: str) -> None:
        """The person opens the chat with the app."""
        ...

    def home(self, who: str) -> str:
        """The words of the app's page."""
        ...

    def speaks(self, who: str, locale: str) -> None:
        """The person sets the platform to another language (like en-US)."""
        ...

    # -- what happens to rooms and people

    def let_in(self, room: str, guest: str) -> None:
        """Somebody from outside comes into the room."""
        ...

    def put_out(self, room: str, guest: str) -> None:
        """They are gone again; with BOT, the bot is."""
        ...

    def share(self, room: str, guest: str) -> None:
        """The room is opened to another company, and `guest` comes in.

        Slack: Slack Connect. Teams: theirs joins the team as a guest, since a channel never changes its type.
        """
        ...

    def unshare(self, room: str, guest: str) -> None:
        """The room is ours alone again."""
        ...

    def close_account(self, who: str) -> None:
        """The person leaves the company."""
        ...

    def reopen_account(self, who: str) -> None:
        """And comes back."""
        ...

    def trouble(self, what: Trouble, times: int = 1) -> None:
        """The next calls go wrong."""
        ...

    # -- time

    def clock(self, **step: str) -> Json:
        """Move the clock: plus="1d", next="monday 08:30", to="2026-11-30T09:00" (in Japan)."""
        ...

    def later(self, who: str, **step: str) -> list[Shown]:
        """Move the clock; what the bot wrote to that person directly meanwhile."""
        ...

    def oversleep(self, to: str) -> None:
        """The clock stands at another time (in Japan), and nothing of what lies between has happened."""
        ...

    def halt(self) -> None:
        """Nothing is delivered by itself any more, only by `settle` and by moving the clock."""
        ...

    def settle(self) -> None:
        """Everything that waits now is delivered; no waiting for a tick."""
        ...

    # -- what people see

    def again(self, who: str, message: Shown) -> Shown:
        """The message as it reads once everything that waits is delivered."""
        ...

    def messages(self, who: str, room: str) -> list[Shown]:
        """What that person can read in a room, oldest first."""
        ...

    def last(self, who: str, room: str) -> Shown:
        """The newest message in a room."""
        ...

    def find(self, who: str, room: str, message: str) -> Shown | None:
        """A message by its id."""
        ...

    def direct(self, who: str) -> str:
        """The direct chat of a person with the bot."""
        ...

    def inbox(self, who: str) -> list[Shown]:
        """What the bot wrote to a person directly."""
        ...

    def form(self, who: str) -> Sheet | None:
        """The form on top, or None."""
        ...
