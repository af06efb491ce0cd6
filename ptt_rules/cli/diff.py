"""`ptt diff`: what a model says to fixed prompts at two steps, of one run or of two."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json, write_file
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.report import Colour, diff_page, diff_text
from ptt_rules.snapshots import (
    SnapshotDiff,
    diff_snapshots,
    no_snapshot,
    read_snapshot,
    snapshot_steps,
)

ABOUT = About(Group.RUNS, 70, "what a model says to fixed prompts at two steps, or in two runs")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "diff",
        description="Shows how the completions of two snapshots differ: flipped refusals first, "
        "then the most changed, with [-lost-] and {+new+} words and their features. Of one run, "
        "the first and the last snapshot are taken without steps; with one step, it is held "
        "against the first one. Of two runs, the last of each are taken without steps; with one "
        "step, those of that step.",
        epilog="exit: 0, 2 unusable input\n\nexamples:\n"
        "  ptt diff runs/a 0 200 --html diff.html\n"
        "  ptt diff runs/a runs/b",
    )
    parser.add_argument("run_dir", metavar="RUN", help="a run directory with snapshots")
    parser.add_argument(
        "given",
        metavar="RUN or STEP",
        nargs="*",
        help="another run whose snapshots have the same prompts; at most two steps",
    )
    parser.add_argument("--html", metavar="FILE", help="writes a page to read side by side")
    parser.add_argument("--json", action="store_true", help="the diff as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT303 for what is not a step, PTT420 where two snapshots cannot be compared"""
    given = list(options.given)
    other = Path(given.pop(0)) if given and not given[0].isdecimal() else None
    diff = _diff(Path(options.run_dir), other, _numbers(given))
    if options.html:
        write_file(Path(options.html), diff_page(diff).encode())
    if options.json:
        print_json(diff.to_json())
    elif not options.html:
        print(diff_text(diff, Colour.of(sys.stdout)))
    return EXIT_CLEAN


def _numbers(given: list[str]) -> list[int]:
    """Errors: PTT303 for more than two, and for what is not a number"""
    hint = "give the earlier and the later one"
    if len(given) > 2:
        raise PttError.of("PTT303", f"these are {len(given)} steps, not two", hint=hint)
    for one in given:
        if not one.isdecimal():
            hint = "two runs come first, then at most two steps"
            raise PttError.of("PTT303", f"`{one}` is not a step", hint=hint)
    return [int(one) for one in given]


def _diff(run_dir: Path, other: Path | None, given: list[int]) -> SnapshotDiff:
    """Errors: PTT420 where there is no such snapshot, and where two share no prompt"""
    if other is None:
        before, after = _steps(run_dir, given)
        where, names = f"steps {before} and {after}", None
    else:
        before, after = _of_two(run_dir, other, given)
        names = str(run_dir), str(other)
        where = f"`{run_dir}` and `{other}`"
    diff = diff_snapshots(
        read_snapshot(run_dir, before), read_snapshot(other or run_dir, after), names
    )
    if diff is None:
        hint = "compare snapshots that were made with the same prompts"
        raise PttError.of("PTT420", f"{where} share no prompt", file=str(run_dir), hint=hint)
    return diff


def _steps(run_dir: Path, given: list[int]) -> tuple[int, int]:
    """Errors: PTT420 where the run has no snapshots"""
    there = _there(run_dir)
    if len(given) == 2:
        return given[0], given[1]
    return there[0], given[0] if given else there[-1]


def _of_two(run_dir: Path, other: Path, given: list[int]) -> tuple[int, int]:
    """Errors: PTT420 where one of the runs has no snapshots"""
    ends = _there(run_dir)[-1], _there(other)[-1]
    return (given[0], given[-1]) if given else ends


def _there(run_dir: Path) -> list[int]:
    there = snapshot_steps(run_dir)
    if not there:
        raise no_snapshot(run_dir)
    return there
