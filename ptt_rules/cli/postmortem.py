"""`ptt postmortem`: what is known of the end of a run that ended badly."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, postmortem_text, width_of
from ptt_rules.runs import POSTMORTEM, postmortem_of, read_run, write_postmortem

ABOUT = About(Group.RUNS, 50, "how a run ended that failed or was killed")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "postmortem",
        description="Prints the postmortem that a run left. Of a run that could leave none, killed "
        "by the system or with its host, it is made of the run directory and written there.",
        epilog="exit: 0, 2 unusable input, or a run that did not end badly\n\n"
        "example:\n  ptt postmortem runs/demo-dpo-nan",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument(
        "--dead", action="store_true", help="take a run for dead that looks as if it went on"
    )
    parser.add_argument("--json", action="store_true", help="the whole document")
    return parser


def run(options: argparse.Namespace) -> int:
    found = read_run(options.run_dir)
    document = postmortem_of(found, dead=options.dead)
    if options.json:
        print_json(document)
    else:
        print(postmortem_text(document, Colour.of(sys.stdout), width_of(sys.stdout)))
        print(f"\n  all of it in {found.path / POSTMORTEM}")
    if found.postmortem is None:
        sys.stdout.flush()
        write_postmortem(found, document)
    return EXIT_CLEAN
