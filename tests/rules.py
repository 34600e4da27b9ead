"""The rules of the tree that neither ruff nor import-linter checks: each a function from a source to problems."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

LAYERS = ("bot", "scheduler", "handlers", "storage")
LONGEST_FUNCTION, USUAL_FUNCTION, LONGEST_FILE = 60, 40, 400

CLOCK_FILE = "bot/app.py"
SETTINGS_FILE = "bot/settings.py"
LATE_IMPORT_FILE = "bot/app.py"
COMMIT_FILES = frozenset({"handlers/desk.py", "scheduler/tick.py", "scheduler/deliver.py", "storage/db.py"})
# What people type (grammar, dates) and invented sample data; every word that is read comes from the catalogues.
WORDS_IN_CODE = re.compile(r"handlers/(entry|dates|vocabulary\w*)\.py|bot/practice/cast\w*\.py")
GENERATED = "storage/migrations/versions/"

_VAGUE_NAME = re.compile(r"(\w+_)?(utils?|helpers?|common|managers?|core|misc)")
_JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uff66-\uff9d々]")
_ENGLISH_SENTENCE = re.compile(r"[A-Z][a-z]+,?(\s+[\w{}'’(-]+[,;:.!?)]*){3,}")
_CLOCK = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
        "process_time", "localtime", "gmtime", "ctime",
    },
    "func": {"now", "current_timestamp", "current_date", "current_time"},
}  # fmt: skip
_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv"}
_INSTANCES = {
    "Settings", "create_engine", "create_async_engine", "sessionmaker", "Session", "Starlette", "FastAPI", "App",
    "AsyncApp", "BackgroundScheduler", "AsyncIOScheduler", "AsyncWebClient", "WebClient", "AsyncClient", "Client",
}  # fmt: skip
_SHARED_NAMES = {"app", "engine", "scheduler", "settings"}
_BROAD = {"Exception", "BaseException"}
_LOG_CALLS = {"debug", "info", "warning", "error", "exception", "critical"}
_SKIPS = {"skip", "skipif", "xfail", "importorskip"}


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the top of the tree with `/`, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        return cls(path, text, ast.parse(text, path))

    def at(self, node: ast.AST, problem: str) -> str:
        """A problem as `path:line: what, and the way out`."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {problem}"


Rule = Callable[[Source], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def read_tree(top: Path, folders: tuple[str, ...]) -> list[Source]:
    """Every Python file below `folders` of `top`."""
    return [
        Source.of(file.relative_to(top).as_posix(), file.read_text(encoding="utf-8"))
        for folder in folders
        for file in sorted((top / folder).rglob("*.py"))
    ]


def functions(source: Source) -> Iterator[Function]:
    """All functions of a file, methods and nested ones included."""
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Lines from `def` to the last one, docstring included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def p95(lengths: list[int]) -> int:
    """The 95th percentile (nearest rank); 0 of nothing."""
    return sorted(lengths)[-(-len(lengths) * 95 // 100) - 1] if lengths else 0


def name_of(node: ast.expr) -> str:
    """The last name of `a.b.c` or `c`, else ""."""
    match node:
        case ast.Attribute():
            return node.attr
        case ast.Name():
            return node.id
        case ast.Call():
            return name_of(node.func)
        case _:
            return ""


def _docstrings(tree: ast.Module) -> set[int]:
    """Identities of the constants that are docstrings, of attributes too."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }


# ---------------------------------------------------------------- size and names


def short_functions(source: Source) -> Iterator[str]:
    """No function over 60 lines."""
    for function in functions(source):
        if (lines := length(function)) > LONGEST_FUNCTION and not source.path.startswith(GENERATED):
            yield source.at(function, f"{function.name} has {lines} lines, at most {LONGEST_FUNCTION}: split it")


def short_files(source: Source) -> Iterator[str]:
    """No file over 400 lines."""
    if (lines := len(source.text.splitlines())) > LONGEST_FILE and not source.path.startswith(GENERATED):
        yield f"{source.path}: {lines} lines, at most {LONGEST_FILE}: split it by noun"


def plain_names(source: Source) -> Iterator[str]:
    """No file or folder named after nothing."""
    for part in source.path.removesuffix(".py").split("/"):
        if _VAGUE_NAME.fullmatch(part):
            yield f"{source.path}: '{part}' says nothing: name it after what it holds"


def purpose_first(source: Source) -> Iterator[str]:
    """A module begins with one sentence of purpose; only an empty __init__ needs none."""
    if source.tree.body and not (ast.get_docstring(source.tree) or "").strip():
        yield f"{source.path}:1: no module docstring: say its purpose in one sentence"


# ---------------------------------------------------------------- what may happen where


def imports_on_top(source: Source) -> Iterator[str]:
    """No import inside a function and none by name, but for the table of platforms in bot/app.py."""
    if source.path == LATE_IMPORT_FILE:
        return
    for function in functions(source):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield source.at(node, f"import inside {function.name}: move it to the top of the file")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and name_of(node) in {"import_module", "__import__"}:
            yield source.at(node, "import by name: only bot/app.py loads platforms from a table")


def one_clock(source: Source) -> Iterator[str]:
    """No clock is read outside bot/app.py, not by SQL either."""
    if source.path == CLOCK_FILE:
        return
    advice = "time is a value: take `now` (aware UTC) or a `now()` callable as a parameter"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in _CLOCK.get(name_of(node.value), set()):
            yield source.at(node, f"{name_of(node.value)}.{node.attr} reads the clock: {advice}")
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for alias in node.names:
                if alias.name in _CLOCK["time"]:
                    yield source.at(node, f"time.{alias.name} reads the clock: {advice}")


def one_environment(source: Source) -> Iterator[str]:
    """The environment and .env are read in bot/settings.py only."""
    if source.path == SETTINGS_FILE:
        return
    for node in ast.walk(source.tree):
        read = isinstance(node, ast.Attribute) and name_of(node.value) == "os" and node.attr in _ENVIRONMENT
        match node:
            case ast.ImportFrom(module="os"):
                read = any(alias.name in _ENVIRONMENT for alias in node.names)
            case ast.ImportFrom(module="dotenv"):
                read = True
            case ast.Import():
                read = any(alias.name == "dotenv" for alias in node.names)
            case _:
                pass
        if read:
            yield source.at(node, f"environment read outside {SETTINGS_FILE}: take the value from Settings")


def few_commits(source: Source) -> Iterator[str]:
    """Only desk, tick, deliver and storage/db end a transaction."""
    if source.path in COMMIT_FILES or source.path.startswith("storage/migrations/"):
        return
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"commit", "begin"}
        ):
            yield source.at(
                node, f".{node.func.attr}() outside {', '.join(sorted(COMMIT_FILES))}: use storage.db.unit_of_work"
            )


def no_shared_instances(source: Source) -> Iterator[str]:
    """No app, engine, scheduler, session, client or settings is made by importing a module."""
    for node in source.tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if name_of(node.value) in _INSTANCES or any(name_of(target) in _SHARED_NAMES for target in targets):
            yield source.at(node, f"{name_of(targets[0])} is made at import: build it in bot/app.py and pass it on")


def no_silent_except(source: Source) -> Iterator[str]:
    """Every caught exception is acted on; a broad one is logged or raised again."""
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and name_of(node) == "suppress"
            and any(name_of(arg) in _BROAD for arg in node.args)
        ):
            yield source.at(node, "suppress(Exception) hides everything: name the error")
        if not isinstance(node, ast.ExceptHandler):
            continue
        if all(isinstance(line, ast.Pass | ast.Continue) or _is_ellipsis(line) for line in node.body):
            yield source.at(
                node, "silent except: answer, log or raise; contextlib.suppress(KeyError) where that is all"
            )
        elif _is_broad(node) and not any(_tells(inner) for line in node.body for inner in ast.walk(line)):
            yield source.at(node, "a broad except neither logs nor raises: the error would be lost")


def _is_ellipsis(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(name_of(kind) in _BROAD for kind in types)


def _tells(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and name_of(node) in _LOG_CALLS)


# ---------------------------------------------------------------- words


def no_words_in_code(source: Source) -> Iterator[str]:
    """No text that a person reads stands in code: neither Japanese nor an English sentence."""
    if WORDS_IN_CODE.fullmatch(source.path):
        return
    unread = _docstrings(source.tree) | _inside_raise_or_log(source.tree)
    examples = _examples_from(source)
    for node in ast.walk(source.tree):
        if id(node) in unread or getattr(node, "lineno", 0) > examples:
            continue
        match node:
            case ast.JoinedStr():
                # its own parts come by again as constants: they are whole here, so read once
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
                unread.update(id(part) for part in node.values)
            case ast.Constant(value=str(text)):
                pass
            case _:
                continue
        if _JAPANESE.search(text) or _ENGLISH_SENTENCE.match(text.strip()):
            yield source.at(node, f"text for people in code ({text.strip()[:30]!r}): put it in handlers/locales/*.po")


def _examples_from(source: Source) -> int:
    """The line from which a module holds nothing but its examples: invented facts, in Japanese, for the gallery."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if re.fullmatch(r"# -{20,} examples", line):
            return number
    return sys.maxsize


def _inside_raise_or_log(tree: ast.Module) -> set[int]:
    """Identities of what only developers read: `raise ValueError("…")`, `assert x, "…"`, log calls."""
    return {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise | ast.Assert) or (isinstance(node, ast.Call) and name_of(node) in _LOG_CALLS)
        for inner in ast.walk(node)
    }


# ---------------------------------------------------------------- tests


def honest_tests(source: Source) -> Iterator[str]:
    """No mock of our own code, no sleep, no skipped test."""
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module="unittest.mock") | ast.Import(names=[ast.alias(name="unittest.mock")]):
                yield source.at(node, "mock: fakes stand behind the seams Clock, Sender, Audience only")
            case ast.Attribute(attr="setattr") if name_of(node.value) == "monkeypatch":
                yield source.at(node, "patched code: hand the value in instead")
            case ast.Attribute() if node.attr in _SKIPS and name_of(node.value) in {"pytest", "mark"}:
                yield source.at(node, f"pytest {node.attr}: a test fails or is not there")
            case ast.Call(func=ast.Attribute(attr="sleep"), args=args) if not _is_zero(args):
                yield source.at(node, "sleep in a test: wait for the event itself")
            case ast.Attribute(attr="wait_for_timeout"):
                yield source.at(node, "sleep in a test: wait for the event itself")
            case _:
                pass


def _is_zero(args: list[ast.expr]) -> bool:
    return len(args) == 1 and isinstance(args[0], ast.Constant) and args[0].value == 0


LAYER_RULES: tuple[Rule, ...] = (
    short_functions, short_files, plain_names, purpose_first, imports_on_top, one_clock, one_environment,
    few_commits, no_shared_instances, no_silent_except, no_words_in_code,
)  # fmt: skip
TEST_RULES: tuple[Rule, ...] = (plain_names, purpose_first, honest_tests)
