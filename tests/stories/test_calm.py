"""Four weeks in which nobody does anything: what arrives is little, of use, and never the same twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.home import EMMA, GENERAL, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home

WEEKS = 4
MONDAY = date(2026, 11, 23)


def test_four_weeks_at_a_jump(home: Home) -> None:
    """Principle 5 counts three a week; the first week with its backlog of the sample story may be one above."""
    people = (TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA)
    seen: Counter[tuple[str, int]] = Counter()
    told: Counter[str] = Counter()
    for week in range(WEEKS):
        before = {who: len(home.inbox(who)) for who in people}
        home.clock(to=f"{MONDAY + timedelta(days=7 * week + 6)}T23:00")
        for who in people:
            fresh = home.inbox(who)[before[who] :]
            seen[who, week] = len(fresh)
            told.update(f"{who} {each.words}" for each in fresh)
    assert max(told.values()) == 1
    assert all(number <= (3 if week else 4) for (_, week), number in seen.items()), seen
    assert sum(seen.values()) <= 30, seen
    for room in (GENERAL, NOVA):
        assert not home.messages(TANAKA, room)


def test_all_at_once_is_the_same_as_day_by_day(home: Home) -> None:
    """What lies between happens at its time, however far the clock is moved."""
    home.clock(to="2026-12-20T23:00")
    digests = [m.words.splitlines()[0] for m in home.inbox(SASAKI)]
    assert [each.split("|")[0] for each in digests] == [
        "提携週報 11/16–11/20",
        "提携週報 11/23–11/27",
        "提携週報 11/30–12/4",
        "提携週報 12/7–12/11",
    ]
