"""Golden files: what a change does to any message is seen in the diff; and each platform takes every one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, assert_never

import pytest

from bot.payload import Json
from bot.practice.blocks import message_refusal, view_refusal
from bot.slack.render import render as slack_message
from bot.slack.render_form import render_form as slack_form
from bot.teams.render import render as teams_message
from bot.teams.render_form import render_form as teams_form
from handlers.examples import EVERY
from handlers.message import Form, Message, Template
from handlers.text import LOCALES, texts
from tests.bot.teams.vocabulary import problems

Platform = Literal["slack", "teams"]
FOLDER = Path(__file__).parent
CASES = [(template, locale) for template in EVERY for locale in LOCALES]
named = pytest.mark.parametrize(("template", "locale"), CASES, ids=lambda case: getattr(case, "name", case))


def drawn(platform: Platform, template: Template, locale: str) -> Json:
    """The example as the platform gets it, without what differs from run to run (nothing does)."""
    example = template.example(texts(locale))
    match platform, example:
        case "slack", Message():
            rendered = slack_message(example)
            return {"text": rendered.text, "blocks": rendered.blocks}
        case "slack", Form():
            return slack_form(example)
        case "teams", Message():
            card = teams_message(example)
            return {"summary": card.summary, "card": card.card}
        case "teams", Form():
            return {"title": example.title, "card": teams_form(example)}
        case _:
            assert_never(platform)


@pytest.mark.parametrize("platform", ["slack", "teams"])
@named
def test_the_message_is_as_it_was(platform: Platform, template: Template, locale: str, golden: bool) -> None:
    file = FOLDER / platform / locale / f"{template.name}.json"
    now = json.dumps(drawn(platform, template, locale), ensure_ascii=False, indent=1) + "\n"
    if golden:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
    assert file.exists(), "run: make golden"
    assert file.read_text(encoding="utf-8") == now


@named
def test_slack_takes_it(template: Template, locale: str) -> None:
    shape = drawn("slack", template, locale)
    if "blocks" in shape and "type" not in shape:
        assert message_refusal(message_text=str(shape["text"]), blocks=shape["blocks"]) is None
    else:
        assert view_refusal(shape) is None


@named
def test_teams_takes_it(template: Template, locale: str) -> None:
    card = drawn("teams", template, locale)["card"]
    assert isinstance(card, dict)
    assert problems(card) == []  # pyright: ignore[reportUnknownArgumentType]


@pytest.mark.parametrize("platform", ["slack", "teams"])
def test_no_file_is_left_over(platform: Platform) -> None:
    wanted = {f"{locale}/{template.name}.json" for template, locale in CASES}
    folder = FOLDER / platform
    assert {str(file.relative_to(folder)) for file in folder.glob("*/*.json")} == wanted


def test_names_are_unique() -> None:
    names = [template.name for template in EVERY]
    assert len(names) == len(set(names))
