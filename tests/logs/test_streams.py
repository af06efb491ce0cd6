"""Logs that are read in pieces say what they say at once."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules import PttError, loads, read_log, replay
from ptt_rules.logs import LogStream, frame_of, open_log, rows_of
from ptt_rules.logs.rows import Row
from ptt_rules.logs.survivors import Survivors

KEYS = ("loss", "rewards/margins", "kl")
rows = st.lists(
    st.builds(
        lambda step, metrics: {"step": step, **metrics},
        st.integers(0, 6),
        st.dictionaries(st.sampled_from(KEYS), st.floats(allow_nan=False)),
    ),
    min_size=1,
)


def write(logged: list[dict[str, Any]], folder: Path, ending: str) -> Path:
    """The rows of all branches in a file of a format."""
    path = folder / f"log.{ending}"
    table = pl.DataFrame(logged, schema={"step": pl.Int64, **dict.fromkeys(KEYS, pl.Float64)})
    match ending:
        case "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in logged))
        case "csv":
            table.write_csv(path)
        case "parquet":
            table.write_parquet(path)
        case "json":
            path.write_text(json.dumps(logged))
    return path


def said(frames: list[pl.DataFrame]) -> list[tuple[Any, ...]]:
    found: list[Row] = [row for frame in frames for row in rows_of(frame)]
    return [(row.step, dict(row.values)) for row in found]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "json"])
@given(logged=rows, size=st.sampled_from([1, 2, 3, 1000]))
def test_a_log_in_pieces_has_the_same_rows(
    ending: str, logged: list[dict[str, Any]], size: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = open_log(write(logged, Path(folder), ending))
        expected = frame_of(logged)
        for _ in range(2):  # as often as one likes
            assert said(list(log.chunks(size))) == said([expected.frame])
        assert (log.abandoned, log.rows) == (expected.abandoned, len(logged))


@given(st.lists(st.integers(0, 6)))
def test_the_surviving_rows_are_those_of_the_rule(steps: list[int]) -> None:
    kept: list[int] = []
    for row, step in enumerate(steps):
        if row and step < steps[row - 1]:
            kept = [earlier for earlier in kept if steps[earlier] < step]
        kept.append(row)
    survivors = Survivors.of(pl.Series(steps, dtype=pl.Int64))
    assert [row for row in range(len(steps)) if survivors.has(row)] == kept
    assert survivors.count(range(len(steps))) == len(kept) == len(steps) - survivors.abandoned


def test_lines_that_are_written_meanwhile_are_of_the_next_reading(tmp_path: Path) -> None:
    path = write([{"step": 1}, {"step": 2}], tmp_path, "jsonl")
    log = open_log(path)
    with path.open("a") as file:
        file.write('{"step": 1, "loss": 2.0}\n')
    assert [row.step for frame in log.chunks() for row in rows_of(frame)] == [1, 2]
    assert read_log(path).frame["step"].to_list() == [1]


def test_a_step_that_is_only_inside_another_value_is_no_step(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n{"a": {"b": {"step": 5}}}\n')
    with pytest.raises(PttError, match="PTT501"):
        list(open_log(path).chunks())


def test_what_cannot_be_read_is_counted_over_all_pieces(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("".join(f'{{"step": {step}, "a": "x"}}\n' for step in (1, 2, 3, 2)))
    log = open_log(path)
    assert [frame.height for frame in log.chunks(1)] == [1, 1, 0]
    assert (dict(log.unreadable), log.abandoned) == ({"a": 2}, 2)
    judged = replay(loads('metric a: none = "a"\ndetector x { high when a > 0 }'), path)
    assert (judged.unreadable, judged.rows, judged.last_step) == ({"a": 2}, 2, 2)
    assert judged.frame["step"].to_list() == [1, 2]


def test_a_log_in_memory_is_a_stream_too() -> None:
    log = LogStream.of(frame_of([{"step": step, "a": 1.0} for step in range(5)]))
    assert [frame.height for frame in log.chunks(2)] == [2, 2, 1, 0]
    assert log.read().frame.height == 5
