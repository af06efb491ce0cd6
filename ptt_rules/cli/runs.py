"""`ptt runs`: the runs below a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, runs_text
from ptt_rules.runs import find_runs

ABOUT = About(Group.RUNS, 10, "list the runs below a folder, and what became of each")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "runs",
        description="Lists the run directories in a folder and below it, the newest last: what "
        "was trained, how far it came, what became of it, and the worst that was found.",
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt runs runs",
    )
    parser.add_argument(
        "folder", nargs="?", default="runs", metavar="DIR", help="the folder (default: runs)"
    )
    parser.add_argument("--json", action="store_true", help="an object a run, one a line")
    return parser


def run(options: argparse.Namespace) -> int:
    entries = find_runs(Path(options.folder))
    if options.json:
        for entry in entries:
            print_json(entry.to_json())
    elif entries:
        print(runs_text(entries, Colour.of(sys.stdout)))
    else:
        print(f"no runs below {options.folder}")
    return EXIT_CLEAN
