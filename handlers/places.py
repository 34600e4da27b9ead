"""Where people of ours are: what their platforms are called, and who is on another one than the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from handlers.errors import UserError
from handlers.message import ChoiceField, Option
from handlers.request import Ctx
from handlers.text import Texts
from storage import linking, people
from storage.models import Member, Room, Workspace

ELSEWHERE = "elsewhere"
"""The field that names colleagues whom this platform's own list of people doesn't hold."""
MANY = 100
"""Options that one field may have."""


def name(t: Texts, place: Workspace, among: Sequence[Workspace] = ()) -> str:
    """What a workspace is called to people: its platform, and its own name where there are two of that platform."""
    platform = t(f"platform.{place.platform}")
    twin = any(other.platform == place.platform and other.id != place.id for other in among)
    return t("platform.named", platform=platform, name=place.name) if twin and place.name else platform


def reaches(ctx: Ctx, platform: str) -> bool:
    """Whether the reader can open what lies on a platform: the one they are on, or one where they have an account."""
    if not platform or platform == ctx.request.platform:
        return True
    return any(
        place.platform == platform and not account.deleted
        for account, place in people.accounts(ctx.session, ctx.org, ctx.actor.id)
    )


def rooms(session: Session, t: Texts, org: str, found: Sequence[Room]) -> tuple[str, ...]:
    """What rooms are called: by their name, and on which platform where the organisation has several workspaces."""
    every = {place.id: place for place in linking.workspaces(session, org)}
    return tuple(_room(t, room, every) for room in found)


def _room(t: Texts, room: Room, every: Mapping[str, Workspace]) -> str:
    platform = name(t, every[room.workspace_id], tuple(every.values()))
    if not room.name:
        return t("platform.room", platform=platform)
    return t("platform.at", name=room.name, platform=platform) if len(every) > 1 else room.name


# ---------------------------------------------------------------- colleagues on another platform


def colleagues(ctx: Ctx) -> tuple[Option, ...]:
    """Colleagues who can't be picked from this platform's own list of people."""
    place = people.workspace(ctx.session, ctx.request.platform, ctx.request.tenant)
    if place is None:
        return ()
    found = linking.elsewhere(ctx.session, ctx.org, place.id)[:MANY]
    return tuple(
        Option(member.id, ctx.t("platform.at", name=member.name, platform=ctx.t(f"platform.{platform}")))
        for member, platform in found
    )


def field(t: Texts, options: tuple[Option, ...], *, chosen: str = "", many: bool = False) -> tuple[ChoiceField, ...]:
    """The field for them, below the platform's own; none where everybody is here."""
    if not options:
        return ()
    initial = tuple(option.value for option in options if option.value == chosen)
    label, hint = t("platform.elsewhere"), t("platform.elsewhere.hint")
    return (ChoiceField(ELSEWHERE, label, options, initial=initial, hint=hint, optional=True, many=many),)


def chosen(ctx: Ctx, ids: Sequence[str]) -> list[Member]:
    """The members that were chosen in that field (untrusted); raises UserError on it."""
    offered = {option.value for option in colleagues(ctx)} if ids else set[str]()
    found = [people.member(ctx.session, ctx.org, each) for each in ids if each in offered]
    members = [member for member in found if member is not None]
    if len(members) != len(ids):
        raise UserError("people.not_ours", field=ELSEWHERE)
    return members
