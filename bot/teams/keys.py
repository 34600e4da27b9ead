"""Who signs for Microsoft: the SDK's own check of a token, with keys that are fetched off the event loop and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import httpx
import jwt
import structlog
from jwt import PyJWK, PyJWKClient, PyJWKSet
from jwt.exceptions import PyJWKClientError, PyJWKSetError, PyJWTError
from microsoft_teams.api.auth.cloud_environment import CloudEnvironment

from bot.payload import Json, as_json, text_at
from bot.teams.sdk import InboundActivityTokenValidator, TokenValidator

YOUNG_SECONDS = 3_600
"""Older keys are fetched anew beside the work, and used until then."""
OLD_SECONDS = 86_400
"""Older keys aren't used: Microsoft asks for a refresh at least once a day."""
PAUSE_SECONDS = 30
"""So long nothing is fetched again for a key that isn't there: tokens with invented keys cost nothing."""
OUTAGE_SECONDS = 5
"""So long nobody asks again after a fetch that failed."""
FETCH_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class KeysUnreachable(Exception):
    """Microsoft's keys couldn't be fetched, so that nobody can be known."""


class Keys:
    """The signing keys at one address; `wall` is Unix seconds. One fetch at a time, whoever waits for it."""

    def __init__(self, address: str, wall: Callable[[], float]) -> None:
        self._address, self._wall = address, wall
        self._held: PyJWKSet | None = None
        self._fetched = self._tried = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    def find(self, key_id: object) -> PyJWK | None:
        """A key for signatures among those that we hold; reads memory only."""
        held = self._held.keys if self._held is not None else []
        return next((key for key in held if key.key_id == key_id and key.public_key_use in ("sig", None)), None)

    async def ready(self, key_id: object) -> None:
        """Sees to it that we hold keys that are good today. Raises KeysUnreachable."""
        age = self._wall() - self._fetched
        if age >= OLD_SECONDS or (self.find(key_id) is None and age >= PAUSE_SECONDS):
            await self._anew()
        elif age >= YOUNG_SECONDS and self._wall() - self._tried >= PAUSE_SECONDS:
            self._begin()
        if self._wall() - self._fetched >= OLD_SECONDS:
            raise KeysUnreachable

    async def close(self) -> None:
        """Gives up a fetch that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait({self._fetching})

    async def _anew(self) -> None:
        if self._fetching is None and self._wall() - self._tried < OUTAGE_SECONDS:
            return
        await asyncio.shield(self._begin())  # whoever waits may leave; the others go on waiting

    def _begin(self) -> asyncio.Task[None]:
        if self._fetching is None:
            self._tried = self._wall()
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._done)
        return self._fetching

    def _done(self, _task: asyncio.Task[None]) -> None:
        self._fetching = None

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS), httpx.AsyncClient(timeout=FETCH_SECONDS) as client:
                answer = (await client.get(self._address)).raise_for_status()
            self._held = PyJWKSet.from_dict(as_json(answer.json()))
        except (httpx.HTTPError, TimeoutError, ValueError, PyJWKSetError) as error:
            log.warning("teams.keys_unreachable", error=type(error).__name__)
            return
        self._fetched = self._wall()
        log.info("teams.keys_fetched", number=len(self._held.keys))


class _Held(PyJWKClient):
    """The place where the SDK's check takes its keys from: it would fetch here, and stop everything meanwhile."""

    def __init__(self, keys: Keys, address: str) -> None:
        super().__init__(address)
        self._keys = keys

    def get_signing_key(self, kid: str) -> PyJWK:
        """The key, if we hold it."""
        found = self._keys.find(kid)
        if found is None:
            raise PyJWKClientError("unknown key")
        return found


class _Check(TokenValidator):
    """The SDK's check of one issuer's tokens, with our keys."""

    def __init__(self, original: TokenValidator, wall: Callable[[], float]) -> None:
        super().__init__(original.options)
        self.keys = Keys(original.options.jwks_uri, wall)
        self._jwks_client = _Held(self.keys, original.options.jwks_uri)


class Validator(InboundActivityTokenValidator):
    """The SDK's check of what comes in: Bot Framework's tokens, and Entra's for Agent 365 of the allowed `tenants`.

    Call `ready` before: `validate_token` only reads what was fetched then.
    """

    def __init__(
        self, app_id: str, tenants: Sequence[str], *, cloud: CloudEnvironment, wall: Callable[[], float]
    ) -> None:
        super().__init__(app_id, cloud)
        self._service_check = self._service_validator = _Check(TokenValidator.for_service(app_id, cloud=cloud), wall)
        self._tenant_checks = {
            tenant: _Check(TokenValidator.for_entra(app_id, tenant, cloud=cloud), wall) for tenant in tenants
        }

    async def ready(self, raw_token: str) -> None:
        """Fetches the keys that the token claims to be signed with. Raises KeysUnreachable, never PyJWTError."""
        try:
            key_id = jwt.get_unverified_header(raw_token).get("kid")
            claims = as_json(jwt.decode(raw_token, options={"verify_signature": False}))
        except (PyJWTError, RecursionError):
            return  # no token at all: the check says so
        check = (
            self._tenant_checks.get(text_at(claims, "tid").lower()) if self.is_entra(claims) else self._service_check
        )
        if check is not None:
            await check.keys.ready(key_id)

    async def validate_token(self, raw_token: str, service_url: str | None = None) -> Json:
        """The claims. Raises PyJWTError and others; only the kind of the error is told in the log."""
        try:
            claims = await super().validate_token(raw_token, service_url)
            if "exp" not in claims:  # the SDK looks at the end of a token only if it has one
                raise jwt.MissingRequiredClaimError("exp")
            return claims
        except Exception as error:
            log.warning("teams.token_refused", why=type(error).__name__)
            raise

    def is_entra(self, claims: Json) -> bool:
        """Whether Entra, and not Bot Framework, made these claims."""
        return self._is_entra_issuer(claims.get("iss"))

    def _get_entra_validator(self, tenant_id: str) -> TokenValidator:
        check = self._tenant_checks.get(tenant_id.lower())
        if check is None:
            raise jwt.InvalidTokenError("not one of our tenants")
        return check

    async def close(self) -> None:
        """Gives up fetches that are under way."""
        for check in (self._service_check, *self._tenant_checks.values()):
            await check.keys.close()
