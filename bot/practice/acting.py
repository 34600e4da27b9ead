"""What every act of a person needs: who, where, the bot's answer, and Slack's words when it fails."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.practice.delivery import Acknowledgement, Delivery
from bot.practice.payloads import Payloads
from bot.practice.reading import Json, as_text
from bot.practice.workspace import Message, Person, Room, Workspace

Texts = Callable[[str], Mapping[str, str]]
"""Language ("ja" or "en") → key → text."""

DEFAULT_EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "message.im",
        "member_joined_channel",
        "member_left_channel",
        "channel_shared",
        "channel_unshared",
        "channel_archive",
        "channel_unarchive",
        "channel_rename",
        "user_change",
    }
)


class ActRefused(Exception):
    """An act that Slack's own client would not let happen; `error` is a stable key."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True)
class Stage:
    """Everything that an act works with."""

    workspace: Workspace
    delivery: Delivery
    payloads: Payloads
    texts: Texts
    commands: Sequence[Json]
    shortcuts: Sequence[Json]
    events: Collection[str]

    def word(self, person: Person, key: str, holes: Mapping[str, str] | None = None) -> str:
        """A sentence of Slack's client in the person's language; the key itself where it is missing."""
        text = self.texts("ja" if person.locale.startswith("ja") else "en").get(key, key)
        for hole, value in (holes or {}).items():
            text = text.replace("{" + hole + "}", value)
        return text

    def room(self, person: Person, room_id: str) -> Room:
        """A room that the person is in; ActRefused otherwise."""
        room = self.workspace.room(room_id)
        if room is None:
            raise ActRefused("channel_not_found")
        if person.id not in room.members:
            raise ActRefused("not_in_channel")
        return room

    def message(self, person: Person, room_id: str, ts: str) -> tuple[Room, Message]:
        """A message that the person can see; ActRefused otherwise."""
        room = self.room(person, room_id)
        message = self.workspace.message(room.id, ts)
        if message is None or message.only_for not in (None, person.id):
            raise ActRefused("message_not_found")
        return room, message

    def ours_only(self, person: Person) -> None:
        """Commands, shortcuts and Home belong to the installing workspace (platform facts A8)."""
        if person.team_id != self.workspace.team.id:
            raise ActRefused("not_allowed")

    async def event(self, name: str, payload: Json) -> Json:
        """Delivers an event if the bot subscribed to it; people see nothing of a failure."""
        if name not in self.events:
            return {"ok": True, "delivered": False}
        answer = await self.delivery.send("events_api", payload)
        return {"ok": True, "delivered": answer.ok, "status": answer.status}

    def failed(self, person: Person, answer: Acknowledgement, key: str, holes: Json) -> Json:
        """What the person is shown when the bot did not acknowledge, remembered in the state."""
        return self.failed_with(person, answer.error, key, holes)

    def failed_with(self, person: Person, error: str, key: str, holes: Json) -> Json:
        """The same for an answer that Slack can't use."""
        words = {name: as_text(value) for name, value in holes.items()} | {"error": error}
        text = self.word(person, key, words)
        self.workspace.tell_failure(person.id, {"code": error, "key": key, "text": text})
        return {"ok": False, "error": error, "text": text}
