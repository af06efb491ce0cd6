"""Findings in the trackers that a trainer reports to, read back with their own libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from transformers import TrainerCallback

from ptt_runtime import DiagnosticsCallback
from tests.runtime.conftest import unwrapped

pytestmark = pytest.mark.runtime

Train = Callable[..., Any]
TITLE = "critical third.third_row at step 3"
DECISION = "policy guard at step 3: checkpoint, invalidate, stop"


@pytest.fixture
def run(rule: Path, train: Train, tmp_path: Path) -> Callable[[str], Path]:
    """Trains, and is stopped at the third step; returns the run's directory."""

    def training(tracker: str) -> Path:
        callback = DiagnosticsCallback(
            run_dir=tmp_path / "run", packs=[rule], only=True, policy="guard", fail_fast=True
        )
        train("sft", callback, steps=6, report_to=tracker)
        return tmp_path / "run"

    return training


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
