"""Outcomes of tests as data; reports make text of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ptt_rules.authoring.tests.series import LogRow
from ptt_rules.evaluation import Action, CompiledPack, Event
from ptt_rules.language import Diagnostic, place_json
from ptt_rules.language.ir import Expectation, Test
from ptt_rules.logs import RunContext

Value = float | bool | None


@dataclass(frozen=True, slots=True)
class Truth:
    """The value of an expected condition at a step, and the numbers that it compares."""

    step: int
    value: Value
    compared: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The statuses of a detector, or of all instances that were asked for, after a row."""

    step: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    """The rows of a test, with its events and actions.

    `compiled` has the conditions of the test among its operations; `truths` are what these
    were, by the place of their expectation, at each step that it speaks of.
    """

    compiled: CompiledPack
    rows: tuple[LogRow, ...]
    context: RunContext
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()
    truths: Mapping[int, tuple[Truth, ...]] = field(default_factory=dict)
    statuses: Mapping[int, tuple[Found, ...]] = field(default_factory=dict)
    """As `truths`, of expected statuses."""

    @property
    def steps(self) -> list[int]:
        return [row["step"] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met.

    `note` is what happened instead, in a few words. `detector` is the one to look at, `step`
    where (None: where it came nearest). `events` and `actions` are those nearest to what was
    expected.
    """

    expectation: Expectation
    note: str
    detector: str | None = None
    step: int | None = None
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A test that was run: it passed, failed, or could not be judged.

    `run` is kept only of a test that failed.
    """

    pack: str
    test: Test
    failures: tuple[Failure, ...] = ()
    errors: tuple[Diagnostic, ...] = ()
    differences: tuple[Diagnostic, ...] = ()
    """What comes of a conformance case otherwise than it says."""
    run: Run | None = None
    rows: int = 0
    seconds: float = 0.0

    @property
    def word(self) -> str:
        if self.errors:
            return "error"
        return "failed" if self.failures or self.differences else "passed"

    @property
    def passed(self) -> bool:
        return self.word == "passed"

    @property
    def file(self) -> str:
        return self.test.source.name

    @property
    def line(self) -> int:
        return self.test.source.position(self.test.span.start)[0]

    def to_json(self) -> dict[str, Any]:
        return {
            "event": "test",
            "pack": self.pack,
            "test": self.test.name,
            "file": self.file,
            "line": self.line,
            "outcome": self.word,
            "rows": self.rows,
            "seconds": round(self.seconds, 6),
            "failures": [self._failure_json(failure) for failure in self.failures],
            "errors": [error.to_json() for error in self.errors],
            "differences": [one.to_json() for one in self.differences],
        }

    def _failure_json(self, failure: Failure) -> dict[str, Any]:
        source, span = self.test.source, failure.expectation.span
        recorded: list[Event | Action] = [*failure.events, *failure.actions]
        return {
            "expected": source.slice(span),
            "message": failure.note,
            "file": source.name,
            **place_json(source, span),
            "detector": failure.detector,
            "step": failure.step,
            "events": [one.to_json() for one in recorded],
        }
