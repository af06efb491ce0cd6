"""Keys of trainers that sample from the policy: GRPO, RLOO, and PPO of TRL 1.12.

RLOO has these keys since TRL 0.22; its trainer before that has the loop and the keys of PPO.

Source: `GRPOTrainer` of TRL 0.14 to 1.16, `RLOOTrainer` of TRL 0.22 to 1.16, `PPOTrainer` of TRL
0.12 to 1.12
"""

from __future__ import annotations

from ptt_rules.language.metrics.key import LoggedKey
from ptt_rules.language.types import Unit

_GROUPS = ("grpo", "rloo")
_GRPO = ("grpo",)
_PPO = ("ppo",)
_PPO_GONE = "1.13"
_RLOO_AS_GRPO = {"rloo": "0.22"}
_UPDATE = "one update"
_VLLM = "generation by vLLM"
_TOOLS = "tools"


def _since(version: str) -> dict[str, str]:
    """Of GRPO since a version; of RLOO since it logs as GRPO does, or since that version."""
    return {"grpo": version, "rloo": max(version, _RLOO_AS_GRPO["rloo"], key=_numbers)}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _length(which: str, about: str) -> LoggedKey:
    key = f"completions/{which}_length"
    return LoggedKey(key, Unit.TOKENS, about, _GROUPS, low=0, since=_since("0.17"))


def _clipped(which: str, about: str) -> LoggedKey:
    key = f"clip_ratio/{which}"
    return LoggedKey(key, Unit.RATIO, about, _GROUPS, low=0, high=1, since=_since("0.17"))


def _sampling(which: str, unit: Unit, about: str) -> LoggedKey:
    since = {"grpo": "0.23"}
    return LoggedKey(f"sampling/{which}", unit, about, _GRPO, low=0, when=_VLLM, since=since)


def _ppo(key: str, unit: Unit, about: str, low: float | None = None) -> LoggedKey:
    return LoggedKey(key, unit, about, _PPO, low=low, until=_PPO_GONE, over=_UPDATE)


_GROUP_ROWS = (
    LoggedKey("reward", Unit.SCORE, "Mean reward of the batch.", _GROUPS, since=_RLOO_AS_GRPO),
    LoggedKey(
        "reward_std",
        Unit.SCORE,
        "Spread of all rewards of the batch.",
        _GROUPS,
        low=0,
        since=_since("0.27"),
    ),
    LoggedKey(
        "reward_std",
        Unit.SCORE,
        'Mean spread of the rewards within a group; with scale_rewards="batch" of the batch.',
        _GROUPS,
        low=0,
        since=_RLOO_AS_GRPO,
        until="0.27",
    ),
    LoggedKey(
        "frac_reward_zero_std",
        Unit.RATIO,
        "Share of samples in groups whose rewards are all alike, which give no gradient.",
        _GROUPS,
        low=0,
        high=1,
        since=_since("0.18"),
    ),
    LoggedKey(
        "rewards/{func}/mean",
        Unit.SCORE,
        "Mean reward of one reward function.",
        _GROUPS,
        since=_since("0.17"),
    ),
    LoggedKey(
        "rewards/{func}/std",
        Unit.SCORE,
        "Spread of one reward function.",
        _GROUPS,
        low=0,
        since=_since("0.17"),
    ),
    LoggedKey(
        "kl",
        Unit.NATS,
        "KL divergence to the reference, per token (k3 estimator).",
        _GROUPS,
        low=0,
        when="beta that is not 0",
        since=_RLOO_AS_GRPO,
    ),
    _length("mean", "Mean length of the completions."),
    _length("min", "Length of the shortest completion."),
    _length("max", "Length of the longest completion."),
    _length("mean_terminated", "Mean length of the completions that ended by themselves."),
    _length("min_terminated", "Length of the shortest completion that ended by itself."),
    _length("max_terminated", "Length of the longest completion that ended by itself."),
    LoggedKey(
        "completions/clipped_ratio",
        Unit.RATIO,
        "Share of completions that were cut off at max_completion_length.",
        _GROUPS,
        low=0,
        high=1,
        since=_since("0.24"),
    ),
    LoggedKey(
        "completions/clipped_ratio",
        Unit.RATIO,
        "Share of completions without an end token.",
        _GROUPS,
        low=0,
        high=1,
        since=_since("0.17"),
        until="0.24",
    ),
    _clipped("low_mean", "Share of tokens whose ratio was clipped from below."),
    _clipped("low_min", "The smallest share of any process that was clipped from below."),
    _clipped("high_mean", "Share of tokens whose ratio was clipped from above."),
    _clipped("high_max", "The greatest share of any process that was clipped from above."),
    _clipped("region_mean", "Share of tokens whose ratio was clipped at all."),
    LoggedKey(
        "clip_ratio",
        Unit.RATIO,
        "Share of tokens whose ratio was clipped at all, in place of the keys `clip_ratio/...`.",
        _GRPO,
        low=0,
        high=1,
        since={"grpo": "0.16"},
        until="1.16",
        when="the Liger loss",
    ),
    LoggedKey(
        "step_time",
        Unit.SECONDS,
        "Seconds that a step took.",
        _GROUPS,
        low=0,
        since=_since("0.26"),
    ),
    _sampling(
        "sampling_logp_difference/mean",
        Unit.NATS,
        "Mean distance of the sampler's log-probabilities from the trainer's.",
    ),
    _sampling(
        "sampling_logp_difference/max",
        Unit.NATS,
        "Greatest distance of the sampler's log-probabilities from the trainer's.",
    ),
    _sampling("importance_sampling_ratio/min", Unit.RATIO, "Smallest importance ratio."),
    _sampling("importance_sampling_ratio/mean", Unit.RATIO, "Mean importance ratio."),
    _sampling("importance_sampling_ratio/max", Unit.RATIO, "Greatest importance ratio."),
    LoggedKey(
        "tools/call_frequency",
        Unit.RATE,
        "Tool calls a completion.",
        _GRPO,
        low=0,
        when=_TOOLS,
        since={"grpo": "0.26"},
    ),
    LoggedKey(
        "tools/failure_frequency",
        Unit.RATIO,
        "Share of tool calls that failed.",
        _GRPO,
        low=0,
        high=1,
        when=_TOOLS,
        since={"grpo": "0.26"},
    ),
    LoggedKey(
        "cispo_clip_ratio",
        Unit.RATIO,
        "Share of tokens whose importance weight was clipped.",
        _GRPO,
        low=0,
        high=1,
        when='loss_type="cispo"',
        since={"grpo": "0.26"},
    ),
    LoggedKey(
        "vespo/phi_seq_mean",
        Unit.NONE,
        "Mean weight of a sequence.",
        _GRPO,
        when='loss_type="vespo"',
        since={"grpo": "1.0"},
    ),
    LoggedKey(
        "entropy_coef",
        Unit.NONE,
        "Coefficient of the entropy bonus.",
        _GRPO,
        is_noisy=False,
        when="an entropy bonus",
        since={"grpo": "1.8"},
    ),
    LoggedKey(
        "policy_loss",
        Unit.LOSS,
        "Loss without the entropy bonus.",
        _GRPO,
        when="an entropy bonus",
        since={"grpo": "1.8"},
    ),
    LoggedKey(
        "completion_length",
        Unit.TOKENS,
        "Mean length of the completions.",
        _GRPO,
        low=0,
        until="0.17",
    ),
    LoggedKey(
        "rewards/{func}",
        Unit.SCORE,
        "Mean reward of one reward function.",
        _GRPO,
        until="0.17",
    ),
)

_PPO_ROWS = (
    _ppo("objective/kl", Unit.NATS, "KL divergence to the reference, summed over a completion."),
    LoggedKey(
        "objective/entropy",
        Unit.NATS,
        "Entropy of the policy, summed over a completion.",
        _PPO,
        low=0,
        since={"ppo": "1.10"},
        until=_PPO_GONE,
        over=_UPDATE,
    ),
    LoggedKey(
        "objective/entropy",
        Unit.NATS,
        "Entropy of the policy, summed over a completion, less 1 for each token of padding.",
        _PPO,
        until="1.10",
        over=_UPDATE,
    ),
    _ppo("objective/non_score_reward", Unit.SCORE, "Mean reward by the KL penalty."),
    _ppo("objective/rlhf_reward", Unit.SCORE, "Mean score with the KL penalty."),
    _ppo("objective/scores", Unit.SCORE, "Mean score of the reward model."),
    _ppo(
        "policy/approxkl_avg",
        Unit.NATS,
        "KL divergence from the policy that sampled, per token; padding counts, as 0.",
        0,
    ),
    _ppo("policy/entropy_avg", Unit.NATS, "Mean entropy of the policy, per token.", 0),
    _ppo("loss/policy_avg", Unit.LOSS, "Mean loss of the policy."),
    _ppo("loss/value_avg", Unit.LOSS, "Half the mean squared error of the value function.", 0),
    _ppo("val/ratio", Unit.RATIO, "Mean ratio of new to old probabilities.", 0),
    _ppo("val/ratio_var", Unit.NONE, "Variance of that ratio over processes.", 0),
    _ppo("val/num_eos_tokens", Unit.COUNT, "Completions that ended by themselves.", 0),
    LoggedKey(
        "policy/clipfrac_avg",
        Unit.RATIO,
        "Share of tokens whose ratio was clipped.",
        _PPO,
        low=0,
        high=1,
        until=_PPO_GONE,
        over=_UPDATE,
    ),
    LoggedKey(
        "val/clipfrac_avg",
        Unit.RATIO,
        "Share of values that were clipped.",
        _PPO,
        low=0,
        high=1,
        until=_PPO_GONE,
        over=_UPDATE,
    ),
    LoggedKey(
        "lr",
        Unit.RATE,
        "Learning rate.",
        _PPO,
        low=0,
        is_noisy=False,
        until=_PPO_GONE,
        over="the last update",
    ),
    LoggedKey(
        "eps",
        Unit.RATE,
        "Episodes a second.",
        _PPO,
        low=0,
        is_noisy=False,
        until=_PPO_GONE,
        over="the run so far",
    ),
    LoggedKey(
        "episode",
        Unit.COUNT,
        "Episodes since the run began.",
        _PPO,
        low=0,
        is_noisy=False,
        until=_PPO_GONE,
        over="the run so far",
    ),
)

ROWS = (*_GROUP_ROWS, *_PPO_ROWS)
