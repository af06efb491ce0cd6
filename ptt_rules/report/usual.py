"""Which metrics people want to see of a run, whatever was found."""

from __future__ import annotations

USUAL = (
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
