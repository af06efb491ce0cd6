"""Which framework wrote a log, by its keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ptt_rules.language.diagnostics import PttError
from ptt_rules.language.stacks.alias import Stack
from ptt_rules.language.stacks.llamafactory import LLAMAFACTORY
from ptt_rules.language.stacks.nemo_rl import NEMO_RL
from ptt_rules.language.stacks.on_trl import AXOLOTL, MS_SWIFT, UNSLOTH
from ptt_rules.language.stacks.openrlhf import OPENRLHF
from ptt_rules.language.stacks.prime_rl import PRIME_RL
from ptt_rules.language.stacks.skyrl import SKYRL
from ptt_rules.language.stacks.slime import SLIME
from ptt_rules.language.stacks.verl import VERL

TRL = Stack("trl", "TRL", "huggingface/trl", (), (), on_trl=True)
"""What `--stack trl` says: the keys are those of TRL."""

STACKS = (
    VERL,
    PRIME_RL,
    LLAMAFACTORY,
    OPENRLHF,
    NEMO_RL,
    SLIME,
    SKYRL,
    MS_SWIFT,
    AXOLOTL,
    UNSLOTH,
    TRL,
)
"""In the order in which a log is asked."""


@dataclass(frozen=True, slots=True)
class Found:
    """The framework that wrote a log, and the keys that show it."""

    stack: Stack
    by: tuple[str, ...]


def find_stack(keys: Iterable[str]) -> Found | None:
    """The framework whose marks are among the keys; None for keys that could be anyone's."""
    present = {plain(key): key for key in keys}
    for stack in STACKS:
        for mark in stack.marks:
            if all(plain(key) in present for key in mark):
                return Found(stack, tuple(sorted(present[plain(key)] for key in mark)))
    return None


def plain(key: str) -> str:
    """A key without what trackers put before it, and readers may have taken away."""
    return key.removeprefix("train/")


def by_name(name: str) -> Stack:
    """Errors: PTT303 for a framework that is not known"""
    wanted = name.lower().replace("-", "_")
    for stack in STACKS:
        if wanted in (stack.name, stack.title.lower().replace("-", "_")):
            return stack
    hint = f"write one of {', '.join(stack.name for stack in STACKS)}"
    raise PttError.of("PTT303", f"`{name}` is not a framework whose keys are known", hint=hint)
