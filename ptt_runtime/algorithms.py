"""Which algorithm a trainer runs, told from the class of its arguments.

A callback never gets the trainer, only its arguments; people subclass those, so all bases
are looked at, the nearest first.
"""

from __future__ import annotations

from typing import Any

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
    """The algorithm of training arguments; `unknown` if no class among their bases tells."""
    for base in type(args).__mro__:
        if base.__name__ in _BY_CONFIG:
            return _BY_CONFIG[base.__name__]
    return UNKNOWN
