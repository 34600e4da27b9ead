"""Microsoft's keys and tokens in tests: a JWKS, bearer tokens for the bot's door, tokens that the bot calls with."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.tenant import APP_ID, Json

ISSUER = "https://api.botframework.com"
KEY_ID = "test-key-1"


@cache
def key(name: str = "ours") -> rsa.RSAPrivateKey:
    """An RSA key, one for each name; made once in a run, since that takes a tenth of a second."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwks(name: str = "ours", key_id: str = KEY_ID) -> Json:
    """The public half, as Microsoft publishes it (with the channel's endorsement)."""
    public: Json = json.loads(RSAAlgorithm.to_jwk(key(name).public_key()))
    return {"keys": [{**public, "kid": key_id, "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}]}


def bearer(
    service_url: str,
    *,
    signed_by: str = "ours",
    key_id: str = KEY_ID,
    algorithm: str = "RS256",
    claims: Mapping[str, object] | None = None,
) -> str:
    """A token as Teams sends it along with an activity; `claims` replace its own, None takes one away."""
    now = int(time.time())
    own: dict[str, object] = {
        "iss": ISSUER,
        "aud": APP_ID,
        "serviceurl": service_url,
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
    }
    payload = {name: value for name, value in {**own, **(claims or {})}.items() if value is not None}
    secret: Any = {"RS256": key(signed_by), "none": None}.get(algorithm, "s" * 64)
    return jwt.encode(payload, secret, algorithm=algorithm, headers={"kid": key_id})


def bot_token(number: int = 0) -> str:
    """What the login service gives the bot to call with: a JWT, which the SDK reads."""
    now = int(time.time())
    return jwt.encode(
        {"iss": ISSUER, "aud": ISSUER, "appid": APP_ID, "iat": now, "exp": now + 3600, "number": number},
        key("login"),
        algorithm="RS256",
    )
