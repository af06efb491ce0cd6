"""`ptt report`: a run as a page that needs no other file, and as a picture."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.files import files_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.report.run import run_page
from ptt_rules.runs import REPORT, Run, read_run, state_of, write_whole

ABOUT = About(Group.RUNS, 30, "write a run as a page of HTML")

PICTURE = "report.png"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        description="Writes a page that needs no other file and no network: what went wrong and "
        "what to do, the timeline, the metrics that rules read, incidents with their conditions, "
        "what the policy did, checkpoints, snapshots, ranks, provenance.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt report runs/demo-dpo-nan\n"
        "  ptt report runs/demo-dpo-nan -o run.html --png",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=f"the page (default: {REPORT} in the run directory)"
    )
    parser.add_argument(
        "--png", action="store_true", help="also a picture beside it (extra `report`)"
    )
    parser.add_argument("--json", action="store_true", help="the files as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT308, PTT404, and those of reading the run"""
    found = read_run(options.run_dir)
    page = Path(options.output) if options.output else found.path / REPORT
    try:
        write_whole(page, run_page(found), lasting=False)
    except OSError as error:
        message = f"this file cannot be written: {error.strerror}"
        hint = "give another one with `-o`"
        raise PttError.of("PTT308", message, file=str(page), hint=hint) from error
    written = [page]
    if options.png:
        name = f"{page.stem}.png" if options.output else PICTURE
        written.append(_draw(found, page.with_name(name)))
    if options.json:
        print_json(files_json(written))
    else:
        print("\n".join(map(str, written)))
    return EXIT_CLEAN


def _draw(found: Run, path: Path) -> Path:
    """Errors: PTT404"""
    try:
        picture = importlib.import_module("ptt_rules.report.picture")
    except ImportError as error:
        message = "pictures are drawn by matplotlib, which is not installed"
        hint = "install `ptt-rules[report]`; the page itself needs nothing"
        raise PttError.of("PTT404", message, file=str(path), hint=hint) from error
    rules = found.rules.by_detector
    shown = picture.RunPicture(
        title=f"{found.name}: {state_of(found).state.value}",
        frame=found.log.frame,
        events=[event for event in found.records.events if event.is_told],
        actions=found.records.actions,
        keys_of={name: [k for keys in rule.keys for k in keys] for name, rule in rules.items()},
        planned_steps=found.max_steps,
    )
    drawn: Path = picture.draw_run(shown, path)
    return drawn
