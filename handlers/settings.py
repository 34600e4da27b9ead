"""A person's own settings: language, zone, working time, away and quiet, in one form or one line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from sqlmodel import Session

from handlers import dates, lookup, places
from handlers.errors import UserError
from handlers.message import Option
from handlers.request import Ctx, Press, Reply, Submit
from handlers.settings_form import AUTO, DAYS, KEEP, NONE, QUIETS, TEMPLATES, Changed, Own, ask_quiet, form, saved
from handlers.text import LOCALES, texts, words
from storage import alliances, db, linking, meetings, nextsteps, outbox, people, schedules
from storage.models import Member
from storage.people import Profile

__all__ = [
    "TEMPLATES",
    "open_form",
    "plan_anew",
    "press_quiet",
    "quiet",
    "renew",
    "require_heard",
    "save",
    "settings",
]

LONGEST_QUIET = timedelta(weeks=26)
"""Longer than this and a person wants to leave, not rest."""


def settings(ctx: Ctx, text: str) -> Reply:
    """`settings`: the form, whatever stands after the word."""
    return Reply(form=form(ctx.t, _own(ctx)))


def open_form(ctx: Ctx, press: Press) -> Reply:
    """[設定]: the form of whoever presses."""
    return Reply(form=form(ctx.t, _own(ctx)))


def save(ctx: Ctx, submit: Submit) -> Reply:
    """The form sent in; nothing is saved while a field is wrong. What is saved is always the actor's own."""
    own = _own(ctx)
    hears = _hears(ctx, own, submit.one("hears"))
    values = {
        "locale": _locale(submit.one("locale")),
        "zone": _zone(submit.one("zone"), own.zone),
        **_hours(submit.one("start"), submit.one("end")),
        "work_days": _days(submit.all("days")),
        "away_until": _away(ctx, submit.one("away")),
        "quiet_until": _quiet_choice(ctx, submit.one("quiet")),
    }
    return _keep(ctx, own, values, hears=hears)


def quiet(ctx: Ctx, text: str) -> Reply:
    """`quiet 2w`, `静かに 7/20まで`, `quiet off`; alone it asks how long."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return Reply(message=ask_quiet(ctx.t, _own(ctx).quiet_until))
    if lookup.fold(typed) in {lookup.fold(word) for word in words("own.words.off")}:
        return _keep(ctx, _own(ctx), {"quiet_until": None})
    return _keep(ctx, _own(ctx), {"quiet_until": _until(ctx, typed)})


def press_quiet(ctx: Ctx, press: Press) -> Reply:
    """A length to be quiet for, or its end, by one press."""
    if press.choice not in (*QUIETS, "off"):
        raise UserError("own.choice")
    until = ctx.today + timedelta(days=QUIETS[press.choice]) if press.choice in QUIETS else None
    return _keep(ctx, _own(ctx), {"quiet_until": until})


# ---------------------------------------------------------------- saving


def _keep(ctx: Ctx, own: Own, values: Mapping[str, Any], *, hears: str = "") -> Reply:
    before = {
        "locale": own.locale,
        "zone": own.zone,
        "work_start": own.start,
        "work_end": own.end,
        "work_days": own.days,
        "away_until": own.away_until,
        "quiet_until": own.quiet_until,
    }
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed and not hears:
        return Reply(message=saved(ctx.t, Changed()))
    if hears:
        linking.prefer(ctx.session, people.accounts(ctx.session, ctx.org, ctx.actor.id), hears)
    if changed:
        db.revise(ctx.session, ctx.actor, changed, by=ctx.actor.id, now=ctx.now)
        plan_anew(ctx.session, ctx.actor, ctx.now)
    company = people.organisation(ctx.session, ctx.org)
    t = texts(people.locale_of(ctx.actor, company))
    called = next((option.label for option in own.places if option.value == hears), None)
    facts = _changed(ctx.actor, changed, people.zone_of(ctx.actor, company))
    return Reply(message=saved(t, replace(facts, hears=called)), wake=True)


def _changed(person: Member, values: Mapping[str, Any], zone: str) -> Changed:
    hours = "work_start" in values or "work_end" in values
    return Changed(
        locale=values.get("locale"),
        zone=zone if "zone" in values else None,
        hours=(person.work_start, person.work_end) if hours else None,
        days=values.get("work_days"),
        away=(values["away_until"] or "") if "away_until" in values else None,
        quiet=(values["quiet_until"] or "") if "quiet_until" in values else None,
    )


def renew(session: Session, person: Member, profile: Profile, now: datetime) -> None:
    """Take over what the platform now says of a person; in another zone everything of theirs is due at other times.

    Of several accounts the one that hears is believed, so that language and zone don't change with every message.
    """
    if not people.news(person, profile) or not _is_believed(session, person, profile.user):
        return
    company = people.organisation(session, person.organisation_id)
    zone = people.zone_of(person, company)
    if people.refresh(session, person, profile) and people.zone_of(person, company) != zone:
        plan_anew(session, person, now)


def _is_believed(session: Session, person: Member, user: str) -> bool:
    found = linking.live(people.accounts(session, person.organisation_id, person.id))
    return len(found) < 2 or linking.hearing(found)[0].user == user


def plan_anew(session: Session, person: Member, now: datetime) -> None:
    """Everything that is addressed to `person` is due at their hours, which have changed: the tick plans it again."""
    org, viewer = person.organisation_id, people.viewer_of(session, person)
    steps = [*nextsteps.mine(session, viewer), *nextsteps.recorded(session, viewer)]
    planned = [(kind, step.id) for step in steps for kind in ("step.offered", "step.due")]
    if alliances.led_by(session, org, person.id):
        planned.append(("update", person.id))
    if viewer.manages:
        planned.append(("digest", person.id))
    for alliance_id in sorted(viewer.on_team):
        planned.extend([("checkin", alliance_id), *meetings.notices_of(session, org, alliance_id)])
    schedules.touch_each(session, org, sorted(set(planned)), now)
    outbox.wake(session, org, person.id, now=now)


def _own(ctx: Ctx) -> Own:
    """The actor's settings as of today; days off and quiet that are over count as none."""
    person, company = ctx.actor, people.organisation(ctx.session, ctx.org)
    away, hush = person.away_until, person.quiet_until
    spots, hears = _places(ctx)
    return Own(
        locale=person.locale,
        zone=person.zone,
        platform_zone=person.platform_zone or company.zone,
        start=person.work_start,
        end=person.work_end,
        days=person.work_days,
        away_until=away if away is not None and away >= ctx.today else None,
        quiet_until=hush if hush is not None and hush >= ctx.today else None,
        hears=hears,
        places=spots,
    )


def _places(ctx: Ctx) -> tuple[tuple[Option, ...], str]:
    """Where notices may come, and the account to which they come now; nothing to choose for who has only one."""
    found = linking.live(people.accounts(ctx.session, ctx.org, ctx.actor.id))
    if len(found) < 2:
        return (), ""
    every = [place for _, place in found]
    spots = tuple(Option(held.id, places.name(ctx.t, place, every)) for held, place in found)
    return spots, linking.hearing(found)[0].id


# ---------------------------------------------------------------- reading the fields (untrusted)


def require_heard(ctx: Ctx, *, field: str = "") -> None:
    """Raises UserError while an account was joined by a code and who made the code hasn't been told.

    Until then its typist, who may be a stranger, has no say about where notices go; accounts of before have.
    """
    asks = (ctx.request.platform, ctx.request.tenant, ctx.request.actor.user)
    found = people.accounts(ctx.session, ctx.org, ctx.actor.id)
    here = [held for held, place in found if (place.platform, place.tenant, held.user) == asks]
    waiting = linking.unheard(ctx.session, ctx.org, ctx.actor.id)
    for joined in [held for held, _ in found if held.id in waiting]:
        if not any(linking.was_before(held, joined) for held in here):
            raise UserError("account.unheard", field=field)


def _hears(ctx: Ctx, own: Own, value: str) -> str:
    """The account that was chosen, "" where that is the one that hears already."""
    if value in ("", own.hears):
        return ""
    if value not in {option.value for option in own.places}:
        raise UserError("own.choice", field="hears")
    require_heard(ctx, field="hears")
    return value


def _locale(value: str) -> str:
    if value not in (AUTO, *LOCALES):
        raise UserError("own.choice", field="locale")
    return "" if value == AUTO else value


def _zone(value: str, current: str) -> str:
    if value == AUTO:
        return ""
    if value != current and value not in available_timezones():
        raise UserError("own.choice", field="zone")
    return value


def _hours(start: str, end: str) -> dict[str, str]:
    begins, ends = _time(start, "start"), _time(end, "end")
    if ends <= begins:
        raise UserError("own.end_first", field="end")
    return {"work_start": start, "work_end": end}


def _time(value: str, field: str) -> time:
    try:
        found = time.fromisoformat(value)
    except ValueError as error:
        raise UserError("own.choice", field=field) from error
    if f"{found:%H:%M}" != value:
        raise UserError("own.choice", field=field)
    return found


def _days(values: list[str]) -> str:
    days = "".join(day for day in DAYS if day in values)
    if not days:
        raise UserError("own.no_day", field="days")
    return days


def _away(ctx: Ctx, value: str) -> date | None:
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise UserError("own.choice", field="away") from error
    if day < ctx.today:
        raise UserError("own.past", field="away")
    return day


def _quiet_choice(ctx: Ctx, value: str) -> date | None:
    if value in ("", KEEP):
        return _own(ctx).quiet_until
    if value == NONE:
        return None
    if value not in QUIETS:
        raise UserError("own.choice", field="quiet")
    return ctx.today + timedelta(days=QUIETS[value])


def _until(ctx: Ctx, typed: str) -> date:
    """The last quiet day: a day, or a length such as 2w, 2週間, 10 days."""
    # a length first: three days and the third of a month are written alike in Japanese
    lengths = (texts(locale)("own.after", length=typed) for locale in LOCALES)
    readings = (f"+{typed}", *lengths, typed)
    found = next((day for each in readings if (day := dates.future(each, today=ctx.today)) is not None), None)
    if found is None or found < ctx.today:
        raise UserError("own.quiet.unread", {"written": typed}, text=typed)
    if found - ctx.today > LONGEST_QUIET:
        raise UserError("own.quiet.long", text=typed)
    return found
