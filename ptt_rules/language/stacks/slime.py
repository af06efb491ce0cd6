"""slime: optimizer steps (`train/`) and rollouts (`rollout/`), each with a clock of its own."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same
from ptt_rules.language.types import Unit

_ANSWERS = "answers, of the mean over their tokens"

_ROLLOUT = read_in(
    "slime/ray/rollout.py, slime/observability",
    same("rollout/raw_reward", "reward", "objective/scores", over="answers"),
    same("rollout/response_len/mean", "completions/mean_length", over="answers"),
    same("rollout/response_len/min", "completions/min_length", over="answers"),
    same("rollout/response_len/max", "completions/max_length", over="answers"),
    same("rollout/truncated_ratio", "completions/clipped_ratio", over="answers"),
    same("eval/{set}", "eval_reward", over="answers of one evaluation set"),
)
_TRAIN = read_in(
    "slime/backends/megatron_utils/loss.py, slime/backends/megatron_utils/model.py",
    near("train/loss", "loss", over=_ANSWERS, note="about 0 by construction"),
    same("train/pg_loss", "loss/policy_avg", over=_ANSWERS),
    near(
        "train/kl_loss",
        "kl",
        over=_ANSWERS,
        note="k1 by default, so it may be negative",
        when="use_kl_loss",
    ),
    near("train/entropy_loss", "entropy", over=_ANSWERS, note="positive"),
    near(
        "train/pg_clipfrac",
        "clip_ratio/region_mean",
        "policy/clipfrac_avg",
        over=_ANSWERS,
        note="TRL's is a mean over tokens",
    ),
    same(
        "train/train_rollout_logprob_abs_diff",
        "sampling/sampling_logp_difference/mean",
        over=_ANSWERS,
    ),
    near(
        "train/tis",
        "sampling/importance_sampling_ratio/mean",
        over=_ANSWERS,
        note="before truncation",
        when="use_tis",
    ),
    same("train/grad_norm", "grad_norm", over="one optimizer step"),
    same("train/lr-pg_0", "learning_rate", over="one optimizer step"),
    same("train/critic-value_loss", "loss/value_avg", over="tokens", when="a critic"),
)

SLIME = Stack(
    name="slime",
    title="slime",
    source="THUDM/slime 624b824",
    packs=("grpo", "ppo"),
    aliases=(*_ROLLOUT, *_TRAIN),
    own=own_in(
        "slime/backends/megatron_utils/loss.py",
        Own(
            "train/ppo_kl",
            "old_policy_kl",
            Unit.NATS,
            "KL to the policy that sampled, not to the reference: k1, so signed.",
        ),
        Own(
            "rollout/rewards",
            "normalised_reward",
            Unit.SCORE,
            "Reward after normalisation in groups: 0 always with grpo, gspo and cispo.",
        ),
    ),
    marks=(
        marked("train/pg_clipfrac"),
        marked("rollout/raw_reward"),
        marked("train_rollout_logprob_abs_diff"),
    ),
    absent={
        "reward_std": "the spread of rewards is not logged",
        "frac_reward_zero_std": "`rollout/zero_std/count_…` counts groups, a key for each reward",
        "num_tokens": "tokens of the run are not logged",
        "policy/approxkl_avg": "`train/ppo_kl` is signed (k1), unlike k2, which rules expect",
        "clip_ratio/low_mean": "clips from below and above are one number",
        "clip_ratio/high_mean": "clips from below and above are one number",
    },
)
