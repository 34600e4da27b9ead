"""Channels and threads: replies, the message shortcut within a thread, and what Slack allows there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Look
from tests.browser.screen import Width
from tests.playhouse import NOVA, SUZUKI, TANAKA, House

SAID = "試作、明日届くそうです"


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_message_in_a_thread_is_recorded_by_the_shortcut(home: House, look: Look, width: Width) -> None:
    home.act(SUZUKI, "message", channel=NOVA, text="ノヴァさんの件です")
    root = home.last(SUZUKI, NOVA)
    home.act(SUZUKI, "message", channel=NOVA, text=SAID, thread_ts=root.ts)
    reply = home.last(SUZUKI, NOVA)
    screen = look(width).open(TANAKA, NOVA)
    screen.at(f"replies-{root.ts}").click()
    thread = screen.at("thread")
    row = thread.get_by_test_id(f"message-{reply.ts}")
    expect(row).to_contain_text(SAID)
    row.hover()
    row.get_by_test_id(f"menu-{reply.ts}").click()
    screen.at("shortcut-capture").click()
    for words in ("ノヴァ素材の接点を記録しました", "投稿した人", "鈴木 健", SAID):
        expect(thread).to_contain_text(words)
    home.settle()
    assert any("田中 美咲さんがあなたの投稿を" in each.words for each in home.inbox(SUZUKI))


def test_a_command_in_a_thread_is_refused_as_slack_does(home: House, look: Look) -> None:
    home.act(TANAKA, "message", channel=NOVA, text="ノヴァさんの件です")
    screen = look().open(TANAKA, NOVA)
    screen.last.hover()
    screen.last.locator(".reply").click()
    screen.at("thread-composer").fill("/touchpoint ノヴァ 定例")
    screen.at("thread-composer").press("Enter")
    expect(screen.at("toast").last).to_contain_text("スレッドではコマンドを使えません。")
    expect(screen.at("thread-composer")).to_have_value("/touchpoint ノヴァ 定例")


def test_what_another_person_writes_appears_without_losing_what_is_being_typed(home: House, look: Look) -> None:
    screen = look().open(TANAKA, NOVA)
    screen.at("composer").fill("書きかけ")
    home.act(SUZUKI, "message", channel=NOVA, text="先に失礼します")
    screen.says("先に失礼します")
    expect(screen.at("composer")).to_have_value("書きかけ")
    expect(screen.at("composer")).to_be_focused()
