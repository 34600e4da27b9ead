"""Teams' own wire: the same thing twice, strangers at the door, old cards and forged values: nothing changes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.payload import json_at, list_at, text_at
from tests.home import EMMA, GENERAL, GUEST, NOVA, NOVA_SHARED, SASAKI, SUZUKI, TANAKA, Json
from tests.stories.wire import counted
from tests.teamscard import KEY, Shown, fields, filled, sending
from tests.teamshouse import TeamsHouse
from tests.tenant import STRANGE_TENANT, Post

LINE = "touchpoint ノヴァ 電話。順調"


def typed(home: TeamsHouse, text: str = LINE) -> Json:
    """A message of TANAKA's in her direct chat, not sent yet."""
    return home.activities.message(home.person(TANAKA), text)


def the_post(home: TeamsHouse, shown: Shown) -> Post:
    """The activity behind a message."""
    post = home.connector.tenant.post(shown.room, shown.id)
    assert post is not None
    return post


# ---------------------------------------------------------------- twice


def test_words_again_are_recorded_and_answered_once(teams_home: TeamsHouse) -> None:
    home = teams_home
    body = typed(home)
    home.act(body)
    before, said = counted(home), len(home.inbox(TANAKA))
    home.act(body)
    assert counted(home) == before
    assert len(home.inbox(TANAKA)) == said


def test_a_press_again_gives_the_same_card(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.say(TANAKA, "ノヴァ ! 返事が遅い")
    body = home.activities.execute(home.person(TANAKA), the_post(home, said), said.button("対応中にする"))
    first = home.act(body)
    before = counted(home)
    assert home.act(body) == first
    assert counted(home) == before


def test_a_form_again_is_sent_once(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    dialog = home.top[TANAKA]
    inputs, _ = filled(dialog.card, {"summary": "一度だけ直した"})
    body = home.activities.task_submit(home.person(TANAKA), dialog.opened, sending(dialog.card), inputs)
    home.act(body)
    before = counted(home)
    for _ in range(2):  # redelivered, and sent once more from a dialog that hung
        home.act(body)
        home.act({**body, "id": "f:another"})
    assert counted(home) == before
    assert "一度だけ直した" in home.again(TANAKA, said).words


def test_undo_twice(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.say(EMMA, "acme call, on track")
    button = said.button("Undo")
    home.pressed(EMMA, said, button)
    before = counted(home)
    home.pressed(EMMA, said, button)
    assert counted(home) == before


def test_a_recorded_message_again_answers_the_same(teams_home: TeamsHouse) -> None:
    home = teams_home
    message = home.connector.tenant.post(home.place(NOVA), home.write(SUZUKI, NOVA, "ノヴァの試作が届いた"))
    assert message is not None
    body = home.activities.fetch_task(home.person(TANAKA), "capture", room=home.room(NOVA), source=message)
    first, before = home.act(body), counted(home)
    again = home.act(body)
    assert text_at(again, "task", "type") == text_at(first, "task", "type") == "continue"
    assert counted(home) == before


# ---------------------------------------------------------------- the door


def foreign(body: Json) -> Json:
    """The same from another tenant."""
    tenant = {"tenant": {"id": STRANGE_TENANT}}
    return {**body, "channelData": tenant, "conversation": {**body["conversation"], "tenantId": STRANGE_TENANT}}


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"aud": "another-app"}, 401),
        ({"iss": "https://example.com"}, 401),
        ({"exp": 1}, 401),
        ({"serviceurl": "https://example.com/"}, 401),
        ({"serviceurl": None}, 401),
        ({"signed_by": "somebody"}, 401),
        ({"algorithm": "HS256"}, 401),
        ({"algorithm": "none"}, 401),
    ],
    ids=["audience", "issuer", "expired", "other address", "no address", "other key", "shared secret", "unsigned"],
)
def test_who_is_not_microsoft_stays_outside(
    teams_home: TeamsHouse, over: dict[str, Any], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    home = teams_home
    before = counted(home)
    assert home.deliver(typed(home, "ノヴァ 電話。秘密の話"), **over).status_code == status
    assert counted(home) == before
    assert not home.connector.called("post")
    written = capsys.readouterr()
    assert "秘密の話" not in written.out + written.err


def test_nor_does_another_tenant_come_in(teams_home: TeamsHouse, capsys: pytest.CaptureFixture[str]) -> None:
    home = teams_home
    before = counted(home)
    assert home.deliver(foreign(typed(home, "ノヴァ 電話。秘密の話"))).status_code == 403
    without = typed(home, "ノヴァ 電話。秘密の話")
    del without["serviceUrl"]
    assert home.deliver(without).status_code == 403
    assert counted(home) == before
    assert not home.connector.called("post")
    written = capsys.readouterr()
    assert "秘密の話" not in written.out + written.err


def test_an_activity_of_a_kind_that_nobody_knows_is_taken(teams_home: TeamsHouse) -> None:
    home = teams_home
    before = counted(home)
    for kind in ("messageReaction", "typing", "event", "somethingNew"):
        assert home.deliver({**typed(home), "type": kind}).status_code == 200
    assert counted(home) == before


# ---------------------------------------------------------------- old and forged cards

OURS = {"do": "press", "action": "entry.undo", "id": "x", "version": 0, "choice": ""}
FORGED: dict[str, Json] = {
    "another version's action": {KEY: {**OURS, "action": "entry.nothing"}},
    "without an action": {KEY: {**OURS, "action": ""}},
    "a nobody's record": {KEY: {**OURS, "id": "' OR 1=1 --"}},
    "a very long one": {KEY: {**OURS, "id": "0" * 5000}},
    "no number": {KEY: {**OURS, "version": "seven"}},
    "nothing of ours": {"action": "entry.undo"},
    "another shape": {KEY: [1, 2, {"do": None}]},
    "nothing": {},
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_a_card_that_is_none_of_ours_changes_nothing_and_says_so(teams_home: TeamsHouse, data: Json) -> None:
    home = teams_home
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    post, person, make = the_post(home, said), home.person(TANAKA), home.activities
    before = counted(home)
    action: Json = {"type": "Action.Execute", "verb": "x", "data": data}
    answer = home.act(make.execute(person, post, action))
    assert text_at(answer, "value") or json_at(answer, "value")
    opened = home.act(make.task_fetch(person, post, action))
    assert text_at(opened, "task", "type") == "continue"
    assert home.deliver(make.submit(person, post, action)).status_code == 200
    assert home.deliver(make.task_submit(person, make.task_fetch(person, post, action), action)).status_code == 200
    assert counted(home) == before


def test_somebody_elses_button_is_theirs(teams_home: TeamsHouse) -> None:
    """A manager sends the press of a lead: undo, edit and choosing are the recorder's own."""
    home = teams_home
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    own = json_at(said.button("取り消す"), "data", KEY)
    greeting = home.say(SASAKI, "使い方")
    before = counted(home)
    for name in ("entry.undo", "entry.edit", "entry.choose", "entry.drop", "entry.take_out"):
        action: Json = {"type": "Action.Execute", "verb": name, "data": {KEY: {**own, "action": name}}}
        home.act(home.activities.execute(home.person(SASAKI), the_post(home, greeting), action))
    assert counted(home) == before


def test_a_form_of_somebody_elses_record_is_refused(teams_home: TeamsHouse) -> None:
    home = teams_home
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    dialog = home.top[TANAKA]
    inputs, _ = filled(dialog.card, {"summary": "書き換えた"})
    before = counted(home)
    home.act(
        home.activities.task_submit(
            home.person(SASAKI), dialog.opened | {"from": sender(home)}, sending(dialog.card), inputs
        )
    )
    assert counted(home) == before
    assert "書き換えた" not in home.again(TANAKA, said).words


def sender(home: TeamsHouse) -> Json:
    """SASAKI, as an activity names whom it is from."""
    person = home.person(SASAKI)
    return {"id": person.mri, "name": person.name, "aadObjectId": person.aad}


@pytest.mark.parametrize(
    ("field", "given"),
    [("kind", "nonsense"), ("on", "2026-99-99"), ("alliance", "nobody"), ("visibility", "everybody")],
)
def test_a_forged_form_is_refused_at_its_field(teams_home: TeamsHouse, field: str, given: str) -> None:
    home = teams_home
    said = home.say(TANAKA, "ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    dialog = home.top[TANAKA]
    inputs, _ = filled(dialog.card, {})
    before = counted(home)
    answer = home.act(
        home.activities.task_submit(
            home.person(TANAKA), dialog.opened, sending(dialog.card), {**inputs, f"f:{field}": given}
        )
    )
    card = json_at(answer, "task", "value", "card", "content")
    assert [text_at(each, "id") for each in fields(card)] == [text_at(each, "id") for each in fields(dialog.card)]
    assert "Attention" in str(list_at(card, "body"))
    assert counted(home) == before


# ---------------------------------------------------------------- people from outside


def test_guests_are_refused(teams_home: TeamsHouse) -> None:
    home = teams_home
    home.let_in(GENERAL, GUEST)
    before = counted(home)
    said = home.command(GUEST, GENERAL, "/touchpoint ノヴァ 電話。順調")
    assert said.private
    assert said.words.splitlines()[0] == "ゲストの方はお使いいただけません"
    assert counted(home) == before


def test_a_stranger_in_a_shared_channel_is_no_member(teams_home: TeamsHouse) -> None:
    home = teams_home
    asked = home.say(TANAKA, "ノヴァ 電話。順調")
    before, seen = counted(home), len(home.messages(GUEST, NOVA_SHARED))
    home.act(home.activities.message(home.person(GUEST), "touchpoint ノヴァ 電話", room=home.room(NOVA_SHARED)))
    button = asked.button("取り消す")
    post = Post(asked.id, home.place(NOVA_SHARED), {}, "")
    home.act(home.activities.execute(home.person(GUEST), post, button))
    assert counted(home) == before
    own, *told = home.messages(GUEST, NOVA_SHARED)[seen:]
    assert not own.by_bot
    assert [each.words for each in told] == ["この操作は社内の方だけが行えます"]
    assert told[0].private
