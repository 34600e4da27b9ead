"""The sample organisation as Teams knows it: tenant, app, people, chats, and what its manager does there."""

from __future__ import annotations

from typing import Any

from bot.practice import cast
from bot.practice.cast_story import AllianceOf, Beat

TENANT = "5f1c0a52-7a3e-4d0c-9f51-000000000001"
APP = "5f1c0a52-7a3e-4d0c-9f51-00000000000b"
BOT = f"28:{APP}"
NAME = "架け橋"

ME = cast.SASAKI
"""The person at the keyboard: a manager on Teams whose leads are on Slack is the normal case (issue 3)."""

PERSONAL, GROUP = "a:personal", "19:group@thread.v2"
TEAM, CHANNEL = "19:general@thread.tacv2", "19:alliances@thread.tacv2"
GROUP_NAME, TEAM_NAME, CHANNEL_NAME = "提携の相談", "提携推進部", "提携のいま"

OWN = AllianceOf(
    "ハルカ電子", ("ハルカ", "haruka"), "小さな工場にも、確かな目を", "explore", 14,
    ME, 60, 20, cast.TANAKA, (), manager=cast.SUZUKI, contacts=(("西村", "counterpart", "management"),),
)  # fmt: skip
"""The manager leads an alliance too, so that a nudge reaches them in Teams and not only the digest."""

OWN_BEATS = (
    Beat(32, ME, "touchpoint", "ハルカ 訪問 工場を見せていただいた 同席: 西村"),
    Beat(11, ME, "touchpoint", "ハルカ 電話 来月の進め方を相談 同席: 西村"),
)

_FAMILY_FIRST = ("ja", "zh", "ko")


def name() -> str:
    """Who sits at the keyboard."""
    return _person(ME)["name"]


def directory_id(user: str) -> str:
    """The Entra object id of one of the cast, by their Slack id."""
    place = [person.id for person in cast.PEOPLE].index(user)
    return f"5f1c0a52-7a3e-4d0c-9f51-0000000001{place:02d}"


def teams_id(user: str) -> str:
    """The id by which the app knows one of the cast in Teams."""
    return f"29:{cast.PEOPLE[[person.id for person in cast.PEOPLE].index(user)].name}"


def settings() -> dict[str, Any]:
    """The playground's configuration file: JSON is YAML too. Its schema wants five colleagues and one more channel."""
    colleagues = [user for user in (*cast.OURS, cast.NEWCOMER) if user != ME]
    return {
        "version": "0.1.1",
        "tenantId": TENANT,
        "bot": {"id": BOT, "name": NAME},
        "currentUser": _person(ME),
        "users": [_person(user) for user in colleagues],
        "personalChat": {"id": PERSONAL},
        "groupChat": {"id": GROUP, "name": GROUP_NAME},
        "team": {
            "id": TEAM,
            "name": TEAM_NAME,
            "aadGroupId": "5f1c0a52-7a3e-4d0c-9f51-000000000301",
            "channels": [{"id": CHANNEL, "name": CHANNEL_NAME}],
        },
    }


def _person(user: str) -> dict[str, str]:
    person = next(each for each in cast.PEOPLE if each.id == user)
    first, last = person.real_name.split(" ", 1)
    given, surname = (last, first) if person.locale.startswith(_FAMILY_FIRST) else (first, last)
    address = f"{person.name}@example.com"
    return {
        "id": teams_id(user),
        "name": person.real_name,
        "userPrincipleName": address,
        "aadObjectId": directory_id(user),
        "givenName": given,
        "surname": surname,
        "email": address,
    }
