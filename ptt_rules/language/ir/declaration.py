"""Declarations: their place in the source, and how policies and tests name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ptt_rules.language.source import Source, Span
from ptt_rules.language.types import Level
from ptt_rules.language.who import Who

if TYPE_CHECKING:
    from ptt_rules.language.syntax import tree


@dataclass(frozen=True, slots=True)
class PlacedClause:
    """A clause of a detector with the source that it stands in."""

    source: Source
    clause: tree.DetectorClause


@dataclass(frozen=True, slots=True)
class Declaration:
    """A detector as it was written, with the clauses of overrides in place."""

    source: Source
    name: tree.Name
    family: tree.Name | None
    clauses: tuple[PlacedClause, ...]
    span: Span
    excluded: tuple[tree.Text, ...] = ()
    """Patterns of the instances that it is not for."""


@dataclass(frozen=True, slots=True)
class Target:
    """A level (`detector` None), a detector, or one instance of it; without a level at any."""

    detector: str | None
    level: Level | None = None
    instance: str | None = None

    @property
    def text(self) -> str:
        """As it is written, without the pack."""
        words = [] if self.detector is None else [Who.parse(self.detector).name]
        if self.instance is not None:
            words[-1] += f'["{self.instance}"]'
        return ".".join([*words, *([self.level.word] if self.level else [])])

    def covers(self, who: Who, level: Level) -> bool:
        """Whether what fires at a level, or ended at it, is at the level that is meant or worse."""
        if self.detector is not None and self.detector != who.qualified:
            return False
        is_instance = self.instance is None or self.instance == who.instance
        return is_instance and (self.level is None or level >= self.level)
