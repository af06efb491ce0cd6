"""`ptt show`: a run on one screen: what went wrong, since when, how sure, what to do now."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import Commands
from ptt_rules.cli.show_run import show_run


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        help="what became of a run, and what to do now",
        description="Tells of a run directory on one screen: what went wrong, when it began, how "
        "sure that is, what was lost, and what to do now. It reads, and writes nothing.",
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt show runs/demo-dpo-nan",
    )
    parser.add_argument("what", metavar="RUN", help="the run directory of a callback")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    return show_run(options.what, as_json=options.json)
