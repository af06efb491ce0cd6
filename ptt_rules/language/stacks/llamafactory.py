"""LLaMA-Factory: TRL's trainers, a log file with names of its own, and ORPO by its DPO trainer."""

from __future__ import annotations

from ptt_rules.language.stacks.alias import Own, Stack, marked, near, own_in, read_in, same, scaled
from ptt_rules.language.types import Unit

_LOG = read_in(
    "src/llamafactory/train/callbacks.py",
    same("lr", "learning_rate", over="one step"),
    same("accuracy", "rewards/accuracies", over="pairs of the logging window"),
    same("total_tokens", "num_tokens", over="the run so far", when="include_num_input_tokens_seen"),
)
_ORPO = read_in(
    "src/llamafactory/train/dpo/trainer.py",
    near(
        "sft_loss",
        "nll_loss",
        over="chosen answers, of the mean over their tokens",
        note="TRL's is a mean over the tokens of the batch",
        when="pref_loss=orpo",
    ),
    scaled(
        -1.0,
        same(
            "odds_ratio_loss",
            "log_odds_ratio",
            over="pairs",
            note="of the other sign",
            when="pref_loss=orpo",
        ),
    ),
)
_PPO = read_in(
    "src/llamafactory/train/ppo/trainer.py",
    same("reward", "objective/scores", over="answers of the logging window", when="PPO"),
)

LLAMAFACTORY = Stack(
    name="llamafactory",
    title="LLaMA-Factory",
    source="hiyouga/LLaMA-Factory ff6d4d1",
    packs=("sft", "dpo", "kto", "orpo", "reward"),
    aliases=(*_LOG, *_ORPO, *_PPO),
    own=own_in(
        "src/llamafactory/train/kto/trainer.py",
        Own(
            "kl_summed",
            "kto_kl",
            Unit.NATS,
            "KTO: its `kl` to the reference, summed over micro-batches and ranks of the logs.",
            "0..",
        ),
    ),
    absent={"kl": "its `kl` is a sum over micro-batches and ranks, kept apart as `kl_summed`"},
    apart={"kl": "kl_summed"},
    marks=(marked("sft_loss", "odds_ratio_loss"), marked("total_steps", "current_steps")),
    on_trl=True,
)
