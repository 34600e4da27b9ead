"""Rows into messages: sorted by recipient, judged, composed as late as can be, settled; commits nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from handlers import guard
from handlers.message import Message, bundle
from handlers.notice import PASSING, Notice, Reader
from scheduler.ports import Address
from scheduler.recipients import Drop, Go, Verdict, Wait, address_of, judge, reader_of
from storage import conversations, outbox, schedules
from storage.ids import new_id
from storage.models import Delivery, Outbox

MAX_ATTEMPTS = 8
MAX_BUNDLE = 6
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=1)

log = structlog.stdlib.get_logger()


@dataclass(frozen=True)
class Parcel:
    """Rows that go to one place as one message. `message` is what stands there, or may stand there, already."""

    rows: tuple[Outbox, ...]
    to: Address
    message: Delivery | None = None

    @property
    def operation(self) -> str:
        """send, update or delete."""
        return self.rows[0].operation

    @property
    def place(self) -> str:
        """Whose chat or which room: parcels of one place go one after the other."""
        return self.rows[0].room_id or self.rows[0].member_id or ""


@dataclass(frozen=True)
class Moment:
    """The two clocks as of one step (decision 6): business time and wall time, both aware."""

    now: datetime
    wall: datetime


@dataclass(frozen=True)
class Ready:
    """What is to be sent now; `delivery` is its opaque id. Without `message` there is nothing left to say."""

    message: Message | None = None
    delivery: str = ""
    outcomes: tuple[str, ...] = ()


# ---------------------------------------------------------------- after the claim


def sort(
    session: Session, notices: Mapping[str, Notice], rows: Sequence[Outbox], *, platforms: Collection[str], at: Moment
) -> tuple[list[Parcel], list[str]]:
    """Claimed rows as parcels, and the outcomes of those that are settled or put off already.

    A parcel is: all due rows of one member whose kinds bundle (at most 6), the rows of a message of unknown fate, or
    a single row.
    """
    groups: dict[str, list[Outbox]] = {}
    outcomes: list[str] = []
    for row in rows:
        outcome = _early(session, notices, row, at)
        if outcome:
            outcomes.append(outcome)
        else:
            groups.setdefault(_group(row, notices), []).append(row)
    parcels: list[Parcel] = []
    for group in groups.values():
        size = len(group) if group[0].delivery_id else MAX_BUNDLE
        for start in range(0, len(group), size):
            made = _parcel(session, tuple(group[start : start + size]), platforms, at)
            if isinstance(made, Parcel):
                parcels.append(made)
            else:
                outcomes.extend(made)
    return parcels, outcomes


def _early(session: Session, notices: Mapping[str, Notice], row: Outbox, at: Moment) -> str:
    if row.attempts > MAX_ATTEMPTS:
        return refuse(session, row, "gave_up", at.now)
    if row.operation != "send":
        message = outbox.delivery_of(session, row.organisation_id, row.delivery_id)
        if message is not None and outbox.under_way(session, message, at.wall):
            return put_off(session, row, "under_way", at.wall)
        return ""
    # A message of unknown fate is looked up first; its rows are judged when it turns out to be nowhere.
    return "" if row.delivery_id else judged(session, notices, row, at)


def _group(row: Outbox, notices: Mapping[str, Notice]) -> str:
    if row.operation != "send":
        return row.id
    if row.delivery_id:
        return row.delivery_id
    return row.member_id if row.member_id and notices[row.kind].bundles else row.id


def _parcel(session: Session, rows: tuple[Outbox, ...], platforms: Collection[str], at: Moment) -> Parcel | list[str]:
    first = rows[0]
    message = outbox.delivery_of(session, first.organisation_id, first.delivery_id) if first.delivery_id else None
    to = address_of(session, first, message, platforms=platforms)
    if isinstance(to, Drop):
        return [refuse(session, row, to.reason, at.now) for row in rows]
    return Parcel(rows, to, message)


def judged(session: Session, notices: Mapping[str, Notice], row: Outbox, at: Moment) -> str:
    """Settle or put off what isn't to be said now; its outcome, or "" for what is."""
    try:
        verdict: Verdict = judge(session, row, notices[row.kind], at.now)
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("deliver.judge_failed", kind=row.kind, row=row.id, error=type(error).__name__)
        return put_off(session, row, "judge_failed", at.wall)
    match verdict:
        case Go():
            return ""
        case Wait():
            outbox.postpone(session, row, verdict.until)
            return "waiting"
        case Drop() if row.room_id is not None:
            return refuse(session, row, verdict.reason, at.now)
        case Drop():
            if verdict.reason in PASSING:
                schedules.ask_again(session, row.organisation_id, row.key)
            outbox.settle(session, row, verdict.state, verdict.reason, now=at.now)
            return verdict.state
        case _:
            assert_never(verdict)


# ---------------------------------------------------------------- right before the network


def prepare(
    session: Session, notices: Mapping[str, Notice], parcel: Parcel, *, by: str, until: datetime, at: Moment
) -> Ready:
    """The words of a send as of this moment, of the rows that are still ours and still due; its fate is unknown now.

    `by` names the lease, which now lasts until the wall time `until`.
    """
    outcomes: list[str] = []
    said: list[tuple[Outbox, Message]] = []
    for row in outbox.held(session, [row.id for row in parcel.rows], by):
        outcome = judged(session, notices, row, at)
        composed = None if outcome else _composed(session, notices, row, at)
        if isinstance(composed, Message):
            said.append((row, composed))
        else:
            outcomes.append(outcome or composed or "")
    if not said:
        return Ready(outcomes=tuple(outcomes))
    said.sort(key=lambda each: _place_in_bundle(each[0], notices))
    delivery = parcel.message.id if parcel.message else new_id(at.wall)
    rows = [row for row, _ in said]
    outbox.start(session, rows, delivery_id=delivery, workspace_id=parcel.to.workspace_id, until=until)
    return Ready(_as_one([message for _, message in said], reader_of(session, rows[0])), delivery, tuple(outcomes))


def prepare_update(session: Session, notices: Mapping[str, Notice], parcel: Parcel, *, by: str, at: Moment) -> Ready:
    """The words of a message that stands already, composed anew from all rows that it carries."""
    held = outbox.held(session, [parcel.rows[0].id], by)
    message = outbox.delivery_of(session, parcel.rows[0].organisation_id, parcel.rows[0].delivery_id)
    if not held or message is None:
        return Ready()
    rows = sorted(outbox.carried(session, message), key=lambda row: _place_in_bundle(row, notices))
    if message.deleted_at is not None or any(row.kind not in notices for row in rows):
        return Ready(outcomes=(refuse(session, held[0], "not_updatable", at.now),))
    said: list[Message] = []
    reader = reader_of(session, held[0])
    for row in rows:
        composed = notices[row.kind].compose(session, row, reader, at.now)
        if composed is not None:
            said.append(composed)
    if not said:
        return Ready(outcomes=(refuse(session, held[0], "nothing_to_say", at.now),))
    return Ready(_as_one(said, reader), message.id)


def _composed(session: Session, notices: Mapping[str, Notice], row: Outbox, at: Moment) -> Message | str:
    try:
        message = notices[row.kind].compose(session, row, reader_of(session, row), at.now)
    except SQLAlchemyError:
        raise
    except Exception as error:
        # The other rows of the same person shall not wait for one that can't be composed.
        log.exception("deliver.compose_failed", kind=row.kind, row=row.id, error=type(error).__name__)
        return put_off(session, row, "compose_failed", at.wall)
    return refuse(session, row, "nothing_to_say", at.now) if message is None else message


def _place_in_bundle(row: Outbox, notices: Mapping[str, Notice]) -> tuple[int, str]:
    """The table's order, then the older subject first: a bundle reads the same whenever it is composed."""
    return list(notices).index(row.kind) if row.kind in notices else len(notices), row.subject_id


def _as_one(messages: Sequence[Message], reader: Reader) -> Message:
    if len(messages) == 1:
        return messages[0]
    first = next((message.preview for message in messages if message.preview), "")
    return bundle(messages, reader.t("delivery.bundle", first=first, n=len(messages) - 1))


# ---------------------------------------------------------------- afterwards


def refuse(session: Session, row: Outbox, reason: str, now: datetime, *, detail: str = "") -> str:
    """Never: where it was for a room, its owner hears why in their direct chat (product.md §6).

    The owner is the member named in `arguments["owner"]`; the notice `guard.refused` finds the row by its id.
    """
    outbox.settle(session, row, "never", reason, now=now)
    owner = row.arguments.get("owner")
    log.info("deliver.never", kind=row.kind, row=row.id, reason=reason, detail=detail)
    if row.operation == "send" and row.room_id is not None and isinstance(owner, str) and reason != "nothing_to_say":
        outbox.put(
            session,
            org=row.organisation_id,
            kind="guard.refused",
            subject_id=row.id,
            key=f"guard:{row.id}",
            weight="guard",
            now=now,
            member_id=owner,
            arguments={"row": row.id, "kind": row.kind, "room_id": row.room_id, "reason": reason, "detail": detail},
        )
    return "never"


def nobody_there(session: Session, row: Outbox, now: datetime) -> str:
    """The reader's last account was closed: what the clock had for them is planned anew, for whoever answers now."""
    if row.operation != "send" or not schedules.ask_again(session, row.organisation_id, row.key):
        return refuse(session, row, "user_gone", now)
    outbox.settle(session, row, "cancelled", "user_gone", now=now)
    return "cancelled"


def unreached(session: Session, row: Outbox, to: Address, reason: str, now: datetime) -> str:
    """Nothing arrives in the reader's chat: who answers for what they do hears that, once (product.md §5).

    The person stays one of ours: the app isn't installed for them, or they blocked it.
    """
    outbox.settle(session, row, "never", reason, now=now)
    log.info("deliver.never", kind=row.kind, row=row.id, reason=reason)
    if row.operation == "send" and row.weight != "guard":
        guard.unreached(session, row, conversations.since(session, to.workspace_id, to.user), now)
    return "never"


def put_off(session: Session, row: Outbox, reason: str, wall: datetime, *, after: float | None = None) -> str:
    """Another try later; `after` = the seconds that the platform named."""
    outbox.later(session, row, wall + pause(row, after), reason=reason)
    return "later"


def pause(row: Outbox, after: float | None = None) -> timedelta:
    """How long to wait before the next try: 10 s, then three times as long, up to an hour; up to a quarter more.

    The jitter comes from the row's id: the rows of an outage don't come back together, and tests need no dice.
    """
    jitter = int(row.id[-4:], 16) / 0xFFFF
    if after is not None:
        return timedelta(seconds=after + jitter)
    return min(_FIRST_PAUSE * 3 ** max(row.attempts - 1, 0), _LONGEST_PAUSE) * (1 + jitter / 4)
