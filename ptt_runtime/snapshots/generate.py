"""Completions of prompts by a model of transformers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from transformers import GenerationConfig

from ptt_rules.snapshots import Completion, FixedPrompt
from ptt_runtime.snapshots.options import Snapshots
from ptt_runtime.snapshots.render import encoded, positions

T = Any


def completions(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[FixedPrompt],
    options: Snapshots,
    on_batch: Callable[[], None] = lambda: None,
) -> list[Completion]:
    """What the model says to each prompt, by the chat template where the tokenizer has one.

    Cost: one forward pass for the prompts of a batch, and one for each new token of its longest
          completion; a batch that does not fit into memory is halved
    """
    config = generation_config(model, tokenizer, options)
    found: list[Completion] = []

    def take(batch: Sequence[FixedPrompt]) -> None:
        ids = [encoded(tokenizer, prompt.content, options) for prompt in batch]
        made = _generated(model, ids, config)
        found.extend(
            _completion(tokenizer, *pair, config) for pair in zip(batch, made, strict=True)
        )
        on_batch()

    with own_generation(model, config):
        in_batches(prompts, options.batch_size, take)
    return found


def in_batches(items: Sequence[T], size: int, take: Callable[[Sequence[T]], None]) -> None:
    """Takes items in batches, in smaller ones from where the device runs out of memory.

    Errors: torch.OutOfMemoryError for a batch of one
    """
    start = 0
    while start < len(items):
        try:
            take(items[start : start + size])
            start += size
        except torch.OutOfMemoryError:
            if size == 1:
                raise
            size = (size + 1) // 2
            if torch.cuda.is_available():
                torch.cuda.empty_cache()


def given_completions(
    tokenizer: Any, prompts: Sequence[FixedPrompt], options: Snapshots
) -> list[Completion]:
    """The same where somebody else generates; lengths are those of the tokenizer.

    Errors: ValueError for another number of answers, and all that the function raises
    """
    assert options.generate is not None
    texts = [*options.generate([prompt.content for prompt in prompts])]
    if len(texts) != len(prompts) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"`generate` gives no list of {len(prompts)} texts")
    found = []
    for prompt, text in zip(prompts, texts, strict=True):
        ids = tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
        is_cut = len(ids) >= options.max_new_tokens
        found.append(Completion(prompt, text, len(ids), is_cut, ids))
    return found


def _completion(
    tokenizer: Any, prompt: FixedPrompt, tokens: Sequence[int], config: GenerationConfig
) -> Completion:
    kept, end = _until_end(tokens, config.eos_token_id)
    text = tokenizer.decode(kept, skip_special_tokens=True)
    ids = (*kept, *([] if end is None else [end]))
    return Completion(prompt, text, len(kept), end is None, ids)


def _generated(
    model: Any, ids: Sequence[Sequence[int]], config: GenerationConfig
) -> list[list[int]]:
    """New tokens of each prompt; prompts are padded on the left."""
    width = max(map(len, ids))
    device = next(model.parameters()).device
    padded = [[config.pad_token_id] * (width - len(one)) + [*one] for one in ids]
    mask = [[0] * (width - len(one)) + [1] * len(one) for one in ids]
    room = positions(model) - width
    made = model.generate(
        input_ids=torch.tensor(padded, device=device),
        attention_mask=torch.tensor(mask, device=device),
        generation_config=_within(config, room),
        synced_gpus=False,
    )
    start = 1 if model.config.is_encoder_decoder else width
    return [list(map(int, row)) for row in made[:, start:]]


def _within(config: GenerationConfig, room: int) -> GenerationConfig:
    """The configuration with no more new tokens than the model has positions left."""
    if config.max_new_tokens <= room:
        return config
    changed = GenerationConfig(**config.to_dict())  # type: ignore[no-untyped-call]
    changed.max_new_tokens = room
    return changed


def generation_config(model: Any, tokenizer: Any, options: Snapshots) -> GenerationConfig:
    """The model's own marks of an end, and nothing else of how it likes to be sampled."""
    own = model.generation_config
    ends = own.eos_token_id if own.eos_token_id is not None else tokenizer.eos_token_id
    first_end = ends[0] if isinstance(ends, list) else ends
    pads = (tokenizer.pad_token_id, own.pad_token_id, first_end, 0)
    sampling = {"temperature": options.temperature, "top_k": 0, "top_p": 1.0}
    return GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=options.max_new_tokens,
        do_sample=options.temperature > 0,
        num_beams=1,
        use_cache=True,
        bos_token_id=own.bos_token_id,
        eos_token_id=ends,
        pad_token_id=next(pad for pad in pads if pad is not None),
        decoder_start_token_id=own.decoder_start_token_id,
        **(sampling if options.temperature > 0 else {}),
    )


@contextmanager
def own_generation(model: Any, config: GenerationConfig) -> Iterator[None]:
    """Puts a configuration in place of the model's own while it generates.

    `generate` fills what a configuration leaves open from the one of the model: penalties, stop
    strings, time limits, kinds of results. So there is none but ours to fill from.
    """
    holders = [one for one in (model, *model.modules()) if "generation_config" in vars(one)]
    own = [one.generation_config for one in holders]
    try:
        for one in holders:
            one.generation_config = config
        yield
    finally:
        for one, was in zip(holders, own, strict=True):
            one.generation_config = was


def _until_end(
    tokens: Sequence[int], ends: int | Sequence[int] | None
) -> tuple[list[int], int | None]:
    """Tokens before the mark of an end, and that mark; None where there is none."""
    marks = {ends} if isinstance(ends, int) else set(ends or ())
    for position, token in enumerate(tokens):
        if token in marks:
            return list(tokens[:position]), token
    return list(tokens), None
