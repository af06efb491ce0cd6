"""The packs over logs of the world: nothing false without a reason, and what they say is kept."""

from __future__ import annotations

import json

import pytest

from benchmarks.corpus.__main__ import FINDINGS, of_detectors, of_logs, of_misses
from benchmarks.corpus.judged import Finding, Judged, findings_text, judge, known_false
from benchmarks.corpus.logs import CORPUS, Truth, truths
from ptt_rules import shipped_packs
from tests.house.sources import ROOT

FEWEST_FOUND = {"cases": 27, "public": 9, "runs": 10}
"""By origin, of how many faulty logs the cause is named at the least."""


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return list(judge(truths()))


def test_nothing_is_false_without_a_reason(judged: list[Judged]) -> None:
    assert [(log.truth.log, one.detector) for log in judged for one in log.new_false] == []


def test_what_is_known_to_be_false_still_is(judged: list[Judged]) -> None:
    said = {(log.truth.log, one.detector) for log in judged for one in log.false}
    known = {(log, name) for log, names in known_false().items() for name in names}
    assert known - said == set()


@pytest.mark.parametrize("origin", FEWEST_FOUND)
def test_causes_are_named_as_often_as_before(origin: str, judged: list[Judged]) -> None:
    found = sum(one.is_found for one in judged if one.truth.log.startswith(origin))
    assert found >= FEWEST_FOUND[origin]


def test_what_a_change_of_a_rule_changes_is_seen(judged: list[Judged]) -> None:
    """`make corpus` shows the difference, `python -m benchmarks.corpus --write` keeps it."""
    assert findings_text(judged) == FINDINGS.read_text(encoding="utf-8")


def test_labels_name_logs_and_packs_that_are_there() -> None:
    labels = [*map(json.loads, (CORPUS / "labels.jsonl").read_text().splitlines())]
    logs = {path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*.jsonl")}
    assert {one["log"] for one in labels} == logs
    assert {one["pack"] for one in labels} <= {*shipped_packs()}
    assert all(one.get("right") for one in labels if one["verdict"] == "faulty")


# ---- how it is scored ----------------------------------------------------------------------


def log_of(verdict: str, *findings: tuple[str, str, int]) -> Judged:
    truth = Truth("x/a", ROOT, "sft", verdict, "", right=("sft.a", "sft.b*"), onset=3)
    return Judged(truth, tuple(Finding(name, level, row, row) for name, level, row in findings))


def test_of_a_healthy_log_all_but_low_is_false() -> None:
    log = log_of("healthy", ("sft.a", "low", 5), ("sft.b", "medium", 6))
    assert [one.detector for one in log.false] == ["sft.b"]
    assert (log.right, log.is_found) == ([], False)


def test_of_a_faulty_log_what_comes_before_the_fault_is_false() -> None:
    log = log_of("faulty", ("sft.a", "high", 2), ("sft.b_c[x]", "medium", 4), ("sft.d", "high", 5))
    assert [one.detector for one in log.false] == ["sft.a"]
    assert [one.detector for one in log.right] == ["sft.b_c[x]"]
    assert log.is_found
    assert not log_of("faulty", ("sft.a", "low", 4)).is_found


def test_of_a_doubtful_log_nothing_is_false() -> None:
    assert log_of("doubtful", ("sft.a", "critical", 5)).false == []


def test_tables_count_each_log_once() -> None:
    logs = [
        log_of("healthy", ("sft.a", "high", 5), ("sft.b", "medium", 5)),
        log_of("faulty", ("sft.a", "medium", 99), ("sft.c", "low", 5)),
        log_of("faulty"),
    ]
    ((_, healthy, critical, high, medium, faulty, found),) = of_logs(logs).rows
    assert (healthy, faulty) == (1, 2)
    assert [str(cell).split(",")[0] for cell in (critical, high, medium, found)] == [
        "0 of 1", "1 of 1", "1 of 1", "1 of 2",
    ]  # fmt: skip
    assert of_detectors(logs).rows == [
        ("sft.a", 1, 1, 0, 1), ("sft.b", 0, 0, 0, 1), ("sft.c", 0, 0, 1, 0),
    ]  # fmt: skip
    assert len(of_misses(logs).rows) == 1
