"""Rows of loops that are healthy, or whose entropy dies while their KL rises, in several shapes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STEPS, ONSET = 90, 40


def quantities(*, broken: bool, seed: int = 3) -> Iterator[dict[str, float]]:
    """What a run of GRPO measures at each step, before any framework names it."""
    noise = random.Random(seed)
    for step in range(1, STEPS + 1):
        late = max(0, step - ONSET) if broken else 0
        yield {
            "reward": 0.3 + 0.003 * step + noise.gauss(0, 0.02),
            "entropy": 0.5 * 0.75**late + noise.gauss(0, 0.003),
            "kl": 0.01 * 1.25**late * noise.uniform(0.9, 1.1),
            "gradient": noise.uniform(0.2, 0.5),
            "length": noise.uniform(300, 320),
            "loss": noise.gauss(0, 0.01),
        }


def verl(*, broken: bool) -> list[dict[str, Any]]:
    """Log dicts as verl hands them to its loggers, with `training/global_step`."""
    return [
        {
            "actor/pg_loss": one["loss"],
            "actor/kl_loss": one["kl"],
            "rollout_corr/k3_kl": one["kl"] / 10,
            "actor/entropy": one["entropy"],
            "actor/grad_norm": one["gradient"],
            "actor/lr": 1e-6,
            "critic/score/mean": one["reward"],
            "response_length/mean": one["length"],
            "training/global_step": step,
        }
        for step, one in enumerate(quantities(broken=broken), 1)
    ]


def verl_file(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """The same, as its logger `file` writes them."""
    path = folder / "verl.jsonl"
    lines = [{"step": row["training/global_step"], "data": row} for row in rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def prime_rl(*, broken: bool) -> list[dict[str, Any]]:
    """Records as prime-rl appends them: the orchestrator's, then four of the trainer, a step.

    The gradient of the last step is not finite, so that its logger leaves it out.
    """
    records: list[dict[str, Any]] = []
    for step, one in enumerate(quantities(broken=broken), 1):
        at = {"step": step, "time": 1.79e9 + 30 * step}
        norm = {} if broken and step == STEPS else {"optim/grad_norm": one["gradient"]}
        policy = {"entropy/all/mean": one["entropy"], "mismatch_kl/all/mean": one["kl"] / 10}
        records += [
            {**at, "train/agg/effective/agent/reward/mean": one["reward"], "time/step": 29.0},
            {**at, "perf/throughput": 9121.0},
            {**at, "optim/lr": 1e-6, **norm},
            {**at, "loss/mean": one["loss"], **policy},
            {**at, "time/step": 31.0, "time/forward_backward": 12.2},
        ]
    return records


def prime_rl_file(folder: Path, records: list[dict[str, Any]]) -> Path:
    path = folder / "metrics.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path
