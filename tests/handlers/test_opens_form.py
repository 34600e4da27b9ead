"""OPENS_FORM says the truth: which presses answer with a form is read from what answers them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from types import ModuleType

from handlers import commands
from handlers.request import Ctx, Press, Reply

Answer = Callable[[Ctx, Press], Reply]
SOMETIMES = frozenset(
    {
        *("entry.ask", "entry.choose", "entry.today"),  # a waiting line goes on: whatever its answer is
        "meeting.show",  # nothing is planned: the form at once
    }
)
"""Answer with a message as a rule: the form then stands in the chat itself where a platform can't open it late."""


@cache
def forms_of(module: ModuleType, name: str) -> bool:
    """Whether the function `name` of `module` makes a form, or calls one of its module that does."""
    function = getattr(module, name, None)
    if not inspect.isfunction(function) or inspect.getmodule(function) is not module:
        return False
    tree = ast.parse(inspect.getsource(function))
    makes = any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Reply"
        and any(keyword.arg == "form" for keyword in node.keywords)
        for node in ast.walk(tree)
    )
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return makes or any(forms_of(module, other) for other in called - {name})


def makes_form(answer: Answer) -> bool:
    module = inspect.getmodule(answer)
    assert module is not None
    return forms_of(module, answer.__name__)


def test_every_press_that_answers_with_a_form_says_so() -> None:
    found = {action for action, answer in commands.PRESSES.items() if makes_form(answer)}
    within = {f"talk.{action}" for action in found & set(commands.ON_CARD)}
    assert found | within == commands.OPENS_FORM | (found & SOMETIMES)
    assert set(commands.PRESSES) >= commands.OPENS_FORM | SOMETIMES
