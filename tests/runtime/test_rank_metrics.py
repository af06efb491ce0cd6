"""What is measured on one rank, and how the reports of all become a row."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from ptt_rules.language.metrics import find
from ptt_runtime.distributed import Ranks
from ptt_runtime.rank_metrics import clock, memory
from ptt_runtime.rank_metrics.clock import DeviceTime, StepClock
from ptt_runtime.rank_metrics.memory import memory_of
from ptt_runtime.rank_metrics.quantities import LENGTH, Quantity, Rows, numbers_of, report_of

pytestmark = pytest.mark.runtime

CPU = torch.device("cpu")
WORK_S = 0.03


# ---- reports and rows ----------------------------------------------------------------------


def test_a_report_survives_its_journey_with_nan_and_without_what_is_missing() -> None:
    report = {Quantity.STEP_TIME: 0.5, Quantity.LOSS: math.inf, Quantity.GRAD_NORM: 0.0}
    numbers = numbers_of(report)
    assert len(numbers) == LENGTH
    assert report_of(numbers) == report
    assert math.isnan(report_of(numbers_of({Quantity.LOSS: math.nan}))[Quantity.LOSS])
    assert report_of(numbers_of({})) == {}


def reports(times: list[float | None]) -> list[dict[Quantity, float]]:
    return [{} if one is None else {Quantity.COMPUTE_TIME: one} for one in times]


def test_a_row_has_each_rank_and_statistics_over_all() -> None:
    row = Rows().row(reports([0.2, 0.6, None, math.nan, 0.3]))
    assert row["across_ranks/reporting"] == 4
    assert {key: row[key] for key in row if key.startswith("ranks/")} == pytest.approx(
        {f"ranks/compute_time/{rank}": one for rank, one in [(0, 0.2), (1, 0.6), (3, math.nan),
         (4, 0.3)]}, nan_ok=True,
    )  # fmt: skip
    statistics = [row[f"across_ranks/compute_time/{name}"] for name in ("max", "median", "spread")]
    assert statistics == pytest.approx([0.6, 0.3, 0.4])
    assert row["across_ranks/compute_time/worst_rank"] == 1


def test_of_two_ranks_the_median_is_the_better_one() -> None:
    assert Rows().row(reports([0.6, 0.2]))["across_ranks/compute_time/median"] == 0.2


def test_where_little_is_bad_the_worst_rank_has_the_least() -> None:
    given = [{Quantity.MEMORY_FREE: 5.0}, {Quantity.MEMORY_FREE: 3.0}]
    assert Rows().row(given)["across_ranks/memory_free/worst_rank"] == 1


def test_a_row_does_not_grow_with_the_machine() -> None:
    rows = Rows(most_named=3)
    named = set()
    for slow in (7, 900, 5, 7, 33, 12):
        times: list[float | None] = [0.2] * 1024
        times[slow] = 0.9
        row = rows.row(reports(times))
        named = {key for key in row if key.startswith("ranks/")}
        assert row["across_ranks/compute_time/worst_rank"] == slow
        assert len(row) <= 5 + 3
    assert named == {f"ranks/compute_time/{rank}" for rank in (7, 900, 5)}


def test_every_key_of_a_row_is_in_the_vocabulary() -> None:
    row = Rows().row([dict.fromkeys(Quantity, 1.0)] * 2)
    assert len(row) == 1 + len(Quantity) * 6
    assert [key for key in row if not find(key)] == []
    assert {unit for key in row for unit in {one.when for one in find(key)}} == {
        "several processes"
    }


# ---- the clock -----------------------------------------------------------------------------


class Model(torch.nn.Module):
    """Sleeps in its forward pass, and where a gradient passes."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(4, 4)

    def forward(self, input_ids: torch.Tensor) -> dict[str, torch.Tensor]:
        time.sleep(WORK_S)
        inner = self.layer(input_ids)
        if inner.requires_grad:
            inner.register_hook(lambda _: time.sleep(WORK_S))
        return {"logits": inner * 2}


def take_step(model: Model, watch: StepClock, *, micro_batches: int = 1) -> None:
    """One step of a trainer: each forward pass is followed by something that computes nothing."""
    watch.step_begins()
    for _ in range(micro_batches):
        out = model(input_ids=torch.ones(2, 4))
        time.sleep(WORK_S)  # rewards, losses, others
        out["logits"].sum().backward()
    time.sleep(WORK_S)  # the others
    watch.gradients_are_there()
    watch.step_ends()


@pytest.mark.parametrize("micro_batches", [1, 3])
def test_computing_is_told_apart_from_waiting(micro_batches: int) -> None:
    model = Model()
    watch = StepClock(model, CPU)
    for _ in range(2):
        take_step(model, watch, micro_batches=micro_batches)
        time.sleep(WORK_S)  # the loader
    found = watch.take()
    about = {
        Quantity.FORWARD_TIME: micro_batches,
        Quantity.BACKWARD_TIME: micro_batches,
        Quantity.COMPUTE_TIME: 2 * micro_batches,
        Quantity.WAIT_TIME: 1,
        Quantity.OTHER_TIME: micro_batches,
    }
    for quantity, share in about.items():
        assert found[quantity] == pytest.approx(share * WORK_S, rel=0.6), quantity
    assert found[Quantity.DATA_TIME] >= 0.5 * WORK_S
    assert found[Quantity.STEP_TIME] > found[Quantity.COMPUTE_TIME]
    tokens = 8 * micro_batches / found[Quantity.STEP_TIME]
    assert found[Quantity.TOKENS_PER_SECOND] == pytest.approx(tokens)


def test_what_comes_between_two_steps_is_no_loading() -> None:
    model = Model()
    watch = StepClock(model, CPU)
    take_step(model, watch)
    watch.forget()
    time.sleep(5 * WORK_S)  # an evaluation
    watch.goes_on()
    take_step(model, watch)
    found = watch.take()
    assert found[Quantity.DATA_TIME] < WORK_S
    assert found[Quantity.STEP_TIME] < 9 * WORK_S


def test_nothing_is_measured_of_a_model_that_is_not_called() -> None:
    watch = StepClock(Model(), CPU)
    watch.step_begins()
    watch.gradients_are_there()
    watch.step_ends()
    assert set(watch.take()) == {Quantity.STEP_TIME}


def test_a_clock_leaves_the_model_as_it_was() -> None:
    model = Model()
    StepClock(model, CPU).close()
    model(torch.ones(1, 4))["logits"].sum().backward()
    assert not model._forward_hooks
    assert not model._forward_pre_hooks


class _Event:
    """A moment of a device that is behind its host."""

    passed = False
    now = 0.0

    def __init__(self, enable_timing: bool) -> None:
        assert enable_timing

    def record(self) -> None:
        _Event.now += 250.0
        self.at = _Event.now

    def query(self) -> bool:
        return _Event.passed

    def elapsed_time(self, end: _Event) -> float:
        return end.at - self.at


def test_moments_of_a_device_are_read_once_it_has_passed_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock.torch.cuda, "Event", _Event)
    watch = StepClock(Model(), CPU)
    watch._time = DeviceTime()
    watch._pending.append((Quantity.FORWARD_TIME, watch._time.mark(), watch._time.mark()))
    watch.step_begins()
    watch.step_ends()
    assert Quantity.FORWARD_TIME not in watch.take()
    monkeypatch.setattr(_Event, "passed", True)
    watch.step_begins()
    watch.step_ends()
    assert watch.take()[Quantity.FORWARD_TIME] == pytest.approx(0.25)


# ---- memory --------------------------------------------------------------------------------


def test_memory_of_a_process_and_its_machine() -> None:
    found = memory_of(CPU)
    assert 1e7 < found[Quantity.MEMORY] <= found[Quantity.MEMORY_PEAK]
    assert found[Quantity.MEMORY_FREE] > 0


@pytest.mark.parametrize(("limit", "free"), [("3000000\n", 1_000_000), ("max\n", 4_096_000)])
def test_a_control_group_may_leave_less_than_the_machine(
    limit: str, free: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable: 4000 kB\n")
    (tmp_path / "limit").write_text(limit)
    (tmp_path / "used").write_text("2000000\n")
    monkeypatch.setattr(memory, "_MACHINE", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_LIMITED", (tmp_path / "limit", tmp_path / "used"))
    assert memory_of(CPU)[Quantity.MEMORY_FREE] == free


def test_memory_of_a_device(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Callable[..., Any]] = {
        "memory_allocated": lambda _: 10,
        "memory_reserved": lambda _: 15,
        "max_memory_allocated": lambda _: 12,
        "mem_get_info": lambda _: (100, 200),
    }
    for name, answer in answers.items():
        monkeypatch.setattr(memory.torch.cuda, name, answer)
    found = memory_of(torch.device("cuda", 0))
    assert [found[one] for one in (Quantity.MEMORY, Quantity.MEMORY_RESERVED)] == [10, 15]
    assert [found[one] for one in (Quantity.MEMORY_PEAK, Quantity.MEMORY_FREE)] == [12, 105]


def test_alone_every_question_answers_itself() -> None:
    ranks = Ranks()
    ranks.meet(timeout_s=1)
    assert ranks.are_together
    assert (ranks.of_first("a"), ranks.gather(1), ranks.any(False)) == ("a", [1], False)
    assert (ranks.decision("stop"), ranks.at_first([1.0])) == ("stop", [[1.0]])
    assert ranks.notes() == []
