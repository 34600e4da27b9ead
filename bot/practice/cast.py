"""The sample organisation as Slack knows it: people, rooms and the app; its history is in `cast_story`."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from bot.practice.workspace import Bot, Person, Room, Team, Tokens, Workspace

TEAM = Team("T0PRACTICE", "みらい精機", "mirai-seiki")
BOT = Bot("U0KAKEHASHI", "B0KAKEHASHI", "A0KAKEHASHI", "架け橋")
PARTNER_TEAM = "T0NOVA"

TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA = "U0TANAKA", "U0SUZUKI", "U0YAMAMOTO", "U0SASAKI", "U0EMMA"
NEWCOMER, GUEST = "U0ITO", "U0SATO"

PEOPLE = (
    Person(TANAKA, "tanaka", "田中 美咲", "ja-JP", "Asia/Tokyo", "member", TEAM.id),
    Person(SUZUKI, "suzuki", "鈴木 健", "ja-JP", "Asia/Tokyo", "member", TEAM.id),
    Person(YAMAMOTO, "yamamoto", "山本 由紀", "ja-JP", "Asia/Tokyo", "member", TEAM.id),
    Person(SASAKI, "sasaki", "佐々木 隆", "ja-JP", "Asia/Tokyo", "member", TEAM.id),
    Person(EMMA, "emma", "Emma Clarke", "en-GB", "Europe/London", "member", TEAM.id),
    Person(NEWCOMER, "ito", "伊藤 楓", "ja-JP", "Asia/Tokyo", "member", TEAM.id),
    Person(GUEST, "sato", "佐藤 (ノヴァ素材)", "ja-JP", "Asia/Tokyo", "stranger", PARTNER_TEAM),
    Person(BOT.user_id, "kakehashi", "架け橋", "ja-JP", "Asia/Tokyo", "bot", TEAM.id),
)
OURS = (TANAKA, SUZUKI, YAMAMOTO, SASAKI, EMMA)
"""Those who have a history; the newcomer has never met the app and is welcomed at first contact."""

GENERAL, NOVA, NOVA_SHARED, LUMINA, ACME = "C0GENERAL", "C0NOVA", "C0NOVASHARED", "C0LUMINA", "C0ACME"

ROOMS = (
    Room(GENERAL, "全社", "channel", (*OURS, NEWCOMER, BOT.user_id), topic="みなさんへのお知らせ"),
    Room(NOVA, "提携-ノヴァ素材", "channel", (TANAKA, SUZUKI, YAMAMOTO, SASAKI, BOT.user_id), topic="社内のみ"),
    Room(
        NOVA_SHARED,
        "共有-ノヴァ素材",
        "channel",
        (TANAKA, SUZUKI, GUEST, BOT.user_id),
        ext_shared=True,
        topic="ノヴァ素材さんとの共有チャンネル",
    ),
    Room(LUMINA, "提携-ルミナ", "private", (TANAKA, YAMAMOTO, SASAKI, BOT.user_id), topic="社内のみ"),
    Room(ACME, "alliance-acme", "channel", (EMMA, SUZUKI, SASAKI, BOT.user_id), topic="Internal only"),
)


def workspace(wall: Callable[[], float], site: str) -> Workspace:
    """A fresh workspace with new secrets; `wall` is the real clock in Unix seconds, `site` the page's address."""
    tokens = Tokens(
        bot=f"xoxb-{secrets.token_hex(12)}",
        app=f"xapp-{secrets.token_hex(12)}",
        signing_secret=secrets.token_hex(16),
    )
    return Workspace(TEAM, list(PEOPLE), list(ROOMS), BOT, tokens, wall, site=site)
