"""One call of the Web API: its arguments read and its permissions checked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.practice.blocks import Refusal
from bot.practice.reading import Json, as_flag, as_text, as_whole
from bot.practice.workspace import Refused, Room, RoomKind, Workspace

READ_SCOPE: dict[RoomKind, str] = {
    "channel": "channels:read",
    "private": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
HISTORY_SCOPE: dict[RoomKind, str] = {
    "channel": "channels:history",
    "private": "groups:history",
    "im": "im:history",
    "mpim": "mpim:history",
}


@dataclass(frozen=True)
class Call:
    """The workspace, this server's address, the method and its arguments."""

    workspace: Workspace
    base: str
    method: str
    arguments: Json

    def text(self, key: str) -> str:
        """A text argument, empty where it was not given."""
        value = self.arguments.get(key)
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else as_text(value)

    def required(self, key: str, otherwise: str = "invalid_arguments") -> str:
        """A text argument that must be there, else Refused with `otherwise`."""
        value = self.text(key)
        if not value:
            raise Refused(otherwise, (f"[ERROR] missing required field: {key}",))
        return value

    def flag(self, key: str) -> bool:
        """A yes-or-no argument; no where it was not given."""
        return as_flag(self.arguments.get(key))

    def whole(self, key: str, otherwise: int) -> int:
        """A whole number, or `otherwise` where it was not given."""
        return as_whole(self.arguments.get(key), otherwise)

    def need(self, scope: str) -> None:
        """Refused `missing_scope` where the app was not given this scope."""
        granted = self.workspace.scopes
        if scope not in granted:
            raise Refused("missing_scope", extra={"needed": scope, "provided": ",".join(granted)})

    def visible_room(self, room_id: str) -> Room:
        """The room if the bot can know of it: any public channel, else only where it is a member."""
        room = self.workspace.room(room_id)
        if room is None or (room.kind != "channel" and self.workspace.bot.user_id not in room.members):
            raise Refused("channel_not_found")
        return room


@dataclass(frozen=True)
class Method:
    """A row of the API: what runs, the scopes it always needs, and which token."""

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    app_token: bool = False


def accept(refusal: Refusal | None) -> None:
    """Raises what the validator found, if anything."""
    if refusal is not None:
        raise Refused(refusal.error, refusal.problems)


def page_of(items: Sequence[Json], call: Call, otherwise: int) -> tuple[list[Json], Json]:
    """One page of a list and its response_metadata, by `limit` and `cursor` as Slack pages."""
    limit = max(1, min(call.whole("limit", otherwise) or otherwise, 1000))
    cursor = call.text("cursor")
    if cursor and not cursor.removeprefix("next:").isdecimal():
        raise Refused("invalid_cursor")
    start = int(cursor.removeprefix("next:")) if cursor else 0
    more = start + limit < len(items)
    metadata: Json = {"next_cursor": f"next:{start + limit}" if more else ""}
    return list(items[start : start + limit]), metadata
