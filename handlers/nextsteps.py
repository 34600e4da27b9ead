"""Next steps: offered, taken, moved, done; my own on one screen (product.md §4 and §5)."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from handlers import lookup, places
from handlers import step_card as cards
from handlers.entry import Step
from handlers.errors import UserError
from handlers.message import Button, Line, Message
from handlers.request import Ctx, Press, Reply, Submit
from handlers.step_card import Mine, StepFacts
from handlers.text import Texts, words
from storage import alliances, outbox, people, touchpoints
from storage import nextsteps as stored
from storage.models import Member, NextStep
from storage.models.records import STEP_SIDES
from storage.viewer import Viewer

NOTICES = ("step.offered", "step.due", "step.declined")
"""The kinds of notice that a change of a step settles."""


# ---------------------------------------------------------------- written with a line


def add(
    ctx: Ctx,
    *,
    alliance_id: str,
    entry_id: str | None,
    touchpoint_id: str | None,
    step: Step,
    visibility: str = "",
    number: int | None = None,
) -> NextStep:
    """Keep a step of a line: a colleague who is named is offered it, ours without a name is the recorder's own.

    Without `visibility` it is that of the touchpoint; without `number` it stands behind the steps of its entry.
    """
    talk = touchpoints.get(ctx.session, ctx.viewer, touchpoint_id) if touchpoint_id and not visibility else None
    if number is None:
        number = len(stored.of_entry(ctx.session, ctx.viewer, entry_id)) if entry_id else 0
    row = stored.new(
        org=ctx.org, alliance_id=alliance_id, text=step.text, assigned_by=ctx.actor.id, now=ctx.now, number=number
    )
    row.entry_id, row.touchpoint_id, row.due = entry_id, touchpoint_id, step.due
    row.visibility = visibility or (talk.visibility if talk else "team")
    row.side = step.side or "open"
    owner = _mentioned(ctx, step.mention) if step.mention else None
    if owner is None and step.mention:
        row.side, row.text = _unknown_owner(ctx, step.text, step.mention)
    elif owner is None and row.side == "ours":
        owner = ctx.actor
    if owner is not None:
        row.side, row.owner_id = "ours", owner.id
        row.state = "accepted" if owner.id == ctx.actor.id else "offered"
    return stored.insert(ctx.session, row, ctx.now)


def _unknown_owner(ctx: Ctx, text: str, mention: str) -> tuple[str, str]:
    """Side and text of a step whose owner is nobody of ours: a partner's own, or open; the name stays in words."""
    account = ctx.request.people.get(mention)
    if account is None:
        return "open", f"{text} {mention}" if mention.startswith("@") else text
    return "theirs" if account.standing == "stranger" else "open", f"{text} @{account.name}"


def _mentioned(ctx: Ctx, mention: str) -> Member | None:
    """The colleague behind a chat account's id, or behind "@name" where one active member goes by it."""
    if mention in ctx.people:
        return ctx.people[mention]
    wanted = lookup.fold(mention.removeprefix("@"))
    found = [each for each in people.members(ctx.session, ctx.org) if lookup.fold(each.name) == wanted]
    return found[0] if len(found) == 1 else None


def line(ctx: Ctx, step: NextStep) -> Line:
    """The step as one line of an answer; it names no talk, so none is looked up."""
    return cards.line(ctx.t, facts_of(ctx.session, ctx.viewer, step, today=ctx.today, talk=False))


def typed(ctx: Ctx, step: NextStep) -> str:
    """The step as it could be typed behind an arrow; its day in full, so that it means the same on any day."""
    owner = people.member(ctx.session, ctx.org, step.owner_id) if step.owner_id else None
    if owner is not None and owner.id != ctx.actor.id:
        who = f"@{''.join(owner.name.split())}"
    else:
        who = "" if step.side == "open" else ctx.t(f"step.typed.{step.side}")
    return " ".join(part for part in (step.text, who, step.due.isoformat() if step.due else "") if part)


# ---------------------------------------------------------------- facts


def facts(ctx: Ctx, step: NextStep) -> StepFacts:
    """The step as the actor may see it today."""
    return facts_of(ctx.session, ctx.viewer, step, today=ctx.today)


def facts_of(session: Session, viewer: Viewer, step: NextStep, *, today: date, talk: bool = True) -> StepFacts:
    """The step for `viewer` on their day `today`: names, and with `talk` where it came from if they may read that."""
    org = step.organisation_id
    alliance = alliances.get(session, viewer, step.alliance_id)
    owner = people.member(session, org, step.owner_id) if step.owner_id else None
    asker = people.member(session, org, step.assigned_by) if step.assigned_by != viewer.member_id else None
    source = touchpoints.get(session, viewer, step.touchpoint_id) if talk and step.touchpoint_id else None
    return StepFacts(
        id=step.id,
        version=step.version,
        text=step.text,
        alliance=alliance.name if alliance else "",
        side=step.side,
        state="undone" if step.undone_at else step.state,
        owner=owner.name if owner else "",
        due=step.due,
        late=max(0, (today - step.due).days) if step.due else 0,
        asked_by=asker.name if asker else "",
        talk_on=source.on if source else None,
        talk_kind=source.kind if source else "",
        url=step.url,
        mine=step.owner_id == viewer.member_id,
        today=today,
    )


def hears_due(step: NextStep) -> str:
    """The member who hears that a step is due: its owner once accepted, else who recorded it; never a partner."""
    return step.owner_id if step.owner_id and step.state == "accepted" else step.assigned_by


def due_message(t: Texts, seen: StepFacts) -> Message:
    """The words of `step.due` for either side."""
    return cards.theirs(t, seen) if seen.side == "theirs" else cards.due(t, seen)


# ---------------------------------------------------------------- my steps


def my_steps(ctx: Ctx, text: str) -> Reply:
    """私の宿題 / my steps; `my steps done <words>` closes one."""
    first, _, rest = text.strip().partition(" ")
    if first and first.casefold() in words("step.words.done"):
        return done(ctx, rest)
    return Reply(message=cards.mine(ctx.t, mine_of(ctx)))


def open_mine(ctx: Ctx, press: Press) -> Reply:
    """[私の宿題] as a button."""
    return Reply(message=cards.mine(ctx.t, mine_of(ctx)))


def mine_of(ctx: Ctx) -> Mine:
    """The actor's live steps in groups, each by day; and what they recorded that nobody has taken."""
    seen = [facts(ctx, each) for each in stored.mine(ctx.session, ctx.viewer)]
    own = [each for each in seen if each.state != "offered"]
    return Mine(
        offered=tuple(each for each in seen if each.state == "offered"),
        late=tuple(each for each in own if each.late),
        ahead=tuple(each for each in own if each.due and not each.late),
        someday=tuple(each for each in own if not each.due),
        nobody=tuple(facts(ctx, each) for each in stored.unowned(ctx.session, ctx.viewer)),
    )


def done(ctx: Ctx, text: str) -> Reply:
    """`done <words>`: the one step of mine (or that I recorded) whose text holds the words; several → buttons."""
    wanted = lookup.fold(text)
    if not wanted:
        return my_steps(ctx, "")
    rows = [*stored.mine(ctx.session, ctx.viewer), *stored.unowned(ctx.session, ctx.viewer)]
    fit = [each for each in rows if wanted in lookup.fold(each.text)]
    if not fit:
        raise UserError("step.none_fits", {"words": text.strip()}, text=text, buttons=(_to_mine(ctx),))
    if len(fit) > 1:
        return Reply(message=cards.which(ctx.t, text.strip(), tuple(facts(ctx, each) for each in fit)))
    return Reply(message=_settle(ctx, fit[0], {"state": "done", "done_on": ctx.today}), wake=True)


# ---------------------------------------------------------------- presses


def open_card(ctx: Ctx, press: Press) -> Reply:
    """The card of a step; a menu names it in `choice`."""
    return Reply(message=cards.card(ctx.t, facts(ctx, _readable(ctx, press.choice or press.id))))


def press_done(ctx: Ctx, press: Press) -> Reply:
    """[済み]."""
    return _press(ctx, press, {"state": "done", "done_on": ctx.today})


def press_drop(ctx: Ctx, press: Press) -> Reply:
    """[やめる]."""
    return _press(ctx, press, {"state": "dropped"})


def press_accept(ctx: Ctx, press: Press) -> Reply:
    """[引き受ける] by the colleague it was offered to."""
    step = _changeable(ctx, press.id, press.version)
    if step.owner_id != ctx.actor.id:
        raise UserError("step.not_offered_to_you")
    return _answer(ctx, press, _settle(ctx, step, {"state": "accepted"}))


def press_take(ctx: Ctx, press: Press) -> Reply:
    """[引き受ける] for a step that nobody has: it becomes the actor's."""
    return _press(ctx, press, {"state": "accepted", "side": "ours", "owner_id": ctx.actor.id})


def press_decline(ctx: Ctx, press: Press) -> Reply:
    """[私ではない]: it goes back to who assigned it, who hears of it; it never escalates."""
    step = _changeable(ctx, press.id, press.version)
    if step.owner_id != ctx.actor.id:
        raise UserError("step.not_offered_to_you")
    back = step.assigned_by
    seen = facts(ctx, step)
    _settle(ctx, step, {"state": "open", "owner_id": None})
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind="step.declined",
        subject_id=step.id,
        key=f"declined:{step.id}:{step.version}",
        weight="reply",
        now=ctx.now,
        member_id=back,
        arguments={"by": ctx.actor.id},
    )
    message = cards.settled(ctx.t, StepFacts(step.id, step.version, seen.text, seen.alliance, state="declined"))
    return _answer(ctx, press, message)


def press_reopen(ctx: Ctx, press: Press) -> Reply:
    """[元に戻す]: done, dropped or kept elsewhere by mistake."""
    step = _changeable(ctx, press.id, press.version)
    return _answer(ctx, press, _settle(ctx, step, {"state": _open_again(ctx, step), "done_on": None}))


def _open_again(ctx: Ctx, step: NextStep) -> str:
    """The state of a step that is open again; nobody accepts it for a colleague who hadn't."""
    if step.owner_id is None:
        return "open"
    taken = step.owner_id == ctx.actor.id or stored.was_accepted(ctx.session, step)
    return "accepted" if taken else "offered"


def open_move(ctx: Ctx, press: Press) -> Reply:
    """[日付を変える]: the form."""
    return Reply(form=cards.move_form(ctx.t, facts(ctx, _changeable(ctx, press.id, press.version))))


def open_elsewhere(ctx: Ctx, press: Press) -> Reply:
    """[別ツールで管理]: the form."""
    return Reply(form=cards.elsewhere_form(ctx.t, facts(ctx, _changeable(ctx, press.id, press.version))))


def open_edit(ctx: Ctx, press: Press) -> Reply:
    """[変更]: the form for the whole step."""
    step = _changeable(ctx, press.id, press.version)
    colleagues = places.colleagues(ctx, step.alliance_id, chosen=step.owner_id or "")
    elsewhere = places.field(ctx.t, colleagues, chosen=step.owner_id or "")
    form = cards.edit_form(ctx.t, facts(ctx, step), owner=_accounts(ctx, step.owner_id), elsewhere=elsewhere)
    return Reply(form=form)


# ---------------------------------------------------------------- forms


def move(ctx: Ctx, submit: Submit) -> Reply:
    """The new day; whoever was offered the step and names a day has taken it."""
    step = _changeable(ctx, submit.id, submit.version)
    due = _day(submit.one("due"), field="due")
    values: dict[str, object] = {"due": due}
    if step.state == "offered" and step.owner_id == ctx.actor.id:
        values["state"] = "accepted"
    return Reply(message=_settle(ctx, step, values), replace=True, wake=True)


def elsewhere(ctx: Ctx, submit: Submit) -> Reply:
    """Followed in another tool from now on: no more notices here, a link where one is given."""
    step = _changeable(ctx, submit.id, submit.version)
    url = submit.one("url")
    if url and not url.startswith(("https://", "http://")):
        raise UserError("step.url_wrong", field="url")
    return Reply(message=_settle(ctx, step, {"state": "elsewhere", "url": url}), replace=True, wake=True)


def edit(ctx: Ctx, submit: Submit) -> Reply:
    """The whole step; a colleague who is newly named is offered it."""
    step = _changeable(ctx, submit.id, submit.version)
    text, side = submit.one("text"), submit.one("side")
    if not text:
        raise UserError("step.text_missing", field="text")
    owner = _owner(ctx, step, submit)
    values: dict[str, object] = {"text": text, "due": _day(submit.one("due"), field="due")}
    values["side"] = side if side in STEP_SIDES else step.side
    if owner is not None:
        values |= {"side": "ours", "owner_id": owner.id}
        if owner.id != step.owner_id:
            given = {"assigned_by": ctx.actor.id, "state": "offered"}
            values |= {"state": "accepted"} if owner.id == ctx.actor.id else given
    else:
        values |= {"owner_id": None, "state": "open"}
    return Reply(message=_settle(ctx, step, values), replace=True, wake=True)


def _owner(ctx: Ctx, step: NextStep, submit: Submit) -> Member | None:
    """Who the form names as owner, by one of two lists: the one that was changed counts, since each opens on the old.

    An owner whom neither list held stays.
    """
    was = next(iter(_accounts(ctx, step.owner_id)), "")
    here = submit.one("owner")
    if here and here not in ctx.people:
        raise UserError("step.owner_not_ours", field="owner")
    old = people.member(ctx.session, ctx.org, step.owner_id) if step.owner_id else None
    offered = {option.value for option in places.colleagues(ctx, step.alliance_id, chosen=step.owner_id or "")}
    stood = old.id if old and old.id in offered else ""
    there = submit.one(places.ELSEWHERE)
    if here == was and there == stood:
        return old
    fresh = [ctx.people[here]] if here and here != was else []
    if there and there != stood:
        fresh += places.chosen(ctx, [there])
    if len(fresh) > 1:
        raise UserError("step.owner_twice", field=places.ELSEWHERE)
    return next(iter(fresh), None)


# ---------------------------------------------------------------- inside


def _press(ctx: Ctx, press: Press, values: dict[str, object]) -> Reply:
    step = _changeable(ctx, press.id, press.version)
    return _answer(ctx, press, _settle(ctx, step, values))


def _answer(ctx: Ctx, press: Press, message: Message) -> Reply:
    """Where the press came from my own list the list is drawn anew, else the step's card stands in its place."""
    if press.choice == "list":
        head = next((block.line for block in message.blocks if block.kind == "paragraph"), ())
        message = cards.mine(ctx.t, mine_of(ctx), head=head)
    return Reply(message=message, replace=True, wake=True)


def _settle(ctx: Ctx, step: NextStep, values: dict[str, object]) -> Message:
    """Change the step, cancel what waits about it and mark what was sent; returns its card."""
    stored.revise(ctx.session, step, values, by=ctx.actor.id, now=ctx.now)
    outbox.cancel(ctx.session, ctx.org, step.id, kinds=NOTICES, reason=step.state, now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, step.id, kinds=NOTICES, now=ctx.now)
    return cards.card(ctx.t, facts(ctx, step))


def _readable(ctx: Ctx, step_id: str) -> NextStep:
    step = stored.get(ctx.session, ctx.viewer, step_id)
    if step is None:
        raise UserError("step.gone", buttons=(_to_mine(ctx),))
    return step


def _changeable(ctx: Ctx, step_id: str, version: int) -> NextStep:
    """The step, if the actor owns it, assigned it, or belongs to the alliance's people; raises UserError otherwise."""
    step = _readable(ctx, step_id)
    near = step.alliance_id in ctx.viewer.on_team or ctx.actor.operator
    if not near and ctx.actor.id not in (step.owner_id, step.assigned_by):
        raise UserError("step.not_yours")
    again = Button(ctx.t("step.button.open"), "step.open", step.id, step.version)
    lookup.require_fresh(ctx, step, version, noun="step", again=again)
    return step


def _to_mine(ctx: Ctx) -> Button:
    return Button(ctx.t("step.button.mine"), "step.mine")


def _accounts(ctx: Ctx, member_id: str | None) -> tuple[str, ...]:
    """The person's user id on the platform that asks."""
    found = people.accounts(ctx.session, ctx.org, member_id) if member_id else []
    return tuple(
        account.user
        for account, place in found
        if (place.platform, place.tenant) == (ctx.request.platform, ctx.request.tenant) and not account.deleted
    )[:1]


def _day(iso: str, *, field: str) -> date | None:
    if not iso:
        return None
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise UserError("form.day_wrong", field=field) from None
