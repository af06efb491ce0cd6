"""What a user asks for when snapshots are on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules import PttError
from ptt_rules.snapshots import Prompt
from ptt_runtime.snapshots.prompts import fixed_prompts

_LEAST = {"every": 1, "max_new_tokens": 1, "temperature": 0.0, "batch_size": 1, "seed": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Completions of fixed prompts, at the start, every `every` steps, and at the end.

    `prompts=None` are ptt's own; else a list of texts or conversations, or the path of a file
    that holds some. `temperature=0` is greedy; with another one the same seed is used each time.

    Errors: PttError with PTT521 for options and prompts that cannot be
    """

    every: int = 200
    prompts: Sequence[Prompt] | str | os.PathLike[str] | None = None
    max_new_tokens: int = 64
    temperature: float = 0.0
    batch_size: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            _check_number(name, getattr(self, name), least)
        object.__setattr__(self, "prompts", fixed_prompts(self.prompts))

    @property
    def settings(self) -> dict[str, Any]:
        """How completions are made, as a snapshot records it."""
        names = ("max_new_tokens", "temperature", "batch_size", "seed")
        return {name: getattr(self, name) for name in names}


def _check_number(name: str, value: Any, least: float) -> None:
    """Errors: PTT521"""
    kinds = (int, float) if isinstance(least, float) else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value < 2**31:
        kind = "a number" if isinstance(least, float) else "a whole number"
        message = f"`{name}` of snapshots is {value!r}"
        raise PttError.of("PTT521", message, hint=f"give {kind} from {least:g} on")
