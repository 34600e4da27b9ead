"""The practice page in a real Chromium, driven as a person uses it: by what is on the screen."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
)
"""As a container needs them; without the network flags Chromium asks its makers' hosts at every start."""

Width = Literal["desktop", "phone"]
SIZES: dict[Width, tuple[int, int]] = {"desktop": (1280, 800), "phone": (390, 844)}
MOVED = """before => {
  const face = document.querySelector("[data-testid=clock-now]").textContent;
  const told = document.querySelector("#toasts [data-slot=clock]")?.textContent ?? "";
  return document.getElementById("clock").className === "" && face !== before && told.includes(face);
}"""
"""The clock has moved from what it showed, and the notice says so."""
HEAVY = 150_000
"""Bytes that a picture of the README may have."""


def browser_path() -> str:
    """The system's browser; the suite fails without one, since a skipped page is an untested page."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError("no Chromium on this machine: install the system's package `chromium`")


@dataclass
class Screen:
    """One person's browser. Every step waits for what it should bring about; nothing sleeps."""

    page: Page
    base: str
    width: Width
    pictures: Path

    # -- places

    def open(self, who: str, room: str = "app") -> Screen:
        """The page as `who`, in a room (an id, or `app` for the bot's chat)."""
        self.page.goto(f"{self.base}/?as={who}&room={room}")
        expect(self.at("clock-now")).to_have_text(re.compile(r"\d"))
        return self

    def leave(self) -> None:
        """Away from the page, before its server ends: else it would rightly complain that nobody answers."""
        self.page.goto("about:blank")

    def go(self, room: str) -> None:
        """Choose a room in the list; a phone opens the list first."""
        if self.width == "phone":
            self.at("open-side").tap()
        self.at(f"room-{room}").click()
        expect(self.at(f"room-{room}")).to_have_attribute("aria-current", "page")

    def become(self, who: str) -> None:
        """Switch the person."""
        self.at("person").click()
        self.at(f"person-{who}").click()
        expect(self.page).to_have_url(re.compile(f"as={who}\\b"))
        expect(self.at("person")).to_have_attribute("data-person", who)

    def speak(self, language: Literal["ja", "en"]) -> None:
        """Switch the person's language; a phone shows only the other one."""
        self.at(f"language-{language}").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        expect(self.at("language")).to_have_attribute("aria-busy", "false")

    def clock(self, step: str) -> None:
        """Move the practice clock by one of its buttons; a narrow screen keeps them in a card."""
        before = self.at("clock-now").inner_text()
        if self.width == "phone":
            self.at("clock").tap()
            self.at(f"clock-{step}-card").tap()
        else:
            self.at(f"clock-{step}").click()
        # in one look, at every frame: a toast does not stay
        self.page.wait_for_function(MOVED, arg=before)

    # -- words

    def type(self, text: str) -> None:
        """Type a line and send it, with Enter or, on a phone, with the arrow."""
        self.at("composer").fill(text)
        self.send()

    def send(self) -> None:
        """Send what stands in the composer."""
        if self.width == "phone":
            self.at("send").tap()
        else:
            self.at("composer").press("Enter")
        expect(self.at("composer")).to_have_value("")

    @property
    def messages(self) -> Locator:
        """The rows of the open room."""
        return self.page.locator("#messages .message")

    @property
    def last(self) -> Locator:
        """The newest row."""
        return self.messages.last

    @property
    def form(self) -> Locator:
        """The open form."""
        return self.at("modal")

    def at(self, testid: str) -> Locator:
        """What carries this mark."""
        return self.page.get_by_test_id(testid)

    def says(self, *words: str) -> Locator:
        """The newest row, once it holds all of `words`."""
        for each in words:
            expect(self.last).to_contain_text(each)
        return self.last

    def press(self, label: str, inside: Locator | None = None) -> None:
        """Press the button called `label` in a row (the newest if none is named)."""
        (inside or self.last).get_by_role("button", name=label, exact=True).click()

    def menu(self, action: str) -> Locator:
        """The menu of the newest row whose action is `action` (its table row, e.g. friction.category)."""
        return self.last.locator(f"select[data-testid^='action-{action}']")

    def choose(self, action: str, label: str) -> None:
        """Choose `label` in a menu of the newest row."""
        self.menu(action).select_option(label=label)

    def field(self, name: str) -> Locator:
        """A field of the open form."""
        return self.form.locator(f"[data-block^='{name}']")

    def send_form(self) -> None:
        """Send the open form and see it close."""
        self.at("modal-submit").click()
        expect(self.form).to_be_hidden()

    # -- pictures

    def picture(self, what: str, language: Literal["ja", "en"] = "ja") -> None:
        """The screen as it is now, as `what-width-language.png`, small enough for the README."""
        if self.page.get_by_test_id("toast").count():
            self.page.evaluate("document.getElementById('toasts').replaceChildren()")
        self.page.mouse.move(0, 0)
        path = self.pictures / f"{what}-{self.width}-{language}.png"
        wide, high = SIZES[self.width]
        if self.width == "desktop":
            self.page.set_viewport_size({"width": 1104, "height": 740})
        self.page.screenshot(path=path, animations="disabled", caret="hide", scale="css")
        self.page.set_viewport_size({"width": wide, "height": high})
        assert path.stat().st_size <= HEAVY, f"{path.name} has {path.stat().st_size:,} bytes"
