"""`ptt pack show`: packs as they are in effect, with where each value came from."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.cli.common import EXIT_CLEAN, Commands, add_layers, load_packs, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.report import Colour, effective_json, effective_text

ABOUT = About(Group.PACKS, 70, "packs as they are in effect, and where each value was set")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        description="Shows packs as a run would use them: with the settings, overrides and "
        "parameters of this place, and where each of them was set. It reads, and writes nothing.",
        epilog="exit: 0, 2 unusable input\n\n"
        "example:\n  ptt pack show grpo --policy guard --param gradient_growth=2",
    )
    parser.add_argument(
        "packs",
        nargs="*",
        metavar="PACK",
        help="a pack by name, or a .ptt file, folder or wheel (default: those of the settings)",
    )
    add_layers(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: those of loading the packs"""
    pack = load_packs(options.packs, options)
    if options.json:
        print_json(effective_json(pack))
    else:
        print(effective_text(pack, Colour.of(sys.stdout)))
    return EXIT_CLEAN
