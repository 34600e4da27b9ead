"""The validator refuses what Slack refuses: the 28 samples of the measurements first, then what we draw ourselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.practice.blocks import message_refusal, metadata_refusal, options_refusal, view_refusal
from bot.practice.reading import Json
from tests.bot.practice.sample import actions, button, field, modal, mrkdwn, option, plain, rich, section


def menu(**more: object) -> Json:
    return {"type": "static_select", "action_id": "menu", "options": [option("1")], **more}


def of(message: Json | list[Json]) -> str | None:
    refusal = message_refusal(message_text="x", blocks=message if isinstance(message, list) else [message])
    return refusal.error if refusal else None


def of_view(view: Json) -> str | None:
    refusal = view_refusal(view)
    return refusal.error if refusal else None


MEASURED_MESSAGES: dict[str, list[Json]] = {
    "51 blocks": [{"type": "divider"}] * 51,
    "empty text": [section("")],
    "option label 76": [actions(menu(options=[{"text": plain("x" * 76), "value": "1"}]))],
    "section 3001": [section("x" * 3001)],
    "button 76": [actions(button("a", text=plain("x" * 76)))],
    "value 2001": [actions(button("a", value="x" * 2001))],
    "26 actions": [actions(*(button(f"a{n}") for n in range(26)))],
    "header 151": [{"type": "header", "text": plain("x" * 151)}],
    "101 options": [actions(menu(options=[option(str(n)) for n in range(101)]))],
    "11 fields": [{"type": "section", "fields": [mrkdwn("x")] * 11}],
    "context 11": [{"type": "context", "elements": [mrkdwn("x")] * 11}],
    "block_id 256": [section("x", block_id="x" * 256)],
    "unknown property": [section("x", colour="red")],
    "mrkdwn in header": [{"type": "header", "text": mrkdwn("x")}],
    "text input in section": [section("x", accessory={"type": "plain_text_input", "action_id": "a"})],
    "unknown block": [{"type": "sparkles"}],
    "bad style": [actions(button("a", style="blue"))],
    "input without label": [{"type": "input", "element": {"type": "plain_text_input", "action_id": "a"}}],
    "section without text and fields": [{"type": "section"}],
    "duplicate block_id": [section("x", block_id="same"), section("y", block_id="same")],
    "duplicate action_id": [actions(button("a"), button("a"))],
}
MEASURED_VIEWS: dict[str, Json] = {
    "modal title 25": modal(title=plain("x" * 25)),
    "modal submit 25": modal(submit=plain("x" * 25)),
    "metadata 3001": modal(private_metadata="x" * 3001),
    "101 view blocks": modal(*([section("x")] * 101)),
    "view without title": {"type": "modal", "blocks": []},
    "duplicate block_id in a view": modal(field("same"), field("same")),
    "modal with input but no submit": {"type": "modal", "title": plain("x"), "blocks": [field("a")]},
}


def test_all_measured_samples_are_here() -> None:
    assert len(MEASURED_MESSAGES) + len(MEASURED_VIEWS) == 28


@pytest.mark.parametrize("blocks", MEASURED_MESSAGES.values(), ids=MEASURED_MESSAGES.keys())
def test_measured_messages_are_refused(blocks: list[Json]) -> None:
    assert of(blocks) == "invalid_blocks"


@pytest.mark.parametrize("view", MEASURED_VIEWS.values(), ids=MEASURED_VIEWS.keys())
def test_measured_views_are_refused(view: Json) -> None:
    assert of_view(view) == "invalid_arguments"


SPAN_STYLES: Json = {"bold": True, "italic": True, "strike": True, "code": True}
GOOD_BLOCKS: list[Json] = [
    {"type": "header", "text": plain("見出し"), "block_id": "h"},
    section("*x*", accessory=button("open", url="https://example.com") | {"confirm": {
        "title": plain("?"), "text": mrkdwn("sure"), "confirm": plain("yes"), "deny": plain("no"), "style": "danger",
    }}),
    {"type": "section", "fields": [mrkdwn("a"), plain("b")], "accessory": {
        "type": "image", "image_url": "https://example.com/a.png", "alt_text": "a",
    }},
    {"type": "context", "elements": [mrkdwn("x"), {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "f"}]},
    {"type": "divider"},
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": plain("t")},
    actions(
        button("a", value="1", style="primary", accessibility_label="go"),
        menu(initial_option=option("1"), placeholder=plain("pick")),
        {"type": "overflow", "action_id": "o", "options": [{**option("1"), "url": "https://example.com"}]},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-20"},
        {"type": "timepicker", "action_id": "t", "initial_time": "23:59"},
        {"type": "datetimepicker", "action_id": "dt", "initial_date_time": 1796000000},
        {"type": "users_select", "action_id": "u", "initial_user": "U0LEAD"},
        {"type": "multi_users_select", "action_id": "mu", "initial_users": ["U0LEAD"], "max_selected_items": 3},
        {"type": "multi_static_select", "action_id": "ms", "option_groups": [
            {"label": plain("g"), "options": [option("1")]},
        ], "initial_options": [option("1")]},
        {"type": "checkboxes", "action_id": "c", "options": [option("1")]},
        {"type": "radio_buttons", "action_id": "r", "options": [{"text": mrkdwn("*x*"), "value": "1"}]},
        {"type": "conversations_select", "action_id": "cs", "filter": {"include": ["public"]}},
    ),
    {"type": "rich_text", "block_id": "rich", "elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "x", "style": SPAN_STYLES},
            {"type": "link", "url": "https://example.com", "text": "l", "style": {"bold": True}},
            {"type": "link", "url": "mailto:a@example.com"},
            {"type": "user", "user_id": "U0LEAD", "style": {"bold": True}},
            {"type": "channel", "channel_id": "C0GENERAL"},
            {"type": "emoji", "name": "handshake", "unicode": "1f91d"},
            {"type": "date", "timestamp": 1796000000, "format": "{date_long}", "fallback": "2026-11-30"},
            {"type": "broadcast", "range": "here"},
        ]},
        {"type": "rich_text_list", "style": "ordered", "indent": 1, "offset": 2, "border": 0, "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]},
        ]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 1},
    ]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, rich({"type": "text", "text": "b"})]],
     "column_settings": [{"align": "right", "is_wrapped": True}, None]},
    {"type": "markdown", "text": "# x"},
]  # fmt: skip
GOOD_VIEW = modal(
    section("x", accessory=button("b")),
    field("text", multiline=True, max_length=3000, min_length=1, placeholder=plain("p"), focus_on_load=True),
    field("number", "number_input", is_decimal_allowed=False, min_value="0", max_value="3", initial_value="2"),
    field("mail", "email_text_input") | {"optional": True, "hint": plain("h")},
    field("url", "url_text_input"),
    field("rich", "rich_text_input", initial_value=rich({"type": "text", "text": "x"})),
    field("day", "datepicker", placeholder=plain("p")) | {"dispatch_action": True},
    field("who", "multi_users_select"),
    field("where", "conversations_select", response_url_enabled=True, default_to_current_conversation=True),
    field("one", "external_select", min_query_length=0),
    field("kind", "radio_buttons", options=[option("1"), option("2")], initial_option=option("2")),
    field("file", "file_input", filetypes=["pdf"], max_files=2),
    close=plain("x" * 24),
    callback_id="c",
    private_metadata="",
    notify_on_close=True,
    clear_on_close=False,
    external_id="e",
)


def test_good_ones_pass() -> None:
    assert message_refusal(message_text="x", blocks=GOOD_BLOCKS) is None
    assert view_refusal(GOOD_VIEW) is None
    home = {"type": "home", "blocks": [one for one in GOOD_BLOCKS if one["type"] not in ("table", "markdown")]}
    assert view_refusal(home) is None


@pytest.mark.parametrize(
    "blocks",
    [
        ["divider"],
        [{}],
        [{"type": ["x"]}],
        [section("x", accessory=menu(placeholder=mrkdwn("p")))],
        [section("x") | {"text": {"type": "plain_text", "text": "x", "verbatim": True}}],
        [section("x") | {"text": "x"}],
        [{"type": "section", "fields": []}],
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        [{"type": "context", "elements": []}],
        [{"type": "context", "elements": [button("a")]}],
        [{"type": "divider", "text": plain("x")}],
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        [{"type": "image", "alt_text": "x"}],
        [{"type": "image", "alt_text": "x", "image_url": "not an address"}],
        [actions()],
        [actions(button("a", value=1))],
        [actions(button("a", value=""))],
        [actions(button("x" * 256))],
        [actions(button("a", style="default"))],
        [actions(button("a", confirm={"title": plain("x")}))],
        [actions({"type": "button", "action_id": "a"})],
        [actions({"type": "button", "action_id": "a", "text": mrkdwn("x")})],
        [actions({"type": "plain_text_input", "action_id": "a"})],
        [actions({"type": "image", "alt_text": "x", "image_url": "https://example.com/a.png"})],
        [actions(menu(options=[]))],
        [actions({"type": "static_select", "action_id": "a"})],
        [actions(menu(option_groups=[{"label": plain("g"), "options": [option("1")]}]))],
        [actions(menu(options=[option("1"), option("1")]))],
        [actions(menu(options=[{"text": plain("x"), "value": "x" * 151}]))],
        [actions(menu(options=[{"text": mrkdwn("x"), "value": "1"}]))],
        [actions(menu(initial_option=option("2")))],
        [actions(menu(options=[{**option("1"), "url": "https://example.com"}]))],
        [actions({"type": "overflow", "action_id": "a", "options": [option(str(n)) for n in range(6)]})],
        [actions({"type": "checkboxes", "action_id": "a", "options": [option(str(n)) for n in range(11)]})],
        [actions({"type": "datepicker", "action_id": "a", "initial_date": "2026-02-30"})],
        [actions({"type": "datepicker", "action_id": "a", "initial_date": "20261120"})],
        [actions({"type": "timepicker", "action_id": "a", "initial_time": "24:00"})],
        [actions({"type": "users_select", "action_id": "a", "initial_user": "sato"})],
        [{"type": "markdown", "text": "x" * 12_001}],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]] * 101}],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * 21]}],
        [{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2,
    ],
)
def test_other_bad_blocks_are_refused(blocks: list[Json]) -> None:
    assert of(blocks) == "invalid_blocks"


@pytest.mark.parametrize(
    "part",
    [
        {"type": "text", "text": ""},
        {"type": "text"},
        {"type": "text", "text": "x", "style": {"bold": "yes"}},
        {"type": "text", "text": "x", "style": {"colour": True}},
        {"type": "text", "text": "x", "bold": True},
        {"type": "mrkdwn", "text": "x"},
        {"type": "link", "text": "x"},
        {"type": "link", "url": "example.com"},
        {"type": "user", "user_id": "@sato"},
        {"type": "user", "user": "U0LEAD"},
        {"type": "user", "user_id": "U0LEAD", "style": {"code": True}},
        {"type": "channel", "channel_id": "#general"},
        {"type": "emoji", "name": ":wave:"},
        {"type": "date", "timestamp": "1796000000", "format": "{date}"},
        {"type": "date", "timestamp": 1796000000, "format": "date"},
        {"type": "date", "timestamp": 1796000000},
        {"type": "broadcast", "range": "all"},
        {"type": "color", "value": "red"},
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]},
    ],
)
def test_bad_rich_text_is_refused(part: Json) -> None:
    assert of(rich({"type": "text", "text": "x"}, part)) == "invalid_blocks"


@pytest.mark.parametrize(
    "element",
    [
        {"type": "rich_text_section", "elements": []},
        {"type": "rich_text_section"},
        {"type": "rich_text_list", "elements": [rich({"type": "text", "text": "x"})]},
        {"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "x"}]},
        {"type": "rich_text_list", "style": "dash", "elements": []},
        {"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U0LEAD"}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "x"}], "border": 2},
        {"type": "text", "text": "x"},
    ],
)
def test_bad_rich_text_parts_are_refused(element: Json) -> None:
    assert of({"type": "rich_text", "elements": [element]}) == "invalid_blocks"


@pytest.mark.parametrize(
    "view",
    [
        {"type": "sheet", "title": plain("x"), "blocks": []},
        modal(title=mrkdwn("x")),
        modal(close=plain("x" * 25)),
        modal(submit_disabled=True),
        modal(callback_id="x" * 256),
        modal({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}),
        modal({"type": "markdown", "text": "x"}),
        modal(field("a", focus_on_load=True), field("b", focus_on_load=True)),
        modal(field("a", max_length=3001)),
        modal(field("a", max_length=2, min_length=3)),
        modal(field("a", max_length=2, initial_value="xyz")),
        modal(field("a", confirm={})),
        modal(field("a", "number_input")),
        modal(field("a", "number_input", is_decimal_allowed=False, min_value=1)),
        modal(field("a", "number_input", is_decimal_allowed=False, min_value="3", max_value="2")),
        modal(field("a", "button", text=plain("x"))),
        modal(field("a", "overflow", options=[option("1")])),
        modal(field("a", "checkboxes", options=[option("1")], placeholder=plain("x"))),
        modal(field("a", "radio_buttons", options=[option("1")], initial_option=option("3"))),
        modal(field("a") | {"label": mrkdwn("x")}),
        modal(field("a") | {"label": plain("x" * 2001)}),
        modal(field("a") | {"element": [1]}),
        {"type": "home", "title": plain("x"), "blocks": []},
        {"type": "home"},
    ],
)
def test_other_bad_views_are_refused(view: Json) -> None:
    assert of_view(view) == "invalid_arguments"


def test_problems_point_to_their_place() -> None:
    refusal = message_refusal(message_text="x", blocks=[section("x" * 3001)])
    assert refusal is not None
    assert refusal.problems == ("[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",)
    view = view_refusal(MEASURED_VIEWS["modal with input but no submit"])
    assert view is not None
    assert "must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]" in view.problems[0]


def test_limits_of_a_whole_message() -> None:
    assert of([section("x" * 3000)] * 4 + [section("x" * 1100)]) is None
    assert of([section("x" * 3000)] * 4 + [section("x" * 1250)]) == "msg_blocks_too_long"
    cases: list[tuple[str, object, bool, str]] = [
        ("", None, False, "no_text"),
        ("  ", [], False, "no_text"),
        ("x" * 40_001, None, False, "msg_too_long"),
        ("x" * 4_001, None, True, "msg_too_long"),
        ("x", "blocks", False, "invalid_blocks_format"),
    ]
    for text, blocks, editing, error in cases:
        refusal = message_refusal(message_text=text, blocks=blocks, editing=editing)
        assert refusal is not None
        assert refusal.error == error
    big = [section("x" * 2999) for _ in range(90)]
    assert of_view(modal(*big)) == "view_too_large"


def test_attachments_and_metadata() -> None:
    inside = [{"blocks": [section("")]}]
    assert message_refusal(message_text="x", attachments=[{"blocks": [section("x")]}]) is None
    bad: list[tuple[object, str]] = [
        (inside, "invalid_blocks"),
        ("x", "invalid_attachments"),
        ([{}] * 101, "too_many_attachments"),
    ]
    for attachments, error in bad:
        refusal = message_refusal(message_text="x", attachments=attachments)
        assert refusal is not None
        assert refusal.error == error
    assert metadata_refusal({"event_type": "x", "event_payload": {"id": "1"}}) is None
    unfit: list[object] = ["x", {}, {"event_type": "x"}, {"event_type": "x", "event_payload": []}]
    for metadata in unfit:
        assert metadata_refusal(metadata) is not None


def test_options_of_a_suggestion() -> None:
    assert options_refusal({"options": [option("1")]}) is None
    assert options_refusal({"options": []}) is None
    assert options_refusal({"options": [{"text": "x"}]}) is not None
    assert options_refusal({}) is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "block_id", "element", "options", "x"]), inside)
    ),
    max_leaves=12,
)


@given(json_values)
def test_any_json_is_answered(value: object) -> None:
    """Nothing makes the validator itself fail, and no nonsense passes."""
    assert view_refusal(value) is not None
    message_refusal(message_text="x", blocks=value, attachments=value)
    message_refusal(message_text="x", blocks=[value, {"type": "actions", "elements": [value]}])
    options_refusal(value)
