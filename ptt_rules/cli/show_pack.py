"""`ptt show pack`: packs as they are in effect, with where each value came from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ptt_rules.cli.common import EXIT_CLEAN, load_packs, print_json
from ptt_rules.report import Colour, effective_json, effective_text


def show_pack(names: Sequence[str], options: argparse.Namespace) -> int:
    """Shows the packs named, or without a name those of the settings."""
    pack = load_packs(names, options)
    if options.json:
        print_json(effective_json(pack))
    else:
        print(effective_text(pack, Colour.of(sys.stdout)))
    return EXIT_CLEAN
