"""A person's own settings as they see them: the form, and what follows from what was saved; pure words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from babel.dates import get_timezone_location

from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    DateField,
    Field,
    Form,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    Template,
)
from handlers.text import LOCALES, Texts

AUTO = "auto"
"""As the platform says."""
KEEP, NONE = "keep", "none"
QUIETS = {"1w": 7, "2w": 14, "4w": 28}
"""Lengths of quiet to choose, in calendar days."""
ZONES = (
    "Asia/Tokyo", "Asia/Seoul", "Asia/Shanghai", "Asia/Taipei", "Asia/Singapore", "Asia/Bangkok",
    "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Kolkata", "Asia/Dubai", "Europe/Helsinki", "Europe/Berlin",
    "Europe/Paris", "Europe/London", "America/Sao_Paulo", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "Pacific/Honolulu", "Australia/Sydney", "Pacific/Auckland",
)  # fmt: skip
"""Zones to choose from; whichever is set already stands among them."""
DAYS = "0123456"


@dataclass(frozen=True)
class Own:
    """A person's settings: "" for language or zone = as the platform says, which `platform_zone` then names.

    `places` are the accounts to choose from where there are several, `hears` the one to which notices come.
    """

    locale: str
    zone: str
    platform_zone: str
    start: str
    end: str
    days: str
    away_until: date | None
    quiet_until: date | None
    hears: str = ""
    places: tuple[Option, ...] = ()


def form(t: Texts, own: Own) -> Form:
    """One form for everything; today's values are filled in."""
    zones = dict.fromkeys((*ZONES, *((own.zone,) if own.zone else ())))
    fields: tuple[Field, ...] = (
        ChoiceField("locale", t("own.locale"), _locales(t), initial=(own.locale or AUTO,)),
        ChoiceField(
            "zone",
            t("own.zone"),
            (
                Option(AUTO, t("own.zone.auto", zone=zone_label(t, own.platform_zone))),
                *(Option(zone, zone_label(t, zone)) for zone in zones),
            ),
            initial=(own.zone or AUTO,),
        ),
        ChoiceField("start", t("own.start"), _times(own.start), initial=(own.start,)),
        ChoiceField("end", t("own.end"), _times(own.end), initial=(own.end,)),
        ChoiceField(
            "days",
            t("own.days"),
            tuple(Option(day, t(f"own.day.{day}")) for day in DAYS),
            initial=tuple(own.days),
            many=True,
            shown=True,
        ),
        DateField(
            "away",
            t("own.away"),
            initial=own.away_until.isoformat() if own.away_until else "",
            hint=t("own.away.hint"),
            optional=True,
        ),
        ChoiceField(
            "quiet",
            t("own.quiet"),
            _quiets(t, own),
            initial=(KEEP if own.quiet_until else NONE,),
            hint=t("own.quiet.hint"),
        ),
        *_heard(t, own),
    )
    return Form("settings.save", t("own.title"), t("own.submit"), t("own.cancel"), fields)


def zone_label(t: Texts, zone: str) -> str:
    """A zone by its country and, where that has several, its city: 日本時間, 中国（上海）時間."""
    if zone in ("UTC", "GMT") or zone.startswith("Etc/"):
        return zone.removeprefix("Etc/")
    return get_timezone_location(zone, locale=t.locale)


def _heard(t: Texts, own: Own) -> tuple[ChoiceField, ...]:
    """お知らせの受け取り先, for who has accounts on several platforms."""
    if not own.places:
        return ()
    return (ChoiceField("hears", t("own.hears"), own.places, initial=(own.hears,), hint=t("own.hears.hint")),)


def _locales(t: Texts) -> tuple[Option, ...]:
    named = tuple(Option(locale, t(f"own.locale.{locale}")) for locale in LOCALES)
    return (Option(AUTO, t("own.locale.auto")), *named)


def _times(current: str) -> tuple[Option, ...]:
    halves = {f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)}
    return tuple(Option(time, time) for time in sorted(halves | {current}))


def _quiets(t: Texts, own: Own) -> tuple[Option, ...]:
    lengths = tuple(Option(length, t("own.quiet.weeks", n=days // 7)) for length, days in QUIETS.items())
    if own.quiet_until is None:
        return (Option(NONE, t("own.quiet.none")), *lengths)
    kept = Option(KEEP, t("own.quiet.keep", day=own.quiet_until))
    return (kept, Option(NONE, t("own.quiet.end")), *lengths)


# ---------------------------------------------------------------- what follows


@dataclass(frozen=True)
class Changed:
    """What a person changed; None = as before. `away` and `quiet` hold a day, or "" for taken back, `hears` a place."""

    locale: str | None = None
    zone: str | None = None
    hours: tuple[str, str] | None = None
    days: str | None = None
    away: date | str | None = None
    quiet: date | str | None = None
    hears: str | None = None


def saved(t: Texts, facts: Changed) -> Message:
    """What follows from the settings, in the language that was chosen."""
    lines = _follows(t, facts)
    head = Paragraph(t.line("own.saved" if lines else "own.unchanged"))
    parts: list[Block] = [head, Bullets(lines)] if lines else [head]
    again = [Button(t("own.open"), "settings.open")]
    if isinstance(facts.quiet, date):
        parts.append(Note(t.line("own.quiet.note")))
        again.insert(0, Button(t("own.quiet.stop"), "settings.quiet", choice="off"))
    parts.append(Buttons(tuple(again)))
    return Message(tuple(parts), t("own.saved.preview"))


def _follows(t: Texts, facts: Changed) -> tuple[Line, ...]:
    lines: list[Line] = []
    if facts.locale is not None:
        lines.append(t.line(f"own.follows.locale.{facts.locale or AUTO}"))
    if facts.zone is not None:
        lines.append(t.line("own.follows.zone", zone=zone_label(t, facts.zone)))
    if facts.hours is not None:
        lines.append(t.line("own.follows.hours", start=facts.hours[0], end=facts.hours[1]))
    if facts.days is not None:
        lines.append(t.line("own.follows.days", days=t.join(t(f"own.day.{day}") for day in facts.days)))
    if isinstance(facts.away, date):
        lines.append(t.line("own.follows.away", day=facts.away))
    elif facts.away is not None:
        lines.append(t.line("own.follows.back"))
    if isinstance(facts.quiet, date):
        lines.append(t.line("own.follows.quiet", day=facts.quiet))
    elif facts.quiet is not None:
        lines.append(t.line("own.follows.loud"))
    if facts.hears is not None:
        lines.append(t.line("own.follows.hears", place=facts.hears))
    return tuple(lines)


def ask_quiet(t: Texts, until: date | None) -> Message:
    """`quiet` alone: how it is now, and how long it shall be."""
    now = t.line("own.quiet.now", day=until) if until else t.line("own.quiet.ask")
    buttons = [
        Button(t("own.quiet.weeks", n=days // 7), "settings.quiet", choice=length) for length, days in QUIETS.items()
    ]
    if until:
        buttons.append(Button(t("own.quiet.stop"), "settings.quiet", choice="off"))
    parts = (Paragraph(now), Buttons(tuple(buttons)), Note(t.line("own.quiet.note")))
    return Message(parts, t("own.quiet.preview"))


# ---------------------------------------------------------------- examples

_OWN = Own("", "", "Asia/Tokyo", "08:30", "18:00", "01234", None, None)
_AWAY = Own("en", "Asia/Kolkata", "Asia/Tokyo", "08:45", "17:15", "0123", date(2026, 7, 20), date(2026, 8, 3))
_PLACES = (Option("a1", "Slack"), Option("a2", "Teams"))
_ALL = Changed("ja", "Asia/Tokyo", ("09:00", "17:30"), "0123", date(2026, 7, 20), date(2026, 7, 20), "Slack")

TEMPLATES: tuple[Template, ...] = (
    Template("settings.form", lambda t: form(t, _OWN)),
    Template("settings.form.filled", lambda t: form(t, _AWAY)),
    Template("settings.form.places", lambda t: form(t, replace(_AWAY, hears="a1", places=_PLACES))),
    Template("settings.saved", lambda t: saved(t, _ALL)),
    Template("settings.saved.back", lambda t: saved(t, Changed("", away="", quiet=""))),
    Template("settings.unchanged", lambda t: saved(t, Changed())),
    Template("settings.quiet", lambda t: ask_quiet(t, None)),
    Template("settings.quiet.now", lambda t: ask_quiet(t, date(2026, 7, 20))),
)
