"""A run as one picture: metric curves with the events on them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ptt_rules.engine import Action, Event, EventKind
from ptt_rules.rows import POSITION_KEYS
from ptt_rules.types import ActionKind, Level

MAX_PANELS = 6
MAX_LEGEND_LINES = 6
_LEGEND_CHARS = 130
_WIDTH_IN, _PANEL_IN, _LINE_IN, _DPI = 10.0, 1.4, 0.2, 120

# Okabe and Ito's palette, which colour-blind readers can tell apart.
_CURVE, _NOT_FINITE, _FAULT = "#0072B2", "#D55E00", "#000000"
_LEVELS = {
    Level.CRITICAL: "#D55E00",
    Level.HIGH: "#E69F00",
    Level.MEDIUM: "#CC79A7",
    Level.LOW: "#56B4E9",
}
_USUAL = (
    "reward",
    "rewards/margins",
    "objective/scores",
    "loss",
    "eval_loss",
    "frac_reward_zero_std",
    "grad_norm",
    "entropy",
    "policy/entropy_avg",
    "kl",
    "objective/kl",
    "rewards/accuracies",
    "accuracy",
    "mean_token_accuracy",
    "logps/chosen",
    "completions/mean_length",
)


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
    keys = _panels(picture)
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


def _panels(picture: RunPicture) -> list[str]:
    """Keys to draw: those that findings read, then the usual ones, then any that there are."""
    keys_of = picture.keys_of or {}
    read = [key for event in picture.events for key in keys_of.get(event.detector, ())]
    logged = [name for name in picture.frame.columns if name not in POSITION_KEYS]
    wanted = dict.fromkeys([*read, *_USUAL, *logged])
    drawable = [key for key in wanted if key in logged and _is_drawable(picture.frame[key])]
    return drawable[:MAX_PANELS] or logged[:1] or ["step"]


def _is_drawable(column: pl.Series) -> bool:
    return column.drop_nulls().len() > 1


def _last_step(picture: RunPicture) -> int:
    steps = picture.frame["step"]
    return max(picture.planned_steps or 1, int(steps[-1]) if len(steps) else 1)


# ---- curves --------------------------------------------------------------------------------


def _draw_curve(axis: Axes, frame: pl.DataFrame, key: str, last: int) -> None:
    rows = frame.select("step", key).drop_nulls()
    steps = rows["step"].to_list()
    values = [float(value) for value in rows[key].to_list()]
    axis.plot(steps, [v if math.isfinite(v) else math.nan for v in values], color=_CURVE, lw=1.4)
    axis.set_title(key, loc="left", fontsize=9, pad=2, family="monospace")
    axis.grid(axis="y", color="#e6e6e6", lw=0.6)
    axis.spines[["top", "right"]].set_visible(False)
    axis.yaxis.set_major_locator(MaxNLocator(3))
    axis.tick_params(labelsize=8)
    broken = [step for step, value in zip(steps, values, strict=True) if not math.isfinite(value)]
    if broken:
        _shade_broken(axis, broken, last)


def _shade_broken(axis: Axes, steps: Sequence[int], last: int) -> None:
    first, on_right = steps[0], steps[0] < 0.7 * last
    axis.axvspan(first - 0.5, steps[-1] + 0.5, color=_NOT_FINITE, alpha=0.18, lw=0)
    axis.annotate(
        f"not finite from step {first}",
        (first, 0.82),
        xycoords=("data", "axes fraction"),
        xytext=(6 if on_right else -6, 0),
        textcoords="offset points",
        ha="left" if on_right else "right",
        fontsize=8,
        color=_NOT_FINITE,
    )


# ---- events --------------------------------------------------------------------------------


def _findings(picture: RunPicture) -> list[Event]:
    kinds = (EventKind.FIRED, EventKind.ESCALATED)
    return [event for event in picture.events if event.event in kinds]


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
