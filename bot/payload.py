"""Reads what a platform sent without trusting its shape: whatever is missing or of another kind is empty."""

from __future__ import annotations

from typing import cast

Json = dict[str, object]


def as_json(value: object) -> Json:
    """`value` where it is an object, else {}."""
    return cast(Json, value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """`value` where it is a list, else []."""
    return cast(list[object], value) if isinstance(value, list) else []


def at(body: object, *path: str) -> object:
    """What stands in nested objects under these keys, or None."""
    for key in path:
        body = as_json(body).get(key)
    return body


def text_at(body: object, *path: str) -> str:
    """The text under these keys, or ""."""
    value = at(body, *path)
    return value if isinstance(value, str) else ""


def json_at(body: object, *path: str) -> Json:
    """The object under these keys, or {}."""
    return as_json(at(body, *path))


def list_at(body: object, *path: str) -> list[Json]:
    """The objects of the list under these keys."""
    return [as_json(item) for item in as_list(at(body, *path))]
