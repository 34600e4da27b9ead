"""この投稿を記録: a message of the chat becomes a touchpoint, with its permalink, its author and who recorded it."""

from __future__ import annotations

from handlers import lookup
from handlers.capture import Given, read_entry, settle
from handlers.errors import UserError
from handlers.request import Capture, Ctx, Reply
from storage import db, entries, people
from storage.ids import new_id
from storage.models import Entry
from storage.people import Profile


def capture(ctx: Ctx, shot: Capture) -> Reply:
    """この投稿を記録: permalink and author are kept apart from the recorder; the same message twice is refused."""
    source = shot.source
    before = entries.by_permalink(ctx.session, ctx.org, source.permalink)
    if before is not None and before.state == "pending" and before.recorder_id == ctx.actor.id:
        return settle(ctx, before, read_entry(ctx, before, Given()), Given())
    if before is not None and before.state == "logged":
        raise UserError("capture.twice")
    if before is not None:
        db.revise(ctx.session, before, {"state": "undone", "undone_at": ctx.now}, by="", now=ctx.now)
    author = entries.taken_out(ctx.session, ctx.org, source.permalink)
    if author and author != ctx.actor.id:
        raise UserError("capture.out")
    if not source.text.strip():
        raise UserError("capture.no_words")
    author_id, author_name = _author(ctx, shot)
    here = lookup.here(ctx)
    entry = db.add(
        ctx.session,
        Entry(
            id=new_id(ctx.now),
            organisation_id=ctx.org,
            verb="touchpoint",
            raw=lookup.spoken(ctx, source.text),
            recorder_id=ctx.actor.id,
            author_id=author_id,
            author_name=author_name,
            platform=ctx.request.platform,
            room=source.room,
            permalink=source.permalink,
            source_text=lookup.spoken(ctx, source.text),
            source_at=source.at,
            here=here.id if here else None,
            created_at=ctx.now,
        ),
    )
    return settle(ctx, entry, read_entry(ctx, entry, Given()), Given())


def _author(ctx: Ctx, shot: Capture) -> tuple[str | None, str]:
    author = shot.source.author
    if author is None or author.user == ctx.request.actor.user:
        return None, ""
    place = people.workspace(ctx.session, ctx.request.platform, ctx.request.tenant)
    if place is None or author.standing != "member" or author.deleted:
        return None, author.name
    member = people.member_of(ctx.session, place.id, author.user) or people.join(
        ctx.session, place, Profile(author.user, author.name, author.locale, author.zone), now=ctx.now
    )
    return member.id, member.name
