"""Faults as edits of a healthy log: from a row on, by a magnitude, on all metrics they move.

Expectations are written from what the fault is, never from what rules find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.detect.healthy import Columns, Plan
from benchmarks.detect.noise import Series
from benchmarks.detect.runs import Kind, Size

Edit = Callable[[Columns, "Change"], None]


@dataclass(frozen=True, slots=True)
class Change:
    """From which row on, how far, and what the run was drawn with."""

    onset: int
    size: Size
    plan: Plan

    def pick(self, subtle: float, clear: float, total: float) -> float:
        return {Size.SUBTLE: subtle, Size.CLEAR: clear, Size.TOTAL: total}[self.size]

    @property
    def after(self) -> Series:
        """1 from the onset on, 0 before."""
        return (np.arange(self.plan.rows) >= self.onset).astype(float)

    @property
    def ramp(self) -> Series:
        """Rises from 0 at the onset to 1 within the rows of a drift, and on at that pace to 2."""
        since = np.arange(self.plan.rows) - self.onset + 1
        return np.clip(since / self.plan.rows_of_ramp, 0, 2)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind of fault, and the algorithms that can have it."""

    name: str
    kind: Kind
    algorithms: tuple[str, ...]
    edit: Edit
    level: str = "medium"
    is_from_start: bool = False
    is_relative: bool = False
    """Whether it is only seen beside what was before: from the first row on, it is another run."""


LOSSES = ("sft", "dpo", "kto", "orpo", "cpo", "reward")
PAIRS = ("dpo", "orpo", "cpo")
MARGINS = (*PAIRS, "kto", "reward")
GROUPS = ("grpo", "rloo")
LOOP = (*LOSSES, *GROUPS)
"""All but PPO, whose loop is its own."""


def _set(columns: Columns, change: Change, value: float, *keys: str) -> None:
    for key in keys:
        if key in columns:
            columns[key][change.onset :] = value


def _scale(columns: Columns, factor: Series | float, *keys: str) -> None:
    for key in keys:
        if key in columns:
            columns[key] = columns[key] * factor


def _jump(change: Change, factor: float) -> Series:
    return 1 + (factor - 1) * change.after


def _drift(change: Change, factor: float) -> Series:
    return np.asarray(np.exp(np.log(factor) * change.ramp))


# ---- lost numbers --------------------------------------------------------------------------

_NAN_TOO = {
    "sft": ("entropy",),
    "dpo": ("entropy", "rewards/", "logps/", "logits/"),
    "orpo": ("rewards/", "logps/", "logits/", "nll_loss", "log_odds"),
    "cpo": ("rewards/", "logps/", "logits/", "nll_loss"),
    "reward": ("margin", "mean_reward", "min_reward", "max_reward"),
    "kto": ("kl", "entropy", "logits/"),
}


def nan_weights(columns: Columns, change: Change, algorithm: str) -> None:
    """The loss is filtered to 0, accuracies compare NaN and read 0, KTO sums without NaN."""
    _set(columns, change, 0.0, "loss", "mean_token_accuracy", "rewards/accuracies", "accuracy")
    _set(columns, change, np.nan, "grad_norm")
    for key in columns:
        if key.startswith(_NAN_TOO[algorithm]) and not key.endswith("accuracies"):
            columns[key][change.onset :] = np.nan
    if algorithm == "kto":
        zero = (
            "rewards/chosen",
            "rewards/rejected",
            "rewards/margins",
            "logps/chosen",
            "logps/rejected",
        )
        _set(columns, change, 0.0, *zero)


def _nan_of(algorithm: str) -> Edit:
    return lambda columns, change: nan_weights(columns, change, algorithm)


def infinite_gradient(columns: Columns, change: Change) -> None:
    """Sizes: three rows, ten, and all that follow."""
    rows = int(change.pick(3, 10, change.plan.rows))
    columns["grad_norm"][change.onset : change.onset + rows] = np.inf


def nan_loss(columns: Columns, change: Change) -> None:
    """With the filter off; the gradient is NaN with it."""
    _set(columns, change, np.nan, "loss", "grad_norm")


def reward_none(columns: Columns, change: Change) -> None:
    """The reward function scores nothing: None in the log, and no gradient."""
    rows = int(change.pick(3, 10, change.plan.rows))
    part = slice(change.onset, change.onset + rows)
    for key in ("reward", "reward_std", "rewards/quality/mean", "rewards/quality/std"):
        columns[key][part] = np.nan
    columns["frac_reward_zero_std"][part] = 0.0
    columns["grad_norm"][part] = 0.0


def ppo_nan(columns: Columns, change: Change) -> None:
    for key in columns:
        if key not in ("lr", "episode", "val/num_eos_tokens"):
            columns[key][change.onset :] = np.nan


# ---- the optimiser -------------------------------------------------------------------------


def learning_rate_zero(columns: Columns, change: Change) -> None:
    key = "lr" if "lr" in columns else "learning_rate"
    _set(columns, change, 0.0, key)


def learning_rate_jump(columns: Columns, change: Change) -> None:
    factor = change.pick(4, 20, 200)
    columns["learning_rate"] = columns["learning_rate"] * _jump(change, factor)
    _scale(columns, _jump(change, change.pick(1.2, 2, 5)), "grad_norm")


def gradient_explosion(columns: Columns, change: Change) -> None:
    _scale(columns, _jump(change, change.pick(12, 30, 300)), "grad_norm")


def gradient_growth(columns: Columns, change: Change) -> None:
    _scale(columns, _drift(change, change.pick(6, 12, 40)), "grad_norm")


def gradient_zero(columns: Columns, change: Change) -> None:
    _set(columns, change, 0.0, "grad_norm")


# ---- the loss ------------------------------------------------------------------------------


def _follow_loss(columns: Columns, factor: Series) -> None:
    """What goes along with a loss that rises for lack of skill."""
    if "mean_token_accuracy" in columns and "margin" not in columns:
        columns["mean_token_accuracy"] = columns["mean_token_accuracy"] / np.sqrt(factor)
    _scale(columns, factor, "nll_loss")
    for key in ("rewards/margins", "margin"):
        if key in columns:
            columns[key] = columns[key] / factor**2


def loss_jump(columns: Columns, change: Change) -> None:
    """Measured by the loss of the start, below which a jump of a loss near 0 does not matter."""
    start = float(np.median(columns["loss"][:10]))
    rise = start * change.pick(0.5, 1.2, 4)
    before = columns["loss"].copy()
    columns["loss"] = columns["loss"] + rise * change.after * np.exp(
        0.05 * change.plan.noise(change.plan.rows)
    )
    _follow_loss(columns, np.clip(columns["loss"] / before, 1, 10))


def loss_drift(columns: Columns, change: Change) -> None:
    start = float(np.median(columns["loss"][:10]))
    before = columns["loss"].copy()
    columns["loss"] = columns["loss"] + start * change.pick(0.25, 0.6, 1.5) * change.ramp
    _follow_loss(columns, np.clip(columns["loss"] / before, 1, 10))


def loss_frozen(columns: Columns, change: Change) -> None:
    """Outputs saturate: the loss repeats to the last digit, the gradient is gone."""
    columns["loss"][change.onset :] = columns["loss"][change.onset]
    _scale(columns, 1 - change.after, "grad_norm")


def overfitting(columns: Columns, change: Change) -> None:
    if "eval_loss" not in columns:
        columns["eval_loss"] = np.minimum.accumulate(np.abs(columns["loss"])) * 1.02
    held = columns["eval_loss"].copy()
    held[change.onset :] = held[change.onset]
    columns["eval_loss"] = held * _drift(change, change.pick(1.15, 1.4, 2.5))
    columns["loss"] = columns["loss"] * (1 - 0.15 * change.ramp)


# ---- fine-tuning ---------------------------------------------------------------------------


def accuracy_drop(columns: Columns, change: Change) -> None:
    factor = change.pick(0.75, 0.5, 0.15)
    _scale(columns, _jump(change, factor), "mean_token_accuracy")


def all_masked(columns: Columns, change: Change) -> None:
    _set(columns, change, 0.0, "loss", "mean_token_accuracy", "grad_norm")


def entropy_fall(columns: Columns, change: Change) -> None:
    _scale(columns, np.maximum(_drift(change, change.pick(0.1, 0.03, 0.01)), 1e-3), "entropy")


def tokens_fall(columns: Columns, change: Change) -> None:
    each = np.diff(columns["num_tokens"], prepend=0.0) * _jump(
        change, change.pick(0.45, 0.25, 0.05)
    )
    columns["num_tokens"] = np.cumsum(each)


def tokens_stall(columns: Columns, change: Change) -> None:
    columns["num_tokens"] = np.minimum(
        columns["num_tokens"], columns["num_tokens"][max(change.onset - 1, 0)]
    )


# ---- preferences ---------------------------------------------------------------------------


def _margin_key(columns: Columns) -> str:
    return "margin" if "margin" in columns else "rewards/margins"


def margins_zero(columns: Columns, change: Change) -> None:
    """Identical pairs from a row on: no margin, no preference, no gradient to speak of."""
    _set(columns, change, 0.0, _margin_key(columns), "rewards/accuracies", "accuracy")
    _scale(columns, 1 - (1 - 1e-7) * change.after, "grad_norm")
    if "rewards/chosen" in columns:
        columns["rewards/rejected"][change.onset :] = columns["rewards/chosen"][change.onset :]


def labels_random(columns: Columns, change: Change) -> None:
    """No signal from the start: margins around 0, accuracies of a coin. Sizes: the scatter."""
    rows, noise = change.plan.rows, change.plan.noise
    margin = 0.02 * change.pick(0.3, 1, 2) * noise(rows)
    columns[_margin_key(columns)] = margin
    pairs = change.plan.batch * min(change.plan.logging_steps, 10)
    for key in ("rewards/accuracies", "accuracy"):
        if key in columns:
            columns[key] = noise.source.binomial(pairs, 0.5, rows) / pairs
    odds = {"log_odds_chosen": margin, "log_odds_ratio": -np.log(2) + margin / 2}
    columns.update({key: value for key, value in odds.items() if key in columns})
    if "nll_loss" not in columns:
        columns["loss"] = np.log(2) + 0.01 * noise(rows)
        columns["eval_loss"] = np.full(rows, np.log(2))


def margin_loss(columns: Columns, change: Change) -> None:
    """A margin that was learned is lost within a log."""
    key = _margin_key(columns)
    share = change.pick(0.2, 0.05, -0.2)
    columns[key] = columns[key] * _jump(change, share)
    for accuracy in ("rewards/accuracies", "accuracy"):
        if accuracy in columns:
            lost = 0.5 + (columns[accuracy] - 0.5) * share
            columns[accuracy] = np.where(change.after > 0, lost, columns[accuracy])


def margin_growth(columns: Columns, change: Change) -> None:
    rise = change.pick(14, 30, 80) * np.minimum(change.ramp * 2, 1)
    for key in ("rewards/margins", "margin"):
        if key in columns:
            columns[key] = columns[key] + rise
    if "rewards/rejected" in columns:
        columns["rewards/rejected"] = columns["rewards/rejected"] - rise
    if "max_reward" in columns:
        columns["max_reward"] = columns["max_reward"] + rise / 2
        columns["min_reward"] = columns["min_reward"] - rise / 2


def displacement(columns: Columns, change: Change) -> None:
    """Both log-probabilities fall to a multiple of their start, the rejected ones further."""
    factor = _drift(change, change.pick(2, 4, 12))
    _scale(columns, factor, "logps/chosen")
    _scale(columns, factor**1.2, "logps/rejected")


def inverted(columns: Columns, change: Change) -> None:
    """Training moves against the preferences."""
    key = _margin_key(columns)
    columns[key] = columns[key] * (1 - change.after) - change.pick(0.5, 2, 8) * change.ramp
    for accuracy in ("rewards/accuracies", "accuracy"):
        if accuracy in columns:
            columns[accuracy] = columns[accuracy] * (1 - 0.5 * np.minimum(change.ramp, 1))


def nll_rise(columns: Columns, change: Change) -> None:
    factor = _drift(change, change.pick(1.4, 2, 4))
    before = columns["nll_loss"].copy()
    _scale(columns, factor, "nll_loss")
    columns["loss"] = columns["loss"] + columns["nll_loss"] - before


def one_sided(columns: Columns, change: Change) -> None:
    """Batches without an undesirable example do not log it: absent, which is -inf here."""
    share = change.pick(0.35, 0.7, 1)
    drawn = change.plan.noise.source.random(change.plan.rows) < share
    gone = drawn & (change.after > 0)
    for key in ("rewards/rejected", "logps/rejected", "logits/rejected", "rewards/margins"):
        columns[key][gone] = -np.inf


def kto_kl_runaway(columns: Columns, change: Change) -> None:
    columns["kl"] = columns["kl"] + change.pick(20, 60, 300) * change.ramp


def kto_stuck(columns: Columns, change: Change) -> None:
    """Saturated: the loss is exactly a half, rewards far below 0, no gradient."""
    columns["loss"][change.onset :] = 0.5
    _set(columns, change, 0.0, "grad_norm", "kl")
    for key in ("rewards/chosen", "rewards/rejected"):
        columns[key] = columns[key] - change.pick(10, 40, 100) * change.after
    for key in ("logps/chosen", "logps/rejected"):
        columns[key] = columns[key] - 10 * change.pick(10, 40, 100) * change.after


def odds_scatter(columns: Columns, change: Change) -> None:
    wild = change.pick(3, 6, 20) * change.plan.noise.source.standard_normal(change.plan.rows)
    columns["log_odds_chosen"] = columns["log_odds_chosen"] + wild * change.after


def scores_drift(columns: Columns, change: Change) -> None:
    for key in ("mean_reward", "min_reward", "max_reward"):
        columns[key] = columns[key] + change.pick(20, 50, 200) * change.ramp


def evaluation_swapped(columns: Columns, change: Change) -> None:
    """Chosen and rejected are swapped in the evaluation pairs. Sizes: how far that shows."""
    key = "eval_accuracy" if "margin" in columns else "eval_rewards/accuracies"
    train = columns["accuracy" if "margin" in columns else "rewards/accuracies"]
    before = columns.get(key, train).copy()
    train[:] = np.clip(train + 0.2 * change.after, 0, 1)
    columns[key] = np.where(change.after > 0, change.pick(0.3, 0.2, 0.05), before)


# ---- groups --------------------------------------------------------------------------------


def constant_reward(columns: Columns, change: Change) -> None:
    _set(columns, change, 1.0, "frac_reward_zero_std")
    _set(columns, change, 0.0, "grad_norm", "reward_std", "rewards/quality/std")
    for key in ("reward", "rewards/quality/mean"):
        columns[key][change.onset :] = columns[key][change.onset]


def prompt_reward(columns: Columns, change: Change) -> None:
    _set(columns, change, 1.0, "frac_reward_zero_std")
    _set(columns, change, 0.0, "grad_norm")


def dead_groups(columns: Columns, change: Change) -> None:
    share = change.pick(0.86, 0.93, 0.98)
    part = np.clip(share + 0.03 * change.plan.noise(change.plan.rows), 0, 1)
    columns["frac_reward_zero_std"] = np.where(
        change.after > 0, part, columns["frac_reward_zero_std"]
    )


def reward_crash(columns: Columns, change: Change) -> None:
    for key in ("reward", "rewards/quality/mean"):
        columns[key] = columns[key] * _jump(change, change.pick(0.4, 0.1, 0))


def reward_decline(columns: Columns, change: Change) -> None:
    for key in ("reward", "rewards/quality/mean"):
        columns[key] = columns[key] * (1 - np.minimum(change.pick(0.4, 0.7, 1) * change.ramp, 1))


def reward_scale(columns: Columns, change: Change) -> None:
    factor = _jump(change, change.pick(10, 30, 100))
    for key in ("reward", "rewards/quality/mean", "reward_std", "rewards/quality/std"):
        columns[key] = columns[key] * factor


def entropy_collapse(columns: Columns, change: Change) -> None:
    """Entropy goes, contrast within groups goes with it, the reward stands still."""
    _scale(columns, np.maximum(_drift(change, change.pick(0.12, 0.05, 0.01)), 1e-3), "entropy")
    gone = np.minimum(change.ramp, 1) * change.pick(0.5, 0.8, 1)
    columns["frac_reward_zero_std"] = columns["frac_reward_zero_std"] * (1 - gone) + gone
    for key in ("reward", "rewards/quality/mean"):
        held = np.median(columns[key][max(change.onset - 10, 0) : change.onset + 1])
        columns[key] = np.where(change.after > 0, held + 0.05 * (columns[key] - held), columns[key])


def entropy_explosion(columns: Columns, change: Change) -> None:
    _scale(columns, _drift(change, change.pick(3, 5, 10)), "entropy", "policy/entropy_avg")
    level = np.median(columns["entropy"][:10])
    columns["entropy"] = columns["entropy"] + max(0.0, 0.6 - level) * np.minimum(change.ramp * 2, 2)
    for key in ("reward", "rewards/quality/mean"):
        columns[key] = columns[key] * (1 - 0.3 * np.minimum(change.ramp, 1))


def kl_jump(columns: Columns, change: Change) -> None:
    if "kl" not in columns:
        columns["kl"] = change.plan.noise.around(0.02, 0.15, change.plan.rows)
    columns["kl"] = columns["kl"] + change.pick(0.8, 2.5, 20) * change.after


def kl_drift(columns: Columns, change: Change) -> None:
    if "kl" not in columns:
        columns["kl"] = change.plan.noise.around(0.02, 0.15, change.plan.rows)
    columns["kl"] = columns["kl"] + change.pick(0.6, 1.5, 6) * change.ramp**2


def clipping(columns: Columns, change: Change) -> None:
    share = change.pick(0.28, 0.5, 0.8)
    for key in ("clip_ratio/region_mean", "policy/clipfrac_avg"):
        if key in columns:
            columns[key] = np.where(
                change.after > 0,
                share * np.exp(0.05 * change.plan.noise(change.plan.rows)),
                columns[key],
            )


def truncation(columns: Columns, change: Change) -> None:
    now = np.clip(change.pick(0.35, 0.7, 1) + 0.02 * change.plan.noise(change.plan.rows), 0, 1)
    columns["completions/clipped_ratio"] = np.where(
        change.after > 0, now, columns["completions/clipped_ratio"]
    )


def _lengths(columns: Columns, factor: Series) -> None:
    which = ("mean", "min", "max", "mean_terminated")
    _scale(columns, factor, *(f"completions/{one}_length" for one in which), "step_time")


def length_collapse(columns: Columns, change: Change) -> None:
    _lengths(columns, _jump(change, change.pick(0.35, 0.15, 0.03)))


def length_explosion(columns: Columns, change: Change) -> None:
    _lengths(columns, _jump(change, change.pick(3, 5, 10)))


def sampler_mismatch(columns: Columns, change: Change) -> None:
    gap, ratio = "sampling/sampling_logp_difference/mean", "sampling/importance_sampling_ratio/mean"
    if gap not in columns:
        columns[gap] = change.plan.noise.around(0.01, 0.15, change.plan.rows)
        columns[ratio] = np.ones(change.plan.rows)
    columns[gap] = columns[gap] + change.pick(0.08, 0.3, 1) * change.after
    columns[ratio] = columns[ratio] - change.pick(0.25, 0.55, 0.8) * change.after


def tool_failure(columns: Columns, change: Change) -> None:
    rows, noise = change.plan.rows, change.plan.noise
    columns["tools/call_frequency"] = noise.around(1.0, 0.1, rows)
    columns["tools/failure_frequency"] = np.clip(
        0.05 + 0.02 * noise(rows) + change.pick(0.25, 0.6, 0.95) * change.after, 0, 1
    )


def hacking(columns: Columns, change: Change) -> None:
    """The reward rises on, the evaluation falls."""
    usual = float(np.median(columns["reward_std"]))
    best = 0.6 * columns["reward"][change.onset]
    columns["reward"] = columns["reward"] + usual * change.ramp
    columns["eval_reward"] = np.where(
        change.after > 0,
        best - usual * change.pick(0.6, 1.5, 4) * change.ramp,
        0.6 * columns["reward"],
    )


# ---- PPO -----------------------------------------------------------------------------------


def ppo_kl_jump(columns: Columns, change: Change) -> None:
    tokens = columns["objective/entropy"] / columns["policy/entropy_avg"]
    columns["objective/kl"] = (
        columns["objective/kl"] + change.pick(0.8, 2.5, 10) * tokens * change.after
    )


def ppo_kl_drift(columns: Columns, change: Change) -> None:
    tokens = columns["objective/entropy"] / columns["policy/entropy_avg"]
    columns["objective/kl"] = (
        columns["objective/kl"] + change.pick(0.6, 1.5, 6) * tokens * change.ramp**2
    )


def ppo_entropy(columns: Columns, change: Change) -> None:
    factor = np.maximum(_drift(change, change.pick(0.12, 0.05, 0.01)), 1e-3)
    _scale(columns, factor, "policy/entropy_avg", "objective/entropy")
    held = np.median(columns["objective/scores"][max(change.onset - 10, 0) : change.onset + 1])
    scores = columns["objective/scores"]
    columns["objective/scores"] = np.where(change.after > 0, held + 0.05 * (scores - held), scores)


def ppo_entropy_explosion(columns: Columns, change: Change) -> None:
    _scale(
        columns, _drift(change, change.pick(3, 5, 10)), "policy/entropy_avg", "objective/entropy"
    )
    columns["policy/entropy_avg"] = columns["policy/entropy_avg"] + 0.5 * np.minimum(change.ramp, 1)


def value_loss(columns: Columns, change: Change) -> None:
    _scale(columns, _jump(change, change.pick(12, 40, 1000)), "loss/value_avg")


def value_loss_growth(columns: Columns, change: Change) -> None:
    _scale(columns, _drift(change, change.pick(8, 20, 100)), "loss/value_avg")


def approx_kl(columns: Columns, change: Change) -> None:
    columns["policy/approxkl_avg"] = (
        columns["policy/approxkl_avg"] + change.pick(0.05, 0.15, 1) * change.after
    )


def ratio_off(columns: Columns, change: Change) -> None:
    columns["val/ratio"] = columns["val/ratio"] * _jump(change, change.pick(1.4, 2.5, 10))


def no_end_tokens(columns: Columns, change: Change) -> None:
    _set(columns, change, 0.0, "val/num_eos_tokens")


def kl_negative(columns: Columns, change: Change) -> None:
    columns["objective/kl"] = (
        columns["objective/kl"] * (1 - change.after) - change.pick(3, 8, 30) * change.after
    )


def score_crash(columns: Columns, change: Change) -> None:
    fall = change.pick(1.5, 3, 8) * max(1.0, float(np.ptp(columns["objective/scores"])))
    for key in ("objective/scores", "objective/rlhf_reward"):
        columns[key] = columns[key] - fall * change.after


def score_outruns(columns: Columns, change: Change) -> None:
    rise = change.pick(1, 2, 5) * change.ramp
    columns["objective/scores"] = columns["objective/scores"] + rise
    columns["objective/rlhf_reward"] = columns["objective/rlhf_reward"] - rise


# ---- first logs ----------------------------------------------------------------------------


def loss_above_chance(columns: Columns, change: Change) -> None:
    """A model that knows nothing of its tokens: worse than a guess among the whole vocabulary."""
    worse = change.pick(14, 30, 120)
    columns["loss"] = change.plan.noise.around(worse, 0.05, change.plan.rows)
    _scale(columns, 0.02, "mean_token_accuracy")


def gradient_absurd(columns: Columns, change: Change) -> None:
    usual = float(np.median(columns["grad_norm"]))
    _scale(columns, change.pick(2e4, 1e5, 1e7) / usual, "grad_norm")


def learning_rate_absurd(columns: Columns, change: Change) -> None:
    """A unit too many: 2e-2 where 2e-5 was meant."""
    peak = float(np.max(columns["learning_rate"]))
    _scale(columns, change.pick(2e-2, 0.1, 1) / peak, "learning_rate")


def other_reference(columns: Columns, change: Change) -> None:
    """The reference is another model: rewards are far from 0 before anything was learned."""
    rows, noise = change.plan.rows, change.plan.noise
    away = change.pick(3, 8, 30)
    apart = 0.5 * away * noise(rows)
    columns["rewards/chosen"] = columns["rewards/chosen"] - away + apart / 2
    columns["rewards/rejected"] = columns["rewards/rejected"] - away - apart / 2
    columns["rewards/margins"] = columns["rewards/margins"] + apart
    if "rewards/accuracies" in columns:
        columns["loss"] = np.logaddexp(0, -columns["rewards/margins"])


S, L, D = Kind.STATE_LOSS, Kind.LEVEL_SHIFT, Kind.DRIFT

RECIPES: tuple[Recipe, ...] = (
    *(Recipe("nan_weights", S, (one,), _nan_of(one), "high") for one in LOSSES),
    Recipe("infinite_gradient", S, LOOP, infinite_gradient),
    Recipe("nan_loss", S, LOSSES, nan_loss, "high"),
    Recipe("learning_rate_zero", L, (*LOOP, "ppo"), learning_rate_zero),
    Recipe("learning_rate_jump", L, LOOP, learning_rate_jump, is_relative=True),
    Recipe("gradient_explosion", L, LOOP, gradient_explosion, is_relative=True),
    Recipe("gradient_growth", D, LOOP, gradient_growth),
    Recipe("gradient_zero", L, LOOP, gradient_zero),
    Recipe("loss_jump", L, LOSSES, loss_jump, is_relative=True),
    Recipe("loss_drift", D, LOSSES, loss_drift),
    Recipe("loss_frozen", L, LOSSES, loss_frozen),
    Recipe("overfitting", D, ("sft", "dpo", "reward"), overfitting),
    Recipe("accuracy_drop", L, ("sft",), accuracy_drop, is_relative=True),
    Recipe("all_masked", S, ("sft",), all_masked),
    Recipe("entropy_fall", D, ("sft", "dpo"), entropy_fall),
    Recipe("tokens_fall", L, ("sft",), tokens_fall, is_relative=True),
    Recipe("tokens_stall", L, ("sft", "dpo", "kto", "reward", *GROUPS), tokens_stall),
    Recipe("margins_zero", L, MARGINS, margins_zero),
    Recipe("labels_random", D, (*PAIRS, "reward"), labels_random, is_from_start=True),
    Recipe("margin_loss", L, MARGINS, margin_loss, is_relative=True),
    Recipe("margin_growth", D, ("dpo", "cpo", "kto", "reward"), margin_growth),
    Recipe("displacement", D, (*PAIRS, "kto"), displacement),
    Recipe("inverted", D, (*PAIRS, "kto", "reward"), inverted),
    Recipe("nll_rise", D, ("orpo", "cpo"), nll_rise),
    Recipe("one_sided", L, ("kto",), one_sided),
    Recipe("kl_runaway", D, ("kto",), kto_kl_runaway),
    Recipe("stuck", L, ("kto",), kto_stuck),
    Recipe("odds_scatter", L, ("orpo",), odds_scatter),
    Recipe("scores_drift", D, ("reward",), scores_drift),
    Recipe("evaluation_swapped", D, ("dpo", "reward"), evaluation_swapped),
    Recipe("reward_none", S, GROUPS, reward_none, "high"),
    Recipe("constant_reward", L, GROUPS, constant_reward),
    Recipe("prompt_reward", L, GROUPS, prompt_reward),
    Recipe("dead_groups", L, GROUPS, dead_groups),
    Recipe("reward_crash", L, GROUPS, reward_crash, is_relative=True),
    Recipe("reward_decline", D, GROUPS, reward_decline),
    Recipe("reward_scale", L, GROUPS, reward_scale, is_relative=True),
    Recipe("entropy_collapse", D, GROUPS, entropy_collapse),
    Recipe("entropy_explosion", D, GROUPS, entropy_explosion),
    Recipe("kl_jump", L, GROUPS, kl_jump),
    Recipe("kl_drift", D, GROUPS, kl_drift),
    Recipe("clipping", L, (*GROUPS, "ppo"), clipping),
    Recipe("truncation", L, GROUPS, truncation),
    Recipe("length_collapse", L, GROUPS, length_collapse, is_relative=True),
    Recipe("length_explosion", L, GROUPS, length_explosion, is_relative=True),
    Recipe("sampler_mismatch", L, GROUPS, sampler_mismatch),
    Recipe("tool_failure", L, ("grpo",), tool_failure),
    Recipe("hacking", D, GROUPS, hacking),
    Recipe("nan_policy", S, ("ppo",), ppo_nan, "high"),
    Recipe("kl_jump", L, ("ppo",), ppo_kl_jump),
    Recipe("kl_drift", D, ("ppo",), ppo_kl_drift),
    Recipe("entropy_collapse", D, ("ppo",), ppo_entropy),
    Recipe("entropy_explosion", D, ("ppo",), ppo_entropy_explosion),
    Recipe("value_loss", L, ("ppo",), value_loss, is_relative=True),
    Recipe("value_loss_growth", D, ("ppo",), value_loss_growth),
    Recipe("approx_kl", L, ("ppo",), approx_kl),
    Recipe("ratio_off", L, ("ppo",), ratio_off),
    Recipe("no_end_tokens", L, ("ppo",), no_end_tokens),
    Recipe("kl_negative", L, ("ppo",), kl_negative),
    Recipe("score_crash", L, ("ppo",), score_crash, is_relative=True),
    Recipe("score_outruns", D, ("ppo",), score_outruns),
)


FIRST_LOGS: tuple[Recipe, ...] = (
    Recipe("loss_above_chance", L, ("sft",), loss_above_chance, is_from_start=True),
    Recipe("gradient_absurd", L, LOOP, gradient_absurd, is_from_start=True),
    Recipe("learning_rate_absurd", L, LOOP, learning_rate_absurd, is_from_start=True),
    Recipe("other_reference", L, ("dpo", "kto"), other_reference, is_from_start=True),
)
"""Faults that are there in the first log, and absurd in themselves."""


def recipes(algorithm: str) -> Iterator[Recipe]:
    """The faults that runs of an algorithm can have."""
    return (recipe for recipe in RECIPES if algorithm in recipe.algorithms)
