"""What people do in Slack becomes a Request, and the desk's reply is shown where it belongs."""

from __future__ import annotations

import json

import pytest

from bot.practice.reading import Json, as_json, as_objects
from handlers.message import Form
from handlers.request import Account, Command, Place, Press, Reply, Request, Submit
from tests.bot.slack.conftest import Stage, said
from tests.bot.slack.talk import CARD, EDIT, GENERAL, NOVA, SATO, card_in, direct, press, words

# ---------------------------------------------------------------- commands


def test_a_command_is_answered_in_its_acknowledgement(stage: Stage) -> None:
    typed = "/touchpoint ノヴァ 定例 -> R&D <@U0EMMA> payload"
    assert stage.practice.command("U0LEAD", GENERAL, typed)["ok"]
    request = stage.asked
    assert request.intent == Command("touchpoint", "ノヴァ 定例 -> R&D <@U0EMMA> payload")
    assert (request.platform, request.tenant, request.actor) == ("slack", "T0OURS", SATO)
    assert request.place == Place("room", GENERAL, "general", outsiders=False)
    assert request.people == {"U0EMMA": Account("U0EMMA", "Emma Clarke", "member", "en-GB", "Europe/London")}
    assert request.key == stage.practice.deliveries("/touchpoint")[0]["trigger_id"]
    answer = stage.practice.last("U0LEAD", GENERAL)
    assert (answer["text"], answer["ephemeral"]) == ("はい", True)
    assert [entry["method"] for entry in stage.practice.log("api") if not entry["ok"]] == []
    assert "response_url" not in [entry["method"] for entry in stage.practice.log("api")]


def test_command_names_are_configurable_and_unknown_ones_reach_the_desk(stage: Stage) -> None:
    stage.practice.command("U0LEAD", GENERAL, "/renzoku list")
    assert stage.asked.intent == Command("alliance", "list")
    stage.practice.command("U0LEAD", GENERAL, "/odd 一覧")
    assert stage.asked.intent == Command("odd", "一覧")


def test_a_shared_room_and_a_direct_chat_are_known_as_such(stage: Stage) -> None:
    stage.practice.command("U0LEAD", NOVA, "/touchpoint x")
    assert stage.asked.place.outsiders is True
    stage.practice.command("U0LEAD", direct(stage), "/touchpoint x")
    assert (stage.asked.place.kind, stage.asked.place.outsiders) == ("direct", False)


def test_a_room_that_slack_does_not_show_is_unknown(stage: Stage) -> None:
    stage.practice.command("U0LEAD", "G0SECRET", "/touchpoint x")
    assert stage.asked.place.outsiders is None


def test_a_guest_comes_in_as_a_guest(stage: Stage) -> None:
    room = stage.practice.workspace.direct_room(["U0GUEST", "U0BOT"]).id
    stage.practice.command("U0GUEST", room, "/touchpoint x")
    assert stage.asked.actor.standing == "guest"


def test_a_command_may_open_a_form(stage: Stage) -> None:
    stage.replies(Reply(form=EDIT))
    assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint")["ok"]
    assert stage.practice.messages("U0LEAD", GENERAL) == []
    metadata = json.loads(str(stage.practice.view("U0LEAD")["private_metadata"]))
    assert metadata == {"form": "touchpoint.edit", "id": "e1", "version": 3, "room": GENERAL}


def test_an_expired_trigger_says_so(stage: Stage) -> None:
    stage.practice.workspace.fail_next("views.open", "expired_trigger_id")
    stage.replies(Reply(form=EDIT))
    assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint ノヴァ 定例")["ok"]
    assert "ノヴァ 定例" in words(stage.practice.last("U0LEAD", GENERAL))


def test_a_failing_desk_is_said_with_a_code_and_the_text(stage: Stage) -> None:
    def broken(request: Request) -> Reply:
        raise ZeroDivisionError

    stage.script.reply = broken
    assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint ノヴァ 定例")["ok"]
    shown = words(stage.practice.last("U0LEAD", GENERAL))
    assert "コード" in shown
    assert "ノヴァ 定例" in shown


@pytest.mark.parametrize("error", ["ratelimited", "internal_error", "cut_before"])
def test_a_slack_that_does_not_answer_gives_the_text_back(stage: Stage, error: str) -> None:
    stage.practice.workspace.fail_next("users.info", error, 5)
    assert stage.practice.command("U0LEAD", GENERAL, "/touchpoint ノヴァ 定例")["ok"]
    shown = words(stage.practice.last("U0LEAD", GENERAL))
    assert "つながらず" in shown
    assert "ノヴァ 定例" in shown
    assert stage.script.asked == []


# ---------------------------------------------------------------- presses


def test_a_press_replaces_its_message(stage: Stage) -> None:
    card = card_in(stage)
    stage.replies(Reply(said("取り消しました"), replace=True))
    assert press(stage, "U0LEAD", {"channel": GENERAL, "ts": card["ts"]}, card["blocks"])["ok"]
    assert stage.asked.intent == Press("entry.undo", "e1", 3)
    assert stage.asked.place == Place("room", GENERAL, "general", outsiders=False, message=str(card["ts"]))
    assert [one["text"] for one in stage.practice.messages("U0LEAD", GENERAL)] == ["取り消しました"]


def test_a_menu_is_a_press_with_its_choice(stage: Stage) -> None:
    card = card_in(stage)
    assert press(stage, "U0LEAD", {"channel": GENERAL, "ts": card["ts"]}, card["blocks"], at=1)["ok"]
    assert stage.asked.intent == Press("entry.kind", "e1", 3, "call")


def test_a_press_may_answer_beside_its_message_and_may_open_a_form(stage: Stage) -> None:
    card = card_in(stage)
    where: Json = {"channel": GENERAL, "ts": card["ts"]}
    stage.replies(Reply(said("こちらです")))
    press(stage, "U0LEAD", where, card["blocks"])
    texts = [one["text"] for one in stage.practice.messages("U0LEAD", GENERAL)]
    assert texts == ["記録しました", "こちらです"]
    assert stage.practice.last("U0LEAD", GENERAL)["ephemeral"] is True
    stage.replies(Reply(form=EDIT))
    press(stage, "U0LEAD", where, card["blocks"])
    assert stage.practice.view("U0LEAD")["callback_id"] == "touchpoint.edit"


def test_an_answer_in_the_direct_chat_lasts(stage: Stage) -> None:
    room = direct(stage)
    card = card_in(stage, room)
    stage.replies(Reply(said("こちらです")))
    press(stage, "U0LEAD", {"channel": room, "ts": card["ts"]}, card["blocks"])
    assert stage.practice.last("U0LEAD", room)["ephemeral"] is False


def test_a_stranger_is_known_by_their_own_team(stage: Stage) -> None:
    edge, workspace = stage.edge, stage.practice.workspace
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "entry.undo", "value": "e1.3.",
               "text": {"type": "plain_text", "text": "取り消す"}}]}]  # fmt: skip
    token = workspace.tokens.bot
    posted = stage.practice.api("chat.postMessage", token, channel=NOVA, text="x", blocks=blocks).json()
    message = stage.practice.last("U0NINA", NOVA)
    assert press(stage, "U0NINA", {"channel": NOVA, "ts": posted["ts"]}, message["blocks"])["ok"]
    assert stage.asked.actor == Account("U0NINA", "", "stranger")
    assert stage.asked.tenant == "T0OURS"
    assert edge.people is not None


def test_foreign_buttons_are_acknowledged_and_ignored(stage: Stage) -> None:
    blocks = [{"type": "actions", "elements": [{"type": "button", "action_id": "other", "value": "no",
               "text": {"type": "plain_text", "text": "?"}}]}]  # fmt: skip
    posted = stage.practice.api("chat.postMessage", channel=GENERAL, text="x", blocks=blocks).json()
    message = stage.practice.last("U0LEAD", GENERAL)
    assert press(stage, "U0LEAD", {"channel": GENERAL, "ts": posted["ts"]}, message["blocks"])["ok"]
    assert stage.script.asked == []


# ---------------------------------------------------------------- forms


def opened(stage: Stage, room: str = GENERAL) -> Json:
    stage.replies(Reply(form=EDIT))
    assert stage.practice.command("U0LEAD", room, "/touchpoint")["ok"]
    return stage.practice.view("U0LEAD")


def submit(stage: Stage, view: Json, text: str) -> Json:
    values = {
        "text": {"value": {"type": "plain_text_input", "value": text}},
        "owner": {"value": {"type": "users_select", "selected_user": "U0EMMA"}},
    }
    return stage.practice.act("U0LEAD", "submit", view_id=view["id"], values=values)


def test_a_form_is_read_and_answered_in_the_room_where_it_was_opened(stage: Stage) -> None:
    view = opened(stage)
    stage.replies(Reply(said("保存しました")))
    assert submit(stage, view, "見積を送る")["ok"]
    request = stage.asked
    assert request.intent == Submit("touchpoint.edit", "e1", 3, {"text": ["見積を送る"], "owner": ["U0EMMA"]})
    assert request.key == f"{view['id']}:{view['hash']}"
    assert (request.place.kind, request.place.room) == ("room", GENERAL)
    assert request.people["U0EMMA"].name == "Emma Clarke"
    assert stage.practice.last("U0LEAD", GENERAL)["ephemeral"] is True
    assert stage.practice.state("U0LEAD")["views"] == []


def test_a_room_without_the_bot_is_answered_in_the_direct_chat(stage: Stage) -> None:
    view = opened(stage, "C0NOBOT")
    stage.replies(Reply(said("保存しました")))
    assert submit(stage, view, "見積")["ok"]
    assert stage.practice.messages("U0LEAD", "C0NOBOT") == []
    assert stage.practice.last("U0LEAD", direct(stage))["text"] == "保存しました"


def test_errors_stand_at_their_fields_and_what_belongs_to_none_at_the_first(stage: Stage) -> None:
    view = opened(stage)
    stage.replies(Reply(errors={"owner": "担当が見つかりません", "": "いま混み合っています"}))
    answer = submit(stage, view, "見積")
    assert answer["errors"] == {"owner": "担当が見つかりません", "text": "いま混み合っています"}
    assert len(as_objects(stage.practice.state("U0LEAD")["views"])) == 1


def test_a_form_may_be_followed_by_another(stage: Stage) -> None:
    view = opened(stage)
    stage.replies(Reply(form=Form("friction.preview", "確認", "共有する", "やめる", (), id="f1")))
    assert submit(stage, view, "見積")["ok"]
    assert stage.practice.view("U0LEAD")["callback_id"] == "friction.preview"


def test_a_failing_desk_keeps_the_form_and_what_was_typed(stage: Stage) -> None:
    def broken(request: Request) -> Reply:
        raise ZeroDivisionError

    view = opened(stage)
    stage.script.reply = broken
    assert "コード" in str(as_json(submit(stage, view, "見積")["errors"])["text"])


def test_a_press_inside_a_form_updates_it_or_answers_on_top(stage: Stage) -> None:
    form = Form("f", "題", "保存", "やめる", EDIT.fields, intro=CARD.blocks)
    stage.replies(Reply(form=form))
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint")
    view = stage.practice.view("U0LEAD")
    stage.replies(Reply(said("結果です")))
    assert press(stage, "U0LEAD", {"view_id": view["id"]}, view["blocks"])["ok"]
    assert "結果です" in words(stage.practice.view("U0LEAD"))
    assert len(as_objects(stage.practice.state("U0LEAD")["views"])) == 2
    stage.practice.act("U0LEAD", "close", view_id=stage.practice.view("U0LEAD")["id"])
    stage.replies(Reply(form=Form("f2", "次", "保存", "やめる", EDIT.fields)))
    assert press(stage, "U0LEAD", {"view_id": view["id"]}, view["blocks"])["ok"]
    assert stage.practice.view("U0LEAD")["callback_id"] == "f2"
    assert json.loads(str(stage.practice.view("U0LEAD")["private_metadata"]))["room"] == GENERAL
