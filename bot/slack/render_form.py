"""A neutral form as a Slack modal, what comes back from it, and the two views without fields: answer and Home."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from bot.payload import Json
from bot.slack import limits
from bot.slack.elements import distinct, initial_option, initial_options, offer
from bot.slack.incoming import plain_input
from bot.slack.limits import clean, plain_text
from bot.slack.press import Names
from bot.slack.render import draw
from handlers.message import ChoiceField, DateField, Field, Form, Message, PeopleField, TextField
from handlers.request import Submit

_ACTION = "value"
_PERSON = re.compile(r"[UW][A-Z0-9]{2,28}")
_PART = re.compile(r"(.+)#(\d+)", re.DOTALL)


@dataclass(frozen=True)
class Ticket:
    """What a modal remembers (client-side, so untrusted when it returns): the form, its record, where it was opened."""

    form: str
    id: str = ""
    version: int = 0
    room: str = ""


def render_form(form: Form, room: str = "") -> Json:
    """`form` as a modal view; `room` is where its private answer belongs ("" = the direct chat).

    A view that is too large as a whole gives up hints, then choices that nobody has made; never what was typed.
    """
    view = _form(form, room)
    for hint, options in _SMALLER:
        if len(json.dumps(view)) <= limits.VIEW:
            break
        view = _form(replace(form, fields=tuple(_less(field, hint, options) for field in form.fields)), room)
    return view


_SMALLER = ((100, 100), (0, 50), (0, 20), (0, 5))


def _less(field: Field, hint: int, options: int) -> Field:
    if isinstance(field, ChoiceField):
        kept = [option for option in field.options if option.value in field.initial]
        rest = [option for option in field.options if option.value not in field.initial]
        field = replace(field, options=(*kept, *rest[:options]))
    return replace(field, hint=field.hint[:hint])


def _form(form: Form, room: str) -> Json:
    intro, _ = draw(form.intro, most=limits.BLOCKS_IN_VIEW // 2, together=limits.TOGETHER_IN_VIEW, names=Names())
    fields = [block for field in form.fields for block in _field(field)]
    ticket = {"form": form.name, "id": form.id, "version": form.version, "room": room}
    return {
        "type": "modal",
        "callback_id": form.name[: limits.ID],
        "private_metadata": json.dumps(ticket, ensure_ascii=False),
        "title": plain_text(form.title, limits.TITLE),
        "submit": plain_text(form.submit, limits.TITLE),
        "close": plain_text(form.cancel, limits.TITLE),
        "blocks": [*intro, *fields[: limits.BLOCKS_IN_VIEW - len(intro)]],
    }


def render_answer(message: Message, *, title: str, close: str) -> Json:
    """`message` as a modal to be read and closed: the answer to a press where no message can stand."""
    blocks, _ = draw(message.blocks, most=limits.BLOCKS_IN_VIEW, together=limits.TOGETHER_IN_VIEW)
    return {
        "type": "modal",
        "callback_id": "answer",
        "title": plain_text(title, limits.TITLE),
        "close": plain_text(close, limits.TITLE),
        "blocks": blocks,
    }


def render_home(message: Message) -> Json:
    """`message` as the App Home of one person."""
    blocks, _ = draw(message.blocks, most=limits.BLOCKS_IN_VIEW, together=limits.TOGETHER_IN_VIEW)
    return {"type": "home", "callback_id": "home", "blocks": blocks}


# ---------------------------------------------------------------- one field


def _field(field: Field) -> list[Json]:
    match field:
        case TextField():
            return _text_field(field)
        case ChoiceField():
            choice = _choice(field)
            return [_input(field, field.name, choice)] if choice else []
        case DateField():
            return [_input(field, field.name, {"type": "datepicker", **_initial_date(field.initial)})]
        case PeopleField():
            people = [user for user in field.initial if _PERSON.fullmatch(user)]
            if field.many:
                element: Json = {"type": "multi_users_select"}
                return [_input(field, field.name, {**element, "initial_users": people} if people else element)]
            first: Json = {"initial_user": people[0]} if people else {}
            return [_input(field, field.name, {"type": "users_select", **first})]
        case _:
            assert_never(field)


def _input(field: Field, name: str, element: Json, *, part: int = 1) -> Json:
    named = field.label if part == 1 else f"{field.label[: limits.LABEL - 8]} ({part})"
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": plain_text(named, limits.LABEL),
        "element": {"action_id": _ACTION, **element},
        "optional": field.optional or part > 1,
    }
    if field.hint.strip() and part == 1:
        block["hint"] = plain_text(field.hint, limits.HINT)
    return block


def _text_field(field: TextField) -> list[Json]:
    """One input, or several below each other where the text is longer than Slack lets one be (nothing is lost)."""
    initial = clean(field.initial)
    parts = [initial[at : at + limits.INPUT] for at in range(0, len(initial), limits.INPUT)] or [""]
    drawn: list[Json] = []
    for number, part in enumerate(parts, start=1):
        element: Json = {"type": "plain_text_input", "multiline": field.multiline or len(parts) > 1}
        if field.longest and len(parts) == 1:
            element["max_length"] = min(limits.INPUT, max(field.longest, len(part)))
        if part:
            element["initial_value"] = part
        if field.placeholder.strip() and number == 1:
            element["placeholder"] = plain_text(field.placeholder, limits.PLACEHOLDER)
        name = field.name if number == 1 else f"{field.name}#{number}"
        drawn.append(_input(field, name, element, part=number))
    return drawn


def _choice(field: ChoiceField) -> Json | None:
    options = distinct(field.options)
    if not options:
        return None
    initial = field.initial if field.many else field.initial[:1]
    spread = field.shown and len(options) <= limits.SPREAD_OPTIONS
    if field.many:
        kind = "checkboxes" if spread else "multi_static_select"
        return {"type": kind, **offer(options), **initial_options(options, initial)}
    kind = "radio_buttons" if spread else "static_select"
    return {"type": kind, **offer(options), **initial_option(options, initial[0] if initial else "")}


def _initial_date(text: str) -> Json:
    try:
        return {"initial_date": date.fromisoformat(text).isoformat()}
    except ValueError:
        return {}


# ---------------------------------------------------------------- what comes back


def read_ticket(private_metadata: str) -> Ticket | None:
    """What `render_form` put into a view; None where it is none of ours."""
    try:
        data: object = json.loads(private_metadata)
    except ValueError:
        return None
    match data:
        case {"form": str(form), "id": str(record), "version": int(version), "room": str(room)} if form:
            return Ticket(form, record, version, room)
        case _:
            return None


def read_submit(ticket: Ticket, values: Mapping[str, Mapping[str, Mapping[str, object]]]) -> Submit:
    """A form sent in, from `view.state.values`; parts of a long text are one value again."""
    read: dict[str, list[str]] = {}
    for block_id, actions in values.items():
        found = [value for state in actions.values() for value in _state(state)]
        part = _PART.fullmatch(block_id)
        if part and part[1] in read:
            read[part[1]] = ["".join([*read[part[1]], *found])]
        else:
            read[block_id] = found
    decoded = {name: [plain_input(value) for value in found] for name, found in read.items()}
    return Submit(ticket.form, ticket.id, ticket.version, decoded)


def _state(state: Mapping[str, object]) -> list[str]:
    match state:
        case {"selected_option": {"value": str(value)}}:
            return [value]
        case {"selected_options": list(chosen)}:  # pyright: ignore[reportUnknownVariableType]
            return [str(option["value"]) for option in chosen]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case {"selected_users": list(users)}:  # pyright: ignore[reportUnknownVariableType]
            return [str(user) for user in users]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case {"selected_user": str(value)} | {"selected_date": str(value)}:
            return [value]
        case {"value": str(value)}:
            return [value] if value else []
        case _:
            return []


def people_in(values: Mapping[str, Mapping[str, Mapping[str, object]]]) -> tuple[str, ...]:
    """The users picked in people fields, each once."""
    picked: dict[str, None] = {}
    for actions in values.values():
        for state in actions.values():
            if "selected_user" in state or "selected_users" in state:
                picked.update((user, None) for user in _state(state) if _PERSON.fullmatch(user))
    return tuple(picked)
