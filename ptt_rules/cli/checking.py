"""What `ptt check` and `ptt lint` share: what is wrong with packs, in each format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ptt_rules.authoring.lint import RULES, Rule, edited, edits_of, lint_files, lint_sources
from ptt_rules.border import plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    STDIN,
    print_json,
    read_data,
    show_error,
    write_file,
)
from ptt_rules.language import Diagnostic, PttError, Severity
from ptt_rules.packs import PackFiles, check_sources, decode_source, read_bytes
from ptt_rules.report import (
    Colour,
    diagnostic_text,
    diagnostics_summary,
    github_line,
    sarif_log,
)

_FORMATS = ("text", "json", "github", "sarif")
_MOST_PASSES = 10
"""Of `--fix`: one edit may make room for another."""


def add_paths(parser: argparse.ArgumentParser) -> None:
    """What is looked at, and the format of what is found."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a .ptt file, a pack's folder, or a folder of packs; `-` is standard input",
    )
    parser.add_argument(
        "--format",
        choices=_FORMATS,
        default="text",
        help="text for people, JSON lines, annotations of GitHub, or one SARIF 2.1.0 log",
    )
    parser.add_argument("--json", action="store_true", help="the same as --format json")


def add_linter(parser: argparse._ActionsContainer) -> None:
    """The options of the linter."""
    parser.add_argument("--strict", action="store_true", help="exit 1 if there are warnings")
    parser.add_argument(
        "--fix", action="store_true", help="write the edits of warnings that have one"
    )
    for word, about in (("--select", "only these rules"), ("--ignore", "all but these rules")):
        parser.add_argument(
            word,
            action="append",
            default=[],
            metavar="CODE",
            help=f"{about}: codes or their beginnings, such as PTT62; may be given again",
        )


def report_on(options: argparse.Namespace, rules: Sequence[Rule]) -> int:
    """Checks and lints each path, prints all that is found, and returns the exit code."""
    shape = shape_of(options)
    diagnostics: list[Diagnostic] = []
    unusable = False
    for path in options.paths:
        try:
            diagnostics += _check(path, rules, fix=options.fix)
        except PttError as error:
            show_error(error, as_json=shape == "json")
            unusable = True
    _print(diagnostics, shape)
    if unusable:
        return EXIT_UNUSABLE
    fails = any(options.strict or d.severity is Severity.ERROR for d in diagnostics)
    return EXIT_FINDINGS if fails else EXIT_CLEAN


def shape_of(options: argparse.Namespace) -> str:
    """The format that is asked for."""
    return "json" if options.json else str(options.format)


# ---- what is looked for --------------------------------------------------------------------


def chosen_rules(options: argparse.Namespace) -> tuple[Rule, ...]:
    """The rules of the linter that are asked for.

    Errors: PTT101
    """
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
    """What is wrong at a path, once everything that can be fixed is."""
    if path == STDIN:
        return _check_input(rules, fix=fix)
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


def _check_input(rules: Sequence[Rule], *, fix: bool) -> list[Diagnostic]:
    """What is wrong with the rules on standard input.

    Errors: PTT303 where it were to be changed
    """
    if fix:
        hint = "give the file, or leave out `--fix`"
        raise PttError.of("PTT303", "`--fix` writes files, and this is standard input", hint=hint)
    source = decode_source(STDIN, read_data())
    return lint_files(PackFiles("stdin", STDIN, (source,)), rules=rules)


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
            print(f"{diagnostics_summary(diagnostics)}{_fixable(diagnostics)}", file=sys.stderr)


def _fixable(diagnostics: Iterable[Diagnostic]) -> str:
    warnings = [d for d in diagnostics if d.severity is Severity.WARNING]
    count = sum(warning.edit is not None for warning in warnings)
    return f", {count} of them fixed by --fix" if count else ""
