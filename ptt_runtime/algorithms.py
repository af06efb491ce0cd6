"""Which algorithm a trainer runs, told from the class of its arguments.

A callback never gets the trainer, only its arguments; people subclass those, so all bases
are looked at, the nearest first.
"""

from __future__ import annotations

from typing import Any

_CONFIG = "Config"
_BY_CONFIG = {
    "SFTConfig": "sft",
    "DPOConfig": "dpo",
    "GRPOConfig": "grpo",
    "RLOOConfig": "rloo",
    "RewardConfig": "reward",
    "KTOConfig": "kto",
    "PPOConfig": "ppo",
    "ORPOConfig": "orpo",
    "CPOConfig": "cpo",
    "OnlineDPOConfig": "online_dpo",
    "XPOConfig": "xpo",
    "NashMDConfig": "nash_md",
    "GKDConfig": "gkd",
    "BCOConfig": "bco",
    "PRMConfig": "prm",
    "AsyncGRPOConfig": "async_grpo",
    "DistillationConfig": "distillation",
}

ALGORITHMS = tuple(_BY_CONFIG.values())
"""Those of TRL."""

_PLAIN = {
    "SentenceTransformerTrainingArguments": "sentence_transformer",
    "Seq2SeqTrainingArguments": "seq2seq",
    "TrainingArguments": "trainer",
}
"""Arguments of trainers that are not of TRL, whose rules are those of every training."""

UNKNOWN = "unknown"
FALLBACK_PACK = "common"
BEHAVIOUR_PACK = "behaviour"
"""Rules on what snapshots measure."""
RANKS_PACK = "distributed"
"""Rules on what is measured of several processes."""

IGNORES_STOP = frozenset({"ppo"})
"""Trainers whose loop never looks at `should_training_stop`: only an exception ends them.

Source: trl 1.12.0, trl/experimental/ppo/ppo_trainer.py, PPOTrainer.train
"""

IGNORES_EVALUATE = frozenset({"ppo"})
"""Trainers whose loop never looks at `should_evaluate`.

Source: as for `IGNORES_STOP`
"""


def algorithm_of(args: Any) -> str:
    """The algorithm of training arguments; `unknown` if no class among their bases tells.

    A configuration of TRL that is not known gives its own name.
    """
    for base in type(args).__mro__:
        name = base.__name__
        known = _BY_CONFIG.get(name) or _PLAIN.get(name)
        if known is not None:
            return known
        if base.__module__.startswith("trl.") and name[:1] != "_" and name.endswith(_CONFIG):
            return name.removesuffix(_CONFIG).lower()
    return UNKNOWN


def is_plain(algorithm: str) -> bool:
    """Whether what trains is not of TRL."""
    return algorithm in _PLAIN.values()
