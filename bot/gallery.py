"""Every example message and form as Slack shows it, for the practice workspace's gallery page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.payload import Json
from bot.slack.render import render
from bot.slack.render_form import render_form
from handlers.examples import EVERY
from handlers.message import Form, Message
from handlers.text import texts


def gallery(language: str) -> Sequence[Json]:
    """[{"name", "lang", "text", "blocks"}] of messages, [{"name", "lang", "view"}] of forms, in `language`."""
    t = texts(language)
    drawn: list[Json] = []
    for template in EVERY:
        example = template.example(t)
        match example:
            case Message():
                rendered = render(example)
                words: Json = {"text": rendered.text, "blocks": rendered.blocks}
                drawn.append({"name": template.name, "lang": t.locale, **words})
            case Form():
                drawn.append({"name": template.name, "lang": t.locale, "view": render_form(example, room="")})
    return drawn
