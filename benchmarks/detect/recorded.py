"""Real logs with labels: a folder of JSON lines beside a `labels.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.detect.runs import Fault, Kind, Row, Run, Size

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "runs"
MADE = ROOT / "build" / "detect" / "real"
"""A folder for each algorithm, as `benchmarks.detect.real` fills it."""

_STATE_LOSSES = ("nan", "inf")


def recorded_runs(folder: Path, algorithm: str) -> Iterator[Run]:
    """Healthy and faulty runs of an algorithm; what is unclear or crashed has no truth to find."""
    for label in read_lines(folder / "labels.jsonl"):
        if label["trainer"] == algorithm and has_truth(label):
            yield _run(folder, label)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [*map(json.loads, path.read_text(encoding="utf-8").splitlines())]


def has_truth(label: Mapping[str, Any]) -> bool:
    """Whether it is known what is to be found in a run."""
    return label["verdict"] in ("healthy", "faulty")


def onset_of(label: Mapping[str, Any], rows: Sequence[Row]) -> int:
    """The first row in which the fault of a run shows."""
    step = label["visible_from_step"]
    return next(number for number, row in enumerate(rows) if row["step"] >= step)


def granted_by(label: Mapping[str, Any]) -> frozenset[str]:
    """Levels whose findings are true of a run though it is healthy."""
    return frozenset({"low", "medium"} if label.get("also_true") else ())


def _run(folder: Path, label: Mapping[str, Any]) -> Run:
    rows: list[Row] = read_lines(folder / label["file"])
    fault = _fault(label, rows) if label["verdict"] == "faulty" else None
    known = granted_by(label)
    return Run(label["file"], label["trainer"], rows, fault, label.get("config", {}), known)


def _fault(label: Mapping[str, Any], rows: list[Row]) -> Fault:
    onset = onset_of(label, rows)
    kind = label.get("kind")
    if kind is None:
        kind = "state_loss" if label["fault"].startswith(_STATE_LOSSES) else "drift"
    return Fault(label["fault"], Kind(kind), Size.CLEAR, onset, label["at_least"])
