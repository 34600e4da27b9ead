"""What comes unasked: the nudge and the digest arrive in Teams as the practice clock moves, and answers cross over."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.playground.conftest import Show
from tests.playground.stage import Theatre
from tests.playhouse import SASAKI, TANAKA


def to_tuesday(play: Theatre) -> None:
    """The first working day of the next week, 08:30: Monday 23 November is a public holiday."""
    play.house.clock(next="monday 08:30")
    play.house.clock(plus="1d")


def test_the_digest_arrives_in_teams_only_and_its_answer_crosses_over(show: Show) -> None:
    client, play = show("ja")
    to_tuesday(play)
    digest = client.card("提携週報 11/16–11/20", "① ご判断ください")
    assert not play.house.inbox(SASAKI)
    client.picture("digest-ja")
    client.press(digest, "確認しました")
    client.card("確認済みとして、リードにお伝えします")
    expect(client.cards.first.get_by_role("button", name="確認しました")).to_have_count(0)
    play.house.settle()
    assert any("佐々木 隆さんが今週の週報" in each.words for each in play.house.inbox(TANAKA))


def test_the_digest_in_english(show: Show) -> None:
    client, play = show("en")
    to_tuesday(play)
    digest = client.card("Alliance weekly 16 Nov – 20 Nov", "Needs you")
    client.picture("digest-en")
    client.press(digest, "By alliance")
    client.card("Acme Robotics", "みなと大学")


def test_a_quiet_alliance_is_named_to_its_lead(show: Show) -> None:
    client, play = show("ja")
    to_tuesday(play)
    play.house.clock(plus="1h")
    nudge = client.card("ハルカ電子さんとは11/9の電話・Webから15日空いています(目安14日)")
    client.picture("nudge-ja")
    client.press(nudge, "後で(3日後)")
    client.card("ハルカ電子さんの件、11/27(金)にもう一度お知らせします")


def test_a_quiet_alliance_in_english(show: Show) -> None:
    client, play = show("en")
    to_tuesday(play)
    play.house.clock(plus="1h")
    nudge = client.card("15 days since your last touchpoint with ハルカ電子")
    client.press(nudge, "In 3 days")
    client.card("About ハルカ電子: another reminder on Fri 27 Nov.")
