"""The lines to Teams' connector API: which addresses get our token, how long we wait, when we try again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Literal
from urllib.parse import quote, urlsplit

import httpx
from microsoft_teams.api.auth.cloud_environment import PUBLIC, CloudEnvironment
from microsoft_teams.common import Client, ClientOptions

from bot.payload import Json, as_json, list_at, text_at
from bot.settings import Teams
from bot.teams.references import Reference
from bot.teams.tokens import NoToken, Tokens

INTERACTIVE_SECONDS, DELIVERY_SECONDS = 3.0, 10.0
PAGE = 500
"""Members asked for at once; Teams gives 50 to 500."""

HOSTS = frozenset(
    {"smba.trafficmanager.net", "smba.onyx.prod.teams.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"}
)
"""Where Teams' connector lives in Microsoft's public cloud (Teams SDK documentation, "Service URL validation").

No wildcards: anybody can have a name below trafficmanager.net, and *.botframework.com are channels that aren't Teams.
"""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_PATH_SAFE = ":@;=,+!$&'()*~"
_TARGETED = "isTargetedActivity=true"
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")

Verb = Literal["GET", "POST", "PUT", "DELETE"]


class CallFailed(Exception):
    """A call that Microsoft refused or that did not come through.

    `reason` is Microsoft's own code (`MessageWritesBlocked`, `ConversationNotFound` …) or one of `timeout`,
    `connection_failed` (never sent), `connection_reset`, `server_error`, `rate_limited`, `unauthorized` (our token),
    `forbidden`, `not_found`, `too_large`, `refused`, `foreign_address` (not Microsoft's: never sent). `after` is the
    seconds that Microsoft named, `status` the HTTP status (0 where there was none), `code` Microsoft's own word beside
    a reason of ours (AADSTS…).
    """

    def __init__(self, reason: str, *, after: float | None = None, status: int = 0, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.status = status
        self.code = code


@dataclass(frozen=True)
class Retry:
    """How often a call is tried, and the seconds between: `base` doubled each time up to `longest`, with jitter.

    `waits` is the sum of the pauses that one call may make.
    """

    tries: int = 4
    base: float = 0.4
    longest: float = 5.0
    waits: float = 2.0


INTERACTIVE_RETRY, DELIVERY_RETRY = Retry(), Retry(waits=15.0)


class Connection:
    """The calls of one installation; each try waits `seconds` for its whole answer.

    412 and 429 (nothing was done) and what was never sent are tried again up to `retry.tries` times; 502 and 504 also,
    but a message, which could then stand there twice, only once (decision 21); a refused token is fetched anew once.
    All in all that takes the time of two tries and the pauses: 8 s, in a delivery 35 s. A Retry-After is kept: where
    it is longer than we may wait, it goes to the caller. Every method raises CallFailed, and nothing else.
    """

    def __init__(
        self,
        teams: Teams,
        tokens: Tokens,
        *,
        cloud: CloudEnvironment = PUBLIC,
        seconds: float = INTERACTIVE_SECONDS,
        retry: Retry = INTERACTIVE_RETRY,
    ) -> None:
        self._app_id, self._scope = teams.app_id, cloud.bot_scope
        self._loopback = trusts_loopback(teams, cloud)
        self._seconds, self._retry = seconds, retry
        self._longest = 2 * seconds + retry.waits
        self._jitter = SystemRandom()
        self._tokens = tokens
        self._client = Client(ClientOptions(timeout=seconds, token=self._bearer))

    async def close(self) -> None:
        """Closes the kept lines."""
        await self._client.http.aclose()

    def trusts(self, address: str) -> bool:
        """Whether a service URL may be called with our token."""
        return trusted(address, loopback=self._loopback)

    async def token(self) -> str:
        """Our token, for `doctor`; "" in the playground. Raises CallFailed (`unauthorized`, `connection_failed`)."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._bearer() or ""
        except NoToken as error:
            raise CallFailed(error.reason, code=error.code) from error
        except TimeoutError as error:
            raise CallFailed("connection_failed") from error

    # -- what is written

    async def send(self, ref: Reference, activity: Json) -> str:
        """Posts to the conversation; the new activity's id ("" where Teams gives none, as for typing)."""
        return text_at(await self._call("POST", _activities(ref), activity), "id")

    async def targeted(self, ref: Reference, user: str, activity: Json) -> str:
        """Posts what only `user` (29:…) sees in a room; the new activity's id."""
        body = {**activity, "recipient": {"id": user, "isTargeted": True}}
        return text_at(await self._call("POST", f"{_activities(ref)}?{_TARGETED}", body), "id")

    async def update(self, ref: Reference, activity_id: str, activity: Json, *, targeted: bool = False) -> None:
        """Puts `activity` in the place of one of ours."""
        body = {**activity, "id": activity_id}
        await self._call("PUT", _activity(ref, activity_id, targeted=targeted), body)

    async def delete(self, ref: Reference, activity_id: str, *, targeted: bool = False) -> None:
        """Takes one of our activities away."""
        await self._call("DELETE", _activity(ref, activity_id, targeted=targeted))

    async def open_direct(self, tenant: str, address: str, user: str) -> str:
        """The id of the 1:1 conversation with `user` (29:… or Entra object id), made where there is none."""
        wanted: Json = {
            "isGroup": False,
            "bot": {"id": f"28:{self._app_id}"},
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        answer = await self._call("POST", f"{address.rstrip('/')}/v3/conversations", wanted)
        if conversation := text_at(answer, "id"):
            return conversation
        raise CallFailed("server_error")

    # -- what is read

    async def member(self, ref: Reference, user: str) -> Json:
        """One member of the conversation, by 29:… or Entra object id."""
        return await self._call("GET", f"{_roster(ref)}/members/{_part(user)}")

    async def members(self, ref: Reference, limit: int) -> tuple[list[Json], bool]:
        """The first members of the conversation, at most `limit`, and whether there are more.

        All pages together take no longer than one call may.
        """
        try:
            async with asyncio.timeout(self._longest):
                return await self._paged(ref, limit)
        except TimeoutError as error:
            raise CallFailed("timeout") from error

    # -- the line

    async def _paged(self, ref: Reference, limit: int) -> tuple[list[Json], bool]:
        found: list[Json] = []
        following = ""
        while True:
            more = f"&continuationToken={quote(following, safe='')}" if following else ""
            url = f"{_roster(ref)}/pagedMembers?pageSize={PAGE}{more}"
            page = await self._call("GET", url)
            people, before, following = list_at(page, "members"), following, text_at(page, "continuationToken")
            found.extend(people)
            if len(found) > limit or not following or following == before or not people:
                return found[:limit], len(found) > limit or bool(following)

    async def _bearer(self) -> str | None:
        return await self._tokens.get_app_token(self._scope, None)

    async def _call(self, verb: Verb, url: str, body: Json | None = None) -> Json:
        if not self.trusts(url):
            raise CallFailed("foreign_address")
        try:
            async with asyncio.timeout(self._longest):
                return await self._tried(verb, url, body)
        except TimeoutError as error:
            raise CallFailed("timeout") from error

    async def _tried(self, verb: Verb, url: str, body: Json | None) -> Json:
        number, waited = 1, 0.0
        while True:
            try:
                return await self._once(verb, url, body)
            except CallFailed as failure:
                pause = self._pause(number, failure)
                if number >= _most(verb, failure, self._retry.tries) or waited + pause > self._retry.waits:
                    raise
                if failure.status == 401:
                    self._tokens.forget()
            number, waited = number + 1, waited + pause
            await asyncio.sleep(pause)

    async def _once(self, verb: Verb, url: str, body: Json | None) -> Json:
        try:
            # httpx counts each read by itself, so that an answer in drops would never end.
            async with asyncio.timeout(self._seconds):
                answer = await self._client.request(verb, url, json=body)
                return _read(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, NoToken) as error:
            raise failed(error) from error

    def _pause(self, number: int, failure: CallFailed) -> float:
        longest = min(self._retry.base * 2 ** (number - 1), self._retry.longest)
        return (failure.after or 0.0) + self._jitter.uniform(longest / 2, longest)


# ---------------------------------------------------------------- addresses


def trusts_loopback(teams: Teams, cloud: CloudEnvironment) -> bool:
    """Whether this machine counts as Microsoft: in the playground, and where the keys come from it (tests)."""
    return teams.open or urlsplit(cloud.openid_metadata_url).hostname in LOOPBACK


def trusted(address: str, *, loopback: bool) -> bool:
    """Whether `address` is Teams' connector: https and Microsoft's host, or this machine where `loopback` says so."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or "\\" in address or not address.isprintable():
        return False
    if loopback and parts.scheme in ("http", "https") and host in LOOPBACK:
        return True
    return parts.scheme == "https" and host in HOSTS and port in (None, 443)


def _part(value: str) -> str:
    """An id as one part of a path: it can't lead anywhere else."""
    return quote(value, safe=_PATH_SAFE) if value.strip(".") else "-"


def _conversation(ref: Reference, conversation: str) -> str:
    return f"{ref.address.rstrip('/')}/v3/conversations/{_part(conversation)}"


def _roster(ref: Reference) -> str:
    return _conversation(ref, ref.conversation.partition(";")[0])  # a thread has the members of its channel


def _activities(ref: Reference) -> str:
    return f"{_conversation(ref, ref.conversation)}/activities"


def _activity(ref: Reference, activity_id: str, *, targeted: bool) -> str:
    return f"{_activities(ref)}/{_part(activity_id)}{f'?{_TARGETED}' if targeted else ''}"


# ---------------------------------------------------------------- answers


def _read(answer: httpx.Response) -> Json:
    """The body; {} where there is none (typing, delete) or where it isn't an object."""
    try:
        return as_json(answer.json())
    except ValueError:
        return {}


def failed(error: httpx.HTTPError | httpx.InvalidURL | TimeoutError | NoToken) -> CallFailed:
    """What an error of the SDK's client or of the line means."""
    match error:
        case NoToken():
            return CallFailed(error.reason, code=error.code)
        case httpx.HTTPStatusError():
            return _refused(error.response)
        case httpx.InvalidURL():
            return CallFailed("foreign_address")
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return CallFailed("connection_failed")
        case TimeoutError() | httpx.TimeoutException():
            return CallFailed("timeout")
        case _:
            return CallFailed("connection_reset")


_BY_STATUS: Mapping[int, str] = {401: "unauthorized", 403: "forbidden", 404: "not_found", 413: "too_large"}


def _refused(answer: httpx.Response) -> CallFailed:
    status, after = answer.status_code, _seconds(answer.headers.get("retry-after", ""))
    if status == 429:
        return CallFailed("rate_limited", after=after, status=status)
    if status == 412 or status < 400 or (status >= 500 and status != 501):
        return CallFailed("server_error", after=after, status=status, code=_code(answer))
    if status == 401:
        return CallFailed("unauthorized", status=status, code=_code(answer))
    return CallFailed(_code(answer) or _BY_STATUS.get(status, "refused"), status=status)


def _code(answer: httpx.Response) -> str:
    """Microsoft's word for the refusal; "" where it isn't a word."""
    found = text_at(_read(answer), "error", "code")
    return found if _CODE.fullmatch(found) else ""


def _seconds(given: str) -> float | None:
    return float(given) if given.isascii() and given.isdecimal() and len(given) < 7 else None


def _most(verb: Verb, failure: CallFailed, tries: int) -> int:
    """How often a call that failed so is tried at most, the first time included."""
    if failure.status in (412, 429) or failure.reason == "connection_failed":
        return tries
    if failure.status == 401:
        return 2
    if failure.status in (502, 504):
        return 2 if verb == "POST" else tries
    return 1
