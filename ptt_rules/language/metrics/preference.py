"""Keys of trainers on preferences: DPO, KTO, ORPO, CPO and reward models.

Source: `DPOTrainer`, `KTOTrainer`, `RewardTrainer`, `ORPOTrainer` and `CPOTrainer` of TRL 0.14 to
1.16; before 0.29 the log-probabilities and rewards of DPO with `loss_type="ipo"` are means over
tokens, and `eval_accuracy` of a reward model is of `compute_accuracy` before 0.24
"""

from __future__ import annotations

from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.types import Unit

_PAIRS = ("dpo", "orpo", "cpo")
_BOTH = (*_PAIRS, "kto")
_ODDS = ("orpo",)
_MODEL = ("reward",)
_SCORES = {"reward": "0.24"}

ROWS = (
    LoggedKey(
        "rewards/chosen",
        Unit.SCORE,
        "Mean implicit reward of the chosen completions: beta times a log-ratio of sequences.",
        _BOTH,
    ),
    LoggedKey(
        "rewards/rejected",
        Unit.SCORE,
        "Mean implicit reward of the rejected completions.",
        _BOTH,
    ),
    LoggedKey(
        "rewards/margins",
        Unit.SCORE,
        "Mean of chosen minus rejected implicit reward.",
        _BOTH,
    ),
    LoggedKey(
        "rewards/accuracies",
        Unit.RATIO,
        "Share of pairs whose chosen reward is the greater one.",
        _PAIRS,
        low=0,
        high=1,
    ),
    LoggedKey(
        "logps/chosen",
        Unit.NATS,
        "Mean log-probability of the chosen completions; summed over tokens in DPO and KTO.",
        _BOTH,
        high=0,
    ),
    LoggedKey(
        "logps/rejected",
        Unit.NATS,
        "Mean log-probability of the rejected completions; summed over tokens in DPO and KTO.",
        _BOTH,
        high=0,
    ),
    LoggedKey("logits/chosen", Unit.NONE, "Mean logit over the chosen completions.", _BOTH),
    LoggedKey("logits/rejected", Unit.NONE, "Mean logit over the rejected completions.", _BOTH),
    LoggedKey(
        "kl",
        Unit.NATS,
        "Estimated KL divergence to the reference, summed over a completion, clamped at 0.",
        ("kto",),
        low=0,
    ),
    LoggedKey(
        "nll_loss",
        Unit.LOSS,
        "Negative log-likelihood of the chosen completions, per token.",
        ("orpo", "cpo"),
        low=0,
    ),
    LoggedKey(
        "nll_loss",
        Unit.LOSS,
        "Negative log-likelihood of the chosen completions, per token.",
        ("dpo",),
        low=0,
        until="0.29",
        when="rpo_alpha",
    ),
    LoggedKey(
        "log_odds_ratio",
        Unit.NATS,
        "Mean log-sigmoid of the log odds ratio.",
        _ODDS,
        high=0,
    ),
    LoggedKey("log_odds_chosen", Unit.NATS, "Mean log odds of chosen over rejected.", _ODDS),
    LoggedKey("min_reward", Unit.SCORE, "Smallest score of the batch.", _MODEL, since=_SCORES),
    LoggedKey("mean_reward", Unit.SCORE, "Mean score of the batch.", _MODEL, since=_SCORES),
    LoggedKey("max_reward", Unit.SCORE, "Greatest score of the batch.", _MODEL, since=_SCORES),
    LoggedKey(
        "accuracy",
        Unit.RATIO,
        "Share of pairs whose chosen completion scores higher.",
        _MODEL,
        low=0,
        high=1,
        since=_SCORES,
    ),
    LoggedKey(
        "eval_accuracy",
        Unit.RATIO,
        "Share of pairs of the evaluation whose chosen completion scores higher.",
        _MODEL,
        low=0,
        high=1,
        over="one evaluation",
    ),
    LoggedKey("margin", Unit.SCORE, "Mean of chosen minus rejected score.", _MODEL, since=_SCORES),
)
