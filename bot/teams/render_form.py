"""A neutral form as the card of a dialog, or of a message where no dialog can open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from bot.payload import Json
from bot.teams import limits
from bot.teams.elements import Pen, distinct, menu_style, none_of_them, offered, rich, words_beside
from bot.teams.limits import clean, label, literal, size
from bot.teams.press import NOTHING, Surface, cancel_data, field_id, form_data, packed, person_id
from bot.teams.render import draw, frame, heading
from handlers.message import ChoiceField, DateField, Field, Form, Option, PeopleField, Text, TextField
from handlers.text import Texts

COLLEAGUES = "graph.microsoft.com/users"
"""Teams' own search of the whole organisation; it needs no permission, and works in dialogs and in 1:1 chats."""


@dataclass(frozen=True)
class _Size:
    """How much of what nobody typed is shown: bytes of the introduction, characters of hints and of option titles,
    options of each field that nobody has chosen."""

    intro: int = 8 * 1024
    hint: int = limits.HINT
    options: int = limits.OPTIONS
    title: int = limits.OPTION


_SMALLER = (_Size(), _Size(hint=100, options=100), _Size(4096, 0, 50), _Size(2048, 0, 20, 75), _Size(1024, 0, 3, 30))


@dataclass(frozen=True)
class _Filling:
    """What stands in the fields: `values` as typed before, else each field's own; `people`: colleagues known here."""

    people: Sequence[Option]
    values: Mapping[str, list[str]] | None
    errors: Mapping[str, str]
    words: Texts

    def of(self, field: Field) -> list[str]:
        if self.values is not None:
            return [clean(value) for value in self.values.get(field.name, [])]
        return [clean(field.initial)] if isinstance(field.initial, str) else [clean(value) for value in field.initial]


def render_form(
    form: Form,
    *,
    origin: str = "",
    people: Sequence[Option] = (),
    values: Mapping[str, list[str]] | None = None,
    errors: Mapping[str, str] | None = None,
    surface: Surface = "dialog",
    cancel: bool = False,
) -> Json:
    """`form` as a card; `origin` comes back with it (press.read_ticket).

    `values` is what the person typed before, kept as it was; `errors` stand at their fields ("" and unknown: on top).
    A card over `limits.FORM` bytes gives up hints, then choices that nobody has made; never what was typed.
    """
    filling = _Filling(people, values, errors or {}, words_beside(form.submit))
    actions = _actions(form, origin, cancel=cancel)
    card: Json = {}
    for most in _SMALLER:
        fields = tuple(_less(field, filling.of(field), most) for field in form.fields)
        fewer = replace(filling, people=[_titled(one, most) for one in people[: most.options]])
        card = _card(replace(form, fields=fields), fewer, Pen(surface), most.intro)
        card["actions"] = actions
        if size(card) <= limits.FORM:
            break
    return card


def _card(form: Form, filling: _Filling, pen: Pen, intro: int) -> Json:
    names = {field.name for field in form.fields}
    body: list[Json] = heading(form.title) if pen.surface == "chat" else []  # a dialog shows its title itself
    for name, error in filling.errors.items():
        if name not in names:
            body.extend(_error(error))
    body.extend(draw(form.intro, pen, intro)[0])
    for field in form.fields:
        body.extend(_field(field, filling))
    title = literal(label(form.title, limits.TITLE), limits.TITLE)
    return {**frame(title, title), "body": body}


def _actions(form: Form, origin: str, *, cancel: bool) -> list[Json]:
    send: Json = {
        "type": "Action.Submit",
        "title": label(form.submit, limits.BUTTON),
        "style": "positive",
        "data": form_data(form, origin=origin),
    }
    away: Json = {
        "type": "Action.Submit",
        "title": label(form.cancel, limits.BUTTON),
        "associatedInputs": "none",
        "data": cancel_data(),
    }
    return [send, away] if cancel else [send]


def _less(field: Field, chosen: Sequence[str], most: _Size) -> Field:
    if isinstance(field, ChoiceField):
        kept = [option for option in field.options if option.value in chosen]
        rest = [option for option in field.options if option.value not in chosen]
        if len(rest) > most.options:
            field = replace(field, options=(*kept, *rest[: most.options]))
        field = replace(field, options=tuple(_titled(option, most) for option in field.options))
    if isinstance(field, TextField) and not most.hint:
        field = replace(field, placeholder="")
    return replace(field, hint=limits.cut(field.hint, most.hint) if most.hint else "")


def _titled(option: Option, most: _Size) -> Option:
    return replace(option, label=limits.cut(option.label, most.title))


# ---------------------------------------------------------------- one field


def _field(field: Field, filling: _Filling) -> list[Json]:
    found = filling.of(field)
    match field:
        case TextField():
            element = _text(field, found)
        case ChoiceField():
            element = _choice(field, found, filling.words)
        case DateField():
            element = {"type": "Input.Date", **_day(found)}
        case PeopleField():
            element = _people(field, found, filling)
        case _:
            assert_never(field)
    if element is None:
        return _error(filling.errors.get(field.name, ""))
    wanted: Json = {"isRequired": True, "errorMessage": filling.words("teams.form.required")}
    named: Json = {"id": field_id(field.name), "label": literal(label(field.label, limits.LABEL), limits.LABEL)}
    hint = rich((Text(limits.cut(field.hint, limits.HINT)),), small=True, spacing="None")
    error = _error(filling.errors.get(field.name, ""))
    return [{**element, **named, "spacing": "Medium", **({} if field.optional else wanted)}, *error, *hint]


def _error(text: str) -> list[Json]:
    return rich((Text(limits.cut(text, limits.ERROR)),), colour="Attention", spacing="Small")


def _text(field: TextField, found: Sequence[str]) -> Json:
    value = "\n".join(found)
    element: Json = {"type": "Input.Text"}
    if field.multiline or "\n" in value:
        element["isMultiline"] = True
    if field.longest:
        element["maxLength"] = max(field.longest, len(value))
    if field.placeholder.strip():
        element["placeholder"] = label(field.placeholder, limits.PLACEHOLDER)
    return {**element, "value": value} if value else element


def _choice(field: ChoiceField, found: Sequence[str], words: Texts) -> Json | None:
    options = distinct(field.options)
    if not options:
        return None
    spread = field.shown and len(options) <= limits.SPREAD_OPTIONS
    chosen = [option.value for option in options if option.value in found]
    element: Json = {"type": "Input.ChoiceSet", "style": "expanded" if spread else "compact"}
    if field.many:
        element["isMultiSelect"] = True
        chosen = [packed(value) for value in chosen]
    else:
        chosen = chosen[:1]
        if not spread:
            element["style"] = menu_style(options, chosen)
        if field.optional:
            options = [none_of_them(), *options]
            chosen = chosen or ([] if element["style"] == "filtered" else [NOTHING])
    element["choices"] = offered(options, spread=spread or field.many, joined=field.many)
    if chosen:
        return {**element, "value": ",".join(chosen)}
    return element if spread else {**element, "placeholder": words("teams.menu.required")}


def _day(found: Sequence[str]) -> Json:
    try:
        return {"value": date.fromisoformat(found[0]).isoformat()} if found else {}
    except ValueError:
        return {}


def _people(field: PeopleField, found: Sequence[str], filling: _Filling) -> Json:
    """Colleagues known here first, and everybody else by Teams' own search. Whom it shows first it looks up itself."""
    known = distinct(Option(person_id(one.value), one.label) for one in filling.people)
    chosen = [person_id(value) for value in found if person_id(value)]
    element: Json = {
        "type": "Input.ChoiceSet",
        "style": "filtered",
        "choices": offered(known),
        "choices.data": {"type": "Data.Query", "dataset": COLLEAGUES},
        "placeholder": filling.words("teams.people.search"),
    }
    if field.many:
        element["isMultiSelect"] = True
    kept = chosen if field.many else chosen[:1]
    return {**element, "value": ",".join(kept)} if kept else element
