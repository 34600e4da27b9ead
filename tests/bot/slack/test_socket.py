"""The same listeners by Socket Mode: no address of our own, the line opened by us."""

from __future__ import annotations

import asyncio

from bot.settings import Slack
from bot.slack.edge import connect
from handlers.request import Command
from tests.bot.slack.conftest import COMMANDS, Stage


def test_a_command_comes_and_is_answered_over_the_line(stage: Stage) -> None:
    practice, script = stage.practice, stage.script
    tokens = practice.workspace.tokens

    async def run() -> list[bool]:
        edge = connect(
            Slack(tokens.bot, "", tokens.app, f"{practice.base}/api/"),
            script.ports(practice.wall),
            commands=COMMANDS,
        )
        assert not edge.routes
        assert edge.socket is not None
        await edge.start()
        await edge.listen()
        try:
            answer = await asyncio.to_thread(practice.command, "U0LEAD", "C0GENERAL", "/touchpoint 定例")
            return [bool(answer["ok"]), await edge.socket.connected()]
        finally:
            await edge.close()

    assert asyncio.run(run()) == [True, True]
    assert stage.asked.intent == Command("touchpoint", "定例")
    assert practice.last("U0LEAD", "C0GENERAL")["text"] == "はい"
