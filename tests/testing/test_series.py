"""The notation of series: what holds for whatever is written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptt_rules.authoring.tests.series import rows_of, samples
from ptt_rules.language.ir.tests import Test
from ptt_rules.packs import load_tested

counts = st.integers(1, 50)
numbers = st.integers(-1000, 1000)


def written(tmp_path_factory: pytest.TempPathFactory, series: str, clauses: str = "") -> Test:
    path = tmp_path_factory.mktemp("series") / "a.ptt"
    text = f'metric kl: nats = "kl"\ntest "t" {{ {clauses} {series} expect silence }}\n'
    path.write_text(text)
    return load_tested(path).checked.tests[0]


@given(start=numbers, end=numbers, count=counts)
def test_a_ramp_goes_from_one_end_to_the_other(
    tmp_path_factory: pytest.TempPathFactory, start: int, end: int, count: int
) -> None:
    (series,) = written(tmp_path_factory, f"kl = {start} -> {end} over {count}").series
    found = samples(series)
    assert len(found) == count
    assert found[-1] == end
    assert count == 1 or found[0] == start
    assert found == sorted(found, reverse=start > end)


@given(pieces=st.lists(st.tuples(st.sampled_from(["1", "nan", "_", "2 ~ 0.5"]), counts)))
def test_a_series_is_as_long_as_its_pieces(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[str, int]]
) -> None:
    text = ", ".join(["0", *(f"{piece} x {count}" for piece, count in pieces)])
    test = written(tmp_path_factory, f"kl = {text}", "every 5 steps from 20")
    rows = rows_of(test)
    assert [row["step"] for row in rows] == [20 + 5 * row for row in range(len(rows))]
    assert len(rows) == 1 + sum(count for _, count in pieces)
    absent = sum(count for piece, count in pieces if piece == "_")
    assert sum("kl" not in row for row in rows) == absent


def test_noise_is_the_same_in_every_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    first, again = (written(tmp_path_factory, "kl = 2 ~ 0.5 x 9").series[0] for _ in range(2))
    assert samples(first) == samples(again)
    assert [round(one, 6) for one in samples(first)[:3]] == [1.89176, 2.446666, 2.404325]


def test_broken_numbers_are_logged_as_such(tmp_path_factory: pytest.TempPathFactory) -> None:
    (series,) = written(tmp_path_factory, "kl = nan, inf, -inf").series
    found = samples(series)
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf]
