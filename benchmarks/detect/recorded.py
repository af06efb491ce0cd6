"""Real logs with labels: a folder of JSON lines beside a `labels.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
    labels = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    for label in map(json.loads, labels):
        if label["trainer"] == algorithm and label["verdict"] in ("healthy", "faulty"):
            yield _run(folder, label)


def _run(folder: Path, label: Mapping[str, Any]) -> Run:
    text = (folder / label["file"]).read_text(encoding="utf-8")
    rows: list[Row] = [json.loads(line) for line in text.splitlines()]
    fault = _fault(label, rows) if label["verdict"] == "faulty" else None
    known = frozenset({"low", "medium"} if label.get("also_true") else ())
    return Run(label["file"], label["trainer"], rows, fault, label.get("config", {}), known)


def _fault(label: Mapping[str, Any], rows: list[Row]) -> Fault:
    step = label["visible_from_step"]
    onset = next(number for number, row in enumerate(rows) if row["step"] >= step)
    kind = label.get("kind")
    if kind is None:
        kind = "state_loss" if label["fault"].startswith(_STATE_LOSSES) else "drift"
    return Fault(label["fault"], Kind(kind), Size.CLEAR, onset, label["at_least"])
