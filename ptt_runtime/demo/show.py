"""Tells what the runs of the demo came to."""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from collections.abc import Sequence
from pathlib import Path

import datasets
import transformers

from ptt_rules import load
from ptt_runtime.demo.cases import CASES, DELAY_BUDGET, Case, Outcome, train

_WIDTH = 88


def run(out: str) -> int:
    """Trains all cases; 0 if ptt found the faults in time and left the healthy run alone."""
    _quiet()
    outcomes = []
    for number, case in enumerate(CASES, start=1):
        print(f"\n{'=' * _WIDTH}\n{number}/{len(CASES)}  {case.story}\n{'=' * _WIDTH}", flush=True)
        _clear(Path(out), case)
        outcome = train(case, Path(out))
        _tell(outcome, _draw(outcome))
        outcomes.append(outcome)
    _closing(outcomes)
    return 0 if all(outcome.is_as_it_should_be for outcome in outcomes) else 1


def _quiet() -> None:
    transformers.utils.logging.disable_progress_bar()
    datasets.disable_progress_bars()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def _clear(out: Path, case: Case) -> None:
    """Removes what an earlier demo left of this run, and nothing else."""
    shutil.rmtree(out / f"demo-{case.name}", ignore_errors=True)


def _tell(outcome: Outcome, picture: Path | None) -> None:
    case, first = outcome.case, outcome.first_finding
    print()
    if case.fault_step is None:
        print(f"  healthy      {case.steps} steps trained, {len(outcome.judged.events)} findings")
    else:
        print(f"  fault        from step {case.fault_step} on")
    if first is not None:
        print(f"  found        step {first.step}, by {first.detector}: {first.message}")
    if outcome.stopped_at is not None:
        share = outcome.saved_steps / case.steps
        print(f"  stopped      step {outcome.stopped_at} of {case.steps}")
        print(
            f"  saved        {outcome.saved_steps} steps, {share:.0%} of the run"
            f" (about {outcome.saved_s:.0f} s here, at the pace of the run)"
        )
    print(f"  artifacts    {outcome.run_dir}")
    print(f"  picture      {picture or 'needs `ptt-rules[report]`'}", flush=True)


def _draw(outcome: Outcome) -> Path | None:
    if importlib.util.find_spec("matplotlib") is None:
        return None
    picture = importlib.import_module("ptt_rules.report.picture")
    case, judged = outcome.case, outcome.judged
    pack = load(case.algorithm)
    keys_of = {info.name: [k for keys in info.keys for k in keys] for info in pack.detectors}
    run_picture = picture.RunPicture(
        title=_title(outcome),
        frame=judged.frame,
        events=judged.events,
        actions=judged.actions,
        keys_of=keys_of,
        fault_step=case.fault_step,
        planned_steps=case.steps,
    )
    drawn: Path = picture.draw_run(run_picture, outcome.run_dir / "run.png")
    return drawn


def _title(outcome: Outcome) -> str:
    case = outcome.case
    if case.fault_step is None:
        return f"{case.algorithm.upper()}, healthy: nothing found in {case.steps} steps"
    what = case.story.partition(":")[0]
    if outcome.stopped_at is None:
        return f"{what} from step {case.fault_step}: not stopped"
    return f"{what} from step {case.fault_step}, stopped at step {outcome.stopped_at}"


def _closing(outcomes: Sequence[Outcome]) -> None:
    print(f"\n{'=' * _WIDTH}")
    print(f"{'run':<24}{'fault':>8}{'found':>8}{'stopped':>9}{'saved':>8}   verdict")
    for outcome in outcomes:
        case, first = outcome.case, outcome.first_finding
        cells = (case.fault_step, first.step if first else None, outcome.stopped_at)
        fault, found, stopped = ("-" if cell is None else str(cell) for cell in cells)
        saved = f"{outcome.saved_steps / case.steps:.0%}"
        print(f"{case.name:<24}{fault:>8}{found:>8}{stopped:>9}{saved:>8}   {_verdict(outcome)}")
    run_dir, algorithm = outcomes[1].run_dir, outcomes[1].case.algorithm
    print(f"\nNow replay one with other rules:  ptt replay {run_dir} --pack {algorithm}")


def _verdict(outcome: Outcome) -> str:
    if outcome.case.fault_step is None:
        return "left alone" if outcome.is_as_it_should_be else "FALSE ALARM"
    return "caught" if outcome.is_as_it_should_be else f"NOT CAUGHT within {DELAY_BUDGET} logs"
