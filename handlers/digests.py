"""The weekly digest: when a manager is told, each week once, and its lines by today's rights (decision 34)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import digest_card as cards
from handlers import signals
from handlers.digest_card import LONGEST, Section, Week, cut, width
from handlers.digest_facts import Item, Told, filled, items_of, read
from handlers.hours import calendar_of, hours_of, week_of, weekly
from handlers.message import Line, Message, Option, plain
from handlers.notice import Plan, Reader
from handlers.text import Texts, Value
from storage import digests, friction, nextsteps, people, touchpoints
from storage.models import Digest, Member, Outbox, Schedule
from storage.viewer import Viewer

MONDAY, AT = 0, time(8, 30)
SHOWN = 3
DATED = ("digest.ask.paused",)
"""What is asked because of a day that comes; the first line counts it with the meetings of the coming week."""
_EXPIRES = timedelta(days=4)


# ---------------------------------------------------------------- Monday


def next_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """Monday 08:30 of a manager (the schedule's subject), once a week, moved to the next working morning."""
    org = schedule.organisation_id
    reader = people.member(session, org, schedule.subject_id)
    if reader is None or not reader.active or not people.viewer_of(session, reader).manages:
        return None
    company = people.organisation(session, org)
    cal, hours = calendar_of(company), hours_of(reader, company)
    due, week = weekly(session, schedule, cal, hours, now=now, weekday=MONDAY, at=AT)
    about = about_week(reader.id, week)
    return Plan(due, week, member_id=reader.id, expires=due + _EXPIRES, subject_id=about, arguments={"week": week})


def about_week(reader_id: str, week: str) -> str:
    """The subject of a digest's message: one reader, one ISO week."""
    return f"{reader_id}:{week}"


def still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the reader answers for an alliance, else why not."""
    reader = people.member(session, row.organisation_id, row.member_id or "")
    if reader is None:
        return "gone"
    return "" if people.viewer_of(session, reader).manages else "manages_nothing"


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The week as it was first told, by today's rights; it is read from the records the first time."""
    person = reader.member
    if person is None:
        return None
    viewer = people.viewer_of(session, person)
    if not viewer.manages:
        return None
    today = now.astimezone(ZoneInfo(reader.zone)).date()
    week = str(row.arguments.get("week") or week_of(today))
    digest = digests.of_week(session, row.organisation_id, person.id, week)
    if digest is None:
        digest = tell(session, viewer, person, week=week, now=now)
    return cards.week(reader.t, shown(session, viewer, reader.t, digest))


def tell(session: Session, viewer: Viewer, reader: Member, *, week: str, now: datetime) -> Digest:
    """Read the week from the records and keep what it says: keys, numbers and record ids, no words of anybody."""
    org = reader.organisation_id
    facts = read(session, viewer, reader, now)
    ids = [row.id for row in facts.alliances]
    monday = facts.today - timedelta(days=facts.today.weekday() + 7)
    data = {
        "since": monday.isoformat(),
        "alliances": ids,
        "contacts": {each: len(facts.contacts.get(each, [])) for each in ids},
        "items": [asdict(item) for item in items_of(facts, told_in(digests.before(session, org, reader.id, week)))],
        "counts": [asdict(count) for count in friction.counts_of(session, org, ids)],
    }
    return digests.keep(session, org=org, reader_id=reader.id, week=week, data=data, now=now)


def told_in(digest: Digest | None) -> Told:
    """What an earlier week said: what is told once isn't told every week (domain.md §3.8)."""
    items = stored_items(digest) if digest else []
    return frozenset((item.alliance_id, item.key, str(item.values.get("word", ""))) for item in items)


def stored_items(digest: Digest) -> list[Item]:
    """The statements of a stored week."""
    return [Item(**each) for each in cast("list[dict[str, Any]]", digest.data.get("items", []))]


# ---------------------------------------------------------------- lines


def shown(session: Session, viewer: Viewer, t: Texts, digest: Digest) -> Week:
    """A stored week as its reader may see it today: alliances they answer for, records they may still read."""
    told = cast("list[str]", digest.data["alliances"])
    names = {row.id: row.name for row in digests.managed(session, viewer) if row.id in told}
    lines: dict[str, list[Line]] = {}
    places: dict[str, str] = {}
    asked: Counter[str] = Counter()
    for item in stored_items(digest):
        line = line_of_item(session, viewer, t, item, names=names)
        if line is not None:
            lines.setdefault(item.section, []).append(line)
            places[item.alliance_id] = names[item.alliance_id]
            asked.update([item.section, *(["dated"] if item.key in DATED else [])])
    since = date.fromisoformat(str(digest.data["since"]))
    # They were counted over all alliances at once: no part of them belongs to those that are left.
    counts = cast("list[dict[str, Any]]", digest.data["counts"]) if set(told) <= viewer.manages else []
    contacts = cast("dict[str, int]", digest.data["contacts"])
    return Week(
        id=digest.id,
        since=since,
        until=since + timedelta(days=4),
        sections=_sections(t, lines, [count(t, each["category"], each["n"]) for each in counts]),
        decisions=asked["asks"] - asked["dated"],
        near=asked["dated"] + asked["near"],
        alliances=len(names),
        contacts=sum(contacts.get(each, 0) for each in names),
        places=tuple(Option(alliance_id, name) for alliance_id, name in places.items()),
        acknowledged=digest.acknowledged_at is not None,
    )


def _sections(t: Texts, lines: Mapping[str, list[Line]], counts: list[Line]) -> tuple[Section, ...]:
    asks = lines.get("asks", [])
    shown_asks = asks[:SHOWN]
    if len(asks) > SHOWN:
        shown_asks.append(t.line("digest.ask.more", n=len(asks) - SHOWN))
    if near := lines.get("near", []):
        shown_asks.append(_joined(t, "digest.ask.near", near))
    dates, quiet = lines.get("dates", [])[:SHOWN], lines.get("quiet", [])
    return (
        Section("asks", tuple(shown_asks)),
        Section("watch", tuple(lines.get("watch", [])[:SHOWN])),
        Section("moved", tuple(lines.get("moved", [])[:SHOWN])),
        Section("dates", (_joined(t, "digest.joined", dates),) if dates else ()),
        Section("counts", (_joined(t, "digest.joined", counts),) if counts else ()),
        Section("quiet", (_joined(t, "digest.joined", quiet),) if quiet else ()),
    )


def _joined(t: Texts, key: str, lines: list[Line]) -> Line:
    """As many as fit into one line, and how many more there are."""
    for number in range(len(lines), 1, -1):
        items = t.join_lines(lines[:number])
        if number < len(lines):
            items = t.line("digest.joined.more", items=items, n=len(lines) - number)
        line = t.line(key, items=items)
        if width(plain(line)) <= LONGEST:
            return line
    if len(lines) == 1:
        return t.line(key, items=lines[0])
    return t.line(key, items=t.line("digest.joined.more", items=lines[0], n=len(lines) - 1))


def count(t: Texts, category: str, n: int) -> Line:
    """How many small notes a category has; never their text (decision 10)."""
    return t.line("digest.count", category=t(f"friction.category.{category or 'UNKNOWN'}"), n=n)


def line_of_item(session: Session, viewer: Viewer, t: Texts, item: Item, *, names: Mapping[str, str]) -> Line | None:
    """One statement in at most 60 full-width characters; None where its reader may not read what it says."""
    if item.alliance_id not in names:
        return None
    text = text_of(session, viewer, item)
    if text is None:
        return None
    values = filled(t, item.values)
    if item.section == "watch":
        return _watch_line(t, item, values, names[item.alliance_id])
    line = t.line(item.key, alliance=names[item.alliance_id], text=text, **values)
    over = width(plain(line)) - LONGEST
    if over <= 0:
        return line
    return t.line(item.key, alliance=names[item.alliance_id], text=cut(text, width(text) - over), **values)


def _watch_line(t: Texts, item: Item, values: dict[str, Value], alliance: str) -> Line:
    word, lens = str(item.values.get("word")), str(item.values.get("lens"))
    sign = next((sign for name, sign in signals.SYMBOLS.items() if name == word), "")
    holes: dict[str, Value] = {"sign": sign, "alliance": alliance, "lens": t(f"lens.{lens}")}
    holes["sentence"] = t(item.key, **values)
    if "next_day" in values:
        line = t.line("digest.watch.next", day=values["next_day"], kind=values["next_kind"], **holes)
        if width(plain(line)) <= LONGEST:
            return line
    return t.line("digest.watch", **holes)


def text_of(session: Session, viewer: Viewer, item: Item) -> str | None:
    """The words of the record behind a statement, "" where it has none, None where they may not be read any more."""
    match item.kind:
        case "friction":
            note = friction.get(session, viewer, item.ref)
            approved = note is not None and note.widening == "approved" and note.visibility in ("managers", "internal")
            return note.approved_text if note is not None and approved else None
        case "step":
            step = nextsteps.get(session, viewer, item.ref)
            return step.text if step is not None else None
        case "touchpoint":
            contact = touchpoints.get(session, viewer, item.ref)
            return contact.summary if contact is not None else None
        case _:
            return ""
