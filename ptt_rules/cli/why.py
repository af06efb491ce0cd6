"""`ptt why`: why a detector fired on a run, or why it did not."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, Commands, add_rules, print_json
from ptt_rules.cli.judging import packs_for
from ptt_rules.replaying import why
from ptt_rules.report import Colour, why_text


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "why",
        help="why a detector fired on a run, or why it did not",
        description="Shows the condition of a detector part by part, each with its value at one "
        "step of a run: what was unknown and why, and what it still waited for. Without a step "
        "it is the first event, or the row at which the detector came nearest to one.",
        epilog="exit: 0, 2 unusable input\n\n"
        "example:\n  ptt why runs/demo-dpo-nan --pack dpo margin_lost --step 61",
    )
    parser.add_argument("log", metavar="RUN", help="the log of a run, as for `ptt replay`")
    parser.add_argument(
        "detector",
        metavar="DETECTOR",
        help="`margin_lost`, `preference.margin_lost`, or with the instance: "
        "`reward_function_flat[format]`",
    )
    add_rules(parser)
    parser.add_argument("--step", type=int, metavar="N", help="the step to look at")
    parser.add_argument("--json", action="store_true", help="the explanation as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    pack = packs_for(options)(options.log)
    explained = why(pack, options.log, options.detector, step=options.step)
    if options.json:
        print_json(explained.to_json())
    else:
        print(why_text(explained, Colour.of(sys.stdout)))
    return EXIT_CLEAN
