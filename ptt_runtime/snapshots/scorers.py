"""Scorers of one's own: each gives an answer a number, which becomes a metric of that name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from math import isfinite
from typing import Any

import torch

from ptt_rules.border import plain_number
from ptt_rules.observing.arguments import Unfit
from ptt_rules.snapshots import ENTROPY, LENGTHS, LOGPROB, REFUSAL
from ptt_runtime.snapshots.reference import REFERENCE_KL
from ptt_runtime.snapshots.undisturbed import undisturbed

Scorer = Callable[..., Sequence[Any]]
"""A function of prompts and texts that gives one number for each.

One with a parameter `first` gets the texts of the first snapshot there, to compare with.
"""

_NAME = re.compile(r"[A-Za-z]\w*")
_TAKEN = frozenset(
    {"length", "empty_rate", "truncated_rate", "refusal_rate", "partial_rate", "refusal_known"}
    | {"refusals_gained", "refusals_lost", "refusals_compared", "repetition", "distinct_1"}
    | {"distinct_2", "similarity_first", "similarity_last", "similarity_chance", "drift", "first"}
    | {*LENGTHS, "seconds", "time_share", "temperature", "answers", REFERENCE_KL, LOGPROB, ENTROPY}
)
_TAKES = "a function of prompts and texts, a pipeline of transformers, or `(model, tokenizer)`"


def scorers_of(name: str, value: Any) -> dict[str, Scorer]:
    """Scorers by the names of their metrics; `refusal` replaces the detector of refusals."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        hint = f'write such as `{name}={{"reward": f}}`'
        raise Unfit(name, value, "scorers by name", hint)
    for word in value:
        if not (isinstance(word, str) and _NAME.fullmatch(word)) or word in _TAKEN:
            hint = f'name one such as `{name}={{"reward": f}}`; `{REFUSAL}` replaces the detector'
            raise Unfit(name, word, "names of letters and digits that no metric has", hint)
    return {word: _scorer(f'{name}["{word}"]', one) for word, one in value.items()}


def _scorer(name: str, value: Any) -> Scorer:
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], torch.nn.Module):
        return _RewardModel(*value)
    if hasattr(value, "task") and hasattr(value, "model") and callable(value):
        return _Pipeline(value)
    if callable(value) and not isinstance(value, (type, torch.nn.Module)):
        return value  # type: ignore[no-any-return]
    hint = f"write `{name}=f`, where `f(prompts, texts)` gives a list of numbers"
    raise Unfit(name, value, _TAKES, hint)


@dataclass(frozen=True, slots=True)
class _Pipeline:
    """A text classifier: the score of its last label, which is the positive one of two."""

    pipeline: Any

    def __call__(self, prompts: Sequence[Any], texts: Sequence[str]) -> list[float]:
        last = self.pipeline.model.config.id2label[self.pipeline.model.config.num_labels - 1]
        found = self.pipeline(list(texts), top_k=None, truncation=True)
        return [next(one["score"] for one in each if one["label"] == last) for each in found]


@dataclass(frozen=True, slots=True)
class _RewardModel:
    """A model with one logit for a sequence, on the conversation as its template writes it."""

    model: Any
    tokenizer: Any

    def __call__(self, prompts: Sequence[Any], texts: Sequence[str]) -> list[float]:
        with undisturbed(self.model, 0):
            return [self._one(*pair) for pair in zip(prompts, texts, strict=True)]

    def _one(self, prompt: Any, text: str) -> float:
        asked = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [*prompt]
        messages = [*asked, {"role": "assistant", "content": text}]
        if getattr(self.tokenizer, "chat_template", None):
            whole = self.tokenizer.apply_chat_template(messages, tokenize=False)
            encoded = self.tokenizer(whole, add_special_tokens=False)
        else:
            encoded = self.tokenizer("\n".join(one["content"] for one in messages))
        ids = torch.tensor([encoded["input_ids"]], device=self.model.device)
        return float(self.model(input_ids=ids).logits[0, 0])


def scored(
    scorer: Scorer, prompts: Sequence[Any], texts: Sequence[str], first: Sequence[str] = ()
) -> list[float | None]:
    """One number for each text; None where a scorer gives None or something not finite.

    `first` are the texts of the first snapshot, in the order of these.

    Errors: ValueError for another number of scores, and all that the scorer raises
    """
    more = {"first": list(first)} if _compares(scorer) else {}
    found = [*scorer(list(prompts), list(texts), **more)]
    if len(found) != len(texts):
        raise ValueError(f"it gives {len(found)} scores for {len(texts)} texts")
    return [_number(one) for one in found]


def _compares(scorer: Scorer) -> bool:
    try:
        return "first" in signature(scorer).parameters
    except (TypeError, ValueError):  # a callable of C says nothing of its parameters
        return False


def _number(score: Any) -> float | None:
    if score is None:
        return None
    number = plain_number(score)
    if number is None:
        raise ValueError(f"it gives a {type(score).__name__}, not a number")
    return number if isfinite(number) else None
