"""Keys of the training loop itself, and those that fine-tuning adds.

Source: `Trainer.log` of transformers, `SFTTrainer` of TRL 0.14 to 1.16
"""

from __future__ import annotations

from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.types import Unit

ALL = ("sft", "dpo", "kto", "grpo", "rloo", "reward", "orpo", "cpo")
"""Those that log by the loop of transformers; PPO has one of its own, without a last row."""
EVERY = (*ALL, "ppo")
_TOKENS = ("sft", "dpo", "kto", "grpo", "rloo", "reward")

ROWS = (
    LoggedKey(
        "loss",
        Unit.LOSS,
        "Training loss: mean over the logging window; a NaN step counts as the mean of the others.",
        ALL,
        over="the steps of the logging window",
    ),
    LoggedKey(
        "grad_norm",
        Unit.NORM,
        "Gradient norm before clipping, of the last step in the logging window.",
        ALL,
        low=0,
        over="the last step",
    ),
    LoggedKey(
        "learning_rate",
        Unit.RATE,
        "Learning rate of the step just taken.",
        ALL,
        low=0,
        is_noisy=False,
        over="the last step",
    ),
    LoggedKey(
        "num_tokens",
        Unit.TOKENS,
        "Tokens seen since the run began.",
        _TOKENS,
        low=0,
        is_noisy=False,
        over="the run so far",
        since={
            "sft": "0.16",
            "dpo": "0.29",
            "kto": "1.8",
            "grpo": "0.16",
            "rloo": "0.22",
            "reward": "0.24",
        },
    ),
    LoggedKey(
        "entropy",
        Unit.NATS,
        "Mean entropy of the next-token distribution, per token.",
        ("sft", "dpo", "kto", "grpo", "rloo"),
        low=0,
        since={"sft": "0.22", "dpo": "0.29", "kto": "1.8", "grpo": "0.20", "rloo": "0.22"},
    ),
    LoggedKey(
        "mean_token_accuracy",
        Unit.RATIO,
        "Share of tokens that the model ranks first.",
        ("sft", "dpo"),
        low=0,
        high=1,
        since={"sft": "0.15", "dpo": "0.29"},
    ),
    LoggedKey(
        "aux_loss",
        Unit.LOSS,
        "Load-balancing loss of the experts.",
        ("sft", "dpo", "kto", "grpo", "rloo"),
        when="a mixture of experts",
        since={"sft": "0.23", "kto": "0.17", "grpo": "1.7", "rloo": "1.7"},
    ),
    LoggedKey(
        "train_loss",
        Unit.LOSS,
        "Mean loss of the whole run, in its last row.",
        ALL,
        is_noisy=False,
        over="the whole run",
    ),
    LoggedKey(
        "train_runtime",
        Unit.SECONDS,
        "Seconds that the training took, in its last row.",
        ALL,
        low=0,
        is_noisy=False,
        over="the whole run",
    ),
    LoggedKey(
        "train_samples_per_second",
        Unit.RATE,
        "Examples a second over the whole run, in its last row.",
        ALL,
        low=0,
        is_noisy=False,
        over="the whole run",
    ),
    LoggedKey(
        "train_steps_per_second",
        Unit.RATE,
        "Steps a second over the whole run, in its last row.",
        ALL,
        low=0,
        is_noisy=False,
        over="the whole run",
    ),
    LoggedKey(
        "total_flos",
        Unit.COUNT,
        "Floating point operations of the whole run, in its last row.",
        ALL,
        low=0,
        is_noisy=False,
        over="the whole run",
    ),
    LoggedKey(
        "eval_runtime",
        Unit.SECONDS,
        "Seconds that the evaluation took.",
        ALL,
        low=0,
        over="one evaluation",
    ),
    LoggedKey(
        "eval_samples_per_second",
        Unit.RATE,
        "Examples a second of the evaluation.",
        ALL,
        low=0,
        over="one evaluation",
    ),
    LoggedKey(
        "eval_steps_per_second",
        Unit.RATE,
        "Steps a second of the evaluation.",
        ALL,
        low=0,
        over="one evaluation",
    ),
)
