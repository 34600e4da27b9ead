"""Conversation rows: kept once, written only for news or once a day, dead until heard from again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from storage import conversations
from storage.models import Conversation, Workspace
from tests import factories
from tests.factories import MONDAY

ADDRESS = "https://smba.trafficmanager.net/jp/"


@pytest.fixture(name="session")
def _session(tmp_path: Path) -> Iterator[Session]:
    database = factories.database(tmp_path)
    with database.writing() as session:
        yield session
    database.close()


@pytest.fixture(name="place")
def _place(session: Session) -> Workspace:
    return factories.workspace(session, factories.organisation(session).id, platform="teams", tenant="t1")


def chat(
    place: Workspace, *, external: str = "aad-1", kind: str = "direct", days: int = 0, **values: str
) -> Conversation:
    made = conversations.made(place, kind, external, now=MONDAY + timedelta(days=days))
    made.conversation, made.address, made.user = "a:1", ADDRESS, "29:1"
    for name, value in values.items():
        setattr(made, name, value)
    return made


def rows(session: Session) -> list[Conversation]:
    return list(session.exec(select(Conversation)))


def test_a_chat_is_kept_once_and_a_room_may_have_the_same_id(session: Session, place: Workspace) -> None:
    conversations.remember(session, chat(place))
    conversations.remember(session, chat(place))
    conversations.remember(session, chat(place, kind="room"))
    assert len(rows(session)) == 2
    found = conversations.find(session, place.id, "direct", "aad-1")
    assert found is not None
    assert (found.conversation, found.address, found.user, found.seen_at) == ("a:1", ADDRESS, "29:1", MONDAY)


def test_it_is_news_when_something_changed_and_once_a_day(session: Session, place: Workspace) -> None:
    known = chat(place, sort="standard")
    assert not conversations.is_known(None, known)
    assert conversations.is_known(known, chat(place))
    assert conversations.is_known(known, chat(place, user="", sort=""))
    assert not conversations.is_known(known, chat(place, days=1))
    assert not conversations.is_known(known, chat(place, address="https://elsewhere/"))
    assert not conversations.is_known(known, chat(place, sort="shared"))


def test_what_a_later_activity_does_not_tell_is_not_unlearned(session: Session, place: Workspace) -> None:
    conversations.remember(session, chat(place, kind="room", sort="shared"))
    conversations.remember(session, chat(place, kind="room", days=2, user="", sort="", address="https://new/"))
    (row,) = rows(session)
    assert (row.user, row.sort, row.address) == ("29:1", "shared", "https://new/")
    assert row.seen_at == MONDAY + timedelta(days=2)


def test_rooms_that_had_to_be_left_can_be_tried_again(session: Session, place: Workspace) -> None:
    for external, kind, reason in (
        ("19:a", "room", "not_in_channel"),
        ("19:b", "room", "channel_not_found"),
        ("19:c", "room", ""),
        ("aad-1", "direct", "not_in_channel"),
    ):
        conversations.remember(session, chat(place, kind=kind, external=external))
        if reason:
            conversations.bury(session, chat(place, kind=kind, external=external, days=3), reason)
    (row,) = conversations.left(session, place.id)
    assert row.external == "19:a"
    conversations.revive(session, row)
    assert conversations.left(session, place.id) == []
    assert (row.dead, row.seen_at) == ("", MONDAY)


def test_dead_until_it_is_heard_from_again(session: Session, place: Workspace) -> None:
    conversations.remember(session, chat(place))
    assert conversations.dead_for(session, place.id, "aad-1") == ""
    conversations.bury(session, chat(place, days=3), "blocked")
    assert conversations.dead_for(session, place.id, "aad-1") == "blocked"
    assert conversations.since(session, place.id, "aad-1") == MONDAY.isoformat()
    conversations.remember(session, chat(place, days=4))
    assert conversations.dead_for(session, place.id, "aad-1") == ""
    assert conversations.since(session, place.id, "aad-1") == (MONDAY + timedelta(days=4)).isoformat()


def test_a_chat_that_moved_on_does_not_die_of_its_old_one(session: Session, place: Workspace) -> None:
    conversations.remember(session, chat(place, conversation="a:2"))
    conversations.bury(session, chat(place, conversation="a:1"), "not_installed")
    assert conversations.dead_for(session, place.id, "aad-1") == ""


def test_who_was_never_met_is_not_reached_and_stays_so_when_it_was_tried(session: Session, place: Workspace) -> None:
    assert conversations.dead_for(session, place.id, "aad-9") == "not_installed"
    assert conversations.since(session, place.id, "aad-9") == ""
    conversations.bury(session, chat(place, external="aad-9", conversation="", address=""), "not_installed")
    assert conversations.dead_for(session, place.id, "aad-9") == "not_installed"


def test_the_address_is_the_one_heard_from_last(session: Session, place: Workspace) -> None:
    assert conversations.address(session, place.id) == ""
    conversations.remember(session, chat(place, address="https://first/"))
    conversations.remember(session, chat(place, external="aad-2", days=1, address="https://second/"))
    conversations.bury(session, chat(place, external="aad-3", days=2, address=""), "not_installed")
    other = factories.workspace(session, place.organisation_id, platform="teams", tenant="t2")
    conversations.remember(session, chat(other, days=3, address="https://theirs/"))
    assert conversations.address(session, place.id) == "https://second/"
