"""Logging a touchpoint in one line, in Japanese and in English."""

from __future__ import annotations

from tests.playhouse import ACME, EMMA, NOVA, TANAKA, House


def test_one_line_is_saved_and_read_back(home: House) -> None:
    said = home.command(TANAKA, NOVA, "/touchpoint ノヴァ 定例。試作は順調 → 試験計画を送る うち 12/9 同席: 佐藤, 高橋")
    assert said.private
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"
    assert "種別: 定例" in said.words
    assert "同席: 佐藤、高橋" in said.words
    assert said.labels() == ["編集", "取り消す", "ひっかかりも記録"]


def test_its_english_twin(home: House) -> None:
    said = home.command(EMMA, ACME, "/touchpoint acme call w/ Lopez, prototype on track -> they send samples fri")
    assert said.words.splitlines()[0] == "Logged a touchpoint with Acme Robotics"
    assert said.labels() == ["Edit", "Undo", "Add friction note"]
