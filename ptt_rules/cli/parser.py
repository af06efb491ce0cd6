"""How commands read their arguments, and how their help is laid out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from ptt_rules.cli.registry import Command
from ptt_rules.language.check import did_you_mean
from ptt_rules.report import WIDEST, width_of, wrapped


class CommandParser(argparse.ArgumentParser):
    """The parser of one command: options may stand before, between and after its arguments.

    By itself argparse has read an argument that may be left out before it comes to the first
    option, and takes one that follows for a mistake: `ptt why RUN --pack P DETECTOR`.
    """

    _is_parsing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._is_parsing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._is_parsing = True
        try:
            options, unknown = self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_parsing = False
        if unknown:
            # here and not at the end, as only here the usage is that of the command
            self.error(self._unknown(unknown[0]))
        return options, []

    def _unknown(self, word: str) -> str:
        if not word.startswith("-"):
            return f"`{word}` is one argument too many"
        known = [name for action in self._actions for name in action.option_strings]
        hint = did_you_mean(word.partition("=")[0], known, f"`{self.prog} --help` lists them")
        return f"there is no option `{word}`; {hint}"


class HelpText(argparse.HelpFormatter):
    """Wraps paragraphs of a text; lines that are indented stay as they are."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=min(width_of(sys.stdout), WIDEST))

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        parts = groupby(text.splitlines(), key=lambda line: not line.strip() or line[0] == " ")
        return "\n".join(
            line
            for is_kept, lines in parts
            for line in (lines if is_kept else wrapped(" ".join(lines), width).split("\n"))
        )


def overview(commands: Iterable[Command], depth: int) -> str:
    """Commands below the headings of their groups; `depth` words of each are left out."""
    listed = list(commands)
    width = max(len(_name(one, depth)) for one in listed)
    lines = []
    for group, members in groupby(listed, key=lambda one: one.about.group):
        lines += ["", f"{group.value}:"] if depth == 0 else []
        lines += [f"  {_name(one, depth):<{width}}  {one.about.summary}" for one in members]
    return "\n".join(lines).lstrip("\n")


def _name(command: Command, depth: int) -> str:
    return " ".join(command.words[depth:])


def usage_of(words: Sequence[str]) -> str:
    """How a command that only holds others is written."""
    return " ".join([*words, "COMMAND [options]"])
