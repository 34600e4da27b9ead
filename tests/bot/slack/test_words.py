"""The shortcut, words to the bot, Home, and what changes in the workspace."""

from __future__ import annotations

from bot.practice.reading import as_json
from handlers.request import Account, Capture, OpenHome, Reply, Say
from tests.bot.slack.conftest import Stage
from tests.bot.slack.talk import CARD, EDIT, GENERAL, NOVA, SATO, direct, press, words

# ---------------------------------------------------------------- shortcut, words, Home


def test_the_shortcut_carries_the_message_and_its_author(stage: Stage) -> None:
    first = stage.practice.act("U0EMMA", "message", channel=GENERAL, text="話そう")
    reply = stage.practice.act("U0EMMA", "message", channel=GENERAL, text="R&D <b> の件", thread_ts=first["ts"])
    assert stage.practice.act("U0LEAD", "shortcut", callback_id="capture", channel=GENERAL, ts=reply["ts"])["ok"]
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert (intent.source.text, intent.source.room) == ("R&D <b> の件", GENERAL)
    assert intent.source.author == Account("U0EMMA", "Emma Clarke", "member", "en-GB", "Europe/London")
    assert f"thread_ts={first['ts']}" in intent.source.permalink
    assert int(intent.source.at.timestamp()) == int(str(reply["ts"]).split(".")[0])
    assert stage.asked.actor == SATO
    assert stage.practice.last("U0LEAD", GENERAL)["text"] == "はい"


def test_messages_of_strangers_and_bots_can_be_recorded(stage: Stage) -> None:
    theirs = stage.practice.act("U0NINA", "message", channel=NOVA, text="We will send it")
    stage.practice.act("U0LEAD", "shortcut", callback_id="capture", channel=NOVA, ts=theirs["ts"])
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert intent.source.author is not None
    assert (intent.source.author.name, intent.source.author.standing) == ("Nina Nova", "stranger")
    posted = stage.practice.api("chat.postMessage", channel=GENERAL, text="今週のまとめ").json()
    stage.practice.act("U0LEAD", "shortcut", callback_id="capture", channel=GENERAL, ts=posted["ts"])
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert intent.source.author is not None
    assert intent.source.author.standing == "bot"


def test_where_the_bot_may_not_ask_for_a_link_it_is_made_the_same(stage: Stage) -> None:
    there = stage.practice.act("U0EMMA", "message", channel=GENERAL, text="話そう")
    links: list[str] = []
    for error in ("", "channel_not_found"):
        if error:
            stage.practice.workspace.fail_next("chat.getPermalink", error)
        stage.practice.act("U0LEAD", "shortcut", callback_id="capture", channel=GENERAL, ts=there["ts"])
        intent = stage.asked.intent
        assert isinstance(intent, Capture)
        links.append(intent.source.permalink)
    assert links[0] == links[1]


def test_words_in_the_direct_chat_are_answered_there(stage: Stage) -> None:
    room = direct(stage)
    assert stage.practice.act("U0LEAD", "message", channel=room, text="ノヴァ 定例 -> 見積")["ok"]
    assert stage.asked.intent == Say("ノヴァ 定例 -> 見積")
    assert stage.asked.place.kind == "direct"
    answer = stage.practice.last("U0LEAD", room)
    assert (answer["text"], answer["ephemeral"], answer["bot"]) == ("はい", False, True)


def test_a_mention_is_answered_privately_in_its_thread(stage: Stage) -> None:
    first = stage.practice.act("U0EMMA", "message", channel=GENERAL, text="話そう")
    stage.practice.act("U0LEAD", "message", channel=GENERAL, text="<@U0BOT> 今日", thread_ts=first["ts"])
    assert stage.asked.intent == Say("今日")
    answer = stage.practice.last("U0LEAD", GENERAL)
    assert (answer["ephemeral"], answer["thread_ts"]) == (True, first["ts"])
    assert stage.practice.messages("U0EMMA", GENERAL)[-1]["text"] == "<@U0BOT> 今日"


def test_a_strangers_mention_is_not_answered_in_the_room(stage: Stage) -> None:
    assert stage.practice.act("U0NINA", "message", channel=NOVA, text="<@U0BOT> hello")["ok"]
    assert stage.asked.actor.standing == "stranger"
    assert [one["text"] for one in stage.practice.messages("U0NINA", NOVA)] == ["<@U0BOT> hello"]


def test_words_that_lead_to_a_form_say_where_forms_open(stage: Stage) -> None:
    stage.replies(Reply(form=EDIT))
    stage.practice.act("U0LEAD", "message", channel=direct(stage), text="接点")
    assert "ボタン" in words(stage.practice.last("U0LEAD", direct(stage)))


def test_a_redelivered_event_is_not_answered_twice(stage: Stage) -> None:
    room = direct(stage)
    stage.practice.act("U0LEAD", "message", channel=room, text="今日")
    delivery = stage.practice.log("delivery")[-1]
    assert stage.practice.act("U0LEAD", "redeliver", n=delivery["n"])["ok"]
    assert len(stage.practice.messages("U0LEAD", room)) == 2
    assert len(stage.script.asked) == 1


def test_home_is_published_and_again_after_a_press_on_it(stage: Stage) -> None:
    stage.replies(Reply(CARD))
    assert stage.practice.act("U0LEAD", "home")["ok"]
    assert stage.asked.intent == OpenHome()
    home = as_json(stage.practice.state("U0LEAD")["home"])
    assert "記録しました" in words(home)
    assert press(stage, "U0LEAD", {"view_id": home["id"]}, home["blocks"])["ok"]
    assert [type(request.intent).__name__ for request in stage.script.asked] == ["OpenHome", "Press", "OpenHome"]
    assert len({request.key for request in stage.script.asked}) == 3
    assert "記録しました" in words(stage.practice.view("U0LEAD"))


def test_whoever_opens_the_apps_chat_first_is_known_to_the_desk(stage: Stage) -> None:
    assert stage.practice.act("U0LEAD", "home", tab="messages")["ok"]
    assert [request.intent for request in stage.script.asked] == [OpenHome()]
    assert stage.practice.state("U0LEAD")["home"] is None


def test_a_changed_person_is_handed_on(stage: Stage) -> None:
    stage.practice.act("U0LEAD", "set_locale", locale="en-US")
    assert [(who.user, who.locale) for who in stage.script.people] == [("U0LEAD", "en-US")]


# ---------------------------------------------------------------- what changes


def test_a_changed_person_is_asked_for_again(stage: Stage) -> None:
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")
    assert stage.asked.actor.locale == "ja-JP"
    stage.practice.act("U0LEAD", "set_locale", locale="en-US")
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")
    assert stage.asked.actor.locale == "en-US"


def test_people_and_rooms_are_remembered(stage: Stage) -> None:
    for _ in range(3):
        stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")
    methods = [entry["method"] for entry in stage.practice.log("api")]
    assert (methods.count("users.info"), methods.count("conversations.info"), methods.count("auth.test")) == (1, 1, 0)


def test_a_room_that_becomes_shared_is_told_and_asked_for_again(stage: Stage) -> None:
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")
    assert stage.asked.place.outsiders is False
    stage.practice.act("U0LEAD", "share", channel=GENERAL, who="U0NINA")
    assert stage.script.rooms == [GENERAL]
    stage.practice.command("U0LEAD", GENERAL, "/touchpoint x")
    assert stage.asked.place.outsiders is True
    stage.practice.act("U0LEAD", "archive", channel=GENERAL)
    assert stage.script.rooms == [GENERAL, GENERAL]
