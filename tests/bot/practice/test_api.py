"""The Web API answers as Slack's does: permissions, limits of time and use, pages, and errors by name."""

import pytest

from bot.practice.api import answer_to
from bot.practice.api_chat import answer_by_url
from bot.practice.blocks import LONGEST_TOGETHER
from bot.practice.reading import Json, as_json, as_list, as_objects, as_text
from bot.practice.tickets import TicketError
from bot.practice.workspace import Draft, Person, Refused, Workspace
from tests.bot.practice.sample import (
    BASE,
    Wall,
    actions,
    button,
    call,
    error_of,
    field,
    inner,
    modal,
    sample_workspace,
    section,
)

HOME: Json = {"type": "home", "blocks": [section("x")]}


def opened(workspace: Workspace, view: Json, user: str = "U0LEAD") -> Json:
    """A view opened by a fresh trigger."""
    return as_json(call(workspace, "views.open", trigger_id=workspace.tickets.trigger(user), view=view)["view"])


# -- tokens and scopes -----------------------------------------------------------------------------


def test_tokens_are_checked(workspace: Workspace) -> None:
    for token, error in {"": "not_authed", "xoxb-other": "invalid_auth", "xapp-test": "not_allowed_token_type"}.items():
        assert answer_to(workspace, BASE, "auth.test", {}, token).body["error"] == error
    assert call(workspace, "auth.test")["user_id"] == "U0BOT"
    assert error_of(workspace, "apps.connections.open") == "not_allowed_token_type"
    assert error_of(workspace, "chat.sing") == "unknown_method"


def test_scopes_are_those_that_the_product_asks_for(workspace: Workspace) -> None:
    direct = workspace.direct_room(["U0LEAD", "U0BOT"]).id
    assert error_of(workspace, "conversations.history", channel="C0GENERAL") == "missing_scope"
    assert error_of(workspace, "conversations.replies", channel="C0GENERAL", ts="1.0") == "missing_scope"
    assert call(workspace, "conversations.history", channel="C0GENERAL")["needed"] == "channels:history"
    assert error_of(workspace, "conversations.info", channel=direct) == "missing_scope"
    assert error_of(workspace, "conversations.list", types="im") == "missing_scope"
    assert error_of(workspace, "conversations.open", users="U0LEAD,U0EMMA") == "missing_scope"
    assert error_of(workspace, "users.lookupByEmail", email="a@example.com") == "missing_scope"
    assert error_of(workspace, "team.info") == "missing_scope"
    assert error_of(workspace, "conversations.history", channel=direct) is None


# -- posting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C0GENERAL", None),
        ("C0NOVA", None),
        ("U0LEAD", None),
        ("U0GONE", None),
        ("U0NINA", None),
        ("U0FAR", "channel_not_found"),
        ("U0BOT", "channel_not_found"),
        ("C0NOBOT", "not_in_channel"),
        ("G0SECRET", "channel_not_found"),
        ("D0PEOPLE", "channel_not_found"),
        ("C0NONE", "channel_not_found"),
        ("C0OLD", "is_archived"),
        ("", "channel_not_found"),
    ],
)
def test_where_the_bot_may_post(workspace: Workspace, channel: str, error: str | None) -> None:
    assert error_of(workspace, "chat.postMessage", channel=channel, text="x") == error


def test_a_post_to_a_person_stands_in_their_direct_chat(workspace: Workspace) -> None:
    posted = call(workspace, "chat.postMessage", channel="U0LEAD", text="x")
    again = call(workspace, "conversations.open", users="U0LEAD")
    assert inner(again, "channel", "id") == posted["channel"]
    assert again["already_open"] is True


def test_times_grow(workspace: Workspace) -> None:
    times = [as_text(call(workspace, "chat.postMessage", channel="C0GENERAL", text="x")["ts"]) for _ in range(50)]
    assert times == sorted(set(times), key=float)


def test_a_refused_post_names_the_problem(workspace: Workspace) -> None:
    refused = call(workspace, "chat.postMessage", channel="C0GENERAL", text="x", blocks=[section("")])
    assert refused["error"] == "invalid_blocks"
    assert "json-pointer:/blocks/0/text/text" in str(inner(refused, "response_metadata", "messages"))
    assert workspace.messages["C0GENERAL"] == []
    long = [section("x" * 3000)] * (LONGEST_TOGETHER // 3000 + 1)
    assert error_of(workspace, "chat.postMessage", channel="C0GENERAL", text="x", blocks=long) == "msg_blocks_too_long"
    bad = {"event_type": "x"}
    assert error_of(workspace, "chat.postMessage", channel="C0GENERAL", text="x", metadata=bad) == (
        "invalid_metadata_format"
    )
    assert error_of(workspace, "chat.postMessage", channel="C0GENERAL", text="x", thread_ts="1.0") == "thread_not_found"


def test_private_messages_need_somebody_in_the_room(workspace: Workspace) -> None:
    def error(channel: str, user: str) -> object:
        return error_of(workspace, "chat.postEphemeral", channel=channel, user=user, text="x")

    assert error("C0GENERAL", "U0EMMA") is None
    assert error("C0GENERAL", "U0GUEST") == "user_not_in_channel"
    assert error("C0GENERAL", "U0NOBODY") == "user_not_found"
    assert error("C0NOBOT", "U0LEAD") == "not_in_channel"
    assert error("C0OLD", "U0LEAD") == "is_archived"
    ts = workspace.messages["C0GENERAL"][0].ts
    assert error_of(workspace, "chat.update", channel="C0GENERAL", ts=ts, text="y") == "message_not_found"
    assert error_of(workspace, "chat.delete", channel="C0GENERAL", ts=ts) == "message_not_found"


def test_edits_touch_own_messages_only(workspace: Workspace) -> None:
    theirs = workspace.post("C0GENERAL", "U0LEAD", Draft("x")).ts
    assert error_of(workspace, "chat.update", channel="C0GENERAL", ts=theirs, text="y") == "cant_update_message"
    assert error_of(workspace, "chat.delete", channel="C0GENERAL", ts=theirs) == "cant_delete_message"
    blocks = [section("x")]
    ts = as_text(call(workspace, "chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks)["ts"])
    place = {"channel": "C0GENERAL", "ts": ts}
    kept = call(workspace, "chat.update", **place, blocks=[section("y")], text="y")
    assert inner(as_objects(inner(kept, "message", "blocks"))[0], "text", "text") == "y"
    assert inner(kept, "message", "edited", "user") == "U0BOT"
    assert "blocks" not in as_json(call(workspace, "chat.update", **place, text="z")["message"])
    assert error_of(workspace, "chat.update", **place) == "no_text"
    assert error_of(workspace, "chat.update", **place, text="x" * 4001) == "msg_too_long"
    assert error_of(workspace, "chat.delete", **place) is None
    assert error_of(workspace, "chat.delete", **place) == "message_not_found"


def test_links_to_messages(workspace: Workspace) -> None:
    first = workspace.post("C0GENERAL", "U0LEAD", Draft("x")).ts
    reply = workspace.post("C0GENERAL", "U0LEAD", Draft("y", thread_ts=first)).ts
    link = call(workspace, "chat.getPermalink", channel="C0GENERAL", message_ts=reply)["permalink"]
    expected = f"https://kakehashi.slack.com/archives/C0GENERAL/p{reply.replace('.', '')}"
    assert link == f"{expected}?thread_ts={first}&cid=C0GENERAL"
    assert error_of(workspace, "chat.getPermalink", channel="C0GENERAL", message_ts="1.0") == "message_not_found"


def test_metadata_is_kept_for_those_who_ask(workspace: Workspace) -> None:
    metadata = {"event_type": "delivery", "event_payload": {"id": "42"}}
    posted = call(workspace, "chat.postMessage", channel="U0LEAD", text="x", metadata=metadata)
    place = {"channel": posted["channel"]}
    with_it = call(workspace, "conversations.history", **place, include_all_metadata=True)
    assert as_objects(with_it["messages"])[0]["metadata"] == metadata
    assert "metadata" not in as_objects(call(workspace, "conversations.history", **place)["messages"])[0]
    later = call(workspace, "conversations.history", **place, oldest=posted["ts"])
    assert later["messages"] == []
    same = call(workspace, "conversations.history", **place, oldest=posted["ts"], inclusive=True)
    assert len(as_list(same["messages"])) == 1
    assert error_of(workspace, "conversations.history", **place, oldest="x") == "invalid_ts_oldest"


# -- people and rooms ------------------------------------------------------------------------------


def test_people_are_shown_as_slack_shows_them(workspace: Workspace) -> None:
    lead = as_json(call(workspace, "users.info", user="U0LEAD", include_locale=True)["user"])
    assert (lead["locale"], lead["tz"], lead["tz_offset"], lead["is_restricted"]) == (
        "ja-JP",
        "Asia/Tokyo",
        32400,
        False,
    )
    assert "locale" not in as_json(call(workspace, "users.info", user="U0LEAD")["user"])
    guest = as_json(call(workspace, "users.info", user="U0GUEST")["user"])
    assert (guest["is_restricted"], guest["is_ultra_restricted"], guest["team_id"]) == (True, True, "T0OURS")
    stranger = as_json(call(workspace, "users.info", user="U0NINA", include_locale=True)["user"])
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, "T0THEIRS")
    assert "locale" not in stranger
    gone = as_json(call(workspace, "users.info", user="U0GONE", include_locale=True)["user"])
    assert gone["deleted"] is True
    assert "tz" not in gone
    assert error_of(workspace, "users.info", user="U0NOBODY") == "user_not_found"
    assert error_of(workspace, "users.info", user="U0FAR") == "user_not_visible"
    assert as_json(call(workspace, "users.info", user="U0BOT")["user"])["is_bot"] is True


def test_direct_chats_are_refused_for_those_who_left(workspace: Workspace) -> None:
    assert error_of(workspace, "conversations.open", users="U0GONE") == "user_disabled"
    assert error_of(workspace, "conversations.open", users="U0NOBODY") == "user_not_found"
    assert error_of(workspace, "conversations.open", users="U0FAR") == "user_not_found"
    assert error_of(workspace, "conversations.open", users="U0NINA") is None
    assert error_of(workspace, "conversations.open", users="U0BOT") == "cannot_dm_bot"
    assert error_of(workspace, "conversations.open") == "users_list_not_supplied"
    assert error_of(workspace, "conversations.open", channel="C0GENERAL") == "method_not_supported_for_channel_type"


def test_rooms_are_shown_as_slack_shows_them(workspace: Workspace) -> None:
    nova = as_json(call(workspace, "conversations.info", channel="C0NOVA")["channel"])
    assert (nova["is_ext_shared"], nova["is_member"], nova["is_private"]) == (True, True, False)
    assert nova["connected_team_ids"] == ["T0OURS", "T0THEIRS"]
    general = as_json(call(workspace, "conversations.info", channel="C0GENERAL")["channel"])
    assert (general["is_ext_shared"], general["is_shared"]) == (False, False)
    assert "connected_team_ids" not in general
    assert as_json(call(workspace, "conversations.info", channel="C0NOBOT")["channel"])["is_member"] is False
    assert error_of(workspace, "conversations.info", channel="G0SECRET") == "channel_not_found"
    assert call(workspace, "conversations.members", channel="C0NOVA")["members"] == ["U0LEAD", "U0NINA", "U0BOT"]


def test_lists_come_in_pages(workspace: Workspace) -> None:
    first = call(workspace, "conversations.list", limit=2)
    cursor = inner(first, "response_metadata", "next_cursor")
    assert len(as_list(first["channels"])) == 2
    second = call(workspace, "conversations.list", limit=2, cursor=cursor)
    assert len(as_list(second["channels"])) == 2
    assert inner(second, "response_metadata", "next_cursor") == ""
    assert error_of(workspace, "conversations.list", cursor="x") == "invalid_cursor"
    assert error_of(workspace, "conversations.list", types="all") == "invalid_types"
    mine = call(workspace, "users.conversations", types="public_channel,private_channel", exclude_archived=True)
    assert [one["id"] for one in as_objects(mine["channels"])] == ["C0GENERAL", "C0NOVA"]
    members = [one["id"] for one in as_objects(call(workspace, "users.list")["members"])]
    assert members == ["U0LEAD", "U0EMMA", "U0GUEST", "U0GONE", "U0BOT"]


# -- views -----------------------------------------------------------------------------------------


def test_a_trigger_lives_three_seconds_and_works_once() -> None:
    wall = Wall()
    workspace = sample_workspace(wall)
    trigger = workspace.tickets.trigger("U0LEAD")
    view = modal(section("x"))
    invalid = error_of(workspace, "views.open", trigger_id=trigger, view=modal(section("")))
    assert invalid == "invalid_arguments"
    assert error_of(workspace, "views.open", trigger_id=trigger, view=view) is None
    assert error_of(workspace, "views.open", trigger_id=trigger, view=view) == "exchanged_trigger_id"
    assert error_of(workspace, "views.open", trigger_id="1.x", view=view) == "invalid_trigger_id"
    assert error_of(workspace, "views.open", view=view) == "invalid_arguments"
    in_time, late = workspace.tickets.trigger("U0LEAD"), workspace.tickets.trigger("U0LEAD")
    wall.ahead += 2.9
    assert error_of(workspace, "views.open", trigger_id=in_time, view=view) is None
    wall.ahead += 0.2
    assert error_of(workspace, "views.open", trigger_id=late, view=view) == "expired_trigger_id"


def test_three_views_at_most(workspace: Workspace) -> None:
    view = opened(workspace, modal(section("x")))

    def push() -> object:
        trigger = workspace.tickets.trigger("U0LEAD", view=as_text(view["id"]))
        return error_of(workspace, "views.push", trigger_id=trigger, view=modal(section("y")))

    assert [push(), push(), push()] == [None, None, "push_limit_reached"]
    from_outside = workspace.tickets.trigger("U0LEAD")
    assert error_of(workspace, "views.push", trigger_id=from_outside, view=modal()) == "not_found"


def test_a_stale_hash_is_refused(workspace: Workspace) -> None:
    view = opened(workspace, modal(section("x"), external_id="mine"))
    changed = call(workspace, "views.update", view_id=view["id"], hash=view["hash"], view=modal(section("y")))
    assert changed["ok"] is True
    stale = {"view_id": view["id"], "hash": view["hash"], "view": modal(section("z"))}
    assert error_of(workspace, "views.update", **stale) == "hash_conflict"
    assert error_of(workspace, "views.update", view_id="V0", view=modal()) == "not_found"
    both = {"view_id": view["id"], "external_id": "mine", "view": modal()}
    assert error_of(workspace, "views.update", **both) == "invalid_arguments"


def test_external_ids_are_unique(workspace: Workspace) -> None:
    opened(workspace, modal(section("x"), external_id="mine"))
    trigger = workspace.tickets.trigger("U0EMMA")
    view = modal(external_id="mine")
    assert error_of(workspace, "views.open", trigger_id=trigger, view=view) == "duplicate_external_id"
    assert error_of(workspace, "views.update", external_id="mine", view=view) is None


def test_input_stays_while_its_ids_stay(workspace: Workspace) -> None:
    view = opened(workspace, modal(field("a"), field("b", initial_value="old")))
    kept = workspace.views.find(as_text(view["id"]))
    assert kept is not None
    workspace.views.type_into(kept, {"a": {"v": {"value": "typed"}}})
    new = as_json(call(workspace, "views.update", view_id=view["id"], view=modal(section("!"), field("a")))["view"])
    assert inner(new, "state", "values", "a", "v", "value") == "typed"
    assert "b" not in as_json(inner(new, "state", "values"))


def test_the_home_tab_is_for_our_people(workspace: Workspace) -> None:
    published = as_json(call(workspace, "views.publish", user_id="U0LEAD", view=HOME)["view"])
    stale = published["hash"]
    assert error_of(workspace, "views.publish", user_id="U0LEAD", view=HOME, hash=stale) is None
    assert error_of(workspace, "views.publish", user_id="U0LEAD", view=HOME, hash=stale) == "hash_conflict"
    assert error_of(workspace, "views.publish", user_id="U0NINA", view=HOME) == "not_enabled"
    assert error_of(workspace, "views.publish", user_id="U0GONE", view=HOME) == "not_enabled"
    assert error_of(workspace, "views.publish", user_id="U0NOBODY", view=HOME) == "user_not_found"
    assert error_of(workspace, "views.publish", user_id="U0LEAD", view=modal()) == "invalid_arguments"
    trigger = workspace.tickets.trigger("U0LEAD")
    assert error_of(workspace, "views.open", trigger_id=trigger, view=HOME) == "invalid_arguments"


def test_ids_are_given_where_they_are_missing(workspace: Workspace) -> None:
    blocks = [section("x"), actions({key: value for key, value in button("a").items() if key != "action_id"})]
    posted = call(workspace, "chat.postMessage", channel="C0GENERAL", text="x", blocks=blocks)
    shown = as_objects(inner(posted, "message", "blocks"))
    assert all(one["block_id"] for one in shown)
    assert as_objects(shown[1]["elements"])[0]["action_id"]


# -- answers by address ----------------------------------------------------------------------------


def test_an_address_takes_five_answers_in_half_an_hour() -> None:
    wall = Wall()
    workspace = sample_workspace(wall)
    key = workspace.tickets.address("D0PEOPLE", "U0LEAD")
    with pytest.raises(Refused, match="no_text"):
        answer_by_url(workspace, key, {})
    for _ in range(5):
        answer_by_url(workspace, key, {"text": "x"})
    with pytest.raises(TicketError, match="used_url"):
        answer_by_url(workspace, key, {"text": "x"})
    late = workspace.tickets.address("C0GENERAL", "U0LEAD")
    wall.ahead += 1801
    with pytest.raises(TicketError, match="expired_url"):
        answer_by_url(workspace, late, {"text": "x"})
    with pytest.raises(TicketError, match="invalid_url"):
        answer_by_url(workspace, "none", {"text": "x"})
    assert {one.only_for for one in workspace.messages["D0PEOPLE"]} == {"U0LEAD"}


def test_an_address_replaces_and_deletes_its_message(workspace: Workspace) -> None:
    ts = workspace.post("C0GENERAL", "U0BOT", Draft("x"), only_for="U0LEAD").ts
    key = workspace.tickets.address("C0GENERAL", "U0LEAD", ts=ts)
    answer_by_url(workspace, key, {"text": "y", "replace_original": True})
    assert [one.text for one in workspace.messages["C0GENERAL"]] == ["y"]
    answer_by_url(workspace, key, {"delete_original": True})
    assert workspace.messages["C0GENERAL"] == []
    with pytest.raises(Refused, match="message_not_found"):
        answer_by_url(workspace, key, {"delete_original": True})
    answer_by_url(workspace, key, {"text": "all", "response_type": "in_channel"})
    assert workspace.messages["C0GENERAL"][0].only_for is None


def test_a_restart_forgets_what_was_said(workspace: Workspace) -> None:
    workspace.post("C0GENERAL", "U0BOT", Draft("x"))
    direct = workspace.direct_room(["U0LEAD", "U0BOT"]).id
    workspace.put_person(Person("U0NEW", "new", "New", "en-US", "UTC", "member", "T0OURS"))
    workspace.restart()
    assert workspace.messages["C0GENERAL"] == []
    assert workspace.person("U0NEW") is None
    assert workspace.direct_room(["U0BOT", "U0LEAD"]).id == direct
