"""Tests of rules that are written in Python: strategies, properties, and the plugin of pytest."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ptt_rules
from ptt_rules import Level, PttError
from ptt_rules.testing import assert_fires_within, assert_never_fires, firings, strategies

PACK = ptt_rules.loads(
    """\
metric kl: nats = "kl"
detector drift {
  high      when mean(kl[10]) > 1
  medium    when mean(kl[10]) > 0.5
  for       3
}
detector broken { critical when isnan(kl) or isinf(kl) }
"""
)
few = settings(max_examples=30)


# ---- strategies ----------------------------------------------------------------------------


@few
@given(rows=strategies.log_rows({"kl": strategies.healthy(0.2, 0.05)}))
def test_healthy_noise_stays_around_its_mean(rows: list[dict[str, float]]) -> None:
    assert [row["step"] for row in rows] == list(range(1, 101))
    assert all(abs(row["kl"] - 0.2) <= 0.15 + 1e-12 for row in rows)
    assert_never_fires(PACK, "drift", rows)


@few
@given(series=strategies.drift(0, 2, length=50))
def test_a_drift_goes_from_one_number_to_the_other(series: list[float]) -> None:
    assert (series[0], series[-1], len(series)) == (0, 2, 50)


@few
@given(rows=strategies.log_rows({"kl": strategies.spikes(strategies.healthy(0.2, 0), 2)}))
def test_spikes_are_few_rows(rows: list[dict[str, float]]) -> None:
    high = [row for row in rows if row["kl"] > 1]
    assert 1 <= len(high) <= 3
    assert all(row["kl"] in (0.2, 2.2) for row in rows)


@few
@given(series=strategies.broken(strategies.healthy(0, 1)))
def test_a_broken_series_has_a_broken_number(series: list[float]) -> None:
    assert 1 <= sum(not math.isfinite(one) for one in series) <= 3


@few
@given(
    rows=strategies.log_rows(
        {"kl": strategies.gaps(strategies.healthy(0.2, 0), at_most=5)}, every=10, start=0
    )
)
def test_gaps_are_rows_without_the_key(rows: list[dict[str, float]]) -> None:
    assert 1 <= sum("kl" not in row for row in rows) <= 5
    assert rows[1]["step"] == 10


@few
@given(series=strategies.then(strategies.healthy(0, 0, length=3), strategies.drift(1, 2, length=3)))
def test_series_stand_one_behind_the_other(series: list[float]) -> None:
    assert series == [0, 0, 0, 1, 1.5, 2]


def test_without_hypothesis_it_is_said_what_brings_it() -> None:
    script = "import sys; sys.modules['hypothesis'] = None; import ptt_rules.testing.strategies"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "needs hypothesis: pip install 'ptt-rules[testing]'" in ran.stderr


# ---- properties ----------------------------------------------------------------------------


@few
@given(
    rows=strategies.log_rows(
        {
            "kl": strategies.then(
                strategies.healthy(0.2, 0.05, length=50), strategies.drift(2, 3, 0.2, length=50)
            )
        }
    )
)
def test_a_drift_is_found_soon(rows: list[dict[str, float]]) -> None:
    assert_fires_within(PACK, "drift", rows, of=50, steps=10)
    assert_fires_within(PACK, "inline.drift", rows, of=50, steps=15, level=Level.HIGH)


ROWS = [{"step": step, "kl": 0.1 if step < 20 else 2.0} for step in range(1, 41)]


def test_a_rule_that_fires_where_it_should_not_is_explained() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_never_fires(PACK, "drift", ROWS)
    text = str(failed.value)
    assert text.startswith("inline.drift fired medium at step 24")
    assert "mean(kl[10])" in text


def test_a_rule_that_fires_too_late_is_explained_at_the_last_step_it_had() -> None:
    with pytest.raises(AssertionError) as failed:
        assert_fires_within(PACK, "drift", ROWS, of=20, steps=2)
    text = str(failed.value)
    assert text.startswith(
        "drift should fire in steps 21..22; it fires medium at step 24, high at step 26\n"
    )
    assert "inline.drift at step 22" in text


def test_a_level_that_is_not_reached_is_missed() -> None:
    with pytest.raises(AssertionError, match="fires nowhere"):
        assert_fires_within(PACK, "broken", ROWS, steps=40)
    with pytest.raises(AssertionError, match="medium at step 24, high at step 26"):
        assert_fires_within(PACK, "drift", ROWS, steps=40, level=Level.CRITICAL)


def test_firings_are_those_of_one_detector() -> None:
    assert [(one.level, one.step) for one in firings(PACK, "drift", ROWS)] == [
        (Level.MEDIUM, 24),
        (Level.HIGH, 26),
    ]


def test_a_detector_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PttError, match="did you mean `drift`"):
        firings(PACK, "drfit", ROWS)
    with pytest.raises(PttError, match="several packs have a detector `entropy_collapse`"):
        firings(ptt_rules.load("dpo", "ppo"), "entropy_collapse", ROWS)


def test_public_helpers_are_what_is_named() -> None:
    with pytest.raises(AttributeError, match="no attribute 'assert_sometimes_fires'"):
        _ = ptt_rules.testing.assert_sometimes_fires


# ---- plugin --------------------------------------------------------------------------------

RULES = 'metric kl: nats = "kl"\ndetector d { high when kl > 1 }\n'


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plugin = ("-p", "ptt_rules.testing.pytest_plugin")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, *arguments]
    root = str(Path(ptt_rules.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_pytest_runs_the_tests_of_rules(tmp_path: Path) -> None:
    (tmp_path / "pack.ptt").write_text("pack a 1.0.0 { }\n")
    (tmp_path / "rules.ptt").write_text(RULES + 'test "one" { kl = 0, 2 expect d.high at 2 }\n')
    (tmp_path / "more_test.ptt").write_text('test "two" { kl = 0, 2 expect silence }\n')
    ran = pytest_in(tmp_path, "-vv")
    assert ran.returncode == 1
    assert "rules.ptt::one PASSED" in ran.stdout
    assert "more_test.ptt::two FAILED" in ran.stdout
    assert "failed a: two\n" in ran.stdout
    assert "^^^^^^^^^^^^^^ `a.d` fired high at step 2" in ran.stdout
    assert "1 failed, 1 passed" in ran.stdout
    assert "Traceback" not in ran.stdout
    assert "1 passed" in pytest_in(tmp_path, "rules.ptt::one").stdout


def test_pytest_tells_what_is_wrong_with_a_pack(tmp_path: Path) -> None:
    (tmp_path / "a.ptt").write_text(RULES + 'test "one" { kll = 0 expect silence }\n')
    (tmp_path / "plain.ptt").write_text("this has no tests and is not looked at\n")
    ran = pytest_in(tmp_path)
    assert ran.returncode == 2
    assert "error[PTT101]: there is no metric `kll`" in ran.stdout
    assert "1 error" in ran.stdout


def test_the_plugin_loads_little(tmp_path: Path) -> None:
    script = (
        "import sys, ptt_rules.testing.pytest_plugin\n"
        "assert not {'polars', 'hypothesis', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# ---- the same as a replay ------------------------------------------------------------------


@few
@given(
    values=st.lists(st.one_of(st.none(), st.floats(-1, 3), st.just(math.nan)), max_size=40),
)
def test_firings_are_those_of_a_replay(values: list[float | None]) -> None:
    rows = strategies.rows_of_samples({"kl": values})
    events = ptt_rules.replay(PACK, rows).events if rows else []
    found = {one.step for one in events if one.event.value in ("fired", "escalated")}
    fired = {one.step for name in ("drift", "broken") for one in firings(PACK, name, rows)}
    assert fired == found
