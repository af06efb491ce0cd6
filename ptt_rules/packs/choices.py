"""Where the choices of a loaded pack were made: in packs, settings, the environment, the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ptt_rules.language import NOWHERE, Source, Span
from ptt_rules.language.ir import Declaration, Param


class Layer(Enum):
    """Who chooses; a later one has the last word."""

    PACK = "pack"
    SITE = "site"
    PROJECT = "project"
    GIVEN = "given"
    ENVIRONMENT = "environment"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Where:
    """A place where something was chosen; `pack` is the pack that it stands in, if it is one.

    `source` is a file, or an environment variable with its text; the call has none.
    """

    layer: Layer
    source: Source | None = None
    span: Span = NOWHERE
    pack: str = ""

    @property
    def place(self) -> str:
        """For people: `lab/kl.ptt:7`, `PTT_PARAMS`, `the call`."""
        if self.source is None:
            return "the call"
        if self.layer is Layer.ENVIRONMENT:
            return self.source.name
        return f"{self.source.name}:{self.source.position(self.span.start)[0]}"

    def to_json(self) -> dict[str, Any]:
        line = self.source.position(self.span.start)[0] if self.source else None
        return {
            "layer": self.layer.value,
            "pack": self.pack or None,
            "file": self.source.name if self.source else None,
            "line": line,
        }


CALL = Where(Layer.CALL)


@dataclass(frozen=True, slots=True)
class ParamChoice:
    """A value for a parameter, by the name that was written."""

    name: str
    value: float
    where: Where = CALL


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    name: str
    where: Where = CALL


@dataclass(frozen=True, slots=True)
class PackChoice:
    """A pack to load, by name or by its path from here."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something said of a pack that is not loaded, and so without effect here."""

    what: str
    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class SettingsInfo:
    """A file of settings that took part, and the digest of what it says with its overrides."""

    file: str
    layer: Layer
    digest: str

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, "layer": self.layer.value, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Composition:
    """How a pack came to be what it is: all that had a say in each choice, the decisive one last.

    `params` are by qualified name and begin with the default, `declared` what they may be;
    `detectors` are declarations of those that were overridden, as first written and after each
    override.
    """

    declared: Mapping[str, Param]
    params: Mapping[str, tuple[ParamChoice, ...]]
    policy: tuple[PolicyChoice, ...]
    detectors: Mapping[str, tuple[Declaration, ...]]
    settings: tuple[SettingsInfo, ...]
    ignored: tuple[Ignored, ...]
