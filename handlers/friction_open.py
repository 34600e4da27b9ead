"""Open friction notes on demand: the list, and closing one by a typed line (`done ノヴァ 分担表で合意 一緒に`)."""

from __future__ import annotations

import re
from typing import Any

from handlers import lookup
from handlers.errors import UserError
from handlers.friction_card import CLOSED
from handlers.friction_change import editable, outdated, revise, told_as
from handlers.friction_list import SHOWN, Listed, Listing, Several, listing, several
from handlers.request import Ctx, Press, Reply
from handlers.text import words
from storage import db, entries
from storage import friction as stored
from storage.ids import new_id
from storage.models import Alliance, Entry, Friction

_WORD_EDGES = " \t\n、,。.・!！"


def is_list(word: str) -> bool:
    """Whether the first word after the command asks for the list."""
    return _among(word, "friction.words.list")


def is_done(word: str) -> bool:
    """Whether the first word after the command closes a note."""
    return _among(word, "friction.words.done")


def _among(word: str, key: str) -> bool:
    return lookup.fold(word) in {lookup.fold(each) for each in words(key)}


# ---------------------------------------------------------------- the list


def open_list(ctx: Ctx, text: str) -> Reply:
    """`/friction list [alliance]`: open notes as this reader may see them; in a linked room those of its alliance."""
    if text.strip():
        return _list(ctx, lookup.find(ctx, text, action="friction.list"))
    return _list(ctx, lookup.here(ctx))


def list_of(ctx: Ctx, press: Press) -> Reply:
    """A button on one alliance's list; without an id everything that the presser may read."""
    return _list(ctx, lookup.one(ctx, press.id) if press.id else None)


def _list(ctx: Ctx, alliance: Alliance | None) -> Reply:
    rows = stored.open_of(ctx.session, ctx.viewer, alliance.id if alliance else None)
    managed = ctx.viewer.manages - ctx.viewer.on_team
    counts = stored.counts_of(ctx.session, ctx.org, managed & {alliance.id} if alliance else managed)
    facts = Listing(
        rows=_listed(ctx, rows[:SHOWN]),
        alliance=alliance.name if alliance else "",
        more=max(len(rows) - SHOWN, 0),
        counts=tuple((count.category, count.n) for count in counts),
        partly=alliance.id not in ctx.viewer.on_team if alliance else bool(managed),
    )
    return Reply(message=listing(ctx.t, facts))


def _listed(ctx: Ctx, rows: list[Friction]) -> tuple[Listed, ...]:
    names = stored.alliance_names(ctx.session, ctx.org, {row.alliance_id for row in rows})
    return tuple(
        Listed(
            id=row.id,
            version=row.version,
            alliance=names.get(row.alliance_id, ""),
            text=row.text if stored.is_near(ctx.viewer, row) else row.approved_text,
            severity=row.severity,
            state=row.state,
            days=max((ctx.today - row.on).days, 0),
            private=row.visibility == "private",
        )
        for row in rows
    )


# ---------------------------------------------------------------- done


def done(ctx: Ctx, text: str) -> Reply:
    """`done [alliance] words [together|inside|faded]`: one open note is closed at once, several are asked for.

    The words stay with the note; a line that must wait for the answer waits in its entry (decision 1).
    """
    alliance, rest = _named(ctx, text)
    rows = stored.open_of(ctx.session, ctx.viewer, alliance.id if alliance else None)
    rows = [row for row in rows if stored.is_near(ctx.viewer, row)]
    if not rows:
        raise UserError("friction.done.none", text=text)
    row = rows[0] if len(rows) == 1 and alliance else _meant(rows, rest)
    if row is not None:
        return _close(ctx, row, row.version, rest)
    entry = Entry(
        id=new_id(ctx.now),
        organisation_id=ctx.org,
        verb="friction.done",
        raw=text,
        state="pending",
        recorder_id=ctx.actor.id,
        platform=ctx.request.platform,
        room=ctx.request.place.room,
        here=alliance.id if alliance else None,
        created_at=ctx.now,
    )
    db.add(ctx.session, entry)
    return Reply(message=several(ctx.t, Several(entry.id, rest, _listed(ctx, rows[:SHOWN]))))


def done_this(ctx: Ctx, press: Press) -> Reply:
    """The note that was meant: closed with the words that waited in the entry (the press's choice)."""
    row = editable(ctx, press.id)
    entry = entries.mine(ctx.session, ctx.viewer, press.choice)
    if entry is None or entry.verb != "friction.done":
        raise UserError("friction.choice")
    if entry.state != "pending":
        return told_as(ctx, row, ())
    reply = _close(ctx, row, press.version, _named(ctx, entry.raw)[1])
    if row.state in CLOSED:
        # the words are with the note now: nothing of the entry is left to take back
        db.revise(ctx.session, entry, {"state": "undone", "undone_at": ctx.now}, by=ctx.actor.id, now=ctx.now)
    return reply


def _named(ctx: Ctx, text: str) -> tuple[Alliance | None, str]:
    try:
        return lookup.split(ctx, text, action="friction.list")
    except UserError:
        return None, text.strip()  # the buttons of the notes say which alliance


def _meant(rows: list[Friction], rest: str) -> Friction | None:
    """The one note whose words hold the first typed word, if there is exactly one."""
    word = lookup.fold(next(iter(rest.split()), ""))
    found = [row for row in rows if len(word) > 1 and word in lookup.fold(row.text)]
    return found[0] if len(found) == 1 else None


def _close(ctx: Ctx, row: Friction, version: int, rest: str) -> Reply:
    if row.state in CLOSED:
        return outdated(ctx, row, version)
    remark, resolution = _how(rest)
    values: dict[str, Any] = {
        "state": "resolved",
        "resolution": resolution,
        "outcome": remark,
        "closed_on": ctx.today,
    }
    return revise(ctx, row, version, values, "friction.did.resolved")


def _how(rest: str) -> tuple[str, str]:
    """The typed words without the last one that says how it was solved, and that: "" when none does."""
    for resolution in ("together", "inside", "faded"):
        choices = "|".join(re.escape(word) for word in sorted(words(f"friction.words.{resolution}"), key=len)[::-1])
        found = re.search(rf"(?:^|[\s、,。・]+)(?:{choices})[\s。.!！]*$", rest, re.IGNORECASE)
        if found:
            return rest[: found.start()].strip(_WORD_EDGES), resolution
    return rest.strip(), ""
