"""Behind the digest: a line's records as their reader may see them, confirmed, and one line back to the lead."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from handlers import digest_card as cards
from handlers import lookup, signals
from handlers.calendar import next_window
from handlers.digest_card import Evidence
from handlers.digest_facts import Facts, filled, findings_of, read
from handlers.digests import about_week, count, shown
from handlers.errors import UserError
from handlers.hours import calendar_of, hours_of
from handlers.message import Line, Message, Option
from handlers.notice import Reader
from handlers.request import Ctx, Press, Reply, Submit
from handlers.signals import Finding
from handlers.text import Texts
from storage import alliances, digests, friction, outbox, people
from storage.friction import Sentence
from storage.models import Alliance, Digest, NextStep, Outbox, Touchpoint
from storage.viewer import Viewer

CONTACTS, STEPS, SENTENCES = 8, 6, 6


# ---------------------------------------------------------------- reading on


def press_open(ctx: Ctx, press: Press) -> Reply:
    """The records behind the lines of one alliance; `choice` is its id."""
    facts = _facts(ctx)
    row = _managed(facts, press.choice)
    return Reply(message=cards.evidence(ctx.t, evidence_of(ctx, facts, row)))


def press_list(ctx: Ctx, press: Press) -> Reply:
    """提携ごとに見る: the four lenses of every alliance, by name, never ranked."""
    facts = _facts(ctx)
    groups = [(row.name, lenses(ctx.t, findings_of(facts, row))) for row in facts.alliances]
    return Reply(message=cards.listing(ctx.t, "digest.list.head", groups))


def press_friction(ctx: Ctx, press: Press) -> Reply:
    """摩擦の一覧: the approved sentences, and how many small notes there are from three people on."""
    facts = _facts(ctx)
    groups = [
        (row.name, tuple(_sentence(ctx.t, facts, each) for each in facts.sentences[row.id]))
        for row in facts.alliances
        if row.id in facts.sentences
    ]
    counts = friction.counts_of(ctx.session, ctx.org, [row.id for row in facts.alliances])
    if counts:
        groups.append((ctx.t("digest.section.counts"), tuple(count(ctx.t, each.category, each.n) for each in counts)))
    return Reply(message=cards.listing(ctx.t, "digest.list.friction", groups))


def _facts(ctx: Ctx) -> Facts:
    if not ctx.viewer.manages:
        raise UserError("digest.not_yours")
    return read(ctx.session, ctx.viewer, ctx.actor, ctx.now)


def _managed(facts: Facts, alliance_id: str) -> Alliance:
    found = next((row for row in facts.alliances if row.id == alliance_id), None)
    if found is None:
        raise UserError("digest.not_yours")
    return found


def evidence_of(ctx: Ctx, facts: Facts, row: Alliance) -> Evidence:
    """One alliance with its records, newest and gravest first: the talks, the open steps, the approved sentences and

    the counts of the rest.
    """
    t = ctx.t
    counts = friction.counts_of(ctx.session, ctx.org, [row.id])
    return Evidence(
        alliance=row.name,
        purpose=row.purpose,
        lenses=lenses(t, findings_of(facts, row)),
        contacts=tuple(_contact(t, facts, each) for each in facts.contacts.get(row.id, [])[:CONTACTS]),
        steps=tuple(_step(t, each) for each in facts.steps.get(row.id, []) if each.done_on is None)[:STEPS],
        sentences=tuple(_sentence(t, facts, each) for each in facts.sentences.get(row.id, [])[:SENTENCES]),
        counts=tuple(count(t, each.category, each.n) for each in counts),
    )


def lenses(t: Texts, findings: tuple[Finding, ...]) -> tuple[Line, ...]:
    """The lens words of an alliance, each with its sentence; a lens without records says so."""
    found: list[Line] = []
    for name, finding in signals.by_lens(findings).items():
        if finding is None:
            continue
        key = "digest.nodata" if finding.word == "nodata" else finding.key
        sentence = t(key, **filled(t, finding.holes))
        found.append(cards.lens(t, name, finding.word, signals.SYMBOLS[finding.word], sentence))
    return tuple(found)


def _contact(t: Texts, facts: Facts, row: Touchpoint) -> Line:
    day, text, kind = row.on, row.summary, t(f"kind.{row.kind}")
    people = t.join(name for name in facts.people.get(row.id, []) if name not in facts.ours)
    match bool(people), lookup.says_kind(row.kind, text):
        case True, True:
            return t.line("digest.evidence.contact.bare.people", day=day, text=text, people=people)
        case True, False:
            return t.line("digest.evidence.contact.people", day=day, kind=kind, text=text, people=people)
        case False, True:
            return t.line("digest.evidence.contact.bare", day=day, text=text)
        case _:
            return t.line("digest.evidence.contact", day=day, kind=kind, text=text)


def _step(t: Texts, row: NextStep) -> Line:
    side = t(f"digest.side.{row.side}")
    if row.due is None:
        return t.line("digest.evidence.step", side=side, text=row.text)
    return t.line("digest.evidence.step.due", side=side, text=row.text, day=row.due)


def _sentence(t: Texts, facts: Facts, each: Sentence) -> Line:
    return t.line(
        "digest.evidence.sentence",
        text=each.text,
        category=t(f"friction.category.{each.category or 'UNKNOWN'}"),
        severity=t(f"friction.severity.{each.severity}"),
        days=(facts.today - each.on).days,
    )


# ---------------------------------------------------------------- answering


def press_ack(ctx: Ctx, press: Press) -> Reply:
    """確認しました: the leads of what was asked or watched hear it, in their working hours."""
    digest = _digest(ctx, press.id)
    if digest.acknowledged_at is None:
        digests.acknowledge(ctx.session, digest, ctx.now)
        _tell_leads(ctx, digest)
        outbox.refresh(ctx.session, ctx.org, about_week(ctx.actor.id, digest.week), kinds=("digest",), now=ctx.now)
    return Reply(message=cards.told(ctx.t, "digest.did.acknowledged"), wake=True)


def _tell_leads(ctx: Ctx, digest: Digest) -> None:
    company = people.organisation(ctx.session, ctx.org)
    of: dict[str, list[str]] = {}
    named = [option.value for option in shown(ctx.session, ctx.viewer, ctx.t, digest).places]
    leads = alliances.leads(ctx.session, ctx.org)
    for alliance_id in named:
        lead = leads.get(alliance_id)
        if lead is not None and lead.id != ctx.actor.id:
            of.setdefault(lead.id, []).append(alliance_id)
    members = {lead.id: lead for lead in leads.values()}
    for lead_id, alliance_ids in of.items():
        outbox.put(
            ctx.session,
            org=ctx.org,
            kind="digest.seen",
            subject_id=digest.id,
            key=f"digest.seen:{digest.id}:{lead_id}",
            weight="reply",
            now=ctx.now,
            member_id=lead_id,
            arguments={"by": ctx.actor.id, "alliances": ",".join(alliance_ids)},
            not_before=next_window(calendar_of(company), hours_of(members[lead_id], company), ctx.now),
        )


def press_reply(ctx: Ctx, press: Press) -> Reply:
    """ひと言返す: to the lead of which alliance, and what."""
    digest = _digest(ctx, press.id)
    places = shown(ctx.session, ctx.viewer, ctx.t, digest).places
    every = tuple(Option(row.id, row.name) for row in digests.managed(ctx.session, ctx.viewer))
    rest = tuple(option for option in every if option not in places)
    if not every:
        raise UserError("digest.not_yours")
    return Reply(form=cards.reply_form(ctx.t, digest.id, places + rest))


def submit_reply(ctx: Ctx, submit: Submit) -> Reply:
    """The manager's line goes to the lead at once, on whichever platform they use."""
    digest = _digest(ctx, submit.id)
    alliance_id, text = submit.one("alliance"), submit.one("text")
    if alliance_id not in ctx.viewer.manages:
        raise UserError("digest.not_yours", field="alliance", text=text)
    if not text:
        raise UserError("digest.reply.empty", field="text")
    lead = alliances.lead_of(ctx.session, ctx.org, alliance_id)
    if lead is None:
        raise UserError("digest.no_lead", field="alliance", text=text)
    outbox.put(
        ctx.session,
        org=ctx.org,
        kind="digest.reply",
        subject_id=digest.id,
        key=f"digest.reply:{ctx.request.key}",
        weight="reply",
        now=ctx.now,
        member_id=lead.id,
        arguments={"by": ctx.actor.id, "alliance": alliance_id, "text": text},
    )
    return Reply(message=cards.told(ctx.t, "digest.did.replied"), wake=True)


def _digest(ctx: Ctx, digest_id: str) -> Digest:
    found = digests.get(ctx.session, ctx.viewer, digest_id)
    if found is None:
        raise UserError("digest.gone")
    return found


# ---------------------------------------------------------------- what the lead reads


def compose_reply(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """The manager's line; relays keep their words in the outbox (decision 15)."""
    by = people.member(session, row.organisation_id, str(row.arguments.get("by", "")))
    alliance = alliances.get(session, _clock(row.organisation_id), str(row.arguments.get("alliance", "")))
    text = str(row.arguments.get("text", ""))
    if by is None or alliance is None or not text:
        return None
    return cards.relayed(reader.t, by.name, alliance.name, text)


def compose_seen(session: Session, row: Outbox, reader: Reader, now: datetime) -> Message | None:
    """Which of the lead's alliances the manager has read about."""
    by = people.member(session, row.organisation_id, str(row.arguments.get("by", "")))
    ids = str(row.arguments.get("alliances", "")).split(",")
    found = [alliances.get(session, _clock(row.organisation_id), each) for each in ids if each]
    names = [each.name for each in found if each is not None]
    return cards.seen(reader.t, by.name, names) if by is not None and names else None


def _clock(org: str) -> Viewer:
    return Viewer(org, "", system=True)
