"""Kills trainings at random moments and goes on: `python -m tests.runtime.kills 200 OUT`.

Each training is a process forked from this one, which has loaded the libraries and started no
thread. Each case goes on in one of several ways, as people do: in place, in a copy of the output
folder, from a checkpoint that is given by its path and saved into another folder, after attempts
that died, with a copy of itself at the same moment. After each kill the directory must be readable;
after each resume rows and events must be those of a training that nobody killed, in one directory,
and all other directories as they were.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any

from transformers import TrainerCallback, TrainerState

from ptt_rules.runs import checkpoints, newest_good, read_run
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer
from ptt_runtime.resuming.marks import marks_of

STEPS = 14
LONGEST_S = 60.0
RULES = """
metric gradient: norm = "grad_norm"
detector thirds {
  let n = count(gradient[all])
  high when n == 3 or n == 6 or n == 9 or n == 12
  low when mean(gradient[first 2]) > 0 and max(gradient[4]) > 0
  message "{n} rows"
}
"""
Told = list[tuple[str, str, int, int]]


WAYS = ("in place", "in place, unnamed", "copied", "by path", "after dead attempts", "together")
ROWS = [*range(1, STEPS + 1), STEPS]  # the trainer closes with a row of its own


class Meets(TrainerCallback):
    """Has trainings begin together: none has ended before all have their directories."""

    def __init__(self, others: Barrier | None) -> None:
        self._others = others

    def on_train_begin(self, *event: Any, **given: Any) -> None:
        if self._others is not None:
            self._others.wait(LONGEST_S)


def training(
    folder: Path, rules: Path, resume: Path | None = None, *, run: Path | None, seed: int = 0,
    meet: Barrier | None = None,
) -> None:  # fmt: skip
    """`folder` is where it saves; `run` is the run directory that is asked for."""
    os.chdir(folder.parent)
    callback = DiagnosticsCallback(run_dir=run, packs=[rules], only=True, fail_fast=True)
    options: dict[str, Any] = {"save_strategy": "steps", "save_steps": 4, "seed": seed}
    trainer = make_trainer("sft", folder, steps=STEPS, callbacks=[callback, Meets(meet)], **options)
    trainer.train(resume_from_checkpoint=str(resume) if resume else None)


def forked(work: Callable[[], None], until: Callable[[], None] | None = None) -> int | None:
    """Does something in a process of its own; its exit code, None if it was killed.

    It is killed when `until` returns, unless it has ended by then.
    """
    child = fork(work)
    if until is not None:
        until()
        os.kill(child, signal.SIGKILL)
    return ended(child)


def fork(work: Callable[[], None]) -> int:
    """A process that does something; its number."""
    child = os.fork()
    if child:
        return child
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        work()
    except BaseException:
        Path(os.environ["KILLS_OUT"], "error.txt").write_text(traceback.format_exc())
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int | None:
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def moment(run: Path, chance: Random) -> Callable[[], None]:
    """Waits for a random row of the journal and a random part of a step, not for the clock.

    A tenth of the moments is in the set-up, before there is a journal.
    """
    rows = chance.randint(0, STEPS)
    more_s = chance.uniform(0, 0.05) if rows else chance.uniform(0, 0.3)

    def wait() -> None:
        journal = run / "metrics.jsonl"
        until = time.monotonic() + LONGEST_S
        while rows and time.monotonic() < until:
            if journal.exists() and journal.read_bytes().count(b"\n") >= rows:
                break
            time.sleep(0.001)
        time.sleep(more_s)

    return wait


def told(run: Path) -> Told:
    events = read_run(run).records.events
    return [(one.event.value, one.level.word, one.step, one.row) for one in events]


def check_killed(run: Path, whole: Told) -> None:
    """Rows and events are those of the beginning, whatever the moment. Errors: AssertionError"""
    before = told(run)
    assert before == whole[: len(before)], f"after the kill: {before}"
    steps = read_run(run).log.frame["step"].to_list()
    assert steps[:STEPS] == list(range(1, min(len(steps), STEPS) + 1)), steps


def check_resumed(run: Path, whole: Told) -> None:
    """Errors: AssertionError"""
    assert told(run) == whole, f"after the resume: {told(run)}, not {whole}"
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").open("rb")]
    assert steps == ROWS, f"after the resume: {steps}"


def directories(case: Path) -> dict[Path, bytes]:
    """The run directories of a case with their journals."""
    found = {path.parent: path.read_bytes() for path in case.rglob("metrics.jsonl")}
    ids = [id_of(run) for run in found]
    assert len(set(ids)) == len(ids), "two directories have one run"
    return found


def id_of(run: Path) -> str:
    return str(json.loads((run / "run.json").read_text())["run_id"])


def runs_of(checkpoint: Path) -> list[str]:
    """What the trainer wrote: a kill may have come before ptt wrote a file of its own there."""
    state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    return [mark.run_id for mark in marks_of(state)]


def go_on(way: str, case: Path, rules: Path, checkpoint: Path) -> list[Path]:
    """Resumes a run that was killed; the directories in which that is recorded now."""
    folder, run = case / "out", case / "run"
    before = directories(case)
    if way == "copied":
        shutil.copytree(folder, case / "copy")
        folder, checkpoint = case / "copy", case / "copy" / checkpoint.name
    elif way == "by path":
        folder = case / "elsewhere"
        shutil.copytree(checkpoint, folder / checkpoint.name)  # a namesake
        (folder / checkpoint.name / "ptt_run.json").unlink(missing_ok=True)
    asked = None if way in ("in place, unnamed", "copied") else run
    count = 3 if way == "together" else 1
    meet = multiprocessing.get_context("fork").Barrier(count)
    again = partial(training, folder, rules, checkpoint, run=asked, meet=meet)
    if way == "together":
        at_once([again] * count)
    else:
        done(again)
    after = directories(case)
    changed = [path for path in after if after[path] != before.get(path)]
    stayed = way in ("copied", "by path")
    assert len(changed) == count, f"{way}: {changed}"
    assert stayed == all(path not in before for path in changed), f"{way}: {changed}"
    return changed


def at_once(runs: Sequence[Callable[[], None]]) -> None:
    """Errors: AssertionError"""
    children = [fork(run) for run in runs]
    for child in children:
        assert ended(child) == 0, Path(os.environ["KILLS_OUT"], "error.txt").read_text()


def killed_and_resumed(way: str, case: Path, rules: Path, whole: Told, chance: Random) -> str:
    """What became of a run that was killed: `early`, `ended` or the way in which it went on.

    What reads a run, and starts threads for that, is done in a process of its own too.
    """
    run = case / "run"
    if way == "after dead attempts":
        for seed in (5, 6):
            forked(partial(training, case / "out", rules, run=run, seed=seed), moment(run, chance))
        run = next(path for path in free_names(run) if not path.exists())
    forked(partial(training, case / "out", rules, run=case / "run"), moment(run, chance))
    if not (run / "metrics.jsonl").exists():
        return "early"
    done(partial(check_killed, run, whole))
    good = newest_good(checkpoints(case / "out"), STEPS)
    if good is None or id_of(run) not in runs_of(good.path):
        return "early"  # what is there is of an attempt before
    if good.step == STEPS:
        return "ended"
    for found in go_on(way, case, rules, good.path):
        done(partial(check_resumed, found, whole))
    return way


def free_names(run: Path) -> Iterator[Path]:
    yield run
    yield from (run.with_name(f"{run.name}-{number}") for number in itertools.count(2))


def begun_together(case: Path, rules: Path, whole: Told, chance: Random) -> None:
    """Runs that begin at one moment, with and without a directory that is asked for."""
    case.mkdir()
    asked = chance.choice([case / "run", None])
    at_once([partial(training, case / f"out-{n}", rules, run=asked) for n in range(3)])
    found = directories(case)
    assert len(found) == 3, f"{len(found)} directories of 3 runs"
    for run in found:
        done(partial(check_resumed, run, whole))


def done(work: Callable[[], None]) -> None:
    """Does something in a process of its own. Errors: AssertionError, with what it says"""
    assert forked(work) == 0, Path(os.environ["KILLS_OUT"], "error.txt").read_text()


def main(kills: int, out: Path, seed: int = 0) -> None:
    os.environ["KILLS_OUT"] = str(out := out.resolve())
    rules = out / "thirds.ptt"
    rules.write_text(RULES)
    (out / "whole").mkdir()
    done(partial(training, out / "whole" / "out", rules, run=out / "whole" / "run"))
    done(lambda: write(out / "whole.json", told(out / "whole" / "run")))
    whole = [tuple(one) for one in json.loads((out / "whole.json").read_text())]
    chance = Random(seed)
    counts: Counter[str] = Counter()
    # few kills may all come too early or, on a machine that is busy, too late
    while counts.total() < kills or (len(counts) < 2 and counts.total() < 10 * kills):
        way = WAYS[counts.total() % len(WAYS)]
        case = out / f"case-{counts.total()}"
        case.mkdir()
        counts[killed_and_resumed(way, case, rules, whole, chance)] += 1
        shutil.rmtree(case, ignore_errors=True)
    for number in range(1 + kills // 20):
        begun_together(out / f"together-{number}", rules, whole, chance)
        shutil.rmtree(out / f"together-{number}", ignore_errors=True)
    resumed = sum(count for way, count in counts.items() if way in WAYS)
    print(", ".join(f"{name}={count}" for name, count in sorted(counts.items())))
    print(f"resumed={resumed}, begun together={3 * (1 + kills // 20)}: nothing lost, nothing mixed")


def write(path: Path, events: Told) -> None:
    path.write_text(json.dumps(events))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0)
