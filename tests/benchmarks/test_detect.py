"""The detection benchmark: its truth, its scoring, and a slice of it as a guard of the packs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.detect import faults, healthy, kept, synthetic, tables
from benchmarks.detect.judges import shipped_packs
from benchmarks.detect.rival import rules_of_today
from benchmarks.detect.runs import Fault, Kind, Row, Run, Size
from benchmarks.detect.scoring import Finding, Tally, judged
from ptt_rules.snapshots import wilson

SEED = 77
GUARD_ONSET, GUARD_HEALTHY = 0.25, 5
FEWEST_FAULTS = 120


# ---- scoring -------------------------------------------------------------------------------


def run_of(rows: int, onset: int | None, level: str = "high") -> Run:
    fault = None if onset is None else Fault("f", Kind.LEVEL_SHIFT, Size.CLEAR, onset, level)
    return Run("r", "sft", [{"step": number} for number in range(rows)], fault)


def told(*findings: tuple[int, str]) -> list[Finding]:
    return [Finding(row, "rule", level) for row, level in findings]


def test_the_first_finding_of_the_level_after_the_onset_counts() -> None:
    findings = told((3, "critical"), (12, "low"), (15, "high"), (17, "critical"))
    verdict = judged(run_of(40, 10), lambda _: findings)
    assert (verdict.delay, verdict.false) == (5, findings[:1])


def test_a_finding_before_the_onset_finds_nothing() -> None:
    verdict = judged(run_of(40, 10), lambda _: told((9, "critical")))
    assert (verdict.delay, len(verdict.false)) == (None, 1)


def test_on_a_healthy_run_everything_is_false_but_what_its_label_grants() -> None:
    findings = told((1, "low"), (2, "medium"), (3, "high"))
    run = Run("r", "grpo", [{"step": 1}], known=frozenset({"low", "medium"}))
    assert judged(run, lambda _: findings).false == findings[2:]


def test_a_run_counts_once_however_often_it_was_told() -> None:
    tally = Tally().add(
        judged(run_of(9, None), lambda _: told((1, "high"), (2, "high"))) for _ in "ab"
    )
    assert [tally.false_runs(level) for level in ("critical", "high", "low")] == [0, 2, 2]


def test_stopping_on_critical_saves_the_rows_that_follow() -> None:
    tally = Tally().add([judged(run_of(100, 10), lambda _: told((24, "critical")))])
    assert tally.saved == 0.75


def test_a_stop_before_the_fault_saves_nothing() -> None:
    tally = Tally().add([judged(run_of(100, 10), lambda _: told((4, "critical")))])
    assert tally.saved == 0


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [(0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0)), (81, 263, (0.2553, 0.3662))],
)
def test_wilson_intervals(hits: int, of: int, interval: tuple[float, float]) -> None:
    """The last one is example 1 of Newcombe 1998, table I, method 3."""
    assert wilson(hits, of) == pytest.approx(interval, abs=2e-4)


def test_verdicts_are_kept_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "verdicts")
    verdicts = [
        judged(run_of(40, 10), lambda _: told((12, "low"), (15, "high"))),
        judged(run_of(9, None), lambda _: told((1, "critical"))),
    ]
    kept.keep(verdicts, "synthetic-ptt-sft")
    assert kept.kept("synthetic-ptt-sft") == verdicts
    assert kept.kept("synthetic-ptt-dpo") == []


# ---- tables --------------------------------------------------------------------------------


def test_figures_count_by_size_and_level() -> None:
    tally = Tally().add(
        [
            judged(run_of(100, 10), lambda _: told((24, "critical"))),
            judged(run_of(100, 10), lambda _: told((24, "low"))),
            judged(run_of(50, None), lambda _: told((3, "medium"))),
        ]
    )
    row, everything = tables.figures({"sft": tally})
    assert everything == {**row, "trainer": "all"}
    assert (row["found"], row["faults"], row["clear"], row["subtle"]) == (1, 2, 2, 0)
    assert (row["delay"], row["delay_drift"], row["saved"]) == (14, None, 0.375)
    assert [row[f"false_{level}"] for level in tables.LEVELS] == [0, 0, 1]
    assert row["found_interval"] == pytest.approx(list(wilson(1, 2)), abs=1e-4)


def test_the_page_shows_the_results_that_are_kept() -> None:
    """`python -m benchmarks.detect.tables` writes them."""
    rows = json.loads(tables.RESULTS.read_text(encoding="utf-8"))
    text = tables.PAGE.read_text(encoding="utf-8")
    assert tables.page(text, rows) == text


def test_a_page_without_marks_is_told() -> None:
    with pytest.raises(ValueError, match="detection"):
        tables.filled("# A page", "x")


# ---- synthetic logs ------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", synthetic.ALGORITHMS)
def test_there_are_enough_faults_of_each_trainer(algorithm: str) -> None:
    count = len(list(faults.recipes(algorithm))) * len(Size) * len(synthetic.ONSETS)
    assert count >= FEWEST_FAULTS


@pytest.mark.parametrize("algorithm", synthetic.ALGORITHMS)
def test_the_same_seed_gives_the_same_logs(algorithm: str) -> None:
    first, again, other = (
        [repr(run.rows) for run in synthetic.healthy_runs(algorithm, 2, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert first[0] != first[1]


@pytest.mark.parametrize("algorithm", synthetic.ALGORITHMS)
def test_a_fault_changes_nothing_before_its_onset_and_something_after(algorithm: str) -> None:
    for recipe in faults.recipes(algorithm):
        plan = healthy.draw_plan(5)
        before = healthy.MAKERS[algorithm](plan)
        after = {key: column.astype(float) for key, column in before.items()}
        onset = 0 if recipe.is_from_start else 20
        recipe.edit(after, faults.Change(onset, Size.CLEAR, plan))
        same = [_is_same(before[key][:onset], after[key][:onset]) for key in before]
        assert all(same), recipe.name
        changed = [key for key in before if not _is_same(before[key], after[key])]
        assert changed or after.keys() > before.keys(), recipe.name


def _is_same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, rtol=1e-9, atol=0, equal_nan=True))


# ---- the rules of today --------------------------------------------------------------------


def test_the_rules_of_today_find_a_runaway_divergence_and_no_nan() -> None:
    def rows(kl: float, loss: float) -> list[Row]:
        return [{"step": n, "ppo/policy/kl_mean": kl, "kl": kl, "loss": loss} for n in range(1, 61)]

    assert any(one.level == "high" for one in rules_of_today(Run("r", "grpo", rows(0.9, 0.1))))
    quiet = rules_of_today(Run("r", "grpo", rows(0.01, math.nan)))
    assert not [one for one in quiet if one.level == "critical"]


# ---- the packs -----------------------------------------------------------------------------


def budgets() -> Iterator[tuple[str, float, float]]:
    text = (Path(__file__).parent / "budgets.md").read_text(encoding="utf-8")
    for what, most, least in re.findall(r"^\| ([^|]+) \| ([\d.]*) *\| ([\d.]*) *\|$", text, re.M):
        if most or least:
            yield what.strip(), float(most or "inf"), float(least or 0)


@pytest.fixture(scope="module")
def guard() -> dict[str, Tally]:
    return {algorithm: _slice(algorithm) for algorithm in synthetic.ALGORITHMS}


def _slice(algorithm: str) -> Tally:
    runs = [
        run
        for run in synthetic.faulty_runs(algorithm, seed=SEED)
        if f"{GUARD_ONSET:.0%}" in run.name and Size.CLEAR.value in run.name
    ]
    runs += synthetic.healthy_runs(algorithm, GUARD_HEALTHY, seed=SEED)
    return Tally().add(judged(run, shipped_packs) for run in runs)


def _measured(guard: dict[str, Tally]) -> dict[str, float]:
    every = Tally([one for tally in guard.values() for one in tally.verdicts])
    median = {kind: every.of_kind(kind).median_delay for kind in Kind}
    return {
        "faults found, of each trainer": min(tally.recall for tally in guard.values()),
        "median rows until lost numbers are found": median[Kind.STATE_LOSS],
        "median rows until shifts are found": median[Kind.LEVEL_SHIFT],
        "median rows until drifts are found": median[Kind.DRIFT],
        "healthy runs with a critical finding": every.false_runs("critical"),
        "healthy runs with a high finding": every.false_runs("high"),
        "healthy runs with a medium finding": every.false_runs("medium"),
    }


def test_the_packs_keep_their_budgets(guard: dict[str, Tally]) -> None:
    measured = _measured(guard)
    limits = {what: (least, most) for what, most, least in budgets()}
    assert limits.keys() == measured.keys()
    broken = {
        what: value
        for what, value in measured.items()
        if not limits[what][0] <= value <= limits[what][1]
    }
    assert not broken


@settings(max_examples=25)
@given(st.sampled_from(synthetic.ALGORITHMS), st.integers(0, 10_000), st.integers(-8, 8))
def test_the_unit_of_the_gradient_norm_is_nothing_to_the_packs(
    algorithm: str, seed: int, power: int
) -> None:
    """Models differ by orders of magnitude; a power of two scales without rounding."""
    (run,) = islice(synthetic.healthy_runs(algorithm, 1, seed=seed), 1)
    scaled = [
        {key: value * 2.0**power if key == "grad_norm" else value for key, value in row.items()}
        for row in run.rows[:120]
    ]
    as_it_is = Run(run.name, algorithm, run.rows[:120], config=run.config)
    other = Run(run.name, algorithm, scaled, config=run.config)
    assert shipped_packs(as_it_is) == shipped_packs(other)
