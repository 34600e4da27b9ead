"""Signals: every threshold of domain.md §3.8 by a table; ages are true days, what is due counts less holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers import signals
from handlers.calendar import Calendar
from handlers.signals import Contact, Finding, Open, Record, Step

TODAY = date(2026, 6, 30)
PLAIN = Calendar("JP")
START = date(2026, 1, 5)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def record(
    *,
    cadence: int = 14,
    purpose: str = "検査を人に優しく",
    confirmed: date | None = None,
    contacts: tuple[Contact, ...] = (),
    friction: tuple[Open, ...] = (),
    steps: tuple[Step, ...] = (),
) -> Record:
    return Record(START, cadence, purpose, confirmed, contacts, friction, steps)


@pytest.mark.parametrize(
    ("days", "word"), [(0, "ok"), (14, "ok"), (17, "ok"), (18, "watch"), (28, "watch"), (29, "act")]
)
def test_cadence(days: int, word: str) -> None:
    # June has no holiday, so calendar days and counted days are the same.
    found = signals.cadence(record(contacts=(Contact(ago(days)),)), PLAIN, TODAY)
    assert (found.word, found.values["days"], found.n) == (word, days, 1)


def test_cadence_counts_less_holidays_but_shows_the_true_age() -> None:
    golden = date(2026, 5, 11)
    gone = record(contacts=(Contact(golden - timedelta(days=20)),))
    found = signals.cadence(gone, PLAIN, golden)
    assert found.values["days"] == 20
    assert found.word == "ok"  # 29 April and 3–6 May are holidays: 15 of 14 days
    assert signals.cadence(gone, Calendar("US"), golden).word == "watch"


def test_cadence_without_any_contact_is_no_data() -> None:
    found = signals.cadence(record(), PLAIN, TODAY)
    assert (found.word, found.n, found.key) == ("nodata", 0, "signal.cadence.none")


@pytest.mark.parametrize(("days", "word"), [(90, "ok"), (91, "watch"), (120, "watch"), (121, "act")])
def test_purpose_fresh(days: int, word: str) -> None:
    found = signals.purpose_fresh(record(confirmed=_back(days)), PLAIN, TODAY)
    assert (found.word, found.values["days"]) == (word, (TODAY - _back(days)).days)


def _back(days: int) -> date:
    """The day since which exactly `days` counted days have passed."""
    day = TODAY
    while signals.elapsed_days(PLAIN, day, TODAY) < days:
        day -= timedelta(days=1)
    return day


def test_a_purpose_that_was_never_confirmed_ages_from_the_start_and_an_empty_one_asks_for_action() -> None:
    assert signals.purpose_fresh(record(), PLAIN, TODAY).values["days"] == (TODAY - START).days
    empty = signals.purpose_fresh(record(purpose=" "), PLAIN, TODAY)
    assert (empty.word, empty.key) == ("act", "signal.purpose_fresh.empty")


@pytest.mark.parametrize(
    ("severity", "days", "word"),
    [
        (3, 7, "ok"),
        (3, 8, "watch"),
        (3, 14, "watch"),
        (3, 15, "act"),
        (2, 21, "ok"),
        (2, 22, "watch"),
        (2, 45, "watch"),
        (2, 46, "act"),
    ],
)
def test_friction_age(severity: int, days: int, word: str) -> None:
    found = signals.friction_age(record(friction=(Open(_back(days), severity, "ROLE"),)), PLAIN, TODAY)
    assert (found.word, found.values["severity"], found.values["category"]) == (word, severity, "ROLE")


def test_friction_counts_by_age_never_by_number_and_small_notes_dont_enter() -> None:
    many = tuple(Open(ago(1), 2, "ROLE") for _ in range(9))
    assert signals.friction_age(record(friction=many), PLAIN, TODAY).word == "ok"
    small = record(friction=(Open(ago(300), 1),), contacts=tuple(Contact(ago(day)) for day in (1, 8, 15)))
    assert signals.friction_age(small, PLAIN, TODAY).word == "ok"
    assert signals.friction_age(record(friction=(Open(ago(300), 1),)), PLAIN, TODAY).word == "nodata"


def _steps(kept: int, late: int, open_overdue: int = 0, days: int = 3) -> tuple[Step, ...]:
    return (
        *(Step("theirs", ago(20), ago(21)) for _ in range(kept)),
        *(Step("theirs", ago(20), ago(10)) for _ in range(late)),
        *(Step("theirs", ago(days)) for _ in range(open_overdue)),
    )


@pytest.mark.parametrize(
    ("steps", "word"),
    [
        (_steps(5, 0), "ok"),
        (_steps(8, 2), "ok"),
        (_steps(7, 3), "watch"),
        (_steps(6, 4), "watch"),
        (_steps(5, 5), "act"),
        (_steps(9, 0, 1), "ok"),
        (_steps(9, 0, 2), "watch"),
        (_steps(4, 0), "nodata"),
        (_steps(1, 0, 2), "watch"),
        ((Step("ours", ago(14)),), "nodata"),
        ((Step("ours", ago(15)),), "act"),
        ((Step("theirs", ago(40)),), "nodata"),
    ],
)
def test_next_steps(steps: tuple[Step, ...], word: str) -> None:
    assert signals.next_steps(record(steps=steps), PLAIN, TODAY).word == word


@pytest.mark.parametrize(
    ("names", "small", "word"),
    [
        (("佐藤", "佐藤", "佐藤"), True, "watch"),
        (("佐藤", "高橋", "佐藤"), True, "ok"),
        (("佐藤", "佐藤", "佐藤"), False, "act"),
        (("佐藤", "高橋", "佐藤"), False, "watch"),
        (("佐藤", "高橋", "田中"), False, "ok"),
        (("佐藤", "高橋"), True, "nodata"),
        (("", "", ""), True, "nodata"),
    ],
)
def test_breadth(names: tuple[str, ...], small: bool, word: str) -> None:
    contacts = tuple(Contact(ago(number * 7), (name,) if name else ()) for number, name in enumerate(names))
    assert signals.breadth(record(contacts=contacts), PLAIN, TODAY, small=small).word == word


def test_breadth_forgets_what_is_older_than_ninety_days() -> None:
    old = tuple(Contact(ago(100 + number), ("佐藤",)) for number in range(5))
    assert signals.breadth(record(contacts=old), PLAIN, TODAY).word == "nodata"


def test_a_lens_shows_its_gravest_signal_and_few_records_are_not_good() -> None:
    found = signals.all_of(record(contacts=(Contact(ago(40)),)), PLAIN, TODAY)
    lenses = signals.by_lens(found)
    assert [(name, each.word if each else None) for name, each in lenses.items()] == [
        ("purpose", "act"),
        ("relation", "act"),
        ("progress", "nodata"),
        ("inside", None),
    ]


def test_what_is_striking_comes_act_first() -> None:
    watch, act = (Finding("breadth", "relation", word, "k", 1) for word in ("watch", "act"))
    fine = Finding("cadence", "relation", "ok", "k", 1)
    assert signals.striking([watch, fine, act]) == [act, watch]
