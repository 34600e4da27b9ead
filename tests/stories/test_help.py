"""Help is the table of commands: what it shows can be typed, and what can be typed is shown."""

from __future__ import annotations

import pytest

from handlers.commands import TABLE, read_command
from handlers.text import LOCALES, texts, words
from tests.home import EMMA, NOVA, TANAKA, Home


def test_it_names_every_listed_command(home: Home) -> None:
    said = home.say(TANAKA, "使い方").words
    assert "ほかに: ひっかかり 一覧、完了、一覧、表示" in said.split("見る\n")[1]
    record = said.split("記録する\n")[1].split("見る\n")[0]
    assert "・ひっかかり 解決 ノヴァ 分担表で合意 一緒に" in record
    assert len(said.splitlines()) <= 21  # a phone's screen, nearly


def test_it_does_in_english(home: Home) -> None:
    said = home.say(EMMA, "help").words
    assert "・friction done Nova agreed on a task list together" in said
    assert "Also: friction list, done, list, show" in said


def test_every_word_and_example_is_read_as_its_own_row() -> None:
    for row in TABLE:
        for word in words(f"command.{row.name}.words"):
            found = read_command(word)
            assert found is not None
            assert found[0].name == row.name, word


@pytest.mark.parametrize("locale", LOCALES)
def test_every_example_is_read_as_its_row(locale: str) -> None:
    t = texts(locale)
    for row in TABLE:
        if not row.example:
            continue
        found = read_command(t(row.example))
        if found is not None and found[0].name == "alliance":
            found = read_command(found[1])
        if t(row.example).startswith("@"):  # typed where it is to work, with the app's name before it
            assert row.name in ("link", "unlink")
            continue
        assert found is not None
        assert found[0].name == row.name, row.example


def test_the_list_of_notes_and_closing_one_may_be_typed_after_friction(home: Home) -> None:
    home.command(TANAKA, NOVA, "/friction ノヴァ ! 返事が少し遅い")
    listed = home.say(TANAKA, "ひっかかり 一覧 ノヴァ").words
    assert "返事が少し遅い" in listed
    assert home.command(TANAKA, NOVA, "/friction 一覧 ノヴァ").words == listed
    assert "返事が少し遅い" in home.say(TANAKA, "ひっかかり 解決 ノヴァ 返事 窓口を決めた 社内で").words


@pytest.mark.parametrize("locale", LOCALES)
def test_the_help_of_one_command_shows_a_line_that_is_read_as_it(locale: str) -> None:
    t = texts(locale)
    for row in TABLE:
        if row.name in ("alliance", "help"):
            continue
        example = t(f"help.example.{row.name}")
        if example.startswith("@"):  # typed where it is to work, with the app's name before it
            assert row.name == "link"
            continue
        found = read_command(example)
        if found is not None and found[0].name == "alliance":
            found = read_command(found[1])
        assert found is not None, row.name
        assert found[0].name == row.name
