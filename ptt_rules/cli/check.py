"""`ptt check`: parses and checks packs."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from ptt_rules.authoring.lint import Rule
from ptt_rules.cli.checking import add_linter, add_paths, chosen_rules, report_on, shape_of
from ptt_rules.cli.common import EXIT_CLEAN, STDIN, Commands
from ptt_rules.cli.registry import About, Group
from ptt_rules.evaluation import plain_expressions
from ptt_rules.packs import Pack, load
from ptt_rules.report import ir_text, polars_text

ABOUT = About(Group.WRITE, 20, "report every error of packs")


_SHOWN: Mapping[str, Callable[[Pack], str]] = {
    "ir": lambda pack: ir_text(pack.compiled),
    "polars": lambda pack: polars_text(plain_expressions(pack.compiled)),
}


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        description="Parses and checks packs whole: every error is reported, not just the first.",
        epilog="exit: 0 clean, 1 errors (with --strict also warnings), 2 unusable input\n\n"
        "examples:\n  ptt check mine.ptt\n  ptt check --format github lab",
    )
    add_paths(parser)
    parser.add_argument("--show", choices=[*_SHOWN], help="print what the packs are compiled to")
    group = parser.add_argument_group(
        "linter", "each of these options also does what `ptt lint` does"
    )
    group.add_argument("--lint", action="store_true", help="add warnings")
    add_linter(group)
    return parser


def run(options: argparse.Namespace) -> int:
    code = report_on(options, _rules(options))
    if options.show and shape_of(options) == "text" and code == EXIT_CLEAN:
        for path in (path for path in options.paths if path != STDIN):
            print(_SHOWN[options.show](load(path, isolated=True)), end="")
    return code


def _rules(options: argparse.Namespace) -> tuple[Rule, ...]:
    """The rules of the linter; none if it is not asked for. Errors: PTT101"""
    is_on = options.lint or options.strict or options.fix or options.select or options.ignore
    return chosen_rules(options) if is_on else ()
