"""Metrics of the older tool: it renamed logged keys, and had no units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ptt_rules.authoring.convert.conditions import BASE, INFINITE, VALUE
from ptt_rules.language import Quantity, Unit
from ptt_rules.language.metrics import EVAL, LoggedKey, meanings
from ptt_rules.language.syntax import RESERVED, as_name, quoted

TAKEN = RESERVED | {VALUE, BASE, INFINITE, "config", *(quantity.value for quantity in Quantity)}
"""Names that a metric of a converted pack cannot have."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A quantity: its unit, and the keys that trainers log it under.

    `otherwise` is the key of trainers that log none of the others.
    """

    unit: Unit
    keys: tuple[str, ...] = ()
    otherwise: str = ""


_LOSS = Logged(Unit.LOSS, ("loss",))
_MARGIN = Logged(Unit.SCORE, ("rewards/margins",))

KNOWN: dict[str, Logged] = {
    "loss": _LOSS,
    "eval_loss": Logged(Unit.LOSS),
    "sft_loss": Logged(Unit.LOSS, ("nll_loss",), otherwise="loss"),
    "dpo_loss": _LOSS,
    "orpo_loss": _LOSS,
    "kto_loss": _LOSS,
    "cpo_loss": _LOSS,
    "grpo_loss": Logged(Unit.LOSS, ("loss", "grpo/loss")),
    "ppo_loss": Logged(Unit.LOSS, ("ppo/loss/total", "ppo/loss", "loss/total")),
    "nll_loss": Logged(Unit.LOSS),
    "odds_ratio_loss": Logged(Unit.LOSS, ("or_loss",)),
    "policy_loss": Logged(Unit.LOSS, ("loss/policy_avg", "ppo/loss/policy", "ppo/policy_loss")),
    "value_loss": Logged(Unit.LOSS, ("loss/value_avg", "ppo/loss/value", "ppo/value_loss")),
    "grad_norm": Logged(Unit.NORM),
    "learning_rate": Logged(Unit.RATE, ("lr",)),
    "kl": Logged(Unit.NATS, ("objective/kl", "objective/kl_div", "kl_div", "grpo/kl")),
    "approx_kl": Logged(Unit.NATS, ("policy/approxkl_avg", "ppo/approx_kl")),
    "entropy": Logged(Unit.NATS, ("objective/entropy", "ppo/mean_entropy", "grpo/entropy")),
    "logprobs": Logged(Unit.NATS, ("objective/logprobs", "ppo/mean_logprobs", "logps/chosen")),
    "logps_chosen": Logged(Unit.NATS, ("logps/chosen",)),
    "logps_rejected": Logged(Unit.NATS, ("logps/rejected",)),
    "margin": _MARGIN,
    "reward_margin": _MARGIN,
    "reward": Logged(Unit.SCORE),
    "reward_mean": Logged(
        Unit.SCORE,
        (
            "reward",
            "objective/scores",
            "rewards/chosen",
            "rewards/mean",
            "env/reward_mean",
            "ppo/mean_scores",
        ),
    ),
    "reward_std": Logged(Unit.SCORE, ("rewards/std", "env/reward_std", "ppo/std_scores")),
    "rewards_chosen": Logged(Unit.SCORE, ("rewards/chosen",)),
    "rewards_rejected": Logged(Unit.SCORE, ("rewards/rejected",)),
    "group_reward_mean": Logged(Unit.SCORE, ("reward", "rewards/mean", "grpo/reward_mean")),
    "group_reward_std": Logged(Unit.SCORE, ("reward_std", "rewards/std", "grpo/reward_std")),
    "group_advantage_mean": Logged(Unit.NONE, ("advantages/mean", "grpo/advantages_mean")),
    "group_advantage_std": Logged(Unit.NONE, ("advantages/std", "grpo/advantages_std")),
    "advantages_mean": Logged(Unit.NONE, ("advantages/mean", "ppo/mean_advantages")),
    "advantages_std": Logged(Unit.NONE, ("advantages/std", "ppo/std_advantages")),
    "value_mean": Logged(Unit.SCORE, ("values/mean", "ppo/mean_values")),
    "value_std": Logged(Unit.SCORE, ("values/std", "ppo/std_values")),
    "returns_mean": Logged(Unit.SCORE, ("returns/mean", "ppo/mean_returns")),
    "returns_std": Logged(Unit.SCORE, ("returns/std", "ppo/std_returns")),
    "reward_per_func": Logged(Unit.SCORE, ("grpo/reward_per_func",)),
    "num_generations": Logged(Unit.COUNT, ("grpo/num_generations",)),
    "win_rate": Logged(Unit.RATIO, ("rewards/accuracies", "eval/win_rate", "eval_win_rate")),
    "accuracy": Logged(Unit.RATIO, ("eval_accuracy",)),
    "perplexity": Logged(Unit.NONE, ("eval_perplexity",)),
    "refusal_rate": Logged(Unit.RATIO, ("safety/refusal_rate",)),
    "embedding_cosine_to_sft": Logged(
        Unit.NONE, ("policy/cosine_to_ref", "embedding_cosine", "cosine_to_sft")
    ),
    "clip_fraction": Logged(
        Unit.RATIO, ("policy/clipfrac_avg", "clip_ratio/region_mean", "ppo/clip_fraction")
    ),
    "truncation_rate": Logged(Unit.RATIO, ("completions/clipped_ratio",)),
    "completion_length": Logged(Unit.TOKENS, ("completions/mean_length", "grpo/completion_length")),
    "output_length_mean": Logged(
        Unit.TOKENS,
        (
            "completions/mean_length",
            "tokens/response_mean",
            "env/output_length",
            "response_length",
        ),
    ),
}
"""By the older tool's names; the name itself is always one of the keys."""

_UNITS = {key: logged.unit for logged in KNOWN.values() for key in logged.keys}


def metric_names(keys: Iterable[str]) -> dict[str, str]:
    """A name for each key, no two alike."""
    names: dict[str, str] = {}
    for key in keys:
        if key not in names:
            names[key] = _free(as_name(key, "metric"), {*names.values(), *TAKEN})
    return names


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    others = (f"{name}_{number}" for number in range(2, len(taken) + 3))
    return next(other for other in (f"{name}_metric", *others) if other not in taken)


def declaration(key: str, name: str, trainers: Sequence[str]) -> str:
    """The line that declares a metric, with the name that the alert has for it among its keys."""
    keys = keys_of(key, trainers)
    unit = _logged(key).unit.value
    about = quoted(_about(key, keys, trainers))
    return f"metric {name}: {unit} = {', '.join(map(quoted, keys))} {about}\n"


def keys_of(key: str, trainers: Sequence[str]) -> tuple[str, ...]:
    """The keys that a metric of the older tool is read from, those that the trainers log first."""
    logged = _logged(key)
    keys = [key, *logged.keys]
    if not trainers or not all(_is_logged_by(trainer, logged.keys) for trainer in trainers):
        keys += filter(None, [logged.otherwise])
    return tuple(sorted(dict.fromkeys(keys), key=lambda one: not meanings(one, trainers)))


def _is_logged_by(trainer: str, keys: Iterable[str]) -> bool:
    return any(meanings(key, [trainer]) for key in keys)


def range_of(key: str, trainers: Sequence[str]) -> tuple[float | None, float | None]:
    """The bounds of a metric by its definition, None where there is none."""
    rows = [row for one in keys_of(key, trainers) for row in meanings(one, trainers)]
    bounds = {(row.low, row.high) for row in rows}
    return bounds.pop() if len(bounds) == 1 else (None, None)


def _logged(key: str) -> Logged:
    return KNOWN.get(key, Logged(_UNITS.get(key, Unit.NONE)))


def _about(key: str, keys: Sequence[str], trainers: Sequence[str]) -> str:
    """What the trainers mean by the keys; if that is not one thing, where the name is from."""
    known = {row.about for one in keys for row in _newest(meanings(one, trainers))}
    is_of_evaluations = any(one.startswith(EVAL) for one in keys)
    only = known.pop() if len(known) == 1 and not is_of_evaluations else ""
    return only or f"What the older rules call `{key}`."


def _newest(rows: Iterable[LoggedKey]) -> Iterable[LoggedKey]:
    """Of the meanings that a key has had with the same trainers the newest, which stands first."""
    first: dict[tuple[str, ...], LoggedKey] = {}
    for row in rows:
        first.setdefault(row.trainers, row)
    return first.values()
