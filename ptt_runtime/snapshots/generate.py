"""Completions of prompts by a model of transformers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from transformers import GenerationConfig

from ptt_rules.snapshots import Completion, Prompt
from ptt_runtime.snapshots.options import Snapshots


def completions(
    model: Any, tokenizer: Any, prompts: Sequence[Prompt], options: Snapshots
) -> list[Completion]:
    """What the model says to each prompt, by the chat template where the tokenizer has one.

    Cost: one forward pass for the prompts of a batch, and one for each new token of its longest
          completion
    """
    config = _generation_config(model, tokenizer, options)
    found: list[Completion] = []
    for batch in _batches(prompts, options.batch_size):
        encoded = [_encoded(tokenizer, prompt) for prompt in batch]
        for prompt, tokens in zip(batch, _generated(model, encoded, config), strict=True):
            kept, is_truncated = _until_end(tokens, config.eos_token_id)
            text = tokenizer.decode(kept, skip_special_tokens=True)
            found.append(Completion(prompt, text, len(kept), is_truncated))
    return found


def _batches(prompts: Sequence[Prompt], size: int) -> Iterator[Sequence[Prompt]]:
    return (prompts[start : start + size] for start in range(0, len(prompts), size))


def _encoded(tokenizer: Any, prompt: Prompt) -> list[int]:
    """Tokens of a prompt; nothing of the tokenizer's padding is used or changed."""
    messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [*prompt]
    if getattr(tokenizer, "chat_template", None):
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])
    plain = "\n".join(message["content"] for message in messages)
    return list(tokenizer(plain)["input_ids"])


def _generated(
    model: Any, encoded: Sequence[Sequence[int]], config: GenerationConfig
) -> list[list[int]]:
    """New tokens of each prompt; prompts are padded on the left."""
    width = max(map(len, encoded))
    device = next(model.parameters()).device
    ids = [[config.pad_token_id] * (width - len(one)) + [*one] for one in encoded]
    mask = [[0] * (width - len(one)) + [1] * len(one) for one in encoded]
    made = model.generate(
        input_ids=torch.tensor(ids, device=device),
        attention_mask=torch.tensor(mask, device=device),
        generation_config=config,
        synced_gpus=False,
    )
    start = 1 if model.config.is_encoder_decoder else width
    return [list(map(int, row)) for row in made[:, start:]]


def _generation_config(model: Any, tokenizer: Any, options: Snapshots) -> GenerationConfig:
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


def _until_end(tokens: Sequence[int], ends: int | Sequence[int] | None) -> tuple[list[int], bool]:
    """Tokens before the mark of an end, and whether there was none."""
    marks = {ends} if isinstance(ends, int) else set(ends or ())
    for position, token in enumerate(tokens):
        if token in marks:
            return list(tokens[:position]), False
    return list(tokens), True
