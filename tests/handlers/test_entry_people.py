"""People named behind a next step in English, and what is no list of people."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.entry import Known, read

NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Europe/London"))
KNOWN = (Known("nova", ("Nova Materials", "nova")),)


@pytest.mark.parametrize(
    ("text", "people", "step"),
    [
        ("nova call -> we send the plan 9 Jul with Sato, Takahashi", ("Sato", "Takahashi"), "send the plan"),
        ("nova met -> we send pricing Fri with Bob, Carol", ("Bob", "Carol"), "send pricing"),
        ("nova met -> we send pricing with: Bob, Carol", ("Bob", "Carol"), "send pricing"),
        ("nova met -> share the plan with Sato we fri", (), "share the plan with Sato"),
        ("nova met -> they send samples on Friday with the new label", (), "send samples with the new label"),
    ],
)
def test_with_behind_the_day_of_a_step_names_people(text: str, people: tuple[str, ...], step: str) -> None:
    line = read(text, "touchpoint", now=NOW, known=KNOWN)
    assert line.people == people
    assert [each.text for each in line.steps] == [step]


def test_the_day_of_the_step_is_kept() -> None:
    line = read("nova call -> we send the plan 9 Jul with Sato", "touchpoint", now=NOW, known=KNOWN)
    assert line.steps[0].due == date(2027, 7, 9)
