"""Lives of runs that are killed at random moments: `python -m tests.run_directories.killed DIR N`.

One process loads everything and forks a child for each run, which takes milliseconds. A whole life
has all that a run directory can hold: provenance, rows, findings, checkpoints, a postmortem, the
table at its end, and a resume from before all that.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from ptt_rules import Pack
from tests.run_directories.made import Life, pack_of, rows_of

ROWS = 40
SAVED = 20
TOGETHER = 4
"""Lives that go on at the same time."""
ROW_S = 0.0005
"""A row takes as long as what else happens in a life, so that kills hit all parts of it alike."""


def live(pack: Pack, folder: Path) -> None:
    """A run that is invalidated and closed, then one that goes on from its checkpoint."""
    out = folder / "out"
    first = Life(pack, folder / "run", max_steps=ROWS, output_dir=out)
    state = None
    for row in rows_of(ROWS, {25: {"entropy": 0.05}, 30: {"grad_norm": 0.0}}):
        stops = first.log(row)
        time.sleep(ROW_S)
        if row["step"] == SAVED:
            first.save()
            state = first.engine.state()
        if stops:
            break
    first.close()
    assert state is not None
    again = Life(pack, folder / "run", max_steps=ROWS, output_dir=out)
    again.resume(SAVED, state)
    for row in rows_of(ROWS):
        if row["step"] > SAVED:
            again.log(row)
            time.sleep(ROW_S)
    again.close()


def main(folder: Path, count: int) -> None:
    pack = pack_of(folder)
    whole = min(_life_s(pack, folder / name) for name in ("whole", "second", "third"))
    chance = random.Random(7)
    for first in range(0, count, TOGETHER):
        places = [folder / f"{first + one:03}" for one in range(TOGETHER)]
        _kill({_born(pack, place): chance.uniform(0, whole) for place in places})
    print(json.dumps({"life_s": whole}))


def _kill(moments: dict[int, float]) -> None:
    """Kills each process at its moment, in seconds from now."""
    began = time.monotonic()
    for child, moment in sorted(moments.items(), key=lambda item: item[1]):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _life_s(pack: Pack, place: Path) -> float:
    """How long a life takes that nobody ends."""
    began = time.monotonic()
    child = _born(pack, place)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit("a life that nobody ended failed")
    return time.monotonic() - began


def _born(pack: Pack, place: Path) -> int:
    child = os.fork()
    if child == 0:
        place.mkdir()
        live(pack, place)
        os._exit(0)
    return child


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
