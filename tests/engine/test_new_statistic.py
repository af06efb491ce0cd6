"""A statistic is added by its row alone: judged live, resumed and offline, and put into words."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from random import Random
from statistics import quantiles

import pytest

from ptt_rules import Pack, PttError, loads, why
from ptt_rules.authoring.lsp.hover import describe_function
from ptt_rules.language.functions import STATISTICS, Fold, Folded, Ordered, Reach, Statistic, ranked
from ptt_rules.language.functions.arithmetic import Arithmetic, Part
from ptt_rules.logs import RunContext
from ptt_rules.report import rule_words
from ptt_rules.report.why import why_text
from tests.engine.test_chunks import in_chunks
from tests.engine.test_reference import told
from tests.judges import Rows, interrupted, live, whole


def root_mean(do: Arithmetic) -> Callable[[Part, Part], Part]:
    return lambda total, size: do.root(total / size)


ROWS = (
    Statistic(
        "rms",
        "root mean square",
        "the root mean square of {x} over {w}",
        Folded(
            Fold(
                lambda argument: lambda value, step: value * value,
                lambda do, argument: operator.add,
            ),
            root_mean,
        ),
    ),
    Statistic(
        "iqr",
        "distance between the quartiles",
        "the distance between the quartiles of {x} over {w}",
        Ordered(lambda ordered, argument: ranked(ordered, 0.75) - ranked(ordered, 0.25)),
        least_count=2,
        reach=Reach.BOUNDED,
    ),
)
WINDOWS = ["[5]", "[2..6]", "[first 4]", "[first 3 after 2]", "[4 before 2]", "[3 steps]", "[2 s]"]
PACK = (
    'metric a: none = "a"\ndetector x { '
    + " ".join(
        f"let {row.word}_{number} = {row.word}(a{window})"
        for row in ROWS
        for number, window in enumerate(WINDOWS)
    )
    + " let whole = rms(a[all]) low when 1 > 0 again every 1 }"
)


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Pack:
    for row in ROWS:
        monkeypatch.setitem(STATISTICS, row.word, row)
    return loads(PACK)


@pytest.fixture
def rows() -> Rows:
    source = Random(7)
    values = [source.choice([source.gauss(0, 3), 0.0, -0.0, math.nan]) for _ in range(60)]
    return [
        {"step": step, "time": step * 0.7, **({"a": value} if step % 4 else {})}
        for step, value in enumerate(values)
    ]


def test_live_resumed_and_offline_agree(pack: Pack, rows: Rows) -> None:
    expected = told(live(pack, rows, {}))
    assert told(whole(pack, rows, {})) == expected
    assert told(interrupted(pack, rows, {})) == expected
    assert in_chunks(pack, rows, RunContext(), [1, 2, 3, 20]) == expected


def test_the_values_are_those_of_their_definitions(pack: Pack, rows: Rows) -> None:
    newest = pack.engine()
    for row in rows:
        (event,) = newest.observe(row)
    seen = [row["a"] for row in rows if "a" in row and not math.isnan(row["a"])]
    last = seen[-5:]
    assert event.values["rms_0"] == pytest.approx(math.sqrt(sum(x * x for x in last) / 5))
    low, _, high = quantiles(last, method="inclusive")
    assert event.values["iqr_0"] == pytest.approx(high - low)
    squares = sum(x * x for x in seen)
    assert event.values["whole"] == pytest.approx(math.sqrt(squares / len(seen)))


def test_it_is_put_into_words(pack: Pack, rows: Rows) -> None:
    strict = loads(
        'metric a: none = "a"\ndetector x { low when rms(a[5]) > 1 and iqr(a[3]) > 1e9 }'
    )
    (detector,) = (one.detector for one in strict.compiled.detectors)
    (said,) = (text for _, text in rule_words(detector, {}).levels)
    assert "the root mean square of `a` over the last 5 logs is over 1" in said
    assert "the distance between the quartiles of `a` over the last 3 logs" in said
    assert "Root mean square." in describe_function("rms")
    text = " ".join(why_text(why(strict, rows[:3], "x")).split())
    assert "window not full: 2 of 3 observations" in text


def test_it_is_checked_like_the_others(pack: Pack) -> None:
    for call in ("iqr(a[all])", "rms(a[decay 3])"):
        with pytest.raises(PttError, match="PTT211"):
            loads(f'metric a: none = "a"\ndetector x {{ low when {call} > 1 }}')
