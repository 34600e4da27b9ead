"""Every example of every message and form: the gallery page and the golden tests draw them all."""

from __future__ import annotations

from handlers import (
    alliance_card,
    asking,
    briefs,
    checkin_card,
    corrections,
    desk,
    digest_card,
    friction_card,
    friction_form,
    friction_list,
    guard,
    meeting_card,
    notices,
    partners,
    reminders,
    rooms,
    settings_form,
    step_card,
    today,
    touchpoints,
    update_card,
    welcome,
)
from handlers.message import Template

EVERY: tuple[Template, ...] = (
    *alliance_card.TEMPLATES,
    *asking.TEMPLATES,
    *briefs.TEMPLATES,
    *checkin_card.TEMPLATES,
    *corrections.TEMPLATES,
    *desk.TEMPLATES,
    *digest_card.TEMPLATES,
    *friction_card.TEMPLATES,
    *friction_form.TEMPLATES,
    *friction_list.TEMPLATES,
    *guard.TEMPLATES,
    *meeting_card.TEMPLATES,
    *notices.TEMPLATES,
    *partners.TEMPLATES,
    *reminders.TEMPLATES,
    *rooms.TEMPLATES,
    *settings_form.TEMPLATES,
    *step_card.TEMPLATES,
    *today.TEMPLATES,
    *touchpoints.TEMPLATES,
    *update_card.TEMPLATES,
    *welcome.TEMPLATES,
)
