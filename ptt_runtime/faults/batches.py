"""Faults of data: examples and batches that are not what they were.

For trainers that learn from a fixed data set (SFT, DPO, KTO, ORPO, CPO, Reward); those that
sample completions have prompts in their batches, and learn from rewards.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import torch
from transformers import TrainerCallback

Example = dict[str, Any]
Batch = dict[str, Any]

_IGNORED_LABEL = -100
_SPECIAL_TOKENS = 4
"""Small ids are special in most vocabularies; random tokens leave them out."""


class _Faulty(TrainerCallback):
    """Wraps the collator of the training data, and counts batches, which are fetched ahead."""

    def __init__(self, *, after_step: int) -> None:
        self.after_step = after_step
        self._left_alone = 0

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._left_alone = (self.after_step - state.global_step) * args.gradient_accumulation_steps
        given = kwargs["train_dataloader"]
        dataloader = getattr(given, "base_dataloader", given)
        collate = dataloader.collate_fn
        dataloader.collate_fn = lambda examples: self._collated(collate, examples)

    def _collated(
        self, collate: Callable[[list[Example]], Batch], examples: list[Example]
    ) -> Batch:
        self._left_alone -= 1
        return collate(examples) if self._left_alone >= 0 else self._faulty(collate, examples)

    def _faulty(self, collate: Callable[[list[Example]], Batch], examples: list[Example]) -> Batch:
        raise NotImplementedError


class FaultyExamples(_Faulty):
    """Examples (tokenized, not yet in a batch) are changed by a function of all of a batch."""

    def __init__(
        self, change: Callable[[Sequence[Example]], Sequence[Example]], *, after_step: int
    ) -> None:
        super().__init__(after_step=after_step)
        self._change = change

    def _faulty(self, collate: Callable[[list[Example]], Batch], examples: list[Example]) -> Batch:
        return collate(list(self._change(examples)))


class FaultyBatches(_Faulty):
    """Batches (tensors by name) are changed by a function."""

    def __init__(self, change: Callable[[Batch], Batch], *, after_step: int) -> None:
        super().__init__(after_step=after_step)
        self._change = change

    def _faulty(self, collate: Callable[[list[Example]], Batch], examples: list[Example]) -> Batch:
        return self._change(collate(examples))


# ---- changes of examples -------------------------------------------------------------------


def swapped_pairs(examples: Sequence[Example]) -> list[Example]:
    """Chosen and rejected change places; of unpaired examples (KTO), the label is negated."""
    return [_swapped(example) for example in examples]


def _swapped(example: Example) -> Example:
    if "label" in example:
        return {**example, "label": not example["label"]}
    return {key: example[_other_side(key)] for key in example}


def _other_side(key: str) -> str:
    if "chosen" in key:
        return key.replace("chosen", "rejected")
    return key.replace("rejected", "chosen")


def identical_pairs(examples: Sequence[Example]) -> list[Example]:
    """The rejected completion is the chosen one."""
    return [
        {key: example[key.replace("rejected", "chosen")] for key in example} for example in examples
    ]


def random_tokens(
    vocabulary: int, *, seed: int = 0
) -> Callable[[Sequence[Example]], list[Example]]:
    """Token ids (`input_ids`, and completions by their names) are drawn at random instead."""
    source = random.Random(seed)

    def change(examples: Sequence[Example]) -> list[Example]:
        return [
            {key: draw(value) if _has_tokens(key) else value for key, value in example.items()}
            for example in examples
        ]

    def draw(ids: Sequence[int]) -> list[int]:
        return [source.randrange(_SPECIAL_TOKENS, vocabulary) for _ in ids]

    return change


def _has_tokens(key: str) -> bool:
    return key.endswith("ids") and "position" not in key and "type" not in key


def first_again() -> Callable[[Sequence[Example]], Sequence[Example]]:
    """The first spoiled batch again and again, as of a loader that is stuck."""
    first: list[Sequence[Example]] = []

    def change(examples: Sequence[Example]) -> Sequence[Example]:
        first.append(examples)
        del first[1:]
        return first[0]

    return change


# ---- changes of batches --------------------------------------------------------------------


def masked_labels(batch: Batch) -> Batch:
    """No token is supervised: all `labels` are ignored ones.

    Errors: KeyError for batches without labels
    """
    return {**batch, "labels": torch.full_like(batch["labels"], _IGNORED_LABEL)}
