"""The validator of messages and views, as strict as Slack: shapes, limits, and rules across blocks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from bot.practice.block_shapes import MESSAGE_BLOCKS, VIEW
from bot.practice.elements import placed_elements
from bot.practice.reading import Json, as_json, as_list, as_objects, as_text
from bot.practice.shapes import Problem, anything, shape, string

LONGEST_TEXT = 40_000
LONGEST_EDIT = 4_000
LONGEST_TOGETHER = 13_200
"""All texts of one message's blocks together (platform facts I3; undocumented, seen near 13,200)."""
LARGEST_VIEW = 250_000
ATTACHMENTS = 100
NOT_TEXT = frozenset({"type", "block_id", "action_id"})


@dataclass(frozen=True)
class Refusal:
    """Why Slack would refuse: its error word and the messages of response_metadata."""

    error: str
    problems: tuple[str, ...] = ()


def message_refusal(
    *, message_text: str, blocks: object = None, attachments: object = None, editing: bool = False
) -> Refusal | None:
    """What Slack would answer to a message of this content, or None where it would take it.

    `blocks` and `attachments` are the JSON values as sent; None stands for "not given".
    Errors: no_text, msg_too_long, invalid_blocks_format, invalid_blocks, msg_blocks_too_long,
    invalid_attachments, too_many_attachments.
    """
    if not message_text.strip() and not blocks and not attachments:
        return Refusal("no_text")
    if len(message_text) > (LONGEST_EDIT if editing else LONGEST_TEXT):
        return Refusal("msg_too_long")
    if blocks is not None:
        refusal = _blocks_refusal(blocks)
        if refusal:
            return refusal
    return _attachments_refusal(attachments) if attachments is not None else None


def view_refusal(view: object) -> Refusal | None:
    """What Slack would answer to this view, or None: invalid_arguments or view_too_large."""
    problems = [*VIEW(view, "/view")]
    blocks = as_objects(as_json(view).get("blocks"))
    if not problems:
        problems = [*_across(blocks, "/view/blocks"), *_one_focus(blocks, "/view/blocks")]
    if problems:
        return Refusal("invalid_arguments", tuple(map(str, problems)))
    if len(json.dumps(view)) > LARGEST_VIEW:
        return Refusal("view_too_large")
    return None


def options_refusal(answer: object) -> Refusal | None:
    """What Slack would say to the answer of a block_suggestion; the menu stays empty then."""
    given = as_json(answer)
    probe: Json = {"type": "static_select", "action_id": "a", **given}
    block: Json = {"type": "actions", "elements": [probe]}
    if not given.get("options") and not given.get("option_groups"):
        return None if "options" in given or "option_groups" in given else Refusal("invalid_options")
    return _blocks_refusal([block])


def _blocks_refusal(blocks: object) -> Refusal | None:
    if not isinstance(blocks, list):
        return Refusal("invalid_blocks_format")
    listed = as_list(blocks)  # pyright: ignore[reportUnknownArgumentType]
    problems = [*MESSAGE_BLOCKS(listed, "/blocks")]
    if not problems:
        problems = [*_across(as_objects(listed), "/blocks"), *_only_one_table(as_objects(listed))]
    if problems:
        return Refusal("invalid_blocks", tuple(map(str, problems)))
    if _length(listed) + len(listed) > LONGEST_TOGETHER:
        return Refusal("msg_blocks_too_long")
    return None


def _attachments_refusal(attachments: object) -> Refusal | None:
    listed = as_list(attachments)
    if not isinstance(attachments, list) or any(not isinstance(one, dict) for one in listed):
        return Refusal("invalid_attachments")
    if len(listed) > ATTACHMENTS:
        return Refusal("too_many_attachments")
    for one in as_objects(listed):
        refusal = _blocks_refusal(one["blocks"]) if "blocks" in one else None
        if refusal:
            return refusal
    return None


def _across(blocks: list[Json], at: str) -> Iterator[Problem]:
    """No block_id twice in a surface, no action_id twice in a block."""
    seen: set[str] = set()
    for position, block in enumerate(blocks):
        block_id = as_text(block.get("block_id"))
        if block_id and block_id in seen:
            yield Problem(f"`block_id` {block_id} already exists", f"{at}/{position}/block_id")
        seen.add(block_id)
        actions = [as_text(placed.element.get("action_id")) for placed in placed_elements([block])]
        given = [action for action in actions if action]
        if len(given) != len(set(given)):
            yield Problem("`action_id` already exists in this block", f"{at}/{position}/elements")


def _one_focus(blocks: list[Json], at: str) -> Iterator[Problem]:
    focused = [placed for placed in placed_elements(blocks) if placed.element.get("focus_on_load") is True]
    if len(focused) > 1:
        yield Problem("only one element may have `focus_on_load`", at)


def _only_one_table(blocks: list[Json]) -> Iterator[Problem]:
    if sum(block.get("type") == "table" for block in blocks) > 1:
        yield Problem("only_one_table_allowed", "/blocks")


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(_length(one) for one in as_list(value))  # pyright: ignore[reportUnknownArgumentType]
    fields = as_json(value)
    return sum(_length(inner) for key, inner in fields.items() if key not in NOT_TEXT)


METADATA = shape({"event_type": string(255), "event_payload": anything})


def metadata_refusal(metadata: object) -> Refusal | None:
    """Message metadata must be {event_type, event_payload} with an object as payload."""
    fields = as_json(metadata)
    if [*METADATA(metadata, "/metadata")] or not isinstance(fields.get("event_payload"), dict):
        return Refusal("invalid_metadata_format")
    return None
