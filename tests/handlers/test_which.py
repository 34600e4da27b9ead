"""Which alliance is meant: what is offered where words leave it open, and what comes of a choice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.message import Button, Menu
from handlers.request import Command, Place, Press, Reply
from tests.handlers.bridge import SATO, SUZUKI, Bridge, bridge, said
from tests.handlers.friction_people import of_blocks

ROOM = Place("room", "C1", name="nova-internal", outsiders=False)
CHAT = Place("room", "G1", outsiders=False)
THEIRS = ("アオバ物流", "イズミ化学", "ウミノ水産", "エイト工業", "オオバ製作", "カワセ技研")
OWN = ("ワカバ樹脂", "ヲシマ電機")


@pytest.fixture(name="company")
def _company(tmp_path: Path) -> Iterator[Bridge]:
    """Eight alliances; Sato's own two come last by name."""
    with bridge(tmp_path) as inside:
        inside.met(SATO, SUZUKI)
        for name in THEIRS:
            inside.alliance(SUZUKI, name)
        for name in OWN:
            inside.alliance(SATO, name)
        yield inside


def offered(reply: Reply) -> tuple[list[str], list[str]]:
    """The buttons, and what the menu holds."""
    assert reply.message is not None
    items = of_blocks(reply.message.blocks)
    buttons = [each.label for each in items if isinstance(each, Button)]
    return buttons, [option.label for each in items if isinstance(each, Menu) for option in each.options]


def test_ones_own_come_first_and_a_menu_holds_the_rest(company: Bridge) -> None:
    reply = company.ask(SATO, Command("alliance", "連携"), place=ROOM)
    assert said(reply).startswith("どの提携ですか")
    buttons, menu = offered(reply)
    assert buttons == [*OWN, *THEIRS[:2]]
    assert menu == list(THEIRS[2:])


def test_few_need_no_menu(tmp_path: Path) -> None:
    with bridge(tmp_path) as inside:
        inside.met(SATO, SUZUKI)
        for name in THEIRS[:4]:
            inside.alliance(SUZUKI, name)
        inside.alliance(SATO, OWN[0])
        assert offered(inside.ask(SATO, Command("alliance", "要点"))) == ([OWN[0], *THEIRS[:4]], [])


@pytest.mark.parametrize(
    ("command", "action", "answer"),
    [
        ("要点", "alliance.brief", "ウミノ水産の要点"),
        ("表示", "alliance.open", "ウミノ水産"),
        ("人", "alliance.people", "ウミノ水産の関係者"),
        ("連携解除", "alliance.rooms", "ウミノ水産と連携しているチャンネルはありません"),
    ],
)
def test_a_choice_of_the_menu_is_as_good_as_a_button(company: Bridge, command: str, action: str, answer: str) -> None:
    reply = company.ask(SATO, Command("alliance", command))
    assert reply.message is not None
    menus = [each for each in of_blocks(reply.message.blocks) if isinstance(each, Menu)]
    assert menus[0].action == action
    chosen = menus[0].options[0].value
    assert answer in said(company.ask(SATO, Press(action, "", 0, chosen)))


def test_a_room_is_linked_by_the_menu_too(company: Bridge) -> None:
    reply = company.ask(SUZUKI, Command("alliance", "連携"), place=ROOM)
    assert reply.message is not None
    menu = next(each for each in of_blocks(reply.message.blocks) if isinstance(each, Menu))
    chosen = next(option for option in menu.options if option.label == THEIRS[5])
    linked = company.ask(SUZUKI, Press(menu.action, menu.id, menu.version, chosen.value), place=ROOM)
    assert "nova-internal をカワセ技研と連携しました" in said(linked)


def test_a_chat_without_a_name_is_no_channel_and_stands_without_a_gap(company: Bridge) -> None:
    text = said(company.ask(SATO, Command("alliance", "連携 ワカバ樹脂"), place=CHAT))
    assert "グループチャットをワカバ樹脂と連携しました" in text
    assert "このチャンネル" not in text
    gone = said(company.ask(SATO, Command("alliance", "連携解除"), place=CHAT))
    assert "グループチャットとワカバ樹脂の連携を外しました" in gone


def test_a_room_with_a_name_is_called_by_it(company: Bridge) -> None:
    text = said(company.ask(SATO, Command("alliance", "連携 ワカバ樹脂"), place=ROOM))
    assert "nova-internal をワカバ樹脂と連携しました" in text
    assert "このチャンネル" not in text
