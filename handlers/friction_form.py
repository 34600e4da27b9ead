"""The forms of friction notes: a new one, and every part of one that is there."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.friction_card import NOTE, UNKNOWN, Card, category_options, severity_options, visibility_options
from handlers.message import Block, ChoiceField, Field, Form, Note, Option, Template, TextField
from handlers.text import Texts

LONGEST = 3000
"""Characters that a form's text box takes; what is longer stays behind it (`whole`)."""


def new_form(t: Texts, alliances: Sequence[Option], *, here: str = "") -> Form:
    """The form behind an empty `/friction`: one text box first, everything else may stay as it is."""
    return Form(
        name="friction.new",
        title=t("friction.form.title"),
        submit=t("friction.save"),
        cancel=t("friction.cancel"),
        fields=(
            _text_field(t, ""),
            ChoiceField(
                "alliance",
                t("friction.chip.alliance"),
                tuple(alliances),
                initial=(here,) if here else (),
                optional=True,
                hint=t("friction.form.alliance.hint"),
            ),
            ChoiceField(
                "severity",
                t("friction.chip.severity"),
                severity_options(t),
                optional=True,
                hint=t("friction.form.severity.hint"),
            ),
            ChoiceField(
                "visibility",
                t("friction.chip.visibility"),
                visibility_options(t),
                optional=True,
                hint=t("friction.form.visibility.hint"),
            ),
        ),
    )


def edit_form(t: Texts, facts: Card) -> Form:
    """Every part of a note; who reads it is its author's choice alone."""
    fields: list[Field] = [
        _text_field(t, facts.text),
        ChoiceField("category", t("friction.chip.category"), category_options(t), initial=(facts.category or UNKNOWN,)),
        ChoiceField("severity", t("friction.chip.severity"), severity_options(t), initial=(str(facts.severity),)),
    ]
    if facts.widens:
        options = visibility_options(t)
        fields.append(ChoiceField("visibility", t("friction.chip.visibility"), options, initial=(facts.visibility,)))
    again: tuple[Block, ...] = (Note(t.line("friction.form.again")),) if facts.widening == "approved" else ()
    return Form(
        name="friction.edit",
        title=t("friction.edit.title"),
        submit=t("friction.save"),
        cancel=t("friction.cancel"),
        fields=tuple(fields),
        id=facts.id,
        version=facts.version,
        intro=again,
    )


def _text_field(t: Texts, initial: str) -> TextField:
    return TextField(
        "text",
        t("friction.form.text"),
        initial=initial[:LONGEST],
        placeholder=t("friction.form.text.example"),
        hint=t("friction.hint"),
        multiline=True,
        longest=LONGEST,
    )


def whole(typed: str, before: str) -> str:
    """The text that was meant: what the box could not show of a longer note is kept."""
    return typed + before[LONGEST:]


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("friction.new", lambda t: new_form(t, (Option("a1", "ノヴァ素材"), Option("a2", "ルミナAI")), here="a1")),
    Template("friction.edit", lambda t: edit_form(t, NOTE)),
)
