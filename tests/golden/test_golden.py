"""Golden files: what a change does to any message is seen in the diff; and the platform takes every one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.payload import Json
from bot.practice.blocks import message_refusal, view_refusal
from bot.slack.render import render
from bot.slack.render_form import render_form
from handlers.examples import EVERY
from handlers.message import Form, Message, Template
from handlers.text import LOCALES, texts

FOLDER = Path(__file__).parent / "slack"
CASES = [(template, locale) for template in EVERY for locale in LOCALES]


def drawn(template: Template, locale: str) -> Json:
    """The example as Slack gets it, without what differs from run to run (nothing does)."""
    example = template.example(texts(locale))
    match example:
        case Message():
            rendered = render(example)
            return {"text": rendered.text, "blocks": rendered.blocks}
        case Form():
            return render_form(example)


@pytest.mark.parametrize(("template", "locale"), CASES, ids=lambda case: getattr(case, "name", case))
def test_the_message_is_as_it_was(template: Template, locale: str, golden: bool) -> None:
    file = FOLDER / locale / f"{template.name}.json"
    now = json.dumps(drawn(template, locale), ensure_ascii=False, indent=1) + "\n"
    if golden:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
    assert file.exists(), "run: make golden"
    assert file.read_text(encoding="utf-8") == now


@pytest.mark.parametrize(("template", "locale"), CASES, ids=lambda case: getattr(case, "name", case))
def test_slack_takes_it(template: Template, locale: str) -> None:
    shape = drawn(template, locale)
    if "blocks" in shape and "type" not in shape:
        assert message_refusal(message_text=str(shape["text"]), blocks=shape["blocks"]) is None
    else:
        assert view_refusal(shape) is None


def test_no_file_is_left_over() -> None:
    wanted = {f"{locale}/{template.name}.json" for template, locale in CASES}
    assert {str(file.relative_to(FOLDER)) for file in FOLDER.glob("*/*.json")} == wanted


def test_names_are_unique() -> None:
    names = [template.name for template in EVERY]
    assert len(names) == len(set(names))
