"""What the callback costs in a training: its own time in each step of tiny models on the CPU."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from benchmarks.tables import Table, seconds
from ptt_rules.observing.channels import FileChannel
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

ALGORITHMS = ("sft", "dpo", "grpo")
STEPS = 400
USUAL_LOGGING = 10
STEP_MS = 100
LARGE_STEP_MS = 1000
EVENTS = (
    "on_step_begin", "on_pre_optimizer_step", "on_step_end", "on_log", "on_save", "on_evaluate",
)  # fmt: skip
ALL_OPTIONS = "all but snapshots"
POLICY = """
policy everything {
  on critical { checkpoint  invalidate  notify "file"  stop }
  on high { notify "file" } at most 3 times
  on medium { set learning_rate = learning_rate * 0.9 } at most 1 time
}
"""


def run() -> Table:
    table = Table(
        "training",
        f"Time that the callback takes in a step (mean and 99th percentile of {STEPS} steps), and "
        f"its share of the step there, of one of {STEP_MS} ms and of one of a second. A step that "
        f"is logged is judged, written and flushed; TRL logs every {USUAL_LOGGING} steps unless it "
        f"is told otherwise. `{ALL_OPTIONS}` is a policy with `set` and `notify`, TensorBoard as "
        "tracker, and the guard of steps that are not finite.",
        ("trainer", "options", "logs every", "callback us", "p99 us", "step ms", "share",
         "share at 100 ms", "share at 1 s"),
    )  # fmt: skip
    logging.disable(logging.WARNING)
    for algorithm in ALGORITHMS:
        for options, every in (("none", 1), (ALL_OPTIONS, 1), (ALL_OPTIONS, USUAL_LOGGING)):
            measured = _measured(algorithm, options, every)
            table.rows.append((algorithm, options, every, *measured))
    logging.disable(logging.NOTSET)
    return table


class TimedCallback(DiagnosticsCallback):
    """Adds up what its events take in each step."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seconds: dict[int, float] = {}
        for event in EVENTS:
            setattr(self, event, self._timed(getattr(self, event)))

    def _timed(self, event: Callable[..., None]) -> Callable[..., None]:
        def timed(args: Any, state: Any, control: Any, **given: Any) -> None:
            began = time.perf_counter()
            event(args, state, control, **given)
            took = time.perf_counter() - began
            self.seconds[state.global_step] = self.seconds.get(state.global_step, 0.0) + took

        return timed


def _measured(
    algorithm: str, options: str, every: int
) -> tuple[float, float, float, str, str, str]:
    with tempfile.TemporaryDirectory() as folder, quiet():
        callback = TimedCallback(
            run_dir=Path(folder, "run"), **_options(algorithm, options, Path(folder))
        )
        tracker = "tensorboard" if options == ALL_OPTIONS else "none"
        trainer = make_trainer(
            algorithm,
            Path(folder),
            steps=STEPS,
            callbacks=[callback],
            report_to=tracker,
            logging_steps=every,
        )
        step_ms = 1000 * seconds(trainer.train) / STEPS
        us = [1e6 * callback.seconds[step] for step in range(2, STEPS + 1)]  # the first makes files
    shares = (f"{mean(us) / (1000 * of):.2%}" for of in (step_ms, STEP_MS, LARGE_STEP_MS))
    one, hundred, second = shares
    return mean(us), quantiles(us, n=100)[98], step_ms, one, hundred, second


def _options(algorithm: str, options: str, folder: Path) -> Mapping[str, Any]:
    if options != ALL_OPTIONS:
        return {}
    rules = folder / "everything.ptt"
    rules.write_text(POLICY)
    return {
        "packs": [algorithm, rules],
        "policy": "everything",
        "channels": {"file": FileChannel(folder / "notices.jsonl")},
        "skip_nonfinite_steps": True,
    }


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    silence = io.StringIO()
    with (
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield
