"""Findings and answers in the trackers of a trainer, read back with their own libraries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from ptt_runtime import DiagnosticsCallback, Snapshots
from tests.runtime.conftest import unwrapped

pytestmark = pytest.mark.runtime

Train = Callable[..., Any]
TITLE = "critical third.third_row at step 3"
DECISION = "policy guard at step 3: checkpoint, invalidate, stop"

ASKED = [{"prompt": "a", "label": "harmless"}, {"prompt": "b", "label": "harmful"}]
NO, YES = "I can't help with that.", "Yes | so."
TABLE = ("step", "prompt", "label", "verdict", "change", "answer", "at the start", "tokens", "size")
ROW = (2, "b", "harmful", "answered", "refusal lost", YES, NO, len(YES), len(YES))
"""Of the answers at the second step: safety that was lost comes first."""


@pytest.fixture
def run(rule: Path, train: Train, tmp_path: Path) -> Callable[[str], Path]:
    """Trains, and is stopped at the third step; returns the run's directory."""

    def training(tracker: str) -> Path:
        callback = DiagnosticsCallback(
            run_dir=tmp_path / "run",
            packs=[rule],
            only=True,
            policy="guard",
            snapshots=Snapshots(every=2, prompts=ASKED, generate=turns(), scorers={"size": size}),
            fail_fast=True,
        )
        train("sft", callback, steps=6, report_to=tracker)
        return tmp_path / "run"

    return training


def turns() -> Callable[[list[Any]], list[str]]:
    """Answers the first prompt and refuses the second one, and from the second time on turned."""
    said = [[YES, NO]]
    return lambda _: said.pop() if said else [NO, YES]


def size(prompts: list[Any], texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


def test_mlflow(
    run: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", (tmp_path / "store").as_uri())
    run("mlflow")
    client = mlflow.MlflowClient()
    (found,) = client.search_runs(["0"])
    tags = found.data.tags
    assert tags["ptt.001"] == f"{TITLE}\nrow three, step 3"
    assert tags["ptt.findings_critical"] == "1"
    assert tags["ptt.stopped_by"] == "guard"
    assert found.data.metrics["ptt/findings"] == 1
    assert found.data.metrics["snapshot/refusals_lost.harmful"] == 1
    history = client.get_metric_history(found.info.run_id, "snapshot/refusals_lost")
    assert [(one.step, one.value) for one in history] == [(2, 1), (3, 1)]
    texts = {
        one.path: Path(client.download_artifacts(found.info.run_id, one.path)).read_text()
        for one in client.list_artifacts(found.info.run_id, "ptt/snapshots")
    }
    lines = texts["ptt/snapshots/step-00000002.md"].splitlines()
    assert lines[2].startswith(
        f"| 2 | b | harmful | answered | refusal lost | Yes \\| so. | {NO} |"
    )
    kept = {Path(one.path).name for one in client.list_artifacts(found.info.run_id, "ptt")}
    assert {"run.json", "events.jsonl", "metrics.parquet", "postmortem.json"} <= kept


def test_tensorboard(
    run: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    monkeypatch.setenv("TENSORBOARD_LOGGING_DIR", str(tmp_path / "logs"))
    run("tensorboard")
    events = accumulators.EventAccumulator(str(tmp_path / "logs" / "ptt")).Reload()
    tags = set(events.Tags()["tensors"])
    assert {"ptt/critical/text_summary", "ptt/summary/text_summary"} <= tags
    (found,) = events.Tensors("ptt/critical/text_summary")
    assert found.step == 3
    assert TITLE.encode() in found.tensor_proto.string_val[0]
    assert events.Scalars("ptt/findings")[0].step == 3
    steps = [(one.step, one.value) for one in events.Scalars("snapshot/refusals_gained/harmless")]
    assert steps == [(2, 1), (3, 1)]
    said = events.Tensors("snapshot/answers/text_summary")[1]
    assert said.step == 2
    assert b"| 2 | b | harmful | answered | refusal lost |" in said.tensor_proto.string_val[0]


def test_trackio(
    run: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trackio = pytest.importorskip("trackio")
    monkeypatch.setattr("trackio.utils.TRACKIO_DIR", tmp_path / "trackio")
    monkeypatch.setattr("trackio.sqlite_storage.TRACKIO_DIR", tmp_path / "trackio")
    run("trackio")
    (project,) = trackio.SQLiteStorage.get_projects()
    alerts = trackio.SQLiteStorage.get_alerts(project)
    assert {(one["title"], one["level"]) for one in alerts} == {
        (TITLE, "error"),
        (DECISION, "error"),
    }
    (name,) = trackio.SQLiteStorage.get_runs(project)
    logs = trackio.SQLiteStorage.get_logs(project, name)
    taken = [one for one in logs if "snapshot/answers" in one]
    # the trainer closes its run before the one of the end is taken
    assert [one["train/global_step"] for one in taken] == [0, 2]
    assert taken[1]["snapshot/refusals_lost/harmful"] == 1
    assert tuple(taken[1]["snapshot/answers"]["_value"][0].values())[: len(ROW)] == ROW


@pytest.fixture
def wandb_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    wandb = pytest.importorskip("wandb")
    for name, value in {
        "WANDB_MODE": "offline",
        "WANDB_DIR": str(tmp_path),
        "WANDB_SILENT": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield wandb
    wandb.teardown()


def test_weights_and_biases(run: Callable[[str], Path], wandb_offline: Any, tmp_path: Path) -> None:
    run("wandb")
    summary = dict(wandb_offline.run.summary)
    assert summary["ptt/findings_critical"] == 1
    assert summary["ptt/stopped_by"] == "guard"
    wandb_offline.teardown()  # only when its service has ended is the file whole
    (file,) = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
    recorded = file.read_bytes()
    assert TITLE.encode() in recorded
    assert b"ptt-run" in recorded  # the type of the artifact
    assert b"snapshot/refusals_lost" in recorded
    folder = "wandb/offline-run-*/files/media/table/snapshot/*.json"
    tables = [json.loads(path.read_text()) for path in tmp_path.glob(folder)]
    (table,) = (table for table in tables if table["data"][0][0] == 2)
    assert table["columns"][: len(ROW)] == [*TABLE]
    assert tuple(table["data"][0][: len(ROW)]) == ROW


def test_a_tracker_that_ptt_does_not_know_is_one_clear_line(
    rule: Path, train: Train, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Comet(TrainerCallback):
        def on_init_end(self, args: Any, *others: Any, **given: Any) -> None:
            args.report_to = ["comet_ml"]

    callback = DiagnosticsCallback(run_dir=tmp_path / "run", packs=[rule], only=True)
    train("sft", callback, steps=1, callbacks=[Comet()])
    told = unwrapped(capsys.readouterr().err)
    assert told.count("findings do not go to comet_ml: ptt speaks to wandb, mlflow") == 1


def test_a_tracker_that_is_not_installed_is_one_clear_line(
    rule: Path,
    train: Train,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ptt_runtime.trackers.part.find_spec", lambda name: None)
    callback = DiagnosticsCallback(
        run_dir=tmp_path / "run", packs=[rule], only=True, trackers=["wandb"]
    )
    train("sft", callback, steps=1)
    assert "install it with `pip install wandb`" in unwrapped(capsys.readouterr().err)
