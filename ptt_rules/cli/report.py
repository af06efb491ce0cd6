"""`ptt report`: a run as a page that needs no other file, and as a drawing."""

from __future__ import annotations

import argparse
from pathlib import Path

from ptt_rules.cli.common import EXIT_CLEAN, Commands, print_json
from ptt_rules.cli.files import files_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.report.run import run_drawing, run_page
from ptt_rules.runs import REPORT, read_run, write_whole

ABOUT = About(Group.RUNS, 30, "write a run as a page of HTML")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "report",
        description="Writes a page that needs no other file and no network: what went wrong and "
        "what to do, the timeline, the metrics that rules read, incidents with their conditions, "
        "what the policy did, checkpoints, snapshots, ranks, provenance.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt report runs/demo-dpo-nan\n"
        "  ptt report runs/demo-dpo-nan -o run.html --svg",
    )
    parser.add_argument("run_dir", metavar="RUN", help="the run directory of a callback")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help=f"the page (default: {REPORT} in the run directory)"
    )
    parser.add_argument(
        "--svg", action="store_true", help="also the timeline and metrics as a drawing beside it"
    )
    parser.add_argument("--json", action="store_true", help="the files as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT308, and those of reading the run"""
    found = read_run(options.run_dir)
    page = Path(options.output) if options.output else found.path / REPORT
    texts = {page: run_page(found)}
    if options.svg:
        texts[page.with_suffix(".svg")] = run_drawing(found).file()
    for path, text in texts.items():
        _write(path, text)
    if options.json:
        print_json(files_json([*texts]))
    else:
        print("\n".join(map(str, texts)))
    return EXIT_CLEAN


def _write(path: Path, text: str) -> None:
    """Errors: PTT308"""
    try:
        write_whole(path, text, lasting=False)
    except OSError as error:
        message = f"this file cannot be written: {error.strerror}"
        hint = "give another one with `-o`"
        raise PttError.of("PTT308", message, file=str(path), hint=hint) from error
