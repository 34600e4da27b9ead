"""What people write in Teams becomes a Request, and the answer is shown to them and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bot.teams.facts import account_of
from handlers.request import Account, Capture, OpenHome, Place, Press, Reply, Request, Say
from storage import people
from storage.db import unit_of_work
from storage.models import Outbox
from tests import factories
from tests.bot.teams.stage import (
    EDIT,
    EMMA,
    GUEST,
    INSIDE,
    OPEN,
    STRANGER,
    SUZUKI,
    TANAKA,
    Json,
    Stage,
    dialog,
    staged,
    words,
)
from tests.tenant import STRANGE_TENANT, TENANT, Person, Post, Room, aad


@pytest.fixture(name="stage")
def _stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as stage:
        yield stage


ODD: tuple[Json, ...] = (
    {},
    {"type": "message", "text": 3, "from": "x"},
    {"type": "message", "value": [1]},
    {"type": "invoke", "name": "task/fetch", "value": []},
    {"type": "invoke", "name": "composeExtension/fetchTask", "value": {"commandId": {}, "messagePayload": 1}},
    {"type": "conversationUpdate", "membersAdded": 7, "channelData": []},
    {"type": "installationUpdate"},
)

# ---------------------------------------------------------------- the 1:1 chat


def test_words_in_the_direct_chat_are_answered_there(stage: Stage) -> None:
    body = stage.does.message(TANAKA, "接点 ノヴァ 定例 -&gt; R&amp;D&nbsp;へ、A&B も")
    assert stage.take(body) == {}
    request = stage.asked
    assert request.intent == Say("接点 ノヴァ 定例 -> R&D へ、A&B も", forms=True)
    assert (request.platform, request.tenant) == ("teams", TENANT)
    assert request.actor == Account(TANAKA.aad, "田中 真希", "member", "ja-JP", "Asia/Tokyo")
    assert request.place == Place("direct", body["conversation"]["id"], outsiders=False, message=body["id"])
    assert request.key == f"{body['conversation']['id']}:{body['id']}"
    (answer,) = stage.chat(TANAKA)
    assert "はい" in words(answer.card)
    assert "text" not in answer.activity


def test_zone_and_language_come_from_the_client_where_they_are_real(stage: Stage) -> None:
    stage.take(stage.does.message(EMMA, "today"))
    assert (stage.asked.actor.locale, stage.asked.actor.zone) == ("en-GB", "Europe/London")
    odd = Person(aad(9), "Kim", zone="../Tokyo Standard Time")
    stage.connector.tenant.add(odd)
    stage.take(stage.does.message(odd, "today"))
    assert stage.asked.actor.zone == ""


def test_a_redelivered_message_is_not_answered_twice(stage: Stage) -> None:
    body = stage.does.message(TANAKA, "今日")
    stage.take(body)
    stage.take(body)
    assert (len(stage.script.asked), len(stage.chat(TANAKA))) == (1, 1)


def test_a_form_for_which_no_dialog_can_open_stands_in_the_chat(stage: Stage) -> None:
    stage.replies(Reply(form=EDIT))
    stage.take(stage.does.message(TANAKA, "編集"))
    (answer,) = stage.chat(TANAKA)
    assert "内容" in words(answer.card)
    assert "やめる" in words(answer.card)


def test_a_failing_desk_is_said_with_a_code_and_the_text(stage: Stage) -> None:
    def broken(request: Request) -> Reply:
        raise ZeroDivisionError

    stage.script.reply = broken
    stage.take(stage.does.message(TANAKA, "接点 ノヴァ 定例"))
    shown = words([each.card for each in stage.chat(TANAKA)])
    assert "コード" in shown
    assert "接点 ノヴァ 定例" in shown


def test_a_roster_that_does_not_answer_gives_the_text_back_and_may_be_tried_again(stage: Stage) -> None:
    stage.connector.fail("member", 500, times=2)
    body = stage.does.message(TANAKA, "接点 ノヴァ 定例")
    stage.take(body)
    assert stage.script.asked == []
    assert "つながらず" in words(stage.chat(TANAKA)[-1].card)
    assert "接点 ノヴァ 定例" in words(stage.chat(TANAKA)[-1].card)
    stage.connector.faults.clear()
    stage.take(body)
    assert "はい" in words(stage.chat(TANAKA)[-1].card)


def test_an_answer_that_teams_does_not_take_at_once_comes_a_little_later(stage: Stage) -> None:
    stage.connector.fail("post", 429, times=4)
    stage.take(stage.does.message(TANAKA, "接点 ノヴァ 定例"))
    (answer,) = stage.chat(TANAKA)
    assert "はい" in words(answer.card)


@pytest.mark.parametrize("status", [429, 412, 503])
def test_an_answer_that_is_lost_comes_when_the_message_comes_again(stage: Stage, status: int) -> None:
    stage.connector.fail("post", status, times=40)
    body = stage.does.message(TANAKA, "接点 ノヴァ 定例")
    stage.take(body)
    assert stage.chat(TANAKA) == []
    stage.connector.faults.clear()
    stage.take(body)
    stage.take(body)
    assert ["はい" in words(each.card) for each in stage.chat(TANAKA)] == [True]


def test_what_a_bot_says_and_what_says_nothing_is_left_alone(stage: Stage) -> None:
    bot = stage.does.message(TANAKA, "今日")
    stage.take({**bot, "from": {"id": "28:other", "name": "Other"}})
    stage.take(stage.does.message(TANAKA, " "))
    assert stage.take({"type": "invoke", "name": "signin/verifyState"}) == {}
    for odd in ODD:
        stage.take(odd)
    assert stage.script.asked == []


# ---------------------------------------------------------------- rooms


def test_a_mention_is_answered_in_the_direct_chat_with_a_pointer_in_the_room(stage: Stage) -> None:
    stage.take(stage.does.message(TANAKA, "ノヴァ 定例", room=INSIDE))
    assert stage.asked.intent == Say("ノヴァ 定例", forms=True)
    assert (stage.asked.place.kind, stage.asked.place.room, stage.asked.place.name, stage.asked.place.outsiders) == (
        "room",
        INSIDE.id,
        INSIDE.name,
        False,
    )
    assert "はい" in words([each.card for each in stage.chat(TANAKA)])
    (pointer,) = stage.room(TANAKA, INSIDE)
    assert "1:1" in words(pointer.card)
    assert "はい" not in words(pointer.card)
    assert stage.room(SUZUKI, INSIDE) == []


def test_outsiders_in_the_room_are_told_to_the_desk(stage: Stage) -> None:
    stage.take(stage.does.message(TANAKA, "ノヴァ 定例", room=OPEN))
    assert stage.asked.place.outsiders is True
    stage.connector.fail("*", 503, times=20)
    stage.take(stage.does.message(SUZUKI, "ノヴァ 定例", room=INSIDE))
    stage.connector.faults.clear()
    assert all(request.place.outsiders is not False for request in stage.script.asked)


def test_other_people_in_the_text_come_as_accounts(stage: Stage) -> None:
    text = f"ノヴァ 定例 <at>{SUZUKI.name}</at>さん・<at>{STRANGER.name}</at>と"
    room = Room(OPEN.id, OPEN.name, OPEN.members, kind="groupChat")
    stage.take(stage.does.message(TANAKA, text, room=room, people=(SUZUKI, STRANGER)))
    assert stage.asked.intent == Say(f"ノヴァ 定例 <@{SUZUKI.aad}> さん・<@{STRANGER.aad}> と", forms=True)
    assert [stage.asked.people[each.aad].standing for each in (SUZUKI, STRANGER)] == ["member", "stranger"]


def test_a_mention_of_somebody_unknown_stays_a_name(stage: Stage) -> None:
    gone = Person(aad(8), "Old Colleague")
    stage.take(stage.does.message(TANAKA, f"<at>{gone.name}</at> -> 見積", room=INSIDE, people=(gone,)))
    assert stage.asked.intent == Say("@OldColleague -> 見積", forms=True)
    assert stage.asked.people == {}


def test_a_slash_command_is_answered_where_it_was_typed_for_this_person_only(stage: Stage) -> None:
    stage.take(stage.does.message(TANAKA, "今日", room=INSIDE, targeted=True))
    assert stage.asked.intent == Say("今日", private=True, forms=True)
    assert "はい" in words([each.card for each in stage.room(TANAKA, INSIDE)])
    assert (stage.room(SUZUKI, INSIDE), stage.chat(TANAKA)) == ([], [])


def test_where_no_targeted_message_goes_the_direct_chat_takes_it(stage: Stage) -> None:
    stage.connector.fail("post", 400, "BadSyntax")
    stage.take(stage.does.message(TANAKA, "今日", room=INSIDE, targeted=True))
    assert "はい" in words([each.card for each in stage.chat(TANAKA)])
    assert stage.room(TANAKA, INSIDE) == []


def test_who_has_not_installed_the_app_reads_it_in_the_room_alone(stage: Stage) -> None:
    stage.connector.tenant.without_app.add(TANAKA.aad)
    stage.take(stage.does.message(TANAKA, "今日", room=INSIDE))
    assert "はい" in words([each.card for each in stage.room(TANAKA, INSIDE)])
    assert stage.room(SUZUKI, INSIDE) == []


def test_where_nothing_private_goes_the_room_gets_a_sentence_without_content(stage: Stage) -> None:
    stage.connector.fail("create", 403, "BotNotInConversationRoster")
    stage.connector.fail("post", 400, "BadSyntax")
    stage.take(stage.does.message(TANAKA, "今日", room=INSIDE))
    (shown,) = stage.room(SUZUKI, INSIDE)
    assert "追加" in words(shown.card)
    assert "はい" not in words(shown.card)


def test_a_room_is_told_that_an_answer_could_not_be_shown_where_the_line_failed(stage: Stage) -> None:
    stage.connector.fail("create", 500)
    stage.connector.fail("post", 500)
    stage.take(stage.does.message(TANAKA, "今日", room=INSIDE))
    (shown,) = stage.room(SUZUKI, INSIDE)
    assert "表示できませんでした" in words(shown.card)
    assert "追加" not in words(shown.card)
    assert "はい" not in words(shown.card)


# ---------------------------------------------------------------- who is one of us


def test_guests_are_guests_and_strangers_get_no_answer_in_a_room(stage: Stage) -> None:
    stage.take(stage.does.message(GUEST, "今日", room=OPEN))
    assert stage.asked.actor.standing == "guest"
    stage.take(stage.does.message(STRANGER, "今日", room=OPEN))
    assert stage.asked.actor.standing == "stranger"
    assert (stage.chat(STRANGER), stage.room(STRANGER, OPEN)) == ([], [])


@pytest.mark.parametrize("missing", ["userRole", "tenantId"])
def test_whom_the_roster_does_not_describe_is_nobody_of_ours(missing: str) -> None:
    told = {key: value for key, value in TANAKA.member.items() if key != missing}
    assert account_of(told, TENANT).standing == "stranger"
    assert (
        account_of(told, TENANT, lenient=True) == account_of(TANAKA.member, TENANT) == Account(TANAKA.aad, TANAKA.name)
    )


def test_another_companys_person_and_an_anonymous_one_are_strangers(stage: Stage) -> None:
    for odd in (replace(TANAKA, role="anonymous"), replace(TANAKA, tenant=""), replace(TANAKA, tenant=STRANGE_TENANT)):
        stage.connector.tenant.add(odd)
        stage.restart()
        stage.take(stage.does.message(odd, "今日"))
        assert stage.asked.actor.standing == "stranger"


# ---------------------------------------------------------------- the message extension


def test_a_message_is_recorded_with_its_author_its_link_and_its_words(stage: Stage) -> None:
    source = Post("1795", INSIDE.id, {"text": "試作は順調 & <済>"}, SUZUKI.mri)
    opened = stage.does.fetch_task(TANAKA, "capture", room=INSIDE, source=source)
    answer = stage.take(opened)
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert intent.source.text == "試作は順調 & <済>"
    assert intent.source.author == Account(SUZUKI.aad, SUZUKI.name)
    assert intent.source.permalink.startswith(f"https://teams.microsoft.com/l/message/{INSIDE.id}/1795?tenantId=")
    assert (intent.source.room, intent.source.at, stage.asked.place.message) == (INSIDE.id, stage.does.at, "1795")
    assert "はい" in words(dialog(answer))
    assert (stage.chat(TANAKA), stage.room(TANAKA, INSIDE)) == ([], [])


def test_a_rich_message_becomes_plain_lines_with_its_people(stage: Stage) -> None:
    opened = stage.does.fetch_task(TANAKA, "capture", room=INSIDE, source=Post("1", INSIDE.id, {}, STRANGER.mri))
    payload = opened["value"]["messagePayload"]
    payload["body"]["content"] = (
        '<div><p>定例、<at id="0">鈴木 健</at>と<br>R&amp;D</p><ul><li>見積 <a href="https://example.com/a">こちら</a></li>'
        '<li><img alt="🙂" src="x"></li></ul><attachment id="9">x</attachment><script>alert(1)</script></div>'
    )
    payload["mentions"] = [{"id": 0, "mentionText": "鈴木 健", "mentioned": {"user": {"id": SUZUKI.aad.upper()}}}]
    payload["linkToMessage"] = "javascript:alert(1)"
    stage.take(opened)
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert intent.source.text == f"定例、<@{SUZUKI.aad}> と\nR&D\n見積 https://example.com/a\n🙂"
    assert intent.source.permalink.startswith(
        "https://teams.microsoft.com/l/message/19:inside@thread.tacv2/1?tenantId="
    )
    assert intent.source.author == Account(STRANGER.aad, STRANGER.name, "stranger")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://teams.microsoft.com/l/message/19:x@thread.v2/7?tenantId=t", True),
        ("https://teams.cloud.microsoft/l/message/19:x@thread.v2/7", True),
        ("https://evil.example/x", False),
        ("https://teams.microsoft.com.evil.example/x", False),
        ("https://teams.microsoft.com@evil.example/x", False),
        ("http://teams.microsoft.com/l/message/1", False),
    ],
)
def test_a_link_leads_to_teams_and_nowhere_else(stage: Stage, told: str, *, kept: bool) -> None:
    fetch = stage.does.fetch_task(TANAKA, "capture", room=INSIDE, source=Post("1", INSIDE.id, {}, SUZUKI.mri))
    fetch["value"]["messagePayload"]["linkToMessage"] = told
    stage.take(fetch)
    intent = stage.asked.intent
    assert isinstance(intent, Capture)
    assert (intent.source.permalink == told) == kept
    assert intent.source.permalink.startswith(("https://teams.microsoft.com/l/", "https://teams.cloud.microsoft/l/"))


def test_the_composer_opens_the_form_at_once(stage: Stage) -> None:
    stage.replies(Reply(form=EDIT))
    answer = stage.take(stage.does.fetch_task(TANAKA, "log", room=INSIDE))
    assert stage.asked.intent == Press("touchpoint.open")
    assert answer["task"]["value"]["title"] == "編集"
    assert "内容" in words(dialog(answer))


def test_the_extension_works_in_a_chat_without_the_bot_for_who_has_the_app(stage: Stage) -> None:
    stage.take(stage.does.message(TANAKA, "今日"))
    opened = stage.does.fetch_task(TANAKA, "log")
    opened["conversation"]["id"] = "19:two_people@unq.gbl.spaces"
    stage.connector.fail("member", 403, "BotNotInConversationRoster")
    stage.now[0] += 10_000
    stage.replies(Reply(form=EDIT))
    assert "内容" in words(dialog(stage.take(opened)))
    assert stage.asked.place.kind == "none"
    known = stage.runner.run(stage.references.direct(TENANT, TANAKA.aad))
    assert known is not None
    assert known.conversation == stage.connector.tenant.direct(TANAKA.aad)


def test_the_extension_asks_to_install_where_nobody_knows_the_person(stage: Stage) -> None:
    stage.connector.fail("member", 403, "BotNotInConversationRoster")
    answer = stage.take(stage.does.fetch_task(TANAKA, "log", room=INSIDE))
    assert "追加" in words(dialog(answer))
    assert stage.script.asked == []


@pytest.mark.parametrize(("command", "told"), [("capture", "メニュー"), ("nonsense", "古く")])
def test_a_command_that_makes_no_sense_here_says_so(stage: Stage, command: str, told: str) -> None:
    assert told in words(dialog(stage.take(stage.does.fetch_task(TANAKA, command))))


# ---------------------------------------------------------------- in time


def test_a_slow_desk_is_answered_late_and_the_http_answer_goes_out_before(tmp_path: Path) -> None:
    with staged(tmp_path, patience=0.05) as stage:
        stage.script.held = asyncio.Event()
        stage.take(stage.does.message(TANAKA, "今日"), settle=False)
        opened = stage.take(stage.does.fetch_task(SUZUKI, "log"), settle=False)
        assert "時間がかかって" in words(dialog(opened))
        assert stage.chat(TANAKA) == []
        stage.script.held.set()
        stage.settle()
        assert "はい" in words([each.card for each in stage.chat(TANAKA)])
        assert "はい" in words([each.card for each in stage.chat(SUZUKI)])


# ---------------------------------------------------------------- the app comes and goes


def test_adding_the_app_brings_the_welcome_once(tmp_path: Path) -> None:
    with staged(tmp_path, desk=True) as stage:
        for _ in range(2):
            stage.take(stage.does.install(TANAKA))
        assert [type(request.intent) for request in stage.script.asked] == [OpenHome, OpenHome]
        assert stage.asked.actor.name == "田中 真希"
        with stage.database.reading() as session:
            assert [row.kind for row in session.exec(select(Outbox))] == ["welcome"]
        assert stage.chat(TANAKA) == []
        reference = stage.runner.run(stage.references.direct(TENANT, TANAKA.aad))
        assert reference is not None
        assert (reference.user, reference.address) == (TANAKA.mri, stage.connector.url)


def test_in_a_room_nothing_is_said_when_the_app_comes(stage: Stage) -> None:
    stage.take(stage.does.install(TANAKA, room=INSIDE))
    assert (stage.script.asked, stage.room(TANAKA, INSIDE)) == ([], [])
    known = stage.runner.run(stage.references.known(TENANT, "room", INSIDE.id))
    assert known is not None
    assert not known.dead


def test_removing_the_app_ends_the_reference_until_it_is_back(stage: Stage) -> None:
    stage.take(stage.does.install(TANAKA))
    stage.take(stage.does.install(TANAKA, action="remove"))
    assert stage.runner.run(stage.references.direct(TENANT, TANAKA.aad)) is None
    stage.take(stage.does.message(TANAKA, "今日"))
    assert stage.runner.run(stage.references.direct(TENANT, TANAKA.aad)) is not None


@pytest.mark.parametrize("event", ["channelRenamed", "channelMemberAdded", "channelDeleted"])
def test_what_happens_to_a_room_is_told(stage: Stage, event: str) -> None:
    stage.take(stage.does.update(TANAKA, room=INSIDE, event=event, added=(GUEST,)))
    assert stage.script.rooms == [(TENANT, INSIDE.id)]
    known = stage.runner.run(stage.references.known(TENANT, "room", INSIDE.id))
    assert known is not None
    assert bool(known.dead) == (event == "channelDeleted")


@pytest.mark.parametrize("event", ["teamMemberAdded", "teamMemberRemoved", "teamRenamed"])
def test_what_happens_to_a_team_is_told_of_every_known_channel(stage: Stage, event: str) -> None:
    with unit_of_work(stage.database) as session:
        place = people.workspace(session, "teams", TENANT)
        assert place is not None
        for room in (INSIDE, OPEN):
            factories.room(session, place, external=room.id)
    stage.take(stage.does.team_update(TANAKA, event=event, added=(GUEST,)))
    assert stage.script.rooms == [(TENANT, INSIDE.id), (TENANT, OPEN.id)]


def test_linking_by_a_slash_command_asks_who_reads(stage: Stage) -> None:
    for text in ("連携 ノヴァ", "alliance link ノヴァ"):
        stage.take(stage.does.message(TANAKA, text, room=OPEN, targeted=True))
        assert stage.asked.place.outsiders is True
    stage.take(stage.does.message(TANAKA, "今日", room=OPEN, targeted=True))
    assert stage.asked.place.outsiders is None


def test_somebody_who_left_is_asked_about_again(stage: Stage) -> None:
    stage.take(stage.does.message(SUZUKI, "今日", room=INSIDE))
    before = len(stage.connector.called("member"))
    stage.take(stage.does.update(TANAKA, room=INSIDE, removed=(SUZUKI,)))
    stage.take(stage.does.message(SUZUKI, "今日", room=INSIDE))
    assert len(stage.connector.called("member")) == before + 1
