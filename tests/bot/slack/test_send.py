"""The Sender and the Audience of Slack against a workspace that also fails: what is known of a message is said so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from bot.practice.reading import as_json
from bot.practice.workspace import Person
from bot.settings import Slack
from bot.slack.audience import MOST_MEMBERS
from bot.slack.connection import Connection
from bot.slack.edge import SlackEdge, connect
from bot.slack.send import SlackSender
from handlers.message import Heading, Message
from scheduler.ports import Address, Audience, NotSent, Reading, Ref, Sender, SendLater, SendNever, SendUnknown
from tests.bot.slack.conftest import Stage, said

Result = TypeVar("Result")
SATO = Address("slack", "T0OURS", "w1", user="U0LEAD")


def room(name: str) -> Address:
    return Address("slack", "T0OURS", "w1", room=name)


def using(stage: Stage, work: Callable[[SlackEdge], Awaitable[Result]]) -> Result:
    """Runs `work` with an edge of its own loop."""

    async def run() -> Result:
        tokens, wall = stage.practice.workspace.tokens, stage.practice.wall
        slack = Slack(tokens.bot, tokens.signing_secret, "", f"{stage.practice.base}/api/")
        edge = connect(slack, stage.script.ports(wall), commands={})
        await edge.start()
        try:
            return await work(edge)
        finally:
            await edge.close()

    return asyncio.run(run())


def send(stage: Stage, to: Address, message: Message, delivery: str = "d1") -> Ref:
    return using(stage, lambda edge: edge.sender.send(to, message, delivery))


def refusal(stage: Stage, to: Address) -> NotSent:
    with pytest.raises(NotSent) as caught:
        send(stage, to, said("そろそろ"))
    return caught.value


def test_it_fits_the_seams(stage: Stage) -> None:
    sender: Sender = stage.edge.sender
    audience: Audience = stage.edge.audience
    assert sender is not audience


def test_a_direct_message_is_sent_found_changed_and_deleted(stage: Stage) -> None:
    async def life(edge: SlackEdge) -> tuple[Ref, Ref | None, Ref | None]:
        ref = await edge.sender.send(SATO, said("そろそろ"), "d1")
        found = await edge.sender.find(SATO, "d1"), await edge.sender.find(SATO, "d2")
        await edge.sender.update(SATO, ref, said("記録済み"))
        return ref, *found

    ref, found, other = using(stage, life)
    assert (found, other) == (ref, None)
    (message,) = stage.practice.messages("U0LEAD", ref.channel)
    assert (message["ts"], message["text"]) == (ref.id, "記録済み")
    call = next(entry for entry in stage.practice.log("api") if entry["method"] == "chat.postMessage")
    arguments = as_json(call["arguments"])
    assert arguments["metadata"] == {"event_type": "kakehashi", "event_payload": {"id": "d1"}}
    assert arguments["unfurl_links"] is False

    async def twice(edge: SlackEdge) -> None:
        await edge.sender.delete(SATO, ref)
        await edge.sender.delete(SATO, ref)

    using(stage, twice)
    assert stage.practice.messages("U0LEAD", ref.channel) == []


def test_rooms_are_not_read(stage: Stage) -> None:
    ref = send(stage, room("C0GENERAL"), said("今週"))
    assert ref.channel == "C0GENERAL"
    assert using(stage, lambda edge: edge.sender.find(room("C0GENERAL"), "d1")) is None
    assert "conversations.history" not in [entry["method"] for entry in stage.practice.log("api")]


def test_blocks_that_slack_refuses_go_out_as_plain_text(stage: Stage) -> None:
    stage.practice.workspace.fail_next("chat.postMessage", "invalid_blocks")
    ref = send(stage, SATO, Message((Heading("*今日*"),), "お知らせ <b>"))
    (message,) = stage.practice.messages("U0LEAD", ref.channel)
    assert message["text"] == "お知らせ &lt;b&gt;\n*今日*"
    assert not message.get("blocks")


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        ("ratelimited", SendLater, "rate_limited"),
        ("internal_error", SendUnknown, "server_error"),
        ("cut_after", SendUnknown, "connection_reset"),
        ("is_archived", SendNever, "is_archived"),
        ("channel_not_found", SendNever, "channel_not_found"),
        ("user_disabled", SendNever, "user_gone"),
        ("token_revoked", SendNever, "revoked"),
        ("missing_scope", SendNever, "revoked"),
        ("something_new", SendNever, "something_new"),
    ],
)
def test_a_failure_is_later_never_or_unknown(stage: Stage, error: str, kind: type[NotSent], reason: str) -> None:
    stage.practice.workspace.fail_next("chat.postMessage", error, retry_after=7)
    refused = refusal(stage, SATO)
    assert (type(refused), refused.reason) == (kind, reason)
    if isinstance(refused, SendLater):
        assert refused.after == 7


def test_a_broken_slack_is_unknown_and_a_closed_door_is_later(stage: Stage) -> None:
    stage.practice.workspace.fail_next("chat.postMessage", "oops", status=502)
    assert isinstance(refusal(stage, SATO), SendUnknown)

    async def nobody_there() -> None:
        connection = Connection("xoxb-test", "http://127.0.0.1:9/api/")
        await SlackSender(connection).send(SATO, said("x"), "d")

    with pytest.raises(SendLater, match="connection_failed"):
        asyncio.run(nobody_there())


def test_what_arrived_in_spite_of_the_line_is_found(stage: Stage) -> None:
    stage.practice.workspace.fail_next("chat.postMessage", "cut_after")
    assert isinstance(refusal(stage, SATO), SendUnknown)
    found = using(stage, lambda edge: edge.sender.find(SATO, "d1"))
    assert found is not None
    assert len(stage.practice.messages("U0LEAD", found.channel)) == 1


# ---------------------------------------------------------------- who reads


def read(stage: Stage, to: Address) -> Reading:
    return using(stage, lambda edge: edge.audience.read(to))


@pytest.mark.parametrize(
    ("to", "reading"),
    [
        (SATO, Reading("inside")),
        (Address("slack", "T0OURS", "w1", user="U0GUEST"), Reading("outside", "guest")),
        (Address("slack", "T0OURS", "w1", user="U0NINA"), Reading("outside", "stranger")),
        (Address("slack", "T0OURS", "w1", user="U0GONE"), Reading("gone", "deleted")),
        (Address("slack", "T0OURS", "w1", user="U0NOBODY"), Reading("outside", "stranger")),
        (room("C0GENERAL"), Reading("inside")),
        (room("C0NOVA"), Reading("outside", "ext_shared")),
        (room("C0OLD"), Reading("gone", "archived")),
        (room("G0SECRET"), Reading("gone", "channel_not_found")),
    ],
)
def test_who_reads_a_place(stage: Stage, to: Address, reading: Reading) -> None:
    assert read(stage, to) == reading


def test_a_share_under_way_and_a_guest_in_the_room_are_outside(stage: Stage) -> None:
    stage.practice.act("U0LEAD", "share", channel="C0GENERAL", pending=True)
    assert read(stage, room("C0GENERAL")) == Reading("outside", "pending_ext_shared")
    stage.practice.act("U0LEAD", "unshare", channel="C0GENERAL")
    assert read(stage, room("C0GENERAL")) == Reading("inside")
    workspace = stage.practice.workspace
    general = workspace.by_id["C0GENERAL"]
    workspace.put_room(replace(general, members=(*general.members, "U0GUEST")))
    assert read(stage, room("C0GENERAL")) == Reading("outside", "guest")


def test_who_has_become_a_guest_is_one_after_a_minute_at_the_latest(stage: Stage) -> None:
    workspace, wall = stage.practice.workspace, stage.practice.wall
    emma = workspace.persons["U0EMMA"]
    assert read(stage, room("C0GENERAL")) == Reading("inside")
    workspace.put_person(replace(emma, kind="guest_multi"))
    wall.ahead += 61
    assert read(stage, room("C0GENERAL")) == Reading("outside", "guest")
    wall.ahead -= 61
    workspace.put_person(emma)


def test_a_room_too_large_to_look_through_is_unknown(stage: Stage) -> None:
    workspace = stage.practice.workspace
    crowd = [
        Person(f"U1N{number}", f"n{number}", f"N {number}", "ja-JP", "Asia/Tokyo", "member", "T0OURS")
        for number in range(MOST_MEMBERS)
    ]
    for member in crowd:
        workspace.put_person(member)
    general = workspace.by_id["C0GENERAL"]
    workspace.put_room(replace(general, members=(*general.members, *(member.id for member in crowd))))
    assert read(stage, room("C0GENERAL")) == Reading("unknown", "too_many_members")


def test_what_cannot_be_known_is_unknown_and_what_may_pass_is_asked_later(stage: Stage) -> None:
    for method, to in (("conversations.info", room("C0GENERAL")), ("users.info", SATO)):
        stage.practice.workspace.fail_next(method, "missing_scope")
        assert read(stage, to) == Reading("unknown", "missing_scope")
        stage.practice.workspace.fail_next(method, "ratelimited", retry_after=9)
        with pytest.raises(SendLater) as caught:
            read(stage, to)
        assert caught.value.after == 9
    stage.practice.workspace.fail_next("conversations.members", "fetch_members_failed")
    assert read(stage, room("C0GENERAL")) == Reading("unknown", "fetch_members_failed")
