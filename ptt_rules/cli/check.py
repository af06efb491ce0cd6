"""`ptt check`: parses and checks packs, and lints them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ptt_rules.authoring.lint import RULES, Rule, edited, edits_of, lint_sources
from ptt_rules.border import plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    Commands,
    print_json,
    show_error,
    write_file,
)
from ptt_rules.language import Diagnostic, PttError, Severity
from ptt_rules.packs import check_sources, load, read_bytes
from ptt_rules.report import (
    Colour,
    diagnostic_text,
    diagnostics_summary,
    github_line,
    ir_text,
    sarif_log,
)

_FORMATS = ("text", "json", "github", "sarif")
_MOST_PASSES = 10
"""Of `--fix`: one edit may make room for another."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="parse, check and lint packs",
        description="Parses and checks packs whole: every error is reported, not just the first. "
        "With --lint, what is legal and likely wrong is told of packs without errors.",
        epilog="exit: 0 clean, 1 findings, 2 unusable input; warnings count with --strict\n\n"
        "example:\n  ptt check mine.ptt\n  ptt check --lint --strict mine.ptt",
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
    _add_linter(parser)
    return parser


def _add_linter(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("linter", "each of these options turns it on")
    group.add_argument("--lint", action="store_true", help="add warnings")
    group.add_argument("--strict", action="store_true", help="exit with 1 if there are warnings")
    group.add_argument(
        "--fix", action="store_true", help="write the edits of warnings that have one"
    )
    for word, about in (("--select", "only these rules"), ("--ignore", "all but these rules")):
        group.add_argument(
            word,
            action="append",
            default=[],
            metavar="CODE",
            help=f"{about}: codes or their beginnings, such as PTT62; may be given again",
        )


def run(options: argparse.Namespace) -> int:
    shape = "json" if options.json else options.format
    rules = _rules(options)
    diagnostics: list[Diagnostic] = []
    unusable = False
    for path in options.paths:
        try:
            diagnostics += _check(path, rules, fix=options.fix)
        except PttError as error:
            show_error(error, as_json=shape == "json")
            unusable = True
    _print(diagnostics, shape)
    fails = [d for d in diagnostics if options.strict or d.severity is Severity.ERROR]
    if options.show and shape == "text" and not fails and not unusable:
        for path in options.paths:
            print(ir_text(load(path, isolated=True).compiled), end="")
    if unusable:
        return EXIT_UNUSABLE
    return EXIT_FINDINGS if fails else EXIT_CLEAN


# ---- the linter ----------------------------------------------------------------------------


def _rules(options: argparse.Namespace) -> tuple[Rule, ...]:
    """The rules that are asked for; none if the linter is off.

    Errors: PTT101
    """
    is_on = options.lint or options.strict or options.fix or options.select or options.ignore
    if not is_on:
        return ()
    for code in (*options.select, *options.ignore):
        if not any(rule.code.startswith(code.upper()) for rule in RULES.values()):
            hint = "`docs/linter.md` lists them; their codes begin with PTT6"
            raise PttError.of("PTT101", f"the linter has no rule `{code}`", hint=hint)
    selected, ignored = _codes(options.select) or ("PTT",), _codes(options.ignore)
    return tuple(
        rule
        for rule in RULES.values()
        if rule.code.startswith(selected) and not (ignored and rule.code.startswith(ignored))
    )


def _codes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(code.upper() for code in given)


def _check(path: str, rules: Sequence[Rule], *, fix: bool) -> list[Diagnostic]:
    """What is wrong at a path, once everything that can be mended is."""
    if not rules:
        return check_sources(path)
    found = lint_sources(path, rules)
    for _ in range(_MOST_PASSES if fix else 0):
        by_source = edits_of(found)
        if not by_source:
            break
        for source, edits in by_source.items():
            path_of = Path(source.name)
            write_file(path_of, edited(read_bytes(path_of), edits))
            print(f"{source.name}: {plural(len(edits), 'edit')}", file=sys.stderr)
        found = lint_sources(path, rules)
    return found


# ---- output --------------------------------------------------------------------------------


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
            print(f"{diagnostics_summary(diagnostics)}{_mendable(diagnostics)}", file=sys.stderr)


def _mendable(diagnostics: Iterable[Diagnostic]) -> str:
    warnings = [d for d in diagnostics if d.severity is Severity.WARNING]
    count = sum(warning.edit is not None for warning in warnings)
    return f", {count} of them mended by --fix" if count else ""
