"""What the vocabulary says of each trainer is what the installed TRL really logs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trl
from packaging.version import Version

from ptt_rules.language.metrics import find, logged_by
from ptt_rules.language.metrics.conditions import is_met
from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.logs.rows import POSITION_KEYS
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import algorithms

pytestmark = pytest.mark.runtime
VERSION = Version(Version(trl.__version__).base_version)
ALGORITHMS = algorithms()
EVALUATED = {"eval_strategy": "steps", "eval_steps": 3}
OPTIONS: dict[str, dict[str, Any]] = {
    "grpo": {"beta": 0.04},
    "rloo": {"beta": 0.04},
    "ppo": {},
}
"""What they need to log all that they can; those that train on fixed data are evaluated."""


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_trainer_logs_what_the_vocabulary_says_and_nothing_else(
    algorithm: str, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True)
    options = OPTIONS.get(algorithm, EVALUATED)
    trainer = train(algorithm, callback, steps=4, **options)
    keys = {key for row in trainer.state.log_history for key in row} - POSITION_KEYS
    arguments = {**vars(trainer.args), **options}
    unknown = {key for key in keys if not any(algorithm in row.trainers for row in find(key))}
    missing = {
        row.key for row in _expected(algorithm, arguments) if not any(row in find(k) for k in keys)
    }
    assert (unknown, missing) == (set(), set())


def _expected(algorithm: str, arguments: dict[str, Any]) -> list[LoggedKey]:
    """What the installed version logs in a run of these arguments."""
    return [row for row in logged_by(algorithm) if _is_due(row, algorithm, arguments)]


def _is_due(row: LoggedKey, algorithm: str, arguments: dict[str, Any]) -> bool:
    is_new = Version(row.since.get(algorithm, "0")) > VERSION
    is_gone = bool(row.until) and Version(row.until) <= VERSION
    is_of_evaluation = row.key.startswith("eval_") and arguments["eval_strategy"] == "no"
    return not (is_new or is_gone or is_of_evaluation) and is_met(row.when, arguments) is True
