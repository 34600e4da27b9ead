"""The sample organisation as a Teams tenant: the same people and rooms, and its told story as one of Teams."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.practice import cast
from tests.home import BOT, GUEST, NOVA_SHARED
from tests.tenant import APP_ID, STRANGE_TENANT, TENANT, Person, Room, Tenant, aad

PLACES = {name: f"19:{name.lower()}@thread.tacv2" for name in (room.id for room in cast.ROOMS)}
PEOPLE = {person.id: aad(number) for number, person in enumerate(cast.PEOPLE, 1) if person.id != BOT}
"""What the stories call them → their Entra object id, or the id of the channel."""


def world() -> Tenant:
    """The tenant: everybody of the cast, every room a channel of the one team; the stranger is of another tenant."""
    tenant = Tenant()
    for person in cast.PEOPLE:
        if person.id != BOT:
            home = STRANGE_TENANT if person.id == GUEST else TENANT
            tenant.add(Person(PEOPLE[person.id], person.real_name, home, locale=person.locale, zone=person.tz))
    for room in cast.ROOMS:
        members = tuple(PEOPLE[each] for each in room.members if each != BOT)
        sort = "shared" if room.id == NOVA_SHARED else "private" if room.kind == "private" else "standard"
        tenant.add(Room(PLACES[room.id], room.name, members, sort=sort))
    return tenant


def moved(database: Path, tenant: Tenant, address: str) -> None:
    """The told story happened in Teams: workspace, accounts and rooms are Teams', and every chat is known."""
    with closing(sqlite3.connect(database)) as file, file:
        place, org = file.execute("SELECT id, organisation_id FROM workspace").fetchone()
        file.execute("UPDATE workspace SET platform = 'teams', tenant = ?, bot_user = ?", (TENANT, f"28:{APP_ID}"))
        for name, known in PEOPLE.items():
            file.execute("UPDATE account SET user = ? WHERE user = ?", (known, name))
        for name, known in PLACES.items():
            file.execute("UPDATE room SET external = ? WHERE external = ?", (known, name))
        file.execute("DELETE FROM conversation")
        for (user,) in file.execute("SELECT user FROM account").fetchall():
            person = tenant.people[user]
            _known(file, place, org, "direct", user, tenant.direct(user), address, person.mri, "")
        for room in tenant.rooms.values():
            _known(
                file, place, org, "room", room.id, room.id, address, "", "" if room.sort == "standard" else room.sort
            )


def _known(
    file: sqlite3.Connection,
    place: str,
    org: str,
    kind: str,
    external: str,
    conversation: str,
    address: str,
    user: str,
    sort: str,
) -> None:
    row = (f"{kind}:{external}"[:32], org, place, kind, external, conversation, address, user, sort)
    file.execute(
        "INSERT INTO conversation (id, organisation_id, workspace_id, kind, external, conversation, address, user,"
        " sort, dead, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '2026-11-19 00:00:00.000000')",
        row,
    )
