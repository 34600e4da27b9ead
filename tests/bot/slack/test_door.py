"""What isn't from Slack, or isn't what Slack sends, is refused before anything happens."""

from __future__ import annotations

import time

import httpx
import pytest

from bot.practice.delivery import signature
from tests.bot.slack.conftest import Stage


def post(stage: Stage, body: bytes, *, age: int = 0, secret: str = "", headers: dict[str, str] | None = None) -> int:
    """The status that a body gets, signed unless told otherwise."""
    stamp = str(int(time.time()) - age)
    key = secret or stage.practice.workspace.tokens.signing_secret
    signed = {
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature(key, stamp, body.decode("utf-8", "replace")),
        "content-type": "application/x-www-form-urlencoded",
    }
    url = f"{stage.practice.base}/slack/events"
    return httpx.post(url, content=body, headers={**signed, **(headers or {})}, trust_env=False).status_code


COMMAND = b"command=%2Ftouchpoint&text=x&user_id=U0LEAD&team_id=T0OURS&channel_id=C0GENERAL&trigger_id=1.2"


def test_a_signed_command_is_served(stage: Stage) -> None:
    assert post(stage, COMMAND) == 200
    assert len(stage.script.asked) == 1


@pytest.mark.parametrize(
    ("age", "secret", "headers"),
    [
        (0, "wrong", {}),
        (310, "", {}),  # well beyond the five minutes: a second may pass on the way
        (-310, "", {}),
        (0, "", {"x-slack-signature": ""}),
        (0, "", {"x-slack-request-timestamp": "yesterday"}),
        (0, "", {"x-slack-request-timestamp": "9" * 30}),
    ],
)
def test_a_wrong_signature_or_an_old_one_is_401(stage: Stage, age: int, secret: str, headers: dict[str, str]) -> None:
    assert post(stage, COMMAND, age=age, secret=secret, headers=headers) == 401
    assert stage.script.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"payload=%7B",
        b"payload=3",
        b"payload=",
        b"no form at all",
        b'{"type": "event_callback"}',
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        b"payload=%7B%22type%22%3A%22view_submission%22%7D",
    ],
)
def test_a_malformed_payload_is_400_and_nothing_is_done(stage: Stage, body: bytes) -> None:
    assert post(stage, body) in (400, 404)
    assert stage.script.asked == []


def test_what_is_not_utf8_is_refused(stage: Stage) -> None:
    assert post(stage, b"\xff\xfe", headers={"x-slack-signature": "v0=00"}) == 401


def test_a_huge_body_is_refused(stage: Stage) -> None:
    assert post(stage, b"text=" + b"a" * 1_100_000) == 413


def test_slack_verifies_the_address(stage: Stage) -> None:
    assert (
        post(stage, b'{"type": "url_verification", "challenge": "c"}', headers={"content-type": "application/json"})
        == 200
    )
