"""Sibling runs as callers name them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ptt_rules import PttError, loads, replay
from ptt_rules.logs import Siblings

RULES = 'metric a: none = "a"\ndetector below { high when a < siblings(a) }\n'
ROWS = [{"step": step, "a": 1.0} for step in (1, 2, 3)]
BETTER = [{"step": step, "a": float(step)} for step in (1, 2, 3)]


def written(path: Path, rows: list[dict[str, float]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_paths_patterns_frames_and_rows_are_the_same_run(tmp_path: Path) -> None:
    path = written(tmp_path / "good-1.jsonl", BETTER)
    given: list[Any] = [
        str(path),
        [path],
        str(tmp_path / "good-*.jsonl"),
        pl.DataFrame(BETTER),
        [BETTER],
    ]
    found = [Siblings.of(one).runs for one in given]
    assert {len(runs) for runs in found} == {1}
    assert len({runs[0].digest for runs in found}) == 1
    for siblings in given:
        (event,) = replay(loads(RULES), ROWS, siblings=siblings).events
        assert event.step == 2


def test_a_digest_is_of_steps_and_metrics() -> None:
    changed = [*BETTER[:2], {"step": 3, "a": 3.5}]
    gone = [*BETTER[:2], {"step": 3, "b": 0.0}]
    assert len({Siblings.of([one]).runs[0].digest for one in (BETTER, changed, gone)}) == 3


def test_a_pattern_leaves_out_the_run_itself(tmp_path: Path) -> None:
    for name in ("good-1.jsonl", "good-2.jsonl"):
        written(tmp_path / name, BETTER)
    own = tmp_path / "good-2.jsonl"
    (one,) = Siblings.of(str(tmp_path / "good-*"), own).runs
    assert one.path == str(tmp_path / "good-1.jsonl")


@pytest.mark.parametrize(
    ("given", "code"),
    [("no/run-*", "PTT402"), (BETTER, "PTT401"), (3, "PTT401"), ([[]], "PTT403")],
)
def test_what_is_no_run_is_told(given: object, code: str) -> None:
    with pytest.raises(PttError) as raised:
        Siblings.of(given)
    assert raised.value.diagnostics[0].code == code


def test_without_siblings_it_is_said_what_is_missing() -> None:
    pack = loads(RULES)
    (one,) = replay(pack, ROWS).unjudged
    assert one.text == "it needs sibling runs"
    (unfed,) = pack.armed("grpo").unknown or pack.armed("grpo").not_armed
    assert unfed.detectors == ("inline.below",)
    (other,) = replay(pack, ROWS, siblings=[[{"step": 1, "b": 1.0}]]).unjudged
    assert other.text == "no sibling run has `a`"
