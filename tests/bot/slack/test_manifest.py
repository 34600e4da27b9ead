"""The manifest lists what the routes listen to, within Slack's limits."""

from __future__ import annotations

import pytest

from bot.practice.reading import Json, as_json, as_list, as_objects
from bot.practice.workspace import DEFAULT_SCOPES
from bot.slack.manifest import SCOPES, SlashCommand, manifest
from bot.slack.routes import EVENTS
from handlers.text import texts

COMMANDS = [SlashCommand("touchpoint", "接点を記録", "ノヴァ 定例。"), SlashCommand("alliance", "提携")]


def made(locale: str, url: str) -> Json:
    return manifest(texts(locale), COMMANDS, name="Kakehashi", public_url=url)


@pytest.mark.parametrize("locale", ["ja", "en"])
@pytest.mark.parametrize("url", ["", "https://bot.example.com"])
def test_texts_keep_within_slacks_limits(locale: str, url: str) -> None:
    shown = as_json(made(locale, url)["display_information"])
    assert len(str(shown["name"])) <= 35
    assert len(str(shown["description"])) <= 140
    assert 175 <= len(str(shown["long_description"])) <= 4000
    (shortcut,) = as_objects(as_json(made(locale, url)["features"])["shortcuts"])
    assert len(str(shortcut["name"])) <= 24


def test_http_has_addresses_and_socket_mode_has_none() -> None:
    socket, http = made("en", ""), made("en", "https://bot.example.com")
    assert "request_url" not in as_json(as_json(socket["settings"])["interactivity"])
    assert as_json(socket["settings"])["socket_mode_enabled"] is True
    address = "https://bot.example.com/slack/events"
    assert as_json(as_json(http["settings"])["event_subscriptions"])["request_url"] == address
    assert [one["url"] for one in as_objects(as_json(http["features"])["slash_commands"])] == [address, address]


def test_scopes_and_events_are_what_the_practice_workspace_grants() -> None:
    assert SCOPES == DEFAULT_SCOPES
    told = as_list(as_json(as_json(made("ja", "")["settings"])["event_subscriptions"])["bot_events"])
    assert told == list(EVENTS)
    assert "message.channels" not in told
