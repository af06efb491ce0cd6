"""What a model said to one fixed prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.snapshots.prompt import FixedPrompt, Prompt, prompt_text


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model said to one prompt; `tokens` without the one that ends it."""

    asked: FixedPrompt
    text: str
    tokens: int
    is_truncated: bool
    ids: tuple[int, ...] = ()
    """The tokens themselves, with the one that ends it; the first snapshot of a run keeps them."""

    @property
    def prompt(self) -> Prompt:
        return self.asked.content

    @property
    def key(self) -> str:
        """What it is found by in another snapshot."""
        return prompt_text(self.asked.content)

    def to_json(self) -> dict[str, Any]:
        ids = {"ids": [*self.ids]} if self.ids else {}
        return {
            **self.asked.to_json(),
            "text": self.text,
            "tokens": self.tokens,
            "truncated": self.is_truncated,
            **ids,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Completion:
        """Errors: KeyError, TypeError for what is not a completion"""
        asked = FixedPrompt.from_json(data)
        ids = tuple(data.get("ids", ()))
        return cls(asked, data["text"], data["tokens"], data["truncated"], ids)
