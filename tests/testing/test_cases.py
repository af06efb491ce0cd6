"""Cases in `.ptt`: each marked expectation fails with that note, all others are met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ptt_rules import Status
from ptt_rules.authoring.tests.outcome import Outcome
from ptt_rules.authoring.tests.runner import Runner
from ptt_rules.authoring.tests.suites import find_suites
from ptt_rules.language.ir import STATUS_WORDS

CASES = sorted((Path(__file__).parent / "cases").glob("*.ptt"))
EXPECTED = re.compile(r'### "(?P<note>[^\n]*)"$')


def outcomes_of(path: Path) -> list[Outcome]:
    (suite,) = find_suites([str(path)])
    runner = Runner(suite.tested)
    return [runner.run(test) for test in suite.tests]


def marks(path: Path) -> dict[int, str]:
    """The notes that comments announce, by line."""
    lines = enumerate(path.read_text().splitlines(), start=1)
    return {number: found["note"] for number, line in lines if (found := EXPECTED.search(line))}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_expectations_fail_where_it_is_marked_and_nowhere_else(path: Path) -> None:
    expected, found = marks(path), {}
    for outcome in outcomes_of(path):
        assert outcome.errors == ()
        source = outcome.test.source
        for failure in outcome.failures:
            found[source.position(failure.expectation.span.start)[0]] = failure.note
    assert list(found) == list(expected), found
    wrong = {n: note for n, note in found.items() if not re.search(expected[n], note)}
    assert wrong == {}


def test_an_expectation_may_name_each_status() -> None:
    assert {status.value for status in Status} == set(STATUS_WORDS)
