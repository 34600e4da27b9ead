"""The same thing twice, old buttons and forged values: nothing changes, and the answer stays the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.home import ACME, EMMA, GENERAL, GUEST, NOVA, SASAKI, SUZUKI, TANAKA, Home, Json
from tests.playhouse import House
from tests.stories.wire import again, counted, deliveries, forged

LATER = "1999999999.000100"


def test_a_command_again_gets_the_same_answer(slack_home: House) -> None:
    home = slack_home
    home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。一度だけ ! 遅い")
    before, first = counted(home), deliveries(home, "slash_commands")[-1]
    second = again(home, TANAKA, "slash_commands")
    assert second["n"] > first["n"]
    assert second["answer"] == first["answer"]
    assert counted(home) == before


def test_words_again_are_not_answered_twice(slack_home: House) -> None:
    home = slack_home
    said = home.say(TANAKA, "ノヴァ 電話。一度だけ")
    before = counted(home)
    again(home, TANAKA, "events_api")
    assert home.last(TANAKA, said.room).id == said.id
    assert counted(home) == before


def test_a_press_again_changes_nothing(slack_home: House) -> None:
    home = slack_home
    said = home.command(TANAKA, NOVA, "/friction ノヴァ ! 返事が遅い")
    taken = home.press(TANAKA, said, "対応中にする")
    before = counted(home)
    again(home, TANAKA, "interactive")
    assert counted(home) == before
    shown = home.find(TANAKA, NOVA, said.id)
    assert shown is not None
    assert taken is not None
    assert shown.words == taken.words


def test_a_form_again_is_sent_once(slack_home: House) -> None:
    home = slack_home
    home.start(TANAKA, NOVA, "/touchpoint")
    assert home.submit(TANAKA, {"line": "電話。一度だけ"})["ok"]
    before = counted(home)
    again(home, TANAKA, "interactive")
    assert counted(home) == before


def test_a_shortcut_again_answers_the_same(slack_home: House) -> None:
    home = slack_home
    words = home.record(TANAKA, NOVA, home.write(SUZUKI, NOVA, "ノヴァの試作が届いた")).words
    before = counted(home)
    again(home, TANAKA, "interactive")
    assert home.last(TANAKA, NOVA).words == words  # not "already recorded"
    assert counted(home) == before


def test_a_double_click_counts_once(slack_home: House) -> None:
    home = slack_home
    said = home.command(TANAKA, GENERAL, "/touchpoint ゼータ 電話。部品が届いた")
    home.choose(TANAKA, said, "entry.choose", "アオバ物流")
    before = counted(home)

    def a_moment_later(payload: Json) -> None:
        payload["actions"][0]["action_ts"] = LATER

    assert forged(home, "interactive", a_moment_later).status_code == 200
    assert "この文はもう記録済みです" in home.last(TANAKA, GENERAL).words
    assert counted(home) == before


def test_undo_twice(slack_home: House) -> None:
    home = slack_home
    said = home.command(EMMA, ACME, "/touchpoint acme call, on track")
    home.press(EMMA, said, "Undo")
    before = counted(home)
    forged(home, "interactive", lambda payload: payload["actions"][0].update(action_ts=LATER))
    assert counted(home) == before
    assert "taken back" in home.last(EMMA, ACME).words.casefold() or "undone" in home.last(EMMA, ACME).words


def test_buttons_of_what_is_gone(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/friction ノヴァ ! 返事が遅い")
    home.press(TANAKA, home.say(TANAKA, "取り消し"), "取り消す")
    for label in ("対応中にする", "取り消す"):
        home.press(TANAKA, said, label)
        assert "この記録は取り消されたか" in home.last(TANAKA, NOVA).words
    assert "返事が遅い" not in home.command(TANAKA, NOVA, "/friction 一覧").words


def value(text: str) -> Callable[[Json], None]:
    """The pressed button carried another value."""
    return lambda payload: payload["actions"][0].update(value=text, action_ts=LATER)


def action(name: str) -> Callable[[Json], None]:
    """The pressed button was another one."""
    return lambda payload: payload["actions"][0].update(action_id=name, action_ts=LATER)


@pytest.mark.parametrize(
    "change",
    [value(""), value("x"), value("' OR 1=1 --.1."), value("0" * 5000), action("entry.nothing"), action("")],
    ids=["empty", "word", "sql", "long", "unknown", "nameless"],
)
def test_a_forged_button_changes_nothing(slack_home: House, change: Callable[[Json], None]) -> None:
    home = slack_home
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    before = counted(home)
    assert forged(home, "interactive", change).status_code == 200
    assert counted(home) == before


def test_somebody_elses_button_is_theirs(slack_home: House) -> None:
    """A manager sends the press of a lead: undo, edit and choosing are the recorder's own."""
    home = slack_home
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    before = counted(home)
    for name in ("entry.undo", "entry.edit", "entry.choose", "entry.drop", "entry.take_out"):

        def as_the_manager(payload: Json, name: str = name) -> None:
            payload["user"]["id"] = SASAKI
            payload["actions"][0] |= {"action_id": name, "action_ts": f"1999999999.{len(name):06}"}

        assert forged(home, "interactive", as_the_manager).status_code == 200
    assert counted(home) == before


def test_a_note_is_not_widened_by_a_colleague(slack_home: House) -> None:
    home = slack_home
    said = home.command(TANAKA, NOVA, "/friction ノヴァ !! 返事が遅い")
    home.choose(TANAKA, said, "friction.category", "決定の遅れ")
    before = counted(home)

    def as_a_colleague(payload: Json) -> None:
        payload["user"]["id"] = SUZUKI
        value = payload["actions"][0]["selected_option"]["value"]
        payload["actions"][0] |= {"action_id": "friction.widen", "value": value, "action_ts": LATER}

    forged(home, "interactive", as_a_colleague)
    assert counted(home) == before
    assert "返事が遅い" not in home.command(SASAKI, NOVA, "/friction 一覧").words


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", {"selected_option": {"value": "nonsense"}}),
        ("on", {"selected_date": "2026-99-99"}),
        ("alliance", {"selected_option": {"value": "nobody"}}),
        ("visibility", {"selected_option": {"value": "everybody"}}),
    ],
)
def test_a_forged_form_is_refused_at_its_field(slack_home: House, field: str, given: dict[str, Any]) -> None:
    home = slack_home
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。順調")
    home.press(TANAKA, said, "編集")
    assert home.submit(TANAKA, {"summary": "直した"})["ok"]
    home.press(TANAKA, home.last(TANAKA, NOVA), "編集")
    view = home.view(TANAKA)
    assert view is not None
    before = counted(home)

    def another_value(payload: Json) -> None:
        payload["view"] |= {"id": view["id"], "hash": "1.x", "private_metadata": view["private_metadata"]}
        values = payload["view"]["state"]["values"]
        block = next(key for key in values if key.split("#")[0] == field)
        next(iter(values[block].values())).update(given)

    answer = forged_submission(home, another_value)
    assert field in str(answer.get("errors")), answer
    assert counted(home) == before


def forged_submission(home: House, change: Callable[[Json], None]) -> Json:
    """The last form that was sent, changed and sent."""
    sent = next(each for each in reversed(deliveries(home, "interactive")) if each["type"] == "view_submission")
    home.act(TANAKA, "redeliver", n=sent["n"], attempt=1)
    return dict(forged(home, "interactive", change).json())


def test_guests_are_refused(slack_home: House) -> None:
    home = slack_home
    workspace = home.practice.workspace
    tanaka, everybody = workspace.person(TANAKA), workspace.room(GENERAL)
    assert tanaka is not None
    assert everybody is not None
    guest = replace(tanaka, id="U0GUEST", name="guest", real_name="ゲスト", kind="guest_multi")
    workspace.put_person(guest)
    workspace.put_room(replace(everybody, members=(*everybody.members, guest.id)))
    before = counted(home)
    said = home.command(guest.id, GENERAL, "/touchpoint ノヴァ 電話。順調")
    assert said.private
    assert said.words.splitlines()[0] == "ゲストの方はお使いいただけません"
    assert counted(home) == before


def test_a_stranger_is_no_member(slack_home: House) -> None:
    home = slack_home
    home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。順調")
    before = counted(home)
    forged(home, "slash_commands", lambda payload: payload.update(user_id=GUEST, trigger_id="1.1.x"))
    assert counted(home) == before
