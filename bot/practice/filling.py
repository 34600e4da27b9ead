"""The checks that Slack's client makes before a form is sent: required fields, lengths, numbers, addresses."""

import re

from bot.practice.elements import Placed, is_empty, options_of, placed_elements, state_value
from bot.practice.reading import Json, as_json, as_list, as_objects, as_text, as_whole

Fault = tuple[str, dict[str, str]]
"""Key of the sentence, and its holes."""


def problems_of(blocks: list[Json], values: Json) -> dict[str, Fault]:
    """What keeps this form from being sent: block_id → sentence; empty where it may go."""
    found: dict[str, Fault] = {}
    for placed in placed_elements(blocks):
        if placed.block.get("type") != "input":
            continue
        fault = _fault(placed, state_value(placed, values))
        if fault is not None:
            found[placed.block_id] = fault
    return found


def _fault(placed: Placed, value: object) -> Fault | None:
    if is_empty(value):
        return None if placed.block.get("optional") is True else ("practice.slack.required", {})
    element = placed.element
    match element.get("type"):
        case "plain_text_input":
            return _length_fault(element, as_text(value))
        case "number_input":
            return _number_fault(element, as_text(value))
        case "email_text_input":
            fine = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", as_text(value))
            return None if fine else ("practice.slack.email", {})
        case "url_text_input":
            return None if re.fullmatch(r"https?://\S+", as_text(value)) else ("practice.slack.url", {})
        case "static_select" | "radio_buttons" | "multi_static_select" | "checkboxes":
            return _choice_fault(element, value)
        case _:
            return None


def _length_fault(element: Json, value: str) -> Fault | None:
    longest, shortest = as_whole(element.get("max_length"), 3000), as_whole(element.get("min_length"), 0)
    if len(value) > longest:
        return "practice.slack.too_long", {"n": str(longest)}
    if len(value) < shortest:
        return "practice.slack.too_short", {"n": str(shortest)}
    return None


def _number_fault(element: Json, value: str) -> Fault | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") is True else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "practice.slack.number", {}
    low, high = element.get("min_value"), element.get("max_value")
    if low is not None and float(value) < float(str(low)):
        return "practice.slack.too_small", {"n": str(low)}
    if high is not None and float(value) > float(str(high)):
        return "practice.slack.too_big", {"n": str(high)}
    return None


def _choice_fault(element: Json, value: object) -> Fault | None:
    offered = {as_text(option.get("value")) for option in options_of(element)}
    chosen = as_objects(value) if as_list(value) else [as_json(value)]
    if any(as_text(option.get("value")) not in offered for option in chosen):
        return "practice.slack.choice", {}
    return None
