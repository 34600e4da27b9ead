"""A person who hasn't installed the app or has blocked it: another account hears it, else who answers for them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from handlers.notices import NOTICES
from scheduler.ports import UNREACHED, Reading, SendNever
from storage import alliances, conversations, nextsteps, people
from storage.db import add, change
from storage.ids import new_id
from storage.models import Account, Alliance, Conversation, Member, Workspace
from tests import factories
from tests.factories import MONDAY
from tests.fakes import FakeAudience, FakeSender, Fault
from tests.scheduler.world import World

TEXT = (
    "佐藤さんにお知らせが届いていません\n佐藤さんには、Teamsでお知らせが届かない状態です\n・ノヴァ素材\n"
    "Teamsでアプリを追加していただくと、また届くようになります。急ぎの件は直接お伝えください。担当の引き継ぎもご検討ください"
)


def _alliance(session: Session, here: World, *, stage: str = "explore", **roles: str) -> str:
    made = Alliance(
        id=new_id(MONDAY),
        organisation_id=here.org,
        name="ノヴァ素材",
        key="ノヴァ素材",
        stage=stage,
        created_by=here.lead,
        started_on=MONDAY.date(),
        created_at=MONDAY,
    )
    add(session, made)
    for role, who in roles.items():
        person = session.get_one(Member, who)
        alliances.give_role(
            session, org=here.org, alliance_id=made.id, role=role, who=person, since=MONDAY.date(), now=MONDAY
        )
    return made.id


@pytest.fixture(name="here")
def _here(here: World) -> World:
    here.notices["guard.unreached"] = NOTICES["guard.unreached"]
    return here


@pytest.mark.parametrize("reason", sorted(UNREACHED))
@pytest.mark.parametrize("asked", [True, False])
def test_who_is_not_reached_stays_one_of_ours(here: World, reason: str, *, asked: bool) -> None:
    if asked:
        here.audience.told["U1"] = Reading("gone", reason)
    else:
        here.sender.faults.append(Fault(SendNever(reason)))
    here.put("a")
    assert here.deliver().never == 1
    assert (here.row("a").state, here.row("a").reason, here.deliveries()) == ("never", reason, [])
    with here.db.reading() as session:
        assert session.get_one(Member, here.lead).active
        assert not any(account.deleted for account in session.exec(select(Account)))
    assert len(here.rows()) == 1  # who has no part in any alliance is nobody's to hand over


def test_the_lead_of_an_alliance_hears_once_that_somebody_is_not_reached(here: World) -> None:
    here.do(lambda session: _alliance(session, here, lead=here.lead, expert=here.other))
    here.audience.told["U2"] = Reading("gone", "not_installed")
    for key in ("a", "b", "c"):
        here.put(key, member=here.other)
        here.deliver()
    (told,) = [row for row in here.rows() if row.kind == "guard.unreached"]
    assert (told.member_id, told.subject_id, told.state) == (here.lead, here.other, "sent")
    assert here.said() == [TEXT]


def test_of_a_lead_who_comes_next_hears_it_and_nobody_of_those_who_cannot_be_told(here: World) -> None:
    here.do(lambda session: _alliance(session, here, lead=here.lead, manager=here.other))
    here.audience.told |= {"U1": Reading("gone", "blocked"), "U2": Reading("gone", "blocked")}
    here.put("a")
    here.deliver()
    told = [row for row in here.rows() if row.kind == "guard.unreached"]
    assert [(row.member_id, row.state) for row in told] == [(here.other, "never")]


def test_of_a_closed_alliance_nobody_is_told(here: World) -> None:
    here.do(lambda session: _alliance(session, here, stage="closed", lead=here.other, expert=here.lead))
    here.audience.told["U1"] = Reading("gone", "blocked")
    here.put("a")
    here.deliver()
    assert [row.kind for row in here.rows()] == ["nudge"]


def test_who_gave_a_step_hears_that_it_did_not_arrive(here: World) -> None:
    steps: list[str] = []

    def work(session: Session) -> None:
        step = nextsteps.new(
            org=here.org, alliance_id=_alliance(session, here), text="試験計画", assigned_by=here.lead, now=MONDAY
        )
        step.owner_id, step.state, step.side = here.other, "offered", "ours"
        steps.append(nextsteps.insert(session, step, MONDAY).id)

    here.do(work)
    here.notice("step.offered")
    here.audience.told["U2"] = Reading("gone", "not_installed")
    here.put("a", kind="step.offered", subject=steps[0], member=here.other)
    here.deliver()
    assert [post.to.user for post in here.sender.standing] == ["U1"]


def test_another_account_of_theirs_hears_it(here: World) -> None:
    teams, audience = FakeSender(finds=False), FakeAudience({"aad-1": Reading("gone", "blocked")})

    def second(session: Session) -> None:
        place = factories.workspace(session, here.org, platform="teams", tenant="t")
        account = factories.account(session, session.get_one(Member, here.lead), place, user="aad-1")
        change(session, account, {"preferred": True})
        conversations.remember(session, _chat(place))

    def closed(session: Session) -> None:
        place = people.workspace(session, "teams", "t")
        assert place is not None
        conversations.bury(session, _chat(place), "blocked")

    here.do(second)
    audience.on_read = lambda: here.do(closed)  # as the audience of Teams does
    here.put("a")
    deliverer = replace(
        here.deliverer(),
        sender={"slack": here.sender, "teams": teams},
        audience={"slack": here.audience, "teams": audience},
    )
    asyncio.run(deliverer.drain())
    here.clocks.wall += timedelta(seconds=2)
    asyncio.run(deliverer.drain())
    assert [to.user for to in audience.asked] == ["aad-1"]
    assert (here.said(), teams.calls) == (["preview a\nja:a"], [])
    here.put("b")
    asyncio.run(deliverer.drain())
    assert len(audience.asked) == 1


def _chat(place: Workspace) -> Conversation:
    chat = conversations.made(place, "direct", "aad-1", now=MONDAY)
    chat.conversation, chat.address = "a:1", "https://smba.trafficmanager.net/jp/"
    return chat
