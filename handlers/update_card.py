"""Progress updates as people see them: the drafts for the lead, the post in the room, questions and answers."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.message import (
    Block,
    Button,
    Buttons,
    ChoiceField,
    Divider,
    Fact,
    Facts,
    Form,
    Heading,
    Line,
    Message,
    Note,
    Option,
    Paragraph,
    Quote,
    Template,
    TextField,
    line_of,
)
from handlers.text import Texts
from storage.models.records import SLOTS

LONGEST = 300
WORRY = "worry"


@dataclass(frozen=True)
class Slot:
    """One of the two things that are told: its name (`SLOTS`) and its words, "" = none yet."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Draft:
    """An update as its lead sees it. `rooms` are the names of the linked rooms.

    `monday` is what the coming digest would say of the alliance, for the lead to put right (product.md §5).
    """

    id: str
    version: int
    alliance: str
    purpose: str
    slots: tuple[Slot, ...]
    state: str = "drafted"
    worry_internal: bool = False
    rooms: tuple[str, ...] = ()
    monday: str = ""


def public(slots: tuple[Slot, ...], *, worry_internal: bool) -> tuple[Slot, ...]:
    """What goes into a room: what has words, and 懸念 only where the author ticked it (product.md §5)."""
    return tuple(slot for slot in slots if slot.text and (slot.name != WORRY or worry_internal))


def prompt(t: Texts, drafts: tuple[Draft, ...]) -> Message:
    """Thursday's message: at most two alliances, each drafted from the log and answered by one tap."""
    open_ones = any(draft.state == "drafted" for draft in drafts)
    blocks: list[Block] = [Paragraph(t.line("update.head" if open_ones else "update.head.done"))]
    for number, draft in enumerate(drafts):
        if number:
            blocks.append(Divider())
        blocks.extend(_drafted(t, draft))
    if open_ones:
        blocks.append(Note(t.line("update.nothing_posted")))
    return Message(tuple(blocks), t("update.preview"))


def _drafted(t: Texts, draft: Draft) -> list[Block]:
    blocks: list[Block] = [Paragraph(_head(t, draft.alliance, draft.purpose))]
    if draft.state == "no_change":
        return [*blocks, Note(t.line("update.settled.no_change"))]
    blocks.append(Facts(tuple(_fact(t, slot) for slot in draft.slots)))
    if draft.state == "shared":
        return [*blocks, Note(t.line("update.settled.shared"))]
    if any(slot.name == WORRY and slot.text for slot in draft.slots):
        blocks.append(Note(t.line("update.worry.room" if draft.worry_internal else "update.worry.inside")))
    if not draft.rooms:
        blocks.append(Note(t.line("update.no_room")))
    if draft.monday:
        blocks.append(Note(t.line("update.monday", said=draft.monday)))
    blocks.append(Buttons(_ways(t, draft)))
    return blocks


def _ways(t: Texts, draft: Draft) -> tuple[Button, ...]:
    of = (draft.id, draft.version)
    edit = Button(t("update.button.edit"), "update.edit", *of)
    same = Button(t("update.button.no_change"), "update.no_change", *of)
    if not any(slot.text for slot in draft.slots):
        return Button(t("update.button.write"), "update.edit", *of), same
    if public(draft.slots, worry_internal=draft.worry_internal) and not draft.rooms:
        return edit, same
    return Button(t("update.button.share"), "update.share", *of, style="primary"), edit, same


def _head(t: Texts, alliance: str, purpose: str) -> Line:
    if purpose:
        return t.line("update.of", alliance=alliance, purpose=purpose)
    return t.line("update.of.bare", alliance=alliance)


def _fact(t: Texts, slot: Slot) -> Fact:
    return Fact(t(f"update.slot.{slot.name}"), line_of(slot.text) if slot.text else t.line("update.empty"))


def told(t: Texts, key: str, alliance: str, rooms: tuple[str, ...] = ()) -> Message:
    """What happened to an update, in one line. `key` is one of `update.did.*`."""
    return Message((Paragraph(t.line(key, alliance=alliance, rooms=t.join(rooms))),), t("update.did.preview"))


# ---------------------------------------------------------------- in the room


@dataclass(frozen=True)
class Post:
    """What colleagues read: only what is public."""

    id: str
    alliance: str
    purpose: str
    slots: tuple[Slot, ...]


def post(t: Texts, facts: Post) -> Message:
    """The update in the linked room, with a way to ask."""
    blocks: list[Block] = [
        Paragraph(_posted(t, facts)),
        Facts(tuple(_fact(t, slot) for slot in facts.slots)),
        Note(t.line("update.post.ask")),
        Buttons((Button(t("update.button.ask"), "update.ask", facts.id),)),
    ]
    return Message(tuple(blocks), t("update.post.preview", alliance=facts.alliance))


def _posted(t: Texts, facts: Post) -> Line:
    if facts.purpose:
        return t.line("update.post.head", alliance=facts.alliance, purpose=facts.purpose)
    return t.line("update.post.head.bare", alliance=facts.alliance)


@dataclass(frozen=True)
class Asked:
    """A colleague's question, and the answer once there is one."""

    id: str
    alliance: str
    asker: str
    text: str
    answer: str = ""
    answerer: str = ""


def question(t: Texts, facts: Asked) -> Message:
    """To the lead: who asks what."""
    blocks: list[Block] = [
        Paragraph(t.line("update.question.head", asker=facts.asker, alliance=facts.alliance)),
        Quote(line_of(facts.text)),
    ]
    if facts.answer:
        blocks.extend((Note(t.line("update.question.answered")), Quote(line_of(facts.answer))))
    else:
        blocks.append(Buttons((Button(t("update.button.answer"), "update.answer", facts.id, style="primary"),)))
    return Message(tuple(blocks), t("update.question.preview", alliance=facts.alliance))


def answered(t: Texts, facts: Asked) -> Message:
    """To the asker: the answer below their question."""
    blocks: tuple[Block, ...] = (
        Paragraph(t.line("update.answer.head", answerer=facts.answerer, alliance=facts.alliance)),
        Quote(line_of(facts.text)),
        Paragraph(line_of(facts.answer)),
    )
    return Message(blocks, t("update.answer.preview", alliance=facts.alliance))


# ---------------------------------------------------------------- forms


def edit_form(t: Texts, draft: Draft) -> Form:
    """直す: both slots, 懸念 into the room or not, and whether to share at once."""
    one, two = draft.slots[0], draft.slots[1]
    return Form(
        name="update.edit",
        title=t("update.edit.title"),
        submit=t("button.save"),
        cancel=t("button.cancel"),
        id=draft.id,
        version=draft.version,
        intro=(Heading(draft.alliance),),
        fields=(
            _slot_field(t, "slot_one", one),
            _text_field(t, "text_one", one),
            _slot_field(t, "slot_two", two),
            _text_field(t, "text_two", two),
            ChoiceField(
                "worry",
                t("update.edit.worry"),
                (Option("internal", t("update.edit.worry.internal")),),
                initial=("internal",) if draft.worry_internal else (),
                optional=True,
                many=True,
                shown=True,
            ),
            *(_then(t) if draft.rooms else ()),
        ),
    )


def _then(t: Texts) -> tuple[ChoiceField, ...]:
    """Whether to share at once: asked where there is a room to share in."""
    options = (Option("share", t("update.edit.then.share")), Option("keep", t("update.edit.then.keep")))
    return (ChoiceField("then", t("update.edit.then"), options, initial=("keep",), shown=True),)


def _slot_field(t: Texts, name: str, slot: Slot) -> ChoiceField:
    options = tuple(Option(each, t(f"update.slot.{each}")) for each in SLOTS)
    return ChoiceField(name, t("update.edit.slot"), options, initial=(slot.name,))


def _text_field(t: Texts, name: str, slot: Slot) -> TextField:
    return TextField(
        name,
        t("update.edit.text"),
        initial=slot.text[:LONGEST],
        optional=True,
        multiline=True,
        placeholder=t(f"update.example.{slot.name}"),
        longest=LONGEST,
    )


def ask_form(t: Texts, update: str, alliance: str) -> Form:
    """質問する: one line to the lead."""
    return _words_form(t, "update.ask", update, t.line("update.ask.intro", alliance=alliance))


def answer_form(t: Texts, facts: Asked) -> Form:
    """答える: one line back to the asker."""
    return _words_form(t, "update.answer", facts.id, t.line("update.answer.intro", asker=facts.asker, text=facts.text))


def _words_form(t: Texts, name: str, about: str, intro: Line) -> Form:
    return Form(
        name=name,
        title=t(f"{name}.title"),
        submit=t("update.button.send"),
        cancel=t("button.cancel"),
        id=about,
        intro=(Paragraph(intro),),
        fields=(TextField("text", t(f"{name}.text"), multiline=True, longest=1000),),
    )


# ---------------------------------------------------------------- examples

_PURPOSE = "検査を人に優しく"
_LEARNED = Draft(
    "u1",
    1,
    "ルミナAI",
    _PURPOSE,
    (Slot("learning", "画像200枚でも精度は出る"), Slot(WORRY, "現場の撮影が手間")),
    rooms=("提携-ルミナ",),
    monday="関係 — お会いした先方は1名(90日・接点5件)",
)
_EMPTY = Draft("u2", 1, "みなと大学", "", (Slot("progress"), Slot("ask")))
_ASKED = Asked("q1", "ルミナAI", "高橋", "既存製品と競合しませんか", "用途が異なります", "佐藤")
_POST = Post("u1", "ルミナAI", _PURPOSE, (Slot("learning", "画像200枚でも精度は出る"),))

TEMPLATES: tuple[Template, ...] = (
    Template("update.prompt", lambda t: prompt(t, (_LEARNED, _EMPTY))),
    Template(
        "update.prompt.settled",
        lambda t: prompt(t, (Draft("u1", 2, "ルミナAI", _PURPOSE, _LEARNED.slots, state="shared"),)),
    ),
    Template("update.did.shared", lambda t: told(t, "update.did.shared", "ルミナAI", ("提携-ルミナ",))),
    Template("update.post", lambda t: post(t, _POST)),
    Template("update.question", lambda t: question(t, Asked("q1", "ルミナAI", "高橋", _ASKED.text))),
    Template("update.question.answered", lambda t: question(t, _ASKED)),
    Template("update.answered", lambda t: answered(t, _ASKED)),
    Template("update.edit", lambda t: edit_form(t, _LEARNED)),
    Template("update.ask", lambda t: ask_form(t, "u1", "ルミナAI")),
    Template("update.answer", lambda t: answer_form(t, _ASKED)),
)
