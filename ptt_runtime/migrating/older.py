"""What is known of a parameter of post-training-toolkit: what it takes, and what it means here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ptt_rules.observing.arguments import Kind, anything, flag

Given = Mapping[str, Any]
"""The toolkit's parameters of one call, by name, checked."""


class Refused(Exception):
    """A value that ptt has no meaning for; its text is what to write instead."""


@dataclass(frozen=True, slots=True)
class Older:
    """One parameter: what it takes, and the callback's own arguments that mean the same."""

    kind: Kind
    means: Callable[[Any, Given], Mapping[str, Any]]
    """Errors: Refused"""


def always(instead: str) -> Older:
    """What ptt always does; who switches it off reads what to write instead."""
    return Older(flag, lambda value, given: {} if value else refuse(instead))


def never(instead: str, kind: Kind = anything) -> Older:
    """What ptt has another way for; a value that asks for nothing is taken."""
    return Older(kind, lambda value, given: refuse(instead) if value else {})


def refuse(instead: str) -> dict[str, Any]:
    raise Refused(instead)


def renamed(name: str, kind: Kind, meant: Callable[[Any], Any]) -> Older:
    """Another name for an argument; what means None leaves that one out."""

    def means(value: Any, given: Given) -> dict[str, Any]:
        own = meant(value)
        return {} if own is None else {name: own}

    return Older(kind, means)


def ignored(kind: Kind) -> Older:
    """What nothing hangs on here."""
    return Older(kind, lambda value, given: {})
