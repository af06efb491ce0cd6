"""Which algorithm a trainer runs: from its class, from the class of its arguments, from its logs.

A callback gets the arguments and rarely the trainer; people subclass both, so all bases are looked
at, the nearest first. Frameworks that have one class for all they train leave it to the keys that
are logged.
"""

from __future__ import annotations

from typing import Any

from ptt_rules.observing import UNKNOWN, is_open

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

_OF_OTHERS = {
    "PPOv2Config": "ppo",  # TRL 0.9 to 0.11, what PPOConfig is later
    "AxolotlTrainingArguments": "sft",
    "UnslothTrainingArguments": "sft",
    "PAPOConfig": "grpo",
    "GMPOConfig": "grpo",
    "GFPOConfig": "grpo",
    "GRPOWithReplayBufferConfig": "grpo",
}
"""Arguments of other frameworks, and of TRL's variants of an algorithm, that log what it logs.

Source: axolotl 067b021, `core/training_args.py`; unsloth 015bdef, `unsloth/trainer.py`; trl 1.16.0,
`trl/experimental`
"""

_WITH_LOOP_OF_PPO = ("RLOOConfig", "OnPolicyConfig")
"""The arguments of RLOO before TRL 0.22, whose trainer has the loop of PPO and logs its keys.

Source: trl 0.19.1, `trl/trainer/rloo_config.py`, `trl/trainer/rloo_trainer.py`
"""

_OF_TRL_ALONE = frozenset({"AsyncGRPOConfig"})
"""Names that another framework has for a class of its own, whose bases say what it is."""

_MODULES = {
    "llamafactory.train.sft": "sft",
    "llamafactory.train.pt": "sft",
    "llamafactory.train.rm": "reward",
    "llamafactory.train.dpo": "dpo",
    "llamafactory.train.kto": "kto",
    "llamafactory.train.ppo": "ppo",
}
"""Trainers of LLaMA-Factory, all with the same class of arguments.

Source: LLaMA-Factory ff6d4d1, `src/llamafactory/train`
"""

_BY_TRAINER = {
    f"{config.removesuffix('Config')}Trainer": name for config, name in _BY_CONFIG.items()
}

_PLAIN = {
    "SentenceTransformerTrainingArguments": "sentence_transformer",
    "Seq2SeqTrainingArguments": "seq2seq",
    "TrainingArguments": "trainer",
}
"""Arguments of trainers that are not of TRL, whose rules are those of every training."""

_FRAMEWORKS = {"llamafactory.": "llamafactory", "swift.": "ms_swift", "axolotl.": "axolotl"}
"""By the module of a trainer or of its arguments, the framework that logs."""

IGNORES_STOP = frozenset({"ppo"})
"""Trainers whose loop never looks at `should_training_stop`: only an exception ends them.

Source: trl 1.12.0, trl/experimental/ppo/ppo_trainer.py, PPOTrainer.train
"""

IGNORES_EVALUATE = frozenset({"ppo"})
"""Trainers whose loop never looks at `should_evaluate`.

Source: as for `IGNORES_STOP`
"""


def algorithm_of(args: Any, trainer: Any = None) -> str:
    """The algorithm of a trainer and its arguments; `unknown` if no class among the bases says it.

    A configuration of TRL that is not known gives its own name.
    """
    by_args = _by_args(args)
    by_trainer = None if trainer is None else _by_trainer(trainer)
    return by_trainer if by_trainer is not None and is_open(by_args) else by_args


def framework_of(args: Any, trainer: Any = None) -> str | None:
    """The framework whose trainer it is, by the modules of its bases; None for TRL itself."""
    for base in (*type(trainer).__mro__, *type(args).__mro__):
        for module, name in _FRAMEWORKS.items():
            if base.__module__.startswith(module):
                return name
    return None


def _by_trainer(trainer: Any) -> str | None:
    chosen = getattr(trainer, "finetuning_args", None)
    if getattr(chosen, "pref_loss", None) == "orpo" and getattr(chosen, "stage", None) == "dpo":
        return "orpo"
    for base in type(trainer).__mro__:
        module = base.__module__
        stage = next((a for m, a in _MODULES.items() if module.startswith(m)), None)
        known = stage or _BY_TRAINER.get(base.__name__)
        if known is not None:
            return known
    return None


def _by_args(args: Any) -> str:
    if {base.__name__ for base in type(args).__mro__}.issuperset(_WITH_LOOP_OF_PPO):
        return "ppo"
    for base in type(args).__mro__:
        name, module = base.__name__, base.__module__
        if name in _OF_TRL_ALONE and not module.startswith("trl."):
            continue
        if name == "Seq2SeqTrainingArguments" and module.startswith("swift."):
            return "sft"  # ms-swift 3602360, `swift/trainers/arguments.py`
        known = _BY_CONFIG.get(name) or _OF_OTHERS.get(name) or _PLAIN.get(name)
        if known is not None:
            return known
        if base.__module__.startswith("trl.") and name[:1] != "_" and name.endswith(_CONFIG):
            return name.removesuffix(_CONFIG).lower()
    return UNKNOWN
