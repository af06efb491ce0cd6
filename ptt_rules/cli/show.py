"""`ptt show`: a run on one screen, or the packs that are in effect."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import Commands, add_layers
from ptt_rules.cli.show_pack import show_pack
from ptt_rules.cli.show_run import show_run
from ptt_rules.diagnostics import PttError

_PACK = "pack"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "show",
        help="what became of a run, and what to do now; or the packs in effect",
        usage="ptt show RUN [--json]\n       ptt show pack NAME... [options]",
        description="Tells of a run directory on one screen: what went wrong, when it began, how "
        "sure that is, what was lost, and what to do now. It reads, and writes nothing.\n\n"
        "`ptt show pack` shows the packs with these names as a run would use them: with the\n"
        "settings, overrides and parameters of this place, and where each of them was set.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt show runs/demo-dpo-nan\n"
        "  ptt show pack grpo --policy guard --param gradient_growth=2",
    )
    parser.add_argument(
        "what",
        nargs="+",
        metavar="RUN",
        help="the run directory of a callback; or the word `pack`, then packs",
    )
    add_layers(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT303 where it is not said what to show"""
    word, *names = options.what
    if word == _PACK:
        return show_pack(names, options)
    if names:
        hint = f"write `ptt show pack {' '.join(options.what)}` for packs"
        raise PttError.of("PTT303", "one run is shown at a time", hint=hint)
    return show_run(word, as_json=options.json)
