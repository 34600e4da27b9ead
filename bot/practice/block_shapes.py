"""The declared shapes of blocks and of rich text: a closed table per surface (platform facts A5, A6)."""

from collections.abc import Iterator

from bot.practice.element_shapes import (
    BUTTONS,
    CHANNEL,
    CHOICES,
    ID,
    INPUTS,
    MOMENT,
    MULTI_SELECTS,
    PERSON,
    PICKERS,
    SELECTS,
    URL,
    element,
)
from bot.practice.reading import Json, as_objects
from bot.practice.shapes import (
    Check,
    Problem,
    also,
    array,
    at_least_one,
    exactly_one,
    flag,
    one_of,
    plain,
    shape,
    string,
    text,
    typed,
    whole,
)

FILE = also(shape({}, {"id": string(255), "url": URL}), exactly_one("id", "url"))
PICTURE: dict[str, Check] = {"image_url": URL, "slack_file": FILE}
IMAGE_ELEMENT = also(shape({"alt_text": string(2000)}, PICTURE), exactly_one("image_url", "slack_file"))

# -- rich text -------------------------------------------------------------------------------------

LETTERS: dict[str, Check] = dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag)
MENTION: dict[str, Check] = {
    **{key: check for key, check in LETTERS.items() if key != "code"},
    **dict.fromkeys(("highlight", "client_highlight", "unlink"), flag),
}
TEXT_STYLE: dict[str, Check] = {"style": shape({}, LETTERS)}
MENTION_STYLE: dict[str, Check] = {"style": shape({}, MENTION)}

TEXT_PARTS: dict[str, Check] = {
    "text": shape({"text": string(13_200)}, TEXT_STYLE),
    "link": shape({"url": URL}, {"text": string(3000), "unsafe": flag, **TEXT_STYLE}),
}
PARTS: dict[str, Check] = {
    **TEXT_PARTS,
    "user": shape({"user_id": PERSON}, MENTION_STYLE),
    "channel": shape({"channel_id": CHANNEL}, MENTION_STYLE),
    "usergroup": shape({"usergroup_id": string(30, pattern=r"S[A-Z0-9]{2,}")}, MENTION_STYLE),
    "team": shape({"team_id": string(30, pattern=r"[TE][A-Z0-9]{2,}")}, MENTION_STYLE),
    "emoji": shape({"name": string(100, pattern=r"[\w+'-]+")}, {"unicode": string(100), "skin_tone": whole(1, 6)}),
    "date": shape(
        {"timestamp": whole(0, 99_999_999_999), "format": string(300, pattern=r"(?s).*\{[a-z_]+\}.*")},
        {"url": URL, "fallback": string(300), **TEXT_STYLE},
    ),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}),
    "color": shape({"value": string(20, pattern=r"#[0-9A-Fa-f]{6}")}),
}
LINE = array(typed(PARTS), most=1000)
SECTION_LINE = typed({"rich_text_section": shape({"elements": LINE})})
BORDER: dict[str, Check] = {"border": whole(0, 1)}
RICH: dict[str, Check] = {
    "rich_text_section": shape({"elements": LINE}),
    "rich_text_list": shape(
        {"style": one_of("bullet", "ordered"), "elements": array(SECTION_LINE, most=1000)},
        {"indent": whole(0, 8), "offset": whole(0, 1_000_000), **BORDER},
    ),
    "rich_text_preformatted": shape(
        {"elements": array(typed(TEXT_PARTS), most=1000)}, {"language": string(50), **BORDER}
    ),
    "rich_text_quote": shape({"elements": LINE}, BORDER),
}
RICH_TEXT = shape({"elements": array(typed(RICH), most=1000)}, {"block_id": ID})

RICH_INPUT: dict[str, Check] = {
    "rich_text_input": shape(
        {},
        {
            "action_id": ID,
            "initial_value": typed({"rich_text": RICH_TEXT}),
            "placeholder": plain(150),
            "focus_on_load": flag,
        },
    )
}

# -- blocks ----------------------------------------------------------------------------------------

CELL = typed(
    {
        "raw_text": shape({"text": string(3000)}),
        "rich_text": RICH_TEXT,
        "raw_number": shape({"text": string(3000)}, {"value": whole(-(10**15), 10**15)}),
    }
)
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _column(value: object, at: str) -> Iterator[Problem]:
    if value is not None:
        yield from COLUMN(value, at)


def block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    """A closed block: what is named and, always, an optional block_id."""
    return shape(required, {"block_id": ID, **(optional or {})})


ACCESSORY = typed(
    {
        **BUTTONS,
        **SELECTS,
        **MULTI_SELECTS,
        **CHOICES,
        **PICKERS,
        "image": IMAGE_ELEMENT,
    }
)
ACTION = element(BUTTONS, SELECTS, MULTI_SELECTS, CHOICES, PICKERS, MOMENT)
INPUT = element(SELECTS, MULTI_SELECTS, CHOICES, PICKERS, MOMENT, INPUTS, RICH_INPUT)
CONTEXT_ITEM = typed(
    {
        "image": IMAGE_ELEMENT,
        "plain_text": shape({"text": string(2000)}, {"emoji": flag}),
        "mrkdwn": shape({"text": string(2000)}, {"verbatim": flag}),
    }
)

EVERYWHERE: dict[str, Check] = {
    "section": also(
        block(
            {},
            {
                "text": text(3000),
                "fields": array(text(2000), most=10),
                "accessory": ACCESSORY,
                "expand": flag,
            },
        ),
        at_least_one("text", "fields"),
    ),
    "divider": block({}),
    "header": block({"text": plain(150)}),
    "context": block({"elements": array(CONTEXT_ITEM, most=10)}),
    "actions": block({"elements": array(ACTION, most=25)}),
    "image": also(
        block({"alt_text": string(2000)}, {**PICTURE, "title": plain(2000)}),
        exactly_one("image_url", "slack_file"),
    ),
    "input": block(
        {"label": plain(2000), "element": INPUT}, {"hint": plain(2000), "optional": flag, "dispatch_action": flag}
    ),
    "rich_text": RICH_TEXT,
}
IN_MESSAGES: dict[str, Check] = {
    **EVERYWHERE,
    "markdown": block({"text": string(12_000)}),
    "table": block({"rows": array(array(CELL, most=20), most=100)}, {"column_settings": array(_column, most=20)}),
}

VIEW_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(255, shortest=0),
    "external_id": string(255, shortest=0),
}


def _submit_present(view: Json, at: str) -> Iterator[Problem]:
    if view.get("submit") is None:
        for position, one in enumerate(as_objects(view.get("blocks"))):
            if one.get("type") == "input":
                yield Problem("must define `submit` to use `input` block", f"{at}/blocks/{position}/input")


BLOCKS_OF_VIEW = array(typed(EVERYWHERE), most=100, fewest=0)
VIEW = typed(
    {
        "modal": also(
            shape(
                {"title": plain(24), "blocks": BLOCKS_OF_VIEW},
                {
                    **VIEW_COMMON,
                    "submit": plain(24),
                    "close": plain(24),
                    "clear_on_close": flag,
                    "notify_on_close": flag,
                },
            ),
            _submit_present,
        ),
        "home": shape({"blocks": BLOCKS_OF_VIEW}, VIEW_COMMON),
    }
)
MESSAGE_BLOCKS = array(typed(IN_MESSAGES), most=50, fewest=0)
