"""Everything that the vocabulary of messages and forms can express, as hypothesis strategies."""

from __future__ import annotations

from hypothesis import strategies as st

from handlers.message import (
    Block,
    Bullets,
    Button,
    Buttons,
    ChoiceField,
    Confirm,
    DateField,
    Divider,
    Fact,
    Facts,
    Field,
    Form,
    Heading,
    Line,
    Link,
    Menu,
    Message,
    Note,
    Option,
    Paragraph,
    PeopleField,
    Quote,
    Text,
    TextField,
)

_NASTY = (
    "",
    " ",
    "\n",
    "<!channel>",
    "<@U0SATO>",
    "*b* _i_ `c`",
    "&amp;",
    "→ 試験計画 うち 7/9",
    "\x00\ud800",
    "🙂" * 90,
)
words = st.one_of(
    st.text(max_size=40),
    st.sampled_from(_NASTY),
    st.integers(1, 5000).map(lambda size: "提携の記録 " * (size // 6 + 1)),
)
ids = st.text("0123456789abcdef", max_size=32)
actions = st.from_regex(r"[a-z]{1,12}\.[a-z_]{1,12}", fullmatch=True)
choices = st.text("abcdefghij_.0123456789", max_size=40)
versions = st.integers(0, 99_999)

links = st.builds(
    Link,
    url=st.sampled_from(
        ["https://example.com/a?b=1&c=<2>", "http://x/" + "a" * 3000, "javascript:x", "https://a.jp/|"]
    ),
    label=words,
)
lines: st.SearchStrategy[Line] = st.lists(
    st.one_of(st.builds(Text, text=words, strong=st.booleans()), links), max_size=5
).map(tuple)
confirms = st.builds(Confirm, title=words, text=words, yes=words, no=words)
buttons = st.builds(
    Button,
    label=words,
    action=actions,
    id=ids,
    version=versions,
    choice=choices,
    style=st.sampled_from(["plain", "primary", "danger"]),
    confirm=st.none() | confirms,
)
options = st.builds(Option, value=choices, label=words)
many_options = st.one_of(
    st.lists(options, max_size=4),
    st.integers(90, 310).map(lambda n: [Option(f"o{i}", f"選択肢 {i}") for i in range(n)]),
).map(tuple)
menus = st.builds(
    Menu, label=words, action=actions, options=many_options, id=ids, version=versions, selected=choices | st.just("o7")
)
_some_lines = st.lists(lines, max_size=6).map(tuple)
_facts = st.lists(st.builds(Fact, label=words, value=lines), max_size=6).map(tuple)
blocks: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, text=words),
    st.builds(Paragraph, line=lines, button=st.none() | buttons),
    st.builds(Bullets, items=_some_lines, ordered=st.booleans()),
    st.builds(Facts, items=_facts),
    st.builds(Quote, line=lines),
    st.builds(Note, line=lines),
    st.builds(Divider),
    st.builds(Buttons, items=st.lists(st.one_of(buttons, menus), max_size=6).map(tuple)),
)
_repeated = st.tuples(st.lists(blocks, min_size=1, max_size=4), st.integers(1, 60)).map(lambda pair: pair[0] * pair[1])
messages = st.builds(Message, blocks=st.one_of(st.lists(blocks, max_size=8), _repeated).map(tuple), preview=words)

names = st.from_regex(r"[a-z_]{1,20}", fullmatch=True)
_field_kinds = st.one_of(
    st.builds(
        TextField,
        name=names,
        label=words,
        initial=words,
        hint=words,
        placeholder=words,
        optional=st.booleans(),
        multiline=st.booleans(),
        longest=st.sampled_from([0, 1, 80, 3000, 10_000]),
    ),
    st.builds(
        ChoiceField,
        name=names,
        label=words,
        options=many_options,
        initial=st.lists(choices | st.just("o3"), max_size=3).map(tuple),
        hint=words,
        optional=st.booleans(),
        many=st.booleans(),
        shown=st.booleans(),
    ),
    st.builds(DateField, name=names, label=words, initial=st.sampled_from(["", "2026-12-31", "2026-02-30", "あした"])),
    st.builds(
        PeopleField,
        name=names,
        label=words,
        initial=st.lists(st.sampled_from(["U0SATO", "W012345", "x", ""]), max_size=3, unique=True).map(tuple),
        many=st.booleans(),
    ),
)
fields: st.SearchStrategy[tuple[Field, ...]] = st.lists(_field_kinds, max_size=12, unique_by=lambda f: f.name).map(
    tuple
)
forms = st.builds(
    Form,
    name=names,
    title=words,
    submit=words,
    cancel=words,
    fields=fields,
    id=ids,
    version=versions,
    intro=st.lists(blocks, max_size=80).map(tuple),
)
