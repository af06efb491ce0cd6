"""Texts that the older tool's alerts do not have: what is wrong, why it matters, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.authoring.convert.conditions import plain
from ptt_rules.authoring.convert.heuristics import Heuristic
from ptt_rules.authoring.convert.messages import escaped

LONGEST_SUMMARY = 80


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a metric at one side of its bound matters, and what to do."""

    why: str
    remedy: str


_WORDS = {
    "below": "is below {}",
    "above": "is above {}",
    "stuck": "stays at {}",
    "in_range": "stays between {} and {}",
    "drop": "fell by {}%",
    "spike": "rose to {} times what it was",
}
"""What a condition says, by what its detectors are named after."""

LOWER, UPPER = "below", "above"
_SIDES = {"below": LOWER, "drop": LOWER, "above": UPPER, "spike": UPPER}
"""The side of the bound that a condition asks for, by what its detectors are named after."""

_DIVERGES = Advice(
    "A loss that rises loses what was learned.",
    "Go back to a checkpoint before the rise; lower learning_rate, set max_grad_norm.",
)
_UNDECIDED = Advice(
    "Chosen and rejected are not told apart, so that the preferences teach nothing.",
    "Read some pairs: are they swapped, or too much alike? Then raise learning_rate.",
)
_DRIFTS = Advice(
    "Far from its reference the policy is judged where nobody trained the reward.",
    "Lower learning_rate, or hold the policy tighter (beta, kl_coef).",
)
_CERTAIN = Advice(
    "A policy without entropy tries nothing new, and learns nothing more.",
    "Lower learning_rate, raise the temperature or the weight of the KL penalty.",
)
_CLIPPED = Advice(
    "What is clipped gives no gradient: the update is larger than the method allows.",
    "Fewer steps for each batch, then a lower learning_rate.",
)
_CRITIC = Advice(
    "Advantages are made of the values; with wrong values the policy learns noise.",
    "Scale or whiten the rewards, lower learning_rate, train the value function longer.",
)
_GROUPS = Advice(
    "Completions of one prompt that earn the same teach nothing about each other.",
    "Look at the reward of some completions, good and bad; use harder or easier prompts.",
)
_UNLIKELY = Advice(
    "Probability moves to completions that nobody asked for.",
    "Lower learning_rate, raise beta, add a likelihood term.",
)
_CUT_OFF = Advice(
    "What is cut off is judged without its end.",
    "Raise the limit of tokens, or shorten the answers that are rewarded.",
)

_METRICS = {
    "loss": (None, _DIVERGES),
    "reward_margin": (_UNDECIDED, None),
    "win_rate": (_UNDECIDED, None),
    "kl": (None, _DRIFTS),
    "entropy": (_CERTAIN, None),
    "clip_fraction": (None, _CLIPPED),
    "value_loss": (None, _CRITIC),
    "explained_variance": (_CRITIC, None),
    "group_reward_std": (_GROUPS, None),
    "logps_chosen": (_UNLIKELY, None),
    "truncation_rate": (None, _CUT_OFF),
}
"""What is said of a metric below its bound, and above it."""

_ALIKE = {
    "approx_kl": "kl",
    "margin": "reward_margin",
    "logps_gap": "reward_margin",
    "rewards/margins": "reward_margin",
    "rewards/accuracies": "win_rate",
    "objective/kl": "kl",
    "objective/entropy": "entropy",
    "logps/chosen": "logps_chosen",
    "reward_std": "group_reward_std",
    "completions/clipped_ratio": "truncation_rate",
    **{f"{name}_loss": "loss" for name in "eval sft dpo orpo kto cpo grpo ppo nll".split()},
}


def summary_of(rule: Heuristic) -> str:
    """The description of an alert, or what it asks of which metric, short and without its stop."""
    text = rule.summary or f"`{rule.metric}` {_condition_of(rule)}"
    short = text if len(text) <= LONGEST_SUMMARY else f"{text[: LONGEST_SUMMARY - 3].rstrip()}..."
    return escaped(short if short.endswith("...") else short.removesuffix("."))


def why_of(rule: Heuristic) -> str:
    """What the fault means for the run, as far as the metric says it."""
    advice = _advice(rule)
    return advice.why if advice else f"The older rule counts it as {rule.level.word}, unexplained."


def remedy_of(rule: Heuristic) -> str:
    """What to do, as far as the metric says it."""
    advice = _advice(rule)
    search = f"Find out since when `{rule.metric}` {_condition_of(rule)}, and what changed then."
    return advice.remedy if advice else escaped(search)


def _advice(rule: Heuristic) -> Advice | None:
    below, above = _METRICS.get(_ALIKE.get(rule.metric, rule.metric), (None, None))
    return {LOWER: below, UPPER: above}.get(_SIDES.get(rule.condition.form.fault, ""))


def _condition_of(rule: Heuristic) -> str:
    """What holds of the metric, as the end of a sentence."""
    written = [plain(number) for number in rule.condition.numbers]
    return _WORDS[rule.condition.form.fault].format(*written)
