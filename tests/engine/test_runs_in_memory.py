"""What a run in memory may be: log dicts, a frame, a lazy frame, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from ptt_rules import PttError, loads, replay, why

PACK = loads('metric a: none = "a" detector x { high when a > 1 }', name="p")
ROWS = [{"step": step, "a": float(step)} for step in range(4)]
FRAME = pl.DataFrame(ROWS)


@pytest.mark.parametrize(
    "run",
    [ROWS, tuple(ROWS), iter(ROWS), FRAME, FRAME.lazy(), FRAME.lazy().filter(pl.col("step") >= 0)],
    ids=["list", "tuple", "iterator", "frame", "lazy", "filtered"],
)
def test_it_is_judged(run: Any) -> None:
    assert [(event.detector, event.row) for event in replay(PACK, run).events] == [("p.x", 2)]


def test_why_takes_a_lazy_frame() -> None:
    assert why(PACK, FRAME.lazy(), "x").to_json() == why(PACK, ROWS, "x").to_json()


def test_why_takes_a_step_of_another_library() -> None:
    asked = why(PACK, ROWS, "x", step=np.int64(3))  # type: ignore[arg-type]
    assert asked.to_json() == why(PACK, ROWS, "x", step=3).to_json()
    assert type(asked.to_json()["step"]) is int


@pytest.mark.parametrize("run", [ROWS[0], [1.0, 2.0], FRAME["a"], FRAME.to_dict(), None, 3, ["a"]])
def test_what_is_no_run_is_told_with_what_to_pass(run: Any) -> None:
    with pytest.raises(PttError, match="pass a path, a Polars frame, or log dicts") as caught:
        replay(PACK, run)
    assert [one.code for one in caught.value.diagnostics] == ["PTT401"]
