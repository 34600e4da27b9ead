"""The payloads that Slack sends to a bot, built from what a person does."""

import secrets

from bot.practice.elements import Placed, overlaid
from bot.practice.reading import Json, as_json, as_text, without_nothing
from bot.practice.shown import message_json, room_json
from bot.practice.views import View
from bot.practice.workspace import Message, Person, Room, Workspace

VERIFICATION = "practice-verification"


class Payloads:
    """Builds payloads; `base` is this server's address, for response_url."""

    def __init__(self, workspace: Workspace, base: str) -> None:
        self._workspace = workspace
        self._base = base

    def command(self, person: Person, room: Room, command: str, text: str) -> Json:
        """A slash command, as flat form fields."""
        workspace = self._workspace
        return {
            "token": VERIFICATION,
            "team_id": workspace.team.id,
            "team_domain": workspace.team.domain,
            "channel_id": room.id,
            "channel_name": channel_name(room),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": workspace.bot.app_id,
            "is_enterprise_install": "false",
            "response_url": self._response_url(room, person),
            "trigger_id": workspace.tickets.trigger(person.id),
        }

    def message_event(self, message: Message, room: Room, *, mention: bool) -> Json:
        """message.im, or app_mention in a channel."""
        person = self._workspace.person(message.user)
        event: Json = {
            "type": "app_mention" if mention else "message",
            "channel": room.id,
            "channel_type": None if mention else room.kind,
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "thread_ts": message.thread_ts,
            "client_msg_id": secrets.token_hex(16),
            "event_ts": message.ts,
            "team": person.team_id if person else self._workspace.team.id,
        }
        if person and person.team_id != self._workspace.team.id:
            event |= {"user_team": person.team_id, "source_team": person.team_id}
        return self.event(without_nothing(event), room=room)

    def event(self, event: Json, *, room: Room | None = None) -> Json:
        """The envelope around any event."""
        workspace = self._workspace
        authorization = {
            "enterprise_id": None,
            "team_id": workspace.team.id,
            "user_id": workspace.bot.user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": VERIFICATION,
            "team_id": workspace.team.id,
            "context_team_id": workspace.team.id,
            "api_app_id": workspace.bot.app_id,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(6).upper()}",
            "event_time": int(workspace.wall()),
            "authorizations": [authorization],
            "is_ext_shared_channel": bool(room and room.ext_shared),
            "event": {"event_ts": workspace.next_ts(), **event},
        }

    def message_action(self, person: Person, room: Room, message: Message, action: Json, values: Json) -> Json:
        """A click in a message; ephemeral ones come without `message`, as in Slack."""
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": room.id,
            "is_ephemeral": bool(message.only_for),
            "thread_ts": message.thread_ts,
        }
        return without_nothing(
            {
                **self._interactive("block_actions", person),
                "container": without_nothing(container),
                "channel": {"id": room.id, "name": channel_name(room)},
                "message": None if message.only_for else message_json(self._workspace, message),
                "state": {"values": values},
                "response_url": self._response_url(room, person, message.ts),
                "trigger_id": self._workspace.tickets.trigger(person.id),
                "actions": [action],
            }
        )

    def view_action(self, person: Person, view: View, action: Json) -> Json:
        """A click in a modal or on the Home tab."""
        return {
            **self._interactive("block_actions", person),
            "container": {"type": "view", "view_id": view.id},
            "view": self._workspace.views.payload(view),
            "trigger_id": self._workspace.tickets.trigger(person.id, view=view.id),
            "actions": [action],
        }

    def submission(self, person: Person, view: View, answers_to: list[Placed]) -> Json:
        """A submitted form; `answers_to` are its conversation menus that make a response_url."""
        return {
            **self._interactive("view_submission", person),
            "view": self._workspace.views.payload(view),
            "trigger_id": self._workspace.tickets.trigger(person.id, view=view.id),
            "response_urls": [
                address for placed in answers_to if (address := self._chosen_address(person, view, placed))
            ],
        }

    def closed(self, person: Person, view: View, *, cleared: bool) -> Json:
        """A dismissed form."""
        shown = self._workspace.views.payload(view)
        return {**self._interactive("view_closed", person), "view": shown, "is_cleared": cleared}

    def message_shortcut(self, person: Person, room: Room, message: Message, callback_id: str) -> Json:
        """A shortcut on a message; it carries the whole message."""
        return {
            **self._interactive("message_action", person),
            "callback_id": callback_id,
            "action_ts": self._workspace.next_ts(),
            "trigger_id": self._workspace.tickets.trigger(person.id),
            "response_url": self._response_url(room, person, message.ts),
            "message_ts": message.ts,
            "channel": {"id": room.id, "name": channel_name(room)},
            "message": message_json(self._workspace, message, with_metadata=True),
        }

    def global_shortcut(self, person: Person, callback_id: str) -> Json:
        """A shortcut from the menu: no channel, no response_url."""
        return {
            **self._interactive("shortcut", person),
            "callback_id": callback_id,
            "action_ts": self._workspace.next_ts(),
            "trigger_id": self._workspace.tickets.trigger(person.id),
        }

    def suggestion(self, person: Person, place: Json, placed: Placed, value: str) -> Json:
        """A request for the options of an external menu."""
        return {
            **self._interactive("block_suggestion", person),
            "action_id": placed.element.get("action_id"),
            "block_id": placed.block_id,
            "value": value,
            **place,
        }

    def room_event(self, kind: str, room: Room, fields: Json) -> Json:
        """An event about a room, such as member_joined_channel or channel_shared."""
        return self.event({"type": kind, "channel": room.id, **fields}, room=room)

    def rename_event(self, room: Room) -> Json:
        """channel_rename carries the channel as an object."""
        shown = room_json(self._workspace, room)
        channel = {"id": room.id, "name": shown.get("name"), "created": int(self._workspace.wall())}
        return self.event({"type": "channel_rename", "channel": channel}, room=room)

    def _interactive(self, kind: str, person: Person) -> Json:
        """What all interactive payloads share; `team` is the installing one, also for strangers (facts I1)."""
        workspace = self._workspace
        return {
            "type": kind,
            "token": VERIFICATION,
            "api_app_id": workspace.bot.app_id,
            "team": {"id": workspace.team.id, "domain": workspace.team.domain},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {
                "id": person.id,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id,
            },
        }

    def _response_url(self, room: Room, person: Person, ts: str | None = None) -> str:
        key = self._workspace.tickets.address(room.id, person.id, ts=ts)
        return f"{self._base}/practice/hooks/{key}"

    def _chosen_address(self, person: Person, view: View, placed: Placed) -> Json | None:
        action_id = as_text(placed.element.get("action_id"))
        state = as_json(as_json(overlaid(view.values, {}).get(placed.block_id)).get(action_id))
        chosen = as_text(state.get("selected_conversation")) or as_text(state.get("selected_channel"))
        room = self._workspace.room(chosen)
        if room is None:
            return None
        return {
            "block_id": placed.block_id,
            "action_id": action_id,
            "channel_id": room.id,
            "response_url": self._response_url(room, person),
        }


def channel_name(room: Room) -> str:
    """The name of a room in commands and clicks: only public ones show theirs."""
    match room.kind:
        case "channel":
            return room.name
        case "private":
            return "privategroup"
        case "im":
            return "directmessage"
        case "mpim":
            return room.name or "mpdm"
