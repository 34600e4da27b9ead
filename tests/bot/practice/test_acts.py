"""What a person does reaches a real Bolt app as Slack sends it, and comes back as Slack shows it."""

import pytest

from bot.practice.reading import Json, as_json, as_list, as_objects, as_text
from tests.bot.practice.conftest import Practice
from tests.bot.practice.sample import inner, option

GENERAL = "C0GENERAL"


def card(practice: Practice, channel: str = GENERAL) -> Json:
    """A message of the bot with buttons."""
    assert practice.command("U0LEAD", channel, "/demo")["ok"]
    return practice.last("U0LEAD", channel)


def press(practice: Practice, person: str, message: Json, action_id: str, **more: object) -> Json:
    place = {"channel": more.pop("channel", GENERAL), "ts": message["ts"]}
    return practice.act(person, "action", container=place, block_id="acts", action_id=action_id, **more)


def form(practice: Practice, person: str = "U0LEAD") -> Json:
    """An open form."""
    assert practice.command(person, GENERAL, "/demo form")["ok"]
    return practice.view(person)


def submit(practice: Practice, view: Json, title: str, person: str = "U0LEAD") -> Json:
    values = {"title": {"v": {"type": "plain_text_input", "value": title}}}
    return practice.act(person, "submit", view_id=view["id"], values=values)


# -- commands --------------------------------------------------------------------------------------


def test_a_command_arrives_escaped_and_is_answered_privately(practice: Practice) -> None:
    typed = "/demo echo <b> & <@U0EMMA> <#C0GENERAL> <#G0SECRET> <@U0NOBODY> https://example.com/?a=1&b=2"
    assert practice.command("U0LEAD", GENERAL, typed)["ok"]
    expected = (
        "echo &lt;b&gt; &amp; <@U0EMMA> <#C0GENERAL|general> <#G0SECRET|> &lt;@U0NOBODY&gt;"
        " <https://example.com/?a=1&amp;b=2>"
    )
    payload = practice.deliveries("/demo")[0]
    assert payload["text"] == expected
    assert payload["channel_name"] == "general"
    assert payload["is_enterprise_install"] == "false"
    answer = practice.last("U0LEAD", GENERAL)
    assert (answer["text"], answer["ephemeral"], answer["bot"]) == (expected, True, True)
    assert practice.messages("U0EMMA", GENERAL) == []


def test_an_answer_for_all_shows_the_command_too(practice: Practice) -> None:
    practice.command("U0LEAD", GENERAL, "/demo loud")
    assert [one["text"] for one in practice.messages("U0EMMA", GENERAL)] == ["/demo loud", "for all"]


def test_an_answer_by_response_url(practice: Practice) -> None:
    practice.command("U0LEAD", GENERAL, "/demo later")
    assert practice.last("U0LEAD", GENERAL)["ephemeral"] is True
    assert practice.log("api")[-1]["method"] == "response_url"


@pytest.mark.parametrize(
    ("text", "error"),
    [("/demo never", "operation_timeout"), ("/demo unheard", "dispatch_failed"), ("/demo bad", "invalid_blocks")],
)
def test_a_command_that_fails_is_told_as_slack_tells_it(practice: Practice, text: str, error: str) -> None:
    answer = practice.command("U0LEAD", GENERAL, text)
    assert (answer["ok"], answer["error"]) == (False, error)
    failures = as_objects(practice.state("U0LEAD")["failures"])
    assert [(one["code"], one["key"]) for one in failures] == [(error, "practice.slack.command_failed")]
    assert practice.messages("U0LEAD", GENERAL) == []


def test_commands_that_slack_does_not_send(practice: Practice) -> None:
    practice.act("U0LEAD", "message", channel=GENERAL, text="x")
    first = practice.last("U0LEAD", GENERAL)["ts"]
    in_thread = practice.act("U0LEAD", "command", channel=GENERAL, text="/demo", thread_ts=first)
    assert in_thread["error"] == "not_in_threads"
    assert practice.command("U0LEAD", GENERAL, "/other x")["error"] == "unknown_command"
    assert practice.command("U0EMMA", "C0NOVA", "/demo")["error"] == "not_in_channel"
    assert practice.command("U0NINA", "C0NOVA", "/demo")["error"] == "not_allowed"
    assert practice.command("U0GONE", GENERAL, "/demo")["error"] == "user_disabled"
    assert practice.command("U0NOBODY", GENERAL, "/demo")["error"] == "user_not_found"
    assert practice.log("delivery") == []


def test_a_command_works_where_the_bot_is_not(practice: Practice) -> None:
    assert practice.command("U0LEAD", "D0PEOPLE", "/demo echo hi")["ok"]
    assert practice.deliveries("/demo")[0]["channel_name"] == "directmessage"
    assert practice.last("U0LEAD", "D0PEOPLE")["text"] == "echo hi"


# -- messages --------------------------------------------------------------------------------------


def test_the_bot_hears_direct_chats_and_mentions_only(practice: Practice) -> None:
    direct = practice.workspace.direct_room(["U0LEAD", "U0BOT"]).id
    practice.act("U0LEAD", "message", channel=direct, text="a -> b")
    assert practice.last("U0LEAD", direct)["text"] == "heard a -&gt; b"
    assert inner(practice.deliveries("message")[0], "event", "channel_type") == "im"

    assert practice.act("U0LEAD", "message", channel=GENERAL, text="hello")["delivered"] is False
    assert practice.act("U0LEAD", "message", channel="C0NOBOT", text="<@U0BOT>")["delivered"] is False
    said = practice.act("U0NINA", "message", channel="C0NOVA", text="<@U0BOT> hi")
    event = as_json(practice.deliveries("app_mention")[0]["event"])
    assert (event["user"], event["team"], event["user_team"]) == ("U0NINA", "T0THEIRS", "T0THEIRS")
    assert practice.deliveries("app_mention")[0]["is_ext_shared_channel"] is True
    answer = practice.last("U0LEAD", "C0NOVA")
    assert (answer["text"], answer["thread_ts"]) == ("yes?", said["ts"])


def test_who_may_write_where(practice: Practice) -> None:
    assert practice.act("U0EMMA", "message", channel="C0NOVA", text="x")["error"] == "not_in_channel"
    assert practice.act("U0LEAD", "message", channel="C0OLD", text="x")["error"] == "is_archived"
    assert practice.act("U0LEAD", "message", channel="C0NONE", text="x")["error"] == "channel_not_found"
    assert practice.act("U0LEAD", "message", channel=GENERAL, text=" ")["error"] == "no_text"
    assert practice.act("U0LEAD", "message", channel=GENERAL, text="x", thread_ts="1.0")["error"] == "message_not_found"


def test_an_event_is_delivered_again_with_retry_headers(practice: Practice) -> None:
    direct = practice.workspace.direct_room(["U0LEAD", "U0BOT"]).id
    practice.act("U0LEAD", "message", channel=direct, text="x")
    first = next(entry for entry in practice.log("delivery") if entry["type"] == "message")
    assert practice.act("U0LEAD", "redeliver", n=first["n"])["ok"]
    again = practice.deliveries("message")
    assert again[0]["event_id"] == again[1]["event_id"]


# -- clicks ----------------------------------------------------------------------------------------


def test_a_click_on_a_button(practice: Practice) -> None:
    message = card(practice)
    assert press(practice, "U0EMMA", message, "press")["ok"]
    payload = practice.deliveries("block_actions")[0]
    action = as_objects(payload["actions"])[0]
    assert (action["value"], action["type"], action["block_id"]) == ("42", "button", "acts")
    assert inner(payload, "container", "is_ephemeral") is False
    assert inner(payload, "message", "ts") == message["ts"]
    assert inner(payload, "state", "values", "acts", "pick", "selected_option") is None
    assert practice.last("U0EMMA", GENERAL)["text"] == "pressed"
    assert practice.last("U0LEAD", GENERAL)["text"] == "card"


def test_a_choice_in_a_menu(practice: Practice) -> None:
    message = card(practice)
    assert press(practice, "U0LEAD", message, "pick", selected_option={"value": "2"})["ok"]
    payload = practice.deliveries("block_actions")[0]
    assert as_objects(payload["actions"])[0]["selected_option"] == option("2")
    assert inner(payload, "state", "values", "acts", "pick", "selected_option") == option("2")
    wrong = press(practice, "U0LEAD", message, "pick", selected_option={"value": "3"})
    assert wrong["error"] == "option_not_found"


def test_a_stranger_clicks_with_our_team_and_theirs(practice: Practice) -> None:
    message = card(practice, "C0NOVA")
    assert press(practice, "U0NINA", message, "press", channel="C0NOVA")["ok"]
    payload = practice.deliveries("block_actions")[0]
    assert (inner(payload, "team", "id"), inner(payload, "user", "team_id")) == ("T0OURS", "T0THEIRS")


def test_a_message_is_replaced_by_its_button(practice: Practice) -> None:
    message = card(practice)
    press(practice, "U0LEAD", message, "replace")
    changed = practice.last("U0EMMA", GENERAL)
    assert (changed["ts"], changed["text"], changed["blocks"]) == (message["ts"], "replaced", None)
    assert changed["edited"]


def test_what_is_not_there_can_not_be_clicked(practice: Practice) -> None:
    message = card(practice)
    assert press(practice, "U0LEAD", message, "other")["error"] == "element_not_found"
    assert press(practice, "U0GUEST", message, "press")["error"] == "not_in_channel"
    assert press(practice, "U0LEAD", {"ts": "1.0"}, "press")["error"] == "message_not_found"
    practice.command("U0LEAD", GENERAL, "/demo echo mine")
    hidden = practice.last("U0LEAD", GENERAL)
    assert press(practice, "U0EMMA", hidden, "press")["error"] == "message_not_found"


# -- forms -----------------------------------------------------------------------------------------


def test_a_form_is_filled_and_sent(practice: Practice) -> None:
    view = form(practice)
    assert inner(view, "state", "values", "kind", "v", "selected_option") == option("1")
    assert submit(practice, view, "ok")["ok"]
    sent = as_json(practice.deliveries("view_submission")[0]["view"])
    assert inner(sent, "state", "values", "title", "v", "value") == "ok"
    assert inner(sent, "state", "values", "many", "v", "selected_users") == []
    assert sent["private_metadata"] == "kept"
    assert practice.state("U0LEAD")["views"] == []


def test_slacks_own_checks_come_first(practice: Practice) -> None:
    view = form(practice)
    assert submit(practice, view, "")["errors"] == {"title": "required in ja"}
    assert submit(practice, view, "x" * 11)["errors"] == {"title": "practice.slack.too_long"}
    assert practice.deliveries("view_submission") == []


def test_the_answers_to_a_form(practice: Practice) -> None:
    view = form(practice)
    assert submit(practice, view, "wrong")["errors"] == {"title": "not that"}
    assert inner(practice.view("U0LEAD"), "state", "values", "title", "v", "value") == "wrong"
    assert submit(practice, view, "nowhere")["error"] == "invalid_errors"
    assert submit(practice, view, "invalid")["error"] == "invalid_arguments"
    assert submit(practice, view, "push")["ok"]
    assert len(as_list(practice.state("U0LEAD")["views"])) == 2
    assert submit(practice, practice.view("U0LEAD"), "push")["ok"]
    assert submit(practice, practice.view("U0LEAD"), "push")["error"] == "push_limit_reached"
    assert submit(practice, practice.view("U0LEAD"), "ok")["ok"]
    assert len(as_list(practice.state("U0LEAD")["views"])) == 2
    assert submit(practice, practice.view("U0LEAD"), "update")["ok"]
    assert practice.view("U0LEAD")["callback_id"] == "updated"
    again = form(practice)
    assert submit(practice, again, "clear")["ok"]
    assert practice.state("U0LEAD")["views"] == []


def test_a_form_belongs_to_its_person(practice: Practice) -> None:
    view = form(practice)
    assert submit(practice, view, "ok", person="U0EMMA")["error"] == "view_not_found"
    assert practice.state("U0EMMA")["views"] == []


def test_closing_tells_the_bot_where_it_asked(practice: Practice) -> None:
    view = form(practice)
    click = practice.act("U0LEAD", "action", container={"view_id": view["id"]}, block_id="acts", action_id="deeper")
    assert click["ok"]
    above = practice.view("U0LEAD")
    assert (above["previous_view_id"], above["root_view_id"]) == (view["id"], view["id"])
    practice.act("U0LEAD", "close", view_id=above["id"])
    assert practice.view("U0LEAD")["id"] == view["id"]
    practice.act("U0LEAD", "close", view_id=view["id"], all=True)
    closed = practice.deliveries("view_closed")
    assert [one["is_cleared"] for one in closed] == [False, True]


def test_input_outside_a_dispatching_block_stays_in_the_form(practice: Practice) -> None:
    view = form(practice)
    place = {"container": {"view_id": view["id"]}, "block_id": "kind", "action_id": "v"}
    answer = practice.act("U0LEAD", "action", **place, selected_option=option("2"))
    assert answer["error"] == "not_dispatched"


def test_suggestions_for_a_menu(practice: Practice) -> None:
    view = form(practice)
    place = {"view_id": view["id"], "block_id": "found", "action_id": "v"}
    assert practice.act("U0LEAD", "suggest", **place, value="no")["options"] == [option("no")]
    assert practice.act("U0LEAD", "suggest", **place, value="bad")["ok"] is False


# -- shortcuts and home ----------------------------------------------------------------------------


def test_a_message_shortcut_also_in_a_thread_and_on_a_strangers_words(practice: Practice) -> None:
    first = practice.act("U0NINA", "message", channel="C0NOVA", text="when?")["ts"]
    reply = practice.act("U0NINA", "message", channel="C0NOVA", text="please", thread_ts=first)["ts"]
    assert practice.act("U0LEAD", "shortcut", callback_id="capture", channel="C0NOVA", ts=reply)["ok"]
    payload = practice.deliveries("message_action")[0]
    message = as_json(payload["message"])
    assert (message["text"], message["user"], message["thread_ts"]) == ("please", "U0NINA", first)
    assert as_text(payload["response_url"]).startswith(practice.base)
    assert practice.view("U0LEAD")["callback_id"] == "form"
    theirs = practice.act("U0NINA", "shortcut", callback_id="capture", channel="C0NOVA", ts=first)
    assert theirs["error"] == "not_allowed"
    unknown = practice.act("U0LEAD", "shortcut", callback_id="x", channel="C0NOVA", ts=first)
    assert unknown["error"] == "unknown_shortcut"


def test_a_global_shortcut_has_no_room(practice: Practice) -> None:
    assert practice.act("U0EMMA", "global_shortcut", callback_id="log")["ok"]
    payload = practice.deliveries("shortcut")[0]
    assert "channel" not in payload
    assert "response_url" not in payload
    assert practice.act("U0NINA", "global_shortcut", callback_id="log")["error"] == "not_allowed"


def test_the_home_tab(practice: Practice) -> None:
    assert practice.act("U0LEAD", "home")["ok"]
    assert "view" not in as_json(practice.deliveries("app_home_opened")[0]["event"])
    home = as_json(practice.state("U0LEAD")["home"])
    assert home["type"] == "home"
    assert practice.state("U0EMMA")["home"] is None
    place = {"container": {"view_id": home["id"]}, "block_id": "acts"}
    assert practice.act("U0LEAD", "action", **place, action_id="form")["ok"]
    assert practice.view("U0LEAD")["callback_id"] == "form"
    practice.act("U0LEAD", "home")
    assert inner(practice.deliveries("app_home_opened")[1], "event", "view", "id") == home["id"]
    assert practice.act("U0NINA", "home")["error"] == "not_allowed"


# -- rooms and people ------------------------------------------------------------------------------


def test_rooms_are_seen_by_those_inside(practice: Practice) -> None:
    rooms = {one["id"]: one for one in as_objects(practice.state("U0EMMA")["rooms"])}
    assert rooms["C0NOVA"]["is_member"] is False
    assert "G0SECRET" in rooms
    assert "C0NOVA" not in as_json(practice.state("U0EMMA")["messages"])
    assert rooms["D0PEOPLE"]["name"] == "佐藤 恵"
    stranger = practice.state("U0NINA")
    assert [one["id"] for one in as_objects(stranger["rooms"])] == ["C0NOVA"]
    assert stranger["commands"] == []
    guest = [one["kind"] for one in as_objects(practice.state("U0GUEST")["rooms"])]
    assert guest == ["im"]


def test_unread_counts_until_read(practice: Practice) -> None:
    practice.act("U0LEAD", "message", channel=GENERAL, text="x")

    def unread(person: str) -> object:
        rooms = as_objects(practice.state(person)["rooms"])
        return next(one["unread"] for one in rooms if one["id"] == GENERAL)

    assert (unread("U0LEAD"), unread("U0EMMA")) == (0, 1)
    practice.act("U0EMMA", "read", channel=GENERAL)
    assert unread("U0EMMA") == 0


def test_changes_of_rooms_reach_the_bot(practice: Practice) -> None:
    practice.act("U0LEAD", "join", channel="C0NOBOT", who="U0BOT")
    joined = as_json(practice.deliveries("member_joined_channel")[0]["event"])
    assert (joined["user"], joined["inviter"], joined["channel"]) == ("U0BOT", "U0LEAD", "C0NOBOT")
    practice.act("U0LEAD", "share", channel=GENERAL, pending=True)
    room = practice.workspace.room(GENERAL)
    assert room is not None
    assert (room.pending_ext_shared, room.ext_shared) == (True, False)
    practice.act("U0LEAD", "share", channel=GENERAL)
    assert inner(practice.deliveries("channel_shared")[0], "event", "connected_team_id") == "T0THEIRS"
    assert "U0NINA" in as_list(as_objects(practice.state("U0NINA")["rooms"])[0]["members"])
    practice.act("U0LEAD", "unshare", channel=GENERAL)
    assert len(practice.deliveries("channel_unshared")) == 1
    practice.act("U0LEAD", "archive", channel=GENERAL)
    practice.act("U0LEAD", "archive", channel=GENERAL, archived=False)
    practice.act("U0LEAD", "rename", channel=GENERAL, name="lobby")
    assert inner(practice.deliveries("channel_rename")[0], "event", "channel", "name") == "lobby"
    practice.act("U0EMMA", "leave", channel=GENERAL)
    assert "U0EMMA" not in as_list(inner(as_objects(practice.state("U0LEAD")["rooms"])[0], "members"))
    assert practice.act("U0LEAD", "join", channel="D0PEOPLE")["error"] == "channel_not_found"


def test_people_change_language_and_leave(practice: Practice) -> None:
    practice.act("U0LEAD", "set_locale", locale="en-US")
    assert inner(practice.state("U0LEAD"), "me", "locale") == "en-US"
    assert practice.act("U0LEAD", "set_locale", locale="xx")["error"] == "invalid_locale"
    practice.act("U0LEAD", "set_deleted", who="U0EMMA")
    assert practice.act("U0EMMA", "message", channel=GENERAL, text="x")["error"] == "user_disabled"
    practice.act("U0LEAD", "set_deleted", who="U0EMMA", deleted=False)
    assert practice.act("U0EMMA", "message", channel=GENERAL, text="x")["ok"]
    assert practice.act("U0LEAD", "dance")["error"] == "unknown_act"
