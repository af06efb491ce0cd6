"""Scripts as they were written for post-training-toolkit, with another import and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_runtime import DiagnosticsCallback

pytestmark = pytest.mark.runtime

HEURISTIC = """
name: margin_low
description: Chosen and rejected are close
trainers: [dpo]
metric: reward_margin
condition: "< 10"
window: 1
severity: high
message: "Margin {value:.2f} is low."
min_steps: 6
"""


def test_its_quick_start_works_at_the_first_try(train: Callable[..., Any], tmp_path: Path) -> None:
    callback = DiagnosticsCallback(
        run_dir=str(tmp_path / "ptt_run"),
        stop_on_critical=True,
        enable_live_warnings=True,
    )
    trainer = train("dpo", callback, steps=3)
    assert trainer.state.global_step == 3
    assert callback.run_dir == tmp_path / "ptt_run"
    for name in ("metrics.jsonl", "run.json", "report.html"):
        assert (tmp_path / "ptt_run" / name).is_file()
    assert not callback._critical_failure_detected
    assert (callback._stop_reason, callback._last_good_step) == (None, 3)


@pytest.mark.parametrize(
    ("bound", "rate", "good_step"),
    [("dpo_loss > 0.01", 1e-3, 10), ("reward_margin > 1", 0.5, 0)],
    ids=["a sound training", "a fault of another rule before"],
)
def test_an_alert_stops_a_training_and_the_script_reads_why(
    bound: str, rate: float, good_step: int, train: Callable[..., Any], tmp_path: Path
) -> None:
    """Its demo of an automatic stop: the toolkit looks from row 11 on where each row is judged."""
    callback = DiagnosticsCallback(
        run_dir=str(tmp_path / "run"),
        stop_on_critical=True,
        enable_live_warnings=True,
        live_warning_interval=1,
        enable_snapshots=False,
        verbose=True,
        custom_alerts=[f"dpo: {bound} for 1 steps -> high: DPO loss exploded!"],
    )
    trainer = train("dpo", callback, steps=30, learning_rate=rate)
    assert trainer.state.global_step == 11
    assert callback._critical_failure_detected
    assert callback._stop_reason.endswith("DPO loss exploded!")
    assert callback._last_good_step == good_step
    assert callback._metrics_history[-1]["step"] == 11
    assert callback.trainer_type == "dpo"
    assert callback.log_path == tmp_path / "run" / "metrics.jsonl"


def test_a_folder_of_heuristics_stops_it_too(train: Callable[..., Any], tmp_path: Path) -> None:
    """Its demo of rules of one's own; it looked at every fifth step, from the tenth on."""
    heuristics = tmp_path / "custom_heuristics" / "dpo"
    heuristics.mkdir(parents=True)
    (heuristics / "margin_low.yaml").write_text(HEURISTIC)
    callback = DiagnosticsCallback(
        run_dir=str(tmp_path / "run"),
        enable_live_warnings=True,
        live_warning_interval=5,
        stop_on_critical=True,
        auto_diagnostics=True,
        verbose=True,
        custom_heuristics_dir=str(heuristics.parent),
    )
    trainer = train("dpo", callback, steps=30)
    assert trainer.state.global_step == 6
    assert "Margin" in callback._stop_reason


def test_before_a_training_there_is_nothing_to_read() -> None:
    callback = DiagnosticsCallback()
    assert not callback._critical_failure_detected
    assert callback._metrics_history == []
    assert callback.trainer_type == "unknown"
    assert callback.log_path is None
    with pytest.raises(AttributeError, match=r"artifact_manager.*read_run"):
        _ = callback.artifact_manager
    with pytest.raises(AttributeError, match=r"'nothing'$"):
        _ = callback.nothing
