"""Short logs: how they are drawn, and what is counted of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from benchmarks.detect import kept
from benchmarks.detect.faults import FIRST_LOGS, recipes
from benchmarks.detect.healthy import MAKERS, Columns, draw_plan
from benchmarks.detect.judges import shipped_packs
from benchmarks.detect.runs import Fault, Kind, Run, Size
from benchmarks.detect.scoring import Finding, Tally, exact, judged
from benchmarks.detect.short import __main__ as short
from benchmarks.detect.short import page
from benchmarks.detect.short.__main__ import main
from benchmarks.detect.short.draws import (
    INTERVALS,
    LENGTHS,
    START,
    Draw,
    faulty_runs,
    healthy_runs,
)
from benchmarks.detect.short.figures import Judged, misses, tables, with_draws
from benchmarks.detect.short.starts import roughened
from benchmarks.detect.synthetic import ALGORITHMS
from benchmarks.detect.tables import PAGE, filled

# ---- exact intervals -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "of", "interval"),
    [
        (0, 10, (0.0, 0.3085)),
        (10, 10, (0.6915, 1.0)),
        (5, 10, (0.1871, 0.8129)),
        (81, 263, (0.2527, 0.3677)),
        (0, 300, (0.0, 1 - 0.025 ** (1 / 300))),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_exact_intervals(hits: int, of: int, interval: tuple[float, float]) -> None:
    """The fourth one is example 1 of Newcombe 1998, table I, method 5."""
    assert exact(hits, of) == pytest.approx(interval, abs=1e-4)


def test_exact_intervals_of_many_draws() -> None:
    low, high = exact(9_000, 18_000)
    assert (low, high) == pytest.approx((0.5 - 0.00733, 0.5 + 0.00733), abs=1e-4)


# ---- draws ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", LENGTHS)
def test_logs_have_their_rows_and_interval(rows: int) -> None:
    for run in healthy_runs("sft", rows, 6, seed=3):
        draw = Draw.named(run.name)
        training = [row for row in run.rows if "loss" in row]
        assert len(training) == rows
        assert [row["step"] for row in training[:2]] == [draw.interval, 2 * draw.interval]
        assert run.config["max_steps"] == rows * draw.interval
        assert draw.name == run.name


def test_each_fault_begins_at_each_onset_in_each_interval() -> None:
    runs = list(faulty_runs("dpo", 20, seed=3))
    draws = [Draw.named(run.name) for run in runs]
    of_one = {(one.onset, one.interval) for one in draws if one.fault == "margins_zero"}
    assert of_one == {(at, each) for at in (START, "5%", "25%", "60%") for each in INTERVALS}
    assert len(set(draws)) == len(runs)
    quick = list(faulty_runs("dpo", 20, seed=3, is_quick=True))
    assert len(quick) * len(INTERVALS) == len(runs)
    assert {run.name for run in quick} <= {run.name for run in runs}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_only_seen_beside_what_was_before_does_not_begin_at_the_first_row(
    algorithm: str,
) -> None:
    runs = list(faulty_runs(algorithm, 20, seed=3, is_quick=True))
    relative = {recipe.name for recipe in recipes(algorithm) if recipe.is_relative}
    for run in runs:
        assert run.fault is not None
        draw = Draw.named(run.name)
        assert (run.fault.onset == 0) is (draw.onset == START)
        assert not (draw.onset == START and draw.fault in relative)
    absurd = {recipe.name for recipe in FIRST_LOGS if algorithm in recipe.algorithms}
    assert absurd <= {run.fault.name for run in runs if run.fault and run.fault.onset == 0}


def test_the_same_seed_gives_the_same_logs() -> None:
    first, again, other = (
        [repr(run.rows) for run in islice(faulty_runs("grpo", 20, seed=seed), 5)]
        for seed in (1, 1, 2)
    )
    assert first == again != other


# ---- starts --------------------------------------------------------------------------------


def columns_of(algorithm: str, seeds: range) -> Iterator[tuple[Columns, Columns]]:
    for seed in seeds:
        plan = draw_plan(seed)
        smooth = MAKERS[algorithm](plan)
        yield smooth, roughened(smooth, plan)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_rough_start_keeps_the_keys_and_what_is_finite(algorithm: str) -> None:
    for smooth, rough in columns_of(algorithm, range(5)):
        assert smooth.keys() == rough.keys()
        assert all(np.isfinite(column).all() for column in rough.values())


def test_first_gradients_are_larger_or_smaller_than_those_that_follow() -> None:
    first = [
        float((rough["grad_norm"] / smooth["grad_norm"])[0])
        for smooth, rough in columns_of("sft", range(40))
    ]
    assert min(first) < 0.5
    assert max(first) > 2
    assert sum(ratio > 1 for ratio in first) > 20


def test_first_losses_are_larger_and_their_tokens_are_guessed_worse() -> None:
    for smooth, rough in columns_of("sft", range(20)):
        assert rough["loss"][0] < 13
        assert rough["mean_token_accuracy"][0] < smooth["mean_token_accuracy"][0]
        late = rough["loss"][30:] / smooth["loss"][30:]
        assert late == pytest.approx(np.ones_like(late), abs=0.02)


def test_without_contrast_there_is_no_gradient() -> None:
    flat_rows = 0
    for _, rough in columns_of("grpo", range(20)):
        flat = rough["frac_reward_zero_std"] == 1
        flat_rows += int(flat.sum())
        assert (rough["reward_std"][flat] == 0).all()
        if "kl" not in rough:
            assert (rough["grad_norm"][flat] == 0).all()
    assert flat_rows


# ---- what is counted -----------------------------------------------------------------------


def verdict_of(draw: Draw, onset: int | None, *findings: tuple[int, str, str]) -> Judged:
    fault = None if onset is None else Fault(draw.fault, Kind.DRIFT, Size.CLEAR, onset)
    run = Run(draw.name, draw.algorithm, [{"step": row} for row in range(draw.rows)], fault)
    (one,) = with_draws([judged(run, lambda _: [Finding(*each) for each in findings])])
    return one


JUDGED = (
    verdict_of(Draw("dpo", 20, 1, "a", "clear", "25%"), 5, (7, "x.y", "high"), (7, "x.z", "low")),
    verdict_of(Draw("dpo", 20, 5, "a", "total", START), 0, (3, "x.w", "low")),
    verdict_of(Draw("dpo", 20, 1, "healthy", "0"), None, (3, "x.y", "medium")),
    verdict_of(Draw("dpo", 50, 1, "a", "clear", START), 0, (4, "x.z", "medium")),
)


def test_tables_count_by_length() -> None:
    found, false, delay, onset, *_, faults = tables(JUDGED)
    assert found.rows[0] == ("dpo", "1 of 2: 50% (1% to 99%)", "1 of 1: 100% (2% to 100%)")
    assert found.rows[0][1:] == found.rows[1][1:]
    assert false.rows[0][1] == "0, 0, 1 of 1 (at most 97.5%, 97.5%, 100.0%)"
    assert delay.rows[0] == ("dpo", "2", "4")
    assert [row[0] for row in onset.rows] == ["25%", START, "all"]
    assert faults.rows == [("a", "1 of 2", "1 of 1", "x.y 1, x.z 1")]


def test_misses_name_what_is_false_and_what_is_missed() -> None:
    text = misses(JUDGED)
    assert "- FALSE x.y medium at row 3 of `dpo:20:1:healthy:0:`" in text
    assert "### a: 1 of 2 missed; found first by x.y 1" in text
    assert "- `dpo:20:5:a:total:start` row 0, medium: x.w low +3" in text
    assert "dpo:50" not in text


def test_an_empty_tally_has_no_delay() -> None:
    (delay,) = [table for table in tables(JUDGED[1:2]) if "delay" in table.note]
    assert delay.rows == [("dpo", ""), ("all", "")]


# ---- the command ---------------------------------------------------------------------------


def test_the_command_judges_and_writes_what_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path / "verdicts")
    quick = ["--quick", "--algorithms", "ppo", "--rows", "20", "--healthy", "3"]
    assert main([*quick, "--workers", "1", "--misses", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "| ppo | " in said
    monkeypatch.setattr(short, "judged", None)
    assert main([*quick, "--kept", "--misses", str(tmp_path)]) == 0
    assert capsys.readouterr().out == said
    assert (tmp_path / "misses-ppo.md").read_text().startswith("# ppo\n\n## 20 rows: ")


def test_the_rows_of_a_run_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--log", "ppo:20:1:kl_jump:clear:25%"]) == 0
    assert capsys.readouterr().out.count('"objective/kl"') == 20


# ---- the packs -----------------------------------------------------------------------------

SEED, HEALTHY = 77, 20


def budgets() -> list[tuple[str, int, float]]:
    text = (Path(__file__).parent / "short-budgets.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| (\w+) \| (\d+) \| ([\d.]+) \|$", text, re.M)
    return [(trainer, int(rows), float(least)) for trainer, rows, least in found]


@pytest.mark.parametrize(("trainer", "rows", "least"), budgets())
def test_the_packs_find_faults_in_short_logs(trainer: str, rows: int, least: float) -> None:
    runs = faulty_runs(trainer, rows, seed=SEED, is_quick=True)
    clear = (run for run in runs if run.fault and run.fault.size is Size.CLEAR)
    found = Tally().add(judged(run, shipped_packs) for run in clear)
    assert found.recall >= least


@pytest.mark.parametrize(("trainer", "rows", "_"), budgets())
def test_the_packs_say_nothing_of_healthy_short_logs(trainer: str, rows: int, _: float) -> None:
    runs = healthy_runs(trainer, rows, HEALTHY, seed=SEED)
    tally = Tally().add(judged(run, shipped_packs) for run in runs)
    assert tally.false_runs("high") == 0
    assert tally.false_runs("medium") <= 1


def test_the_page_shows_the_tables_that_are_kept() -> None:
    """`python -m benchmarks.detect.short --write` writes them."""
    text = PAGE.read_text(encoding="utf-8")
    assert filled(text, page.shown(page.kept()), page.MARK) == text


def test_tables_are_written_and_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "detection.md"
    written.write_text("# A page\n\n<!-- short -->\n<!-- /short -->\n")
    monkeypatch.setattr(page, "PAGE", written)
    monkeypatch.setattr(page, "RESULTS", tmp_path / "results.json")
    page.write(tables(JUDGED))
    assert [one.rows for one in page.kept()] == [one.rows for one in tables(JUDGED)]
    assert "| dpo | 1 of 2: 50% (1% to 99%) |" in written.read_text()
