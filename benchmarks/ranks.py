"""What ptt costs where there are several ranks: exchanges, bytes and time of a step.

    python -m benchmarks.ranks 2 4

trains a tiny model in that many processes on this machine (gloo, CPU) with a policy and rank
metrics, and counts what the ranks exchange for ptt. Times are of the first rank.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.distributed import Ranks
from ptt_runtime.rank_metrics.quantities import LENGTH

STEPS = 60
EVERY = 10
"""Steps from one gathering of rank metrics to the next: the default."""
EVENTS = ("on_step_begin", "on_pre_optimizer_step", "on_step_end", "on_log")


class Meter:
    """Calls of something and the seconds in them."""

    def __init__(self) -> None:
        self.calls = 0
        self.seconds = 0.0

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def metered(*given: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*given, **options)
            finally:
                self.calls += 1
                self.seconds += time.perf_counter() - began

        return metered


def work(folder: Path) -> None:
    """One rank; the first one writes what it measured."""
    rank = int(os.environ["RANK"])
    exchanges, events = Meter(), Meter()
    callback = DiagnosticsCallback(run_dir=folder / "run", policy="guard")
    trainer = make_trainer(
        "sft", folder / f"out-{rank}", steps=STEPS, callbacks=[callback], ddp_backend="gloo"
    )
    Ranks._exchange = exchanges.around(Ranks._exchange)  # type: ignore[method-assign]
    for name in EVENTS:
        setattr(callback, name, events.around(getattr(callback, name)))
    began = time.perf_counter()
    trainer.train()
    if rank == 0:
        found = {
            "step_ms": 1000 * (time.perf_counter() - began) / STEPS,
            "exchanges": exchanges.calls / STEPS,
            "exchange_ms": 1000 * exchanges.seconds / STEPS,
            "events_ms": 1000 * events.seconds / STEPS,
        }
        (folder / "found.json").write_text(json.dumps(found))


def measure(ranks: int) -> dict[str, float]:
    """Errors: CalledProcessError"""
    with tempfile.TemporaryDirectory() as folder:
        launch = ["-m", "torch.distributed.run", f"--nproc_per_node={ranks}", "--standalone"]
        command = [sys.executable, *launch, "-m", "benchmarks.ranks", "--work", folder]
        env = {**os.environ, "OMP_NUM_THREADS": "1"}
        subprocess.run(command, check=True, env=env, capture_output=True)
        found: dict[str, float] = json.loads((Path(folder) / "found.json").read_text())
    return found


def table(counts: list[int]) -> str:
    """One line for each number of ranks, as Markdown."""
    # a decision is 8 bytes at each log event and at each row of rank metrics
    sent = 8 * (1 + 1 / EVERY) + 8 * LENGTH / EVERY
    lines = [
        "| ranks | exchanges a step | bytes a step and rank | ms in exchanges | ms in all of ptt "
        "| ms a step | share of exchanges in this step | in a step of 1 s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for ranks in counts:
        one = measure(ranks)
        lines.append(
            f"| {ranks} | {one['exchanges']:.2f} | {sent:.0f} | {one['exchange_ms']:.2f} "
            f"| {one['events_ms']:.2f} | {one['step_ms']:.0f} "
            f"| {one['exchange_ms'] / one['step_ms']:.1%} | {one['exchange_ms'] / 1000:.2%} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(Path(sys.argv[2]))
    else:
        print(table([int(word) for word in sys.argv[1:]] or [2, 4]))
