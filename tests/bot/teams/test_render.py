"""Whatever the vocabulary says, Teams takes it as it was written, and what is pressed comes back as it was sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.payload import Json, json_at, list_at, text_at
from bot.teams import limits
from bot.teams.elements import words_beside
from bot.teams.press import Surface, read_press
from bot.teams.render import Rendered, attachment, render
from handlers.examples import EVERY
from handlers.message import (
    Bullets,
    Button,
    Buttons,
    Confirm,
    Divider,
    Fact,
    Facts,
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
    without_buttons,
)
from handlers.request import Press
from handlers.text import LOCALES, texts
from tests.bot.slack import vocabulary as neutral
from tests.bot.teams.vocabulary import every, of_type, problems, said

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# A counterexample of 50 blocks is long to print; hypothesis warns of that while it searches.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

EVIL = "**太字** [押して](https://evil.example) <at>全員</at> `x` {{DATE(2026-07-09T00:00:00Z)}} # 見出し"


def line(text: str) -> Line:
    return (Text(text),)


def drawn(*blocks: object, surface: Surface = "chat") -> Rendered:
    rendered = render(Message(blocks), surface)  # pyright: ignore[reportArgumentType]
    assert problems(rendered.card) == []
    return rendered


def presses(card: Json) -> list[Json]:
    return of_type(card, "Action.Execute", "Action.Submit")


# ---------------------------------------------------------------- anything


@few
@given(neutral.messages, st.sampled_from(["chat", "dialog"]))
def test_any_message_is_a_card_that_teams_takes(message: Message, surface: Surface) -> None:
    rendered = render(message, surface)
    card = json.loads(json.dumps(rendered.card))
    assert problems(card) == []
    assert limits.size(card) <= limits.CARD
    assert rendered.summary.strip()
    assert not set("<>\n\x00") & set(rendered.summary)


@few
@given(neutral.messages)
def test_nothing_is_lost_in_silence(message: Message) -> None:
    rendered = render(message)
    if rendered.cut:
        return
    buttons = [one for block in message.blocks if isinstance(block, Buttons) for one in block.items]
    beside = [block.button for block in message.blocks if isinstance(block, Paragraph) and block.button]
    wanted = [*(one for one in buttons if one.kind == "button"), *beside]
    sent = [read_press(json_at(one, "data")) for one in presses(rendered.card)]
    for one in wanted:
        assert Press(one.action, one.id, one.version, one.choice) in sent


@few
@given(st.lists(neutral.buttons, min_size=1, max_size=6), st.sampled_from(["chat", "dialog"]))
def test_presses_come_back_as_they_were_sent(buttons: list[Button], surface: Surface) -> None:
    card = drawn(Buttons(tuple(buttons)), surface=surface).card
    read = [read_press(json.loads(json.dumps(one["data"]))) for one in presses(card)]
    assert read == [Press(each.action, each.id, each.version, each.choice) for each in buttons]


def test_huge_messages_end_within_the_budget() -> None:
    button = Button("開く", "alliance.show", id="a" * 32, version=3)
    many = tuple(Option(f"o{number}", f"選択肢 {number}") for number in range(3_000))
    for blocks in (
        (Bullets(tuple(line(f"{number} 件目") for number in range(5_000))),),
        (Facts(tuple(Fact(f"項目 {number}", line("値" * 50)) for number in range(2_000))),),
        (
            Paragraph(line("a\n" * 9_000)),
            Quote(line("長い" * 9_000)),
            Note((Link("https://a.jp/" + "b" * 1_900, "投"),) * 50),
        ),
        (Buttons((button,) * 2_000), Paragraph(line("ことば"))),
        (Buttons((Menu("提携", "entry.choose", many, selected="o2999"),)), Paragraph(line("長い" * 9_000))),
        tuple(Paragraph(line(f"{number} 件目"), button) for number in range(800)),
    ):
        rendered = drawn(*blocks)
        assert rendered.cut
        assert limits.CARD // 2 < limits.size(rendered.card) <= limits.CARD
        assert limits.MORE in said(rendered.card) or isinstance(blocks[0], Buttons)


# ---------------------------------------------------------------- literal


def test_user_text_is_literal() -> None:
    rendered = drawn(
        Paragraph(line(EVIL), Button("開く", "alliance.show")),
        Quote(line(EVIL)),
        Note(line(EVIL)),
        Heading(EVIL),
        Bullets((line(EVIL),)),
        Facts((Fact(EVIL, line(EVIL)),)),
    )
    assert of_type(rendered.card, "TextBlock") == []
    assert said(rendered.card).count(EVIL) == 7
    for name in ("speak", "fallbackText"):
        assert not set("*[`<#{_") & set(text_at(rendered.card, name))
        assert "https://" not in text_at(rendered.card, name)
    assert "<at>" not in rendered.summary


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("ノヴァ素材の接点を記録しました", True),
        ("提携週報 11/16(月)–11/22(日)", True),
        ("Touchpoint with Nova: follow-up logged", True),
        ("「ノヴァ」の件", True),
        ("1) 最初", False),
        ("1. 最初", False),
        ("- 一", False),
        ("# 一", False),
        ("*一*", False),
        ("a_b_c", False),
        ("www.example.com", False),
        ("https://example.com", False),
        ("mailto:a", False),
        ("a@b", False),
        ("a\nb", False),
        ("a  \u200bb", False),
        ("🙂", False),
        ("", False),
    ],
)
def test_only_what_markdown_leaves_alone_becomes_a_heading(text: str, sure: bool) -> None:
    assert limits.surely_literal(text) is sure


@given(st.text())
def test_likenesses_hold_no_marks(text: str) -> None:
    made = limits.literal(text, 10_000)
    assert not set("*_[]`~#<>&\\|{}") & set(made)
    assert limits.literal(made, 10_000) == made


def test_links_open_http_and_nothing_else() -> None:
    good = Link("https://example.com/a?b=1&c=2", "元の投稿")
    bad = (Link("javascript:alert(1)", "だめ"), Link("https://a b", "も"), Link('https://a"', "これも"))
    card = drawn(Paragraph((good, *bad))).card
    (link,) = of_type(card, "Action.OpenUrl")
    assert link["url"] == good.url
    assert said(card) == "元の投稿だめもこれも"


# ---------------------------------------------------------------- each kind


def test_facts_are_bold_labels_each_on_its_line() -> None:
    card = drawn(Facts((Fact("提携", line("ノヴァ素材")), Fact("日付", line("7/9"))))).card
    assert said(card) == "提携\u2003ノヴァ素材\n日付\u20037/9"
    first = list_at(list_at(card, "body")[0], "inlines")
    assert first == [
        {"type": "TextRun", "text": "提携", "weight": "Bolder"},
        {"type": "TextRun", "text": "\u2003ノヴァ素材"},
    ]


def test_lines_of_a_text_are_elements_and_empty_ones_a_gap() -> None:
    card = drawn(Paragraph(line("一\n二\r\n\n\n三\n"))).card
    assert said(card) == "一\n二\n三"
    assert [one.get("spacing") for one in list_at(card, "body")] == [None, "None", None]


def test_a_short_button_stands_beside_its_words_and_a_long_one_below() -> None:
    beside = drawn(Paragraph(line("ノヴァ素材"), Button("開く", "alliance.show"))).card
    assert [one["type"] for one in list_at(beside, "body")] == ["ColumnSet"]
    below = drawn(Paragraph(line("ノヴァ素材"), Button("根拠をすべて見る", "alliance.show"))).card
    assert [one["type"] for one in list_at(below, "body")] == ["RichTextBlock", "ActionSet"]
    asked = drawn(
        Paragraph(line("ノヴァ素材"), Button("消す", "a.b", confirm=Confirm("題", "問い", "はい", "いいえ")))
    ).card
    assert [one["type"] for one in list_at(asked, "body")] == ["RichTextBlock", "ActionSet"]
    alone = drawn(Paragraph((), Button("開く", "alliance.show"))).card
    assert [one["type"] for one in list_at(alone, "body")] == ["ActionSet"]


def test_rows_hold_five_buttons() -> None:
    card = drawn(Buttons(tuple(Button(f"{number}", "alliance.show") for number in range(12)))).card
    assert [len(list_at(one, "actions")) for one in of_type(card, "ActionSet")] == [5, 5, 2]


def test_a_rule_stands_between_parts_only() -> None:
    card = drawn(Divider(), Paragraph(line("一")), Divider(), Divider(), Paragraph(line("二")), Divider()).card
    assert [one.get("separator", False) for one in list_at(card, "body")] == [False, True]


def test_a_press_replaces_its_card_or_opens_a_dialog_and_in_a_dialog_does_neither() -> None:
    row = Buttons(
        (Button("取り消す", "entry.undo", "e1", 2, "x", style="danger"), Button("編集", "entry.edit", "e1", 2))
    )
    undo, edit = list_at(list_at(drawn(row).card, "body")[0], "actions")
    carried = {"do": "press", "action": "entry.undo", "id": "e1", "version": 2, "choice": "x"}
    assert undo == {
        "type": "Action.Execute",
        "title": "取り消す",
        "style": "destructive",
        "verb": "entry.undo",
        "data": {"kakehashi": carried},
        "fallback": {
            "type": "Action.Submit",
            "title": "取り消す",
            "style": "destructive",
            "data": {"kakehashi": carried},
        },
    }
    assert (edit["type"], json_at(edit, "data", "msteams")) == ("Action.Submit", {"type": "task/fetch"})
    inside = of_type(drawn(row, surface="dialog").card, "Action.Submit")
    assert inside[0]["data"] == {"kakehashi": carried}
    assert all("msteams" not in json_at(one, "data") for one in inside)


def test_a_question_is_asked_before_a_press_is_sent() -> None:
    confirm = Confirm("取り消しますか", "24時間は戻せます", "取り消す", "やめる")
    card = drawn(Buttons((Button("取り消す", "entry.undo", "e1", style="danger", confirm=confirm),))).card
    (opener,) = of_type(card, "Action.ShowCard")
    assert "style" not in opener
    assert said(json_at(opener, "card")) == "取り消しますか\n24時間は戻せます"
    (yes,) = presses(card)
    assert (yes["title"], yes["style"]) == ("取り消す", "destructive")


def test_a_menu_shows_what_is_chosen_and_sends_what_is_picked() -> None:
    options = (Option("1", "低"), Option("2", "中"), Option("2", "中"), Option("", "空"))
    menus = (Menu("重さ", "friction.severity", options, "f1", 4, "2"), Menu("空", "friction.x", ()))
    card = drawn(Buttons((*menus, Menu("分類", "friction.category", options, "f1", 4, "9")))).card
    first, second = of_type(card, "Action.ShowCard")
    assert (first["title"], second["title"]) == ("重さ\u2003中", "分類")
    one, two = of_type(card, "Input.ChoiceSet")
    assert (one["id"], one.get("value"), two["id"], two.get("value")) == ("choice:1", "2", "choice:2", None)
    (send,) = of_type(json_at(first, "card"), "Action.Execute")
    data = {**json_at(send, "data"), "choice:1": "1", "choice:2": "2"}
    assert read_press(data) == Press("friction.severity", "f1", 4, "1")


@given(st.text(max_size=90), st.integers(2, 60))
def test_a_text_is_narrowed_to_columns(text: str, widest: int) -> None:
    narrowed = limits.narrow(text, widest)
    assert limits.columns(narrowed) <= widest
    assert narrowed == text or (narrowed.endswith(limits.MORE) and limits.columns(text) > widest)


def test_much_is_cut_in_sight_and_buttons_stay() -> None:
    rendered = drawn(Paragraph(line("長い" * 9_000)), Buttons((Button("取り消す", "entry.undo", id="e1"),)))
    assert rendered.cut
    assert said(rendered.card).endswith("…")
    assert read_press(json_at(presses(rendered.card)[0], "data")) == Press("entry.undo", "e1")


def test_the_way_out_for_old_clients_goes_before_any_word() -> None:
    rows = tuple(
        Paragraph(line(f"{number} 件目"), Button("開く", "alliance.show", id="a" * 32)) for number in range(24)
    )
    rendered = drawn(*rows)
    assert not rendered.cut
    assert all("fallback" not in one for one in every(rendered.card))
    assert all(f"{number} 件目" in said(rendered.card) for number in range(24))


def test_a_card_says_something() -> None:
    assert said(drawn().card) == limits.MORE
    assert said(render(Message((), "届きました")).card) == "届きました"
    assert attachment({"type": "AdaptiveCard"})["contentType"] == "application/vnd.microsoft.card.adaptive"


# ---------------------------------------------------------------- every example


@pytest.mark.parametrize("locale", LOCALES)
def test_every_example_is_drawn_whole(locale: str) -> None:
    for template in EVERY:
        example = template.example(texts(locale))
        if isinstance(example, Message):
            for surface in ("chat", "dialog"):
                rendered = render(example, surface)
                assert problems(rendered.card) == [], template.name
                assert not rendered.cut, template.name


@pytest.mark.parametrize("locale", LOCALES)
def test_the_language_is_seen_in_our_own_words(locale: str) -> None:
    for template in EVERY:
        example = template.example(texts(locale))
        if not isinstance(example, Message):
            assert words_beside(example.submit).locale == locale, template.name
            continue
        for block in example.blocks:
            for item in block.items if isinstance(block, Buttons) else ():
                if isinstance(item, Menu):
                    assert words_beside(item.label).locale == locale, template.name


def test_without_buttons_nothing_can_be_pressed() -> None:
    for template in EVERY:
        example = template.example(texts("ja"))
        if isinstance(example, Message):
            assert of_type(render(without_buttons(example)).card, "Action.Execute", "Action.Submit") == []
