"""The tree keeps its rules (architecture.md §2), and each rule catches what it is there for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalogues import Catalogue, known_keys, one_shape, read_catalogue, unused_keys
from tests.rules import (
    GENERATED,
    LAYER_RULES,
    LAYERS,
    LONGEST_FILE,
    LONGEST_FUNCTION,
    TEST_RULES,
    USUAL_FUNCTION,
    Rule,
    Source,
    few_commits,
    functions,
    honest_tests,
    imports_on_top,
    length,
    no_shared_instances,
    no_silent_except,
    no_words_in_code,
    one_clock,
    one_environment,
    p95,
    plain_names,
    purpose_first,
    read_tree,
    short_files,
    short_functions,
)

TOP = Path(__file__).resolve().parent.parent
FOLDERS = {*LAYERS, "tests", "docs"}
LOCAL_FOLDERS = {"var", "data", "build", "test-results"}  # ignored by git: what a run leaves
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt")
LAYER_SOURCES = read_tree(TOP, LAYERS)
TEST_SOURCES = read_tree(TOP, ("tests",))


def told(problems: Iterator[str] | list[str]) -> None:
    """Fail with every problem on a line of its own."""
    found = list(problems)
    assert not found, "\n" + "\n".join(found)


def named(rule: Rule) -> str:
    return rule.__name__


# ---------------------------------------------------------------- the tree


@pytest.mark.parametrize("rule", LAYER_RULES, ids=named)
def test_the_layers_keep(rule: Rule) -> None:
    told(problem for source in LAYER_SOURCES for problem in rule(source))


@pytest.mark.parametrize("rule", TEST_RULES, ids=named)
def test_the_tests_keep(rule: Rule) -> None:
    told(problem for source in TEST_SOURCES for problem in rule(source))


def test_functions_are_usually_short() -> None:
    lengths = [
        length(f) for source in LAYER_SOURCES if not source.path.startswith(GENERATED) for f in functions(source)
    ]
    assert p95(lengths) <= USUAL_FUNCTION


def test_files_of_the_page_are_short() -> None:
    told(
        f"{file.relative_to(TOP)}: {lines} lines, at most {LONGEST_FILE}"
        for file in pages("*.js", "*.css", "*.html")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    )


def test_no_other_folders() -> None:
    there = {path.name for path in TOP.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    told([f"{name}/: code lives in {', '.join(LAYERS)} only" for name in sorted(there - FOLDERS - LOCAL_FOLDERS)])


def test_locks_hold_names_versions_and_hashes_only() -> None:
    locks = {name: (TOP / name).read_text(encoding="utf-8") for name in LOCKS}
    told(f"{name}: an address: run make lock" for name, text in locks.items() if re.search(r"://|--index|--find", text))
    told(
        f"{name}: {line.split('==')[0]} has no hash"
        for name, text in locks.items()
        for line in text.replace("\\\n", "").splitlines()
        if line[:1].isalpha() and "--hash=sha256:" not in line
    )


def test_both_locks_pin_the_same() -> None:
    runtime, dev = (pins((TOP / name).read_text(encoding="utf-8")) for name in LOCKS[:2])
    assert runtime.items() <= dev.items()


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, re.MULTILINE))


def pages(*patterns: str) -> list[Path]:
    return [file for pattern in patterns for file in sorted((TOP / "bot/practice/page").rglob(pattern))]


# ---------------------------------------------------------------- the catalogues


def catalogues() -> list[Catalogue]:
    return [read_catalogue(TOP / "handlers/locales" / f"{locale}.po", locale) for locale in ("ja", "en")]


def test_catalogues_have_one_shape() -> None:
    told(one_shape(catalogues()))


def test_code_names_known_keys() -> None:
    known = catalogues()[0]
    told(problem for source in LAYER_SOURCES for problem in known_keys(source, known))


def test_every_key_is_named() -> None:
    scripts = [file.read_text(encoding="utf-8") for file in pages("*.js", "*.html")]
    told(unused_keys(catalogues()[0], LAYER_SOURCES, scripts))


# ---------------------------------------------------------------- the rules themselves

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * LONGEST_FUNCTION

BAD: list[tuple[Rule, str, str]] = [
    (short_functions, "storage/x.py", LONG_FUNCTION),
    (short_functions, "storage/x.py", "class A:\n    async " + LONG_FUNCTION.replace("\n", "\n    ")),
    (short_files, "storage/x.py", "x = 1\n" * (LONGEST_FILE + 1)),
    (plain_names, "storage/utils.py", ""),
    (plain_names, "handlers/date_helpers.py", ""),
    (plain_names, "bot/core/x.py", ""),
    (purpose_first, "storage/x.py", "x = 1"),
    (purpose_first, "storage/x.py", '"""  """\nx = 1'),
    (imports_on_top, "storage/x.py", "def f():\n    import json"),
    (imports_on_top, "storage/x.py", "class A:\n    def f(self):\n        from json import loads"),
    (imports_on_top, "bot/cli.py", "import importlib\nx = importlib.import_module('json')"),
    (one_clock, "handlers/x.py", "from datetime import datetime, UTC\nx = datetime.now(UTC)"),
    (one_clock, "handlers/x.py", "import datetime\nx = datetime.datetime.utcnow()"),
    (one_clock, "handlers/x.py", "from datetime import date\nx = date.today()"),
    (one_clock, "bot/web.py", "import time\ndef f(now=time.monotonic): ..."),
    (one_clock, "bot/web.py", "from time import perf_counter"),
    (one_clock, "storage/x.py", "x = select(func.now())"),
    (one_environment, "bot/cli.py", "import os\nx = os.environ['A']"),
    (one_environment, "bot/cli.py", "import os\nx = os.getenv('A')"),
    (one_environment, "bot/cli.py", "from os import environ"),
    (one_environment, "bot/cli.py", "from dotenv import load_dotenv"),
    (few_commits, "handlers/touchpoints.py", "def f(session):\n    session.commit()"),
    (few_commits, "storage/people.py", "def f(engine):\n    with engine.begin() as c: ..."),
    (no_shared_instances, "bot/web.py", "app = make()"),
    (no_shared_instances, "storage/x.py", "db = create_engine('sqlite://')"),
    (no_shared_instances, "bot/x.py", "config: Settings = Settings()"),
    (no_silent_except, "bot/x.py", "try:\n    f()\nexcept KeyError:\n    pass"),
    (no_silent_except, "bot/x.py", "for x in y:\n    try:\n        f()\n    except KeyError:\n        continue"),
    (no_silent_except, "bot/x.py", "try:\n    f()\nexcept Exception:\n    x = 1"),
    (no_silent_except, "bot/x.py", "try:\n    f()\nexcept (KeyError, BaseException):\n    x = ''"),
    (no_silent_except, "bot/x.py", "with contextlib.suppress(Exception):\n    f()"),
    (no_words_in_code, "handlers/x.py", "x = '記録しました'"),
    (no_words_in_code, "handlers/x.py", "x = f'{name}さん'"),
    (no_words_in_code, "bot/cli.py", "x = 'Give the name of a member.'"),
    (no_words_in_code, "bot/cli.py", "x = f'Saved {a} for you in {b}'"),
    (honest_tests, "tests/x.py", "from unittest.mock import MagicMock"),
    (honest_tests, "tests/x.py", "def test_a(monkeypatch):\n    monkeypatch.setattr(x, 'y', 1)"),
    (honest_tests, "tests/x.py", "@pytest.mark.skip\ndef test_a(): ..."),
    (honest_tests, "tests/x.py", "def test_a():\n    pytest.skip('no')"),
    (honest_tests, "tests/x.py", "x = pytest.importorskip('y')"),
    (honest_tests, "tests/x.py", "def test_a():\n    time.sleep(1)"),
    (honest_tests, "tests/x.py", "def test_a(page):\n    page.wait_for_timeout(100)"),
]

GOOD: list[tuple[Rule, str, str]] = [
    (short_functions, "storage/x.py", LONG_FUNCTION.rsplit("\n", 2)[0]),
    (short_functions, GENERATED + "0001.py", LONG_FUNCTION),
    (plain_names, "handlers/commands.py", ""),
    (purpose_first, "storage/__init__.py", ""),
    (imports_on_top, "bot/app.py", "def f():\n    import bot.slack"),
    (imports_on_top, "bot/x.py", "if TYPE_CHECKING:\n    import json"),
    (one_clock, "bot/app.py", "import time\nx = time.time()"),
    (one_clock, "handlers/x.py", "def f(ctx):\n    return ctx.now.date(), datetime.fromtimestamp(0, UTC)"),
    (one_environment, "bot/settings.py", "import os\nx = os.environ"),
    (one_environment, "storage/ids.py", "import os\nx = os.urandom(10)"),
    (few_commits, "handlers/desk.py", "def f(session):\n    session.commit()"),
    (no_shared_instances, "bot/app.py", "def build():\n    app = Starlette()\n    return app"),
    (no_shared_instances, "bot/cli.py", "cli = typer.Typer()"),
    (no_silent_except, "bot/x.py", "try:\n    f()\nexcept Exception:\n    log.exception('tick.failed')"),
    (no_silent_except, "bot/x.py", "try:\n    f()\nexcept KeyError:\n    x = 1"),
    (no_words_in_code, "handlers/x.py", '"""記録する。"""\ndef f():\n    """ひっかかり"""'),
    (no_words_in_code, "handlers/x.py", "raise ValueError('A zone is not known')"),
    (no_words_in_code, "handlers/x.py", "x = ['・', '→', 'Asia/Tokyo', 'SELECT id FROM member', 'touchpoint.saved']"),
    (no_words_in_code, "handlers/dates.py", "x = '来週'"),
    (honest_tests, "tests/x.py", "def test_a(monkeypatch):\n    monkeypatch.setenv('A', '1')"),
    (honest_tests, "tests/x.py", "async def test_a():\n    await asyncio.sleep(0)"),
]


@pytest.mark.parametrize(
    ("rule", "path", "text"), BAD, ids=[f"{rule.__name__}-{n}" for n, (rule, _, _) in enumerate(BAD)]
)
def test_a_rule_catches(rule: Rule, path: str, text: str) -> None:
    problems = list(rule(Source.of(path, text)))
    assert problems
    assert all(problem.startswith(path) for problem in problems)


@pytest.mark.parametrize(
    ("rule", "path", "text"), GOOD, ids=[f"{rule.__name__}-{n}" for n, (rule, _, _) in enumerate(GOOD)]
)
def test_a_rule_lets_pass(rule: Rule, path: str, text: str) -> None:
    told(rule(Source.of(path, text)))


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _, _ in BAD} == {*LAYER_RULES, *TEST_RULES}


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [([], 0), ([7], 7), (list(range(1, 101)), 95), ([1] * 19 + [90], 1), ([1] * 18 + [9, 9], 9)],
)
def test_the_percentile(lengths: list[int], expected: int) -> None:
    assert p95(lengths) == expected


JA = Catalogue("ja", {"a.saved": ("{name}を記録しました",), "a.days": ("{n}日",)})


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"a.saved": ("Saved {name}",), "a.days": ("one day", "{n} days")}, ""),
        ({"a.saved": ("Saved {name}",)}, "en: a.days is missing"),
        ({"a.saved": ("Saved {who}",), "a.days": ("one day", "{n} days")}, "a.saved: the holes differ"),
        ({"a.saved": ("Saved {name}",), "a.days": ("", "{n} days")}, "en: a.days is empty"),
        ({"a.saved": ("Saved <b>{name}",), "a.days": ("{n} days",)}, "en: a.saved has an open or unknown tag"),
        ({"a.saved": ("Saved <i>{name}</i>",), "a.days": ("{n} days",)}, "en: a.saved has an open or unknown tag"),
        ({"a.saved": ("Saved {name} {",), "a.days": ("{n} days",)}, "en: a.saved has a brace"),
        ({"a.saved": ("Saved {name}",), "a.days": ("a", "b", "{n}")}, "en: a.days has 3 forms"),
    ],
)
def test_catalogues_are_compared(entries: dict[str, tuple[str, ...]], problem: str) -> None:
    problems = list(one_shape([JA, Catalogue("en", entries, plurals=2)]))
    assert (problems == []) if not problem else any(told.startswith(problem) for told in problems)


def test_a_catalogue_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "en.po"
    file.write_text(
        'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "a.b"\nmsgstr "One"\n\nmsgid "a.b"\nmsgstr "Two"\n\n#, fuzzy\nmsgid "a.c"\nmsgstr "Three"\n\n'
        'msgid "a.d"\nmsgid_plural "a.d"\nmsgstr[0] "one"\nmsgstr[1] "{n}"\n',
        encoding="utf-8",
    )
    read = read_catalogue(file, "en")
    assert (read.twice, read.fuzzy, read.plurals) == (("a.b",), ("a.c",), 2)
    assert read.entries["a.d"] == ("one", "{n}")
    assert len(list(one_shape([read]))) == 2


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ('t("a.saved", name=x)', ""),
        ('t.line("a.days", n=3)', ""),
        ('t("a.saved", **values)', ""),
        ('t(f"a.{kind}", name=x)', ""),
        ('texts("ja")', ""),
        ('UserError("a.saved", {"name": x}, text=y)', ""),
        ('t("a.lost")', "no key 'a.lost'"),
        ('ctx.t("a.saved" if x else "a.lost", name=x)', "no key 'a.lost'"),
        ('UserError("a.lost")', "no key 'a.lost'"),
        ('t(f"b.{kind}")', "no key of the catalogues fits"),
        ('t("a.saved")', "needs name"),
        ('UserError("a.saved")', "needs name"),
        ('t("a.saved", name=x, day=y)', "has no hole day"),
    ],
)
def test_keys_in_code_are_compared(code: str, problem: str) -> None:
    problems = list(known_keys(Source.of("handlers/x.py", code), JA))
    assert (problems == []) if not problem else (len(problems) == 1 and problem in problems[0])


@pytest.mark.parametrize(
    ("code", "page", "unused"),
    [
        ('x = "a.saved", "a.days"', "", 0),
        ('x = f"a.{kind}"', "", 0),
        ('x = "a.saved"', 'say("a.days")', 0),
        ("", "say(`a.${kind}`)", 0),
        ('x = f"{a}.{b}"', "", 2),
        ('x = f"{noun}.saved"', "", 1),
        ('x = "a.saved"', "", 1),
        ("", "", 2),
    ],
)
def test_unused_keys_are_found(code: str, page: str, unused: int) -> None:
    assert len(list(unused_keys(JA, [Source.of("handlers/x.py", code)], [page]))) == unused
