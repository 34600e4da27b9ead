"""What is tapped below a progress update: share, mend, nothing new; a colleague's question and its answer."""

from __future__ import annotations

from handlers import lookup, places, updates
from handlers.errors import UserError
from handlers.request import Ctx, Press, Reply, Submit
from handlers.update_card import LONGEST, WORRY, Slot, answer_form, ask_form, edit_form, public, told
from storage import alliances, outbox, schedules
from storage import updates as stored
from storage.models import Alliance, ProgressUpdate
from storage.models.records import SLOTS


def press_share(ctx: Ctx, press: Press) -> Reply:
    """このまま共有: the draft as it was read goes to the linked rooms."""
    row, alliance = _draft(ctx, press.id, press.version)
    return _share(ctx, row, alliance)


def press_edit(ctx: Ctx, press: Press) -> Reply:
    """直す: the draft in a form."""
    row, _ = _draft(ctx, press.id, press.version)
    facts = updates.draft_of(ctx.session, row)
    if facts is None:
        raise UserError("update.gone")
    return Reply(form=edit_form(ctx.t, facts))


def submit_edit(ctx: Ctx, submit: Submit) -> Reply:
    """The mended draft is kept, and shared where the author chose so."""
    row, alliance = _draft(ctx, submit.id, submit.version)
    one, two = submit.one("slot_one") or row.slot_one, submit.one("slot_two") or row.slot_two
    if one not in SLOTS or two not in SLOTS:
        raise UserError("update.gone")
    if one == two:
        raise UserError("update.same_slot", field="slot_two")
    texts = submit.one("text_one")[:LONGEST], submit.one("text_two")[:LONGEST]
    opened = "internal" in submit.all("worry")
    _require_worry_inside(ctx, row, (Slot(one, texts[0]), Slot(two, texts[1])), opened=opened)
    values = {
        "slot_one": one,
        "text_one": texts[0],
        "slot_two": two,
        "text_two": texts[1],
        "worry_internal": opened,
    }
    if submit.one("then") == "share":
        if not (values["text_one"] or values["text_two"]):
            raise UserError("update.nothing_written", field="text_one")
        if not stored.rooms_of(ctx.session, ctx.org, alliance.id):
            raise UserError("update.no_room_yet", field="then")
    stored.revise(ctx.session, row, values, by=ctx.actor.id, now=ctx.now)
    if submit.one("then") == "share":
        return _share(ctx, row, alliance)
    return Reply(message=told(ctx.t, "update.did.kept", alliance.name), wake=True)


def _require_worry_inside(ctx: Ctx, row: ProgressUpdate, wanted: tuple[Slot, Slot], *, opened: bool) -> None:
    """懸念 leaves the team by the tick of its author only; another name for it is no way around (product.md §5)."""
    if opened and not row.worry_internal and ctx.actor.id != row.lead_id:
        raise UserError("update.worry.not_yours", field="worry")
    if opened:
        return
    fields = ("slot_one", "slot_two")
    before = updates.slots_of(row)
    worries = [slot.text for slot in before if slot.name == WORRY and slot.text]
    for field, was, now in zip(fields, before, wanted, strict=True):
        renamed = was.name == WORRY and was.text and now.text
        if now.name != WORRY and (renamed or any(worry in now.text for worry in worries)):
            raise UserError("update.worry.moved", field=field)


def press_no_change(ctx: Ctx, press: Press) -> Reply:
    """変化なし is an answer (product.md §2)."""
    row, alliance = _draft(ctx, press.id, press.version)
    _settle(ctx, row, "no_change")
    return Reply(message=told(ctx.t, "update.did.no_change", alliance.name), wake=True)


def _draft(ctx: Ctx, update_id: str, version: int) -> tuple[ProgressUpdate, Alliance]:
    row = stored.get(ctx.session, ctx.viewer, update_id)
    if row is None:
        raise UserError("update.gone")
    alliance = lookup.one(ctx, row.alliance_id)
    if row.lead_id != ctx.actor.id:
        lookup.require_change(ctx, alliance)
    if row.state != "drafted":
        raise UserError("update.settled_before")
    if row.version != version:
        raise UserError("update.changed")
    return row, alliance


def _share(ctx: Ctx, row: ProgressUpdate, alliance: Alliance) -> Reply:
    """Into every linked room whose link isn't paused; 懸念 alone goes to none and stays with the team."""
    shown = public(updates.slots_of(row), worry_internal=row.worry_internal)
    rooms = stored.rooms_of(ctx.session, ctx.org, alliance.id)
    if not any(slot.text for slot in updates.slots_of(row)):
        raise UserError("update.nothing_written")
    if shown and not rooms:
        raise UserError("update.no_room_yet")
    _settle(ctx, row, "shared")
    if not shown:
        return Reply(message=told(ctx.t, "update.did.inside", alliance.name), wake=True)
    for room in rooms:
        outbox.put(
            ctx.session,
            org=ctx.org,
            kind="update.post",
            subject_id=row.id,
            key=f"update.post:{row.id}:{room.id}",
            weight="reply",
            now=ctx.now,
            room_id=room.id,
            arguments={"owner": ctx.actor.id},
        )
    names = places.rooms(ctx.session, ctx.t, ctx.org, rooms)
    return Reply(message=told(ctx.t, "update.did.shared", alliance.name, names), wake=True)


def _settle(ctx: Ctx, row: ProgressUpdate, state: str) -> None:
    values = {"state": state, "shared_by": ctx.actor.id, "shared_at": ctx.now}
    stored.revise(ctx.session, row, values, by=ctx.actor.id, now=ctx.now)
    schedules.touch(ctx.session, ctx.org, "update", row.lead_id, ctx.now)


# ---------------------------------------------------------------- questions


def press_ask(ctx: Ctx, press: Press) -> Reply:
    """質問する: any colleague, below a shared update."""
    row = _shared(ctx, press.id)
    return Reply(form=ask_form(ctx.t, row.id, lookup.one(ctx, row.alliance_id).name))


def submit_ask(ctx: Ctx, submit: Submit) -> Reply:
    """The question goes to the alliance's lead of today."""
    row = _shared(ctx, submit.id)
    text = submit.one("text")
    if not text:
        raise UserError("update.nothing_written", field="text")
    alliance = lookup.one(ctx, row.alliance_id)
    lead = alliances.lead_of(ctx.session, ctx.org, alliance.id)
    question = stored.ask(ctx.session, row, asker_id=ctx.actor.id, text=text, now=ctx.now)
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind="update.question",
        subject_id=question.id,
        key=f"update.question:{question.id}",
        weight="reply",
        now=ctx.now,
        member_id=lead.id if lead else row.lead_id,
    )
    return Reply(message=told(ctx.t, "update.did.asked", alliance.name), wake=True)


def _shared(ctx: Ctx, update_id: str) -> ProgressUpdate:
    row = stored.get(ctx.session, ctx.viewer, update_id)
    if row is None or row.state != "shared":
        raise UserError("update.gone")
    return row


def press_answer(ctx: Ctx, press: Press) -> Reply:
    """答える: the question with a box below it."""
    _asked(ctx, press.id)
    facts = updates.asked_of(ctx.session, ctx.org, press.id)
    if facts is None:
        raise UserError("update.gone")
    return Reply(form=answer_form(ctx.t, facts))


def submit_answer(ctx: Ctx, submit: Submit) -> Reply:
    """The answer goes back to the asker only."""
    alliance = _asked(ctx, submit.id)
    text = submit.one("text")
    found = stored.question(ctx.session, ctx.org, submit.id)
    if not text or found is None:
        raise UserError("update.nothing_written", field="text")
    question = stored.reply(ctx.session, found[0], text, now=ctx.now)
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind="update.answer",
        subject_id=question.id,
        key=f"update.answer:{question.id}",
        weight="reply",
        now=ctx.now,
        member_id=question.asker_id,
        arguments={"by": ctx.actor.id},
    )
    return Reply(message=told(ctx.t, "update.did.answered", alliance.name), wake=True)


def _asked(ctx: Ctx, question_id: str) -> Alliance:
    """The alliance of an open question, for those who may answer it."""
    found = stored.question(ctx.session, ctx.org, question_id)
    if found is None:
        raise UserError("update.gone")
    row, update = found
    alliance = lookup.one(ctx, update.alliance_id)
    if update.lead_id != ctx.actor.id:
        lookup.require_change(ctx, alliance)
    if row.answer:
        raise UserError("update.answered_before")
    return alliance
