"""Running tests: the rows of a test through the live engine of its pack, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from ptt_rules.authoring.tests.claims import is_in, judge
from ptt_rules.authoring.tests.coverage import Coverage
from ptt_rules.authoring.tests.outcome import Found, Outcome, Run, Truth
from ptt_rules.authoring.tests.replayed import replayed_log
from ptt_rules.authoring.tests.series import LogRow, rows_of, sibling_rows
from ptt_rules.evaluation import Action, CompiledPack, Engine, Event, Status
from ptt_rules.language import Diagnostic, PttError, Span, Who
from ptt_rules.language.ir import Compare, Expectation, Holds, Is, StepRange, Target, Test
from ptt_rules.language.passes import Program
from ptt_rules.logs import RunContext
from ptt_rules.logs import rows_of as log_rows
from ptt_rules.packs import Pack, TestedPack


@dataclass
class Runner:
    """Runs the tests of one pack; each choice of parameters and policy is compiled once."""

    tested: TestedPack
    coverage: Coverage | None = None
    _packs: dict[tuple[Any, ...], Pack] = field(default_factory=dict)

    def run(self, test: Test) -> Outcome:
        """The outcome of a test; mistakes in its input are reported as errors of the test."""
        began = perf_counter()
        name = self.tested.checked.name
        try:
            run = self.judged(test)
        except PttError as error:
            return Outcome(name, test, errors=error.diagnostics, seconds=perf_counter() - began)
        judged = (judge(test, number, run) for number in range(len(test.expectations)))
        failures = tuple(failure for failure in judged if failure is not None)
        seconds = perf_counter() - began
        return Outcome(
            name, test, failures, run=run if failures else None, rows=len(run.rows), seconds=seconds
        )

    def judged(self, test: Test) -> Run:
        """The rows of a test, with its events and actions.

        Errors: of its log, of its policy, and of steps that it has no row of
        """
        pack = self._pack(test)
        rows, context = _input(test, self.tested.folder)
        _check_steps(test, {row["step"] for row in rows})
        compiled, watched = _watching(pack.compiled, test)
        engine = Engine(compiled, context)
        judging = _Judging(engine, watched, _statuses(test), self.coverage)
        for row in rows:
            judging.observe(row)
        _check_judged(test, judging.judged, judging.stops)
        judging.close()
        if self.coverage is not None:
            self.coverage.reacted(test.policy, engine)
        truths = {one.number: tuple(judging.truths[one.number].values()) for one in watched}
        return Run(
            compiled,
            tuple(rows),
            context,
            tuple(judging.events),
            tuple(judging.actions),
            truths,
            {number: tuple(found) for number, found in judging.statuses.items()},
        )

    def _pack(self, test: Test) -> Pack:
        """Errors: PTT304, where the test names its policy"""
        key = (test.policy, *sorted(test.params.items()))
        if key not in self._packs:
            try:
                self._packs[key] = self.tested.compose(test.params, test.policy)
            except PttError as error:
                named = test.named_policy
                raise _placed(error, test, named.span if named else test.span) from error
        return self._packs[key]


# ---- what is judged ------------------------------------------------------------------------


def _input(test: Test, folder: Path) -> tuple[list[LogRow], RunContext]:
    """The rows of a test and what is known beside them; a log may bring arguments of its own.

    Errors: PTT321, PTT401 to PTT404 and PTT501 for the log, where the test names it
    """
    if test.replay is None:
        return _marked(test, rows_of(test)), _context(test)
    try:
        log = replayed_log(test.replay.value, Path(test.source.name).parent, folder)
    except PttError as error:
        raise _placed(error, test, test.replay.span) from error
    rows = [row.logged for row in log_rows(log.frame)]
    return _marked(test, rows), _context(test).over(log.context)


def _context(test: Test) -> RunContext:
    siblings = [sibling_rows(test)] if test.siblings else None
    return RunContext.of(test.config, test.facts, siblings)


def _marked(test: Test, rows: list[LogRow]) -> list[LogRow]:
    """The first row past the step of each resume has the mark that the runtime gives it.

    Errors: PTT406 where there is none
    """
    for step in test.resumes:
        row = next((row for row in rows if row["step"] > step.value), None)
        if row is None:
            message = f"the test has no row past step {step.value:g}"
            hint = _rows_hint({row["step"] for row in rows})
            raise PttError([Diagnostic("PTT406", message, test.source, step.span, hint=hint)])
        row["resumed"] = True
    return rows


def _check_steps(test: Test, steps: set[int]) -> None:
    """Errors: PTT406 for each expectation of steps that the test has no row of"""
    found = [
        Diagnostic(
            "PTT406",
            f"the test has no row at step {one.at}",
            test.source,
            one.span,
            hint=_rows_hint(steps),
        )
        for one in test.expectations
        if one.at is not None and not any(step in one.at for step in steps)
    ]
    if found:
        raise PttError(found)


def _check_judged(test: Test, steps: Sequence[int], stops: Sequence[int]) -> None:
    """Errors: PTT406 for each expectation of steps of which every row comes after a stop"""
    found = [
        Diagnostic(
            "PTT406",
            f"the policy stopped at {max(stop for stop in stops if stop <= one.at.first)}",
            test.source,
            one.span,
            hint="nothing is judged after it; expect something of steps before",
        )
        for one in test.expectations
        if one.at is not None and stops and not any(step in one.at for step in steps)
    ]
    if found:
        raise PttError(found)


def _rows_hint(steps: set[int]) -> str:
    if not steps:
        return "the log has no rows"
    return f"its rows are of steps {min(steps)} to {max(steps)}"


def _placed(error: PttError, test: Test, span: Span) -> PttError:
    """An error about something that a test names, at the place where it does."""
    return PttError(
        replace(one, source=test.source, span=span) if one.source is None else one
        for one in error.diagnostics
    )


# ---- judging -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Watched:
    """An expected condition: its operation, and those of the numbers that it compares."""

    number: int
    at: StepRange | None
    condition: int
    compared: tuple[int, ...]


def _watching(compiled: CompiledPack, test: Test) -> tuple[CompiledPack, list[_Watched]]:
    """A pack whose program also computes the conditions that a test expects."""
    expected = [
        (number, one, one.claim)
        for number, one in enumerate(test.expectations)
        if isinstance(one.claim, Holds)
    ]
    if not expected:
        return compiled, []
    program = compiled.program.copy()
    watched = [_watched(program, number, one, claim) for number, one, claim in expected]
    return replace(compiled, program=program), watched


def _watched(program: Program, number: int, one: Expectation, claim: Holds) -> _Watched:
    condition = claim.condition
    compared = (condition.left, condition.right) if isinstance(condition, Compare) else ()
    return _Watched(number, one.at, program.number(condition), tuple(map(program.number, compared)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """An expected status."""

    number: int
    at: StepRange | None
    target: Target

    def is_of(self, who: Who) -> bool:
        is_instance = self.target.instance in (None, who.instance)
        return who.qualified == self.target.detector and is_instance


_NOBODY = frozenset({Status.BLIND.value})
"""An instance that no row has logged is blind."""


def _statuses(test: Test) -> list[_Asked]:
    return [
        _Asked(number, one.at, one.claim.of)
        for number, one in enumerate(test.expectations)
        if isinstance(one.claim, Is)
    ]


class _Judging:
    """The live engine at work, and what is noted of it."""

    def __init__(
        self,
        engine: Engine,
        watched: Sequence[_Watched],
        asked: Sequence[_Asked],
        coverage: Coverage | None,
    ) -> None:
        self._engine = engine
        self._watched = watched
        self._asked = asked
        self.statuses: dict[int, list[Found]] = {one.number: [] for one in asked}
        """Of each expected status, at each row that it speaks of."""
        self._coverage = coverage
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.truths: dict[int, dict[int, Truth]] = {one.number: {} for one in watched}
        """Of each condition by step; of several rows of one step the last one counts."""
        self.judged: list[int] = []
        """The steps of the rows that were judged."""
        self.stops: list[int] = []
        """The steps at which the policy ended the run."""

    def observe(self, row: LogRow) -> None:
        events = self._engine.observe(row)
        if not self._engine.has_judged:
            return
        self.judged.append(row["step"])
        self.events += events
        self.actions += self._engine.actions
        if any(one.ends_run for one in self._engine.actions):
            self.stops.append(row["step"])
        for one in self._watched:
            if is_in(row["step"], one.at):
                self.truths[one.number][row["step"]] = self._truth(row["step"], one)
        self._look(one for one in self._asked if one.at is not None and row["step"] in one.at)
        if self._coverage is not None:
            self._coverage.judged(self._engine, events)

    def close(self) -> None:
        """Looks at what is expected at the end of the run."""
        self._look(one for one in self._asked if one.at is None)

    def _look(self, asked: Iterable[_Asked]) -> None:
        asked = tuple(asked)
        statuses = self._engine.statuses() if asked and self.judged else {}
        for one in asked:
            words = frozenset(
                status.value for name, status in statuses.items() if one.is_of(Who.parse(name))
            )
            if self.judged:
                self.statuses[one.number].append(Found(self.judged[-1], words or _NOBODY))

    def _truth(self, step: int, one: _Watched) -> Truth:
        value = self._engine.value
        return Truth(step, value(one.condition), tuple(map(value, one.compared)))
