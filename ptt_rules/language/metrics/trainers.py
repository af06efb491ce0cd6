"""Trainers by the name of what they run: the class as people know it, and whose it is."""

from __future__ import annotations

CLASSES = {
    "sft": "SFTTrainer",
    "dpo": "DPOTrainer",
    "grpo": "GRPOTrainer",
    "rloo": "RLOOTrainer",
    "reward": "RewardTrainer",
    "kto": "KTOTrainer",
    "ppo": "PPOTrainer",
    "orpo": "ORPOTrainer",
    "cpo": "CPOTrainer",
    "online_dpo": "OnlineDPOTrainer",
    "xpo": "XPOTrainer",
    "nash_md": "NashMDTrainer",
    "gkd": "GKDTrainer",
    "bco": "BCOTrainer",
    "prm": "PRMTrainer",
    "async_grpo": "AsyncGRPOTrainer",
    "distillation": "DistillationTrainer",
    "trainer": "Trainer",
    "seq2seq": "Seq2SeqTrainer",
    "sentence_transformer": "SentenceTransformerTrainer",
}

PLAIN = ("trainer", "seq2seq", "sentence_transformer")
"""Those that are not of TRL; what they log beside the loss is up to the script."""


def trainer_name(algorithm: str) -> str:
    """The class of a trainer, or words for one that is not known."""
    return CLASSES.get(algorithm, "this trainer")
