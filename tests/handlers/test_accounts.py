"""One person on two platforms: codes and their limits, what becomes one, what crosses over, the way apart."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from handlers import accounts
from handlers.message import Facts, Link, spoken
from handlers.request import Command, Place, Press, Say
from scheduler.ports import Reading
from storage import db, linking, merging
from storage.models import (
    Account,
    AllianceRole,
    Audit,
    Delivery,
    Digest,
    Entry,
    LinkCode,
    Member,
    Schedule,
    Touchpoint,
    Workspace,
    metadata,
)  # fmt: skip
from tests import factories
from tests.handlers.bridge import SATO, SATO_TEAMS, SUZUKI, TANAKA, Bridge, Person, actions, at, bridge, said

ROOM = Place("room", "C1", name="general", outsiders=False)
SHARED = Place("room", "C9", name="shared", outsiders=True)


@pytest.fixture
def town(tmp_path: Path) -> Generator[Bridge]:
    with bridge(tmp_path) as made:
        yield made


# ---------------------------------------------------------------- the code


def test_a_code_made_on_slack_links_the_teams_account_that_types_it(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS)
    code = town.code(SATO)
    assert re.fullmatch(r"[CDFGHJKMNPQRTVWXY34679]{4}-[CDFGHJKMNPQRTVWXY34679]{4}", code)
    answer = town.say(SATO_TEAMS, f"account code {code}")
    assert "佐藤 花子" in answer
    assert "Slack" in answer
    assert town.member(SATO_TEAMS).id == town.member(SATO).id
    assert [row.action for row in town.rows(Audit)] == ["account.linked"]
    town.deliver()
    (notice,) = town.heard(SATO)
    assert "Teamsの佐藤 花子 (Hanako Sato)さんのアカウントが連携されました" in notice
    assert not town.heard(SATO_TEAMS)


def test_first_contact_may_be_the_code_itself(town: Bridge) -> None:
    town.met(SATO)
    assert "連携しました" in town.say(replaced_locale(SATO_TEAMS), f"連携コード {town.code(SATO)}")
    town.deliver()
    assert [each for each in town.heard(SATO) if "はじめまして" in each] == []
    assert len(town.rows(Member)) == 1


@pytest.mark.parametrize("written", ["{}", "{}さん", "　{} ", "account code {}", "連携コード：{}"])
@pytest.mark.parametrize("shape", ["full", "lower", "bare", "spaced", "dash"])
def test_it_is_read_as_it_is_typed(written: str, shape: str) -> None:
    code = "K7QM-4XPD"
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    shapes = {"full": wide, "lower": "k7qm-4xpd", "bare": "k7qm4xpd", "spaced": "K7QM 4XPD", "dash": "K7QM–4XPD"}
    assert accounts.code_in(written.format(shapes[shape])) == "K7QM4XPD"


def test_a_code_is_no_word() -> None:
    assert not [word for word in ("TOUCHPOINT", "20261120", "K7QM-4XPDX", "AK7QM-4XPD") if accounts.code_in(word)]


def test_it_is_kept_as_a_hash_one_for_each_member_and_not_exported(town: Bridge) -> None:
    town.met(SATO)
    first, second = town.code(SATO), town.code(SATO)
    (row,) = town.rows(LinkCode)
    assert second.replace("-", "") not in row.code
    assert row.expires_at == town.now + timedelta(minutes=10)
    assert "見つかりませんでした" in town.say(replaced_locale(SATO_TEAMS), first)
    assert "連携しました" in town.say(replaced_locale(SATO_TEAMS), second)


def test_what_is_wrong_with_a_code_is_said(town: Bridge) -> None:
    town.met(SATO, TANAKA, SUZUKI)
    code = town.code(SATO)
    assert "ご自分で作ったコード" in town.say(SATO, code)
    assert "Slackのアカウント同士は連携できません" in town.say(SUZUKI, code)
    assert "8文字" in town.say(TANAKA, "連携コード ABC")
    town.now += timedelta(minutes=10)
    assert "有効期限" in town.say(TANAKA, code)
    code = town.code(SATO)
    assert "連携しました" in town.say(TANAKA, code)
    assert "使われています" in town.say(TANAKA, code)
    assert len({town.member(SATO).id, town.member(SUZUKI).id}) == 2


def test_an_account_that_is_linked_already_is_unlinked_first(town: Bridge) -> None:
    town.met(SATO, TANAKA, SUZUKI)
    town.link(SATO, TANAKA)
    assert "先にそちらを解除してください" in town.say(TANAKA, town.code(SUZUKI))
    assert "連携しているアカウント" in town.say(SATO, "アカウント連携")


def test_five_wrong_codes_and_it_waits(town: Bridge) -> None:
    town.met(SATO, TANAKA, SATO_TEAMS)
    code = town.code(SATO)
    wrong = "CCCC-DDDD"
    for _ in range(5):
        assert "見つかりませんでした" in town.say(TANAKA, wrong)
    assert "10分ほど" in town.say(TANAKA, code)
    assert "Linked" in town.say(SATO_TEAMS, code), "another account goes on"
    town.now += timedelta(minutes=10)
    assert "連携しました" in town.say(TANAKA, town.code(SUZUKI))


def test_a_code_that_others_could_read_is_burnt(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    for room in (ROOM, SHARED):
        code = town.code(SATO)
        assert "使えなくしました" in town.say(TANAKA, f"これでいい? {code}", place=room)
        assert "使われています" in town.say(TANAKA, code)
    code = town.code(SATO)
    assert "ほかの方に見えない" in town.say(TANAKA, "連携コード CCCC-DDDD", place=ROOM)
    assert "連携しました" in town.say(TANAKA, f"連携コード {code}", place=ROOM, private=True)


def test_a_code_of_another_company_is_unknown(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    code = town.code(SATO)
    with db.unit_of_work(town.database) as session:
        other = factories.organisation(session)
        (row,) = town.rows(LinkCode)
        assert linking.code_of(session, other.id, row.code) is None
        strangers = [factories.member(session, other.id), factories.member(session, town.org)]
        with pytest.raises(ValueError, match="one organisation"):
            merging.merge(session, strangers[0], strangers[1], now=town.now)
    assert "連携しました" in town.say(TANAKA, code)


def test_a_code_is_spent_once(town: Bridge) -> None:
    """Two replicas at once: the database decides."""
    town.met(SATO)
    town.code(SATO)
    (seen,) = town.rows(LinkCode)
    with db.unit_of_work(town.database) as session:
        fresh = linking.code_of(session, town.org, seen.code)
        assert fresh is not None
        assert linking.spend(session, fresh, town.now)
        assert not linking.spend(session, fresh, town.now)


def test_where_there_is_one_workspace_there_is_no_code(tmp_path: Path) -> None:
    with bridge(tmp_path) as town:
        with db.unit_of_work(town.database) as session:
            table = metadata.tables["workspace"]
            session.connection().execute(table.delete().where(table.c.platform == "teams"))
        assert [row.platform for row in town.rows(Workspace)] == ["slack"]
        assert "Slackだけ" in town.say(SATO, "アカウント連携")
        assert not town.rows(LinkCode)


# ---------------------------------------------------------------- what becomes one


def test_records_and_roles_become_one_after_a_word_of_consent(town: Bridge) -> None:
    """Both sides have records: a lead of ノヴァ on Slack, who led ルミナ on Teams."""
    town.met(SATO, SATO_TEAMS)
    town.alliance(SATO, "ノヴァ素材")
    town.alliance(SATO_TEAMS, "ルミナAI")
    town.say(SATO_TEAMS, "ルミナAI 定例。順調 → 試験計画を送る うち 7/9")
    reply = town.ask(SATO_TEAMS, Say(town.code(SATO)))
    assert "佐藤 花子’s" in said(reply)
    assert town.member(SATO_TEAMS).id != town.member(SATO).id
    before = {row.id: row.version for row in town.rows(Touchpoint)}
    town.press(SATO_TEAMS, reply, "account.confirm")
    person = town.member(SATO)
    assert town.member(SATO_TEAMS).id == person.id
    assert {row.member_id for row in town.rows(AllianceRole)} == {person.id}
    assert {row.recorder_id for row in town.rows(Entry)} == {person.id}
    assert {row.id: row.version for row in town.rows(Touchpoint)} == before
    assert "試験計画を送る" in town.say(SATO, "私の宿題")
    assert "取り消しました" in said(town.press(SATO, town.ask(SATO, Say("取り消し")), "entry.undo"))


def test_a_role_held_twice_is_held_once(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS, TANAKA)
    town.alliance(TANAKA)
    appoint(town, TANAKA, SATO_TEAMS, "expert")
    appoint(town, TANAKA, SATO, "expert")
    appoint(town, TANAKA, SATO, "backup")
    town.link(SATO, SATO_TEAMS)
    mine = [row.role for row in town.rows(AllianceRole) if row.member_id == town.member(SATO).id]
    assert sorted(mine) == ["backup", "expert"]


def test_nothing_names_the_member_who_is_gone(town: Bridge) -> None:
    """Every column of every table, also inside of JSON: the id of the merged member stands nowhere any more."""
    town.met(SATO, SATO_TEAMS, TANAKA)
    town.alliance(SATO_TEAMS)
    appoint(town, SATO_TEAMS, TANAKA, "manager")
    town.say(SATO_TEAMS, "ノヴァ素材 定例。順調 → 試験計画を送る うち 7/9")
    town.say(SATO_TEAMS, "静かに 1週間")
    town.say(SATO_TEAMS, "静かに やめる")
    town.later(at(7, 9, 16))
    town.later(at(7, 13, 8, 30))
    gone = town.member(SATO_TEAMS)
    assert gone.id in everything(town)
    with db.unit_of_work(town.database) as session:
        for table, column in merging.columns():
            if table.name in merging.LOOSE:  # whatever these rows were, it names them now
                session.connection().execute(table.update().values({column: gone.id}))
    town.link(SATO, SATO_TEAMS)
    assert gone.id not in everything(town)


def test_columns_that_hold_a_member_are_all_known() -> None:
    """A new column that ends like a reference is either bound, named in LOOSE, or no member."""
    known = {(table.name, column) for table, column in merging.columns()}
    no_member = {
        ("alliance_role", "contact_id"), ("delivery", "room_id"), ("friction", "touchpoint_id"), ("outbox", "lease_by"),
        ("next_step", "touchpoint_id"), ("outbox", "subject_id"), ("planned_meeting", "touchpoint_id"),
        ("revision", "subject_id"), ("audit", "subject_id"), ("schedule", "subject_id"),
    }  # fmt: skip
    bound = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        for column in key.columns
    }
    ends = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_id", "_by")) and column.name != "organisation_id"
    }
    assert ends - bound - no_member == known - bound


# ---------------------------------------------------------------- afterwards


def test_the_way_apart_leaves_the_history(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS)
    town.alliance(SATO_TEAMS)
    reply = town.link(SATO, SATO_TEAMS)
    assert {"account.prefer", "account.unlink"} <= actions(reply)
    answer = said(town.press(SATO_TEAMS, reply, "account.unlink"))
    assert "もう一方のアカウントに残ります" in answer
    fresh, kept = town.member(SATO_TEAMS), town.member(SATO)
    assert fresh.id != kept.id
    assert {row.member_id for row in town.rows(AllianceRole)} == {kept.id}
    town.deliver()
    assert not [each for each in town.heard(SATO_TEAMS) if "はじめまして" in each]
    assert "解除" in town.heard(SATO)[-1], "the notice tells that it is over"
    assert "no other account" in said(town.press(SATO_TEAMS, reply, "account.unlink"))


def test_nobody_elses_account_is_touched(town: Bridge) -> None:
    town.met(SATO, TANAKA, SUZUKI)
    town.link(SATO, TANAKA)
    foreign = town.rows(Account)[0].id
    for action in ("account.unlink", "account.prefer"):
        assert "もうありません" in said(town.ask(SUZUKI, Press(action, foreign)))
    assert "有効期限" in said(town.ask(SUZUKI, Press("account.confirm", "nothing")))


def test_where_notices_come_is_chosen_in_the_settings(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    form = town.ask(SATO, Command("alliance", "設定")).form
    assert form is not None
    assert "hears" not in {each.name for each in form.fields}
    town.link(SATO, TANAKA)
    form = town.ask(SATO, Command("alliance", "設定"))
    account = next(row.id for row in town.rows(Account) if row.user == TANAKA.user)
    assert "お知らせはTeamsに届きます" in said(town.submit(SATO, form, hears=account))
    assert [row.user for row in town.rows(Account) if row.preferred] == [TANAKA.user]
    refused = town.submit(SATO, form, hears="somebody")
    assert set(refused.errors) == {"hears"}


def test_language_and_zone_come_from_the_account_that_hears(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS)
    town.link(SATO, SATO_TEAMS)
    assert "おはようございます" not in town.say(SATO_TEAMS, "こんにちは")
    assert (town.member(SATO).name, town.member(SATO).platform_locale) == ("佐藤 花子", "ja-JP")
    town.press(SATO, town.ask(SATO, Say("アカウント連携")), "account.prefer")
    town.say(SATO_TEAMS, "こんにちは")
    assert town.member(SATO).platform_locale == "en-US"


# ---------------------------------------------------------------- what crosses over


def test_a_digest_read_on_teams_is_answered_to_slack(town: Bridge) -> None:
    """The lead is on Slack only, her manager on Teams only: appointing, digest, drill-down, reply."""
    town.met(SATO, TANAKA)
    town.alliance(SATO)
    appoint(town, SATO, TANAKA, "manager")
    town.say(SATO, "ノヴァ素材 定例。試作は順調")
    town.later(at(7, 13, 8, 30))
    (digest,) = town.messages(TANAKA)
    assert "提携週報" in spoken(digest.message)
    assert not [each for each in town.heard(SATO) if "提携週報" in each]
    listed = town.press(TANAKA, digest.message, "digest.list")
    assert "ノヴァ素材" in said(listed)
    form = town.press(TANAKA, digest.message, "digest.reply")
    town.submit(TANAKA, form, text="よい進みですね")
    town.press(TANAKA, digest.message, "digest.ack")
    town.deliver()
    replies = [each for each in town.heard(SATO) if "よい進みですね" in each]
    assert len(replies) == 1
    assert "田中 実" in replies[0]
    assert [row for row in town.rows(Delivery) if row.sent_at is None] == []


def test_somebody_linked_on_both_hears_each_thing_once(town: Bridge) -> None:
    town.met(SATO, SATO_TEAMS, TANAKA)
    town.alliance(TANAKA)
    appoint(town, TANAKA, SATO, "manager")
    appoint(town, TANAKA, SATO_TEAMS, "manager")
    town.later(at(7, 13, 8, 30))
    assert (len(town.heard(SATO)), len(town.heard(SATO_TEAMS))) == (1, 1), "two people until they are linked"
    town.link(SATO, SATO_TEAMS)
    town.deliver()
    assert len(town.rows(Digest)) == 1
    assert len([row for row in town.rows(Schedule) if row.kind == "digest"]) == 1
    for sender in town.posts.values():
        sender.posts.clear()
    town.later(at(7, 14, 9))
    town.later(at(7, 21, 9))
    assert [text.count("提携週報") for text in town.heard(SATO)] == [1]
    assert not town.heard(SATO_TEAMS)


def test_what_one_side_was_told_this_week_is_not_told_to_the_other(town: Bridge) -> None:
    """The Teams side manages and was told on Monday; the Slack side has managed nothing so far."""
    town.met(SATO, SATO_TEAMS, TANAKA)
    town.alliance(TANAKA)
    appoint(town, TANAKA, SATO_TEAMS, "manager")
    town.later(at(7, 13, 8, 30))
    (digest,) = town.messages(SATO_TEAMS)
    town.link(SATO, SATO_TEAMS)
    town.later(at(7, 13, 11))
    assert not [each for each in town.heard(SATO) if "提携週報" in each]
    town.press(SATO_TEAMS, digest.message, "digest.ack")
    town.deliver()
    assert "確認" in spoken(town.messages(SATO_TEAMS)[0].message), "the message on Teams is updated where it stands"


def test_a_link_is_shown_to_those_who_can_open_it(town: Bridge) -> None:
    town.met(SATO, TANAKA, SATO_TEAMS)
    town.alliance(SATO)
    appoint(town, SATO, TANAKA, "member")
    town.say(SATO, "ひっかかり ノヴァ素材 ! 評価試験の分担が決まらない")
    with db.unit_of_work(town.database) as session:
        entry = town.rows(Entry)[-1]
        db.change(session, entry, {"permalink": "https://hikari.example/archives/C1/p1", "platform": "slack"})
    assert link(town, SATO)
    shown = town.ask(TANAKA, Say("ひっかかり 一覧 ノヴァ素材"))
    note = said(town.press(TANAKA, shown, "friction.show"))
    assert "(Slackの投稿)" in note
    assert not link(town, TANAKA)
    town.link(SUZUKI, TANAKA)
    assert link(town, TANAKA)


def test_a_colleague_on_the_other_platform_can_be_named(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    town.alliance(SATO)
    town.say(SATO, "ノヴァ素材 定例。順調 → 試験計画を送る うち 7/9")
    card = town.press(SATO, town.ask(SATO, Say("私の宿題")), "step.open")
    form = town.press(SATO, card, "step.edit")
    card = town.submit(SATO, form, elsewhere=town.member(TANAKA).id, owner="")
    town.later(at(7, 7, 9))
    assert "試験計画を送る" in town.heard(TANAKA)[-1]
    again = town.press(SATO, card, "step.edit")
    field = next(each for each in again.form.fields if each.name == "elsewhere") if again.form else None
    assert field is not None
    assert field.initial == (town.member(TANAKA).id,)
    assert town.submit(SATO, again, elsewhere="nobody").errors


def test_an_update_goes_to_the_rooms_of_both_platforms_where_only_ours_read(town: Bridge) -> None:
    town.met(SATO, TANAKA)
    town.alliance(SATO)
    appoint(town, SATO, TANAKA, "backup")
    assert "C1" in town.command(SATO, "連携 ノヴァ素材", room="C1")
    assert "19:x" in town.command(TANAKA, "連携 ノヴァ素材", room="19:x")
    listed = town.command(SATO, "連携解除 ノヴァ素材")
    assert "C1(Slack)" in listed
    assert "19:x(Teams)" in listed
    town.say(SATO, "ノヴァ素材 定例。試作は順調")
    for day in (16, 20, 23):
        town.later(at(7, day, 16))
    prompt = next(each for each in town.messages(SATO) if "update.share" in actions(each.message))
    answer = said(town.press(SATO, prompt.message, "update.share"))
    assert "C1(Slack)" in answer
    town.readers["teams"].told["19:x"] = Reading("outside", "guest")
    town.deliver()
    assert [each.to.room for each in town.posts["slack"].standing if each.to.room] == ["C1"]
    assert not [each for each in town.posts["teams"].standing if each.to.room]
    assert any("19:x(Teams)" in each for each in town.heard(SATO)), "its owner hears why"


# ---------------------------------------------------------------- inside


def replaced_locale(who: Person) -> Person:
    """The same person, with a client in Japanese."""
    return replace(who, locale="ja-JP")


def appoint(town: Bridge, by: Person, whom: Person, role: str) -> None:
    """Give a role by the form, whichever platform the colleague is on."""
    card = town.ask(by, Command("alliance", "人 ノヴァ素材"))
    form = town.press(by, card, "people.ours")
    if by.platform == whom.platform:
        reply = town.submit(by, form, whom, who=whom.user, role=role)
    else:
        reply = town.submit(by, form, elsewhere=town.member(whom).id, role=role)
    assert whom.name in said(reply)


def everything(town: Bridge) -> str:
    """The whole database as text, but for keys that only have to differ from each other."""
    opaque = {("outbox", "key"), ("inbox", "key"), ("inbox", "reply")}
    found: list[str] = []
    with town.database.reading() as session:
        for table in metadata.sorted_tables:
            for row in session.connection().execute(table.select()).mappings():
                found.extend(str(value) for name, value in row.items() if (table.name, str(name)) not in opaque)
    return "\n".join(found)


def link(town: Bridge, who: Person) -> list[Link]:
    """The links on a note's card as somebody sees it."""
    listed = town.ask(who, Say("ひっかかり 一覧 ノヴァ素材"))
    message = town.press(who, listed, "friction.show").message
    assert message is not None
    facts = [fact for block in message.blocks if isinstance(block, Facts) for fact in block.items]
    return [span for fact in facts for span in fact.value if isinstance(span, Link)]
