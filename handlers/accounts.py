"""One person on two platforms: a short code, made on one and typed on the other, makes them one member."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from handlers import account_card as cards
from handlers import places
from handlers.account_card import TEMPLATES, Accounts, Spot
from handlers.errors import UserError
from handlers.message import Message
from handlers.notice import Reader
from handlers.request import Ctx, Press, Reply, Say
from handlers.settings import plan_anew, require_heard
from storage import db, linking, merging, outbox, people
from storage.models import Account, LinkCode, Member, Outbox, Workspace

__all__ = [
    "TEMPLATES",
    "account",
    "compose_joined",
    "confirm",
    "exposed",
    "looks_like_code",
    "open_card",
    "prefer",
    "unlink",
]

ALPHABET = "CDFGHJKMNPQRTVWXY34679"
"""No letter that looks like a figure or another letter, and no vowel: a code is never a word."""
LENGTH = 8
LASTS = timedelta(minutes=10)
TRIES = 5
"""Wrong codes that an account may type within the time that a code lasts."""

_JOINTS = r"[\s\-‐‑‒–—−ー]"
_CODE = re.compile(rf"(?<![A-Z0-9])([{ALPHABET}]{{4}}){_JOINTS}*([{ALPHABET}]{{4}})(?![A-Z0-9])")


def account(ctx: Ctx, text: str) -> Reply:
    """`account`: a code for the other platform, and what is linked; with a code: linked."""
    if not text.strip():
        return _shown(ctx)
    if _is_public(ctx):
        return exposed(ctx, text) or _no(ctx, "direct")
    code = code_in(text)
    return _typed(ctx, code) if code else _no(ctx, "unread")


def open_card(ctx: Ctx, press: Press) -> Reply:
    """[新しいコード]: the same by a button."""
    return _shown(ctx)


def code_in(text: str) -> str:
    """The code that stands in typed words, "" where there is none; width, case, spaces and hyphens don't matter."""
    found = _CODE.search(unicodedata.normalize("NFKC", text).upper())
    return found[1] + found[2] if found else ""


def looks_like_code(text: str) -> bool:
    """Whether words hold nothing but a code: in the direct chat it needs no command."""
    return _CODE.fullmatch(unicodedata.normalize("NFKC", text).strip().upper()) is not None


def exposed(ctx: Ctx, text: str) -> Reply | None:
    """An open code that was written where others read opens nothing any more; None where the words hold none."""
    code = code_in(text) if _is_public(ctx) else ""
    row = linking.code_of(ctx.session, ctx.org, _mark(ctx.org, code)) if code else None
    if row is None or row.used_at is not None or row.expires_at <= ctx.now:
        return None
    linking.spend(ctx.session, row, ctx.now)
    return _no(ctx, "seen")


def _is_public(ctx: Ctx) -> bool:
    intent = ctx.request.intent
    return ctx.request.place.kind == "room" and isinstance(intent, Say) and not intent.private


def _mark(org: str, code: str) -> str:
    """The hash under which a code is kept; of another organisation it is another one."""
    return hashlib.sha256(f"{org}:{code}".encode()).hexdigest()


# ---------------------------------------------------------------- a new code


def _shown(ctx: Ctx) -> Reply:
    """What is linked; and while the organisation has a workspace without an account of the actor, a code for it."""
    spots = _spots(ctx, ctx.actor)
    every = linking.workspaces(ctx.session, ctx.org)
    held = {place.id for _, place in _live(ctx, ctx.actor)}
    others = tuple(places.name(ctx.t, place, every) for place in every if place.id not in held)
    if not others:
        return Reply(message=cards.card(ctx.t, Accounts(spots)))
    shown = cards.card(ctx.t, Accounts(spots, _new_code(ctx), others))
    return Reply(message=shown, kept=cards.refused(ctx.t, ctx.t.line("account.shown")))


def _new_code(ctx: Ctx) -> str:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    held, _ = _here(ctx)
    linking.keep_code(ctx.session, ctx.actor, _mark(ctx.org, code), by=held, now=ctx.now, until=ctx.now + LASTS)
    return f"{code[:4]}-{code[4:]}"


def _spots(ctx: Ctx, person: Member) -> tuple[Spot, ...]:
    found = _live(ctx, person)
    every = linking.workspaces(ctx.session, ctx.org)
    hears = linking.hearing(found)[0].id if found else ""
    return tuple(
        Spot(
            held.id,
            places.name(ctx.t, place, every),
            held.name or person.name,
            hears=held.id == hears,
            parts=_may_part(ctx, held),
        )
        for held, place in found
    )


def _live(ctx: Ctx, person: Member) -> list[tuple[Account, Workspace]]:
    return linking.live(people.accounts(ctx.session, ctx.org, person.id))


def _may_part(ctx: Ctx, held: Account) -> bool:
    """An account that was joined by a code, by itself or by one that was there before; never the one of the records."""
    here, _ = _here(ctx)
    return held.joined_at is not None and (here.id == held.id or linking.was_before(here, held))


# ---------------------------------------------------------------- a code is typed


def _typed(ctx: Ctx, code: str) -> Reply:
    """Link the account that typed `code` to the member who made it. What is wrong is answered, not raised: a wrong

    try is counted, so it has to stay.
    """
    held, place = _here(ctx)
    if linking.wrong_tries(ctx.session, held, ctx.now - LASTS) >= TRIES:
        return _no(ctx, "tries", again=False)
    row = linking.code_of(ctx.session, ctx.org, _mark(ctx.org, code))
    maker = people.member(ctx.session, ctx.org, row.member_id) if row else None
    if row is None or maker is None or not maker.active:
        linking.note(ctx.session, linking.WRONG, account=held, by=ctx.actor.id, now=ctx.now)
        return _no(ctx, "wrong")
    why = _against(ctx, row, maker, place)
    if why:
        return _no(ctx, why, place=_called(ctx, place))
    if merging.has_history(ctx.session, ctx.actor):
        return Reply(message=cards.asked(ctx.t, row.id, maker.name, operator=ctx.actor.operator))
    return _join(ctx, row, maker, held)


def confirm(ctx: Ctx, press: Press) -> Reply:
    """[まとめる]: who typed the code has records of their own, which go to the one who made it; they have seen whom."""
    held, place = _here(ctx)
    row = db.by_id(ctx.session, LinkCode, ctx.org, press.id)
    maker = people.member(ctx.session, ctx.org, row.member_id) if row else None
    if row is None or maker is None or not maker.active:
        return _no(ctx, "expired")
    why = _against(ctx, row, maker, place)
    if why:
        return _no(ctx, why, place=_called(ctx, place))
    return replace(_join(ctx, row, maker, held), replace=True)


def _against(ctx: Ctx, row: LinkCode, maker: Member, place: Workspace) -> str:
    """Why a code that exists doesn't link: never two accounts of one workspace to one member."""
    mine, theirs = _live(ctx, ctx.actor), _live(ctx, maker)
    if row.used_at is not None:
        return "used"
    if row.expires_at <= ctx.now:
        return "expired"
    if maker.id == ctx.actor.id:
        return "own"
    if any(other.id == place.id for _, other in theirs):
        return "same"
    return "other" if len(mine) > 1 else ""


def _join(ctx: Ctx, row: LinkCode, maker: Member, held: Account) -> Reply:
    """The two are one member from now on. Notices go on coming where the code was made, until that is changed."""
    if not linking.spend(ctx.session, row, ctx.now):
        return _no(ctx, "used")
    theirs = people.accounts(ctx.session, ctx.org, maker.id)
    hears = linking.hearing(linking.live(theirs) or theirs)[0].id
    joining = [account.id for account, _ in people.accounts(ctx.session, ctx.org, ctx.actor.id)]
    made_by = row.account_id
    merging.merge(ctx.session, ctx.actor, maker, now=ctx.now)
    linking.came(ctx.session, ctx.org, joining, ctx.now)
    linking.prefer(ctx.session, people.accounts(ctx.session, ctx.org, maker.id), hears)
    linking.note(ctx.session, "account.linked", account=held, by=maker.id, now=ctx.now)
    plan_anew(ctx.session, maker, ctx.now)
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind=linking.JOINED,
        subject_id=held.id,
        key=f"{linking.JOINED}:{row.id}",
        weight="reply",
        now=ctx.now,
        member_id=maker.id,
        arguments={"account": made_by},
    )
    spots = _spots(ctx, maker)
    typed = next(spot for spot in spots if spot.id == held.id)
    return Reply(message=cards.linked(ctx.t, maker.name, typed, spots), wake=True)


def _here(ctx: Ctx) -> tuple[Account, Workspace]:
    """The account and workspace of the request."""
    place = people.workspace(ctx.session, ctx.request.platform, ctx.request.tenant)
    found = people.known(ctx.session, place.id, ctx.request.actor.user) if place else None
    if place is None or found is None:
        raise UserError("account.gone")
    return found[0], place


def _called(ctx: Ctx, place: Workspace) -> str:
    return places.name(ctx.t, place, linking.workspaces(ctx.session, ctx.org))


def _no(ctx: Ctx, why: str, *, place: str = "", again: bool = True) -> Reply:
    return Reply(message=cards.refused(ctx.t, ctx.t.line(f"account.no.{why}", place=place), again=again))


# ---------------------------------------------------------------- afterwards


def prefer(ctx: Ctx, press: Press) -> Reply:
    """[お知らせを Teams で受け取る]."""
    found = people.accounts(ctx.session, ctx.org, ctx.actor.id)
    if press.id not in {held.id for held, _ in linking.live(found)}:
        raise UserError("account.gone")
    require_heard(ctx)
    linking.prefer(ctx.session, found, press.id)
    spots = _spots(ctx, ctx.actor)
    hears = next(spot.place for spot in spots if spot.hears)
    said = ctx.t.line("account.preferred", place=hears)
    return Reply(message=cards.card(ctx.t, Accounts(spots), said), replace=True)


def unlink(ctx: Ctx, press: Press) -> Reply:
    """[解除]: an account that was joined is a person of its own again; the history stays with those of before."""
    found = _live(ctx, ctx.actor)
    held, place = next(((held, place) for held, place in found if held.id == press.id), (None, None))
    if held is None or place is None:
        raise UserError("account.gone")
    if len(found) == 1:
        raise UserError("account.only")
    called = _called(ctx, place)
    if not _may_part(ctx, held):
        raise UserError("account.keeps", {"place": called})
    linking.part(ctx.session, held, ctx.actor, now=ctx.now)
    outbox.refresh(ctx.session, ctx.org, held.id, kinds=(linking.JOINED,), now=ctx.now)
    return Reply(message=cards.parted(ctx.t, called), replace=True, wake=True)


def compose_joined(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """To who made the code: which account was linked by it; afterwards that it no longer is."""
    org = row.organisation_id
    held = db.by_id(session, Account, org, row.subject_id)
    place = db.by_id(session, Workspace, org, held.workspace_id) if held else None
    if held is None or place is None or reader.member is None:
        return None
    called = places.name(reader.t, place, linking.workspaces(session, org))
    if held.member_id != reader.member.id:
        return cards.parted(reader.t, called)
    return cards.joined(reader.t, Spot(held.id, called, held.name))
