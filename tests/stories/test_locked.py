"""When nothing can be saved: the person hears so, gets the text back, and nothing is half done."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import event

from tests.home import ACME, EMMA, NOVA, TANAKA, Home
from tests.stories.wire import counted, locked, recent

BUSY = "いま混み合っていて保存できませんでした"


def test_a_locked_database_gives_the_text_back(home: Home) -> None:
    before = counted(home)
    with locked(home):
        said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。鍵の間")
        assert said.private
        assert BUSY in said.words
        assert "ノヴァ 電話。鍵の間" in said.words
        assert "ノヴァ 電話。鍵の間" in home.say(TANAKA, "ノヴァ 電話。鍵の間").words
    assert counted(home) == before
    assert "ノヴァ素材の接点を記録しました" in home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。鍵の間").words


def test_in_english(home: Home) -> None:
    with locked(home):
        said = home.command(EMMA, ACME, "/touchpoint acme call, locked")
    assert "acme call, locked" in said.words
    assert "try again" in said.words


def test_a_form_stays_open_with_what_was_filled_in(home: Home) -> None:
    home.start(TANAKA, NOVA, "/touchpoint")
    with locked(home):
        refused = home.submit(TANAKA, {"line": "電話。鍵の間"})
        assert BUSY in str(refused["errors"])
    assert home.submit(TANAKA, {"line": "電話。鍵の間"})["ok"]
    assert "電話。鍵の間" in home.last(TANAKA, NOVA).words


def test_a_press_can_be_made_again(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。順調")
    with locked(home):
        home.press(TANAKA, said, "取り消す")
        assert BUSY in home.last(TANAKA, NOVA).words
    undone = home.press(TANAKA, said, "取り消す")
    assert undone is not None
    assert "取り消しました" in undone.words
    assert "この24時間に書いた記録はありません" in recent(home, TANAKA)


@contextmanager
def read_only(home: Home) -> Generator[None]:
    """The database can be read but not written: SQLite itself refuses."""
    engine, mode = home.product.database.engine, "ON"

    def as_it_is(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA query_only={mode}")

    event.listen(engine, "checkout", as_it_is)
    yield
    mode = "OFF"


def test_a_read_only_file_says_whom_to_tell(home: Home) -> None:
    before = counted(home)
    with read_only(home):
        said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 電話。読み取り専用")
    assert "いまは保存できません" in said.words
    assert "ノヴァ 電話。読み取り専用" in said.words
    assert counted(home) == before
