"""The runs of the demo: what is trained, what is broken in it, and what ptt must say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PrinterCallback

from ptt_rules import Replay, load, replay
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny
from ptt_runtime.demo.faults import PoisonedWeight, TurnsConstant
from ptt_runtime.demo.trainers import make_trainer

DELAY_BUDGET = 15
"""Log events after the fault within which it must be found."""

GRPO_STEPS, GRPO_FAULT = 200, 100
DPO_STEPS, DPO_FAULT = 200, 60


@dataclass(frozen=True, slots=True)
class Case:
    """One run; `fault_step` is the first step that the fault spoils."""

    name: str
    algorithm: str
    story: str
    steps: int
    fault_step: int | None
    extras: Callable[[], dict[str, Any]]


CASES = (
    Case(
        "grpo-constant-reward",
        "grpo",
        "GRPO whose reward turns constant: every group scores alike, nothing is learned",
        GRPO_STEPS,
        GRPO_FAULT + 1,
        lambda: {"reward": TurnsConstant(tiny.vowels, after_step=GRPO_FAULT)},
    ),
    Case(
        "dpo-nan",
        "dpo",
        "DPO in which one weight turns NaN: the logged loss becomes 0.0 and nothing raises",
        DPO_STEPS,
        DPO_FAULT + 1,
        lambda: {"callbacks": [PoisonedWeight(after_step=DPO_FAULT)]},
    ),
    Case("grpo-healthy", "grpo", "GRPO as it should be", GRPO_STEPS, None, dict),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to, read from its artifacts."""

    case: Case
    run_dir: Path
    judged: Replay
    elapsed_s: float

    @property
    def first_finding(self) -> Any:
        return next(iter(self.judged.events), None)

    @property
    def stopped_at(self) -> int | None:
        return min((action.step for action in self.judged.actions), default=None)

    @property
    def is_as_it_should_be(self) -> bool:
        """Found in time and stopped; or, for a healthy run, left alone."""
        if self.case.fault_step is None:
            return not self.judged.events
        first, stopped = self.first_finding, self.stopped_at
        if first is None or stopped is None or first.step < self.case.fault_step:
            return False
        return stopped < self.case.fault_step + DELAY_BUDGET

    @property
    def saved_steps(self) -> int:
        return 0 if self.stopped_at is None else self.case.steps - self.stopped_at

    @property
    def saved_s(self) -> float:
        """What the remaining steps would have taken at the pace so far."""
        done = self.case.steps - self.saved_steps
        return self.elapsed_s / max(done, 1) * self.saved_steps


def train(case: Case, out: Path) -> Outcome:
    """Trains one case with the callback on, and replays its log from the run directory."""
    run_dir = out / f"demo-{case.name}"
    callback = DiagnosticsCallback(run_dir=run_dir, policy="guard")
    extras = case.extras()
    extras["callbacks"] = [*extras.get("callbacks", ()), callback]
    trainer = make_trainer(case.algorithm, run_dir / "training", steps=case.steps, **extras)
    trainer.remove_callback(PrinterCallback)
    began = time.monotonic()
    trainer.train()
    elapsed_s = time.monotonic() - began
    judged = replay(load(case.algorithm, policy="guard"), run_dir)
    return Outcome(case, run_dir, judged, elapsed_s)
