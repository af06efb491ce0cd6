"""`ptt lint`: warns about rules that are valid but probably wrong."""

from __future__ import annotations

import argparse

from ptt_rules.cli.checking import add_linter, add_paths, chosen_rules, report_on
from ptt_rules.cli.common import Commands
from ptt_rules.cli.registry import About, Group

ABOUT = About(Group.WRITE, 40, "warn about rules that are valid but probably wrong")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "lint",
        description="Checks packs as `ptt check` does, and warns about rules that are valid but "
        "probably wrong: a bound that no value reaches, a level that a worse one always covers. "
        "A pack with errors gets its errors first. `# allow PTT616: why` silences one rule on a "
        "line.",
        epilog="exit: 0 no errors, 1 errors (with --strict also warnings), 2 unusable input\n\n"
        "examples:\n  ptt lint mine.ptt\n  ptt lint --fix mine.ptt\n"
        "  ptt lint --strict --ignore PTT64 lab",
    )
    add_paths(parser)
    add_linter(parser)
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT101 for a rule that the linter does not have"""
    return report_on(options, chosen_rules(options))
