"""TRL of other years: what a run says of its version, and what it expects of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from packaging.version import Version

from ptt_rules.observing import versions
from ptt_rules.observing.versions import NEWEST, OLDEST, untested_text
from ptt_runtime import DiagnosticsCallback, training
from ptt_runtime.actions.hyperparameters import NoHyperparameter, find_hyperparameter
from ptt_runtime.algorithms import algorithm_of
from tests.runtime.conftest import unwrapped

pytestmark = pytest.mark.runtime


def test_the_versions_that_are_tested_are_those_of_the_environments(root: Path) -> None:
    texts = [path.read_text() for path in (root / "requirements").glob("trl-*.in")]
    pinned = sorted(
        Version(found) for text in texts for found in re.findall(r"trl==([\d.]+)", text)
    )
    assert pinned[0].release[:2] == OLDEST.release
    assert pinned[-1].release[:2] == NEWEST.release


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.19.1", "TRL 0.19.1 is older than what ptt is tested with (0.24 to 1.16)"),
        ("0.23.1", "TRL 0.23.1 is older"),
        ("0.24.0", None),
        ("1.16.3", None),
        ("1.17.0", "TRL 1.17.0 is newer"),
        ("1.17.0.dev0", "TRL 1.17.0.dev0 is newer"),
        ("main", "TRL main is not a version that ptt is tested with"),
        (None, None),
    ],
)
def test_a_version_outside_of_what_is_tested_is_named(version: str | None, said: str) -> None:
    found = untested_text(version)
    assert found is None if said is None else (found or "").startswith(said)


@pytest.mark.parametrize("algorithm", ["sft", "dpo", "grpo"])
def test_what_is_armed_is_logged_and_the_version_is_a_tested_one(
    algorithm: str,
    train: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True, verbosity="verbose")
    options = {"beta": 0.04} if algorithm == "grpo" else {"eval_strategy": "steps", "eval_steps": 2}
    train(algorithm, callback, steps=4, **options)
    said = unwrapped(capsys.readouterr().err)
    assert "detectors armed for" in said
    assert "ptt is tested with" not in said
    assert "surprise" not in said


def test_a_run_with_a_version_that_is_not_tested_says_so_at_its_start(
    train: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(training, "library_versions", lambda: {"trl": "0.19.1"})
    train("sft", DiagnosticsCallback(run_dir=tmp_path / "run", fail_fast=True), steps=1)
    said = unwrapped(capsys.readouterr().err)
    assert "TRL 0.19.1 is older than what ptt is tested with (0.24 to 1.16)" in said


# ---- where older trainers keep their numbers ---------------------------------------------------


def places(version: str, monkeypatch: pytest.MonkeyPatch, **had: Any) -> list[str]:
    """The names of the owners of the temperature in a trainer of some version."""
    monkeypatch.setattr(versions, "installed_trl", lambda: Version(version))
    trainer = SimpleNamespace(
        temperature=1.0, model=None, args=SimpleNamespace(generation_kwargs=None), **had
    )
    training = SimpleNamespace(algorithm="grpo", trainer=trainer)
    found = find_hyperparameter("temperature", training)
    named = {id(trainer): "trainer", **{id(one): name for name, one in had.items()}}
    return [named[id(place.owner)] for place in found.places]  # type: ignore[union-attr]


SETTINGS = SimpleNamespace(temperature=1.0)


@pytest.mark.parametrize(
    ("version", "had", "expected"),
    [
        ("0.19.1", {"generation_config": SETTINGS}, ["trainer", "generation_config"]),
        ("0.24.0", {"use_vllm": True}, ["trainer"]),
        (
            "0.26.0",
            {"generation_config": SETTINGS, "generation_kwargs": {"temperature": 1.0}},
            ["trainer", "generation_config", "generation_kwargs"],
        ),
        ("0.28.0", {"use_vllm": True, "vllm_generation": SETTINGS}, ["trainer", "vllm_generation"]),
    ],
)
def test_a_temperature_is_where_each_version_reads_it(
    version: str, had: dict[str, Any], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert places(version, monkeypatch, **had) == expected


@pytest.mark.parametrize(
    "loss", ["liger_loss", "liger_loss_fn", "liger_grpo_loss", "dpo_loss_fn", "kto_loss_fn"]
)
def test_a_copy_in_a_fused_loss_of_any_version_is_no_hyperparameter(loss: str) -> None:
    trainer = SimpleNamespace(beta=0.1, **{loss: object()})
    with pytest.raises(NoHyperparameter, match="the Liger loss of this trainer has a copy"):
        find_hyperparameter("beta", SimpleNamespace(algorithm="dpo", trainer=trainer))


def test_rloo_before_it_was_as_grpo_is_judged_as_ppo() -> None:
    older = type("RLOOConfig", (type("OnPolicyConfig", (), {}),), {})
    assert algorithm_of(older()) == "ppo"
    assert algorithm_of(type("LabConfig", (older,), {})()) == "ppo"
    assert algorithm_of(type("RLOOConfig", (), {})()) == "rloo"
