"""The workspace comes back from its file as it was, and a file that can't be read harms nothing."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.practice.keeping import Keeper, NotKept, load, save
from bot.practice.picture import picture
from bot.practice.practice_clock import PracticeClock
from bot.practice.reading import Json, as_json, as_objects, as_text
from bot.practice.workspace import Bot, Draft, Team, Tokens, Workspace
from tests.bot.practice.conftest import practising
from tests.bot.practice.sample import Wall, actions, button, call, field, inner, modal, sample_workspace, section

GENERAL, NOVA = "C0GENERAL", "C0NOVA"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the workspace is kept; the folder is not there yet."""
    return tmp_path / "var" / "workspace.json"


def fresh(wall: Wall | None = None) -> Workspace:
    return sample_workspace(wall or Wall())


def lived_in() -> Workspace:
    """A workspace with everything that is kept, and everything that isn't."""
    workspace = fresh()
    first = workspace.post(GENERAL, "U0LEAD", Draft("おはよう <b> 🌉"))
    card: Json = {"channel": GENERAL, "text": "card", "thread_ts": first.ts}
    metadata = {"event_type": "touchpoint", "event_payload": {"id": "t1", "n": 3}}
    posted = call(workspace, "chat.postMessage", **card, blocks=[section("card"), actions(button("go"))])
    call(workspace, "chat.postMessage", channel=NOVA, text="told", metadata=metadata)
    call(workspace, "chat.update", channel=GENERAL, ts=posted["ts"], blocks=[actions(button("went"))])
    call(workspace, "chat.postEphemeral", channel=GENERAL, user="U0EMMA", text="for Emma alone")
    home = {"type": "home", "blocks": [actions(button("log")), field("note")]}
    view = call(workspace, "views.publish", user_id="U0LEAD", view=home)["view"]
    kept_view = workspace.views.find(as_text(as_json(view)["id"]))
    assert kept_view is not None
    workspace.views.type_into(kept_view, {"note": {"v": {"type": "plain_text_input", "value": "typed"}}})
    workspace.put_person(replace(workspace.persons["U0EMMA"], locale="ja-JP"))
    workspace.put_person(replace(workspace.persons["U0FAR"], deleted=True))
    workspace.put_room(replace(workspace.by_id["C0NOBOT"], name="renamed", members=("U0LEAD", "U0EMMA")))
    workspace.direct_room(["U0LEAD", "U0GUEST", "U0BOT"])
    workspace.read_up_to["U0EMMA", GENERAL] = first.ts
    workspace.uploads["F1"] = {"id": "F1", "name": "report.csv", "size": 4, "content": b"\xff\x00a\n"}
    workspace.uploads["F2"] = {"id": "F2", "name": "never.csv", "size": 4, "content": None}
    workspace.views.open("U0EMMA", modal(field("title")))
    workspace.fail_next("chat.postMessage", "fatal_error")
    return workspace


def seen_by_all(workspace: Workspace) -> dict[str, Json]:
    """What each person sees, without the count of changes and without modals."""
    pictures = {person.id: picture(workspace, person, (), ()) for person in workspace.persons.values()}
    return {one: {**seen, "revision": 0, "views": []} for one, seen in pictures.items()}


def restored(workspace: Workspace, file: Path, wall: Wall | None = None) -> Workspace:
    save(workspace, 0.0, file)
    again = fresh(wall)
    assert load(again, file) == 0.0
    return again


# -- there and back --------------------------------------------------------------------------------


def test_everybody_finds_what_they_left(file: Path) -> None:
    before = lived_in()
    after = restored(before, file)
    assert seen_by_all(after) == seen_by_all(before)
    assert after.messages == before.messages
    assert after.read_up_to == before.read_up_to
    assert list(after.by_id.values()) == list(before.by_id.values())
    assert after.uploads == {"F1": before.uploads["F1"]}
    assert after.revision > before.revision


def test_what_slack_lets_expire_is_gone(file: Path) -> None:
    before = lived_in()
    before.tell_failure("U0LEAD", {"code": "operation_timeout"})
    trigger = before.tickets.trigger("U0LEAD")
    after = restored(before, file)
    assert after.views.stack("U0EMMA") == []
    assert after.failures == {}
    assert after.faults.take("chat.postMessage") is None
    assert after.traffic.last == 0
    assert inner(call(after, "views.open", trigger_id=trigger, view=modal(field("a"))), "error") == "invalid_trigger_id"


def test_the_offset_of_the_clock_comes_back(file: Path) -> None:
    offset = timedelta(days=40, microseconds=1).total_seconds()
    save(fresh(), offset, file)
    assert load(fresh(), file) == offset


def test_no_secret_is_written(file: Path) -> None:
    workspace = lived_in()
    workspace.tokens = Tokens("xoxb-secret", "xapp-secret", "much-secret")
    save(workspace, 0.0, file)
    again = fresh()
    load(again, file)
    assert b"secret" not in file.read_bytes().replace(b"G0SECRET", b"")
    assert again.tokens == fresh().tokens


def test_counting_goes_on(file: Path) -> None:
    before = lived_in()
    last = before.next_ts()
    wound_back = Wall(ahead=-3600)
    after = restored(before, file, wound_back)
    assert after.next_ts() > last
    known = {as_text(block.get("block_id")) for said in after.messages.values() for one in said for block in one.blocks}
    fresh_ids = {as_text(block["block_id"]) for block in after.with_ids([section("a"), section("b")])}
    assert known
    assert not known & fresh_ids


def test_a_home_tab_keeps_its_id_and_hash(file: Path) -> None:
    before = lived_in()
    old = before.views.home("U0LEAD")
    assert old is not None
    after = restored(before, file)
    assert after.views.home("U0LEAD") == old
    assert after.views.find(old.id) == old
    body: Json = {"type": "home", "blocks": [section("new")]}
    stale = call(after, "views.publish", user_id="U0LEAD", view=body, hash="stale")
    assert stale["error"] == "hash_conflict"
    new = as_json(call(after, "views.publish", user_id="U0LEAD", view=body, hash=old.hash)["view"])
    assert new["id"] == old.id
    assert new["hash"] != old.hash


def test_a_reset_still_leads_to_the_beginning(file: Path) -> None:
    after = restored(lived_in(), file)
    after.restart()
    assert seen_by_all(after) == seen_by_all(fresh())


def test_people_and_rooms_that_are_new_to_the_file_stay(file: Path) -> None:
    old = fresh()
    newcomer, room = replace(old.persons["U0EMMA"], id="U0NEW"), replace(old.by_id[GENERAL], id="C0NEW")
    save(old, 0.0, file)
    again = fresh()
    again.put_person(newcomer)
    again.put_room(room)
    load(again, file)
    assert again.person("U0NEW") == newcomer
    assert again.messages["C0NEW"] == []
    again.post("C0NEW", "U0LEAD", Draft("hello"))


def test_buttons_work_after_a_restart(file: Path) -> None:
    with practising() as first:
        first.command("U0LEAD", GENERAL, "/demo")
        card = first.last("U0LEAD", GENERAL)
        first.act("U0LEAD", "home")
        home = as_json(first.state("U0LEAD")["home"])
        save(first.workspace, 0.0, file)
    with practising() as second:
        load(second.workspace, file)
        assert second.last("U0LEAD", GENERAL) == card
        place = {"channel": GENERAL, "ts": card["ts"]}
        pressed = second.act("U0LEAD", "action", container=place, block_id="acts", action_id="press")
        assert pressed["ok"] is True
        assert second.last("U0LEAD", GENERAL)["text"] == "pressed"
        assert inner(second.deliveries("block_actions")[-1], "message", "ts") == card["ts"]
        second.act("U0LEAD", "action", container={"view_id": home["id"]}, block_id="acts", action_id="form")
        assert second.view("U0LEAD")["callback_id"] == "form"
        second.act("U0LEAD", "action", container=place, block_id="acts", action_id="replace")
        assert [one["text"] for one in second.messages("U0EMMA", GENERAL)] == ["replaced"]


# -- files that can't be read ----------------------------------------------------------------------


def test_nothing_kept_yet(file: Path) -> None:
    workspace = fresh()
    before = seen_by_all(workspace)
    assert load(workspace, file) is None
    assert seen_by_all(workspace) == before


def changed(text: bytes, **fields: object) -> bytes:
    return json.dumps({**as_json(json.loads(text)), **fields}).encode()


def misplaced(text: bytes) -> bytes:
    """Well-formed but for one message without a ts."""
    messages = as_objects(as_json(json.loads(text))["messages"])
    del messages[0]["ts"]
    return changed(text, messages=messages)


SPOILT: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda text: text[: len(text) // 2], "damaged"),
    (lambda _: b"", "damaged"),
    (lambda text: b"\xff" + text, "damaged"),
    (lambda _: b"[]", "damaged"),
    (lambda text: changed(text, people=None), "damaged"),
    (lambda text: changed(text, clock_offset_seconds="1"), "damaged"),
    (lambda text: changed(text, clock_offset_seconds=float("nan")), "damaged"),
    (misplaced, "damaged"),
    (lambda text: changed(text, version=2, people="elsewhere"), "other_version"),
    (lambda text: changed(text, team="T0OTHER"), "other_workspace"),
    (lambda text: changed(text, bot="U0OTHER"), "other_workspace"),
]


@pytest.mark.parametrize(("spoil", "why"), SPOILT)
def test_a_bad_file_is_set_aside_and_nothing_restored(file: Path, spoil: Callable[[bytes], bytes], why: str) -> None:
    save(lived_in(), 5.0, file)
    spoilt = spoil(file.read_bytes())
    file.write_bytes(spoilt)
    workspace = fresh()
    before = seen_by_all(workspace)
    with pytest.raises(NotKept) as refused:
        load(workspace, file)
    assert (refused.value.why, refused.value.aside.name) == (why, "workspace.json.bad")
    assert refused.value.aside.read_bytes() == spoilt
    assert seen_by_all(workspace) == before
    assert load(workspace, file) is None


def test_a_write_that_broke_off_leaves_the_file_whole(file: Path) -> None:
    before = lived_in()
    save(before, 5.0, file)
    file.with_name(file.name + ".new").write_bytes(b'{"version": 1, "peo')
    again = fresh()
    assert load(again, file) == 5.0
    save(again, 6.0, file)
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_another_team_is_another_workspace(file: Path) -> None:
    save(fresh(), 0.0, file)
    other = Workspace(Team("T0", "x", "x"), [], [], Bot("U0", "B0", "A0", "x"), fresh().tokens, Wall())
    with pytest.raises(NotKept, match="other_workspace"):
        load(other, file)


# -- the keeper ------------------------------------------------------------------------------------


class Rest:
    """The rest between two writes, which a test sees beginning and ends itself."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self.over: asyncio.Queue[None] = asyncio.Queue()

    async def __call__(self) -> None:
        self.begun.put_nowait(None)
        await self.over.get()


def running(scene: Coroutine[None, None, None]) -> None:
    """Plays a scene, which may take ten seconds at most."""

    async def play() -> None:
        async with asyncio.timeout(60):
            await scene

    asyncio.run(play())


def texts_in(file: Path) -> list[str]:
    again = fresh()
    assert load(again, file) is not None
    return [message.text for message in again.messages[GENERAL]]


def say(workspace: Workspace, *texts: str) -> None:
    for text in texts:
        workspace.post(GENERAL, "U0LEAD", Draft(text))


def test_it_writes_once_for_many_changes_and_at_the_end(file: Path) -> None:
    async def scene() -> None:
        workspace, clock, rest = fresh(), PracticeClock(lambda: NOW), Rest()
        keeper = Keeper(workspace, clock, file, rest=rest)
        keeper.start()
        await rest.begun.get()
        assert texts_in(file) == []
        say(workspace, "a", "b", "c")
        rest.over.put_nowait(None)
        await rest.begun.get()
        assert texts_in(file) == ["a", "b", "c"]
        assert rest.begun.empty()
        say(workspace, "d")
        clock.set(NOW + timedelta(hours=1))
        assert texts_in(file) == ["a", "b", "c"]
        await keeper.close()
        assert texts_in(file) == ["a", "b", "c", "d"]
        assert load(fresh(), file) == 3600.0

    running(scene())


def test_an_end_in_the_middle_of_a_write_loses_nothing(file: Path) -> None:
    async def scene() -> None:
        workspace, rest, gate = fresh(), Rest(), threading.Event()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        before = loop.run_in_executor(None, gate.wait, 10)  # the only thread is busy: the write waits behind it
        keeper = Keeper(workspace, PracticeClock(lambda: NOW), file, rest=rest)
        keeper.start()
        closing = asyncio.create_task(keeper.close())  # its turn comes after the keeper's first
        done, _ = await asyncio.wait({closing}, timeout=0)
        assert not done
        say(workspace, "said while it closes")
        gate.set()
        await closing
        await before
        assert texts_in(file) == ["said while it closes"]

    running(scene())


def test_it_ends_before_it_began(file: Path) -> None:
    async def scene() -> None:
        keeper = Keeper(fresh(), PracticeClock(lambda: NOW), file, rest=Rest())
        await keeper.close()

    running(scene())
    assert load(fresh(), file) is None


def test_after_its_end_nothing_is_written(file: Path) -> None:
    async def scene() -> None:
        workspace = fresh()
        keeper = Keeper(workspace, PracticeClock(lambda: NOW), file, rest=Rest())
        keeper.start()
        await keeper.close()
        say(workspace, "after")
        await keeper.close()

    running(scene())
    assert texts_in(file) == []


def test_a_disk_that_refuses_is_logged_and_tried_again(file: Path) -> None:
    async def scene() -> None:
        workspace, rest = fresh(), Rest()
        keeper = Keeper(workspace, PracticeClock(lambda: NOW), file, rest=rest)
        keeper.start()
        await rest.begun.get()
        in_the_way.unlink()
        say(workspace, "a")
        rest.over.put_nowait(None)
        await rest.begun.get()
        assert texts_in(file) == ["a"]
        await keeper.close()

    in_the_way = file.parent
    in_the_way.write_text("a file where the folder should be")
    with capture_logs() as logs:
        running(scene())
    assert [(one["event"], one["reason"]) for one in logs] == [("practice.not_kept", "FileExistsError")]
