"""Fill an empty database with the sample organisation: its story is told through the desk, on the days it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.practice import cast
from bot.practice.cast_story import ALLIANCES, BEATS, AllianceOf, Beat
from handlers.lookup import fold
from handlers.message import Block, Button, Buttons, Message, Paragraph
from handlers.request import Account, Command, Intent, Place, Press, Reply, Request
from storage import alliances, db, meetings, partners, people, rooms, schedules
from storage.ids import new_id
from storage.models import Member, Organisation, Workspace
from storage.partners import Spelled
from storage.people import Profile

ZONE = "Asia/Tokyo"


class SeedError(Exception):
    """The story could not be told: an answer was not the one expected."""


@dataclass(frozen=True)
class Teller:
    """How the story is told: `run` carries out a request at the business time that `set_clock` was given."""

    database: db.Database
    run: Callable[[Request], Reply]
    set_clock: Callable[[datetime], None]


@dataclass(frozen=True)
class Story:
    """What is told: alliances, and what people typed about them."""

    alliances: tuple[AllianceOf, ...] = ALLIANCES
    beats: tuple[Beat, ...] = BEATS


def seed(teller: Teller, now: datetime, story: Story | None = None) -> None:
    """Twelve weeks until `now` (aware UTC): people, alliances, touchpoints, friction, planned meetings."""
    told = story or Story()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    begin = now - timedelta(days=max(each.started for each in told.alliances))
    with db.unit_of_work(teller.database) as session:
        place = people.install(
            session,
            Organisation(id=new_id(begin), name=cast.TEAM.name, created_at=begin),
            Workspace(
                id=new_id(begin),
                organisation_id="",
                platform="slack",
                tenant=cast.TEAM.id,
                name=cast.TEAM.name,
                bot_user=cast.BOT.user_id,
                created_at=begin,
            ),
        )
        members = {user: _join(session, place, user, begin) for user in cast.OURS}
        for each in told.alliances:
            _found(session, place, members, each, today)
    for beat in sorted(told.beats, key=lambda each: -each.ago):
        _tell(teller, beat, now, today)
    teller.set_clock(now)
    with db.unit_of_work(teller.database) as session:
        _plan_meetings(session, place, members, today, now)


def _join(session: db.Session, place: Workspace, user: str, at: datetime) -> Member:
    person = next(person for person in cast.PEOPLE if person.id == user)
    member = people.join(session, place, Profile(user, person.real_name, person.locale, person.tz), now=at)
    return db.change(session, member, {"welcomed_at": at, "operator": user == cast.SASAKI})


def _found(session: db.Session, place: Workspace, members: dict[str, Member], story: AllianceOf, today: date) -> None:
    on = today - timedelta(days=story.started)
    at = datetime.combine(on, time(9), ZoneInfo(ZONE)).astimezone(UTC)
    org, name = place.organisation_id, Spelled(story.name, fold(story.name))
    row = alliances.create(
        session,
        alliances.NewAlliance(
            name=name,
            partner=name,
            aliases=tuple(Spelled(alias, fold(alias)) for alias in story.aliases),
            purpose=story.purpose,
            stage=story.stage,
            cadence_days=story.cadence,
        ),
        org=org,
        lead=members[story.lead],
        today=on,
        now=at,
    )
    db.change(session, row, {"purpose_confirmed_on": today - timedelta(days=story.purpose_age)})
    given = [("manager", story.manager), *(("member", user) for user in story.team)]
    for role, user in [*given, ("backup", story.backup)] if story.backup else given:
        alliances.give_role(session, org=org, alliance_id=row.id, role=role, who=members[user], since=on, now=at)
    partner = partners.of_alliance(session, org, row.id)[0]
    for person, role, level in story.contacts:
        contact = partners.add_contact(
            session, org=org, partner_id=partner.id, person=Spelled(person, fold(person)), title="", level=level, now=at
        )
        alliances.give_role(session, org=org, alliance_id=row.id, role=role, who=contact, since=on, now=at)
    if story.room:
        room = people.room(session, place, story.room, name=story.room_name, now=at)
        rooms.link(session, org=org, alliance_id=row.id, room_id=room.id, linked_by=members[story.lead].id, now=at)


def _tell(teller: Teller, beat: Beat, now: datetime, today: date) -> None:
    day = today - timedelta(days=beat.ago)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    at = min(datetime.combine(day, time(11, beat.ago % 60), ZoneInfo(ZONE)).astimezone(UTC), now)
    teller.set_clock(at)
    reply = teller.run(_request(beat, Command(beat.command, beat.text), "0"))
    for number, action in enumerate(beat.then, start=1):
        button = next((each for each in _buttons(reply.message) if each.action == action), None)
        if button is None:
            raise SeedError(f"no {action} after: {beat.text}")
        teller.run(_request(beat, Press(button.action, button.id, button.version, button.choice), str(number)))
    if reply.message is None or reply.errors:
        raise SeedError(beat.text)


def _request(beat: Beat, intent: Intent, part: str) -> Request:
    person = next(person for person in cast.PEOPLE if person.id == beat.who)
    return Request(
        key=f"seed:{beat.ago}:{beat.who}:{beat.text}:{part}",
        platform="slack",
        tenant=cast.TEAM.id,
        actor=Account(beat.who, person.real_name, "member", person.locale, person.tz),
        place=Place("direct"),
        intent=intent,
    )


def _buttons(message: Message | None) -> Iterator[Button]:
    blocks: tuple[Block, ...] = message.blocks if message else ()
    for block in blocks:
        if isinstance(block, Buttons):
            yield from (item for item in block.items if isinstance(item, Button))
        elif isinstance(block, Paragraph) and block.button is not None:
            yield block.button


def _plan_meetings(
    session: db.Session, place: Workspace, members: dict[str, Member], today: date, now: datetime
) -> None:
    """A recurring meeting with ルミナAI every second Tuesday at 10:00; everybody's own clocks start to run."""
    org = place.organisation_id
    tuesday = today + timedelta(days=(1 - today.weekday()) % 7 or 7)
    starts = datetime.combine(tuesday, time(10), ZoneInfo(ZONE))
    lumina = next(row.alliance for row in alliances.named(session, org) if "lumina" in row.names)
    row = meetings.new(
        org=org, alliance_id=lumina.id, starts_at=starts, zone=ZONE, created_by=members[cast.TANAKA].id, now=now
    )
    row.rule = "weekly:2"
    meetings.plan(session, row, now)
    for member in members.values():
        for kind in ("update", "digest"):
            schedules.touch(session, org, kind, member.id, now)
