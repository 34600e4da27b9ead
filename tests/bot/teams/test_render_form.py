"""A form as a card, and what comes back from it: what was typed, and never an exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.payload import Json, as_json, json_at, list_at, text_at
from bot.teams import limits
from bot.teams.press import (
    NOTHING,
    Ticket,
    is_cancel,
    people_in,
    read_press,
    read_submit,
    read_ticket,
)
from bot.teams.render_form import render_form
from handlers.examples import EVERY
from handlers.message import ChoiceField, DateField, Field, Form, Option, Paragraph, PeopleField, Text, TextField
from handlers.text import LOCALES, texts
from tests.bot.slack import vocabulary as neutral
from tests.bot.teams.vocabulary import of_type, problems, said

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

SATO, MORI = "0a1b2c3d-0000-4000-8000-000000000001", "0a1b2c3d-0000-4000-8000-000000000002"
ORIGIN = "AbCdEfGh_-012345"
PEOPLE = (Option(SATO, "佐藤"), Option(MORI, "森"))


def form(*fields: Field, **more: str) -> Form:
    return Form("touchpoint.new", "接点の記録", "記録する", "やめる", fields, id=more.get("id", ""), version=3)


def drawn(*fields: Field, **how: object) -> Json:
    """The card of a form with these fields, as JSON brings it over."""
    card = as_json(json.loads(json.dumps(render_form(form(*fields), people=PEOPLE, **how))))  # pyright: ignore[reportArgumentType]
    assert problems(card) == []
    return card


def inputs(card: Json) -> list[Json]:
    return of_type(card, "Input.Text", "Input.Date", "Input.ChoiceSet")


def sent(card: Json, **typed: str) -> Json:
    """The data of the form's button with what stands in its inputs, as Teams sends it."""
    standing: Json = {text_at(one, "id"): text_at(one, "value") for one in inputs(card)}
    return {
        **json_at(list_at(card, "actions")[0], "data"),
        **standing,
        **{f"f:{name}": text for name, text in typed.items()},
    }


def values(card: Json, **typed: str) -> dict[str, list[str]]:
    ticket = read_ticket(sent(card, **typed))
    assert ticket is not None
    return read_submit(ticket, sent(card, **typed)).values


# ---------------------------------------------------------------- anything


@few
@given(neutral.forms, st.sampled_from(["chat", "dialog"]), st.booleans())
def test_any_form_is_a_card_that_teams_takes(form: Form, surface: str, cancel: bool) -> None:
    errors = {"": "だめでした", **{field.name: "ここです\n**二**" for field in form.fields[:1]}}
    drawn = render_form(
        form, origin=ORIGIN, people=PEOPLE, errors=errors, surface="chat" if surface == "chat" else "dialog",
        cancel=cancel,
    )  # fmt: skip
    card = as_json(json.loads(json.dumps(drawn)))
    assert problems(card) == []
    typed = sum(limits.size(field.initial) for field in form.fields if field.kind == "text_field")
    assert limits.size(card) <= limits.FORM or typed > limits.FORM // 4
    assert read_ticket(sent(card)) == Ticket(form.name, form.id, form.version, ORIGIN)


@pytest.mark.parametrize("odd", ["", "o1", "x" * 900_000, "AbCdEfGh_-01234\n", "AbCdEfGh_-0123:5", "あ" * 16, 16, None])
def test_an_origin_is_one_of_ours_or_none(odd: object) -> None:
    told = {"do": "submit", "form": "touchpoint.new", "origin": odd, "room": "19:x"}
    assert read_ticket({"kakehashi": told}) == Ticket("touchpoint.new")
    assert read_ticket({"kakehashi": {**told, "origin": ORIGIN}}) == Ticket("touchpoint.new", origin=ORIGIN)


@pytest.mark.parametrize("field", ["form", "id"])
def test_what_a_forged_form_names_is_short(field: str) -> None:
    assert read_ticket({"kakehashi": {"do": "submit", "form": "f", field: "x" * 256}}) is None
    assert read_press({"kakehashi": {"do": "press", "action": "a", "id": "x" * 256}}) is None
    assert read_press({"kakehashi": {"do": "press", "action": "a" * 65}}) is None


@few
@given(neutral.forms)
def test_what_stands_in_a_form_comes_back(form: Form) -> None:
    card = as_json(json.loads(json.dumps(render_form(form, people=PEOPLE))))
    ticket = read_ticket(sent(card))
    assert ticket is not None
    read = read_submit(ticket, sent(card))
    for field in form.fields:
        if isinstance(field, TextField) and limits.clean(field.initial):
            assert read.values[field.name] == [limits.clean(field.initial)]
        if isinstance(field, ChoiceField) and field.many:
            offered = [option.value for option in field.options if option.value.strip()]
            assert sorted(read.all(field.name)) == sorted({value for value in field.initial if value in offered})


_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["do", "action", "form", "id", "version", "choice", "menu", "many", "people", "f:a", "x"])
            | st.text(max_size=6),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(st.sampled_from(["kakehashi", "f:a", "f:", "f:b", "choice:1"]) | st.text(max_size=5), _anything),
    st.sampled_from(["press", "submit", "cancel", "x"]),
)
def test_whatever_comes_is_read_or_refused_never_raised(data: Json, do: str) -> None:
    for body in (data, {**data, "kakehashi": {**json_at(data, "kakehashi"), "do": do, "action": "a", "form": "f"}}):
        press, ticket = read_press(body), read_ticket(body)
        assert press is None or press.version >= 0
        assert ticket is None or ticket.form
        submit = read_submit(Ticket("f"), body)
        assert all(value for found in submit.values.values() for value in found)
        assert all(person == person.lower() for person in people_in(body))
        assert is_cancel(body) in (True, False)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_example_is_drawn_whole(locale: str) -> None:
    for template in EVERY:
        example = template.example(texts(locale))
        if isinstance(example, Form):
            card = render_form(example, people=PEOPLE)
            assert problems(card) == [], template.name
            assert limits.size(card) <= limits.FORM, template.name
            assert len(inputs(card)) == len(example.fields), template.name
            said_when_empty = {one["errorMessage"] for one in inputs(card) if "errorMessage" in one}
            assert said_when_empty <= {texts(locale)("teams.form.required")}, template.name


# ---------------------------------------------------------------- each field


def test_a_required_field_says_so_and_an_optional_one_does_not() -> None:
    must, may = inputs(drawn(TextField("a", "内容"), TextField("b", "メモ", optional=True)))
    assert (must["isRequired"], must["errorMessage"]) == (True, texts("ja")("teams.form.required"))
    assert "isRequired" not in may


def test_a_text_is_drawn_with_all_that_it_brings() -> None:
    field = TextField(
        "a", "内容", initial="一\n二", placeholder="例: 電話", longest=2, hint="ひとことで", multiline=True
    )
    card = drawn(field)
    (one,) = inputs(card)
    assert one == {
        "type": "Input.Text",
        "id": "f:a",
        "label": "内容",
        "isMultiline": True,
        "maxLength": 3,
        "placeholder": "例: 電話",
        "value": "一\n二",
        "spacing": "Medium",
        "isRequired": True,
        "errorMessage": texts("ja")("teams.form.required"),
    }
    assert said(card) == "ひとことで"
    assert values(card, a="三\r\n四\x00") == {"a": ["三\n四"]}


def test_a_choice_can_be_taken_back_where_it_may_be_empty() -> None:
    options = (Option("x", "一"), Option("y", "二"))
    may, must = (
        drawn(ChoiceField("a", "分類", options, ("y",), optional=True)),
        drawn(ChoiceField("a", "分類", options)),
    )
    assert [choice["value"] for choice in list_at(inputs(may)[0], "choices")] == [NOTHING, "x", "y"]
    assert [choice["value"] for choice in list_at(inputs(must)[0], "choices")] == ["x", "y"]
    assert (values(may), values(may, a=NOTHING), values(must)) == ({"a": ["y"]}, {"a": []}, {"a": []})
    empty = drawn(ChoiceField("a", "分類", options, optional=True))
    assert (inputs(empty)[0]["value"], values(empty)) == (NOTHING, {"a": []})


def test_values_with_commas_survive_being_joined() -> None:
    options = tuple(Option(value, value) for value in ("a,b", "c", "50%,", "%2C"))
    card = drawn(ChoiceField("a", "人", options, ("a,b", "%2C"), many=True))
    assert values(card) == {"a": ["a,b", "%2C"]}
    assert values(drawn(TextField("a", "内容")), a="一,二 %2C") == {"a": ["一,二 %2C"]}


def test_what_is_not_offered_does_not_stand_there() -> None:
    card = drawn(
        ChoiceField("a", "分類", (Option("x", "一"),), ("z",)),
        DateField("b", "日付", initial="2026-02-30"),
        DateField("c", "日付", initial="2026-12-31"),
        ChoiceField("d", "なし", ()),
    )
    assert [one.get("value") for one in inputs(card)] == [None, None, "2026-12-31"]


def test_few_choices_may_be_spread_and_many_can_be_searched() -> None:
    few_options = tuple(Option(f"{n}", f"*選択肢* {n}") for n in range(3))
    many_options = tuple(Option(f"{n}", f"*選択肢* {n}") for n in range(40))
    card = drawn(
        ChoiceField("a", "一", few_options, shown=True),
        ChoiceField("b", "二", few_options),
        ChoiceField("c", "三", many_options),
        ChoiceField("d", "四", many_options, shown=True, many=True),
        ChoiceField("e", "五", many_options, ("7",)),
        ChoiceField("f", "六", many_options, optional=True),
    )
    styles = [one["style"] for one in inputs(card)]
    assert styles == ["expanded", "compact", "filtered", "compact", "compact", "filtered"]
    assert [one.get("value") for one in inputs(card)[4:]] == ["7", None]
    titles = [text_at(list_at(one, "choices")[0], "title") for one in inputs(card)[:4]]
    assert titles == ["＊選択肢＊ 0", "*選択肢* 0", "*選択肢* 0", "＊選択肢＊ 0"]


def test_people_are_those_known_here_and_teams_own_search() -> None:
    card = drawn(PeopleField("a", "社内", (SATO.upper(), "no such id!"), many=True), PeopleField("b", "担当", (MORI,)))
    several, one = inputs(card)
    assert [choice["title"] for choice in list_at(several, "choices")] == ["佐藤", "森"]
    assert several["choices.data"] == {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}
    assert (several["value"], one["value"]) == (SATO, MORI)
    typed = sent(card, a=f"{MORI.upper()},{SATO},<@x>", b=SATO)
    assert people_in(typed) == (MORI, SATO)
    ticket = read_ticket(typed)
    assert ticket is not None
    assert read_submit(ticket, typed).values == {"a": [MORI, SATO], "b": [SATO]}


# ---------------------------------------------------------------- the whole


def test_errors_stand_at_their_fields_and_what_was_typed_stays() -> None:
    fields = (TextField("a", "内容", initial="前"), ChoiceField("b", "分類", (Option("x", "一"),), ("x",)))
    card = drawn(*fields, values={"a": ["いま"]}, errors={"b": "選んでください", "gone": "直せません", "": "上です"})
    assert [one["type"] for one in list_at(card, "body")] == [
        "RichTextBlock",
        "RichTextBlock",
        "Input.Text",
        "Input.ChoiceSet",
        "RichTextBlock",
    ]
    assert said(card) == "直せません\n上です\n選んでください"
    assert [one.get("value") for one in inputs(card)] == ["いま", None]
    assert all(run["color"] == "Attention" for one in of_type(card, "RichTextBlock") for run in list_at(one, "inlines"))


def test_in_the_chat_a_form_has_its_title_and_may_be_put_away() -> None:
    assert said(drawn(TextField("a", "内容"))) == ""
    card = drawn(TextField("a", "内容"), surface="chat", cancel=True)
    assert said(card) == "接点の記録"
    send, away = list_at(card, "actions")
    assert (send["style"], away["associatedInputs"]) == ("positive", "none")
    assert is_cancel(json_at(away, "data"))
    assert not is_cancel(json_at(send, "data"))
    assert read_ticket(json_at(away, "data")) is None


def test_a_form_that_is_too_large_gives_up_choices_and_never_what_was_typed() -> None:
    options = tuple(Option(f"o{number}", f"選択肢の長い名前 {number}") for number in range(900))
    typed = "長い記録 " * 1_500
    card = drawn(
        TextField("a", "内容", initial=typed, hint="ひとこと" * 60),
        ChoiceField("b", "提携", options, ("o899",)),
    )
    assert values(card) == {"a": [typed], "b": ["o899"]}
    assert limits.size(card) <= limits.FORM
    assert len(list_at(inputs(card)[1], "choices")) > 5


def test_an_introduction_stands_before_the_fields() -> None:
    made = Form("a.b", "題", "送る", "やめる", (TextField("a", "内容"),), intro=(Paragraph((Text("はじめに"),)),))
    assert [one["type"] for one in list_at(render_form(made), "body")] == ["RichTextBlock", "Input.Text"]
