"""`ptt why`: why a detector fired, or why it did not."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, Commands, add_packs, params, print_json
from ptt_rules.explaining import why
from ptt_rules.packs import load
from ptt_rules.report import Colour
from ptt_rules.report.why import why_text


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "why",
        help="why a detector fired, or why it did not",
        description="Shows a detector's conditions with the value of each part at one step of a "
        "run: without --step at its first finding, or else at its nearest miss.",
        epilog="exit: 0; 2 unusable input\n\n"
        "example:\n  ptt why runs/demo-dpo-nan gradient_not_finite --pack dpo",
    )
    parser.add_argument("log", metavar="RUN", help="the log of a run")
    parser.add_argument(
        "detector", metavar="DETECTOR", help="`name`, `pack.name`, or `name[instance]` of a family"
    )
    add_packs(parser)
    parser.add_argument("--step", type=int, metavar="N", help="the step to look at")
    parser.add_argument("--json", action="store_true", help="the explanation as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    pack = load(*options.pack, params=params(options.param), policy=options.policy)
    explanation = why(pack, options.log, options.detector, step=options.step)
    if options.json:
        print_json(explanation.to_json())
    else:
        print(why_text(explanation, Colour.of(sys.stdout)))
    return EXIT_CLEAN
