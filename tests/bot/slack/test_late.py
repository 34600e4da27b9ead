"""An answer that isn't ready in time comes after the acknowledgement, once, and nothing typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest

from bot.practice.reading import Json, as_objects
from handlers.message import Form, TextField
from handlers.request import Reply
from tests.bot.slack.conftest import Stage, running, said

GENERAL = "C0GENERAL"
EDIT = Form("touchpoint.edit", "編集", "保存", "やめる", (TextField("text", "内容"),), id="e1")


@pytest.fixture(scope="module")
def server() -> Iterator[Stage]:
    """A server that waits a twentieth of a second only."""
    with running(patience=0.05) as stage:
        yield stage


@contextmanager
def busy(stage: Stage) -> Generator[None]:
    """The desk is busy inside, and free afterwards."""
    stage.script.held = threading.Event()
    try:
        yield
    finally:
        stage.script.held.set()
        stage.script.held = None


def appears(stage: Stage, there: Callable[[], list[Json]]) -> Json:
    """The newest of what is there, as soon as something is: every change wakes this."""
    for _ in range(200):
        if found := there():
            return found[-1]
        stage.practice.http.get("/practice/log")
    raise AssertionError("nothing came")


def test_a_late_command_is_answered_by_its_response_url(stage: Stage) -> None:
    with busy(stage):
        assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")["ok"]
        assert stage.practice.messages("U0LEAD", GENERAL) == []
    answer = appears(stage, lambda: stage.practice.messages("U0LEAD", GENERAL))
    assert (answer["text"], answer["ephemeral"]) == ("はい", True)


def test_late_words_are_answered_once_even_when_slack_asks_again(stage: Stage) -> None:
    room = stage.practice.workspace.direct_room(["U0LEAD", "U0BOT"]).id

    def answers() -> list[Json]:
        return [one for one in stage.practice.messages("U0LEAD", room) if one["bot"]]

    with busy(stage):
        assert stage.practice.act("U0LEAD", "message", channel=room, text="今日")["ok"]
        delivery = stage.practice.log("delivery")[-1]
        assert stage.practice.act("U0LEAD", "redeliver", n=delivery["n"])["ok"]
        assert answers() == []
    appears(stage, answers)
    assert len(answers()) == 1


def test_a_late_forms_errors_come_with_what_was_typed(stage: Stage) -> None:
    stage.replies(Reply(form=EDIT))
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint")
    appears(stage, lambda: as_objects(stage.practice.state("U0LEAD")["views"]))
    view = stage.practice.view("U0LEAD")
    stage.replies(Reply(errors={"text": "混み合っています"}))
    values = {"text": {"value": {"type": "plain_text_input", "value": "見積を送る"}}}
    with busy(stage):
        assert stage.practice.act("U0LEAD", "submit", view_id=view["id"], values=values)["ok"]
    answer = appears(stage, lambda: stage.practice.messages("U0LEAD", GENERAL))
    assert "混み合っています" in str(answer["blocks"])
    assert "見積を送る" in str(answer["blocks"])


def test_a_late_form_says_that_it_is_late(stage: Stage) -> None:
    stage.replies(Reply(said("先に"), form=EDIT))
    with busy(stage):
        assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint ノヴァ")["ok"]
        stage.practice.wall.ahead += 4
    answer = appears(stage, lambda: stage.practice.messages("U0LEAD", GENERAL))
    stage.practice.wall.ahead = 0
    assert "ノヴァ" in str(answer["blocks"])
    assert as_objects(stage.practice.state("U0LEAD")["views"]) == []
