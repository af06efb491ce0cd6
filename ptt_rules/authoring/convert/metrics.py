"""Metrics of the older tool: it renamed logged keys, and had no units."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ptt_rules.authoring.convert.conditions import BASE, VALUE
from ptt_rules.language import Quantity, Unit
from ptt_rules.language.syntax import RESERVED, as_name, quoted

TAKEN = RESERVED | {VALUE, BASE, "config", *(quantity.value for quantity in Quantity)}
"""Names that a metric of a converted pack cannot have."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A quantity: its unit, and the keys that trainers log it under."""

    unit: Unit
    keys: tuple[str, ...] = ()


_LOSS = Logged(Unit.LOSS, ("loss",))
_MARGIN = Logged(Unit.SCORE, ("rewards/margins",))

KNOWN: dict[str, Logged] = {
    "loss": _LOSS,
    "eval_loss": Logged(Unit.LOSS),
    "sft_loss": _LOSS,
    "dpo_loss": _LOSS,
    "orpo_loss": _LOSS,
    "kto_loss": _LOSS,
    "cpo_loss": _LOSS,
    "grpo_loss": _LOSS,
    "nll_loss": Logged(Unit.LOSS),
    "policy_loss": Logged(Unit.LOSS, ("loss/policy_avg",)),
    "value_loss": Logged(Unit.LOSS, ("loss/value_avg",)),
    "grad_norm": Logged(Unit.NORM),
    "learning_rate": Logged(Unit.RATE, ("lr",)),
    "kl": Logged(Unit.NATS, ("objective/kl",)),
    "approx_kl": Logged(Unit.NATS, ("policy/approxkl_avg",)),
    "entropy": Logged(Unit.NATS, ("objective/entropy",)),
    "logps_chosen": Logged(Unit.NATS, ("logps/chosen",)),
    "logps_rejected": Logged(Unit.NATS, ("logps/rejected",)),
    "margin": _MARGIN,
    "reward_margin": _MARGIN,
    "reward": Logged(Unit.SCORE),
    "reward_mean": Logged(Unit.SCORE, ("reward", "objective/scores", "rewards/chosen")),
    "reward_std": Logged(Unit.SCORE),
    "rewards_chosen": Logged(Unit.SCORE, ("rewards/chosen",)),
    "rewards_rejected": Logged(Unit.SCORE, ("rewards/rejected",)),
    "group_reward_mean": Logged(Unit.SCORE, ("reward",)),
    "group_reward_std": Logged(Unit.SCORE, ("reward_std",)),
    "win_rate": Logged(Unit.RATIO, ("rewards/accuracies",)),
    "clip_fraction": Logged(Unit.RATIO, ("policy/clipfrac_avg", "clip_ratio/region_mean")),
    "truncation_rate": Logged(Unit.RATIO, ("completions/clipped_ratio",)),
    "completion_length": Logged(Unit.TOKENS, ("completions/mean_length",)),
}
"""By the older tool's names; the name itself is always the first of the keys."""

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


def declaration(key: str, name: str) -> str:
    """The line that declares a metric: the key as the alert named it goes before the others."""
    logged = KNOWN.get(key, Logged(_UNITS.get(key, Unit.NONE)))
    keys = dict.fromkeys((key, *logged.keys))
    return f"metric {name}: {logged.unit.value} = {', '.join(map(quoted, keys))}\n"
