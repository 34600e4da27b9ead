"""What the command line says about itself, and to somebody who called it wrongly, in the installation's language."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import cast

import typer
from typer.core import TyperCommand, TyperGroup

from handlers.text import Texts

PROGRAM = "python -m bot"
_INDENT = "  "


class SpokenCommand(TyperCommand):
    """A command whose help comes from the catalogue (`ctx.obj` holds the texts)."""

    def get_help(self, ctx: object) -> str:
        """The help page of this command."""
        return page(cast("typer.Context", ctx))


class SpokenGroup(TyperGroup):
    """A group of commands whose help comes from the catalogue."""

    def get_help(self, ctx: object) -> str:
        """The help page of this group."""
        return page(cast("typer.Context", ctx))


def page(ctx: typer.Context) -> str:
    """Usage, purpose, arguments, options and commands."""
    t = cast("Texts", ctx.obj)
    command = ctx.command
    shape: list[str] = [ctx.command_path]
    rows: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        name = str(parameter.name)
        said = t("cli.help.option") if name == "help" else str(getattr(parameter, "help", None) or "")
        if parameter.param_type_name == "argument":
            shape.append(name.upper() if parameter.required else f"[{name.upper()}]")
            rows.append((name.upper(), said))
        else:
            value = "" if getattr(parameter, "is_flag", False) else f" {name.upper()}"
            rows.append((f"{', '.join(parameter.opts)}{value}", said))
            shape.extend([] if name == "help" else [f"[{parameter.opts[0]}{value}]"])
    groups = [rows]
    if isinstance(command, TyperGroup):
        shape.append(t("cli.usage.command"))
        groups.insert(0, [(name, each.help or "") for name, each in command.commands.items()])
    width = max(len(name) for group in groups for name, _ in group) + 2
    lists = ["\n".join(f"{_INDENT}{name:<{width}}{said}" for name, said in group) for group in groups]
    return "\n\n".join([t("cli.usage", line=" ".join(shape)), command.help or "", *lists])


def wrong(t: Texts, error: typer.TyperException, arguments: Sequence[str]) -> str:
    """What was wrong with a call, and how to get help; the page itself where nothing was asked for."""
    ctx = cast("typer.Context | None", getattr(error, "ctx", None))
    if ctx is not None and type(error).__name__ == "NoArgsIsHelpError":
        return page(ctx)
    path = ctx.command_path if ctx is not None else " ".join([PROGRAM, *arguments[:1]])
    return "\n".join([_what(t, error, ctx, arguments), t("cli.wrong.help", line=f"{path} --help")])


def _what(t: Texts, error: typer.TyperException, ctx: typer.Context | None, arguments: Sequence[str]) -> str:
    # Typer keeps these classes to itself: told apart by name, anything unknown gets the general answer.
    option = str(getattr(error, "option_name", ""))
    parameter = getattr(error, "param", None)
    match type(error).__name__:
        case "NoSuchOption":
            return t("cli.wrong.option", name=option)
        case "BadOptionUsage":
            return t("cli.wrong.option_value", name=option)
        case "MissingParameter" if parameter is not None:
            return t("cli.wrong.missing", name=str(parameter.name).upper())
        case "BadParameter" if parameter is not None:
            return t("cli.wrong.value", name=str(parameter.name).upper())
        case _:
            return _unknown(t, ctx, arguments)


def _unknown(t: Texts, ctx: typer.Context | None, arguments: Sequence[str]) -> str:
    if ctx is not None and isinstance(ctx.command, TyperGroup):
        names = list(ctx.command.commands)
        depth = len(ctx.command_path.split()) - len(PROGRAM.split())
        word = arguments[depth] if depth < len(arguments) else ""
        near = get_close_matches(word, names, n=1)
        if near:
            return t("cli.wrong.nearest", word=word, nearest=near[0])
        if word and word not in names:
            return t("cli.wrong.command", word=word, names=t.join(names))
    return t("cli.wrong", line=" ".join([PROGRAM, *arguments]))
