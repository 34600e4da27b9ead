"""Days in typed text: what each phrase means in a log and in a next step, and that nothing is guessed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates import find, future, past

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("written", "in_log", "in_step"),
    [
        ("昨日", "2026-11-19", "2026-11-19"),
        ("一昨日", "2026-11-18", "2026-11-18"),
        ("おととい", "2026-11-18", "2026-11-18"),
        ("本日", "2026-11-20", "2026-11-20"),
        ("明後日", "2026-11-22", "2026-11-22"),
        ("3日前", "2026-11-17", "2026-11-17"),
        ("二週間後", "2026-12-04", "2026-12-04"),
        ("3か月後", "2027-02-20", "2027-02-20"),
        ("11/20", "2026-11-20", "2026-11-20"),
        ("11/21", "2025-11-21", "2026-11-21"),
        ("12月1日", "2025-12-01", "2026-12-01"),
        ("2026年11月20日", "2026-11-20", "2026-11-20"),
        ("令和8年11月20日", "2026-11-20", "2026-11-20"),
        ("令和元年5月1日", "2019-05-01", "2019-05-01"),
        ("金", "2026-11-13", "2026-11-27"),
        ("月曜", "2026-11-16", "2026-11-23"),
        ("先週の金曜", "2026-11-13", "2026-11-13"),
        ("今週の水曜日", "2026-11-18", "2026-11-18"),
        ("来週火", "2026-11-24", "2026-11-24"),
        ("再来週の月曜", "2026-11-30", "2026-11-30"),
        ("先月末", "2026-10-31", "2026-10-31"),
        ("月末", "2026-11-30", "2026-11-30"),
        ("来月10日", "2026-12-10", "2026-12-10"),
        ("20日", "2026-11-20", "2026-11-20"),
        ("15日", "2026-11-15", "2026-12-15"),
        ("11/20(金)", "2026-11-20", "2026-11-20"),
        ("yesterday", "2026-11-19", "2026-11-19"),
        ("the day before yesterday", "2026-11-18", "2026-11-18"),
        ("3 days ago", "2026-11-17", "2026-11-17"),
        ("in 2 weeks", "2026-12-04", "2026-12-04"),
        ("+14d", "2026-12-04", "2026-12-04"),
        ("last friday", "2026-11-13", "2026-11-13"),
        ("next tue", "2026-11-24", "2026-11-24"),
        ("fri", "2026-11-13", "2026-11-27"),
        ("Oct 12", "2026-10-12", "2027-10-12"),
        ("12 Oct", "2026-10-12", "2027-10-12"),
        ("October 12th, 2026", "2026-10-12", "2026-10-12"),
        ("Fri, Nov 20", "2026-11-20", "2026-11-20"),
        ("end of month", "2026-11-30", "2026-11-30"),
        ("2027-01-29", "2027-01-29", "2027-01-29"),
        ("25/12/2026", "2026-12-25", "2026-12-25"),
    ],
)
def test_read(written: str, in_log: str, in_step: str) -> None:
    assert past(written, today=FRIDAY) == date.fromisoformat(in_log)
    assert future(written, today=FRIDAY) == date.fromisoformat(in_step)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("20日まで", "2026-11-20"),
        ("金曜までに", "2026-11-27"),
        ("by fri", "2026-11-27"),
        ("今週中", "2026-11-20"),
        ("EOW", "2026-11-20"),
        ("来週", "2026-11-27"),
        ("来週中に", "2026-11-27"),
        ("next week", "2026-11-27"),
        ("12月末", "2026-12-31"),
    ],
)
def test_read_in_a_step_only(written: str, day: str) -> None:
    assert future(written, today=FRIDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "written",
    [
        "2/30", "6/31", "2027-02-29", "2/29", "05/06/2026", "11/20(木)", "7/4-7/6",
        "来月中旬", "来月", "5営業日以内", "週末", "mid November",
    ],
)  # fmt: skip
def test_not_resolved_but_seen(written: str) -> None:
    for ahead in (False, True):
        assert [hit.day for hit in find(written, today=FRIDAY, ahead=ahead)] == [None]


@pytest.mark.parametrize(
    "written",
    [
        "近いうちに", "春ごろ", "料金", "金型", "3日間", "あすか",
        "may", "march", "a", "12", "24/7", "100/200", "v0.3", "soon", "sunny", "12:30", "1.5/2.5",
    ],
)  # fmt: skip
def test_no_day_and_no_complaint(written: str) -> None:
    assert find(written, today=FRIDAY, ahead=False) == []
    assert find(written, today=FRIDAY, ahead=True) == []


def test_29_february_never_jumps_over_a_common_year() -> None:
    assert past("2/29", today=date(2029, 1, 10)) == date(2028, 2, 29)
    assert past("2/29", today=date(2027, 1, 10)) is None
    assert future("2/29", today=date(2027, 12, 1)) == date(2028, 2, 29)


def test_the_31st_never_jumps_over_a_short_month() -> None:
    assert future("31日まで", today=date(2026, 6, 10)) is None
    assert future("31日まで", today=date(2026, 7, 31)) == date(2026, 7, 31)


def test_a_friday_that_has_passed_is_nobodys_deadline() -> None:
    assert future("今週中", today=date(2026, 11, 22)) is None


@given(day=DAYS, today=DAYS)
def test_what_is_printed_in_full_reads_back(day: date, today: date) -> None:
    for written in (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日",
        f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}",
    ):  # fmt: skip
        assert past(written, today=today) == future(written, today=today) == day


@given(today=DAYS, days=st.integers(0, 364))
def test_month_and_day_read_back_within_the_year(today: date, days: int) -> None:
    for day, read in ((today - timedelta(days=days), past), (today + timedelta(days=days), future)):
        for written in (f"{day.month}/{day.day}", f"{day.month}月{day.day}日", f"{day:%b} {day.day}"):
            assert read(written, today=today) == day


@given(today=DAYS, name=st.sampled_from(["月曜", "火曜日", "水", "thu", "Friday", "sat", "日曜"]))
def test_bare_weekdays_never_mean_today(today: date, name: str) -> None:
    before, after = past(name, today=today), future(name, today=today)
    assert before is not None
    assert after is not None
    assert 1 <= (today - before).days <= 7
    assert 1 <= (after - today).days <= 7


@given(text=st.text(st.sampled_from("0123456789/-年月日来先週末金曜までby nextfrimay.()+dw "), max_size=30), today=DAYS)
def test_any_text_is_read_without_raising(text: str, today: date) -> None:
    for ahead in (False, True):
        hits = find(text, today=today, ahead=ahead)
        assert all(0 <= hit.start < hit.inner <= hit.end <= len(text) for hit in hits)
