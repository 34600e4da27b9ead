"""Planned meetings: entered once by a line or form; moved, skipped with a reason, ended (product.md §5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from sqlmodel import Session

from handlers import lookup, moments
from handlers import meeting_card as cards
from handlers.entry import read
from handlers.errors import UserError
from handlers.meeting_card import MeetingFacts, plan_form
from handlers.message import Button, Line, Message, Option
from handlers.request import Ctx, Press, Reply, Submit
from storage import alliances, db, entries, outbox
from storage import meetings as stored
from storage.meetings import Coming, Outcome
from storage.models import Alliance, PlannedMeeting
from storage.viewer import Viewer

__all__ = [
    "add", "ask_after", "edit_move", "edit_skip", "facts", "facts_of", "listing", "logged", "open_form", "open_move",
    "open_skip", "plan", "plan_form", "planned", "reopened", "restore", "show", "start_of", "stop",
]  # fmt: skip

NOTICES = ("meeting.brief", "meeting.after")
OFFERED = 4
"""Meetings of a series that a form lets one choose from."""


# ---------------------------------------------------------------- plan


def plan(ctx: Ctx, text: str) -> Reply:
    """`/alliance meeting ノヴァ 11/24 10:00 定例 隔週`: planned at once; what is missing is asked in the form."""
    if not text.strip() and lookup.here(ctx) is None:
        return Reply(form=plan_form(ctx.t, _options(ctx)))
    alliance, rest = lookup.split(ctx, text, action="meeting.open")
    if not rest:
        return listing(ctx, alliance)
    lookup.require_change(ctx, alliance, text=text)
    typed = moments.read_plan(rest, today=ctx.today)
    if typed.day is None or typed.at is None:
        at = f"{typed.at:%H:%M}" if typed.at else cards.USUAL_TIME
        form = plan_form(
            ctx.t,
            _options(ctx),
            alliance_id=alliance.id,
            on=typed.day,
            time=at,
            every=typed.every,
            title=typed.rest,
        )
        return Reply(form=form)
    at = _instant(ctx, typed.day, typed.at)
    if at <= ctx.now:
        raise UserError("meeting.past", text=text)
    return _planned(ctx, alliance, at, every=typed.every, title=typed.rest)


def open_form(ctx: Ctx, press: Press) -> Reply:
    """[会う予定]: what is planned with the alliance, or the form where nothing is."""
    return listing(ctx, lookup.one(ctx, press.id or press.choice))


def add(ctx: Ctx, press: Press) -> Reply:
    """[予定を入れる]: the form for one alliance, or for any."""
    if press.id:
        lookup.require_change(ctx, lookup.one(ctx, press.id))
    return Reply(form=plan_form(ctx.t, _options(ctx), alliance_id=press.id))


def planned(ctx: Ctx, submit: Submit) -> Reply:
    """The form for a planned meeting."""
    alliance = lookup.one(ctx, submit.one("alliance"), field="alliance")
    if not lookup.may_change(ctx, alliance):
        raise UserError("meeting.not_your_alliance", field="alliance")
    at = _when(ctx, submit, ctx.zone)
    if isinstance(at, Reply):
        return at
    weeks = submit.one("repeat")
    reply = _planned(ctx, alliance, at, every=int(weeks) if weeks.isdigit() else 0, title=submit.one("title"))
    waiting = entries.mine(ctx.session, ctx.viewer, submit.id) if submit.id else None
    if waiting is not None and waiting.state == "pending":
        db.revise(ctx.session, waiting, {"state": "undone", "undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    return reply


def _planned(ctx: Ctx, alliance: Alliance, at: datetime, *, every: int, title: str) -> Reply:
    if any(at in islice(stored.starts(row), OFFERED) for row in stored.planned_of(ctx.session, ctx.org, alliance.id)):
        raise UserError("meeting.twice", {"alliance": alliance.name})
    row = stored.new(
        org=ctx.org, alliance_id=alliance.id, starts_at=at, zone=ctx.zone.key, created_by=ctx.actor.id, now=ctx.now
    )
    row.kind, row.title = _kind(ctx, title, every=every)
    row.rule = f"weekly:{every}" if 0 < every <= 52 else ""
    stored.plan(ctx.session, row, ctx.now)
    _nudge_settled(ctx, alliance.id)
    return Reply(message=_card(ctx, row, at, ctx.t.line("meeting.planned")), wake=True)


def _kind(ctx: Ctx, title: str, *, every: int) -> tuple[str, str]:
    """The kind that the title names; a title that is nothing but its kind's word needs no title."""
    line = read(title, "touchpoint", now=ctx.now.astimezone(ctx.zone), known=(), here="-")
    kind = line.kind if line.kind_stated else ("regular" if every else "meeting")
    bare = lookup.fold(title) in {lookup.fold(ctx.t(f"kind.{kind}")), *lookup.kind_words(kind)}
    return kind, "" if bare else title


def _nudge_settled(ctx: Ctx, alliance_id: str) -> None:
    """A meeting lies ahead: a check-in that waits or was sent may have its answer (product.md §5)."""
    outbox.refresh(ctx.session, ctx.org, alliance_id, kinds=("checkin",), now=ctx.now)


# ---------------------------------------------------------------- show


def listing(ctx: Ctx, alliance: Alliance) -> Reply:
    """What is planned with an alliance; the form at once where nothing is and the actor may plan."""
    if not lookup.is_near(ctx, alliance.id):
        lookup.require_change(ctx, alliance)
    rows = stored.coming(ctx.session, ctx.org, alliance.id, ctx.now, 5)
    if not rows and lookup.may_change(ctx, alliance):
        return Reply(form=plan_form(ctx.t, _options(ctx), alliance_id=alliance.id))
    seen = [facts(ctx, each) for each in rows]
    return Reply(message=cards.listing(ctx.t, alliance.id, alliance.name, seen))


def show(ctx: Ctx, press: Press) -> Reply:
    """[開く]: one meeting with what may be done about it."""
    row = _readable(ctx, press.id)
    at = start_of(row, press.choice)
    return Reply(message=_card(ctx, row, at, ctx.t.line("meeting.one")))


def ask_after(ctx: Ctx, press: Press) -> Reply:
    """[開く] on a meeting that lies behind: log it, move it, skip it."""
    row = _readable(ctx, press.id)
    return Reply(message=cards.after(ctx.t, facts(ctx, Coming(row, start_of(row, press.choice)))))


def facts(ctx: Ctx, each: Coming) -> MeetingFacts:
    """A meeting as the actor sees it, in their zone."""
    return facts_of(ctx.session, ctx.viewer, each, zone=ctx.zone)


def facts_of(session: Session, viewer: Viewer, each: Coming, *, zone: ZoneInfo) -> MeetingFacts:
    """A meeting for `viewer` in their `zone`, with what became of it."""
    row = each.meeting
    alliance = alliances.get(session, viewer, row.alliance_id)
    return MeetingFacts(
        id=row.id,
        version=row.version,
        alliance_id=row.alliance_id,
        alliance=alliance.name if alliance else "",
        at=each.at.astimezone(zone),
        day=each.at.astimezone(ZoneInfo(row.zone)).date().isoformat(),
        kind=row.kind,
        title=row.title,
        every=stored.every(row),
        state=stored.outcome(session, row, each.at),
        reason=row.reason,
    )


def start_of(row: PlannedMeeting, day: str) -> datetime:
    """The start of the meeting on that ISO day of the row's zone; the next one where the day says nothing."""
    on = _day(day)
    found = stored.start_on(row, on) if on else None
    return found or next(stored.starts(row))


# ---------------------------------------------------------------- move, skip, stop


def open_move(ctx: Ctx, press: Press) -> Reply:
    """[日時を変える]: the form."""
    row = _changeable(ctx, press.id, press.version)
    seen = facts(ctx, Coming(row, start_of(row, press.choice)))
    return Reply(form=cards.move_form(ctx.t, seen, _days(ctx, row)))


def edit_move(ctx: Ctx, submit: Submit) -> Reply:
    """Another time: a single meeting moves itself, of a series one meeting moves and the others stay."""
    row = _changeable(ctx, submit.id, submit.version)
    at = _when(ctx, submit, ctx.zone)
    if isinstance(at, Reply):
        return at
    old = start_of(row, submit.one("which"))
    if stored.every(row):
        _conclude(ctx, row, old, outcome="moved", reason="")
        moved = stored.new(
            org=ctx.org,
            alliance_id=row.alliance_id,
            starts_at=at,
            zone=row.zone,
            created_by=ctx.actor.id,
            now=ctx.now,
        )
        moved.kind, moved.title = row.kind, row.title
        stored.plan(ctx.session, moved, ctx.now)
        row = moved
    else:
        stored.revise(ctx.session, row, {"starts_at": at}, by=ctx.actor.id, now=ctx.now)
        _notices_settled(ctx, row, "moved")
    head = ctx.t.line("meeting.moved", before=old.astimezone(ctx.zone))
    return Reply(message=_card(ctx, row, at, head), replace=True, wake=True)


def open_skip(ctx: Ctx, press: Press) -> Reply:
    """[見送る]: the form with the reason."""
    row = _changeable(ctx, press.id, press.version)
    seen = facts(ctx, Coming(row, start_of(row, press.choice)))
    return Reply(form=cards.skip_form(ctx.t, seen, _days(ctx, row)))


def edit_skip(ctx: Ctx, submit: Submit) -> Reply:
    """Not this time, with the reason; a series goes on."""
    row = _changeable(ctx, submit.id, submit.version)
    reason = submit.one("reason")
    if not reason:
        raise UserError("meeting.reason_missing", field="reason")
    at = start_of(row, submit.one("which"))
    past = _conclude(ctx, row, at, outcome="skipped", reason=reason)
    return Reply(message=_card(ctx, past, at, ctx.t.line("meeting.skipped", reason=reason)), replace=True, wake=True)


def stop(ctx: Ctx, press: Press) -> Reply:
    """[終える]: the whole series ends."""
    row = _changeable(ctx, press.id, press.version)
    at = start_of(row, press.choice)
    stored.revise(ctx.session, row, {"state": "skipped"}, by=ctx.actor.id, now=ctx.now)
    _notices_settled(ctx, row, "stopped")
    return Reply(message=_card(ctx, row, at, ctx.t.line("meeting.stopped")), replace=True, wake=True)


def restore(ctx: Ctx, press: Press) -> Reply:
    """[元に戻す]: a meeting that was skipped takes place after all."""
    row = _changeable(ctx, press.id, press.version)
    if row.state == "skipped":
        stored.revise(ctx.session, row, {"state": "planned", "reason": ""}, by=ctx.actor.id, now=ctx.now)
    at = next(stored.starts(row))
    return Reply(message=_card(ctx, row, at, ctx.t.line("meeting.planned")), replace=True, wake=True)


def logged(ctx: Ctx, alliance_id: str, *, on: date, touchpoint_id: str) -> None:
    """A touchpoint of that day was recorded: what was planned for the day is settled, its notices too."""
    before = stored.planned_of(ctx.session, ctx.org, alliance_id)
    touched = [row for row in before if stored.start_on(row, on) is not None]
    if not touched:
        return
    stored.settle(ctx.session, ctx.org, alliance_id, on=on, touchpoint_id=touchpoint_id, now=ctx.now, by=ctx.actor.id)
    for row in touched:
        _notices_settled(ctx, row, "logged")


def reopened(ctx: Ctx, touchpoint_id: str) -> None:
    """The touchpoint was undone, or is of another day or alliance: what it had settled is open again and told so."""
    for row in stored.unsettle(ctx.session, ctx.org, touchpoint_id=touchpoint_id, now=ctx.now, by=ctx.actor.id):
        outbox.refresh(ctx.session, ctx.org, row.id, kinds=NOTICES, now=ctx.now)


def _conclude(ctx: Ctx, row: PlannedMeeting, at: datetime, *, outcome: Outcome, reason: str) -> PlannedMeeting:
    past = stored.conclude(ctx.session, row, at, outcome=outcome, reason=reason, by=ctx.actor.id, now=ctx.now)
    _notices_settled(ctx, row, outcome)
    return past


def _notices_settled(ctx: Ctx, row: PlannedMeeting, reason: str) -> None:
    outbox.cancel(ctx.session, ctx.org, row.id, kinds=NOTICES, reason=reason, now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, row.id, kinds=NOTICES, now=ctx.now)


# ---------------------------------------------------------------- inside


def _card(ctx: Ctx, row: PlannedMeeting, at: datetime, head: Line) -> Message:
    return cards.card(ctx.t, facts(ctx, Coming(row, at)), head=head)


def _readable(ctx: Ctx, meeting_id: str) -> PlannedMeeting:
    row = stored.get(ctx.session, ctx.viewer, meeting_id)
    if row is None or not lookup.is_near(ctx, row.alliance_id):
        raise UserError("meeting.gone")
    return row


def _changeable(ctx: Ctx, meeting_id: str, version: int) -> PlannedMeeting:
    row = _readable(ctx, meeting_id)
    lookup.require_change(ctx, lookup.one(ctx, row.alliance_id))
    again = Button(ctx.t("meeting.button.open"), "meeting.show", row.id, row.version)
    lookup.require_fresh(ctx, row, version, noun="meeting", again=again)
    return row


def _options(ctx: Ctx) -> tuple[Option, ...]:
    """The alliances for which the actor may plan, by name."""
    rows = alliances.listed(ctx.session, ctx.viewer)
    return tuple(Option(row.id, row.name) for row in rows if lookup.may_change(ctx, row))


def _days(ctx: Ctx, row: PlannedMeeting) -> tuple[Option, ...]:
    zone = ZoneInfo(row.zone)
    return tuple(
        Option(at.astimezone(zone).date().isoformat(), ctx.t.moment(at.astimezone(ctx.zone)))
        for at in islice(stored.starts(row), OFFERED)
    )


def _when(ctx: Ctx, submit: Submit, zone: ZoneInfo) -> datetime | Reply:
    """The start that a form names, or the reply with errors on its fields."""
    day, at = _day(submit.one("on")), moments.clock(submit.one("time"))
    errors: dict[str, str] = {}
    if day is None:
        errors["on"] = ctx.t("form.day_wrong")
    if at is None:
        errors["time"] = ctx.t("meeting.time_wrong")
    if day is None or at is None:
        return Reply(errors=errors)
    start = datetime.combine(day, at, zone).astimezone(UTC)
    if start <= ctx.now:
        return Reply(errors={"on": ctx.t("meeting.past")})
    return start


def _instant(ctx: Ctx, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ctx.zone).astimezone(UTC)


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
