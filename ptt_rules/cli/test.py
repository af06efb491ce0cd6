"""`ptt test`: runs the tests of packs."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ptt_rules.authoring.tests import (
    SUFFIX,
    Coverage,
    Outcome,
    Runner,
    changed,
    find_suites,
    is_named,
    percent,
    read_cases,
    run_case,
    times_of,
)
from ptt_rules.border import write_text
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    EXIT_UNUSABLE,
    Commands,
    print_json,
    show_error,
)
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.report import (
    Colour,
    counts_text,
    coverage_json,
    coverage_text,
    junit_xml,
    outcome_text,
)

ABOUT = About(Group.WRITE, 50, "run the tests of packs")

_POLL_SECONDS = 0.5

_EPILOG = """\
exit: 0 passed, 1 failed or covered too little, 2 unusable input

examples:
  ptt test rulepacks
  ptt test lab -k collapse -k silent -x
  ptt test lab --coverage --fail-under 100 --junit tests.xml
"""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "test",
        description="Runs the tests in packs and in the *_test.ptt files beside them. A failure "
        "shows the expectation, the series, and why the rule did what it did.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a .ptt file, a pack, or a folder of packs; or conformance cases as a .jsonl file",
    )
    parser.add_argument(
        "-k",
        dest="words",
        action="append",
        default=[],
        metavar="WORD",
        help="only tests with this in their name, whatever the case; given again: or with that",
    )
    parser.add_argument("-x", "--exitfirst", action="store_true", help="stop at the first failure")
    parser.add_argument("--coverage", action="store_true", help="list what the tests exercise")
    parser.add_argument(
        "--fail-under",
        type=_share,
        metavar="PERCENT",
        help="exit 1 if the tests of a pack cover less of its rules, and list these",
    )
    parser.add_argument("--junit", metavar="FILE", help="write the outcomes as JUnit XML")
    parser.add_argument("--watch", action="store_true", help="run again when a .ptt file changes")
    parser.add_argument("--json", action="store_true", help="outcomes as JSON lines")
    return parser


def _share(text: str) -> float:
    share = float(text.removesuffix("%"))
    if not 0 <= share <= 100:
        raise argparse.ArgumentTypeError("a share is between 0 and 100")
    return share


def run(options: argparse.Namespace) -> int:
    return _watch(options) if options.watch else _run(options)


def _run(options: argparse.Namespace) -> int:
    """Runs the tests once.

    Errors: PTT407 if there is none to run
    """
    groups = [*_suites(options), *_files_of_cases(options)]
    if not any(group.outcomes for group in groups):
        raise _no_tests(options)
    outcomes: list[Outcome] = []
    for group in groups:
        ran = list(_shown(group, options))
        outcomes += ran
        if not options.json:
            print(f"{group.name}: {counts_text(ran)}")
        if options.exitfirst and not all(outcome.passed for outcome in ran):
            break
    coverages = [group.coverage for group in groups if group.coverage]
    _close(outcomes, coverages, options, several=len(groups) > 1)
    if options.junit:
        _write(Path(options.junit), junit_xml(outcomes))
    return _exit_code(outcomes, coverages, options)


@dataclass(frozen=True, slots=True)
class _Group:
    """Tests that are counted together: of a pack, or the cases of a file."""

    name: str
    outcomes: Sequence[Callable[[], Outcome]]
    coverage: Coverage | None = None


def _suites(options: argparse.Namespace) -> Iterator[_Group]:
    paths = [path for path in options.paths if not path.endswith(SUFFIX)]
    is_measured = options.coverage or options.fail_under is not None
    for suite in find_suites(paths, options.words):
        coverage = Coverage(suite.tested.checked) if is_measured else None
        runner = Runner(suite.tested, coverage)
        yield _Group(suite.pack, [partial(runner.run, test) for test in suite.tests], coverage)


def _files_of_cases(options: argparse.Namespace) -> Iterator[_Group]:
    for path in options.paths:
        if path.endswith(SUFFIX):
            cases = [one for one in read_cases(path) if is_named(one.name, options.words)]
            yield _Group(Path(path).stem, [partial(run_case, one) for one in cases])


def _shown(group: _Group, options: argparse.Namespace) -> Iterator[Outcome]:
    """The outcomes of some tests, each shown as it comes."""
    colour = Colour.of(sys.stdout)
    for run_one in group.outcomes:
        outcome = run_one()
        yield outcome
        if options.json:
            print_json(outcome.to_json())
        elif not outcome.passed:
            stream = sys.stderr if outcome.errors else sys.stdout
            print(outcome_text(outcome, colour), end="\n\n", file=stream)
        if options.exitfirst and not outcome.passed:
            return


def _close(
    outcomes: Sequence[Outcome],
    coverages: Sequence[Coverage],
    options: argparse.Namespace,
    *,
    several: bool,
) -> None:
    """What is said of all tests together: coverage, and how many did what."""
    colour = Colour.of(sys.stdout)
    for coverage in coverages:
        if options.json:
            print_json(coverage_json(coverage))
        elif options.coverage or _lacks(coverage, options):
            print(f"\n{coverage_text(coverage, colour)}")
    if options.json:
        counts = {word: _count(outcomes, word) for word in ("passed", "failed", "error")}
        print_json({"event": "summary", "tests": len(outcomes), **counts})
    elif several:
        print(f"\n{counts_text(outcomes)}")


def _count(outcomes: Sequence[Outcome], word: str) -> int:
    return sum(outcome.word == word for outcome in outcomes)


def _exit_code(
    outcomes: Sequence[Outcome], coverages: Sequence[Coverage], options: argparse.Namespace
) -> int:
    if not all(outcome.passed for outcome in outcomes):
        return EXIT_FINDINGS
    lacking = [one.pack for one in coverages if _lacks(one, options)]
    if lacking and not options.json:
        print(f"\ncovered less than {options.fail_under:g}%: {', '.join(lacking)}")
    return EXIT_FINDINGS if lacking else EXIT_CLEAN


def _lacks(coverage: Coverage, options: argparse.Namespace) -> bool:
    return options.fail_under is not None and percent(coverage.parts()) < options.fail_under


def _no_tests(options: argparse.Namespace) -> PttError:
    words = " or ".join(f"`{word}`" for word in options.words)
    hint = "write some beside the rules, in a file that ends in `_test.ptt`"
    if words:
        return PttError.of("PTT407", f"no test has {words} in its name", hint="leave out `-k`")
    return PttError.of("PTT407", f"no tests in {', '.join(options.paths)}", hint=hint)


def _write(path: Path, text: str) -> None:
    """Errors: PTT308"""
    try:
        write_text(path, text)
    except OSError as error:
        message = f"this file cannot be written: {error.strerror}"
        raise PttError.of("PTT308", message, file=str(path)) from error


def _watch(options: argparse.Namespace) -> int:
    """Runs the tests at each change of a file, until it is interrupted."""
    before = times_of(options.paths)
    _run_watched(options)
    while True:
        time.sleep(_POLL_SECONDS)
        after = times_of(options.paths)
        files = changed(before, after)
        if files:
            print(f"\n{', '.join(map(str, files))} changed\n", file=sys.stderr)
            _run_watched(options)
        before = after


def _run_watched(options: argparse.Namespace) -> int:
    """Runs the tests once; what is wrong with the packs is shown, and may be fixed."""
    try:
        code = _run(options)
    except PttError as error:
        show_error(error, as_json=options.json)
        code = EXIT_UNUSABLE
    sys.stdout.flush()
    return code
