"""Logs: events with stable English keys to stderr, as text or JSON; never a person's words, never a secret."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Collection, Sized
from types import TracebackType
from typing import cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVEL = logging.INFO
OTHERS_LEVEL = logging.WARNING
"""Libraries tell the bodies of requests at DEBUG and INFO."""

TOLD_BY_US = ("urllib3",)
"""Each retry of theirs is a warning; how the call ended is our own event."""
OURS = ("bot", "handlers", "scheduler", "storage")
WORDS = frozenset({"text", "raw", "body", "message", "preview", "summary", "payload", "arguments", "blocks", "view"})
"""Names of values that hold people's words; their length is told instead."""

HIDDEN = "[hidden]"
_TOKEN = re.compile(r"\b(xox[a-z]|xapp|xoxe\.xox[a-z])-[\w.-]+|(?i:bearer\s+)[\w.~+/=-]{12,}")
_GIVEN = re.compile(r"\[parameters: .*|input_value=.*", re.DOTALL)
"""Where messages of SQLAlchemy and Pydantic quote the values that they were given."""


def configure(form: str = "text", *, secrets: Collection[str] = ()) -> None:
    """Send every log of the process to stderr, as `form` says: text (for people) or json (a line per event).

    `secrets` are the values that must not appear anywhere, beside everything that looks like a token.
    """
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _traceback,
        _no_words,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_worth_telling)
    handler.setFormatter(_formatter(shared, renderer, frozenset(each for each in secrets if each)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(OTHERS_LEVEL)
    for name in OURS:
        logging.getLogger(name).setLevel(LEVEL)
    for name in TOLD_BY_US:
        logging.getLogger(name).setLevel(logging.ERROR)


def _formatter(shared: list[Processor], renderer: Processor, secrets: frozenset[str]) -> logging.Formatter:
    def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: masked(value, secrets) if isinstance(value, str) else value for key, value in event.items()}

    def last(logger: WrappedLogger, method: str, event: EventDict) -> str:
        rendered = renderer(logger, method, event)
        return masked(rendered if isinstance(rendered, str) else repr(rendered), secrets)

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide, last],
    )


def _worth_telling(record: logging.LogRecord) -> bool:
    """Bolt finds SLACK_BOT_TOKEN in the environment by itself and wonders why we gave it a client too."""
    return not str(record.msg).startswith("As you gave `client` as well")


def masked(text: str, secrets: Collection[str] = ()) -> str:
    """`text` without tokens and without the values `secrets`."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _TOKEN.sub(HIDDEN, text)


def _no_words(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Values that hold people's words become their length."""
    return {
        key: f"[{len(value)}]" if key in WORDS and isinstance(value, Sized) else value for key, value in event.items()
    }


def _traceback(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as plain lines: where, what kind, and its message without the values that it quotes."""
    given = event.pop("exc_info", None)
    error = _error(given)
    if error is not None:
        event["exception"] = _GIVEN.sub(HIDDEN, "".join(_lines(error))).rstrip()
    return event


def _error(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        error = cast("tuple[object, ...]", given)[1]
        return error if isinstance(error, BaseException) else None
    return sys.exc_info()[1] if given else None


def _lines(error: BaseException) -> list[str]:
    lines: list[str] = []
    if error.__cause__ is not None:
        lines.extend(_lines(error.__cause__))
    frames: TracebackType | None = error.__traceback__
    lines.extend(traceback.format_tb(frames))
    lines.extend(_GIVEN.sub(HIDDEN, line) for line in traceback.format_exception_only(error))
    return lines
