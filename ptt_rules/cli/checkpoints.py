"""`ptt checkpoints`: which checkpoints of a run are good, and from which to go on."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, checkpoint_verdict, checkpoints_text, width_of
from ptt_rules.runs import Run, read_run

ABOUT = About(Group.RUNS, 40, "which checkpoints are good, and from which to go on")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "checkpoints",
        description="Looks at the checkpoints of a run without loading them: whether they are "
        "whole (weights, optimizer, state of the trainer), and whether they are from before what "
        "went wrong. Weights are not read, so that their size does not matter.",
        epilog="exit: 0, 1 none is good, 2 unusable input\n\n"
        "example:\n  ptt checkpoints runs/demo-dpo-nan",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument(
        "--in",
        dest="output_dir",
        metavar="DIR",
        help="the folder of the checkpoints, where they were moved (default: as run.json says)",
    )
    parser.add_argument("--json", action="store_true", help="an object a checkpoint, one a line")
    return parser


def run(options: argparse.Namespace) -> int:
    found = read_run(options.run_dir, output_dir=options.output_dir)
    if options.json:
        _print_json(found)
    else:
        print(checkpoints_text(found, Colour.of(sys.stdout), width_of(sys.stdout)))
    return EXIT_CLEAN if found.way_back.checkpoint else EXIT_FINDINGS


def _print_json(found: Run) -> None:
    chosen = found.way_back.checkpoint
    for one in found.checkpoints:
        verdict, reasons = checkpoint_verdict(found, one)
        print_json(
            {**one.to_json(), "verdict": verdict, "reasons": reasons, "resume": one is chosen}
        )
