"""`ptt check`: parses and checks packs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    Commands,
    print_json,
    show_error,
)
from ptt_rules.diagnostics import Diagnostic, PttError
from ptt_rules.packs import check_sources, load
from ptt_rules.report import (
    Colour,
    diagnostic_text,
    diagnostics_summary,
    github_line,
    ir_text,
    sarif_log,
)

_FORMATS = ("text", "json", "github", "sarif")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="parse and check packs",
        description="Parses and checks packs whole: every error is reported, not just the first.",
        epilog="exit: 0 clean, 1 findings, 2 unusable input\n\nexample:\n  ptt check mine.ptt",
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a .ptt file or a pack's folder")
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default="text",
        help="text for people, JSON lines, annotations of GitHub, or one SARIF 2.1.0 log",
    )
    parser.add_argument("--show", choices=["ir"], help="print what the packs are compiled to")
    parser.add_argument("--json", action="store_true", help="the same as --format json")
    return parser


def run(options: argparse.Namespace) -> int:
    shape = "json" if options.json else options.format
    diagnostics: list[Diagnostic] = []
    unusable = False
    for path in options.paths:
        try:
            diagnostics += check_sources(path)
        except PttError as error:
            show_error(error, as_json=shape == "json")
            unusable = True
    _print(diagnostics, shape)
    if options.show and shape == "text" and not diagnostics and not unusable:
        for path in options.paths:
            print(ir_text(load(path).compiled), end="")
    if unusable:
        return EXIT_UNUSABLE
    return EXIT_FINDINGS if diagnostics else EXIT_CLEAN


def _print(diagnostics: Sequence[Diagnostic], shape: str) -> None:
    """Diagnostics: for people on standard error, for machines on standard output."""
    if shape == "json":
        for diagnostic in diagnostics:
            print_json(diagnostic.to_json())
    elif shape == "github":
        for diagnostic in diagnostics:
            print(github_line(diagnostic))
    elif shape == "sarif":
        print_json(sarif_log(diagnostics))
    else:
        colour = Colour.of(sys.stderr)
        for diagnostic in diagnostics:
            print(diagnostic_text(diagnostic, colour), end="\n\n", file=sys.stderr)
        if diagnostics:
            print(diagnostics_summary(diagnostics), file=sys.stderr)
