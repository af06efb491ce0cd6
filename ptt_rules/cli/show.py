"""`ptt show`: what ptt knows of a thing, in full: the packs that are in effect."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import Commands, add_layers
from ptt_rules.cli.show_pack import show_pack
from ptt_rules.diagnostics import PttError

_PACK = "pack"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        help="the packs in effect, and where each value came from",
        description="Shows the packs with these names as a run would use them: with the settings, "
        "overrides and parameters of this place, and where each of them was set.",
        epilog="exit: 0, 2 unusable input\n\n"
        "example:\n  ptt show pack grpo --policy guard --param gradient_growth=2",
    )
    parser.add_argument(
        "what", nargs="+", metavar="pack NAME", help="the word `pack`, then the packs"
    )
    add_layers(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT303 where it is not said what to show"""
    word, *names = options.what
    if word == _PACK:
        return show_pack(names, options)
    hint = f"write `ptt show pack {word}`"
    raise PttError.of("PTT303", f"`{word}` is nothing that can be shown", hint=hint)
