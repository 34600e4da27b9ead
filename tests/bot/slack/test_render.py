"""Whatever the vocabulary says, Slack takes it, and what is pressed comes back as it was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.payload import Json
from bot.practice.blocks import message_refusal, view_refusal
from bot.practice.elements import placed_elements
from bot.practice.reading import as_json, as_list
from bot.slack import limits
from bot.slack.press import decode_press
from bot.slack.render import render
from bot.slack.render_form import read_submit, read_ticket, render_answer, render_form, render_home
from handlers.message import (
    Bullets,
    Button,
    Buttons,
    Fact,
    Facts,
    Form,
    Heading,
    Line,
    Link,
    Menu,
    Message,
    Note,
    Option,
    Paragraph,
    Quote,
    Text,
    TextField,
)
from handlers.request import Press
from tests.bot.slack import vocabulary

every = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
# A counterexample of 50 blocks is long to print; hypothesis warns of that while it searches.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def line(text: str) -> Line:
    return (Text(text),)


def objects(value: object) -> list[Json]:
    """The objects of a JSON list."""
    return [as_json(one) for one in as_list(value)]


def elements(blocks: list[Json]) -> Iterator[Json]:
    """Buttons and menus of the blocks."""
    return (placed.element for placed in placed_elements(blocks))


@every
@given(vocabulary.messages)
def test_any_message_is_taken_by_slack(message: Message) -> None:
    rendered = render(message)
    blocks = json.loads(json.dumps(rendered.blocks))
    assert message_refusal(message_text=rendered.text, blocks=blocks, editing=True) is None
    assert rendered.text.strip()
    for mark in ("<!", "<@", "<#", "<h"):
        assert mark not in rendered.text


@every
@given(vocabulary.messages)
def test_any_home_and_answer_is_taken_by_slack(message: Message) -> None:
    assert view_refusal(render_home(message)) is None
    assert view_refusal(render_answer(message, title="こたえ", close="閉じる")) is None


@every
@given(vocabulary.forms, st.sampled_from(["", "C0NOVA"]))
def test_any_form_is_taken_by_slack(form: Form, room: str) -> None:
    view = render_form(form, room)
    assert view_refusal(json.loads(json.dumps(view))) is None
    ticket = read_ticket(str(view["private_metadata"]))
    assert ticket is not None
    assert (ticket.form, ticket.id, ticket.version, ticket.room) == (form.name, form.id, form.version, room)


@every
@given(st.lists(vocabulary.buttons, min_size=1, max_size=40))
def test_presses_come_back_as_they_were_sent(buttons: list[Button]) -> None:
    drawn = list(elements(render(Message((Buttons(tuple(buttons)),))).blocks))
    read = [decode_press(str(one["action_id"]), str(one["value"])) for one in drawn]
    assert read == [Press(each.action, each.id, each.version, each.choice) for each in buttons]
    assert len({one["action_id"] for one in drawn}) == len(buttons)


@given(st.text(), st.text())
def test_foreign_presses_are_read_or_refused_never_raised(action_id: str, value: str) -> None:
    press = decode_press(action_id, value)
    assert press is None or press.version >= 0


def test_bad_presses_are_none() -> None:
    for action_id, value in [
        ("", "a.1.b"),
        ("a", ""),
        ("a", "a.b.c"),
        ("a", "a.-1."),
        ("a", "a.1"),
        ("a" * 300, "a.1."),
        ("#2", "a.1."),
        ("a", "a.9999999999."),
    ]:
        assert decode_press(action_id, value) is None


def test_user_text_is_literal() -> None:
    evil = "<!channel> *太字* <https://evil.example|こちら> &amp;"
    rendered = render(
        Message((Paragraph(line(evil)), Quote(line(evil)), Note(line(evil)), Heading(evil)), "届きました")
    )
    assert rendered.text.startswith("届きました\n&lt;!channel&gt; *太字*")
    said, quoted, note, heading = rendered.blocks
    assert said == {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": evil}]}],
    }
    assert quoted["elements"] == [{"type": "rich_text_quote", "elements": [{"type": "text", "text": evil}]}]
    assert note["elements"] == [{"type": "plain_text", "text": evil, "emoji": True}]
    assert heading["text"] == {"type": "plain_text", "text": evil, "emoji": True}


def test_facts_are_labels_in_bold_and_a_line_each() -> None:
    facts = Facts((Fact("提携", line("ノヴァ素材")), Fact("日付", (Text("7/9"), Link("https://a.jp/", "元の投稿")))))
    (block,) = render(Message((facts,))).blocks
    assert block["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "提携", "style": {"bold": True}},
                {"type": "text", "text": "\u2003"},
                {"type": "text", "text": "ノヴァ素材"},
                {"type": "text", "text": "\n日付", "style": {"bold": True}},
                {"type": "text", "text": "\u2003"},
                {"type": "text", "text": "7/9"},
                {"type": "link", "url": "https://a.jp/", "text": "元の投稿"},
            ],
        }
    ]


def test_a_button_stands_beside_its_paragraph_and_below_where_the_line_has_links() -> None:
    button = Button("開く", "alliance.show", id="a1", version=3)
    (beside,) = render(Message((Paragraph(line("ノヴァ素材"), button),))).blocks
    assert beside["type"] == "section"
    assert next(elements([beside]))["value"] == "a1.3."
    said, below = render(Message((Paragraph((Link("https://a.jp/", "投稿"),), button),))).blocks
    assert (said["type"], below["type"]) == ("rich_text", "actions")


def beside(*spans: Text) -> Json:
    """What stands beside a button when these spans are said."""
    (drawn,) = render(Message((Paragraph(spans, Button("開く", "alliance.show", id="a1")),))).blocks
    text = drawn["text"]
    assert isinstance(text, dict)
    return text  # pyright: ignore[reportUnknownVariableType]


def test_beside_a_button_bold_is_kept_where_slack_surely_shows_it() -> None:
    name = Text("R&D <Nova>", strong=True)
    kept = {"type": "mrkdwn", "text": "*R&amp;D &lt;Nova&gt;*: today", "verbatim": True}
    assert beside(name, Text(": today")) == kept
    for literal in ("の件", " 5*3", " _x_", " `x`", " a~b", "\n> 引用"):
        whole = f"R&D <Nova>{literal}"
        assert beside(name, Text(literal)) == {"type": "plain_text", "text": whole, "emoji": True}
    assert beside(Text("> 件 "), name)["type"] == "plain_text"
    assert beside(Text("ノヴァ素材"))["type"] == "plain_text"


def test_a_menu_knows_what_is_chosen_and_groups_over_a_hundred() -> None:
    options = tuple(Option(f"o{number}", f"提携 {number}") for number in range(130))
    drawn = render(Message((Buttons((Menu("提携", "entry.alliance", options, id="e1", version=2, selected="o120"),)),)))
    (menu,) = elements(drawn.blocks)
    assert menu["initial_option"] == {
        "text": {"type": "plain_text", "text": "提携 120", "emoji": True},
        "value": "e1.2.o120",
    }
    assert [len(objects(group["options"])) for group in objects(menu["option_groups"])] == [100, 30]


def test_too_much_is_cut_in_sight_and_buttons_stay() -> None:
    button = Buttons((Button("取り消す", "entry.undo", id="e1"),))
    message = Message((Paragraph(line("長い" * 9000)), button), "長い記録")
    rendered = render(message)
    assert rendered.cut
    said, actions = rendered.blocks
    assert json.dumps(said, ensure_ascii=False).endswith('…"}]}]}')
    assert actions["type"] == "actions"
    assert len(rendered.text) == limits.TEXT


def test_more_than_fifty_blocks_join_without_loss() -> None:
    rows = tuple(Paragraph(line(f"{number} 件目")) for number in range(80))
    rendered = render(Message(rows))
    assert not rendered.cut
    assert len(rendered.blocks) == 1
    words = json.dumps(rendered.blocks, ensure_ascii=False)
    assert all(f"{number} 件目" in words for number in range(80))


def test_blocks_that_cannot_join_keep_their_words() -> None:
    button = Button("開く", "alliance.show", id="a1")
    rendered = render(Message(tuple(Paragraph(line(f"{number} 件目"), button) for number in range(80))))
    assert rendered.cut
    assert len(rendered.blocks) == limits.BLOCKS_IN_MESSAGE
    words = json.dumps(rendered.blocks, ensure_ascii=False)
    assert all(f"{number} 件目" in words for number in range(80))


def test_bullets_may_be_numbered() -> None:
    (block,) = render(Message((Bullets((line("一"), line("二")), ordered=True),))).blocks
    assert json.dumps(block, ensure_ascii=False).count("rich_text_section") == 2
    assert '"style": "ordered"' in json.dumps(block)


def test_a_text_longer_than_an_input_comes_back_whole() -> None:
    long = "".join(f"{number}行目。" for number in range(1400))
    view = render_form(
        Form("touchpoint.edit", "編集", "保存", "やめる", (TextField("text", "内容", initial=long),), id="e")
    )
    inputs = objects(view["blocks"])
    assert len(inputs) == 3
    values: dict[str, dict[str, Json]] = {
        str(one["block_id"]): {"value": {"value": as_json(one["element"])["initial_value"]}} for one in inputs
    }
    ticket = read_ticket(str(view["private_metadata"]))
    assert ticket is not None
    assert read_submit(ticket, values).one("text") == long


def test_every_kind_of_field_is_read() -> None:
    ticket = read_ticket('{"form": "f", "id": "", "version": 0, "room": ""}')
    assert ticket is not None
    submit = read_submit(
        ticket,
        {
            "text": {"value": {"type": "plain_text_input", "value": "a -&gt; b"}},
            "empty": {"value": {"type": "plain_text_input", "value": None}},
            "one": {"value": {"type": "static_select", "selected_option": {"text": {}, "value": "x"}}},
            "none": {"value": {"type": "static_select", "selected_option": None}},
            "many": {"value": {"type": "checkboxes", "selected_options": [{"value": "x"}, {"value": "y"}]}},
            "day": {"value": {"type": "datepicker", "selected_date": "2026-07-09"}},
            "person": {"value": {"type": "users_select", "selected_user": "U1"}},
            "people": {"value": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
        },
    )
    assert submit.values == {
        "text": ["a -> b"],
        "empty": [],
        "one": ["x"],
        "none": [],
        "many": ["x", "y"],
        "day": ["2026-07-09"],
        "person": ["U1"],
        "people": ["U1", "U2"],
    }


def test_a_foreign_view_has_no_ticket() -> None:
    for metadata in ("", "x", "[]", "{}", '{"form": 1}', '{"form": "", "id": "", "version": 0, "room": ""}'):
        assert read_ticket(metadata) is None
