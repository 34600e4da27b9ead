"""A form's answer stands in the place of the message whose button opened the form."""

from __future__ import annotations

from bot.practice.reading import Json
from bot.slack.origin import Origin, Origins
from handlers.request import Reply
from tests.bot.practice.sample import Wall
from tests.bot.slack.conftest import Stage, said
from tests.bot.slack.talk import CARD, EDIT, GENERAL, card_in, direct, press
from tests.bot.slack.test_routes import submit

CHANGED = Reply(said("編集しました"), replace=True)


def form_from(stage: Stage, room: str, card: Json, person: str = "U0LEAD") -> Json:
    """The form that a press on `card` opens."""
    stage.replies(Reply(form=EDIT))
    assert press(stage, person, {"channel": room, "ts": card["ts"]}, card["blocks"])["ok"]
    return stage.practice.view(person)


def texts(stage: Stage, room: str) -> list[object]:
    """What 佐藤 reads in a room."""
    return [one["text"] for one in stage.practice.messages("U0LEAD", room)]


def posted(stage: Stage, room: str) -> Json:
    """A card that the bot posted, for everyone who is there."""
    post = {"text": CARD.preview, "blocks": card_in(stage, "C0NOBOT")["blocks"]}
    token = stage.practice.workspace.tokens.bot
    assert stage.practice.api("chat.postMessage", token, channel=room, **post).json()["ok"]
    return stage.practice.last("U0LEAD", room)


def test_an_ephemeral_answer_is_replaced(stage: Stage) -> None:
    view = form_from(stage, GENERAL, card_in(stage))
    stage.replies(CHANGED)
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, GENERAL) == ["編集しました"]
    assert stage.practice.last("U0LEAD", GENERAL)["ephemeral"] is True


def test_a_posted_one_in_the_direct_chat_is_replaced(stage: Stage) -> None:
    room = direct(stage)
    view = form_from(stage, room, posted(stage, room))
    stage.replies(CHANGED)
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, room) == ["編集しました"]


def test_after_refused_input_and_a_second_form_it_is_still_known(stage: Stage) -> None:
    view = form_from(stage, GENERAL, card_in(stage))
    stage.replies(Reply(errors={"text": "短すぎます"}))
    assert submit(stage, view, "見")["errors"]
    stage.replies(Reply(form=EDIT))
    assert submit(stage, view, "見積")["ok"]
    stage.replies(CHANGED)
    assert submit(stage, stage.practice.view("U0LEAD"), "見積")["ok"]
    assert texts(stage, GENERAL) == ["編集しました"]


def test_what_everyone_reads_is_not_replaced(stage: Stage) -> None:
    view = form_from(stage, GENERAL, posted(stage, GENERAL))
    stage.replies(CHANGED)
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, GENERAL) == ["記録しました", "編集しました"]
    assert stage.practice.last("U0LEAD", GENERAL)["ephemeral"] is True


def test_where_it_is_not_asked_for_the_message_stays(stage: Stage) -> None:
    view = form_from(stage, GENERAL, card_in(stage))
    stage.replies(Reply(said("保存しました")))
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, GENERAL) == ["記録しました", "保存しました"]


def test_what_can_no_longer_be_replaced_is_said_anew(stage: Stage) -> None:
    view = form_from(stage, GENERAL, card_in(stage))
    stage.practice.workspace.fail_next("response_url", "expired_url")
    stage.replies(CHANGED)
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, GENERAL) == ["記録しました", "編集しました"]


def test_a_posted_one_that_is_gone_is_said_anew(stage: Stage) -> None:
    room = direct(stage)
    view = form_from(stage, room, posted(stage, room))
    stage.practice.workspace.fail_next("chat.update", "message_not_found")
    stage.replies(CHANGED)
    assert submit(stage, view, "見積")["ok"]
    assert texts(stage, room) == ["記録しました", "編集しました"]


def test_it_is_known_for_half_an_hour_and_to_its_own_person() -> None:
    wall = Wall()
    origins = Origins(wall)
    pressed: Json = {
        "type": "block_actions",
        "user": {"id": "U0LEAD"},
        "container": {"type": "message", "channel_id": GENERAL, "message_ts": "1.2", "is_ephemeral": True},
        "response_url": "https://example.com/1",
    }
    origins.keep(pressed, {"view": {"id": "V1"}})
    sent: Json = {"user": {"id": "U0LEAD"}, "view": {"id": "V2", "root_view_id": "V1"}}
    assert origins.of(sent) == Origin("U0LEAD", GENERAL, "1.2", ephemeral=True, response_url="https://example.com/1")
    assert origins.of({**sent, "user": {"id": "U0EMMA"}}) is None
    wall.ahead += 1_801
    assert origins.of(sent) is None


def test_a_forms_hidden_data_names_no_message(stage: Stage) -> None:
    view = form_from(stage, GENERAL, card_in(stage))
    assert "hooks" not in str(view["private_metadata"])
    assert str(stage.practice.messages("U0LEAD", GENERAL)[0]["ts"]) not in str(view["private_metadata"])
