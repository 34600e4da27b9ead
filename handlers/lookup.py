"""Which alliance is meant, and may this person change it: shared by every noun that is asked about an alliance."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from unicodedata import normalize

from handlers import names
from handlers.errors import UserError
from handlers.message import Button, Menu, Option
from handlers.names import Known
from handlers.request import Ctx, Press
from handlers.segments import normalised
from handlers.words import either, words
from storage import alliances, people, revisions
from storage import spoken as spoken_names
from storage.models import Alliance, Editable

CANDIDATES = 5
"""Buttons that one row holds on a phone."""
ASKED = frozenset(
    {
        "alliance.brief", "alliance.open", "alliance.pause", "alliance.people", "alliance.resume", "alliance.rooms",
        "friction.list", "meeting.open", "room.link",
    }
)  # fmt: skip
"""Presses on an alliance that `find` and `split` offer: each takes its id."""

_MENTIONED = re.compile(r"<@([A-Za-z0-9-]+)(?:\|([^<>]*))?>")
_EDGES = " \t\n、,。:：・/|-"


def fold(name: str) -> str:
    """The key of a name: width, case, spaces and legal forms don't count (product.md §4b)."""
    plain = normalize("NFKC", name).strip()
    bare = _legal().sub(" ", plain).strip(" ,")
    return "".join((bare or plain).split()).casefold()


def known(ctx: Ctx) -> tuple[Known, ...]:
    """Every alliance that typed words may name."""
    return tuple(Known(id_, written) for id_, written in spoken_names.names(ctx.session, ctx.org).items())


def here(ctx: Ctx) -> Alliance | None:
    """The alliance that the room of the request is linked to."""
    place = ctx.request.place
    if place.kind != "room":
        return None
    return spoken_names.of_room(ctx.session, ctx.org, ctx.request.platform, ctx.request.tenant, place.room)


def one(ctx: Ctx, alliance_id: str, *, field: str = "") -> Alliance:
    """The alliance of an id that came back from a platform; raises UserError where the organisation has none such."""
    found = alliances.get(ctx.session, ctx.viewer, alliance_id)
    if found is None:
        raise UserError("alliance.gone", field=field)
    return found


def find(ctx: Ctx, text: str, *, action: str) -> Alliance:
    """The alliance that `text` names; the room's where it names none. Raises as `split` does."""
    return split(ctx, text, action=action)[0]


def split(ctx: Ctx, text: str, *, action: str) -> tuple[Alliance, str]:
    """The alliance that `text` names, and the rest of the text (NFKC-normalised, its name taken out).

    In a linked room the name may be left out. Raises UserError with buttons that press `action` (one of `ASKED`) on a
    candidate, the actor's own first, and a menu of the rest where a row holds no more: `alliance.ambiguous`,
    `alliance.unknown` (nearest names, [作る]) or, where nothing was typed, `alliance.which`.
    """
    plain = normalised(text).strip()
    every = known(ctx)
    place = here(ctx)
    spot = next(names.spots(plain, every), None)
    if spot is None:
        if place is not None:
            return place, plain
        raise _unknown(ctx, plain, every, action=action)
    rest = _joined(plain[: spot.start], plain[spot.end :])
    if len(spot.ids) == 1:
        return one(ctx, spot.ids[0]), rest
    if place is not None and place.id in spot.ids:
        return place, rest
    raise UserError(
        "alliance.ambiguous",
        {"written": plain[spot.start : spot.end]},
        text=text,
        buttons=_candidates(ctx, spot.ids, action),
    )


def picked(press: Press) -> Press:
    """A press as `find` and `split` offer it: what a menu chose stands where a button has its alliance."""
    if press.action in ASKED and press.choice and not press.id:
        return replace(press, id=press.choice, choice="")
    return press


def spoken(ctx: Ctx, text: str, *, glued: bool = False) -> str:
    """`text` with people's names where it mentions their accounts (`<@U…>` → @鈴木 健).

    `glued`: a name is one word, so that the line can be read again and still names its owner.
    """

    def name(found: re.Match[str]) -> str:
        account = ctx.request.people.get(found[1])
        shown = account.name if account is not None else found[2] or ""
        return f"@{''.join(shown.split()) if glued else shown}" if shown else found[0]

    return _MENTIONED.sub(name, text)


def is_near(ctx: Ctx, alliance_id: str) -> bool:
    """Whether the actor reads more of an alliance than names and purpose: its people, its managers, the operator."""
    return alliance_id in ctx.viewer.near or ctx.actor.operator


def may_change(ctx: Ctx, alliance: Alliance) -> bool:
    """Only the alliance's people and the operator change it (domain.md §3.6)."""
    return alliance.id in ctx.viewer.on_team or ctx.actor.operator


def require_change(ctx: Ctx, alliance: Alliance, *, text: str = "") -> None:
    """Raises UserError naming whom to ask where this person may not change the alliance."""
    if may_change(ctx, alliance):
        return
    lead = alliances.lead_of(ctx.session, ctx.org, alliance.id)
    if lead is None:
        raise UserError("alliance.not_yours_no_lead", {"alliance": alliance.name}, text=text)
    raise UserError("alliance.not_yours", {"alliance": alliance.name, "lead": lead.name}, text=text)


def require_fresh(ctx: Ctx, row: Editable, version: int, *, noun: str, again: Button) -> None:
    """Raises UserError telling who changed what where a button or form was made for an older version (decision 3).

    `noun` is the stem of the catalogue keys (`alliance.field.purpose`), `again` the way to what it is now.
    """
    if version in (0, row.version):
        return
    changes = revisions.since(ctx.session, row, version)
    labels = [f"{noun}.field.{name}" for name in changes.fields]
    what = ctx.t.join(ctx.t(label) for label in labels if ctx.t.has(label)) or ctx.t("stale.something")
    editors = [people.member(ctx.session, ctx.org, each) for each in changes.by if each]
    who = ctx.t.join(each.name for each in editors if each) or ctx.t("stale.someone")
    raise UserError("stale.changed", {"who": who, "what": what}, buttons=(again,))


def _unknown(ctx: Ctx, plain: str, every: tuple[Known, ...], *, action: str) -> UserError:
    if not plain:
        if not every:
            return UserError("alliance.none_yet", buttons=(Button(ctx.t("alliance.button.new"), "alliance.new"),))
        return UserError("alliance.which", buttons=_candidates(ctx, tuple(each.id for each in every), action))
    near = names.nearest(plain, every)[: CANDIDATES - 1]
    create = Button(ctx.t("alliance.button.new"), "alliance.new")
    rows = [alliances.get(ctx.session, ctx.viewer, each) for each in near]
    buttons = (*(Button(row.name, action, row.id, row.version) for row in rows if row is not None), create)
    return UserError("alliance.unknown", {"written": plain}, text=plain, buttons=buttons)


def _candidates(ctx: Ctx, ids: tuple[str, ...], action: str) -> tuple[Button | Menu, ...]:
    """Led ones first, then the others of one's own; where a row can't hold them all, a menu of the rest ends it."""
    led = {row.id for row in alliances.led_by(ctx.session, ctx.org, ctx.actor.id)}
    found = [alliances.get(ctx.session, ctx.viewer, each) for each in dict.fromkeys(ids)]
    near = (led, ctx.viewer.on_team, ctx.viewer.near)
    rows = sorted((row for row in found if row is not None), key=lambda row: [row.id not in each for each in near])
    shown = rows if len(rows) <= CANDIDATES else rows[: CANDIDATES - 1]
    buttons = tuple(Button(row.name, action, row.id, row.version) for row in shown)
    rest = tuple(Option(row.id, row.name) for row in rows[len(shown) :])
    return (*buttons, Menu(ctx.t("capture.other"), action, rest)) if rest else buttons


def _joined(before: str, after: str) -> str:
    after = _honorific().sub("", after, count=1)
    return " ".join(part for part in (before.strip(_EDGES), after.strip(_EDGES)) if part)


def kind_words(kind: str) -> frozenset[str]:
    """The folded words that mean a kind of contact."""
    return frozenset(fold(word) for word in words().of("kinds", kind))


def says_kind(kind: str, text: str) -> bool:
    """Whether the words begin with their kind of contact already (定例。試作は順調): then it isn't said twice."""
    return fold(text).startswith(tuple(kind_words(kind)))


@cache
def _legal() -> re.Pattern[str]:
    return re.compile(either(words().of("names", "legal"), literal=False), re.IGNORECASE)


@cache
def _honorific() -> re.Pattern[str]:
    return re.compile(r"\A\s*" + either(words().of("names", "honorifics")))
