"""The Audience of Teams: nothing is posted where a guest, another company or nobody knows who reads (product.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.payload import Json
from bot.teams.audience import MOST_MEMBERS, reading_of
from bot.teams.facts import account_of
from scheduler.ports import Address, Audience, Reading, SendLater
from tests.bot.teams.delivering import CHANNEL, GUEST, SATO, STRANGER, TANAKA, Asking, Line, line, person, room
from tests.connector import Connector, How, connector
from tests.scheduler.contract import AudienceContract, AudienceRig
from tests.tenant import TENANT, Person, Room, Sort, aad

GROUP = Room("19:group@thread.v2", "打合せ", (SATO.aad, TANAKA.aad), "groupChat")
MIXED = Room("19:mixed@thread.tacv2", "混在", (SATO.aad, GUEST.aad))
ABROAD = Room("19:abroad@thread.v2", "社外", (SATO.aad, STRANGER.aad), "groupChat")
EMPTY = Room("19:empty@thread.tacv2", "空", ())


@pytest.fixture(name="microsoft", scope="module")
def _microsoft() -> Iterator[Connector]:
    with connector() as running:
        yield running


@pytest.fixture(name="line")
def _line(microsoft: Connector, tmp_path: Path) -> Iterator[Line]:
    with line(microsoft, tmp_path) as made:
        made.tenant.add(GROUP, MIXED, ABROAD, EMPTY)
        for who in (SATO, GUEST, STRANGER):
            made.met(who)
        for where in (CHANNEL, GROUP, MIXED, ABROAD, EMPTY):
            made.joined(where)
        yield made


@dataclass
class _Rig:
    line: Line
    places: list[tuple[Address, Reading]]
    limited: Address

    @property
    def audience(self) -> Audience:
        return Asking(self.line)

    def fail(self, error: SendLater) -> None:
        self.line.microsoft.fail("*", 429, "Throttled", retry_after=str(int(error.after or 0)))


class TestTeamsAudience(AudienceContract):
    @pytest.fixture
    def rig(self, line: Line) -> AudienceRig:
        left = Person(aad(9), "退職 済子")
        line.tenant.add(left)
        line.met(left)
        del line.tenant.people[left.aad]
        inside = [(person(SATO), Reading("inside")), (room(CHANNEL), Reading("inside"))]
        outside = [(person(GUEST), Reading("outside", "guest")), (room(MIXED), Reading("outside", "guest"))]
        return _Rig(line, [*inside, *outside, (person(left), Reading("gone"))], room(CHANNEL))


@pytest.mark.parametrize(
    ("to", "reading"),
    [
        (person(SATO), Reading("inside")),
        (person(TANAKA), Reading("inside")),  # never wrote; the app is installed
        (person(GUEST), Reading("outside", "guest")),
        (person(STRANGER), Reading("outside", "stranger")),
        (room(CHANNEL), Reading("inside")),
        (room(GROUP), Reading("inside")),
        (room(MIXED), Reading("outside", "guest")),
        (room(ABROAD), Reading("outside", "stranger")),
        (room(EMPTY), Reading("unknown", "no_members")),
        (room(Room("19:unheard@thread.tacv2", "", ())), Reading("gone", "not_in_channel")),
    ],
)
def test_who_reads_a_place(line: Line, to: Address, reading: Reading) -> None:
    assert line.read(to) == reading


@pytest.mark.parametrize(
    ("sort", "reading"),
    [("shared", Reading("outside", "shared_channel")), ("private", Reading("inside")), ("", Reading("inside"))],
)
def test_a_shared_channel_is_outside_whoever_is_in_it(line: Line, sort: Sort, reading: Reading) -> None:
    line.joined(CHANNEL, sort=sort)
    assert line.read(room(CHANNEL)) == reading


def test_the_roster_is_asked_before_every_post(line: Line) -> None:
    assert line.read(room(CHANNEL)) == Reading("inside")
    line.tenant.add(replace(TANAKA, role="guest"))
    assert line.read(room(CHANNEL)) == Reading("outside", "guest")
    line.tenant.add(TANAKA)


@pytest.mark.parametrize(
    ("role", "home", "strict", "lenient"),
    [
        ("", TENANT, Reading("unknown", "no_role"), Reading("inside")),
        ("user", "", Reading("unknown", "no_tenant"), Reading("inside")),
        ("speaker", TENANT, Reading("unknown", "no_role"), Reading("unknown", "no_role")),
        ("owner", TENANT.upper(), Reading("inside"), Reading("inside")),
        ("guest", TENANT, Reading("outside", "guest"), Reading("outside", "guest")),
        ("guest", "", Reading("outside", "guest"), Reading("outside", "guest")),
        ("anonymous", "", Reading("outside", "stranger"), Reading("outside", "stranger")),
        ("user", "another", Reading("outside", "stranger"), Reading("outside", "stranger")),
    ],
)
def test_what_a_roster_does_not_tell_is_unknown_but_in_the_playground(
    line: Line, role: str, home: str, strict: Reading, lenient: Reading
) -> None:
    line.tenant.add(replace(SATO, role=role, tenant=home))
    assert [line.read(to) for to in (person(SATO), room(CHANNEL))] == [strict, strict]
    assert _standing(line, lenient=False) == _as_a_reader(strict)
    line.lenient = True
    assert [line.read(to) for to in (person(SATO), room(CHANNEL))] == [lenient, lenient]
    assert _standing(line, lenient=True) == _as_a_reader(lenient)


def _standing(line: Line, *, lenient: bool) -> bool:
    """Whether somebody who asks is a colleague."""
    return account_of(line.tenant.people[SATO.aad].member, TENANT, lenient=lenient).standing == "member"


def _as_a_reader(reading: Reading) -> bool:
    return reading.kind == "inside"


@pytest.mark.parametrize("lenient", [True, False])
def test_another_bot_is_no_colleague(line: Line, *, lenient: bool) -> None:
    told: Json = {**SATO.member, "id": "28:another"}
    assert account_of(told, TENANT, lenient=lenient).standing == "bot"
    assert reading_of(told, TENANT, lenient=lenient) == Reading("unknown", "bot")


def test_a_team_of_some_hundreds_is_looked_through_in_few_pages(line: Line) -> None:
    crowd = [Person(aad(100 + number), f"N {number}") for number in range(1_100)]
    large = Room("19:large@thread.tacv2", "全社", tuple(each.aad for each in crowd))
    line.tenant.add(*crowd, large)
    line.joined(large)
    assert line.read(room(large)) == Reading("inside")
    assert [call.query["pageSize"] for call in line.microsoft.called("paged")] == ["500"] * 3
    line.tenant.add(replace(crowd[-1], role="guest"))
    assert line.read(room(large)) == Reading("outside", "guest")


def test_a_room_too_large_to_look_through_is_unknown_unless_an_outsider_is_seen(line: Line) -> None:
    crowd = [Person(aad(100 + number), f"N {number}") for number in range(MOST_MEMBERS + 1)]
    large = Room("19:large@thread.tacv2", "全社", tuple(each.aad for each in crowd))
    line.tenant.add(*crowd, large)
    line.joined(large)
    assert line.read(room(large)) == Reading("unknown", "too_many_members")
    line.tenant.add(replace(crowd[7], role="guest"))
    assert line.read(room(large)) == Reading("outside", "guest")
    line.tenant.add(crowd[7], replace(large, members=large.members[:MOST_MEMBERS]))
    assert line.read(room(large)) == Reading("inside")


@pytest.mark.parametrize(
    ("status", "code", "direct", "shared"),
    [
        (403, "BotNotInConversationRoster", Reading("gone", "not_installed"), Reading("gone", "not_in_channel")),
        (403, "MessageWritesBlocked", Reading("gone", "blocked"), None),
        (403, "ConversationBlockedByUser", Reading("gone", "blocked"), Reading("unknown", "ConversationBlockedByUser")),
        (404, "ConversationNotFound", Reading("gone", "not_installed"), Reading("gone", "channel_not_found")),
        (404, "MemberNotFoundInConversation", Reading("gone", "not_in_chat"), None),
        (403, "NotEnoughPermissions", Reading("unknown", "NotEnoughPermissions"), None),
        (400, "BadSyntax", Reading("unknown", "BadSyntax"), None),
    ],
)
def test_a_refusal_is_gone_or_unknown(
    line: Line, status: int, code: str, direct: Reading, shared: Reading | None
) -> None:
    line.microsoft.fail("member", status, code)
    assert line.read(person(SATO)) == direct
    line.microsoft.fail("paged", status, code)
    assert line.read(room(CHANNEL)) == (shared or Reading("unknown", code))
    assert line.alive(SATO) == (direct.detail not in ("not_installed", "blocked"))


@pytest.mark.parametrize(
    ("status", "how"), [(429, "answer"), (500, "answer"), (503, "answer"), (412, "answer"), (0, "cut_before")]
)
def test_a_failure_of_the_line_is_asked_again(line: Line, status: int, how: How) -> None:
    for to in (person(SATO), room(CHANNEL)):
        line.microsoft.fail("*", status, retry_after="9", how=how)
        with pytest.raises(SendLater) as caught:
            line.read(to)
        assert caught.value.after == (9 if how == "answer" else None)


@pytest.mark.parametrize(
    ("status", "code", "after"), [(403, "", None), (404, "", None), (403, "BotDisabledByAdmin", 900)]
)
def test_a_refusal_that_names_nobody_closes_nothing(line: Line, status: int, code: str, after: float | None) -> None:
    for to in (person(SATO), room(CHANNEL)):
        line.microsoft.fail("*", status, code)
        with pytest.raises(SendLater) as caught:
            line.read(to)
        assert caught.value.after == after
        assert line.read(to) == Reading("inside")


def test_who_has_not_installed_the_app_is_not_gone_for_good(line: Line) -> None:
    line.microsoft.fail("create", 403, "ForbiddenOperationException")
    assert line.read(person(TANAKA)) == Reading("gone", "not_installed")
    assert [call.name for call in line.microsoft.called()] == ["create"]


def test_a_refused_token_says_nothing_of_the_person(line: Line) -> None:
    line.microsoft.fail("create", 401, "BotNotRegistered", times=2)
    with pytest.raises(SendLater):
        line.read(person(TANAKA))
