"""Entry of the command line: finds the command, runs it, turns errors into exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from typing import TextIO, cast

from ptt_rules import __version__
from ptt_rules.cli.common import EXIT_INTERNAL, EXIT_UNUSABLE, show_error
from ptt_rules.language import PttError
from ptt_rules.report import Terminal

_COMMANDS = (
    "new", "check", "fmt", "test", "explain", "docs", "armed", "replay", "why", "convert", "demo",
    "pack", "show", "lsp", "runs", "checkpoints", "postmortem", "report", "watch", "diff", "resume",
    "ack",
)  # fmt: skip
"""Modules of this package; only the one that is run is imported, since some load Polars."""


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
    parser = command_parser(given[:1])
    options = parser.parse_args(given)
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


def command_parser(wanted: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of all commands, or of one that is asked for, which loads the faster."""
    parser = argparse.ArgumentParser(
        prog="ptt",
        description="Rules for the health of post-training runs.",
        epilog="example: ptt replay runs/demo-dpo-nan --pack dpo",
    )
    parser.add_argument("--version", action="version", version=f"ptt {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in [word for word in wanted if word in _COMMANDS] or _COMMANDS:
        command = import_module(f"ptt_rules.cli.{name}")
        made = command.add_parser(commands)
        made.formatter_class = argparse.RawDescriptionHelpFormatter
        made.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        made.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
