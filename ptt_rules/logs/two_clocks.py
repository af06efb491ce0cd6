"""The two clocks of slime: optimizer steps, and the rollouts that they learn from.

Both count from 0, so that rollout 4 and optimizer step 4 have nothing to do with each other. A
rollout gets the number of the first optimizer step that learns from it, and keeps its own as
`rollout/step`.

Source: slime 624b824, `slime/observability`, `slime/ray/rollout.py`
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ptt_rules.logs.scalars import Scalar

_OF_ROLLOUTS = ("rollout/", "perf/", "eval/")
_MARKS = frozenset({"rollout/raw_reward", "rollout/rewards"})
_NUMBER = "rollout/step"


def has_two_clocks(tags: Iterable[str]) -> bool:
    """Whether these are the keys of slime, as it writes them."""
    found = {*tags}
    return bool(found & _MARKS) and any(tag.startswith("train/") for tag in found)


def on_one_clock(scalars: Iterable[Scalar]) -> Iterator[Scalar]:
    """Scalars in the order of their times, with the optimizer's steps."""
    next_step = 0
    numbered: tuple[int, int] | None = None
    for time, step, tag, value in scalars:
        if not tag.startswith(_OF_ROLLOUTS):
            next_step = step + 1
            yield time, step, tag, value
            continue
        yield time, next_step, tag, value
        if tag.startswith("rollout/") and numbered != (step, next_step) and tag != _NUMBER:
            numbered = step, next_step
            yield time, next_step, _NUMBER, float(step)


def rows_on_one_clock(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a tracker that have `train/step` or `rollout/step`, with the optimizer's `step`."""
    found: list[dict[str, Any]] = []
    next_step = 0
    for row in rows:
        if _TRAIN_STEP in row:
            next_step = int(float(row[_TRAIN_STEP])) + 1
            found.append({**row, "step": next_step - 1})
        else:
            found.append({**row, "step": next_step})
    return found


def counts_twice(keys: Iterable[str]) -> bool:
    """Whether rows of a tracker have both clocks."""
    return {_TRAIN_STEP, _NUMBER} <= {*keys}


_TRAIN_STEP = "train/step"
