"""Sibling runs as callers name them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ptt_rules import PttError, loads, replay, why
from ptt_rules.cli.main import main
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


# ---- those that a run directory names -----------------------------------------------------


def run_directory(folder: Path, *siblings: object) -> Path:
    """A run that was compared with some logs."""
    folder.mkdir(parents=True)
    written(folder / "metrics.jsonl", ROWS)
    pinned = Siblings.of([*siblings]).to_json()
    (folder / "run.json").write_text(json.dumps({"siblings": pinned}))
    return folder


def unknown_because(run: Path) -> list[str]:
    return [one.text for one in replay(loads(RULES), run).unjudged]


def test_a_replay_of_a_run_directory_finds_those_that_it_names(tmp_path: Path) -> None:
    run = run_directory(tmp_path / "runs" / "now", written(tmp_path / "good.jsonl", BETTER))
    assert [event.step for event in replay(loads(RULES), run).events] == [2]
    assert why(loads(RULES), run, "below").step == 2
    (tmp_path / "good.jsonl").rename(tmp_path / "runs" / "good.jsonl")
    assert [event.step for event in replay(loads(RULES), run).events] == [2]
    assert replay(loads(RULES), run, siblings=[ROWS]).events == []


def test_one_that_is_gone_or_not_what_it_was_is_named(tmp_path: Path) -> None:
    path, kept = (written(tmp_path / f"{name}.jsonl", BETTER) for name in "ab")
    run = run_directory(tmp_path / "now", path, kept)
    hint = "name its sibling runs with `--siblings`"
    written(path, ROWS)
    changed = f"the sibling run `{path}` has other rows than when the run was judged; {hint}"
    assert unknown_because(run) == [changed]
    path.unlink()
    assert unknown_because(run) == [f"the sibling run `{path}` is gone; {hint}"]
    assert replay(loads(RULES), run).events == []


def test_of_a_table_only_the_digest_is_kept(tmp_path: Path) -> None:
    (lack,) = unknown_because(run_directory(tmp_path / "now", BETTER))
    assert lack.startswith("a sibling run was passed as a table, of which only the digest is kept")


@pytest.mark.parametrize("pinned", ["x", {"path": 3}, [3], None])
def test_a_damaged_record_has_none(tmp_path: Path, pinned: object) -> None:
    run = run_directory(tmp_path / "now")
    (run / "run.json").write_text(json.dumps({"siblings": pinned}))
    assert unknown_because(run) == ["it needs sibling runs"]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (["why", "{run}", "below"], "here it fired"),
        (["values", "{run}", "siblings(a)"], "2            2"),
    ],
)
def test_commands_take_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], found: str
) -> None:
    run, good = written(tmp_path / "run.jsonl", ROWS), written(tmp_path / "good.jsonl", BETTER)
    pack = tmp_path / "own.ptt"
    pack.write_text(RULES)
    asked = [part.format(run=run) for part in command]
    assert main([*asked, "--pack", str(pack), "--siblings", str(good)]) == 0
    assert found in capsys.readouterr().out
    assert main([*asked, "--pack", str(pack)]) == 0
    assert found not in capsys.readouterr().out
