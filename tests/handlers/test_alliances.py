"""Alliances: made, listed, changed, paused; their people and rooms; who may and who may not."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers import alliances, briefs, lookup, partners, rooms
from handlers.errors import UserError
from handlers.message import ChoiceField, Form, TextField
from handlers.request import Ctx, Place, Press, Reply, Submit
from storage import alliances as stored
from storage import people
from storage.models import Alliance, Member
from tests.handlers.friction_people import Company, actions, company, press, words


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


def submit(ctx: Ctx, form: str, *, id: str = "", version: int = 0, **values: str) -> Submit:  # noqa: A002
    del ctx
    return Submit(form, id, version, {name: [value] for name, value in values.items()})


def sent(values: dict[str, str]) -> Submit:
    return Submit("alliance.new", values={name: [value] for name, value in values.items()})


def made(at: Company, person: Member, name: str, **values: str) -> Alliance:
    ctx = at.ctx(person)
    result = alliances.make(ctx, sent({"name": name, "cadence": "14"} | values))
    assert isinstance(result, Alliance)
    return result


def in_room(ctx: Ctx, *, outsiders: bool | None) -> Ctx:
    place = Place("room", "C1", "#nova-internal", outsiders)
    return replace(ctx, request=replace(ctx.request, place=place))


# ---------------------------------------------------------------- new


def test_the_form_opens_with_the_name_and_defaults(nova: Company) -> None:
    form = alliances.new(nova.ctx(nova.lead), " アオバ物流 ").form
    assert isinstance(form, Form)
    first = form.fields[0]
    assert isinstance(first, TextField)
    assert first.initial == "アオバ物流"
    assert [each.initial for each in form.fields if isinstance(each, ChoiceField)] == [("14",)]


def test_whoever_makes_an_alliance_leads_it_and_names_a_backup(nova: Company) -> None:
    ctx = replace(nova.ctx(nova.stranger), people={"U7": nova.team[0]})
    reply = alliances.create(ctx, submit(ctx, "alliance.new", name="アオバ物流", aliases="アオバ、aoba", backup="U7"))
    assert "リードはあなたです" in words(reply)
    aoba = lookup.find(nova.ctx(nova.stranger), "ａｏｂａ", action="alliance.open")
    lead, backup = stored.lead_of(nova.session, nova.org, aoba.id), stored.backup_of(nova.session, nova.org, aoba.id)
    assert lead is not None
    assert backup is not None
    assert (lead.id, backup.id) == (nova.stranger.id, nova.team[0].id)


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": "株式会社ノヴァ素材"}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "アオバ物流", "aliases": "ﾉｳﾞｧ素材"}, {"aliases"}),
        ({"name": "ノヴァ素材", "aliases": "(株)アオバ物流", "backup": "U404"}, {"name", "aliases", "backup"}),
    ],
)
def test_every_wrong_field_is_told_in_the_persons_language(
    nova: Company, values: dict[str, str], fields: set[str]
) -> None:
    if "backup" in values:
        made(nova, nova.lead, "アオバ物流")
    ctx = nova.ctx(nova.stranger)
    reply = alliances.create(ctx, sent(values))
    assert set(reply.errors) == fields
    assert reply.message is None


def test_a_taken_name_says_who_leads_it(nova: Company) -> None:
    ctx = nova.ctx(nova.stranger)
    reply = alliances.create(ctx, submit(ctx, "alliance.new", name="ノヴァ素材"))
    assert "佐藤さん" in reply.errors["name"]


# ---------------------------------------------------------------- list, show


def test_the_list_shows_mine_first_and_says_what_is_left_out(nova: Company) -> None:
    for number in range(alliances.LISTED):
        made(nova, nova.stranger, f"会社{number:02}")
    said = words(alliances.list_all(nova.ctx(nova.lead), ""))
    assert said.index("あなたがリードの提携") < said.index("ノヴァ素材") < said.index("ほかの提携")
    assert "ほか2件" in said
    assert "会社07" in words(alliances.list_all(nova.ctx(nova.lead), "会社07"))


def test_an_unknown_name_is_answered_with_the_nearest_and_a_way_to_create(nova: Company) -> None:
    with pytest.raises(UserError) as raised:
        alliances.show(nova.ctx(nova.lead), "ノバ素材")
    assert [button.label for button in raised.value.buttons] == ["ノヴァ素材", "提携を作る"]
    assert raised.value.text == "ノバ素材"


def test_everybody_reads_the_card_but_only_its_people_get_the_ways_to_change_it(nova: Company) -> None:
    open_card = Press("alliance.open", nova.nova.id)
    assert "alliance.edit" in actions(alliances.open_card(nova.ctx(nova.lead), open_card))
    reply = alliances.open_card(nova.ctx(nova.stranger), open_card)
    assert "ノヴァ素材" in words(reply)
    assert "alliance.edit" not in actions(reply)
    assert "前回" not in words(reply)
    assert "ノヴァ素材 リード 佐藤" in words(alliances.list_all(nova.ctx(nova.stranger), ""))


# ---------------------------------------------------------------- edit, pause


def test_an_outsider_of_the_team_is_told_whom_to_ask(nova: Company) -> None:
    ctx = nova.ctx(nova.stranger)
    refused: tuple[Callable[[], Reply], ...] = (
        lambda: alliances.open_edit(ctx, Press("alliance.edit", nova.nova.id)),
        lambda: alliances.pause(ctx, "ノヴァ素材 9/1まで"),
        lambda: partners.open_ours(ctx, Press("people.ours", nova.nova.id)),
        lambda: rooms.link(in_room(ctx, outsiders=False), "ノヴァ素材"),
    )
    for each in refused:
        with pytest.raises(UserError) as raised:
            each()
        assert raised.value.values["lead"] == "佐藤"


def test_an_edit_keeps_names_unique_and_a_stale_form_tells_who_changed_what(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    fields = {
        "name": "ノヴァ素材",
        "purpose": "検査を人に優しく",
        "stage": "prove",
        "cadence": "21",
        "partners": "ノヴァ素材",
    }
    reply = alliances.edit(ctx, submit(ctx, "alliance.edit", id=nova.nova.id, version=1, **fields, aliases="nova"))
    assert "試す・3週間ごと" in words(reply)
    row = lookup.find(nova.ctx(nova.lead), "NOVA", action="alliance.open")
    assert (row.version, row.purpose_confirmed_on) == (2, date(2026, 7, 6))
    other = nova.ctx(nova.team[0])
    with pytest.raises(UserError) as raised:
        alliances.edit(other, submit(other, "alliance.edit", id=nova.nova.id, version=1, **fields))
    assert raised.value.key == "stale.changed"
    assert raised.value.values["who"] == "佐藤"
    assert "目的" in str(raised.value.values["what"])
    made(nova, nova.lead, "アオバ物流")
    wrong = fields | {"name": "アオバ物流", "partners": ""}
    clash = alliances.edit(ctx, submit(ctx, "alliance.edit", id=nova.nova.id, version=2, **wrong))
    assert set(clash.errors) == {"name", "partners"}


def test_a_pause_by_line_names_day_and_reason_and_resumes(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    reply = alliances.pause(ctx, "ノヴァ素材 9/1まで 年度の予算待ち")
    assert "9/1(火)まで休止中です(年度の予算待ち)" in words(reply)
    reply = alliances.press_resume(nova.ctx(nova.lead), press(reply, "alliance.resume"))
    assert "再開しました" in words(reply)
    assert alliances.pause(ctx, "ノヴァ素材").form is not None
    with pytest.raises(UserError) as raised:
        alliances.paused(ctx, submit(ctx, "alliance.pause", id=nova.nova.id, until="2026-07-06"))
    assert raised.value.field == "until"


# ---------------------------------------------------------------- people


def test_roles_are_given_and_ended_but_the_last_lead_stays(nova: Company) -> None:
    ctx = replace(nova.ctx(nova.lead), people={"U9": nova.stranger})
    reply = partners.add_ours(ctx, submit(ctx, "people.ours", id=nova.nova.id, who="U9", role="manager"))
    assert "鈴木(管理者)" in words(reply)
    assert nova.nova.id in people.viewer_of(nova.session, nova.stranger).manages
    role = next(each for each in stored.roles(nova.session, nova.org, nova.nova.id) if each.role == "lead")
    with pytest.raises(UserError) as raised:
        partners.end(ctx, Press("people.end", role.id))
    assert raised.value.key == "people.last_lead"
    gone = next(each for each in stored.roles(nova.session, nova.org, nova.nova.id) if each.role == "backup")
    assert "高橋(副担当)" not in words(partners.end(ctx, Press("people.end", gone.id)))


def test_a_guest_is_no_colleague(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    with pytest.raises(UserError) as raised:
        partners.add_ours(ctx, submit(ctx, "people.ours", id=nova.nova.id, who="U404", role="member"))
    assert raised.value.field == "who"


def test_contacts_of_theirs_stand_on_the_brief(nova: Company) -> None:
    aoba = made(nova, nova.lead, "アオバ物流")
    ctx = nova.ctx(nova.lead)
    partners.add_theirs(ctx, submit(ctx, "people.theirs", id=aoba.id, name="高田", title="営業部", role="counterpart"))
    said = words(briefs.brief(ctx, "アオバ物流"))
    assert "高田・営業部(窓口)" in said
    assert "佐藤(リード)" in said


# ---------------------------------------------------------------- rooms


@pytest.mark.parametrize(("outsiders", "key"), [(True, "room.outside"), (None, "room.unknown")])
def test_a_room_that_outsiders_may_read_is_not_linked(nova: Company, outsiders: bool | None, key: str) -> None:
    with pytest.raises(UserError) as raised:
        rooms.link(in_room(nova.ctx(nova.lead), outsiders=outsiders), "ノヴァ素材")
    assert raised.value.key == key
    assert lookup.here(in_room(nova.ctx(nova.lead), outsiders=outsiders)) is None


def test_a_linked_room_stands_for_its_alliance_until_it_is_unlinked(nova: Company) -> None:
    ctx = in_room(nova.ctx(nova.lead), outsiders=False)
    assert "連携しました" in words(rooms.link(ctx, "ノヴァ素材"))
    assert lookup.find(ctx, "", action="alliance.open").id == nova.nova.id
    made(nova, nova.lead, "アオバ物流")
    with pytest.raises(UserError) as raised:
        rooms.link(in_room(nova.ctx(nova.lead), outsiders=False), "アオバ物流")
    assert (raised.value.key, raised.value.values) == ("room.taken", {"alliance": "ノヴァ素材"})
    assert "外しました" in words(rooms.unlink(ctx, ""))
    assert lookup.here(ctx) is None


def test_a_direct_chat_is_no_room(nova: Company) -> None:
    assert "連携したいチャンネルの中で入力してください" in words(rooms.link(nova.ctx(nova.lead), "ノヴァ素材"))
    with pytest.raises(UserError) as raised:
        rooms.press_link(nova.ctx(nova.lead), Press("room.link", "x"))
    assert raised.value.key == "room.not_here"
    reply: Reply = rooms.unlink(nova.ctx(nova.lead), "ノヴァ素材")
    assert "ありません" in words(reply)
