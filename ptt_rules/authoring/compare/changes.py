"""Changes between two versions of a pack, and their meaning for its users.

major   something written on top of the old version may no longer load, or name another thing
minor   it loads, but other events or actions may come of the same run
patch   the same findings and actions in every run; only texts may differ
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import Any


@total_ordering
class Bump(Enum):
    """The part of a version that has to be raised."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    def __lt__(self, other: Bump) -> bool:
        order = list(Bump)
        return order.index(self) < order.index(other)


class Turn(Enum):
    """How something changed. What is stricter fires wherever it did, and perhaps elsewhere."""

    ADDED = "added"
    GONE = "gone"
    STRICTER = "stricter"
    LAXER = "laxer"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: of a `sort` of thing (`detector`, `param`, ...) with a name.

    `what` says which part of it, `old` and `new` are as they are written; empty where it is the
    whole thing.
    """

    bump: Bump
    turn: Turn
    sort: str
    name: str
    what: str = ""
    old: str = ""
    new: str = ""

    @property
    def text(self) -> str:
        """For people: `detector kl_high: high when kl > 0.3 -> kl > 0.2`."""
        parts = " -> ".join(part for part in (self.old, self.new) if part)
        detail = f"{self.what} {parts}".strip()
        return f"{self.sort} {self.name}".rstrip() + (f": {detail}" if detail else "")

    def to_json(self) -> dict[str, Any]:
        return {
            "change": self.turn.value,
            "sort": self.sort,
            "name": self.name,
            "what": self.what,
            "old": self.old,
            "new": self.new,
            "bump": self.bump.value,
        }
