"""THE TABLE: what can be typed, pressed and sent in, and which function answers it; help and manifests read it too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from unicodedata import normalize

from handlers import (
    accounts,
    alliances,
    briefs,
    capture,
    checkins,
    corrections,
    entry,
    entry_forms,
    evidence,
    friction,
    friction_card,
    lookup,
    meetings,
    nextsteps,
    notices,
    partners,
    rooms,
    settings,
    today,
    update_answers,
    waiting,
    welcome,
)
from handlers.errors import UserError
from handlers.message import Button, Template
from handlers.request import Command, Ctx, Intent, Press, Reply, Say, Submit
from handlers.text import words

__all__ = ["SLASH", "TABLE", "Button", "Row", "press", "run", "submit"]


@dataclass(frozen=True)
class Row:
    """A command. `name` is stable; the words to type are the catalogue's `command.<name>.words`, in every language.

    `bare`: takes no words after it. `slash`: a slash command of its own; all others follow `/alliance`, or stand alone
    in the direct chat. `topic` and `example` place it in help (an empty topic: not listed).
    """

    name: str
    run: Callable[[Ctx, str], Reply]
    bare: bool = False
    slash: bool = False
    topic: str = ""
    example: str = ""


def _alliance(ctx: Ctx, text: str) -> Reply:
    """`/alliance …`: a sub-command, or an alliance's name."""
    if not text.strip():
        return alliances.list_all(ctx, "")
    found = read_command(text)
    if found is not None and not found[0].slash:
        return found[0].run(ctx, found[1])
    if entry.names_a_known(text, lookup.known(ctx)):
        return alliances.show(ctx, text)
    raise unknown(ctx, text, key="command.sub_unknown")


def _open_help(ctx: Ctx, pressed: Press) -> Reply:
    del pressed
    return show_help(ctx, "")


def show_help(ctx: Ctx, text: str) -> Reply:
    """`help`: everything that can be typed; with a command after it (`help meeting`) that command's own line."""
    found = read_command(text)
    if found is not None and ctx.t.has(f"help.example.{found[0].name}"):
        return Reply(message=welcome.helped_with(ctx.t, _help_row(found[0])))
    return welcome.help(ctx, _help_rows())


def _help_rows() -> list[welcome.HelpRow]:
    return [_help_row(row) for row in TABLE if row.topic]


def _help_row(row: Row) -> welcome.HelpRow:
    return welcome.HelpRow(row.name, words(f"command.{row.name}.words"), row.topic, row.example)


TABLE: tuple[Row, ...] = (
    Row("touchpoint", capture.log_touchpoint, slash=True, topic="log", example="help.example.touchpoint"),
    Row("friction", capture.log_friction, slash=True, topic="log", example="help.example.friction"),
    Row("friction_done", friction.done, topic="log", example="help.example.friction_done"),
    Row("friction_list", friction.open_list, topic="look"),
    Row("alliance", _alliance, slash=True),
    Row("undo", corrections.show_recent, bare=True, topic="log"),
    Row("edit", corrections.show_recent, bare=True),
    Row("today", today.today, bare=True, topic="look", example="help.example.today"),
    Row("brief", briefs.brief, topic="look", example="help.example.brief"),
    Row("steps", nextsteps.my_steps, bare=True, topic="look", example="help.example.steps"),
    Row("done", nextsteps.done, topic="look"),
    Row("list", alliances.list_all, topic="look"),
    Row("show", alliances.show, topic="look"),
    Row("new", alliances.new, topic="alliance", example="help.example.new"),
    Row("people", partners.show, topic="alliance"),
    Row("meeting", meetings.plan, topic="alliance"),
    Row("link", rooms.link, topic="alliance", example="help.example.link"),
    Row("unlink", rooms.unlink, topic="alliance"),
    Row("pause", alliances.pause, topic="alliance"),
    Row("resume", alliances.resume, topic="alliance"),
    Row("settings", settings.settings, bare=True, topic="own", example="help.example.settings"),
    Row("quiet", settings.quiet, topic="own", example="help.example.quiet"),
    Row("account", accounts.account, topic="own"),
    Row("help", show_help),
)

SLASH: tuple[Row, ...] = tuple(row for row in TABLE if row.slash)

ON_CARD: Mapping[str, Callable[[Ctx, Press], Reply]] = {
    "friction.accept": friction.accept,
    "friction.category": friction.set_category,
    "friction.edit": friction.edit,
    "friction.keep": friction.keep,
    "friction.reopen": friction.reopen,
    "friction.resolve": friction.resolve,
    "friction.severity": friction.set_severity,
    "friction.take": friction.take,
    "friction.told": friction.told,
    "friction.visibility": friction.set_visibility,
    "friction.widen": friction.widen,
}
"""The presses on a friction card; the same card also stands inside the answer to a talk."""

PRESSES: Mapping[str, Callable[[Ctx, Press], Reply]] = {
    "account.confirm": accounts.confirm,
    "account.open": accounts.open_card,
    "account.prefer": accounts.prefer,
    "account.unlink": accounts.unlink,
    "alliance.brief": briefs.open_brief,
    "alliance.edit": alliances.open_edit,
    "alliance.list": alliances.open_list,
    "alliance.new": alliances.open_new,
    "alliance.open": alliances.open_card,
    "alliance.pause": alliances.open_pause,
    "alliance.people": partners.open_people,
    "alliance.resume": alliances.press_resume,
    "alliance.rooms": rooms.open_rooms,
    "checkin.later": checkins.press_later,
    "checkin.planned": notices.press_planned,
    "checkin.skip": checkins.press_skip,
    "checkin.spoke": notices.press_spoke,
    "digest.ack": evidence.press_ack,
    "digest.friction": evidence.press_friction,
    "digest.list": evidence.press_list,
    "digest.open": evidence.press_open,
    "digest.reply": evidence.press_reply,
    "entry.ask": waiting.ask,
    "entry.choose": waiting.choose,
    "entry.create": waiting.create,
    "entry.drop": waiting.drop,
    "entry.edit": corrections.edit,
    "entry.plan": waiting.as_plan,
    "entry.recent": corrections.open_recent,
    "entry.take_out": corrections.take_out,
    "entry.today": waiting.as_today,
    "entry.undo": corrections.undo,
    **ON_CARD,
    **{f"{friction_card.WITHIN}{action}": capture.in_talk(answer) for action, answer in ON_CARD.items()},
    "friction.done": friction.done_this,
    "friction.list": friction.list_of,
    "friction.open": entry_forms.open_friction,
    "friction.show": friction.show,
    "help.open": _open_help,
    "meeting.add": meetings.add,
    "meeting.after": meetings.ask_after,
    "meeting.held": briefs.held,
    "meeting.move": meetings.open_move,
    "meeting.open": meetings.open_form,
    "meeting.restore": meetings.restore,
    "meeting.show": meetings.show,
    "meeting.skip": meetings.open_skip,
    "meeting.stop": meetings.stop,
    "people.end": partners.end,
    "people.ours": partners.open_ours,
    "people.theirs": partners.open_theirs,
    "room.link": rooms.press_link,
    "room.unlink": rooms.press_unlink,
    "settings.open": settings.open_form,
    "settings.quiet": settings.press_quiet,
    "step.accept": nextsteps.press_accept,
    "step.decline": nextsteps.press_decline,
    "step.done": nextsteps.press_done,
    "step.drop": nextsteps.press_drop,
    "step.edit": nextsteps.open_edit,
    "step.elsewhere": nextsteps.open_elsewhere,
    "step.mine": nextsteps.open_mine,
    "step.move": nextsteps.open_move,
    "step.open": nextsteps.open_card,
    "step.reopen": nextsteps.press_reopen,
    "step.take": nextsteps.press_take,
    "today.accept": today.accept,
    "today.done": today.done,
    "today.refresh": today.refresh,
    "today.take": today.take,
    "touchpoint.open": entry_forms.open_touchpoint,
    "update.answer": update_answers.press_answer,
    "update.ask": update_answers.press_ask,
    "update.edit": update_answers.press_edit,
    "update.no_change": update_answers.press_no_change,
    "update.share": update_answers.press_share,
}

OPENS_FORM: frozenset[str] = frozenset(
    {
        "alliance.edit", "alliance.new", "alliance.pause", "checkin.skip", "checkin.spoke", "digest.reply",
        "entry.create", "entry.edit", "entry.plan", "friction.edit", "friction.open", "meeting.add", "meeting.move",
        "meeting.open", "meeting.skip", "people.ours", "people.theirs", "settings.open", "step.edit",
        "step.elsewhere", "step.move", "talk.friction.edit", "touchpoint.open", "update.answer", "update.ask",
        "update.edit",
    }
)  # fmt: skip
"""Presses that answer with a form: Teams must know before the press, since only a button made for it opens a dialog."""

FORMS: Mapping[str, Callable[[Ctx, Submit], Reply]] = {
    "alliance.edit": alliances.edit,
    "alliance.new": waiting.create_alliance,
    "alliance.pause": alliances.paused,
    "checkin.skip": checkins.submit_skip,
    "digest.reply": evidence.submit_reply,
    "friction.edit": friction.save,
    "friction.new": entry_forms.new_friction,
    "meeting.move": meetings.edit_move,
    "meeting.new": meetings.planned,
    "meeting.skip": meetings.edit_skip,
    "people.ours": partners.add_ours,
    "people.theirs": partners.add_theirs,
    "settings.save": settings.save,
    "step.edit": nextsteps.edit,
    "step.elsewhere": nextsteps.elsewhere,
    "step.move": nextsteps.move,
    "touchpoint.edit": corrections.edited,
    "touchpoint.new": entry_forms.new_touchpoint,
    "update.answer": update_answers.submit_answer,
    "update.ask": update_answers.submit_ask,
    "update.edit": update_answers.submit_edit,
}


# ---------------------------------------------------------------- how the table is read


def run(ctx: Ctx, name: str, text: str) -> Reply:
    """A slash command: `name` is a row of the table."""
    row = next((row for row in SLASH if row.name == name), None)
    if row is None:
        raise unknown(ctx, f"{name} {text}")
    return row.run(ctx, text)


def asks_who_reads(intent: Intent) -> bool:
    """Whether the answer depends on who can read the place: the edge then asks for it in full (product.md §6)."""
    match intent:
        case Say(text=text, private=private):
            return not private or _links(text)
        case Command(name="alliance", text=text):
            return _links(text)
        case Press(action=action):
            return action == "room.link"
        case _:
            return False


def _links(text: str) -> bool:
    """Whether these words link a room, with or without the word for alliances before them."""
    found = read_command(text)
    if found is not None and found[0].name == "alliance":
        found = read_command(found[1])
    return found is not None and found[0].name == "link"


def press(ctx: Ctx, pressed: Press) -> Reply:
    """A button or menu: looked up by its action; what isn't in the table is from another version of the program."""
    answer = PRESSES.get(pressed.action)
    if answer is None:
        raise UserError("action.unknown")
    return answer(ctx, lookup.picked(pressed))


def submit(ctx: Ctx, sent: Submit) -> Reply:
    """A form that was sent in."""
    answer = FORMS.get(sent.form)
    if answer is None:
        raise UserError("action.unknown")
    return answer(ctx, sent)


@cache
def _words() -> dict[str, Row]:
    """Every word of every language, folded → its row."""
    return {normalize("NFKC", word).casefold(): row for row in TABLE for word in words(f"command.{row.name}.words")}


def read_command(text: str) -> tuple[Row, str] | None:
    """The command at the beginning of `text` (longest word first) and the words after it; None = no command.

    A command that takes no words counts only alone: 「今日」 is a command, 「今日 ノヴァ 定例」 is an entry. A slash
    before it means the same, since platforms pass on one that they don't know as plain words.
    """
    plain = _unslashed(text)
    parts = plain.split(maxsplit=2)
    for count in (2, 1):
        word = " ".join(parts[:count]).casefold()
        row = _words().get(word)
        if row is None or len(parts) < count:
            continue
        rest = plain.split(maxsplit=count)[count] if len(plain.split(maxsplit=count)) > count else ""
        if not (row.bare and rest):
            return row, rest
    return None


def misspelt(text: str) -> bool:
    """Whether a line begins with what is nearly a command behind a slash, or nearly the word for a friction note.

    Read as a touchpoint it would tell more people than was meant.
    """
    plain = _unslashed(text)
    if normalize("NFKC", text).lstrip().startswith("/"):
        return bool(_near(plain))
    word = next(iter(plain.split()), "").casefold()
    notes = [each.casefold() for each in words("command.friction.words") if len(each) > 3]
    return bool(get_close_matches(word, notes, n=1, cutoff=0.8))


def _unslashed(text: str) -> str:
    """`text` in one width, without a slash before it."""
    return normalize("NFKC", text).strip().removeprefix("/").lstrip()


def _near(plain: str) -> list[str]:
    """The command word that the first word is nearly."""
    word = next(iter(plain.split()), "")
    return get_close_matches(word.casefold(), list(_words()), n=1, cutoff=0.6)


def unknown(ctx: Ctx, text: str, key: str = "command.say_unknown") -> UserError:
    """What was typed names no command and no alliance: the nearest command, and help; `key` where none is near."""
    plain = _unslashed(text)
    word, near = next(iter(plain.split()), ""), _near(plain)
    ways = (Button(ctx.t("help.button"), "help.open"),)
    if near:
        return UserError("command.nearest", {"word": word, "nearest": near[0]}, buttons=ways)
    values: dict[str, str | int] = {"word": word} if key == "command.sub_unknown" else {}
    return UserError(key, values, buttons=ways)


# ---------------------------------------------------------------- examples

TEMPLATES: tuple[Template, ...] = (Template("help", lambda t: welcome.helped(t, _help_rows())),)
