"""Logs of other trainers and trackers: a sample of each form, and what it must read as."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ptt_rules import PttError, RunLog, load, read_log, replay
from ptt_rules.logs import Run
from ptt_rules.logs.scalars import log_events

FORMATS = Path(__file__).parent / "data" / "formats"
NAN = math.nan

Value = tuple[str, int, float | None]
Sample = tuple[str, int, list[int], list[Value]]

# file, rows, distinct steps, and values as `key, step, value`; None is absent
HF_OUTPUT: list[Value] = [("reward", 1, 0.22), ("grad_norm", 10, NAN), ("reward", 10, NAN)]
TORCHTUNE: list[Value] = [("loss", 1, 1.57), ("loss", 9, NAN), ("grad_norm", 8, 1.2)]
HISTORY: list[Value] = [("loss", 5, 0.002), ("grad_norm", 55, NAN), ("eval_reward", 20, 0.38)]

SAMPLES: list[Sample] = [
    (
        "verl-file.jsonl",
        13,
        [*range(13)],
        [
            ("actor/grad_norm", 9, 0.4),
            ("actor/grad_norm", 10, NAN),
            ("critic/score/mean", 12, 0.56),
        ],
    ),
    (
        "verl-console.txt",
        11,
        [*range(11)],
        [
            ("actor/kl_loss", 9, 0.0072),
            ("actor/grad_norm", 10, NAN),
            ("response_length/mean", 1, 315.5),
            ("val-core/gsm8k/reward/mean@1", 0, 0.39),
        ],
    ),
    (
        "verl-sft-file.jsonl",
        12,
        [*range(1, 11)],
        [("train/loss", 5, 1.6), ("val/loss", 5, 1.55), ("train/lr", 10, 2e-5)],
    ),
    (
        "prime-rl-metrics.jsonl",
        9,
        [*range(1, 9)],
        [
            ("optim/grad_norm", 6, 0.062),
            ("optim/grad_norm", 7, None),
            ("train/agg/effective/agent/reward/mean", 8, 0.57),
            ("time/step", 3, 31.0),
        ],
    ),
    (
        "llama-factory-trainer_log.jsonl",
        15,
        [*range(10, 121, 10)],
        [("loss", 100, 0.39), ("loss", 110, 0.0), ("eval_loss", 120, NAN)],
    ),
    (
        "llama-factory-orpo-trainer_state.json",
        10,
        [*range(10, 101, 10)],
        [
            ("sft_loss", 10, 1.43),
            ("odds_ratio_loss", 100, 0.56),
            ("rewards/margins", 50, 0.025),
        ],
    ),
    (
        "ms-swift-logging.jsonl",
        12,
        [*range(5, 51, 5)],
        [("loss", 5, 1.37), ("grad_norm", 45, NAN), ("eval_loss", 25, 1.31)],
    ),
    (
        "ms-swift-megatron-logging.jsonl",
        9,
        [*range(5, 41, 5)],
        [("loss", 5, 1.27), ("eval_loss", 20, 1.22), ("loss", 40, 0.99)],
    ),
    ("hf4-stdout.txt", 12, [*range(1, 13)], HF_OUTPUT),
    ("hf5-stdout.txt", 12, [*range(1, 13)], HF_OUTPUT),
    ("torchtune.txt", 10, [*range(1, 11)], TORCHTUNE),
    ("torchtune.jsonl", 10, [*range(1, 11)], TORCHTUNE),
    (
        "skyrl-console.txt",
        8,
        [*range(1, 9)],
        [
            ("policy/policy_lr", 1, 0.0),
            ("reward/avg_raw_reward", 8, 0.46),
            ("policy/grad_norm", 7, NAN),
        ],
    ),
    (
        "openrlhf-tensorboard",
        14,
        [*range(1, 13)],
        [("kl", 1, 0.0012), ("actor_grad_norm", 11, NAN), ("eval_eval_math500_pass1", 6, 0.36)],
    ),
    (
        "nemo-rl-tensorboard",
        12,
        [*range(1, 11)],
        [("kl_penalty", 10, 0.008), ("truncation_rate", 1, 0.05), ("validation/accuracy", 5, 0.4)],
    ),
    (
        "slime-tensorboard",
        15,
        [*range(10)],
        [
            ("rollout/raw_reward", 8, 0.4),
            ("rollout/step", 8, 4),
            ("train/entropy_loss", 9, 0.35),
            ("train/lr-pg_0", 0, 1e-6),
        ],
    ),
    (
        "tensorboard-runs/run_a",
        11,
        [*range(5, 51, 5)],
        [("loss", 50, 1.2), ("eval_loss", 50, 1.21)],
    ),
    ("tensorboard-runs#run_b", 8, [*range(5, 41, 5)], [("loss", 40, 1.46)]),
    (
        "tensorboard-two-in-one#events.out.tfevents.1790000000.sample.1.0",
        10,
        [*range(5, 51, 5)],
        [("loss", 50, 1.2)],
    ),
    (
        "tensorboard-two-in-one/events.out.tfevents.1790007200.sample.1.7200",
        6,
        [*range(5, 31, 5)],
        [("loss", 5, 1.87), ("loss", 30, 1.72)],
    ),
    ("wandb-history.jsonl", 15, [*range(5, 61, 5)], HISTORY),
    ("wandb-history.csv", 15, [*range(5, 61, 5)], HISTORY),
    ("wandb-panel.csv#brisk-1", 10, [*range(10)], [("loss", 0, 1.6), ("loss", 9, 1.33)]),
    ("wandb-panel.csv#calm-2", 7, [*range(7)], [("loss", 6, 1.78)]),
    (
        "trl-0.15-grpo-trainer_state.json",
        12,
        [*range(5, 61, 5)],
        [("completion_length", 5, 154.5), ("reward_std", 50, 0.0), ("kl", 60, 0.0048)],
    ),
    (
        "trl-0.21-rloo-trainer_state.json",
        12,
        [*range(1, 13)],
        [("objective/kl", 1, 0.4), ("objective/scores", 12, 1.94), ("policy/entropy_avg", 6, 0.84)],
    ),
]


def check(log: RunLog, rows: int, steps: list[int], values: list[Value]) -> None:
    frame = log.frame
    assert frame.height == rows
    assert sorted(set(frame["step"])) == steps
    assert log.abandoned == 0
    for key, step, value in values:
        logged = frame.filter(pl.col("step") == step)[key].drop_nulls().to_list()
        if value is None:
            assert logged == []
        else:
            assert any(one == pytest.approx(value, rel=1e-6, nan_ok=True) for one in logged)


@pytest.mark.parametrize(("name", "rows", "steps", "values"), SAMPLES, ids=lambda s: str(s)[:40])
def test_a_sample_reads_as_it_should(
    name: str, rows: int, steps: list[int], values: list[Value]
) -> None:
    if "tensorboard" in name:
        pytest.importorskip("tensorboard", reason="the extra `trackers` is not installed")
    check(read_log(FORMATS / name), rows, steps, values)


def test_a_wandb_file_reads_as_its_history() -> None:
    pytest.importorskip("wandb", reason="wandb is not installed")
    log = read_log(FORMATS / "wandb-offline.wandb")
    values: list[Value] = [("loss", 5, 0.002), ("grad_norm", 55, NAN), ("reward", 60, math.inf)]
    check(log, 15, [*range(5, 61, 5)], values)
    assert log.context.config["learning_rate"] == 1e-6


def test_a_wandb_file_without_wandb_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("wandb.proto")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "wandb.proto.wandb_internal_pb2", None)
    with pytest.raises(PttError, match=r"PTT404 .*wandb's own library"):
        read_log(FORMATS / "wandb-offline.wandb")


def test_a_wandb_file_that_is_cut_reads_up_to_its_end(tmp_path: Path) -> None:
    pytest.importorskip("wandb", reason="wandb is not installed")
    path = tmp_path / "run.wandb"
    whole = (FORMATS / "wandb-offline.wandb").read_bytes()
    path.write_bytes(whole[:8000])
    assert 0 < read_log(path).frame.height < 15
    path.write_bytes(whole[:100])
    with pytest.raises(PttError, match=r"PTT401 .*no history"):
        read_log(path)


# ---- several runs --------------------------------------------------------------------------

SEVERAL = {
    "tensorboard-runs": "`run_a`, `run_b`",
    "tensorboard-two-in-one": "1790000000.sample.1.0`, `events",
    "wandb-panel.csv": "`brisk-1`, `calm-2`",
    "wandb-panel.csv#quick": "`brisk-1`, `calm-2`",
}


@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_runs_one_is_asked_for(name: str) -> None:
    with pytest.raises(PttError, match="PTT412 this holds the logs of 2 runs") as raised:
        read_log(FORMATS / name)
    assert SEVERAL[name] in raised.value.diagnostics[0].message
    assert "such as" in str(raised.value.diagnostics[0].hint)


def test_trainings_that_append_to_one_log_are_runs_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "trainer_log.jsonl"
    rows = [(10, 2.0), (20, 1.5), (10, 9.0), (20, 8.0), (30, 7.0), (20, 7.5), (30, 7.1)]
    path.write_text(
        "".join(
            json.dumps({"current_steps": step, "total_steps": 40, "loss": loss}) + "\n"
            for step, loss in rows
        )
    )
    with pytest.raises(PttError, match="the logs of 2 runs: `1`, `2`"):
        read_log(path)
    assert read_log(f"{path}#1").frame["loss"].to_list() == [2.0, 1.5]
    resumed = read_log(f"{path}#2")
    assert resumed.frame["loss"].to_list() == [9.0, 7.5, 7.1]
    assert resumed.abandoned == 2


def test_a_resume_of_prime_rl_is_a_branch(tmp_path: Path) -> None:
    path, reward = tmp_path / "metrics.jsonl", "train/agg/all/agent/reward/mean"

    def record(step: int, key: str, value: float) -> str:
        return json.dumps({"step": step, "time": 1_790_000_000.0 + step, key: value}) + "\n"

    first = [record(1, reward, 1), record(2, reward, 2), record(1, "optim/lr", 1)]
    first += [record(2, "optim/lr", 2), record(3, reward, 3)]
    path.write_text("".join([*first, record(2, reward, 5), record(2, "optim/lr", 6)]))
    log = read_log(path)
    assert log.frame["step"].to_list() == [1, 2]
    assert log.frame[reward].to_list() == [1, 5]
    assert log.frame["optim/lr"].to_list() == [1, 6]
    assert log.abandoned == 2


# ---- trackers' stores ----------------------------------------------------------------------


def mlflow_database(path: Path) -> Path:
    base = sqlite3.connect(path)
    base.executescript(
        "create table runs (run_uuid text, name text, start_time integer);"
        "create table params (key text, value text, run_uuid text);"
        "create table metrics (key text, value real, timestamp integer, run_uuid text,"
        " step integer, is_nan boolean);"
        "insert into runs values ('a1', 'calm', 1), ('b2', 'brisk', 2), ('c3', 'empty', 3);"
        "insert into params values ('beta', '0.1', 'a1'), ('loss_type', 'ipo', 'a1');"
    )
    points = [
        ("loss", 0.7, 1000, "a1", 5, 0),
        ("epoch", 0.1, 1000, "a1", 5, 0),
        ("eval_loss", 0.6, 1000, "a1", 5, 0),
        ("loss", 0.0, 2000, "a1", 10, 1),
        ("rewards/chosen", sys.float_info.max, 2000, "a1", 10, 0),
        ("loss", 0.5, 1500, "b2", 5, 0),
    ]
    base.executemany("insert into metrics values (?, ?, ?, ?, ?, ?)", points)
    base.commit()
    base.close()
    return path


def mlflow_folder(path: Path) -> Path:
    for name, run in (("a1", "calm"), ("b2", "brisk")):
        folder = path / "0" / name
        (folder / "metrics" / "rewards").mkdir(parents=True)
        (folder / "tags").mkdir()
        (folder / "params").mkdir()
        (folder / "meta.yaml").write_text(f"run_id: {name}\n")
        (folder / "tags" / "mlflow.runName").write_text(run)
    calm = path / "0" / "a1"
    (calm / "metrics" / "loss").write_text("1000 0.7 5\n2000 nan 10\n")
    (calm / "metrics" / "epoch").write_text("1000 0.1 5\n")
    (calm / "metrics" / "eval_loss").write_text("1000 0.6 5\n")
    (calm / "metrics" / "rewards" / "chosen").write_text("2000 inf 10\n")
    (calm / "params" / "beta").write_text("0.1")
    (calm / "params" / "loss_type").write_text("ipo")
    (path / "0" / "b2" / "metrics" / "loss").write_text("1500 0.5\n")
    return path


@pytest.mark.parametrize("make", [mlflow_database, mlflow_folder])
def test_a_store_of_mlflow_has_its_runs(make: Callable[[Path], Path], tmp_path: Path) -> None:
    place = make(tmp_path / "store")
    with pytest.raises(PttError, match="PTT412 this holds the logs of 2 runs") as raised:
        read_log(place)
    assert "`brisk`" in raised.value.diagnostics[0].message
    log = read_log(f"{place}#calm")
    values: list[Value] = [
        ("loss", 5, 0.7),
        ("eval_loss", 5, 0.6),
        ("loss", 10, NAN),
        ("rewards/chosen", 10, math.inf),
    ]
    check(log, 3, [5, 10], values)
    assert log.frame["time"].to_list() == [0, 0, 1]
    assert log.context.config == {"beta": 0.1, "loss_type": "ipo"}
    assert read_log(f"{place}#brisk").frame["loss"].to_list() == [0.5]


def test_one_run_of_mlflow_is_read_without_a_name(tmp_path: Path) -> None:
    mlflow_folder(tmp_path)
    shutil.rmtree(tmp_path / "0" / "b2")
    for place in (tmp_path, tmp_path / "0", tmp_path / "0" / "a1"):
        assert read_log(place).frame.height == 3


def test_a_metric_of_mlflow_that_is_damaged_is_named(tmp_path: Path) -> None:
    mlflow_folder(tmp_path)
    (tmp_path / "0" / "a1" / "metrics" / "loss").write_text("1000 0.7 5\nhalf a line\n")
    with pytest.raises(PttError, match=r"loss: PTT401 line 2 is not a value"):
        read_log(f"{tmp_path}#calm")


def trackio_database(
    path: Path, row: str = '{"train/loss": "NaN", "train/global_step": 10}'
) -> Path:
    base = sqlite3.connect(path)
    base.executescript(
        "create table metrics (id integer primary key, run_id text, timestamp text,"
        " run_name text, step integer, metrics text);"
        "create table configs (id integer primary key, run_name text, config text);"
    )
    rows = [("a", 0, '{"train/loss": 1.5, "train/global_step": 5}'), ("a", 1, row)]
    base.executemany(
        "insert into metrics (run_name, step, metrics, timestamp) values (?, ?, ?, '')", rows
    )
    base.execute("insert into configs values (1, 'a', '{\"beta\": 0.1, \"_Group\": null}')")
    base.commit()
    base.close()
    return path


def test_a_database_of_trackio_has_the_steps_of_the_trainer(tmp_path: Path) -> None:
    log = read_log(trackio_database(tmp_path / "project.db"))
    check(log, 2, [5, 10], [("loss", 5, 1.5), ("loss", 10, NAN)])
    assert log.context.config == {"beta": 0.1}


def test_a_row_of_trackio_that_is_damaged_is_one_error(tmp_path: Path) -> None:
    path = trackio_database(tmp_path / "project.db", row="{half")
    with pytest.raises(PttError, match="PTT401 a row of this database"):
        read_log(path)


@pytest.mark.parametrize(
    "content", [b"SQLite format 3\0" + b"x" * 300, b"SQLite format 3\0"], ids=["damaged", "cut"]
)
def test_a_database_that_cannot_be_read_is_one_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    path.write_bytes(content)
    with pytest.raises(PttError, match="PTT401"):
        read_log(path)


def test_a_database_of_something_else_is_not_a_log(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    base = sqlite3.connect(path)
    base.execute("create table metrics (id integer)")
    base.commit()
    base.close()
    with pytest.raises(PttError, match="PTT401 this file is not a run log"):
        read_log(path)


# ---- rows by other names -------------------------------------------------------------------

STEPS = [
    "Step",
    "_step",
    "global_step",
    "train/global_step",
    "trainer/global_step",
    "training/global_step",
    "current_steps",
]


@pytest.mark.parametrize("key", STEPS)
@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "rows", "frame"])
def test_a_step_has_many_names(key: str, form: str, tmp_path: Path) -> None:
    rows = [{key: 10, "loss": 1.0}, {key: 20, "loss": 0.5}]
    path = tmp_path / f"log.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif form == "csv":
        pl.DataFrame(rows).write_csv(path)
    elif form == "parquet":
        pl.DataFrame(rows).write_parquet(path)
    given: Run = {"rows": rows, "frame": pl.DataFrame(rows)}.get(form, path)  # type: ignore[assignment]
    judged = replay(load("common", isolated=True), given)
    assert judged.frame["step"].to_list() == [10, 20]
    assert judged.frame["loss"].to_list() == [1.0, 0.5]
    assert judged.notes == ()


@pytest.mark.parametrize("form", ["jsonl", "csv", "rows", "console"])
def test_rows_without_steps_are_counted_with_a_note(form: str, tmp_path: Path) -> None:
    rows = [{"loss": 1.0}, {"loss": 0.5}]
    texts = {
        "jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "csv": "loss,epoch\n1.0,0.1\n0.5,0.2\n",
        "console": "starting\n" + "".join(f"{row!r}\n" for row in rows),
    }
    path = tmp_path / "log.txt"
    path.write_text(texts.get(form, ""))
    judged = replay(load("common", isolated=True), rows if form == "rows" else path)
    assert judged.frame["step"].to_list() == [1, 2]
    assert judged.notes == ("the log has no steps: its rows are counted, from 1",)


NESTED = [
    ({"step": 1, "data": {"loss": 2.0}}, {"loss": 2.0}),
    ({"global_step": 1, "metrics": {"loss": 2.0}, "kl": 1.0}, {"kl": 1.0, "loss": 2.0}),
    (
        {"step": 1, "train": {"loss": 2.0}, "eval": {"loss": 3.0}},
        {"loss": 2.0, "eval_loss": 3.0},
    ),
    ({"step": 1, "train/loss": 2.0, "loss": 1.0}, {"train/loss": 2.0, "loss": 1.0}),
    ({"step": 1, "loss": 2.0, "h": {"_type": "histogram"}}, {"loss": 2.0}),
]


@pytest.mark.parametrize(("row", "read"), NESTED)
def test_one_level_of_nesting_and_prefixes_are_undone(
    row: dict[str, object], read: dict[str, float], tmp_path: Path
) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(row) + "\n")
    found = read_log(path).frame.drop("step", "time", "epoch").to_dicts()[0]
    assert found == read


def test_dicts_among_progress_bars_and_other_dicts(tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text(
        "config: {'num_layers': 12, 'name': 'x'}\n"
        "{'num_rows': 100}\n"
        "  5%|▌  | 1/20 [00:08<01:20]\r{'loss': 2.5, 'grad_norm': nan, 'epoch': 0.1}          \n"
        "  5%|▌  | 1/20 [00:08<01:20]{'loss': '1.5', 'grad_norm': 'inf', 'epoch': '0.2'}  6%|\n"
        "{'loss': np.float64(-0.5), 'grad_norm': -inf, 'epoch': 0.3, 'reward': None}\n"
    )
    log = read_log(path)
    assert log.frame["loss"].to_list() == [2.5, 1.5, -0.5]
    assert str(log.frame["grad_norm"].to_list()) == "[nan, inf, -inf]"


def test_steps_before_a_dict_are_its_steps(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("INFO Global step 4: {'kl': 0.1, 'reward': 1.0}\nGlobal step 8: {'kl': 0.2}\n")
    assert read_log(path).frame["step"].to_list() == [4, 8]


def test_output_without_log_dicts_is_one_error(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("{'name': 'x'}\n")
    with pytest.raises(PttError, match=r"PTT401 .*no log dicts"):
        read_log(path)


def test_a_line_of_torchtune_that_is_damaged_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("Step 1 | loss:1.5 \nnonsense\nStep 2 | loss:1.4 \n")
    with pytest.raises(PttError, match="PTT401 line 2 is not a row of torchtune"):
        read_log(path)
    path.write_text("Step 1 | loss:1.5 \nStep 2 | lo")
    assert read_log(path).torn == 1


def test_times_are_seconds_since_the_run_began() -> None:
    for name, first in (("ms-swift-logging.jsonl", 11.0), ("prime-rl-metrics.jsonl", 0.0)):
        assert read_log(FORMATS / name).frame["time"][0] == first


def test_the_last_step_of_the_run_is_known_where_the_log_has_it() -> None:
    assert read_log(FORMATS / "ms-swift-logging.jsonl").context.config["max_steps"] == 50
    assert read_log(FORMATS / "llama-factory-trainer_log.jsonl").context.config["max_steps"] == 120


def test_scalars_of_one_moment_are_one_event() -> None:
    rows = log_events([(1.0, 5, "loss", 2.0), (1.0, 5, "eval_loss", 3.0)], 0.0)
    assert rows == [
        {"step": 5, "time": 1.0, "loss": 2.0},
        {"step": 5, "time": 1.0, "eval_loss": 3.0},
    ]


def test_a_history_of_slime_has_one_clock(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    rows = [
        {"_step": 0, "rollout/step": 0, "rollout/raw_reward": 0.2},
        {"_step": 1, "train/step": 0, "train/entropy_loss": 0.5},
        {"_step": 2, "train/step": 1, "train/entropy_loss": 0.4},
        {"_step": 3, "rollout/step": 1, "rollout/raw_reward": 0.3},
        {"_step": 4, "train/step": 2, "train/entropy_loss": 0.3},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    frame = read_log(path).frame
    assert frame["step"].to_list() == [0, 0, 1, 2, 2]
    assert frame["rollout/raw_reward"].drop_nulls().to_list() == [0.2, 0.3]


def test_a_history_that_is_one_list_is_read(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text(json.dumps([{"train/global_step": 5, "train/loss": 1.0, "_step": 0}]))
    frame = read_log(path).frame
    assert frame.select("step", "loss").rows() == [(5, 1.0)]


def test_json_dicts_among_other_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text('loading\n[rank0]: {"loss": 1.5, "step": 3}\ndone\n{"loss": NaN, "step": 4}\n')
    frame = read_log(path).frame
    assert frame["step"].to_list() == [3, 4]
    assert math.isnan(frame["loss"][1])
