"""The same rows, in every format that can be read, are the same metric frame."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ptt_rules import PttError, load, read_log, replay
from ptt_rules.logs import check_frame, frame_of, rows_of
from tests.conftest import RUNS
from tests.judges import in_columns

ROWS: list[dict[str, Any]] = [
    {"step": 1, "time": 0.5, "loss": 2.5, "grad_norm": 1.0},
    {"step": 2, "time": 1.0, "loss": 2.0, "grad_norm": math.nan},
    {"step": 2, "time": 1.1, "eval_loss": 2.25},
    {"step": 3, "time": 1.5, "loss": 1.5, "grad_norm": 0.5},
    {"step": 3, "time": 1.6, "train_runtime": 1.6, "train_loss": 2.0},
]


def _json_lines(folder: Path) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def _json_lines_of_windows(folder: Path) -> Path:
    path = folder / "log.jsonl"
    text = "\r\n\r\n".join(json.dumps(row) for row in ROWS)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return path


def _trainer_state(folder: Path) -> Path:
    path = folder / "trainer_state.json"
    path.write_text(json.dumps({"global_step": 3, "log_history": ROWS}, indent=2))
    return path


def _state_on_one_line(folder: Path) -> Path:
    path = folder / "trainer_state.json"
    path.write_text(json.dumps({"log_history": ROWS}))
    return path


def _output_folder(folder: Path) -> Path:
    for step, rows in ((9, ROWS[:1]), (10, ROWS)):
        checkpoint = folder / "out" / f"checkpoint-{step}"
        checkpoint.mkdir(parents=True)
        (checkpoint / "trainer_state.json").write_text(json.dumps({"log_history": rows}))
    return folder / "out"


def _csv(folder: Path) -> Path:
    frame_of(ROWS).frame.write_csv(folder / "log.csv")
    return folder / "log.csv"


def _parquet(folder: Path) -> Path:
    frame_of(ROWS).frame.write_parquet(folder / "log.parquet")
    return folder / "log.parquet"


def _run_directory(folder: Path) -> Path:
    (folder / "metrics.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in ROWS) + '{"step": 4, "lo'
    )
    return folder


@pytest.mark.parametrize(
    "write",
    [
        _json_lines,
        _json_lines_of_windows,
        _trainer_state,
        _state_on_one_line,
        _output_folder,
        _csv,
        _parquet,
        _run_directory,
    ],
)
def test_every_format_gives_the_same_frame(write: Any, tmp_path: Path) -> None:
    assert_frame_equal(read_log(write(tmp_path)).frame, frame_of(ROWS).frame)


def test_tensorboard_gives_the_logged_keys(tmp_path: Path) -> None:
    tensorboard = pytest.importorskip("torch.utils.tensorboard")
    writer = tensorboard.SummaryWriter(str(tmp_path))
    writer.add_scalar("train/rewards/margins", 0.5, 1)
    writer.add_scalar("train/loss", 2.0, 1)
    writer.add_scalar("eval/loss", 3.0, 1)
    writer.add_scalar("train/loss", 1.0, 2)
    writer.close()
    frame = read_log(tmp_path).frame
    assert frame["step"].to_list() == [1, 1, 2]
    assert frame["loss"].to_list() == [2.0, None, 1.0]
    assert frame["eval_loss"].to_list() == [None, 3.0, None]
    assert frame["rewards/margins"].to_list() == [0.5, None, None]


def test_null_is_nan_and_a_missing_key_is_absent() -> None:
    frame = frame_of([{"step": 1, "a": None}, {"step": 2}]).frame
    assert math.isnan(frame["a"][0])
    assert frame["a"][1] is None


def test_values_that_are_no_numbers_are_counted_and_left_out() -> None:
    log = frame_of([{"step": 1, "a": "2.5", "b": "x", "c": {"d": 1}}, {"step": 2, "b": "y"}])
    assert log.frame.columns == ["step", "time", "epoch", "a"]
    assert log.unreadable == {"b": 2, "c": 1}


def test_a_step_that_falls_removes_what_was_abandoned() -> None:
    rows = [{"step": step, "a": step} for step in (1, 2, 3, 4, 3, 4)]
    log = frame_of(rows)
    assert log.frame["step"].to_list() == [1, 2, 3, 4]
    assert log.abandoned == 2


cells = st.one_of(st.floats(allow_nan=False), st.just(math.inf))


@given(
    st.lists(st.tuples(st.integers(0, 30), st.dictionaries(st.sampled_from("abc"), cells))).map(
        lambda rows: [{"step": step, **values} for step, values in sorted(rows, key=lambda r: r[0])]
    )
)
def test_rows_to_frame_and_back_is_identity(rows: list[dict[str, Any]]) -> None:
    back = [{"step": row.step, **row.values} for row in rows_of(frame_of(rows).frame)]
    assert back == rows


def test_a_frame_of_strings_is_read_as_numbers() -> None:
    table = pl.DataFrame({"step": ["1", "2"], "loss": ["0.5", ""]})
    assert check_frame(table).frame["loss"].to_list() == [0.5, None]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("README.md", "# no log", "PTT401"),
        ("empty.jsonl", "", "PTT401"),
        ("state.json", '{\n "global_step": 3\n}', "PTT401"),
        ("broken.jsonl", '{"step": 1, "a": 1}\n{"step": 2,\n{"step": 3}\n', "PTT401"),
        ("list.jsonl", '{"step": 1}\n[1, 2]\n', "PTT401"),
        ("steps.jsonl", '{"weight": 1}\n', "PTT403"),
        ("one.jsonl", '{"step": 1, "a": 1}\n{"a": 1}\n', "PTT501"),
        ("table.parquet", "PAR1 but no more", "PTT401"),
        ("table.csv", "time,weight\n1,2\n", "PTT401"),
        ("binary", b"\x00\xff\xfe\x01", "PTT401"),
        ("latin.jsonl", b'{"step": 1, "a": "\xe9"}\n', "PTT401"),
    ],
)
def test_a_file_that_is_no_log_is_one_clear_error(
    name: str, content: str | bytes, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(PttError) as raised:
        read_log(path)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.code == code
    assert diagnostic.file_name == str(path)


def test_a_corrupt_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n\n{"step": \n')
    with pytest.raises(PttError, match="line 3 is not JSON"):
        read_log(path)


def test_a_missing_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(PttError, match="PTT402"):
        read_log(tmp_path / "nothing")


def test_a_folder_without_a_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(PttError, match="holds no run log"):
        read_log(tmp_path)


def _shared() -> list[Path]:
    return sorted(p for p in RUNS.glob("*.jsonl") if p.name != "labels.jsonl")


@pytest.mark.parametrize("path", _shared(), ids=lambda path: path.stem)
def test_logs_of_real_runs_are_replayed_as_they_are_judged_live(path: Path) -> None:
    pack = load(path.name.partition("-")[0])
    engine = pack.engine()
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    told = [event for row in rows for event in engine.observe(row)]
    assert replay(pack, path).events == told
    assert in_columns(pack, path).events == told
