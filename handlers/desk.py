"""The desk: every request of every platform comes in here, and one reply goes out (architecture.md §3)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

import structlog
from pydantic import TypeAdapter
from sqlmodel import Session

from handlers import commands, conversation, settings, shortcut, today
from handlers.errors import UserError
from handlers.message import Block, Button, Buttons, Menu, Message, Note, Paragraph, Quote, Template, line_of
from handlers.request import Account, Capture, Command, Ctx, OpenHome, Press, Reply, Request, Say, Submit
from handlers.text import Texts, texts
from storage import db, inbox, outbox, people
from storage.models import Member, Workspace
from storage.people import Home, Profile

SHORT = 6
"""Characters that nobody minds to type again."""

INLINE_PATIENCE_MS = 200
"""How long the event loop may wait for the database (decision 22); a thread may wait longer."""

_REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)
_log = structlog.get_logger(__name__)


class NotInstalled(Exception):
    """The request comes from a workspace that this installation doesn't know."""


@dataclass(frozen=True)
class Desk:
    """`clock` gives business time (aware UTC)."""

    database: db.Database
    clock: Callable[[], datetime]

    def run(self, request: Request, patience_ms: int = INLINE_PATIENCE_MS) -> Reply:
        """Carry out one request in one transaction.

        A request that was carried out before gets the same reply. What a person can mend comes back as words in their
        language; a bug saves nothing and comes back as a code that is also in the log (product.md §8). Raises
        StorageBusy, StorageReadOnly (the edge decides how long to wait) and NotInstalled.
        """
        now = self.clock()
        code = secrets.token_hex(3)
        try:
            with self.database.writing(patience_ms) as session:
                stored = inbox.seen(session, request.key)
                if stored is not None:
                    return _REPLY.validate_json(stored)
                home = people.home(session, request.platform, request.tenant)
                if home is None:
                    raise NotInstalled(request.tenant)
                reply = _serve(session, request, home, now)
                if not reply.errors:  # a form that was refused is mended and sent again, under the same key
                    inbox.keep(session, request.key, home.organisation.id, _remembered(reply), now)
                session.commit()
                return reply
        except (db.StorageBusy, db.StorageReadOnly, NotInstalled):
            raise
        except Exception:  # noqa: BLE001 - the one place where a bug becomes words and a code
            _log.exception("request_failed", code=code, key=request.key, intent=type(request.intent).__name__)
            return Reply(message=failed(texts(request.actor.locale), code, _typed(request)))


def _remembered(reply: Reply) -> str:
    """A reply as it is stored, and so carried by every backup: without what only its reader may hold."""
    if reply.kept is not None:
        reply = replace(reply, message=reply.kept, kept=None)
    return _REPLY.dump_json(reply).decode()


def _serve(session: Session, request: Request, home: Home, now: datetime) -> Reply:
    actor = request.actor
    if actor.standing != "member" or actor.deleted:
        key = "error.deleted" if actor.deleted else f"error.{actor.standing}"
        return _refused(texts(actor.locale), UserError(key), request)
    ctx = _ctx(session, request, home, now)
    try:
        with session.begin_nested():
            return _dispatch(ctx)
    except UserError as error:
        return _refused(ctx.t, error, request)
    except db.Stale:
        return _refused(ctx.t, UserError("error.stale"), request)


def _ctx(session: Session, request: Request, home: Home, now: datetime) -> Ctx:
    place, company = home.workspace, home.organisation
    actor = _member(session, place, request.actor, now)
    if actor.welcomed_at is None:
        _welcome(session, actor, now)
    zone = ZoneInfo(people.zone_of(actor, company))
    mentioned = {
        user: _member(session, place, account, now)
        for user, account in request.people.items()
        if account.standing == "member" and not account.deleted
    }
    return Ctx(
        session=session,
        now=now,
        actor=actor,
        viewer=people.viewer_of(session, actor),
        t=texts(people.locale_of(actor, company)),
        zone=zone,
        today=now.astimezone(zone).date(),
        request=request,
        people=mentioned,
    )


def _member(session: Session, place: Workspace, account: Account, now: datetime) -> Member:
    profile = Profile(account.user, account.name, account.locale, account.zone)
    known = people.known(session, place.id, account.user)
    if known is None:
        return people.join(session, place, profile, now=now)
    held, person = known
    if held.deleted or not person.active:
        people.returned(session, held, person)
    settings.renew(session, person, profile, now)
    return person


def _welcome(session: Session, actor: Member, now: datetime) -> None:
    db.change(session, actor, {"welcomed_at": now})
    outbox.put(
        session,
        org=actor.organisation_id,
        kind="welcome",
        subject_id=actor.id,
        key=f"welcome:{actor.id}",
        weight="reply",
        now=now,
        member_id=actor.id,
    )


def _dispatch(ctx: Ctx) -> Reply:
    intent = ctx.request.intent
    match intent:
        case Command():
            return commands.run(ctx, intent.name, intent.text)
        case Say():
            return conversation.say(ctx, intent.text, private=intent.private)
        case Press():
            return commands.press(ctx, intent)
        case Submit():
            return commands.submit(ctx, intent)
        case Capture():
            return shortcut.capture(ctx, intent)
        case OpenHome():
            return Reply(message=today.screen(ctx), wake=True)
        case _:
            assert_never(intent)


# ---------------------------------------------------------------- what is said when it goes wrong


def _refused(t: Texts, error: UserError, request: Request) -> Reply:
    text = t(error.key, **error.values)
    if isinstance(request.intent, Submit):
        return Reply(errors={error.field: text})
    # Also a refused first contact has a welcome waiting.
    facts = Refusal(text, error.text or _worth_keeping(_typed(request)), error.buttons)
    return Reply(message=refusal(t, facts), wake=True)


@dataclass(frozen=True)
class Refusal:
    """What happened, in the person's language, what they typed, and the ways on."""

    text: str
    typed: str = ""
    buttons: tuple[Button | Menu, ...] = ()


def refusal(t: Texts, facts: Refusal) -> Message:
    """Something that the person can mend; what they typed is given back."""
    blocks: list[Block] = [Paragraph(line_of(facts.text))]
    if facts.typed:
        blocks.extend((Quote(line_of(facts.typed)), Note(t.line("error.kept"))))
    if facts.buttons:
        blocks.append(Buttons(facts.buttons))
    return Message(tuple(blocks), facts.text)


def failed(t: Texts, code: str, typed: str) -> Message:
    """A bug: nothing was saved, with a code that is also in the log."""
    return refusal(t, Refusal(t("error.bug", code=code), typed))


def busy(t: Texts, request: Request, *, read_only: bool) -> Reply:
    """The database can't be written now: said by the edge, with the text given back; forms keep what was filled in."""
    text = t("error.read_only" if read_only else "error.busy")
    if isinstance(request.intent, Submit):
        return Reply(errors={"": text})
    return Reply(message=refusal(t, Refusal(text, _typed(request))))


def _worth_keeping(typed: str) -> str:
    """What is given back to copy: a short word is typed again as quickly."""
    return typed if len(typed) > SHORT else ""


def _typed(request: Request) -> str:
    intent = request.intent
    match intent:
        case Command() | Say():
            return intent.text
        case Press() | Submit() | Capture() | OpenHome():
            return ""
        case _:
            assert_never(intent)


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (
    Template("error.bug", lambda t: failed(t, "a1b2c3", "ノヴァ 定例。試作は順調")),
    Template("error.busy", lambda t: refusal(t, Refusal(t("error.busy"), "ノヴァ 定例。試作は順調"))),
    Template("error.guest", lambda t: refusal(t, Refusal(t("error.guest")))),
    Template("mention.outsiders", lambda t: refusal(t, Refusal(t("mention.outsiders"), "ノヴァ 定例。試作は順調"))),
)
