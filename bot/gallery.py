"""Every example message and form as Slack and as Teams show it, for the practice workspace's gallery page."""

from __future__ import annotations

from collections.abc import Sequence

from bot.payload import Json
from bot.practice.cast import PEOPLE
from bot.slack.render import render as slack_message
from bot.slack.render_form import render_form as slack_form
from bot.teams.render import render as teams_message
from bot.teams.render_form import render_form as teams_form
from handlers.examples import EVERY
from handlers.message import Form, Message, Option
from handlers.text import texts

_COLLEAGUES = tuple(Option(one.id, one.real_name) for one in PEOPLE if one.kind == "member")


def gallery(language: str) -> Sequence[Json]:
    """[{"name", "lang", "slack", "teams"}] in `language`: {"text", "blocks"} and {"card", "summary"} of a message,
    {"view"} and {"card", "title"} of a form."""
    t = texts(language)
    return [{"name": template.name, "lang": t.locale, **_on_both(template.example(t))} for template in EVERY]


def _on_both(example: Message | Form) -> Json:
    match example:
        case Message():
            slack, teams = slack_message(example), teams_message(example)
            return {
                "slack": {"text": slack.text, "blocks": slack.blocks},
                "teams": {"card": teams.card, "summary": teams.summary},
            }
        case Form():
            card = teams_form(example, people=_COLLEAGUES)
            return {"slack": {"view": slack_form(example)}, "teams": {"card": card, "title": example.title}}
