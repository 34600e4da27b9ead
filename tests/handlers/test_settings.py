"""One's own settings by form and by line, the welcome, and help."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import col, select

from handlers import settings, settings_form, welcome
from handlers.errors import UserError
from handlers.message import ChoiceField, Form, Message, spoken
from handlers.request import Ctx, Press, Reply, Submit
from handlers.text import texts
from storage import db
from storage.models import Member, Schedule
from storage.people import Profile
from tests.handlers.friction_people import Company, actions, company, press, words

USUAL = {
    "locale": ["auto"],
    "zone": ["auto"],
    "start": ["08:30"],
    "end": ["18:00"],
    "days": ["0", "1", "2", "3", "4"],
    "away": [],
    "quiet": ["none"],
}


@pytest.fixture
def nova(tmp_path: Path) -> Generator[Company]:
    with company(tmp_path) as made:
        yield made


@pytest.fixture
def lead(nova: Company) -> Ctx:
    return nova.ctx(nova.lead)


def save(ctx: Ctx, **values: list[str]) -> Reply:
    return settings.save(ctx, Submit("settings.save", values={**USUAL, **values}))


def member(ctx: Ctx) -> Member:
    return ctx.session.exec(
        select(Member).where(col(Member.id) == ctx.actor.id).execution_options(populate_existing=True)
    ).one()


def test_the_form_shows_what_is_set_and_saving_it_changes_nothing(lead: Ctx) -> None:
    form = settings.settings(lead, "").form
    assert form is not None
    initial = {
        field.name: [field.initial] if isinstance(field.initial, str) else [*field.initial] for field in form.fields
    }
    assert "いまの設定のまま" in words(settings.save(lead, Submit(form.name, values={**initial, "away": []})))
    assert member(lead).version == 1


def test_what_is_saved_says_what_follows(lead: Ctx) -> None:
    said = words(save(lead, away=["2026-07-20"], quiet=["2w"], end=["17:30"], days=["3", "0"], zone=["Asia/Kolkata"]))
    assert "7/20(月)までお休みとして扱います" in said
    assert "7/20(月)までお知らせを控えます" in said
    assert "08:30〜17:30" in said
    assert "月、木" in said
    assert "インド" in said
    person = member(lead)
    assert (person.away_until, person.quiet_until) == (date(2026, 7, 20), date(2026, 7, 20))
    assert (person.work_end, person.work_days, person.zone, person.locale) == ("17:30", "03", "Asia/Kolkata", "")


def test_the_answer_is_in_the_language_that_was_chosen(lead: Ctx) -> None:
    assert "English from now on" in words(save(lead, locale=["en"]))


def test_what_is_addressed_to_the_person_is_planned_anew(nova: Company, lead: Ctx) -> None:
    save(lead, start=["09:00"])
    found = {(row.kind, row.subject_id) for row in nova.session.exec(select(Schedule).where(col(Schedule.dirty)))}
    assert {("update", nova.lead.id), ("checkin", nova.nova.id)} <= found
    assert ("digest", nova.lead.id) not in found
    save(nova.ctx(nova.manager), start=["09:00"])
    kinds = {(row.kind, row.subject_id) for row in nova.session.exec(select(Schedule))}
    assert ("digest", nova.manager.id) in kinds


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"start": ["18:00"], "end": ["09:00"]}, "end"),
        ({"start": ["09:00"], "end": ["09:00"]}, "end"),
        ({"start": ["9"]}, "start"),
        ({"end": ["25:00"]}, "end"),
        ({"end": ["18:00:30"]}, "end"),
        ({"days": []}, "days"),
        ({"days": ["7", "x"]}, "days"),
        ({"zone": ["Asia/Atlantis"]}, "zone"),
        ({"zone": ["../../etc/passwd"]}, "zone"),
        ({"locale": ["fr"]}, "locale"),
        ({"away": ["2026-07-05"]}, "away"),
        ({"away": ["someday"]}, "away"),
        ({"quiet": ["forever"]}, "quiet"),
    ],
)
def test_errors_stand_on_their_field_and_nothing_is_saved(lead: Ctx, values: dict[str, list[str]], field: str) -> None:
    with pytest.raises(UserError) as caught:
        save(lead, **values)
    assert caught.value.field == field
    assert texts("ja").has(caught.value.key)
    assert member(lead).version == 1


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("2w", date(2026, 7, 20)),
        ("2週間", date(2026, 7, 20)),
        ("２週間", date(2026, 7, 20)),
        ("二週間", date(2026, 7, 20)),
        ("2 weeks", date(2026, 7, 20)),
        ("3日", date(2026, 7, 9)),
        ("10 days", date(2026, 7, 16)),
        ("7/20まで", date(2026, 7, 20)),
        ("7/20", date(2026, 7, 20)),
        ("来週金曜", date(2026, 7, 17)),
        ("next Friday", date(2026, 7, 17)),
        ("2026-07-20", date(2026, 7, 20)),
        ("until 20 July", date(2026, 7, 20)),
    ],
)
def test_quiet_by_a_line(lead: Ctx, typed: str, until: date) -> None:
    reply = settings.quiet(lead, typed)
    assert member(lead).quiet_until == until
    assert "控えます" in words(reply)
    settings.press_quiet(lead, press(reply, "settings.quiet", "off"))
    assert member(lead).quiet_until is None


@pytest.mark.parametrize("typed", ["off", "やめる", "OFF", "解除"])
def test_quiet_off(lead: Ctx, typed: str) -> None:
    settings.quiet(lead, "1w")
    assert "再開" in words(settings.quiet(lead, typed))
    assert member(lead).quiet_until is None


@pytest.mark.parametrize("typed", ["しばらく", "2 parsecs", "2050-01-01", "10年"])
def test_quiet_that_cannot_be_read_gives_the_text_back(lead: Ctx, typed: str) -> None:
    with pytest.raises(UserError) as caught:
        settings.quiet(lead, typed)
    assert caught.value.text == typed
    assert member(lead).version == 1


def test_quiet_alone_asks(lead: Ctx) -> None:
    asked = settings.quiet(lead, "")
    settings.press_quiet(lead, press(asked, "settings.quiet", "4w"))
    assert member(lead).quiet_until == date(2026, 8, 3)
    assert "8/3(月)まで" in words(settings.quiet(lead, ""))
    with pytest.raises(UserError):
        settings.press_quiet(lead, Press("settings.quiet", choice="99w"))


def test_a_quiet_and_a_leave_that_are_over_are_not_shown(nova: Company) -> None:
    ctx = nova.ctx(nova.lead)
    nova.lead.away_until = nova.lead.quiet_until = date(2026, 7, 1)
    form = settings.open_form(ctx, Press("settings.open")).form
    assert form is not None
    quiet = next(field for field in form.fields if isinstance(field, ChoiceField) and field.name == "quiet")
    assert quiet.initial == ("none",)
    assert not next(field.initial for field in form.fields if field.name == "away")


def test_another_zone_on_the_platform_plans_anew_unless_ones_own_is_set(nova: Company) -> None:
    def moved(zone: str) -> list[bool]:
        query = select(Schedule).where(col(Schedule.kind) == "checkin").execution_options(populate_existing=True)
        for row in nova.session.exec(query):
            db.change(nova.session, row, {"dirty": False})
        settings.renew(nova.session, nova.lead, Profile("U1", nova.lead.name, zone=zone), nova.ctx(nova.lead).now)
        return [row.dirty for row in nova.session.exec(query)]

    nova.ctx(nova.lead)
    settings.plan_anew(nova.session, nova.lead, nova.ctx(nova.lead).now)
    assert moved("Europe/London") == [True]
    assert moved("Europe/London") == [False]
    db.change(nova.session, nova.lead, {"zone": "Asia/Tokyo"})
    assert moved("Europe/Paris") == [False]


# ---------------------------------------------------------------- welcome and help


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_the_welcome_is_short_and_has_one_thing_to_do(locale: str) -> None:
    message = welcome.welcome(texts(locale))
    assert actions(message) == {"touchpoint.open", "settings.open"}
    assert len(message.blocks) <= 7


def test_help_names_words_of_the_readers_language(lead: Ctx) -> None:
    rows = (
        welcome.HelpRow("undo", ("undo", "取り消し"), "log"),
        welcome.HelpRow("quiet", ("quiet", "静かに"), "own", "help.example.quiet"),
    )
    japanese = words(welcome.help(lead, rows))
    assert "取り消し" in japanese
    assert "静かに 2週間" in japanese
    english = words(welcome.help(replace(lead, t=texts("en")), rows))
    assert "quiet 2w" in english
    assert "Also: undo" in english


@pytest.mark.parametrize("locale", ["ja", "en"])
def test_every_message_can_be_composed(locale: str) -> None:
    for template in (*settings_form.TEMPLATES, *welcome.TEMPLATES):
        example = template.example(texts(locale))
        assert isinstance(example, Message | Form)
        if isinstance(example, Message):
            assert spoken(example)
        else:
            assert len(example.title) <= 24
            assert len({field.name for field in example.fields}) == len(example.fields)


def test_a_button_of_the_welcome_opens_the_form(lead: Ctx) -> None:
    assert settings.open_form(lead, press(welcome.welcome(lead.t), "settings.open")).form is not None
