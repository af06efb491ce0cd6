"""The 31 parameters of post-training-toolkit: each is taken, or refused with what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ptt_rules import PttError
from ptt_runtime import DiagnosticsCallback, Snapshots
from ptt_runtime.migrating import PARAMETERS, translated
from ptt_runtime.options import ARGUMENTS

pytestmark = pytest.mark.runtime

DEFAULTS: dict[str, Any] = {
    "run_dir": "diagnostic_run", "log_every_n_steps": 1, "include_slices": True, "verbose": False,
    "enable_snapshots": True, "snapshot_interval": 100, "snapshot_prompts": None,
    "snapshot_generation_config": None, "enable_auto_diff": True, "enable_postmortem": True,
    "enable_resume_validation": True, "fail_on_resume_mismatch": False, "stop_on_critical": False,
    "enable_live_warnings": True, "live_warning_interval": 10, "save_git_diff": False,
    "full_package_snapshot": False, "experiment_tracker": None, "experiment_name": None,
    "experiment_project": None, "experiment_tags": None, "tracker_kwargs": None,
    "auto_diagnostics": True, "distributed_metrics": True, "straggler_detection": True,
    "straggler_check_interval": 50, "distributed_memory": True, "custom_alerts": None,
    "custom_heuristics_dir": None, "disable_yaml_heuristics": False, "log_path": None,
}  # fmt: skip
"""Of its constructor, in its order, with the defaults there."""
SAME = {"run_dir", "stop_on_critical", "custom_alerts", "custom_heuristics_dir"}

MEANS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"enable_live_warnings": True, "live_warning_interval": 5, "auto_diagnostics": True}, {}),
    ({"enable_snapshots": False, "snapshot_interval": 5, "snapshot_prompts": ["a"]}, {}),
    ({"log_path": "a/metrics.jsonl"}, {"run_dir": Path("a")}),
    ({"verbose": True}, {"verbosity": "verbose"}),
    ({"fail_on_resume_mismatch": True}, {"on_resume_mismatch": "fail"}),
    ({"save_git_diff": True, "full_package_snapshot": True}, {"record": ["git_diff", "packages"]}),
    ({"experiment_tracker": "tb"}, {"trackers": ["tensorboard"]}),
    ({"straggler_check_interval": 7}, {"rank_metrics_every": 7}),
    ({"enable_snapshots": True}, {"snapshots": Snapshots(every=100)}),
    (
        {"snapshot_interval": 5, "snapshot_prompts": ["Hello"]},
        {"snapshots": Snapshots(every=5, prompts=["Hello"])},
    ),
    (
        {"snapshot_generation_config": {"max_new_tokens": 9, "do_sample": False, "top_k": 5}},
        {"snapshots": Snapshots(every=100, max_new_tokens=9)},
    ),
    (
        {"snapshot_generation_config": {"temperature": 0.5, "seed": 3}},
        {"snapshots": Snapshots(every=100, temperature=0.5, seed=3)},
    ),
]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"log_every_n_steps": 5}, "`logging_steps=5`"),
    ({"include_slices": False}, "leave it out"),
    ({"enable_auto_diff": False}, "leave it out"),
    ({"enable_postmortem": False}, "leave it out"),
    ({"enable_resume_validation": False}, 'on_resume_mismatch="warn"'),
    ({"enable_live_warnings": False}, 'verbosity="quiet"'),
    ({"auto_diagnostics": False}, 'verbosity="quiet"'),
    ({"experiment_name": "a"}, "run_name"),
    ({"experiment_project": "a"}, "WANDB_PROJECT"),
    ({"experiment_tags": ["a"]}, "WANDB_TAGS"),
    ({"tracker_kwargs": {"entity": "a"}}, "open it yourself"),
    ({"distributed_metrics": False}, "ptt.yaml"),
    ({"straggler_detection": False}, "distributed.straggler"),
    ({"distributed_memory": False}, "distributed.memory_growth"),
    ({"disable_yaml_heuristics": True}, "custom_heuristics_dir"),
    ({"snapshot_generation_config": {"top_p": 0.9}}, "`top_p`"),
    ({"snapshot_generation_config": {"beams": 4}}, "max_new_tokens"),
    ({"snapshot_interval": 0}, "snapshot_interval=100"),
    ({"enable_live_warnings": "no"}, "enable_live_warnings=True"),
    ({"experiment_tracker": 3}, 'experiment_tracker="wandb"'),
    ({"log_path": "a/b", "run_dir": "c"}, "keep `run_dir`"),
    ({"verbose": True, "verbosity": "quiet"}, "keep `verbosity`"),
]


def test_there_is_a_row_for_each_of_its_parameters() -> None:
    assert len(DEFAULTS) == 31
    assert {*PARAMETERS, *SAME} == {*DEFAULTS}
    assert {*PARAMETERS}.isdisjoint(ARGUMENTS)
    assert {*ARGUMENTS} >= SAME


@pytest.mark.parametrize(("given", "own"), MEANS, ids=lambda one: " ".join(one))
def test_a_parameter_is_taken_with_its_meaning(given: dict[str, Any], own: dict[str, Any]) -> None:
    assert translated(given) == (own, [])
    DiagnosticsCallback(**given)


@pytest.mark.parametrize(("given", "instead"), REFUSED, ids=lambda one: str(one)[:40])
def test_or_it_is_refused_with_what_to_write(given: dict[str, Any], instead: str) -> None:
    with pytest.raises(PttError) as raised:
        DiagnosticsCallback(**given)
    (told,) = raised.value.diagnostics
    assert told.code == "PTT531"
    assert next(iter(given)) in told.message
    assert instead in (told.hint or "")
    assert "docs/migrating.md" in (told.hint or "")


def test_all_that_is_refused_is_said_at_once() -> None:
    with pytest.raises(PttError) as raised:
        DiagnosticsCallback(experiment_name="a", tracker_kwargs={"b": 1}, stop_on_criticl=True)
    assert [one.code for one in raised.value.diagnostics] == ["PTT530", "PTT531", "PTT531"]


def test_its_defaults_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes all of them out, but for the deprecated one."""
    monkeypatch.chdir(tmp_path)
    DiagnosticsCallback(**{name: DEFAULTS[name] for name in DEFAULTS if name != "log_path"})
