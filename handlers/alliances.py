"""Alliances: make, list, show, change, pause and resume them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from handlers import lookup, moments, places
from handlers.alliance_card import (
    CADENCES,
    LONGEST_NAME,
    USUAL_CADENCE,
    Card,
    Editing,
    Listing,
    Person,
    Row,
    card,
    edit_form,
    listing,
    new_form,
    pause_form,
)
from handlers.errors import UserError
from handlers.message import Button, Form, Line, Message
from handlers.request import Ctx, Press, Reply, Submit
from storage import alliances, friction, meetings, nextsteps, outbox, partners, touchpoints
from storage.models import Alliance, Member
from storage.models.alliances import STAGES
from storage.partners import Spelled

LISTED = 15
"""Alliances that one list shows; the rest is found by name."""
USUAL_PAUSE = timedelta(days=90)
"""domain.md §3.4: a paused alliance is looked at again after 90 days."""

_SEPARATORS = re.compile(r"[,、，;\n]")


# ---------------------------------------------------------------- new


def new(ctx: Ctx, text: str) -> Reply:
    """`/alliance new [name]`: the form, the name filled in."""
    return Reply(form=new_form(ctx.t, name=text.strip()))


def open_new(ctx: Ctx, press: Press) -> Reply:
    """[提携を作る]: the empty form."""
    return Reply(form=new_form(ctx.t))


def create(ctx: Ctx, submit: Submit) -> Reply:
    """The form for a new alliance: whoever sends it is the lead (decision 9)."""
    made = make(ctx, submit)
    if isinstance(made, Reply):
        return made
    return Reply(message=show_card(ctx, made, head=ctx.t.line("alliance.created", alliance=made.name)))


def make(ctx: Ctx, submit: Submit) -> Alliance | Reply:
    """The alliance of a form, or the reply with an error on each field that has one."""
    errors: dict[str, str] = {}
    name = _spelled(submit.one("name"))
    aliases = _names(submit.one("aliases"))
    _check_name(ctx, name, errors)
    _check_aliases(ctx, aliases, errors, name=name)
    backups = [ctx.people.get(user) for user in submit.all("backup")]
    if not all(backups):
        errors["backup"] = ctx.t("alliance.backup_not_ours")
    if errors:
        return Reply(errors=errors)
    wanted = alliances.NewAlliance(
        name=name,
        partner=name,
        purpose=submit.one("purpose"),
        cadence_days=_cadence(submit, USUAL_CADENCE),
        aliases=tuple(aliases),
    )
    made = alliances.create(ctx.session, wanted, org=ctx.org, lead=ctx.actor, today=ctx.today, now=ctx.now)
    for backup in backups:
        if backup is not None and backup.id != ctx.actor.id:
            alliances.give_role(
                ctx.session, org=ctx.org, alliance_id=made.id, role="backup", who=backup, since=ctx.today, now=ctx.now
            )
    return made


def _check_name(ctx: Ctx, name: Spelled, errors: dict[str, str], *, own: str = "") -> None:
    if not name.key:
        errors["name"] = ctx.t("alliance.name_missing")
    elif len(name.name) > LONGEST_NAME:
        errors["name"] = ctx.t("alliance.name_long", n=LONGEST_NAME)
    elif taken := _taken(ctx, name, own):
        errors["name"] = taken


def _check_aliases(
    ctx: Ctx, aliases: Sequence[Spelled], errors: dict[str, str], *, name: Spelled, own: str = ""
) -> None:
    for alias in aliases:
        if len(alias.name) > LONGEST_NAME:
            errors["aliases"] = ctx.t("alliance.name_long", n=LONGEST_NAME)
        elif alias.key != name.key and (taken := _taken(ctx, alias, own)):
            errors["aliases"] = taken


def _taken(ctx: Ctx, name: Spelled, own: str) -> str:
    """Why the name can't be had ("" = it can): who has it, and whom to ask about it."""
    holder = alliances.holder_of(ctx.session, ctx.org, name.key)
    if holder is None or holder.id == own:
        return ""
    lead = alliances.lead_of(ctx.session, ctx.org, holder.id)
    if lead is None:
        return ctx.t("alliance.name_taken_no_lead", name=name.name, alliance=holder.name)
    return ctx.t("alliance.name_taken", name=name.name, alliance=holder.name, lead=lead.name)


def _spelled(text: str) -> Spelled:
    return Spelled(text, lookup.fold(text))


def _names(text: str) -> list[Spelled]:
    """Comma-separated names, each key once."""
    found = [_spelled(part.strip()) for part in _SEPARATORS.split(text)]
    return list({each.key: each for each in reversed(found) if each.key}.values())[::-1]


def _cadence(submit: Submit, usual: int) -> int:
    chosen = submit.one("cadence")
    return int(chosen) if chosen.isdigit() and int(chosen) in {*CADENCES, usual} else usual


# ---------------------------------------------------------------- list and show


def list_all(ctx: Ctx, text: str) -> Reply:
    """`/alliance list [words]`: mine first, then my teams', then all others; words narrow it down by name."""
    rows = alliances.listed(ctx.session, ctx.viewer)
    wanted = lookup.fold(text)
    if wanted:
        by_name = {each.alliance.id: each.names for each in alliances.named(ctx.session, ctx.org)}
        rows = [row for row in rows if any(wanted in lookup.fold(name) for name in by_name.get(row.id, ()))]
    mine = {row.id for row in alliances.led_by(ctx.session, ctx.org, ctx.actor.id)}
    rows.sort(key=lambda row: (row.id not in mine, row.id not in ctx.viewer.near))
    shown = rows[:LISTED]
    counted = _rows(ctx, shown)
    return Reply(
        message=listing(
            ctx.t,
            Listing(
                lead=tuple(row for row in counted if row.id in mine),
                team=tuple(row for row in counted if row.id in ctx.viewer.near and row.id not in mine),
                others=tuple(row for row in counted if row.id not in ctx.viewer.near and row.id not in mine),
                more=len(rows) - len(shown),
            ),
        )
    )


def open_list(ctx: Ctx, press: Press) -> Reply:
    """[提携一覧]: the list as a button."""
    return list_all(ctx, "")


def show(ctx: Ctx, text: str) -> Reply:
    """`/alliance show <name>`, or the bare name: the card."""
    return Reply(message=show_card(ctx, lookup.find(ctx, text, action="alliance.open")))


def open_card(ctx: Ctx, press: Press) -> Reply:
    """[開く]: the card of the alliance."""
    return Reply(message=show_card(ctx, lookup.one(ctx, press.id)))


def show_card(ctx: Ctx, row: Alliance, *, head: Line = ()) -> Message:
    """The card of an alliance as the actor may see it today."""
    everyone = alliances.people(ctx.session, ctx.org, row.id)
    last = touchpoints.last_interactive(ctx.session, ctx.org, row.id)
    meets = meetings.next_of(ctx.session, ctx.org, row.id, ctx.now)
    facts = Card(
        id=row.id,
        version=row.version,
        name=row.name,
        purpose=row.purpose,
        stage=row.stage,
        cadence_days=row.cadence_days,
        ours=tuple(Person(who.name, role.role) for role, who in everyone if isinstance(who, Member)),
        theirs=tuple(Person(who.name, role.role, who.title) for role, who in everyone if not isinstance(who, Member)),
        rooms=places.rooms(
            ctx.session, ctx.t, ctx.org, [room for _, room in alliances.rooms_of(ctx.session, ctx.org, row.id)]
        ),
        aliases=tuple(each.name for each in alliances.aliases_of(ctx.session, ctx.org, row.id)),
        last=last.on if last else None,
        days=_age(ctx, last.on) if last else 0,
        meets=meets.at.astimezone(ctx.zone) if meets else None,
        paused_until=row.paused_until,
        pause_reason=row.pause_reason,
        near=lookup.is_near(ctx, row.id),
        may_change=lookup.may_change(ctx, row),
    )
    return card(ctx.t, facts, head=head)


def _rows(ctx: Ctx, rows: Sequence[Alliance]) -> list[Row]:
    steps = nextsteps.counts_of(ctx.session, ctx.viewer, [row.id for row in rows])
    notes: dict[str, int] = {}
    for note in friction.open_of(ctx.session, ctx.viewer, None):
        notes[note.alliance_id] = notes.get(note.alliance_id, 0) + 1
    leads = alliances.leads(ctx.session, ctx.org)
    found: list[Row] = []
    for row in rows:
        last = touchpoints.last_interactive(ctx.session, ctx.org, row.id)
        found.append(
            Row(
                id=row.id,
                name=row.name,
                last=last.on if last else None,
                days=_age(ctx, last.on) if last else 0,
                steps=steps.get(row.id, 0),
                friction=notes.get(row.id, 0),
                paused_until=row.paused_until,
                near=lookup.is_near(ctx, row.id),
                lead=leads[row.id].name if row.id in leads else "",
            )
        )
    return found


def _age(ctx: Ctx, on: date) -> int:
    return max(0, (ctx.today - on).days)


# ---------------------------------------------------------------- edit


def open_edit(ctx: Ctx, press: Press) -> Reply:
    """[編集]: the form with the alliance as it is now."""
    row = lookup.one(ctx, press.id)
    lookup.require_change(ctx, row)
    facts = Editing(
        id=row.id,
        version=row.version,
        name=row.name,
        purpose=row.purpose,
        stage=row.stage,
        cadence_days=row.cadence_days,
        partners=ctx.t.join(each.name for each in partners.of_alliance(ctx.session, ctx.org, row.id)),
        aliases=ctx.t.join(each.name for each in alliances.aliases_of(ctx.session, ctx.org, row.id)),
    )
    return Reply(form=edit_form(ctx.t, facts))


def edit(ctx: Ctx, submit: Submit) -> Reply:
    """The edit form: names stay unique, a changed purpose counts as confirmed today."""
    row = lookup.one(ctx, submit.id)
    lookup.require_change(ctx, row)
    _fresh(ctx, row, submit.version)
    errors: dict[str, str] = {}
    name, aliases, organisations = (
        _spelled(submit.one("name")),
        _names(submit.one("aliases")),
        _names(submit.one("partners")),
    )
    _check_name(ctx, name, errors, own=row.id)
    _check_aliases(ctx, aliases, errors, name=name, own=row.id)
    if not organisations:
        errors["partners"] = ctx.t("alliance.partners_missing")
    if errors:
        return Reply(errors=errors)
    purpose, stage = submit.one("purpose"), submit.one("stage")
    values: dict[str, str | int | date] = {
        "name": name.name,
        "key": name.key,
        "purpose": purpose,
        "stage": stage if stage in STAGES else row.stage,
        "cadence_days": _cadence(submit, row.cadence_days),
    }
    if purpose and purpose != row.purpose:
        values["purpose_confirmed_on"] = ctx.today
    alliances.revise(ctx.session, row, values, by=ctx.actor.id, now=ctx.now)
    alliances.set_aliases(ctx.session, org=ctx.org, alliance_id=row.id, aliases=aliases, now=ctx.now)
    partners.set_of_alliance(ctx.session, org=ctx.org, alliance_id=row.id, wanted=organisations, now=ctx.now)
    return Reply(message=show_card(ctx, row, head=ctx.t.line("alliance.edited", alliance=row.name)), replace=True)


# ---------------------------------------------------------------- pause and resume


def pause(ctx: Ctx, text: str) -> Reply:
    """`/alliance pause <name> until 9/1 reason`; where the day is missing or unclear, the form."""
    row, rest = lookup.split(ctx, text, action="alliance.pause")
    lookup.require_change(ctx, row, text=text)
    day, _, reason = moments.read_day(rest, today=ctx.today)
    if day is None:
        return Reply(form=_pause_form(ctx, row, rest))
    if day <= ctx.today:
        raise UserError("alliance.pause.past", text=text)
    return Reply(message=_pause(ctx, row, day, reason))


def open_pause(ctx: Ctx, press: Press) -> Reply:
    """[休止]: the form."""
    row = lookup.one(ctx, press.id)
    lookup.require_change(ctx, row)
    return Reply(form=_pause_form(ctx, row, ""))


def paused(ctx: Ctx, submit: Submit) -> Reply:
    """The pause form."""
    row = lookup.one(ctx, submit.id)
    lookup.require_change(ctx, row)
    until = _day(submit.one("until"))
    if until is None or until <= ctx.today:
        raise UserError("alliance.pause.past", field="until")
    return Reply(message=_pause(ctx, row, until, submit.one("reason")), replace=True)


def resume(ctx: Ctx, text: str) -> Reply:
    """`/alliance resume <name>`."""
    row = lookup.find(ctx, text, action="alliance.resume")
    lookup.require_change(ctx, row, text=text)
    return Reply(message=_resume(ctx, row))


def press_resume(ctx: Ctx, press: Press) -> Reply:
    """[再開]."""
    row = lookup.one(ctx, press.id)
    lookup.require_change(ctx, row)
    return Reply(message=_resume(ctx, row), replace=True)


def _pause_form(ctx: Ctx, row: Alliance, reason: str) -> Form:
    until = row.paused_until or ctx.today + USUAL_PAUSE
    return pause_form(ctx.t, Row(row.id, row.name), until=until, reason=reason or row.pause_reason, version=row.version)


def _pause(ctx: Ctx, row: Alliance, until: date, reason: str) -> Message:
    alliances.revise(ctx.session, row, {"paused_until": until, "pause_reason": reason}, by=ctx.actor.id, now=ctx.now)
    outbox.cancel(ctx.session, ctx.org, row.id, kinds=("checkin",), reason="paused", now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, row.id, kinds=("checkin",), now=ctx.now)
    return show_card(ctx, row, head=ctx.t.line("alliance.pause.done", alliance=row.name, until=until))


def _resume(ctx: Ctx, row: Alliance) -> Message:
    if row.paused_until is None:
        return show_card(ctx, row, head=ctx.t.line("alliance.resume.not_paused", alliance=row.name))
    alliances.revise(ctx.session, row, {"paused_until": None, "pause_reason": ""}, by=ctx.actor.id, now=ctx.now)
    return show_card(ctx, row, head=ctx.t.line("alliance.resume.done", alliance=row.name))


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None


def _fresh(ctx: Ctx, row: Alliance, version: int) -> None:
    again = Button(ctx.t("alliance.button.open"), "alliance.open", row.id, row.version)
    lookup.require_fresh(ctx, row, version, noun="alliance", again=again)
