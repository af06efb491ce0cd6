"""Frameworks that train with TRL's trainers and log what these do, and a few keys more."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, own_in, read_in, same
from ptt_rules.language.types import Unit

_LIKE_TRL = ("sft", "dpo", "kto", "orpo", "cpo", "reward", "grpo")

MS_SWIFT = Stack(
    name="ms_swift",
    title="ms-swift",
    source="modelscope/ms-swift 3602360",
    packs=_LIKE_TRL,
    aliases=(
        *read_in(
            "swift/metrics/acc.py, swift/trainers/mixin.py",
            same("token_acc", "mean_token_accuracy", over="supervised tokens"),
            same("acc", "mean_token_accuracy", over="supervised tokens", when="acc_strategy=token"),
        ),
        *read_in(
            "swift/rlhf_trainers/grpo_trainer.py",
            same("entropy/mean", "entropy", over="tokens", when="log_entropy"),
        ),
    ),
    own=own_in(
        "swift/metrics/acc.py",
        Own(
            "seq_acc",
            "sequence_accuracy",
            Unit.RATIO,
            "Share of answers with every token right: not the share of tokens.",
            "0..1",
        ),
    ),
    marks=(
        marked("token_acc"),
        marked("train_speed(s/it)"),
        marked("memory(GiB)"),
    ),
    on_trl=True,
)
AXOLOTL = Stack(
    name="axolotl",
    title="Axolotl",
    source="axolotl-ai-cloud/axolotl 067b021",
    packs=_LIKE_TRL,
    aliases=read_in(
        "src/axolotl/core/trainers/base.py",
        same("tokens/trainable", "num_tokens", over="the run so far"),
    ),
    own=own_in(
        "src/axolotl/core/trainers/base.py",
        Own("ppl", "perplexity", Unit.NONE, "exp of the loss, inf where it overflows.", "1.."),
    ),
    marks=(
        marked("tokens/train_per_sec_per_gpu"),
        marked("tokens/trainable"),
        marked("memory/max_active (GiB)"),
        marked("memory/max_alloc (GiB)"),
    ),
    on_trl=True,
)
UNSLOTH = Stack(
    name="unsloth",
    title="Unsloth",
    source="unslothai/unsloth 015bdef",
    packs=_LIKE_TRL,
    aliases=read_in(
        "unsloth/models/rl_replacements.py",
        same("completion_length", "completions/mean_length", over="answers"),
    ),
    marks=(marked("completion_length", "completions/mean_length"),),
    on_trl=True,
)
