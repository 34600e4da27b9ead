"""What the tests of the Slack edge say and press: rooms, a card, a form, and how a click is made."""

from __future__ import annotations

import json

from bot.practice.reading import Json, as_objects
from handlers.message import Button, Buttons, Form, Menu, Message, Option, Paragraph, PeopleField, TextField
from handlers.request import Account, Reply
from tests.bot.slack.conftest import Stage, line

GENERAL, NOVA = "C0GENERAL", "C0NOVA"
SATO = Account("U0LEAD", "佐藤 恵", "member", "ja-JP", "Asia/Tokyo")
EDIT = Form(
    "touchpoint.edit",
    "編集",
    "保存",
    "やめる",
    (TextField("text", "内容", initial="定例"), PeopleField("owner", "担当", optional=True)),
    id="e1",
    version=3,
)
CARD = Message(
    (
        Paragraph(line("記録しました")),
        Buttons(
            (
                Button("取り消す", "entry.undo", id="e1", version=3),
                Menu("種類", "entry.kind", (Option("meeting", "会議"), Option("call", "電話")), id="e1", version=3),
            )
        ),
    ),
    "記録しました",
)


def words(message: Json) -> str:
    """All that a message shows."""
    return json.dumps(message.get("blocks"), ensure_ascii=False)


def press(stage: Stage, person: str, container: Json, blocks: object, *, at: int = 0) -> Json:
    """A click on the element `at` of the first row of buttons."""
    row = next(block for block in as_objects(blocks) if block["type"] == "actions")
    element = as_objects(row["elements"])[at]
    chosen: Json = {"selected_option": as_objects(element["options"])[1]} if "options" in element else {}
    return stage.practice.act(
        person,
        "action",
        container=container,
        block_id=row["block_id"],
        action_id=element["action_id"],
        **chosen,
    )


def card_in(stage: Stage, room: str = GENERAL, person: str = "U0LEAD") -> Json:
    """A card that a command left in a room."""
    stage.replies(Reply(CARD))
    assert stage.practice.command(person, room, "/touchpoint x")["ok"]
    return stage.practice.last(person, room)


def direct(stage: Stage, person: str = "U0LEAD") -> str:
    """The direct chat of a person with the bot."""
    return stage.practice.workspace.direct_room([person, "U0BOT"]).id
