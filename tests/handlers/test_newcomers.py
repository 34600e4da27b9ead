"""Who is new on one platform while the company has another too: they hear how to be one person on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.message import spoken
from handlers.text import texts
from handlers.welcome import welcome
from tests.handlers.bridge import SATO, SATO_TEAMS, TANAKA, Bridge, Person, bridge

ON_SLACK = "Teamsでもお使いの方は「アカウント連携」と入力してください"
ON_TEAMS = "Slackでもお使いの方は「アカウント連携」と入力してください"


@pytest.fixture(name="company")
def _company(tmp_path: Path) -> Iterator[Bridge]:
    with bridge(tmp_path) as inside:
        yield inside


def welcomed(company: Bridge, who: Person) -> str:
    """What a person hears at first contact."""
    company.say(who, "こんにちは")
    if who.platform == "teams":
        company.chat(who)
    company.deliver()
    return company.heard(who)[0]


def test_the_welcome_names_the_other_platform(company: Bridge) -> None:
    assert ON_SLACK in welcomed(company, SATO)
    assert ON_TEAMS in welcomed(company, TANAKA)


def test_it_does_in_english(company: Bridge) -> None:
    assert "Also on Slack? Type “connect account” to be one person in both." in welcomed(company, SATO_TEAMS)


def test_today_says_so_while_one_is_on_no_team(company: Bridge) -> None:
    company.met(SATO, TANAKA)
    company.alliance(SATO)
    assert ON_TEAMS in company.say(TANAKA, "今日")
    assert "アカウント連携" not in company.say(SATO, "今日")


def test_who_is_linked_already_isnt_told(company: Bridge) -> None:
    company.met(SATO, TANAKA, SATO_TEAMS)
    company.alliance(TANAKA)
    company.link(SATO, SATO_TEAMS)
    text = company.say(SATO, "今日")
    assert "まだ提携チームに入っていません" in text
    assert "アカウント連携" not in text


def test_with_one_platform_nothing_is_said() -> None:
    t = texts("ja")
    assert "アカウント連携" not in spoken(welcome(t))
