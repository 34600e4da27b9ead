"""The Sender of Teams against Microsoft's side that also fails: what is known of a message is said so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.payload import at
from bot.settings import Teams
from bot.teams.connection import Connection, Retry
from bot.teams.send import PLAIN_LETTERS, TeamsSender
from bot.teams.tokens import GivenTokens
from handlers.message import Message, Paragraph, line_of
from scheduler.ports import Address, NotSent, Ref, Sender, SendLater, SendNever, SendUnknown
from storage.db import StorageBusy
from tests.bot.teams.delivering import CHANNEL, SATO, STRANGER, TANAKA, Line, Sending, line, person, room
from tests.connector import Connector, How, connector
from tests.scheduler.contract import BlindContract, SenderRig
from tests.tenant import APP_ID, TENANT, Room


def said(text: str, preview: str = "") -> Message:
    return Message((Paragraph(line_of(text)),), preview or text)


@pytest.fixture(name="microsoft", scope="module")
def _microsoft() -> Iterator[Connector]:
    with connector() as running:
        yield running


@pytest.fixture(name="line")
def _line(microsoft: Connector, tmp_path: Path) -> Iterator[Line]:
    with line(microsoft, tmp_path) as made:
        made.met(SATO)
        made.joined(CHANNEL)
        yield made


def send(here: Line, to: Address, message: Message | None = None) -> Ref:
    return here.using(lambda sender, _: sender.send(to, message or said("そろそろ"), "d-1"))


def refusal(here: Line, to: Address) -> NotSent:
    with pytest.raises(NotSent) as caught:
        send(here, to)
    return caught.value


@dataclass
class _Rig:
    line: Line
    closed: str = "not_in_channel"

    @property
    def sender(self) -> Sender:
        return Sending(self.line)

    @property
    def direct(self) -> Address:
        return person(SATO)

    @property
    def room(self) -> Address:
        return room(CHANNEL)

    def words(self, ref: Ref) -> str | None:
        return self.line.words(ref)

    def fail(self, error: SendLater | SendNever | SendUnknown, *, acted: bool = False) -> None:
        match error:
            case SendLater():
                self.line.microsoft.fail("post", 429, "Throttled", retry_after=str(int(error.after or 0)))
            case SendNever():
                self.line.microsoft.fail("post", 403, "BotNotInConversationRoster")
            case SendUnknown():
                self.line.microsoft.fail("post", how="cut_after" if acted else "cut_before")


class TestTeamsSender(BlindContract):
    @pytest.fixture
    def rig(self, line: Line) -> SenderRig:
        return _Rig(line)


# ---------------------------------------------------------------- what is sent


def test_a_direct_message_is_a_card_that_rings(line: Line) -> None:
    ref = send(line, person(SATO), said("15日空いています", "ノヴァ素材さん"))
    assert ref.channel == line.tenant.direct(SATO.aad)
    (call,) = line.microsoft.called()
    assert call.name == "post"
    assert call.body["summary"].startswith("ノヴァ素材さん")
    assert at(call.body, "channelData", "notification", "alert") is True
    assert call.body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert not {"text", "importance", "d-1"} & set(call.body)
    assert "d-1" not in repr(call.body)


def test_a_post_in_a_room_and_a_change_ring_nobody(line: Line) -> None:
    ref = send(line, room(CHANNEL))
    assert ref.channel == CHANNEL.id
    line.using(lambda sender, _: sender.update(room(CHANNEL), ref, said("記録済み")))
    assert [call.name for call in line.microsoft.called()] == ["post", "update"]
    assert not any("channelData" in call.body for call in line.microsoft.called())
    assert "記録済み" in (line.words(ref) or "")


def test_a_message_is_changed_where_it_stands_though_the_chat_moved_on(line: Line) -> None:
    ref = send(line, person(SATO))
    asyncio.run(line.references.remember(replace(line.met(SATO), conversation="a:other")))
    line.using(lambda sender, _: sender.update(person(SATO), ref, said("記録済み")))
    assert "記録済み" in (line.words(ref) or "")


@pytest.mark.parametrize(("status", "code"), [(413, "MessageSizeTooBig"), (400, "BadSyntax")])
def test_a_card_that_teams_does_not_take_goes_out_in_plain_words(line: Line, status: int, code: str) -> None:
    line.microsoft.fail("post", status, code)
    send(line, person(SATO), said(f"**今日** <at>田中</at> {'長い文。' * 4000}", "お知らせ"))
    refused, plain = line.microsoft.called("post")
    assert refused.body["attachments"]
    assert (plain.body["textFormat"], plain.body["attachments"]) == ("plain", [])
    assert plain.body["text"].startswith("お知らせ\n**今日** <at>田中</at>")
    assert len(plain.body["text"]) == PLAIN_LETTERS + 1
    assert at(plain.body, "channelData", "notification", "alert") is True


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (429, "Throttled", SendLater, "rate_limited"),
        (412, "PreconditionFailed", SendLater, "server_error"),
        (500, "ServiceError", SendUnknown, "server_error"),
        (504, "", SendUnknown, "server_error"),
        (401, "BotNotRegistered", SendLater, "unauthorized"),
        (403, "NotEnoughPermissions", SendNever, "NotEnoughPermissions"),
        (403, "ConversationBlockedByUser", SendNever, "blocked"),
        (403, "MessageWritesBlocked", SendNever, "blocked"),
        (403, "BotDisabledByAdmin", SendLater, "unauthorized"),
        (403, "BotNotInConversationRoster", SendNever, "not_installed"),
        (403, "ForbiddenOperationException", SendNever, "not_installed"),
        (403, "", SendLater, "forbidden"),
        (404, "", SendLater, "not_found"),
        (404, "ConversationNotFound", SendNever, "not_installed"),
        (418, "SomethingNew", SendNever, "SomethingNew"),
    ],
)
def test_a_failure_is_later_never_or_unknown(
    line: Line, status: int, code: str, kind: type[NotSent], reason: str
) -> None:
    line.microsoft.fail("post", status, code, times=2, retry_after="7")
    refused = refusal(line, person(SATO))
    assert (type(refused), refused.reason) == (kind, reason)
    if isinstance(refused, SendLater):
        assert refused.after == {"unauthorized": 900, "forbidden": None, "not_found": None}.get(reason, 7)
    assert line.alive(SATO) == (reason not in ("blocked", "not_installed"))


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "BotNotInConversationRoster", "not_in_channel"),
        (404, "ConversationNotFound", "channel_not_found"),
        (403, "NotEnoughPermissions", "NotEnoughPermissions"),
        (403, "BotDisabledByAdmin", "unauthorized"),
        (403, "", "forbidden"),
        (404, "", "not_found"),
    ],
)
def test_a_room_that_takes_nothing_says_why(line: Line, status: int, code: str, reason: str) -> None:
    line.microsoft.fail("post", status, code)
    assert refusal(line, room(CHANNEL)).reason == reason
    known = asyncio.run(line.references.known(TENANT, "room", CHANNEL.id))
    assert known is not None
    assert known.dead == (reason if reason in ("not_in_channel", "channel_not_found") else "")


@pytest.mark.parametrize("how", ["cut_before", "hang_after"])
def test_after_the_request_was_sent_nobody_knows(line: Line, how: How) -> None:
    line.microsoft.fail("post", how=how)
    refused = refusal(line, person(SATO))
    assert (type(refused), refused.reason) == (SendUnknown, "timeout" if how == "hang_after" else "connection_reset")


def test_a_closed_door_is_later(line: Line) -> None:
    asyncio.run(line.references.remember(replace(line.met(SATO), address="http://127.0.0.1:9/jp/")))
    refused = refusal(line, person(SATO))
    assert (type(refused), refused.reason) == (SendLater, "connection_failed")


def test_our_token_goes_to_nobody_else(line: Line) -> None:
    asyncio.run(line.references.remember(replace(line.met(SATO), address="https://evil.example/jp/")))
    assert refusal(line, person(SATO)).reason == "foreign_address"


def test_a_message_that_is_gone(line: Line) -> None:
    ref = send(line, person(SATO))
    line.microsoft.fail("update", 404, "ConversationNotFound")
    with pytest.raises(SendNever, match="message_not_found"):
        line.using(lambda sender, _: sender.update(person(SATO), ref, said("x")))
    line.microsoft.fail("delete", 404, "ConversationNotFound")
    line.using(lambda sender, _: sender.delete(person(SATO), ref))
    line.microsoft.fail("delete", 501, "DeleteActivityAPINotImplemented")  # Microsoft's playground
    with pytest.raises(SendNever, match="DeleteActivityAPINotImplemented"):
        line.using(lambda sender, _: sender.delete(person(SATO), ref))
    assert line.alive(SATO)


# ---------------------------------------------------------------- who isn't reached


def test_a_closed_chat_is_not_tried_again_until_it_is_heard_from(line: Line) -> None:
    line.tenant.blocked.add(SATO.aad)
    assert [refusal(line, person(SATO)).reason for _ in range(2)] == ["blocked", "blocked"]
    assert len(line.microsoft.called()) == 1
    line.tenant.blocked.clear()
    line.met(SATO)
    assert send(line, person(SATO)).channel == line.tenant.direct(SATO.aad)


def test_a_chat_is_opened_with_who_never_wrote_where_the_app_is_installed(line: Line) -> None:
    assert send(line, person(TANAKA)).channel == line.tenant.direct(TANAKA.aad)
    assert [call.name for call in line.microsoft.called()] == ["create", "post"]
    assert line.alive(TANAKA)
    send(line, person(TANAKA))
    assert len(line.microsoft.called("create")) == 1


def test_who_has_not_installed_it_is_asked_for_once(line: Line) -> None:
    assert [refusal(line, person(STRANGER)).reason for _ in range(2)] == ["not_installed", "not_installed"]
    assert [call.name for call in line.microsoft.called()] == ["create"]
    line.tenant.without_app.add(TANAKA.aad)
    assert refusal(line, person(TANAKA)).reason == "not_installed"
    assert not line.alive(TANAKA)


@pytest.mark.parametrize("code", ["MemberNotFoundInConversation", "BadSyntax"])
def test_an_id_of_nobody_is_not_installed(line: Line, code: str) -> None:
    line.microsoft.fail("create", 400, code)
    assert refusal(line, person(TANAKA)).reason == "not_installed"


@pytest.mark.parametrize("status", [429, 500])
def test_a_chat_that_cannot_be_opened_now_is_opened_later(line: Line, status: int) -> None:
    line.microsoft.fail("create", status, "ServiceError")
    assert isinstance(refusal(line, person(TANAKA)), SendLater)
    assert send(line, person(TANAKA)).id


@pytest.mark.parametrize(
    ("status", "code", "reason", "after"),
    [
        (401, "BotNotRegistered", "unauthorized", 900),
        (403, "BotDisabledByAdmin", "unauthorized", 900),
        (403, "", "forbidden", None),
        (404, "", "not_found", None),
    ],
)
def test_what_is_not_said_of_the_person_does_not_close_their_chat(
    line: Line, status: int, code: str, reason: str, after: float | None
) -> None:
    line.microsoft.fail("create", status, code, times=2)
    refused = refusal(line, person(TANAKA))
    assert isinstance(refused, SendLater)
    assert (refused.reason, refused.after) == (reason, after)
    assert asyncio.run(line.references.known(TENANT, "direct", TANAKA.aad)) is None


def test_without_any_address_and_in_a_room_never_heard_from_nothing_is_tried(line: Line) -> None:
    assert refusal(line, room(Room("19:unknown@thread.tacv2", "", ()))).reason == "not_in_channel"
    assert refusal(line, Address("teams", "another", "w2", user=SATO.aad)).reason == "not_installed"
    assert line.microsoft.called() == []


def test_a_busy_database_is_later() -> None:
    class Busy:
        async def known(self, *_: str) -> None:
            raise StorageBusy("locked")

    connection = Connection(Teams(APP_ID, "", (TENANT,)), GivenTokens(), retry=Retry(tries=1))
    sender = TeamsSender(connection, Busy())  # pyright: ignore[reportArgumentType]
    with pytest.raises(SendLater, match="storage_busy"):
        asyncio.run(sender.send(person(SATO), said("x"), "d"))
