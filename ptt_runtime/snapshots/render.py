"""Prompts as tokens, and which of them a model can take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ptt_rules.snapshots import FixedPrompt, Prompt
from ptt_runtime.snapshots.options import Snapshots

_UNBOUNDED = 2**31
_LEAST_NEW = 16
"""Tokens that an answer needs at least, unless fewer are asked for."""


def encoded(tokenizer: Any, prompt: Prompt, options: Snapshots) -> list[int]:
    """Tokens of a prompt; nothing of the tokenizer's padding is used or changed."""
    messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else [*prompt]
    if getattr(tokenizer, "chat_template", None):
        text = tokenizer.apply_chat_template(
            messages,
            add_generation_prompt=True,
            tokenize=False,
            **(options.chat_template_kwargs or {}),
        )
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])
    plain = "\n".join(message["content"] for message in messages)
    return list(tokenizer(plain)["input_ids"])


def positions(model: Any) -> int:
    """How many tokens a model has positions for; a large number where it sets no bound."""
    config = model.config
    text = config.get_text_config() if hasattr(config, "get_text_config") else config
    names = ("max_position_embeddings", "n_positions", "max_seq_len")
    found = [getattr(text, name, None) for name in names]
    known = [one for one in found if isinstance(one, int) and one > 0]
    return min(known, default=_UNBOUNDED)


def usable(
    model: Any, tokenizer: Any, prompts: Sequence[FixedPrompt], options: Snapshots
) -> tuple[tuple[FixedPrompt, ...], list[tuple[FixedPrompt, str]]]:
    """Prompts that the template writes and that leave room for an answer; the others, and why."""
    room = positions(model) - min(_LEAST_NEW, options.max_new_tokens)
    good: list[FixedPrompt] = []
    bad: list[tuple[FixedPrompt, str]] = []
    for prompt in prompts:
        try:
            count = len(encoded(tokenizer, prompt.content, options))
        except Exception as error:  # a template is code of others
            bad.append((prompt, f"{type(error).__name__}: {error}"))
            continue
        if 0 < count <= room:
            good.append(prompt)
        else:
            bad.append((prompt, f"it has {count} tokens, and the model room for 1 to {room}"))
    return tuple(good), bad
