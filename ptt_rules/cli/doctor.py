"""`ptt doctor`: what of a set-up will trip ptt, and the way out."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence

from ptt_rules.border import agreeing, plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    Commands,
    add_config,
    config_of,
    print_json,
)
from ptt_rules.cli.registry import About, Group
from ptt_rules.doctor import CHECKS, Finding, Machine, Verdict, examine, setup_of
from ptt_rules.language.metrics import PLAIN, TRAINERS
from ptt_rules.report import width_of, wrapped

ABOUT = About(Group.TRY, 20, "what of versions, arguments, disk and packs will trip ptt")

_SHOWN = ("trl", "transformers", "torch", "polars")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        description="Looks at what is installed, at packs and settings of this folder, at the disk "
        "and at training arguments, and names what will trip ptt, each with the way out. Arguments "
        "are those of a training script (it is read, and not run), of a file, or of a run.",
        epilog="exit: 0 nothing trips, 1 something does, 2 unusable input\n\n"
        "examples:\n  ptt doctor\n  ptt doctor train.py\n  ptt doctor runs/a\n"
        "  ptt doctor --algorithm dpo --config logging_steps=10 --config max_steps=200",
    )
    parser.add_argument(
        "given",
        nargs="?",
        metavar="SCRIPT | FILE | RUN",
        help="a training script (.py), a file of training arguments (.yaml, .json), or the "
        "directory of a run (default: this folder and what is installed)",
    )
    parser.add_argument(
        "--algorithm",
        choices=(*TRAINERS, *PLAIN),
        metavar="NAME",
        help="what the trainer does, such as `dpo` (default: as the script or the run says)",
    )
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object for each check")
    return parser


def run(options: argparse.Namespace) -> int:
    setup = setup_of(options.given, config_of(options), algorithm=options.algorithm)
    found = examine(setup)
    if options.json:
        for one in found:
            print_json(one.to_json())
    else:
        _print(found, setup.machine)
    return EXIT_FINDINGS if any(one.verdict >= Verdict.TRIPS for one in found) else EXIT_CLEAN


def _print(found: Sequence[Finding], machine: Machine) -> None:
    width = width_of(sys.stdout)
    for one in found:
        if one.verdict is Verdict.OK:
            continue
        label = f"{one.verdict.word:<7}"
        print(wrapped(one.found, width, label=label))
        print(wrapped(one.way_out, width, label=f"{'':<7}-> "))
    tripping = [one for one in found if one.verdict >= Verdict.TRIPS]
    fine = len({one.check for one in found if one.verdict is Verdict.OK})
    trip = f"{plural(len(tripping), 'thing')} {agreeing(len(tripping), 'trips', 'trip')} ptt"
    label = f"{'' if tripping else 'ok':<7}"
    text = f"{trip if tripping else 'nothing trips ptt'}; {fine} of {len(CHECKS)} checks are fine"
    print(wrapped(text, width, label=label))
    shown = [f"{name} {v}" for name in _SHOWN if (v := machine.version(name))]
    text = f"python {platform.python_version()}, {', '.join(shown)}"
    print(wrapped(text, width, label=f"{'':<7}"))
