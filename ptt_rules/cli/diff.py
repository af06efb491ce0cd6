"""`ptt diff`: what a model says to fixed prompts at two steps of its run, side by side."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json, write_file
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.report import Colour, diff_page, diff_text
from ptt_rules.snapshots import diff_snapshots, no_snapshot, read_snapshot, snapshot_steps

ABOUT = About(Group.RUNS, 70, "what a model says to fixed prompts at two steps")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "diff",
        description="Shows how the completions of two snapshots differ, the most changed first: "
        "[-lost-] and {+new+} words, and their features. Without steps the first and the last "
        "snapshot are taken; with one step it is held against the first one.",
        epilog="exit: 0, 2 unusable input\n\nexample:\n  ptt diff runs/a 0 200 --html diff.html",
    )
    parser.add_argument("run_dir", metavar="RUN", help="a run directory with snapshots")
    parser.add_argument("steps", metavar="STEP", type=int, nargs="*", help="at most two steps")
    parser.add_argument("--html", metavar="FILE", help="writes a page to read side by side")
    parser.add_argument("--json", action="store_true", help="the diff as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT303 for more than two steps, PTT420 where two snapshots cannot be compared"""
    run_dir = Path(options.run_dir)
    if len(options.steps) > 2:
        hint = "give the earlier and the later one"
        raise PttError.of("PTT303", f"these are {len(options.steps)} steps, not two", hint=hint)
    before, after = _steps(run_dir, options.steps)
    diff = diff_snapshots(read_snapshot(run_dir, before), read_snapshot(run_dir, after))
    if diff is None:
        message = f"steps {before} and {after} share no prompt"
        hint = "compare snapshots that were made with the same prompts"
        raise PttError.of("PTT420", message, file=str(run_dir), hint=hint)
    if options.html:
        write_file(Path(options.html), diff_page(diff).encode())
    if options.json:
        print_json(diff.to_json())
    elif not options.html:
        print(diff_text(diff, Colour.of(sys.stdout)))
    return EXIT_CLEAN


def _steps(run_dir: Path, given: list[int]) -> tuple[int, int]:
    """Errors: PTT420 where the run has no snapshots"""
    there = snapshot_steps(run_dir)
    if not there:
        raise no_snapshot(run_dir)
    if len(given) == 2:
        return given[0], given[1]
    return there[0], given[0] if given else there[-1]
