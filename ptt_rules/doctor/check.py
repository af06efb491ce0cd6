"""One check and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from ptt_rules.doctor.setup import Setup


class Verdict(IntEnum):
    """How much a finding matters; a greater number is worse."""

    OK = 0
    NOTE = 1
    """Worth knowing; ptt works."""
    TRIPS = 2
    """Something will be missed, lost or late."""
    FAILS = 3
    """ptt will not begin, or will be off."""

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and what to do about it."""

    check: str
    verdict: Verdict
    found: str
    way_out: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "verdict": self.verdict.word,
            "found": self.found,
            "way_out": self.way_out,
        }


Found = Iterable[tuple[Verdict, str, str]]
"""What a check yields: its verdict, what it found, and the way out."""


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the examination: its name, and what it looks at. Nothing found is all right."""

    name: str
    look: Callable[[Setup], Found]

    def findings(self, setup: Setup) -> list[Finding]:
        found = [Finding(self.name, *one) for one in self.look(setup)]
        return found or [Finding(self.name, Verdict.OK, "")]
