"""`ptt demo`: trains tiny models on the CPU, injects faults, catches them."""

from __future__ import annotations

import argparse
import subprocess
import sys

from ptt_rules.cli.common import Commands
from ptt_rules.cli.registry import About, Group

ABOUT = About(Group.TRY, 10, "train tiny models on the CPU, inject faults, catch them")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "demo",
        description="Three real TRL runs of tiny models on the CPU, two of them with a fault.",
        epilog="exit: 0 if the faults were caught and the healthy run was left alone, else 1\n\n"
        "example:\n  ptt demo --only dpo-nan",
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", default="runs", help="where runs are kept (default: runs)"
    )
    parser.add_argument("--steps", metavar="N", help="planned steps of each run (default: 200)")
    parser.add_argument("--only", metavar="NAME", help="one of the runs, such as `dpo-nan`")
    return parser


def run(options: argparse.Namespace) -> int:
    # a process of its own: the language and its tools never load torch or a trainer
    command = [sys.executable, "-m", "ptt_runtime.demo", "--output", options.output]
    for name in ("steps", "only"):
        given = getattr(options, name)
        command += [] if given is None else [f"--{name}", given]
    return subprocess.run(command, check=False).returncode
