"""The metric frame: what is in the rows is in the frame, whichever way they came."""

from __future__ import annotations

import json
import math
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ptt_rules import PttError, read_log
from ptt_rules.border.numbers import number
from ptt_rules.logs import RunLog, check_frame, frame_of, rows_of
from ptt_rules.logs.cells import read_numbers
from ptt_rules.logs.rows import Row, read_row

KEYS = ["loss", "rewards/margins", 'rewards/"odd", name/mean', "größe", "eval_loss"]

readable = st.one_of(st.floats(), st.none(), st.integers(-(2**70), 2**70), st.booleans())
unreadable = st.sampled_from(["x", "", [1.0], {"a": 1}, 10**400])
texts_of_numbers = st.floats().map(repr)


def _rows(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    positions = {"step": st.integers(0, 9)}
    optional = {"time": st.floats(0, 1e9), "epoch": st.floats(0, 100)}
    metrics = st.dictionaries(st.sampled_from(KEYS), values)
    places = st.fixed_dictionaries(positions, optional=optional)
    return st.lists(st.builds(lambda place, row: {**place, **row}, places, metrics), min_size=1)


def _surviving(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rule of the language, word by word."""
    kept: list[dict[str, Any]] = []
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and row["step"] < before["step"]:
            kept = [earlier for earlier in kept if earlier["step"] < row["step"]]
        kept.append(row)
    return kept


def _has_resumed(rows: list[dict[str, Any]]) -> bool:
    """Whether a row survives of those that went on from an earlier step."""
    falls = [row for before, row in pairwise(rows) if row["step"] < before["step"]]
    kept = _surviving(rows)
    return any(row is one for row in falls for one in kept)


def _said(rows: list[Row]) -> list[tuple[Any, ...]]:
    """Rows as data in which a NaN equals a NaN."""
    return [(r.step, r.time, r.epoch, {k: repr(v) for k, v in r.values.items()}) for r in rows]


@given(_rows(st.one_of(readable, unreadable, texts_of_numbers)))
def test_the_frame_says_what_the_live_engine_reads(rows: list[dict[str, Any]]) -> None:
    log = frame_of(rows)
    live = [read_row(row) for row in _surviving(rows)]
    assert _said(list(rows_of(log.frame))) == _said(live)
    for key in KEYS:
        assert log.unreadable.get(key, 0) == sum(key in row.unreadable for row in live)
    assert log.abandoned == len(rows) - len(live)


@given(_rows(readable))
def test_steps_of_a_frame_never_fall(rows: list[dict[str, Any]]) -> None:
    assert frame_of(rows).frame["step"].is_sorted()


@given(_rows(readable))
def test_columns_are_positions_then_keys_as_they_appeared(rows: list[dict[str, Any]]) -> None:
    frame = frame_of(rows).frame
    appeared = list(dict.fromkeys(key for row in rows for key in row))
    surviving = {key for row in _surviving(rows) for key in row}
    metrics = [key for key in appeared if key in surviving and key in KEYS]
    marks = ["resumed"] if _has_resumed(rows) else []
    assert frame.columns == ["step", "time", "epoch", *marks, *metrics]
    types = {"step": pl.Int64, "resumed": pl.Boolean}
    assert frame.dtypes == [types.get(name, pl.Float64) for name in frame.columns]


@given(_rows(readable))
def test_a_frame_that_was_checked_is_left_as_it_is(rows: list[dict[str, Any]]) -> None:
    frame = frame_of(rows).frame
    checked = check_frame(frame)
    assert_frame_equal(checked.frame, frame, check_exact=True)
    assert checked.abandoned == 0


def _write_json_lines(rows: list[dict[str, Any]], folder: Path) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _write_history(rows: list[dict[str, Any]], folder: Path) -> Path:
    path = folder / "history.json"
    path.write_text(json.dumps(rows))
    return path


def _write_csv(rows: list[dict[str, Any]], folder: Path) -> Path:
    frame_of(rows).frame.write_csv(folder / "log.csv")
    return folder / "log.csv"


def _write_parquet(rows: list[dict[str, Any]], folder: Path) -> Path:
    frame_of(rows).frame.write_parquet(folder / "log.parquet")
    return folder / "log.parquet"


@given(_rows(readable))
def test_all_formats_of_the_same_rows_give_the_same_frame(rows: list[dict[str, Any]]) -> None:
    expected = frame_of(rows).frame
    for write in (_write_json_lines, _write_history, _write_csv, _write_parquet):
        with tempfile.TemporaryDirectory() as folder:
            read = read_log(write(rows, Path(folder)))
        assert_frame_equal(read.frame, expected, check_exact=True)


@given(st.lists(st.text("0123456789eE+-._naifNIF xX\t", max_size=8)))
def test_a_column_of_texts_is_read_as_its_values_one_by_one(texts: list[str]) -> None:
    column = read_numbers(pl.Series(texts, dtype=pl.String))
    one_by_one = [number(text) if text.strip() else None for text in texts]
    assert list(map(repr, column.numbers.to_list())) == list(map(repr, one_by_one))
    assert column.unreadable == [
        index for index, text in enumerate(texts) if text.strip() and number(text) is None
    ]


@pytest.mark.parametrize(
    ("column", "numbers", "not_numbers"),
    [
        (pl.Series([1, None], dtype=pl.UInt8), [1.0, None], 0),
        (pl.Series([2**63, 0], dtype=pl.UInt64), [2.0**63, 0.0], 0),
        (pl.Series([0.5, math.inf], dtype=pl.Float32), [0.5, math.inf], 0),
        (pl.Series([True, None]), [1.0, None], 0),
        (pl.Series(["1.5", " 2 "]), [1.5, 2.0], 0),
        (pl.Series(["1", ""], dtype=pl.Categorical), [1.0, None], 0),
        (pl.Series(["1.25", "1"]).cast(pl.Decimal(6, 2)), [1.25, 1.0], 0),
        (pl.Series(["0.5", "high"]), [0.5, None], 1),
        (pl.Series([[1.0], [2.0]]), None, 2),
        (pl.Series(["2020-01-01", None]).str.to_date(), None, 1),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pl.Series) else "",
)
def test_tables_of_any_type(column: pl.Series, numbers: Any, not_numbers: int) -> None:
    log = check_frame(pl.DataFrame({"step": [1, 2], "a": column}))
    assert (log.frame["a"].to_list() if "a" in log.frame.columns else None) == numbers
    assert log.unreadable == ({"a": not_numbers} if not_numbers else {})


def test_abandoned_rows_of_a_table_are_left_out_with_what_they_alone_have() -> None:
    table = pl.DataFrame(
        {"step": [1, 2, 3, 2], "a": [1, 2, 3, 4], "b": [None, None, 9, None], "c": [*"12x", "x"]}
    )
    log = check_frame(table)
    assert log.frame.select("step", "a", "c").rows() == [(1, 1.0, 1.0), (2, 4.0, None)]
    assert "b" not in log.frame.columns
    assert (log.abandoned, log.unreadable) == (2, {"c": 1})


def test_times_and_epochs_that_are_no_finite_numbers_are_unknown() -> None:
    rows = [{"step": 1, "time": "0.5", "epoch": math.nan}, {"step": 2, "time": "noon"}]
    table = pl.DataFrame({"step": [1, 2], "time": ["0.5", "noon"], "epoch": [math.nan, None]})
    for log in (frame_of(rows), check_frame(table)):
        assert log.frame.rows() == [(1, 0.5, None), (2, None, None)]
        assert log.unreadable == {}


@pytest.mark.parametrize("step", [None, -1, 1.5, math.nan, math.inf, "two", 1e300, 2**53])
def test_a_step_that_is_none_is_told_with_its_row(step: Any) -> None:
    rows = [{"step": 1, "a": 1.0}, {"step": step, "a": 1.0}]
    table = pl.DataFrame({"step": pl.Series([1, step], dtype=pl.Object), "a": [1.0, 1.0]})
    for read in (lambda: frame_of(rows, file="a.jsonl"), lambda: check_frame(table)):
        with pytest.raises(PttError, match=r"PTT501 row 1, counted from 0: ") as raised:
            read()
        assert len(raised.value.diagnostics) == 1


@pytest.mark.parametrize("step", [7, 7.0, "7", True])
def test_a_whole_number_in_any_form_is_a_step(step: Any) -> None:
    assert frame_of([{"step": step}]).frame["step"].to_list() == [int(step)]


def test_rows_without_any_step_are_no_log() -> None:
    with pytest.raises(PttError, match=r"a\.jsonl: PTT403"):
        frame_of(iter([{"loss": 1.0}, {"loss": 2.0}]), file="a.jsonl")
    with pytest.raises(PttError, match="PTT403"):
        check_frame(pl.DataFrame({"loss": [1.0]}))


def test_no_rows_are_an_empty_frame() -> None:
    for log in (frame_of([]), check_frame(pl.DataFrame({"step": [], "loss": []}))):
        assert isinstance(log, RunLog)
        assert log.frame.schema == {"step": pl.Int64, "time": pl.Float64, "epoch": pl.Float64}
        assert list(rows_of(log.frame)) == []
