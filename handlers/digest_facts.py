"""What a manager's week is read from, and which statements it yields: facts in, items out, nothing told yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import signals
from handlers.calendar import Calendar, elapsed_days
from handlers.hours import calendar_of
from handlers.signals import Contact, Finding, Open, Record, Step
from handlers.text import Texts, Value
from storage import digests, friction, meetings, people, touchpoints
from storage.friction import Sentence
from storage.meetings import Coming
from storage.models import Alliance, Member, NextStep, Touchpoint
from storage.viewer import Viewer

SOON, AHEAD = 7, 90
OVERDUE = 14
BACKUP_BY = 30
MOVED_KINDS = ("executive", "steering", "poc", "visit", "event")

Told = frozenset[tuple[str, str, str]]
"""(alliance, key, word) of what an earlier week said."""
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Item:
    """One statement: a catalogue key, numbers, ISO days and stable words; its text is read from the record `ref`.

    `kind` says what `ref` is: friction, step, touchpoint, or "" where there is none.
    """

    section: str
    alliance_id: str
    key: str
    values: dict[str, int | str] = field(default_factory=dict[str, int | str])
    kind: str = ""
    ref: str = ""


@dataclass(frozen=True)
class Facts:
    """A manager's open alliances with all that a digest or a drill-down says of them, as the manager may see it.

    `coming` are the planned meetings of 90 days, `zone` where the manager is, `ours` the names of colleagues.
    """

    today: date
    zone: str
    cal: Calendar
    alliances: tuple[Alliance, ...]
    contacts: Mapping[str, list[Touchpoint]]
    people: Mapping[str, list[str]]
    last: Mapping[str, date]
    steps: Mapping[str, list[NextStep]]
    sentences: Mapping[str, list[Sentence]]
    solved: Mapping[str, list[Sentence]]
    coming: Mapping[str, list[Coming]]
    held: Mapping[str, frozenset[str]]
    ours: frozenset[str]


def read(session: Session, viewer: Viewer, reader: Member, now: datetime) -> Facts:
    """Everything about the alliances that `reader` answers for, in a fixed number of queries."""
    org = reader.organisation_id
    company = people.organisation(session, org)
    zone = people.zone_of(reader, company)
    today = now.astimezone(ZoneInfo(zone)).date()
    rows = tuple(digests.managed(session, viewer))
    ids = [row.id for row in rows]
    contacts = digests.contacts(session, viewer, ids, today - timedelta(days=signals.WINDOW + 30))
    steps = digests.steps(session, viewer, ids, today - timedelta(days=signals.WINDOW))
    solved = friction.sentences(session, viewer, ids, closed_since=today - timedelta(days=SOON))
    ahead = meetings.between(session, org, now, now + timedelta(days=AHEAD))
    return Facts(
        today=today,
        zone=zone,
        cal=calendar_of(company),
        alliances=rows,
        contacts=_grouped(contacts, lambda row: row.alliance_id),
        people=touchpoints.people_of(session, org, [row.id for row in contacts]),
        last=digests.last_days(session, viewer, ids),
        steps=_grouped(steps, lambda row: row.alliance_id),
        sentences=_grouped(friction.sentences(session, viewer, ids), lambda row: row.alliance_id),
        solved=_grouped(solved, lambda row: row.alliance_id),
        coming=_grouped(ahead, lambda row: row.meeting.alliance_id),
        held=digests.held(session, org, ids),
        ours=frozenset(member.name for member in people.members(session, org)),
    )


def _grouped(rows: Sequence[_Row], key: Callable[[_Row], str]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


# ---------------------------------------------------------------- signals


def record_of(facts: Facts, alliance: Alliance) -> Record:
    """What the log says about one alliance, for the signals."""
    contacts = [
        Contact(row.on, tuple(name for name in facts.people.get(row.id, []) if name not in facts.ours))
        for row in facts.contacts.get(alliance.id, [])
    ]
    if not contacts and alliance.id in facts.last:
        contacts.append(Contact(facts.last[alliance.id]))
    return Record(
        started_on=alliance.started_on,
        cadence_days=alliance.cadence_days,
        purpose=alliance.purpose,
        purpose_confirmed_on=alliance.purpose_confirmed_on,
        contacts=tuple(contacts),
        friction=tuple(Open(each.on, each.severity, each.category) for each in facts.sentences.get(alliance.id, [])),
        steps=tuple(
            Step(row.side, row.due, row.done_on) for row in facts.steps.get(alliance.id, []) if row.due is not None
        ),
    )


def findings_of(facts: Facts, alliance: Alliance) -> tuple[Finding, ...]:
    """The signals of one alliance."""
    return signals.all_of(record_of(facts, alliance), facts.cal, facts.today)


def rests(facts: Facts, alliance: Alliance) -> bool:
    """Whether it was agreed to leave the alliance in peace for now."""
    until = alliance.paused_until
    return alliance.stage == "paused" or (until is not None and until >= facts.today)


def filled(t: Texts, values: Mapping[str, int | str]) -> dict[str, Value]:
    """Stored values as words of the language: days, categories, severities and kinds."""
    found: dict[str, Value] = {}
    for name, value in values.items():
        match name:
            case "day" | "next_day":
                found[name] = date.fromisoformat(str(value))
            case "category":
                found[name] = t(f"friction.category.{value or 'UNKNOWN'}")
            case "severity":
                found[name] = t(f"friction.severity.{value}")
            case "kind" | "next_kind":
                found[name] = t(f"kind.{value}")
            case _:
                found[name] = value
    return found


# ---------------------------------------------------------------- statements


def items_of(facts: Facts, before: Told) -> list[Item]:
    """Every statement of the week in order of weight; what was told the week before isn't asked again."""
    asks = [item for row in facts.alliances for item in _asks(facts, row, before)]
    asked = {(item.alliance_id, item.key) for item in asks}
    return [
        *sorted(asks, key=_weight),
        *_near(facts, range(SOON + 1), "near"),
        *_watch(facts, before, asked),
        *_moved(facts),
        *_near(facts, range(SOON + 1, AHEAD + 1), "dates"),
        *_quiet(facts),
    ]


_ORDER = (
    "digest.ask.friction",
    "digest.ask.no_lead",
    "digest.ask.paused",
    "digest.ask.overdue",
    "digest.ask.no_backup",
)


def _weight(item: Item) -> tuple[int, int, int]:
    severity, days = int(item.values.get("severity", 0)), int(item.values.get("days", 0))
    return _ORDER.index(item.key), -severity, -days


def _asks(facts: Facts, row: Alliance, before: Told) -> Iterable[Item]:
    for each in facts.sentences.get(row.id, []):
        if each.state == "open":
            values: dict[str, int | str] = {"severity": each.severity, "days": (facts.today - each.on).days}
            yield Item("asks", row.id, "digest.ask.friction", values, "friction", each.id)
    held = facts.held.get(row.id, frozenset[str]())
    if "lead" not in held:
        yield Item("asks", row.id, "digest.ask.no_lead")
    elif "backup" not in held and _alone_for_long(facts, row, before):
        yield Item("asks", row.id, "digest.ask.no_backup")
    if rests(facts, row):
        if row.paused_until is not None and (row.paused_until - facts.today).days <= SOON:
            yield Item("asks", row.id, "digest.ask.paused", {"day": row.paused_until.isoformat()})
        return
    yield from _overdue(facts, row)


def _alone_for_long(facts: Facts, row: Alliance, before: Told) -> bool:
    asked = (row.id, "digest.ask.no_backup", "") in before
    return not asked and (facts.today - row.started_on).days >= BACKUP_BY


def _overdue(facts: Facts, row: Alliance) -> Iterable[Item]:
    for step in facts.steps.get(row.id, []):
        ours = step.side == "ours" and step.state == "accepted"
        if ours and step.due is not None and elapsed_days(facts.cal, step.due, facts.today) > OVERDUE:
            yield Item("asks", row.id, "digest.ask.overdue", {"days": (facts.today - step.due).days}, "step", step.id)
            return


def _near(facts: Facts, days: range, section: str) -> list[Item]:
    """Planned meetings that lie `days` ahead, the next one of each series."""
    found: dict[str, tuple[date, Item]] = {}
    known = {row.id for row in facts.alliances}
    for alliance_id, coming in facts.coming.items():
        for each in coming:
            day = each.at.astimezone(ZoneInfo(facts.zone)).date()
            if alliance_id in known and (day - facts.today).days in days:
                values: dict[str, int | str] = {"day": day.isoformat(), "kind": each.meeting.kind}
                item = Item(section, alliance_id, "digest.date.meeting", values)
                found.setdefault(each.meeting.id, (day, item))
    if section == "dates":
        # A series that was named as near needs no second date.
        soon = {each.meeting.id for rows in facts.coming.values() for each in rows if _is_soon(facts, each)}
        found = {meeting: pair for meeting, pair in found.items() if meeting not in soon}
    return [item for _, item in sorted(found.values(), key=lambda pair: (pair[0], pair[1].alliance_id))]


def _is_soon(facts: Facts, each: Coming) -> bool:
    return (each.at.astimezone(ZoneInfo(facts.zone)).date() - facts.today).days <= SOON


def _watch(facts: Facts, before: Told, asked: set[tuple[str, str]]) -> list[Item]:
    """What the signals say, act before watch; a watch is announced once, silence has its own section."""
    found: list[tuple[bool, bool, Item]] = []
    for row in facts.alliances:
        if rests(facts, row):
            continue
        for finding in signals.striking(findings_of(facts, row)):
            told = (row.id, finding.key, finding.word) in before
            if _said_elsewhere(row, finding, asked) or (told and finding.word == "watch"):
                continue
            values = {**finding.holes, "lens": finding.lens, "word": finding.word, **_next(facts, row)}
            found.append((told, finding.word != "act", Item("watch", row.id, finding.key, values)))
    return [item for _, _, item in sorted(found, key=lambda each: each[:2])]


def _said_elsewhere(row: Alliance, finding: Finding, asked: set[tuple[str, str]]) -> bool:
    match finding.signal:
        case "cadence":
            return True
        case "friction_age":
            return (row.id, "digest.ask.friction") in asked
        case "next_steps":
            return (row.id, "digest.ask.overdue") in asked
        case _:
            return False


def _next(facts: Facts, row: Alliance) -> dict[str, int | str]:
    """The next meeting, where something can be said: the move that the digest proposes."""
    coming = facts.coming.get(row.id, [])
    if not coming:
        return {}
    day = coming[0].at.astimezone(ZoneInfo(facts.zone)).date()
    return {"next_day": day.isoformat(), "next_kind": coming[0].meeting.kind}


def _moved(facts: Facts) -> list[Item]:
    """What was solved, which talks stood out, what was done in the last seven days; one of each alliance first."""
    since = facts.today - timedelta(days=SOON)
    first: list[Item] = []
    more: list[Item] = []
    for row in facts.alliances:
        found = [
            *(Item("moved", row.id, "digest.moved.solved", {}, "friction", each.id) for each in _solved(facts, row)),
            *(
                Item(
                    "moved",
                    row.id,
                    "digest.moved.contact",
                    {"day": each.on.isoformat(), "kind": each.kind},
                    "touchpoint",
                    each.id,
                )
                for each in facts.contacts.get(row.id, [])
                if each.kind in MOVED_KINDS and each.on >= since and each.summary
            ),
            *(
                Item("moved", row.id, "digest.moved.done", {}, "step", each.id)
                for each in facts.steps.get(row.id, [])
                if each.done_on is not None and each.done_on >= since
            ),
        ]
        first.extend(found[:1])
        more.extend(found[1:])
    return first + more


def _solved(facts: Facts, row: Alliance) -> list[Sentence]:
    return [each for each in facts.solved.get(row.id, []) if each.state == "resolved"]


def _quiet(facts: Facts) -> list[Item]:
    """Silence beyond the agreed rhythm, the longest first, and what rests."""
    found: list[tuple[float, Item]] = []
    for row in facts.alliances:
        if rests(facts, row):
            values: dict[str, int | str] = {"day": row.paused_until.isoformat()} if row.paused_until else {}
            key = "digest.quiet.paused.until" if row.paused_until else "digest.quiet.paused"
            found.append((0, Item("quiet", row.id, key, values)))
            continue
        finding = signals.cadence(record_of(facts, row), facts.cal, facts.today)
        days = int(finding.values["days"])
        ratio = days / max(row.cadence_days, 1)
        if finding.word in ("watch", "act"):
            values = {"days": days, "cadence": row.cadence_days}
            found.append((ratio, Item("quiet", row.id, "digest.quiet.gap", values)))
        elif finding.word == "nodata" and ratio > 1:
            found.append((ratio, Item("quiet", row.id, "digest.quiet.none", {"days": days})))
    return [item for _, item in sorted(found, key=lambda pair: -pair[0])]
