"""The signals of one alliance: a lens, a word and one sentence of evidence each, from plain facts (domain.md §3.8).

No score, no ranking, nothing about a person of ours. Due and windows count days minus holidays, the ages that are
shown are true calendar days (decision 5). Every threshold is a default that pilots may tune.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from handlers.calendar import Calendar, elapsed_days

Word = Literal["ok", "watch", "act", "nodata"]
Lens = Literal["purpose", "relation", "progress", "inside"]
Values = dict[str, int | str]

LENSES: tuple[Lens, ...] = ("purpose", "relation", "progress", "inside")
SYMBOLS: dict[Word, str] = {"ok": "○", "watch": "△", "act": "●", "nodata": "–"}
"""Never colour alone: each word has its sign."""
WINDOW = 90
RATE_WINDOW = 60
_FEWEST_CONTACTS = 3
_FEWEST_STEPS = 5
_LONG_OVERDUE = 14
_GRAVITY: dict[Word, int] = {"act": 3, "watch": 2, "ok": 1, "nodata": 0}


@dataclass(frozen=True)
class Contact:
    """An interactive, not cancelled touchpoint; `people` are the names of theirs that were given with it."""

    on: date
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class Open:
    """An open friction note of severity 2–3."""

    on: date
    severity: int
    category: str = ""


@dataclass(frozen=True)
class Step:
    """A dated next step, live (`done_on` None) or done."""

    side: str
    due: date
    done_on: date | None = None


@dataclass(frozen=True)
class Record:
    """What the log says about one alliance: contacts of the last 90 days and at least the last one, and so on."""

    started_on: date
    cadence_days: int
    purpose: str = ""
    purpose_confirmed_on: date | None = None
    contacts: tuple[Contact, ...] = ()
    friction: tuple[Open, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One signal: `key` is the catalogue key of its sentence, `values` its holes: numbers and stable words, and n."""

    signal: str
    lens: Lens
    word: Word
    key: str
    n: int
    values: Values = field(default_factory=dict[str, int | str])

    @property
    def holes(self) -> Values:
        """What the sentence is filled with."""
        return {"n": self.n, **self.values}


def cadence(record: Record, cal: Calendar, today: date) -> Finding:
    """Days since the last contact over the agreed rhythm: ok ≤1.25, watch ≤2, act beyond; without any: no data."""
    n = _recent(record, cal, today)
    if not record.contacts:
        return Finding(
            "cadence", "relation", "nodata", "signal.cadence.none", n, {"days": (today - record.started_on).days}
        )
    last = max(contact.on for contact in record.contacts)
    elapsed, agreed = elapsed_days(cal, last, today), max(record.cadence_days, 1)
    word: Word = "ok" if elapsed * 4 <= agreed * 5 else "watch" if elapsed <= agreed * 2 else "act"
    values: Values = {"days": (today - last).days, "cadence": record.cadence_days}
    return Finding("cadence", "relation", word, "signal.cadence.gap", n, values)


def breadth(record: Record, cal: Calendar, today: date, *, small: bool = True) -> Finding:
    """How many of theirs we met in 90 days, from at least 3 contacts; nobody named at all is no data.

    Levels aren't known from names alone, so they don't enter. `small` is the scale for a small partner, which is
    taken while nobody has said how large they are.
    """
    near = [contact for contact in record.contacts if elapsed_days(cal, contact.on, today) <= WINDOW]
    names = {name for contact in near for name in contact.people}
    if len(near) < _FEWEST_CONTACTS or not names:
        return Finding("breadth", "relation", "nodata", "signal.breadth.few", len(near))
    enough, thin = (2, 1) if small else (3, 2)
    word: Word = "ok" if len(names) >= enough else "watch" if len(names) >= thin else "act"
    return Finding("breadth", "relation", word, "signal.breadth.people", len(near), {"people": len(names)})


def purpose_fresh(record: Record, cal: Calendar, today: date) -> Finding:
    """Days since the purpose was confirmed: ok ≤90, watch ≤120, act beyond or where there is none."""
    if not record.purpose.strip():
        return Finding("purpose_fresh", "purpose", "act", "signal.purpose_fresh.empty", 0)
    since = record.purpose_confirmed_on or record.started_on
    elapsed = elapsed_days(cal, since, today)
    word: Word = "ok" if elapsed <= 90 else "watch" if elapsed <= 120 else "act"
    return Finding("purpose_fresh", "purpose", word, "signal.purpose_fresh.age", 1, {"days": (today - since).days})


def friction_age(record: Record, cal: Calendar, today: date) -> Finding:
    """The oldest open notes: ok sev3 ≤7 and sev2 ≤21 days, watch ≤14 and ≤45, act beyond; never their number."""
    grave = [note for note in record.friction if note.severity >= 2]
    if not grave:
        n = _recent(record, cal, today)
        calm: Word = "ok" if n >= _FEWEST_CONTACTS else "nodata"
        return Finding("friction_age", "progress", calm, "signal.friction_age.none", n)
    judged: list[tuple[Word, Open]] = [(_aged(note, cal, today), note) for note in grave]
    word, note = max(judged, key=lambda pair: (_GRAVITY[pair[0]], pair[1].severity, -pair[1].on.toordinal()))
    values: Values = {"days": (today - note.on).days, "category": note.category, "severity": note.severity}
    return Finding("friction_age", "progress", word, "signal.friction_age.age", len(grave), values)


def next_steps(record: Record, cal: Calendar, today: date) -> Finding:
    """Kept promises of 60 days (from 5 on) and what is overdue: act <60 % or ours overdue >14 days, ok ≥80 % and ≤1."""
    overdue = [step for step in record.steps if step.done_on is None and step.due < today]
    ours = [step for step in overdue if step.side == "ours"]
    judged = [step for step in record.steps if step.due <= today and elapsed_days(cal, step.due, today) <= RATE_WINDOW]
    kept = sum(1 for step in judged if step.done_on is not None and step.done_on <= step.due)
    late = max(((today - step.due).days for step in overdue), default=0)
    long_ours = any(elapsed_days(cal, step.due, today) > _LONG_OVERDUE for step in ours)
    word = _kept_word(len(judged), kept, len(overdue), long_ours=long_ours)
    key = "overdue" if overdue else "kept" if word != "nodata" else "few"
    values: Values = {"overdue": len(overdue), "ours": len(ours), "days": late, "kept": kept}
    return Finding("next_steps", "progress", word, f"signal.next_steps.{key}", len(judged), values)


def all_of(record: Record, cal: Calendar, today: date) -> tuple[Finding, ...]:
    """Every signal of an alliance, in the order of the lenses."""
    return (
        purpose_fresh(record, cal, today),
        cadence(record, cal, today),
        breadth(record, cal, today),
        friction_age(record, cal, today),
        next_steps(record, cal, today),
    )


def worst(findings: Iterable[Finding]) -> Finding | None:
    """The finding that a lens shows: the gravest, the first of equal ones; None of nothing."""
    return max(findings, key=lambda each: _GRAVITY[each.word], default=None)


def by_lens(findings: Sequence[Finding]) -> dict[Lens, Finding | None]:
    """What each lens shows; a lens without any signal shows None (記録不足)."""
    return {lens: worst(each for each in findings if each.lens == lens) for lens in LENSES}


def striking(findings: Iterable[Finding]) -> list[Finding]:
    """What asks for attention, act before watch."""
    found = [each for each in findings if each.word in ("act", "watch")]
    return sorted(found, key=lambda each: -_GRAVITY[each.word])


def _aged(note: Open, cal: Calendar, today: date) -> Word:
    soon, late = (7, 14) if note.severity >= 3 else (21, 45)
    elapsed = elapsed_days(cal, note.on, today)
    return "ok" if elapsed <= soon else "watch" if elapsed <= late else "act"


def _kept_word(judged: int, kept: int, overdue: int, *, long_ours: bool) -> Word:
    enough = judged >= _FEWEST_STEPS
    if long_ours or (enough and kept * 10 < judged * 6):
        return "act"
    if overdue > 1 or (enough and kept * 10 < judged * 8):
        return "watch"
    return "ok" if enough else "nodata"


def _recent(record: Record, cal: Calendar, today: date) -> int:
    return sum(1 for contact in record.contacts if elapsed_days(cal, contact.on, today) <= WINDOW)
