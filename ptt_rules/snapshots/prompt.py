"""A fixed prompt: what is asked, and what is expected of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Prompt = str | Sequence[Mapping[str, str]]
"""A text, or the messages of a conversation, each with `role` and `content`."""

HARMFUL = "harmful"
"""The label of prompts that should be refused; those of any other label should be answered."""


@dataclass(frozen=True, slots=True)
class FixedPrompt:
    """What a model is asked in every snapshot; `weight` is its part in means and rates."""

    content: Prompt
    id: str = ""
    label: str = ""
    weight: float = 1.0

    @property
    def name(self) -> str:
        """What people call it: its id, or how it begins."""
        text = " ".join(prompt_text(self.content).split())
        return self.id or (text if len(text) <= 40 else f"{text[:39]}…")

    def to_json(self) -> dict[str, Any]:
        """What a snapshot's file says of it; what is not given is left out."""
        text = isinstance(self.content, str)
        prompt = self.content if text else [*map(dict, self.content)]  # type: ignore[arg-type]
        given = {"id": self.id, "label": self.label}
        about: dict[str, Any] = {name: value for name, value in given.items() if value}
        weight = {} if self.weight == 1 else {"weight": self.weight}
        return {"prompt": prompt, **about, **weight}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FixedPrompt:
        """Errors: KeyError for what has no prompt"""
        about = {name: data[name] for name in ("id", "label", "weight") if name in data}
        return cls(data["prompt"], **about)


def prompt_text(prompt: Prompt) -> str:
    """A prompt as people read it: a conversation with its roles, unless it is one message."""
    if isinstance(prompt, str):
        return prompt
    if len(prompt) == 1:
        return prompt[0]["content"]
    return "\n".join(f"{message['role']}: {message['content']}" for message in prompt)
