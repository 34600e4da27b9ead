"""What was said stays: over a restart of the process, and until somebody starts over."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.playhouse import TANAKA, house


def test_a_restart_keeps_the_chat_and_its_buttons(look: Look, tmp_path: Path, told: Path) -> None:
    folder = tmp_path / "kept"  # the test's own house, which every screen may open, lives beside it
    with house(folder, told) as before:
        screen = look(house=before).open(TANAKA)
        screen.type("/touchpoint ノヴァ 定例。試作は順調")
        screen.says("ノヴァ素材の接点を記録しました")
        screen.clock("plus-day")
        moved = screen.at("clock-now").inner_text()
        screen.leave()
    with house(folder, told) as after:
        again = look(house=after).open(TANAKA)
        again.says("ノヴァ素材の接点を記録しました")
        expect(again.at("clock-now")).to_have_text(moved)
        again.press("ひっかかりも記録")
        expect(again.form).to_contain_text("ひっかかりを記録")
        again.leave()


def test_start_over_brings_the_sample_back(look: Look) -> None:
    screen = look().open(TANAKA)
    screen.type("/touchpoint ノヴァ 定例。試作は順調")
    screen.says("ノヴァ素材の接点を記録しました")
    screen.at("more").click()
    screen.at("reset").click()
    with screen.page.expect_navigation():
        screen.at("confirm-yes").click()
    expect(screen.messages.filter(has_text="ノヴァ素材の接点を記録しました")).to_have_count(0)
    screen.type("要約 ノヴァ")
    screen.says("ノヴァ素材の要点", "11/4(水)")
    expect(screen.last).not_to_contain_text("11/20(金)")
