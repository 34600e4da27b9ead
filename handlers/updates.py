"""Progress updates: whose turn it is on Thursday, the drafts from the log, and what is posted after the tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from handlers import digest_facts, lookup, signals
from handlers.hours import calendar_of, hours_of, local_day, week_of, weekly
from handlers.message import Message
from handlers.notice import Plan, Reader
from handlers.text import Texts
from handlers.update_card import Asked, Draft, Post, Slot, answered, post, prompt, public, question
from storage import alliances, friction, nextsteps, people, rooms, updates
from storage.ids import new_id
from storage.models import Alliance, Member, Outbox, ProgressUpdate, Schedule
from storage.viewer import Viewer

THURSDAY, AT = 3, time(16)
AT_MOST = 2
OPEN = "drafted"
SLACK = 3
"""Days by which a Thursday may come too early: a fortnight counted from a Friday is over on the Thursday before."""
LOOK_BACK = 28
ROTATION = (("progress", "ask"), ("learning", "worry"), ("small_win", "next"))
"""Two of the six slots in turn (domain.md §4.3)."""
_RESTING = ("theme", "scout", "paused", "closed")
_EXPIRES = timedelta(days=4)


# ---------------------------------------------------------------- Thursday


def next_due(session: Session, schedule: Schedule, now: datetime) -> Plan | None:
    """Thursday 16:00 of the lead (the schedule's subject), once a week."""
    org = schedule.organisation_id
    lead = people.member(session, org, schedule.subject_id)
    if lead is None or not lead.active or not alliances.led_by(session, org, lead.id):
        return None
    company = people.organisation(session, org)
    cal, hours = calendar_of(company), hours_of(lead, company)
    due, week = weekly(session, schedule, cal, hours, now=now, weekday=THURSDAY, at=AT)
    about = updates.prompt_of(lead.id, week)
    return Plan(due, week, member_id=lead.id, expires=due + _EXPIRES, subject_id=about, arguments={"week": week})


def still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the lead has something to share, else why not."""
    lead = people.member(session, row.organisation_id, row.member_id or "")
    if lead is None:
        return "gone"
    week, today = _week(session, row, lead, now)
    if updates.of_week(session, row.organisation_id, lead.id, week):
        return ""
    return "" if turn_of(session, lead, week, today) else "nothing_to_share"


def compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The drafts of the week, kept when they are first told: what is tapped is what was read."""
    lead = reader.member
    if lead is None:
        return None
    week, today = _week(session, row, lead, now)
    rows = updates.of_week(session, row.organisation_id, lead.id, week)
    if not rows:
        viewer = people.viewer_of(session, lead)
        chosen = turn_of(session, lead, week, today)
        # A millisecond apart, so that their ids keep the order when they are read again.
        moments = [now + timedelta(milliseconds=number) for number in range(len(chosen))]
        rows = [
            draft(session, viewer, each, week=week, t=reader.t, now=moment, today=today)
            for each, moment in zip(chosen, moments, strict=True)
        ]
    drafts = [
        replace(facts, monday=_monday(session, lead, each.alliance_id, reader.t, now)) if facts.state == OPEN else facts
        for each in rows
        if (facts := draft_of(session, each)) is not None
    ]
    return prompt(reader.t, tuple(drafts)) if drafts else None


def _monday(session: Session, lead: Member, alliance_id: str, t: Texts, now: datetime) -> str:
    """What a manager's digest would say of the alliance: the lead reads it first, and may put it right by logging."""
    viewer = Viewer(lead.organisation_id, "", manages=frozenset({alliance_id}))
    facts = digest_facts.read(session, viewer, lead, now)
    for alliance in facts.alliances:
        for finding in signals.striking(digest_facts.findings_of(facts, alliance)):
            sentence = t(finding.key, **digest_facts.filled(t, finding.holes))
            return t("update.monday.says", lens=t(f"lens.{finding.lens}"), sentence=sentence)
    return ""


def _week(session: Session, row: Outbox, lead: Member, now: datetime) -> tuple[str, date]:
    company = people.organisation(session, row.organisation_id)
    today = local_day(hours_of(lead, company), now)
    return str(row.arguments.get("week") or week_of(today)), today


def turn_of(session: Session, lead: Member, week: str, today: date) -> list[Alliance]:
    """At most two of the lead's alliances whose update is due, those longest unshared first.

    One that was asked about and got no answer rests as if it had been shared: nobody is asked the same every week,
    and it doesn't keep the others from their turn.
    """
    org = lead.organisation_id
    led = [each for each in alliances.led_by(session, org, lead.id) if each.stage not in _RESTING]
    ids = [each.id for each in led]
    shared, weeks = updates.last_shared(session, org, ids), updates.weeks_of(session, org, ids)
    since = {each.id: shared[each.id].date() if each.id in shared else each.started_on for each in led}
    for alliance_id, asked in weeks.items():
        since[alliance_id] = max(since[alliance_id], *(_thursday(told) for told, _ in asked))
    due = [
        each
        for each in led
        if (today - since[each.id]).days >= each.update_every_days - SLACK
        and not any(told == week for told, _ in weeks.get(each.id, []))
        and (each.paused_until is None or each.paused_until < today)
    ]
    return sorted(due, key=lambda each: (since[each.id], each.key))[:AT_MOST]


def _thursday(week: str) -> date:
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), THURSDAY + 1)


# ---------------------------------------------------------------- drafts


def draft(
    session: Session, viewer: Viewer, alliance: Alliance, *, week: str, t: Texts, now: datetime, today: date
) -> ProgressUpdate:
    """A new draft of an alliance, in the lead's language, from what the lead may read."""
    org = alliance.organisation_id
    shared = updates.last_shared(session, org, [alliance.id]).get(alliance.id)
    since = max(shared.date() if shared else alliance.started_on, today - timedelta(days=LOOK_BACK))
    found = material(session, viewer, alliance, t, since)
    count = len(updates.weeks_of(session, org, [alliance.id]).get(alliance.id, []))
    one, two = choose(count, found)
    return updates.draft(
        session,
        ProgressUpdate(
            id=new_id(now),
            organisation_id=org,
            alliance_id=alliance.id,
            lead_id=viewer.member_id,
            week=week,
            slot_one=one,
            text_one=found.get(one, ""),
            slot_two=two,
            text_two=found.get(two, ""),
            created_at=now,
        ),
    )


def choose(count: int, found: dict[str, str]) -> tuple[str, str]:
    """The pair of slots whose turn it is after `count` updates; the next one in turn where it would stay empty."""
    pairs = [ROTATION[(count + step) % len(ROTATION)] for step in range(len(ROTATION))]
    return next((pair for pair in pairs if any(found.get(slot) for slot in pair)), pairs[0])


def material(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, since: date) -> dict[str, str]:
    """Slot → words from the log since that day; colleagues' friction gives its category, unless they opened it."""
    found = {
        "progress": _progress(session, viewer, alliance, t, since),
        "small_win": _small_win(session, viewer, alliance, t, since),
        "next": _next(session, viewer, alliance, t),
        "ask": _unnamed(session, viewer, alliance),
        "worry": _worry(session, viewer, alliance, t),
    }
    return {slot: text for slot, text in found.items() if text}


def _progress(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, since: date) -> str:
    for contact in updates.contacts_since(session, viewer, alliance.id, since):
        if contact.summary and lookup.says_kind(contact.kind, contact.summary):
            return t("update.draft.progress.bare", day=contact.on, text=contact.summary)
        if contact.summary:
            return t("update.draft.progress", day=contact.on, kind=t(f"kind.{contact.kind}"), text=contact.summary)
    return ""


def _small_win(session: Session, viewer: Viewer, alliance: Alliance, t: Texts, since: date) -> str:
    done = updates.steps_since(session, viewer, alliance.id, since)
    if done:
        return t("update.draft.done", text=done[0].text)
    for note in updates.solved_since(session, viewer, alliance.id, since):
        if note.category:
            return t("update.draft.solved", category=t(f"friction.category.{note.category}"))
    return ""


def _next(session: Session, viewer: Viewer, alliance: Alliance, t: Texts) -> str:
    for step in nextsteps.open_of(session, viewer, alliance.id):
        if step.visibility != "private" and step.side != "open":
            side = t(f"update.draft.side.{step.side}")
            if step.due is None:
                return t("update.draft.next", side=side, text=step.text)
            return t("update.draft.next.due", side=side, text=step.text, day=step.due)
    return ""


def _unnamed(session: Session, viewer: Viewer, alliance: Alliance) -> str:
    steps = nextsteps.open_of(session, viewer, alliance.id)
    return next((step.text for step in steps if step.side == "open" and step.visibility != "private"), "")


def _worry(session: Session, viewer: Viewer, alliance: Alliance, t: Texts) -> str:
    """The gravest open note: the words of what is the lead's own or was opened by its author, else its category."""
    for note in friction.open_of(session, viewer, alliance.id):
        if note.severity < 1 or note.visibility == "private":
            continue
        if note.author_id == viewer.member_id or note.visibility == "internal":
            return note.text
        if note.visibility == "managers" and note.widening == "approved":
            return note.approved_text
        if note.category:
            return t("update.draft.worry", category=t(f"friction.category.{note.category}"))
    return ""


# ---------------------------------------------------------------- reading a draft


def slots_of(row: ProgressUpdate) -> tuple[Slot, ...]:
    """Both slots with their words."""
    return Slot(row.slot_one, row.text_one), Slot(row.slot_two, row.text_two)


def draft_of(session: Session, row: ProgressUpdate) -> Draft | None:
    """A draft as its lead sees it; None where the alliance is gone."""
    alliance = alliances.get(session, _clock(row.organisation_id), row.alliance_id)
    if alliance is None:
        return None
    linked = updates.rooms_of(session, row.organisation_id, row.alliance_id)
    return Draft(
        id=row.id,
        version=row.version,
        alliance=alliance.name,
        purpose=alliance.purpose,
        slots=slots_of(row),
        state=row.state,
        worry_internal=row.worry_internal,
        rooms=tuple(room.name for room in linked),
    )


def _clock(org: str) -> Viewer:
    return Viewer(org, "", system=True)


# ---------------------------------------------------------------- in the room


def still_posted(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the update is shared and the room is linked, else why not (also why its link is paused)."""
    update = updates.get(session, _clock(row.organisation_id), row.subject_id)
    if update is None or update.state != "shared":
        return "withdrawn"
    link = rooms.link_of(session, row.organisation_id, row.room_id or "")
    return link.paused_reason if link is not None and link.alliance_id == update.alliance_id else "unlinked"


def compose_post(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """What the room reads: public slots only."""
    return post_of(session, row.organisation_id, row.subject_id, reader.t)


def post_of(session: Session, org: str, update_id: str, t: Texts) -> Message | None:
    """The post of an update, also for its owner when a room couldn't take it."""
    update = updates.get(session, _clock(org), update_id)
    alliance = alliances.get(session, _clock(org), update.alliance_id) if update else None
    if update is None or alliance is None:
        return None
    slots = public(slots_of(update), worry_internal=update.worry_internal)
    return post(t, Post(update.id, alliance.name, alliance.purpose, slots)) if slots else None


# ---------------------------------------------------------------- questions


def asked_of(session: Session, org: str, question_id: str) -> Asked | None:
    """A question with its names, None where it is gone."""
    found = updates.question(session, org, question_id)
    if found is None:
        return None
    row, update = found
    alliance = alliances.get(session, _clock(org), update.alliance_id)
    asker, answerer = people.member(session, org, row.asker_id), people.member(session, org, update.lead_id)
    if alliance is None:
        return None
    names = (asker.name if asker else "", answerer.name if answerer else "")
    return Asked(row.id, alliance.name, names[0], row.text, row.answer, names[1])


def compose_question(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To the lead: the question, with its answer once it is given."""
    facts = asked_of(session, row.organisation_id, row.subject_id)
    return question(reader.t, facts) if facts else None


def compose_answer(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To the asker: the answer."""
    facts = asked_of(session, row.organisation_id, row.subject_id)
    if facts is None or not facts.answer:
        return None
    by = people.member(session, row.organisation_id, str(row.arguments.get("by", "")))
    named = Asked(facts.id, facts.alliance, facts.asker, facts.text, facts.answer, by.name if by else facts.answerer)
    return answered(reader.t, named)
