"""What a person can set in a block: its elements, their initial values and the shape of state.values."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.practice.reading import Json, as_json, as_objects, as_text

STATE_FIELDS: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", "initial_files"),
}
"""Element type → (key in the state, key of its initial value in the element)."""


@dataclass(frozen=True)
class Placed:
    """An element and the block that holds it."""

    block_id: str
    element: Json
    block: Json


def placed_elements(blocks: list[Json]) -> Iterator[Placed]:
    """Every interactive element of the blocks, in reading order."""
    for block in blocks:
        block_id = as_text(block.get("block_id"))
        inner: list[Json] = []
        if block.get("type") == "actions":
            inner = as_objects(block.get("elements"))
        elif block.get("type") == "input":
            inner = [as_json(block.get("element"))]
        elif block.get("type") == "section" and "accessory" in block:
            inner = [as_json(block.get("accessory"))]
        for element in inner:
            if element.get("type") != "image":
                yield Placed(block_id, element, block)


def find_element(blocks: list[Json], block_id: str, action_id: str) -> Placed | None:
    """The element of these ids, or None."""
    for placed in placed_elements(blocks):
        if placed.block_id == block_id and placed.element.get("action_id") == action_id:
            return placed
    return None


def initial_values(blocks: list[Json]) -> Json:
    """state.values before anybody touched anything: {block_id: {action_id: {type, value…}}}."""
    values: Json = {}
    for placed in placed_elements(blocks):
        kind = as_text(placed.element.get("type"))
        if kind not in STATE_FIELDS:
            continue
        key, initial = STATE_FIELDS[kind]
        nothing: object = [] if key.endswith("s") else None
        actions = as_json(values.setdefault(placed.block_id, {}))
        action_id = as_text(placed.element.get("action_id"))
        actions[action_id] = {"type": kind, key: placed.element.get(initial, nothing)}
    return values


def overlaid(values: Json, over: Json) -> Json:
    """`values` with those of `over` laid on top, element by element; a type once known stays."""
    result: Json = {block_id: dict(as_json(actions)) for block_id, actions in values.items()}
    for block_id, actions in over.items():
        merged = as_json(result.setdefault(block_id, {}))
        for action_id, state in as_json(actions).items():
            merged[action_id] = {**as_json(merged.get(action_id)), **as_json(state)}
    return result


def only_known(values: Json, blocks: list[Json]) -> Json:
    """The part of state.values that belongs to elements of these blocks."""
    known = initial_values(blocks)
    kept: Json = {}
    for block_id, actions in as_json(known).items():
        given = as_json(values.get(block_id))
        mine: Json = {key: state for key, state in given.items() if key in as_json(actions)}
        if mine:
            kept[block_id] = mine
    return kept


def state_value(placed: Placed, values: Json) -> object:
    """What stands in this element according to state.values; None or an empty list where nothing does."""
    field = STATE_FIELDS.get(as_text(placed.element.get("type")))
    if field is None:
        return None
    state = as_json(as_json(values.get(placed.block_id)).get(as_text(placed.element.get("action_id"))))
    return state.get(field[0])


def is_empty(value: object) -> bool:
    """Whether a person would call it unanswered."""
    return value is None or value == "" or (isinstance(value, list) and not value)


def options_of(element: Json) -> list[Json]:
    """All options that the element offers, those in groups included."""
    grouped = [
        option for group in as_objects(element.get("option_groups")) for option in as_objects(group.get("options"))
    ]
    return [*as_objects(element.get("options")), *grouped]
