"""What the desk replied, brought to the person: acknowledgement, response_url, ephemeral, direct chat, modal, Home."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.payload import Json, json_at, list_at, text_at
from bot.slack.connection import CallFailed, Connection, tell
from bot.slack.limits import cut
from bot.slack.origin import Origins
from bot.slack.render import Rendered, render
from bot.slack.render_form import render_answer, render_form, render_home
from bot.slack.send import body_of
from handlers.message import Message, Paragraph, Quote, line_of
from handlers.request import Command, Reply, Request, Say, Submit
from handlers.text import Texts, texts

_LONGEST_ERROR = 2_000

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Answers:
    """Brings replies back. Nothing here raises CallFailed: what can't be shown one way is shown another, or logged."""

    connection: Connection
    origins: Origins

    # -- after a command ---------------------------------------------------------------------------

    async def to_command(self, body: Json, request: Request, reply: Reply) -> Json:
        """The acknowledgement of a slash command: its ephemeral answer, or nothing where a form was opened."""
        message = await self._open(body, request, reply)
        return ephemeral(message) if message else {}

    async def late_command(self, body: Json, acknowledgement: Json) -> None:
        """The answer to a command whose acknowledgement went out empty, by its response_url."""
        if acknowledgement:
            await self._respond(body, acknowledgement)

    # -- after a press -----------------------------------------------------------------------------

    async def to_press(self, body: Json, request: Request, reply: Reply) -> None:
        """The answer to a button: in place, below it, or in a modal where no message stands (modal, Home)."""
        if text_at(body, "container", "type") == "view":
            await self._to_view_press(body, request, reply)
            return
        message = await self._open(body, request, reply)
        if message is None:
            return
        if reply.replace:
            changed: Json = {**_content(render(message)), "replace_original": True}
            if await self._respond(body, changed):
                return
        await self._beside(body, request, message)

    async def _beside(self, body: Json, request: Request, message: Message) -> None:
        """A new private message where something was pressed or recorded: lasting in the direct chat."""
        pressed_in_chat = request.place.kind == "direct" and text_at(body, "type") == "block_actions"
        if pressed_in_chat or not await self._respond(body, {**ephemeral(message), "replace_original": False}):
            await self.private(request, message)

    async def _to_view_press(self, body: Json, request: Request, reply: Reply) -> None:
        t = texts(request.actor.locale)
        at_home = text_at(body, "view", "type") == "home"
        if reply.form is not None:
            view = render_form(reply.form, request.place.room)
        elif reply.message is not None:
            view = render_answer(reply.message, title=t("slack.answer.title"), close=t("slack.answer.close"))
        else:
            return
        opened: Json = {"trigger_id": text_at(body, "trigger_id"), "view": view}
        updated: Json = {"view_id": text_at(body, "view", "id"), "hash": text_at(body, "view", "hash"), "view": view}
        try:
            if at_home:
                await tell(self.connection.posts, "views.open", opened)
            elif reply.form is not None:
                await tell(self.connection.posts, "views.update", updated)
            else:
                await tell(self.connection.posts, "views.push", opened)
        except CallFailed as error:
            log.warning("slack.view_failed", reason=error.reason)
            await self.private(request, reply.message or _late_form(t, request))

    # -- after a form, a shortcut, words -----------------------------------------------------------

    async def to_submit(self, body: Json, request: Request, reply: Reply) -> Json:
        """The acknowledgement of a form: errors at their fields, the next form, or closing with a private answer.

        An answer that replaces takes the place of the message whose button opened the form.
        """
        if reply.errors:
            errors = form_errors(body, reply)
            if errors:
                return errors
            await self.private(request, _told(reply, request))
        elif reply.form is not None:
            return {"response_action": "update", "view": render_form(reply.form, request.place.room)}
        if reply.message is not None and not (reply.replace and await self._in_place(body, reply.message)):
            await self.private(request, reply.message)
        return {}

    async def late_submit(self, request: Request, reply: Reply) -> None:
        """What a form's acknowledgement could no longer say, with the text given back, since the form is closed."""
        if reply.errors:
            await self.private(request, _told(reply, request))
        elif reply.form is not None:
            await self.private(request, _late_form(texts(request.actor.locale), request))

    async def to_shortcut(self, body: Json, request: Request, reply: Reply) -> None:
        """The answer to a message shortcut: a modal, or words that only the person sees."""
        message = await self._open(body, request, reply)
        thread = text_at(body, "message", "thread_ts")
        if message is not None and thread:
            await self.private(request, message, thread=thread)
        elif message is not None:
            await self._beside(body, request, message)

    async def to_words(self, body: Json, request: Request, reply: Reply) -> None:
        """The answer to a direct message in the chat, or to an @mention where only the person sees it."""
        event = json_at(body, "event")
        t = texts(request.actor.locale)
        message = reply.message or (_sentence(t, "slack.form.elsewhere") if reply.form else None)
        if message is None:
            return
        if request.actor.standing == "stranger" and request.place.kind != "direct":
            # Whether ephemeral messages reach people of another company is not documented (platform.md A8): silence.
            log.info("slack.stranger_not_answered")
            return
        # Where outsiders read, the answer and the person's words go where both can stay: こちらのチャットでどうぞ.
        outside = request.place.kind == "room" and request.place.outsiders is not False
        await self.private(request, message, thread="" if outside else text_at(event, "thread_ts"), direct=outside)

    async def to_home(self, request: Request, reply: Reply) -> None:
        """The Home tab of the person."""
        if reply.message is None:
            return
        view: Json = {"user_id": request.actor.user, "view": render_home(reply.message)}
        try:
            await tell(self.connection.posts, "views.publish", view)
        except CallFailed as error:
            log.warning("slack.home_failed", reason=error.reason)

    async def apologise(self, body: Json, request: Request | None, message: Message) -> None:
        """Words for a failure, wherever the person can still be reached."""
        if text_at(body, "response_url") and await self._respond(
            body, {**ephemeral(message), "replace_original": False}
        ):
            return
        if request is not None:
            await self.private(request, message)

    # -- ways --------------------------------------------------------------------------------------

    async def private(self, request: Request, message: Message, *, thread: str = "", direct: bool = False) -> None:
        """Words for the actor alone: ephemeral in the room, else (or with `direct`) in their chat, where they last."""
        content = _content(render(message))
        if thread:
            content["thread_ts"] = thread
        place, user = request.place, request.actor.user
        try:
            if place.kind == "room" and not direct:
                where: Json = {"channel": place.room, "user": user}
                try:
                    await tell(self.connection.posts, "chat.postEphemeral", {**content, **where})
                    return
                except CallFailed as error:
                    log.info("slack.ephemeral_failed", reason=error.reason)
                    content.pop("thread_ts", None)
            await tell(self.connection.posts, "chat.postMessage", {**content, "channel": user})
        except CallFailed as error:
            log.error("slack.answer_lost", reason=error.reason, key=request.key)

    async def _open(self, body: Json, request: Request, reply: Reply) -> Message | None:
        """Opens the form of a reply; what is left to be said in words, if anything."""
        if reply.form is None:
            return reply.message
        view = render_form(reply.form, request.place.room)
        try:
            opened: Json = {"trigger_id": text_at(body, "trigger_id"), "view": view}
            self.origins.keep(body, await tell(self.connection.posts, "views.open", opened))
        except CallFailed as error:
            log.warning("slack.view_failed", reason=error.reason)
            return _late_form(texts(request.actor.locale), request)
        return reply.message

    async def _in_place(self, body: Json, message: Message) -> bool:
        """Whether the message that the form was opened from could be changed: an ephemeral one only by response_url."""
        origin = self.origins.of(body)
        if origin is None:
            return False
        rendered = render(message)
        if origin.ephemeral:
            replacing: Json = {**_content(rendered), "replace_original": True}
            return await self._respond({"response_url": origin.response_url}, replacing)
        where: Json = {"channel": origin.channel, "ts": origin.ts}
        try:
            changed: Json = {**where, "text": rendered.text, "blocks": rendered.blocks}
            await tell(self.connection.posts, "chat.update", changed)
        except CallFailed as error:
            log.warning("slack.update_failed", reason=error.reason)
            return False
        return True

    async def _respond(self, body: Json, content: Json) -> bool:
        """Whether the response_url took it."""
        try:
            await self.connection.respond(text_at(body, "response_url"), content)
        except CallFailed as error:
            log.warning("slack.response_failed", reason=error.reason)
            return False
        return True


def ephemeral(message: Message) -> Json:
    """The answer that only the person sees, as an acknowledgement or for a response_url."""
    return {"response_type": "ephemeral", **_content(render(message))}


def form_errors(body: Json, reply: Reply) -> Json:
    """The acknowledgement with errors, keyed by the blocks of inputs; what belongs to none goes to the first input.

    {} where the form has no input to show them at.
    """
    inputs = [
        text_at(block, "block_id") for block in list_at(body, "view", "blocks") if text_at(block, "type") == "input"
    ]
    found: dict[str, list[str]] = {}
    for name, text in reply.errors.items():
        where = name if name in inputs else next(iter(inputs), "")
        if where:
            found.setdefault(where, []).append(text)
    told = {name: cut("\n".join(parts), _LONGEST_ERROR) for name, parts in found.items()}
    return {"response_action": "errors", "errors": told} if told else {}


def _content(rendered: Rendered) -> Json:
    if rendered.cut:
        log.warning("slack.message_cut", blocks=len(rendered.blocks))
    return body_of(rendered)


def _sentence(t: Texts, key: str) -> Message:
    return Message((Paragraph(t.line(key)),), t(key))


def _late_form(t: Texts, request: Request) -> Message:
    said = _sentence(t, "slack.form.late")
    return Message((*said.blocks, *_typed(request)), said.preview)


def _told(reply: Reply, request: Request) -> Message:
    told = tuple(reply.errors.values())
    return Message((*(Paragraph(line_of(text)) for text in told), *_typed(request)), told[0] if told else "")


def _typed(request: Request) -> tuple[Quote, ...]:
    """What the person wrote, given back."""
    match request.intent:
        case Submit(values=values):
            return tuple(Quote(line_of(value)) for given in values.values() for value in given if value)
        case Command(text=text) | Say(text=text) if text:
            return (Quote(line_of(text)),)
        case _:
            return ()
