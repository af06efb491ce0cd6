"""`ptt pack verify`: whether packs are what a lock, a run and their wheels say."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, print_json, show_error
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import LOCK_FILE, find_lock, read_run, verify

ABOUT = About(Group.PACKS, 40, "hold packs against the lock, a run, or their wheels")

_DESCRIPTION = f"""\
Holds the packs that are here against {LOCK_FILE}, the nearest in the present folder or above, or
against a run, and installed ones against the records of their wheels."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "verify",
        description=_DESCRIPTION,
        epilog="exit: 0 all as they should be, 1 not, 2 unusable input\n\n"
        "examples:\n  ptt pack verify\n  ptt pack verify --run runs/a",
    )
    parser.add_argument(
        "--run", dest="run_folder", metavar="RUN", help="the folder of a run, in place of the lock"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object for each pack")
    return parser


def run(options: argparse.Namespace) -> int:
    lock = read_run(Path(options.run_folder)) if options.run_folder else find_lock()
    if lock is None and not options.json:
        print(f"no {LOCK_FILE} here or above: packs are held against their wheels alone")
    verdicts = list(verify(lock))
    for one in verdicts:
        if options.json:
            print_json(one.to_json())
        else:
            print(f"{one.name} {one.version}  {one.described}")
    sys.stdout.flush()
    wrong = list(dict.fromkeys(found for one in verdicts for found in one.wrong))
    if not wrong:
        return EXIT_CLEAN
    if not options.json:
        show_error(PttError(wrong))
    return EXIT_FINDINGS
