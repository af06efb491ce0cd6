"""Reading: from a text of 10,000 rows to a log, by the form of the text."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.tables import Table, seconds
from ptt_rules.logs import read_log

ROWS = 10_000
TIMES = 3
_KEYS = (
    "loss grad_norm learning_rate entropy num_tokens rewards/chosen rewards/rejected "
    "rewards/margins rewards/accuracies logps/chosen logps/rejected"
).split()
_VERL = (
    "actor/pg_loss actor/entropy actor/grad_norm actor/lr actor/pg_clipfrac critic/score/mean "
    "critic/rewards/mean critic/advantages/mean response_length/mean response_length/max "
    "perf/time_per_step"
).split()
Texts = Callable[[], Iterator[str]]


def run() -> Table:
    table = Table(
        "reading",
        f"CPU seconds to read {ROWS:,} rows of 3 to 11 numbers, by the form of the text.",
        ("form", "file", "MiB", "s"),
    )
    with tempfile.TemporaryDirectory() as folder:
        for form, name, lines in FORMS:
            path = Path(folder, form.replace(" ", "-"), name)
            path.parent.mkdir()
            path.write_text("\n".join(lines()), encoding="utf-8")
            if len(read_log(path).frame) != ROWS:
                raise ValueError(f"{form}: not all rows of {path} were read")
            took = median(seconds(lambda path=path: read_log(path)) for _ in range(TIMES))  # type: ignore[misc]
            table.rows.append((form, name, path.stat().st_size / 2**20, took))
    return table


# ---- the forms -------------------------------------------------------------------------------


def _numbers(keys: list[str]) -> Iterator[dict[str, Any]]:
    for row in range(ROWS):
        yield {key: (row + place) % 97 / 97 + 0.1 for place, key in enumerate(keys)}


def _lines(write: Callable[[int, Mapping[str, Any]], str], keys: list[str] = _KEYS) -> Texts:
    def texts() -> Iterator[str]:
        for step, row in enumerate(_numbers(keys), start=1):
            yield write(step, row)

    return texts


def _table() -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["step", *_KEYS])
    writer.writerows([step, *row.values()] for step, row in enumerate(_numbers(_KEYS), start=1))
    yield out.getvalue()


def _state() -> Iterator[str]:
    rows = [{"step": step, **row} for step, row in enumerate(_numbers(_KEYS), start=1)]
    yield json.dumps({"global_step": ROWS, "log_history": rows})


def _verl_console(step: int, row: Mapping[str, Any]) -> str:
    return " - ".join([f"step:{step}", *(f"{k}:np.float64({v})" for k, v in row.items())])


def _torchtune(step: int, row: Mapping[str, Any]) -> str:
    return f"Step {step} | " + " ".join(f"{key}:{value}" for key, value in row.items())


def _llama_factory(step: int, row: Mapping[str, Any]) -> str:
    own = {"current_steps": step, "total_steps": ROWS, "elapsed_time": "0:00:10"}
    return json.dumps({**own, **row})


def _ms_swift(step: int, row: Mapping[str, Any]) -> str:
    return json.dumps({**row, "global_step/max_steps": f"{step}/{ROWS}", "token_acc": 0.5})


FORMS: tuple[tuple[str, str, Texts], ...] = (
    ("JSON lines", "log.jsonl", _lines(lambda step, row: json.dumps({"step": step, **row}))),
    ("CSV", "log.csv", _table),
    ("trainer state", "trainer_state.json", _state),
    ("console of transformers 4", "out.txt", _lines(lambda _, row: str(row))),
    (
        "console of transformers 5",
        "out.txt",
        _lines(lambda _, row: str({key: f"{value:.4g}" for key, value in row.items()})),
    ),
    ("LLaMA-Factory", "trainer_log.jsonl", _lines(_llama_factory, ["loss", "lr", "accuracy"])),
    ("ms-swift", "logging.jsonl", _lines(_ms_swift)),
    (
        "verl file",
        "verl.jsonl",
        _lines(lambda step, row: json.dumps({"step": step, "data": row}), _VERL),
    ),
    ("verl console", "out.txt", _lines(_verl_console, _VERL)),
    (
        "prime-rl",
        "metrics.jsonl",
        _lines(
            lambda step, row: json.dumps({"step": step, "time": 1.7e9 + step, **row}),
            ["loss/mean", "mismatch_kl/all/mean", "entropy/all/mean", "optim/lr"],
        ),
    ),
    (
        "SkyRL console",
        "out.txt",
        _lines(
            lambda step, row: str({"trainer/global_step": step, **row}),
            ["policy/final_loss", "policy/policy_entropy", "reward/avg_raw_reward"],
        ),
    ),
    ("torchtune", "log.txt", _lines(_torchtune, ["loss", "lr", "grad_norm"])),
)
