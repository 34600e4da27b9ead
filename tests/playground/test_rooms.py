"""Group chats and channels: addressed by @mention, answered to the person alone; without a mention nothing is heard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.playground.client import CHANNEL, GROUP, PERSONAL
from tests.playground.conftest import Show

POINTER = "1:1チャットでお答えしました"
LINE = "接点 ハルカ 電話 来月の進め方を相談 同席: 西村"


@pytest.mark.parametrize(("room", "post"), [(GROUP, False), (CHANNEL, True)], ids=["group", "channel"])
def test_a_mention_is_answered_to_the_person_alone(show: Show, room: str, *, post: bool) -> None:
    client, _ = show("ja")
    client.go(room)
    client.mention(LINE, post=post)
    client.card(POINTER)
    expect(client.cards.filter(has_text="記録しました")).to_have_count(0)
    client.go(PERSONAL)
    client.card("ハルカ電子の接点を記録しました", "西村")


def test_words_without_a_mention_are_not_heard(show: Show) -> None:
    client, _ = show("ja")
    client.go(GROUP)
    client.say(LINE)
    client.mention("使い方")
    client.card(POINTER)
    client.go(PERSONAL)
    client.card("こちらのチャットに、そのまま入力できます")
    expect(client.cards.filter(has_text="記録しました")).to_have_count(0)
