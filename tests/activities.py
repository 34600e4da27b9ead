"""Activities as Teams sends them to a bot: the same fields in the same places, recorded in Microsoft's playground.

What real Teams has and the playground doesn't (`29:` ids, `trigger`, the text/html copy) is as Microsoft documents it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Literal

from tests.tenant import BOT, BOT_NAME, TEAM, TEAM_NAME, TENANT, Json, Person, Post, Room, Tenant

AT = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
MENTION = f"<at>{BOT_NAME}</at>"


@dataclass(frozen=True)
class Activities:
    """Makes bodies for one tenant; `room` is a room of its, None the person's 1:1 chat. `thread` is the root's id."""

    service_url: str
    tenant: Tenant
    at: datetime = AT

    # -- what people write

    def message(
        self,
        who: Person,
        text: str,
        *,
        room: Room | None = None,
        thread: str = "",
        mentions: bool | None = None,
        targeted: bool = False,
        people: tuple[Person, ...] = (),
    ) -> Json:
        """Plain words. In a room with an @mention in front, or as a slash command that only the bot gets (`targeted`).

        `people` are mentioned where the text says <at>their name</at>. The message stands in the room from then on.
        """
        mentioned = (room is not None and not targeted) if mentions is None else mentions
        said = f"{MENTION} {text}" if mentioned else text
        number = self.tenant.next_id()
        body = self._base("message", who, room, thread or number, id=number)
        own = [(BOT, BOT_NAME)] if MENTION in said else []
        named = [*own, *((each.mri, each.name) for each in people)]
        body["entities"] = [
            *(
                {"type": "mention", "mentioned": {"id": mri, "name": name}, "text": f"<at>{name}</at>"}
                for mri, name in named
            ),
            *body["entities"],
        ]
        if targeted:
            body["recipient"] = {**body["recipient"], "isTargeted": True}
        html = {"contentType": "text/html", "content": f"<p>{escape(said)}</p>"}
        body |= {"text": said, "textFormat": "plain", "attachments": [html]}
        self.tenant.write(Post(number, body["conversation"]["id"], body, who.mri, who.mri if targeted else ""))
        return body

    # -- what people press

    def execute(self, who: Person, post: Post, action: Json, inputs: Json | None = None) -> Json:
        """Action.Execute: invoke adaptiveCard/action. `action` as it stands on the card, `inputs` by id."""
        value = {
            "action": {
                "type": "Action.Execute",
                **{key: action[key] for key in ("id", "title", "verb") if key in action},
                "data": _data(action, inputs),
            },
            "trigger": "manual",
        }
        return self._pressed("invoke", who, post, name="adaptiveCard/action", value=value)

    def submit(self, who: Person, post: Post, action: Json, inputs: Json | None = None) -> Json:
        """Action.Submit in a chat: a message without words, with a value."""
        return self._pressed("message", who, post, value=_data(action, inputs))

    def task_fetch(self, who: Person, post: Post, action: Json, inputs: Json | None = None) -> Json:
        """Action.Submit with msteams task/fetch: the client asks for the dialog."""
        value = {"data": _data(action, inputs), "context": {"theme": "default"}}
        return self._pressed("invoke", who, post, name="task/fetch", value=value)

    def task_submit(self, who: Person, opened: Json, action: Json, inputs: Json | None = None) -> Json:
        """Action.Submit inside a dialog that `opened` (a task/fetch or task/submit body) brought."""
        value = {"data": _data(action, inputs), "context": {"theme": "default"}}
        return {**opened, **_invoke_id(), "name": "task/submit", "value": value}

    # -- the message extension

    def fetch_task(
        self, who: Person, command: str, *, room: Room | None = None, source: Post | None = None, thread: str = ""
    ) -> Json:
        """composeExtension/fetchTask: from the composer, or on the message `source`."""
        value: Json = {"commandId": command, "commandContext": "compose", "context": {"theme": "default"}}
        name: Json = {"source": {"name": "compose"}}
        if source is not None:
            value |= {"commandContext": "message", "messagePayload": self._payload(source)}
            name = {"source": {"name": "message"}}
        body = self._base("invoke", who, room, thread) | _invoke_id()
        return {**body, "name": "composeExtension/fetchTask", "value": value, "channelData": body["channelData"] | name}

    def submit_action(self, opened: Json, action: Json, inputs: Json | None = None) -> Json:
        """composeExtension/submitAction inside the dialog that `opened` brought."""
        value = {**opened["value"], "data": _data(action, inputs)}
        return {**opened, **_invoke_id(), "name": "composeExtension/submitAction", "value": value}

    # -- what happens to the app

    def install(self, who: Person, *, room: Room | None = None, action: Literal["add", "remove"] = "add") -> Json:
        """installationUpdate, which names nobody."""
        body = self._base("installationUpdate", who, room, "")
        return {**body, "action": action, "from": _without_name(body["from"])}

    def update(
        self,
        who: Person,
        *,
        room: Room | None = None,
        event: str = "",
        added: tuple[Person, ...] | None = None,
        removed: tuple[Person, ...] = (),
    ) -> Json:
        """conversationUpdate: without `added` the bot itself came; `event` as channelData.eventType says it."""
        body = self._base("conversationUpdate", who, room, "")
        found = {key: value for key, value in body.items() if key not in ("locale", "entities")}
        found["from"] = _without_name(body["from"])
        if removed:
            found["membersRemoved"] = [{"id": each.mri, "aadObjectId": each.aad} for each in removed]
        else:
            came = [{"id": BOT}] if added is None else [{"id": each.mri, "aadObjectId": each.aad} for each in added]
            found["membersAdded"] = came
        if event:
            found["channelData"] = {**body["channelData"], "eventType": event}
        return found

    def team_update(
        self, who: Person, *, event: str, added: tuple[Person, ...] = (), removed: tuple[Person, ...] = ()
    ) -> Json:
        """conversationUpdate of the team: its conversation is the General channel, whatever channels it has else."""
        general = Room(TEAM, "", ())
        body = self.update(who, room=general, event=event, added=added, removed=removed)
        channel = {key: body["channelData"][key] for key in ("tenant", "team", "eventType")}
        return {**body, "channelData": channel}

    def _pressed(self, kind: str, who: Person, post: Post, **more: object) -> Json:
        room = self.tenant.rooms.get(post.conversation.split(";")[0])
        _, _, thread = post.conversation.partition(";messageid=")
        number: Json = _invoke_id() if kind == "invoke" else {"id": self.tenant.next_id()}
        body = self._base(kind, who, room, thread) | number
        channel = {**body["channelData"], "source": {"name": "message"}}
        return {**body, "replyToId": post.id, "channelData": channel, **more}

    def _base(self, kind: str, who: Person, room: Room | None, thread: str, *, id: str = "") -> Json:  # noqa: A002
        """What every activity has."""
        client = {"type": "clientInfo", "locale": who.locale, "platform": "Web", "timezone": who.zone}
        return {
            "type": kind,
            "id": id or f"f:{uuid.uuid4()}",
            "timestamp": self.at.isoformat().replace("+00:00", "Z"),
            "localTimestamp": self.at.isoformat(),
            "localTimezone": who.zone,
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": who.mri, "name": who.name, "aadObjectId": who.aad},
            "recipient": {"id": BOT, "name": BOT_NAME},
            "conversation": self._conversation(who, room, thread),
            "channelData": self._channel_data(room),
            "locale": who.locale,
            "entities": [client],
        }

    def _conversation(self, who: Person, room: Room | None, thread: str) -> Json:
        if room is None:
            return {"conversationType": "personal", "tenantId": TENANT, "id": self.tenant.direct(who.aad)}
        at = f";messageid={thread}" if thread and room.kind == "channel" else ""
        return {"isGroup": True, "conversationType": room.kind, "tenantId": TENANT, "id": f"{room.id}{at}"}

    def _channel_data(self, room: Room | None) -> Json:
        tenant: Json = {"tenant": {"id": TENANT}}
        if room is None or room.kind != "channel":
            return tenant
        sort = {} if room.sort == "standard" else {"type": room.sort}
        team = {"id": TEAM, "name": TEAM_NAME}
        channel = {"id": room.id, "name": room.name, **sort}
        return {**tenant, "teamsChannelId": room.id, "teamsTeamId": TEAM, "team": team, "channel": channel}

    def _payload(self, post: Post) -> Json:
        """messagePayload: the message that the extension was called on."""
        author = self.tenant.person(post.author)
        room, _, root = post.conversation.partition(";messageid=")
        query = f"tenantId={TENANT}&parentMessageId={root or post.id}"
        link = f"https://teams.microsoft.com/l/message/{room}/{post.id}?{query}"
        user = {"userIdentityType": "aadUser", "id": author.aad, "displayName": author.name} if author else None
        app = None if author else {"applicationIdentityType": "bot", "id": BOT, "displayName": BOT_NAME}
        said, mentions = self._mentions(post)
        return {
            "id": post.id,
            "messageType": "message",
            "createdDateTime": self.at.isoformat().replace("+00:00", "Z"),
            "linkToMessage": link,
            "from": {"user": user, "application": app, "device": None, "conversation": None},
            "body": {"contentType": "html", "content": f"<p>{said}</p>"},
            "attachments": [],
            "mentions": mentions,
            "reactions": [],
        }

    def _mentions(self, post: Post) -> tuple[str, list[Json]]:
        """The words of a message as HTML, and who is mentioned in them."""
        said, mentions = escape(str(post.activity.get("text", "")), quote=False), list[Json]()
        for entity in post.activity.get("entities", []):
            person = self.tenant.person(entity["mentioned"]["id"]) if entity["type"] == "mention" else None
            if person is not None:
                tag = escape(f"<at>{person.name}</at>", quote=False)
                said = said.replace(tag, f'<at id="{len(mentions)}">{person.name}</at>')
                user = {"userIdentityType": "aadUser", "id": person.aad, "displayName": person.name}
                mentions.append({"id": len(mentions), "mentionText": person.name, "mentioned": {"user": user}})
        return said, mentions


def _data(action: Json, inputs: Json | None) -> Json:
    """What the client sends: the action's data with the inputs' values beside."""
    return {**(action.get("data") or {}), **(inputs or {})}


def _invoke_id() -> Json:
    return {"id": f"f:{uuid.uuid4()}"}


def _without_name(sender: Json) -> Json:
    return {key: value for key, value in sender.items() if key != "name"}
