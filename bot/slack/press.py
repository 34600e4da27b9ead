"""What a button or menu carries and how it is read back: `id.version.choice`, untrusted when it returns."""

from __future__ import annotations

import re

from bot.slack.limits import ID
from handlers.request import Press

_REPEATED = re.compile(r"#\d+$")
_VALUE = re.compile(r"([^.]*)\.(\d{1,9})\.(.*)", re.DOTALL)


def encode(record: str, version: int, choice: str, *, longest: int) -> str:
    """The value of an element. Raises ValueError where `record` has a dot or all is over `longest` characters.

    Buttons carry record ids and enum words only (decision 2), so either is a mistake of ours, found by golden tests.
    """
    value = f"{record}.{version}.{choice}"
    if "." in record or version < 0 or len(value) > longest:
        raise ValueError(f"not an id, a version and a choice of at most {longest} characters: {value[:80]!r}")
    return value


def decode_press(action_id: str, value: str) -> Press | None:
    """The press that an element with this `action_id` and `value` stands for; None where it is none of ours."""
    action = _REPEATED.sub("", action_id)
    parts = _VALUE.fullmatch(value)
    if not action or len(action_id) > ID or parts is None:
        return None
    return Press(action=action, id=parts[1], version=int(parts[2]), choice=parts[3])


class Names:
    """Action ids of one surface: the first use of an action is its name, a repeated one gets `#2`, `#3`, …"""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def of(self, action: str) -> str:
        """The next id for `action`. Raises ValueError where it is empty, too long, or ends like a repeated one."""
        if not action or len(action) > ID - 6 or _REPEATED.search(action):
            raise ValueError(f"not an action: {action[:80]!r}")
        count = self._used[action] = self._used.get(action, 0) + 1
        return action if count == 1 else f"{action}#{count}"
