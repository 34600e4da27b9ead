"""Of several accounts the one that hears: chosen, reachable, and where a message already stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.deliver import DeliverCounts, Deliverer
from scheduler.ports import Reading, SendNever
from storage import conversations, db, people
from tests import factories
from tests.factories import MONDAY
from tests.fakes import FakeAudience, FakeSender, Fault
from tests.scheduler.world import World, world

SOON = timedelta(seconds=5)
"""Longer than the pause before what goes to another account."""
USERS = {"slack": "U1", "teams": "aad-1"}


@dataclass
class Both:
    """高橋 of the world has a Teams account too."""

    of: World
    sent: dict[str, FakeSender] = field(default_factory=lambda: {each: FakeSender() for each in USERS})
    read: dict[str, FakeAudience] = field(default_factory=lambda: {each: FakeAudience() for each in USERS})

    def deliver(self, *connected: str) -> DeliverCounts:
        """Everything that waits, also what is tried again soon; all platforms are connected where none is named."""
        counts = DeliverCounts()
        for _ in range(3):
            post = Deliverer(
                self.of.db,
                self.of.notices,
                {each: sender for each, sender in self.sent.items() if each in (connected or USERS)},
                self.read,
                lambda: self.of.clocks.now,
                lambda: self.of.clocks.wall,
            )
            counts += asyncio.run(post.drain())
            self.of.clocks.wall = self.of.clocks.wall + SOON
        return counts

    def heard(self) -> dict[str, int]:
        """How many messages stand on each platform."""
        return {each: len(sender.standing) for each, sender in self.sent.items()}

    def prefer(self, platform: str) -> None:
        """The account that the person chose."""
        for each in USERS:
            self._change(each, {"preferred": each == platform})

    def close(self, platform: str) -> None:
        """The account was closed."""
        self._change(platform, {"deleted": True})

    def _change(self, platform: str, values: dict[str, bool]) -> None:
        with db.unit_of_work(self.of.db) as session:
            for account, place in people.accounts(session, self.of.org, self.of.lead):
                if place.platform == platform:
                    db.change(session, account, values)

    def chat(self, *, dead: str = "") -> None:
        """The chat on Teams: known, or dead."""
        with db.unit_of_work(self.of.db) as session:
            place = people.workspace(session, "teams", "tenant-1")
            assert place is not None
            seen = conversations.made(place, "direct", USERS["teams"], now=MONDAY)
            seen.conversation, seen.address = "a:1", "https://smba.example/"
            if dead:
                conversations.bury(session, seen, dead)
            else:
                conversations.remember(session, seen)


@pytest.fixture
def both(tmp_path: Path) -> Both:
    made = world(tmp_path)
    with db.unit_of_work(made.db) as session:
        place = factories.workspace(session, made.org, platform="teams", tenant="tenant-1")
        person = people.member(session, made.org, made.lead)
        assert person is not None
        factories.account(session, person, place, user=USERS["teams"])
    found = Both(made)
    found.chat()
    return found


def test_without_a_choice_it_is_slack(both: Both) -> None:
    both.of.put()
    both.deliver()
    assert both.heard() == {"slack": 1, "teams": 0}


def test_it_is_said_once_where_the_person_chose(both: Both) -> None:
    both.prefer("teams")
    both.of.put("k1")
    both.of.put("k2", kind="relay")
    both.deliver()
    assert both.heard() == {"slack": 0, "teams": 1}, "one bundle"
    assert {post.to.user for post in both.sent["teams"].standing} == {USERS["teams"]}


@pytest.mark.parametrize("reason", ["blocked", "not_installed"])
def test_a_chosen_account_where_nothing_arrives_is_passed_over(both: Both, reason: str) -> None:
    both.prefer("teams")
    both.chat(dead=reason)
    both.of.put()
    both.deliver()
    assert both.heard() == {"slack": 1, "teams": 0}


def test_where_there_is_no_other_the_sender_says_why(both: Both) -> None:
    both.close("slack")
    both.chat(dead="blocked")
    both.sent["teams"].faults.append(Fault(SendNever("blocked")))
    both.of.put()
    both.deliver()
    assert (both.of.row("k1").state, both.of.row("k1").reason) == ("never", "blocked")


def test_what_is_refused_at_the_send_goes_to_the_other_account(both: Both) -> None:
    """The app was blocked since we last heard: the sender buries the chat and refuses."""
    both.prefer("teams")
    both.sent["teams"].on_send = lambda: both.chat(dead="blocked")
    both.sent["teams"].faults.append(Fault(SendNever("blocked"), acted=True))
    both.of.put(kind="relay")
    both.deliver()
    assert len(both.sent["slack"].standing) == 1
    assert both.of.row("k1").state == "sent"
    both.of.put("k2", kind="relay")
    both.sent["teams"].on_send = None
    both.deliver()
    assert len(both.sent["slack"].standing) == 2


def test_a_closed_account_hands_over_to_the_other(both: Both) -> None:
    both.prefer("teams")
    both.read["teams"].told[USERS["teams"]] = Reading("gone")
    both.of.put(kind="relay")
    both.deliver()
    assert both.heard() == {"slack": 1, "teams": 0}
    with both.of.db.reading() as session:
        person = people.member(session, both.of.org, both.of.lead)
        assert person is not None
        assert person.active
        assert [held.user for held, _ in people.accounts(session, both.of.org, both.of.lead) if held.deleted] == [
            "aad-1"
        ]


def test_a_message_is_updated_where_it_stands(both: Both) -> None:
    both.prefer("teams")
    both.of.put(subject="s1")
    both.deliver()
    both.prefer("slack")
    both.of.cancel("s1")
    both.deliver()
    assert both.heard() == {"slack": 0, "teams": 1}
    assert both.sent["teams"].standing[0].edits == 1


@pytest.mark.parametrize("reason", ["", "blocked"])
def test_what_is_bound_to_an_account_is_said_there_or_nowhere(both: Both, reason: str) -> None:
    both.prefer("teams" if not reason else "slack")
    bound = "slack" if not reason else "teams"
    with both.of.db.reading() as session:
        found = people.accounts(session, both.of.org, both.of.lead)
        account = next(held.id for held, place in found if place.platform == bound)
    if reason:
        both.chat(dead=reason)
        both.sent["teams"].faults.append(Fault(SendNever(reason)))
    both.of.put(kind="relay", arguments={"account": account})
    both.deliver()
    assert both.heard() == {"slack": 0 if reason else 1, "teams": 0}


def test_only_connected_platforms_count(both: Both) -> None:
    both.prefer("teams")
    both.of.put()
    both.deliver("slack")
    assert both.heard() == {"slack": 1, "teams": 0}
