"""Healthy logs of each trainer, drawn over the scales that runs have: tiny models to large ones.

Each maker gives the columns that the trainer logs. What a metric reads is made of a few latent
curves, so that metrics of one run agree: the margin of DPO makes its loss, accuracy and rewards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.detect.noise import COLOURS, Noise, Series, falling, rising, schedule

Columns = dict[str, Series]


@dataclass
class Plan:
    """What is drawn for a run before any metric is."""

    rows: int
    logging_steps: int
    noise: Noise
    batch: int
    config: dict[str, Any]
    rows_of_ramp: float = 60
    """Rows within which a drift reaches its size."""
    evaluates_every: int = 20
    """Rows from one evaluation to the next."""


def draw_plan(seed: int) -> Plan:
    source = np.random.default_rng(seed)
    tails, rho = COLOURS[source.integers(len(COLOURS))]
    noise = Noise(source, tails, rho)
    rows = int(source.choice([50, 120, 200, 300, 400, 1000], p=[0.1, 0.15, 0.3, 0.25, 0.15, 0.05]))
    every = int(source.choice([1, 10, 50], p=[0.5, 0.35, 0.15]))
    peak = noise.log_uniform(5e-7, 2e-4)
    config = {"max_steps": rows * every, "logging_steps": every, "learning_rate": peak}
    return Plan(rows, every, noise, int(source.choice([4, 8, 16, 32, 64, 128])), config)


def _every_trainer(plan: Plan) -> Columns:
    """Gradient norm and schedule: what the loop logs beside the loss."""
    noise, rows = plan.noise, plan.rows
    level = noise.log_uniform(0.05, 5)
    trend = falling(rows, level * noise.uniform(1, 2.5), level, noise.uniform(0.05, 0.5))
    shape = str(noise.source.choice(["linear", "cosine", "constant"]))
    warmup = float(noise.source.choice([0, 0.03, 0.1]))
    return {
        "grad_norm": noise.around(trend, noise.uniform(0.05, 0.35), rows),
        "learning_rate": schedule(rows, plan.config["learning_rate"], warmup, shape),
        "epoch": np.arange(1, rows + 1) / rows * noise.uniform(0.3, 3),
    }


def _tokens(plan: Plan) -> Series:
    each = plan.batch * plan.logging_steps * plan.noise.log_uniform(50, 2000)
    return np.cumsum(np.round(plan.noise.around(each, 0.08, plan.rows)))


EVALUATION_PAIRS = 200


def _binomial(plan: Plan, share: Series, pairs: int = 0) -> Series:
    """The part of the pairs of a batch that is won; logs average over their window."""
    pairs = pairs or plan.batch * min(plan.logging_steps, 10)
    return plan.noise.source.binomial(pairs, np.clip(share, 0, 1)) / pairs


def sft(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    start = noise.uniform(0.9, 4.2)
    trend = falling(rows, start, start * noise.uniform(0.45, 0.9), noise.uniform(0.05, 0.5))
    scatter = noise.uniform(0.01, 0.08)
    loss = noise.around(trend, scatter, rows)
    columns = _every_trainer(plan) | {
        "loss": loss,
        "entropy": noise.around(trend * noise.uniform(0.85, 1.1), scatter / 2, rows),
        "mean_token_accuracy": np.clip(np.exp(-0.4 * loss) + 0.01 * noise(rows), 0.01, 0.99),
        "num_tokens": _tokens(plan),
    }
    if noise.chance(0.5):
        columns["eval_loss"] = noise.around(trend * noise.uniform(1, 1.08), 0.004, rows)
    return columns


def _preference(plan: Plan, scale: float) -> tuple[Series, Series]:
    """The latent margin of a run, and the part of pairs that is won at it.

    Rewards are beta times a log-ratio, which healthy runs keep to some 60 nats.
    """
    noise, rows = plan.noise, plan.rows
    final = scale * min(5, plan.config.get("beta", 0.1) * noise.log_uniform(5, 60))
    trend = rising(rows, 0, final, noise.uniform(0.1, 0.5), noise.uniform(0.08, 0.25))
    width = scale * noise.uniform(0.4, 1.2) + 0.3 * trend
    share = 1 / (1 + np.exp(-1.7 * trend / width))
    return trend + 0.15 * width * noise(rows) / np.sqrt(plan.batch / 4) * np.minimum(
        1, trend
    ), share


def _logps(plan: Plan, columns: Columns, beta: float, tokens: float) -> None:
    """Log-probabilities that rewards are made of; batches differ by their lengths."""
    noise, rows = plan.noise, plan.rows
    base = -tokens * noise.uniform(0.6, 1.5)
    scatter = noise.uniform(0.01, 0.06)
    for side in ("chosen", "rejected"):
        columns[f"logps/{side}"] = (
            -noise.around(-base, scatter, rows) + columns[f"rewards/{side}"] / beta
        )
        level = noise.uniform(-2, 2)
        columns[f"logits/{side}"] = (
            level + 0.1 * noise(rows) + np.linspace(0, noise.uniform(-0.5, 0.5), rows)
        )


def _sides(plan: Plan, margin: Series) -> Columns:
    """Rewards of chosen and rejected whose difference is the margin."""
    part = plan.noise.uniform(-0.3, 0.5)
    return {
        "rewards/chosen": part * margin,
        "rewards/rejected": (part - 1) * margin,
        "rewards/margins": margin,
    }


def dpo(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    beta = plan.config["beta"] = float(noise.source.choice([0.05, 0.1, 0.3]))
    margin, share = _preference(plan, 1.0)
    loss = np.log1p(np.exp(-margin)) * np.exp(0.04 * noise(rows))
    columns = _every_trainer(plan) | _sides(plan, margin)
    columns["grad_norm"] = columns["grad_norm"] * np.clip(loss / 0.69, 0.05, 2)
    _logps(plan, columns, beta, noise.log_uniform(60, 800))
    start = noise.uniform(0.3, 4)
    columns |= {
        "loss": loss,
        "rewards/accuracies": _binomial(plan, share),
        "entropy": noise.around(
            falling(rows, start, start * noise.uniform(0.75, 1), 0.4), 0.02, rows
        ),
        "mean_token_accuracy": np.clip(noise.uniform(0.3, 0.8) + 0.02 * noise(rows), 0, 1),
        "num_tokens": _tokens(plan),
    }
    if noise.chance(0.5):
        columns["eval_loss"] = np.log1p(np.exp(-0.9 * np.maximum.accumulate(margin)))
        columns["eval_rewards/accuracies"] = _binomial(
            plan, np.clip(share - 0.03, 0, 1), EVALUATION_PAIRS
        )
    return columns


def kto(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    margin, _ = _preference(plan, 1.0)
    columns = _every_trainer(plan) | _sides(plan, margin)
    _logps(plan, columns, 0.1, noise.log_uniform(60, 800))
    # a divergence is estimated around a small positive one, and clamped
    far = rising(rows, 0.1, noise.log_uniform(0.3, 8), 0.4, 0.2)
    start = noise.uniform(0.3, 4)
    return columns | {
        "loss": 0.5 - 0.4 * np.tanh(np.maximum(margin, 0) / 4) + 0.01 * noise(rows),
        "kl": np.maximum(0, far * (1 + 0.3 * noise(rows))),
        "entropy": noise.around(falling(rows, start, start * 0.85, 0.4), 0.02, rows),
        "num_tokens": _tokens(plan),
    }


def _likelihood(plan: Plan) -> tuple[Series, float]:
    start = plan.noise.uniform(0.8, 4)
    trend = falling(
        plan.rows, start, start * plan.noise.uniform(0.5, 0.9), plan.noise.uniform(0.1, 0.5)
    )
    return plan.noise.around(trend, plan.noise.uniform(0.01, 0.06), plan.rows), start


def orpo(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    nll, _ = _likelihood(plan)
    odds, share = _preference(plan, 0.8)
    beta = plan.config["beta"] = 0.1
    chosen = -nll * noise.uniform(0.9, 1.1)
    columns = _every_trainer(plan) | {
        "rewards/chosen": beta * chosen,
        "rewards/rejected": beta * (chosen - 0.8 * odds),
        "rewards/margins": beta * 0.8 * odds,
        "rewards/accuracies": _binomial(plan, share),
        "logps/chosen": chosen,
        "logps/rejected": chosen - 0.8 * odds,
        "nll_loss": nll,
        "log_odds_chosen": odds,
        "log_odds_ratio": -np.log1p(np.exp(-odds)),
        "loss": nll + beta * np.log1p(np.exp(-odds)),
    }
    for side in ("chosen", "rejected"):
        columns[f"logits/{side}"] = noise.uniform(-2, 2) + 0.1 * noise(rows)
    return columns


def cpo(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    nll, _ = _likelihood(plan)
    margin, share = _preference(plan, 1.0)
    beta = plan.config["beta"] = 0.1
    chosen = -noise.log_uniform(20, 100) * nll / nll[0]
    columns = _every_trainer(plan) | {
        "rewards/chosen": beta * chosen,
        "rewards/rejected": beta * chosen - margin,
        "rewards/margins": margin,
        "rewards/accuracies": _binomial(plan, share),
        "logps/chosen": chosen,
        "logps/rejected": chosen - margin / beta,
        "nll_loss": nll,
        "loss": nll + np.log1p(np.exp(-margin)),
    }
    for side in ("chosen", "rejected"):
        columns[f"logits/{side}"] = noise.uniform(-2, 2) + 0.1 * noise(rows)
    return columns


def reward(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    margin, share = _preference(plan, 1.0)
    loss = np.log1p(np.exp(-margin)) * np.exp(0.05 * noise(rows))
    level = noise.uniform(-0.5, 0.5)
    middle = level + 0.1 * noise(rows)
    width = 1 + np.maximum(margin, 0) * noise.uniform(1, 1.6)
    columns = _every_trainer(plan) | {
        "loss": loss,
        "accuracy": _binomial(plan, share),
        "margin": margin,
        "mean_reward": middle,
        "min_reward": middle - noise.around(width, 0.1, rows),
        "max_reward": middle + noise.around(width, 0.1, rows),
        "num_tokens": _tokens(plan),
    }
    columns["grad_norm"] = columns["grad_norm"] * np.clip(loss / 0.69, 0.05, 2)
    if noise.chance(0.5):
        columns["eval_loss"] = np.log1p(np.exp(-0.9 * np.maximum.accumulate(margin)))
        columns["eval_accuracy"] = _binomial(plan, np.clip(share - 0.03, 0, 1), EVALUATION_PAIRS)
    return columns


def grpo(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    generations = plan.config["num_generations"] = int(noise.source.choice([4, 8, 16]))
    groups = max(1, plan.batch // generations) * min(plan.logging_steps, 10)
    start = noise.uniform(0.05, 0.5)
    won = rising(rows, start, noise.uniform(start + 0.1, 0.85), noise.uniform(0.2, 0.6), 0.2)
    skill = np.clip(won + 0.02 * noise(rows), 0.01, 0.99)
    scale = noise.log_uniform(0.5, 5)
    each = np.sqrt(skill * (1 - skill))
    flat = skill**generations + (1 - skill) ** generations
    # prompts differ: part of them is always solved or never
    flat = np.clip(0.5 * flat + noise.uniform(0, 0.25), 0, 0.7)
    reward_mean = scale * (skill + each * noise(rows) / np.sqrt(groups * generations))
    first = noise.uniform(0.2, 1.2) if noise.chance(0.7) else 4.5
    undecided = falling(rows, first, first * noise.uniform(0.27, 0.9), noise.uniform(0.1, 0.5))
    length = noise.log_uniform(40, 2000)
    grown = length * rising(rows, 1, noise.uniform(0.75, 1.6), 0.5, 0.2)
    mean_length = noise.around(grown, noise.uniform(0.02, 0.08), rows)
    cut = np.clip(noise.uniform(0, 0.06) + 0.01 * noise(rows), 0, 1)
    columns = _every_trainer(plan) | {
        "loss": 0.02 * noise(rows) if noise.chance(0.5) else 1e-8 * noise(rows),
        "num_tokens": _tokens(plan),
        "reward": reward_mean,
        "reward_std": noise.around(scale * each, 0.08, rows),
        "frac_reward_zero_std": noise.source.binomial(groups, flat) / groups,
        "entropy": noise.around(undecided, noise.uniform(0.02, 0.08), rows),
        "completions/mean_length": mean_length,
        "completions/min_length": np.maximum(1, mean_length * 0.3 * np.exp(0.2 * noise(rows))),
        "completions/max_length": mean_length * 2.2 * np.exp(0.1 * noise(rows)),
        "completions/clipped_ratio": cut,
        "completions/mean_terminated_length": mean_length * 0.95,
        "step_time": noise.around(5 * mean_length / length, 0.05, rows),
    }
    columns["rewards/quality/mean"] = columns["reward"]
    columns["rewards/quality/std"] = columns["reward_std"]
    on_policy = noise.chance(0.5)
    for which, share in (("low_mean", 0.4), ("high_mean", 0.6), ("region_mean", 1.0)):
        clipped = 0 if on_policy else noise.uniform(0.001, 0.03) * share
        columns[f"clip_ratio/{which}"] = np.full(rows, 1.0) * noise.around(clipped, 0.3, rows)
    if noise.chance(0.5):
        plan.config["beta"] = 0.04
        columns["kl"] = noise.around(
            rising(rows, 1e-3, noise.log_uniform(0.01, 0.2), 0.4, 0.2), 0.15, rows
        )
    if noise.chance(0.5):
        gap = noise.around(noise.log_uniform(0.002, 0.02), 0.15, rows)
        columns["sampling/sampling_logp_difference/mean"] = gap
        columns["sampling/importance_sampling_ratio/mean"] = 1 - 0.5 * gap
        columns["sampling/importance_sampling_ratio/min"] = np.exp(-30 * gap)
    if noise.chance(0.3):
        columns["tools/call_frequency"] = noise.around(noise.uniform(0.5, 3), 0.1, rows)
        columns["tools/failure_frequency"] = np.clip(0.05 + 0.02 * noise(rows), 0, 1)
    return columns


def rloo(plan: Plan) -> Columns:
    columns = grpo(plan)
    return {key: column for key, column in columns.items() if not key.startswith("tools/")}


def ppo(plan: Plan) -> Columns:
    noise, rows = plan.noise, plan.rows
    tokens = noise.log_uniform(20, 200)
    first = noise.uniform(0.5, 4.5)
    entropy = noise.around(falling(rows, first, first * noise.uniform(0.5, 1), 0.4), 0.02, rows)
    scores = (
        noise.uniform(-1, 1) + rising(rows, 0, noise.uniform(0.3, 3), 0.4, 0.2) + 0.1 * noise(rows)
    )
    apart = tokens * rising(rows, 0, noise.log_uniform(0.01, 0.15), 0.4, 0.2)
    apart = apart + 0.1 * np.sqrt(apart + 0.1) * noise(rows)
    moved = noise.around(noise.log_uniform(1e-5, 0.01), 0.3, rows)
    return {
        "objective/kl": apart,
        "objective/entropy": entropy * tokens,
        "objective/non_score_reward": -0.05 * apart,
        "objective/rlhf_reward": scores - 0.05 * apart,
        "objective/scores": scores,
        "policy/approxkl_avg": moved,
        "policy/clipfrac_avg": np.clip(moved * 15 + 0.01 * noise(rows), 0, 1),
        "loss/policy_avg": -0.01 + 0.005 * noise(rows),
        "loss/value_avg": noise.around(
            falling(rows, 0.5, noise.uniform(0.05, 0.4), 0.2), 0.25, rows
        ),
        "val/clipfrac_avg": np.clip(0.02 + 0.01 * noise(rows), 0, 1),
        "policy/entropy_avg": entropy,
        "val/ratio": 1 + 0.01 * noise(rows),
        "val/ratio_var": noise.around(1e-4, 0.5, rows),
        "val/num_eos_tokens": noise.source.binomial(plan.batch, 0.7, rows).astype(float),
        "lr": schedule(rows, plan.config["learning_rate"], 0, "linear"),
        "episode": np.arange(1, rows + 1) * float(plan.batch),
    }


MAKERS: dict[str, Callable[[Plan], Columns]] = {
    "sft": sft,
    "dpo": dpo,
    "kto": kto,
    "orpo": orpo,
    "cpo": cpo,
    "reward": reward,
    "grpo": grpo,
    "rloo": rloo,
    "ppo": ppo,
}
