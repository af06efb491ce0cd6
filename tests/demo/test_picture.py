"""Pictures of runs that are short, broken, long or empty."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import polars as pl
import pytest

from ptt_rules import Action, ActionKind, Event, EventKind, Level

pytest.importorskip("matplotlib")
from ptt_rules.report.picture import MAX_PANELS, RunPicture, draw_run, panels

SMALLEST_PX, LARGEST_PX = 200, 2000


def event(step: int, detector: str = "common.gradient_not_finite", **options: object) -> Event:
    settings = {"event": EventKind.FIRED, "level": Level.CRITICAL, "time": None, "message": "x"}
    return Event(detector=detector, step=step, row=step - 1, **{**settings, **options})


def stop(step: int) -> Action:
    because = ("common.gradient_not_finite",)
    return Action("guard", ActionKind.STOP, step=step, row=step - 1, time=None, because=because)


def frame(rows: int, **columns: list[float | None]) -> pl.DataFrame:
    steps = list(range(1, rows + 1))
    return pl.DataFrame(
        {"step": steps, **columns}, schema_overrides=dict.fromkeys(columns, pl.Float64)
    )


def size_of(path: Path) -> tuple[int, int]:
    """Width and height, from the header of a PNG."""
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def draw(path: Path, table: pl.DataFrame, *events: Event, **options: object) -> tuple[int, int]:
    picture = RunPicture(title="A run", frame=table, events=events, **options)
    width, height = size_of(draw_run(picture, path / "run.png"))
    assert SMALLEST_PX < height < LARGEST_PX
    assert SMALLEST_PX < width < LARGEST_PX
    return width, height


NAN, INF = math.nan, math.inf
TABLES = {
    "no row": frame(0, loss=[]),
    "one row": frame(1, loss=[0.5]),
    "one row of NaN": frame(1, loss=[NAN]),
    "no metric": frame(3),
    "nulls only": frame(3, loss=[None, None, None]),
    "NaN to the end": frame(4, loss=[1.0, 0.5, 0.0, 0.0], grad_norm=[1.0, 1.0, NAN, NAN]),
    "NaN and back": frame(5, grad_norm=[1.0, NAN, 1.0, NAN, 1.0]),
    "NaN from the start": frame(3, grad_norm=[NAN, NAN, NAN]),
    "infinities": frame(4, grad_norm=[1.0, INF, -INF, 1.0]),
    "sparse": frame(5, loss=[1.0, 0.9, 0.8, 0.7, 0.6], eval_loss=[None, 1.0, None, 0.8, None]),
    "constant": frame(3, learning_rate=[1e-3, 1e-3, 1e-3]),
    "huge numbers": frame(3, loss=[1.0, 1e300, 1e-300]),
    "long": frame(5000, loss=[1.0 / (1 + row % 97) for row in range(5000)]),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_any_log_can_be_drawn(table: pl.DataFrame, tmp_path: Path) -> None:
    draw(tmp_path, table)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_any_log_can_be_drawn_with_events_and_a_stop(table: pl.DataFrame, tmp_path: Path) -> None:
    draw(tmp_path, table, event(2), actions=[stop(2)], fault_step=2, planned_steps=10)


def test_repeated_steps_are_drawn(tmp_path: Path) -> None:
    rows = {"step": [1, 1, 2, 2], "loss": [1.0, None, 0.5, None], "eval_loss": [None, 1, None, 2]}
    draw(tmp_path, pl.DataFrame(rows))


def test_what_the_findings_read_is_drawn_first() -> None:
    names = [f"custom_{number}" for number in range(MAX_PANELS + 3)]
    table = frame(2, **{name: [0.0, 1.0] for name in names}, reward=[0.0, 1.0])
    keys_of = {"acme.last": [names[-1], "never_logged"]}
    found = [event(2, "acme.last")]
    drawn = panels(RunPicture(title="x", frame=table, events=found, keys_of=keys_of))
    assert drawn[:2] == [names[-1], "reward"]
    assert len(drawn) == MAX_PANELS


def test_height_grows_with_panels_up_to_a_limit(tmp_path: Path) -> None:
    def height(count: int) -> int:
        return draw(tmp_path, frame(2, **{f"m{i}": [0.0, 1.0] for i in range(count)}))[1]

    assert height(1) < height(3) < height(MAX_PANELS) == height(MAX_PANELS + 5)


def test_many_findings_do_not_push_the_curves_away(tmp_path: Path) -> None:
    table = frame(100, loss=[1.0] * 100)
    events = [event(step, f"acme.detector_with_a_long_name_{step}") for step in range(1, 100)]
    draw(tmp_path, table, *events)


def test_several_findings_of_one_step_share_a_line(tmp_path: Path) -> None:
    table = frame(9, loss=[1.0] * 9)
    apart = draw(tmp_path, table, event(2), event(3))
    together = draw(tmp_path, table, event(3), event(3, "dpo.margin_lost", level=Level.LOW))
    assert together[1] < apart[1]
