"""Where people of ours are: what their platforms are called, and who is on another one than the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from handlers.errors import UserError
from handlers.message import ChoiceField, Option
from handlers.request import Ctx
from handlers.text import Texts
from storage import alliances, linking, people
from storage.models import Member, Room, Workspace

ELSEWHERE = "elsewhere"
"""The field that names colleagues whom this platform's own list of people doesn't hold."""
MANY = 1000
"""Options that one field may have; Slack shows them in groups of a hundred."""
SHORT = 8
"""Characters of a tenant's id that tell it from another one."""


def name(t: Texts, place: Workspace, among: Sequence[Workspace] = ()) -> str:
    """What a workspace is called to people: its platform, and its own name where there are two of that platform.

    Teams doesn't say what a tenant is called: the beginning of its id stands for it.
    """
    platform = t(f"platform.{place.platform}")
    twin = any(other.platform == place.platform and other.id != place.id for other in among)
    return t("platform.named", platform=platform, name=place.name or place.tenant[:SHORT]) if twin else platform


def reaches(ctx: Ctx, platform: str, recorder_id: str) -> bool:
    """Whether the reader can open what lies on a platform: they have an account in a workspace of who recorded it."""
    if not platform:
        return True
    mine = people.accounts(ctx.session, ctx.org, ctx.actor.id)
    open_ = {place.id for _, place in linking.live(mine) if place.platform == platform}
    theirs = people.accounts(ctx.session, ctx.org, recorder_id)
    wrote = {place.id for _, place in theirs if place.platform == platform}
    # who recorded it may have unlinked that account since: then the platform is all that is known
    return bool(open_ & wrote if wrote else open_)


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


def colleagues(ctx: Ctx, alliance_id: str, *, chosen: str = "") -> tuple[Option, ...]:
    """Colleagues who can't be picked from this platform's own list of people, by name.

    Who is `chosen` stands first, then who belongs to the alliance: a long list is cut.
    """
    near = {who.id for _, who in alliances.people(ctx.session, ctx.org, alliance_id)}
    every = linking.workspaces(ctx.session, ctx.org)
    found = sorted(_elsewhere(ctx), key=lambda each: (each[0].id != chosen, each[0].id not in near))
    return tuple(
        Option(member.id, ctx.t("platform.at", name=member.name, platform=name(ctx.t, place, every)))
        for member, place in found[:MANY]
    )


def _elsewhere(ctx: Ctx) -> list[tuple[Member, Workspace]]:
    place = people.workspace(ctx.session, ctx.request.platform, ctx.request.tenant)
    return linking.elsewhere(ctx.session, ctx.org, place.id) if place else []


def field(t: Texts, options: tuple[Option, ...], *, chosen: str = "", many: bool = False) -> tuple[ChoiceField, ...]:
    """The field for them, below the platform's own; none where everybody is here."""
    if not options:
        return ()
    initial = tuple(option.value for option in options if option.value == chosen)
    label, hint = t("platform.elsewhere"), t("platform.elsewhere.hint")
    return (ChoiceField(ELSEWHERE, label, options, initial=initial, hint=hint, optional=True, many=many),)


def chosen(ctx: Ctx, ids: Sequence[str]) -> list[Member]:
    """The members that were chosen in that field (untrusted, not cut as the list is); raises UserError on it."""
    known = {member.id: member for member, _ in _elsewhere(ctx)} if ids else {}
    if any(each not in known for each in ids):
        raise UserError("people.not_ours", field=ELSEWHERE)
    return [known[each] for each in ids]
