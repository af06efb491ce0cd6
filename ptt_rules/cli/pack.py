"""`ptt pack`: authors packs and shares them; each of its commands is a module of its own."""

from __future__ import annotations

import argparse

from ptt_rules.cli import pack_build, pack_diff, pack_list, pack_lock, pack_new, pack_verify
from ptt_rules.cli.common import Commands

_COMMANDS = (pack_new, pack_build, pack_diff, pack_lock, pack_verify, pack_list)
"""Modules with `add_parser` and `run`, as those of `ptt` itself; in the order of the help."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "pack",
        help="author, share and pin packs",
        description="Makes packs that pip can install, and pins the packs that a project uses.",
        epilog="examples:\n  ptt pack new lab_grpo --extends grpo\n  ptt pack list",
    )
    own = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command_parser = command.add_parser(own)
        command_parser.formatter_class = argparse.RawDescriptionHelpFormatter
        command_parser.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
        command_parser.set_defaults(run_pack=command.run)
    return parser


def run(options: argparse.Namespace) -> int:
    code: int = options.run_pack(options)
    return code
