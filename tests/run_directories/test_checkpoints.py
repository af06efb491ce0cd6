"""Checkpoints are judged by their files, without loading them."""

from __future__ import annotations

import json
import math
import os
import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from ptt_rules import load, loads, replay
from ptt_rules.report.run_texts import checkpoint_verdict, checkpoints_text
from ptt_rules.runs import (
    Places,
    Run,
    checkpoints,
    good_text,
    last_good_step,
    newest_good,
    read_run,
    way_back,
)
from ptt_rules.runs.good import stood_still
from ptt_rules.runs.story import story_of
from tests.run_directories.made import Life, checkpoint, pack_of, rows_of

WEIGHTS = "model.safetensors"


def _cut(name: str, size: int) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:size])

    return cut


def _sharded(folder: Path) -> None:
    weights = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).unlink()
    (folder / "model-1.safetensors").write_bytes(weights)
    names = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "weights are cut": (_cut(WEIGHTS, -1), "model.safetensors has 85 of 86 bytes"),
    "header is cut": (_cut(WEIGHTS, 20), "model.safetensors has no whole header"),
    "weights are empty": (_cut(WEIGHTS, 0), "model.safetensors has no whole header"),
    "no weights": (lambda folder: (folder / WEIGHTS).unlink(), "it has no weights"),
    "a shard is missing": (_sharded, "model-2.safetensors is missing"),
    "index is cut": (
        lambda folder: (folder / "model.safetensors.index.json").write_text("{"),
        "what model.safetensors.index.json names is missing",
    ),
    "optimizer is cut": (_cut("optimizer.pt", 30), "optimizer.pt is not whole"),
    "no optimizer": (
        lambda folder: (folder / "optimizer.pt").unlink(),
        "it has no optimizer (`save_only_model`): its weights can start a new run",
    ),
    "killed while it saved": (
        lambda folder: (folder / "trainer_state.json").unlink(),
        "trainer_state.json is missing: the trainer was killed while it saved",
    ),
    "state is cut": (_cut("trainer_state.json", 5), "trainer_state.json cannot be read"),
    "state is of another step": (
        lambda folder: (folder / "trainer_state.json").write_text('{"global_step": 3}'),
        "trainer_state.json is of step 3",
    ),
}


def test_a_whole_checkpoint_has_no_faults(tmp_path: Path) -> None:
    checkpoint(tmp_path, 10)
    (found,) = checkpoints(tmp_path)
    assert (found.step, found.faults, found.notes) == (10, (), ())
    assert found.command == f"trainer.train(resume_from_checkpoint={str(found.path)!r})"


@pytest.mark.parametrize("name", FAULTS)
def test_what_a_kill_or_a_full_disk_leaves_is_seen(name: str, tmp_path: Path) -> None:
    spoil, told = FAULTS[name]
    spoil(checkpoint(tmp_path, 10))
    (found,) = checkpoints(tmp_path)
    assert not found.is_whole
    (fault,) = found.faults
    assert fault.startswith(told)


def test_adapters_old_weights_and_shards_of_many_ranks_are_known(tmp_path: Path) -> None:
    adapter = checkpoint(tmp_path, 1)
    (adapter / WEIGHTS).rename(adapter / "adapter_model.safetensors")
    old = checkpoint(tmp_path, 2)
    (old / "optimizer.pt").rename(old / "pytorch_model.bin")
    (old / "scheduler.pt").rename(old / "optimizer.bin")
    (old / WEIGHTS).unlink()
    fsdp, deepspeed = checkpoint(tmp_path, 3), checkpoint(tmp_path, 4)
    for folder, inside in ((fsdp, "pytorch_model_fsdp_0"), (deepspeed, "global_step4")):
        (folder / WEIGHTS).unlink()
        (folder / "optimizer.pt").unlink()
        (folder / inside).mkdir()
    assert [one.faults for one in checkpoints(tmp_path)] == [()] * 4


def test_a_checkpoint_without_state_of_the_rules_is_good_and_told(tmp_path: Path) -> None:
    (checkpoint(tmp_path, 10) / "ptt_state.json").unlink()
    (found,) = checkpoints(tmp_path)
    assert found.is_whole
    assert found.notes == ("it has no state of the rules, which then judge the journal anew",)


def test_other_folders_are_no_checkpoints(tmp_path: Path) -> None:
    for name in ("checkpoint-best", "checkpoint-", "runs", "checkpoint-7.tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "checkpoint-8").write_text("a file")
    assert checkpoints(tmp_path) == []
    assert checkpoints(tmp_path / "nowhere") == []


def test_the_newest_good_one_is_whole_and_not_later_than_the_last_good_step(
    tmp_path: Path,
) -> None:
    for step in (9, 10, 20, 30):
        checkpoint(tmp_path, step)
    (tmp_path / "checkpoint-20" / WEIGHTS).write_bytes(struct.pack("<Q", 5))
    found = checkpoints(tmp_path)
    assert [one.step for one in found] == [9, 10, 20, 30]
    steps = {until: newest_good(found, until) for until in (8, 10, 25, 30)}
    assert {until: one and one.step for until, one in steps.items()} == {
        8: None, 10: 10, 25: 10, 30: 30,
    }  # fmt: skip
    assert newest_good(found, None) is None


def test_what_an_earlier_run_left_in_the_same_folder_is_no_use(tmp_path: Path) -> None:
    out = tmp_path / "out"
    life = Life(pack_of(tmp_path), tmp_path / "run", output_dir=out).train(rows_of(20))
    life.save()
    os.utime(checkpoint(out, 10), (1_000_000_000, 1_000_000_000))
    run = read_run(tmp_path / "run")
    assert [one.faults for one in run.checkpoints] == [("it was saved before this run began",), ()]
    life.recorder.resume(10, 10)  # now it may be what the run went on from
    assert [one.faults for one in read_run(tmp_path / "run").checkpoints] == [()]


def test_the_last_good_step_is_the_newest_logged_one_before_the_fault() -> None:
    assert last_good_step(25, [10, 20, 30]) == 20
    assert last_good_step(10, [10, 20]) is None
    assert last_good_step(None, [10, 20]) is None


# ---- which are good ----------------------------------------------------------------------------

LEVELS = """
metric loss: loss = "loss"
metric norm: norm = "grad_norm"
detector broken { critical when not isfinite(norm) }
detector high { high when loss > 5 }
detector slow { high when loss > 2 for 3 }
detector middle { medium when loss > 1 }
policy p { on medium { invalidate } }
"""


def run_of(
    tmp_path: Path, rows: Sequence[Mapping[str, float]], saves: Sequence[int] = (), **choice: str
) -> Run:
    """A run of a row each step, with checkpoints at some steps."""
    path = tmp_path / "levels.ptt"
    path.write_text(LEVELS)
    life = Life(load(path, **choice), tmp_path / "run", output_dir=tmp_path / "out")
    for step in saves:
        checkpoint(tmp_path / "out", step)
    for number, row in enumerate(rows, start=1):
        life.log({"step": number, "time": number * 1.0, **row})
    life.close()
    return read_run(tmp_path / "run")


def losses(*values: float) -> list[dict[str, float]]:
    return [{"loss": value} for value in values]


def norms(*values: float) -> list[dict[str, float]]:
    return [{"loss": 0.5, "grad_norm": value} for value in values]


INF = float("inf")


@pytest.mark.parametrize(
    ("rows", "good_step"),
    [
        (losses(0.5, 0.5, 0.5), 3),
        (losses(0.5, 0.5, 6, 6), 2),
        (losses(6, 6), None),
        # it is over: what came after it is good again
        (losses(0.5, 6, 0.5, 0.5), 4),
        # a first cause begins when its condition began to hold, not when it was reported
        (losses(0.5, 3, 3, 3, 3), 1),
        # of several that last the first counts, though a later one is worse
        (losses(0.5, 6, *[0.5] * 60, 6, 6), 62),
        # milder than high, it spoils nothing
        (losses(0.5, 1.5, 1.5), 3),
        # what a rule reads ran away before it became infinite
        (norms(0.03, 0.005, 8.5, 50_061, 7.3e6, INF), 2),
        (norms(1.2, 0.9, 1.1, 1.0, INF), 4),
        (norms(0.4, 0.5, 0.6, 0.7, INF), 4),
        (norms(1.0, INF), 1),
    ],
)
def test_the_last_good_step_is_before_the_first_cause_of_what_is_still_wrong(
    rows: list[dict[str, float]], good_step: int | None, tmp_path: Path
) -> None:
    steps = range(1, len(rows) + 1)
    run = run_of(tmp_path, rows, saves=steps)
    back = run.way_back
    assert back.good_step == good_step
    assert (back.checkpoint and back.checkpoint.step) == good_step
    verdicts = {one.step: checkpoint_verdict(run, one)[0] for one in run.checkpoints}
    assert verdicts == {
        step: "good" if good_step and step <= good_step else "unsafe" for step in steps
    }


def test_what_a_policy_gave_the_run_up_for_counts_at_any_level(tmp_path: Path) -> None:
    run = run_of(tmp_path, losses(0.5, 1.5, 1.5), saves=[1, 2, 3], policy="p")
    assert run.way_back.good_step == 1


@pytest.mark.parametrize(("told", "step"), [("false", 2), ("true", 4), ("7", 4), ("[", 4)])
def test_weights_that_are_not_finite_are_not_good(told: str, step: int, tmp_path: Path) -> None:
    saved = checkpoint(tmp_path / "out", 4)
    (saved / "ptt_weights.json").write_text(told if len(told) == 1 else f'{{"finite": {told}}}')
    run = run_of(tmp_path, losses(0.5, 0.5, 0.5, 0.5), saves=[2])
    assert run.way_back.checkpoint is not None
    assert run.way_back.checkpoint.step == step
    if step == 2:
        faults = ["its weights are not finite"]
        assert checkpoint_verdict(run, run.checkpoints[-1]) == ("broken", faults)


def test_weights_without_an_optimizer_begin_a_new_run(tmp_path: Path) -> None:
    (checkpoint(tmp_path / "out", 2) / "optimizer.pt").unlink()
    run = run_of(tmp_path, losses(0.5, 0.5, 6, 6))
    assert run.way_back.checkpoint is not None
    text = checkpoints_text(run)
    assert "good    its weights are whole and from before step 3" in text
    assert "start a new run from the weights of checkpoint-2:" in text
    assert "from_pretrained(" in text


@pytest.mark.parametrize(
    ("rows", "saves", "said"),
    [
        (losses(0.5, 0.5, 6), [2], "the last good step is 2, the last good checkpoint "),
        (losses(0.5, 0.5, 6), [], "the last good step is 2, and no good checkpoint is there"),
        (losses(0.5, 0.5, 6), [3], "the last good step is 2, and no good checkpoint is there"),
        (losses(6, 6), [1], "no logged step was good"),
    ],
)
def test_the_way_back_in_words(
    rows: list[dict[str, float]], saves: list[int], said: str, tmp_path: Path
) -> None:
    run = run_of(tmp_path, rows, saves=saves)
    assert good_text(run.way_back).startswith(said)
    story = story_of(run)
    told = [*story.wrong, *story.began, *story.lost, *story.todo, checkpoints_text(run)]
    assert "None" not in " ".join([good_text(run.way_back), *told])


def test_what_a_cause_suppresses_says_that_it_was_there_before() -> None:
    pack = loads(
        'metric a: none = "a"\n'
        'detector cause { high when a > 1 for 3 suppresses symptom message "x" }\n'
        'detector symptom { high when a > 0 for 5 message "x" }\n'
    )
    rows = [{"step": step, "a": 0.5 if step == 3 else 2.0 * (step > 3)} for step in range(1, 12)]
    incidents = replay(pack, rows).incidents
    assert [one.cause.since_step for one in incidents] == [4]
    back = way_back(incidents, Places(range(1, 12), [None] * 11), [], 11)
    assert (back.first_bad_step, back.good_step) == (3, 2)


def test_what_stood_still_began_where_it_did() -> None:
    still = [(1, 0.3), (2, 0.0), (3, 0.0), (4, 0.0)]
    assert stood_still([still]) == 2
    assert stood_still([still, [(1, 1e-3), (4, 1e-3)]]) == 2
    assert stood_still([still, [(3, 0.1), (4, 0.2)]]) is None
    assert stood_still([[(1, 0.3), (2, math.nan)]]) is None
    assert stood_still([]) is None
