"""The numbers are sound: each statistic is near its exact value, also far from zero.

How near follows from what is computed. A fold of n observations adds log2(n) times, each time
with an error of half a unit in the last place (EPS). Deviations from a mean that is large
against them lose as many digits as that mean has before theirs (`condition`), and no more: the
difference of two sums of squares would lose twice as many, which is all of them at 1e9.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ptt_rules import loads
from tests.engine.soak import random_cases
from tests.reference import textbook

EPS = sys.float_info.epsilon
SLACK = 2
"""Roundings that each addition of the fold comes with."""

offsets = st.sampled_from([0.0, 1.0, 1e-9, 1e6, -1e9, 1e9, 1e12])
scales = st.sampled_from([1.0, 1e-6, 1e3, 1e30])
LEFT = [1e300, -1e300, 1e200, 7.0]
"""Observations that have left the window."""


@st.composite
def samples(draw: st.DrawFn, least: int = 4) -> list[float]:
    """Noise around an offset."""
    offset, scale = draw(offsets), draw(scales)
    noise = draw(st.lists(st.integers(-1000, 1000), min_size=least, max_size=80))
    return [(offset + one / 1000) * scale for one in noise]


def computed(formula: str, *columns: list[float], stride: int = 1) -> float | None:
    """What a formula of `a` and `b` is after the last row."""
    declared = 'metric a: none = "a" metric b: none = "b"'
    pack = loads(f"{declared} detector x {{ low when 1 > 0 let v = {formula} again every 1 }}")
    engine = pack.engine()
    for row, cells in enumerate(zip(*columns, strict=True)):
        logged = dict(zip("ab", cells, strict=False))
        (event,) = engine.observe({"step": row * stride, **logged})
    value = event.values["v"]
    return None if value is None else float(value)


def exact(numbers: list[float]) -> list[Fraction]:
    return [Fraction(number) for number in numbers]


def assert_near(found: float | None, wanted: Fraction | float, error: float) -> None:
    assert found is not None
    assert abs(Fraction(found) - Fraction(wanted)) <= Fraction(error), (found, float(wanted))


def unit(count: int) -> float:
    """The relative error that folding so many observations may have."""
    return SLACK * EPS * (1 + math.log2(count))


def has_spread(numbers: list[float]) -> bool:
    return len(set(numbers)) > 1


@pytest.mark.parametrize("word", ["mean", "sum"])
@random_cases(60)
@given(numbers=samples())
def test_means_and_sums_are_near(word: str, numbers: list[float]) -> None:
    found = computed(f"{word}(a[{len(numbers)}])", LEFT + numbers)
    share = len(numbers) if word == "mean" else 1
    total = float(sum(map(abs, exact(numbers))))
    assert_near(found, textbook.OF_ONE[word](exact(numbers)), unit(len(numbers)) * total / share)


@pytest.mark.parametrize("word", ["var", "std", "zscore"])
@random_cases(60)
@given(numbers=samples())
def test_spreads_are_near(word: str, numbers: list[float]) -> None:
    assume(has_spread(numbers[:-1]))
    wanted = textbook.OF_ONE[word](exact(numbers))
    error = unit(len(numbers)) * textbook.condition(exact(numbers[:-1]))
    size = float(wanted) if word != "zscore" else abs(float(wanted)) + 1
    found = computed(f"{word}(a[{len(numbers)}])", LEFT + numbers)
    assert_near(found, wanted, error * size)


@random_cases(60)
@given(numbers=samples())
def test_autocorrelations_are_near(numbers: list[float]) -> None:
    assume(has_spread(numbers[:-1]) and has_spread(numbers[1:]))
    former, latter = exact(numbers[:-1]), exact(numbers[1:])
    error = unit(len(numbers)) * (textbook.condition(former) + textbook.condition(latter))
    found = computed(f"autocorr(a[{len(numbers)}])", LEFT + numbers)
    assert_near(found, textbook.autocorrelation(exact(numbers)), error)


@random_cases(60)
@given(
    pairs=st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99)), min_size=4), at=offsets
)
def test_correlations_are_near(pairs: list[tuple[int, int]], at: float) -> None:
    xs, ys = [at + x / 9 for x, _ in pairs], [y / 7 - at for _, y in pairs]
    assume(has_spread(xs) and has_spread(ys))
    wanted = textbook.correlation(exact(xs), exact(ys))
    spread = textbook.condition(exact(xs)) + textbook.condition(exact(ys))
    window = f"[{len(pairs)}]"
    found = computed(f"corr(a{window}, b{window})", LEFT + xs, LEFT + ys)
    assert_near(found, wanted, unit(len(pairs)) * spread)


@random_cases(60)
@given(numbers=samples(), stride=st.sampled_from([1, 50, 10**7]))
def test_slopes_are_near(numbers: list[float], stride: int) -> None:
    steps = [Fraction(stride * (len(LEFT) + row)) for row in range(len(numbers))]
    found = computed(f"slope(a[{len(numbers)}])", LEFT + numbers, stride=stride)
    spreads = [textbook.deviation(exact(numbers)), textbook.deviation(steps)]
    digits = textbook.condition(exact(numbers)) if has_spread(numbers) else 0
    digits += textbook.condition(steps)
    error = unit(len(numbers)) * digits * spreads[0] / spreads[1]
    assert_near(found, textbook.slope(steps, exact(numbers)), error)


@random_cases(60)
@given(numbers=samples(), half_life=st.sampled_from([1, 3, 20]))
def test_decayed_statistics_are_near(numbers: list[float], half_life: int) -> None:
    assume(has_spread(numbers[-4:]))
    xs, error = exact(numbers), unit(len(numbers))
    mean = textbook.decayed_mean(xs, half_life)
    size = float(textbook.decayed_mean([abs(x) for x in xs], half_life))
    assert_near(computed(f"mean(a[decay {half_life}])", numbers), mean, error * size)
    variance = textbook.decayed_variance(xs, half_life)
    digits = math.sqrt(1 + mean**2 / variance)
    found = computed(f"var(a[decay {half_life}])", numbers)
    assert_near(found, variance, error * digits * float(variance))


@random_cases(60)
@given(numbers=samples(), share=st.integers(-2, 2))
def test_cusums_are_near(numbers: list[float], share: int) -> None:
    allowance = float(f"{numbers[0] + share * 0.25:.12g}")
    found = computed(f"cusum(a[{len(numbers)}], {allowance!r})", LEFT + numbers)
    excesses = [x - Fraction(allowance) for x in exact(numbers)]
    wanted = textbook.cusum(exact(numbers), Fraction(allowance))
    assert_near(found, wanted, unit(len(numbers)) * float(sum(map(abs, excesses))))
