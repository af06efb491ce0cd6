"""prime-rl: the metrics of the trainer and of the orchestrator, and SFT.

Its logger drops what is not finite, so that a key of the trainer that is missing in a step whose
other records are there was NaN or infinite.
"""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same, scaled
from ptt_rules.language.types import Unit

_SHIPPED = "traces that were shipped to the trainer"
_EPISODES = "episodes that were shipped, all their agents together"
_TOKENS = "trained tokens"

_TRAINER = read_in(
    "src/prime_rl/trainer/rl/train.py, src/prime_rl/trainer/rl/loss.py",
    same("loss/mean", "loss", over=_TOKENS, note="of RL about 0 by construction"),
    same("optim/grad_norm", "grad_norm", over="one step", note="before clipping"),
    same("optim/lr", "learning_rate", over="one step"),
    same("entropy/all/mean", "entropy", over=_TOKENS),
    near(
        "is_masked/mean",
        "clip_ratio/region_mean",
        over=_TOKENS,
        note="dropped for a change of probability, not of the ratio",
    ),
    near(
        "is_masked_low/mean",
        "clip_ratio/low_mean",
        over=_TOKENS,
        note="dropped for a change of probability, not of the ratio",
        when="the default loss",
    ),
    near(
        "is_masked_high/mean",
        "clip_ratio/high_mean",
        over=_TOKENS,
        note="dropped for a change of probability, not of the ratio",
        when="the default loss",
    ),
    same("time/step", "step_time", over="one step of the trainer, in seconds"),
)
_ORCHESTRATOR = read_in(
    "src/prime_rl/orchestrator/metrics.py, src/prime_rl/orchestrator/orchestrator.py",
    same("train/agg/effective/{agent}/reward/mean", "reward", over=_SHIPPED),
    same("train/agg/effective/{agent}/rewards/{func}/mean", "rewards/{func}/mean", over=_SHIPPED),
    same(
        "train/agg/effective/{agent}/is_truncated/mean", "completions/clipped_ratio", over=_SHIPPED
    ),
    near(
        "train/agg/effective/num_output_tokens/mean",
        "completions/mean_length",
        over=_EPISODES,
        note="tokens of an episode, not of one answer",
    ),
    near(
        "train/agg/effective/num_output_tokens/min",
        "completions/min_length",
        over=_EPISODES,
        note="tokens of an episode, not of one answer",
    ),
    near(
        "train/agg/effective/num_output_tokens/max",
        "completions/max_length",
        over=_EPISODES,
        note="tokens of an episode, not of one answer",
    ),
    scaled(
        -1.0,
        near(
            "train/agg/all/{agent}/solved_some",
            "frac_reward_zero_std",
            over="groups that arrived",
            note="1 - solved_some; of rewards of 0 and 1 alone",
        ),
        offset=1.0,
    ),
    same("progress/total_tokens", "num_tokens", over="the run so far"),
    same("eval/{env}/effective/{agent}/avg@{k}", "eval_reward", over="answers of one environment"),
)
_SFT = read_in(
    "src/prime_rl/trainer/sft/train.py",
    same("val/loss", "eval_loss", over="validation tokens"),
    packs=("sft",),
)

_OWN = own_in(
    "src/prime_rl/trainer/rl/loss.py",
    Own(
        "mismatch_kl/all/mean",
        "sampler_kl",
        Unit.NATS,
        "KL between sampler and trainer, per token (k3), with the staleness of the sampler.",
        "0..",
    ),
    Own(
        "ref_kl/mean",
        "reference_log_ratio",
        Unit.NATS,
        "Mean log-ratio of reference to policy, signed (opd and opsd).",
    ),
) + own_in(
    "src/prime_rl/orchestrator/metrics.py",
    Own(
        "off_policy/mean",
        "staleness",
        Unit.COUNT,
        "Mean number of updates between the policy that sampled and the one that learns.",
        "0..",
    ),
)

PRIME_RL = Stack(
    name="prime_rl",
    title="prime-rl",
    source="PrimeIntellect-ai/prime-rl 559b447",
    packs=("grpo", "sft"),
    aliases=(*_TRAINER, *_ORCHESTRATOR, *_SFT),
    own=_OWN,
    marks=(
        marked("mismatch_kl/all/mean"),
        marked("optim/lr", "loss/mean"),
        marked("optim/lr", "progress/total_tokens"),
    ),
    absent={
        "kl": "there is no reference: `mismatch_kl/all/mean` is to the policy that sampled",
        "reward_std": "the spread of rewards is not logged",
        "sampling/sampling_logp_difference/mean": "the KL to the sampler is logged and "
        "judged, not the distance of log-probabilities",
        "sampling/importance_sampling_ratio/mean": "the ratio to the sampler is not logged",
    },
    dropped=("loss/mean", "optim/grad_norm", "entropy/all/mean", "mismatch_kl/all/mean"),
    beside=frozenset({"time/forward_backward", "time/wait_for_batch"}),
)
