"""`ptt pack list`: the packs that can be loaded by name."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, print_json, show_error
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import ListedPack, listed_packs

ABOUT = About(Group.PACKS, 50, "list the packs that can be loaded by name")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "list",
        description="Lists the packs that can be loaded by name, with their versions and where\n"
        "they are from: those that ship with ptt, and those of installed distributions.",
        epilog="exit: 0, 1 if one of them cannot be loaded\n\nexample:\n  ptt pack list --json",
    )
    parser.add_argument("--json", action="store_true", help="a JSON object for each pack")
    return parser


def run(options: argparse.Namespace) -> int:
    packs = list(listed_packs())
    wrong = list(dict.fromkeys(found for pack in packs for found in pack.wrong))
    if options.json:
        for pack in packs:
            print_json(pack.to_json())
    else:
        for line in _lines(packs):
            print(line)
    if wrong:
        show_error(PttError(wrong), as_json=options.json)
    return EXIT_FINDINGS if wrong else EXIT_CLEAN


def _lines(packs: Sequence[ListedPack]) -> list[str]:
    names = max(len(pack.name) for pack in packs)
    versions = max(len(pack.version) for pack in packs)
    return [
        f"{pack.name:<{names}}  {pack.version:<{versions}}  {_described(pack)}".rstrip()
        for pack in packs
    ]


def _described(pack: ListedPack) -> str:
    return f"{pack.origin.described}{': cannot be loaded' if pack.wrong else ''}"
