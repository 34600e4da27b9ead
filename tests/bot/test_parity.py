"""What the parity table says of a button is what stands on it."""

from __future__ import annotations

import pytest

from bot.parity import surface_rows
from handlers.text import LOCALES, texts


@pytest.mark.parametrize("locale", LOCALES)
def test_a_menus_button_is_called_by_its_name(locale: str) -> None:
    t = texts(locale)
    (row,) = (row for row in surface_rows(t) if row[0] == t("parity.menu.what"))
    assert t("teams.menu.choose") in row[2]
