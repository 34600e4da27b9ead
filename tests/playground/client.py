"""The playground's page in a real Chromium, driven as a person of Teams does: by what is on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from bot.practice import cast_teams as cast
from tests.browser.screen import HEAVY

PERSONAL = "Personal Chat"
GROUP = cast.GROUP_NAME
CHANNEL = f"{cast.TEAM_NAME} - {cast.CHANNEL_NAME}"
SIZE, PICTURE = (1400, 900), (1240, 840)
"""Of the window, and while a picture is taken, without the log."""


@dataclass
class Client:
    """The person's Teams. Every step waits for what it should bring about; nothing sleeps."""

    page: Page
    base: str
    pictures: Path
    visited: set[str] = field(default_factory=lambda: {PERSONAL})

    # -- places

    def open(self) -> Client:
        """The page, in the chat with the app; the bot hears of it (installationUpdate) before we go on."""
        self.page.goto(self.base)
        expect(self._log("installationUpdate 200")).to_be_visible()
        expect(self._log("conversationUpdate 200")).to_be_visible()
        expect(self.box).to_be_visible()
        return self

    def go(self, chat: str) -> None:
        """Choose a chat or channel in the list; when it is opened for the first time, the bot is installed there."""
        installed = self._log("installationUpdate 200")
        before = installed.count()
        self.page.get_by_role("treeitem", name=chat, exact=True).click()
        if chat not in self.visited:
            expect(installed).to_have_count(before + 1)
            self.visited.add(chat)

    def heard(self, words: str) -> None:
        """The playground's log says this, such as `message 200`: the bot has acknowledged an activity."""
        expect(self._log(words).first).to_be_visible()

    # -- words

    @property
    def box(self) -> Locator:
        """Where one types."""
        return self.page.locator("div[role=textbox][contenteditable=true]:visible").first

    def say(self, text: str) -> None:
        """Type a line in a chat and send it."""
        self.box.click()
        self.page.keyboard.insert_text(text)
        expect(self.box).to_contain_text(text)
        self.page.keyboard.press("Enter")
        expect(self.box).not_to_contain_text(text)

    def mention(self, text: str, *, post: bool = False) -> None:
        """@mention the bot and say something to it; a channel's new post is sent by its button."""
        self.box.click()
        self.page.keyboard.type("@")
        self.page.get_by_role("menuitem").get_by_text(cast.NAME, exact=True).click()
        expect(self.box).to_contain_text(cast.NAME)
        self.page.keyboard.insert_text(f" {text}")
        expect(self.box).to_contain_text(text)
        if post:
            self.page.get_by_role("button", name="Post", exact=True).first.click()
        else:
            self.page.keyboard.press("Enter")
        expect(self.box).not_to_contain_text(text)

    @property
    def cards(self) -> Locator:
        """What the bot said in the open chat, without the cards that open inside a card."""
        return self.page.locator(".ac-preview-panel > .ac-adaptiveCard:visible")

    def card(self, *words: str) -> Locator:
        """The newest card that holds all of `words`, once it is there."""
        found = self.cards
        for each in words:
            found = found.filter(has_text=each)
        expect(found.last).to_be_visible()
        return found.last

    # -- buttons

    def press(self, card: Locator, label: str) -> None:
        """Press the button called `label` in a card."""
        card.get_by_role("button", name=label, exact=True).click()

    def choose(self, card: Locator, menu: str, option: str, send: str) -> None:
        """Open the menu whose button begins with `menu`, choose `option`, send it by the button called `send`."""
        card.get_by_role("button", name=re.compile(f"^{re.escape(menu)}")).click()
        pick(self.page, card, option)
        self.press(card, send)

    # -- the message extension

    def compose(self, command: str) -> Locator:
        """The dialog of the composer's action `command`."""
        self.page.get_by_label("Trigger Message Extension App").first.click()
        self.page.get_by_text("Action Command", exact=True).last.click()
        return self._fetch(command)

    def about(self, words: str, command: str) -> Locator:
        """The dialog of the action `command` from the message that says `words`."""
        # A message has its button a moment after its words; until then the nearest one is that of the card below.
        row = self.page.get_by_text(words, exact=True).locator(
            "xpath=ancestor::*[.//button[@aria-label='Show more information']][1]"
            "[not(.//*[contains(@class, 'ac-adaptiveCard')])]"
        )
        row.get_by_label("Show more information").first.click()
        self.page.get_by_role("menuitem", name="Action Command").click()
        return self._fetch(command)

    def form(self, *words: str) -> Locator:
        """The form of the open dialog, once it holds all of `words`."""
        found = self.page.get_by_role("dialog").locator(".ac-adaptiveCard").first
        for each in words:
            expect(found).to_contain_text(each)
        return found

    def fill(self, form: Locator, text: str) -> None:
        """Type into the first field of text."""
        form.locator("textarea, input[type=text]").first.fill(text)

    def send_line(self, text: str) -> None:
        """Send a line by the composer's form for touchpoints."""
        form = self.compose("log")
        self.fill(form, text)
        self.send_form(form)

    def send_form(self, form: Locator) -> None:
        """Press the form's last button, which sends it."""
        form.get_by_role("button").last.click()

    def close(self) -> None:
        """Close the dialog."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Close", exact=True).click()
        expect(dialog).to_have_count(0)

    def _fetch(self, command: str) -> Locator:
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_placeholder("Input command id or leave blanks").fill(command)
        dialog.get_by_role("button", name="Create", exact=True).click()
        return self.form()

    # -- pictures

    def picture(self, what: str) -> None:
        """The screen without the log, or the open dialog alone, as `teams-what.png`, small enough for the README."""
        path = self.pictures / f"teams-{what}.png"
        dialog = self.page.get_by_role("dialog")
        if dialog.count():
            dialog.screenshot(path=path, animations="disabled", caret="hide", scale="css")
        else:
            self._photograph(path)
        assert path.stat().st_size <= HEAVY, f"{path.name} has {path.stat().st_size:,} bytes"

    def _photograph(self, path: Path) -> None:
        hide, show = (self.page.get_by_role("button", name=name) for name in ("Hide log panel", "Toggle Log Panel"))
        hide.click()
        self.page.set_viewport_size({"width": PICTURE[0], "height": PICTURE[1]})
        expect(hide).to_have_count(0)
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=path, animations="disabled", caret="hide", scale="css")
        self.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
        show.click()
        expect(hide).to_be_visible()

    # -- parts of the page

    def _log(self, words: str) -> Locator:
        return self.page.get_by_text(words, exact=True)


def pick(page: Page, card: Locator, option: str) -> None:
    """Choose `option` in the one menu that is open in a card."""
    card.get_by_role("combobox").last.click()
    page.get_by_role("option", name=option, exact=True).click()
