"""What a person can mend (`UserError`) and what the core tells the edge about storage."""

from __future__ import annotations

from handlers.message import Button, Menu


class UserError(Exception):
    """Something the person can fix: a catalogue key with its values; nothing is saved, the typed text is given back.

    `field` names the form field it belongs to; `text` is what was typed; `buttons` are the ways on, menus among them.
    """

    def __init__(
        self,
        key: str,
        values: dict[str, str | int] | None = None,
        *,
        field: str = "",
        text: str = "",
        buttons: tuple[Button | Menu, ...] = (),
    ) -> None:
        super().__init__(key)
        self.key = key
        self.values: dict[str, str | int] = values or {}
        self.field = field
        self.text = text
        self.buttons = buttons
