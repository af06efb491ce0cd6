"""Kills trainings at random moments, and resumes them: `python -m tests.runtime.kills 200 OUT`.

Each training is a process forked from this one, which has loaded the libraries and started no
thread. After each kill the directory must be readable; after the resume its events must be
those of a training that nobody killed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from ptt_rules.runs import checkpoints, newest_good, read_run
from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo.trainers import make_trainer

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


def training(folder: Path, rules: Path, resume: Path | None = None) -> None:
    callback = DiagnosticsCallback(run_dir=folder / "run", packs=[rules], only=True, fail_fast=True)
    options = {"save_strategy": "steps", "save_steps": 4}
    trainer = make_trainer("sft", folder / "training", steps=STEPS, callbacks=[callback], **options)
    trainer.train(resume_from_checkpoint=str(resume) if resume else None)


def forked(work: Callable[[], None], until: Callable[[], None] | None = None) -> int | None:
    """Does something in a process of its own; its exit code, None if it was killed.

    It is killed when `until` returns, unless it has ended by then.
    """
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        try:
            work()
        except BaseException:
            Path(os.environ["KILLS_OUT"], "error.txt").write_text(traceback.format_exc())
            os._exit(1)
        os._exit(0)
    if until is not None:
        until()
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def moment(folder: Path, chance: random.Random) -> Callable[[], None]:
    """Waits for a random row of the journal and a random part of a step, not for the clock.

    A tenth of the moments is in the set-up, before there is a journal.
    """
    rows = chance.randint(0, STEPS)
    more_s = chance.uniform(0, 0.05) if rows else chance.uniform(0, 0.3)

    def wait() -> None:
        journal = folder / "run" / "metrics.jsonl"
        until = time.monotonic() + LONGEST_S
        while rows and time.monotonic() < until:
            if journal.exists() and journal.read_bytes().count(b"\n") >= rows:
                break
            time.sleep(0.001)
        time.sleep(more_s)

    return wait


def told(folder: Path) -> Told:
    events = read_run(folder / "run").records.events
    return [(one.event.value, one.level.word, one.step, one.row) for one in events]


def check_killed(folder: Path, whole: Told) -> None:
    """Rows and events are those of the beginning, whatever the moment. Errors: AssertionError"""
    before = told(folder)
    assert before == whole[: len(before)], f"after the kill: {before}"
    steps = read_run(folder / "run").log.frame["step"].to_list()
    assert steps[:STEPS] == list(range(1, min(len(steps), STEPS) + 1)), steps


def check_resumed(folder: Path, whole: Told) -> None:
    """Errors: AssertionError"""
    assert told(folder) == whole, f"after the resume: {told(folder)}, not {whole}"


def killed_and_resumed(folder: Path, rules: Path, whole: Told, chance: random.Random) -> str:
    """What became of a run that was killed: `early`, `ended` or `resumed`.

    What reads a run, and starts threads for that, is done in a process of its own too.
    """
    forked(lambda: training(folder, rules), moment(folder, chance))
    if not (folder / "run").exists():
        return "early"
    done(lambda: check_killed(folder, whole))
    good = newest_good(checkpoints(folder / "training"), STEPS)
    if good is None:
        return "early"
    if good.step == STEPS:
        return "ended"
    done(lambda: training(folder, rules, good.path))
    done(lambda: check_resumed(folder, whole))
    return "resumed"


def done(work: Callable[[], None]) -> None:
    """Does something in a process of its own. Errors: AssertionError, with what it says"""
    assert forked(work) == 0, Path(os.environ["KILLS_OUT"], "error.txt").read_text()


def main(kills: int, out: Path, seed: int = 0) -> None:
    os.environ["KILLS_OUT"] = str(out)
    rules = out / "thirds.ptt"
    rules.write_text(RULES)
    done(lambda: training(out / "whole", rules))
    done(lambda: write(out / "whole.json", told(out / "whole")))
    whole = [tuple(one) for one in json.loads((out / "whole.json").read_text())]
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    # few kills may all come too early or, on a machine that is busy, too late
    while counts.total() < kills or (not counts["resumed"] and counts.total() < 10 * kills):
        folder = out / f"run-{counts.total()}"
        counts[killed_and_resumed(folder, rules, whole, chance)] += 1
        shutil.rmtree(folder, ignore_errors=True)
    print(" ".join(f"{name}={count}" for name, count in sorted(counts.items())))


def write(path: Path, events: Told) -> None:
    path.write_text(json.dumps(events))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 0)
