"""What the callback costs in a training: tiny models on the CPU, with it and without it in turn."""

from __future__ import annotations

import contextlib
import io
import logging
import tempfile
import warnings
from pathlib import Path
from statistics import median

from benchmarks.tables import Table, seconds
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

ALGORITHMS = ("sft", "dpo")
STEPS, TIMES = 100, 3
LARGE_STEP_MS = 1000


def run() -> Table:
    table = Table(
        "training",
        f"A training step in ms (median of {TIMES} runs of {STEPS} steps, with the callback and "
        "without it in turn; every step is logged, judged, written and flushed), the share of the "
        "callback, and the same at a step of one second.",
        ("trainer", "without", "with", "callback us", "share", "share at 1 s a step"),
    )
    logging.disable(logging.WARNING)
    for algorithm in ALGORITHMS:
        pairs = [
            (_step_ms(algorithm, told=False), _step_ms(algorithm, told=True)) for _ in range(TIMES)
        ]
        without, with_it = (median(column) for column in zip(*pairs, strict=True))
        cost = max(0.0, median(told - plain for plain, told in pairs))
        table.rows.append(
            (
                algorithm, without, with_it, 1000 * cost, f"{cost / with_it:.1%}",
                f"{cost / LARGE_STEP_MS:.3%}",
            )
        )  # fmt: skip
    logging.disable(logging.NOTSET)
    return table


def _step_ms(algorithm: str, *, told: bool) -> float:
    silence = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        callbacks = [DiagnosticsCallback(run_dir=Path(folder, "run"))] if told else []
        trainer = make_trainer(algorithm, Path(folder), steps=STEPS, callbacks=callbacks)
        return 1000 * seconds(trainer.train) / STEPS
