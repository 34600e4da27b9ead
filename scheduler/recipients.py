"""Who hears something, where and when: the account chosen at claim, the language, the working window (decision 18)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from handlers.calendar import next_window, working_morning
from handlers.hours import calendar_of, hours_of, local_day
from handlers.notice import Notice, Reader
from handlers.text import texts
from scheduler.ports import Address
from storage import conversations, linking, people
from storage.models import Account, Delivery, Member, Organisation, Outbox, Room, Workspace

REFERENCED = frozenset({"teams"})
"""Platforms that write to a person only where a chat is known (platform.md B5)."""


@dataclass(frozen=True)
class Go:
    """It may be said now."""


@dataclass(frozen=True)
class Wait:
    """Not now; `until` is business time, later than now."""

    until: datetime


@dataclass(frozen=True)
class Drop:
    """Never: `state` is cancelled (its reason is gone) or never (can't be delivered); `reason` a stable key."""

    state: str
    reason: str


Verdict = Go | Wait | Drop


def address_of(
    session: Session, row: Outbox, message: Delivery | None, *, platforms: Collection[str]
) -> Address | Drop:
    """Where a row goes among the connected `platforms`; where `message` already stands, there again.

    Of a member's accounts (ours, not deleted) the one they chose to hear at, else Slack before Teams; one where
    nothing arrives (the app isn't installed, or is blocked) only where there is no other. A row that names an
    `account` in its arguments goes there alone: whoever typed a code can't have its maker's notice come to themselves.
    """
    if row.room_id is not None:
        return _room(session, row, row.room_id, platforms)
    person = people.member(session, row.organisation_id, row.member_id or "")
    if person is None or not person.active:
        return Drop("never", "inactive")
    accounts = [
        (account, place)
        for account, place in people.accounts(session, row.organisation_id, person.id)
        if account.standing == "member" and not account.deleted and place.platform in platforms
    ]
    if message is not None:
        accounts = [found for found in accounts if found[1].id == message.workspace_id]
    elif bound := row.arguments.get("account", ""):
        accounts = [found for found in accounts if found[0].id == bound]
    if not accounts:
        return Drop("never", "no_account")
    account, place = linking.hearing(_open(session, accounts) or accounts)
    return Address(place.platform, place.tenant, place.id, user=account.user)


def _open(session: Session, accounts: list[tuple[Account, Workspace]]) -> list[tuple[Account, Workspace]]:
    """Of several accounts those where something arrives, as far as we know."""
    if len(accounts) == 1:
        return accounts
    return [
        (account, place)
        for account, place in accounts
        if place.platform not in REFERENCED or not conversations.dead_for(session, place.id, account.user)
    ]


def goes_elsewhere(session: Session, row: Outbox, to: Address, *, platforms: Collection[str]) -> bool:
    """Whether what couldn't be said in a person's chat at `to` can be said to them in another workspace."""
    if row.operation != "send" or row.delivery_id is not None or not to.direct:
        return False
    other = address_of(session, row, None, platforms=platforms)
    return isinstance(other, Address) and other.workspace_id != to.workspace_id


def _room(session: Session, row: Outbox, room_id: str, platforms: Collection[str]) -> Address | Drop:
    room = session.get(Room, room_id)
    place = session.get(Workspace, room.workspace_id) if room else None
    if room is None or place is None or room.organisation_id != row.organisation_id:
        return Drop("never", "no_room")
    if place.platform not in platforms:
        return Drop("never", "not_connected")
    return Address(place.platform, place.tenant, place.id, room=room.external)


def reader_of(session: Session, row: Outbox) -> Reader:
    """Who reads it: the member in their language and zone, a room in the company's."""
    company = people.organisation(session, row.organisation_id)
    person = people.member(session, row.organisation_id, row.member_id) if row.member_id else None
    if person is None:
        return Reader(texts(company.locale), company.zone, None)
    return Reader(texts(people.locale_of(person, company)), people.zone_of(person, company), person)


def judge(session: Session, row: Outbox, notice: Notice, now: datetime) -> Verdict:
    """Whether `row` is to be said at `now`: not expired, still due, its reader at work, back and not quiet."""
    if row.expires_at is not None and row.expires_at <= now:
        return Drop("never", "expired")
    if gone := notice.still_due(session, row, now):
        return Drop("cancelled", gone)
    person = people.member(session, row.organisation_id, row.member_id) if row.member_id else None
    if person is None or row.weight == "reply":
        return Go()
    company = people.organisation(session, row.organisation_id)
    verdict = _hours(row, notice, person, company, now)
    if isinstance(verdict, Wait) and row.expires_at is not None and row.expires_at <= verdict.until:
        return Drop("never", "expired")
    return verdict


def _hours(row: Outbox, notice: Notice, person: Member, company: Organisation, now: datetime) -> Verdict:
    calendar, hours = calendar_of(company), hours_of(person, company)
    today = local_day(hours, now)
    if row.weight == "proactive":
        # What becomes due meanwhile is moved, not dropped: one bundle on the first morning back (product.md §5).
        rests = [day for day in (person.quiet_until, person.away_until) if day is not None and today <= day]
        if rests:
            return Wait(working_morning(calendar, hours, max(rests) + timedelta(days=1)))
    if notice.any_hour:
        return Go()
    opens = next_window(calendar, hours, now)
    return Wait(opens) if opens > now else Go()
