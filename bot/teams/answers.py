"""What the desk replied, brought to the person: their own chat, a targeted message, a dialog, a card in place."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.late import Late
from bot.payload import Json
from bot.teams import activity
from bot.teams.dialogs import CLOSED, brief, dialog, in_place
from bot.teams.directory import Directory
from bot.teams.elements import words_beside
from bot.teams.origin import Opened, Origins, Pressed
from bot.teams.posts import Fate, Posts, stands
from bot.teams.press import Surface, read_submit, texts_in
from bot.teams.render import attachment, render
from bot.teams.render_form import render_form
from bot.teams.send import body_of
from bot.teams.turn import Turn
from handlers.message import Block, Form, Message, Paragraph, PeopleField, Quote, line_of, spoken
from handlers.request import Reply, Say
from handlers.text import Texts, texts

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Answers:
    """Brings replies back. Nothing here raises CallFailed: what can't be shown one way is shown another, or logged.

    In a room nothing is posted for everybody but a sentence without content (product.md §6).
    """

    posts: Posts
    origins: Origins
    directory: Directory
    late: Late

    # -- after words

    async def to_words(self, turn: Turn) -> None:
        """The answer to a message: in the direct chat, with a pointer in the room that it came from.

        A targeted message is answered by a targeted one.
        """
        content = await self._content(turn)
        if content is None or turn.request is None:
            return
        request = turn.request
        if request.place.kind == "direct":
            await self._post(turn, content)
        elif isinstance(request.intent, Say) and request.intent.private:
            await self._post(turn, content, targeted=True)
        elif request.actor.standing == "stranger":
            log.info("teams.stranger_not_answered")  # as in Slack: silence
        else:
            await self._from_room(turn, content, member=request.actor.standing == "member")

    async def _from_room(self, turn: Turn, content: Json, *, member: bool) -> None:
        fate, t = await self._post(turn, content), self._texts(turn)
        if fate == "direct":
            await self.posts.targeted(turn.body, _said(sentence(t, "teams.answer.direct")))
        elif not stands(fate) and member and await self.posts.openly(turn.body, _said(sentence(t, _unshown(fate)))):
            turn.said, turn.lost = True, False

    async def _post(self, turn: Turn, content: Json, *, targeted: bool = False) -> Fate:
        """A new message for the person alone, as patiently as it takes; the turn says what became of it."""
        fate = await self.posts.privately(turn.body, content, targeted=targeted)
        turn.said, turn.lost = stands(fate), not stands(fate)
        if turn.lost:
            log.error("teams.answer_lost", key=turn.request.key if turn.request else "", fate=fate)
        return fate

    async def apologise(self, turn: Turn) -> None:
        """Words for a failure, to the person alone."""
        if turn.apology is not None:
            await self._post(turn, _said(turn.apology), targeted=activity.targeted(turn.body))

    # -- after a press on a card

    async def to_card(self, turn: Turn) -> Json:
        """Action.Execute: the card becomes the answer, also for later; or the answer stands below, and this says so."""
        reply, pressed = turn.reply or Reply(), self.posts.pressed(turn.body)
        if reply.replace and reply.message is not None and pressed is not None and pressed.lasting:
            rendered = render(reply.message)
            self.late.start(self._changed(turn, pressed, body_of(rendered)))
            turn.said = True
            return in_place(rendered.card)
        if reply.message is None and reply.form is None:
            return CLOSED
        fate = await self._beside(turn)
        where = "teams.answer.below" if activity.kind_of(turn.body) == "direct" else "teams.answer.sent"
        return brief(self._texts(turn)(where if stands(fate) else _unshown(fate)))

    async def to_old_card(self, turn: Turn) -> None:
        """Action.Submit, from a form in a chat or from a client that knows nothing better: the card is changed."""
        reply, pressed = turn.reply or Reply(), self.posts.pressed(turn.body)
        content = await self._content(turn)
        replaces = reply.replace or turn.ticket is not None
        if content is None or (replaces and pressed and pressed.lasting and await self.posts.change(pressed, content)):
            return
        await self._beside(turn)

    async def put_away(self, turn: Turn) -> Json:
        """A form in a chat that nobody wants: a sentence stands in its place."""
        rendered = render(sentence(texts(turn.locale), "teams.form.cancelled"))
        pressed = self.posts.pressed(turn.body)
        if pressed is not None and pressed.lasting:
            await self.posts.change(pressed, body_of(rendered))
        return in_place(rendered.card)

    async def _beside(self, turn: Turn) -> Fate:
        """A new message for the person alone: targeted where the pressed one was, else in their own chat."""
        content = None if turn.again else await self._content(turn)
        if content is None:
            return "direct"  # it stands there since the first time
        pressed = self.posts.pressed(turn.body)
        targeted = (pressed is not None and pressed.targeted) or activity.targeted(turn.body)
        return await self._post(turn, content, targeted=targeted)

    async def _changed(self, turn: Turn, pressed: Pressed, content: Json) -> None:
        """The card keeps the answer when it is drawn anew; where it can't, the answer stands below."""
        if not await self.posts.change(pressed, content) and not turn.again:
            await self._post(turn, content, targeted=pressed.targeted)

    # -- in dialogs

    async def to_dialog(self, turn: Turn, *, pressed: Pressed | None = None) -> Json:
        """The dialog shows the form or the answer; an answer that replaces also changes the card it came from."""
        reply = turn.reply or Reply()
        if reply.form is not None:
            return await self._form_dialog(turn, reply.form, pressed)
        if reply.message is None:
            return CLOSED
        if reply.replace and pressed is not None and pressed.lasting:
            turn.said = await self.posts.change(pressed, _said(reply.message))
        return self.card_dialog(reply.message)

    async def to_submit(self, turn: Turn) -> Json:
        """The answer to a form: errors at their fields, the next form, the changed card, or words in the dialog."""
        reply = turn.reply or Reply()
        if reply.errors:
            return await self.errors_dialog(turn, reply.errors)
        if turn.differs:
            return self.card_dialog(sentence(self._texts(turn), "teams.form.again"))
        pressed = turn.opened.pressed if turn.opened else None
        if reply.form is not None or reply.message is None:
            return await self.to_dialog(turn, pressed=pressed)
        if pressed is not None and pressed.private and (turn.again or await self._under(turn, pressed, reply)):
            turn.said = True
            return CLOSED
        return self.card_dialog(reply.message)

    async def _under(self, turn: Turn, pressed: Pressed, reply: Reply) -> bool:
        """The answer stands where the form came from: in the place of that card, or as a new message below it."""
        if reply.message is None:
            return False
        content = _said(reply.message)
        if reply.replace and pressed.lasting and await self.posts.change(pressed, content):
            return True
        fate = await self.posts.privately(turn.body, content, targeted=pressed.targeted, patient=False)
        return stands(fate)  # else the dialog shows it, at once

    async def errors_dialog(self, turn: Turn, errors: dict[str, str]) -> Json:
        """The same form with what was typed and what is wrong; where it is forgotten, the words are given back."""
        if turn.opened is None or turn.ticket is None:
            return self.card_dialog(self._told(turn, errors))
        card = await self._again(turn, turn.opened, errors, surface="dialog")
        return dialog(turn.opened.form.title, card)

    def card_dialog(self, message: Message) -> Json:
        """The dialog shows `message`."""
        return dialog(words_beside(spoken(message))("teams.answer.title"), render(message, "dialog").card)

    async def _form_dialog(self, turn: Turn, form: Form, pressed: Pressed | None) -> Json:
        return dialog(form.title, await self._form(turn, form, pressed=pressed, surface="dialog"))

    # -- when an invoke had to be answered before its answer was there

    async def afterwards(self, turn: Turn) -> None:
        """What an invoke could no longer say, to the person alone."""
        if turn.said or turn.lost or turn.again:
            return
        if turn.apology is not None:
            await self.apologise(turn)
            return
        content = await self._content(turn)
        if content is not None:
            await self._post(turn, content)

    # -- what is shown

    async def _content(self, turn: Turn) -> Json | None:
        """The reply as an activity for a chat; None where there is nothing to say."""
        reply = turn.reply or Reply()
        if reply.errors:
            if turn.opened is None or turn.ticket is None:
                return _said(self._told(turn, reply.errors))
            return _form_said(turn.opened.form, await self._again(turn, turn.opened, reply.errors, surface="chat"))
        if reply.form is not None:
            return _form_said(reply.form, await self._form(turn, reply.form, pressed=None, surface="chat"))
        return _said(reply.message) if reply.message is not None else None

    async def _form(self, turn: Turn, form: Form, *, pressed: Pressed | None, surface: Surface) -> Json:
        tenant, user = activity.tenant_of(turn.body), activity.person_of(turn.body)
        token = self.origins.keep(Opened(tenant, user, form, pressed))
        return await self._drawn(turn, form, token, surface=surface)

    async def _again(self, turn: Turn, opened: Opened, errors: dict[str, str], *, surface: Surface) -> Json:
        """The form that was sent in, with everything as it was typed."""
        token = turn.ticket.origin if turn.ticket else ""
        return await self._drawn(turn, opened.form, token, values=_values(turn), errors=errors, surface=surface)

    async def _drawn(
        self,
        turn: Turn,
        form: Form,
        token: str,
        *,
        values: dict[str, list[str]] | None = None,
        errors: dict[str, str] | None = None,
        surface: Surface,
    ) -> Json:
        picks = any(isinstance(field, PeopleField) for field in form.fields)
        return render_form(
            form,
            origin=token,
            people=await self.directory.options(activity.tenant_of(turn.body)) if picks else (),
            values=values,
            errors=errors,
            surface=surface,
            cancel=surface == "chat",
        )

    def _told(self, turn: Turn, errors: dict[str, str]) -> Message:
        """A refused form that we no longer have: why, and what was typed."""
        t = texts(turn.locale)
        told: tuple[Block, ...] = tuple(Paragraph(line_of(text)) for text in errors.values())
        gone = sentence(t, "teams.form.gone")
        return Message((*told, *gone.blocks, *typed_values(turn)), next(iter(errors.values()), gone.preview))

    def _texts(self, turn: Turn) -> Texts:
        """The language of the answer, which may be another one than the client's."""
        message = turn.reply.message if turn.reply else None
        return words_beside(spoken(message)) if message is not None else texts(turn.locale)


def sentence(t: Texts, key: str) -> Message:
    """One sentence of ours, without content of anybody's."""
    return Message((Paragraph(t.line(key)),), t(key))


def _unshown(fate: Fate) -> str:
    """The sentence for an answer that is there and can't be shown: what to do about it."""
    return "teams.install" if fate == "closed" else "teams.answer.unshown"


def typed_values(turn: Turn) -> tuple[Quote, ...]:
    """What the person wrote into a form, to be given back; what was chosen there are ids and codes, read by nobody."""
    return tuple(Quote(line_of(text)) for text in texts_in(activity.data_of(turn.body))) if turn.ticket else ()


def _values(turn: Turn) -> dict[str, list[str]]:
    return read_submit(turn.ticket, activity.data_of(turn.body)).values if turn.ticket else {}


def _said(message: Message) -> Json:
    rendered = render(message)
    if rendered.cut:
        log.warning("teams.message_cut", blocks=len(message.blocks))
    return body_of(rendered)


def _form_said(form: Form, card: Json) -> Json:
    return {"type": "message", "summary": form.title, "attachments": [attachment(card)]}
