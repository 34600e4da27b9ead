"""Reading JSON that came from outside: every value is checked before it is used as what it should be."""

import json
from typing import cast

Json = dict[str, object]


def as_json(value: object) -> Json:
    """The value if it is a JSON object, else an empty one."""
    return cast("Json", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The value if it is a JSON array, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def as_objects(value: object) -> list[Json]:
    """The objects of a JSON array; whatever else it holds is left out."""
    return [cast("Json", item) for item in as_list(value) if isinstance(item, dict)]


def as_text(value: object) -> str:
    """The value if it is a string, else an empty string."""
    return value if isinstance(value, str) else ""


def as_whole(value: object, otherwise: int) -> int:
    """A whole number, also when it is written as a string; else `otherwise`."""
    if isinstance(value, bool):
        return otherwise
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else otherwise


def as_flag(value: object) -> bool:
    """True for true, "true", "1" and 1: form-encoded calls carry words."""
    return value is True or value in ("true", "True", "1", 1)


def parsed(raw: str | bytes) -> object:
    """The JSON value of a text, or None where it is not JSON."""
    try:
        value: object = json.loads(raw)
    except ValueError:
        return None
    return value


def without_nothing(fields: Json) -> Json:
    """The same object without the keys whose value is None."""
    return {key: value for key, value in fields.items() if value is not None}
