"""The process may die at any time: nothing is forgotten, nothing is said twice (product.md §2.6, §2.10)."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.home import BOT, EMMA, LUMINA, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home
from tests.playhouse import House, free_port, house
from tests.stories.conftest import Open

ROOMS = (NOVA, LUMINA)
PEOPLE = (TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA)
MORNING = "2026-11-24T09:00"


def _said(home: Home) -> Counter[str]:
    """Everything that the bot has said to anybody, and how often."""
    home.settle()
    found: Counter[str] = Counter()
    for who in PEOPLE:
        found.update(f"{who} {each.words}" for each in home.inbox(who))
    for room in ROOMS:
        found.update(f"{room} {each.words}" for each in home.messages(TANAKA, room) if each.by_bot and not each.private)
    return found


def _three_minutes_pass(folder: Path) -> None:
    """What a dead process held is free again when its lease is over; nobody waits for that here."""
    with closing(sqlite3.connect(folder / "kakehashi.db")) as file:
        file.execute("UPDATE outbox SET lease_until = '2020-01-01 00:00:00' WHERE lease_until IS NOT NULL")
        file.commit()


def _fail(base: str, method: str, error: str, times: int = 1) -> None:
    answer = httpx.post(f"{base}/practice/fail", json={"method": method, "error": error, "times": times}).json()
    assert answer["ok"], answer


def test_what_was_said_before_is_not_said_again(open_home: Open) -> None:
    with open_home() as home:
        home.clock(to=MORNING)
        before = _said(home)
    with open_home() as home:
        assert _said(home) == before
        home.clock(plus="30m")
        assert _said(home) == before


def test_what_was_planned_is_remembered(open_home: Open) -> None:
    with open_home() as home:
        home.command(TANAKA, NOVA, f"/touchpoint ノヴァ 定例。 → 評価機を手配する <@{YAMAMOTO}> 12/9")
        home.command(SUZUKI, home.direct(SUZUKI), "/alliance 予定 キタ 11/27 15:00")
    with open_home() as home:
        assert any("評価機を手配する" in each.words for each in home.later(YAMAMOTO, to=MORNING))
        assert any("キタ食品さんとの打合せです" in each.words for each in home.later(SUZUKI, to="2026-11-27T09:00"))


def test_a_button_from_before_still_works(open_home: Open) -> None:
    with open_home() as home:
        home.clock(to="2026-11-26T16:00")
    with open_home() as home:
        prompt = next(each for each in home.inbox(TANAKA) if "下書きを用意しました" in each.words)
        home.press(TANAKA, prompt, "このまま共有")
        home.settle()
        assert len([m for m in home.messages(SUZUKI, NOVA) if "🤝" in m.words]) == 1


def test_after_weeks_of_downtime_there_is_one_message_not_ten(open_home: Open) -> None:
    with open_home() as home:
        home.oversleep("2026-12-18T08:00")
        home.settle()
        for who in PEOPLE:
            assert len(home.inbox(who)) <= 2, [each.words for each in home.inbox(who)]
        assert not [m for m in home.inbox(SASAKI) if "提携週報 11/16" in m.words]


@pytest.mark.parametrize("error", ["cut_after", "cut_before"])
def test_a_line_that_broke_while_it_was_sent(tmp_path: Path, told: Path, error: str) -> None:
    """Whether the message got through is looked up after the restart: it stands there once, either way."""
    with house(tmp_path / "p", told) as home:
        home.clock(to="2026-11-24T08:29")
        _fail(home.base, "chat.postMessage", error, 2)
        home.clock(to="2026-11-24T08:30")
    _three_minutes_pass(tmp_path / "p")
    with house(tmp_path / "p", told) as home:
        said = _said(home)
        for words in ("提携週報", "11/24(火) 10:00、ルミナAIさんとの定例です"):
            assert sum(number for text, number in said.items() if words in text) == 1, said


def test_one_press_that_slack_delivers_again_is_one_press(slack_home: House) -> None:
    home = slack_home
    home.clock(to="2026-11-26T16:00")
    prompt = next(each for each in home.inbox(TANAKA) if "下書きを用意しました" in each.words)
    home.press(TANAKA, prompt, "このまま共有")
    log = home.client.get(f"{home.base}/practice/log", params={"after": 0}).json()["entries"]
    press = next(each for each in reversed(log) if each.get("delivery") == "interactive")
    home.act(TANAKA, "redeliver", n=press["n"])
    home.settle()
    assert len([m for m in home.messages(SUZUKI, NOVA) if "🤝" in m.words]) == 1


# ---------------------------------------------------------------- a real process, really killed


@contextmanager
def _process(folder: Path, port: int) -> Generator[subprocess.Popen[str]]:
    """`python -m bot practice` in a folder of its own, up and answering."""
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "practice", "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        assert str(port) in running.stdout.readline()
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def _weekly(base: str) -> list[str]:
    state = httpx.get(f"{base}/practice/state", params={"as": SASAKI}, timeout=60).json()
    texts = [str(each.get("text")) for said in state["messages"].values() for each in said if each["user"] == BOT]
    return [text for text in texts if "提携週報" in text]


def test_killed_between_the_post_and_its_mark(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with ThreadPoolExecutor(1) as beside, _process(tmp_path, port) as running:
        httpx.post(f"{base}/practice/clock", json={"next": "saturday 09:00"}, timeout=60)
        before = len(_weekly(base))
        _fail(base, "chat.postMessage", "hang_after", 50)
        moving = beside.submit(httpx.post, f"{base}/practice/clock", json={"plus": "4d"}, timeout=60)
        kept = (
            tmp_path / "var" / "practice" / "workspace.json"
        )  # what a killed workspace would have forgotten is no test
        while len(_weekly(base)) == before or "提携週報" not in str(json.loads(kept.read_text(encoding="utf-8"))):
            assert not moving.done(), "nothing hung"
        running.send_signal(signal.SIGKILL)
    assert isinstance(moving.exception(), httpx.TransportError)
    _three_minutes_pass(tmp_path / "var" / "practice")
    with _process(tmp_path, port):
        httpx.post(f"{base}/practice/clock", json={"plus": "1h"}, timeout=60)
        assert len(_weekly(base)) == before + 1


# ---------------------------------------------------------------- tick --at


def _tick(home: House, folder: Path, at: str) -> str:
    settings = home.practice.product.settings
    assert settings.slack is not None
    done = subprocess.run(
        [sys.executable, "-m", "bot", "tick", "--at", at],
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "DATABASE_URL": settings.database_url,
            "SLACK_API_URL": settings.slack.api_url,
            "SLACK_BOT_TOKEN": settings.slack.bot_token,
            "SLACK_SIGNING_SECRET": settings.slack.signing_secret,
            "DEFAULT_LOCALE": "en",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_tick_at_says_what_is_due_once(slack_home: House, tmp_path: Path) -> None:
    home = slack_home
    _tick(home, tmp_path, "2026-11-24T08:30:00+09:00")
    said = _said(home)
    assert sum(number for text, number in said.items() if "提携週報" in text) == 1
    assert sum(number for text, number in said.items() if "ルミナAIさんとの定例です" in text) == 1
    _tick(home, tmp_path, "2026-11-24T08:30:00+09:00")
    assert _said(home) == said
