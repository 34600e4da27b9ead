"""Logs: events with stable keys, neither words nor secrets."""

from __future__ import annotations

import json
import logging
import re
from contextlib import closing

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from bot.logs import configure
from storage import db
from tests.bot.shell import Shell


def tell(words: str) -> None:
    """A few events, of ours and of others."""
    log = structlog.stdlib.get_logger("bot.example")
    log.info("example.sent", text=words, token="xoxb-1-a", kind="nudge", detail="with s3cr3t inside")
    log.debug("example.unheard")
    logging.getLogger("slack_sdk").warning("refused: %s", "xapp-1-A-2")
    logging.getLogger("slack_sdk").info("unheard")
    with closing(db.connect("sqlite://")) as database:
        try:
            with database.reading() as session:
                session.connection().exec_driver_sql("SELECT ? FROM nowhere", (words,))
        except OperationalError:
            log.exception("example.failed")


@pytest.mark.parametrize("form", ["text", "json"])
def test_logs_tell_events_and_neither_words_nor_secrets(shell: Shell, form: str) -> None:
    configure(form, secrets=("s3cr3t",))
    tell("ひみつ")
    log = shell.captured.readouterr().err
    assert not re.search(r"ひみつ|xoxb-1|xapp-1|s3cr3t|unheard", log)
    assert all(word in log for word in ("example.sent", "nudge", "refused", "example.failed", "no such table"))
    if form == "json":
        assert {json.loads(line)["event"] for line in log.splitlines()} >= {"example.sent", "example.failed"}
