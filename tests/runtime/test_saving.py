"""Saves of real trainings: none that follows a finding loses the way back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from ptt_rules.runs import read_run
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.distributed import weights_are_finite
from tests.runtime.conftest import json_lines

pytestmark = pytest.mark.runtime


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """What the console says, without the breaks of its lines."""
    return re.sub(r"\n(ptt)? {2,}", " ", capsys.readouterr().err)


LATE = """
metric gradient: norm = "grad_norm"
detector late { LEVEL when count(gradient[all]) >= 6 for HOLD keep 1000 }
policy save { on late { checkpoint } }
policy publish { on late { checkpoint  stop } }
policy halt { on late { stop } }
"""


def late(folder: Path, *, level: str = "high", hold: int = 1) -> list[str]:
    """A pack whose detector begins to hold at step 6."""
    path = folder / "late.ptt"
    path.write_text(LATE.replace("LEVEL", level).replace("HOLD", str(hold)))
    return [str(path)]


class BreaksWeights(TrainerCallback):
    """Makes weights NaN before a step."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        if state.global_step == self.step - 1:
            with torch.no_grad():
                next(given["model"].parameters()).fill_(torch.nan)


@dataclass
class Trained:
    trainer: Any
    run_dir: Path
    out: Path
    pushed: list[str] = field(default_factory=list)

    @property
    def kept(self) -> list[int]:
        """The steps of the checkpoints that are left."""
        return sorted(int(one.name.rpartition("-")[2]) for one in self.out.glob("checkpoint-*"))

    @property
    def last_good(self) -> int | None:
        checkpoint = read_run(self.run_dir).way_back.checkpoint
        return checkpoint and checkpoint.step

    def notes(self, event: str) -> list[dict[str, Any]]:
        lines = json_lines(self.run_dir / "events.jsonl")
        return [line for line in lines if line["event"] == event]


@pytest.fixture
def trained(tmp_path: Path) -> Callable[..., Trained]:
    def run(
        callback: dict[str, Any], *, breaks_at: int | None = None, steps: int = 12, **options: Any
    ) -> Trained:
        made = Trained(None, tmp_path / "run", tmp_path / "out")
        callbacks: list[TrainerCallback] = [
            DiagnosticsCallback(run_dir=made.run_dir, fail_fast=True, **callback)
        ]
        if breaks_at is not None:
            callbacks.append(BreaksWeights(breaks_at))
        saves = {"save_strategy": "steps", "save_steps": 4, **options}
        pushes = saves.pop("push_to_hub", False)
        trainer = make_trainer("sft", made.out, steps=steps, callbacks=callbacks, **saves)
        trainer.args.push_to_hub = pushes  # told before, it would ask the hub for a repository
        before = (trainer.args.save_total_limit, trainer.args.push_to_hub)
        trainer._push_from_checkpoint = lambda folder: made.pushed.append(Path(folder).name)
        trainer.train()
        assert (trainer.args.save_total_limit, trainer.args.push_to_hub) == before
        made.trainer = trainer
        return made

    return run


# ---- weights that are not finite -----------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_guard_on_weights_of_nan_saves_nothing_and_leaves_the_way_back(
    limit: int, trained: Callable[..., Trained], capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained({"stop_on_critical": True}, breaks_at=7, save_total_limit=limit)
    assert (run.kept, run.last_good) == ([4], 4)
    printed = said(capsys)
    assert (
        "no checkpoint is saved at step 7: the weights are not finite; the last good one is "
        "checkpoint-4"
    ) in printed
    assert f"the last good step is 6, the last good checkpoint {run.out}/checkpoint-4" in printed
    assert "None" not in printed


def test_the_step_of_a_regular_save_is_no_exception(trained: Callable[..., Trained]) -> None:
    run = trained({"stop_on_critical": True}, breaks_at=8, save_total_limit=1)
    assert (run.kept, run.last_good) == ([4], 4)


def test_the_end_of_an_epoch_that_the_stop_brings_saves_and_publishes_nothing(
    trained: Callable[..., Trained],
) -> None:
    options = {"save_strategy": "epoch", "save_total_limit": 1, "push_to_hub": True}
    run = trained({"stop_on_critical": True}, breaks_at=21, steps=40, **options)
    assert (run.kept, run.pushed, run.last_good) == ([16], ["checkpoint-16"], 16)


def test_nothing_good_is_said_in_words(
    trained: Callable[..., Trained], capsys: pytest.CaptureFixture[str]
) -> None:
    trained({"stop_on_critical": True}, breaks_at=3)
    printed = said(capsys)
    assert "the weights are not finite; there is no good one" in printed
    assert "run invalidated: the last good step is 2, and no good checkpoint is there" in printed
    assert "None" not in printed


def test_a_regular_save_of_nan_that_nobody_has_seen_yet_takes_no_good_one_away(
    trained: Callable[..., Trained], capsys: pytest.CaptureFixture[str]
) -> None:
    """The weights break at step 6, the rules see it with the row of step 10."""
    options = {"logging_steps": 10, "save_total_limit": 1}
    run = trained({"stop_on_critical": True}, breaks_at=6, **options)
    assert (run.kept, run.last_good) == ([4, 8], None)  # no row says that step 4 was good
    assert "checkpoint-8 has weights that are not finite" in said(capsys)
    finite = {one.step: one.faults for one in read_run(run.run_dir).checkpoints}
    assert finite == {4: (), 8: ("its weights are not finite",)}


# ---- weights that are finite -----------------------------------------------------------------


@pytest.mark.parametrize(("limit", "kept"), [(1, [4, 20]), (2, [4, 20]), (3, [4, 16, 20])])
def test_a_checkpoint_on_a_finding_and_those_after_it_keep_the_last_good_one(
    limit: int, kept: list[int], trained: Callable[..., Trained], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    policy = {"packs": late(tmp_path), "policy": "save"}
    run = trained(policy, steps=20, save_total_limit=limit)
    assert (run.kept, run.last_good) == (kept, 4)
    told = f"checkpoint-4, the last good one, is kept: save_total_limit={limit} would remove it"
    assert said(capsys).count(told) == 1
    assert [note["checkpoint"] for note in run.notes("kept")] == ["checkpoint-4"]
    recorded = json.loads((run.out / "checkpoint-20" / "ptt_weights.json").read_text())
    assert recorded == {"finite": True}


def test_what_was_saved_before_a_slow_rule_fired_does_not_count_as_good(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """It has held since step 6 when it fires at step 13: checkpoints 8 and 12 are not good."""
    policy = {"packs": late(tmp_path, hold=8), "policy": "publish"}
    run = trained(policy, steps=20, save_total_limit=3)
    assert (run.kept, run.last_good) == ([4, 12, 13], 4)


def test_a_note_on_which_a_policy_saves_may_get_worse_later(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    policy = {"packs": late(tmp_path, level="medium"), "policy": "save"}
    run = trained(policy, steps=7, save_total_limit=1)
    assert run.kept == [4, 7]


def test_where_all_is_well_the_trainer_removes_as_it_always_did(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    run = trained({"packs": late(tmp_path), "policy": "save"}, steps=5, save_total_limit=1)
    assert (run.kept, run.last_good) == ([5], 5)


def test_weights_without_an_optimizer_are_a_way_back_too(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    policy = {"packs": late(tmp_path), "policy": "publish"}
    run = trained(policy, save_total_limit=1, save_only_model=True)
    assert (run.kept, run.last_good) == ([4, 6], 4)


def test_the_best_one_is_not_all_that_is_left_at_the_end(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    """With a limit of one the trainer removes all but the best one, here 2, once it is done."""
    options = {
        "eval_strategy": "steps", "eval_steps": 2, "save_steps": 2, "save_total_limit": 1,
        "load_best_model_at_end": True, "metric_for_best_model": "loss", "greater_is_better": True,
    }  # fmt: skip
    run = trained({"packs": late(tmp_path), "policy": "halt"}, **options)
    assert run.trainer.state.best_global_step == 2
    assert (run.last_good, 2 in run.kept) == (4, True)


def test_without_a_policy_it_is_said_before_it_is_lost(
    trained: Callable[..., Trained], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained({"packs": late(tmp_path)}, save_total_limit=2)
    assert run.kept == [8, 12]
    printed = said(capsys)
    assert printed.count("this save removes checkpoint-4, the last good checkpoint") == 1
    (note,) = run.notes("removes_last_good")
    assert (note["checkpoint"], note["step"]) == ("checkpoint-4", 12)


# ---- the hub ---------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["every_save", "checkpoint", "all_checkpoints"])
def test_what_is_saved_on_a_finding_is_not_published(
    strategy: str, trained: Callable[..., Trained], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    policy = {"packs": late(tmp_path), "policy": "publish"}
    run = trained(policy, push_to_hub=True, hub_strategy=strategy)
    assert (run.kept, run.pushed) == ([4, 6], ["checkpoint-4"])
    told = "checkpoint-6 was saved on a finding, and is not pushed to the hub"
    assert told in said(capsys)


# ---- the page and the postmortem at the end --------------------------------------------------


def test_the_page_at_the_end_agrees_with_the_checkpoints_that_are_there(
    trained: Callable[..., Trained], tmp_path: Path
) -> None:
    path = tmp_path / "late.ptt"
    path.write_text(
        LATE.replace("LEVEL", "high").replace("HOLD", "1").replace("stop", "invalidate stop")
    )
    run = trained({"packs": [str(path)], "policy": "publish"}, save_strategy="no")
    assert run.kept == [6]
    document = json.loads((run.run_dir / "postmortem.json").read_text())
    assert [Path(one["path"]).name for one in document["checkpoints"]] == ["checkpoint-6"]
    assert document["next"][-1].startswith("Start anew: no good checkpoint is of step 5 or before")
    page = run.run_dir / "report.html"
    if page.exists():  # with the extra for reports
        assert "there is no checkpoint" not in page.read_text()


# ---- what is finite --------------------------------------------------------------------------


def model_of(**weights: torch.Tensor) -> torch.nn.Module:
    model = torch.nn.Module()
    for name, weight in weights.items():
        needs = weight.is_floating_point()
        setattr(model, name, torch.nn.Parameter(weight, requires_grad=needs))
    return model


@pytest.mark.parametrize(
    ("weight", "is_finite"),
    [
        (torch.ones(3), True),
        (torch.tensor([1.0, torch.nan]), False),
        (torch.tensor([1.0, -torch.inf], dtype=torch.bfloat16), False),
        (torch.full((4,), 60000.0, dtype=torch.float16), True),
        (torch.full((4,), 3e38), True),
        (torch.zeros(0), True),
        (torch.ones(3, dtype=torch.uint8), True),
        (torch.ones(3, device="meta"), True),
    ],
)
def test_weights_of_every_kind_are_looked_at(weight: torch.Tensor, is_finite: bool) -> None:
    assert weights_are_finite(model_of(first=torch.ones(2), second=weight)) is is_finite


def test_what_deepspeed_has_sharded_is_looked_at_where_it_is() -> None:
    model = model_of(weight=torch.zeros(0))
    model.weight.ds_tensor = torch.tensor([torch.nan])
    assert not weights_are_finite(model)
