"""Tests in `.ptt` files as items of pytest, with the failures of `ptt test`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ptt_rules.authoring.tests import Case, Outcome, Runner, read_cases, run_case
from ptt_rules.border import visible, visible_lines
from ptt_rules.language import PttError
from ptt_rules.language.ir import Test
from ptt_rules.packs import TestedPack, load_tested, pack_place
from ptt_rules.report import diagnostic_text, outcome_text

_RUNNERS = pytest.StashKey[dict[Path, Runner]]()


class TestFailure(Exception):
    """A test that did not pass."""

    __test__ = False

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome_text(outcome))


class PttItem(pytest.Item):
    """One test of a pack."""

    def __init__(self, *, runner: Runner, test: Test, **rest: Any) -> None:
        super().__init__(name=visible(test.name), **rest)
        self._runner = runner
        self._test = test

    def runtest(self) -> None:
        outcome = self._runner.run(self._test)
        if not outcome.passed:
            raise TestFailure(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return _shown(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        line, _ = self._test.source.position(self._test.span.start)
        return self.path, line - 1, self.name


class CaseItem(pytest.Item):
    """One case of a conformance file."""

    def __init__(self, *, case: Case, **rest: Any) -> None:
        super().__init__(name=visible(case.name), **rest)
        self._case = case

    def runtest(self) -> None:
        outcome = run_case(self._case)
        if not outcome.passed:
            raise TestFailure(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        return _shown(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self._case.line - 1, self.name


class CasesFile(pytest.File):
    """The cases of a conformance file."""

    def collect(self) -> Iterator[CaseItem]:
        try:
            cases = read_cases(str(self.path))
        except PttError as error:
            raise self.CollectError(_texts(error)) from None
        for case in cases:
            yield CaseItem.from_parent(self, case=case)


class PttFile(pytest.File):
    """The tests of one file; its pack is loaded once for all of its files."""

    def collect(self) -> Iterator[PttItem]:
        try:
            runner = _runner(self.config, pack_place(self.path))
        except PttError as error:
            raise self.CollectError(_texts(error)) from None
        for test in runner.tested.checked.tests:
            if Path(test.source.name) == self.path:
                yield PttItem.from_parent(self, runner=runner, test=test)


def _texts(error: PttError) -> str:
    return "\n\n".join(map(diagnostic_text, error.diagnostics))


def _shown(excinfo: pytest.ExceptionInfo[BaseException]) -> str | None:
    """The text of a test that did not pass; None for other exceptions."""
    is_failure = isinstance(excinfo.value, TestFailure)
    return visible_lines(str(excinfo.value)) if is_failure else None


def _runner(config: pytest.Config, place: Path) -> Runner:
    """The runner of a pack.

    Errors: raises PttError with all that is wrong in the pack
    """
    runners = config.stash.setdefault(_RUNNERS, {})
    if place not in runners:
        tested: TestedPack = load_tested(place)
        runners[place] = Runner(tested)
    return runners[place]
