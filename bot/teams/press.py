"""What a card carries in its data and how it is read back: all under one key, untrusted when it returns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from bot.payload import Json, as_list, at, json_at, text_at
from bot.teams.limits import ID, NAME, VERSION, clean
from handlers.message import ChoiceField, Form, PeopleField, TextField
from handlers.request import Press, Submit

Surface = Literal["chat", "dialog"]
"""Where a card stands: as a message, or in a dialog, where every action is the dialog's own."""

KEY = "kakehashi"
NOTHING = "kakehashi:nothing"
"""The value of «—», with which a choice is taken back: an empty value is none to Teams."""

_FIELD = "f:"
_PERSON = re.compile(r"[A-Za-z0-9-]{1,128}")
_ORIGIN = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True)
class Ticket:
    """What a form remembers (client-side, so untrusted): its record, and the token of where it came from (Origins)."""

    form: str
    id: str = ""
    version: int = 0
    origin: str = ""


# ---------------------------------------------------------------- what goes out


def press_data(press: Press, *, menu: str = "") -> Json:
    """The data of a button; `menu` is the input whose value is its choice."""
    carried: Json = {
        "do": "press",
        "action": press.action,
        "id": press.id,
        "version": press.version,
        "choice": press.choice,
    }
    return {KEY: {**carried, "menu": menu} if menu else carried}


def form_data(form: Form, *, origin: str) -> Json:
    """The data of a form's own button. `many` and `people` name the fields that are read as lists and as ids; `texts`
    those that hold what somebody wrote, which can be shown to them again.
    """
    many = [field.name for field in form.fields if isinstance(field, ChoiceField | PeopleField) and field.many]
    people = [field.name for field in form.fields if isinstance(field, PeopleField)]
    written = [field.name for field in form.fields if isinstance(field, TextField)]
    carried: Json = {
        "do": "submit",
        "form": form.name,
        "id": form.id,
        "version": form.version,
        "origin": origin,
    }
    return {KEY: {**carried, "many": many, "people": people, "texts": written}}


def cancel_data() -> Json:
    """The data of the button that puts an inline form away."""
    return {KEY: {"do": "cancel"}}


def field_id(name: str) -> str:
    """The input id of a field."""
    return f"{_FIELD}{name}"


def packed(value: str) -> str:
    """An option's value where several are joined by commas."""
    return value.replace("%", "%25").replace(",", "%2C")


def person_id(value: str) -> str:
    """`value` as a person's id, lower-case; "" where it can be none."""
    return value.lower() if _PERSON.fullmatch(value) else ""


# ---------------------------------------------------------------- what comes back


def read_press(data: Json) -> Press | None:
    """The press that this data stands for; None where it is none of ours. An unanswered menu chooses ""."""
    ours = json_at(data, KEY)
    action, record, version = text_at(ours, "action"), text_at(ours, "id"), _version(ours)
    if text_at(ours, "do") != "press" or not _named(action) or len(record) > ID or version is None:
        return None
    menu = text_at(ours, "menu")
    choice = text_at(data, menu) if menu else text_at(ours, "choice")
    return Press(clean(action), clean(record), version, "" if choice == NOTHING else clean(choice)[:ID])


def read_ticket(data: Json) -> Ticket | None:
    """What `form_data` put into a form; None where it is none of ours. A token that we don't make is none."""
    ours = json_at(data, KEY)
    form, record, version = text_at(ours, "form"), text_at(ours, "id"), _version(ours)
    if text_at(ours, "do") != "submit" or not _named(form) or len(record) > ID or version is None:
        return None
    origin = text_at(ours, "origin")
    return Ticket(clean(form), clean(record), version, origin if _ORIGIN.fullmatch(origin) else "")


def is_cancel(data: Json) -> bool:
    """Whether an inline form is to be put away."""
    return text_at(data, KEY, "do") == "cancel"


def read_submit(ticket: Ticket, data: Json) -> Submit:
    """A form sent in: every input of ours, without control characters; what isn't text is left out."""
    many, people = _names(data, "many"), _names(data, "people")
    values: dict[str, list[str]] = {}
    for key, value in data.items():
        name = key.removeprefix(_FIELD)
        if not key.startswith(_FIELD) or not _named(name) or not isinstance(value, str):
            continue
        found = _several(value) if name in many else [clean(value)]
        if name in people:
            found = [person_id(each) for each in found]
        values[name] = [each for each in found if each and each != NOTHING]
    return Submit(ticket.form, ticket.id, ticket.version, values)


def texts_in(data: Json) -> tuple[str, ...]:
    """What was written into the text fields of a form, in their order: no ids, days or codes."""
    written = _names(data, "texts")
    found = (
        clean(text_at(data, key)) for key in data if key.startswith(_FIELD) and key.removeprefix(_FIELD) in written
    )
    return tuple(text for text in found if text.strip())


def people_in(data: Json) -> tuple[str, ...]:
    """The people picked in people fields, each once, lower-case."""
    picked: dict[str, None] = {}
    for name in sorted(_names(data, "people")):
        for value in _several(text_at(data, field_id(name))):
            picked.update({person_id(value): None} if person_id(value) else {})
    return tuple(picked)


def _several(value: str) -> list[str]:
    return list(dict.fromkeys(clean(unquote(part, errors="ignore")).strip() for part in value.split(",")))


def _names(data: Json, which: str) -> set[str]:
    return {name for name in _texts(as_list(at(data, KEY, which))) if name}


def _texts(values: Iterable[object]) -> Iterable[str]:
    return (value for value in values if isinstance(value, str))


def _named(text: str) -> bool:
    return 0 < len(clean(text)) <= NAME


def _version(ours: Json) -> int | None:
    found = ours.get("version", 0)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= VERSION else None
