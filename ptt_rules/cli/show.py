"""`ptt show`: what became of a run on one screen, or the packs that are in effect."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import Commands, add_layers
from ptt_rules.cli.show_pack import show_pack
from ptt_rules.cli.show_run import show_run
from ptt_rules.language import PttError

_PACK = "pack"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        help="what became of a run and what to do now; the packs in effect",
        description="`ptt show RUN` tells of a run directory on one screen: what went wrong, when\n"
        "it began, how sure that is, what was lost, and what to do now.\n"
        "`ptt show pack NAME...` shows packs as a run would use them: with the settings,\n"
        "overrides and parameters of this place, and where each of them was set.\n"
        "It reads, and writes nothing.",
        epilog="exit: 0, 2 unusable input\n\nexamples:\n  ptt show runs/demo-dpo-nan\n"
        "  ptt show pack grpo --policy guard --param gradient_growth=2",
    )
    parser.add_argument(
        "what",
        nargs="+",
        metavar="RUN | pack NAME",
        help="the run directory of a callback; or the word `pack`, then the packs",
    )
    add_layers(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT303 where it is not said what to show"""
    first, *names = options.what
    if first == _PACK:
        return show_pack(names, options)
    if names:
        hint = f"give one run, or write `ptt show pack {' '.join(options.what)}`"
        raise PttError.of("PTT303", f"`{names[0]}` is one thing too many to show", hint=hint)
    return show_run(first, as_json=options.json)
