"""Starts as logs of the world have them: high and falling, rising in the warm-up, and unsettled.

Measured on the healthy ones of `tests/corpus/public`: of SFT the first loss is 1.5 to 6 times that
of rows 5 to 25; the first gradient norm 2 to 4 times, or a third where the learning rate warms up;
single gradients stand out by 3 to 12 times; of GRPO with few groups a step, rows without contrast
have no gradient.
"""

from __future__ import annotations

import numpy as np

from benchmarks.detect.healthy import Columns, Plan
from benchmarks.detect.noise import Noise, Series

UNSETTLED_ROWS = 4
"""Within which the scatter of the first rows goes."""


def roughened(columns: Columns, plan: Plan) -> Columns:
    """The columns of a healthy run, with the start and the outliers of a real one."""
    rough = {key: np.array(column, dtype=float) for key, column in columns.items()}
    if "grad_norm" in rough:
        rough["grad_norm"] *= _start_of_gradients(plan) * _outliers(plan)
    if "mean_token_accuracy" in rough and "rewards/margins" not in rough:
        _high_loss(rough, plan)
    for key in rough:
        if key.startswith(("completions/mean", "completions/max", "entropy", "loss/value")):
            rough[key] *= _scatter(plan)
    if "frac_reward_zero_std" in rough:
        _without_contrast(rough)
    return rough


def _decay(plan: Plan, rows: float) -> Series:
    """Falls from 1 by e within so many rows."""
    return np.asarray(np.exp(-np.arange(plan.rows) / rows))


def _start_of_gradients(plan: Plan) -> Series:
    noise: Noise = plan.noise
    if noise.chance(0.3):
        return 1 - 0.65 * _decay(plan, noise.uniform(2, 8))
    return 1 + noise.log_uniform(0.2, 3.5) * _decay(plan, noise.uniform(0.7, 5))


def _outliers(plan: Plan) -> Series:
    """One row in a hundred stands out, alone."""
    drawn = plan.noise.source.random(plan.rows) < 0.01
    size = np.exp(plan.noise.source.uniform(np.log(2), np.log(8), plan.rows))
    return np.where(drawn, size, 1.0)


def _scatter(plan: Plan) -> Series:
    """The first rows scatter more than those that follow."""
    drawn = plan.noise.source.standard_normal(plan.rows)
    return np.asarray(np.exp(0.15 * drawn * _decay(plan, UNSETTLED_ROWS)))


def _high_loss(columns: Columns, plan: Plan) -> None:
    """The loss of the first rows, up to that of a format that the model has not seen."""
    most = max(0.1, 8 / float(columns["loss"][0]) - 1)
    rise = min(plan.noise.log_uniform(0.3, 5), most)
    factor = 1 + rise * _decay(plan, plan.noise.uniform(0.5, 4))
    columns["loss"] *= factor * _scatter(plan)
    columns["entropy"] *= np.sqrt(factor)
    columns["mean_token_accuracy"] /= np.sqrt(factor)


def _without_contrast(columns: Columns) -> None:
    """Where no group has contrast there is no advantage and, without a penalty, no gradient."""
    flat = columns["frac_reward_zero_std"]
    columns["grad_norm"] *= np.sqrt(1 - flat) if "kl" not in columns else 1.0
    for key in ("reward_std", "rewards/quality/std"):
        columns[key] = columns[key] * (1 - flat)
