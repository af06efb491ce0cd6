"""`ptt pack build`: the wheel of a pack."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from ptt_rules.authoring.compare import check_bump
from ptt_rules.authoring.tests import Outcome, Runner, find_suites
from ptt_rules.border import agreeing, plural
from ptt_rules.cli.common import (
    EXIT_CLEAN,
    EXIT_FINDINGS,
    Commands,
    print_json,
    show_error,
    write_file,
)
from ptt_rules.cli.pack_diff import sound_files
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import Project, Wheel, build, check_files, find_pack, read_project
from ptt_rules.report import Colour, outcome_text

ABOUT = About(Group.PACKS, 20, "make a wheel of a pack, for pip to install")

_EPILOG = """\
exit: 0, 1 refused: errors or tests that fail, 2 unusable input or no tests

examples:
  ptt pack build
  ptt pack build lab_grpo -o wheels
  ptt pack build lab_grpo --since dist/lab_grpo-1.2.0-py3-none-any.whl
"""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "build",
        description="Makes a wheel of the pack in a folder, once it passes the check and its\n"
        "tests. The same rules give the same wheel, byte for byte. It holds rules and tests, and\n"
        "no code.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="the folder with `pyproject.toml`"
    )
    parser.add_argument(
        "--since",
        metavar="PACK",
        help="the version before, as a wheel or a folder: refuses a version too low for what "
        "changed",
    )
    parser.add_argument("-o", "--output", metavar="DIR", help="where to (default: PATH/dist)")
    parser.add_argument("--json", action="store_true", help="what was made as a JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    project = read_project(Path(options.path))
    wheel = _tested(project, options)
    if wheel is None:
        return EXIT_FINDINGS
    folder = Path(options.output) if options.output else Path(options.path) / "dist"
    path = folder / wheel.file
    write_file(path, wheel.data)
    digest = f"sha256:{hashlib.sha256(wheel.data).hexdigest()}"
    if options.json:
        print_json({"wheel": str(path), "sha256": digest, "digest": wheel.digest})
    else:
        print(f"wrote {path}: {plural(wheel.rules, 'file')} of rules and tests")
        print(f"  the wheel  {digest}\n  the rules  {wheel.digest}")
    return EXIT_CLEAN


def _tested(project: Project, options: argparse.Namespace) -> Wheel | None:
    """The wheel of a pack that may be shared; None, and reported, if it may not.

    Errors: PTT327, PTT407 if it has no tests; all that is wrong with the version before
    """
    checked = check_files(find_pack(_place(project)))
    wrong = list(checked.diagnostics)
    if options.since and not wrong:
        wrong += check_bump(sound_files(options.since), checked)
    if wrong:
        show_error(PttError(wrong), as_json=options.json)
        return None
    wheel = build(project, checked)
    failed = [outcome for outcome in _outcomes(project) if not outcome.passed]
    for outcome in failed:
        print(outcome_text(outcome, Colour.of(sys.stderr)), end="\n\n", file=sys.stderr)
    if failed:
        noun = agreeing(len(failed), "test fails", "tests fail")
        print(f"no wheel was made: {len(failed)} {noun}", file=sys.stderr)
        return None
    return wheel


def _outcomes(project: Project) -> Iterable[Outcome]:
    """Errors: PTT407"""
    (suite,) = find_suites([_place(project)])
    if not suite.tests:
        hint = "write some beside the rules, in a file that ends in `_test.ptt`"
        raise PttError.of("PTT407", "this pack has no tests", file=suite.place, hint=hint)
    runner = Runner(suite.tested)
    return [runner.run(test) for test in suite.tests]


def _place(project: Project) -> str:
    """The folder of its pack, written so that it is never taken for the name of one."""
    return os.path.join(os.curdir, project.rules)
