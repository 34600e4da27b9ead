"""A person's own settings change what arrives, when, and in which language."""

from __future__ import annotations

from typing import Any

from tests.home import EMMA, SASAKI, SUZUKI, TANAKA, Home, Shown


def _set(home: Home, who: str, values: dict[str, str | list[str]]) -> dict[str, Any]:
    home.start(who, home.direct(who), "/alliance settings")
    return home.submit(who, values)


def _about(messages: list[Shown], words: str) -> list[Shown]:
    return [each for each in messages if words in each.words]


def test_hours_move_the_morning(home: Home) -> None:
    _set(home, SUZUKI, {"start": "10:00", "end": "17:00"})
    assert "10:00〜17:00" in home.last(SUZUKI, home.direct(SUZUKI)).words
    assert _about(home.later(SUZUKI, to="2026-11-20T10:00"), "『追加の袋を手配する』、今日が期日です")
    assert not home.later(SUZUKI, to="2026-11-24T09:59")
    assert _about(home.later(SUZUKI, to="2026-11-24T10:00"), "アオバ物流さんとは")


def test_the_zone_moves_it_too(home: Home) -> None:
    _set(home, EMMA, {"zone": "America/New_York"})
    assert not _about(home.later(EMMA, to="2026-12-02T22:59"), "touchpoint with Acme")
    assert _about(home.later(EMMA, to="2026-12-02T23:00"), "touchpoint with Acme")


def test_days_off_are_kept_free(home: Home) -> None:
    _set(home, SASAKI, {"days": ["1", "2", "3", "4"]})
    assert _about(home.later(SASAKI, to="2026-11-24T08:30"), "提携週報")
    assert not home.later(SASAKI, to="2026-11-30T23:00")
    assert _about(home.later(SASAKI, to="2026-12-01T08:30"), "提携週報 11/23")


def test_the_language_of_what_comes(home: Home) -> None:
    _set(home, TANAKA, {"locale": "en"})
    assert "English" in home.last(TANAKA, home.direct(TANAKA)).words
    heard = home.later(TANAKA, to="2026-11-24T09:00")
    assert _about(heard, "20 days since your last touchpoint with ノヴァ素材")


def test_quiet_for_two_weeks_and_back(home: Home) -> None:
    said = home.say(TANAKA, "静かに 2週間")
    assert "12/4(金)までお知らせを控えます" in said.words
    assert not home.later(TANAKA, to="2026-12-04T18:00")
    assert home.later(TANAKA, to="2026-12-11T18:00")
    home.say(TANAKA, "quiet 2w")
    assert "お知らせを再開します" in home.say(TANAKA, "静かに やめる").words


def test_what_somebody_says_to_me_comes_also_while_i_am_quiet(home: Home) -> None:
    home.say(TANAKA, "静かに 2週間")
    digest = _about(home.later(SASAKI, to="2026-11-24T08:30"), "提携週報")[0]
    home.press(SASAKI, digest, "ひと言返す")
    home.submit(SASAKI, {"alliance": "ノヴァ素材", "text": "ありがとう"})
    home.settle()
    assert _about(home.inbox(TANAKA), "ありがとう")


def test_away_nothing_comes_until_the_morning_after(home: Home) -> None:
    _set(home, SUZUKI, {"away": "2026-11-27"})
    assert not home.later(SUZUKI, to="2026-11-29T23:00")
    heard = home.later(SUZUKI, to="2026-11-30T09:00")
    assert _about(heard, "キタ食品さんとは11/12の定例から18日")


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(home: Home) -> None:
    answer = _set(home, SUZUKI, {"start": "18:00", "end": "09:00"})
    assert "終わりは始まりより後" in " ".join(answer["errors"].values())
    answer = home.submit(SUZUKI, {"start": "09:00", "end": "18:00", "away": "2026-11-01"})
    assert "今日以降の日" in " ".join(answer["errors"].values())
