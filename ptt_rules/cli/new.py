"""`ptt new`: files to start from."""

from __future__ import annotations

import argparse
from pathlib import Path

from ptt_rules.authoring import Skeleton, new_detector
from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.files import files_json, write_files
from ptt_rules.cli.registry import About, Group

ABOUT = About(Group.WRITE, 10, "write a detector with its tests, to start from")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "new",
        description="Writes a detector to start from, with its tests: in a pack as two files,\n"
        "elsewhere as one. Nothing that is there is overwritten.",
        epilog="exit: 0, 2 if the name or the place will not do\n\n"
        "example:\n  ptt new detector kl_runaway lab --metric kl",
    )
    parser.add_argument("kind", choices=["detector"], help="what to make")
    parser.add_argument("name", metavar="NAME", help="what it is called: after the fault it finds")
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="the folder, which is made if need be (default: this one)",
    )
    parser.add_argument(
        "--metric",
        metavar="KEY",
        help="what it watches: a key that the trainer logs, or a metric of the pack",
    )
    parser.add_argument("--json", action="store_true", help="the files as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    skeleton = new_detector(options.name, Path(options.path), options.metric)
    write_files(skeleton.texts, force=False, hint="choose another name, or another folder")
    if options.json:
        print_json(files_json(skeleton.texts))
        return EXIT_CLEAN
    for path in skeleton.texts:
        print(f"wrote {path}")
    print(_next_steps(skeleton))
    return EXIT_CLEAN


def _next_steps(skeleton: Skeleton) -> str:
    path = next(iter(skeleton.texts))
    first = "" if skeleton.is_filled else "the unit and key of the metric, "
    return (
        f"next, fill in {path}: {first}the condition and the texts\n"
        f"then: ptt check {skeleton.checked}\n"
        f"      ptt test {skeleton.checked}"
    )
