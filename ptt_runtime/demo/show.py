"""Tells what the runs of the demo came to."""

from __future__ import annotations

import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import datasets
import transformers

from ptt_rules.border import plural
from ptt_rules.report import width_of
from ptt_rules.runs import REPORT
from ptt_runtime.demo.cases import DELAY_BUDGET, STOP_BUDGET, Case, Outcome, all_cases, train


def run(out: str, *, steps: int, only: str | None = None) -> int:
    """Trains the cases; 0 if ptt found the faults in time and left the healthy run alone."""
    _quiet()
    cases = [case for case in all_cases(steps) if only in (None, case.name)]
    outcomes = []
    for number, case in enumerate(cases, start=1):
        print(f"\n{_rule()}\n{number}/{len(cases)}  {case.story}\n{_rule()}", flush=True)
        _clear(Path(out), case)
        outcome = train(case, Path(out))
        _tell(outcome)
        outcomes.append(outcome)
    _closing(outcomes)
    return 0 if all(outcome.is_as_it_should_be for outcome in outcomes) else 1


def _rule() -> str:
    """A line across the terminal."""
    return "=" * width_of(sys.stdout)


def _quiet() -> None:
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def _clear(out: Path, case: Case) -> None:
    """Removes what an earlier demo left of this run, and nothing else."""
    shutil.rmtree(out / f"demo-{case.name}", ignore_errors=True)


# ---- one run -------------------------------------------------------------------------------


def _tell(outcome: Outcome) -> None:
    print()
    for name, text in [*_story(outcome), *_artifacts(outcome)]:
        print(f"  {name:<12} {text}")
    print(end="", flush=True)


def _story(outcome: Outcome) -> list[tuple[str, str]]:
    """What happened at which step, and what stopping saved."""
    case, first, stopped = outcome.case, outcome.first_finding, outcome.stopped_at
    told = []
    if case.fault_step is not None:
        told.append(("fault", f"from step {case.fault_step} on"))
    if first is None:
        told.append(("found", f"nothing of note, in {outcome.last_step} steps"))
    else:
        told.append(("found", f"step {first['step']}, by {first['detector']}{_delay(outcome)}"))
        told.append(("", first["message"]))
    if stopped is not None:
        told.append(("stopped", f"step {stopped} of {case.steps}"))
        told.append(("saved", _saved(outcome)))
    return told


def _delay(outcome: Outcome) -> str:
    first, fault = outcome.first_finding, outcome.case.fault_step
    if first is None or fault is None:
        return ""
    return f", in log event {first['step'] - fault + 1} of the fault"


def _saved(outcome: Outcome) -> str:
    share = outcome.saved_steps / outcome.case.steps
    return (
        f"{plural(outcome.saved_steps, 'step')}, {share:.0%} of the run:"
        f" about {outcome.saved_s:.0f} s at the pace of this one"
    )


def _artifacts(outcome: Outcome) -> list[tuple[str, str]]:
    run_dir = outcome.run_dir
    return [("artifacts", str(run_dir)), ("page", str(run_dir / REPORT))]


# ---- all runs ------------------------------------------------------------------------------


def _closing(outcomes: Sequence[Outcome]) -> None:
    print(f"\n{_rule()}")
    print(f"{'run':<24}{'fault':>8}{'found':>8}{'stopped':>9}{'saved':>8}   verdict")
    for outcome in outcomes:
        case, first = outcome.case, outcome.first_finding
        cells = (case.fault_step, first["step"] if first else None, outcome.stopped_at)
        fault, found, stopped = ("-" if cell is None else str(cell) for cell in cells)
        saved = f"{outcome.saved_steps / case.steps:.0%}"
        print(f"{case.name:<24}{fault:>8}{found:>8}{stopped:>9}{saved:>8}   {_verdict(outcome)}")
    last = next((each for each in outcomes if each.case.fault_step is not None), outcomes[-1])
    print(f"\nTry next:  ptt show {last.run_dir}")
    print(f"           ptt replay {last.run_dir} --pack {last.case.algorithm}")


def _verdict(outcome: Outcome) -> str:
    if outcome.case.fault_step is None:
        return "left alone" if outcome.is_as_it_should_be else "FALSE ALARM"
    if outcome.is_as_it_should_be:
        return "caught"
    return f"NOT CAUGHT in {DELAY_BUDGET} AND STOPPED in {STOP_BUDGET} log events"
