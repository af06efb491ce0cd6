"""`ptt show`: what became of a run, on one screen."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, story_text, width_of
from ptt_rules.runs import read_run, run_json, state_of, story_of

ABOUT = About(Group.RUNS, 20, "one run on one screen: what went wrong, what to do now")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        description="Shows a run directory on one screen: what went wrong, when it began, how "
        "sure that is, what was lost, and what to do now. It reads, and writes nothing.",
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt show runs/demo-dpo-nan",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT402, PTT408, and those of its log"""
    found = read_run(options.run_dir)
    state = state_of(found)
    story = story_of(found, state)
    if options.json:
        print_json(run_json(found, state, story))
    else:
        print(story_text(found, state, story, Colour.of(sys.stdout), width_of(sys.stdout)))
    return EXIT_CLEAN
