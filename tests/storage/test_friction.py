"""Friction rows: what managers may know of them, and what a wish for visibility means."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest

from storage import db, friction, people
from storage.friction import Count, Reach
from storage.ids import new_id
from storage.models import Friction, Member
from tests.factories import MONDAY
from tests.handlers.friction_people import Company, company


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def write(at: Company, author: Member, text: str = "返信が遅い", **values: object) -> Friction:
    row = Friction(
        id=new_id(MONDAY),
        organisation_id=at.org,
        alliance_id=at.nova.id,
        entry_id=at.entry(author).id,
        author_id=author.id,
        on=date(2026, 7, 1),
        text=text,
        category="COMMS",
        severity=0,
        created_at=MONDAY,
    )
    for name, value in values.items():
        setattr(row, name, value)
    return db.add(at.session, row)


def test_counts_need_three_authors_and_leave_out_private_graver_and_closed_ones(nova: Company) -> None:
    authors = [nova.lead, *nova.team]
    for author in authors[:2]:
        write(nova, author)
    write(nova, authors[0])
    assert friction.counts_of(nova.session, nova.org, [nova.nova.id]) == []
    write(nova, authors[2], visibility="private")
    write(nova, authors[2], severity=2)
    write(nova, authors[2], state="resolved")
    write(nova, authors[2], undone_at=MONDAY)
    assert friction.counts_of(nova.session, nova.org, [nova.nova.id]) == []
    write(nova, authors[2], severity=1)
    assert friction.counts_of(nova.session, nova.org, [nova.nova.id]) == [Count("COMMS", 4)]
    assert friction.counts_of(nova.session, nova.org, []) == []
    assert friction.counts_of(nova.session, nova.org, [nova.nova.id], since=date(2026, 7, 2)) == []


def test_a_manager_reads_approved_sentences_only(nova: Company) -> None:
    manager = people.viewer_of(nova.session, nova.manager)
    waiting = write(nova, nova.lead, "分担が決まらない", severity=3, widening="pending")
    small = write(nova, nova.lead, severity=1)
    assert friction.get(nova.session, manager, waiting.id) is None
    assert friction.get(nova.session, manager, small.id) is None
    assert friction.sentences(nova.session, manager, [nova.nova.id]) == []
    friction.widen(nova.session, waiting, "managers", by=nova.lead.id, now=MONDAY)
    (sentence,) = friction.sentences(nova.session, manager, [nova.nova.id])
    assert (sentence.text, sentence.severity) == ("分担が決まらない", 3)
    assert not hasattr(sentence, "author_id")
    stranger = people.viewer_of(nova.session, nova.stranger)
    assert friction.sentences(nova.session, stranger, [nova.nova.id]) == []


def test_sentences_keep_the_approved_words_of_what_was_closed_with_other_ones(nova: Company) -> None:
    row = write(nova, nova.lead, "分担が決まらない", severity=2, widening="pending")
    friction.widen(nova.session, row, "managers", by=nova.lead.id, now=MONDAY)
    closing = {"text": "分担が決まらない\n→ 内輪の話", "state": "resolved", "closed_on": date(2026, 7, 6)}
    friction.revise(nova.session, row, closing, by=nova.lead.id, now=MONDAY)
    manager = people.viewer_of(nova.session, nova.manager)
    assert friction.sentences(nova.session, manager, [nova.nova.id]) == []
    (closed,) = friction.sentences(nova.session, manager, [nova.nova.id], closed_since=date(2026, 7, 1))
    assert closed.text == "分担が決まらない"


def test_the_gravest_and_oldest_stand_first_and_a_private_one_is_its_authors_alone(nova: Company) -> None:
    write(nova, nova.lead, "a", severity=1)
    write(nova, nova.lead, "b", severity=2, on=date(2026, 6, 1))
    write(nova, nova.lead, "c", severity=2, on=date(2026, 5, 1), visibility="private")
    write(nova, nova.lead, "d", severity=2, on=date(2026, 6, 20))
    viewer = people.viewer_of(nova.session, nova.lead)
    assert [row.text for row in friction.open_of(nova.session, viewer, nova.nova.id)] == ["c", "b", "d", "a"]
    assert friction.open_of(nova.session, viewer, nova.lumina.id) == []
    mate = people.viewer_of(nova.session, nova.team[0])
    assert [row.text for row in friction.open_of(nova.session, mate, None)] == ["b", "d", "a"]


def approved(text: str = "a", visibility: str = "managers", severity: int = 2) -> Friction:
    return Friction(
        id="f", organisation_id="o", alliance_id="a", entry_id="e", author_id="m", on=date(2026, 7, 1), text=text,
        severity=severity, visibility=visibility, widening="approved", approved_text=text, created_at=MONDAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "severity", "expected"),
    [
        ("team", 0, Reach("team", "none")),
        ("managers", 1, Reach("team", "none")),
        ("team", 2, Reach("team", "pending")),
        ("managers", 3, Reach("team", "pending")),
        ("private", 3, Reach("private", "none")),
    ],
)
def test_a_new_note_waits_for_the_word_of_its_author_from_severity_2_on(
    wanted: str, severity: int, expected: Reach
) -> None:
    assert friction.reach(wanted, severity=severity, text="a") == expected


def test_an_approved_sentence_stays_as_long_as_it_is_the_same() -> None:
    was = approved()
    assert friction.reach("managers", severity=3, text="a", was=was) == Reach("managers", "approved")
    assert friction.reach("managers", severity=2, text="b", was=was) == Reach("team", "pending")
    assert friction.reach("managers", severity=1, text="a", was=was) == Reach("team", "none")
    assert friction.reach("team", severity=2, text="a", was=was) == Reach("team", "kept")
    open_to_all = approved(visibility="internal", severity=1)
    assert friction.reach("internal", severity=1, text="a", was=open_to_all) == Reach("internal", "approved")
    assert friction.reach("internal", severity=1, text="b", was=open_to_all) == Reach("team", "none")
