"""The guard of non-finite steps: one poisoned batch, and a run that stays healthy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from ptt_rules import EventKind, PttError, load, read_log, replay
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import algorithms
from ptt_runtime.faults import Fault
from ptt_runtime.finite_steps import FiniteSteps
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime


class PoisonedBatch(Fault):
    """The embeddings of one batch, the first of the second step, are not numbers."""

    def __init__(self) -> None:
        super().__init__(after_step=1)

    def strike(self, parts: dict[str, Any]) -> None:
        embedding = parts["model"].get_input_embeddings()

        def poison(module: Any, given: Any, output: torch.Tensor) -> torch.Tensor:
            handle.remove()
            return output * float("nan")

        handle = embedding.register_forward_hook(poison)


class _Looks(TrainerCallback):
    """Weights and moments at the beginning and end of each step."""

    def __init__(self) -> None:
        self.before: dict[int, list[torch.Tensor]] = {}
        self.after: dict[int, list[torch.Tensor]] = {}

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.before[state.global_step + 1] = self._now(kwargs["optimizer"])

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self.after[state.global_step] = self._now(kwargs["optimizer"])

    def _now(self, optimizer: Any) -> list[torch.Tensor]:
        parameters = [one for group in optimizer.param_groups for one in group["params"]]
        kept = [one.detach().clone() for one in parameters]
        for one in parameters:
            kept += [torch.as_tensor(value).clone() for value in optimizer.state[one].values()]
        return kept


@pytest.mark.parametrize("algorithm", ["sft", "dpo"])
def test_a_poisoned_batch_costs_one_step_and_no_weight(
    algorithm: str, train: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", skip_nonfinite_steps=True, policy="guard", fail_fast=True
    )
    looks = _Looks()
    options = {"gradient_accumulation_steps": 2, "examples": 64}
    trainer = train(algorithm, callback, steps=4, callbacks=[PoisonedBatch(), looks], **options)
    assert trainer.state.global_step == 4
    same = [step for step in looks.after if _are_same(looks.before[step], looks.after[step])]
    assert same == [2]
    assert all(torch.isfinite(one).all() for one in trainer.model.parameters())
    rows = read_log(tmp_path / "run").frame
    counts = rows.select("step", "ptt/skipped_steps").drop_nulls()
    assert counts.rows() == [(1, 0.0), (2, 1.0)]
    losses = [row for row in trainer.state.log_history if "loss" in row]
    assert losses[3]["grad_norm"] > 0
    told_of_it = unwrapped(capsys.readouterr().err)
    assert "step 2 dropped: its gradients are not finite" in told_of_it
    assert "1 step was dropped in all" in told_of_it
    notes = json_lines(tmp_path / "run" / "events.jsonl")
    told = [line for line in notes if line["event"] == "fired"]
    assert {line["level"] for line in told if line["step"] == 2} == {"medium"}
    again = replay(load(algorithm, policy="guard"), tmp_path / "run")
    assert [event.detector for event in again.events if event.event is EventKind.FIRED] == [
        line["detector"] for line in told
    ]
    (skipped,) = [line for line in notes if line["event"] == "skipped_step"]
    assert (skipped["step"], skipped["skipped"]) == (2, 1)


def _are_same(before: list[torch.Tensor], after: list[torch.Tensor]) -> bool:
    return len(before) == len(after) and all(map(torch.equal, before, after))


@pytest.mark.parametrize("algorithm", ["sft", "dpo"])
def test_without_the_guard_the_same_batch_ends_the_model(
    algorithm: str, train: Callable[..., Any], tmp_path: Path
) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run")
    trainer = train(
        algorithm, callback, steps=3, callbacks=[PoisonedBatch()], gradient_accumulation_steps=2
    )
    assert not all(torch.isfinite(one).all() for one in trainer.model.parameters())


def test_a_rank_drops_its_step_where_another_one_has_to() -> None:
    """Gradients of sharded weights are each rank's own."""
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.AdamW([parameter], lr=0.1)
    said: list[bool] = []

    def another_has_to(truth: bool) -> bool:
        said.append(truth)
        return True

    told: list[int] = []
    run: Any = SimpleNamespace(
        training=SimpleNamespace(optimizer=optimizer),
        step=4,
        ranks=SimpleNamespace(any=another_has_to),
        note=lambda record: told.append(record["step"]),
        warn=lambda text: None,
    )
    parameter.grad = torch.tensor([1e30, 1e30])  # finite, though the sum of their squares is not
    FiniteSteps().before_update(run)
    optimizer.step()
    assert (said, told) == ([False], [5])
    assert torch.equal(parameter, torch.ones(2))


@pytest.mark.parametrize(
    ("gradient", "is_dropped"),
    [
        ([3e38, 3e38], False),  # their sum is not a float
        ([1.0, float("inf")], True),
        ([float("inf"), float("-inf")], True),
        ([float("nan"), 1.0], True),
        ([], False),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_is_finite(gradient: list[float], is_dropped: bool, dtype: torch.dtype) -> None:
    parameters = [torch.nn.Parameter(torch.ones(2, dtype=dtype)) for _ in range(2)]
    parameters.append(torch.nn.Parameter(torch.ones(len(gradient), dtype=dtype)))
    for parameter in parameters:
        parameter.grad = torch.ones_like(parameter)
    parameters[-1].grad = torch.tensor(gradient, dtype=dtype)
    said: list[bool] = []
    run: Any = SimpleNamespace(
        training=SimpleNamespace(optimizer=torch.optim.SGD(parameters, lr=0.1)),
        ranks=SimpleNamespace(any=lambda truth: said.append(truth)),
    )
    FiniteSteps().before_update(run)
    assert said == [is_dropped]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"fp16": True}, "with `fp16` the gradient scaler"),
        ({"deepspeed": "zero2.json"}, "DeepSpeed keeps the gradients to itself"),
    ],
)
def test_where_the_guard_could_do_nothing_it_is_refused(options: dict[str, Any], told: str) -> None:
    training = SimpleNamespace(algorithm="sft", args=SimpleNamespace(**options))
    run: Any = SimpleNamespace(training=training)
    with pytest.raises(PttError, match=f"PTT506.*{told}"):
        FiniteSteps().check(run)


@pytest.mark.skipif("ppo" not in algorithms(), reason="this TRL has no PPOTrainer")
def test_ppo_has_no_place_for_it(train: Callable[..., Any], tmp_path: Path) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", skip_nonfinite_steps=True)
    with pytest.raises(PttError, match="PPOTrainer does not notify callbacks before an update"):
        train("ppo", callback, steps=2)


def test_the_count_goes_on_after_a_resume(train: Callable[..., Any], tmp_path: Path) -> None:
    options: dict[str, Any] = {"save_strategy": "steps", "save_steps": 3}

    def callback() -> DiagnosticsCallback:
        return DiagnosticsCallback(
            run_dir=tmp_path / "run", skip_nonfinite_steps=True, fail_fast=True
        )

    train("sft", callback(), steps=3, callbacks=[PoisonedBatch()], **options)
    checkpoint = str(tmp_path / "out" / "checkpoint-3")
    train("sft", callback(), steps=4, resume=checkpoint, **options)
    counts = read_log(tmp_path / "run").frame.select("step", "ptt/skipped_steps").drop_nulls()
    assert counts.rows() == [(1, 0.0), (2, 1.0), (4, 1.0)]
