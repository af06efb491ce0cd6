"""What the packs say of each log of the corpus, and whether that is right."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import ptt_rules
from benchmarks.corpus.logs import CORPUS, Truth
from benchmarks.detect.scoring import LEVELS, worse_or_equal
from ptt_rules import Pack

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

KNOWN_FALSE = CORPUS / "known-false.toml"
"""Findings that are false and stay for now, each with its reason."""

LATE_ROWS = 50
"""A finding that comes so many rows after its fault is late."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A detector at the worst level that it reached in a log, and the row at which it began."""

    detector: str
    level: str
    row: int
    step: int

    def line(self, log: str) -> str:
        return f"{log} {self.detector} {self.level} at {self.step}"


@dataclass(frozen=True, slots=True)
class Judged:
    """A log, with the reported findings of the pack of its trainer."""

    truth: Truth
    findings: tuple[Finding, ...]
    known_false: Mapping[str, str] = field(default_factory=dict)

    @property
    def false(self) -> list[Finding]:
        """Of a healthy log, what is reported at medium or worse and is not granted."""
        if self.truth.verdict != "healthy":
            return [one for one in self._loud if one.row < self.truth.onset]
        return [one for one in self._loud if one.level not in self.truth.granted]

    @property
    def new_false(self) -> list[Finding]:
        """Of these, what has no reason in `known-false.toml`."""
        return [one for one in self.false if one.detector not in self.known_false]

    @property
    def right(self) -> list[Finding]:
        """Of a faulty log, what names the cause."""
        if self.truth.verdict != "faulty":
            return []
        late_enough = (one for one in self.findings if one.row >= self.truth.onset)
        return [one for one in late_enough if self.truth.names_the_cause(one.detector)]

    @property
    def is_found(self) -> bool:
        """Whether the cause is named at the level that a person would give, or worse."""
        return any(self.truth.is_bad_enough(one.level) for one in self.right)

    @property
    def _loud(self) -> list[Finding]:
        return [one for one in self.findings if worse_or_equal(one.level, "medium")]

    def is_late(self, finding: Finding) -> bool:
        return finding.row - self.truth.onset > LATE_ROWS


@cache
def pack_of(name: str) -> Pack:
    return ptt_rules.load(name, isolated=True)


def judge(truths: Iterable[Truth]) -> Iterator[Judged]:
    known = known_false()
    for truth in truths:
        yield Judged(truth, tuple(_findings(truth)), known.get(truth.log, {}))


def known_false() -> dict[str, dict[str, str]]:
    """By log, the detectors whose findings are known to be false, with the reason."""
    known: dict[str, dict[str, str]] = tomllib.loads(KNOWN_FALSE.read_text(encoding="utf-8"))
    return known


def _findings(truth: Truth) -> Iterator[Finding]:
    """Each detector that a person hears of, once: its worst level, where it first fired."""
    worst: dict[str, Finding] = {}
    for event in ptt_rules.replay(pack_of(truth.pack), truth.path).events:
        if event.event.is_finding and event.is_visible:
            first = worst.get(event.who)
            level = event.level.word
            if first is None:
                worst[event.who] = Finding(event.who, level, event.row, event.step)
            elif LEVELS.index(level) > LEVELS.index(first.level):
                worst[event.who] = Finding(event.who, level, first.row, first.step)
    return iter(sorted(worst.values(), key=lambda one: (one.row, one.detector)))


def findings_text(judged: Iterable[Judged]) -> str:
    """All findings, one a line: what a change of a rule changes here."""
    return "".join(f"{one.line(log.truth.log)}\n" for log in judged for one in log.findings)
