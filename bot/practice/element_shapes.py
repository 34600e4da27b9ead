"""The declared shapes of interactive elements, with Slack's limits (platform facts A5)."""

from collections.abc import Iterator, Mapping

from bot.practice.reading import Json, as_list, as_objects
from bot.practice.shapes import (
    Check,
    Problem,
    also,
    array,
    calendar_day,
    exactly_one,
    flag,
    in_order,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
    whole,
)

ID = string(255)
URL = string(3000, pattern=r"(?s)[A-Za-z][A-Za-z0-9+.-]*:.+")
PERSON = string(30, pattern=r"[UW][A-Z0-9]{2,}")
CHANNEL = string(30, pattern=r"[CG][A-Z0-9]{2,}")
CONVERSATION = string(30, pattern=r"[CDG][A-Z0-9]{2,}")
NUMBER = string(40, pattern=r"-?\d+(\.\d+)?")
STYLE = one_of("primary", "danger")

CONFIRM = shape({"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE})
OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75)})
LINK_OPTION = shape({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
RICH_OPTION = shape({"text": text(75), "value": string(150)}, {"description": text(75)})
OPTIONS = array(OPTION, most=100)
GROUPS = array(shape({"label": plain(75), "options": OPTIONS}), most=100)
FEW_OPTIONS = array(RICH_OPTION, most=10)
FILTER = also(
    shape(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public"), most=4),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
    ),
)
DISPATCH = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), most=2)},
)


def distinct_options(element: Json, at: str) -> Iterator[Problem]:
    """No value is offered twice, since a choice could not be told from another."""
    groups = as_objects(element.get("option_groups"))
    lists = [as_objects(group.get("options")) for group in groups] or [as_objects(element.get("options"))]
    for options in lists:
        values = [option.get("value") for option in options]
        if len(values) != len(set(map(str, values))):
            yield Problem("option values must be unique", at)


def known_initial(element: Json, at: str) -> Iterator[Problem]:
    """What is chosen at first is one of the options, word for word."""
    groups = as_objects(element.get("option_groups"))
    offered = [option for group in groups for option in as_objects(group.get("options"))]
    offered += as_objects(element.get("options"))
    chosen = as_list(element.get("initial_options"))
    if "initial_option" in element:
        chosen = [*chosen, element["initial_option"]]
    if any(option not in offered for option in chosen):
        yield Problem("initial option is not among the options", at)


def initial_fits(element: Json, at: str) -> Iterator[Problem]:
    """The text at first is not longer than the field allows."""
    longest = element.get("max_length", 3000)
    if isinstance(longest, int) and len(str(element.get("initial_value", ""))) > longest:
        yield Problem("initial_value is longer than max_length", f"{at}/initial_value")


BASE: dict[str, Check] = {"action_id": ID}
FOCUS: dict[str, Check] = {**BASE, "focus_on_load": flag}
ASKED: dict[str, Check] = {**FOCUS, "confirm": CONFIRM}
MENU: dict[str, Check] = {**ASKED, "placeholder": plain(150)}
MANY: dict[str, Check] = {**MENU, "max_selected_items": whole(1, 100)}
TYPED: dict[str, Check] = {**FOCUS, "placeholder": plain(150), "dispatch_action_config": DISPATCH}
STATIC: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
ONE_LIST = exactly_one("options", "option_groups")
ANSWERABLE: dict[str, Check] = {"response_url_enabled": flag}
CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": flag, "filter": FILTER}

BUTTONS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        {
            **BASE,
            "url": URL,
            "value": string(2000),
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": also(shape({"options": array(LINK_OPTION, most=5)}, {**BASE, "confirm": CONFIRM}), distinct_options),
}

SELECTS: dict[str, Check] = {
    "static_select": also(
        shape({}, {**MENU, **STATIC, "initial_option": OPTION}), ONE_LIST, distinct_options, known_initial
    ),
    "external_select": shape({}, {**MENU, "initial_option": OPTION, "min_query_length": whole(0, 3000)}),
    "users_select": shape({}, {**MENU, "initial_user": PERSON}),
    "conversations_select": shape({}, {**MENU, **ANSWERABLE, **CONVERSATIONS, "initial_conversation": CONVERSATION}),
    "channels_select": shape({}, {**MENU, **ANSWERABLE, "initial_channel": CHANNEL}),
}

MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": also(
        shape({}, {**MANY, **STATIC, "initial_options": OPTIONS}), ONE_LIST, distinct_options, known_initial
    ),
    "multi_external_select": shape({}, {**MANY, "initial_options": OPTIONS, "min_query_length": whole(0, 3000)}),
    "multi_users_select": shape({}, {**MANY, "initial_users": array(PERSON, most=100)}),
    "multi_conversations_select": shape(
        {}, {**MANY, **CONVERSATIONS, "initial_conversations": array(CONVERSATION, most=100)}
    ),
    "multi_channels_select": shape({}, {**MANY, "initial_channels": array(CHANNEL, most=100)}),
}

CHOICES: dict[str, Check] = {
    "checkboxes": also(
        shape({"options": FEW_OPTIONS}, {**ASKED, "initial_options": FEW_OPTIONS}),
        distinct_options,
        known_initial,
    ),
    "radio_buttons": also(
        shape({"options": FEW_OPTIONS}, {**ASKED, "initial_option": RICH_OPTION}),
        distinct_options,
        known_initial,
    ),
}

PICKERS: dict[str, Check] = {
    "datepicker": shape({}, {**MENU, "initial_date": calendar_day}),
    "timepicker": shape(
        {}, {**MENU, "initial_time": string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d"), "timezone": string(100)}
    ),
}
MOMENT: dict[str, Check] = {
    "datetimepicker": shape({}, {**ASKED, "initial_date_time": whole(1_000_000_000, 9_999_999_999)})
}

INPUTS: dict[str, Check] = {
    "plain_text_input": also(
        shape(
            {},
            {
                **TYPED,
                "initial_value": string(3000, shortest=0),
                "multiline": flag,
                "min_length": whole(0, 3000),
                "max_length": whole(1, 3000),
            },
        ),
        in_order("min_length", "max_length"),
        initial_fits,
    ),
    "email_text_input": shape({}, {**TYPED, "initial_value": string(3000, shortest=0)}),
    "url_text_input": shape({}, {**TYPED, "initial_value": string(3000, shortest=0)}),
    "number_input": also(
        shape(
            {"is_decimal_allowed": flag},
            {**TYPED, "initial_value": NUMBER, "min_value": NUMBER, "max_value": NUMBER},
        ),
        in_order("min_value", "max_value"),
    ),
    "file_input": shape({}, {**BASE, "filetypes": array(string(20), most=100), "max_files": whole(1, 10)}),
}


def element(*tables: Mapping[str, Check]) -> Check:
    """An element of any of these tables."""
    return typed({kind: check for table in tables for kind, check in table.items()})
