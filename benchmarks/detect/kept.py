"""Verdicts on the disk: runs are judged once, tables are made of them as often as needed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from benchmarks.detect.recorded import ROOT
from benchmarks.detect.runs import Fault, Kind, Size
from benchmarks.detect.scoring import Finding, Verdict

FOLDER = ROOT / "build" / "detect" / "verdicts"


def keep(verdicts: Iterable[Verdict], name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(_to_json(one)) + "\n" for one in verdicts]
    (FOLDER / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def kept(name: str) -> list[Verdict]:
    """What was kept under a name; empty if nothing was."""
    path = FOLDER / f"{name}.jsonl"
    if not path.is_file():
        return []
    return [_verdict(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _to_json(verdict: Verdict) -> dict[str, Any]:
    fault = verdict.fault
    return {
        "name": verdict.name,
        "trainer": verdict.algorithm,
        "rows": verdict.rows,
        "fault": fault
        and [fault.name, fault.kind.value, fault.size.value, fault.onset, fault.level],
        "known": sorted(verdict.known),
        "findings": [[one.row, one.rule, one.level] for one in verdict.findings],
    }


def _verdict(told: dict[str, Any]) -> Verdict:
    fault = None
    if told["fault"]:
        name, kind, size, onset, level = told["fault"]
        fault = Fault(name, Kind(kind), Size(size), onset, level)
    findings = [Finding(*each) for each in told["findings"]]
    known = frozenset(told["known"])
    return Verdict(told["name"], told["trainer"], told["rows"], fault, known, findings)
