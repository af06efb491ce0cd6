"""SkyRL. Its console shows four decimals: a learning rate of 1e-6 reads 0 there."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Stack, marked, near, read_in, same, unknown_at

_ANSWERS = "answers"
_MASKED = "tokens"

_TRAINER = read_in(
    "skyrl/train/trainer.py, skyrl/train/generators/utils.py",
    same("reward/avg_raw_reward", "reward", "objective/scores", over=_ANSWERS),
    same("loss/avg_final_rewards", "objective/rlhf_reward", over=_ANSWERS),
    near(
        "generate/avg_num_tokens",
        "completions/mean_length",
        over=_ANSWERS,
        note="observations of the environment count",
    ),
    near(
        "generate/min_num_tokens",
        "completions/min_length",
        over=_ANSWERS,
        note="observations of the environment count",
    ),
    near(
        "generate/max_num_tokens",
        "completions/max_length",
        over=_ANSWERS,
        note="observations of the environment count",
    ),
    same("timing/step", "step_time", over="one step, in seconds"),
)
_WORKERS = read_in(
    "skyrl/backends/skyrl_train/workers, skyrl/backends/skyrl_train/utils/ppo_utils.py",
    near("policy/final_loss", "loss", over="pre-scaled sums", note="about 0 by construction"),
    near("policy/policy_loss", "loss/policy_avg", over="pre-scaled sums", note="not a mean"),
    same(
        "policy/policy_kl",
        "kl",
        over="answers, of the mean over their tokens",
        note="with use_kl_loss, which is on by default; k3 by default; Megatron logs 0 without it",
    ),
    near(
        "loss/avg_kl",
        "kl",
        over="answers",
        note="the KL in the reward",
        when="use_kl_in_reward",
    ),
    same(
        "policy/loss_metrics/clip_ratio",
        "clip_ratio/region_mean",
        "policy/clipfrac_avg",
        over=_MASKED,
        note="0 always for sapo, kl_cov and cross entropy",
    ),
    same("policy/policy_entropy", "entropy", over=_MASKED),
    near(
        "policy/grad_norm",
        "grad_norm",
        over="the optimizer steps of a step of RL",
        note="before clipping",
    ),
    unknown_at(
        0.0,
        same(
            "policy/policy_lr",
            "learning_rate",
            over="one step",
            note="0 is left out: the console shows four decimals",
        ),
    ),
    same(
        "policy/rollout_train_logprobs_abs_diff_mean",
        "sampling/sampling_logp_difference/mean",
        over=_MASKED,
    ),
    near(
        "policy/loss_metrics/is_ratio_mean",
        "sampling/importance_sampling_ratio/mean",
        over=_MASKED,
        note="before truncation; masked tokens count as 0",
        when="off-policy correction",
    ),
)

SKYRL = Stack(
    name="skyrl",
    title="SkyRL",
    source="NovaSky-AI/SkyRL a956457",
    packs=("grpo", "ppo"),
    aliases=(*_TRAINER, *_WORKERS),
    marks=(marked("policy/final_loss"), marked("policy/policy_loss", "reward/avg_raw_reward")),
    absent={
        "reward_std": "the spread of rewards is not logged",
        "frac_reward_zero_std": "`reward/num_zero_variance_filtered` is a count of groups",
        "completions/clipped_ratio": "nothing is logged of answers that are cut off",
        "num_tokens": "tokens of the run are not logged",
        "clip_ratio/low_mean": "clips from below and above are one number",
        "clip_ratio/high_mean": "clips from below and above are one number",
        "sampling/importance_sampling_ratio/min": "masked tokens count as 0, so that it is 0",
        "policy/approxkl_avg": "KL to the policy that sampled is not logged",
    },
)
