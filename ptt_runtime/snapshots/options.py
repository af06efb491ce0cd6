"""What a user asks for when snapshots are on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.snapshots import Prompt
from ptt_runtime.arguments import Unfit, number_from, whole, with_check
from ptt_runtime.snapshots.prompts import fixed_prompts

CODE = "PTT521"


def _prompts(name: str, value: Any) -> tuple[Prompt, ...]:
    return fixed_prompts(value)


_NUMBERS = {
    "every": whole(1, 200),
    "max_new_tokens": whole(1, 64),
    "temperature": number_from(0, 1),
    "batch_size": whole(1, 8),
    "seed": whole(0, 0),
}


@with_check({**_NUMBERS, "prompts": _prompts}, code=CODE)
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
        for name, kind in _NUMBERS.items():
            object.__setattr__(self, name, kind(name, getattr(self, name)))
        object.__setattr__(self, "prompts", fixed_prompts(self.prompts))

    @property
    def settings(self) -> dict[str, Any]:
        """How completions are made, as a snapshot records it."""
        names = ("max_new_tokens", "temperature", "batch_size", "seed")
        return {name: getattr(self, name) for name in names}


def snapshots_of(name: str, value: Any) -> Snapshots | None:
    """What snapshots are asked for: True is with all defaults, False none."""
    if isinstance(value, bool) or value is None:
        return Snapshots() if value else None
    if isinstance(value, Snapshots):
        return value
    raise Unfit(name, value, "`Snapshots(...)`, True or False", _example(name, value))


def _example(name: str, value: object) -> str:
    if isinstance(value, type):
        return f"make one: `{name}=Snapshots()`"
    if isinstance(value, (str, os.PathLike)):
        return f'for prompts of a file write `{name}=Snapshots(prompts="...")`'
    return f"write such as `{name}=Snapshots(every=200)`"
