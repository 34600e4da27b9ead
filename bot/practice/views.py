"""Modals in stacks of three and a Home tab per person, with Slack's hashes and remembered input."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.practice.elements import initial_values, overlaid
from bot.practice.reading import Json, as_objects, as_text

STACK = 3


class ViewError(Exception):
    """A view that can't be shown or changed; `error` is Slack's own word."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class View:
    """A view on somebody's screen; `body` is what the bot sent, `typed` state.values so far."""

    id: str
    user: str
    hash: str
    root: str
    previous: str | None
    body: Json
    typed: Json = field(default_factory=dict[str, object])

    @property
    def blocks(self) -> list[Json]:
        """The blocks of the view."""
        return as_objects(self.body.get("blocks"))

    @property
    def values(self) -> Json:
        """state.values as Slack sends it: initial values, overlaid with what was typed."""
        return overlaid(initial_values(self.blocks), self.typed)


class Views:
    """All open views. Bodies are validated before they come here."""

    def __init__(self, wall: Callable[[], float], team: str, app: str, bot: str) -> None:
        self._wall = wall
        self._owner: Json = {"team_id": team, "app_id": app, "bot_id": bot, "app_installed_team_id": team}
        self._serial = 0
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """The modals of this person, the last on top."""
        return list(self._stacks.get(user, []))

    def home(self, user: str) -> View | None:
        """The Home tab of this person, if the bot published one."""
        return self._homes.get(user)

    def find(self, view_id: str = "", *, external_id: str = "") -> View | None:
        """The open view of this id or external id."""
        for view in self._all():
            if view_id and view.id == view_id:
                return view
            if external_id and as_text(view.body.get("external_id")) == external_id:
                return view
        return None

    def open(self, user: str, body: Json) -> View:
        """A new stack with this view; what was open before is gone."""
        self._check_external(body, None)
        view_id = self._new_id()
        view = View(view_id, user, self._new_hash(), view_id, None, body)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, body: Json) -> View:
        """One view more on the stack; ViewError `push_limit_reached` above three, `not_found` on none."""
        stack = self._stacks.get(user, [])
        if not stack:
            raise ViewError("not_found")
        if len(stack) >= STACK:
            raise ViewError("push_limit_reached")
        self._check_external(body, None)
        view = View(self._new_id(), user, self._new_hash(), stack[0].root, stack[-1].id, body)
        stack.append(view)
        return view

    def update(self, view: View, body: Json, *, expected_hash: str = "") -> View:
        """The view with another body; what was typed stays where block and action ids stay.

        ViewError `hash_conflict` when `expected_hash` is given and no longer the view's.
        """
        if expected_hash and expected_hash != view.hash:
            raise ViewError("hash_conflict")
        self._check_external(body, view.id)
        return self._put(replace(view, body=body, hash=self._new_hash()))

    def type_into(self, view: View, values: Json) -> View:
        """Remembers input; the hash stays, since only the bot's changes move it."""
        return self._put(replace(view, typed=overlaid(view.typed, values)))

    def publish(self, user: str, body: Json, *, expected_hash: str = "") -> View:
        """The Home tab of this person; ViewError `hash_conflict` as in `update`."""
        old = self._homes.get(user)
        if expected_hash and old and expected_hash != old.hash:
            raise ViewError("hash_conflict")
        view_id = old.id if old else self._new_id()
        view = View(view_id, user, self._new_hash(), view_id, None, body, old.typed if old else {})
        self._homes[user] = view
        return view

    def close(self, view: View) -> None:
        """Takes the view, and those above it, from its stack."""
        kept: list[View] = []
        for other in self._stacks.get(view.user, []):
            if other.id == view.id:
                break
            kept.append(other)
        self._stacks[view.user] = kept

    def clear(self, user: str) -> None:
        """Closes every modal of this person."""
        self._stacks[user] = []

    def payload(self, view: View) -> Json:
        """The view as Slack sends it to the bot and shows it to the page."""
        body = view.body
        kept: Json = {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "title": None,
            "submit": None,
            "close": None,
            **body,
        }
        return {
            **self._owner,
            **kept,
            "id": view.id,
            "hash": view.hash,
            "root_view_id": view.root,
            "previous_view_id": view.previous,
            "state": {"values": view.values},
        }

    def _all(self) -> list[View]:
        return [*(view for stack in self._stacks.values() for view in stack), *self._homes.values()]

    def _put(self, view: View) -> View:
        if self._homes.get(view.user, view).id == view.id and view.body.get("type") == "home":
            self._homes[view.user] = view
        stack = self._stacks.get(view.user, [])
        self._stacks[view.user] = [view if one.id == view.id else one for one in stack]
        return view

    def _check_external(self, body: Json, own_id: str | None) -> None:
        external = as_text(body.get("external_id"))
        holder = self.find(external_id=external) if external else None
        if holder and holder.id != own_id:
            raise ViewError("duplicate_external_id")

    def _new_id(self) -> str:
        return "V" + secrets.token_hex(5).upper()

    def _new_hash(self) -> str:
        self._serial += 1
        return f"{int(self._wall())}.{self._serial:04d}{secrets.token_hex(2)}"
