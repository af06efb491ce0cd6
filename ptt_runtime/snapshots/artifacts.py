"""Snapshots and their differences as files of a run directory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ptt_rules.report import diff_page, index_page
from ptt_rules.runs import write_whole
from ptt_rules.snapshots import (
    DIFFS,
    SNAPSHOTS,
    Snapshot,
    diff_name,
    diff_snapshots,
    read_snapshot,
    snapshot_steps,
    step_name,
)

ABANDONED = "abandoned"


class SnapshotFiles:
    """The folders `snapshots` and `diffs`; each file is there whole or not at all."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._metrics: dict[int, Mapping[str, float]] = {}
        self._diffs: set[tuple[int, int]] = set()

    def resume(self, step: int) -> list[Snapshot]:
        """The snapshots up to a step, in order; later ones belong to another branch.

        Errors: OSError, PttError
        """
        self._set_aside(step)
        found = [read_snapshot(self._run, one) for one in snapshot_steps(self._run)]
        self._metrics = {one.step: one.metrics for one in found}
        names = {path.stem for path in (self._run / DIFFS).glob("step-*.json")}
        pairs = {(a, b) for a in self._metrics for b in self._metrics if a < b}
        self._diffs = {pair for pair in pairs if diff_name(*pair) in names}
        return found

    def write(self, snapshot: Snapshot, *before: Snapshot | None) -> None:
        """A snapshot, and what changed since each of those before it. Errors: OSError"""
        self._write_json(SNAPSHOTS, step_name(snapshot.step), snapshot.to_json())
        self._metrics[snapshot.step] = snapshot.metrics
        for earlier in {one.step: one for one in before if one is not None}.values():
            diff = diff_snapshots(earlier, snapshot)
            if diff is None:
                continue
            name = diff_name(earlier.step, snapshot.step)
            self._write_json(DIFFS, name, diff.to_json())
            write_whole(self._run / DIFFS / f"{name}.html", diff_page(diff, index="index.html"))
            self._diffs.add((earlier.step, snapshot.step))
        if self._diffs:
            page = index_page(self._metrics, self._diffs)
            write_whole(self._run / DIFFS / "index.html", page)

    def _write_json(self, folder: str, name: str, data: Mapping[str, Any]) -> None:
        path = self._run / folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _lines(data))

    def _set_aside(self, step: int) -> None:
        """Moves what came after a step out of the way, where people still find it."""
        late = [one for one in snapshot_steps(self._run) if one > step]
        for one in late:
            for folder in (SNAPSHOTS, DIFFS):
                for path in (self._run / folder).glob(f"*{step_name(one)}.*"):
                    aside = path.parent / ABANDONED
                    aside.mkdir(exist_ok=True)
                    path.replace(aside / path.name)


def _lines(data: Mapping[str, Any]) -> str:
    """JSON with a line for each entry of a list: people can read it, and it is written at once."""
    fields = (f"{_text(name)}: {_listed(value)}" for name, value in data.items())
    return "{" + ",\n ".join(fields) + "}\n"


def _listed(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _text(value)
    return "[\n  " + ",\n  ".join(map(_text, value)) + "]"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
