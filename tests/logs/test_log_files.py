"""Logs as they are found: of killed and resumed runs, of other tools, and what is not a log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from ptt_rules import PttError, read_log
from ptt_rules.logs import frame_of

DATA = Path(__file__).parent / "data"
"""One training of a tiny model with TRL's DPO, as our callback, the trainer and TensorBoard
wrote it down."""

ROWS: list[dict[str, Any]] = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.5}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def _write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def _state(step: int) -> str:
    history = [{"step": row, "loss": 1.0} for row in range(1, step + 1)]
    return json.dumps({"global_step": step, "log_history": history}, indent=2)


# ---- a run in three formats --------------------------------------------------------------


def test_a_run_directory_has_all_rows_and_the_training_arguments() -> None:
    log = read_log(DATA / "run")
    assert log.frame["step"].to_list() == [2, 3, 4, 6, 6, 8, 9, 10, 12, 12, 12]
    assert log.frame["eval_loss"].is_not_null().sum() == 4
    assert log.frame["train_loss"].is_not_null().to_list() == [False] * 10 + [True]
    assert log.context.config["beta"] == 0.2
    assert (log.abandoned, log.torn, log.unreadable) == (0, 0, {})


def test_a_trainer_state_has_the_rows_that_the_callback_saw() -> None:
    state = read_log(DATA / "trainer_state.json").frame
    seen = read_log(DATA / "run").frame.head(10)  # the state was saved before the summary
    assert state["time"].is_null().all()
    assert_frame_equal(state.drop("time"), seen.select(state.drop("time").columns))


# ---- killed runs -------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(len('{"step": 3, "größe": 1.0}'.encode())))
def test_a_journal_loses_at_most_the_line_that_was_being_written(size: int, tmp_path: Path) -> None:
    torn = '{"step": 3, "größe": 1.0}'.encode()[:size]
    folder = _write(tmp_path, {"metrics.jsonl": LINES.encode() + torn})
    for path in (folder, folder / "metrics.jsonl"):
        log = read_log(path)
        assert_frame_equal(log.frame, frame_of(ROWS).frame)
        assert log.torn == (size > 0)


def test_a_last_line_that_lacks_only_its_end_is_a_row(tmp_path: Path) -> None:
    folder = _write(tmp_path, {"metrics.jsonl": LINES.rstrip("\n")})
    log = read_log(folder)
    assert_frame_equal(log.frame, frame_of(ROWS).frame)
    assert log.torn == 0


def test_a_last_line_that_has_its_end_is_not_torn_but_wrong(tmp_path: Path) -> None:
    folder = _write(tmp_path, {"metrics.jsonl": LINES + '{"step": 3, "lo\n'})
    with pytest.raises(PttError, match=r"metrics\.jsonl: PTT401 line 3 is not JSON"):
        read_log(folder)


def _parquet(folder: Path, rows: list[dict[str, Any]]) -> None:
    frame_of(rows).frame.write_parquet(folder / "metrics.parquet")


@pytest.mark.parametrize("journal", [None, ""])
def test_a_run_directory_without_a_journal_has_its_metrics(
    journal: str | None, tmp_path: Path
) -> None:
    files = {"run.json": '{"training_arguments": {"beta": 0.1}}'}
    _write(tmp_path, files if journal is None else {**files, "metrics.jsonl": journal})
    _parquet(tmp_path, ROWS)
    log = read_log(tmp_path)
    assert_frame_equal(log.frame, frame_of(ROWS).frame)
    assert log.context.config == {"beta": 0.1}


def test_the_journal_of_a_run_that_went_on_goes_before_its_older_metrics(tmp_path: Path) -> None:
    _write(tmp_path, {"metrics.jsonl": LINES})
    _parquet(tmp_path, ROWS[:1])
    assert read_log(tmp_path).frame.height == 2


@pytest.mark.parametrize("files", [{"run.json": "{}"}, {"metrics.jsonl": ""}])
def test_a_run_that_ended_before_its_first_row_has_none(
    files: dict[str, str | bytes], tmp_path: Path
) -> None:
    assert read_log(_write(tmp_path, files)).frame.height == 0


def test_a_folder_for_both_our_files_and_checkpoints_is_our_run(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"checkpoint-9/trainer_state.json": _state(9)}
    assert read_log(_write(tmp_path, {**files, "run.json": "{}"})).frame.height == 9
    assert read_log(_write(tmp_path, {**files, "metrics.jsonl": LINES})).frame.height == 2


# ---- output folders ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "newest"),
    [
        ({"checkpoint-9": 9, "checkpoint-10": 10}, 10),
        ({".": 10, "checkpoint-9": 9}, 10),
        ({".": 9, "checkpoint-9": 9}, 9),
        ({".": 4, "checkpoint-9": 9}, 9),  # resumed after its end, then killed
        ({"checkpoint-best": 3}, 3),
    ],
)
def test_the_newest_state_of_an_output_folder_is_read(
    states: dict[str, int], newest: int, tmp_path: Path
) -> None:
    _write(tmp_path, {f"{name}/trainer_state.json": _state(step) for name, step in states.items()})
    assert read_log(tmp_path).frame["step"].to_list() == list(range(1, newest + 1))


def test_a_folder_above_tensorboard_events_is_told_where_they_are(tmp_path: Path) -> None:
    _write(tmp_path, {"runs/first/events.out.tfevents.1.a": b"", "runs/last/tfevents": b""})
    with pytest.raises(
        PttError, match="PTT412 this holds the logs of 2 runs: `runs/first`, `runs/last`"
    ) as raised:
        read_log(tmp_path)
    assert str(tmp_path / "runs" / "last") in str(raised.value.diagnostics[0].hint)


# ---- files of other tools ----------------------------------------------------------------

LONG_ROW = {"step": 1, **{f"rewards/function_{i}/mean": 0.123456789 for i in range(300)}}

FILES: dict[str, tuple[str, str | bytes, list[dict[str, Any]]]] = {
    "rows longer than a buffer": (
        "a.jsonl",
        json.dumps(LONG_ROW) + "\n" + LINES,
        [LONG_ROW, *ROWS],
    ),
    "blank lines before and between": ("a.jsonl", "\n" * 9000 + LINES.replace("\n", "\n \n"), ROWS),
    "JSON lines of any name": ("metrics.log", LINES, ROWS),
    "history dumped alone": ("history.json", json.dumps(ROWS), ROWS),
    "history dumped alone, indented": ("history.json", json.dumps(ROWS, indent=1), ROWS),
    "NaN and infinity": (
        "a.jsonl",
        '{"step": 1, "a": NaN, "b": -Infinity, "c": "nan", "d": null}\n',
        [{"step": 1, "a": None, "b": "-inf", "c": None, "d": None}],
    ),
    "index column of pandas": ("a.csv", ",step,loss\n0,1,2.0\n1,2,1.5\n", ROWS),
    "spaces around names and cells": ("a.csv", "step , loss\n1, 2.0 \n 2, 1.5\n", ROWS),
    "windows": ("a.csv", b"\xef\xbb\xbfstep,loss\r\n\r\n1,2.0\r\n2,1.5\r\n", ROWS),
    "quotes": ("a.csv", '"step","loss"\n"1","2.0"\n"2","1.5"\n', ROWS),
    "CSV of any name": ("metrics.log", "step,loss\n1,2.0\n2,1.5\n", ROWS),
    "empty cells": (
        "a.csv",
        'step,loss,eval_loss\n1,2.0,\n1,"",3\n2,nan,\n',
        [{"step": 1, "loss": 2.0}, {"step": 1, "eval_loss": 3.0}, {"step": 2, "loss": None}],
    ),
    "quotes and commas in a name": (
        "a.csv",
        'step,"a ""b"", c"\n1,2.0\n',
        [{"step": 1, 'a "b", c': 2.0}],
    ),
    "a last line that is cut": (
        "a.csv",
        "step,loss,a\n1,2.0,1\n2,1.5",
        [{**ROWS[0], "a": 1}, ROWS[1]],
    ),
}


@pytest.mark.parametrize(("name", "content", "rows"), FILES.values(), ids=FILES)
def test_files_of_other_tools(
    name: str, content: str | bytes, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    read = read_log(_write(tmp_path, {name: content}) / name)
    assert_frame_equal(read.frame, frame_of(rows).frame)
    assert read.unreadable == {}


def test_parquet_is_told_by_its_content(tmp_path: Path) -> None:
    frame_of(ROWS).frame.write_parquet(tmp_path / "export.dat")
    assert read_log(tmp_path / "export.dat").frame.height == 2


# ---- what is not a log ----------------------------------------------------------------------

NO_LOGS: dict[str, tuple[str, str | bytes, str]] = {
    "a text": ("notes.md", "# about `loss`\n", "PTT401 .* it begins with `# about `loss``"),
    "a script": ("train.py", "import trl\n", "PTT401 .* it begins with `import trl`"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n", "PTT401 .* begins with the bytes 89 50 4e 47"),
    "UTF-16": ("a.jsonl", LINES.encode("utf-16"), "PTT401 .* begins with the bytes ff fe"),
    "nothing": ("a.jsonl", "", "PTT401 .* it is empty"),
    "blank lines": ("a.jsonl", "\n\n \n", "PTT401 .* it is empty"),
    "a table without steps": ("a.csv", "time,rows\n1,2\n", "PTT401 .* begins with `time,rows`"),
    "a state without history": ("s.json", '{\n "a": 1\n}\n', "PTT401 .* no `log_history`"),
    "a state that is cut": ("s.json", _state(3)[:-30], "PTT401 this file is not JSON"),
    "a list of numbers": ("s.json", "[1, 2]", "PTT401 .* no `log_history`"),
    "a line in Latin-1": (
        "a.jsonl",
        '{"ö": 1}\n'.encode("latin-1"),
        "PTT401 line 1 is not in UTF-8",
    ),
    "a table in Latin-1": (
        "a.csv",
        "step,ö\n1,2\n".encode("latin-1"),
        "PTT401 this is not a CSV .* UTF-8",
    ),
    "a state in Latin-1": (
        "s.json",
        '[\n"ö"]'.encode("latin-1"),
        "PTT401 this file is not in UTF-8",
    ),
    "half a surrogate": (
        "a.jsonl",
        '{"step": 1, "\\ud800": 1}\n',
        "PTT401 this file cannot be read",
    ),
    "deep nesting": ("a.jsonl", '{"step": ' + "[" * 200_000 + "\n", "PTT401 line 1 .* deeply"),
    "long number": ("a.jsonl", '{"step": ' + "1" * 5000 + "}\n", "PTT401 line 1 is not JSON"),
    "too many cells": ("a.csv", "step,loss\n1,2,3,4\n", "PTT401 this is not a CSV table"),
    "a name that is there twice": ("a.csv", "step,a,a\n1,2,3\n", "PTT401 this is not a CSV table"),
    "a cut Parquet": ("a.parquet", b"PAR1 and no more", "PTT401 this is not a Parquet table"),
    "a row without step": ("a.jsonl", LINES + '{"loss": 1}\n', "PTT501 row 2, counted from 0"),
    "a cell without step": ("a.csv", "step,loss\n1,2\n,3\n", "PTT501 row 1, counted from 0"),
    "only one line, torn": (
        "a.jsonl",
        '{"step": 1, "lo',
        "PTT403 .* its only line is not finished",
    ),
    "renamed events": ("a.bin", b"\x18\0\0\0\0\0\0\0....\t\0\0brain.Event:2", "PTT401 .*rename it"),
}


@pytest.mark.parametrize(("name", "content", "message"), NO_LOGS.values(), ids=NO_LOGS)
def test_what_is_no_log_is_one_error_that_names_the_file(
    name: str, content: str | bytes, message: str, tmp_path: Path
) -> None:
    path = _write(tmp_path, {name: content}) / name
    with pytest.raises(PttError, match=message) as raised:
        read_log(path)
    (diagnostic,) = raised.value.diagnostics
    assert diagnostic.file_name == str(path)
    assert diagnostic.hint


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: Any) -> None:
    path = _write(tmp_path, {"a.jsonl": LINES}) / "a.jsonl"

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PttError, match=r"PTT401 this file cannot be read .*Permission denied"):
        read_log(path)


def test_provenance_that_is_no_json_is_told(tmp_path: Path) -> None:
    _write(tmp_path, {"metrics.jsonl": LINES, "run.json": '{"run_id"'})
    with pytest.raises(PttError, match=r"run\.json: PTT401 the provenance"):
        read_log(tmp_path)


# ---- labelled runs -----------------------------------------------------------------------


def test_every_labelled_log_is_read_whole(labelled_runs: Path) -> None:
    labels = (labelled_runs / "labels.jsonl").read_text().splitlines()
    paths = [path for path in labelled_runs.glob("*.jsonl") if path.name != "labels.jsonl"]
    assert len(paths) >= len(labels) > 0
    for path in paths:
        log = read_log(path)
        assert log.frame.height == len(path.read_text().splitlines()), path.name
        assert (log.abandoned, log.torn, log.unreadable) == (0, 0, {}), path.name
