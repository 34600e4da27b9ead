"""Answers that come late: read from the server at once, handed to the page when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import APIResponse, Page, Request, Route

FRAMES = 2_000
"""So long a question is waited for: half a minute at least."""


@dataclass
class Late:
    """Requests that were caught, each with the answer that the server gave when it was asked."""

    page: Page
    wanted: Callable[[Request], bool]
    most: int
    caught: list[tuple[Route, APIResponse]] = field(default_factory=list[tuple[Route, APIResponse]])
    asked: int = 0

    def catch(self, route: Route) -> None:
        """Keeps the answer of a request that is meant; lets any other pass."""
        if self.asked >= self.most or not self.wanted(route.request):
            route.fallback()
            return
        self.asked += 1
        self.caught.append((route, route.fetch()))

    def wait(self) -> None:
        """Until an answer is here."""
        for _ in range(FRAMES):
            if self.caught:
                return
            self.page.evaluate("new Promise(requestAnimationFrame)")
        raise AssertionError("the page did not ask")

    def arrive(self) -> None:
        """The page gets what was kept, and has done with it whatever it does at once."""
        for route, answer in self.caught:
            with self.page.expect_event("requestfinished", lambda one, mine=route.request: one == mine):
                route.fulfill(response=answer)
        self.caught.clear()
        # an answer of its own comes after those, and so does the frame after it
        self.page.evaluate("fetch('/practice/state').then(one => one.json())")
        self.page.evaluate("new Promise(requestAnimationFrame)")


@contextmanager
def late(page: Page, path: str, *, method: str = "GET", holding: str = "", most: int = 1) -> Generator[Late]:
    """Holds the first `most` answers to requests for `path` that name `holding` in their address or body."""

    def wanted(request: Request) -> bool:
        return request.method == method and holding in f"{request.url} {request.post_data or ''}"

    held = Late(page, wanted, most)
    pattern = f"**{path}*"
    page.route(pattern, held.catch)
    yield held
    page.unroute(pattern, held.catch)
