"""Colleagues and workspaces on another platform: named apart, offered, chosen against what the platform's list says."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers import places
from handlers.message import ChoiceField, Option
from handlers.request import Command, Press, Reply, Say
from storage import db, linking, nextsteps
from storage.models import Entry, Member, NextStep
from tests import factories
from tests.handlers.bridge import SATO, SUZUKI, TANAKA, Bridge, bridge, said

CROWD = 150
"""Colleagues on Teams, named so that they stand before everybody else."""


@pytest.fixture
def town(tmp_path: Path) -> Generator[Bridge]:
    with bridge(tmp_path) as made:
        yield made


@pytest.fixture
def nova(town: Bridge) -> Bridge:
    """佐藤 leads ノヴァ素材 on Slack, with a step of her own; 鈴木 is on Slack too, 田中 on Teams."""
    town.met(SATO, SUZUKI, TANAKA)
    town.alliance(SATO)
    town.say(SATO, "ノヴァ素材 定例。順調 → 試験計画を送る うち 7/9")
    return town


def crowd(town: Bridge, many: int = CROWD) -> list[str]:
    """So many colleagues on Teams; their ids in the order of their names."""
    with db.unit_of_work(town.database) as session:
        place = town.place(session, "teams")
        found = [factories.member(session, town.org, name=f"A{number:04}") for number in range(many)]
        for number, person in enumerate(found):
            factories.account(session, person, place, user=f"aad-{number}")
        return [person.id for person in found]


def edit(town: Bridge) -> Reply:
    """The form of the one step."""
    return town.press(SATO, town.press(SATO, town.ask(SATO, Say("私の宿題")), "step.open"), "step.edit")


def offered(reply: Reply) -> ChoiceField:
    """The field for colleagues elsewhere."""
    assert reply.form is not None
    found = next(each for each in reply.form.fields if each.name == places.ELSEWHERE)
    assert isinstance(found, ChoiceField)
    return found


def owner(town: Bridge) -> str | None:
    (step,) = town.rows(NextStep)
    return step.owner_id


# ---------------------------------------------------------------- the owner of a step


def test_a_colleague_chosen_elsewhere_wins_over_who_stood_there(nova: Bridge) -> None:
    """The platform's own list opens on the old owner, and is sent along unchanged."""
    assert "田中 実" in said(nova.submit(SATO, edit(nova), SATO, elsewhere=nova.member(TANAKA).id))
    assert owner(nova) == nova.member(TANAKA).id


def test_a_colleague_chosen_here_wins_over_who_stood_elsewhere(nova: Bridge) -> None:
    nova.submit(SATO, edit(nova), SATO, elsewhere=nova.member(TANAKA).id)
    again = edit_of(nova)
    assert offered(again).initial == (nova.member(TANAKA).id,)
    nova.submit(SATO, again, SUZUKI, owner=SUZUKI.user)
    assert owner(nova) == nova.member(SUZUKI).id


def test_two_who_are_newly_chosen_are_one_too_many(nova: Bridge) -> None:
    reply = nova.submit(SATO, edit(nova), SUZUKI, owner=SUZUKI.user, elsewhere=nova.member(TANAKA).id)
    assert set(reply.errors) == {places.ELSEWHERE}
    assert owner(nova) == nova.member(SATO).id


def test_an_owner_who_is_taken_out_is_gone_and_one_who_stays_stays(nova: Bridge) -> None:
    nova.submit(SATO, edit(nova), SATO, text="計画を送る")
    assert owner(nova) == nova.member(SATO).id
    nova.submit(SATO, edit(nova), owner="")
    assert owner(nova) is None


def test_an_owner_in_neither_list_stays(nova: Bridge) -> None:
    """Their account was closed, or they stand on no list that the platform shows."""
    gone = crowd(nova)[0]
    with db.unit_of_work(nova.database) as session:
        (step,) = nova.rows(NextStep)
        live = session.get(NextStep, step.id)
        assert live is not None
        nextsteps.revise(session, live, {"owner_id": gone}, by=gone, now=nova.now)
        linked = linking.elsewhere(session, nova.org, nova.place(session, "slack").id)
        member = next(person for person, _ in linked if person.id == gone)
        db.change(session, member, {"active": False})
    nova.submit(SATO, edit_of(nova), text="計画を送る")
    assert owner(nova) == gone


def edit_of(town: Bridge) -> Reply:
    """The form, also of a step that somebody else has."""
    (step,) = town.rows(NextStep)
    return town.ask(SATO, Press("step.edit", step.id, step.version))


# ---------------------------------------------------------------- who is offered


def test_the_hundred_and_first_colleague_can_be_chosen(nova: Bridge) -> None:
    last = crowd(nova)[-1]
    assert last in {option.value for option in offered(edit(nova)).options}
    nova.submit(SATO, edit(nova), SATO, elsewhere=last)
    assert owner(nova) == last


def test_who_belongs_to_the_alliance_stands_first(nova: Bridge) -> None:
    crowd(nova)
    form = nova.press(SATO, nova.ask(SATO, Command("alliance", "人 ノヴァ素材")), "people.ours")
    assert offered(form).options[0].value != nova.member(TANAKA).id
    nova.submit(SATO, form, elsewhere=nova.member(TANAKA).id, role="backup")
    assert offered(edit(nova)).options[0].value == nova.member(TANAKA).id


def test_who_is_beyond_the_list_may_still_be_sent(nova: Bridge) -> None:
    """The list is cut, the check isn't."""
    last = crowd(nova, places.MANY + 1)[-1]
    form = edit(nova)
    assert last not in {option.value for option in offered(form).options}
    nova.submit(SATO, form, SATO, elsewhere=last)
    assert owner(nova) == last
    assert offered(edit_of(nova)).options[0].value == last, "whoever is chosen stands there"


# ---------------------------------------------------------------- workspaces


def test_two_tenants_without_a_name_are_told_apart(town: Bridge) -> None:
    with db.unit_of_work(town.database) as session:
        factories.workspace(session, town.org, platform="teams", tenant="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    town.met(SATO, TANAKA)
    shown = said(town.ask(SATO, Say("アカウント連携")))
    assert "Teams(0f1e2d3c)" in shown
    assert "Teams(tenant-1)" in shown
    labels = {option.label for option in offered_people(town)}
    assert labels == {"田中 実(Teams(tenant-1))"}


def test_a_link_into_another_tenant_is_not_shown(town: Bridge) -> None:
    """Both are on Teams, in two tenants: the one can't open what lies in the other."""
    town.met(SATO, TANAKA)
    town.alliance(SATO)
    form = town.press(SATO, town.ask(SATO, Command("alliance", "人 ノヴァ素材")), "people.ours")
    town.submit(SATO, form, elsewhere=town.member(TANAKA).id, role="member")
    town.say(SATO, "ひっかかり ノヴァ素材 ! 評価試験の分担が決まらない")
    with db.unit_of_work(town.database) as session:
        other = factories.workspace(session, town.org, platform="teams", tenant="tenant-2")
        sato = next(each for each in session.exec(select(Member)) if each.name == SATO.name)
        factories.account(session, sato, other, user="aad-elsewhere")
        entry = session.exec(select(Entry).order_by(col(Entry.id).desc())).first()
        assert entry is not None
        db.change(session, entry, {"permalink": "https://teams.example/l/1", "platform": "teams"})
    shown = town.ask(TANAKA, Say("ひっかかり 一覧 ノヴァ素材"))
    assert "(Teamsの投稿)" in said(town.press(TANAKA, shown, "friction.show"))
    with db.unit_of_work(town.database) as session:
        tanaka = next(each for each in session.exec(select(Member)) if each.name == TANAKA.name)
        place = next(each for each in linking.workspaces(session, town.org) if each.tenant == "tenant-2")
        factories.account(session, tanaka, place, user="aad-tanaka-2")
    assert "(Teamsの投稿)" not in said(town.press(TANAKA, shown, "friction.show"))


def offered_people(town: Bridge) -> tuple[Option, ...]:
    town.alliance(SATO)
    return offered(town.press(SATO, town.ask(SATO, Command("alliance", "人 ノヴァ素材")), "people.ours")).options
