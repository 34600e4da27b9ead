"""The people of an alliance: who does what, on our side and theirs (domain.md §3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import lookup, places
from handlers.errors import UserError
from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    Confirm,
    Form,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    PeopleField,
    Template,
    TextField,
)
from handlers.request import Ctx, Press, Reply, Submit
from handlers.text import Texts
from storage import alliances, outbox, partners
from storage.models import Alliance, AllianceRole, Contact, Member
from storage.models.alliances import LEVELS
from storage.partners import Spelled

OURS = ("lead", "backup", "manager", "sponsor", "business_owner", "expert", "legal_ip", "comms", "member")
THEIRS = ("counterpart", "decider", "sponsor", "champion", "expert", "legal", "floor")
LONGEST = 60
MANY = 20
"""Roles with a button each; more than these are told as a number."""


@dataclass(frozen=True)
class Held:
    """A role and who has it; `id` is the role's, `title` what a contact is called at their company."""

    id: str
    name: str
    role: str
    title: str = ""


@dataclass(frozen=True)
class People:
    """Both sides of an alliance."""

    alliance_id: str
    alliance: str
    ours: tuple[Held, ...] = ()
    theirs: tuple[Held, ...] = ()
    may_change: bool = True


def people(t: Texts, facts: People, *, head: Line = ()) -> Message:
    """Who does what on either side, each with the way to end it, and the forms to add somebody."""
    blocks: list[Block] = [Paragraph(head)] if head else []
    blocks.append(Paragraph(t.line("people.head", alliance=facts.alliance)))
    room = MANY
    for title, rows in (("people.ours", facts.ours), ("people.theirs", facts.theirs)):
        blocks.append(Paragraph(t.line(title)))
        if not rows:
            blocks.append(Note(t.line("people.nobody")))
        blocks.extend(Paragraph(held(t, row), _end(t, row) if facts.may_change else None) for row in rows[:room])
        room = max(0, room - len(rows))
    left = len(facts.ours) + len(facts.theirs) - MANY
    if left > 0:
        blocks.append(Note(t.line("people.more", n=left)))
    if facts.may_change:
        add_ours = Button(t("people.button.ours"), "people.ours", facts.alliance_id)
        add_theirs = Button(t("people.button.theirs"), "people.theirs", facts.alliance_id)
        blocks.append(Buttons((add_ours, add_theirs)))
    return Message(tuple(blocks), t("people.preview"))


def held(t: Texts, row: Held) -> Line:
    """佐藤(開発部 課長)・窓口 as one line."""
    if row.title:
        return t.line("people.held.titled", name=row.name, title=row.title, role=t(f"role.{row.role}"))
    return t.line("people.held", name=row.name, role=t(f"role.{row.role}"))


def _end(t: Texts, row: Held) -> Button:
    sure = Confirm(
        t("people.end.title"),
        t("people.end.text", name=row.name, role=t(f"role.{row.role}")),
        t("people.button.end"),
        t("button.cancel"),
    )
    return Button(t("people.button.end"), "people.end", row.id, confirm=sure)


def ours_form(t: Texts, alliance_id: str, elsewhere: tuple[Option, ...] = ()) -> Form:
    """Somebody of ours and what they do; managers and sponsors get the digest. `elsewhere`: on another platform."""
    return Form(
        name="people.ours",
        title=t("people.ours.title"),
        submit=t("people.submit"),
        cancel=t("button.cancel"),
        id=alliance_id,
        fields=(
            PeopleField("who", t("people.form.who"), many=True, optional=bool(elsewhere)),
            *places.field(t, elsewhere, many=True),
            ChoiceField(
                "role", t("people.form.role"), _roles(t, OURS), initial=("member",), hint=t("people.form.ours.hint")
            ),
        ),
    )


def theirs_form(t: Texts, alliance_id: str, partners_: tuple[Option, ...]) -> Form:
    """Somebody of theirs: name, title and level only, no remarks about the person (domain.md §2.3)."""
    levels = tuple(Option(level, t(f"level.{level}")) for level in LEVELS if level)
    which = (ChoiceField("partner", t("people.form.partner"), partners_, initial=(partners_[0].value,)),)
    return Form(
        name="people.theirs",
        title=t("people.theirs.title"),
        submit=t("people.submit"),
        cancel=t("button.cancel"),
        id=alliance_id,
        fields=(
            TextField("name", t("people.form.name"), placeholder=t("people.form.name.example"), longest=LONGEST),
            TextField("title", t("people.form.title"), optional=True, longest=LONGEST),
            ChoiceField("role", t("people.form.role"), _roles(t, THEIRS), initial=("counterpart",)),
            ChoiceField("level", t("people.form.level"), levels, optional=True),
            *(which if len(partners_) > 1 else ()),
        ),
        intro=(Note(t.line("people.theirs.note")),),
    )


def _roles(t: Texts, roles: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(role, t(f"role.{role}")) for role in roles)


# ---------------------------------------------------------------- what is asked of it


def show(ctx: Ctx, text: str) -> Reply:
    """`/alliance people <name>`."""
    return Reply(message=screen(ctx, lookup.find(ctx, text, action="alliance.people")))


def open_people(ctx: Ctx, press: Press) -> Reply:
    """[人]."""
    return Reply(message=screen(ctx, lookup.one(ctx, press.id)))


def screen(ctx: Ctx, alliance: Alliance, *, head: Line = ()) -> Message:
    """Both sides as they are now."""
    rows = alliances.people(ctx.session, ctx.org, alliance.id)
    facts = People(
        alliance_id=alliance.id,
        alliance=alliance.name,
        ours=tuple(Held(role.id, who.name, role.role) for role, who in rows if isinstance(who, Member)),
        theirs=tuple(
            Held(role.id, who.name, role.role, who.title) for role, who in rows if not isinstance(who, Member)
        ),
        may_change=lookup.may_change(ctx, alliance),
    )
    return people(ctx.t, facts, head=head)


def open_ours(ctx: Ctx, press: Press) -> Reply:
    """[当社の人を加える]: the form."""
    alliance = _changeable(ctx, press.id)
    return Reply(form=ours_form(ctx.t, alliance.id, places.colleagues(ctx, alliance.id)))


def open_theirs(ctx: Ctx, press: Press) -> Reply:
    """[先方の人を加える]: the form."""
    alliance = _changeable(ctx, press.id)
    rows = partners.of_alliance(ctx.session, ctx.org, alliance.id)
    return Reply(form=theirs_form(ctx.t, alliance.id, tuple(Option(row.id, row.name) for row in rows)))


def add_ours(ctx: Ctx, submit: Submit) -> Reply:
    """Colleagues get a role; only people that the desk knows as ours are taken."""
    alliance = _changeable(ctx, submit.id)
    role, chosen = submit.one("role"), submit.all("who")
    members = [ctx.people[user] for user in chosen if user in ctx.people]
    if len(members) != len(chosen):
        raise UserError("people.not_ours", field="who")
    members += places.chosen(ctx, submit.all(places.ELSEWHERE))
    if not members:
        raise UserError("people.not_ours", field="who")
    if role not in OURS:
        raise UserError("people.role_missing", field="role")
    for member in members:
        alliances.give_role(
            ctx.session, org=ctx.org, alliance_id=alliance.id, role=role, who=member, since=ctx.today, now=ctx.now
        )
    _settled(ctx, alliance)
    names = ctx.t.join(member.name for member in members)
    head = ctx.t.line("people.added", name=names, role=ctx.t(f"role.{role}"))
    return Reply(message=screen(ctx, alliance, head=head), replace=True)


def add_theirs(ctx: Ctx, submit: Submit) -> Reply:
    """Somebody of theirs gets a role."""
    alliance = _changeable(ctx, submit.id)
    name, role, level = submit.one("name"), submit.one("role"), submit.one("level")
    if not lookup.fold(name):
        raise UserError("people.name_missing", field="name")
    if role not in THEIRS:
        raise UserError("people.role_missing", field="role")
    rows = {row.id: row for row in partners.of_alliance(ctx.session, ctx.org, alliance.id)}
    if not rows:
        raise UserError("alliance.partners_missing")
    partner = rows.get(submit.one("partner")) or next(iter(rows.values()))
    contact = partners.add_contact(
        ctx.session,
        org=ctx.org,
        partner_id=partner.id,
        person=Spelled(name, lookup.fold(name)),
        title=submit.one("title"),
        level=level if level in LEVELS else "",
        now=ctx.now,
    )
    alliances.give_role(
        ctx.session, org=ctx.org, alliance_id=alliance.id, role=role, who=contact, since=ctx.today, now=ctx.now
    )
    head = ctx.t.line("people.added", name=contact.name, role=ctx.t(f"role.{role}"))
    return Reply(message=screen(ctx, alliance, head=head), replace=True)


def end(ctx: Ctx, press: Press) -> Reply:
    """[終える]: a role ends today; the last lead names another one first."""
    role = alliances.role(ctx.session, ctx.org, press.id)
    if role is None or role.until is not None:
        raise UserError("people.gone")
    alliance = _changeable(ctx, role.alliance_id)
    current = alliances.people(ctx.session, ctx.org, alliance.id)
    if role.role == "lead" and _leads(current) == [role.id]:
        raise UserError(
            "people.last_lead",
            {"alliance": alliance.name},
            buttons=(Button(ctx.t("people.button.ours"), "people.ours", alliance.id),),
        )
    who = next((who.name for row, who in current if row.id == role.id), "")
    alliances.end_role(ctx.session, role, until=ctx.today, now=ctx.now)
    _settled(ctx, alliance)
    head = ctx.t.line("people.ended", name=who, role=ctx.t(f"role.{role.role}"))
    return Reply(message=screen(ctx, alliance, head=head), replace=True)


def _leads(rows: Sequence[tuple[AllianceRole, Member | Contact]]) -> list[str]:
    return [role.id for role, _ in rows if role.role == "lead"]


def _settled(ctx: Ctx, alliance: Alliance) -> None:
    """A nudge that waits may have another reader now: it is planned again."""
    outbox.cancel(ctx.session, ctx.org, alliance.id, kinds=("checkin",), reason="people_changed", now=ctx.now)


def _changeable(ctx: Ctx, alliance_id: str) -> Alliance:
    alliance = lookup.one(ctx, alliance_id)
    lookup.require_change(ctx, alliance)
    return alliance


# ---------------------------------------------------------------- examples

_PEOPLE = People(
    "a1",
    "ノヴァ素材",
    ours=(Held("r1", "田中", "lead"), Held("r2", "高橋", "backup")),
    theirs=(Held("r3", "佐藤", "counterpart", "開発部 課長"),),
)

TEMPLATES: tuple[Template, ...] = (
    Template("people", lambda t: people(t, _PEOPLE)),
    Template("people.empty", lambda t: people(t, People("a1", "Acme Robotics", may_change=False))),
    Template("people.ours", lambda t: ours_form(t, "a1")),
    Template("people.ours.elsewhere", lambda t: ours_form(t, "a1", (Option("m1", "田中(Teams)"),))),
    Template("people.theirs", lambda t: theirs_form(t, "a1", (Option("p1", "ノヴァ素材"), Option("p2", "みなと大学")))),
)
