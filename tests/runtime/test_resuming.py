"""A resumed run is compared with what it was: real runs, and provenances as data."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import TrainerCallback

from ptt_rules import PttError
from ptt_rules.observing import Weight, differences
from ptt_rules.runs import read_run
from ptt_rules.runs.story import story_of
from ptt_runtime import DiagnosticsCallback, check_resume
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.fingerprints import data_fingerprint, model_fingerprint
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

Train = Callable[..., Any]
SAVES = {"save_strategy": "steps", "save_steps": 2}


class Looks(TrainerCallback):
    """Notes at each step which of some files of a run are there."""

    def __init__(self, run_dir: Path, names: Sequence[str]) -> None:
        self.paths = [run_dir / name for name in names]
        self.seen: list[bool] = []

    def on_step_end(self, *event: Any, **given: Any) -> None:
        self.seen += [path.exists() for path in self.paths]


def compared(run_dir: Path) -> dict[str, str]:
    """What the resume noted: the weight of each difference."""
    (note,) = (line for line in json_lines(run_dir / "events.jsonl") if line["event"] == "compared")
    return {one["what"]: one["weight"] for one in note["differences"]}


def test_a_run_that_goes_on_as_it_was_differs_in_nothing_that_matters(
    rule: Path, train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a `run_dir` it finds the directory of the run by its checkpoint."""
    out = tmp_path / "out"
    first = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True, fail_fast=True)
    train("sft", first, steps=4, folder=out, **SAVES)
    again = DiagnosticsCallback(packs=[rule], only=True, on_resume_mismatch="fail", fail_fast=True)
    train("sft", again, steps=4, folder=out, resume=str(out / "checkpoint-2"), **SAVES)
    assert again.run_dir == tmp_path / "run"
    assert set(compared(tmp_path / "run").values()) <= {"minor"}
    assert "things have changed" not in unwrapped(capsys.readouterr().err)


def test_what_makes_it_another_run_is_told_or_refused(
    rule: Path, train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, run_dir = tmp_path / "out", tmp_path / "run"
    train(
        "sft",
        DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True),
        steps=4,
        folder=out,
        **SAVES,
    )
    resume = {"folder": out, "resume": str(out / "checkpoint-2"), "examples": 32, **SAVES}
    options = {"learning_rate": 1e-4, "steps": 6, **resume}
    strict = DiagnosticsCallback(
        run_dir=run_dir, packs=[rule], only=True, on_resume_mismatch="fail"
    )
    with pytest.raises(PttError, match=r"PTT507.*learning_rate is 0.0001, was 0.003"):
        train("sft", strict, **options)
    rule.write_text(rule.read_text() + "\n# another digest\n")
    train("sft", DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True), **options)
    found = compared(run_dir)
    assert found["learning_rate"] == "serious"
    assert found["the number of examples"] == "serious"
    assert found["the number of steps"] == "notable"
    assert found["the pack third"] == "notable"
    assert "the digest of sampled weights" not in found
    assert "serious: the number of examples is 32, was 64" in unwrapped(capsys.readouterr().err)


@pytest.mark.parametrize("is_whole", [True, False])
def test_another_rate_is_told_as_the_trainer_takes_it(
    is_whole: bool, rule: Path, train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The state of an optimizer brings its own rate; a checkpoint without it leaves the new one."""
    out, run_dir = tmp_path / "out", tmp_path / "run"
    saves = {**SAVES, "save_only_model": not is_whole, "lr_scheduler_type": "constant"}
    train(
        "sft",
        DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True),
        steps=4,
        folder=out,
        **saves,
    )
    options = {"learning_rate": 1e-4, "weight_decay": 0.3, "adam_beta1": 0.8, **saves}
    resume = str(out / "checkpoint-2")
    again = DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True, fail_fast=True)
    train("sft", again, steps=4, folder=out, resume=resume, **options)
    told, found = unwrapped(capsys.readouterr().err), compared(run_dir)
    rates = [row["learning_rate"] for row in json_lines(run_dir / "metrics.jsonl")[:4]]
    ignored = "without effect, since optimizer and schedule are those of the checkpoint"
    assert found["learning_rate"] == "serious"
    assert found["weight_decay"] == found["adam_beta1"] == "notable"
    if is_whole:
        assert rates == [3e-3] * 4
        assert f"serious: learning_rate is 0.0001, was 0.003: {ignored}" in told
        assert f"weight_decay is 0.3, was 0.0: {ignored}" in told
        assert f"adam_beta1 is 0.8, was 0.9: {ignored}" in told
    else:
        assert rates == [3e-3, 3e-3, 1e-4, 1e-4]
        assert "serious: learning_rate is 0.0001, was 0.003: it jumps at this step" in told
        assert ignored not in told


def test_who_gives_again_what_is_in_effect_changes_nothing(
    rule: Path, train: Train, tmp_path: Path
) -> None:
    """The optimizer of the checkpoint has kept the first rate, whatever was given in between."""
    out, run_dir = tmp_path / "out", tmp_path / "run"
    resumes = [None, str(out / "checkpoint-2"), str(out / "checkpoint-4")]
    for rate, resume, steps in zip((3e-3, 1e-4, 3e-3), resumes, (2, 4, 6), strict=True):
        callback = DiagnosticsCallback(
            run_dir=run_dir, packs=[rule], only=True, on_resume_mismatch="warn", fail_fast=True
        )
        options = {"learning_rate": rate, "lr_scheduler_type": "constant", **SAVES}
        train("sft", callback, steps=steps, folder=out, resume=resume, **options)
    notes = [o for o in json_lines(run_dir / "events.jsonl") if o["event"] == "compared"]
    said = [{one["what"]: one["meaning"] for one in note["differences"]} for note in notes]
    assert said[0]["learning_rate"].startswith("without effect")
    assert "learning_rate" not in said[1]
    rates = [r["learning_rate"] for r in json_lines(run_dir / "metrics.jsonl") if "loss" in r]
    assert rates == [3e-3] * 6


def test_a_resume_can_be_checked_before_it_begins(
    rule: Path, train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It finds what the resume itself would, and trains nothing."""
    out, run_dir = tmp_path / "out", tmp_path / "run"
    callback = DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True)
    train("sft", callback, steps=4, folder=out, **SAVES)
    checkpoint = out / "checkpoint-2"

    def now(**options: Any) -> Any:
        again = DiagnosticsCallback(packs=[rule], only=True)
        return make_trainer("sft", out, callbacks=[again], **{"steps": 4, **SAVES, **options})

    capsys.readouterr()
    assert {one.weight for one in check_resume(now(), checkpoint)} <= {Weight.MINOR}
    assert "nothing that matters has changed" in unwrapped(capsys.readouterr().err)

    changed = now(examples=32, learning_rate=1e-4, seed=7)
    rule.write_text(rule.read_text() + "\n# another digest\n")
    found = {one.what: one.meaning for one in check_resume(changed, checkpoint)}
    assert {"the number of examples", "seed", "the pack third"} <= set(found)
    assert found["learning_rate"].startswith("without effect")
    assert "serious: the number of examples is 32, was 64" in unwrapped(capsys.readouterr().err)
    assert changed.state.global_step == 0
    assert not (tmp_path / "runs").exists()


def test_what_cannot_be_compared_says_why(rule: Path, tmp_path: Path) -> None:
    callback = DiagnosticsCallback(packs=[rule], only=True)
    trainer = make_trainer("sft", tmp_path / "out", callbacks=[callback], steps=2)
    with pytest.raises(PttError, match="PTT402 there is no such checkpoint"):
        check_resume(trainer, tmp_path / "nothing")
    with pytest.raises(PttError, match="PTT408 this checkpoint was saved without ptt"):
        check_resume(trainer, tmp_path)
    (tmp_path / "ptt_run.json").write_text("{")
    with pytest.raises(PttError, match=r"PTT408 ptt_run\.json cannot be read"):
        check_resume(trainer, tmp_path)


def test_what_was_made_at_the_end_of_an_abandoned_branch_is_gone_until_the_next_end(
    rule: Path, train: Train, tmp_path: Path
) -> None:
    out, run_dir = tmp_path / "out", tmp_path / "run"
    train(
        "sft",
        DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True),
        steps=4,
        folder=out,
        **SAVES,
    )
    made = ("metrics.parquet", "report.html")
    assert all((run_dir / name).exists() for name in made)

    looks = Looks(run_dir, made)
    again = DiagnosticsCallback(run_dir=run_dir, packs=[rule], only=True)
    resume = str(out / "checkpoint-2")
    train("sft", again, steps=4, folder=out, resume=resume, callbacks=[looks], **SAVES)
    assert looks.seen == [False, False] * 2
    assert all((run_dir / name).exists() for name in made)


BEFORE: dict[str, Any] = {
    "algorithm": "dpo",
    "world_size": 2,
    "model": {"class": "LlamaForCausalLM", "shapes_sha256": "a", "weights_sample_sha256": "w"},
    "data": {"examples": 100, "fingerprint": "f", "examples_sample_sha256": "e"},
    "packs": [{"name": "dpo", "version": "1.0.0", "digest": "d"}],
    "libraries": {"torch": "2.13.0", "datasets": "5.2.0"},
    "training_arguments": {"beta": 0.1, "logging_steps": 1, "warmup_ratio": 0.1},
    "host": "a",
    "siblings": [{"path": "a", "digest": "1"}],
}


@pytest.mark.parametrize(
    ("change", "what", "weight"),
    [
        ({"algorithm": "kto"}, "the algorithm", Weight.SERIOUS),
        ({"world_size": 4}, "the number of processes", Weight.SERIOUS),
        ({"model": {"class": "PeftModel"}}, "the model's class", Weight.SERIOUS),
        ({"data": {"examples": 99}}, "the number of examples", Weight.SERIOUS),
        ({"data": {"examples_sample_sha256": "x"}}, "the digest of sampled", Weight.SERIOUS),
        ({"data": {"fingerprint": "g"}}, "the fingerprint of the data set", Weight.MINOR),
        (
            {"packs": [{"name": "dpo", "version": "1.1.0", "digest": "x"}]},
            "the pack dpo",
            Weight.NOTABLE,
        ),
        ({"libraries": {"torch": "2.14.0"}}, "torch", Weight.NOTABLE),
        ({"libraries": {"torch": "2.13.1"}}, "torch", Weight.MINOR),
        ({"libraries": {"datasets": "6.0.0"}}, "datasets", Weight.MINOR),
        ({"training_arguments": {"beta": 0.2}}, "beta", Weight.SERIOUS),
        ({"training_arguments": {"warmup_ratio": 0.2}}, "warmup_ratio", Weight.NOTABLE),
        ({"training_arguments": {"logging_steps": 5}}, "logging_steps", Weight.MINOR),
        ({"host": "b"}, "the host", Weight.MINOR),
        ({"siblings": [{"path": "a", "digest": "2"}]}, "the list of sibling", Weight.NOTABLE),
        ({"siblings": []}, "the list of sibling runs", Weight.NOTABLE),
    ],
)
def test_each_difference_has_its_weight(change: dict[str, Any], what: str, weight: Weight) -> None:
    now = json.loads(json.dumps(BEFORE))
    for key, value in change.items():
        now[key] = {**now[key], **value} if isinstance(value, dict) else value
    (found,) = differences(BEFORE, now)
    assert found.what.startswith(what)
    assert found.weight is weight


def test_the_same_differs_in_nothing_and_what_is_unknown_is_not_different() -> None:
    assert differences(BEFORE, BEFORE) == []
    assert differences({**BEFORE, "model": {}}, BEFORE) == []


def test_a_fingerprint_tells_weights_apart_by_one_step_of_training() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(500, 300), torch.nn.Linear(300, 2))
    before = model_fingerprint(model)
    assert model_fingerprint(model) == before
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1e-3)
    after = model_fingerprint(model)
    assert after["weights_sample_sha256"] != before["weights_sample_sha256"]
    assert {**after, "weights_sample_sha256": ""} == {**before, "weights_sample_sha256": ""}


def test_a_fingerprint_of_data_reads_a_sample_and_draws_no_random_numbers() -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict({"text": [f"row {i}" for i in range(1000)]})

    class Loader:
        dataset = rows

    def never(*_: object) -> Any:
        raise AssertionError("the transform of the training was called")

    before = data_fingerprint(Loader)
    assert (before["examples"], before["columns"]) == (1000, ["text"])
    Loader.dataset = rows.with_transform(never)
    assert data_fingerprint(Loader)["examples_sample_sha256"] == before["examples_sample_sha256"]
    Loader.dataset = rows.shuffle(seed=1)
    assert data_fingerprint(Loader)["examples_sample_sha256"] != before["examples_sample_sha256"]
    assert data_fingerprint(None) == {}


def test_a_resume_with_other_weights_is_the_first_cause_of_what_it_brings(
    train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The weights of the checkpoint are those of the start; what was learned is lost."""
    out, run_dir = tmp_path / "out", tmp_path / "run"
    saves = {"save_strategy": "steps", "save_steps": 30}
    train("sft", DiagnosticsCallback(run_dir=run_dir), steps=60, folder=out, **saves)
    shutil.copy(out / "model" / "model.safetensors", out / "checkpoint-60")
    capsys.readouterr()
    resume = str(out / "checkpoint-60")
    train("sft", DiagnosticsCallback(run_dir=run_dir), steps=90, folder=out, resume=resume, **saves)
    cause = "the first cause is the resume at step 60: the digest of sampled weights is "
    assert cause in unwrapped(capsys.readouterr().err)
    run = read_run(run_dir)
    assert run.mismatch is not None
    assert run.mismatch.has_other_weights
    assert [one.step for one in run.checkpoints] == [30, 60, 90]
    assert run.way_back.checkpoint is not None
    assert run.way_back.checkpoint.step == 60
    assert story_of(run).wrong[0].startswith("At the resume at step 60 it became another run")
