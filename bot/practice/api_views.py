"""views.*: modals by trigger, changes by id or external id, the Home tab by person."""

from collections.abc import Mapping

from bot.practice.blocks import view_refusal
from bot.practice.calls import Call, Method, accept
from bot.practice.reading import Json, as_json, as_objects
from bot.practice.views import View, ViewError
from bot.practice.workspace import Refused, Workspace


def checked_view(workspace: Workspace, view: object, kind: str) -> Json:
    """A view's body, valid and of this kind, its blocks and elements with ids; Refused otherwise."""
    accept(view_refusal(view))
    body = as_json(view)
    if body.get("type") != kind:
        raise Refused("invalid_arguments", (f"[ERROR] view type must be {kind} [json-pointer:/view/type]",))
    return {**body, "blocks": list(workspace.with_ids(as_objects(body.get("blocks"))))}


def _shown(call: Call, view: View) -> Json:
    call.workspace.changed()
    return {"view": call.workspace.views.payload(view)}


def _trigger_key(call: Call) -> str:
    return call.text("trigger_id") or call.required("interactivity_pointer")


def _open(call: Call) -> Json:
    body = checked_view(call.workspace, call.arguments.get("view"), "modal")
    trigger = call.workspace.tickets.use_trigger(_trigger_key(call))
    return _shown(call, call.workspace.views.open(trigger.user, body))


def _push(call: Call) -> Json:
    body = checked_view(call.workspace, call.arguments.get("view"), "modal")
    trigger = call.workspace.tickets.use_trigger(_trigger_key(call))
    if trigger.view is None:
        raise ViewError("not_found")
    return _shown(call, call.workspace.views.push(trigger.user, body))


def _update(call: Call) -> Json:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if bool(view_id) == bool(external_id):
        raise Refused("invalid_arguments", ("[ERROR] must provide either `view_id` or `external_id`",))
    old = call.workspace.views.find(view_id, external_id=external_id)
    kind = str(old.body.get("type")) if old else "modal"
    body = checked_view(call.workspace, call.arguments.get("view"), kind)
    if old is None:
        raise Refused("not_found")
    return _shown(call, call.workspace.views.update(old, body, expected_hash=call.text("hash")))


def _publish(call: Call) -> Json:
    person = call.workspace.person(call.required("user_id"))
    if person is None or person.kind == "bot":
        raise Refused("user_not_found")
    if person.deleted or person.team_id != call.workspace.team.id:
        raise Refused("not_enabled")
    body = checked_view(call.workspace, call.arguments.get("view"), "home")
    view = call.workspace.views.publish(person.id, body, expected_hash=call.text("hash"))
    return _shown(call, view)


VIEWS: Mapping[str, Method] = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
