"""NeMo-RL: `train/` before each key in trackers, which readers take away."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same, scaled
from ptt_rules.language.types import Unit

_GRPO = read_in(
    "nemo_rl/algorithms/grpo.py, nemo_rl/experience/rollouts.py",
    same("reward", "reward", "objective/scores", over="samples, before dynamic sampling"),
    same("loss", "loss", over="tokens or samples, by loss type"),
    same("grad_norm", "grad_norm", over="one step"),
    same("lr", "learning_rate", over="one step"),
    same("mean_gen_tokens_per_sample", "completions/mean_length", over="samples"),
    same("max_gen_tokens_per_sample", "completions/max_length", over="samples"),
    same("truncation_rate", "completions/clipped_ratio", over="samples"),
    scaled(
        -0.01,
        near(
            "baseline_reward/pct_mixed",
            "frac_reward_zero_std",
            over="answers",
            note="1 - pct_mixed / 100; of rewards of 0 and 1 alone",
        ),
        offset=1.0,
    ),
    same("timing/train/total_step_time", "step_time", over="one step, in seconds"),
    same("validation/accuracy", "eval_reward", over="validation answers"),
    same("critic/explained_var", "ppo/val/var_explained", over="tokens", when="a critic"),
    same("critic/vf_clipfrac", "val/clipfrac_avg", over="tokens", when="a critic"),
)
_LOSS = read_in(
    "nemo_rl/algorithms/loss/loss_functions.py",
    same(
        "kl_penalty",
        "kl",
        over="tokens, or answers of the mean over their tokens, by loss type",
        note="k3 by default; 0 without a reference",
    ),
    near("approx_entropy", "entropy", over="sampled tokens", note="an estimate: noisier"),
    same("probs_ratio", "val/ratio", over="tokens"),
    same(
        "sampling_importance_ratio",
        "sampling/importance_sampling_ratio/mean",
        over="tokens",
        note="after truncation; NaN and inf were set to 0 first",
    ),
)
_DPO = read_in(
    "nemo_rl/algorithms/dpo.py, nemo_rl/algorithms/sft.py",
    same("accuracy", "rewards/accuracies", over="pairs"),
    same("validation/val_loss", "eval_loss", over="validation tokens"),
    packs=("dpo", "sft"),
)

NEMO_RL = Stack(
    name="nemo_rl",
    title="NeMo-RL",
    source="NVIDIA-NeMo/RL 7ea279a",
    packs=("grpo", "ppo", "dpo", "sft"),
    aliases=(*_GRPO, *_LOSS, *_DPO),
    own=own_in(
        "nemo_rl/algorithms/loss/loss_functions.py",
        Own(
            "gen_kl_error",
            "sampler_kl",
            Unit.NATS,
            "KL between sampler and trainer, per token (k3).",
            "0..",
        ),
        Own(
            "token_mult_prob_error",
            "sampler_ratio_error",
            Unit.RATIO,
            "Mean of exp of the absolute log difference of sampler and trainer; NeMo-RL's own "
            "alarm is 1.05.",
            "1..",
        ),
        Own(
            "rewards_chosen_mean",
            "chosen_log_ratio",
            Unit.NATS,
            "DPO: log-ratio of the chosen answers without beta, so not the implicit reward.",
        ),
        Own(
            "rewards_rejected_mean",
            "rejected_log_ratio",
            Unit.NATS,
            "DPO: log-ratio of the rejected answers without beta, so not the implicit reward.",
        ),
    ),
    marks=(
        marked("kl_penalty", "probs_ratio"),
        marked("token_mult_prob_error"),
        marked("rewards_chosen_mean", "rewards_rejected_mean"),
    ),
    absent={
        "reward_std": "the spread of rewards is not logged",
        "clip_ratio/region_mean": "only means of ratios are logged, not the share that is clipped",
        "clip_ratio/low_mean": "only means of ratios are logged, not the share that is clipped",
        "clip_ratio/high_mean": "only means of ratios are logged, not the share that is clipped",
        "policy/clipfrac_avg": "only means of ratios are logged, not the share that is clipped",
        "completions/min_length": "the shortest answer is not logged",
        "num_tokens": "`global_valid_toks` is of one step, not of the run",
        "sampling/sampling_logp_difference/mean": "`token_mult_prob_error` is a mean of ratios",
    },
)
