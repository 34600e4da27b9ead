"""What people typed, out of Slack's tokens and entities."""

from __future__ import annotations

import pytest

from bot.slack.incoming import decode, mentions, without_mention


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("ノヴァ 定例 -&gt; 見積", "ノヴァ 定例 -> 見積"),
        ("R&amp;D", "R&D"),
        ("&amp;lt;", "&lt;"),
        ("with <@U0SATO|sato> と <@U0TAKA>", "with <@U0SATO> と <@U0TAKA>"),
        ("<#C0NOVA|alliance-nova> で", "#alliance-nova で"),
        ("<#C0NOVA|> で", "#C0NOVA で"),
        ("見て <https://a.jp/x?a=1&amp;b=2|a.jp>", "見て https://a.jp/x?a=1&b=2"),
        ("<mailto:sato@a.jp|sato@a.jp>", "sato@a.jp"),
        ("<!here> <!subteam^S1|@team> <!subteam^S1>", "@here @team @subteam"),
        ("< > <b>", "< > <b>"),
    ],
)
def test_text_is_decoded(sent: str, typed: str) -> None:
    assert decode(sent) == typed


def test_mentions_are_found_once_and_the_bots_own_taken_off() -> None:
    assert mentions("<@U1AA> <@U2BB> <@U1AA> <@x>") == ("U1AA", "U2BB")
    assert without_mention("<@U0BOT>、今日", "U0BOT") == "今日"
    assert without_mention("ねえ <@U0BOT> 今日 <@U0SATO>", "U0BOT") == "ねえ 今日 <@U0SATO>"
