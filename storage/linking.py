"""One person, several accounts: short codes that link them, the account that hears, the way apart (decision 12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from storage import db, outbox
from storage.ids import new_id
from storage.models import Account, Audit, LinkCode, Member, Outbox, Workspace
from storage.models.base import table_of

KEPT = timedelta(days=1)
"""How long a code that is over is remembered, so that its late typist hears "expired" and not "wrong"."""
WRONG = "account.wrong_code"
"""The audit's word for a try with a wrong code; the tries of an account are counted by it."""
JOINED = "account.joined"
"""The notice to who made a code that it was used."""


# ---------------------------------------------------------------- codes


def keep_code(session: Session, person: Member, mark: str, *, by: Account, now: datetime, until: datetime) -> LinkCode:
    """The one open code of a member, made from the account `by`, as the hash `mark`.

    An earlier one that nobody used is gone with it.
    """
    table = table_of(LinkCode)
    earlier = (table.c.member_id == person.id) & table.c.used_at.is_(None)
    over = table.c.expires_at < now - KEPT
    session.connection().execute(
        table.delete().where(table.c.organisation_id == person.organisation_id, earlier | over)
    )
    return db.add(
        session,
        LinkCode(
            id=new_id(now),
            organisation_id=person.organisation_id,
            member_id=person.id,
            account_id=by.id,
            code=mark,
            expires_at=until,
        ),
    )


def code_of(session: Session, org: str, mark: str) -> LinkCode | None:
    """The code behind a hash, also when it is over or was used; never another organisation's."""
    return session.exec(
        select(LinkCode).where(col(LinkCode.organisation_id) == org, col(LinkCode.code) == mark)
    ).first()


def spend(session: Session, row: LinkCode, now: datetime) -> bool:
    """The code was used, or seen by others: it opens nothing any more. False where somebody else was faster."""
    table = table_of(row)
    unused = (table.c.id == row.id, table.c.used_at.is_(None))
    done = session.connection().execute(table.update().where(*unused).values(used_at=now))
    session.expire(row)
    return done.rowcount == 1


def note(session: Session, action: str, *, account: Account, by: str, now: datetime) -> None:
    """Write into the audit what happened to an account; `by` is a member."""
    db.add(
        session,
        Audit(
            id=new_id(now),
            organisation_id=account.organisation_id,
            actor_id=by,
            action=action,
            subject="account",
            subject_id=account.id,
            at=now,
        ),
    )


def wrong_tries(session: Session, account: Account, since: datetime) -> int:
    """How many wrong codes were typed from an account since then."""
    return session.exec(
        select(func.count())
        .select_from(Audit)
        .where(
            col(Audit.organisation_id) == account.organisation_id,
            col(Audit.at) > since,
            col(Audit.action) == WRONG,
            col(Audit.subject_id) == account.id,
        )
    ).one()


# ---------------------------------------------------------------- accounts


def workspaces(session: Session, org: str) -> list[Workspace]:
    """Every workspace of the organisation, Slack first."""
    of = select(Workspace).where(col(Workspace.organisation_id) == org)
    return list(session.exec(of.order_by(col(Workspace.platform), col(Workspace.id))))


def live(found: Sequence[tuple[Account, Workspace]]) -> list[tuple[Account, Workspace]]:
    """Of a member's accounts those that their platform hasn't closed."""
    return [(account, place) for account, place in found if not account.deleted]


def hearing(found: Sequence[tuple[Account, Workspace]]) -> tuple[Account, Workspace]:
    """Of a member's accounts (at least one) the one that hears what comes unasked, and whose name and zone count.

    The one that its person chose; where none is chosen Slack before Teams, and within a platform the one seen last.
    """
    return min(found, key=lambda each: (not each[0].preferred, each[1].platform, -each[0].seen_at.timestamp()))


def prefer(session: Session, found: Sequence[tuple[Account, Workspace]], account_id: str) -> None:
    """Make one of a member's accounts the one that hears."""
    for account, _ in found:
        if account.preferred != (account.id == account_id):
            db.change(session, account, {"preferred": account.id == account_id})


def came(session: Session, org: str, accounts: Collection[str], now: datetime) -> None:
    """These accounts became their member's by a code: each of them can be parted again."""
    for account_id in accounts:
        account = db.by_id(session, Account, org, account_id)
        if account is not None:
            db.change(session, account, {"joined_at": now})


def was_before(account: Account, other: Account) -> bool:
    """Whether of one member's accounts `account` was theirs before `other` was joined to it by a code.

    Who came later has no say over who was there before: a code may have been read by a stranger.
    """
    if other.joined_at is None:
        return False
    return account.joined_at is None or account.joined_at < other.joined_at


def unheard(session: Session, org: str, member_id: str) -> set[str]:
    """The accounts that were joined to a member, who still waits to be told so."""
    waiting = select(Outbox.subject_id).where(
        col(Outbox.organisation_id) == org,
        col(Outbox.member_id) == member_id,
        col(Outbox.kind) == JOINED,
        col(Outbox.operation) == "send",
        col(Outbox.state).in_(outbox.OPEN),
    )
    return set(session.exec(waiting))


def part(session: Session, account: Account, person: Member, *, now: datetime) -> Member:
    """An account becomes a person of its own again, without history: what was recorded stays with `person`.

    A code that was made from it would still open `person`, so it is gone.
    """
    codes = table_of(LinkCode)
    made = (codes.c.organisation_id == account.organisation_id, codes.c.account_id == account.id)
    session.connection().execute(codes.delete().where(*made, codes.c.used_at.is_(None)))
    fresh = db.add(
        session,
        Member(
            id=new_id(now),
            organisation_id=account.organisation_id,
            name=account.name or person.name,
            locale=person.locale,
            zone=person.zone,
            platform_locale=person.platform_locale,
            platform_zone=person.platform_zone,
            active=not account.deleted,
            welcomed_at=now,
            created_at=now,
        ),
    )
    db.change(session, account, {"member_id": fresh.id, "preferred": False, "joined_at": None})
    note(session, "account.unlinked", account=account, by=person.id, now=now)
    return fresh


def elsewhere(session: Session, org: str, workspace_id: str) -> list[tuple[Member, Workspace]]:
    """Active members who have no live account in a workspace, with a workspace where they have one; by name."""
    live = (col(Account.organisation_id) == org, ~col(Account.deleted), col(Account.standing) == "member")
    here = select(Account.member_id).where(*live, col(Account.workspace_id) == workspace_id)
    rows = session.exec(
        select(Member, Workspace)
        .join(Account, col(Account.member_id) == col(Member.id))
        .join(Workspace, col(Workspace.id) == col(Account.workspace_id))
        .where(*live, col(Member.organisation_id) == org, col(Member.active), col(Member.id).not_in(here))
        .order_by(col(Member.name), col(Member.id), col(Workspace.platform), col(Workspace.id))
    )
    found: dict[str, tuple[Member, Workspace]] = {}
    for member, place in rows:
        found.setdefault(member.id, (member, place))
    return list(found.values())
