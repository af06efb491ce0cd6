"""Entry of the command line: finds the command, runs it, turns errors into exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import TextIO, cast

from ptt_rules import __version__
from ptt_rules.cli.common import EXIT_INTERNAL, EXIT_UNUSABLE, Commands, show_error
from ptt_rules.cli.parser import CommandParser, HelpText, overview, usage_of
from ptt_rules.cli.registry import Command, commands
from ptt_rules.language import PttError
from ptt_rules.language.check import did_you_mean
from ptt_rules.report import Terminal

_DESCRIPTION = "Rules for the health of post-training runs."
_EPILOG = """\
`ptt COMMAND --help` shows the options of a command, its exit codes and an example.

example:
  ptt replay runs/demo-dpo-nan --pack dpo"""
_FAMILIES = {"pack": "Makes packs that pip can install, compares them, and pins those in use."}
"""First words that several commands share."""
_MOVED: Mapping[tuple[str, ...], str] = {("show", "pack"): "pack show"}
"""What people may still write from habit, and what it is called now."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code.

    0 fine, 1 findings, 2 unusable input, 3 internal error
    """
    given = sys.argv[1:] if arguments is None else arguments
    with _terminals():
        return _run(given)


@contextmanager
def _terminals() -> Iterator[None]:
    """All that is printed meanwhile, by whomever, is fit for a terminal."""
    out, errors = cast(TextIO, Terminal(sys.stdout)), cast(TextIO, Terminal(sys.stderr))
    with redirect_stdout(out), redirect_stderr(errors):
        yield


def _run(given: Sequence[str]) -> int:
    options = command_parser(given).parse_args(given)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except PttError as error:
        show_error(error, as_json=getattr(options, "json", False))
        return EXIT_UNUSABLE
    except BrokenPipeError:
        # the reader of our output is gone; keep the interpreter from telling so at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNUSABLE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        else:
            print(f"ptt: internal error: {type(error).__name__}: {error}", file=sys.stderr)
            print("  run it again with --debug for the traceback", file=sys.stderr)
        return EXIT_INTERNAL
    return code


def command_parser(wanted: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or only of the one that `wanted` begins with: it loads faster.

    Exits with 2 if `wanted` names no command.
    """
    listed = commands()
    parser = argparse.ArgumentParser(
        prog="ptt",
        usage=usage_of(["ptt"]),
        description=f"{_DESCRIPTION}\n\n{overview(listed, depth=0)}",
        epilog=_EPILOG,
        formatter_class=HelpText,
    )
    parser.add_argument("--version", action="version", version=f"ptt {__version__}")
    _add(parser, listed, (), wanted)
    return parser


def _add(
    parser: argparse.ArgumentParser,
    listed: Sequence[Command],
    before: tuple[str, ...],
    wanted: Sequence[str] | None,
) -> None:
    """Adds the commands that begin with the words `before`, as far as they are wanted."""
    depth = len(before)
    own = [one for one in listed if one.words[:depth] == before]
    names = list(dict.fromkeys(one.words[depth] for one in own))
    if wanted is not None:
        names = _chosen(parser, before, names, wanted[depth:])
    made = parser.add_subparsers(
        prog=" ".join(("ptt", *before)),
        parser_class=CommandParser,
        metavar="COMMAND",
        required=True,
        help=argparse.SUPPRESS,
    )
    for name in names:
        words = (*before, name)
        command = next((one for one in own if one.words == words), None)
        if command is None:
            _add(_family(made, own, words), listed, words, wanted)
        else:
            _add_command(made, command)


def _chosen(
    parser: argparse.ArgumentParser,
    before: tuple[str, ...],
    names: Sequence[str],
    wanted: Sequence[str],
) -> list[str]:
    """The name that is wanted; none where only help is. Exits where there is no such name."""
    if not wanted:
        parser.print_help(sys.stderr)
        parser.exit(EXIT_UNUSABLE)
    word, place = wanted[0], " ".join(("ptt", *before))
    moved = _MOVED.get((*before, *wanted[:2]))
    if moved is not None:
        parser.error(f"`{place} {' '.join(wanted[:2])}` is now `ptt {moved}`")
    if word not in names and not word.startswith("-"):
        hint = did_you_mean(word, names, f"`{place} --help` lists them")
        parser.error(f"there is no command `{place} {word}`; {hint}")
    return [name for name in names if name == word]


def _family(
    made: Commands, listed: Sequence[Command], words: tuple[str, ...]
) -> argparse.ArgumentParser:
    """The parser of a first word that several commands share."""
    depth = len(words)
    own = [one for one in listed if one.words[:depth] == words]
    family: argparse.ArgumentParser = made.add_parser(
        words[-1],
        usage=usage_of(["ptt", *words]),
        description=f"{_FAMILIES[words[0]]}\n\n{overview(own, depth)}",
        epilog=f"`ptt {' '.join(words)} COMMAND --help` shows more of each.",
        formatter_class=HelpText,
    )
    return family


def _add_command(made: Commands, command: Command) -> None:
    module = import_module(f"ptt_rules.cli.{command.module}")
    parser = module.add_parser(made)
    parser.formatter_class = HelpText
    parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=module.run)


if __name__ == "__main__":
    sys.exit(main())
