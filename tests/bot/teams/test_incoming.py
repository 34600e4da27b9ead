"""Text as Teams sends it is read as the person wrote it."""

from __future__ import annotations

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payload import Json
from bot.teams.incoming import LONGEST, Mention, captured, decode, joined, mentioned, spoken

BOT: Json = {"id": "28:bot", "name": "架け橋"}


def activity(text: str, *named: tuple[str, str]) -> Json:
    """A message to the bot; `named` are (id, name) of the mentions in their order."""
    entities = [
        {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": known, "name": name}}
        for known, name in named
    ]
    return {"text": text, "recipient": BOT, "entities": entities}


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("R&D &copy 3&times;4", "R&D &copy 3×4"),
        ("&#65;&#x42;&#0;&#xD800;&nosuch;", "AB&nosuch;"),
        ("x\u00a0y\r\nz", "x y\nz"),
    ],
)
def test_entities_are_decoded_once_and_only_whole_ones(sent: str, written: str) -> None:
    assert decode(sent) == written


@pytest.mark.parametrize(
    "text", ["<at>架け橋</at> 今日", "<at>架け橋</at>、今日", "今日 <at>架け橋</at>", "<at>架け橋</at>&nbsp;今日\n"]
)
def test_the_bots_own_name_is_taken_off(text: str) -> None:
    assert joined(spoken(activity(text, ("28:bot", "架け橋"))), {}) == "今日"


def test_two_people_of_one_name_are_told_apart() -> None:
    pieces = spoken(activity("<at>田中</at>と<at>田中</at>、<at>誰か</at>", ("29:a", "田中"), ("29:b", "田中")))
    assert mentioned(pieces) == ("29:a", "29:b")
    assert joined(pieces, {"29:a": "u-1", "29:b": "u-2"}) == "<@u-1> と<@u-2>、@誰か"


def test_a_channel_or_a_tag_is_no_person() -> None:
    body = activity("<at>提携</at>へ", ("19:tag", "提携"))
    body["entities"][0]["mentioned"]["type"] = "tag"  # pyright: ignore[reportIndexIssue]
    assert spoken(body)[1] == Mention("", "提携")


def test_an_id_that_fits_no_token_stays_a_name() -> None:
    assert joined((Mention("x", "森 一"), " へ"), {"x": "a> <@b"}) == "@森一 へ"


@given(st.text(), st.text())
def test_nothing_that_is_sent_breaks_it(text: str, html: str) -> None:
    joined(spoken(activity(f"<at>{text}</at>{html}", ("29:a", text))), {"29:a": "u"})
    assert isinstance(joined(captured({"body": {"contentType": "html", "content": html}}), {}), str)
    assert isinstance(joined(captured({"body": {"content": html}, "mentions": [{}]}), {}), str)


def message(content: str) -> str:
    """The words of an HTML message."""
    return joined(captured({"body": {"contentType": "html", "content": content}}), {})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("1 < 2 && 3 > 2 <b>R&amp;D</b>", "1 < 2 && 3 > 2 R&D"),
        ('<img title="x" alt="a > b"><br/>x<attachment id="1"/>y', "a > b\nxy"),
        ("<A HREF='https://x.example/?a=1&amp;b=2' title=\"id='3'\">こちら</A>へ", "https://x.example/?a=1&b=2へ"),
        ("<!-- note --><o:p>x</o:p><a href=javascript:1>y</a>", "xy"),
        ('a <a href="https://x.example">never closed', "a never closed"),
    ],
)
def test_html_is_read_as_it_was_shown(content: str, words: str) -> None:
    assert message(content) == words


HOSTILE = (
    "<a ",
    "<at>",
    "<at ",
    "<",
    "</a",
    "<!--",
    "<script>",
    '<a b"x=\'y">',
    '<a x="',
    "<a x='\">",
    "a",
    "<a\t",
    "&",
    " ",
    "<at>a</at>",
)


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("front", ["", "<a", "<a ", "<a x=", "<at>"])
def test_nothing_that_is_sent_takes_long(front: str, piece: str) -> None:
    text = front + piece * (60_000 // len(piece))
    named: list[Json] = [{"type": "mention", "text": f"<at>{number}</at>"} for number in range(3_000)]
    began = thread_time()
    message(text)
    joined(spoken({"text": text, "recipient": BOT, "entities": named}), {})
    assert thread_time() - began < 15  # one pass takes a tenth of a second, a pass for every letter half a minute


def test_no_more_is_read_than_a_message_of_teams_can_hold() -> None:
    assert len(message("字" * (LONGEST + 5))) == LONGEST
    assert message("字" * (LONGEST - 5) + "<img alt='x' src='y'>") == "字" * (LONGEST - 5)
    assert len(joined(spoken(activity("字" * (LONGEST + 5))), {})) == LONGEST
