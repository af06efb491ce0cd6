"""A run as one picture: metric curves with the events on them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ptt_rules.evaluation import Action, Event
from ptt_rules.language import ActionKind, Level
from ptt_rules.logs import POSITION_KEYS
from ptt_rules.report.usual import USUAL

MAX_PANELS = 6
MAX_LEGEND_LINES = 6
SPARSE, DENSE = 40, 1500
"""Values up to which each is marked, and above which a running median is drawn."""
_LEGEND_CHARS = 130
_ROOM_RIGHT = 0.75
"""Share of the width up to which a label fits on the right of its point."""
_WIDTH_IN, _PANEL_IN, _LINE_IN, _DPI = 10.0, 1.4, 0.2, 120

# Okabe and Ito's palette, which colour-blind readers can tell apart.
_CURVE, _NOT_FINITE, _FAULT = "#0072B2", "#D55E00", "#000000"
_LEVELS = {
    Level.CRITICAL: "#D55E00",
    Level.HIGH: "#E69F00",
    Level.MEDIUM: "#CC79A7",
    Level.LOW: "#56B4E9",
}


@dataclass(frozen=True, slots=True)
class RunPicture:
    """What a picture shows of a run.

    `keys_of` has the logged keys that each detector reads; those of detectors that fired are
    drawn first. `planned_steps` is how long the run would have been.
    """

    title: str
    frame: pl.DataFrame
    events: Sequence[Event]
    actions: Sequence[Action] = ()
    keys_of: Mapping[str, Sequence[str]] | None = None
    fault_step: int | None = None
    planned_steps: int | None = None


def draw_run(picture: RunPicture, path: Path) -> Path:
    """Draws a PNG: one panel a metric, findings as marked lines, non-finite values shaded."""
    keys = panels(picture)
    lines = min(len(_marks(picture)), MAX_LEGEND_LINES)
    height = 0.9 + _LINE_IN * lines + _PANEL_IN * len(keys)
    figure = Figure(figsize=(_WIDTH_IN, height), dpi=_DPI, layout="constrained")
    axes = list(figure.subplots(len(keys), 1, sharex=True, squeeze=False)[:, 0])
    last = _last_step(picture)
    for key, axis in zip(keys, axes, strict=True):
        _draw_curve(axis, picture.frame, key, last)
        _draw_marks(axis, picture)
        axis.set_xlim(0, last * 1.01)
    _label_saved(axes[0], picture)
    _legend(figure, picture)
    axes[-1].set_xlabel("step")
    figure.savefig(path)
    return path


# ---- which metrics -------------------------------------------------------------------------


def panels(picture: RunPicture) -> list[str]:
    """Keys to draw: those that findings read, then the usual ones, then any that there are."""
    keys_of = picture.keys_of or {}
    read = [key for event in picture.events for key in keys_of.get(event.detector, ())]
    logged = [name for name in picture.frame.columns if name not in POSITION_KEYS]
    wanted = dict.fromkeys([*read, *USUAL, *logged])
    drawable = [key for key in wanted if key in logged and _is_drawable(picture.frame[key])]
    return drawable[:MAX_PANELS] or logged[:1] or ["step"]


def _is_drawable(column: pl.Series) -> bool:
    return column.drop_nulls().len() > 0


def _last_step(picture: RunPicture) -> int:
    steps = picture.frame["step"]
    return max(picture.planned_steps or 1, int(steps[-1]) if len(steps) else 1)


# ---- curves --------------------------------------------------------------------------------


def _draw_curve(axis: Axes, frame: pl.DataFrame, key: str, last: int) -> None:
    rows = frame.select("step", value=pl.col(key)).drop_nulls()
    steps, values = rows["step"].to_list(), [float(value) for value in rows["value"].to_list()]
    finite = [value if math.isfinite(value) else math.nan for value in values]
    _draw_line(axis, steps, finite)
    axis.set_title(key, loc="left", fontsize=9, pad=2, family="monospace")
    axis.grid(axis="y", color="#e6e6e6", lw=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.yaxis.set_major_locator(MaxNLocator(3))
    axis.tick_params(labelsize=8)
    broken = [not math.isfinite(value) for value in values]
    if any(broken):
        _mark_broken(axis, steps, values, broken, last)
    elif steps and steps[-1] < _ROOM_RIGHT * last:
        _label(axis, f"{values[-1]:.3g}", (steps[-1], values[-1]), color=_CURVE)


def _draw_line(axis: Axes, steps: Sequence[int], values: Sequence[float]) -> None:
    """The values, with a running median over them where they would be a block of ink."""
    if len(values) <= DENSE:
        marker = "." if len(values) <= SPARSE else ""
        axis.plot(steps, values, color=_CURVE, lw=1.4, marker=marker)
        return
    width = len(values) // 100
    median = pl.Series(values).fill_nan(None).rolling_median(width, min_samples=1, center=True)
    axis.plot(steps, values, color=_CURVE, lw=0.5, alpha=0.3)
    axis.plot(steps, median.to_list(), color=_CURVE, lw=1.4)


def _mark_broken(
    axis: Axes, steps: Sequence[int], values: Sequence[float], broken: Sequence[bool], last: int
) -> None:
    """A tick at the top for each value that is not finite, stretches of them shaded."""
    to_top = axis.get_xaxis_transform()
    at = [step for step, is_broken in zip(steps, broken, strict=True) if is_broken]
    axis.fill_between(
        steps, 0, 1, where=list(broken), step="mid", transform=to_top, color=_NOT_FINITE, alpha=0.18
    )
    axis.plot(at, [0.97] * len(at), "|", ms=6, color=_NOT_FINITE, transform=to_top)
    on_right = at[0] < _ROOM_RIGHT * last
    _label(
        axis,
        _broken_text(at, values, broken),
        (at[0], 0.72),
        xycoords=("data", "axes fraction"),
        xytext=(6 if on_right else -6, 0),
        ha="left" if on_right else "right",
        color=_NOT_FINITE,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"},
    )


def _broken_text(at: Sequence[int], values: Sequence[float], broken: Sequence[bool]) -> str:
    found = [value for value in values if not math.isfinite(value)]
    kind = "NaN" if all(map(math.isnan, found)) else "not finite"
    if all(broken[broken.index(True) :]):
        return f"{kind} from step {at[0]}"
    return f"{kind} at step {at[0]}" if len(at) == 1 else f"{kind} {len(at)} times"


def _label(axis: Axes, text: str, at: tuple[float, float], **options: Any) -> None:
    """Text on the right of a point, at a height in units of the data unless options say else."""
    settings = {"xytext": (6, 0), "ha": "left", "va": "center", "fontsize": 8, "zorder": 5}
    axis.annotate(text, at, textcoords="offset points", **{**settings, **options})


# ---- events --------------------------------------------------------------------------------


def _findings(picture: RunPicture) -> list[Event]:
    return [event for event in picture.events if event.event.is_finding]


def _stop_step(picture: RunPicture) -> int | None:
    stops = [action.step for action in picture.actions if action.action is ActionKind.STOP]
    return min(stops, default=None)


def _draw_marks(axis: Axes, picture: RunPicture) -> None:
    for mark in _marks(picture):
        over = 3 if mark.line == "dashed" else 2
        axis.axvline(mark.step, color=mark.colour, lw=1.4, ls=mark.line, zorder=over)
    stop = _stop_step(picture)
    if stop is not None and picture.planned_steps and picture.planned_steps > stop:
        axis.axvspan(stop, picture.planned_steps, color="#f0f0f0", lw=0, zorder=0)


@dataclass(frozen=True, slots=True)
class _Mark:
    """A vertical line, and the line of the legend that names it."""

    step: int
    text: str
    colour: str
    line: str = "solid"


def _marks(picture: RunPicture) -> list[_Mark]:
    """The injected fault and the findings, those of one step together, in order of steps."""
    marks = []
    if picture.fault_step is not None:
        text = f"step {picture.fault_step}: fault injected"
        marks.append(_Mark(picture.fault_step, text, _FAULT, "dashed"))
    by_step: dict[int, list[Event]] = {}
    for event in _findings(picture):
        by_step.setdefault(event.step, []).append(event)
    for step, events in by_step.items():
        worst = max(event.level for event in events)
        names = ", ".join(f"{event.detector} ({event.level.word})" for event in events)
        marks.append(_Mark(step, f"step {step}: {names}", _LEVELS[worst]))
    return sorted(marks, key=lambda mark: mark.step)


def _legend(figure: Figure, picture: RunPicture) -> None:
    """The title, and below it a line for each mark: above the panels, where nothing is drawn."""
    marks = _marks(picture)
    shown = marks[:MAX_LEGEND_LINES]
    handles = [Line2D([], [], color=mark.colour, lw=1.6, ls=mark.line) for mark in shown]
    texts = [textwrap.shorten(mark.text, _LEGEND_CHARS, placeholder=" ...") for mark in shown]
    if len(marks) > len(shown):
        texts[-1] += f" (and {len(marks) - len(shown)} more)"
    figure.legend(
        handles,
        texts,
        title=picture.title,
        title_fontproperties={"size": 13, "weight": "bold"},
        alignment="left",
        loc="outside upper left",
        frameon=False,
        fontsize=8.5,
    )


def _label_saved(axis: Axes, picture: RunPicture) -> None:
    stop = _stop_step(picture)
    if stop is None or not picture.planned_steps or picture.planned_steps <= stop:
        return
    axis.annotate(
        f"stopped: {picture.planned_steps - stop} steps saved",
        ((stop + picture.planned_steps) / 2, 0.5),
        xycoords=("data", "axes fraction"),
        ha="center",
        va="center",
        fontsize=9,
        color="#666666",
    )
