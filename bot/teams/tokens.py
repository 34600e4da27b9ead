"""Our own token for calls to Microsoft: MSAL in a thread of its own, with a timeout, and cached by MSAL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, cast

from microsoft_teams.api.auth.cloud_environment import CloudEnvironment
from msal import ConfidentialClientApplication  # pyright: ignore[reportMissingTypeStubs]

from bot.payload import Json, as_json, text_at

SECONDS = 5.0
"""MSAL waits so long for each of its calls; by itself it would wait for ever."""

_ENTRA_CODE = re.compile(r"AADSTS\d{3,9}")


class NoToken(Exception):
    """Login gave no token. `reason` is `connection_failed` (it wasn't reached) or `unauthorized` (it refused us).

    `code` is Microsoft's own word for it, such as AADSTS7000215 (wrong secret); "" where it said nothing.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class Tokens(Protocol):
    """What the SDK's client asks for the token of a call."""

    async def get_app_token(self, scope: str, tenant_id: str | None) -> str | None:
        """A token, or None where the call goes without one. Raises NoToken."""
        ...

    def forget(self) -> None:
        """The token that it gave isn't good any more."""
        ...

    def close(self) -> None:
        """Gives up what it waits with."""
        ...


@dataclass(frozen=True)
class GivenTokens:
    """Tokens from elsewhere: tests; none at all for the playground, so that nothing secret leaves the machine."""

    ask: Callable[[str, str | None], str | None] = lambda _scope, _tenant: None

    async def get_app_token(self, scope: str, tenant_id: str | None) -> str | None:
        """What is given."""
        return self.ask(scope, tenant_id)

    def forget(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing is open."""


class Login:
    """Tokens from Entra for the app registration, by its secret; `tenant` is the registration's home.

    The SDK does the same, but asks for Entra's addresses on the event loop and waits without an end (read in
    apps/token_manager.py of 2.1.1 and in msal 1.39).
    """

    def __init__(
        self, app_id: str, secret: str, tenant: str, cloud: CloudEnvironment, *, seconds: float = SECONDS
    ) -> None:
        self._app_id, self._secret, self._seconds = app_id, secret, seconds
        self._authority = f"{cloud.login_endpoint}/{tenant}"
        self._client: ConfidentialClientApplication | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="teams-login")

    async def get_app_token(self, scope: str, tenant_id: str | None) -> str:
        """A token that MSAL has or fetches. Raises NoToken."""
        del tenant_id
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._acquire, scope)

    def _acquire(self, scope: str) -> str:
        try:
            answer = self._asked(scope)
        except (OSError, RuntimeError) as error:  # what `requests` raises, timeouts included, and MSAL for a 3xx
            raise NoToken("connection_failed") from error
        except ValueError as error:  # MSAL: no such tenant, or an answer that isn't Entra's
            raise NoToken("unauthorized", _code(str(error))) from error
        if token := text_at(answer, "access_token"):
            return token
        raise NoToken("unauthorized", _code(text_at(answer, "error_description")) or text_at(answer, "error"))

    def _asked(self, scope: str) -> Json:
        client = self._client
        if client is None:
            client = self._client = ConfidentialClientApplication(
                self._app_id,
                client_credential=self._secret,
                authority=self._authority,
                instance_discovery=False,  # the address is ours to know: nobody else is asked whether it is Microsoft's
                timeout=self._seconds,
            )
        return as_json(cast(object, client.acquire_token_for_client([scope])))  # pyright: ignore[reportUnknownMemberType]

    def forget(self) -> None:
        """MSAL's cache goes with it."""
        self._client = None

    def close(self) -> None:
        """Waits for nothing; what still runs ends by its own timeout."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _code(told: str) -> str:
    found = _ENTRA_CODE.search(told)
    return found[0] if found else ""
