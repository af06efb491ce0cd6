"""OpenRLHF: `train/` before each key in trackers, which readers take away."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same
from ptt_rules.language.types import Unit

_ROLLOUT = read_in(
    "openrlhf/trainer/ppo_utils/experience_maker.py, openrlhf/trainer/ppo_trainer.py",
    same("reward", "reward", "objective/scores", over="answers", note="after length penalties"),
    same("rollout/reward_mean", "reward", "objective/scores", over="answers"),
    same("rollout/reward_std", "reward_std", over="the batch"),
    near(
        "group_reward_std",
        "reward_std",
        over="answers, of the spread in their group",
        note="within groups, as TRL before 0.27",
        when="several answers a prompt",
    ),
    near(
        "return",
        "objective/rlhf_reward",
        over="answers",
        note="shaped; about 0 with group estimators",
    ),
    near(
        "kl",
        "kl",
        over="answers, of the mean over their tokens",
        note="k1 by default, so it may be negative; 0 without a reference",
    ),
    same("rollout/response_length_mean", "completions/mean_length", over="answers"),
    same("response_length", "completions/mean_length", over="answers"),
    same("rollout/truncated_rate", "completions/clipped_ratio", over="answers"),
    same("timing/step_total", "step_time", over="one step, in seconds"),
    same("eval_eval_{set}_pass1", "eval_reward", over="answers of one evaluation set"),
)
_UPDATE = read_in(
    "openrlhf/trainer/ray/ppo_actor.py, openrlhf/trainer/ray/ppo_critic.py",
    same("policy_loss", "loss/policy_avg", over="tokens"),
    near("policy_loss", "loss", over="tokens", note="about 0 by construction"),
    same("critic_loss", "loss/value_avg", over="tokens", note="half of the squared error"),
    same("actor_grad_norm", "grad_norm", over="the last optimizer step"),
    same("actor_lr", "learning_rate", over="the last optimizer step"),
    same(
        "ppo_clip_ratio",
        "clip_ratio/region_mean",
        "policy/clipfrac_avg",
        over="tokens",
        note="gspo: the sequence's",
    ),
)
_ENTROPY = read_in(
    "openrlhf/trainer/ray/ppo_actor.py",
    same("entropy_loss", "entropy", over="tokens", note="positive", when="entropy_coef"),
    packs=("grpo", "ppo"),
)
_PAIRS = read_in(
    "openrlhf/trainer/{sft,dpo,rm}_trainer.py",
    same("loss", "loss", over="micro-batches of the logging window"),
    same("lr", "learning_rate", over="one step"),
    same("grad_norm", "grad_norm", over="one step"),
    same("loss_mean", "loss", over="micro-batches so far"),
    same("acc", "rewards/accuracies", over="pairs"),
    same("chosen_reward", "rewards/chosen", over="chosen answers"),
    same("reject_reward", "rewards/rejected", over="rejected answers"),
    packs=("dpo", "reward", "sft"),
)
_PAIRS_EVALUATED = read_in(
    "openrlhf/trainer/{dpo,rm}_trainer.py",
    same("eval_eval_loss", "eval_loss", over="micro-batches of the evaluation set"),
    same("eval_acc_mean", "eval_rewards/accuracies", over="pairs of the evaluation set"),
    packs=("dpo", "reward"),
)
_TEXTS_EVALUATED = read_in(
    "openrlhf/trainer/sft_trainer.py",
    same("eval_eval gpt_loss", "eval_loss", over="micro-batches of the evaluation set"),
    packs=("sft",),
)

OPENRLHF = Stack(
    name="openrlhf",
    title="OpenRLHF",
    source="OpenRLHF/OpenRLHF 3c3be62",
    packs=("grpo", "ppo", "dpo", "reward", "sft"),
    aliases=(*_ROLLOUT, *_UPDATE, *_ENTROPY, *_PAIRS, *_PAIRS_EVALUATED, *_TEXTS_EVALUATED),
    own=own_in(
        "openrlhf/models/loss.py",
        Own(
            "ppo_kl",
            "old_policy_kl",
            Unit.NATS,
            "KL to the policy that sampled, not to the reference: k1 over tokens, so signed.",
        ),
        Own(
            "vllm_kl",
            "sampler_log_ratio",
            Unit.NATS,
            "Mean log-ratio of sampler to trainer: signed, so not a distance.",
        ),
        Own(
            "dynamic_filtering_pass_rate",
            "groups_kept",
            Unit.RATIO,
            "Share of groups whose mean reward lies in a range.",
            "0..1",
        ),
    ),
    marks=(
        marked("actor_grad_norm", "ppo_clip_ratio"),
        marked("actor_lr", "policy_loss"),
        marked("chosen_reward", "reject_reward"),
    ),
    absent={
        "frac_reward_zero_std": "nothing is logged of groups without contrast",
        "policy/approxkl_avg": "`ppo_kl` is signed (k1), unlike k2, which rules expect",
        "objective/kl": "KL is a mean over tokens here, not a sum over an answer",
        "clip_ratio/low_mean": "clips from below and above are one number",
        "clip_ratio/high_mean": "clips from below and above are one number",
        "sampling/sampling_logp_difference/mean": "`vllm_kl` is signed, so not a distance",
        "rewards/margins": "no margin is logged, only chosen and rejected rewards",
    },
)
