"""`ptt pack list`: the packs that can be loaded by name."""

from __future__ import annotations

import argparse

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.packs import load, shipped_packs


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "list",
        help="packs that can be loaded by name",
        description="Lists the packs that can be loaded by name, with their versions.",
        epilog="exit: 0\n\nexample:\n  ptt pack list --json",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def run(options: argparse.Namespace) -> int:
    for name in shipped_packs():
        info = next(one for one in load(name, isolated=True).packs if one.name == name)
        if options.json:
            print_json({"name": name, "version": info.version, "origin": "shipped"})
        else:
            print(f"{name:<12} {info.version:<8} ships with ptt")
    return EXIT_CLEAN
