"""NOTICES: every kind of thing that the clock or a colleague causes somebody to hear (decision 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from handlers import (
    accounts,
    capture,
    checkins,
    digests,
    evidence,
    guard,
    meetings,
    places,
    reminders,
    touchpoints,
    updates,
    welcome,
)
from handlers.asking import Told, told
from handlers.message import Block, Divider, Message, Note, Paragraph, Template, without_buttons
from handlers.notice import Notice, Reader
from handlers.request import Ctx, Press, Reply
from handlers.text import Texts
from handlers.update_card import Post, Slot, post
from storage import alliances, notices, people
from storage.models import Outbox
from storage.viewer import Viewer

# ---------------------------------------------------------------- a check-in's answers that open another noun's form


def press_planned(ctx: Ctx, press: Press) -> Reply:
    """予定あり: when? A planned meeting within the cadence keeps the nudge away."""
    alliance, _ = checkins.current(ctx, press)
    return meetings.add(ctx, Press("meeting.add", alliance.id))


def press_spoke(ctx: Ctx, press: Press) -> Reply:
    """話した→記録: the touchpoint's form with the alliance filled in; saving it restarts the cadence."""
    alliance, _ = checkins.current(ctx, press)
    return Reply(form=touchpoints.new_form(ctx.t, capture.options(ctx), here=alliance.id))


# ---------------------------------------------------------------- a colleague recorded your message


def told_still_due(session: Session, row: Outbox, now: datetime) -> str:
    """ "" while the entry stands."""
    entry = notices.entry_by(session, row.organisation_id, row.subject_id, row.member_id or "")
    return "" if entry is not None and entry.state == "logged" else "taken_out"


def told_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To who wrote a message: who recorded it and for what; afterwards that it was taken out."""
    org = row.organisation_id
    entry = notices.entry_by(session, org, row.subject_id, row.member_id or "")
    if entry is None:
        return None
    recorder = people.member(session, org, entry.recorder_id)
    alliance = alliances.get(session, Viewer(org, "", system=True), notices.alliance_of_entry(session, org, entry.id))
    facts = Told(
        entry=entry.id,
        version=entry.version,
        recorder=recorder.name if recorder else "",
        alliance=alliance.name if alliance else "",
        text=entry.source_text or entry.raw,
        taken_out=entry.state == "undone",
    )
    return told(reader.t, facts)


# ---------------------------------------------------------------- what couldn't be posted


@dataclass(frozen=True)
class Refused:
    """A room couldn't take a post. `why` is one of `WHYS`; `text` is the post itself, for its owner's eyes only."""

    room: str
    why: str
    text: Message | None = None


WHYS = {
    "outside": "outside",
    "unknown": "unknown",
    "gone": "gone",
    "no_room": "gone",
    "not_connected": "gone",
    "channel_not_found": "gone",
    "not_in_channel": "gone",
    "is_archived": "gone",
    "unlinked": "unlinked",
    "withdrawn": "unlinked",
}
"""Reasons of the deliverer → the words for them; anything else is a failure of the platform."""


def refused(t: Texts, facts: Refused) -> Message:
    """What couldn't be posted, why, and what to do (product.md §6); nothing of it went into the room."""
    blocks: list[Block] = [
        Paragraph(t.line("notice.refused", room=facts.room or t("notice.refused.some_room"))),
        Paragraph(t.line(f"notice.refused.{facts.why}")),
    ]
    if facts.text is not None:
        blocks.extend((Divider(), *without_buttons(facts.text).blocks, Divider()))
    blocks.append(Note(t.line("notice.refused.note")))
    return Message(tuple(blocks), t("notice.refused.preview"))


def refused_compose(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To the owner of a post, in their direct chat: the text and the reason."""
    org = row.organisation_id
    lost = notices.outbox_row(session, org, str(row.arguments.get("row", "")))
    room = notices.room(session, org, str(row.arguments.get("room_id", "")))
    text: Message | None = None
    if lost is not None and lost.kind == "update.post" and reader.member is not None:
        text = updates.post_of(session, org, lost.subject_id, reader.t)
    why = WHYS.get(str(row.arguments.get("reason", "")), "failed")
    called = places.rooms(session, reader.t, org, [room] if room else [])
    return refused(reader.t, Refused(reader.t.join(called), why, text))


# ---------------------------------------------------------------- the table

_ALWAYS = reminders.always

# In the order in which a bundle tells them: what has an hour, what a colleague asks, what has a day, the rhythm.
_TABLE: tuple[Notice, ...] = (
    Notice("meeting.brief", "proactive", reminders.brief_due, reminders.brief_still_due, reminders.brief_compose),
    Notice("meeting.after", "proactive", reminders.after_due, reminders.brief_still_due, reminders.after_compose),
    Notice("step.offered", "proactive", reminders.offered_due, reminders.offered_still_due, reminders.offered_compose),
    Notice("step.due", "proactive", reminders.step_due, reminders.step_still_due, reminders.step_compose),
    Notice("checkin", "proactive", checkins.next_due, checkins.still_due, checkins.compose),
    Notice("step.declined", "reply", None, _ALWAYS, reminders.declined_compose),
    Notice("update", "proactive", updates.next_due, updates.still_due, updates.compose, bundles=False),
    Notice("update.post", "reply", None, updates.still_posted, updates.compose_post, bundles=False),
    Notice("update.question", "reply", None, _ALWAYS, updates.compose_question, bundles=False),
    Notice("update.answer", "reply", None, _ALWAYS, updates.compose_answer, bundles=False),
    Notice("digest", "proactive", digests.next_due, digests.still_due, digests.compose, bundles=False),
    Notice("digest.reply", "reply", None, _ALWAYS, evidence.compose_reply, bundles=False),
    Notice("digest.seen", "reply", None, _ALWAYS, evidence.compose_seen),
    Notice("welcome", "reply", None, welcome.still_due, welcome.compose, bundles=False),
    Notice("capture.told", "reply", None, told_still_due, told_compose, bundles=False),
    Notice("account.joined", "reply", None, _ALWAYS, accounts.compose_joined, bundles=False),
    Notice("guard.shared", "guard", None, _ALWAYS, guard.compose, bundles=False, any_hour=True),
    Notice("guard.refused", "guard", None, _ALWAYS, refused_compose, bundles=False, any_hour=True),
    Notice("guard.unreached", "guard", None, _ALWAYS, guard.unreached_compose),
)

NOTICES: Mapping[str, Notice] = {notice.kind: notice for notice in _TABLE}


# ---------------------------------------------------------------- examples


def _example(t: Texts) -> Message:
    text = post(t, Post("u1", "ルミナAI", "検査を人に優しく", (Slot("learning", "画像200枚でも精度は出る"),)))
    return refused(t, Refused("提携-ルミナ", "outside", text))


TEMPLATES: tuple[Template, ...] = (
    Template("notice.refused", _example),
    Template("notice.refused.unknown", lambda t: refused(t, Refused("提携-ルミナ", "unknown"))),
)
