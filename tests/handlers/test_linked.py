"""A code in the wrong hands, and accounts that are closed: what a link can't do (decision 12)."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from handlers.desk import Desk
from handlers.message import Button
from handlers.request import Account as Seen
from handlers.request import Command, Place, Press, Reply, Request, Say
from storage import db, linking, people
from storage.models import Account, Inbox, LinkCode, Outbox, Touchpoint
from tests.handlers.bridge import SATO, SATO_TEAMS, SUZUKI, TANAKA, TENANTS, Bridge, Person, actions, bridge, said
from tests.handlers.friction_people import of_blocks

ROOM = Place("room", "C1", name="general", outsiders=False)
AGAIN = Person("slack", "U9", "佐藤 花子")
"""佐藤's Slack account, made anew after the old one was closed."""


@pytest.fixture
def town(tmp_path: Path) -> Generator[Bridge]:
    with bridge(tmp_path) as made:
        yield made


def account(town: Bridge, who: Person) -> Account:
    """The account of somebody."""
    return next(row for row in town.rows(Account) if row.user == who.user)


def change(town: Bridge, who: Person, **values: object) -> None:
    """What is stored of an account."""
    with db.unit_of_work(town.database) as session:
        found = people.known(session, town.place(session, who.platform).id, who.user)
        assert found is not None
        db.change(session, found[0], values)


def presses(reply: Reply, action: str) -> list[Button]:
    """The buttons of a reply with that action."""
    assert reply.message is not None
    found = [item for item in of_blocks(reply.message.blocks) if isinstance(item, Button)]
    return [item for item in found if item.action == action]


# ---------------------------------------------------------------- a stolen code


def test_the_account_that_made_the_code_is_never_parted(town: Bridge) -> None:
    """鈴木 on Slack leads; whoever holds the code types it on Teams, and would be her if she could be shut out."""
    town.met(SUZUKI, TANAKA)
    town.alliance(SUZUKI)
    reply = town.link(SUZUKI, TANAKA)
    kept = town.member(SUZUKI).id
    root, thief = account(town, SUZUKI).id, account(town, TANAKA).id
    assert root not in {press.id for press in presses(reply, "account.unlink")}
    for who in (TANAKA, SUZUKI):
        assert "記録と担当" in said(town.ask(who, Press("account.unlink", root)))
        shown = town.ask(who, Say("アカウント連携"))
        assert {press.id for press in presses(shown, "account.unlink")} == {thief}
    assert town.member(SUZUKI).id == kept
    assert "解除しました" in said(town.ask(SUZUKI, Press("account.unlink", thief)))
    assert town.member(SUZUKI).id == kept != town.member(TANAKA).id
    assert "ほかにありません" in said(town.ask(SUZUKI, Press("account.unlink", root)))


def test_who_joined_later_parts_nobody_who_was_there_before(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    town.link(SATO, TANAKA)
    with db.unit_of_work(town.database) as session:
        first, person = people.known(session, town.place(session, "slack").id, SATO.user) or (None, None)
        second = people.known(session, town.place(session, "teams").id, TANAKA.user)
        assert first is not None
        assert person is not None
        assert second is not None
        assert linking.was_before(first, second[0])
        assert not linking.was_before(second[0], first)
        assert not linking.was_before(second[0], second[0])


def test_a_code_of_an_account_is_gone_with_its_link(town: Bridge) -> None:
    """Made while it was linked, it would open the member whom the account was shut out of."""
    town.met(SATO, TANAKA)
    town.link(SATO, TANAKA)
    town.deliver()
    with db.unit_of_work(town.database) as session:
        found = people.known(session, town.place(session, "teams").id, TANAKA.user)
        assert found is not None
        linking.keep_code(session, found[1], "a-hash", by=found[0], now=town.now, until=town.now)
    town.ask(SATO, Press("account.unlink", account(town, TANAKA).id))
    assert [row.code for row in town.rows(LinkCode) if row.used_at is None] == []


def test_the_notice_of_a_link_is_not_turned_away(town: Bridge) -> None:
    """Whoever typed the code can't have notices come to themselves before its maker was told."""
    town.met(SATO, TANAKA)
    town.link(SATO, TANAKA)
    own = account(town, TANAKA).id
    assert "まだ届いていません" in said(town.ask(TANAKA, Press("account.prefer", own)))
    form = town.ask(TANAKA, Command("alliance", "設定"))
    assert set(town.submit(TANAKA, form, hears=own).errors) == {"hears"}
    town.deliver()
    assert any("連携されました" in each for each in town.heard(SATO))
    assert "Teamsに届きます" in said(town.ask(TANAKA, Press("account.prefer", own)))


def test_an_account_that_preferred_itself_takes_nothing_with_it(town: Bridge) -> None:
    """Slack goes before Teams where two are chosen: the choice of who made the code is the only one left."""
    town.met(TANAKA, SUZUKI)
    town.ask(SUZUKI, Press("account.prefer", account(town, SUZUKI).id))
    town.link(TANAKA, SUZUKI)
    assert [row.user for row in town.rows(Account) if row.preferred] == [TANAKA.user]
    town.deliver()
    assert any("連携されました" in each for each in town.heard(TANAKA))
    assert not town.heard(SUZUKI)


def test_the_notice_names_the_account_that_made_the_code(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    town.link(SATO, TANAKA)
    (row,) = [row for row in town.rows(Outbox) if row.kind == "account.joined"]
    assert row.arguments == {"account": account(town, SATO).id}


def test_operators_rights_are_not_passed_on(town: Bridge) -> None:
    """They are given on the command line, to a person by name; who holds them is asked before they are lost."""
    town.met(SATO, TANAKA)
    with db.unit_of_work(town.database) as session:
        person = people.member_of(session, town.place(session, "teams").id, TANAKA.user)
        assert person is not None
        db.change(session, person, {"operator": True})
    asked = town.ask(TANAKA, Say(town.code(SATO)))
    assert "account.confirm" in actions(asked)
    assert "運用者" in said(asked)
    town.press(TANAKA, asked, "account.confirm")
    assert not town.member(SATO).operator
    assert town.member(TANAKA).id == town.member(SATO).id


# ---------------------------------------------------------------- what is left of a code


def test_a_code_is_not_kept_with_the_answer(town: Bridge) -> None:
    town.met(SATO)
    request = Request("once", "slack", TENANTS["slack"], Seen(SATO.user, SATO.name), Place("direct"), Say("連携コード"))
    desk = Desk(town.database, lambda: town.now)
    shown = desk.run(request)
    code = said(shown).split("連携コード ")[1][:9]
    assert [row.key for row in town.rows(Inbox) if code in row.reply or code.replace("-", "") in row.reply] == []
    again = desk.run(request)
    assert "お見せしました" in said(again)
    assert "account.open" in actions(again)
    assert len(town.rows(LinkCode)) == 1


def test_a_bare_code_in_a_linked_channel_is_no_touchpoint(town: Bridge) -> None:
    """Typed as a slash command, which nobody else reads."""
    town.met(SATO, TANAKA)
    town.alliance(TANAKA)
    town.command(TANAKA, "連携 ノヴァ素材", room="C1")
    assert "ご本人のアカウントですか" in town.say(TANAKA, town.code(SATO), place=ROOM, private=True)
    assert "見つかりませんでした" in town.say(TANAKA, "CCCC-DDDD", place=ROOM, private=True)
    assert not town.rows(Touchpoint)


# ---------------------------------------------------------------- closed accounts


def test_a_closed_account_is_neither_shown_nor_believed(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS)
    town.link(SATO, SATO_TEAMS)
    town.deliver()
    change(town, SATO, deleted=True)
    renamed = Person("teams", SATO_TEAMS.user, "山田 花子", locale="en-US")
    town.say(renamed, "こんにちは")
    assert (town.member(SATO_TEAMS).name, town.member(SATO_TEAMS).platform_locale) == ("山田 花子", "en-US")
    shown = said(town.ask(renamed, Say("アカウント連携")))
    assert "messages come here" not in shown
    assert "account code" in shown, "Slack is open again"
    assert not {"account.prefer", "account.unlink"} & actions(town.ask(renamed, Say("アカウント連携")))
    assert "no longer linked" in said(town.ask(renamed, Press("account.prefer", account(town, SATO).id)))


def test_an_account_made_anew_is_linked_again(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS)
    town.alliance(SATO)
    town.link(SATO, SATO_TEAMS)
    town.deliver()
    change(town, SATO, deleted=True)
    town.met(AGAIN)
    code = town.ask(SATO_TEAMS, Say("account code"))
    answer = town.ask(AGAIN, Say(said(code).split("account code ")[1][:9]))
    assert "連携しました" in said(answer)
    assert town.member(AGAIN).id == town.member(SATO_TEAMS).id
    assert [row.user for row in town.rows(Account) if row.preferred] == [SATO_TEAMS.user]
