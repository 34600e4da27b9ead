"""The parts of Microsoft's Teams SDK that take requests, loaded without its note on a preview that we don't use.

Loading it reads `.env` into the environment; settings are read before, and nothing here reads the environment.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", r"HtmlWidgetSecurityPolicy is in preview", FutureWarning)
    from microsoft_teams.apps import (
        ActivityEvent,
        CoreActivity,
        HttpServer,
        InboundActivityTokenValidator,
        TokenValidator,
    )
    from microsoft_teams.apps.http import HttpMethod, HttpRouteHandler

__all__ = [
    "ActivityEvent",
    "CoreActivity",
    "HttpMethod",
    "HttpRouteHandler",
    "HttpServer",
    "InboundActivityTokenValidator",
    "TokenValidator",
]
