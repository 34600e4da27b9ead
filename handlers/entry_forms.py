"""The forms to log by: opened by a button, sent in as a line with what its fields add (product.md §4)."""

from __future__ import annotations

from handlers import friction, touchpoints
from handlers.capture import Given, here_id, log, options
from handlers.errors import UserError
from handlers.request import Ctx, Press, Reply, Submit
from storage import alliances, entries


def new_touchpoint(ctx: Ctx, submit: Submit) -> Reply:
    """The form behind an empty `/touchpoint`: the box is read by the grammar, the fields win."""
    text = submit.one("line")
    if not text:
        raise UserError("form.empty", field="line")
    return log(ctx, "touchpoint", text, _given(ctx, submit))


def new_friction(ctx: Ctx, submit: Submit) -> Reply:
    """The form behind an empty `/friction`."""
    text = submit.one("text")
    if not text:
        raise UserError("form.empty", field="text")
    reply = log(ctx, "friction", text, _given(ctx, submit))
    if reply.form is not None:  # a mark or a name alone: the form is open already
        raise UserError("friction.empty", field="text")
    return reply


def _given(ctx: Ctx, submit: Submit) -> Given:
    severity, alliance_id = submit.one("severity"), submit.one("alliance")
    if alliance_id and alliances.get(ctx.session, ctx.viewer, alliance_id) is None:
        raise UserError("alliance.gone", field="alliance")
    return Given(
        alliance_id=alliance_id,
        on=touchpoints.day_of(submit),
        kind=touchpoints.kind_of(submit),
        severity=int(severity) if severity.isdigit() else None,
        visibility=touchpoints.visibility_of(submit),
    )


def open_touchpoint(ctx: Ctx, press: Press) -> Reply:
    """A button that opens the form; its `choice` may name the alliance."""
    alliance_id = press.choice if alliances.get(ctx.session, ctx.viewer, press.choice) else here_id(ctx)
    return Reply(form=touchpoints.new_form(ctx.t, options(ctx), here=alliance_id))


def open_friction(ctx: Ctx, press: Press) -> Reply:
    """[ひっかかりも記録]: the friction form, with the alliance of the entry that was just logged."""
    here = here_id(ctx)
    entry = entries.mine(ctx.session, ctx.viewer, press.id)
    if entry is not None:
        touchpoint = entries.made(ctx.session, entry).touchpoint
        here = touchpoint.alliance_id if touchpoint else here
    elif alliances.get(ctx.session, ctx.viewer, press.choice):
        here = press.choice
    return Reply(form=friction.new_form(ctx.t, options(ctx), here=here))
