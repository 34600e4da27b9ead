"""The catalogues: keys → words of a language, with holes, plurals and dates; nothing is concatenated elsewhere."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po

from handlers.message import Line, Link, Span, Text, line_of, plain

LOCALES = ("ja", "en")
Value = str | int | date | datetime | Text | Link | Line

_HOLE = re.compile(r"\{(\w+)\}|(</?b>)")


@dataclass(frozen=True)
class _Entry:
    """One key: a single form, or the plural forms in the order of the language's plural rule."""

    forms: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """The words of one language. Unknown keys and missing values raise KeyError: both are bugs that tests find."""

    locale: str
    entries: Mapping[str, _Entry]
    plural: Callable[[int], int]

    def __call__(self, key: str, **values: Value) -> str:
        """The text of `key` as plain characters, e.g. for a label."""
        return plain(self.line(key, **values))

    def line(self, key: str, **values: Value) -> Line:
        """The text of `key` as spans; `<b>…</b>` in the catalogue becomes emphasis, values are always literal."""
        spans: list[Span] = []
        strong = False
        template, position = self._form(key, values), 0
        for found in _HOLE.finditer(template):
            if found.start() > position:
                spans.append(Text(template[position : found.start()], strong))
            position = found.end()
            if found[1] is None:
                strong = found[2] == "<b>"
            else:
                spans.extend(self._value(values[found[1]], strong=strong))
        if position < len(template):
            spans.append(Text(template[position:], strong))
        return tuple(spans)

    def raw(self, key: str) -> str:
        """The text of `key` with its holes unfilled, for pages that fill them themselves."""
        return self.entries[key].forms[0]

    def has(self, key: str) -> bool:
        """Whether the catalogue holds `key`."""
        return key in self.entries

    def day(self, day: date, today: date | None = None) -> str:
        """A calendar day as people of the language write it in a line: 7/9(木), Thu 9 Jul; 2027/1/15(金) where
        `today` lies in another year."""
        key = "format.day" if today is None or today.year == day.year else "format.day_year"
        return format_date(day, self._form(key, {}), locale=self.locale)

    def short(self, day: date) -> str:
        """A calendar day without its weekday, where it isn't what matters: 7/9, 9 Jul."""
        return format_date(day, self._form("format.short", {}), locale=self.locale)

    def moment(self, at: datetime) -> str:
        """A local moment (aware, already in the reader's zone): 7/9(木) 10:00."""
        pattern = self._form("format.moment", {})
        return format_datetime(at, pattern, tzinfo=at.tzinfo, locale=self.locale)

    def join(self, items: Iterable[str]) -> str:
        """Names below one label: 佐藤、高橋 / Sato, Takahashi."""
        return self._form("format.separator", {}).join(items)

    def join_lines(self, items: Iterable[Line]) -> Line:
        """Lines one after the other, separated as a list."""
        spans: list[Span] = []
        for item in items:
            if spans:
                spans.append(Text(self._form("format.separator", {})))
            spans.extend(item)
        return tuple(spans)

    def _value(self, value: Value, *, strong: bool) -> Line:
        if isinstance(value, datetime):
            return (Text(self.moment(value), strong),)
        if isinstance(value, date):
            return (Text(self.day(value), strong),)
        if isinstance(value, str | int):
            return (Text(str(value), strong),)
        return line_of(value)

    def _form(self, key: str, values: Mapping[str, Value]) -> str:
        forms = self.entries[key].forms
        if len(forms) == 1:
            return forms[0]
        number = values.get("n", 0)
        return forms[self.plural(number if isinstance(number, int) else 0)]


@cache
def texts(locale: str) -> Texts:
    """The catalogue of `locale`; anything that isn't Japanese reads English, an empty locale Japanese."""
    name = "ja" if not locale or locale.lower().startswith("ja") else "en"
    file = Path(__file__).parent / "locales" / f"{name}.po"
    catalog = read_po(BytesIO(file.read_bytes()), locale=name)
    entries: dict[str, _Entry] = {}
    for message in catalog:
        if isinstance(message.id, str):
            entries[message.id] = _Entry((str(message.string),))
        else:
            entries[message.id[0]] = _Entry(tuple(str(form) for form in message.string or ()))
    del entries[""]
    return Texts(name, entries, gettext.c2py(catalog.plural_expr))


def words(key: str) -> tuple[str, ...]:
    """The words listed under `key` in every language (comma-separated): what a person may type in any of them."""
    found: dict[str, None] = {}
    for locale in LOCALES:
        for word in str(texts(locale).entries[key].forms[0]).split(","):
            found[word.strip()] = None
    return tuple(found)
