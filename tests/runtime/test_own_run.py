"""A resume finds its own run, and only that: real trainings, wherever their folders are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.runs import read_run
from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import json_lines, unwrapped

pytestmark = pytest.mark.runtime

Train = Callable[..., Any]
SAVES = {"save_strategy": "steps", "save_steps": 3}


def steps_of(run: Path) -> list[int]:
    return [row["step"] for row in json_lines(run / "metrics.jsonl")]


def id_of(run: Path) -> str:
    return str(json.loads((run / "run.json").read_text())["run_id"])


def files_of(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.glob("*.json*")}


@pytest.fixture
def begun(train: Train, rule: Path, tmp_path: Path) -> Callable[..., Path]:
    """A training of six steps with two checkpoints; returns its run directory."""

    def run(name: str, run_dir: Path | None = None, **options: Any) -> Path:
        callback = DiagnosticsCallback(
            run_dir=run_dir or tmp_path / "runs" / name, packs=[rule], only=True
        )
        train("sft", callback, steps=6, folder=tmp_path / name, **{**SAVES, **options})
        assert callback.run_dir is not None
        return callback.run_dir.absolute()

    return run


@pytest.fixture
def resumed(train: Train, rule: Path, tmp_path: Path) -> Callable[..., Path]:
    """A training that goes on from a checkpoint, in a folder; returns its run directory."""

    def run(checkpoint: str, folder: str, **options: Any) -> Path:
        callback = DiagnosticsCallback(packs=[rule], only=True, fail_fast=True, **options)
        path = str(tmp_path / checkpoint)
        train("sft", callback, steps=8, folder=tmp_path / folder, resume=path, **SAVES)
        assert callback.run_dir is not None
        return callback.run_dir.absolute()

    return run


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_namesake_in_the_output_folder_is_left_alone(
    begun: Callable[..., Path], resumed: Callable[..., Path]
) -> None:
    first, second = begun("a"), begun("b", seed=2)
    before = files_of(first), files_of(second)
    run = resumed("a/checkpoint-3", "b")
    assert run not in (first, second)
    assert (files_of(first), files_of(second)) == before
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    rows = json_lines(run / "metrics.jsonl")[:3]
    assert rows == json_lines(first / "metrics.jsonl")[:3]
    assert [one.step for one in read_run(run).records.events][:1] == [3]
    told = json.loads((run / "run.json").read_text())
    assert (told["branch_of"], told["branch_step"]) == (id_of(first), 3)


def test_the_checkpoint_that_was_given_is_found_where_no_namesake_is(
    begun: Callable[..., Path], resumed: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first = begun("a")
    before = files_of(first)
    run = resumed("a/checkpoint-3", "c")
    assert files_of(first) == before
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    told = unwrapped(capsys.readouterr().err)
    assert "it saves into another folder" in told
    assert "PTT503" not in told


@pytest.mark.parametrize("is_asked_for", [True, False])
@pytest.mark.parametrize("is_inside", [True, False])
def test_a_copied_folder_begins_a_branch(
    is_asked_for: bool,
    is_inside: bool,
    begun: Callable[..., Path],
    resumed: Callable[..., Path],
    tmp_path: Path,
) -> None:
    first = begun("a", tmp_path / "a" / "run" if is_inside else None)
    before = files_of(first)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    asked = {"run_dir": first} if is_asked_for else {}
    run = resumed("b/checkpoint-3", "b", **asked)
    assert files_of(first) == before
    assert run != first
    assert id_of(run) != id_of(first)
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_a_moved_folder_goes_on_with_its_run(
    begun: Callable[..., Path], resumed: Callable[..., Path], tmp_path: Path
) -> None:
    first = begun("a", tmp_path / "a" / "run")
    number = id_of(first)
    (tmp_path / "a").rename(tmp_path / "b")
    run = resumed("b/checkpoint-3", "b")
    assert run == tmp_path / "b" / "run"
    assert id_of(run) == number
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


@pytest.mark.parametrize("is_asked_for", [True, False])
def test_earlier_attempts_that_died_are_not_gone_on_with(
    is_asked_for: bool, begun: Callable[..., Path], resumed: Callable[..., Path], tmp_path: Path
) -> None:
    wanted = tmp_path / "run"
    attempts = [begun("out", wanted, seed=seed) for seed in (1, 2, 3)]
    assert [path.name for path in attempts] == ["run", "run-2", "run-3"]
    before = [files_of(path) for path in attempts]
    asked = {"run_dir": wanted} if is_asked_for else {}
    run = resumed("out/checkpoint-3", "out", **asked)
    assert run == attempts[2]
    assert [files_of(path) for path in attempts[:2]] == before[:2]
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_the_id_stays_over_resumes_and_a_branch_goes_on_as_itself(
    begun: Callable[..., Path], resumed: Callable[..., Path], tmp_path: Path
) -> None:
    first = begun("a")
    number = id_of(first)
    assert resumed("a/checkpoint-3", "a") == first
    assert resumed("a/checkpoint-6", "a") == first
    assert id_of(first) == number
    for name in ("ptt_run.json", "trainer_state.json"):
        assert number in (tmp_path / "a" / "checkpoint-6" / name).read_text()
    branch = resumed("a/checkpoint-3", "b")
    assert resumed("b/checkpoint-6", "b") == branch
    assert steps_of(branch) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_a_checkpoint_that_was_saved_right_before_a_kill_finds_its_run(
    begun: Callable[..., Path],
    resumed: Callable[..., Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The trainer had written its state, and ptt nothing yet beside it."""
    first = begun("a")
    number, events = id_of(first), json_lines(first / "events.jsonl")
    for path in (tmp_path / "a" / "checkpoint-3").glob("ptt_*"):
        path.unlink()
    capsys.readouterr()
    assert resumed("a/checkpoint-3", "a") == first
    assert id_of(first) == number
    assert steps_of(first) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    fired = [one for one in json_lines(first / "events.jsonl") if one["event"] == "fired"]
    assert fired == [one for one in events if one["event"] == "fired"]
    told = unwrapped(capsys.readouterr().err)
    assert "without ptt" not in told
    assert "the checkpoint does not describe its run: nothing to compare" in told


def test_where_the_run_is_gone_its_rows_come_from_the_trainer(
    begun: Callable[..., Path], resumed: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    first = begun("a")
    shutil.rmtree(first)
    run = resumed("a/checkpoint-3", "a")
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]
    assert [one.step for one in read_run(run).records.events if one.event.value == "fired"] == [3]
    assert "it was not found" in unwrapped(capsys.readouterr().err)


def test_a_checkpoint_that_was_saved_without_ptt_begins_a_run(
    train: Train, rule: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the next save does not end the training: the trainer knows no such callback."""
    trainer = train(
        "sft", DiagnosticsCallback(packs=[rule], only=True), steps=2, folder=tmp_path / "none"
    )
    trainer.callback_handler.callbacks.pop()
    capsys.readouterr()
    trainer.args.save_strategy, trainer.args.save_steps, trainer.args.max_steps = "steps", 3, 6
    trainer.train()
    other = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True, fail_fast=True)
    path = str(tmp_path / "none" / "checkpoint-3")
    train("sft", other, steps=8, folder=tmp_path / "none", resume=path, **SAVES)
    assert steps_of(tmp_path / "run") == [4, 5, 6, 7, 8, 8]
    told = unwrapped(capsys.readouterr().err)
    assert "checkpoint-3 was saved without ptt: a new run begins at step 3" in told
    assert "PTT" not in told


def test_two_callbacks_find_one_run_each(train: Train, rule: Path, tmp_path: Path) -> None:
    def pair() -> list[DiagnosticsCallback]:
        return [DiagnosticsCallback(packs=[rule], only=True, fail_fast=True) for _ in range(2)]

    one, two = pair()
    train("sft", two, steps=6, callbacks=[one], **SAVES)
    again, other = pair()
    path = str(tmp_path / "out" / "checkpoint-3")
    options = {**SAVES, "restore_callback_states_from_checkpoint": True}
    train("sft", other, steps=8, callbacks=[again], resume=path, **options)
    assert {one.run_dir, two.run_dir} == {again.run_dir, other.run_dir}
    for callback in (again, other):
        assert callback.run_dir is not None
        assert steps_of(callback.run_dir) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_a_run_that_another_process_writes_is_not_gone_on_with(
    begun: Callable[..., Path], resumed: Callable[..., Path]
) -> None:
    first = begun("a")
    beat = json.loads((first / "heartbeat.json").read_text())
    alive = {**beat, "pulse": "running", "process": 1, "began": None}
    (first / "heartbeat.json").write_text(json.dumps(alive))
    (first / ".life-1.json").write_text(json.dumps({**alive, "run_id": id_of(first)}))
    run = resumed("a/checkpoint-3", "a")
    assert run != first
    assert steps_of(run) == [1, 2, 3, 4, 5, 6, 7, 8, 8]


def test_a_finished_run_that_goes_on_keeps_nothing_of_its_last_end(
    begun: Callable[..., Path], train: Train, rule: Path, tmp_path: Path
) -> None:
    first = begun("a")
    assert (first / "metrics.parquet").exists()
    callback = DiagnosticsCallback(packs=[rule], only=True)

    class Dies(Exception):
        pass

    class Fails(DiagnosticsCallback):
        def on_step_begin(self, *event: Any, **given: Any) -> None:
            assert not (first / "metrics.parquet").exists()
            assert not (first / "report.html").exists()
            raise Dies

    path = str(tmp_path / "a" / "checkpoint-6")
    failing = Fails(run_dir=tmp_path / "other", packs=[rule], only=True)
    with pytest.raises(Dies):
        train("sft", failing, callbacks=[callback], steps=8, folder=tmp_path / "a", resume=path)
    callback._finish()


def test_nothing_of_this_machine_travels_in_a_checkpoint(
    begun: Callable[..., Path], tmp_path: Path
) -> None:
    first = begun("a")
    told = json.loads((first / "run.json").read_text())
    for name in ("ptt_run.json", "ptt_state.json", "trainer_state.json"):
        text = (tmp_path / "a" / "checkpoint-3" / name).read_text()
        assert str(tmp_path) not in text
        assert told["host"] not in text
    saved = json.loads((tmp_path / "a" / "checkpoint-3" / "ptt_run.json").read_text())
    assert saved["run_dir"] == "../runs/a"


def test_a_training_that_is_refused_leaves_no_directory(
    train: Train, rule: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.ptt"
    bad.write_text(rule.read_text() + "policy cool { on third_row { set beta = 0.5 } }\n")
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[bad], only=True, policy="cool")
    with pytest.raises(Exception, match="PTT506"):
        train("sft", callback, steps=2)
    assert not (tmp_path / "run").exists()


def test_the_callback_shows_the_metric_frame(train: Train, rule: Path, tmp_path: Path) -> None:
    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    assert callback.frame is None
    train("sft", callback, steps=2, folder=tmp_path / "out")
    assert callback.frame is not None
    assert callback.frame["step"].to_list() == steps_of(tmp_path / "run")
    assert {"step", "time", "epoch", "loss"} <= set(callback.frame.columns)
