"""How likely a model finds the answers of the first snapshot: drift that wording does not show.

The answers are those of the model where the run began, so the log-probability that they lose is
an estimate of the KL divergence of the model now from that one, along these answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from ptt_rules.snapshots import ENTROPY, LOGPROB, Completion, Scores
from ptt_runtime.snapshots.generate import in_batches
from ptt_runtime.snapshots.options import Snapshots
from ptt_runtime.snapshots.render import encoded, positions

Sequence_ = tuple[list[int], int]
"""Tokens of a prompt and its answer, and where the answer begins."""


def likelihoods(
    model: Any, tokenizer: Any, answers: Sequence[Completion], options: Snapshots
) -> Scores:
    """Mean log-probability and entropy of the tokens of each answer, both in nats a token.

    Null: for an answer of no token; for models with an encoder there is nothing
    Cost: one forward pass
    """
    if model.config.is_encoder_decoder:
        return {}
    most = positions(model)
    whole: list[Sequence_] = []
    for one in answers:
        start = encoded(tokenizer, one.prompt, options)
        whole.append(([*start, *one.ids][:most], len(start)))
    found: list[tuple[float | None, float | None]] = []

    def take(batch: Sequence[Sequence_]) -> None:
        found.extend(_of_batch(model, batch))

    in_batches(whole, options.batch_size, take)
    return {LOGPROB: [one[0] for one in found], ENTROPY: [one[1] for one in found]}


def _of_batch(model: Any, batch: Sequence[Sequence_]) -> list[tuple[float | None, float | None]]:
    """Padded on the right, so that positions are those of each sequence alone."""
    device = next(model.parameters()).device
    width = max(len(ids) for ids, _ in batch)
    ids = torch.tensor([one + [0] * (width - len(one)) for one, _ in batch], device=device)
    mask = torch.tensor([[1] * len(o) + [0] * (width - len(o)) for o, _ in batch], device=device)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    return [
        _of_answer(row[start - 1 : len(one) - 1], torch.tensor(one[start:], device=row.device))
        for row, (one, start) in zip(logits, batch, strict=True)
    ]


def _of_answer(logits: torch.Tensor, tokens: torch.Tensor) -> tuple[float | None, float | None]:
    """Shape: (tokens, vocabulary), (tokens,) -> two means"""
    if not len(tokens):
        return None, None
    log = logits.float().log_softmax(-1)
    taken = log.gather(-1, tokens[:, None]).mean()
    entropy = torch.special.entr(log.exp()).sum(-1).mean()
    return float(taken), float(entropy)
