"""Who is reading: every read of records takes a `Viewer` (decision 9)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import Mapped
from sqlmodel import col

from storage.models import Friction, NextStep, Touchpoint


@dataclass(frozen=True)
class Viewer:
    """A member's eyes: `on_team` are the alliances whose people they belong to, `manages` those they answer for.

    `system` reads everything of the organisation; only the clock uses it, to decide what is due, never to show.
    """

    organisation_id: str
    member_id: str
    on_team: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()
    system: bool = False

    @property
    def near(self) -> frozenset[str]:
        """The alliances whose `team` records this person may read: 提携チームと担当管理者 (decision 10)."""
        return self.on_team | self.manages


def readable_touchpoints(viewer: Viewer) -> ColumnElement[bool]:
    """WHERE clause: touchpoints that `viewer` may read, by their visibility."""
    if viewer.system:
        return true()
    return or_(
        col(Touchpoint.recorder_id) == viewer.member_id,
        col(Touchpoint.visibility) == "internal",
        _near(col(Touchpoint.visibility), col(Touchpoint.alliance_id), viewer),
    )


def readable_steps(viewer: Viewer) -> ColumnElement[bool]:
    """WHERE clause: next steps that `viewer` may read; owners and assigners always see theirs."""
    if viewer.system:
        return true()
    return or_(
        col(NextStep.owner_id) == viewer.member_id,
        col(NextStep.assigned_by) == viewer.member_id,
        col(NextStep.visibility) == "internal",
        _near(col(NextStep.visibility), col(NextStep.alliance_id), viewer),
    )


def readable_friction(viewer: Viewer) -> ColumnElement[bool]:
    """WHERE clause: friction notes whose text `viewer` may read.

    Managers read a note's text only once its author approved the sentence (or made it internal); severity 0–1 reaches
    them as counts (decision 10).
    """
    if viewer.system:
        return true()
    return or_(
        col(Friction.author_id) == viewer.member_id,
        col(Friction.owner_id) == viewer.member_id,
        col(Friction.visibility) == "internal",
        (col(Friction.visibility) != "private") & _among(col(Friction.alliance_id), viewer.on_team),
        (col(Friction.visibility) == "managers") & _among(col(Friction.alliance_id), viewer.manages),
    )


def _near(visibility: Mapped[str], alliance: Mapped[str], viewer: Viewer) -> ColumnElement[bool]:
    return (visibility != "private") & _among(alliance, viewer.near)


def _among(column: Mapped[str], ids: frozenset[str]) -> ColumnElement[bool]:
    return column.in_(sorted(ids)) if ids else false()
