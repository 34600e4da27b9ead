"""Copies: what an export carries and leaves out, and backups that are whole or not there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from storage import copies, db, migrations
from storage.copies import CopyFailed, InUse, NotADatabase
from storage.db import Database
from storage.ids import new_id
from storage.models import (
    Alliance,
    Digest,
    Entry,
    Friction,
    Member,
    NextStep,
    ProgressUpdate,
    Touchpoint,
    TouchpointPerson,
)
from tests import factories
from tests.factories import MONDAY

DAY = date(2026, 7, 6)


@dataclass(frozen=True)
class Book:
    """A migrated file with one alliance and two people who write."""

    database: Database
    file: Path
    org: str
    alliance: str
    writer: Member
    other: Member

    def entry(self, session: Session, raw: str, *, state: str = "logged") -> Entry:
        """A typed line of the writer."""
        return db.add(
            session,
            Entry(
                id=new_id(MONDAY),
                organisation_id=self.org,
                verb="touchpoint",
                raw=raw,
                state=state,
                recorder_id=self.writer.id,
                created_at=MONDAY,
            ),
        )

    def touchpoint(self, session: Session, entry: Entry, visibility: str = "team") -> Touchpoint:
        """A contact from a line."""
        return db.add(
            session,
            Touchpoint(
                id=new_id(MONDAY),
                organisation_id=self.org,
                alliance_id=self.alliance,
                entry_id=entry.id,
                recorder_id=self.writer.id,
                on=DAY,
                summary=entry.raw,
                visibility=visibility,
                created_at=MONDAY,
            ),
        )

    def friction(self, session: Session, entry: Entry, visibility: str) -> Friction:
        """A note from a line."""
        return db.add(
            session,
            Friction(
                id=new_id(MONDAY),
                organisation_id=self.org,
                alliance_id=self.alliance,
                entry_id=entry.id,
                author_id=self.writer.id,
                on=DAY,
                text=entry.raw,
                visibility=visibility,
                created_at=MONDAY,
            ),
        )

    def step(self, session: Session, text: str, visibility: str) -> NextStep:
        """A next step without a line."""
        return db.add(
            session,
            NextStep(
                id=new_id(MONDAY),
                organisation_id=self.org,
                alliance_id=self.alliance,
                text=text,
                assigned_by=self.writer.id,
                visibility=visibility,
                created_at=MONDAY,
            ),
        )

    def exported(self, *, member_id: str = "") -> copies.Export:
        """What an export carries now."""
        with self.database.reading() as session:
            return copies.export(session, self.org, member_id=member_id)


@pytest.fixture(name="book")
def _book(tmp_path: Path) -> Iterator[Book]:
    file = tmp_path / "kakehashi.db"
    database = db.connect(f"sqlite:///{file}")
    migrations.upgrade(database)
    with db.unit_of_work(database) as session:
        company = factories.organisation(session)
        writer = factories.member(session, company.id)
        other = factories.member(session, company.id, name="田中")
        alliance = db.add(
            session,
            Alliance(
                id=new_id(MONDAY),
                organisation_id=company.id,
                name="ノヴァ素材",
                key="ノヴァ素材",
                started_on=DAY,
                created_by=writer.id,
                created_at=MONDAY,
            ),
        )
    yield Book(database, file, company.id, alliance.id, writer, other)
    database.close()


def text_of(data: copies.Export) -> str:
    return json.dumps(copies.as_json(data, at=MONDAY), ensure_ascii=False)


# ---------------------------------------------------------------- export


def test_an_export_has_the_documented_shape(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        book.touchpoint(session, book.entry(session, "定例"))
    made = copies.as_json(book.exported(), at=MONDAY)
    assert json.loads(json.dumps(made)) == made
    assert {key: made[key] for key in ("format", "version", "exported_at", "organisation_id")} == {
        "format": "kakehashi-export",
        "version": 1,
        "exported_at": "2026-07-06T01:00:00+00:00",
        "organisation_id": book.org,
    }
    tables = made["tables"]
    assert not copies.NOT_EXPORTED & set(tables)
    assert (tables["touchpoint"][0]["on"], tables["touchpoint"][0]["summary"]) == ("2026-07-06", "定例")
    assert tables["entry"][0]["created_at"] == "2026-07-06T01:00:00+00:00"
    assert {row["name"] for row in tables["member"]} == {"高橋", "田中"}
    assert made["private_left_out"] == dict.fromkeys(copies.PRIVATE, 0)


def test_the_document_lists_every_table(book: Book) -> None:
    document = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
    for name, rows in _columns(book).items():
        assert f"### `{name}`" in document, name
        part = document.split(f"### `{name}`", 1)[1].split("\n#", 1)[0]
        assert [column for column in rows if f"`{column}`" not in part] == [], name


def _columns(book: Book) -> dict[str, list[str]]:
    with closing(sqlite3.connect(book.file)) as plain:
        return {
            name: [column for _, column, *_ in plain.execute(f"PRAGMA table_info('{name}')")]
            for name in book.exported().tables
        }


def test_private_records_are_left_out_and_counted(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        secret = book.touchpoint(session, book.entry(session, "秘密の接点"), "private")
        db.add(
            session,
            TouchpointPerson(id=new_id(MONDAY), organisation_id=book.org, touchpoint_id=secret.id, name="秘密の人"),
        )
        book.friction(session, book.entry(session, "秘密のひっかかり"), "private")
        book.step(session, "秘密の宿題", "private")
        book.step(session, "みんなの宿題", "team")
        book.entry(session, "秘密の途中", state="pending")
    data = book.exported()
    assert "秘密" not in text_of(data)
    assert "みんなの宿題" in text_of(data)
    left_out = {table: n for table, n in data.private.items() if n}
    assert left_out == {"touchpoint": 1, "friction": 1, "next_step": 1, "entry": 3}
    own = book.exported(member_id=book.writer.id)
    assert not any(own.private.values())
    assert all(word in text_of(own) for word in ("秘密の接点", "秘密の人", "秘密のひっかかり", "秘密の途中"))
    assert "秘密" not in text_of(book.exported(member_id=book.other.id))


def test_a_line_with_a_private_part_keeps_its_place_without_words(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        line = book.entry(session, "定例 ! 秘密のひっかかり")
        shown = book.touchpoint(session, line)
        db.change(session, shown, {"summary": "定例"})
        book.friction(session, line, "private")
        db.revise(session, line, {"source_text": "秘密の投稿"}, by=book.writer.id, now=MONDAY)
    data = book.exported()
    assert "秘密" not in text_of(data)
    assert [(row["id"], row["raw"], row["source_text"]) for row in data.tables["entry"]] == [(line.id, None, None)]
    assert [row["entry_id"] for row in data.tables["touchpoint"]] == [line.id]
    assert (data.private["friction"], data.private["entry"]) == (1, 1)


def test_a_line_that_was_dropped_before_it_made_a_record_is_its_recorders(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        dropped = book.entry(session, "秘密の途中", state="pending")
        db.revise(session, dropped, {"state": "undone", "undone_at": MONDAY}, by=book.writer.id, now=MONDAY)
    assert "秘密" not in text_of(book.exported())
    assert book.exported().private["entry"] == 1
    assert "秘密" not in text_of(book.exported(member_id=book.other.id))
    assert "秘密の途中" in text_of(book.exported(member_id=book.writer.id))


def test_what_was_private_once_stays_out(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        note = book.friction(session, book.entry(session, "穏やかな言葉"), "private")
        db.change(session, note, {"text": "秘密の言葉"})
        db.revise(session, note, {"text": "穏やかな言葉", "visibility": "team"}, by=book.writer.id, now=MONDAY)
    data = book.exported()
    assert "秘密" not in text_of(data)
    assert [row["text"] for row in data.tables["friction"]] == ["穏やかな言葉"]
    assert data.tables["revision"] == []


def test_a_draft_is_its_leads_alone_until_it_is_shared(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        draft = db.add(
            session,
            ProgressUpdate(
                id=new_id(MONDAY),
                organisation_id=book.org,
                alliance_id=book.alliance,
                lead_id=book.writer.id,
                week="2026-W28",
                slot_one="progress",
                text_one="秘密の下書き",
                slot_two="next",
                created_at=MONDAY,
            ),
        )
    assert "秘密" not in text_of(book.exported())
    with db.unit_of_work(book.database) as session:
        db.revise(session, draft, {"text_one": "試作が完了", "state": "shared"}, by=book.writer.id, now=MONDAY)
    assert "試作が完了" in text_of(book.exported())
    assert "秘密" not in text_of(book.exported())


def test_a_digest_is_its_readers(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        db.add(
            session,
            Digest(
                id=new_id(MONDAY),
                organisation_id=book.org,
                reader_id=book.other.id,
                week="2026-W28",
                data={"asks": ["秘密のお願い"]},
                created_at=MONDAY,
            ),
        )
    assert "秘密" not in text_of(book.exported())
    assert book.exported().private["digest"] == 1
    assert "秘密のお願い" in text_of(book.exported(member_id=book.other.id))


def test_another_organisation_is_not_in_it(book: Book) -> None:
    with db.unit_of_work(book.database) as session:
        factories.member(session, factories.organisation(session).id, name="よその人")
    assert "よその人" not in text_of(book.exported())


# ---------------------------------------------------------------- backup and restore


def test_a_backup_of_an_open_file_is_whole(book: Book, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    with book.database.writing() as session:
        book.step(session, "まだ", "team")
        copies.backup(book.file, target)
        session.commit()
    copies.check(target)
    assert target.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.db"]
    copied = db.connect(f"sqlite:///{target}")
    with copied.reading() as session, book.database.reading() as now:
        before, after = copies.counts(session), copies.counts(now)
    copied.close()
    assert {**before, "next_step": 1} == after
    assert before["next_step"] == 0


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, None])
def test_what_is_no_database_is_refused(book: Book, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "broken.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(NotADatabase):
        copies.backup(file, tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))


def test_a_damaged_file_is_refused(book: Book, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    copies.backup(book.file, target)
    whole = target.read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotADatabase):
        copies.check(target)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE thing (id INTEGER)")
    with pytest.raises(NotADatabase):
        copies.check(tmp_path / "other.db")


def test_a_backup_into_nowhere_fails(book: Book, tmp_path: Path) -> None:
    with pytest.raises(CopyFailed):
        copies.backup(book.file, tmp_path / "no such folder" / "backup.db")


def test_an_open_file_is_not_replaced(book: Book, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.db"
    copies.backup(book.file, fresh)
    with db.unit_of_work(book.database) as session:
        book.step(session, "新しい", "team")
    with pytest.raises(InUse):
        copies.take_place(fresh, book.file)
    with book.database.reading() as session:
        assert copies.counts(session)["next_step"] == 1
    book.database.close()
    copies.take_place(fresh, book.file)
    assert not fresh.exists()
    with book.database.reading() as session:
        assert copies.counts(session)["next_step"] == 0


def test_a_broken_file_can_be_replaced(book: Book, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.db"
    copies.backup(book.file, fresh)
    book.database.close()
    book.file.write_bytes(b"broken" * 1000)
    copies.take_place(fresh, book.file)
    copies.check(book.file)
