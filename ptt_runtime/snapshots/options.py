"""What a user asks for when snapshots are on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptt_rules.observing.arguments import Unfit, by_name, number_from, whole, with_check
from ptt_rules.snapshots import FixedPrompt
from ptt_runtime.snapshots.prompts import Given, fixed_prompts
from ptt_runtime.snapshots.reference import reference_of
from ptt_runtime.snapshots.scorers import Scorer, scorers_of

CODE = "PTT521"
Generate = Callable[[Sequence[Any]], Sequence[str]]
"""Answers to prompts, as they are given in `prompts`, by a model that runs elsewhere."""


def _prompts(name: str, value: Any) -> tuple[FixedPrompt, ...]:
    if isinstance(value, Iterator):  # to check it would use it up
        raise Unfit(name, value, "a list of prompts or a path", f"write `{name}=list(...)`")
    return fixed_prompts(value)


def _anything(name: str, value: Any) -> Any:
    return value


def _generate(name: str, value: Any) -> Generate | None:
    if value is None or (callable(value) and not isinstance(value, type)):
        return value
    hint = f"write `{name}=f`, where `f(prompts)` gives a list of texts"
    raise Unfit(name, value, "a function of prompts", hint)


_NUMBERS = {
    "every": whole(1, 200),
    "max_new_tokens": whole(1, 256),
    "temperature": number_from(0, 1),
    "batch_size": whole(1, 8),
    "seed": whole(0, 0),
}
_template_kwargs = by_name(
    _anything, "arguments of the chat template", '{"enable_thinking": False}'
)
_KINDS = {
    **_NUMBERS,
    "prompts": _prompts,
    "chat_template_kwargs": _template_kwargs,
    "scorers": scorers_of,
    "generate": _generate,
    "reference": reference_of,
}


@with_check(_KINDS, code=CODE)
@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshots:
    """Completions of fixed prompts, at the start, every `every` steps, and at the end.

    `prompts=None` are ptt's own; else a list of texts, conversations or rows that have them, or
    the path of a file or folder that holds some. `temperature=0` is greedy; with another one the
    same seed is used each time. `scorers` give each answer a number under their name; `generate`
    answers instead of the model of the trainer. `reference` is a model, or True for the model
    without its adapter, from which the distance is measured.

    Errors: PttError with PTT521 for invalid options and prompts
    """

    every: int = 200
    prompts: Given = None
    max_new_tokens: int = 256
    temperature: float = 0.0
    batch_size: int = 8
    seed: int = 0
    chat_template_kwargs: Mapping[str, Any] | None = None
    scorers: Mapping[str, Any] | None = None
    generate: Generate | None = None
    reference: Any = None

    def __post_init__(self) -> None:
        for name, kind in _NUMBERS.items():
            object.__setattr__(self, name, kind(name, getattr(self, name)))
        object.__setattr__(self, "prompts", fixed_prompts(self.prompts))
        given = _template_kwargs("chat_template_kwargs", self.chat_template_kwargs)
        object.__setattr__(self, "chat_template_kwargs", given)
        object.__setattr__(self, "reference", reference_of("reference", self.reference))

    @property
    def asked(self) -> tuple[FixedPrompt, ...]:
        """The prompts, as they were read when the options were made."""
        return self.prompts  # type: ignore[return-value]  # `__post_init__` put them there

    @property
    def scoring(self) -> dict[str, Scorer]:
        """The scorers, each as a function of prompts and texts."""
        return scorers_of("scorers", self.scorers)

    @property
    def settings(self) -> dict[str, Any]:
        """How completions are made, as a snapshot records it."""
        names = ("max_new_tokens", "temperature", "batch_size", "seed", "chat_template_kwargs")
        made = {name: getattr(self, name) for name in names}
        return {**made, "generate": "own" if self.generate is None else "given"}


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
