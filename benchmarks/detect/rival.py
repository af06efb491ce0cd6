"""The rules of the tool that is in use today, as it documents them, over the keys that it maps.

Every ten steps its heuristics run over the last 200 rows of the columns that it knows; each type of
finding is told once a run. NaN and None are dropped before anything is judged. A rule whose column
no trainer of today logs cannot fire and is left out. Where the documentation is open, what favours
the tool was chosen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.detect.runs import Run
from benchmarks.detect.scoring import Finding

HISTORY_ROWS = 200
EVERY_STEPS = 10

Series = NDArray[np.float64]
Columns = dict[str, Series]
Check = Callable[[Columns], "str | None"]
"""From the columns of the last rows to a level, or None."""

_PAIRS = {
    "rewards/chosen": "reward_mean",
    "rewards/margins": "reward_std",
    "rewards/accuracies": "win_rate",
    "loss": "loss",
}
_ONLINE = {
    "reward": "reward_mean",
    "reward_std": "reward_std",
    "kl": "kl",
    "entropy": "entropy",
    "loss": "loss",
}
_COLUMNS: dict[str, dict[str, str]] = {
    "sft": {"loss": "loss"},
    "dpo": {**_PAIRS, "rewards/margins": "reward_margin"},
    "orpo": {**_PAIRS, "log_odds_ratio": "log_odds_ratio"},
    "cpo": _PAIRS,
    "kto": {**_PAIRS, "kl": "kl"},
    "grpo": _ONLINE,
    "rloo": _ONLINE,
    "reward": {"loss": "loss"},
    "ppo": {
        "objective/kl": "kl",
        "objective/entropy": "entropy",
        "objective/scores": "reward_mean",
    },
}
"""What each trainer logs today, under the name that the tool's rules know it by."""


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    algorithms: tuple[str, ...]
    columns: tuple[str, ...]
    least_rows: int
    check: Check


def _slope(values: Series) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0]) if len(values) > 1 else 0.0


def _rolling(values: Series, window: int, statistic: Callable[..., Any]) -> Series:
    if len(values) < window:
        return np.array([])
    return np.asarray(statistic(np.lib.stride_tricks.sliding_window_view(values, window), axis=1))


def _spread(values: Series, window: int) -> Series:
    return _rolling(values, window, lambda view, axis: np.std(view, axis=axis, ddof=1))


def _any_above(column: str, limit: float, level: str) -> Check:
    return lambda data: level if bool((data[column] > limit).any()) else None


def _mean_above(column: str, window: int, limit: float, level: str) -> Check:
    return lambda data: level if float(data[column][-window:].mean()) > limit else None


def _variance_spike(data: Columns) -> str | None:
    short, long = _spread(data["reward_std"], 10), _spread(data["reward_std"], 50)
    if not len(long) or long[-1] == 0:
        return None
    ratio = short[-1] / long[-1]
    return "high" if ratio > 3.75 else "medium" if ratio > 2.5 else None


def _largest_spike(data: Columns) -> str | None:
    values = data["reward_std"]
    return "high" if values[-5:].max() >= 2.5 * values[-25:-5].mean() else None


def _volatility(data: Columns) -> str | None:
    steps = _rolling(np.diff(data["kl"]), 5, np.mean)
    return "medium" if len(steps) and float(np.abs(steps).max()) > 0.05 else None


def _hotspot(data: Columns) -> str | None:
    total = np.zeros(min(len(data["reward_mean"]), len(data["kl"])))
    for column in ("reward_mean", "kl"):
        values = data[column][-len(total) :]
        total += ((values - values.mean()) / (values.std() or 1.0)) ** 2
    worst = _rolling(total, min(30, len(total)), np.mean).max()
    return "high" if worst >= 2 else "medium" if worst > 1 else None


def _imbalance(data: Columns) -> str | None:
    reward = data["reward_mean"][-50:]
    above = reward[-1] > reward.mean() + reward.std()
    return "medium" if above and data["kl"][-1] > 0.2 else None


def _hacking(data: Columns) -> str | None:
    up, cost = _slope(data["reward_mean"][-50:]), _slope(data["kl"][-50:])
    return "high" if up > 0 and cost > 0.005 and cost / up > 3 else None


def _entropy(floor: float) -> Check:
    def check(data: Columns) -> str | None:
        now = data["entropy"][-30:].mean()
        if now < floor:
            return "high"
        return "medium" if now < 0.5 * data["entropy"][:30].mean() else None

    return check


def _near_chance(data: Columns) -> str | None:
    return "high" if abs(data["loss"][-10:].mean() - 0.693) < 0.02 else None


def _flat(column: str, window: int, limit: float) -> Check:
    return lambda data: "low" if abs(_slope(data[column][-window:])) < limit else None


def _scatters(column: str, window: int, limit: float) -> Check:
    def check(data: Columns) -> str | None:
        spread = _spread(data[column], window)
        return "medium" if len(spread) and spread.max() > limit else None

    return check


def _margin_collapse(data: Columns) -> str | None:
    values = data["reward_margin"]
    return "high" if abs(values[-20:].mean()) < 0.1 and abs(values[:20].mean()) > 0.2 else None


def _margin_low(data: Columns) -> str | None:
    return "high" if data["reward_margin"][-20:].mean() < 0.1 else None


def _loss_in_band(data: Columns) -> str | None:
    return "high" if 0.68 < data["loss"][-20:].mean() < 0.71 else None


def _loss_up(data: Columns) -> str | None:
    first, last = data["loss"][:30].mean(), data["loss"][-30:].mean()
    return "high" if last > 1.5 * abs(first) and _slope(data["loss"][-30:]) > 0.001 else None


_UNKNOWN = ("rloo", "reward")
"""Trainers that it does not know: the rules of all others run on whatever is there."""
_REWARDED = ("dpo", "orpo", "kto", "ppo")

RULES = (
    Rule("reward_variance_spike", _REWARDED, ("reward_mean", "reward_std"), 50, _variance_spike),
    Rule("yaml_reward_variance_spike", (*_REWARDED, "grpo"), ("reward_std",), 50, _largest_spike),
    Rule(
        "kl_instability", ("ppo", "dpo", "kto", "grpo"), ("kl",), 10, _any_above("kl", 0.3, "high")
    ),
    Rule(
        "kl_above_target",
        ("ppo", "dpo", "kto", "grpo"),
        ("kl",),
        10,
        _any_above("kl", 0.12, "medium"),
    ),
    Rule("kl_volatility", ("ppo", "dpo", "kto", "grpo"), ("kl",), 10, _volatility),
    Rule(
        "yaml_kl_high",
        ("ppo", "dpo", "kto", "grpo"),
        ("kl",),
        30,
        _mean_above("kl", 20, 0.3, "high"),
    ),
    Rule(
        "instability_hotspot", ("kto", "grpo", "rloo", "ppo"), ("reward_mean", "kl"), 15, _hotspot
    ),
    Rule("reward_model_imbalance", ("kto", "grpo", "ppo"), ("reward_mean", "kl"), 20, _imbalance),
    Rule("reward_hacking", ("kto", "grpo", "ppo"), ("reward_mean", "kl"), 50, _hacking),
    Rule("mode_collapse_entropy", ("grpo", "rloo", "ppo"), ("entropy",), 31, _entropy(1.0)),
    Rule("entropy_collapse", ("grpo", "ppo"), ("entropy",), 30, _entropy(0.1)),
    Rule("dpo_loss_random", ("dpo", *_UNKNOWN), ("loss",), 10, _near_chance),
    Rule("yaml_dpo_loss_random", ("dpo",), ("loss",), 30, _loss_in_band),
    Rule("dpo_loss_plateau", ("dpo", *_UNKNOWN), ("loss",), 20, _flat("loss", 20, 1e-4)),
    Rule("sft_loss_plateau", ("sft", *_UNKNOWN), ("loss",), 50, _flat("loss", 50, 1e-4)),
    Rule(
        "win_rate_instability",
        ("dpo", "orpo", "cpo"),
        ("win_rate",),
        5,
        _scatters("win_rate", 5, 0.3),
    ),
    Rule(
        "win_rate_plateau", ("dpo", "orpo", "cpo"), ("win_rate",), 80, _flat("win_rate", 80, 0.001)
    ),
    Rule("margin_collapse", ("dpo",), ("reward_margin",), 20, _margin_collapse),
    Rule("yaml_margin_collapse", ("dpo",), ("reward_margin",), 30, _margin_low),
    Rule(
        "odds_ratio_instability",
        ("orpo",),
        ("log_odds_ratio",),
        10,
        _scatters("log_odds_ratio", 10, 0.5),
    ),
    Rule("grpo_loss_divergence", ("grpo", "rloo"), ("loss",), 60, _loss_up),
)


def rules_of_today(run: Run) -> Sequence[Finding]:
    """What the tool tells of a run, in order."""
    return list(_findings(run))


def _findings(run: Run) -> Iterator[Finding]:
    names = _COLUMNS[run.algorithm]
    history: list[dict[str, float]] = []
    told: set[str] = set()
    for number, row in enumerate(run.rows):
        known = {names[key]: row[key] for key in names if _is_number(row.get(key))}
        loss = known.get("loss", 0.0)
        if (
            "hard" not in told
            and run.algorithm in ("sft", "dpo", "ppo")
            and (math.isinf(loss) or loss > 100)
        ):
            told.add("hard")
            yield Finding(number, "loss_not_finite_or_huge", "critical")
        history = [*history[-HISTORY_ROWS + 1 :], known]
        if row["step"] % EVERY_STEPS == 0 and known:
            yield from _judged(run.algorithm, number, history, told)


def _judged(
    algorithm: str, number: int, history: list[dict[str, float]], told: set[str]
) -> Iterator[Finding]:
    columns = {
        name: np.array([row[name] for row in history if name in row])
        for name in _COLUMNS[algorithm].values()
    }
    for rule in RULES:
        if algorithm not in rule.algorithms or rule.name in told:
            continue
        if any(len(columns.get(name, ())) < rule.least_rows for name in rule.columns):
            continue
        level = rule.check(columns)
        if level is not None:
            told.add(rule.name)
            yield Finding(number, rule.name, level)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not math.isnan(value)
