"""Declarations: their place in the source, and how policies and tests name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ptt_rules.language.source import Source, Span
from ptt_rules.language.types import Level

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


@dataclass(frozen=True, slots=True)
class Trigger:
    """A level or worse (`detector` None), a detector, or a detector at exactly one level."""

    detector: str | None
    level: Level | None
