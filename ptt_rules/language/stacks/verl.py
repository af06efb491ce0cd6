"""verl: PPO and the group estimators, and SFT.

A key with `max` or `min` in its name is reduced by it over workers, all others by their mean; what
is of an update is a mean over the optimizer steps of one step of RL.
"""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same, scaled
from ptt_rules.language.types import Unit

_ANSWERS = "answers that were not aborted"
_ALL = "answers, aborted ones (0 tokens) included"
_TOKENS = "tokens of answers, by `loss_agg_mode`"
_UPDATES = "the optimizer steps of a step of RL"

_DATA = read_in(
    "verl/trainer/ppo/metric_utils.py",
    same("critic/score/mean", "reward", "objective/scores", over=_ANSWERS, note="before KL"),
    same(
        "critic/rewards/mean",
        "objective/rlhf_reward",
        over=_ANSWERS,
        note="equals the score without use_kl_in_reward",
    ),
    same("critic/advantages/mean", "ppo/policy/advantages_mean", over="tokens"),
    same("critic/vf_explained_var", "ppo/val/var_explained", over="tokens", when="a critic"),
    same("response_length/mean", "completions/mean_length", over=_ALL),
    same("response_length/min", "completions/min_length", over=_ALL),
    same("response_length/max", "completions/max_length", over=_ALL),
    near(
        "response_length/clip_ratio",
        "completions/clipped_ratio",
        over=_ALL,
        note="an answer that ends just where the padded batch ends counts as cut off",
    ),
    same("tool_call_counts/mean", "tools/call_frequency", over="answers", when="tools"),
    same("perf/time_per_step", "step_time", over="one step, in seconds"),
)
_UPDATE = read_in(
    "verl/workers/utils/losses.py, verl/trainer/ppo/core_algos.py",
    near("actor/loss", "loss", over=_UPDATES, note="about 0 by construction"),
    same("actor/pg_loss", "loss/policy_avg", over=_UPDATES),
    same(
        "actor/kl_loss",
        "kl",
        over=_TOKENS,
        note="kl_loss_type, by default k3 clamped at 10; seq-mean-token-sum makes it a sum",
        when="use_kl_loss",
    ),
    near(
        "actor/reward_kl_penalty",
        "kl",
        over="answers, of the mean over their tokens",
        note="k1 by default, so it may be negative",
        when="use_kl_in_reward",
    ),
    same("actor/entropy", "entropy", over=_TOKENS, note="of the policy before the update"),
    same(
        "actor/pg_clipfrac",
        "clip_ratio/region_mean",
        "policy/clipfrac_avg",
        over="tokens",
        note="gspo: the sequence's ratio; dppo: the share masked; sapo: always 0",
    ),
    near(
        "actor/grad_norm",
        "grad_norm",
        over=_UPDATES,
        note="before clipping; one NaN makes it NaN, and FSDP skips that update",
    ),
    same("actor/lr", "learning_rate", over=_UPDATES),
    same("critic/vf_loss", "loss/value_avg", over="tokens", note="half of the squared error"),
    same("critic/vf_clipfrac", "val/clipfrac_avg", over="tokens"),
)
_CORRECTION = read_in(
    "verl/trainer/ppo/rollout_corr_helper.py",
    same(
        "rollout_corr/rollout_is_mean",
        "sampling/importance_sampling_ratio/mean",
        over="tokens or sequences, by rollout_is",
        note="after truncation",
        when="rollout_is",
    ),
    same(
        "rollout_corr/rollout_is_min",
        "sampling/importance_sampling_ratio/min",
        over="tokens or sequences, by rollout_is",
        note="after truncation",
        when="rollout_is",
    ),
)
_VALIDATION = read_in(
    "verl/trainer/ppo/ray_trainer.py",
    same("val-core/{set}/reward/{mean}", "eval_reward", over="answers of one validation set"),
    same("val-core/{set}/acc/{mean}", "eval_reward", over="answers of one validation set"),
)
_SFT = read_in(
    "verl/trainer/sft_trainer.py",
    same("train/loss", "loss", over="tokens"),
    same("train/grad_norm", "grad_norm", over="one step"),
    same("train/lr", "learning_rate", over="one step"),
    same("val/loss", "eval_loss", over="tokens"),
    scaled(1e9, same("train/total_tokens(B)", "num_tokens", over="the run so far")),
    packs=("sft",),
)

_OWN = own_in(
    "verl/trainer/ppo/core_algos.py",
    Own(
        "actor/ppo_kl",
        "old_policy_kl",
        Unit.NATS,
        "KL to the policy that sampled, not to the reference: k1, a mean over tokens, so signed.",
    ),
    Own(
        "actor/pg_clipfrac_lower",
        "dual_clip_fraction",
        Unit.RATIO,
        "Share of tokens beyond the dual clip (clip_ratio_c): not the lower clip.",
        "0..1",
    ),
) + own_in(
    "verl/utils/debug/metrics.py, verl/trainer/ppo/rollout_corr_helper.py",
    Own(
        "training/rollout_probs_diff_mean",
        "sampler_probability_gap",
        Unit.RATIO,
        "Mean difference of probabilities of sampler and trainer, not of log-probabilities.",
        "0..1",
    ),
    Own(
        "rollout_corr/k3_kl",
        "sampler_kl",
        Unit.NATS,
        "KL between sampler and trainer, per token (k3).",
        "0..",
    ),
    Own(
        "rollout_corr/rollout_is_eff_sample_size",
        "effective_sample_share",
        Unit.RATIO,
        "Effective sample size of the importance ratios, as a share.",
        "0..1",
    ),
)

VERL = Stack(
    name="verl",
    title="verl",
    source="verl-project/verl 1dda039",
    packs=("grpo", "ppo", "sft"),
    aliases=(*_DATA, *_UPDATE, *_CORRECTION, *_VALIDATION, *_SFT),
    own=_OWN,
    marks=(
        marked("actor/pg_loss"),
        marked("critic/score/mean", "response_length/mean"),
        marked("train/global_tokens", "train/total_tokens(B)"),
    ),
    absent={
        "reward_std": "the spread of rewards is not logged",
        "frac_reward_zero_std": "nothing of groups is logged",
        "policy/approxkl_avg": "`actor/ppo_kl` is signed (k1), unlike k2, which rules expect",
        "objective/kl": "KL is a mean over tokens here, not a sum over an answer",
        "clip_ratio/low_mean": "`actor/pg_clipfrac_lower` is the dual clip, not the lower one",
        "sampling/sampling_logp_difference/mean": "the difference of probabilities is logged, not "
        "of log-probabilities",
        "num_tokens": "`perf/total_num_tokens` is of one step, not of the run",
    },
)
