"""Plain words to the bot: a command, a line without a verb, a greeting; what they need opened waits behind a button."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from unicodedata import normalize

from handlers import accounts, alliances, capture, commands, entry, lookup
from handlers.entry import Line, Unknown
from handlers.errors import UserError
from handlers.message import Block, Button, Buttons, Message, Paragraph, Quote, Template, line_of
from handlers.request import Ctx, Reply, Say
from handlers.text import Texts, words


def say(ctx: Ctx, text: str, *, private: bool = False) -> Reply:
    """Plain words to the bot. In the direct chat the verb may be left out (product.md §4), in a linked room the name.

    An @mention where outsiders may read logs nothing and shows nothing (product.md §6), unless it is `private`.
    """
    seen = accounts.exposed(ctx, text)
    if seen is not None:
        return seen
    outsiders = ctx.request.place.outsiders
    if ctx.request.place.kind == "room" and outsiders is not False and not private:
        raise UserError("mention.outsiders" if outsiders else "mention.unknown", text=text)
    if not text.strip():
        return commands.show_help(ctx, "")
    found = commands.read_command(text)
    if found is not None:
        return _without_form(ctx, found[0].run(ctx, found[1]), found[1])
    if _among(text, "greeting.words"):
        return Reply(message=greeting(ctx.t))
    if _among(text, "greeting.thanks.words"):
        return Reply(message=thanked(ctx.t))
    return _without_form(ctx, _line(ctx, text), text)


def _line(ctx: Ctx, text: str) -> Reply:
    """A line without a verb; a bare name shows its alliance, what names none and is like none isn't understood."""
    line = entry.read(text, "touchpoint", now=ctx.now.astimezone(ctx.zone), known=lookup.known(ctx))
    named = entry.names_a_known(text, lookup.known(ctx))
    if commands.misspelt(text):
        raise commands.unknown(ctx, text)
    if accounts.looks_like_code(text) and not named:
        return accounts.account(ctx, text)
    if named and capture.says_nothing(line):
        return alliances.show(ctx, text)
    near = isinstance(line.match, Unknown) and bool(line.match.nearest)
    if named or near or lookup.here(ctx) is not None:
        return capture.log(ctx, _verb(line, text), text)
    raise commands.unknown(ctx, text)


def _verb(line: Line, text: str) -> entry.Verb:
    """A note where it begins with a mark, or holds nothing beside the mark and its words; else a touchpoint."""
    if entry.leading_mark(text):
        return "friction"
    bare = line.friction is not None and not (line.summary or line.steps or line.people)
    return "friction" if bare else "touchpoint"


def _among(text: str, key: str) -> bool:
    plain = re.sub(r"[\W_ー]+$", "", normalize("NFKC", text).casefold()).strip()
    return plain in {normalize("NFKC", word).casefold() for word in words(key)}


def greeting(t: Texts) -> Message:
    """A kind word back, and two ways on."""
    ways = (Button(t("welcome.try"), "touchpoint.open"), Button(t("greeting.today"), "today.refresh"))
    return Message((Paragraph(t.line("greeting")), Buttons(ways)), t("greeting"))


def thanked(t: Texts) -> Message:
    """A kind word for thanks; nothing is asked."""
    return Message((Paragraph(t.line("greeting.thanks")),), t("greeting.thanks"))


OPENERS: Mapping[str, str] = {
    "alliance.new": "alliance.new",
    "alliance.pause": "alliance.pause",
    "friction.new": "friction.open",
    "meeting.new": "meeting.add",
    "settings.save": "settings.open",
    "touchpoint.new": "touchpoint.open",
}
"""Form → the press that opens it: plain words carry nothing that could open a form at once."""


def _without_form(ctx: Ctx, reply: Reply, typed: str) -> Reply:
    """A form that plain words ask for, behind a button where the chat can't show it."""
    intent = ctx.request.intent
    shown = isinstance(intent, Say) and intent.forms
    if shown or reply.form is None or reply.form.name not in OPENERS:
        return reply
    return Reply(message=opener(ctx.t, Opener(reply.form.title, OPENERS[reply.form.name], reply.form.id, typed)))


@dataclass(frozen=True)
class Opener:
    """A form that waits behind a button; `typed` is what came with the command."""

    title: str
    action: str
    id: str = ""
    typed: str = ""


def opener(t: Texts, facts: Opener) -> Message:
    """One tap to the form, the typed words beside it."""
    blocks: list[Block] = [Paragraph(t.line("form.opener"))]
    if facts.typed:
        blocks.append(Quote(line_of(facts.typed)))
    blocks.append(Buttons((Button(facts.title, facts.action, facts.id, style="primary"),)))
    return Message(tuple(blocks), t("form.opener"))


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("greeting", greeting),
    Template("greeting.thanks", thanked),
    Template("form.opener", lambda t: opener(t, Opener(t("own.title"), "settings.open"))),
)
