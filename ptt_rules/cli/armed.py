"""`ptt armed`: which detectors a run could feed, before it begins."""

from __future__ import annotations

import argparse
import json
import textwrap
from typing import Any

from ptt_rules.cli.common import EXIT_CLEAN, Commands, add_settings, load_packs, print_json
from ptt_rules.diagnostics import PttError
from ptt_rules.metrics import TRAINERS
from ptt_rules.report import arming_lines

WIDTH = 88


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "armed",
        help="which detectors a trainer and its arguments can feed",
        description="Tells which detectors are armed for a trainer, a version of TRL and training "
        "arguments, and which are not and why. Without arguments, what depends on them is unknown.",
        epilog="exit: 0, 2 unusable input\n\n"
        "example:\n  ptt armed grpo --trl 1.16.0 --config beta=0 --config eval_strategy=no",
    )
    parser.add_argument(
        "packs", nargs="+", metavar="PACK", help="a pack by name, or a .ptt file, folder or wheel"
    )
    parser.add_argument(
        "--for",
        dest="algorithm",
        choices=TRAINERS,
        metavar="TRAINER",
        help=f"one of {', '.join(TRAINERS)} (default: the name of the first pack)",
    )
    parser.add_argument("--trl", metavar="VERSION", help="the version of TRL (default: any)")
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a training argument; may be given again",
    )
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    pack = load_packs(options.packs, options)
    algorithm = options.algorithm or _trainer(options.packs[0])
    armed = pack.armed(algorithm, options.trl, dict(map(_argument, options.config)))
    if options.json:
        print_json(armed.to_json())
    else:
        for line in arming_lines(armed, shown=None):
            print(_wrapped(line))
    return EXIT_CLEAN


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line, WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )


def _trainer(pack: str) -> str:
    """Errors: PTT303"""
    if pack in TRAINERS:
        return pack
    message = f"`{pack}` is the name of no trainer"
    raise PttError.of("PTT303", message, hint="say for which one, such as `--for grpo`")


def _argument(pair: str) -> tuple[str, Any]:
    """A training argument as JSON has it, else as text.

    Errors: PTT303
    """
    name, sign, text = pair.partition("=")
    if not sign:
        hint = "write a name and a value, such as `--config beta=0`"
        raise PttError.of("PTT303", f"`{pair}` sets no training argument", hint=hint)
    plain = {"True": True, "False": False, "None": None}
    if text in plain:
        return name.strip(), plain[text]
    try:
        return name.strip(), json.loads(text)
    except ValueError:
        return name.strip(), text
