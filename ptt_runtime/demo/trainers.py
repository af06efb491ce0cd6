"""Every trainer of TRL that ptt knows, set up to train a tiny model in seconds."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from datasets import Dataset
from transformers import TrainerCallback

from ptt_runtime.demo import tiny

EXAMPLES = 64
PROMPT_BATCH = 8


@dataclass(frozen=True, slots=True)
class _Recipe:
    """Where a trainer is in the supported versions of TRL, and what it trains on."""

    name: str
    modules: tuple[str, ...]
    data: Callable[..., Dataset]
    options: dict[str, Any] = field(default_factory=dict)


_GENERATING = {
    "learning_rate": 1e-3,
    "num_generations": 4,
    "max_completion_length": 16,
    "per_device_train_batch_size": PROMPT_BATCH,
}
_PAIRS = {"learning_rate": 1e-3, "max_length": tiny.MAX_TOKENS}

_RECIPES = {
    "sft": _Recipe("SFT", ("trl",), tiny.texts, {"learning_rate": 3e-3}),
    "dpo": _Recipe("DPO", ("trl",), tiny.preference_pairs, _PAIRS),
    "kto": _Recipe("KTO", ("trl",), tiny.unpaired_examples, _PAIRS),
    "reward": _Recipe("Reward", ("trl",), tiny.preference_pairs, _PAIRS),
    "grpo": _Recipe("GRPO", ("trl",), tiny.prompts, _GENERATING),
    "rloo": _Recipe("RLOO", ("trl",), tiny.prompts, _GENERATING),
    "orpo": _Recipe("ORPO", ("trl.experimental.orpo", "trl"), tiny.preference_pairs, _PAIRS),
    "cpo": _Recipe("CPO", ("trl.experimental.cpo", "trl"), tiny.preference_pairs, _PAIRS),
    "ppo": _Recipe(
        "PPO",
        ("trl.experimental.ppo", "trl"),
        tiny.tokenized_prompts,
        {
            "learning_rate": 1e-3,
            "response_length": 8,
            "num_ppo_epochs": 1,
            "num_sample_generations": 0,  # else tables of completions fill the console
        },
    ),
}


class NoSuchTrainer(Exception):
    """The installed version of TRL has no trainer for the algorithm."""


def trainer_classes(algorithm: str) -> tuple[type[Any], type[Any]]:
    """The configuration and trainer classes of an algorithm in the installed TRL.

    Errors: NoSuchTrainer
    """
    recipe = _RECIPES[algorithm]
    for module_name in recipe.modules:
        try:
            module = importlib.import_module(module_name)
            return getattr(module, f"{recipe.name}Config"), getattr(module, f"{recipe.name}Trainer")
        except (ImportError, AttributeError):
            continue
    raise NoSuchTrainer(f"the installed version of TRL has no {recipe.name}Trainer")


def algorithms() -> list[str]:
    """The algorithms that the installed TRL can train."""
    found = []
    for algorithm in _RECIPES:
        try:
            trainer_classes(algorithm)
        except NoSuchTrainer:
            continue
        found.append(algorithm)
    return found


def make_trainer(
    algorithm: str,
    folder: Path,
    *,
    steps: int,
    callbacks: Sequence[TrainerCallback] = (),
    reward: tiny.Reward = tiny.vowels,
    examples: int = EXAMPLES,
    policy: Any = None,
    **options: Any,
) -> Any:
    """A trainer that logs every step and saves nothing by itself; `options` go to its config.

    With an `eval_strategy` among them it has data to evaluate on. `policy` is a causal language
    model to train instead of the tiny one.

    Errors: NoSuchTrainer
    """
    config_class, trainer_class = trainer_classes(algorithm)
    recipe = _RECIPES[algorithm]
    seed = options.get("seed", 0)
    settings = {**_common(folder, steps), **recipe.options, **options}
    if algorithm == "cpo" and "max_prompt_length" in {one.name for one in fields(config_class)}:
        settings.setdefault("max_prompt_length", tiny.MAX_TOKENS // 2)  # of older TRL
    if algorithm == "ppo":
        settings["total_episodes"] = steps * settings["per_device_train_batch_size"]
    model = tiny.tiny_model(folder / "model", seed=seed) if policy is None else policy
    arguments = {
        "model": tiny.tiny_scorer(seed=seed) if algorithm == "reward" else model,
        "args": config_class(**settings),
        "train_dataset": recipe.data(examples, seed=seed),
        "processing_class": tiny.tiny_tokenizer(),
        "callbacks": list(callbacks),
        **_extra(algorithm, model, reward, seed),
    }
    if options.get("eval_strategy", "no") != "no":
        arguments["eval_dataset"] = recipe.data(PROMPT_BATCH, seed=seed + 1)
    return trainer_class(**arguments)


def _common(folder: Path, steps: int) -> dict[str, Any]:
    return {
        "output_dir": str(folder),
        "max_steps": steps,
        "logging_steps": 1,
        "per_device_train_batch_size": 4,
        "use_cpu": True,
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
        "bf16": False,
        "dataloader_pin_memory": False,
    }


def _extra(algorithm: str, model: Any, reward: tiny.Reward, seed: int) -> dict[str, Any]:
    """Arguments that only some trainers take."""
    if algorithm in ("grpo", "rloo"):
        return {"reward_funcs": reward}
    if algorithm == "ppo":
        return {
            "ref_model": deepcopy(model),
            "reward_model": tiny.tiny_scorer(seed=seed + 1),
            "value_model": tiny.tiny_scorer(seed=seed + 2),
            "eval_dataset": tiny.tokenized_prompts(PROMPT_BATCH, seed=seed),
        }
    return {}
