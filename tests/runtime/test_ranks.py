"""Several processes: one decision at one step, ranks that are measured, a rank that dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch.distributed as dist

from ptt_rules import read_log
from ptt_rules.runs import State, Verdict, read_run, state_of
from ptt_rules.runs.dead import postmortem_of
from ptt_runtime.distributed import Ranks
from tests.runtime.conftest import json_lines

pytestmark = pytest.mark.runtime

SCRIPT = Path(__file__).parent / "ranks_script.py"
TORCHRUN = ("torch.distributed.run", "--standalone", "--nproc_per_node=2")
ACCELERATE = ("accelerate.commands.launch", "--multi_gpu", "--num_processes=4", "--num_machines=1")
ACCELERATE += ("--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=0")
"""Its name for several processes of one machine; the script itself asks for the CPU."""


def launch(
    launcher: Sequence[str], out: Path, scenarios: str, *, fails: bool = False
) -> subprocess.CompletedProcess[str]:
    """Runs scenarios in several processes; their output."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *launcher, str(SCRIPT), str(out), scenarios],
        capture_output=True,
        text=True,
        timeout=400,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert (done.returncode != 0) is fails, done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All trainings of two processes under torchrun, in one launch: starting them takes longest."""
    out = tmp_path_factory.mktemp("two")
    launch(TORCHRUN, out, "log,unsafe,time,memory,row,start,measure,set,snapshot,slow,straggler")
    return out


def became(out: Path, name: str) -> list[dict[str, Any]]:
    """What became of a training on each rank."""
    return [json.loads(path.read_text()) for path in sorted(out.glob(f"{name}-[0-9].json"))]


def ends(out: Path, name: str) -> list[int]:
    """The step at which each rank ended."""
    return [one["step"] for one in became(out, name)]


def lines(out: Path, name: str) -> list[dict[str, Any]]:
    return json_lines(out / name / "events.jsonl")


def test_all_ranks_stop_at_the_step_of_a_rule_on_logs(two: Path) -> None:
    assert ends(two, "log") == [3, 3]
    told = [line.get("action", line["event"]) for line in lines(two, "log")]
    assert told == ["fired", "checkpoint", "invalidate", "stop"]


def test_weights_that_are_not_finite_on_one_rank_are_saved_by_none(two: Path) -> None:
    assert ends(two, "unsafe") == [3, 3]
    told = [line.get("action", line["event"]) for line in lines(two, "unsafe")]
    assert told == ["fired", "checkpoint", "invalidate", "stop"]
    assert [*two.glob("log-0/checkpoint-3")] != []
    assert [*two.glob("unsafe-*/checkpoint-*")] == []


def test_a_rule_on_time_goes_by_the_clock_of_the_first_rank(two: Path) -> None:
    """The clock of the other rank is a minute ahead, and more so after each step."""
    steps = ends(two, "time")
    (fired,) = (line for line in lines(two, "time") if line["event"] == "fired")
    assert steps == [fired["step"]] * 2
    assert 3 <= steps[0] < 40


def test_ranks_wait_for_a_snapshot_and_stop_on_what_it_says(two: Path) -> None:
    assert ends(two, "snapshot") == [2, 2]
    steps = sorted(path.stem for path in (two / "snapshot" / "snapshots").glob("*.json"))
    assert steps == ["step-00000000", "step-00000002"]
    assert not [line for line in lines(two, "snapshot") if line["event"] == "fault"]


def test_a_snapshot_slower_than_the_limit_of_the_ranks_costs_its_time_alone(
    two: Path,
) -> None:
    """It is taken, and what the next one shows is still carried out on both ranks."""
    assert ends(two, "slow") == [4, 4]
    steps = sorted(path.stem for path in (two / "slow" / "snapshots").glob("*.json"))
    assert steps == ["step-00000000", "step-00000002", "step-00000004"]
    assert not [line for line in lines(two, "slow") if line["event"] == "fault"]


def test_memory_that_grows_on_one_rank_stops_all(two: Path) -> None:
    (fired,) = (line for line in lines(two, "memory") if line["event"] == "fired")
    assert fired["instance"] == {"rank": "1"}
    assert ends(two, "memory") == [4, 4]


def test_a_callback_that_fails_on_one_rank_takes_part_all_the_same(two: Path) -> None:
    assert ends(two, "row") == [3, 3]
    assert sum(line["event"] == "fired" for line in lines(two, "row")) == 1


def test_faults_of_another_rank_are_told_with_their_rank(two: Path) -> None:
    faults = [line for line in lines(two, "row") if line["event"] == "fault"]
    assert [(line["rank"], line["code"]) for line in faults] == [(1, "PTT502")]
    assert "a bug of ours on one rank" in faults[0]["message"]


def test_nobody_acts_where_the_callback_is_off_on_a_rank(two: Path) -> None:
    assert ends(two, "start") == [5, 5]
    told = lines(two, "start")
    assert [line["event"] for line in told if line["event"] in ("fired", "action")] == ["fired"]
    whys = [line["message"] for line in told if line["event"] == "fault"]
    assert any("ptt is off on a rank" in why for why in whys)


def test_a_rank_that_cannot_be_measured_is_missing_and_hangs_nobody(two: Path) -> None:
    frame = read_log(two / "measure").frame
    assert ends(two, "measure") == [2, 2]
    assert frame["across_ranks/reporting"].drop_nulls().to_list() == [1, 1]
    assert "ranks/step_time/1" not in frame.columns


def test_a_straggler_is_named_within_thirty_steps(two: Path) -> None:
    found = [
        line for line in lines(two, "straggler") if line["detector"] == "distributed.straggler"
    ]
    assert [(line["event"], line["instance"]) for line in found] == [("fired", {"rank": "1"})]
    assert found[0]["step"] <= 30
    frame = read_log(two / "straggler").frame
    row = frame.filter(frame["step"] == 20)
    times = {
        name: [row[f"ranks/{name}/{rank}"].drop_nulls()[0] for rank in range(2)]
        for name in ("step_time", "compute_time", "grad_norm")
    }
    first, second = times["step_time"]
    assert abs(first - second) < 0.2 * second  # alike: the all-reduce sees to it
    assert times["compute_time"][1] - times["compute_time"][0] > 0.06
    assert times["grad_norm"][0] == times["grad_norm"][1]


def test_a_hyperparameter_is_set_and_a_pause_held_on_all_ranks_alike(two: Path) -> None:
    first, second = became(two, "set")
    assert first["step"] == second["step"] == 5
    assert first["rates"] == second["rates"]
    _, _, before, after, _ = first["rates"]
    assert after < 0.7 * before  # halved, and on its way down
    for rank in (first, second):
        assert rank["began"][3] - rank["began"][2] >= 2.0


def test_only_the_first_rank_writes(two: Path) -> None:
    assert sorted(path.name for path in two.glob("log*/run.json*")) == ["run.json"]
    run = json.loads((two / "straggler" / "run.json").read_text())
    assert [pack["name"] for pack in run["packs"]] == ["common", "sft", "distributed"]
    assert run["facts"] == read_log(two / "straggler").context.facts
    assert run["facts"]["world_size"] == 2


def test_four_ranks_under_accelerate_stop_together(tmp_path: Path) -> None:
    launch(ACCELERATE, tmp_path, "log,memory")
    assert ends(tmp_path, "log") == [3] * 4
    assert ends(tmp_path, "memory") == [4] * 4
    (fired,) = (line for line in lines(tmp_path, "memory") if line["event"] == "fired")
    assert fired["instance"] == {"rank": "1"}
    columns = set(read_log(tmp_path / "memory").frame.columns)
    assert {f"ranks/step_time/{rank}" for rank in range(4)} <= columns


def test_a_rank_that_is_killed_ends_the_run_and_leaves_a_postmortem(tmp_path: Path) -> None:
    launch(TORCHRUN, tmp_path, "killed", fails=True)
    run = read_run(tmp_path / "killed")
    state = state_of(run)
    assert state.state in (State.FAILED, State.DEAD)
    assert run.last_step >= 2
    # the first rank writes it if the exception or the signal reaches Python; if the library ended
    # the process itself, `ptt postmortem` makes it of what is there
    document = run.postmortem or postmortem_of(run)
    assert document["verdict"] in (Verdict.RANK_DIED.value, Verdict.DEAD.value)
    if run.postmortem is not None:
        assert document["reason"].startswith("rank 1 was killed: its process ")
    assert document["step"] >= 2


def test_a_rank_that_raises_is_named_with_what_it_raised(tmp_path: Path) -> None:
    launch(TORCHRUN, tmp_path, "raised", fails=True)
    run = read_run(tmp_path / "raised")
    document = run.postmortem or postmortem_of(run)
    assert document["verdict"] in (Verdict.RANK_DIED.value, Verdict.DEAD.value)
    if run.postmortem is not None:
        assert document["reason"].startswith("rank 1 ended: ValueError: its batch is broken; then")


def test_a_rank_that_dies_between_two_writes_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The note is there before it is counted, so that what is counted is there."""
    store = dist.HashStore()
    monkeypatch.setattr("ptt_runtime.distributed.ranks._store", lambda: store)
    first, second = Ranks(), Ranks()
    for number, one in enumerate((first, second)):
        one.rank, one.world_size, one._place = number, 2, "ptt/0"
    with monkeypatch.context() as dies:
        dies.setattr("ptt_runtime.distributed.ranks._store", lambda: _Dying(store))
        second.note({"step": 3, "message": "the last words"})
    assert first.notes() == []
    again = Ranks()
    again.rank, again.world_size, again._place, again._left = 1, 2, "ptt/0", 1
    again.note({"step": 4, "message": "of another"})
    assert [one["step"] for one in first.notes()] == [3, 4]
    assert first.notes() == []


class _Dying:
    """A store that is lost after the first write."""

    def __init__(self, store: dist.Store) -> None:
        self.set = store.set

    def add(self, *_: object) -> None:
        raise RuntimeError("the process was killed")
