"""Day, time and repetition in a typed plan."""

from __future__ import annotations

from datetime import date, time

import pytest

from handlers.moments import Planned, clock, read_day, read_plan
from handlers.segments import normalised

FRIDAY = date(2026, 11, 20)
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("11/24 10:00 定例 隔週", Planned(TUESDAY, time(10), 2, "定例")),
        ("１１/２４　１０：００　定例", Planned(TUESDAY, time(10), 0, "定例")),
        ("毎週火曜 14時半 進捗会", Planned(TUESDAY, time(14, 30), 1, "進捗会")),
        ("隔週火曜日10:00", Planned(TUESDAY, time(10), 2, "")),
        ("every second Tuesday 10:00", Planned(TUESDAY, time(10), 2, "")),
        ("every Tuesday 10:00", Planned(TUESDAY, time(10), 1, "")),
        ("next Tue 3pm kickoff", Planned(TUESDAY, time(15), 0, "kickoff")),
        ("明日 午後3時 訪問", Planned(date(2026, 11, 21), time(15), 0, "訪問")),
        ("12/1 9:30-10:30 役員面談", Planned(date(2026, 12, 1), time(9, 30), 0, "役員面談")),
        ("金額の件 10:00", Planned(None, time(10), 0, "金額の件")),
        ("2/30 10:00", Planned(None, time(10), 0, "2/30", "2/30")),
        ("来週あたり", Planned(date(2026, 11, 27), None, 0, "あたり")),
    ],
)
def test_a_plan_is_read_as_typed(typed: str, wanted: Planned) -> None:
    assert read_plan(normalised(typed), today=FRIDAY) == wanted


@pytest.mark.parametrize(
    ("typed", "day", "rest"),
    [
        ("until 1 Dec year end", date(2026, 12, 1), "year end"),
        ("12/1まで 予算待ち", date(2026, 12, 1), "予算待ち"),
        ("予算待ち", None, "予算待ち"),
    ],
)
def test_a_day_and_what_stands_around_it(typed: str, day: date | None, rest: str) -> None:
    assert read_day(typed, today=FRIDAY) == (day, "", rest)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("10:00", time(10)), ("14時半", time(14, 30)), ("3 pm", time(15)), ("25:00", None), ("x", None)],
)
def test_a_time_field(typed: str, wanted: time | None) -> None:
    assert clock(typed) == wanted
