"""Friction notes: written, shown, changed by one tap; every press is authorised again (decisions 10 and 11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from handlers import entry as grammar
from handlers.errors import UserError
from handlers.friction_card import CLOSED, SEVERITIES, UNKNOWN, card, inside, saved_message, shown
from handlers.friction_change import card_of, editable, outdated, own, readable, revise, told_as, what_changed
from handlers.friction_form import edit_form, new_form, whole
from handlers.friction_open import done, done_this, is_done, is_list, list_of, open_list
from handlers.message import Block, Button, Message
from handlers.request import Ctx, Press, Reply, Submit
from storage import db
from storage import friction as stored
from storage.ids import new_id
from storage.models import Alliance, Friction
from storage.models.records import CATEGORIES, RESOLUTIONS, TOLD, VISIBILITIES

__all__ = [
    "accept", "blocks", "done", "done_this", "edit", "is_done", "is_list", "keep", "keep_private", "list_of",
    "new_form", "note", "open_list", "reopen", "resolve", "save", "saved", "set_category", "set_severity",
    "set_visibility", "show", "take", "told", "widen",
]  # fmt: skip


# ---------------------------------------------------------------- written and shown


def note(
    ctx: Ctx,
    *,
    alliance: Alliance,
    entry_id: str,
    touchpoint_id: str | None,
    on: date,
    severity: int,
    text: str,
    visibility: str = "",
) -> Friction:
    """Keep a note with its suggested category; 2–3 waits with the team for the author's word (decision 11).

    `visibility` is what a form asked for: internal is the author's own word, managers asks with the preview.
    """
    severity = min(max(severity, SEVERITIES[0]), SEVERITIES[-1])
    asked = visibility if visibility in VISIBILITIES else ""
    reach = stored.reach(asked or "team", severity=severity, text=text)
    row = Friction(
        id=new_id(ctx.now),
        organisation_id=ctx.org,
        alliance_id=alliance.id,
        entry_id=entry_id,
        touchpoint_id=touchpoint_id,
        author_id=ctx.actor.id,
        on=on,
        text=text,
        category=grammar.suggest_category(text) or "",
        severity=severity,
        visibility=reach.visibility,
        widening=reach.widening,
        created_at=ctx.now,
    )
    db.add(ctx.session, row)
    if asked == "internal":
        stored.widen(ctx.session, row, asked, by=ctx.actor.id, now=ctx.now)
    return row


def blocks(ctx: Ctx, row: Friction) -> tuple[Block, ...]:
    """The card inside an answer that names the alliance already."""
    return inside(card(ctx.t, replace(card_of(ctx, row), fresh=True, alliance="")))


def saved(ctx: Ctx, row: Friction) -> Message:
    """The private answer to `/friction …`."""
    return saved_message(ctx.t, replace(card_of(ctx, row), fresh=True))


def show(ctx: Ctx, press: Press) -> Reply:
    """The card as the presser may see it, as of now."""
    return Reply(message=shown(ctx.t, card_of(ctx, readable(ctx, press.id))))


# ---------------------------------------------------------------- presses: chips


def set_category(ctx: Ctx, press: Press) -> Reply:
    """One tap on the suggested category."""
    if press.choice not in (*CATEGORIES[1:], UNKNOWN):
        raise UserError("friction.choice")
    category = "" if press.choice == UNKNOWN else press.choice
    return revise(ctx, editable(ctx, press.id), press.version, {"category": category})


def set_severity(ctx: Ctx, press: Press) -> Reply:
    """Another severity; from 2 on the author is asked for the sentence."""
    row = editable(ctx, press.id)
    severity = _severity(press.choice)
    reach = stored.reach(row.visibility, severity=severity, text=row.text, was=row)
    values = {"severity": severity, "visibility": reach.visibility, "widening": reach.widening}
    return revise(ctx, row, press.version, values)


def set_visibility(ctx: Ctx, press: Press) -> Reply:
    """Who reads it: the author's choice alone; managers come with the preview."""
    row = own(ctx, press.id)
    if press.choice not in VISIBILITIES:
        raise UserError("friction.choice")
    if press.choice == "internal":
        return _widen(ctx, row, press.version, "internal")
    return revise(ctx, row, press.version, _reaching(row, press.choice, row.severity, row.text))


def widen(ctx: Ctx, press: Press) -> Reply:
    """[この一文で届ける]: the very sentence that was shown goes to the managers (decision 11)."""
    row = own(ctx, press.id)
    if row.severity <= stored.SMALL:
        return outdated(ctx, row, press.version)
    return _widen(ctx, row, press.version, "managers")


def keep(ctx: Ctx, press: Press) -> Reply:
    """[チームにとどめる]: no manager reads it."""
    return revise(
        ctx, own(ctx, press.id), press.version, {"visibility": "team", "widening": "kept"}, "friction.did.kept"
    )


def keep_private(ctx: Ctx, row: Friction) -> None:
    """The record that the author's note came with is theirs alone now: so is the note."""
    values = _reaching(row, "private", row.severity, row.text)
    stored.revise(ctx.session, row, values, by=ctx.actor.id, now=ctx.now)


def _widen(ctx: Ctx, row: Friction, version: int, visibility: str) -> Reply:
    if row.visibility == visibility:
        return told_as(ctx, row, ())
    if row.version != version:
        return outdated(ctx, row, version)
    stored.widen(ctx.session, row, visibility, by=ctx.actor.id, now=ctx.now)
    return told_as(ctx, row, ctx.t.line(f"friction.did.widened.{visibility}"))


def _reaching(row: Friction, wanted: str, severity: int, text: str) -> dict[str, Any]:
    """The columns of a wished visibility; a private note has no owner but its author."""
    reach = stored.reach(wanted, severity=severity, text=text, was=row)
    values: dict[str, Any] = {"visibility": reach.visibility, "widening": reach.widening}
    if reach.visibility == "private" and row.owner_id is not None:
        values["owner_id"] = row.author_id
    return values


def _severity(value: str) -> int:
    if value not in {str(number) for number in SEVERITIES}:
        raise UserError("friction.choice")
    return int(value)


# ---------------------------------------------------------------- presses: the course of things


def take(ctx: Ctx, press: Press) -> Reply:
    """[対応中にする]: the presser takes it up."""
    values = {"state": "working", "owner_id": ctx.actor.id}
    return revise(ctx, editable(ctx, press.id), press.version, values, "friction.did.taken")


def told(ctx: Ctx, press: Press) -> Reply:
    """[話した] [これから] [話さない]: whether the partner knows."""
    if press.choice not in TOLD[1:]:
        raise UserError("friction.choice")
    values = {"told": press.choice, "told_on": ctx.today if press.choice == "told" else None}
    row = editable(ctx, press.id)
    if row.told == press.choice:
        return told_as(ctx, row, ())
    return revise(ctx, row, press.version, values, f"friction.did.told.{press.choice}")


def resolve(ctx: Ctx, press: Press) -> Reply:
    """[解決した], then how: together, inside, faded."""
    if press.choice not in RESOLUTIONS:
        raise UserError("friction.choice")
    row = editable(ctx, press.id)
    values: dict[str, Any] = {"state": "resolved", "resolution": press.choice or row.resolution}
    if row.state not in CLOSED:
        values["closed_on"] = ctx.today
    return revise(ctx, row, press.version, values, "friction.did.resolved")


def accept(ctx: Ctx, press: Press) -> Reply:
    """[受け入れた]: we live with it."""
    row = editable(ctx, press.id)
    if row.state == "accepted":
        return told_as(ctx, row, ())
    values = {"state": "accepted", "resolution": "", "closed_on": ctx.today}
    return revise(ctx, row, press.version, values, "friction.did.accepted")


def reopen(ctx: Ctx, press: Press) -> Reply:
    """[再開する]: open again; other words than the approved ones ask again (decision 11)."""
    row = editable(ctx, press.id)
    if row.state not in CLOSED:
        return told_as(ctx, row, ())
    values: dict[str, Any] = {"state": "open", "resolution": "", "outcome": "", "closed_on": None}
    reach = stored.reach(row.visibility, severity=row.severity, text=row.text, was=row)
    values |= {"visibility": reach.visibility, "widening": reach.widening}
    return revise(ctx, row, press.version, values, "friction.did.reopened")


# ---------------------------------------------------------------- form


def edit(ctx: Ctx, press: Press) -> Reply:
    """[直す]: the form with the note as it is now."""
    return Reply(form=edit_form(ctx.t, card_of(ctx, editable(ctx, press.id))))


def save(ctx: Ctx, submit: Submit) -> Reply:
    """The form sent in: other words than the approved ones ask again, in the same answer."""
    row = editable(ctx, submit.id)
    typed = submit.one("text")
    if not typed:
        raise UserError("friction.empty", field="text")
    if row.version != submit.version:
        button = Button(ctx.t("friction.open"), "friction.show", row.id, row.version)
        what = what_changed(ctx, row, submit.version)
        raise UserError("friction.changed", {"what": what}, text=typed, buttons=(button,))
    category = submit.one("category") or row.category or UNKNOWN
    if category not in (*CATEGORIES[1:], UNKNOWN):
        raise UserError("friction.choice", field="category", text=typed)
    severity = _severity(submit.one("severity") or str(row.severity))
    wanted = submit.one("visibility") if stored.may_widen(ctx.viewer, row) else ""
    wanted = wanted if wanted in VISIBILITIES else row.visibility
    text = whole(typed, row.text)
    values = _reaching(row, wanted, severity, text)
    values |= {"text": text, "category": "" if category == UNKNOWN else category, "severity": severity}
    reply = revise(ctx, row, row.version, values, "friction.did.changed")
    if wanted == "internal" and row.visibility != "internal" and stored.may_widen(ctx.viewer, row):
        reply = _widen(ctx, row, row.version, "internal")
    return replace(reply, replace=False)
