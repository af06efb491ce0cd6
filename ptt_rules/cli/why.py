"""`ptt why`: why a detector fired on a run, or why it did not; without one, the first cause."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from ptt_rules.cli.common import (
    EXIT_CLEAN,
    Commands,
    add_rules,
    add_siblings,
    add_stack,
    print_json,
)
from ptt_rules.cli.judging import is_judged_as_recorded, packs_for
from ptt_rules.cli.registry import About, Group
from ptt_rules.evaluation import Incident, Reach
from ptt_rules.evaluation.why import Explanation
from ptt_rules.language import ActionKind
from ptt_rules.logs import Siblings
from ptt_rules.packs import Pack
from ptt_rules.replaying import replay, why
from ptt_rules.report import Colour, first_cause_text, no_cause_text, why_text, width_of
from ptt_rules.runs import first_cause, reach_of_run, read_run

ABOUT = About(Group.JUDGE, 20, "why a detector fired on a run, or why it did not")


@dataclass(frozen=True, slots=True)
class _Found:
    """The incidents of a run, as `ptt show` reports them or as a replay finds them."""

    incidents: Sequence[Incident]
    first: Incident | None
    reach: Reach | None
    """How many could judge; None where that is not known."""
    before: str = ""
    """What explains the first cause itself: a resume that changed the run."""


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "why",
        description="Shows the condition of a detector part by part, each with its value at one "
        "step of a run: what was unknown and why, and what it still waited for. Without a step "
        "it is the first event, or the row at which the detector came nearest to one. Without a "
        "detector it is the first cause of what was found, the one that `ptt show` names.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt why runs/demo-dpo-nan\n"
        "  ptt why runs/demo-dpo-nan margin_lost --step 61\n"
        "  ptt why log.jsonl --pack dpo preference.margin_lost",
    )
    parser.add_argument("log", metavar="RUN", help="the log of a run, as for `ptt replay`")
    parser.add_argument(
        "detector",
        nargs="?",
        metavar="DETECTOR",
        help="`margin_lost`, `preference.margin_lost`, or with the instance: "
        "`reward_function_flat[format]` (default: the first cause)",
    )
    add_rules(parser)
    add_siblings(parser)
    add_stack(parser)
    parser.add_argument("--step", type=int, metavar="N", help="the step to look at")
    parser.add_argument("--json", action="store_true", help="the explanation as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: PTT101 for a detector that is not there; those of the packs and of the log"""
    pack = packs_for(options)(options.log)
    siblings = Siblings.of(options.siblings)
    if options.detector is None:
        _explain_first(pack, siblings, options)
        return EXIT_CLEAN
    explained = why(
        pack,
        options.log,
        options.detector,
        step=options.step,
        siblings=siblings,
        stack=options.stack,
    )
    if options.json:
        print_json(explained.to_json())
    else:
        print(why_text(explained, Colour.of(sys.stdout), width_of(sys.stdout)))
    return EXIT_CLEAN


# ---- without a detector --------------------------------------------------------------------


def _explain_first(pack: Pack, siblings: Siblings, options: argparse.Namespace) -> None:
    """Explains the first cause, or says that nothing was found and what could judge."""
    log = options.log
    if is_judged_as_recorded(options, options.log) and not siblings:
        found = _recorded(options.log)
    else:
        judged = replay(pack, log, siblings=siblings, stack=options.stack)
        because = next((a.because for a in judged.actions if a.action is ActionKind.INVALIDATE), ())
        found = _Found(judged.incidents, first_cause(judged.incidents, because), judged.reach)
    explained = None
    if found.first is not None and found.first.cause.detector in _names(pack):
        cause = found.first.cause
        step = cause.step if options.step is None else options.step
        explained = why(pack, log, cause.who, step=step, siblings=siblings, stack=options.stack)
    _print_first(found, explained, options)


def _recorded(path: str) -> _Found:
    """What the callback recorded: findings of one's own code too, and all lives of the run."""
    run = read_run(path)
    first, mismatch = run.first_cause, run.mismatch
    before = mismatch.text if mismatch and first and mismatch.explains(first) else ""
    return _Found(run.incidents, first, reach_of_run(run, ask_rules=True), before)


def _names(pack: Pack) -> frozenset[str]:
    return frozenset(one.name for one in pack.detectors)


def _print_first(found: _Found, explained: Explanation | None, options: argparse.Namespace) -> None:
    if options.json:
        incident = found.first and found.first.to_json()
        reach = found.reach and found.reach.to_json()
        parts = explained.to_json() if explained else {"detector": None}
        print_json({**parts, "incident": incident, "reach": reach, "resume": found.before or None})
        return
    colour, width = Colour.of(sys.stdout), width_of(sys.stdout)
    if found.first is None:
        print(no_cause_text(found.reach, options.log, width))
        return
    print(first_cause_text(found.first, found.incidents, found.before, colour, width))
    if explained is not None:
        print(f"\n{why_text(explained, colour, width)}")
