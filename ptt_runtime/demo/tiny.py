"""Models, tokenizers and data small enough for a training run of seconds on a CPU.

Nothing is downloaded: models come from configurations, the tokenizer knows single characters,
and the data is made.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

CHARACTERS = string.ascii_letters + string.digits + " .,:;!?'-()\n"
VOWELS = frozenset("aeiou")
MAX_TOKENS = 64


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """One token for each character, and four special ones."""
    special = ["<pad>", "<s>", "</s>", "<unk>"]
    vocabulary = {token: index for index, token in enumerate([*special, *CHARACTERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=MAX_TOKENS,
        padding_side="left",
        model_input_names=["input_ids", "attention_mask"],  # else also those of BERT's models
    )


def tiny_model(folder: Path, *, seed: int = 0) -> PreTrainedModel:
    """A causal language model of two small layers, saved in `folder` and loaded from there.

    GRPO loads its reference model by the name of the policy's folder. Each file is whole at every
    moment, also for another run that begins in the same folder.
    """
    torch.manual_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as fresh:
        LlamaForCausalLM(_config()).save_pretrained(fresh)
        for file in Path(fresh).iterdir():
            file.replace(folder / file.name)
    model: PreTrainedModel = LlamaForCausalLM.from_pretrained(folder)
    return model


def tiny_scorer(*, seed: int = 0) -> PreTrainedModel:
    """A model with one score for a sequence: reward and value models."""
    torch.manual_seed(seed)
    return LlamaForSequenceClassification(_config(num_labels=1))


def _config(**options: Any) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=len(CHARACTERS) + 4,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=2 * MAX_TOKENS,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        **options,
    )


# ---- data ----------------------------------------------------------------------------------


def _word(source: random.Random, letters: Sequence[str]) -> str:
    return "".join(source.choice(letters) for _ in range(source.randint(3, 6)))


def texts(count: int, *, seed: int = 0) -> Dataset:
    """Short sentences of a few words, the same ones whatever the seed is, for SFT: `text`."""
    words = [_word(random.Random(word), string.ascii_lowercase) for word in range(12)]
    source = random.Random(seed)
    rows = [" ".join(source.choice(words) for _ in range(5)) + "." for _ in range(count)]
    return Dataset.from_dict({"text": rows})


def prompts(count: int, *, seed: int = 0) -> Dataset:
    """Short prompts, for GRPO, RLOO: `prompt`."""
    source = random.Random(seed)
    rows = [_word(source, string.ascii_lowercase) + ":" for _ in range(count)]
    return Dataset.from_dict({"prompt": rows})


def preference_pairs(count: int, *, seed: int = 0) -> Dataset:
    """Pairs that can be learned: chosen are vowels, rejected are digits."""
    source = random.Random(seed)
    rows = {
        "prompt": [_word(source, string.ascii_lowercase) + ": " for _ in range(count)],
        "chosen": [_word(source, "aeiou") for _ in range(count)],
        "rejected": [_word(source, string.digits) for _ in range(count)],
    }
    return Dataset.from_dict(rows)


def unpaired_examples(count: int, *, seed: int = 0) -> Dataset:
    """Examples with a label, for KTO: `prompt`, `completion`, `label`."""
    pairs = preference_pairs(count, seed=seed)
    rows = [
        {"prompt": pair["prompt"], "completion": pair[side], "label": side == "chosen"}
        for pair in pairs
        for side in ("chosen", "rejected")
    ]
    random.Random(seed).shuffle(rows)
    return Dataset.from_list(rows)


def tokenized_prompts(count: int, *, seed: int = 0) -> Dataset:
    """Prompts as token ids, which PPO wants: `input_ids`."""
    tokenizer = tiny_tokenizer()
    rows = [tokenizer(row["prompt"])["input_ids"] for row in prompts(count, seed=seed)]
    return Dataset.from_dict({"input_ids": rows})


def vowels(completions: Sequence[str], **_: Any) -> list[float]:
    """A reward that can be learned: the share of vowels in each completion."""
    return [sum(char in VOWELS for char in text) / max(len(text), 1) for text in completions]


Reward = Callable[..., Sequence[float | None]]
