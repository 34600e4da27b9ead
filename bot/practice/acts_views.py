"""Clicks, forms and menus: what people do with blocks and views."""

from collections.abc import Awaitable, Callable, Mapping

from bot.practice.acting import ActRefused, Stage
from bot.practice.api_views import checked_view
from bot.practice.blocks import options_refusal
from bot.practice.elements import (
    STATE_FIELDS,
    Placed,
    find_element,
    initial_values,
    only_known,
    options_of,
    overlaid,
    placed_elements,
)
from bot.practice.filling import problems_of
from bot.practice.reading import Json, as_json, as_list, as_objects, as_text
from bot.practice.views import View, ViewError
from bot.practice.workspace import Person, Refused

CHOSEN_FROM_OPTIONS = frozenset({"static_select", "radio_buttons", "overflow", "multi_static_select", "checkboxes"})


def _own_view(stage: Stage, person: Person, view_id: str) -> View:
    view = stage.workspace.views.find(view_id)
    if view is None or view.user != person.id:
        raise ActRefused("view_not_found")
    return view


def _placed(blocks: list[Json], asked: Json) -> Placed:
    placed = find_element(blocks, as_text(asked.get("block_id")), as_text(asked.get("action_id")))
    if placed is None:
        raise ActRefused("element_not_found")
    return placed


def _state_of(placed: Placed, asked: Json) -> Json:
    """What the click sets, checked against what the element offers; ActRefused where it can't be picked."""
    kind = as_text(placed.element.get("type"))
    key = "selected_option" if kind == "overflow" else STATE_FIELDS[kind][0]
    value = asked.get(key)
    if kind not in CHOSEN_FROM_OPTIONS:
        return {"type": kind, key: value}
    offered = {as_text(option.get("value")): option for option in options_of(placed.element)}
    many = key == "selected_options"
    wanted = as_objects(value) if many else [as_json(value)] if value is not None else []
    chosen = [offered.get(as_text(option.get("value"))) for option in wanted]
    if None in chosen or (not chosen and not many and kind == "overflow"):
        raise ActRefused("option_not_found")
    return {"type": kind, key: chosen if many else chosen[0] if chosen else None}


def _action(stage: Stage, placed: Placed, asked: Json) -> Json:
    """The entry of `actions` in the payload."""
    element = placed.element
    if placed.block.get("type") == "input" and placed.block.get("dispatch_action") is not True:
        raise ActRefused("not_dispatched")
    action: Json = {
        "type": element.get("type"),
        "block_id": placed.block_id,
        "action_id": element.get("action_id"),
        "action_ts": stage.workspace.next_ts(),
    }
    if element.get("type") == "button":
        return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    return action | _state_of(placed, asked)


def _typed(placed: Placed, action: Json, asked: Json, blocks: list[Json]) -> Json:
    """The input so far: what the page says, with the element just used on top."""
    typed = only_known(as_json(asked.get("values")), blocks)
    kind = as_text(action.get("type"))
    if kind not in STATE_FIELDS:
        return typed
    key = STATE_FIELDS[kind][0]
    state: Json = {"type": kind, key: action.get(key)}
    return overlaid(typed, {placed.block_id: {as_text(action.get("action_id")): state}})


async def _act_on_element(stage: Stage, person: Person, asked: Json) -> Json:
    """A click on a button or a choice in a menu, in a message, a form or on the Home tab."""
    container = as_json(asked.get("container"))
    if container.get("view_id"):
        view = _own_view(stage, person, as_text(container.get("view_id")))
        placed = _placed(view.blocks, asked)
        action = _action(stage, placed, asked)
        view = stage.workspace.views.type_into(view, _typed(placed, action, asked, view.blocks))
        payload = stage.payloads.view_action(person, view, action)
    else:
        place = as_text(container.get("channel")), as_text(container.get("ts"))
        room, message = stage.message(person, *place)
        blocks = list(message.blocks)
        placed = _placed(blocks, asked)
        action = _action(stage, placed, asked)
        values = overlaid(initial_values(blocks), _typed(placed, action, asked, blocks))
        payload = stage.payloads.message_action(person, room, message, action, values)
    answer = await stage.delivery.send("interactive", payload)
    return {"ok": True} if answer.ok else stage.failed(person, answer, "practice.slack.action_failed", {})


async def _submit(stage: Stage, person: Person, asked: Json) -> Json:
    """Sends a form; the checks that Slack's client makes itself come first."""
    view = _own_view(stage, person, as_text(asked.get("view_id")))
    if view.body.get("type") != "modal":
        raise ActRefused("view_not_found")
    view = stage.workspace.views.type_into(view, only_known(as_json(asked.get("values")), view.blocks))
    own = problems_of(view.blocks, view.values)
    if own:
        told = {block_id: stage.word(person, key, holes) for block_id, (key, holes) in own.items()}
        return {"ok": False, "error": "invalid_input", "errors": told}
    addressed = [
        placed for placed in placed_elements(view.blocks) if placed.element.get("response_url_enabled") is True
    ]
    answer = await stage.delivery.send("interactive", stage.payloads.submission(person, view, addressed))
    if not answer.ok:
        return stage.failed(person, answer, "practice.slack.view_failed", {})
    try:
        return _after_submit(stage, view, as_json(answer.body))
    except (Refused, ViewError) as refused:
        problems = list(refused.problems) if isinstance(refused, Refused) else []
        detail: Json = {"method": "answer to view_submission", "ok": False, "error": refused.error}
        stage.workspace.traffic.note("api", {**detail, "problems": problems})
        return stage.failed_with(person, refused.error, "practice.slack.view_failed", {})


def _after_submit(stage: Stage, view: View, answer: Json) -> Json:
    """Follows the answer's response_action: errors, update, push, clear, or closing this one view."""
    views = stage.workspace.views
    match answer.get("response_action"):
        case None:
            views.close(view)
        case "errors":
            errors = as_json(answer.get("errors"))
            inputs = {block.get("block_id") for block in view.blocks if block.get("type") == "input"}
            if not errors or any(key not in inputs or not as_text(text) for key, text in errors.items()):
                raise Refused("invalid_errors")
            return {"ok": False, "error": "refused", "errors": errors}
        case "update":
            views.update(view, checked_view(stage.workspace, answer.get("view"), "modal"))
        case "push":
            views.push(view.user, checked_view(stage.workspace, answer.get("view"), "modal"))
        case "clear":
            views.clear(view.user)
        case _:
            raise Refused("invalid_response_action")
    stage.workspace.changed()
    return {"ok": True}


async def _close(stage: Stage, person: Person, asked: Json) -> Json:
    """Dismisses a form, or with `all` the whole stack."""
    view = _own_view(stage, person, as_text(asked.get("view_id")))
    everything = asked.get("all") is True or view.body.get("clear_on_close") is True
    gone = stage.workspace.views.stack(person.id)[::-1] if everything else [view]
    if everything:
        stage.workspace.views.clear(person.id)
    else:
        stage.workspace.views.close(view)
    stage.workspace.changed()
    for one in gone:
        if one.body.get("notify_on_close") is True:
            await stage.delivery.send("interactive", stage.payloads.closed(person, one, cleared=everything))
    return {"ok": True}


async def _suggest(stage: Stage, person: Person, asked: Json) -> Json:
    """Asks the bot for the options of an external menu."""
    container = as_json(asked.get("container"))
    view_id = as_text(asked.get("view_id")) or as_text(container.get("view_id"))
    if view_id:
        view = _own_view(stage, person, view_id)
        placed = _placed(view.blocks, asked)
        shown = stage.workspace.views.payload(view)
        place: Json = {"container": {"type": "view", "view_id": view.id}, "view": shown}
    else:
        room, message = stage.message(person, as_text(container.get("channel")), as_text(container.get("ts")))
        placed = _placed(list(message.blocks), asked)
        inside = {"type": "message", "message_ts": message.ts, "channel_id": room.id}
        place = {"container": inside, "channel": {"id": room.id}}
    value = as_text(asked.get("value"))
    answer = await stage.delivery.send("interactive", stage.payloads.suggestion(person, place, placed, value))
    refusal = options_refusal(answer.body) if answer.ok else None
    if not answer.ok or refusal:
        error = refusal.error if refusal else answer.error
        return stage.failed_with(person, error, "practice.slack.options_failed", {})
    body = as_json(answer.body)
    groups = as_list(body.get("option_groups"))
    return {"ok": True, "options": as_list(body.get("options")), "option_groups": groups}


VIEW_ACTS: Mapping[str, Callable[[Stage, Person, Json], Awaitable[Json]]] = {
    "action": _act_on_element,
    "submit": _submit,
    "close": _close,
    "suggest": _suggest,
}
