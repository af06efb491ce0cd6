"""The runs of the demo: what is trained, what is broken in it, and what ptt must say."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PrinterCallback

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.faults import FaultyReward, PoisonedWeight, constant

POLICY = "guard"
SAVES = 10
"""Checkpoints of a run that comes to its end."""
DELAY_BUDGET, STOP_BUDGET = 15, 30
"""Log events within which a fault must be found, and the run stopped; its own is the first."""
OF_THE_MACHINE = frozenset({"common.slow_steps", "common.throughput_drop"})
"""Findings of the clock: true on a machine that became busy, whatever is trained there."""
ENDING: dict[str, Any] = {"generation_kwargs": {"exponential_decay_length_penalty": (4, 1.8)}}
"""Completions come to an end, as those of a model that was trained before do: a tiny one that knows
nothing is cut off at any limit, which would be a finding, and a true one."""


@dataclass(frozen=True, slots=True)
class Case:
    """One run; `fault_share` is the part of it that is trained before the fault."""

    name: str
    algorithm: str
    story: str
    steps: int
    fault_share: float | None
    inject: Callable[[int], dict[str, Any]]
    """Arguments of the trainer that break it after a step."""

    @property
    def last_good_step(self) -> int:
        share = 1.0 if self.fault_share is None else self.fault_share
        return round(self.steps * share)

    @property
    def fault_step(self) -> int | None:
        """The first step that the fault spoils; None for a healthy run."""
        return None if self.fault_share is None else self.last_good_step + 1


def all_cases(steps: int) -> list[Case]:
    """The three runs, each planned to take so many steps."""
    return [
        Case(
            "grpo-constant-reward",
            "grpo",
            "GRPO whose reward turns constant: every group scores alike, nothing is learned",
            steps,
            0.5,
            lambda step: {
                "reward": FaultyReward(tiny.vowels, constant(1.0), after_step=step),
                **ENDING,
            },
        ),
        Case(
            "dpo-nan",
            "dpo",
            "DPO in which one weight turns NaN: the logged loss becomes 0.0 and nothing raises",
            steps,
            0.3,
            lambda step: {"callbacks": [PoisonedWeight(after_step=step)]},
        ),
        Case(
            "grpo-healthy",
            "grpo",
            "GRPO as it should be",
            steps,
            None,
            lambda _: ENDING,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: where its trainer ended, and the lines of its `events.jsonl`."""

    case: Case
    run_dir: Path
    recorded: Sequence[dict[str, Any]]
    last_step: int
    elapsed_s: float

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What is worth a look in the training; one that is new and tiny has low ones too."""
        told = [line for line in self.recorded if line["event"] in ("fired", "escalated")]
        notable = [line for line in told if line["level"] != "low"]
        return [line for line in notable if line["detector"] not in OF_THE_MACHINE]

    @property
    def first_finding(self) -> dict[str, Any] | None:
        return next(iter(self.findings), None)

    @property
    def stopped_at(self) -> int | None:
        """The step that the policy stopped at, if the trainer really ended there."""
        stops = [line["step"] for line in self.recorded if line.get("action") == "stop"]
        return self.last_step if self.last_step in stops else None

    @property
    def is_as_it_should_be(self) -> bool:
        """Found in time and stopped; or, for a healthy run, left alone to its end."""
        fault, first, stopped = self.case.fault_step, self.first_finding, self.stopped_at
        if fault is None:
            return first is None and self.last_step == self.case.steps
        if first is None or stopped is None:
            return False
        is_found = fault <= first["step"] < fault + DELAY_BUDGET
        return bool(is_found and first["step"] <= stopped < fault + STOP_BUDGET)

    @property
    def saved_steps(self) -> int:
        return self.case.steps - self.last_step

    @property
    def saved_s(self) -> float:
        """What the remaining steps would have taken at the pace so far."""
        return self.elapsed_s / max(self.last_step, 1) * self.saved_steps


def train(case: Case, out: Path) -> Outcome:
    """Trains one case under the callback."""
    run_dir = out / f"demo-{case.name}"
    arguments = case.inject(case.last_good_step)
    callback = DiagnosticsCallback(run_dir=run_dir, policy=POLICY)
    arguments["callbacks"] = [*arguments.get("callbacks", ()), callback]
    saves = {"save_strategy": "steps", "save_steps": case.steps // SAVES}
    options = {**saves, **arguments}
    trainer = make_trainer(case.algorithm, run_dir / "training", steps=case.steps, **options)
    trainer.remove_callback(PrinterCallback)
    began = time.monotonic()
    trainer.train()
    elapsed_s = time.monotonic() - began
    return Outcome(
        case, run_dir, _recorded(run_dir / "events.jsonl"), trainer.state.global_step, elapsed_s
    )


def _recorded(path: Path) -> list[dict[str, Any]]:
    """Lines of a file that is only there if something was told."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines()]
