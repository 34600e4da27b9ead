"""How the chats of a workspace are reached, where the platform wants to be told (platform.md B5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from storage import db
from storage.ids import new_id
from storage.models import Conversation, Workspace
from storage.once import insert_once

_FRESH = timedelta(days=1)
_UNIQUE = ("workspace_id", "kind", "external")

NEVER_MET = "not_installed"
"""Why somebody can't be reached of whom no chat is known."""
NOT_IN = "not_in_channel"
"""Why a room can't be reached that the bot isn't in (any more)."""


def find(session: Session, workspace_id: str, kind: str, external: str) -> Conversation | None:
    """The chat of a person (`direct`) or a room (`room`) that the platform calls `external`, dead or alive."""
    wanted = (
        col(Conversation.workspace_id) == workspace_id,
        col(Conversation.kind) == kind,
        col(Conversation.external) == external,
    )
    return session.exec(select(Conversation).where(*wanted)).first()


def is_known(known: Conversation | None, seen: Conversation) -> bool:
    """Whether `seen` tells nothing new: the same as what is known, alive, and of the same day."""
    if known is None or known.dead or seen.seen_at - known.seen_at >= _FRESH:
        return False
    return not _news(known, seen)


def remember(session: Session, seen: Conversation) -> None:
    """A chat was just heard from: it is as `seen` says, and alive. An empty `user` or `sort` doesn't unlearn one."""
    known = find(session, seen.workspace_id, seen.kind, seen.external)
    if known is None:
        if insert_once(session, seen, _UNIQUE):
            return
        known = find(session, seen.workspace_id, seen.kind, seen.external)  # another replica was faster
    if known is not None and not is_known(known, seen):
        db.change(session, known, {**_news(known, seen), "dead": "", "seen_at": seen.seen_at})


def bury(session: Session, seen: Conversation, reason: str) -> None:
    """Nothing arrives at `seen` any more; one that lives on under another conversation id stays alive.

    Where nothing was known of the chat, that is kept too, so that nobody tries again.
    """
    seen.dead = reason
    if insert_once(session, seen, _UNIQUE):
        return
    known = find(session, seen.workspace_id, seen.kind, seen.external)
    if known is not None and known.conversation == seen.conversation and known.dead != reason:
        db.change(session, known, {"dead": reason})


def left(session: Session, workspace_id: str) -> Sequence[Conversation]:
    """The rooms of a workspace that the bot isn't in any more."""
    wanted = (
        col(Conversation.workspace_id) == workspace_id,
        col(Conversation.kind) == "room",
        col(Conversation.dead) == NOT_IN,
    )
    return session.exec(select(Conversation).where(*wanted)).all()


def revive(session: Session, row: Conversation) -> None:
    """A chat is perhaps open again: the next one who uses it finds out. Nothing was heard from it for that."""
    db.change(session, row, {"dead": ""})


def dead_for(session: Session, workspace_id: str, user: str) -> str:
    """Why a person can't be reached in a workspace whose platform wants a conversation: a stable key, "" = they can.

    To be asked for Teams only. The keys: `not_installed` (also of whom no chat is known), `blocked`.
    """
    known = find(session, workspace_id, "direct", user)
    return NEVER_MET if known is None else known.dead


def since(session: Session, workspace_id: str, user: str) -> str:
    """When a person's chat was last known to be alive, or first known to be dead; an ISO time, "" = no chat is known.

    The same as long as nothing is heard from it: who is told of a chat that is dead is told once.
    """
    known = find(session, workspace_id, "direct", user)
    return "" if known is None else known.seen_at.isoformat()


def address(session: Session, workspace_id: str) -> str:
    """The service address of the chat of that workspace which was heard from last, "" where there is none."""
    wanted = (
        select(Conversation.address)
        .where(col(Conversation.workspace_id) == workspace_id, col(Conversation.address) != "")
        .order_by(col(Conversation.seen_at).desc())
        .limit(1)
    )
    return session.exec(wanted).first() or ""


def made(place: Workspace, kind: str, external: str, *, now: datetime) -> Conversation:
    """A row as yet without an address; nothing is written."""
    return Conversation(
        id=new_id(now),
        organisation_id=place.organisation_id,
        workspace_id=place.id,
        kind=kind,
        external=external,
        conversation="",
        address="",
        seen_at=now,
    )


def _news(known: Conversation, seen: Conversation) -> dict[str, str]:
    values = {
        "conversation": seen.conversation,
        "address": seen.address,
        "user": seen.user or known.user,
        "sort": seen.sort or known.sort,
    }
    return {name: value for name, value in values.items() if getattr(known, name) != value}
