"""`samples.ptt` uses each construct of the language once: it checks, and its tests pass."""

from __future__ import annotations

from pathlib import Path

from ptt_rules.authoring.tests import Runner, find_suites
from ptt_rules.language import Source
from ptt_rules.language.syntax import format_source
from ptt_rules.packs import check_sources

SAMPLES = Path(__file__).parent / "samples.ptt"


def test_the_samples_check() -> None:
    assert check_sources(SAMPLES) == []


def test_they_are_laid_out_as_they_are_printed() -> None:
    text = SAMPLES.read_text()
    assert format_source(Source("samples.ptt", text))[0] == text


def test_their_tests_pass() -> None:
    (suite,) = find_suites([str(SAMPLES)])
    runner = Runner(suite.tested)
    outcomes = [runner.run(test) for test in suite.tests]
    assert [one.test.name for one in outcomes if not one.passed] == []
    assert len(outcomes) >= 12
