"""`ptt pack diff`: what changed between two versions of a pack."""

from __future__ import annotations

import argparse
import sys

from ptt_rules.authoring.compare import compare, compare_over, is_enough, required_version
from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import CheckedFiles, check_files, find_pack, load
from ptt_rules.report import Colour, difference_text, event_changes_text

ABOUT = About(Group.PACKS, 60, "what changed between two versions of a pack")

_EPILOG = """\
exit: 0, 1 if the version is too low for what changed, 2 unusable input

examples:
  ptt pack diff dist/lab_grpo-1.2.0-py3-none-any.whl lab_grpo
  ptt pack diff lab_old lab --over runs/a runs/b
"""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "diff",
        description="Shows which detectors came, went, became stricter or laxer, what else\n"
        "changed, and which version that asks for; on runs, the events that change.",
        epilog=_EPILOG,
    )
    parser.add_argument("old", metavar="A", help="the older pack: a name, a path, or a wheel")
    parser.add_argument("new", metavar="B", help="the newer one")
    parser.add_argument(
        "--over", nargs="+", default=[], metavar="RUN", help="also judge these runs by both"
    )
    parser.add_argument(
        "--policy", metavar="NAME", help="with --over: the policy whose actions are compared too"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, then one a run")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: all that is wrong with one of the packs, PTT401 to PTT404 for a run"""
    difference = compare(sound_files(options.old), sound_files(options.new))
    fits = not difference.is_of_one_pack or is_enough(difference)
    if options.json:
        least = required_version(difference.old.version, difference.bump)
        judged = {"required": least, "is_enough": fits} if difference.is_of_one_pack else {}
        print_json({**difference.to_json(), **judged})
    else:
        print(difference_text(difference, Colour.of(sys.stdout)))
    _show_runs(options)
    return EXIT_CLEAN if fits else EXIT_FINDINGS


def sound_files(pack: str) -> CheckedFiles:
    """A pack by name, path or wheel, without errors.

    Errors: PttError with all that is wrong with it
    """
    files = check_files(find_pack(pack))
    if files.diagnostics:
        raise PttError(files.diagnostics)
    return files


def _show_runs(options: argparse.Namespace) -> None:
    if not options.over:
        return
    old, new = (
        load(pack, policy=options.policy, isolated=True) for pack in (options.old, options.new)
    )
    for run_path in options.over:
        changes = compare_over(old, new, run_path)
        if options.json:
            print_json(changes.to_json())
        else:
            print(f"\n{event_changes_text(changes, Colour.of(sys.stdout))}")
