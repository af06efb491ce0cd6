"""The shipped packs on labelled logs of real runs, and on traces made for each detector."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ptt_rules import Event, Level, Reason, load, replay, shipped_packs
from ptt_rules.authoring.tests.coverage import Coverage
from ptt_rules.authoring.tests.runner import Runner
from ptt_rules.authoring.tests.series import rows_of
from ptt_rules.authoring.tests.suites import find_suites
from ptt_rules.report.tests import outcome_text


def _labels(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]


def _findings(events: Iterable[Event], least: Level = Level.LOW) -> list[Event]:
    return [event for event in events if event.event.is_finding and event.level >= least]


def test_healthy_runs_have_no_finding_of_level_medium_or_worse(labelled_runs: Path) -> None:
    healthy = [label for label in _labels(labelled_runs) if label["verdict"] == "healthy"]
    assert len(healthy) >= 8
    for label in healthy:
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        assert not _findings(judged.events, Level.MEDIUM), label["file"]


def test_faults_are_found_at_the_level_of_their_label(labelled_runs: Path) -> None:
    missed, labels = set(), _labels(labelled_runs)
    for label in labels:
        if label["verdict"] != "faulty":
            continue
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        least = Level.of(label["at_least"])
        after = [e for e in _findings(judged.events, least) if e.step >= label["visible_from_step"]]
        if not after:
            missed.add(label["file"])
    assert missed == set()


def test_nan_is_found_at_the_row_in_which_it_shows(labelled_runs: Path) -> None:
    nans = [label for label in _labels(labelled_runs) if label.get("fault") in ("nan", "inf")]
    for label in nans:
        if label["verdict"] != "faulty":
            continue
        judged = replay(load(label["trainer"]), labelled_runs / label["file"])
        first = _findings(judged.events, Level.CRITICAL)[0]
        assert first.step == label["visible_from_step"], label["file"]


@pytest.mark.parametrize("name", shipped_packs())
def test_every_detector_tells_why_and_what_to_do(name: str) -> None:
    for detector in load(name).detectors:
        assert detector.summary, detector.name
        assert detector.why, detector.name
        assert detector.remedy, detector.name
        assert detector.reference, detector.name


# ---- the tests of the packs themselves -------------------------------------------------------


@pytest.mark.parametrize("name", shipped_packs())
def test_a_pack_passes_its_tests_and_they_cover_its_rules(name: str, root: Path) -> None:
    (suite,) = find_suites([str(root / "rulepacks" / name)])
    coverage = Coverage(suite.tested.checked)
    runner = Runner(suite.tested, coverage)
    failed = [outcome for test in suite.tests if not (outcome := runner.run(test)).passed]
    assert not failed, "\n\n".join(map(outcome_text, failed))
    assert [part.missing for part in coverage.parts() if not part.is_covered] == []


@pytest.mark.parametrize("name", shipped_packs())
def test_every_detector_has_a_trace_on_which_it_only_nearly_fires(name: str, root: Path) -> None:
    """A test that expects silence, or none of it, and has the metrics of the detector."""
    (suite,) = find_suites([str(root / "rulepacks" / name)])
    quiet = set()
    for test in suite.tests:
        pack = suite.tested.compose(test.params, test.policy)
        engine = pack.engine(test.config, facts=test.facts)
        told = {e.detector for row in rows_of(test) for e in _findings(engine.observe(row))}
        blind = {one.detector for one in engine.unjudged()}
        quiet |= {info.name for info in pack.detectors} - told - blind
    assert {f"{name}.{one}" for one in suite.tested.checked.detectors} <= quiet


@pytest.mark.parametrize("name", shipped_packs())
def test_without_its_metrics_a_detector_is_blind(name: str) -> None:
    judged = replay(load(name), [{"step": 1, "nothing_of_this": 1.0}])
    # a family of any key has one
    needy = {d.name for d in load(name).detectors if d.keys and ("{key}",) not in d.keys}
    blind = {one.detector for one in judged.unjudged if one.reason is Reason.BLIND}
    assert needy <= blind
    assert needy <= {one.detector for one in judged.reach.idle}
    assert not judged.events
