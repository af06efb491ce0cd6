"""What is trained, by the keys of the first log events.

For trainers whose class and arguments do not say it. Keys that several trainers log say nothing:
a loss and a learning rate are of a plain trainer as of SFT.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ptt_rules.language.stacks.find import plain


@dataclass(frozen=True, slots=True)
class Sign:
    """Keys of which all are logged, and others of which none is, by one kind of training."""

    algorithm: str
    has: frozenset[str]
    lacks: frozenset[str] = frozenset()


def _sign(algorithm: str, *has: str, lacks: Iterable[str] = ()) -> Sign:
    return Sign(algorithm, frozenset(has), frozenset(lacks))


_PAIRS = ("rewards/accuracies",)

SIGNS = (
    # frameworks: PPO where a critic learns, else an estimator of groups
    _sign("ppo", "actor/pg_loss", "critic/vf_loss"),
    _sign("grpo", "actor/pg_loss"),
    _sign("ppo", "policy/final_loss", "critic/critic_loss"),
    _sign("grpo", "policy/final_loss"),
    _sign("grpo", "mismatch_kl/all/mean"),
    _sign("ppo", "train/pg_clipfrac", "train/critic-value_loss"),
    _sign("grpo", "train/pg_clipfrac"),
    _sign("ppo", "kl_penalty", "probs_ratio", "critic/explained_var"),
    _sign("grpo", "kl_penalty", "probs_ratio"),
    _sign("ppo", "actor_grad_norm", "ppo_clip_ratio", "critic_loss"),
    _sign("grpo", "actor_grad_norm", "ppo_clip_ratio"),
    _sign("grpo", "objective/kl0_avg"),
    # TRL of all years
    _sign("ppo", "ppo/mean_scores"),
    _sign("ppo", "objective/rlhf_reward", lacks=("objective/scores_margin",)),
    _sign("grpo", "frac_reward_zero_std"),
    _sign("grpo", "reward", "reward_std", "completions/mean_length"),
    _sign("grpo", "reward", "reward_std", "completion_length"),
    _sign("orpo", "log_odds_ratio"),
    _sign("orpo", "odds_ratio_loss"),
    _sign("kto", "rewards/chosen", "kl", lacks=_PAIRS),
    _sign("kto", "rewards/rejected", "kl", lacks=_PAIRS),
    _sign("reward", "min_reward", "mean_reward"),
    _sign("reward", "rewards/accuracies", "rewards/margins", lacks=("logps/chosen",)),
    _sign("cpo", "rewards/accuracies", "nll_loss"),
    _sign("dpo", "rewards/margins", "rewards/accuracies"),
    _sign("dpo", "rewards_chosen_mean", "rewards_rejected_mean"),
    _sign("sft", "mean_token_accuracy"),
    _sign("sft", "token_acc"),
    _sign("sft", "train/global_tokens", "train/total_tokens(B)"),
)
"""In the order in which they are looked for: a later one may be found in logs of an earlier one."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is trained, and a key that shows it."""

    algorithm: str
    by: str


def algorithm_by_keys(keys: Iterable[str]) -> Guess | None:
    """What is trained, by the keys that are logged; None where they could be anyone's."""
    present = {plain(key): key for key in keys}
    for sign in SIGNS:
        has = [plain(key) for key in sorted(sign.has)]
        if all(key in present for key in has) and not any(plain(k) in present for k in sign.lacks):
            return Guess(sign.algorithm, present[has[-1]])
    return None
