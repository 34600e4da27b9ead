"""The rules of the catalogues: two languages of one shape, and every key that code names exists with its holes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po

from tests.rules import Source, name_of

_HOLE = re.compile(r"\{(\w+)\}")
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_NAMING = re.compile(r"\w\\\.|\\\.\w")  # an f-string's pattern with a word at a dot; f"{a}.{b}" fits everything
_TEXT_CALLS = {"t", "line", "texts", "words", "UserError"}


@dataclass(frozen=True)
class Catalogue:
    """One language: key → its forms (one, or the plural forms); `twice` and `fuzzy` are keys to mend."""

    locale: str
    entries: Mapping[str, tuple[str, ...]]
    plurals: int = 1
    twice: tuple[str, ...] = ()
    fuzzy: tuple[str, ...] = ()

    def holes(self, key: str) -> set[str]:
        """The names in braces over all forms of a key."""
        return {hole for form in self.entries.get(key, ()) for hole in _HOLE.findall(form)}


def read_catalogue(file: Path, locale: str) -> Catalogue:
    """A .po file as it stands; raises FileNotFoundError where there is none."""
    raw = file.read_bytes()
    catalog = read_po(BytesIO(raw), locale=locale)
    entries: dict[str, tuple[str, ...]] = {}
    fuzzy: list[str] = []
    for message in catalog._messages.values():  # pyright: ignore[reportPrivateUsage]  (iteration is typed as Optional)
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        forms = message.string
        entries[key] = (forms,) if isinstance(forms, str) else tuple(str(form) for form in forms or ("",))
        if message.fuzzy:
            fuzzy.append(key)
    named = re.findall(r'^msgid "(.+)"$', raw.decode("utf-8"), re.MULTILINE)
    twice = tuple(sorted({key for key in named if named.count(key) > 1}))
    return Catalogue(locale, entries, catalog.num_plurals, twice, tuple(fuzzy))


def one_shape(catalogues: Iterable[Catalogue]) -> Iterator[str]:
    """Same keys, same holes, right number of forms, no empty text, tags closed, no key twice, none fuzzy."""
    languages = list(catalogues)
    every = sorted({key for language in languages for key in language.entries})
    for language in languages:
        yield from (f"{language.locale}: {key} stands there twice" for key in language.twice)
        yield from (f"{language.locale}: {key} is fuzzy: read it over, then drop the mark" for key in language.fuzzy)
        for key in every:
            yield from _one_key(language, key)
    for key in every:
        holes = {language.locale: language.holes(key) for language in languages if key in language.entries}
        if len({frozenset(names) for names in holes.values()}) > 1:
            told = "; ".join(f"{locale}: {', '.join(sorted(names)) or 'none'}" for locale, names in holes.items())
            yield f"{key}: the holes differ ({told})"


def _one_key(language: Catalogue, key: str) -> Iterator[str]:
    forms = language.entries.get(key)
    if forms is None:
        yield f"{language.locale}: {key} is missing"
        return
    if len(forms) not in {1, language.plurals}:
        yield f"{language.locale}: {key} has {len(forms)} forms, the language {language.plurals}"
    for form in forms:
        if not form.strip() and key != "format.separator":
            yield f"{language.locale}: {key} is empty"
        if form.count("<b>") != form.count("</b>") or set(_TAG.findall(form)) - {"<b>", "</b>"}:
            yield f"{language.locale}: {key} has an open or unknown tag (only <b>…</b>)"
        if re.sub(_HOLE, "", form).count("{") + re.sub(_HOLE, "", form).count("}"):
            yield f"{language.locale}: {key} has a brace that is no {{hole}}"


def known_keys(source: Source, catalogue: Catalogue) -> Iterator[str]:
    """Every key handed to the catalogue exists; where the values are plain to see, they are its holes."""
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call) or not node.args or name_of(node) not in _TEXT_CALLS:
            continue
        for key in _keys(node.args[0]):
            if isinstance(key, re.Pattern):
                if not any(key.fullmatch(known) for known in catalogue.entries):
                    yield source.at(node, f"no key of the catalogues fits {key.pattern!r}")
            elif _KEY.fullmatch(key) and key not in catalogue.entries:
                yield source.at(node, f"the catalogues have no key '{key}'")
            elif key in catalogue.entries and (given := _values(node)) is not None:
                yield from _fits(source, node, key, given=given, holes=catalogue.holes(key))


def _fits(source: Source, node: ast.Call, key: str, *, given: set[str], holes: set[str]) -> Iterator[str]:
    if missing := holes - given:
        yield source.at(node, f"'{key}' needs {', '.join(sorted(missing))}")
    # `n` may choose a plural form without being shown
    if extra := given - holes - {"n"}:
        yield source.at(node, f"'{key}' has no hole {', '.join(sorted(extra))}")


def _values(call: ast.Call) -> set[str] | None:
    """The names of the values given; None where code computes them."""
    names = [keyword.arg for keyword in call.keywords]
    if name_of(call) == "words":
        return None
    if name_of(call) == "UserError":
        if len(call.args) == 1 and "values" not in names:
            return set()
        given = call.args[1] if len(call.args) > 1 else next(k.value for k in call.keywords if k.arg == "values")
        if not isinstance(given, ast.Dict):
            return None
        keys = {key.value for key in given.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        return keys if len(keys) == len(given.keys) else None
    return None if None in names else {name for name in names if name}


def _keys(node: ast.expr) -> Iterator[str | re.Pattern[str]]:
    """Keys that an argument may be: `"a.b"`, `"a.b" if x else "a.c"`, and f"a.{kind}" as a pattern."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from _keys(node.body)
            yield from _keys(node.orelse)
        case ast.JoinedStr():
            yield pattern_of(node)
        case _:
            return


def pattern_of(node: ast.JoinedStr) -> re.Pattern[str]:
    """An f-string as the pattern of what it can become."""
    parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
    return re.compile("".join(parts))


def unused_keys(catalogue: Catalogue, sources: Iterable[Source], pages: Iterable[str]) -> Iterator[str]:
    """Every key is named somewhere: in code (whole, or by an f-string that fits) or in a script of the page."""
    whole: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr) and _NAMING.search(pattern := pattern_of(node).pattern):
                patterns.append(re.compile(pattern))
    for page in pages:
        whole.update(re.findall(r"[\w.]+", page))
        patterns.extend(re.compile(re.escape(head) + ".+") for head in re.findall(r"`([\w.]+\.)\$\{", page))
    for key in sorted(catalogue.entries):
        if key not in whole and not any(pattern.fullmatch(key) for pattern in patterns):
            yield f"{key}: no code names it: remove it from the catalogues"
