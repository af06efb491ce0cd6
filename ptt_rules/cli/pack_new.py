"""`ptt pack new`: a pack of one's own to start from."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.files import files_json, write_files
from ptt_rules.cli.registry import About, Group
from ptt_rules.packs import POLICY_PACK, new_pack, origin_of_ptt

ABOUT = About(Group.PACKS, 10, "make a pack of your own, to start from")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "new",
        description="Makes a folder that is the source of a distribution: `pyproject.toml`, the\n"
        "pack with a detector and its tests, a README and a workflow for CI. Nothing that is\n"
        "there is overwritten.",
        epilog="exit: 0, 2 if the name or the place will not do\n\n"
        "example:\n  ptt pack new lab_grpo --extends grpo",
    )
    parser.add_argument("name", metavar="NAME", help="what the pack is called")
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="where its folder goes (default: here)"
    )
    parser.add_argument(
        "--extends",
        metavar="PACK",
        default=POLICY_PACK,
        help="the pack that it builds on, by name (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="the files as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    texts = new_pack(options.name, Path(options.path), options.extends)
    write_files(texts, force=False, hint="choose another name, or another folder")
    folder = Path(options.path) / options.name
    ptt = origin_of_ptt()
    wheel = _carried(ptt.wheel, folder / "wheels") if ptt.wheel else None
    if options.json:
        print_json(files_json([*texts, wheel] if wheel else texts))
        return EXIT_CLEAN
    for path in [*texts, wheel] if wheel else texts:
        print(f"wrote {path}")
    if ptt.is_folder:
        print(f"put a wheel of ptt into {folder / 'wheels'} for the workflow, if no index has it")
    print(f"next, write rules: ptt new detector NAME {folder}")
    print(f"then: ptt lint {folder}")
    print(f"      ptt test {folder}")
    print(f"      ptt pack build {folder}")
    return EXIT_CLEAN


def _carried(wheel: Path, folder: Path) -> Path:
    """The wheel of ptt beside the pack, so that the workflow can install what no index has."""
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(wheel, folder))
