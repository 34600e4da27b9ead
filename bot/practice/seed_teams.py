"""The sample organisation with a Teams tenant beside its Slack team: one manager reads and answers in Teams."""

from __future__ import annotations

from datetime import datetime

from bot.practice import cast
from bot.practice.cast_story import ALLIANCES, BEATS
from bot.practice.cast_teams import APP, ME, NAME, OWN, OWN_BEATS, TENANT, directory_id
from bot.practice.seed import Story, Teller
from bot.practice.seed import seed as tell_story
from storage import db, people
from storage.ids import new_id
from storage.models import Account, Organisation, Workspace


def seed(teller: Teller, now: datetime, locale: str) -> None:
    """The story of Slack, and the account in Teams that its owner prefers; `locale` is what the owner set (ja or en).

    Set, since the playground says en-US for everybody, which would win over what Slack said.
    """
    tell_story(teller, now, Story((*ALLIANCES, OWN), (*BEATS, *OWN_BEATS)))
    with db.unit_of_work(teller.database) as session:
        company = Organisation(id=new_id(now), name=cast.TEAM.name, created_at=now)
        place = Workspace(
            id=new_id(now),
            organisation_id="",
            platform="teams",
            tenant=TENANT,
            name=NAME,
            bot_user=APP,
            created_at=now,
        )
        place = people.install(session, company, place)
        slack = people.workspace(session, "slack", cast.TEAM.id)
        person = people.member_of(session, slack.id, ME) if slack else None
        if person is None:
            raise LookupError(ME)
        account = Account(
            id=new_id(now),
            organisation_id=person.organisation_id,
            workspace_id=place.id,
            member_id=person.id,
            user=directory_id(ME),
            name=person.name,
            preferred=True,
            joined_at=now,
            seen_at=now,
        )
        db.add(session, account)
        db.change(session, person, {"locale": locale})
